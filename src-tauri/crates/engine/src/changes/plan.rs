//! A draft frozen for review: a pure function of draft, mirror and capabilities.

pub(crate) mod brakes;
pub(crate) mod build;
mod direct;
mod file;
pub(crate) mod item;
mod order;
mod pace;
#[cfg(test)]
mod properties;
mod report;
pub(crate) mod requests;
pub(crate) mod review;
pub(crate) mod summary;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::{AttributeId, ConnectionId, PlanId, RowId};

/// What the plan says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Change,
    Same,
    /// Left out until decided.
    Held,
    /// Can't be done as it stands.
    Blocked,
}

/// Items by consequence, gravest first; the order is the order on screen.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Blocked,
    Held,
    Deletions,
    Deactivations,
    ManagerChanges,
    IdentifierChanges,
    ClearedValues,
    Creations,
    Activations,
    OtherChanges,
    Same,
}

/// What a brake counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BrakeKind {
    Deactivate,
    Delete,
    ChangeManager,
    ClearValue,
    Create,
}

/// What a brake asks for, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BrakeLevel {
    /// 2% of the directory: said, nothing asked.
    Warn,
    /// The smaller of 5% or 50 people, never below 5: the number is to be typed.
    Stop,
    /// Over 20%: a reason too.
    StopWithReason,
}

/// A limit that a plan reaches: how many people it touches in one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Brake {
    pub kind: BrakeKind,
    pub level: BrakeLevel,
    pub people: u32,
    /// Of the directory, 0 to 100.
    pub percent: f64,
    /// Where this brake stops.
    pub limit: u32,
    /// "Nothing has been sent. This deactivates 4.3% of the directory, more than the 50 people one plan may touch."
    pub message: String,
}

/// A draft frozen for review: in order, checked, and hashed over all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub id: PlanId,
    pub connection: ConnectionId,
    /// SHA-256 over the canonical plan, hex.
    pub hash: String,
    /// What it does, in a sentence or two.
    pub sentence: String,
    pub people: u32,
    pub items: u32,
    /// Requests, compare and read-back included.
    pub operations: u32,
    /// At the pace of the latest runs, or of the quota before there are any; with the hours to wait for where
    /// the quota does not suffice.
    pub seconds: f64,
    /// The hour's budget that is left now.
    pub operations_left: u32,
    /// Seats freed minus seats taken, an estimate.
    pub seats_freed: i32,
    pub groups: Vec<GroupSummary>,
    pub brakes: Vec<Brake>,
    /// Option values that nobody has yet.
    pub new_segments: Vec<PlannedSegment>,
    pub confirm: Confirm,
    /// What taking it back would not restore, one sentence each.
    pub irreversible: Vec<String>,
    /// RFC 3339, UTC.
    pub created_at: String,
    pub origin: PlanOrigin,
    /// People who go because they are dormant, not by name: a pilot is usual.
    #[serde(default)]
    pub reclaims: u32,
}

/// What a plan was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanOrigin {
    /// What is held, blocked or left out stays in the draft. Of any other plan it is only not sent.
    Draft,
    /// A run, or items of one.
    TakeBack,
    CommandLine,
    File,
}

impl PlanOrigin {
    /// As it is kept.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::TakeBack => "take back",
            Self::CommandLine => "command line",
            Self::File => "file",
        }
    }
}

/// A segment that the plan makes: mistyped or meant, the service does not ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlannedSegment {
    /// The attribute's.
    pub label: String,
    pub value: String,
    pub people: u32,
    /// The value in use that it differs from in letter case or accents alone.
    pub similar: Option<String>,
}

/// What stands under one heading of the review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct GroupSummary {
    pub group: Group,
    pub items: u32,
    pub people: u32,
    pub seats: u32,
    pub left_out: u32,
}

/// What the confirm button says and asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Confirm {
    /// "Deactivate 214 in Acme"; empty when there is nothing to send.
    pub label: String,
    pub destructive: bool,
    /// The number to type.
    pub type_number: Option<u32>,
    pub reason: bool,
    /// The name to type: a protected person goes, one at a time.
    pub type_name: Option<String>,
    /// Nothing to send.
    pub empty: bool,
}

/// What the admin typed to pass the brakes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Confirmation {
    /// The hash of the plan that was on screen.
    pub hash: String,
    pub number: Option<u32>,
    pub reason: Option<String>,
    pub name: Option<String>,
    /// Do this many first, read them back, and wait for somebody to look at them.
    pub pilot: Option<u32>,
}

/// What a plan does to one person, and what it thinks of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanItem {
    pub position: u32,
    pub wave: u32,
    pub row: RowId,
    pub name: String,
    pub group: Group,
    pub verdict: Verdict,
    /// "Ana Ruiz moves from Sales to Marketing".
    pub sentence: String,
    /// Why it is held or blocked.
    pub reason: Option<String>,
    pub fix: Option<Fix>,
    pub fields: Vec<FieldChange>,
    pub left_out: bool,
    /// "last seen 14 Feb 2026", "sent first".
    pub note: Option<String>,
}

/// The way on from a held or blocked item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Three values differ: keep mine (stage it against the new value) or take theirs (drop the change).
    KeepOrTake,
    ChooseSuccessor,
    OpenPerson,
    EditValue,
}

/// The answer to [`Fix::KeepOrTake`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    Keep,
    Take,
}

/// One value of an item. What ends in `shown` is for people to read; `None` where that is the value itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    pub attribute: AttributeId,
    pub label: String,
    pub before: Option<String>,
    pub before_shown: Option<String>,
    pub after: Option<String>,
    pub after_shown: Option<String>,
    /// Whether the value moved since staging. Then `now` is what the mirror says, `None` for nothing.
    pub moved: bool,
    pub now: Option<String>,
    pub now_shown: Option<String>,
    /// Nobody has the new value yet.
    pub new_segment: bool,
}

/// Items under one heading from `start` on; `total` is all there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanPage {
    pub group: Group,
    pub total: u32,
    pub start: u32,
    pub items: Vec<PlanItem>,
}

/// How a plan is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PlanFile {
    /// To be carried out later.
    Json,
    /// A page to be read, printed and signed.
    Report,
}

/// One request as it goes over the wire, token masked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WireRequest {
    /// What it is for, where method and address don't say it: "Lists everybody …".
    pub note: Option<String>,
    pub method: String,
    pub url: String,
    pub body: Option<String>,
    pub curl: String,
}
