//! The sample company: a Peakon-like SCIM service with invented people and faults on demand.
//!
//! It behaves as public material about Workday Peakon Employee Voice says, and wherever that is silent a switch at the
//! control address (`/_control`, outside SCIM, same port) chooses among the things a service may do. It shares no code with
//! Muster's client, so it cannot forgive the client's mistakes. See [`Settings`], [`start`] and [`cli`].

pub mod cli;
mod company;
mod control;
pub mod evidence;
mod faults;
mod log;
mod server;
mod service;
mod state;
mod switches;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use jiff::civil::Date;
use serde::Serialize;

pub use server::{Running, start};

/// What to serve.
#[derive(Clone)]
pub struct Settings {
    pub people: u32,
    pub seed: u64,
    /// 0 takes a free one.
    pub port: u16,
    pub profile: Profile,
    /// Waited before each SCIM request is looked at.
    pub latency: Duration,
    pub token: String,
    /// Writes are kept in this file and replayed on the next start.
    pub state: Option<PathBuf>,
    /// The day statuses are judged by; today (UTC) when unset.
    pub today: Option<Date>,
}

impl Default for Settings {
    /// 5,000 people, seed 1, a free port, as Peakon, with the token `sample`.
    fn default() -> Settings {
        Settings {
            people: 5_000,
            seed: 1,
            port: 0,
            profile: Profile::Peakon,
            latency: Duration::ZERO,
            token: "sample".to_owned(),
            state: None,
            today: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("people", &self.people)
            .field("seed", &self.seed)
            .field("port", &self.port)
            .field("profile", &self.profile)
            .field("latency", &self.latency)
            .field("state", &self.state)
            .field("today", &self.today)
            .finish_non_exhaustive()
    }
}

/// Whom the service resembles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "camelCase")]
pub enum Profile {
    /// Workday Peakon Employee Voice, as far as it is known.
    Peakon,
    /// RFC 7643 and RFC 7644 to the letter, without Peakon's extension.
    Rfc,
}
