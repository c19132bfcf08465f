//! The calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::bulk::{BulkLimits, BulkOperation, BulkOutcome};
use crate::config::ServiceConfig;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::filter::Filter;
use crate::listing::{List, Listing};
use crate::pace::{Pace, Unpaced};
use crate::patch::Patch;
use crate::resource::Resource;
use crate::retry::Retry;
use crate::schema::Schema;
use crate::transport::Transport;
use crate::watch::Watch;

/// A SCIM service with a token. Cheap to clone; clones share connections, pace and pauses. Needs a tokio runtime.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
}

#[derive(Clone)]
pub struct Options {
    pub timeouts: Timeouts,
    pub pace: Arc<dyn Pace>,
    /// Bytes of one answer, unpacked.
    pub max_body: usize,
    pub retry: Retry,
    pub user_agent: String,
    pub watch: Option<Arc<dyn Watch>>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            timeouts: Timeouts::default(),
            pace: Arc::new(Unpaced),
            max_body: 64 * 1024 * 1024,
            retry: Retry::default(),
            user_agent: concat!("Muster/", env!("CARGO_PKG_VERSION")).to_owned(),
            watch: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Name, connection and encryption.
    pub connect: Duration,
    /// From the request sent to the first line of the answer.
    pub headers: Duration,
    /// The longest pause inside an answer.
    pub stall: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(10),
            headers: Duration::from_secs(60),
            stall: Duration::from_secs(20),
        }
    }
}

/// A write the service said yes to. It says what the service answered, not what it stored: read back before reporting.
#[derive(Clone, Debug)]
pub struct Written {
    /// The record as the service says it is now, if it says.
    pub resource: Option<Resource>,
    pub status: u16,
    pub etag: Option<String>,
    /// The new record's address, on a creation.
    pub location: Option<String>,
    pub request_id: Option<String>,
}

impl Written {
    /// The id of the record: from the answer, else the end of its address.
    pub fn id(&self) -> Option<&str> {
        self.resource.as_ref().and_then(Resource::id).or_else(|| {
            let location = self.location.as_deref()?.trim_end_matches('/');
            location.rsplit('/').next().filter(|id| !id.is_empty())
        })
    }
}

impl Client {
    pub fn new(endpoint: Endpoint, token: SecretString, options: Options) -> Result<Client, Error> {
        Ok(Client {
            transport: Arc::new(Transport::new(endpoint, token, options)?),
        })
    }

    pub fn endpoint(&self) -> &Endpoint {
        self.transport.endpoint()
    }

    /// What the service says it can do (RFC 7644 section 4).
    pub async fn config(&self) -> Result<ServiceConfig, Error> {
        todo!()
    }

    /// The attributes the service declares, in whatever envelope it puts them.
    pub async fn schemas(&self) -> Result<Vec<Schema>, Error> {
        todo!()
    }

    /// Everybody who matches. The first request is sent when the stream is first polled.
    pub fn list(&self, listing: Listing) -> List {
        let _ = listing;
        todo!()
    }

    /// The people who match, checked here too: a service that ignores the filter is [`Error::Unsupported`].
    pub async fn find(&self, filter: &Filter) -> Result<Vec<Resource>, Error> {
        let _ = filter;
        todo!()
    }

    /// `None` if there is nobody with this id.
    pub async fn get(&self, id: &str) -> Result<Option<Resource>, Error> {
        let _ = id;
        todo!()
    }

    pub async fn create(&self, resource: &Resource) -> Result<Written, Error> {
        let _ = resource;
        todo!()
    }

    /// PUT: send everything that was read, not only what changed. `etag` only where the service supports it.
    pub async fn replace(
        &self,
        id: &str,
        resource: &Resource,
        etag: Option<&str>,
    ) -> Result<Written, Error> {
        let _ = (id, resource, etag);
        todo!()
    }

    pub async fn patch(
        &self,
        id: &str,
        patch: &Patch,
        etag: Option<&str>,
    ) -> Result<Written, Error> {
        let _ = (id, patch, etag);
        todo!()
    }

    /// [`Error::NotFound`] if there is nobody with this id.
    pub async fn delete(&self, id: &str, etag: Option<&str>) -> Result<Written, Error> {
        let _ = (id, etag);
        todo!()
    }

    /// Sends the operations in as few requests as `limits` allow, one request after the other, and tells what came of each, in the
    /// order given.
    pub async fn bulk(&self, operations: &[BulkOperation], limits: BulkLimits) -> Vec<BulkOutcome> {
        let _ = (operations, limits);
        todo!()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", self.endpoint())
            .finish_non_exhaustive()
    }
}
