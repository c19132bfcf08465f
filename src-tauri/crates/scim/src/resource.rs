//! One resource (a person), kept as it came.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::dialect::key::{AttributeKey, Part, is_core_multi_valued};
use crate::members::{Members, elements};

pub(crate) const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A SCIM resource. Holds the text it was read from; changing one attribute leaves every other member's text as it was, byte
/// for byte, numbers and escapes included.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Resource {
    text: Box<str>,
    id: Option<Box<str>>,
}

/// The text is not a JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("A record should be a JSON object, and this is not one: {0}")]
pub struct Unreadable(pub String);

impl Default for Resource {
    fn default() -> Resource {
        Resource {
            text: "{}".into(),
            id: None,
        }
    }
}

impl Resource {
    /// A new User: nothing but its schema.
    pub fn user() -> Resource {
        Resource {
            text: format!("{{\"schemas\":[\"{USER_SCHEMA}\"]}}").into(),
            id: None,
        }
    }

    pub fn parse(text: &str) -> Result<Resource, Unreadable> {
        let head: Head =
            serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
        Ok(Resource {
            text: text.into(),
            id: head.0.map(String::into_boxed_str),
        })
    }

    /// The service's id, as text even where it is sent as a number. Absent from a person not created yet.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The text as it came, or as changed.
    pub fn raw(&self) -> &str {
        &self.text
    }

    pub fn user_name(&self) -> Option<String> {
        self.text("userName")
    }

    /// `meta.version`, to be sent as `If-Match` where the service supports ETags (RFC 7644 section 3.14).
    pub fn etag(&self) -> Option<String> {
        let members = Members::parse(&self.text)?;
        let meta = Members::parse(members.get_any_case("meta")?)?;
        as_text(&serde_json::from_str(meta.get_any_case("version")?).ok()?)
    }

    /// Every e-mail address, whatever form `emails` takes.
    pub fn emails(&self) -> Vec<String> {
        let Some(members) = Members::parse(&self.text) else {
            return Vec::new();
        };
        let Some(raw) = members.get_any_case("emails") else {
            return Vec::new();
        };
        elements(raw)
            .iter()
            .filter_map(|element| match serde_json::from_str(element).ok()? {
                Value::String(text) => Some(text),
                Value::Object(object) => find(&object, "value", true).and_then(as_text),
                _ => None,
            })
            .collect()
    }

    /// A top-level attribute as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let members = Members::parse(&self.text)?;
        as_text(&serde_json::from_str(members.get_any_case(name)?).ok()?)
    }

    /// The whole record as JSON values. A member that is not readable (such as a string with half a surrogate pair) is left out.
    pub fn document(&self) -> Map<String, Value> {
        if let Ok(Value::Object(map)) = serde_json::from_str(&self.text) {
            return map;
        }
        let members = Members::parse(&self.text).unwrap_or_default();
        members
            .iter()
            .filter_map(|(name, raw)| Some((name.to_owned(), serde_json::from_str(raw).ok()?)))
            .collect()
    }

    /// The value on the wire. `null` counts as absent.
    pub fn get(&self, key: &AttributeKey) -> Option<Value> {
        lookup(&self.document(), key).cloned()
    }

    /// Sets one attribute and leaves everything else alone. `None` takes it away.
    pub fn set(&mut self, key: &AttributeKey, value: Option<Value>) {
        let mut members = Members::parse(&self.text).unwrap_or_default();
        match key.part() {
            Part::Core {
                attribute,
                rest: None,
            } => put(&mut members, attribute, value, true),
            Part::Core {
                attribute,
                rest: Some(rest),
            } if is_core_multi_valued(attribute) => {
                let (kind, sub) = rest.split_once('.').unwrap_or((rest, "value"));
                let list = change_element(members.get_any_case(attribute), kind, sub, value);
                match list {
                    Some(list) => members.set(attribute, list, true),
                    None => members.remove(attribute, true),
                }
            }
            Part::Core {
                attribute,
                rest: Some(rest),
            } => {
                let mut inner = members
                    .get_any_case(attribute)
                    .and_then(Members::parse)
                    .unwrap_or_default();
                put(&mut inner, rest, value, true);
                members.set(attribute, inner.to_text(), true);
            }
            Part::Extension { urn, name } => {
                let mut inner = members
                    .get_any_case(urn)
                    .and_then(Members::parse)
                    .unwrap_or_default();
                put(&mut inner, name, value, key.ignores_case());
                if inner.is_empty() {
                    members.remove(urn, true);
                } else {
                    members.set(urn, inner.to_text(), true);
                    declare_schema(&mut members, urn);
                }
            }
        }
        *self = Resource::parse(&members.to_text()).expect("BUG: members make an object");
    }

    /// Takes members away that a client may not write (RFC 7643 section 3.1), for a PUT.
    pub fn without_read_only(mut self) -> Resource {
        let mut members = Members::parse(&self.text).unwrap_or_default();
        for name in ["meta", "groups"] {
            members.remove(name, true);
        }
        self.text = members.to_text().into();
        self
    }
}

