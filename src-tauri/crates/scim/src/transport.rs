//! One request and what may be done about its failure. Knows HTTP and nothing about people.

mod failure;

use std::io;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, IF_MATCH, LOCATION, RETRY_AFTER,
};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub(crate) use self::failure::refused;
use self::failure::{causes, is_io, tls_trouble};
use crate::client::Options;
use crate::endpoint::Endpoint;
use crate::error::{Error, Phase, Said, TlsTrouble, Unreachable};
use crate::reply;
use crate::retry::parse_retry_after;
use crate::watch::Exchange;

const SCIM_JSON: &str = "application/scim+json";
const JSON: &str = "application/json";
const ACCEPTED: &str = "application/scim+json, application/json;q=0.9";
const REDIRECTS: u32 = 3;
/// Bytes of an answer that are made room for by what its header says of it.
const CLAIM: u64 = 1 << 20;

/// What stands in place of the token.
const MASK: &str = "••••••••";
/// Shorter ones would blacken ordinary words.
const SHORTEST: usize = 4;

/// Names under which gateways and services give an exchange an id of its own.
const REQUEST_IDS: [&str; 6] = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "cf-ray",
];

pub(crate) struct Transport {
    endpoint: Endpoint,
    token: SecretString,
    authorization: HeaderValue,
    http: reqwest::Client,
    options: Options,
    /// Nothing is sent before this: one refusal for being too fast holds back every request of this client.
    pause: Mutex<Option<SystemTime>>,
    number: AtomicU64,
    /// Answers that asked for fewer requests, whether they were waited out here or not.
    slowed: AtomicU64,
    /// Set once the service has refused `application/scim+json` (415).
    plain_json: AtomicBool,
}

pub(crate) struct Request<'a> {
    pub method: Method,
    pub url: Url,
    pub body: Option<String>,
    pub etag: Option<&'a str>,
    /// What it costs of the hourly budget.
    pub operations: u32,
}

/// An answer with a 2xx status.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub content_type: String,
    pub body: Bytes,
    pub etag: Option<String>,
    pub location: Option<String>,
    pub request_id: Option<String>,
}

/// What one try came to.
enum Tried {
    Answered(Answer),
    /// Certainly not received by the service.
    NotSent(Error),
    /// Perhaps received.
    Lost(Error),
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Result<Bytes, Error>,
}

enum Verdict {
    Done(Reply),
    Redirect(Url),
    PlainJson,
    Failed { error: Error, retry: Again },
}

/// Whether to send it again.
enum Again {
    No,
    /// Not processed: safe for every method.
    Always(Option<Duration>),
    /// Perhaps processed: safe only for a read.
    IfRead(Option<Duration>),
}

