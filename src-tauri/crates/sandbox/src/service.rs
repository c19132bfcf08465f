//! A SCIM request from arrival to answer: address, token, faults, quota, the work itself, and the log.

mod bulk;
mod call;
mod discovery;
mod ending;
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

use axum::body::Bytes;
use axum::extract::{Query as Pairs, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;

use self::call::Call;
use self::ending::{disguise, send};
use self::reply::{Reply, ScimError};
use crate::faults::{Drop, Fault, Incoming};
use crate::log::{EffectKind, LogEntry, digest};
use crate::state::{Moment, Sandbox};
use crate::switches::{Paths, Switches};

pub use self::peakon::render as render_person;

/// Larger bodies are refused unread.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

pub const API_PATH: &str = "/api/scim/v2";
const OLD_PATH: &str = "/scim/v2";

/// Marks an answer that is never sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub struct Hangup;

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
    // Before any waiting: a client that goes away meanwhile ends this task, and what was done stays done.
    sandbox.log().add(done.entry);
    if !done.late.is_zero() {
        tokio::time::sleep(done.late).await;
    }
    send(done.reply, done.ending, &switches, &request_id)
}

/// A request's answer with what the log says of it.
struct Done {
    reply: Reply,
    ending: Ending,
    /// Between what was done and the answer.
    late: Duration,
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
            late: Duration::ZERO,
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
    done.late = Duration::from_millis(fault.delay_answer);
    disguise(&mut done, &fault, switches);
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
