//! Evidence: what activity files say of people. A file is read, its columns are understood, its people are matched exactly,
//! and only once the admin accepts it does it count.

mod aliases;
mod export;
mod guard;
mod guess;
pub(crate) mod imports;
mod kind;
mod opened;
mod read;
mod recognise;
mod say;
mod sources;
mod status;
pub(crate) mod when;
mod who;

use serde::{Deserialize, Serialize};
use specta::Type;

pub(crate) use self::status::Employment;
use crate::{
    changes::draft::DateOrder,
    ids::{ConnectionId, ImportId, SourceId},
    people::PersonChoice,
};

/// Where a file comes from, which decides what it can prove.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    EntraSignIns,
    OktaSignIns,
    GoogleSignIns,
    PeakonAudit,
    PeakonUsage,
    /// By team; says nothing of a single person.
    SurveyParticipation,
    Hris,
    /// Any sheet with a person and a date.
    Other,
}

/// What a column is read as.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    Email,
    EmployeeNumber,
    UserName,
    ScimId,
    /// E-mail, user name, employee number or id, whichever it is.
    AnyPerson,
    DateSeen,
    /// Whether the sign-in succeeded; one that failed proves nothing.
    Outcome,
    HrisStatus,
    /// Last day worked, or the first day of leave.
    LastDay,
    Segment,
    Count,
    Ignored,
}

/// What a column of a file is taken for, and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ColumnGuess {
    /// From 0.
    pub index: u32,
    pub name: String,
    /// The first few different values.
    pub samples: Vec<String>,
    pub meaning: Meaning,
    /// In percent.
    pub confidence: u32,
    /// "95% of these are e-mails of people here".
    pub why: String,
    /// How dates that read two ways are read here.
    pub date_order: Option<DateOrder>,
    /// Whether there are such dates, and nobody has said yet.
    pub asks_date_order: bool,
}

/// Every row of a file is one of these: `rows` is the sum of the others. Blank rows are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportCounts {
    pub rows: u32,
    pub matched: u32,
    pub unmatched: u32,
    pub ambiguous: u32,
    pub unreadable: u32,
}

/// A file that was read and does not count yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    pub id: ImportId,
    pub connection: ConnectionId,
    pub file_name: String,
    pub bytes: f64,
    pub kind: SourceKind,
    /// The export is known, so its columns need no mapping.
    pub recognised: bool,
    /// What the source is called; a file accepted under the name of another replaces it.
    pub name: String,
    pub sheet: Option<String>,
    pub sheets: Vec<String>,
    pub columns: Vec<ColumnGuess>,
    pub counts: ImportCounts,
    /// Different people matched.
    pub people: u32,
    /// How many of these have a date that counts.
    pub seen: u32,
    /// The first and the last day of activity, `YYYY-MM-DD`.
    pub oldest: Option<String>,
    pub newest: Option<String>,
    /// The day the file speaks of.
    pub as_of: String,
    pub proves: String,
    pub proves_not: String,
    /// What the admin should know before it counts, each a sentence.
    pub warnings: Vec<String>,
    pub replaces: Option<SourceId>,
    /// It is unlike the file it replaces; the warnings say in what.
    pub guarded: bool,
    /// What must be answered before it can count.
    pub question: Option<String>,
    /// The question is about the name: what counts under it is another export.
    #[serde(skip)]
    #[specta(skip)]
    pub asks_name: bool,
    /// The column that the question is about, where “yes” answers it.
    pub doubts: Option<u32>,
}

/// How far the reading of a file is, at most ten times a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    pub connection: ConnectionId,
    pub file_name: String,
    pub rows: u32,
    pub bytes: f64,
    pub total_bytes: f64,
}

/// Why a row counts for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    Unmatched,
    Ambiguous,
    Unreadable,
}

/// A row that counts for nobody, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// As the sheet's program counts: the first line is 1.
    pub row: u32,
    pub state: RowState,
    pub who: Option<String>,
    pub why: String,
    /// Whom an ambiguous row may mean.
    pub candidates: Vec<PersonChoice>,
}

/// Rows that count for nobody, in the order of the file; `total` is all there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImportRows {
    pub total: u32,
    pub rows: Vec<ImportRow>,
}

/// A name in files that the admin said stands for somebody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    /// Case-folded.
    pub written: String,
    /// `None` when they are not in the directory any more.
    pub person: Option<PersonChoice>,
}

/// How the admin wants a file read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Mapping {
    pub name: String,
    pub kind: SourceKind,
    pub sheet: Option<String>,
    /// Columns that are left out are ignored.
    pub columns: Vec<MappedColumn>,
}

/// What the admin says one column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MappedColumn {
    pub index: u32,
    pub meaning: Meaning,
    pub date_order: Option<DateOrder>,
}

/// A file that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    pub id: SourceId,
    pub name: String,
    pub kind: SourceKind,
    pub file_name: String,
    /// The day the file speaks of, `YYYY-MM-DD`.
    pub as_of: String,
    /// RFC 3339, UTC.
    pub imported_at: String,
    pub counts: ImportCounts,
    pub people: u32,
    pub proves: String,
    pub proves_not: String,
    /// Days since `as_of`.
    pub age_days: u32,
}