impl Transport {
    pub fn new(
        endpoint: Endpoint,
        token: SecretString,
        options: Options,
    ) -> Result<Transport, Error> {
        let token = SecretString::from(token.expose_secret().trim());
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
            .map_err(|_| Error::UnusableToken)?;
        if token.expose_secret().is_empty() || !token.expose_secret().is_ascii() {
            return Err(Error::UnusableToken);
        }
        authorization.set_sensitive(true);
        let mut builder = reqwest::Client::builder()
            .user_agent(options.user_agent.as_str())
            .connect_timeout(options.timeouts.connect)
            .redirect(reqwest::redirect::Policy::none())
            .https_only(!endpoint.is_loopback())
            .tcp_nodelay(true);
        if endpoint.is_loopback() {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Error::Tls {
            host: endpoint.host(),
            trouble: TlsTrouble::NotSetUp(error.to_string()),
        })?;
        Ok(Transport {
            endpoint,
            token,
            authorization,
            http,
            options,
            pause: Mutex::new(None),
            number: AtomicU64::new(0),
            slowed: AtomicU64::new(0),
            plain_json: AtomicBool::new(false),
        })
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Requests sent so far, retries included.
    pub fn requests(&self) -> u64 {
        self.number.load(Ordering::Relaxed)
    }

    /// How often the service has asked for fewer requests.
    pub fn slowed_down(&self) -> u64 {
        self.slowed.load(Ordering::Relaxed)
    }

    /// Sends a request, again where that is safe. `Ok` is an answer with a 2xx status and its whole body.
    pub async fn send(&self, mut request: Request<'_>) -> Result<Reply, Error> {
        let is_read = request.method == Method::GET;
        let mut attempt = 1;
        let mut redirects = 0;
        loop {
            self.wait_for_pause().await;
            if let Err(spent) = self.options.pace.take(request.operations).await {
                return Err(Error::Quota {
                    resumes: spent.resumes,
                });
            }
            let (error, again) = match self.judge(&request, self.try_once(&request, attempt).await)
            {
                Verdict::Done(reply) => return Ok(reply),
                Verdict::PlainJson if !self.plain_json.swap(true, Ordering::Relaxed) => continue,
                Verdict::PlainJson => {
                    let said = Said {
                        status: 415,
                        ..Said::default()
                    };
                    return Err(Error::Invalid {
                        host: self.endpoint.host(),
                        said,
                    });
                }
                Verdict::Redirect(to) => {
                    redirects += 1;
                    if redirects > REDIRECTS {
                        return Err(self.redirected(&to));
                    }
                    request.url = to;
                    continue;
                }
                Verdict::Failed { error, retry } => (error, retry),
            };
            let after = match again {
                Again::Always(after) => after,
                Again::IfRead(after) if is_read => after,
                Again::IfRead(_) => return Err(Error::Ambiguous(Box::new(error))),
                Again::No => return Err(error),
            };
            if attempt >= self.options.retry.attempts {
                return Err(error);
            }
            let Some(wait) = self.options.retry.wait(attempt, after) else {
                return Err(error);
            };
            tracing::debug!(host = %self.endpoint.host(), attempt, wait_ms = wait.as_millis() as u64, "trying again");
            if after.is_some() {
                self.pause_for(wait);
            } else {
                self.options.retry.clock.sleep(wait).await;
            }
            attempt += 1;
        }
    }

    async fn wait_for_pause(&self) {
        let until = *self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let left =
            until.and_then(|until| until.duration_since(self.options.retry.clock.now()).ok());
        // The clock may have been set back since: no pause is longer than what there was patience for.
        let longest = self.options.retry.patience + self.options.retry.base;
        if let Some(left) = left.filter(|left| !left.is_zero()) {
            self.options.retry.clock.sleep(left.min(longest)).await;
        }
    }

    fn pause_for(&self, wait: Duration) {
        let until = self.options.retry.clock.now() + wait;
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        if pause.is_none_or(|known| known < until) {
            *pause = Some(until);
        }
    }

    async fn try_once(&self, request: &Request<'_>, attempt: u32) -> Tried {
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let started = Instant::now();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        if request.body.is_some() {
            let plain = self.plain_json.load(Ordering::Relaxed);
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static(if plain { JSON } else { SCIM_JSON }),
            );
        }
        if let Some(etag) = request
            .etag
            .and_then(|etag| HeaderValue::from_str(etag).ok())
        {
            headers.insert(IF_MATCH, etag);
        }
        headers.insert(AUTHORIZATION, self.authorization.clone());
        let mut sending = self
            .http
            .request(request.method.clone(), request.url.clone())
            .headers(headers);
        if let Some(body) = &request.body {
            sending = sending.body(body.clone());
        }
        let tried = match tokio::time::timeout(
            self.options.timeouts.connect + self.options.timeouts.headers,
            sending.send(),
        )
        .await
        {
            Ok(Ok(response)) => {
                let (status, headers) = (response.status(), response.headers().clone());
                Tried::Answered(Answer {
                    status,
                    headers,
                    body: self.read_body(response).await,
                })
            }
            Ok(Err(error)) => self.failed_to_send(&error),
            Err(_) => Tried::Lost(self.timed_out(Phase::Headers, self.options.timeouts.headers)),
        };
        let status = match &tried {
            Tried::Answered(answer) => Some(answer.status.as_u16()),
            Tried::NotSent(_) | Tried::Lost(_) => None,
        };
        self.tell(&tried);
        tracing::debug!(number, attempt, method = %request.method, path = request.url.path(), status, ms = started.elapsed().as_millis() as u64, "exchange");
        tried
    }

