//! ServiceProviderConfig (RFC 7643 section 5, RFC 9865 section 4), read leniently: what is not declared is not supported.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bulk::BulkLimits;
use crate::reply::Trouble;
use crate::resource::{as_text, find};

/// What a service says it can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceConfig {
    /// `None` where the service does not speak of it; the standard wants it said.
    pub patch: Option<bool>,
    /// `None` if Bulk is not supported.
    pub bulk: Option<BulkLimits>,
    /// RFC 7644 section 3.4.2.2.
    pub filter: bool,
    /// Most resources in one filtered answer.
    pub filter_max_results: Option<u32>,
    /// RFC 7644 section 3.4.2.3.
    pub sort: bool,
    /// Versions and `If-Match` (RFC 7644 section 3.14).
    pub etag: bool,
    /// RFC 7644 section 4 has it declared; Muster changes none.
    pub change_password: bool,
    /// Absent if the service says nothing about paging, as most do.
    pub pagination: Option<Pagination>,
    /// Names or types of the ways to sign in, as declared.
    pub authentication: Vec<String>,
    /// Where people may read about it, as declared.
    pub documentation: Option<String>,
    /// The answer as it came, for people who want to see it.
    pub raw: String,
}

/// RFC 9865 section 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pagination {
    /// `cursor` and `count` (RFC 9865 section 2).
    pub cursor: bool,
    /// `startIndex` and `count` (RFC 7644 section 3.4.2.4).
    pub index: bool,
    /// Whether a listing without either parameter is paged by cursor.
    pub cursor_by_default: bool,
    /// People on a page when the request names no number.
    pub default_page_size: Option<u32>,
    /// Most people on a page.
    pub max_page_size: Option<u32>,
    /// How long a cursor is good for, at least, in seconds.
    pub cursor_timeout: Option<u32>,
}

impl ServiceConfig {
    /// The object itself, or the first of a list in whatever envelope.
    pub(crate) fn parse(text: &str) -> Result<ServiceConfig, Trouble> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| Trouble::Malformed(error.to_string()))?;
        let object = match &value {
            Value::Object(object) => match find(object, "Resources", true) {
                Some(Value::Array(list)) => list.first().and_then(Value::as_object),
                _ => Some(object),
            },
            Value::Array(list) => list.first().and_then(Value::as_object),
            _ => None,
        };
        let known = [
            "patch",
            "bulk",
            "filter",
            "sort",
            "etag",
            "changePassword",
            "authenticationSchemes",
            "pagination",
            "schemas",
        ];
        let object = object
            .filter(|object| known.iter().any(|name| find(object, name, true).is_some()))
            .ok_or_else(|| Trouble::NotScim("data of another kind".to_owned()))?;
        Ok(ServiceConfig {
            patch: find(object, "patch", true).map(|_| supported(object, "patch")),
            bulk: supported(object, "bulk").then(|| {
                let bulk = find(object, "bulk", true).and_then(Value::as_object);
                let limit = |name| {
                    bulk.and_then(|bulk| count(bulk, name))
                        .filter(|limit| *limit > 0)
                };
                BulkLimits {
                    // A service that names no limit is not one without limits.
                    max_operations: limit("maxOperations").unwrap_or(100),
                    max_payload: limit("maxPayloadSize").unwrap_or(1_000_000),
                }
            }),
            filter: supported(object, "filter"),
            filter_max_results: find(object, "filter", true)
                .and_then(Value::as_object)
                .and_then(|filter| count(filter, "maxResults")),
            sort: supported(object, "sort"),
            etag: supported(object, "etag"),
            change_password: supported(object, "changePassword"),
            pagination: find(object, "pagination", true)
                .and_then(Value::as_object)
                .map(pagination),
            authentication: match find(object, "authenticationSchemes", true) {
                Some(Value::Array(list)) => list.iter().filter_map(scheme).collect(),
                Some(one) => scheme(one).into_iter().collect(),
                None => Vec::new(),
            },
            documentation: find(object, "documentationUri", true).and_then(as_text),
            raw: text.to_owned(),
        })
    }
}

fn pagination(object: &Map<String, Value>) -> Pagination {
    Pagination {
        cursor: find(object, "cursor", true).is_some_and(truth),
        index: find(object, "index", true).is_some_and(truth),
        cursor_by_default: find(object, "defaultPaginationMethod", true)
            .and_then(Value::as_str)
            .is_some_and(|method| method.eq_ignore_ascii_case("cursor")),
        default_page_size: count(object, "defaultPageSize"),
        max_page_size: count(object, "maxPageSize").filter(|size| *size > 0),
        cursor_timeout: count(object, "cursorTimeout"),
    }
}

/// `{"supported": true}`, also with `"true"`, also `true` alone.
fn supported(object: &Map<String, Value>, name: &str) -> bool {
    match find(object, name, true) {
        Some(Value::Object(inner)) => find(inner, "supported", true).is_some_and(truth),
        Some(other) => truth(other),
        None => false,
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => *truth,
        Value::String(text) => text.trim().eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn count(object: &Map<String, Value>, name: &str) -> Option<u32> {
    match find(object, name, true)? {
        Value::Number(number) => number
            .as_u64()
            .map(|n| u32::try_from(n).unwrap_or(u32::MAX)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn scheme(value: &Value) -> Option<String> {
    match value {
        Value::Object(object) => find(object, "type", true)
            .or_else(|| find(object, "name", true))
            .and_then(as_text),
        other => as_text(other),
    }
}
