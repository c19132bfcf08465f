//! Schemas (RFC 7643 section 7), read leniently.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::resource::{as_text, find};

/// A schema as the service describes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schema {
    /// The URN.
    pub id: String,
    pub name: String,
    pub description: String,
    pub attributes: Vec<SchemaAttribute>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SchemaAttribute {
    pub name: String,
    pub description: String,
    /// `type` as sent: `string`, `boolean`, `decimal`, `integer`, `dateTime`, `reference`, `complex`, `binary` or a service's own.
    pub kind: String,
    pub multi_valued: bool,
    pub required: bool,
    /// `readWrite` where nothing is said (RFC 7643 section 2.2).
    pub mutability: String,
    pub returned: String,
    pub canonical_values: Vec<String>,
    pub reference_types: Vec<String>,
    pub sub_attributes: Vec<SchemaAttribute>,
}

impl Schema {
    /// The core User schema.
    pub fn is_user(&self) -> bool {
        let id = self.id.to_ascii_lowercase();
        id == "urn:ietf:params:scim:schemas:core:2.0:user" || id == "urn:scim:schemas:core:1.0:user"
    }

    /// A schema that adds attributes to people: not a core one, not one of the protocol's own, not one of groups.
    pub fn is_user_extension(&self) -> bool {
        let id = self.id.to_ascii_lowercase();
        id.starts_with("urn:")
            && !id.contains(":schemas:core:")
            && !id.contains(":api:messages:")
            && !id.ends_with(":group")
            && !self.attributes.is_empty()
    }

    /// `userName`, or with a dot a sub-attribute.
    pub fn attribute(&self, path: &str) -> Option<&SchemaAttribute> {
        let (name, rest) = path
            .split_once('.')
            .map_or((path, None), |(name, rest)| (name, Some(rest)));
        let attribute = self
            .attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))?;
        match rest {
            Some(rest) => attribute.sub_attribute(rest),
            None => Some(attribute),
        }
    }
}

impl SchemaAttribute {
    /// A part of a complex attribute, in any letter case (RFC 7643 section 2.1).
    pub fn sub_attribute(&self, name: &str) -> Option<&SchemaAttribute> {
        self.sub_attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// Whether `mutability` lets a client change it (RFC 7643 section 2.2).
    pub fn is_writable(&self) -> bool {
        !self.mutability.eq_ignore_ascii_case("readOnly")
            && !self.mutability.eq_ignore_ascii_case("immutable")
    }
}

impl Schema {
    /// `None` if it has no id: there is no telling what its attributes belong to.
    pub(crate) fn parse(text: &str) -> Option<Schema> {
        let Value::Object(object) = serde_json::from_str(text).ok()? else {
            return None;
        };
        let id = ["id", "schema", "urn", "uri"]
            .iter()
            .find_map(|name| find(&object, name, true).and_then(as_text))?;
        Some(Schema {
            id,
            name: text_of(&object, "name"),
            description: text_of(&object, "description"),
            attributes: attributes(find(&object, "attributes", true), 0),
        })
    }
}

/// A list of attributes, or an object with the names as keys.
fn attributes(value: Option<&Value>, depth: u8) -> Vec<SchemaAttribute> {
    // Sub-attributes have none of their own (RFC 7643 section 2.3.8); one level more is tolerated, not a bottomless pit.
    if depth > 2 {
        return Vec::new();
    }
    match value {
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(Value::as_object)
            .filter_map(|object| attribute(object, None, depth))
            .collect(),
        Some(Value::Object(named)) => named
            .iter()
            .filter_map(|(name, value)| attribute(value.as_object()?, Some(name), depth))
            .collect(),
        _ => Vec::new(),
    }
}

fn attribute(object: &Map<String, Value>, key: Option<&str>, depth: u8) -> Option<SchemaAttribute> {
    let name = find(object, "name", true)
        .and_then(as_text)
        .or_else(|| key.map(str::to_owned))
        .filter(|name| !name.is_empty())?;
    Some(SchemaAttribute {
        name,
        description: text_of(object, "description"),
        kind: find(object, "type", true)
            .and_then(as_text)
            .unwrap_or_else(|| "string".to_owned()),
        multi_valued: flag(object, "multiValued"),
        required: flag(object, "required"),
        mutability: find(object, "mutability", true)
            .and_then(as_text)
            .unwrap_or_else(|| "readWrite".to_owned()),
        returned: text_of(object, "returned"),
        canonical_values: texts(object, "canonicalValues"),
        reference_types: texts(object, "referenceTypes"),
        sub_attributes: attributes(find(object, "subAttributes", true), depth + 1),
    })
}

fn text_of(object: &Map<String, Value>, name: &str) -> String {
    find(object, name, true)
        .and_then(as_text)
        .unwrap_or_default()
}

fn texts(object: &Map<String, Value>, name: &str) -> Vec<String> {
    match find(object, name, true) {
        Some(Value::Array(list)) => list.iter().filter_map(as_text).collect(),
        Some(one) => as_text(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn flag(object: &Map<String, Value>, name: &str) -> bool {
    find(object, name, true)
        .and_then(as_text)
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
