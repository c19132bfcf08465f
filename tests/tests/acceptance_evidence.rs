//! Activity files of the sample company, taken in as an admin takes them in: every row accounted for, everybody where the
//! truth has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, ensure};
use engine::{
    Code, Engine,
    changes::draft::DateOrder,
    dormancy::{Pile, PileFilter},
    evidence::{Import, MappedColumn, Mapping, Meaning, RowState, SourceKind},
    history::HistoryQuery,
    ids::{AttributeId, ConnectionId, RowId},
    people::{Format, ViewQuery},
    ports::News,
};
use sandbox::evidence::{Case, Place, Truth};
use tests::company::{Company, TODAY};

type Outcome<T = ()> = anyhow::Result<T>;

/// A synced company and a folder for its files.
struct Acme {
    company: Company,
    id: ConnectionId,
    engine: Arc<Engine>,
}

impl Acme {
    async fn of(people: u32) -> Outcome<Self> {
        let company = Company::of(people).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        Ok(Self {
            engine: Arc::clone(&company.engine),
            company,
            id,
        })
    }

    fn folder(&self) -> PathBuf {
        self.company.folder.path().join("files")
    }

    fn file(&self, name: &str, text: &str) -> Outcome<PathBuf> {
        std::fs::create_dir_all(self.folder())?;
        let path = self.folder().join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }

    fn read(&self, path: &Path) -> Outcome<Import> {
        Ok(self.engine.read_evidence(self.id, path)?)
    }

    /// E-mails of ordinary people, one person each.
    fn emails(&self, truth: &Truth, count: usize) -> Vec<String> {
        truth
            .people
            .iter()
            .filter(|known| known.case.is_none())
            .filter_map(|known| known.email.clone())
            .take(count)
            .collect()
    }

    fn truth(&self, people: u32) -> Outcome<Truth> {
        Ok(sandbox::evidence::write(&self.folder(), people, 1, TODAY)?)
    }

    fn rows(&self) -> Outcome<BTreeMap<String, RowId>> {
        let view = self.engine.open_view(self.id, ViewQuery::default())?;
        self.ids_in(view.id, view.total)
    }

    fn ids_in(&self, view: engine::ids::ViewId, total: u32) -> Outcome<BTreeMap<String, RowId>> {
        let mut found = BTreeMap::new();
        while (found.len() as u32) < total {
            let window = self.engine.window(view, found.len() as u32, 500, &[])?;
            ensure!(!window.rows.is_empty(), "the view ends before its total");
            for row in window.rows {
                found.insert(self.engine.person(self.id, row.id)?.scim_id, row.id);
            }
        }
        Ok(found)
    }

    fn pile(&self, pile: Pile) -> Outcome<BTreeSet<String>> {
        let query = ViewQuery {
            pile: Some(PileFilter { pile, days: None }),
            ..ViewQuery::default()
        };
        let view = self.engine.open_view(self.id, query)?;
        Ok(self.ids_in(view.id, view.total)?.into_keys().collect())
    }
}

fn spoilt(
    engine: &Engine,
    import: &Import,
    state: Option<RowState>,
) -> Outcome<Vec<engine::evidence::ImportRow>> {
    Ok(engine.import_rows(import.id, state, 0, u32::MAX)?.rows)
}

const PILES: [(Pile, Place); 5] = [
    (Pile::SeenLongAgo, Place::SeenLongAgo),
    (Pile::NeverSeen, Place::NeverSeen),
    (Pile::NoEvidence, Place::NoEvidence),
    (Pile::LeftStillActive, Place::LeftStillActive),
    (Pile::Duplicates, Place::Duplicates),
];

/// What the generator makes of each special case, and where such people stand.
const CASES: [(Case, &[Place]); 11] = [
    (Case::PlusAddress, &[Place::Grace, Place::SeenLongAgo]),
    (Case::ChangedEmail, &[Place::SeenLately]),
    (Case::JustBeforeMidnight, &[Place::SeenLongAgo]),
    (Case::JustAfterMidnight, &[Place::SeenLately]),
    (Case::FutureDate, &[Place::NeverSeen]),
    (Case::LeapDay, &[Place::SeenLongAgo]),
    (Case::OnlyFailures, &[Place::NeverSeen]),
    (Case::LeftAndSeen, &[Place::LeftStillActive]),
    (Case::SharedEmail, &[Place::Duplicates, Place::NoEvidence]),
    (Case::TwoRecords, &[Place::Duplicates, Place::SeenLately]),
    (Case::HiredYesterday, &[Place::Grace]),
];

