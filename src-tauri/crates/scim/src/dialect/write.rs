//! Values onto the wire, in the forms the standard and the service want.

use serde_json::{Map, Value};

use super::key::{AttributeKey, Part};
use super::read::{boolean, date, integer};
use super::{Clearing, Dialect, Kind, Shape};
use crate::patch::{Operation, Patch};
use crate::resource::Resource;

/// One attribute to set, or with `None` to clear. The value is canonical text of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub key: AttributeKey,
    pub kind: Kind,
    pub value: Option<String>,
}

impl Change {
    pub fn new(key: impl Into<AttributeKey>, kind: Kind, value: Option<&str>) -> Change {
        Change {
            key: key.into(),
            kind,
            value: value.map(str::to_owned),
        }
    }
}

/// The value as JSON: booleans and integers as such, dates and references in the service's form. Text that does not fit its kind
/// is sent as text, for the service to judge.
pub fn to_wire(key: &AttributeKey, kind: Kind, value: &str, dialect: &Dialect) -> Value {
    match kind {
        Kind::Option | Kind::Text => Value::from(value),
        Kind::Boolean => boolean(value).map_or_else(|| Value::from(value), Value::from),
        Kind::Number => integer(value)
            .and_then(|digits| digits.parse::<i64>().ok())
            .map_or_else(|| Value::from(value), Value::from),
        Kind::Date => match date(value) {
            Some((day, "")) => Value::from(format!("{day}{}", dialect.date_form(key).suffix)),
            _ => Value::from(value),
        },
        Kind::Employee => match dialect.reference_form(key).shape {
            Shape::Text => Value::from(value),
            Shape::Object => serde_json::json!({ "value": value }),
        },
    }
}

/// The PATCH that makes `changes`. `current` is the person as last read: e-mail addresses and phone numbers are replaced as a whole
/// list, so that the other entries and their unknown members stay.
pub fn patch(current: Option<&Resource>, changes: &[Change], dialect: &Dialect) -> Patch {
    let mut operations: Vec<Operation> = Vec::new();
    let mut pathless: Map<String, Value> = Map::new();
    let mut lists: Vec<&str> = Vec::new();
    for change in changes {
        let Change { key, kind, value } = change;
        let wire = value
            .as_deref()
            .map(|value| to_wire(key, *kind, value, dialect));
        match key.part() {
            Part::Element { attribute, .. } => {
                if !lists.contains(&attribute) {
                    lists.push(attribute);
                }
            }
            Part::Extension { urn, name } if !key.is_legal_path() || by_null(change, dialect) => {
                let members = pathless
                    .entry(urn)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(members) = members {
                    // Null is unassigned (RFC 7643 section 2.5).
                    members.insert(name.to_owned(), wire.unwrap_or(Value::Null));
                }
            }
            Part::Whole(_) | Part::Sub { .. } | Part::Extension { .. } => {
                operations.push(match wire {
                    Some(wire) => Operation::replace(key.as_str(), wire),
                    None if by_null(change, dialect) => {
                        Operation::replace(key.as_str(), Value::Null)
                    }
                    None => Operation::remove(key.as_str()),
                })
            }
        }
    }
    for attribute in lists {
        let of_list: Vec<Change> = changes
            .iter()
            .filter(|change| belongs_to(&change.key, attribute))
            .cloned()
            .collect();
        let mut after = current.cloned().unwrap_or_default();
        apply(&mut after, &of_list, dialect);
        operations.push(match after.member(attribute) {
            Some(list) => Operation::replace(attribute, list),
            None if dialect.clearing == Clearing::Null => {
                Operation::replace(attribute, Value::Array(Vec::new()))
            }
            None => Operation::remove(attribute),
        });
    }
    if !pathless.is_empty() {
        operations.push(Operation::replace_members(Value::Object(pathless)));
    }
    Patch::new(operations)
}

fn by_null(change: &Change, dialect: &Dialect) -> bool {
    change.value.is_none() && dialect.clearing == Clearing::Null
}

fn belongs_to(key: &AttributeKey, list: &str) -> bool {
    matches!(key.part(), Part::Element { attribute, .. } if attribute == list)
}

/// Makes `changes` in a record, for a PUT or to know what a write should lead to. Everything else stays byte for byte.
pub fn apply(resource: &mut Resource, changes: &[Change], dialect: &Dialect) {
    for Change { key, kind, value } in changes {
        resource.set(
            key,
            value
                .as_deref()
                .map(|value| to_wire(key, *kind, value, dialect)),
        );
    }
}

/// A new person. `active` is always sent: what a service assumes without it differs.
pub fn build(values: &[Change], dialect: &Dialect) -> Resource {
    let mut resource = Resource::user();
    let active = AttributeKey::new("active");
    if !values
        .iter()
        .any(|change| change.key == active && change.value.is_some())
    {
        resource.set(&active, Some(Value::Bool(true)));
    }
    let set: Vec<Change> = values
        .iter()
        .filter(|change| change.value.is_some())
        .cloned()
        .collect();
    apply(&mut resource, &set, dialect);
    resource
}
