//! A SCIM request from arrival to answer: address, token, faults, quota, the work itself, and the log.

mod bulk;
mod discovery;
mod filter;
mod listing;
mod patch;
mod peakon;
mod reply;
mod rfc;
mod users;
mod view;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Query as Pairs, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use futures::StreamExt;
use serde_json::{Map, Value};

use self::reply::{Reply, ScimError};
use self::users::Context;
use crate::Profile;
use crate::faults::{Drop, Fault, FaultBody, Incoming};
use crate::log::{EffectKind, LogEntry, digest};
use crate::state::{Moment, Sandbox};
use crate::switches::{MediaType, Paths, RetryAfter, Switches};

pub use self::peakon::render as render_person;

/// Larger bodies are refused unread.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

pub const API_PATH: &str = "/api/scim/v2";
const OLD_PATH: &str = "/scim/v2";

/// Marks an answer that is never sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub struct Hangup;

/// One request, read and addressed.
struct Call<'a> {
    sandbox: &'a Sandbox,
    switches: &'a Switches,
    method: &'a Method,
    /// After the base address.
    path: &'a str,
    base: String,
    pairs: Vec<(String, String)>,
    body: &'a Bytes,
    if_match: Option<&'a str>,
    now: Moment,
    number: u64,
}

pub async fn answer(State(sandbox): State<Arc<Sandbox>>, request: Request) -> Response {
    let number = sandbox.log().next_number();
    let now = sandbox.now();
    let switches = sandbox.switches();
    let (parts, body) = request.into_parts();
    let at = now.text.clone();
    let mut done = match axum::body::to_bytes(body, LARGEST_BODY).await {
        Ok(body) => respond(&sandbox, &switches, &parts, &body, now, number).await,
        Err(_) => {
            let error = ScimError::new(
                413,
                format!("The request has more than {LARGEST_BODY} bytes."),
            );
            Done::of(
                error.reply(switches.error_form, switches.numeric_error_status),
                &Bytes::new(),
            )
        }
    };
    let request_id = match parts
        .headers
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
    {
        Some(id) => id.to_owned(),
        None => format!("sandbox-{number}"),
    };
    done.entry.n = number;
    done.entry.at = at;
    done.entry.method = parts.method.to_string();
    done.entry.path = parts.uri.path().to_owned();
    done.entry.query = parts.uri.query().map(str::to_owned);
    done.entry.request_id = Some(request_id.clone());
    done.entry.person = done.reply.person.take();
    done.entry.applied = done
        .reply
        .effects
        .iter()
        .any(|effect| effect.kind != EffectKind::Same);
    done.entry.effects = std::mem::take(&mut done.reply.effects);
    done.entry.status = match done.ending {
        Ending::Hangup => None,
        _ => Some(done.reply.status),
    };
    sandbox.log().add(done.entry);
    send(done.reply, done.ending, &switches, &request_id)
}

/// A request's answer with what the log says of it.
struct Done {
    reply: Reply,
    ending: Ending,
    entry: LogEntry,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    Hangup,
    Half,
    Stall,
}

impl Done {
    fn of(reply: Reply, body: &Bytes) -> Done {
        let entry = LogEntry {
            n: 0,
            at: String::new(),
            method: String::new(),
            path: String::new(),
            query: None,
            status: None,
            operations: 0,
            applied: false,
            person: None,
            effects: Vec::new(),
            digest: (!body.is_empty()).then(|| digest(body)),
            body_bytes: body.len(),
            request_id: None,
            fault: None,
            micros: 0,
        };
        Done {
            reply,
            ending: Ending::Whole,
            entry,
        }
    }
}

