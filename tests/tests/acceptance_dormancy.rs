//! Dormant people: evidence laid over the sample company, and who is in which pile for which reason.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use engine::{
    Code, Engine,
    attribute::Role,
    changes::plan::Confirmation,
    dormancy::{AskFirst, Board, DormancyPolicy, LeaveRule, Pile, PileFilter, ReportFormat},
    evidence::SourceKind,
    history::HistoryQuery,
    ids::{AttributeId, ConnectionId, RowId},
    people::{Filter, Format, Selection, Sort, Status, Test, ViewQuery},
};
use jiff::{ToSpan, civil::Date};
use store::{Store, StoredCell, StoredEvidence, StoredSource};
use tests::company::{Company, TODAY};

type Outcome = anyhow::Result<()>;

/// One person of the company, as a test needs them.
#[derive(Debug, Clone)]
struct Person {
    row: RowId,
    name: String,
    status: Status,
    email: Option<String>,
    number: Option<String>,
    born: Option<String>,
    start: Option<Date>,
    department: Option<String>,
    reports: u32,
}

/// What a source says of one person.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    seen: Option<Date>,
    state: Option<&'static str>,
    since: Option<Date>,
}

/// A synced company whose evidence is written by the test.
struct Acme {
    company: Company,
    id: ConnectionId,
    people: Vec<Person>,
    sources: u32,
}

fn ago(days: i64) -> Date {
    TODAY.saturating_sub(days.days())
}

impl Acme {
    async fn of(people: u32) -> anyhow::Result<Self> {
        let company = Company::of(people).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        let people = everybody(&company.engine, id)?;
        Ok(Self {
            company,
            id,
            people,
            sources: 0,
        })
    }

    /// Gives two people the employee number of somebody else, and one of them the birth date as well, as a sync
    /// would have brought it. Answers the record of the first pair that is known less long, and the other person.
    fn doubles(&mut self) -> anyhow::Result<[RowId; 2]> {
        let attributes = self.company.engine.directory_of(self.id)?.attributes;
        let of = |role: Role| {
            attributes
                .iter()
                .find(|attribute| attribute.role == Some(role))
                .map(|attribute| attribute.id)
                .with_context(|| format!("the company has no {role:?}"))
        };
        let (number, born) = (of(Role::EmployeeNumber)?, of(Role::BirthDate)?);
        let staff: Vec<Person> = self
            .staff()
            .into_iter()
            .filter(|person| person.number.is_some() && person.born.is_some())
            .take(4)
            .cloned()
            .collect();
        let [first, second, other, stranger] = &staff[..] else {
            anyhow::bail!("four people with a number");
        };
        self.rewrite(
            second.row,
            &[(number, first.number.clone()), (born, first.born.clone())],
        )?;
        self.rewrite(stranger.row, &[(number, other.number.clone())])?;
        let rows = [second.row.max(first.row), stranger.row];
        self.people = everybody(&self.company.another_engine()?, self.id)?;
        Ok(rows)
    }

    fn rewrite(&self, row: RowId, values: &[(AttributeId, Option<String>)]) -> Outcome {
        let store = Store::open(&self.company.folder.path().join("muster.db"))?;
        let mut stored = store
            .read(|reader| reader.person_record(row.0))?
            .context("the person is there")?;
        for (attribute, value) in values {
            stored
                .record
                .cells
                .retain(|cell| cell.attribute != attribute.0);
            stored.record.cells.push(StoredCell {
                attribute: attribute.0,
                value: value.clone(),
                odd: None,
            });
        }
        let connection = self.id.0;
        store.write(move |writer| {
            writer.put_people(
                connection,
                stored.generation,
                &stored.seen_at,
                &[stored.record],
            )?;
            Ok::<_, store::Error>(())
        })?;
        Ok(())
    }

