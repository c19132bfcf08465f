//! Connections: one SCIM service with one token each.

pub(crate) mod kept;
mod pace;
mod test;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::ConnectionId;

/// Whose service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ServiceKind {
    Peakon,
    Other,
    /// The built-in service with invented people.
    Sample,
}

/// Where a connection's token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TokenPlace {
    Keychain,
    /// In memory, until Muster quits.
    Session,
    /// `MUSTER_TOKEN`, given each time (command line only).
    Environment,
}

/// The colour of the band on top of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    Green,
    Blue,
    Violet,
    Red,
    Amber,
    Teal,
    Grey,
}

/// One service with one token, and what is known of it. The token itself is never in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    pub id: ConnectionId,
    pub name: String,
    pub url: String,
    pub colour: Colour,
    pub service: ServiceKind,
    pub token: TokenPlace,
    /// False when a token is expected and not there: it has to be given again.
    pub token_ready: bool,
    pub people: u32,
    /// The end of the last sync that read the listing to its end; RFC 3339, UTC. Whether that was everybody is in
    /// [`Self::last_sync`].
    pub synced_at: Option<String>,
    pub capabilities: Capabilities,
    pub policy: Policy,
    pub last_sync: Option<SyncOutcome>,
}

/// What the service was declared and observed to support.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Capabilities {
    /// `None` where the service does not say.
    pub patch: Option<bool>,
    /// Operations in one bulk request, 0 when there is no bulk.
    pub bulk_operations: u32,
    /// Bytes in one bulk request.
    pub bulk_bytes: u32,
    pub etag: bool,
    pub sort: bool,
    pub filter: bool,
    pub cursor_paging: bool,
    pub index_paging: bool,
    /// Most people a page has been seen to hold.
    pub page_size: u32,
    /// What the service declares about paging; absent where it declares nothing.
    #[specta(skip)]
    pub pagination: Option<scim::Pagination>,
    /// How this service wants things written: `scim::dialect::Dialect` as JSON text.
    pub dialect: String,
}

/// What deactivating means here, how far one plan may go, and what seats cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Policy {
    /// Add the separation date to a deactivation, where the service has one.
    pub set_separation_date: bool,
    pub separation_reason: Option<String>,
    /// Operations an hour.
    pub quota: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            set_separation_date: true,
            separation_reason: None,
            quota: 25_000,
        }
    }
}

/// What a connection is made of, the token apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewConnection {
    pub name: String,
    pub url: String,
    pub colour: Colour,
    pub service: ServiceKind,
    pub keep: TokenPlace,
}

/// What may be changed afterwards; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionChange {
    pub name: Option<String>,
    pub colour: Option<Colour>,
    pub policy: Option<Policy>,
    /// Only for the sample company, whose port is another at each launch.
    #[serde(skip)]
    #[specta(skip)]
    pub url: Option<String>,
}

/// One step of the test, as it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TestStep {
    pub step: TestStepName,
    pub verdict: StepVerdict,
    /// "Reached acme.peakon.com".
    pub sentence: String,
    /// On the right: "TLS 1.3", "4,986 people".
    pub detail: Option<String>,
    /// What to do next, when it went wrong.
    pub next: Option<String>,
}

/// What the test of a connection looks at, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TestStepName {
    Address,
    Reached,
    TokenAccepted,
    ListingAllowed,
    AttributesFound,
    Writing,
}

/// How a step of the test went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StepVerdict {
    Good,
    /// Works, with something to know.
    Note,
    Bad,
}

/// What came of the test of a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TestReport {
    pub steps: Vec<TestStep>,
    pub passed: bool,
    /// The address that worked, which may be the twin of the one given.
    pub url: String,
    /// Whose service it is, by its address.
    pub service: ServiceKind,
    pub suggested_name: String,
    pub people: Option<u32>,
    pub attributes: u32,
}

/// How far a sync is, at most ten times a second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgress {
    pub connection: ConnectionId,
    pub people: u32,
    pub expected: Option<u32>,
    pub pages: u32,
    /// People a second.
    pub rate: f64,
    pub seconds_left: Option<f64>,
}

/// What a sync found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SyncOutcome {
    pub people: u32,
    pub pages: u32,
    pub requests: u32,
    pub seconds: f64,
    pub added: u32,
    pub changed: u32,
    pub vanished: u32,
    /// False when the directory could not be listed whole; the warnings say by how much.
    pub complete: bool,
    pub warnings: Vec<String>,
    /// RFC 3339, UTC.
    pub finished_at: String,
}
