//! Every change Muster made and every change it merely saw.

mod export;
mod keep;
mod look;
mod search;
#[cfg(test)]
mod tests;
mod visit;

use serde::{Deserialize, Serialize};
use specta::Type;
use store::{EventAct, EventOrigin, NewEvent};

use crate::{
    engine::Engine,
    error::Result,
    ids::{ConnectionId, EventId, PlanId, RowId, RunId},
};

/// Who made what an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// By Muster.
    Made,
    /// Found by a sync: somebody or something else changed it.
    Seen,
}

/// What an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Set,
    Create,
    Activate,
    Deactivate,
    Delete,
    Arrive,
    Vanish,
    /// About the record itself: a connection made or forgotten, a sync, a retention rule.
    Note,
}

impl From<EventOrigin> for Origin {
    fn from(origin: EventOrigin) -> Self {
        match origin {
            EventOrigin::Made => Self::Made,
            EventOrigin::Seen => Self::Seen,
        }
    }
}

impl From<Origin> for EventOrigin {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Made => Self::Made,
            Origin::Seen => Self::Seen,
        }
    }
}

impl From<EventAct> for Act {
    fn from(act: EventAct) -> Self {
        match act {
            EventAct::Set => Self::Set,
            EventAct::Create => Self::Create,
            EventAct::Activate => Self::Activate,
            EventAct::Deactivate => Self::Deactivate,
            EventAct::Delete => Self::Delete,
            EventAct::Arrive => Self::Arrive,
            EventAct::Vanish => Self::Vanish,
            EventAct::Note => Self::Note,
        }
    }
}

/// An event about a connection and its record, by Muster.
pub(crate) fn note(at: String, actor: String, connection: u32, said: String) -> NewEvent {
    NewEvent {
        reason: Some(said),
        ..NewEvent::new(at, actor, connection, EventOrigin::Made, EventAct::Note)
    }
}

impl Engine {
    pub(crate) fn note(&self, connection: ConnectionId, said: String) -> NewEvent {
        note(self.now(), self.ports.actor.clone(), connection.0, said)
    }

    /// About somebody, whose name begins what is said.
    pub(crate) fn note_about(
        &self,
        connection: ConnectionId,
        row: RowId,
        said: &str,
    ) -> Result<NewEvent> {
        let workspace = self.workspace(connection)?;
        let name = workspace.directory.name(row);
        Ok(NewEvent {
            person: Some(row.0),
            scim_id: Some(workspace.directory.scim_id(row)),
            person_name: Some(name.clone()),
            ..self.note(connection, format!("{name}: {said}"))
        })
    }
}

/// One event of the history, a link of its chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    pub id: EventId,
    /// RFC 3339, UTC.
    pub at: String,
    pub actor: String,
    pub connection: ConnectionId,
    pub origin: Origin,
    pub act: Act,
    pub row: Option<RowId>,
    pub person: Option<String>,
    pub scim_id: Option<String>,
    pub attribute: Option<String>,
    pub label: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub run: Option<RunId>,
    pub plan: Option<PlanId>,
    pub reason: Option<String>,
    pub request_id: Option<String>,
    /// SHA-256 of the file it came from, hex.
    pub source: Option<String>,
    /// JSON: the created person as read back, the deleted one as last seen, what a file of evidence came to.
    pub detail: Option<String>,
    /// "Ana Ruiz moved from Sales to Marketing".
    pub sentence: String,
    /// Hex.
    pub hash: String,
}

/// Which events are asked for; what is empty or `None` narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct HistoryQuery {
    /// The search box, in its grammar (`search` module).
    pub text: String,
    pub origin: Option<Origin>,
    pub row: Option<RowId>,
    pub run: Option<RunId>,
    /// Times (RFC 3339) or days, inclusive and exclusive.
    pub from: Option<String>,
    pub to: Option<String>,
}

/// Newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    pub total: u32,
    /// There are more than `total`: a search stops counting at 20,000, from the newest on.
    pub more: bool,
    /// What the search could not make sense of, as a sentence, while the rest of it still holds.
    pub note: Option<String>,
    pub start: u32,
    pub events: Vec<HistoryEvent>,
    /// Events per UTC day over the whole answer, oldest first.
    pub days: Vec<DayCount>,
}

/// How the history is written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HistoryFormat {
    Csv,
    Xlsx,
    /// JSON Lines.
    Json,
    /// Open Cybersecurity Schema Framework 1.2, JSON Lines.
    Ocsf,
    /// ArcSight Common Event Format, version 0.
    Cef,
}

/// The end of a day that is over, to be kept outside this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayAnchor {
    /// UTC.
    pub day: String,
    pub event: EventId,
    /// As [`Verification::anchor`].
    pub anchor: String,
}

/// What a retention rule removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    pub events: u32,
    pub message: String,
}

/// The standing rule of how long events are kept, in every connection's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Retention {
    pub days: u32,
    pub reason: String,
    pub made_at: String,
    pub actor: String,
}

/// What came since the history was last looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// The end of the visit before; `None` on the first.
    pub since: Option<String>,
    /// Events seen, not made, since then.
    pub seen: u32,
}

/// How many events a UTC day has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DayCount {
    pub day: String,
    pub made: u32,
    pub seen: u32,
}

/// What walking the whole chain came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    pub events: u32,
    pub sound: bool,
    /// The first event that does not fit, and what about it.
    pub broken: Option<EventId>,
    pub message: String,
    /// The hash at the end, to be kept elsewhere.
    pub anchor: Option<String>,
}