    /// Takes evidence in as an accepted import leaves it, and answers an engine that has read it.
    fn evidence(
        &mut self,
        name: &str,
        kind: &str,
        as_of: Date,
        said: &[(RowId, Said)],
    ) -> anyhow::Result<Arc<Engine>> {
        let store = Store::open(&self.company.folder.path().join("muster.db"))?;
        let mut evidence: Vec<StoredEvidence> = said
            .iter()
            .map(|(row, said)| StoredEvidence {
                person: row.0,
                seen: said.seen.map(|day| day.to_string()),
                state: said.state.map(str::to_owned),
                since: said.since.map(|day| day.to_string()),
            })
            .collect();
        evidence.sort_by_key(|said| said.person);
        self.sources += 1;
        let source = StoredSource {
            id: 0,
            connection: self.id.0,
            name: name.to_owned(),
            kind: kind.to_owned(),
            file_name: format!("{name}.csv"),
            file_hash: format!("{:064}", self.sources),
            file_bytes: 1,
            mapping: "{}".to_owned(),
            outcome: "{}".to_owned(),
            as_of: as_of.to_string(),
            imported_at: "2026-11-22T08:00:00.000Z".to_owned(),
            replaced_at: None,
        };
        store.write(move |writer| {
            writer.add_evidence_source(&source, &evidence, &[])?;
            Ok::<_, store::Error>(())
        })?;
        self.company.another_engine()
    }

    /// Active people without reports, hired long ago, who are nobody's second record.
    fn staff(&self) -> Vec<&Person> {
        self.people
            .iter()
            .filter(|person| {
                person.status == Status::Active
                    && person.reports == 0
                    && person.start.is_some_and(|start| start < ago(400))
                    && self.twin_of(person).is_none()
            })
            .collect()
    }

    /// Another record of the same person, by the sentence in words.
    fn twin_of(&self, person: &Person) -> Option<&Person> {
        let plain = |email: &str| {
            let (local, domain) = email.split_once('@').unwrap_or((email, ""));
            let local = local.split('+').next().unwrap_or_default();
            format!("{local}@{domain}").to_lowercase()
        };
        self.people.iter().find(|other| {
            let number = person.number.is_some() && person.number == other.number;
            let mailbox = match (&person.email, &other.email) {
                (Some(one), Some(two)) => plain(one) == plain(two),
                _ => false,
            };
            let name = person.name.to_lowercase() == other.name.to_lowercase();
            let born = person.born.is_some() && person.born == other.born;
            let same = number && (name || born) || mailbox && name && born;
            other.row != person.row && same && other.status != Status::Left
        })
    }
}

fn everybody(engine: &Arc<Engine>, id: ConnectionId) -> anyhow::Result<Vec<Person>> {
    let attributes = engine.directory_of(id)?.attributes;
    let of = |role: Role| {
        attributes
            .iter()
            .find(|attribute| attribute.role == Some(role))
            .map(|attribute| attribute.id)
            .with_context(|| format!("the company has no {role:?}"))
    };
    let columns = [
        of(Role::Email)?,
        of(Role::EmployeeNumber)?,
        of(Role::BirthDate)?,
        of(Role::StartDate)?,
        of(Role::Department)?,
    ];
    let view = engine.open_view(id, ViewQuery::default())?;
    let mut people = Vec::new();
    while (people.len() as u32) < view.total {
        let rows = engine
            .window(view.id, people.len() as u32, 1000, &columns)?
            .rows;
        anyhow::ensure!(!rows.is_empty(), "the view ends before its total");
        for row in rows {
            let value = |place: usize| row.cells[place].value.clone();
            people.push(Person {
                row: row.id,
                name: row.name.clone(),
                status: row.status,
                email: value(0),
                number: value(1),
                born: value(2),
                start: value(3).and_then(|text| text.parse().ok()),
                department: value(4),
                reports: engine.person(id, row.id)?.reports_total,
            });
        }
    }
    engine.close_view(view.id);
    Ok(people)
}

/// Everybody in a pile, by the grid's own filter.
fn pile(
    engine: &Engine,
    id: ConnectionId,
    pile: Pile,
    days: Option<u32>,
) -> anyhow::Result<Vec<RowId>> {
    let query = ViewQuery {
        pile: Some(PileFilter { pile, days }),
        ..ViewQuery::default()
    };
    let view = engine.open_view(id, query)?;
    let mut rows = Vec::new();
    while (rows.len() as u32) < view.total {
        let page = engine.window(view.id, rows.len() as u32, 1000, &[])?.rows;
        anyhow::ensure!(!page.is_empty(), "the view ends before its total");
        rows.extend(page.into_iter().map(|row| row.id));
    }
    engine.close_view(view.id);
    rows.sort();
    Ok(rows)
}

fn people_in(board: &Board, pile: Pile) -> u32 {
    board
        .piles
        .iter()
        .find(|count| count.pile == pile)
        .map_or(0, |count| count.people)
}

