//! A synced company whose evidence is written by the test.

use std::sync::Arc;

use anyhow::Context;
use engine::{
    Engine,
    attribute::Role,
    dormancy::{Board, Pile, PileFilter},
    history::HistoryQuery,
    ids::{AttributeId, ConnectionId, RowId},
    people::{Status, ViewQuery},
};
use jiff::{ToSpan, civil::Date};
use serde_json::json;
use store::{Store, StoredCell, StoredEvidence, StoredSource};
use tests::company::{Company, TODAY};

pub type Outcome = anyhow::Result<()>;

/// One person of the company, as a test needs them.
#[derive(Debug, Clone)]
pub struct Person {
    pub row: RowId,
    pub name: String,
    pub status: Status,
    pub email: Option<String>,
    pub number: Option<String>,
    pub born: Option<String>,
    pub start: Option<Date>,
    pub department: Option<String>,
    pub reports: u32,
}

/// What a source says of one person.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said {
    pub seen: Option<Date>,
    pub state: Option<&'static str>,
    pub since: Option<Date>,
}

/// A synced company whose evidence is written by the test.
pub struct Acme {
    pub company: Company,
    pub id: ConnectionId,
    pub people: Vec<Person>,
    pub sources: u32,
}

pub fn ago(days: i64) -> Date {
    TODAY.saturating_sub(days.days())
}

impl Acme {
    pub async fn of(people: u32) -> anyhow::Result<Self> {
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
    pub fn doubles(&mut self) -> anyhow::Result<[RowId; 2]> {
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

    pub fn rewrite(&self, row: RowId, values: &[(AttributeId, Option<String>)]) -> Outcome {
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
    pub fn evidence(
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
            mapping: json!({
                "mapping": { "name": name, "kind": kind, "sheet": null, "columns": [] },
                "names": [],
            })
            .to_string(),
            outcome: json!({
                "counts": {
                    "rows": said.len(),
                    "matched": said.len(),
                    "unmatched": 0,
                    "ambiguous": 0,
                    "unreadable": 0,
                },
                "people": said.len(),
            })
            .to_string(),
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
    pub fn staff(&self) -> Vec<&Person> {
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
    pub fn twin_of(&self, person: &Person) -> Option<&Person> {
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

pub fn everybody(engine: &Arc<Engine>, id: ConnectionId) -> anyhow::Result<Vec<Person>> {
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
pub fn pile(
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

pub fn people_in(board: &Board, pile: Pile) -> u32 {
    board
        .piles
        .iter()
        .find(|count| count.pile == pile)
        .map_or(0, |count| count.people)
}

/// The two derived columns of somebody.
pub fn derived(
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

pub fn says(engine: &Engine, id: ConnectionId, words: &str) -> anyhow::Result<bool> {
    let page = engine.history(id, HistoryQuery::default(), 0, 200)?;
    Ok(page.events.iter().any(|event| {
        event
            .reason
            .as_deref()
            .is_some_and(|reason| reason.contains(words))
    }))
}