    fn tell(&self, tried: &Tried) {
        let Some(watch) = self.options.watch.as_ref().filter(|watch| watch.looks()) else {
            return;
        };
        let exchange = match tried {
            Tried::Answered(answer) => Exchange {
                status: Some(answer.status.as_u16()),
                reply_body: answer.body.as_ref().ok().map(|body| {
                    let kept = &body[..body.len().min(Exchange::LONGEST)];
                    self.mask(&String::from_utf8_lossy(kept))
                }),
                request_id: REQUEST_IDS
                    .iter()
                    .find_map(|name| text_header(&answer.headers, name))
                    .map(|id| self.mask(&id)),
                error: answer.body.as_ref().err().map(ToString::to_string),
            },
            Tried::NotSent(error) | Tried::Lost(error) => Exchange {
                status: None,
                reply_body: None,
                request_id: None,
                error: Some(error.to_string()),
            },
        };
        watch.exchange(&exchange);
    }

    async fn read_body(&self, mut response: reqwest::Response) -> Result<Bytes, Error> {
        let limit = self.options.max_body;
        let too_large = || Error::TooLarge {
            host: self.endpoint.host(),
            limit,
        };
        if response
            .content_length()
            .is_some_and(|length| length > limit as u64)
        {
            return Err(too_large());
        }
        // What a service claims is no reason to make room for more than it then sends.
        let claimed = response.content_length().unwrap_or(0).min(CLAIM);
        let mut body = BytesMut::with_capacity(claimed as usize);
        loop {
            match tokio::time::timeout(self.options.timeouts.stall, response.chunk()).await {
                Ok(Ok(Some(chunk))) if body.len() + chunk.len() > limit => return Err(too_large()),
                Ok(Ok(Some(chunk))) => body.extend_from_slice(&chunk),
                Ok(Ok(None)) => return Ok(body.freeze()),
                Ok(Err(error)) if error.is_decode() && !is_io(&error) => {
                    return Err(Error::Malformed {
                        host: self.endpoint.host(),
                        detail: "its compression is broken".to_owned(),
                    });
                }
                Ok(Err(_)) => {
                    return Err(Error::Dropped {
                        host: self.endpoint.host(),
                    });
                }
                Err(_) => return Err(self.timed_out(Phase::Body, self.options.timeouts.stall)),
            }
        }
    }

    fn failed_to_send(&self, error: &reqwest::Error) -> Tried {
        let host = self.endpoint.host();
        if !error.is_connect() {
            return Tried::Lost(Error::Dropped { host });
        }
        if error.is_timeout() {
            return Tried::NotSent(self.timed_out(Phase::Connect, self.options.timeouts.connect));
        }
        let causes = causes(error);
        if let Some(trouble) = tls_trouble(&causes.text) {
            return Tried::NotSent(Error::Tls { host, trouble });
        }
        let cause = if causes.text.contains("dns error")
            || causes.text.contains("failed to lookup address")
        {
            Unreachable::Dns
        } else if causes.kinds.contains(&io::ErrorKind::ConnectionRefused) {
            Unreachable::Refused
        } else if causes.kinds.contains(&io::ErrorKind::TimedOut) {
            return Tried::NotSent(self.timed_out(Phase::Connect, self.options.timeouts.connect));
        } else {
            Unreachable::Network
        };
        Tried::NotSent(Error::Unreachable { host, cause })
    }

    fn timed_out(&self, phase: Phase, after: Duration) -> Error {
        Error::TimedOut {
            host: self.endpoint.host(),
            phase,
            after,
        }
    }

    fn redirected(&self, to: &Url) -> Error {
        // Without the query: a sign-in page's may hold what should not be shown.
        let mut shown = to.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        Error::Redirected {
            host: self.endpoint.host(),
            to: self.mask(shown.as_ref()),
        }
    }

    fn judge(&self, request: &Request<'_>, tried: Tried) -> Verdict {
        match tried {
            Tried::NotSent(error @ Error::Tls { .. }) => Verdict::Failed {
                error,
                retry: Again::No,
            },
            Tried::NotSent(error) => Verdict::Failed {
                error,
                retry: Again::Always(None),
            },
            Tried::Lost(error) => Verdict::Failed {
                error,
                retry: Again::IfRead(None),
            },
            Tried::Answered(answer) => self.judge_answer(request, answer),
        }
    }

