//! What the columns of a file mean: by what is known of the export, by what was said of this source before, by name, and by
//! what is in them.

use std::{
    collections::{HashMap, HashSet},
    ops::ControlFlow,
};

use sheets::{Row, Taker};

use super::{
    ColumnGuess, Meaning, SourceKind,
    recognise::{self, plain},
    status,
    when::{self, How, When},
    who,
};
use crate::{changes::draft::DateOrder, people::directory::Directory};

/// Rows looked into.
const ROWS: u32 = 5_000;
/// Cells looked into, for sheets with thousands of columns.
const CELLS: usize = 400_000;
/// Different values shown of a column.
const SAMPLES: usize = 3;
/// Longest sample shown, in characters.
const SAMPLE: usize = 60;
/// From this share on, in percent, the content of a column tells what it is.
const TELLS: u32 = 60;

/// How sure Muster is of a column when another names people as well, in percent.
pub(super) const RIVALS: u32 = 50;
/// How sure it is of dates whose name says nothing of activity: less, so that it asks.
const NAMELESS: u32 = 40;

/// What is in a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    filled: u32,
    emails: u32,
    users: u32,
    numbers: u32,
    ids: u32,
    dates: u32,
    never: u32,
    states: u32,
    outcomes: u32,
    samples: Vec<String>,
}

impl Content {
    fn share(&self, of: u32) -> u32 {
        (u64::from(of) * 100)
            .checked_div(u64::from(self.filled))
            .unwrap_or(0) as u32
    }

    /// The kind of name that most cells are, and how many are.
    fn person(&self) -> (Meaning, u32) {
        [
            (Meaning::Email, self.emails),
            (Meaning::EmployeeNumber, self.numbers),
            (Meaning::UserName, self.users),
            (Meaning::ScimId, self.ids),
        ]
        .into_iter()
        .map(|(meaning, hits)| (meaning, self.share(hits)))
        .rev()
        .max_by_key(|(_, share)| *share)
        .unwrap_or((Meaning::Ignored, 0))
    }
}

/// Looks into the first rows of a file.
pub(super) struct Look<'a> {
    pub directory: &'a Directory,
    pub heading: u64,
    pub how: How,
    pub content: Vec<Content>,
    rows: u32,
    cells: usize,
    go_on: &'a mut dyn FnMut(u64) -> bool,
}

impl<'a> Look<'a> {
    pub(super) fn new(
        directory: &'a Directory,
        heading: u64,
        columns: usize,
        how: How,
        go_on: &'a mut dyn FnMut(u64) -> bool,
    ) -> Self {
        Self {
            directory,
            heading,
            how,
            content: vec![Content::default(); columns],
            rows: 0,
            cells: 0,
            go_on,
        }
    }
}

