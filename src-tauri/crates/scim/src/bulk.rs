//! Bulk (RFC 7644 section 3.7). Saves round trips, not quota: each operation counts.

use serde::{Deserialize, Serialize};

use crate::client::Written;
use crate::error::Error;
use crate::patch::Patch;
use crate::resource::Resource;

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

impl BulkOperation {
    pub fn method(&self) -> BulkMethod {
        match self {
            BulkOperation::Create(_) => BulkMethod::Post,
            BulkOperation::Replace { .. } => BulkMethod::Put,
            BulkOperation::Patch { .. } => BulkMethod::Patch,
            BulkOperation::Delete { .. } => BulkMethod::Delete,
        }
    }
}