    fn judge_answer(&self, request: &Request<'_>, answer: Answer) -> Verdict {
        let Answer {
            status,
            headers,
            body,
        } = answer;
        let request_id = REQUEST_IDS
            .iter()
            .find_map(|name| text_header(&headers, name))
            .map(|id| self.mask(&id));
        let content_type = text_header(&headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        let retry_after = text_header(&headers, RETRY_AFTER.as_str())
            .and_then(|text| parse_retry_after(&text, self.options.retry.clock.now()));
        if status.is_success() {
            let body = match body {
                Ok(body) => body,
                Err(error @ (Error::TooLarge { .. } | Error::Malformed { .. }))
                    if request.method == Method::GET =>
                {
                    return Verdict::Failed {
                        error,
                        retry: Again::No,
                    };
                }
                Err(error) => {
                    return Verdict::Failed {
                        error,
                        retry: Again::IfRead(None),
                    };
                }
            };
            // Some gateways wrap every answer in a 200.
            if let Some(said) = reply::error_in_disguise(&body) {
                let said = self.masked(Said { request_id, ..said });
                return self.refusal(request, said, retry_after);
            }
            return Verdict::Done(Reply {
                status: status.as_u16(),
                content_type,
                body,
                etag: text_header(&headers, "etag"),
                location: text_header(&headers, LOCATION.as_str()),
                request_id,
            });
        }
        if status.is_redirection() {
            let to = text_header(&headers, LOCATION.as_str())
                .and_then(|location| request.url.join(&location).ok());
            let keeps_method =
                matches!(status.as_u16(), 307 | 308) || request.method == Method::GET;
            return match to {
                Some(to) if self.endpoint.same_origin(&to) && keeps_method => Verdict::Redirect(to),
                Some(to) => Verdict::Failed {
                    error: self.redirected(&to),
                    retry: Again::No,
                },
                None => {
                    let what = "a redirection that leads nowhere".to_owned();
                    let error = Error::NotScim {
                        host: self.endpoint.host(),
                        status: status.as_u16(),
                        what,
                    };
                    Verdict::Failed {
                        error,
                        retry: Again::No,
                    }
                }
            };
        }
        if status == StatusCode::UNSUPPORTED_MEDIA_TYPE
            && request.body.is_some()
            && !self.plain_json.load(Ordering::Relaxed)
        {
            return Verdict::PlainJson;
        }
        let body = body.unwrap_or_default();
        let said = Said {
            request_id,
            ..reply::said(status.as_u16(), &content_type, &body)
        };
        self.refusal(request, self.masked(said), retry_after)
    }

    /// What the service said, fit to be shown: without the token, should it have been echoed, and then no longer than is read.
    pub fn masked(&self, said: Said) -> Said {
        let mask = |text: String| self.mask(&text);
        Said {
            status: said.status,
            scim_type: said.scim_type.map(mask),
            detail: said.detail.map(|detail| short(&self.mask(&detail))),
            request_id: said.request_id.map(mask),
        }
    }

    fn mask(&self, text: &str) -> String {
        let token = self.token.expose_secret();
        if token.len() >= SHORTEST && text.contains(token) {
            text.replace(token, MASK)
        } else {
            text.to_owned()
        }
    }

    fn refusal(&self, request: &Request<'_>, said: Said, retry_after: Option<Duration>) -> Verdict {
        if matches!((said.status, retry_after), (429, _) | (503, Some(_))) {
            self.slowed.fetch_add(1, Ordering::Relaxed);
        }
        let retry = match (said.status, retry_after) {
            (429, after) | (503, after @ Some(_)) => Again::Always(after),
            (408 | 500 | 502..=504 | 520..=530, after) => Again::IfRead(after),
            _ => Again::No,
        };
        Verdict::Failed {
            error: self.refused(request, said, retry_after),
            retry,
        }
    }

    fn refused(&self, request: &Request<'_>, said: Said, retry_after: Option<Duration>) -> Error {
        refused(
            self.endpoint.host(),
            request.method.as_str(),
            request.url.path(),
            said,
            retry_after,
        )
    }
}

/// At most 500 characters.
fn short(text: &str) -> String {
    match text.char_indices().nth(500) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        .filter(|text| !text.is_empty())
}