impl Taker for Look<'_> {
    fn row(&mut self, row: &Row) -> ControlFlow<()> {
        if row.number <= self.heading || row.trouble.is_some() || row.is_blank() {
            return ControlFlow::Continue(());
        }
        let table = self.directory.table();
        for (content, cell) in self.content.iter_mut().zip(row.cells()) {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            content.filled += 1;
            if content.samples.len() < SAMPLES
                && !content.samples.iter().any(|sample| sample == cell)
            {
                content.samples.push(short(cell));
            }
            let hit = |meaning| u32::from(who::names_somebody(&table, meaning, cell));
            if cell.contains('@') {
                content.emails += hit(Meaning::Email);
            } else {
                content.users += hit(Meaning::UserName);
            }
            content.numbers += hit(Meaning::EmployeeNumber);
            content.ids += hit(Meaning::ScimId);
            match when::read(cell, &self.how) {
                When::Day(_) | When::Ambiguous => content.dates += 1,
                When::Never => content.never += 1,
                When::Unreadable => {
                    content.states += u32::from(status::read(cell).is_some());
                    content.outcomes += u32::from(status::is_outcome(cell));
                }
            }
        }
        self.rows += 1;
        self.cells += row.width();
        if self.rows == ROWS || self.cells >= CELLS {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn behind(&mut self, bytes: u64) -> ControlFlow<()> {
        if (self.go_on)(bytes) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

fn short(cell: &str) -> String {
    if cell.chars().count() <= SAMPLE {
        return cell.to_owned();
    }
    cell.chars().take(SAMPLE - 1).chain(['…']).collect()
}

/// What was said of a source before, by the column's name.
pub(super) struct Memory {
    /// "Entra sign-ins of 20 Nov 2026".
    pub called: String,
    pub name: String,
    pub kind: SourceKind,
    /// Those that were read.
    pub columns: HashMap<String, (Meaning, Option<DateOrder>)>,
    /// All, those that were not read included.
    pub names: HashSet<String>,
    /// The columns are the very same.
    pub exact: bool,
}

/// What a file is, and what its columns mean.
pub(super) struct Guess {
    pub kind: SourceKind,
    pub recognised: bool,
    /// How the source was called before, else how the export is called where it is known.
    pub name: Option<String>,
    pub columns: Vec<ColumnGuess>,
}

pub(super) fn guess(names: &[String], content: &[Content], memory: Option<&Memory>) -> Guess {
    let mut columns: Vec<ColumnGuess> = names
        .iter()
        .enumerate()
        .map(|(index, name)| ColumnGuess {
            index: index as u32,
            name: name.clone(),
            samples: content
                .get(index)
                .map(|content| content.samples.clone())
                .unwrap_or_default(),
            meaning: Meaning::Ignored,
            confidence: 100,
            why: "Says nothing of activity.".to_owned(),
            date_order: None,
            asks_date_order: false,
        })
        .collect();
    let known = recognise::recognise(names);
    if let Some(memory) = memory {
        let recognised = known.is_some();
        recall(&mut columns, memory);
        if !memory.exact {
            let fresh = guess(names, content, None).columns;
            complete(&mut columns, fresh, memory);
        }
        return Guess {
            kind: memory.kind,
            recognised,
            name: Some(memory.name.clone()),
            columns,
        };
    }
    if let Some(known) = known {
        for (place, meaning) in known.columns {
            columns[place].meaning = meaning;
            columns[place].why = format!("{} has it in this column.", known.called);
        }
        return Guess {
            kind: known.kind,
            recognised: true,
            name: Some(known.called.to_owned()),
            columns,
        };
    }
    let kind = by_content(&mut columns, content);
    Guess {
        kind,
        recognised: false,
        name: None,
        columns,
    }
}

fn recall(columns: &mut [ColumnGuess], memory: &Memory) {
    for column in columns {
        if let Some((meaning, order)) = memory.columns.get(&plain(&column.name)) {
            column.meaning = *meaning;
            column.date_order = *order;
            column.why = format!("As in {}.", memory.called);
        }
    }
}

/// Columns that the last file did not have are looked into, for what none of those it had says.
fn complete(columns: &mut [ColumnGuess], fresh: Vec<ColumnGuess>, memory: &Memory) {
    let role = |meaning: Meaning| match meaning.names_people() {
        true => Meaning::AnyPerson,
        false => meaning,
    };
    let known: Vec<Meaning> = columns.iter().map(|column| role(column.meaning)).collect();
    for (column, fresh) in columns.iter_mut().zip(fresh) {
        let is_new = !memory.names.contains(&plain(&column.name));
        if is_new && !known.contains(&role(fresh.meaning)) {
            *column = fresh;
        }
    }
}

fn is_named(plain: &str, words: &[&str]) -> bool {
    words.iter().any(|word| plain.contains(word))
}

/// Somebody else than the person of the row.
const OTHERS: [&str; 9] = [
    "manager",
    "supervisor",
    "approver",
    "owner",
    "admin",
    "initiated",
    "createdby",
    "reportsto",
    "target",
];
const PEOPLE: [(&str, Meaning); 17] = [
    ("email", Meaning::Email),
    ("emailaddress", Meaning::Email),
    ("workemail", Meaning::Email),
    ("primaryworkemail", Meaning::Email),
    ("mail", Meaning::Email),
    ("userprincipalname", Meaning::Email),
    ("upn", Meaning::Email),
    ("useremail", Meaning::Email),
    ("employeenumber", Meaning::EmployeeNumber),
    ("employeeid", Meaning::EmployeeNumber),
    ("workerid", Meaning::EmployeeNumber),
    ("personnelnumber", Meaning::EmployeeNumber),
    ("personalnummer", Meaning::EmployeeNumber),
    ("username", Meaning::UserName),
    ("login", Meaning::UserName),
    ("user", Meaning::AnyPerson),
    ("person", Meaning::AnyPerson),
];
const SEEN: [&str; 20] = [
    "lastlogin",
    "lastlogon",
    "lastsignin",
    "lastactive",
    "lastactivity",
    "lastseen",
    "lastaccess",
    "lastvisit",
    "lastused",
    "signin",
    "loginat",
    "logintime",
    "activitydate",
    "lastuse",
    "timestamp",
    "login",
    "logon",
    "anmeldung",
    "badge",
    "visit",
];
/// Dates of something else.
const NOT_SEEN: [&str; 20] = [
    "hire",
    "start",
    "birth",
    "created",
    "joined",
    "expire",
    "modified",
    "changed",
    "password",
    "termination",
    "separation",
    "lastday",
    "enddate",
    "leave",
    "contract",
    "service",
    "effective",
    "eintritt",
    "austritt",
    "geburt",
];
const LAST_DAYS: [&str; 8] = [
    "terminationdate",
    "lastday",
    "enddate",
    "separationdate",
    "leavingdate",
    "exitdate",
    "leavestart",
    "datefrom",
];
const STATES: [&str; 7] = [
    "employmentstatus",
    "employeestatus",
    "workerstatus",
    "hrstatus",
    "status",
    "employment",
    "state",
];
const OUTCOMES: [&str; 5] = ["outcome", "result", "status", "event", "success"];
const SEGMENTS: [&str; 8] = [
    "team",
    "department",
    "segment",
    "location",
    "group",
    "businessunit",
    "country",
    "manager",
];
const COUNTS: [&str; 7] = [
    "responded",
    "responses",
    "participation",
    "participants",
    "answered",
    "invited",
    "completed",
];

fn by_content(columns: &mut [ColumnGuess], content: &[Content]) -> SourceKind {
    let plain: Vec<String> = columns.iter().map(|column| plain(&column.name)).collect();
    people(columns, content, &plain);
    let mut person = columns.iter().any(|column| column.meaning.names_people());
    let participation = !person
        && plain.iter().any(|name| is_named(name, &SEGMENTS))
        && plain.iter().any(|name| is_named(name, &COUNTS));
    if participation {
        for (column, plain) in columns.iter_mut().zip(&plain) {
            let (meaning, why) = if is_named(plain, &COUNTS) {
                (Meaning::Count, "Its name is that of a count.")
            } else if is_named(plain, &SEGMENTS) {
                (Meaning::Segment, "Its name is that of a segment.")
            } else {
                continue;
            };
            (column.meaning, column.confidence, column.why) = (meaning, 90, why.to_owned());
        }
        return SourceKind::SurveyParticipation;
    }
    if !person {
        // A file from another directory has the right columns and nobody in them.
        for (column, plain) in columns.iter_mut().zip(&plain) {
            if let Some((_, meaning)) = PEOPLE.iter().find(|(name, _)| name == plain)
                && !person
            {
                (column.meaning, column.confidence) = (*meaning, 40);
                column.why = "By its name; nobody here is in it.".to_owned();
                person = true;
            }
        }
    }
    let dated = dated(columns, content, &plain);
    if named_dates(columns, &dated, &plain) {
        outcomes(columns, content, &plain);
        return SourceKind::Other;
    }
    // A date without such a name is as likely the day somebody was hired.
    if hris(columns, content, &plain) {
        return SourceKind::Hris;
    }
    nameless_dates(columns, &dated);
    outcomes(columns, content, &plain);
    SourceKind::Other
}

/// One column of each kind of name: the one called so, then the one with most people of this directory.
fn people(columns: &mut [ColumnGuess], content: &[Content], plain: &[String]) {
    for wanted in [
        Meaning::Email,
        Meaning::EmployeeNumber,
        Meaning::UserName,
        Meaning::ScimId,
    ] {
        let mut best: Option<(bool, u32, usize)> = None;
        let mut rival = false;
        for (place, content) in content.iter().enumerate().take(columns.len()) {
            let (meaning, share) = content.person();
            if meaning != wanted || share < TELLS || is_named(&plain[place], &OTHERS) {
                continue;
            }
            let called = PEOPLE.iter().any(|(name, _)| *name == plain[place]);
            match best {
                Some((other, _, _)) if called == other => rival = true,
                Some((true, ..)) => {}
                _ => {
                    rival = false;
                    best = Some((called, share, place));
                }
            }
        }
        let Some((called, share, place)) = best else {
            continue;
        };
        let column = &mut columns[place];
        column.meaning = wanted;
        column.confidence = if rival {
            RIVALS
        } else {
            share.max(if called { 90 } else { 0 })
        };
        let noun = match wanted {
            Meaning::Email => "e-mails",
            Meaning::EmployeeNumber => "employee numbers",
            Meaning::UserName => "user names",
            _ => "ids",
        };
        column.why = if rival {
            format!(
                "{share}% of these are {noun} of people here, and so are those of another column."
            )
        } else {
            format!("{share}% of these are {noun} of people here.")
        };
        // A person needs no more than an e-mail and a number.
        if matches!(wanted, Meaning::EmployeeNumber | Meaning::UserName) {
            break;
        }
    }
}

/// Columns of dates that may be of activity.
fn dated(columns: &[ColumnGuess], content: &[Content], plain: &[String]) -> Vec<usize> {
    let is_date = |content: &Content| {
        content.dates > 0 && content.share(content.dates + content.never) >= TELLS
    };
    (0..columns.len())
        .filter(|&place| columns[place].meaning == Meaning::Ignored)
        .filter(|&place| content.get(place).is_some_and(is_date))
        .filter(|&place| !is_named(&plain[place], &NOT_SEEN) || is_named(&plain[place], &SEEN))
        .collect()
}

/// Whether some column's name says that it is of activity.
fn named_dates(columns: &mut [ColumnGuess], dated: &[usize], plain: &[String]) -> bool {
    let mut found = false;
    for &place in dated {
        if is_named(&plain[place], &SEEN) {
            let column = &mut columns[place];
            (column.meaning, column.confidence) = (Meaning::DateSeen, 95);
            column.why = "Its name and its dates are of activity.".to_owned();
            found = true;
        }
    }
    found
}

fn nameless_dates(columns: &mut [ColumnGuess], dated: &[usize]) {
    if let Some(&first) = dated.first() {
        let column = &mut columns[first];
        (column.meaning, column.confidence) = (Meaning::DateSeen, NAMELESS);
        column.why = if dated.len() == 1 {
            "The only column of dates that may be of activity; its name does not say so."
        } else {
            "The first of several columns of dates."
        }
        .to_owned();
    }
}

/// The column that says which rows are of something that failed.
fn outcomes(columns: &mut [ColumnGuess], content: &[Content], plain: &[String]) {
    let place = (0..columns.len()).find(|&place| {
        columns[place].meaning == Meaning::Ignored
            && is_named(&plain[place], &OUTCOMES)
            && content
                .get(place)
                .is_some_and(|content| content.share(content.outcomes) >= TELLS)
    });
    if let Some(place) = place {
        let column = &mut columns[place];
        (column.meaning, column.confidence) = (Meaning::Outcome, 80);
        column.why = "Its name and its content are those of success and failure.".to_owned();
    }
}

/// Whether some column says how somebody is employed.
fn hris(columns: &mut [ColumnGuess], content: &[Content], plain: &[String]) -> bool {
    let mut found = false;
    for (words, meaning, what) in [
        (&STATES[..], Meaning::HrisStatus, "a status"),
        (&LAST_DAYS[..], Meaning::LastDay, "the last day worked"),
    ] {
        let place = words.iter().find_map(|word| {
            (0..columns.len()).find(|&place| {
                columns[place].meaning == Meaning::Ignored
                    && plain[place].contains(word)
                    && content.get(place).is_some_and(|content| match meaning {
                        Meaning::HrisStatus => content.share(content.states) >= TELLS,
                        _ => {
                            content.filled == 0
                                || content.share(content.dates + content.never) >= TELLS
                        }
                    })
            })
        });
        if let Some(place) = place {
            let column = &mut columns[place];
            (column.meaning, column.confidence) = (meaning, 90);
            column.why = format!("Its name and its content are those of {what}.");
            found = true;
        }
    }
    found
}

impl Meaning {
    /// Whether a cell of such a column says who the row is about.
    pub fn names_people(self) -> bool {
        matches!(
            self,
            Self::Email | Self::EmployeeNumber | Self::UserName | Self::ScimId | Self::AnyPerson
        )
    }
}
