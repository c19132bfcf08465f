//! What a directory's columns are: discovered, never hard-coded.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::ids::AttributeId;

/// How an attribute's values are read, sorted, edited and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    /// A value from a set; its people form a segment.
    Option,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// An integer.
    Number,
    Boolean,
    /// Another person, as the service writes it (Peakon: the e-mail).
    Employee,
}

/// What an attribute means to Muster, whatever this company calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Name,
    Status,
    GivenName,
    FamilyName,
    DisplayName,
    UserName,
    Email,
    EmployeeNumber,
    ExternalId,
    Active,
    Manager,
    StartDate,
    SeparationDate,
    SeparationReason,
    BirthDate,
    Gender,
    Department,
    Location,
    Country,
    Title,
    Phone,
    Locale,
    TimeZone,
}

/// One column of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Attribute {
    pub id: AttributeId,
    /// SCIM path, or the extension's URN, a colon and the name as the company writes it. Empty for the
    /// derived ones.
    pub key: String,
    pub label: String,
    pub kind: Kind,
    pub role: Option<Role>,
    /// False for derived and read-only ones.
    pub writable: bool,
    pub required: bool,
    /// How many people have a value.
    pub filled: u32,
    /// How many different values there are.
    pub distinct: u32,
}
