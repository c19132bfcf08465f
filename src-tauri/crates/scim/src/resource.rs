//! One resource (a person), kept as it came.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::dialect::key::{AttributeKey, Part};
use crate::json::{self, Json, Object, id_of};
use crate::members::{Members, elements};
use crate::patch::JsonText;

pub(crate) const USER_SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// A SCIM resource. Holds the text it was read from; changing one attribute leaves every other member's text as it was, byte
/// for byte, numbers and escapes included.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Resource {
    /// The page it came with: people of one page share its text, so that none is copied.
    page: Arc<String>,
    place: Range<usize>,
    id: Option<Box<str>>,
}

/// The text is not a JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("A record should be a JSON object, and this is not one: {0}")]
pub struct Unreadable(pub String);

impl Default for Resource {
    fn default() -> Resource {
        Resource::written("{}".to_owned(), None)
    }
}

impl Resource {
    /// A new User: nothing but its schema.
    pub fn user() -> Resource {
        Resource::written(format!("{{\"schemas\":[\"{USER_SCHEMA}\"]}}"), None)
    }

    /// # Errors
    /// [`Unreadable`] for whatever is no JSON object.
    pub fn parse(text: &str) -> Result<Resource, Unreadable> {
        let whole: &RawValue =
            serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
        let text = whole.get();
        if !text.starts_with('{') {
            return Err(Unreadable("it is a value of another kind".to_owned()));
        }
        Ok(Resource::written(
            text.to_owned(),
            id_of(text).map(String::into_boxed_str),
        ))
    }

    /// The record at a place of a page, where a JSON value is known to be. `None` if it is no object.
    pub(crate) fn of_page(page: &Arc<String>, place: Range<usize>) -> Option<Resource> {
        let text = page.get(place.clone())?;
        text.starts_with('{').then(|| Resource {
            page: Arc::clone(page),
            place,
            id: id_of(text).map(String::into_boxed_str),
        })
    }

    fn written(text: String, id: Option<Box<str>>) -> Resource {
        Resource {
            place: 0..text.len(),
            page: Arc::new(text),
            id,
        }
    }

    /// The same without the page it came with, to be kept for longer.
    pub fn alone(&self) -> Resource {
        Resource::written(self.raw().to_owned(), self.id.clone())
    }

    /// The service's id, as text even where it is sent as a number. Absent from a person not created yet.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The text as it came, or as changed.
    pub fn raw(&self) -> &str {
        &self.page[self.place.clone()]
    }

    /// What a service tells people apart by, beside the id (RFC 7643 section 4.1.1).
    pub fn user_name(&self) -> Option<String> {
        self.text("userName")
    }

    /// `meta.version`, to be sent as `If-Match` where the service supports ETags (RFC 7644 section 3.14).
    pub fn etag(&self) -> Option<String> {
        self.document().etag()
    }

    /// Every e-mail address, whatever form `emails` takes.
    pub fn emails(&self) -> Vec<String> {
        let Some(members) = Members::parse(self.raw()) else {
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
        let members = Members::parse(self.raw())?;
        as_text(&serde_json::from_str(members.get_any_case(name)?).ok()?)
    }

    /// The whole record as values. A member that is not readable (such as a string with half a surrogate pair) is left out.
    pub fn document(&self) -> Document<'_> {
        if let Ok(members) = serde_json::from_str(self.raw()) {
            return Document(members);
        }
        let members = serde_json::from_str::<json::Members<'_>>(self.raw());
        Document(members.map(json::Members::readable).unwrap_or_default())
    }

    /// The value on the wire. `null` counts as absent.
    pub fn get(&self, key: &AttributeKey) -> Option<Value> {
        self.document().lookup(key).map(Json::to_value)
    }

    /// A top-level member as written. `None` only where there is none.
    pub(crate) fn member(&self, name: &str) -> Option<JsonText> {
        let members = Members::parse(self.raw())?;
        JsonText::parse(members.get_any_case(name)?.to_owned())
    }

