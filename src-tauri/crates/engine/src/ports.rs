//! What the engine needs of its host. Secrets, time, ids and news come through here, so every rule
//! can be tested without a window, a keychain or a clock.

use std::sync::Arc;

use secrecy::SecretString;

use crate::{
    changes::{draft::DraftSummary, run::Run},
    connection::{SyncOutcome, SyncProgress},
    error::Result,
    evidence::ImportProgress,
    ids::ConnectionId,
};

/// Where tokens are kept. Calls may block; the engine makes them off the async threads.
pub trait Secrets: Send + Sync {
    /// Keeps the token under the connection's key and reads it back before answering.
    fn keep(&self, key: &str, token: &SecretString) -> Result<()>;
    /// `None` when there is no token under this key.
    fn find(&self, key: &str) -> Result<Option<SecretString>>;
    /// Not an error when there is none.
    fn forget(&self, key: &str) -> Result<()>;
}

/// The time of day; tests set it.
pub trait Clock: Send + Sync {
    fn now(&self) -> jiff::Timestamp;
    /// The admin's own calendar day, for separation dates.
    fn today(&self) -> jiff::civil::Date;
    /// Where the admin's calendar day begins and ends.
    fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::UTC
    }
    /// How long a service may take to begin its answer, and to connect.
    fn patience(&self) -> std::time::Duration {
        std::time::Duration::from_secs(60)
    }
}

/// What the page or the terminal is told while it happens.
#[derive(Debug, Clone)]
pub enum News {
    SyncProgress(SyncProgress),
    SyncEnded {
        connection: ConnectionId,
        outcome: Result<SyncOutcome>,
    },
    /// People, values or views of a connection are other than before.
    DirectoryChanged(ConnectionId),
    DraftChanged(ConnectionId, DraftSummary),
    Run(Run),
    /// An activity file is being read.
    ImportProgress(ImportProgress),
}

/// Hears what happens. Called from any thread, which waits: hand on and return.
pub trait Listener: Send + Sync {
    fn hear(&self, news: News);
}

/// Everything the host lends the engine.
#[derive(Clone)]
pub struct Ports {
    pub secrets: Arc<dyn Secrets>,
    pub clock: Arc<dyn Clock>,
    pub listener: Arc<dyn Listener>,
    /// "user@machine", for the history.
    pub actor: String,
    /// The admin's locale as BCP 47, whose order names are put in; `und` where the system names none.
    pub locale: String,
}
