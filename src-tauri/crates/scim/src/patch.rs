//! PATCH (RFC 7644 section 3.5.2), as the standard writes it.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

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
    pub value: Option<JsonText>,
}

/// A value as it goes out. What came from the service keeps its text: numbers and escapes are not rewritten.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct JsonText(Box<RawValue>);

impl JsonText {
    /// `None` if the text is not JSON.
    pub fn parse(text: String) -> Option<JsonText> {
        RawValue::from_string(text).ok().map(JsonText)
    }

    /// The text as it goes out.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl From<Value> for JsonText {
    fn from(value: Value) -> JsonText {
        JsonText::parse(value.to_string()).expect("BUG: a value is written as JSON")
    }
}

impl PartialEq for JsonText {
    fn eq(&self, other: &JsonText) -> bool {
        self.as_str() == other.as_str()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    Add,
    Replace,
    Remove,
}

impl Patch {
    /// In this order (RFC 7644 section 3.5.2).
    pub fn new(operations: Vec<Operation>) -> Patch {
        Patch {
            schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            operations,
        }
    }

    /// Whether it takes anything away by `remove`.
    pub fn removes(&self) -> bool {
        let mut operations = self.operations.iter();
        operations.any(|operation| operation.op == Op::Remove)
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
    /// `replace` at a path; a list is replaced whole (RFC 7644 section 3.5.2.3).
    pub fn replace(path: impl Into<String>, value: impl Into<JsonText>) -> Operation {
        Operation {
            op: Op::Replace,
            path: Some(path.into()),
            value: Some(value.into()),
        }
    }

    /// Replaces the members that `value` names and leaves the others alone.
    pub fn replace_members(value: Value) -> Operation {
        Operation {
            op: Op::Replace,
            path: None,
            value: Some(value.into()),
        }
    }

    /// `remove` at a path (RFC 7644 section 3.5.2.2).
    pub fn remove(path: impl Into<String>) -> Operation {
        Operation {
            op: Op::Remove,
            path: Some(path.into()),
            value: None,
        }
    }
}
