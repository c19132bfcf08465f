//! ServiceProviderConfig (RFC 7643 section 5, RFC 9865 section 4), read leniently: what is not declared is not supported.

use serde::{Deserialize, Serialize};

use crate::bulk::BulkLimits;

/// What a service says it can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceConfig {
    pub patch: bool,
    /// `None` if Bulk is not supported.
    pub bulk: Option<BulkLimits>,
    pub filter: bool,
    /// Most resources in one filtered answer.
    pub filter_max_results: Option<u32>,
    pub sort: bool,
    pub etag: bool,
    pub change_password: bool,
    /// Absent if the service says nothing about paging, as most do.
    pub pagination: Option<Pagination>,
    /// Names or types of the ways to sign in, as declared.
    pub authentication: Vec<String>,
    pub documentation: Option<String>,
    /// The answer as it came, for people who want to see it.
    pub raw: String,
}

/// RFC 9865 section 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pagination {
    pub cursor: bool,
    pub index: bool,
    /// Whether a listing without either parameter is paged by cursor.
    pub cursor_by_default: bool,
    pub default_page_size: Option<u32>,
    pub max_page_size: Option<u32>,
    /// How long a cursor is good for, at least, in seconds.
    pub cursor_timeout: Option<u32>,
}