/// The value of an attribute in a record, tolerant of the forms services use.
pub(crate) fn lookup<'a>(
    document: &'a Map<String, Value>,
    key: &AttributeKey,
) -> Option<&'a Value> {
    let found = match key.part() {
        Part::Core {
            attribute,
            rest: None,
        } => find(document, attribute, true),
        Part::Core {
            attribute,
            rest: Some(rest),
        } if is_core_multi_valued(attribute) => {
            let (kind, sub) = rest.split_once('.').unwrap_or((rest, "value"));
            match pick(find(document, attribute, true)?, kind)? {
                Value::Object(object) => find(object, sub, true),
                text @ Value::String(_) if sub == "value" => Some(text),
                _ => None,
            }
        }
        Part::Core {
            attribute,
            rest: Some(rest),
        } => find(document, attribute, true)
            .and_then(Value::as_object)
            .and_then(|object| {
                find(object, rest, true).or_else(|| find(object, other_spelling(rest)?, true))
            })
            // Clients of one vendor send dotted keys, and some services give back what they were sent.
            .or_else(|| find(document, key.as_str(), true)),
        Part::Extension { urn, name } => find(document, urn, true)
            .and_then(Value::as_object)
            .and_then(|object| find(object, name, key.ignores_case()))
            .or_else(|| find(document, key.as_str(), key.ignores_case())),
    };
    found.filter(|value| !value.is_null())
}

/// Peakon's documentation shows `firstName` and `lastName` where the standard has `givenName` and `familyName`.
fn other_spelling(name: &str) -> Option<&'static str> {
    match name {
        "givenName" => Some("firstName"),
        "familyName" => Some("lastName"),
        _ => None,
    }
}

pub(crate) fn find<'a>(
    object: &'a Map<String, Value>,
    name: &str,
    any_case: bool,
) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        any_case
            .then(|| {
                object
                    .iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value)
            })
            .flatten()
    })
}

pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The element of a multi-valued attribute that stands for a type: the one of that type, else the primary one if it has no
/// type, else the only one without a type.
fn pick<'a>(value: &'a Value, kind: &str) -> Option<&'a Value> {
    match value {
        Value::Array(list) => {
            let at = choose(list.len(), |at| list[at].as_object(), kind)?;
            Some(&list[at])
        }
        Value::Object(object) => choose(1, |_| Some(object), kind).map(|_| value),
        Value::String(_) => Some(value),
        _ => None,
    }
}

fn choose<'a>(
    count: usize,
    object: impl Fn(usize) -> Option<&'a Map<String, Value>>,
    kind: &str,
) -> Option<usize> {
    let kind_of = |at: usize| {
        object(at)
            .and_then(|o| find(o, "type", true))
            .and_then(Value::as_str)
    };
    let is_primary = |at: usize| {
        object(at)
            .and_then(|o| find(o, "primary", true))
            .is_some_and(|primary| match primary {
                Value::Bool(truth) => *truth,
                Value::String(text) => text.eq_ignore_ascii_case("true"),
                _ => false,
            })
    };
    (0..count)
        .find(|&at| kind_of(at).is_some_and(|found| found.eq_ignore_ascii_case(kind)))
        .or_else(|| (0..count).find(|&at| kind_of(at).is_none() && is_primary(at)))
        .or_else(|| (0..count).find(|&at| kind_of(at).is_none()))
}

