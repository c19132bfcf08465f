//! A file from its first row to its last: who is in it, when they were seen, and which rows say nothing.

use std::{
    collections::{BTreeMap, HashMap},
    ops::ControlFlow,
};

use jiff::civil::Date;
use sheets::{Row, Taker};

use super::{
    ImportCounts, Meaning, RowState,
    status::{self, Employment},
    when::{self, How, When},
    who::{self, Aliases, Whom},
};
use crate::{
    attribute::Kind,
    changes::{draft::DateOrder, words::number},
    ids::RowId,
    people::directory::Directory,
};

/// Rows that are listed one by one; those beyond are counted, and exported by reading the file again.
pub(super) const LISTED: usize = 100_000;

/// What a file says of one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub seen: Option<Date>,
    pub state: Option<Employment>,
    pub since: Option<Date>,
}

/// A row that counts for nobody.
#[derive(Debug, Clone)]
pub(super) struct Spoilt {
    pub row: u32,
    pub state: RowState,
    pub who: Option<String>,
    pub why: String,
    pub candidates: Vec<RowId>,
}

/// How a column of dates turned out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dates {
    pub ambiguous: u32,
    pub day_first: u32,
    pub month_first: u32,
}

/// A column that is read, and as what.
#[derive(Debug, Clone)]
pub(super) struct Used {
    pub place: usize,
    pub name: String,
    pub meaning: Meaning,
    pub how: How,
}

/// What a file says, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub counts: ImportCounts,
    pub people: BTreeMap<RowId, Said>,
    pub spoilt: Vec<Spoilt>,
    /// Rows that are spoilt and not listed.
    pub unlisted: u32,
    pub oldest: Option<Date>,
    pub newest: Option<Date>,
    /// Rows whose date is still to come.
    pub future: u32,
    /// The latest of these.
    pub furthest: Option<Date>,
    /// Rows of sign-ins that failed.
    pub failed: u32,
    /// Rows that name somebody as active with a last day in the past.
    pub contradicting: u32,
    pub dates: HashMap<usize, Dates>,
}

impl Outcome {
    /// Whether what was read can be listed whole.
    pub(super) fn is_listed(&self) -> bool {
        self.unlisted == 0
    }
}

/// Takes the rows of a file in.
pub(super) struct Intake<'a> {
    pub directory: &'a Directory,
    pub aliases: &'a Aliases,
    pub heading: u64,
    pub today: Date,
    pub used: &'a [Used],
    /// Options that the rows of a file by team may name.
    pub segments: bool,
    pub outcome: Outcome,
    /// Takes each row that counts for nobody.
    pub spoil: &'a mut dyn FnMut(Spoilt),
    pub go_on: &'a mut dyn FnMut(u32, u64) -> bool,
}

