//! Schemas (RFC 7643 section 7), read leniently.

use serde::{Deserialize, Serialize};

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
    pub fn sub_attribute(&self, name: &str) -> Option<&SchemaAttribute> {
        self.sub_attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    pub fn is_writable(&self) -> bool {
        !self.mutability.eq_ignore_ascii_case("readOnly")
            && !self.mutability.eq_ignore_ascii_case("immutable")
    }
}
