//! Every SCIM request that arrived, and what it did: the proof that nothing was done twice or by accident.

use std::collections::VecDeque;

use serde::Serialize;

/// The oldest entries are dropped beyond this.
const KEPT: usize = 200_000;

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    pub n: u64,
    /// RFC 3339.
    pub at: String,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    /// `None` where the connection was dropped without an answer.
    pub status: Option<u16>,
    /// What it counted against the quota.
    pub operations: u64,
    /// Whether anything is different now.
    pub applied: bool,
    /// Of a request about one person.
    pub person: Option<String>,
    pub effects: Vec<Effect>,
    /// Of the request's body; equal bodies have equal digests.
    pub digest: Option<String>,
    pub body_bytes: usize,
    pub request_id: Option<String>,
    /// The fault that struck, by its name or number.
    pub fault: Option<String>,
    /// Microseconds the service worked, without waiting on purpose.
    pub micros: u64,
}

/// What a request did to one person.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    pub person: String,
    pub kind: EffectKind,
    pub before: Option<String>,
    pub after: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EffectKind {
    Created,
    Changed,
    /// Accepted, and nothing is different.
    Same,
    Deleted,
}

#[derive(Default)]
pub struct Log {
    entries: VecDeque<LogEntry>,
    arrived: u64,
}

impl Log {
    /// The number of the request that arrives now, from 1.
    pub fn next_number(&mut self) -> u64 {
        self.arrived += 1;
        self.arrived
    }

    pub fn add(&mut self, entry: LogEntry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Entries with a number above `since`, in the order they were finished.
    pub fn since(&self, since: u64) -> Vec<&LogEntry> {
        self.entries
            .iter()
            .filter(|entry| entry.n > since)
            .collect()
    }

    pub fn arrived(&self) -> u64 {
        self.arrived
    }

    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

/// FNV-1a, 128 bits, in hexadecimal: a fingerprint, not a signature.
pub fn digest(content: &[u8]) -> String {
    let hash = content.iter().fold(
        0x6C62_272E_07BB_0142_62B8_2175_6295_C58D_u128,
        |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013B)
        },
    );
    format!("{hash:032x}")
}