impl Taker for Intake<'_> {
    fn row(&mut self, row: &Row) -> ControlFlow<()> {
        if row.number > self.heading && !row.is_blank() {
            self.take(row);
        }
        ControlFlow::Continue(())
    }

    fn behind(&mut self, bytes: u64) -> ControlFlow<()> {
        if (self.go_on)(self.outcome.counts.rows, bytes) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

impl Intake<'_> {
    fn take(&mut self, row: &Row) {
        self.outcome.counts.rows = self.outcome.counts.rows.saturating_add(1);
        if let Some(trouble) = &row.trouble {
            self.spoil(row, RowState::Unreadable, None, trouble.clone(), Vec::new());
            return;
        }
        if self.segments {
            self.take_segment(row);
            return;
        }
        let cells = self
            .used
            .iter()
            .filter(|used| used.meaning.names_people())
            .map(|used| (used.meaning, row.cell(used.place)));
        let whom = who::whom(&self.directory.table(), self.aliases, cells.clone());
        let named = || {
            let mut said = cells
                .clone()
                .map(|(_, text)| text.trim())
                .filter(|text| !text.is_empty());
            said.next().map(str::to_owned)
        };
        let person = match whom {
            Whom::One(person) => person,
            Whom::Nobody => {
                let why = format!("Nobody here has {}.", self.called(row));
                return self.spoil(row, RowState::Unmatched, named(), why, Vec::new());
            }
            Whom::Gone => {
                let why = "Was in this directory and is not any more.".to_owned();
                return self.spoil(row, RowState::Unmatched, named(), why, Vec::new());
            }
            Whom::Several(rows) => {
                let why = format!(
                    "{} fits {} people. Choose one.",
                    self.called(row),
                    rows.len()
                );
                return self.spoil(row, RowState::Ambiguous, named(), why, rows);
            }
            Whom::Blank => {
                let why = format!(
                    "{} is empty, so the row names nobody.",
                    self.person_columns()
                );
                return self.spoil(row, RowState::Unreadable, None, why, Vec::new());
            }
        };
        match self.said(row) {
            Ok(said) => self.keep(person, said),
            Err(why) => self.spoil(row, RowState::Unreadable, named(), why, Vec::new()),
        }
    }

    fn keep(&mut self, person: RowId, said: Said) {
        self.outcome.counts.matched += 1;
        if let Some(seen) = said.seen {
            let outcome = &mut self.outcome;
            outcome.oldest = Some(outcome.oldest.map_or(seen, |oldest| oldest.min(seen)));
            outcome.newest = Some(outcome.newest.map_or(seen, |newest| newest.max(seen)));
        }
        let kept = self.outcome.people.entry(person).or_default();
        kept.seen = kept.seen.max(said.seen);
        // The stronger state, and of one state the later day.
        if (said.state, said.since) > (kept.state, kept.since) {
            (kept.state, kept.since) = (said.state, said.since);
        }
    }

    /// What the cells of a row say beside who it is about.
    fn said(&mut self, row: &Row) -> Result<Said, String> {
        let mut said = Said::default();
        let (mut failed, mut future) = (false, None);
        let mut last_day = None;
        let mut status = None;
        for used in self.used {
            let cell = row.cell(used.place).trim();
            match used.meaning {
                Meaning::DateSeen => match self.date(used, cell)? {
                    Some(day) if day > self.today => future = future.max(Some(day)),
                    Some(day) => said.seen = said.seen.max(Some(day)),
                    None => {}
                },
                Meaning::Outcome => failed |= status::failed(cell),
                Meaning::LastDay => last_day = self.date(used, cell)?,
                Meaning::HrisStatus if !cell.is_empty() => {
                    let read = status::read(cell).ok_or_else(|| {
                        format!(
                            "{}: “{}” is no status that Muster knows.",
                            used.name,
                            brief(cell)
                        )
                    })?;
                    status = Some(read);
                }
                _ => {}
            }
        }
        if failed {
            self.outcome.failed += 1;
            said.seen = None;
        }
        if let Some(day) = future {
            self.outcome.future += 1;
            self.outcome.furthest = self.outcome.furthest.max(Some(day));
        }
        let is_past = last_day.is_some_and(|day| day < self.today);
        said.state = status.or_else(|| {
            let hris = self
                .used
                .iter()
                .any(|used| matches!(used.meaning, Meaning::LastDay | Meaning::HrisStatus));
            hris.then_some(if is_past {
                Employment::Left
            } else {
                Employment::Active
            })
        });
        if said.state == Some(Employment::Active) && is_past {
            self.outcome.contradicting += 1;
        }
        said.since = last_day;
        Ok(said)
    }

    /// `None` for never.
    fn date(&mut self, used: &Used, cell: &str) -> Result<Option<Date>, String> {
        let dates = self.outcome.dates.entry(used.place).or_default();
        match when::order_shown(cell) {
            Some(DateOrder::DayFirst) => dates.day_first += 1,
            Some(DateOrder::MonthFirst) => dates.month_first += 1,
            None => {}
        }
        match when::read(cell, &used.how) {
            When::Day(day) => Ok(Some(day)),
            When::Never => Ok(None),
            When::Ambiguous => {
                dates.ambiguous += 1;
                Err(format!(
                    "{}: “{}” can be read two ways.",
                    used.name,
                    brief(cell)
                ))
            }
            When::Unreadable => Err(format!("{}: “{}” is not a date.", used.name, brief(cell))),
        }
    }

    /// A row by team: known when some attribute has such a value.
    fn take_segment(&mut self, row: &Row) {
        let cells = || {
            self.used
                .iter()
                .filter(|used| used.meaning == Meaning::Segment)
                .map(|used| row.cell(used.place).trim())
                .filter(|cell| !cell.is_empty())
        };
        let Some(first) = cells().next().map(str::to_owned) else {
            let why = "The row names no segment.".to_owned();
            return self.spoil(row, RowState::Unreadable, None, why, Vec::new());
        };
        let known = cells().all(|cell| {
            let attributes = self.directory.attributes();
            attributes.iter().any(|attribute| {
                attribute.kind == Kind::Option && self.directory.has_option(attribute.id, cell)
            }) || !self.directory.find(cell).is_empty()
        });
        if known {
            self.outcome.counts.matched += 1;
        } else {
            let why = format!("No segment here is called “{}”.", brief(&first));
            self.spoil(row, RowState::Unmatched, Some(first), why, Vec::new());
        }
    }

    /// “ana@acme.com” as e-mail, “0012” as employee number.
    fn called(&self, row: &Row) -> String {
        let said: Vec<String> = self
            .used
            .iter()
            .filter(|used| used.meaning.names_people())
            .map(|used| (used.meaning, row.cell(used.place).trim()))
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(meaning, cell)| {
                let noun = match meaning {
                    Meaning::Email => " as e-mail",
                    Meaning::EmployeeNumber => " as employee number",
                    Meaning::UserName => " as user name",
                    Meaning::ScimId => " as id",
                    _ => "",
                };
                format!("“{}”{noun}", brief(cell))
            })
            .collect();
        said.join(" or ")
    }

    fn person_columns(&self) -> String {
        let names: Vec<&str> = self
            .used
            .iter()
            .filter(|used| used.meaning.names_people())
            .map(|used| used.name.as_str())
            .collect();
        names.join(" and ")
    }

    fn spoil(
        &mut self,
        row: &Row,
        state: RowState,
        who: Option<String>,
        why: String,
        candidates: Vec<RowId>,
    ) {
        let counts = &mut self.outcome.counts;
        match state {
            RowState::Unmatched => counts.unmatched += 1,
            RowState::Ambiguous => counts.ambiguous += 1,
            RowState::Unreadable => counts.unreadable += 1,
        }
        (self.spoil)(Spoilt {
            row: u32::try_from(row.number).unwrap_or(u32::MAX),
            state,
            who,
            why,
            candidates,
        });
    }
}

fn brief(cell: &str) -> String {
    if cell.chars().count() <= 80 {
        return cell.to_owned();
    }
    cell.chars().take(79).chain(['…']).collect()
}

/// "1 row", "214 rows".
pub(super) fn rows(count: u32) -> String {
    match count {
        1 => "1 row".to_owned(),
        _ => format!("{} rows", number(count)),
    }
}
