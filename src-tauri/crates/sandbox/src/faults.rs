//! Things that go wrong on demand.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::switches::{ErrorForm, RetryAfter};

/// A fault and the requests it strikes. Unset conditions match everything.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[derive(Default)]
pub struct Fault {
    /// Shown in the log.
    pub name: Option<String>,
    pub method: Option<String>,
    /// Part of the path after the base address, such as `/Users` or `/Users/80100003`.
    pub path: Option<String>,
    /// The path is exactly `path`.
    pub exact: bool,
    /// Part of the query, decoded or not.
    pub query: Option<String>,
    /// Part of the body.
    pub body_contains: Option<String>,
    /// The first matching request it strikes, from 1; default 1.
    pub nth: Option<u64>,
    /// How many it strikes from there; default 1, 0 is all.
    pub count: Option<u64>,

    /// The answer's status; with neither status, body nor drop the right answer is given (late, if `delay` is set).
    pub status: Option<u16>,
    pub body: Option<FaultBody>,
    /// The text of the error, or with `body: "text"` the whole body.
    pub detail: Option<String>,
    pub scim_type: Option<String>,
    pub retry_after: Option<RetryAfter>,
    /// For `retryAfter`; default 1.
    pub retry_seconds: Option<u64>,
    pub content_type: Option<String>,
    /// Milliseconds before anything happens.
    pub delay: u64,
    /// Milliseconds between what happened and the answer.
    pub delay_answer: u64,
    /// The request takes effect although the answer says otherwise.
    pub applied: bool,
    pub drop: Option<Drop>,
    /// Another system changes the person this request is about, just before it is looked at.
    pub meddle: bool,
    /// Where the answer sends the client.
    pub location: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultBody {
    Scim,
    JsonApi,
    Plain,
    Html,
    Empty,
    /// JSON that stops in the middle.
    Malformed,
    /// Whatever `detail` says.
    Text,
    /// `{}` with whatever status.
    Object,
}

impl FaultBody {
    pub fn error_form(self) -> Option<ErrorForm> {
        match self {
            FaultBody::Scim => Some(ErrorForm::Scim),
            FaultBody::JsonApi => Some(ErrorForm::JsonApi),
            FaultBody::Plain => Some(ErrorForm::Plain),
            FaultBody::Html => Some(ErrorForm::Html),
            FaultBody::Empty => Some(ErrorForm::Empty),
            FaultBody::Malformed | FaultBody::Text | FaultBody::Object => None,
        }
    }
}

/// The connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Drop {
    /// Nothing was done.
    Before,
    /// Everything was done; no byte of the answer arrives.
    After,
    /// Everything was done; half of the answer arrives.
    MidBody,
    /// Everything was done; half of the answer arrives and then nothing, for as long as the client waits.
    Stall,
}

#[derive(Default)]
pub struct Faults {
    armed: Vec<Armed>,
    ever: u64,
}

struct Armed {
    fault: Fault,
    number: u64,
    matched: u64,
}

pub struct Incoming<'a> {
    pub method: &'a str,
    /// After the base address.
    pub path: &'a str,
    pub query: &'a str,
    pub body: &'a [u8],
}

impl Faults {
    pub fn add(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            self.ever += 1;
            self.armed.push(Armed {
                fault,
                number: self.ever,
                matched: 0,
            });
        }
    }

    pub fn clear(&mut self) {
        self.armed.clear();
    }

    /// What is armed, and how often each matched.
    pub fn list(&self) -> Vec<Value> {
        let describe = |armed: &Armed| serde_json::json!({ "number": armed.number, "matched": armed.matched, "fault": armed.fault });
        self.armed.iter().map(describe).collect()
    }

    /// The fault that strikes this request, with its name for the log.
    pub fn strike(&mut self, incoming: &Incoming<'_>) -> Option<(Fault, String)> {
        let mut struck = None;
        for armed in &mut self.armed {
            if !matches(&armed.fault, incoming) {
                continue;
            }
            armed.matched += 1;
            let first = armed.fault.nth.unwrap_or(1).max(1);
            let count = armed.fault.count.unwrap_or(1);
            let within = armed.matched >= first && (count == 0 || armed.matched < first + count);
            if within && struck.is_none() {
                let name = armed
                    .fault
                    .name
                    .clone()
                    .unwrap_or_else(|| armed.number.to_string());
                struck = Some((armed.fault.clone(), name));
            }
        }
        struck
    }
}

fn matches(fault: &Fault, incoming: &Incoming<'_>) -> bool {
    let method = fault
        .method
        .as_ref()
        .is_none_or(|method| method.eq_ignore_ascii_case(incoming.method));
    let path = fault.path.as_ref().is_none_or(|path| {
        if fault.exact {
            incoming.path == path
        } else {
            incoming.path.contains(path.as_str())
        }
    });
    let query = fault
        .query
        .as_ref()
        .is_none_or(|query| incoming.query.contains(query.as_str()));
    let body = fault
        .body_contains
        .as_ref()
        .is_none_or(|part| String::from_utf8_lossy(incoming.body).contains(part.as_str()));
    method && path && query && body
}
