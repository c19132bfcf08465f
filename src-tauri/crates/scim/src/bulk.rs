//! Bulk (RFC 7644 section 3.7). Saves round trips, not quota: each operation counts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Written;
use crate::endpoint::person_path;
use crate::error::{Error, Said};
use crate::patch::Patch;
use crate::reply::{self, Trouble, status_code};
use crate::resource::{Resource, as_text, find};
use crate::transport::refused;

/// What the service declares about Bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkLimits {
    /// Operations in one request.
    pub max_operations: u32,
    /// Bytes in one request.
    pub max_payload: u32,
}

/// One write inside a bulk request. Operations must not depend on each other: services may carry them out in any order.
#[derive(Clone, Debug, PartialEq)]
pub enum BulkOperation {
    Create(Resource),
    Replace {
        id: String,
        resource: Resource,
        etag: Option<String>,
    },
    Patch {
        id: String,
        patch: Patch,
        etag: Option<String>,
    },
    Delete {
        id: String,
        etag: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkMethod {
    Post,
    Put,
    Patch,
    Delete,
}

/// What came of one operation.
#[derive(Clone, Debug)]
pub struct BulkOutcome {
    /// Its place in the list given to [`crate::Client::bulk`].
    pub at: usize,
    pub result: Result<Written, Error>,
}

/// An operation as it goes out.
pub(crate) struct Entry {
    pub at: usize,
    method: BulkMethod,
    path: String,
    text: String,
}

impl BulkOperation {
    /// The verb it goes by inside the request (RFC 7644 section 3.7).
    pub fn method(&self) -> BulkMethod {
        match self {
            BulkOperation::Create(_) => BulkMethod::Post,
            BulkOperation::Replace { .. } => BulkMethod::Put,
            BulkOperation::Patch { .. } => BulkMethod::Patch,
            BulkOperation::Delete { .. } => BulkMethod::Delete,
        }
    }
}

impl BulkMethod {
    fn name(self) -> &'static str {
        match self {
            BulkMethod::Post => "POST",
            BulkMethod::Put => "PUT",
            BulkMethod::Patch => "PATCH",
            BulkMethod::Delete => "DELETE",
        }
    }
}

const HEAD: &str =
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:BulkRequest\"],\"Operations\":[";
const TAIL: &str = "]}";

/// The operations cut into requests the service accepts. One operation larger than a request may be goes alone, for the service to
/// refuse.
pub(crate) fn batches(operations: &[BulkOperation], limits: BulkLimits) -> Vec<Vec<Entry>> {
    let most = usize::try_from(limits.max_operations)
        .unwrap_or(usize::MAX)
        .max(1);
    let room = usize::try_from(limits.max_payload).unwrap_or(usize::MAX);
    let mut batches: Vec<Vec<Entry>> = Vec::new();
    let mut size = 0;
    for (at, operation) in operations.iter().enumerate() {
        let entry = entry(at, operation);
        let fits = batches
            .last()
            .is_some_and(|batch| batch.len() < most && size + entry.text.len() < room);
        if !fits {
            batches.push(Vec::new());
            size = HEAD.len() + TAIL.len();
        }
        size += entry.text.len() + 1;
        batches
            .last_mut()
            .expect("BUG: a batch was just made")
            .push(entry);
    }
    batches
}

fn entry(at: usize, operation: &BulkOperation) -> Entry {
    let (id, data, etag) = match operation {
        BulkOperation::Create(resource) => (None, Some(resource.raw().to_owned()), &None),
        BulkOperation::Replace { id, resource, etag } => {
            (Some(id), Some(resource.raw().to_owned()), etag)
        }
        BulkOperation::Patch { id, patch, etag } => (Some(id), Some(patch.to_json()), etag),
        BulkOperation::Delete { id, etag } => (Some(id), None, etag),
    };
    let method = operation.method();
    let path = person_path(id.map(String::as_str));
    // By hand, so that a record's text stays as it is.
    let mut text = format!(
        "{{\"method\":\"{}\",\"bulkId\":\"{}\",\"path\":{}",
        method.name(),
        bulk_id(at),
        Value::from(path.as_str())
    );
    if let Some(etag) = etag {
        text.push_str(&format!(",\"version\":{}", Value::from(etag.as_str())));
    }
    if let Some(data) = data {
        text.push_str(&format!(",\"data\":{data}"));
    }
    text.push('}');
    Entry {
        at,
        method,
        path,
        text,
    }
}

fn bulk_id(at: usize) -> String {
    format!("op{at}")
}

/// The text of one request with all of these operations.
pub fn bulk_text(operations: &[BulkOperation]) -> String {
    let batch: Vec<Entry> = operations
        .iter()
        .enumerate()
        .map(|(at, operation)| entry(at, operation))
        .collect();
    body(&batch)
}

pub(crate) fn body(batch: &[Entry]) -> String {
    let texts: Vec<&str> = batch.iter().map(|entry| entry.text.as_str()).collect();
    format!("{HEAD}{}{TAIL}", texts.join(","))
}

/// What came of each operation, in the order sent. One the service says nothing about is ambiguous.
pub(crate) fn outcomes(
    text: &str,
    batch: &[Entry],
    host: &str,
    request_id: Option<&str>,
    masked: &dyn Fn(Said) -> Said,
) -> Result<Vec<BulkOutcome>, Trouble> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| Trouble::Malformed(error.to_string()))?;
    let list = value
        .as_object()
        .and_then(|object| find(object, "Operations", true))
        .and_then(Value::as_array);
    let Some(list) = list else {
        return Err(Trouble::NotScim("data of another kind".to_owned()));
    };
    let mut free: Vec<Option<&Value>> = list.iter().map(Some).collect();
    let mut take = |matches: &dyn Fn(&Value) -> bool| {
        free.iter_mut()
            .find(|answer| answer.is_some_and(matches))
            .and_then(Option::take)
    };
    let member = |answer: &Value, name: &str| {
        answer
            .as_object()
            .and_then(|object| find(object, name, true))
            .and_then(as_text)
    };
    // By bulkId first, for all, so that no answer is taken for another's; then by address.
    let by_id: Vec<Option<&Value>> = batch
        .iter()
        .map(|entry| {
            take(&|answer| member(answer, "bulkId").as_deref() == Some(&bulk_id(entry.at)))
        })
        .collect();
    let answers: Vec<Option<&Value>> = batch
        .iter()
        .zip(by_id)
        .map(|(entry, found)| {
            found.or_else(|| {
                (entry.method != BulkMethod::Post)
                    .then(|| {
                        take(&|answer| {
                            member(answer, "bulkId").is_none()
                                && member(answer, "location").is_some_and(|at| {
                                    at.trim_end_matches('/').ends_with(&entry.path)
                                })
                        })
                    })
                    .flatten()
            })
        })
        .collect();
    Ok(batch
        .iter()
        .zip(answers)
        .map(|(entry, answer)| {
            let result = match answer {
                Some(answer) => outcome(answer, entry, host, request_id, masked),
                None => Err(unanswered(host, "its bulk answer leaves out this change")),
            };
            BulkOutcome {
                at: entry.at,
                result,
            }
        })
        .collect())
}