async fn respond(
    sandbox: &Sandbox,
    switches: &Switches,
    parts: &Parts,
    body: &Bytes,
    now: Moment,
    number: u64,
) -> Done {
    let refuse = |error: ScimError| {
        Done::of(
            error.reply(switches.error_form, switches.numeric_error_status),
            body,
        )
    };
    let Some((prefix, path)) = address(parts.uri.path(), switches) else {
        let error = ScimError::new(404, "There is nothing at this address.");
        return Done::of(error.reply(crate::switches::ErrorForm::Html, false), body);
    };
    if switches.latency > 0 {
        tokio::time::sleep(Duration::from_millis(switches.latency)).await;
    }
    if let Err(error) = authorise(sandbox, switches, parts, path) {
        let mut done = refuse(error);
        done.reply = done
            .reply
            .header("www-authenticate", "Bearer realm=\"SCIM\"");
        return done;
    }
    let incoming = Incoming {
        method: parts.method.as_str(),
        path,
        query: parts.uri.query().unwrap_or_default(),
        body,
    };
    let struck = sandbox.faults().strike(&incoming);
    let (fault, fault_name) = match struck {
        Some((fault, name)) => (fault, Some(name)),
        None => (Fault::default(), None),
    };
    if fault.delay > 0 {
        tokio::time::sleep(Duration::from_millis(fault.delay)).await;
    }
    let mut done = if fault.drop == Some(Drop::Before) {
        Done {
            ending: Ending::Hangup,
            ..Done::of(Reply::empty(0), body)
        }
    } else if fault.status.is_some() && !fault.applied {
        Done::of(Reply::empty(0), body)
    } else {
        let call = Call {
            sandbox,
            switches,
            method: &parts.method,
            path,
            base: format!("{}{prefix}", sandbox.origin),
            pairs: Pairs::<Vec<(String, String)>>::try_from_uri(&parts.uri)
                .map(|Pairs(pairs)| pairs)
                .unwrap_or_default(),
            body,
            if_match: parts
                .headers
                .get(header::IF_MATCH)
                .and_then(|tag| tag.to_str().ok()),
            now,
            number,
        };
        let started = Instant::now();
        let (reply, operations) = call.carry_out(fault.meddle);
        let mut done = Done::of(reply, body);
        done.entry.operations = operations;
        done.entry.micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        done
    };
    done.entry.fault = fault_name;
    disguise(&mut done, &fault, switches);
    if fault.delay_answer > 0 {
        tokio::time::sleep(Duration::from_millis(fault.delay_answer)).await;
    }
    done
}

/// The base address the request used, and the rest.
fn address<'a>(path: &'a str, switches: &Switches) -> Option<(&'static str, &'a str)> {
    let served: &[&'static str] = match switches.paths {
        Paths::Api => &[API_PATH],
        Paths::Old => &[OLD_PATH],
        Paths::Both => &[API_PATH, OLD_PATH],
    };
    served.iter().find_map(|prefix| {
        let rest = path.strip_prefix(prefix)?;
        (rest.is_empty() || rest.starts_with('/')).then_some((*prefix, rest))
    })
}

fn authorise(
    sandbox: &Sandbox,
    switches: &Switches,
    parts: &Parts,
    path: &str,
) -> Result<(), ScimError> {
    let discovery = path.starts_with("/ServiceProviderConfig")
        || path.starts_with("/Schemas")
        || path.starts_with("/ResourceTypes");
    if discovery && !switches.discovery_needs_token {
        return Ok(());
    }
    let Some(given) = parts.headers.get(header::AUTHORIZATION) else {
        return Err(ScimError::new(401, "A bearer token is required."));
    };
    let token = given.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    match token == Some(sandbox.token.as_str()) {
        true => Ok(()),
        false => Err(ScimError::new(401, "The token is not known here.")),
    }
}

