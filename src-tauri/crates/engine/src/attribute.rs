//! What a directory's columns are: discovered, never hard-coded.

use serde::{Deserialize, Serialize};
use specta::Type;
use store::{Store, StoredAttribute};

use crate::{
    error::Result,
    ids::{AttributeId, ConnectionId},
    text::{stored_word, word},
};

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
    /// Days since somebody was last seen in a source of evidence; laid beside the values.
    DaysSeen,
    /// What the sources say of somebody, in words; laid beside the values.
    Evidence,
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

impl Kind {
    /// As the store keeps it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Option => "option",
            Self::Date => "date",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Employee => "employee",
        }
    }

    /// What the protocol calls it.
    pub(crate) fn wire(self) -> scim::Kind {
        match self {
            Self::Text => scim::Kind::Text,
            Self::Option => scim::Kind::Option,
            Self::Date => scim::Kind::Date,
            Self::Number => scim::Kind::Number,
            Self::Boolean => scim::Kind::Boolean,
            Self::Employee => scim::Kind::Employee,
        }
    }

    pub(crate) fn of_wire(kind: scim::Kind) -> Self {
        match kind {
            scim::Kind::Text => Self::Text,
            scim::Kind::Option => Self::Option,
            scim::Kind::Date => Self::Date,
            scim::Kind::Number => Self::Number,
            scim::Kind::Boolean => Self::Boolean,
            scim::Kind::Employee => Self::Employee,
        }
    }
}

impl Role {
    /// What the protocol calls it.
    pub(crate) fn of_wire(role: scim::Role) -> Self {
        match role {
            scim::Role::GivenName => Self::GivenName,
            scim::Role::FamilyName => Self::FamilyName,
            scim::Role::FormattedName | scim::Role::DisplayName => Self::DisplayName,
            scim::Role::UserName => Self::UserName,
            scim::Role::Email => Self::Email,
            scim::Role::ExternalId => Self::ExternalId,
            scim::Role::EmployeeNumber => Self::EmployeeNumber,
            scim::Role::Active => Self::Active,
            scim::Role::Manager => Self::Manager,
            scim::Role::StartDate => Self::StartDate,
            scim::Role::SeparationDate => Self::SeparationDate,
            scim::Role::SeparationReason => Self::SeparationReason,
            scim::Role::Department => Self::Department,
            scim::Role::Title => Self::Title,
            scim::Role::Location => Self::Location,
            scim::Role::Country => Self::Country,
            scim::Role::Gender => Self::Gender,
            scim::Role::BirthDate => Self::BirthDate,
            scim::Role::Phone => Self::Phone,
            scim::Role::Locale => Self::Locale,
            scim::Role::Timezone => Self::TimeZone,
        }
    }

    /// As the store keeps it, which is as the page reads it.
    pub(crate) fn text(self) -> String {
        word(self)
    }
}

fn derived(id: AttributeId, label: &str, kind: Kind, role: Role) -> Attribute {
    Attribute {
        id,
        key: String::new(),
        label: label.to_owned(),
        kind,
        role: Some(role),
        writable: false,
        required: false,
        filled: 0,
        distinct: 0,
    }
}

/// Laid beside the values once there is a source of evidence.
pub(crate) fn days_seen() -> Attribute {
    derived(
        AttributeId::DAYS_SEEN,
        "Days since seen",
        Kind::Number,
        Role::DaysSeen,
    )
}

/// Laid beside the values once there is a source of evidence.
pub(crate) fn evidence() -> Attribute {
    derived(
        AttributeId::EVIDENCE,
        "Evidence",
        Kind::Text,
        Role::Evidence,
    )
}

/// The attributes of a connection that are there now: the derived ones, then in the order of their ids.
pub(crate) fn of_connection(store: &Store, connection: ConnectionId) -> Result<Vec<Attribute>> {
    let stored = store.read(|reader| reader.attributes(connection.0))?;
    let mut attributes = vec![
        derived(AttributeId::NAME, "Name", Kind::Text, Role::Name),
        derived(AttributeId::STATUS, "Status", Kind::Option, Role::Status),
    ];
    for stored in stored.into_iter().filter(|stored| stored.present) {
        attributes.push(from_stored(stored)?);
    }
    Ok(attributes)
}

/// # Errors
/// [`store::Error::Damaged`] when its kind or role is none: a date read as a text would be sent as one.
pub(crate) fn from_stored(stored: StoredAttribute) -> store::Result<Attribute> {
    let of_it = |what: &str| format!("{what} of the attribute {}", stored.label);
    let role = stored.role.as_deref();
    let role = role.map(|role| stored_word(of_it("role"), role));
    Ok(Attribute {
        id: AttributeId(stored.id),
        kind: stored_word(of_it("kind"), &stored.kind)?,
        role: role.transpose()?,
        key: stored.key,
        label: stored.label,
        writable: stored.writable,
        required: stored.required,
        filled: 0,
        distinct: 0,
    })
}
