//! A plan being carried out: journal first, compare, write, read back.

mod arrive;
mod carry;
pub(crate) mod control;
mod drive;
mod hold;
mod journal;
mod meter;
mod read_back;
mod settle;
mod show;
mod slots;
mod start;
mod take_back;
mod together;
mod trouble;
mod wave;
mod width;
pub(crate) mod wire;
mod work;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::{ConnectionId, PlanId, RowId, RunId};

/// Where a run is. A paused one may go on by itself, at its `resume_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Running,
    Paused,
    Done,
    Cancelled,
}

/// Where one item of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    Waiting,
    Sending,
    /// Answered, not yet read back.
    Sent,
    Done,
    Same,
    Held,
    Failed,
    /// May or may not have happened; being re-read.
    Unknown,
    Cancelled,
}

/// A snapshot, at most ten a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    pub id: RunId,
    /// Of two snapshots of one run the one with the higher number is to be believed, in whichever order they arrive.
    pub as_of: u32,
    pub plan: PlanId,
    pub connection: ConnectionId,
    pub status: RunStatus,
    /// "Deactivate 214 in Acme".
    pub title: String,
    /// Why it is paused, and when it goes on by itself (RFC 3339, UTC).
    pub why: Option<String>,
    pub resume_at: Option<String>,
    pub total: u32,
    /// Answered, not yet read back: many people are read back by one listing at the end.
    pub sent: u32,
    pub done: u32,
    pub same: u32,
    pub held: u32,
    pub failed: u32,
    pub unknown: u32,
    pub cancelled: u32,
    /// Items a second.
    pub rate: f64,
    pub seconds_left: Option<f64>,
    /// As measured by reading back; an estimate is the plan's.
    pub seats_freed: Option<i32>,
    /// RFC 3339, UTC.
    pub started_at: String,
    pub finished_at: Option<String>,
    /// What happened, in a sentence, once finished.
    pub sentence: Option<String>,
    pub can_take_back: bool,
}

/// One item of a run, with the exchange that settled it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunItem {
    pub position: u32,
    pub row: RowId,
    pub name: String,
    pub sentence: String,
    pub state: ItemState,
    pub why: Option<String>,
    /// The exact exchange, token masked.
    pub request: Option<String>,
    pub reply: Option<String>,
}

/// Items of a run from `start` on; `total` is all there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RunPage {
    pub total: u32,
    pub start: u32,
    pub items: Vec<RunItem>,
}