impl Call<'_> {
    /// Does the work; gives the answer and what it counts.
    fn carry_out(self, meddle: bool) -> (Reply, u64) {
        let switches = self.switches;
        let refuse =
            |error: ScimError| error.reply(switches.error_form, switches.numeric_error_status);
        let body = match self.read_body() {
            Ok(body) => body,
            Err(error) => return (refuse(error), 1),
        };
        let in_bulk = self.path == "/Bulk";
        let operations = if in_bulk {
            bulk::operations(&body).max(1) as u64
        } else {
            1
        };
        if let Some(limit) = switches.quota {
            let window = Duration::from_secs(switches.quota_window);
            if let Err(wait) = self.sandbox.quota().take(operations, limit, window) {
                let error = ScimError::new(
                    429,
                    format!(
                        "More than {limit} operations in {} seconds.",
                        switches.quota_window
                    ),
                );
                return (retry_after(refuse(error), switches.retry_after, wait), 0);
            }
        }
        let result = self.meddle(meddle).and_then(|()| self.dispatch(&body));
        (result.unwrap_or_else(refuse), operations)
    }

    fn read_body(&self) -> Result<Map<String, Value>, ScimError> {
        if self.body.is_empty() || self.method == Method::GET || self.method == Method::DELETE {
            return Ok(Map::new());
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) => Err(ScimError::invalid_syntax("The body must be a JSON object.")),
            Err(error) => Err(ScimError::invalid_syntax(format!(
                "The body is not JSON: {error}."
            ))),
        }
    }

    /// Lets the other system write first, where a fault or a switch says so.
    fn meddle(&self, fault: bool) -> Result<(), ScimError> {
        let writes = matches!(*self.method, Method::PUT | Method::PATCH | Method::DELETE);
        let every = self.switches.meddle_every;
        let due = fault || (every > 0 && writes && self.number.is_multiple_of(every));
        if let (true, Some(id)) = (
            due,
            self.path
                .strip_prefix("/Users/")
                .and_then(|id| id.parse().ok()),
        ) {
            self.sandbox
                .write()
                .meddle(id, &self.now.text)
                .map_err(ScimError::storage)?;
        }
        Ok(())
    }

    fn dispatch(&self, body: &Map<String, Value>) -> Result<Reply, ScimError> {
        let strict = self.sandbox.profile == Profile::Rfc;
        let parts: Vec<&str> = self.path.trim_matches('/').split('/').collect();
        let decoded = parts.get(1).map(|part| decode(part));
        let one = decoded.as_deref();
        let context = Context {
            profile: self.sandbox.profile,
            switches: self.switches,
            base: &self.base,
            now: &self.now,
            if_match: self.if_match,
        };
        let query = || listing::Query::read(&self.pairs);
        let filtered = || match self
            .pairs
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("filter"))
        {
            true => Err(ScimError::new(
                403,
                "What the service says of itself cannot be filtered.",
            )),
            false => Ok(()),
        };
        match (self.method.as_str(), parts[0], one) {
            (_, _, _) if parts.len() > 2 => Err(nothing_here(self.path)),
            ("GET", "ServiceProviderConfig", None) => {
                if strict {
                    filtered()?;
                }
                discovery::config(self.sandbox.profile, self.switches, &self.base)
            }
            ("GET", "Schemas", id) => {
                if strict {
                    filtered()?;
                }
                discovery::schemas(
                    self.sandbox.profile,
                    &self.sandbox.read(),
                    self.switches,
                    &self.base,
                    id,
                )
            }
            ("GET", "ResourceTypes", id) if strict => {
                filtered()?;
                discovery::resource_types(&self.base, id)
            }
            ("GET", "Users", None) => {
                listing::list(&context, &self.sandbox.read(), &query()?, self.number)
            }
            ("POST", "Users", Some(".search")) | ("POST", ".search", None) if strict => {
                listing::list(
                    &context,
                    &self.sandbox.read(),
                    &listing::Query::of_search(body)?,
                    self.number,
                )
            }
            ("GET", "Users", Some(id)) => context.get(&self.sandbox.read(), id, &query()?.wanted),
            ("POST", "Users", None) => {
                context.create(&mut self.sandbox.write(), body, &query()?.wanted)
            }
            ("PUT", "Users", Some(id)) => {
                context.replace(&mut self.sandbox.write(), id, body, &query()?.wanted)
            }
            ("PATCH", "Users", Some(id)) => {
                context.patch(&mut self.sandbox.write(), id, body, &query()?.wanted)
            }
            ("DELETE", "Users", Some(id)) => context.delete(&mut self.sandbox.write(), id),
            ("POST", "Bulk", None) if self.switches.bulk => {
                bulk::run(&context, &mut self.sandbox.write(), body, self.body.len())
            }
            (method, "ResourceTypes", _) if strict && method != "GET" => {
                Err(not_possible(method, self.path))
            }
            (_, "Groups", _) => Err(ScimError::new(501, "Groups are not supported.")),
            (method, "Users" | "ServiceProviderConfig" | "Schemas", _) => {
                Err(not_possible(method, self.path))
            }
            _ => Err(nothing_here(self.path)),
        }
    }
}

fn not_possible(method: &str, path: &str) -> ScimError {
    ScimError::new(405, format!("{method} is not possible at {path}."))
}

fn nothing_here(path: &str) -> ScimError {
    ScimError::new(404, format!("There is nothing at “{path}”."))
}