fn put(members: &mut Members, name: &str, value: Option<Value>, any_case: bool) {
    match value {
        Some(value) => members.set(name, value.to_string(), any_case),
        None => members.remove(name, any_case),
    }
}

/// The new text of a multi-valued attribute, always an array, or `None` if nothing is left.
fn change_element(
    raw: Option<&str>,
    kind: &str,
    sub: &str,
    value: Option<Value>,
) -> Option<String> {
    let mut list = raw.map(elements).unwrap_or_default();
    // A bare string stands for an object with that value.
    for element in &mut list {
        if let Ok(Value::String(text)) = serde_json::from_str(element) {
            *element = serde_json::json!({ "value": text }).to_string();
        }
    }
    let objects: Vec<Option<Map<String, Value>>> = list
        .iter()
        .map(|element| serde_json::from_str(element).ok())
        .collect();
    let at = choose(list.len(), |at| objects[at].as_ref(), kind);
    match (at, value) {
        (Some(at), Some(value)) => {
            let mut members = Members::parse(&list[at]).unwrap_or_default();
            members.set(sub, value.to_string(), true);
            list[at] = members.to_text();
        }
        (Some(at), None) if sub == "value" => {
            list.remove(at);
        }
        (Some(at), None) => {
            let mut members = Members::parse(&list[at]).unwrap_or_default();
            members.remove(sub, true);
            list[at] = members.to_text();
        }
        (None, Some(value)) => {
            let mut members = Members::default();
            members.set(sub, value.to_string(), true);
            members.set("type", Value::from(kind).to_string(), true);
            if list.is_empty() {
                members.set("primary", "true".to_owned(), true);
            }
            list.push(members.to_text());
        }
        (None, None) => {}
    }
    (!list.is_empty()).then(|| format!("[{}]", list.join(",")))
}

fn declare_schema(members: &mut Members, urn: &str) {
    let mut list = members
        .get_any_case("schemas")
        .map(elements)
        .unwrap_or_default();
    let declared = list.iter().any(|raw| {
        serde_json::from_str::<String>(raw).is_ok_and(|found| found.eq_ignore_ascii_case(urn))
    });
    if !declared {
        if list.is_empty() {
            list.push(Value::from(USER_SCHEMA).to_string());
        }
        list.push(Value::from(urn).to_string());
        members.set("schemas", format!("[{}]", list.join(",")), true);
    }
}

/// Reads only the id; everything else is checked to be JSON and skipped.
struct Head(Option<String>);

impl<'de> Deserialize<'de> for Head {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Head, D::Error> {
        struct HeadVisitor;

        impl<'de> serde::de::Visitor<'de> for HeadVisitor {
            type Value = Head;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Head, A::Error> {
                let mut id = None;
                let mut exact = false;
                while let Some(name) = map.next_key::<String>()? {
                    if name == "id" || (!exact && name.eq_ignore_ascii_case("id")) {
                        exact = name == "id";
                        id = id_text(map.next_value::<&serde_json::value::RawValue>()?.get());
                    } else {
                        map.next_value::<serde::de::IgnoredAny>()?;
                    }
                }
                Ok(Head(id))
            }
        }

        deserializer.deserialize_map(HeadVisitor)
    }
}

fn id_text(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(raw)
            .ok()
            .filter(|id| !id.is_empty()),
        // The digits as written: a large number would lose some on its way through a float.
        b'0'..=b'9' | b'-' => Some(raw.to_owned()),
        _ => None,
    }
}

/// Personal data stays out of logs: only the id is shown.
impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("id", &self.id)
            .field("bytes", &self.text.len())
            .finish()
    }
}

impl TryFrom<String> for Resource {
    type Error = Unreadable;

    fn try_from(text: String) -> Result<Resource, Unreadable> {
        Resource::parse(&text)
    }
}

impl From<Resource> for String {
    fn from(resource: Resource) -> String {
        resource.text.into()
    }
}