fn unanswered(host: &str, detail: &str) -> Error {
    Error::Ambiguous(Box::new(Error::Malformed {
        host: host.to_owned(),
        detail: detail.to_owned(),
    }))
}

fn outcome(
    answer: &Value,
    entry: &Entry,
    host: &str,
    request_id: Option<&str>,
    masked: &dyn Fn(Said) -> Said,
) -> Result<Written, Error> {
    let object = answer
        .as_object()
        .ok_or_else(|| unanswered(host, "its bulk answer is not an object"))?;
    let status = find(object, "status", true)
        .and_then(status_code)
        .ok_or_else(|| unanswered(host, "its bulk answer has no status for this change"))?;
    let response = find(object, "response", true).filter(|response| response.is_object());
    if (200..300).contains(&status) {
        return Ok(Written {
            resource: response.and_then(|response| Resource::parse(&response.to_string()).ok()),
            status,
            etag: find(object, "version", true).and_then(as_text),
            location: find(object, "location", true).and_then(as_text),
            request_id: request_id.map(str::to_owned),
        });
    }
    let body = response.map(Value::to_string).unwrap_or_default();
    let said = masked(Said {
        request_id: request_id.map(str::to_owned),
        ..reply::said(status, "application/json", body.as_bytes())
    });
    let error = refused(
        host.to_owned(),
        entry.method.name(),
        &entry.path,
        said,
        None,
    );
    Err(match error {
        error @ Error::Server { .. } => Error::Ambiguous(Box::new(error)),
        error => error,
    })
}
