//! What happened that a test or an administrator wants to know.

use serde::Serialize;

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Events {
    pub created: Vec<u64>,
    pub deletions: Vec<Deletion>,
    pub new_segments: Vec<NewSegment>,
    pub reinstatements: Vec<Reinstatement>,
    pub round_changes: Vec<RoundChange>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    pub person: u64,
    pub user_name: Option<String>,
    /// What goes with the record and cannot come back.
    pub lost: &'static str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSegment {
    pub attribute: String,
    pub value: String,
    pub person: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reinstatement {
    pub person: u64,
    /// What a manager does not get back; empty for people without reports.
    pub lost: Vec<&'static str>,
}

/// A change of status while a survey round is open.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoundChange {
    pub person: u64,
    pub change: &'static str,
    /// Whether answers of this round are removed by it.
    pub answers_removed: bool,
}
