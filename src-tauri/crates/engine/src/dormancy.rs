//! Dormant people: by which policy, on which evidence, who is left out, and what they cost.
//!
//! Everybody who uses a seat stands in exactly one [`rules::Place`], found by pure functions from what the
//! sources say, the policy and the day; piles, board, columns, reports and the command line all read that place.

mod answers;
mod ask;
mod basis;
mod board;
mod exemptions;
mod kept;
mod reclaim;
mod report;
mod rules;
mod standing;
mod twins;
mod words;

use serde::{Deserialize, Serialize};
use specta::Type;

pub(crate) use self::{
    basis::{Basis, proves_presence},
    board::FRESH_DAYS,
    reclaim::Reclaim,
    standing::{Standing, is_laid, work_out},
};
use crate::{
    evidence::{Source, SourceKind},
    ids::{AttributeId, ConnectionId, ExemptionId},
};

/// Why somebody's seat may be one to free. Nobody is in two.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Pile {
    /// Last seen at least so many days ago.
    SeenLongAgo,
    /// Listed in a source without ever having been seen, or not since being hired.
    NeverSeen,
    /// In no source at all: proves nothing, so it is never chosen for anybody.
    NoEvidence,
    /// Left according to HRIS, and still uses a seat.
    LeftStillActive,
    /// A second record of somebody.
    Duplicates,
}

impl Pile {
    /// As on the board, the strongest case first.
    pub const ALL: [Self; 5] = [
        Self::LeftStillActive,
        Self::Duplicates,
        Self::SeenLongAgo,
        Self::NeverSeen,
        Self::NoEvidence,
    ];

    /// Whether it speaks for the seat being unused; what is in no source speaks for nothing.
    pub fn speaks(self) -> bool {
        self != Self::NoEvidence
    }

    /// Whether its people may be chosen without the pile being named. Who never signed in may answer by mailed link,
    /// and which of two records stays is for a person to say.
    pub fn is_usual(self) -> bool {
        matches!(self, Self::LeftStillActive | Self::SeenLongAgo)
    }
}

/// Narrows a view to one pile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PileFilter {
    pub pile: Pile,
    /// Another threshold than the policy's, while it is dragged. Only for those seen long ago.
    pub days: Option<u32>,
}

/// Who counts as dormant, and what a seat costs. Kept per connection, each change as a version of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct DormancyPolicy {
    /// 0 until one is kept.
    pub version: u32,
    /// Not seen for at least so many days.
    pub days: u32,
    /// Hired fewer days ago than this: set aside.
    pub grace_days: u32,
    /// `None`: all that can prove presence.
    pub sources: Option<Vec<SourceKind>>,
    /// Sources that do not count although their kind does, by the admin's name for them.
    pub except: Vec<String>,
    /// Values that mean leave, beside what HRIS says.
    pub leave: Vec<LeaveRule>,
    /// People with reports are in no pile.
    pub exempt_reports: bool,
    /// People on the protected list are in no pile.
    pub exempt_protected: bool,
    pub seats_paid: Option<u32>,
    /// A year, in the currency's units.
    pub seat_price: Option<f64>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// `YYYY-MM-DD`.
    pub contract_end: Option<String>,
}

impl Default for DormancyPolicy {
    fn default() -> Self {
        Self {
            version: 0,
            days: 180,
            grace_days: 60,
            sources: None,
            except: Vec::new(),
            leave: Vec::new(),
            exempt_reports: true,
            exempt_protected: true,
            seats_paid: None,
            seat_price: None,
            currency: None,
            contract_end: None,
        }
    }
}

/// Whoever has one of these values is on leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LeaveRule {
    pub attribute: AttributeId,
    pub values: Vec<String>,
}

/// How many people are in a pile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PileCount {
    pub pile: Pile,
    pub people: u32,
    /// That they use, by the rule of what a contract charges for.
    pub seats: u32,
}

