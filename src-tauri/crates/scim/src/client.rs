//! The calls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use url::Url;

use crate::bulk::{self, BulkLimits, BulkOperation, BulkOutcome};
use crate::config::ServiceConfig;
use crate::endpoint::Endpoint;
use crate::error::{Error, Said};
use crate::filter::Filter;
use crate::listing::{List, Listing};
use crate::pace::{Pace, Unpaced};
use crate::patch::Patch;
use crate::reply::{Trouble, envelope, json_text};
use crate::resource::Resource;
use crate::retry::Retry;
use crate::schema::Schema;
use crate::transport::{Reply, Request, Transport};
use crate::watch::Watch;

/// A SCIM service with a token. Cheap to clone; clones share connections, pace and pauses. Needs a tokio runtime.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
}

#[derive(Clone)]
pub struct Options {
    /// How long the parts of one request may take; each try has its own.
    pub timeouts: Timeouts,
    /// Asked before each request is sent.
    pub pace: Arc<dyn Pace>,
    /// Bytes of one answer, unpacked.
    pub max_body: usize,
    /// How often, and how long in all, the same request is tried.
    pub retry: Retry,
    /// What the client calls itself (RFC 9110 section 10.1.5).
    pub user_agent: String,
    /// Told of every answer.
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
    /// The HTTP status, or inside a bulk answer the one of this operation.
    pub status: u16,
    /// The version now, if the service says (RFC 7644 section 3.14).
    pub etag: Option<String>,
    /// The new record's address, on a creation.
    pub location: Option<String>,
    /// The service's own id of the exchange, for a support request.
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
    /// Sends nothing yet.
    ///
    /// # Errors
    /// [`Error::UnusableToken`] for a token that no header can carry, [`Error::Tls`] when this machine can't encrypt.
    pub fn new(endpoint: Endpoint, token: SecretString, options: Options) -> Result<Client, Error> {
        Ok(Client {
            transport: Arc::new(Transport::new(endpoint, token, options)?),
        })
    }

    /// Where it speaks to, and the only origin the token goes to.
    pub fn endpoint(&self) -> &Endpoint {
        self.transport.endpoint()
    }

    /// What the service says it can do (RFC 7644 section 4).
    pub async fn config(&self) -> Result<ServiceConfig, Error> {
        let reply = self.read(&["ServiceProviderConfig"]).await?;
        let text = json_text(&reply.content_type, &reply.body)
            .map_err(|trouble| self.unreadable(reply.status, trouble))?;
        ServiceConfig::parse(text).map_err(|trouble| self.unreadable(reply.status, trouble))
    }

    /// The attributes the service declares, in whatever envelope it puts them.
    pub async fn schemas(&self) -> Result<Vec<Schema>, Error> {
        let reply = self.read(&["Schemas"]).await?;
        let entries = self.entries(&reply)?;
        Ok(entries
            .iter()
            .filter_map(|text| Schema::parse(text))
            .collect())
    }

    /// Everybody who matches. The first request is sent when the stream is first polled.
    pub fn list(&self, listing: Listing) -> List {
        List::new(Arc::clone(&self.transport), listing)
    }

    /// The people who match, checked here too: a service that ignores the filter is [`Error::Unsupported`].
    pub async fn find(&self, filter: &Filter) -> Result<Vec<Resource>, Error> {
        let mut url = self.endpoint().join(&["Users"]);
        url.set_query(Some(&filter.query()));
        let reply = self.get_from(url).await?;
        if reply.status == 204 {
            return Ok(Vec::new());
        }
        let shown: Vec<Resource> = self
            .entries(&reply)?
            .iter()
            .filter_map(|text| Resource::parse(text).ok())
            .collect();
        let any = !shown.is_empty();
        let matching: Vec<Resource> = shown
            .into_iter()
            .filter(|person| filter.matches(person))
            .collect();
        if any && matching.is_empty() {
            let what = format!(
                "it answered the search for {} with other people",
                filter.text()
            );
            return Err(Error::Unsupported {
                host: self.host(),
                what,
            });
        }
        Ok(matching)
    }

    /// `None` if there is nobody with this id.
    pub async fn get(&self, id: &str) -> Result<Option<Resource>, Error> {
        let url = match self.address(id) {
            Ok(url) => url,
            Err(_) => return Ok(None),
        };
        let reply = match self.get_from(url).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let entries = self.entries(&reply)?;
        let Some(text) = entries.first() else {
            return Ok(None);
        };
        let person = Resource::parse(text).map_err(|error| self.malformed(error.to_string()))?;
        // What is read back decides what is reported as done: it has to be the person asked for.
        match person.id() {
            Some(found) if found.eq_ignore_ascii_case(id) => Ok(Some(person)),
            Some(found) => Err(self.malformed(format!(
                "it answered with record {found} when asked for {id}"
            ))),
            None => Err(self.malformed("the record has no id".to_owned())),
        }
    }

    /// POST (RFC 7644 section 3.3). [`Error::Conflict`] for somebody who is there already.
    pub async fn create(&self, resource: &Resource) -> Result<Written, Error> {
        self.write(
            Method::POST,
            self.endpoint().join(&["Users"]),
            Some(resource.raw().to_owned()),
            None,
        )
        .await
    }

    /// PUT: send everything that was read, not only what changed. `etag` only where the service supports it.
    pub async fn replace(
        &self,
        id: &str,
        resource: &Resource,
        etag: Option<&str>,
    ) -> Result<Written, Error> {
        self.write(
            Method::PUT,
            self.address(id)?,
            Some(resource.raw().to_owned()),
            etag,
        )
        .await
    }