/// The two derived columns of somebody.
fn derived(
    engine: &Engine,
    id: ConnectionId,
    row: RowId,
) -> anyhow::Result<(Option<String>, Option<String>)> {
    let person = engine.person(id, row)?;
    let field = |attribute: AttributeId| {
        person
            .fields
            .iter()
            .find(|field| field.attribute == attribute)
            .and_then(|field| field.cell.value.clone())
    };
    Ok((field(AttributeId::DAYS_SEEN), field(AttributeId::EVIDENCE)))
}

fn says(engine: &Engine, id: ConnectionId, words: &str) -> anyhow::Result<bool> {
    let page = engine.history(id, HistoryQuery::default(), 0, 200)?;
    Ok(page.events.iter().any(|event| {
        event
            .reason
            .as_deref()
            .is_some_and(|reason| reason.contains(words))
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pile_holds_exactly_whom_its_sentence_names() -> Outcome {
    let mut acme = Acme::of(600).await?;
    let [second, stranger] = acme.doubles()?;
    // Every way somebody can be seen, spread over the company by their place in it.
    let mut entra: BTreeMap<RowId, Said> = BTreeMap::new();
    let mut okta: BTreeMap<RowId, Said> = BTreeMap::new();
    let mut hris: BTreeMap<RowId, Said> = BTreeMap::new();
    let seen = |day: Date| Said {
        seen: Some(day),
        ..Said::default()
    };
    let employed = |state, since| Said {
        state: Some(state),
        since,
        ..Said::default()
    };
    for (number, person) in acme.people.iter().enumerate() {
        // Neither of the two is in a file, so the record known longest is the one that stays.
        if acme.twin_of(person).is_some() {
            continue;
        }
        match number % 12 {
            0 => drop(entra.insert(person.row, seen(ago(179)))),
            1 => drop(entra.insert(person.row, seen(ago(180)))),
            2 => drop(entra.insert(person.row, seen(ago(0)))),
            3 => drop(entra.insert(person.row, seen(jiff::civil::date(2024, 2, 29)))),
            4 => drop(entra.insert(person.row, Said::default())),
            // Still to come, by a clock on the other side of the world or by mistake.
            5 => drop(entra.insert(person.row, seen(TODAY.saturating_add(3.days())))),
            6 => {
                // Long ago in one file and lately in another: the newest counts.
                entra.insert(person.row, seen(ago(900)));
                okta.insert(person.row, seen(ago(5)));
            }
            7 => {
                entra.insert(person.row, seen(ago(2)));
                hris.insert(person.row, employed("left", Some(ago(1))));
            }
            8 => {
                entra.insert(person.row, seen(ago(300)));
                hris.insert(person.row, employed("left", Some(TODAY)));
            }
            9 => {
                entra.insert(person.row, seen(ago(300)));
                hris.insert(person.row, employed("leave", Some(ago(30))));
            }
            10 => drop(okta.insert(person.row, Said::default())),
            _ => {}
        }
    }
    let list = |said: &BTreeMap<RowId, Said>| -> Vec<(RowId, Said)> {
        said.iter().map(|(row, said)| (*row, *said)).collect()
    };
    acme.evidence("Entra sign-ins", "entra_sign_ins", ago(3), &list(&entra))?;
    acme.evidence("Okta", "okta_sign_ins", ago(2), &list(&okta))?;
    let engine = acme.evidence("HRIS", "hris", ago(1), &list(&hris))?;

    let mut expected: BTreeMap<Pile, Vec<RowId>> = BTreeMap::new();
    for person in &acme.people {
        let newest = [entra.get(&person.row), okta.get(&person.row)]
            .into_iter()
            .flatten()
            .filter_map(|said| said.seen)
            .max();
        let listed = entra.contains_key(&person.row) || okta.contains_key(&person.row);
        let state = hris.get(&person.row).and_then(|said| said.state);
        let since = hris.get(&person.row).and_then(|said| said.since);
        let left = state == Some("left")
            && since
                .is_some_and(|last| last < TODAY && person.start.is_none_or(|start| start <= last));
        // Of two records the one seen last stays, then an active one, then the one known longest.
        let second = acme.twin_of(person).is_some_and(|other| {
            let rank = |person: &Person| {
                let newest = [entra.get(&person.row), okta.get(&person.row)]
                    .into_iter()
                    .flatten()
                    .filter_map(|said| said.seen)
                    .max();
                (
                    person.reports == 0,
                    std::cmp::Reverse(newest),
                    person.status != Status::Active,
                    person.row,
                )
            };
            rank(other) < rank(person)
        });
        let pile = if person.status == Status::Left || person.reports > 0 {
            None
        } else if left {
            Some(Pile::LeftStillActive)
        } else if second {
            Some(Pile::Duplicates)
        } else if state == Some("leave") || person.start.is_some_and(|start| start > ago(60)) {
            None
        } else if let Some(newest) =
            newest.filter(|newest| person.start.is_none_or(|start| start <= *newest))
        {
            (newest <= ago(180)).then_some(Pile::SeenLongAgo)
        } else if listed {
            Some(Pile::NeverSeen)
        } else {
            Some(Pile::NoEvidence)
        };
        if let Some(pile) = pile {
            expected.entry(pile).or_default().push(person.row);
        }
    }
    let board = engine.board(acme.id)?;
    assert_eq!(
        (
            board.sources.len(),
            board.newest.clone(),
            board.note.clone()
        ),
        (3, Some(ago(1).to_string()), None),
        "the board names every source that counts, and has nothing to warn of"
    );
    for wanted in Pile::ALL {
        let mut expected = expected.remove(&wanted).unwrap_or_default();
        expected.sort();
        assert!(
            !expected.is_empty(),
            "the company has somebody for {wanted:?}, or nothing is proved"
        );
        let found = pile(&engine, acme.id, wanted, None)?;
        assert_eq!(
            found, expected,
            "{wanted:?}: nobody too many, nobody missed"
        );
        assert_eq!(
            people_in(&board, wanted),
            expected.len() as u32,
            "the board counts {wanted:?} as the list shows it"
        );
    }
    let doubles = pile(&engine, acme.id, Pile::Duplicates, None)?;
    assert!(
        doubles.contains(&second) && !doubles.contains(&stranger),
        "a shared number makes a second record only of somebody born on the same day"
    );
    let grace = acme
        .people
        .iter()
        .filter(|person| person.start.is_some_and(|start| start > ago(60)))
        .count();
    assert!(
        grace > 0 && board.grace > 0,
        "people hired lately are set aside, and the company has some"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_threshold_moves_the_list_as_the_histogram_says() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let said: Vec<(RowId, Said)> = acme
        .people
        .iter()
        .zip(1..)
        .map(|(person, days)| {
            let seen = Some(ago(days * 3));
            (
                person.row,
                Said {
                    seen,
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Entra sign-ins", "entra_sign_ins", ago(1), &said)?;
    let board = engine.board(acme.id)?;
    assert!(
        board
            .histogram
            .is_sorted_by(|left, right| left.days < right.days),
        "one bar per day, ascending"
    );
    for days in [1, 30, 180, 181, 400, 5_000] {
        let bars: u32 = board
            .histogram
            .iter()
            .filter(|bar| bar.days >= days)
            .map(|bar| bar.people)
            .sum();
        let listed = pile(&engine, acme.id, Pile::SeenLongAgo, Some(days))?;
        assert_eq!(
            listed.len() as u32,
            bars,
            "at {days} days the list is what the bars say"
        );
        let mut departments: BTreeMap<Option<String>, u32> = BTreeMap::new();
        for person in acme.people.iter().filter(|one| listed.contains(&one.row)) {
            *departments.entry(person.department.clone()).or_default() += 1;
        }
        let beyond = PileFilter {
            pile: Pile::SeenLongAgo,
            days: Some(days),
        };
        let groups = engine.board_groups(acme.id, beyond)?;
        let counted: BTreeMap<Option<String>, u32> = groups[0]
            .values
            .iter()
            .filter(|value| value.found > 0)
            .map(|value| (value.value.clone(), value.found))
            .collect();
        assert_eq!(
            (groups[0].label.as_str(), counted),
            ("Department", departments),
            "and so are the groups, which follow the threshold"
        );
    }
    assert_eq!(
        board
            .brakes
            .iter()
            .map(|line| line.people)
            .collect::<Vec<_>>(),
        [4, 11, 41],
        "in a company of 200 a plan is warned of at 2%, stopped above 5%, and asked a reason above 20%"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_says_in_words_why_and_the_columns_sort_and_export() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(5).cloned().collect();
    let boss = acme
        .people
        .iter()
        .find(|person| person.reports > 1 && person.status == Status::Active)
        .context("somebody has reports")?
        .clone();
    let day = jiff::civil::date(2026, 3, 14);
    let before = engine_columns(&acme.company.engine, acme.id)?;
    let entra = [
        (
            staff[0].row,
            Said {
                seen: Some(day),
                ..Said::default()
            },
        ),
        (staff[1].row, Said::default()),
        (
            staff[3].row,
            Said {
                seen: Some(ago(3)),
                ..Said::default()
            },
        ),
        (
            boss.row,
            Said {
                seen: Some(ago(500)),
                ..Said::default()
            },
        ),
    ];
    acme.evidence(
        "Entra sign-ins",
        "entra_sign_ins",
        jiff::civil::date(2026, 11, 20),
        &entra,
    )?;
    let hris = [(
        staff[3].row,
        Said {
            state: Some("left"),
            since: Some(jiff::civil::date(2026, 9, 30)),
            ..Said::default()
        },
    )];
    let engine = acme.evidence("Workday", "hris", jiff::civil::date(2026, 11, 19), &hris)?;
    let after = engine_columns(&engine, acme.id)?;
    assert!(
        !before.contains(&"Days since seen".to_owned())
            && after.ends_with(&["Days since seen".to_owned(), "Evidence".to_owned()]),
        "the two columns are there once there is a source, and not before"
    );
    let (days, words) = derived(&engine, acme.id, staff[0].row)?;
    assert_eq!(days.as_deref(), Some("254"), "14 March to 23 November");
    assert_eq!(
        words.as_deref(),
        Some("Last sign-in 14 Mar 2026, Entra export of 20 Nov"),
        "when, and by which file"
    );
    let hired = staff[1].start.context("staff were hired")?.year();
    assert_eq!(
        derived(&engine, acme.id, staff[1].row)?,
        (None, Some(format!("Hired {hired}, no sign-in in 1 source"))),
        "listed and never seen"
    );
    assert_eq!(
        derived(&engine, acme.id, staff[2].row)?.1.as_deref(),
        Some("Not in the Entra export of 20 Nov"),
        "in no source that counts; HRIS is none of them"
    );
    assert_eq!(
        derived(&engine, acme.id, staff[3].row)?.1.as_deref(),
        Some(
            "Left 30 Sep 2026, HRIS export of 19 Nov; last sign-in 20 Nov 2026, Entra export of 20 Nov"
        ),
        "the strongest case shows both sides"
    );
    let said = derived(&engine, acme.id, boss.row)?.1.unwrap_or_default();
    assert!(
        said.starts_with(&format!(
            "Exempt: {} people report to them; last sign-in",
            boss.reports
        )),
        "people with reports say why they are in no pile: {said}"
    );

    let query = ViewQuery {
        sort: vec![Sort {
            attribute: AttributeId::DAYS_SEEN,
            descending: true,
        }],
        ..ViewQuery::default()
    };
    let view = engine.open_view(acme.id, query)?;
    let first: Vec<RowId> = engine
        .window(view.id, 0, 3, &[])?
        .rows
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(
        first,
        [boss.row, staff[0].row, staff[3].row],
        "days sort as numbers, and who was never seen comes last"
    );
    let file = acme.company.folder.path().join("people.csv");
    engine.export_view(
        view.id,
        &[
            AttributeId::NAME,
            AttributeId::DAYS_SEEN,
            AttributeId::EVIDENCE,
        ],
        Format::Csv,
        &file,
    )?;
    let text = std::fs::read_to_string(&file)?;
    assert!(
        text.contains("254,\"Last sign-in 14 Mar 2026, Entra export of 20 Nov\""),
        "the columns go into files like any other"
    );
    Ok(())
}

fn engine_columns(engine: &Engine, id: ConnectionId) -> anyhow::Result<Vec<String>> {
    Ok(engine
        .directory_of(id)?
        .attributes
        .into_iter()
        .map(|attribute| attribute.label)
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn exemptions_hold_until_their_day_and_are_in_the_history() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().cloned().collect();
    let department = staff[0].department.clone().context("a department")?;
    let said: Vec<(RowId, Said)> = acme
        .people
        .iter()
        .map(|person| {
            (
                person.row,
                Said {
                    seen: Some(ago(250)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let listed = |engine: &Engine| pile(engine, id, Pile::SeenLongAgo, None);
    let all = listed(&engine)?;
    let one = staff[0].row;
    assert!(all.contains(&one), "not exempt yet");

    let chosen = Selection::Rows { rows: vec![one] };
    let refused = engine
        .exempt(id, &chosen, " ", None)
        .expect_err("no reason is given");
    assert_eq!(refused.code, Code::Precondition, "a reason is asked for");
    let yesterday = ago(1).to_string();
    let refused = engine
        .exempt(id, &chosen, "Parental leave", Some(&yesterday))
        .expect_err("the end is over");
    assert_eq!(refused.code, Code::Precondition, "an end that is over");
    let until = TODAY.to_string();
    engine.exempt(id, &chosen, "Parental leave", Some(&until))?;
    assert!(
        !listed(&engine)?.contains(&one),
        "out of every pile at once"
    );
    assert!(
        derived(&engine, id, one)?
            .1
            .is_some_and(|words| words.starts_with("Exempt until 23 Nov 2026: Parental leave; ")),
        "and it says why"
    );
    acme.company.clock.turn_to(TODAY.tomorrow()?);
    assert!(listed(&engine)?.contains(&one), "the day after, it is over");
    acme.company.clock.turn_to(TODAY);

    let attribute = engine
        .directory_of(id)?
        .attributes
        .into_iter()
        .find(|attribute| attribute.role == Some(Role::Department))
        .context("departments")?
        .id;
    let query = ViewQuery {
        filters: vec![Filter {
            attribute,
            test: Test::AnyOf {
                values: vec![Some(department.clone())],
            },
        }],
        ..ViewQuery::default()
    };
    engine.exempt_by_filter(id, &query, "Works on the floor", None)?;
    let left = listed(&engine)?;
    assert!(
        left.len() < all.len()
            && acme
                .people
                .iter()
                .filter(|person| left.contains(&person.row))
                .all(|person| person.department.as_ref() != Some(&department)),
        "nobody of {department} is in a pile"
    );
    let exemptions = engine.exemptions(id)?;
    assert_eq!(
        exemptions[0].who,
        format!("Department is {department}"),
        "a filter is said in words"
    );
    assert!(exemptions[0].people > 1, "and how many it matches");
    assert!(
        engine
            .exempt_by_filter(id, &ViewQuery::default(), "Everybody", None)
            .is_err(),
        "a filter that asks nothing would exempt everybody"
    );
    engine.end_exemption(exemptions[0].id)?;
    assert_eq!(
        listed(&engine)?.len() + 1,
        all.len(),
        "ended, and the person stays exempt"
    );
    assert!(
        says(&engine, id, "Left out when looking for dormant people")?
            && says(&engine, id, "No longer left out")?,
        "the history tells who was left out and who no longer is"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_kept_by_version_and_each_use_is_recorded() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().cloned().collect();
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .map(|person| {
            (
                person.row,
                Said {
                    seen: Some(ago(100)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let board = engine.board(id)?;
    assert_eq!(board.policy.version, 0, "nobody kept one");
    assert_eq!(people_in(&board, Pile::SeenLongAgo), 0, "180 days is usual");
    let policy = DormancyPolicy {
        days: 90,
        seat_price: Some(48.5),
        currency: Some("eur".into()),
        seats_paid: Some(250),
        contract_end: Some("2027-03-31".into()),
        ..board.policy.clone()
    };
    let board = engine.keep_dormancy_policy(id, policy.clone())?;
    assert_eq!(board.policy.version, 1, "the first that was kept");
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo) as usize,
        staff.len(),
        "by the new number of days"
    );
    assert_eq!(
        board.money,
        Some(48.5 * f64::from(board.reclaimable)),
        "a seat's price times the seats that could be freed"
    );
    assert_eq!(
        board.policy.currency.as_deref(),
        Some("EUR"),
        "currencies are written large"
    );
    let again = engine.keep_dormancy_policy(id, board.policy.clone())?;
    assert_eq!(again.policy.version, 1, "the same policy is no new version");
    let none = DormancyPolicy {
        sources: Some(vec![SourceKind::EntraSignIns]),
        ..policy.clone()
    };
    let board = engine.keep_dormancy_policy(id, none)?;
    assert_eq!(
        (people_in(&board, Pile::SeenLongAgo), board.policy.version),
        (0, 2),
        "a source that the policy does not count proves nothing"
    );
    let department = staff[0].department.clone().context("a department")?;
    let attribute = engine
        .directory_of(id)?
        .attributes
        .into_iter()
        .find(|attribute| attribute.role == Some(Role::Department))
        .context("departments")?
        .id;
    let leave = DormancyPolicy {
        leave: vec![LeaveRule {
            attribute,
            values: vec![department.clone()],
        }],
        ..policy
    };
    let board = engine.keep_dormancy_policy(id, leave)?;
    let inside = staff
        .iter()
        .filter(|person| person.department.as_ref() == Some(&department))
        .count();
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo) as usize,
        staff.len() - inside,
        "whoever has a value that means leave is set aside"
    );
    for wrong in [
        DormancyPolicy {
            days: 0,
            ..DormancyPolicy::default()
        },
        DormancyPolicy {
            seat_price: Some(-1.0),
            ..DormancyPolicy::default()
        },
        DormancyPolicy {
            currency: Some("euros".into()),
            ..DormancyPolicy::default()
        },
        DormancyPolicy {
            contract_end: Some("31/03/2027".into()),
            ..DormancyPolicy::default()
        },
    ] {
        let refused = engine.keep_dormancy_policy(id, wrong.clone());
        assert_eq!(
            refused.err().map(|error| error.code),
            Some(Code::Precondition),
            "{wrong:?} can't be a policy"
        );
    }
    let days = Store::open(&acme.company.folder.path().join("muster.db"))?
        .read(|reader| reader.dormancy_days(id.0))?;
    assert_eq!(
        days.iter()
            .map(|day| (day.day.as_str(), day.policy))
            .collect::<Vec<_>>(),
        [("2026-11-23", 3)],
        "the day's last count says by which version it was made"
    );
    assert!(
        says(&engine, id, "inactive for days 90 instead of 180")?,
        "and the history says what a version changed"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_asked_and_their_answers_read_back() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(6).cloned().collect();
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .map(|person| {
            (
                person.row,
                Said {
                    seen: Some(ago(250)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let rows: Vec<RowId> = staff.iter().map(|person| person.row).collect();
    let chosen = Selection::Rows { rows };
    let list = acme.company.folder.path().join("ask.csv");
    assert_eq!(
        engine.ask_first(id, &chosen, AskFirst::Managers, &list)?,
        6,
        "everybody chosen is in the list"
    );
    let text = std::fs::read_to_string(&list)?;
    for person in &staff {
        let email = person.email.as_deref().unwrap_or_default();
        assert!(text.contains(email), "{email} is asked about");
    }
    assert!(
        text.contains("Last sign-in") && text.contains("Keep (yes or no)"),
        "with the evidence, and where to answer"
    );
    let merge = acme.company.folder.path().join("merge.csv");
    engine.ask_first(id, &chosen, AskFirst::MailMerge, &merge)?;
    let merged = std::fs::read_to_string(&merge)?;
    assert!(
        staff.iter().all(|person| merged.contains(&person.name)),
        "the mail merge names everybody under their manager"
    );

    // Answered as people answer, with what goes wrong.
    let mut answered = String::from("Person;E-mail;Keep (yes or no);Keep until\n");
    let answers = [
        ("Yes", ""),
        ("ja", "2027-02-01"),
        ("no", ""),
        ("", ""),
        ("maybe", ""),
        ("yes", "2020-01-01"),
    ];
    for (person, (keep, until)) in staff.iter().zip(answers) {
        let email = person.email.as_deref().unwrap_or_default();
        answered.push_str(&format!("x;{email};{keep};{until}\n"));
    }
    answered.push_str("Nobody;nobody@nowhere.example;yes;\n");
    let back = acme.company.folder.path().join("answers.csv");
    std::fs::write(&back, answered)?;
    let read = engine.read_answers(id, &back)?;
    assert_eq!(
        (
            read.kept,
            read.agreed,
            read.open,
            read.unmatched,
            read.unreadable
        ),
        (2, 1, 1, 1, 2),
        "every row is one of these: {:?}",
        read.sentences
    );
    assert_eq!(
        read.sentences.len(),
        3,
        "what could not be done is told row by row"
    );
    let until: Vec<Option<String>> = engine
        .exemptions(id)?
        .into_iter()
        .map(|exemption| exemption.until)
        .collect();
    assert!(
        until.contains(&Some("2027-02-01".into())) && until.contains(&Some("2027-02-21".into())),
        "kept until the date given, else for 90 days: {until:?}"
    );
    let left = pile(&engine, id, Pile::SeenLongAgo, None)?;
    assert!(
        !left.contains(&staff[0].row)
            && !left.contains(&staff[1].row)
            && left.contains(&staff[2].row),
        "kept people are out of the pile, the others are not"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_reclaimed_measured_and_reported_without_names() -> Outcome {
    let mut acme = Acme::of(300).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(8).cloned().collect();
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .zip(200..)
        .map(|(person, days)| {
            (
                person.row,
                Said {
                    seen: Some(ago(days)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let board = engine.board(id)?;
    engine.keep_dormancy_policy(
        id,
        DormancyPolicy {
            seat_price: Some(100.0),
            currency: Some("EUR".into()),
            ..board.policy
        },
    )?;
    let nobody = engine.plan_reclaim(id, &[Pile::LeftStillActive], None, None);
    assert!(nobody.is_err(), "an empty pile makes no plan");
    let (plan, refused) = engine.plan_reclaim(id, &[Pile::SeenLongAgo], None, Some(6))?;
    assert!(refused.is_empty(), "all of them may go: {refused:?}");
    assert_eq!(plan.people, 6, "at most as many as asked for");
    let planned: Vec<RowId> = engine
        .plan_page(plan.id, plan.groups[0].group, 0, 10)?
        .items
        .iter()
        .map(|item| item.row)
        .collect();
    assert!(
        !planned.contains(&staff[0].row) && planned.contains(&staff[7].row),
        "those seen longest ago go first"
    );
    let before = engine.board(id)?;
    let confirmation = Confirmation {
        hash: plan.hash.clone(),
        number: plan.confirm.type_number,
        reason: Some("Renewal".into()),
        ..Confirmation::default()
    };
    let run = engine.start_run(plan.id, confirmation)?.id;
    let run = engine.finish_run(run).await?;
    assert_eq!(run.done, 6, "all done: {:?}", run.sentence);
    assert_eq!(run.seats_freed, Some(6), "measured by reading back");
    let after = engine.board(id)?;
    assert_eq!(
        (
            before.seats_in_use - after.seats_in_use,
            people_in(&after, Pile::SeenLongAgo)
        ),
        (6, 2),
        "the board follows at once"
    );
    let month = after.trend.last().context("a month")?;
    assert_eq!(
        (month.month.as_str(), month.reclaimed, month.dormant),
        ("2026-11", 6, 2),
        "the month's seats and what is left"
    );

    let page = acme.company.folder.path().join("report.html");
    engine.write_reclaim_report(run.id, ReportFormat::Html, false, &page)?;
    let text = std::fs::read_to_string(&page)?;
    assert!(
        text.contains("6 people deactivated and 6 seats freed") && text.contains("600 EUR"),
        "seats and money"
    );
    for person in &staff {
        let email = person.email.as_deref().unwrap_or_default();
        assert!(
            !text.contains(&person.name) && !text.contains(email),
            "{} is not to be found in a report without names",
            person.name
        );
    }
    let gone: Vec<&Person> = staff
        .iter()
        .filter(|one| planned.contains(&one.row))
        .collect();
    for person in &gone {
        let department = person.department.as_deref().unwrap_or_default();
        let colleagues = gone
            .iter()
            .filter(|other| other.department == person.department)
            .count();
        assert!(
            colleagues >= 5 || !text.contains(&format!("<td>{department}</td>")),
            "{department} is too small to be told by name"
        );
    }
    engine.write_reclaim_report(run.id, ReportFormat::Html, true, &page)?;
    let text = std::fs::read_to_string(&page)?;
    assert!(
        text.contains(&staff[7].name) && text.contains("Okta export of 22 Nov"),
        "with names, everybody and the evidence are listed"
    );
    let book = acme.company.folder.path().join("report.xlsx");
    engine.write_reclaim_report(run.id, ReportFormat::Xlsx, true, &book)?;
    assert!(
        std::fs::read(&book)?.starts_with(b"PK"),
        "a workbook is written"
    );
    assert!(
        says(&engine, id, "by dormancy policy version 1")?,
        "the history says which policy the plan was made by"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_evidence_nobody_is_called_dormant() -> Outcome {
    let acme = Acme::of(100).await?;
    let engine = &acme.company.engine;
    let board = engine.board(acme.id)?;
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo) + people_in(&board, Pile::NeverSeen),
        0,
        "no file says that anybody was or was not there"
    );
    assert!(
        board
            .note
            .is_some_and(|note| note.contains("No evidence yet")),
        "and the board says so"
    );
    assert!(
        people_in(&engine.board(acme.id)?, Pile::NoEvidence) > 0,
        "everybody else is in the pile that proves nothing"
    );
    let planned = engine.plan_reclaim(
        acme.id,
        &Pile::ALL
            .into_iter()
            .filter(|pile| pile.is_usual())
            .collect::<Vec<_>>(),
        None,
        None,
    );
    assert!(planned.is_err(), "and none of them is planned for");
    Ok(())
}