    /// Sets one attribute and leaves everything else alone. `None` takes it away.
    pub fn set(&mut self, key: &AttributeKey, value: Option<Value>) {
        let mut members = Members::parse(self.raw()).unwrap_or_default();
        match key.part() {
            Part::Whole(attribute) => put(&mut members, attribute, value, true),
            Part::Element {
                attribute,
                kind,
                sub,
            } => {
                let list = change_element(members.get_any_case(attribute), kind, sub, value);
                match list {
                    Some(list) => members.set(attribute, list, true),
                    None => members.remove(attribute, true),
                }
            }
            Part::Sub { attribute, rest } => {
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
    pub fn without_read_only(self) -> Resource {
        let mut members = Members::parse(self.raw()).unwrap_or_default();
        for name in ["meta", "groups"] {
            members.remove(name, true);
        }
        Resource::written(members.to_text(), self.id)
    }
}

/// A record taken apart, its text borrowed.
#[derive(Clone, Debug, Default)]
pub struct Document<'a>(Object<'a>);

impl<'a> Document<'a> {
    /// See [`Resource::etag`].
    pub fn etag(&self) -> Option<String> {
        Some(self.version()?.as_text()?.into_owned())
    }

    pub(crate) fn version(&self) -> Option<&Json<'a>> {
        let meta = self.0.find("meta", true)?.as_object()?;
        meta.find("version", true).filter(|value| value.is_single())
    }

    pub(crate) fn members(&self) -> &Object<'a> {
        &self.0
    }

    /// The value of an attribute, tolerant of the forms services use.
    pub(crate) fn lookup(&self, key: &AttributeKey) -> Option<&Json<'a>> {
        self.lookup_near(key, &mut Extension::default())
    }

    /// The same for one attribute after the other: those of one extension stand together, and it is looked for once.
    pub(crate) fn lookup_near<'d, 'k>(
        &'d self,
        key: &'k AttributeKey,
        last: &mut Extension<'k, 'd, 'a>,
    ) -> Option<&'d Json<'a>> {
        let record = &self.0;
        let found = match key.part() {
            Part::Whole(attribute) => record.find(attribute, true),
            Part::Element {
                attribute,
                kind,
                sub,
            } => match pick(record.find(attribute, true)?, kind)? {
                Json::Object(object) => object.find(sub, true),
                text @ Json::Text(_) if sub == "value" => Some(text),
                _ => None,
            },
            Part::Sub { attribute, rest } => record
                .find(attribute, true)
                .and_then(Json::as_object)
                .and_then(|object| {
                    object
                        .find(rest, true)
                        .or_else(|| object.find(other_spelling(rest)?, true))
                })
                // Clients of one vendor send dotted keys, and some services give back what they were sent.
                .or_else(|| record.find(key.as_str(), true)),
            Part::Extension { urn, name } => {
                if last.urn != urn {
                    let members = record.find(urn, true).and_then(Json::as_object);
                    *last = Extension { urn, members };
                }
                last.members
                    .and_then(|object| object.find(name, key.ignores_case()))
                    .or_else(|| record.find(key.as_str(), key.ignores_case()))
            }
        };
        found.filter(|value| !value.is_null())
    }
}

/// The extension that was looked into last.
#[derive(Clone, Copy, Default)]
pub(crate) struct Extension<'k, 'd, 'a> {
    urn: &'k str,
    members: Option<&'d Object<'a>>,
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
fn pick<'v, 'a>(value: &'v Json<'a>, kind: &str) -> Option<&'v Json<'a>> {
    match value {
        Json::List(list) => {
            let at = choose(list.len(), |at| list[at].as_object(), kind)?;
            Some(&list[at])
        }
        Json::Object(object) => choose(1, |_| Some(object), kind).map(|_| value),
        Json::Text(_) => Some(value),
        _ => None,
    }
}

fn choose<'v, 'a: 'v>(
    count: usize,
    object: impl Fn(usize) -> Option<&'v Object<'a>>,
    kind: &str,
) -> Option<usize> {
    let kind_of = |at: usize| {
        object(at)
            .and_then(|object| object.find("type", true))
            .and_then(Json::as_str)
    };
    let is_primary = |at: usize| {
        object(at)
            .and_then(|object| object.find("primary", true))
            .is_some_and(|primary| match primary {
                Json::Bool(truth) => *truth,
                Json::Text(text) => text.eq_ignore_ascii_case("true"),
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
    // One member that is not readable does not hide the type beside it.
    let objects: Vec<Option<Object<'_>>> = list
        .iter()
        .map(|element| {
            let members = serde_json::from_str::<json::Members<'_>>(element).ok();
            members.map(json::Members::readable)
        })
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

impl PartialEq for Resource {
    fn eq(&self, other: &Resource) -> bool {
        self.raw() == other.raw()
    }
}

impl AsRef<str> for Resource {
    fn as_ref(&self) -> &str {
        self.raw()
    }
}

/// Personal data stays out of logs: only the id is shown.
impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("id", &self.id)
            .field("bytes", &self.place.len())
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
        resource.raw().to_owned()
    }
}