    /// PATCH (RFC 7644 section 3.5.2). `etag` only where the service supports it; [`Error::Unsupported`] where PATCH is not offered.
    pub async fn patch(
        &self,
        id: &str,
        patch: &Patch,
        etag: Option<&str>,
    ) -> Result<Written, Error> {
        self.write(
            Method::PATCH,
            self.address(id)?,
            Some(patch.to_json()),
            etag,
        )
        .await
    }

    /// [`Error::NotFound`] if there is nobody with this id.
    pub async fn delete(&self, id: &str, etag: Option<&str>) -> Result<Written, Error> {
        self.write(Method::DELETE, self.address(id)?, None, etag)
            .await
    }

    /// Sends the operations in as few requests as `limits` allow, one request after the other, and tells what came of each, in the
    /// order given.
    pub async fn bulk(&self, operations: &[BulkOperation], limits: BulkLimits) -> Vec<BulkOutcome> {
        let mut outcomes = Vec::with_capacity(operations.len());
        for batch in bulk::batches(operations, limits) {
            let url = self.endpoint().join(&["Bulk"]);
            let body = bulk::body(&batch);
            let cost = u32::try_from(batch.len()).unwrap_or(u32::MAX);
            let sent = self
                .transport
                .send(Request {
                    method: Method::POST,
                    url,
                    body: Some(body),
                    etag: None,
                    operations: cost,
                })
                .await;
            let answered = sent.and_then(|reply| {
                let text = json_text(&reply.content_type, &reply.body)
                    .map_err(|trouble| self.lost(reply.status, trouble))?;
                let masked = |said| self.transport.masked(said);
                bulk::outcomes(
                    text,
                    &batch,
                    &self.host(),
                    reply.request_id.as_deref(),
                    &masked,
                )
                .map_err(|trouble| self.lost(reply.status, trouble))
            });
            match answered {
                Ok(answered) => outcomes.extend(answered),
                Err(error) => outcomes.extend(batch.iter().map(|entry| BulkOutcome {
                    at: entry.at,
                    result: Err(error.clone()),
                })),
            }
        }
        outcomes
    }

    /// Requests sent by this client and its clones so far, tries again included.
    pub fn requests(&self) -> u64 {
        self.transport.requests()
    }

    /// How often the service has asked for fewer requests (429, or 503 with `Retry-After`) so far, those included that were waited
    /// out and sent again.
    pub fn slowed_down(&self) -> u64 {
        self.transport.slowed_down()
    }

    fn host(&self) -> String {
        self.endpoint().host()
    }

    async fn read(&self, segments: &[&str]) -> Result<Reply, Error> {
        self.get_from(self.endpoint().join(segments)).await
    }

    async fn get_from(&self, url: Url) -> Result<Reply, Error> {
        self.transport
            .send(Request {
                method: Method::GET,
                url,
                body: None,
                etag: None,
                operations: 1,
            })
            .await
    }

    fn entries<'a>(&self, reply: &'a Reply) -> Result<Vec<&'a str>, Error> {
        json_text(&reply.content_type, &reply.body)
            .and_then(envelope)
            .map(|envelope| envelope.entries)
            .map_err(|trouble| self.unreadable(reply.status, trouble))
    }

    /// A person's own address. Nobody's id is empty or a dot segment: such an address would be another resource's, however it is
    /// encoded.
    fn address(&self, id: &str) -> Result<Url, Error> {
        if matches!(id, "" | "." | "..") {
            let said = Said {
                status: 404,
                detail: Some(format!("“{id}” is nobody's id")),
                ..Said::default()
            };
            return Err(Error::NotFound {
                host: self.host(),
                path: "/Users".into(),
                said,
            });
        }
        Ok(self.endpoint().join(&["Users", id]))
    }

    async fn write(
        &self,
        method: Method,
        url: Url,
        body: Option<String>,
        etag: Option<&str>,
    ) -> Result<Written, Error> {
        let is_delete = method == Method::DELETE;
        let reply = self
            .transport
            .send(Request {
                method,
                url,
                body,
                etag,
                operations: 1,
            })
            .await?;
        let resource = if reply.body.iter().all(u8::is_ascii_whitespace) {
            None
        } else {
            match json_text(&reply.content_type, &reply.body) {
                Ok(text) => match Resource::parse(text) {
                    Ok(resource) => Some(resource).filter(|_| !is_delete),
                    Err(_) if is_delete => None,
                    Err(error) => return Err(self.lost(reply.status, Trouble::Malformed(error.0))),
                },
                Err(Trouble::Malformed(_)) if is_delete => None,
                // A web page with status 200 is a gateway speaking, not the service.
                Err(trouble) => return Err(self.lost(reply.status, trouble)),
            }
        };
        let etag = reply
            .etag
            .or_else(|| resource.as_ref().and_then(Resource::etag));
        Ok(Written {
            resource,
            status: reply.status,
            etag,
            location: reply.location,
            request_id: reply.request_id,
        })
    }

    fn unreadable(&self, status: u16, trouble: Trouble) -> Error {
        match trouble {
            Trouble::NotScim(what) => Error::NotScim {
                host: self.host(),
                status,
                what,
            },
            Trouble::Malformed(detail) => self.malformed(detail),
        }
    }

    fn malformed(&self, detail: String) -> Error {
        Error::Malformed {
            host: self.host(),
            detail,
        }
    }

    /// A yes to a write that can't be understood is not a yes.
    fn lost(&self, status: u16, trouble: Trouble) -> Error {
        Error::Ambiguous(Box::new(self.unreadable(status, trouble)))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", self.endpoint())
            .finish_non_exhaustive()
    }
}