/// The column “Days since seen”, by the service's id.
fn days_seen(
    acme: &Acme,
    rows: &BTreeMap<String, RowId>,
) -> Outcome<BTreeMap<String, Option<String>>> {
    let mut found = BTreeMap::new();
    for (scim_id, row) in rows {
        let person = acme.engine.person(acme.id, *row)?;
        let field = person
            .fields
            .iter()
            .find(|field| field.attribute == AttributeId::DAYS_SEEN);
        found.insert(
            scim_id.clone(),
            field.and_then(|field| field.cell.value.clone()),
        );
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_on_the_pile_where_the_truth_has_them() -> Outcome {
    const PEOPLE: u32 = 1_500;
    let acme = Acme::of(PEOPLE).await?;
    let truth = acme.truth(PEOPLE)?;
    for file in &truth.files {
        let import = acme.read(&acme.folder().join(&file.name))?;
        let kind = serde_json::to_value(import.kind)?;
        assert_eq!(kind, file.kind, "{} is known for what it is", file.name);
        let counts = import.counts;
        assert_eq!(
            (
                counts.rows,
                counts.matched,
                counts.unmatched,
                counts.ambiguous,
                counts.unreadable
            ),
            (
                file.rows,
                file.matched,
                file.unmatched,
                file.ambiguous,
                file.unreadable
            ),
            "{}: each row comes out as it was made; {:?}",
            file.name,
            spoilt(&acme.engine, &import, None)?
                .iter()
                .take(8)
                .collect::<Vec<_>>()
        );
        assert_eq!(import.question, None, "{} needs no mapping", file.name);
        acme.engine.accept_import(import.id)?;
    }
    for (pile, place) in PILES {
        let expected: BTreeSet<String> = truth
            .people
            .iter()
            .filter(|known| known.place_without_alias.unwrap_or(known.place) == place)
            .map(|known| known.scim_id.clone())
            .collect();
        assert_eq!(
            acme.pile(pile)?,
            expected,
            "{pile:?} before anybody said who the old addresses are"
        );
    }

    let rows = acme.rows()?;
    let mut import = acme.read(&acme.folder().join("okta-users.csv"))?;
    let people = import.people;
    for alias in &truth.aliases {
        let row = spoilt(&acme.engine, &import, Some(RowState::Unmatched))?
            .into_iter()
            .find(|row| {
                row.who
                    .as_deref()
                    .is_some_and(|who| who.eq_ignore_ascii_case(&alias.written))
            })
            .with_context(|| format!("{} is listed", alias.written))?;
        import = acme
            .engine
            .confirm_alias(import.id, row.row, rows[&alias.scim_id])?;
    }
    assert_eq!(
        import.people,
        people + truth.aliases.len() as u32,
        "each alias finds one person more"
    );
    acme.engine.accept_import(import.id)?;
    for (pile, place) in PILES {
        let expected: BTreeSet<String> = truth
            .people
            .iter()
            .filter(|known| known.place == place)
            .map(|known| known.scim_id.clone())
            .collect();
        ensure!(!expected.is_empty(), "the truth has people for {pile:?}");
        let found = acme.pile(pile)?;
        let right = found.intersection(&expected).count() as f64;
        assert_eq!(
            (right / found.len() as f64, right / expected.len() as f64),
            (1.0, 1.0),
            "precision and recall of {pile:?}: wrongly {:?}, missed {:?}",
            found.difference(&expected).collect::<Vec<_>>(),
            expected.difference(&found).collect::<Vec<_>>()
        );
    }
    for (case, places) in CASES {
        let mut found = BTreeSet::new();
        for known in truth.people.iter().filter(|known| known.case == Some(case)) {
            found.insert(known.place);
        }
        assert_eq!(
            found,
            BTreeSet::from_iter(places.iter().copied()),
            "the company has people of the case {case:?}, and this is where they are"
        );
    }
    let days = days_seen(&acme, &rows)?;
    for known in truth
        .people
        .iter()
        .filter(|known| known.place != Place::Left)
    {
        assert_eq!(
            days[&known.scim_id],
            known.days.map(|days| days.to_string()),
            "days since {:?} was last seen ({:?}, {:?})",
            known.email,
            known.last_seen,
            known.case
        );
    }

    // A file that is read after the aliases were confirmed knows them by itself.
    let again = acme.read(&acme.folder().join("okta-users.csv"))?;
    assert_eq!(
        again.counts, import.counts,
        "an alias is remembered for the connection"
    );
    assert!(
        again
            .warnings
            .iter()
            .any(|warning| warning.contains("counts already")),
        "the very same file is recognised: {:?}",
        again.warnings
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_of_ones_own_is_mapped_by_what_is_in_it_and_remembered() -> Outcome {
    let acme = Acme::of(300).await?;
    let truth = acme.truth(300)?;
    let emails = acme.emails(&truth, 40);
    let mut text = "Who;Boss' manager e-mail;Last used;Remark\n".to_owned();
    for (place, email) in emails.iter().enumerate() {
        text.push_str(&format!(
            "{};{};{:02}.11.2026;x\n",
            email.to_uppercase(),
            emails[0],
            1 + place % 20
        ));
    }
    let import = acme.read(&acme.file("team logins 2026-11-20.csv", &text)?)?;
    let who = &import.columns[0];
    assert_eq!(
        (who.meaning, who.confidence),
        (Meaning::Email, 100),
        "{who:?}"
    );
    assert_eq!(
        who.why, "100% of these are e-mails of people here.",
        "the page can say why"
    );
    assert_eq!(
        import.columns[1].meaning,
        Meaning::Ignored,
        "somebody's manager is not the person"
    );
    assert_eq!(
        import.columns[2].meaning,
        Meaning::DateSeen,
        "its name and its dates say so"
    );
    assert_eq!(
        (import.counts.matched, import.people),
        (40, 40),
        "capitals do not matter"
    );
    assert_eq!(
        import.as_of, "2026-11-20",
        "the file's name says which day it speaks of"
    );
    assert_eq!(
        import.name, "team logins",
        "and what it is called without the day"
    );
    assert_eq!(import.kind, SourceKind::Other);

    let mapping = Mapping {
        name: "Team tool".to_owned(),
        kind: SourceKind::Other,
        sheet: None,
        columns: vec![
            MappedColumn {
                index: 0,
                meaning: Meaning::AnyPerson,
                date_order: None,
            },
            MappedColumn {
                index: 2,
                meaning: Meaning::DateSeen,
                date_order: None,
            },
        ],
    };
    let import = acme.engine.map_import(import.id, &mapping)?;
    let source = acme.engine.accept_import(import.id)?;
    assert_eq!(
        (source.name.as_str(), source.people, source.age_days),
        ("Team tool", 40, 3),
        "as the admin said"
    );

    // The next file of these columns: half of the rows, a column gone, older.
    let short: String = text
        .lines()
        .take(11)
        .map(|line| format!("{line}\n"))
        .collect();
    let next = acme.read(&acme.file("team logins 2026-11-01.csv", &short)?)?;
    assert_eq!(
        next.name, "Team tool",
        "its columns tell which source it is"
    );
    assert_eq!(
        next.columns[0].meaning,
        Meaning::AnyPerson,
        "and it is read as the last one was"
    );
    assert_eq!(
        next.columns[0].why, "As in Team tool of 20 Nov 2026.",
        "which is said"
    );
    assert_eq!(next.replaces, Some(source.id), "it would take its place");
    for said in ["It is older than", "10 rows where", "30 of the 40 people"] {
        assert!(
            next.warnings.iter().any(|warning| warning.contains(said)),
            "{said}: {:?}",
            next.warnings
        );
    }
    let renamed = short.replace("Remark", "Note");
    let other = acme.read(&acme.file("other.csv", &renamed)?)?;
    let mapping = Mapping {
        name: "team TOOL".to_owned(),
        kind: SourceKind::Other,
        sheet: None,
        columns: mapping.columns,
    };
    let other = acme.engine.map_import(other.id, &mapping)?;
    assert!(
        other.warnings.iter().any(|warning| warning.contains("missing: “Remark”") && warning.contains("new: “Note”")),
        "columns that changed are named: {:?}",
        other.warnings
    );

    acme.engine.accept_import(next.id)?;
    let sources = acme.engine.evidence_sources(acme.id)?;
    assert_eq!(
        sources.len(),
        1,
        "a refreshed file takes its predecessor's place"
    );
    assert_eq!(sources[0].people, 10, "with what it says");
    acme.engine.forget_source(sources[0].id)?;
    assert!(
        acme.engine.evidence_sources(acme.id)?.is_empty(),
        "forgotten is forgotten"
    );
    let said: Vec<String> = acme
        .engine
        .history(acme.id, HistoryQuery::default(), 0, 50)?
        .events
        .into_iter()
        .map(|event| event.sentence)
        .filter(|sentence| sentence.contains("Evidence"))
        .collect();
    assert_eq!(said.len(), 3, "each step is in the history: {said:?}");
    assert!(
        said[1].contains("it replaces team logins 2026-11-20.csv"),
        "{said:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_reads_two_ways_is_asked_about_once() -> Outcome {
    let acme = Acme::of(120).await?;
    let truth = acme.truth(120)?;
    let emails = acme.emails(&truth, 4);
    let text = format!(
        "Email,Last login\n{},03/04/2026\n{},04/04/2026\n{},05/06/2026\n",
        emails[0], emails[1], emails[2]
    );
    let import = acme.read(&acme.file("a.csv", &text)?)?;
    assert!(import.columns[1].asks_date_order, "nobody can tell");
    assert!(
        import
            .question
            .as_deref()
            .is_some_and(|question| question.contains("Last login")),
        "{:?}",
        import.question
    );
    let refused = acme
        .engine
        .accept_import(import.id)
        .expect_err("it can't count before it is answered");
    assert_eq!(refused.code, Code::Precondition, "{refused}");
    let mut mapping = Mapping {
        name: import.name.clone(),
        kind: import.kind,
        sheet: None,
        columns: vec![
            MappedColumn {
                index: 0,
                meaning: Meaning::Email,
                date_order: None,
            },
            MappedColumn {
                index: 1,
                meaning: Meaning::DateSeen,
                date_order: Some(DateOrder::MonthFirst),
            },
        ],
    };
    let answered = acme.engine.map_import(import.id, &mapping)?;
    assert_eq!(answered.question, None, "one answer settles the column");
    assert_eq!(
        answered.oldest.as_deref(),
        Some("2026-03-04"),
        "the month came first"
    );
    mapping.columns[1].date_order = Some(DateOrder::DayFirst);
    let answered = acme.engine.map_import(import.id, &mapping)?;
    assert_eq!(
        answered.newest.as_deref(),
        Some("2026-06-05"),
        "and it can be corrected"
    );

    let text = format!("{text}{},20/04/2026\n", emails[3]);
    let import = acme.read(&acme.file("b.csv", &text)?)?;
    assert_eq!(
        import.question, None,
        "one date that reads one way settles the others"
    );
    assert_eq!(
        import.columns[1].date_order,
        Some(DateOrder::DayFirst),
        "there is no month 20"
    );
    assert_eq!(import.counts.matched, 4, "so all are read");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_exact_names_match_and_what_is_odd_is_named() -> Outcome {
    let acme = Acme::of(200).await?;
    let truth = acme.truth(200)?;
    let emails = acme.emails(&truth, 5);
    let number = truth
        .people
        .iter()
        .rev()
        .find_map(|known| known.employee_number.clone())
        .context("somebody has a number")?;
    let plus = emails[1].replace('@', "+survey@");
    let text = format!(
        "Person,Last seen\n{},2026-11-20\n{plus},2026-11-21\n{number},2026-11-19\n{},2026-11-18\n{},2027-01-02\n{},soon\n,2026-11-01\n",
        emails[0],
        number.trim_start_matches('0'),
        emails[2],
        emails[3]
    );
    let import = acme.read(&acme.file("mixed.csv", &text)?)?;
    let mapping = Mapping {
        name: import.name.clone(),
        kind: SourceKind::Other,
        sheet: None,
        columns: vec![
            MappedColumn {
                index: 0,
                meaning: Meaning::AnyPerson,
                date_order: None,
            },
            MappedColumn {
                index: 1,
                meaning: Meaning::DateSeen,
                date_order: None,
            },
        ],
    };
    let import = acme.engine.map_import(import.id, &mapping)?;
    let said: Vec<(u32, RowState, String)> = spoilt(&acme.engine, &import, None)?
        .into_iter()
        .map(|row| (row.row, row.state, row.why))
        .collect();
    assert_eq!(
        said,
        [
            (3, RowState::Unmatched, format!("Nobody here has “{plus}”.")),
            (
                5,
                RowState::Unmatched,
                format!("Nobody here has “{}”.", number.trim_start_matches('0'))
            ),
            (
                7,
                RowState::Unreadable,
                "Last seen: “soon” is not a date.".to_owned()
            ),
            (
                8,
                RowState::Unreadable,
                "Person is empty, so the row names nobody.".to_owned()
            ),
        ],
        "an address with a plus is another, a number without its zeros is another, and each row says where it stands"
    );
    assert_eq!(
        (import.counts.matched, import.seen),
        (3, 2),
        "a date to come is no sighting"
    );
    assert!(
        import
            .warnings
            .iter()
            .any(|warning| warning.contains("still to come (up to 2 Jan 2027)")),
        "{:?}",
        import.warnings
    );
    let written = acme.folder().join("mend.csv");
    assert_eq!(
        acme.engine
            .export_import_rows(import.id, Format::Csv, &written)?,
        4,
        "the list can be taken along"
    );
    let text = std::fs::read_to_string(&written)?;
    assert_eq!(text.lines().count(), 5, "with its heading: {text}");
    acme.engine.drop_import(import.id);
    let gone = acme
        .engine
        .accept_import(import.id)
        .expect_err("what was dropped is gone");
    assert_eq!(gone.code, Code::Stale, "{gone}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_in_a_file_its_rows_add_up() -> Outcome {
    let acme = Acme::of(100).await?;
    let truth = acme.truth(100)?;
    let shared = truth.people.iter().filter_map(|known| known.email.clone());
    let mut names: Vec<String> = shared.collect();
    names.extend(
        truth
            .people
            .iter()
            .filter_map(|known| known.employee_number.clone()),
    );
    names.extend(["", "nobody@x.example", "0", "\"quoted\"", "=1+1", "é"].map(str::to_owned));
    let dates = [
        "2026-11-20",
        "",
        "never",
        "soon",
        "31/02/2026",
        "03/04/2026",
        "1763681400000",
        "2030-01-01",
        "-",
    ];
    // A fixed sequence of numbers: the same files each time.
    let mut state = 20_261_123_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..12 {
        let lines = next(60);
        let mut text = "Work email,Employee ID,Last active,Status\n".to_owned();
        let mut expected = 0;
        for _ in 0..lines {
            let cells = [
                names[next(names.len())].clone(),
                names[next(names.len())].clone(),
                dates[next(dates.len())].to_owned(),
                ["", "Active", "x"][next(3)].to_owned(),
            ];
            expected += u32::from(cells.iter().any(|cell| !cell.is_empty()));
            let quoted: Vec<String> = cells
                .iter()
                .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
                .collect();
            text.push_str(&quoted.join(","));
            text.push('\n');
        }
        let import = acme.read(&acme.file(&format!("round {round}.csv"), &text)?)?;
        let mapping = Mapping {
            name: import.name.clone(),
            kind: SourceKind::Other,
            sheet: None,
            columns: vec![
                MappedColumn {
                    index: 0,
                    meaning: Meaning::Email,
                    date_order: None,
                },
                MappedColumn {
                    index: 1,
                    meaning: Meaning::EmployeeNumber,
                    date_order: None,
                },
                MappedColumn {
                    index: 2,
                    meaning: Meaning::DateSeen,
                    date_order: None,
                },
            ],
        };
        let counts = acme.engine.map_import(import.id, &mapping)?.counts;
        assert_eq!(
            counts.rows, expected,
            "each line that says anything is a row: {text}"
        );
        assert_eq!(
            counts.rows,
            counts.matched + counts.unmatched + counts.ambiguous + counts.unreadable,
            "counts in equal counts out"
        );
        let listed = spoilt(&acme.engine, &import, None)?.len() as u32;
        assert_eq!(
            listed,
            counts.rows - counts.matched,
            "and each that found nobody is listed"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_stops_at_a_word_and_what_can_not_be_read_is_a_sentence() -> Outcome {
    let acme = Acme::of(100).await?;
    let mut text = "Email,Last login\n".to_owned();
    for row in 0..400_000 {
        text.push_str(&format!("nobody{row}@x.example,2026-11-20\n"));
    }
    let path = acme.file("long.csv", &text)?;
    let (engine, id) = (Arc::clone(&acme.engine), acme.id);
    let reading = tokio::task::spawn_blocking(move || engine.read_evidence(id, &path));
    let ear = Arc::clone(&acme.company.ear);
    let told = tokio::task::spawn_blocking(move || {
        ear.wait_for(|news| match news {
            News::ImportProgress(progress) if progress.bytes > 0.0 => Some(progress.clone()),
            _ => None,
        })
    })
    .await?;
    assert_eq!(told.file_name, "long.csv", "the page is told how far it is");
    acme.engine.cancel_import(acme.id);
    let stopped = reading.await?.expect_err("it was cancelled on the way");
    assert_eq!(stopped.code, Code::Cancelled, "{stopped}");
    let empty = acme.file("empty.csv", "")?;
    let error = acme
        .engine
        .read_evidence(acme.id, &empty)
        .expect_err("there is nothing in it");
    assert_eq!(
        error.message, "empty.csv: The file is empty. Export it again.",
        "it says which and what to do"
    );
    assert_eq!(error.code, Code::Precondition);
    Ok(())
}
