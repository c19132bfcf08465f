//! What a service calls its attributes, and the forms it wants them in. Nothing about a company is known in advance: attributes
//! come from its Schemas and from the people it shows.

mod discover;
mod forms;
pub(crate) mod key;
mod observe;
mod read;
mod role;
mod write;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use discover::{Discovered, discover};
pub use forms::{Forms, Leaves, Values};
pub use key::{AttributeKey, ENTERPRISE_SCHEMA, PEAKON_SCHEMA};
pub use observe::observe;
pub use read::{Borrowed, Reader, Reading, Slots, read};
pub use role::Role;
pub use write::{Change, apply, build, patch, to_wire};

/// What an attribute holds. A value is text everywhere in Muster; the kind says which text is canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// One of a list; people who share a value form a segment.
    Option,
    Text,
    /// `YYYY-MM-DD`.
    Date,
    /// A decimal integer.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Another person: what is on the wire, usually an e-mail address.
    Employee,
}

/// How this service wants values written, learned from what it shows. Kept with the connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Dialect {
    /// Per attribute, from existing values; otherwise the attribute's default form.
    pub dates: BTreeMap<AttributeKey, DateForm>,
    /// How people point at other people, per attribute.
    pub references: BTreeMap<AttributeKey, ReferenceForm>,
    pub writing: Writing,
    pub clearing: Clearing,
}

/// A date on the wire: the day followed by this, such as `T00:00:00Z`, or by nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateForm {
    /// What follows the day.
    pub suffix: String,
}

impl Default for DateForm {
    /// What Peakon documents: an ISO 8601 date-time.
    fn default() -> DateForm {
        DateForm {
            suffix: "T00:00:00Z".to_owned(),
        }
    }
}

/// How a person is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceForm {
    pub shape: Shape,
    pub by: ReferenceBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Shape {
    /// `"ana@example.com"`
    Text,
    /// `{"value": "ana@example.com"}`
    Object,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReferenceBy {
    Email,
    /// The service's own id.
    Id,
    /// Nobody has one yet, or it fits neither.
    Unknown,
}

/// How a single value is taken away. A name that cannot stand in a path leaves only null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Clearing {
    /// By removing the attribute (RFC 7644 section 3.5.2.2).
    #[default]
    Remove,
    /// By null, or an empty list, which is the same as unassigned (RFC 7643 section 2.5), for a service that refuses to
    /// remove.
    Null,
}

/// How somebody who is there is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Writing {
    /// Attribute by attribute (RFC 7644 section 3.5.2).
    #[default]
    Patch,
    /// The whole record (RFC 7644 section 3.5.1), for a service that offers nothing else.
    Replace,
}