/// Everything the board shows.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Board {
    pub connection: ConnectionId,
    pub policy: DormancyPolicy,
    /// One of each, in the order of [`Pile::ALL`].
    pub piles: Vec<PileCount>,
    /// People in no pile by word of the admin, the protected list, or because people report to them.
    pub exempt: u32,
    /// Hired too recently to tell.
    pub grace: u32,
    pub leave: u32,
    /// An estimate: everybody but deleted people and those whose separation date has passed.
    pub seats_in_use: u32,
    pub seats_paid: Option<u32>,
    /// Seen, and not for as long as the policy says.
    pub dormant: u32,
    /// Seats of everybody in a pile that speaks for it, so not of those in no source.
    pub reclaimable: u32,
    /// What the reclaimable seats cost a year, when a price is known.
    pub money: Option<f64>,
    /// One for each day since last seen that has people, ascending: all who were seen at all and are set
    /// aside for nothing.
    pub histogram: Vec<HistogramDay>,
    pub brakes: Vec<BrakeLine>,
    pub sources: Vec<Source>,
    /// The day the newest source that counts speaks of.
    pub newest: Option<String>,
    /// The newest source that shows presence is older than the policy's days: everybody looks as if not seen for long,
    /// so nobody of them may be chosen before anybody looked.
    pub outdated: bool,
    /// Oldest first.
    pub trend: Vec<TrendMonth>,
    /// What to know before trusting the numbers, as a sentence.
    pub note: Option<String>,
}

/// Who was last seen so many days ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistogramDay {
    pub days: u32,
    pub people: u32,
    pub seats: u32,
}

/// The fewest people of whom a plan that deactivates them is warned of, or stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BrakeLine {
    pub people: u32,
    pub label: String,
}

/// Where the people of a pile are.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BoardGroup {
    pub attribute: AttributeId,
    pub label: String,
    /// Most people of the pile first.
    pub values: Vec<BoardValue>,
    /// All further values together, so that the sums are those of the pile.
    pub others: Option<BoardOthers>,
}

/// The values of a group that are not told one by one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BoardOthers {
    pub values: u32,
    pub people: u32,
    pub found: u32,
    pub seats: u32,
    pub money: Option<f64>,
}

/// The people with one value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BoardValue {
    /// `None`: not set.
    pub value: Option<String>,
    /// Who use a seat.
    pub people: u32,
    /// Of these, those in the pile that was asked for.
    pub found: u32,
    /// That they use.
    pub seats: u32,
    /// What these seats cost a year, when a price is known.
    pub money: Option<f64>,
}

/// What a month came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TrendMonth {
    /// `YYYY-MM`.
    pub month: String,
    /// At the last count of the month.
    pub dormant: u32,
    /// Seats that runs freed and that were not taken back, as measured by reading back.
    pub reclaimed: u32,
}

/// Who said that somebody is exempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExemptionOrigin {
    Admin,
    /// Whoever was asked first wants the person kept.
    Answer,
}

/// Somebody, or whoever matches a filter, who is in no pile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Exemption {
    pub id: ExemptionId,
    /// A name, or the filter in words.
    pub who: String,
    /// Who match now.
    pub people: u32,
    pub reason: String,
    /// The last day it holds; `None` for no end.
    pub until: Option<String>,
    pub origin: ExemptionOrigin,
    /// RFC 3339, UTC.
    pub made_at: String,
}

/// Whom a list to ask is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AskFirst {
    /// One row per person, grouped by manager, with columns to answer in.
    Managers,
    /// The same, in a file for each manager, to be sent as it is.
    EachManager,
    /// One row per manager, for a mail program.
    MailMerge,
}

/// What an answered list said. The numbers add up to its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AnswersRead {
    /// Exempted now, until the date given or for 90 days.
    pub kept: u32,
    /// May go. Nothing is staged by that.
    pub agreed: u32,
    /// No answer.
    pub open: u32,
    /// Nobody here has this id or e-mail.
    pub unmatched: u32,
    /// Several people here have it.
    pub ambiguous: u32,
    /// An answer, or a date, that could not be read.
    pub unreadable: u32,
    /// What to look at, row by row.
    pub sentences: Vec<String>,
}

/// What seats cost a year.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Worth {
    pub money: f64,
    /// ISO 4217.
    pub currency: Option<String>,
}

/// How the report on reclaimed seats is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    Html,
    Xlsx,
}