fn decode(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after
            .get(..2)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn retry_after(reply: Reply, form: RetryAfter, wait: Duration) -> Reply {
    let seconds = wait.as_secs_f64().ceil() as i64;
    match form {
        RetryAfter::Seconds => reply.header("retry-after", seconds.to_string()),
        RetryAfter::Date => {
            let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
            reply.header(
                "retry-after",
                then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            )
        }
        RetryAfter::None => reply,
    }
}

/// Turns the right answer into the fault's.
fn disguise(done: &mut Done, fault: &Fault, switches: &Switches) {
    if let Some(status) = fault.status {
        let detail = fault
            .detail
            .clone()
            .unwrap_or_else(|| reply::title(status).to_owned());
        let error = ScimError {
            status,
            scim_type: fault.scim_type.clone(),
            detail,
        };
        let form = fault
            .body
            .and_then(FaultBody::error_form)
            .unwrap_or(switches.error_form);
        if status < 400 && fault.body.is_none() {
            done.reply.status = status;
        } else {
            let mut answer = error.reply(form, switches.numeric_error_status);
            answer.effects = std::mem::take(&mut done.reply.effects);
            answer.person = done.reply.person.take();
            done.reply = answer;
        }
    }
    let reply = &mut done.reply;
    match fault.body {
        Some(FaultBody::Malformed) => {
            let whole = reply
                .body
                .take()
                .unwrap_or_else(|| b"{\"schemas\":[\"urn".to_vec());
            reply.body = Some(whole[..whole.len() / 2].to_vec());
        }
        Some(FaultBody::Text) => {
            reply.body = Some(fault.detail.clone().unwrap_or_default().into_bytes());
            reply.content_type = Some("text/plain; charset=utf-8".to_owned());
        }
        Some(FaultBody::Object) => reply.body = Some(b"{}".to_vec()),
        Some(FaultBody::Empty) => reply.body = None,
        Some(FaultBody::Html) if fault.status.is_none() => {
            reply.body =
                Some(b"<!doctype html><html><body><h1>Sign in</h1></body></html>".to_vec());
            reply.content_type = Some("text/html; charset=utf-8".to_owned());
        }
        _ => {}
    }
    if let Some(content_type) = &fault.content_type {
        reply.content_type = Some(content_type.clone());
    }
    if let Some(location) = &fault.location {
        reply.headers.push(("location", location.clone()));
    }
    if let Some(form) = fault.retry_after {
        let bare = std::mem::take(reply);
        *reply = retry_after(
            bare,
            form,
            Duration::from_secs(fault.retry_seconds.unwrap_or(1)),
        );
    }
    match fault.drop {
        Some(Drop::Before | Drop::After) => done.ending = Ending::Hangup,
        Some(Drop::MidBody) => done.ending = Ending::Half,
        Some(Drop::Stall) => done.ending = Ending::Stall,
        None => {}
    }
}

fn send(reply: Reply, ending: Ending, switches: &Switches, request_id: &str) -> Response {
    let media_type = match switches.media_type {
        MediaType::Scim => "application/scim+json",
        MediaType::Json => "application/json",
    };
    let body = reply.body.unwrap_or_default();
    let mut builder =
        Response::builder().status(if reply.status == 0 { 500 } else { reply.status });
    if !body.is_empty() {
        let content_type = reply.content_type.as_deref().unwrap_or(media_type);
        if let Ok(content_type) = HeaderValue::from_str(content_type) {
            builder = builder.header(header::CONTENT_TYPE, content_type);
        }
    }
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            builder = builder.header(*name, value);
        }
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        builder = builder.header("x-request-id", id);
    }
    let length = body.len();
    let half = Bytes::copy_from_slice(&body[..length / 2]);
    let body = match ending {
        Ending::Whole => Body::from(body),
        Ending::Hangup => {
            builder = builder.extension(Hangup);
            Body::empty()
        }
        Ending::Half => {
            builder = builder.header(header::CONTENT_LENGTH, length);
            let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            Body::from_stream(futures::stream::iter([Ok(half), Err(broken)]))
        }
        Ending::Stall => {
            builder = builder.header(header::CONTENT_LENGTH, length);
            let first = futures::stream::iter([Ok::<Bytes, std::io::Error>(half)]);
            Body::from_stream(first.chain(futures::stream::pending()))
        }
    };
    builder
        .body(body)
        .unwrap_or_else(|_| Response::new(Body::empty()))
}
