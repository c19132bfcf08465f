//! PATCH (RFC 7644 section 3.5.2), as the standard writes it.

use serde::Serialize;
use serde_json::Value;

/// One PATCH request: all of it happens or none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Patch {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    pub operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operation {
    pub op: Op,
    /// Absent for values whose names can't be written as a path (a space in the name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    Add,
    Replace,
    Remove,
}

impl Patch {
    pub fn new(operations: Vec<Operation>) -> Patch {
        Patch {
            schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            operations,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The body as sent.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("BUG: a patch is plain JSON")
    }
}

impl Operation {
    pub fn replace(path: impl Into<String>, value: Value) -> Operation {
        Operation {
            op: Op::Replace,
            path: Some(path.into()),
            value: Some(value),
        }
    }

    /// Replaces the members that `value` names and leaves the others alone.
    pub fn replace_members(value: Value) -> Operation {
        Operation {
            op: Op::Replace,
            path: None,
            value: Some(value),
        }
    }

    pub fn remove(path: impl Into<String>) -> Operation {
        Operation {
            op: Op::Remove,
            path: Some(path.into()),
            value: None,
        }
    }
}
