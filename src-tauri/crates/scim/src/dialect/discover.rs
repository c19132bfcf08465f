//! Which attributes a company has.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::key::{AttributeKey, ENTERPRISE_SCHEMA, PEAKON_SCHEMA, is_core_multi_valued};
use super::read::{boolean, date, integer};
use super::{Kind, Role};
use crate::json::Json;
use crate::resource::{Document, Resource};
use crate::schema::{Schema, SchemaAttribute};
use serde::{Deserialize, Serialize};

/// An attribute of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Discovered {
    pub key: AttributeKey,
    /// What people call it: the company's own name, or words for a standard one.
    pub label: String,
    pub kind: Kind,
    pub role: Option<Role>,
    pub writable: bool,
    pub required: bool,
    /// The values the service lists for it. Empty if it lists none; values in use come from people.
    pub options: Vec<String>,
    /// Whether the service's Schemas declare it, not only people show it.
    pub declared: bool,
}

/// Core attributes in the order people expect them: key, label, kind.
const CORE: [(&str, &str, Kind); 26] = [
    ("name.givenName", "First name", Kind::Text),
    ("name.familyName", "Last name", Kind::Text),
    ("name.middleName", "Middle name", Kind::Text),
    ("name.formatted", "Full name", Kind::Text),
    ("displayName", "Display name", Kind::Text),
    ("nickName", "Nickname", Kind::Text),
    ("userName", "User name", Kind::Text),
    ("emails.work", "E-mail", Kind::Text),
    ("emails.home", "Private e-mail", Kind::Text),
    ("externalId", "External ID", Kind::Text),
    ("active", "Active", Kind::Boolean),
    ("title", "Title", Kind::Text),
    ("userType", "User type", Kind::Option),
    ("phoneNumbers.work", "Work phone", Kind::Text),
    ("phoneNumbers.mobile", "Mobile phone", Kind::Text),
    ("addresses.work.streetAddress", "Street", Kind::Text),
    ("addresses.work.postalCode", "Postal code", Kind::Text),
    ("addresses.work.locality", "City", Kind::Text),
    ("addresses.work.region", "Region", Kind::Text),
    ("addresses.work.country", "Country", Kind::Option),
    ("preferredLanguage", "Preferred language", Kind::Text),
    ("locale", "Locale", Kind::Text),
    ("timezone", "Time zone", Kind::Text),
    ("name.honorificPrefix", "Form of address", Kind::Text),
    ("name.honorificSuffix", "Name suffix", Kind::Text),
    ("profileUrl", "Profile address", Kind::Text),
];

/// Standard attributes that are lists, secrets, or the service's own book-keeping; they stay visible in the raw record.
const NOT_SHOWN: [&str; 13] = [
    "id",
    "schemas",
    "meta",
    "groups",
    "password",
    "photos",
    "ims",
    "entitlements",
    "roles",
    "x509Certificates",
    "name",
    "emails",
    "phoneNumbers",
];

/// The attributes of a company, from what its Schemas declare and what its people show. Order: core, enterprise, then the
/// company's own in the order declared. Works with either source missing.
pub fn discover(schemas: &[Schema], sample: &[Resource]) -> Vec<Discovered> {
    let documents: Vec<_> = sample.iter().map(Resource::document).collect();
    let mut found: Vec<Discovered> = Vec::new();
    core_attributes(schemas, &documents, &mut found);
    let mut seen: HashSet<AttributeKey> = found
        .iter()
        .map(|attribute| attribute.key.clone())
        .collect();
    for schema in schemas.iter().filter(|schema| schema.is_user_extension()) {
        for declared in &schema.attributes {
            let key = AttributeKey::extension(&schema.id, &declared.name);
            if let Some(kind) = declared_kind(&schema.id, declared)
                && seen.insert(key.clone())
            {
                found.push(from_schema(key, kind, declared));
            }
        }
    }
    // What people have and no schema mentions.
    let mut observed: BTreeMap<AttributeKey, Vec<&Json<'_>>> = BTreeMap::new();
    for document in &documents {
        for (urn, members) in document.members().iter() {
            let is_extension = urn
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
            if let (true, Json::Object(members)) = (is_extension, members) {
                for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                    observed
                        .entry(AttributeKey::extension(urn, name))
                        .or_default()
                        .push(value);
                }
            }
        }
    }
    for attribute in found.iter_mut().filter(|attribute| attribute.declared) {
        let values = observed.get(&attribute.key).map_or(&[][..], Vec::as_slice);
        if is_declared_as_text(schemas, &attribute.key)
            && let Some(kind) = shown_kind(&attribute.key, values)
        {
            attribute.kind = kind;
        }
    }
    let known = |key: &AttributeKey| {
        found.iter().any(|attribute| {
            attribute.key == *key
                || (key.ignores_case() && attribute.key.as_str().eq_ignore_ascii_case(key.as_str()))
        })
    };
    let new: Vec<Discovered> = observed
        .iter()
        .filter(|(key, _)| !known(key))
        .filter_map(|(key, values)| {
            let kind = observed_kind(key, values)?;
            Some(Discovered {
                label: label_of(key),
                key: key.clone(),
                kind,
                role: None,
                writable: true,
                required: false,
                options: Vec::new(),
                declared: false,
            })
        })
        .collect();
    found.extend(new);
    for attribute in &mut found {
        attribute.label = label_of_discovered(attribute);
    }
    assign_roles(&mut found);
    found
}

fn core_attributes(schemas: &[Schema], sample: &[Document<'_>], found: &mut Vec<Discovered>) {
    let user = schemas.iter().find(|schema| schema.is_user());
    let declared =
        |path: &str| -> Option<&SchemaAttribute> { user.and_then(|schema| schema.attribute(path)) };
    for (path, label, kind) in CORE {
        let key = AttributeKey::new(path);
        let shown = sample.iter().any(|person| person.lookup(&key).is_some());
        let (top, rest) = path.split_once('.').unwrap_or((path, ""));
        let declaration = if is_core_multi_valued(top) {
            declared_element(declared(top), rest)
        } else {
            declared(path)
        };
        // Without any schema, what every service must have is offered even if nobody shows it yet.
        let basic = user.is_none()
            && matches!(
                path,
                "userName" | "active" | "emails.work" | "name.givenName" | "name.familyName"
            );
        if !shown && declaration.is_none() && !basic {
            continue;
        }
        found.push(Discovered {
            key,
            label: label.to_owned(),
            kind,
            role: None,
            writable: declaration.is_none_or(SchemaAttribute::is_writable),
            required: declaration.is_some_and(|d| d.required) || path == "userName",
            options: declaration
                .map(|d| d.canonical_values.clone())
                .unwrap_or_default(),
            declared: declaration.is_some(),
        });
    }
    // Further simple attributes a service adds to the core schema.
    let Some(user) = user else { return };
    for attribute in &user.attributes {
        let known = CORE.iter().any(|(path, ..)| {
            path.split('.')
                .next()
                .is_some_and(|top| top.eq_ignore_ascii_case(&attribute.name))
        }) || NOT_SHOWN
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&attribute.name));
        if known {
            continue;
        }
        if let Some(kind) = declared_kind(&user.id, attribute) {
            found.push(from_schema(
                AttributeKey::new(&attribute.name),
                kind,
                attribute,
            ));
        }
    }
}

/// A multi-valued core attribute is offered for a type the service names, or for the usual one where it names none.
fn declared_element<'a>(
    list: Option<&'a SchemaAttribute>,
    rest: &str,
) -> Option<&'a SchemaAttribute> {
    let list = list?;
    let (kind, sub) = rest.split_once('.').unwrap_or((rest, "value"));
    let kinds = list
        .sub_attribute("type")
        .map(|attribute| attribute.canonical_values.as_slice())
        .unwrap_or_default();
    let usual = match list.name.to_ascii_lowercase().as_str() {
        "phonenumbers" => "mobile",
        _ => "work",
    };
    let offered = if kinds.is_empty() {
        kind == usual
    } else {
        kinds.iter().any(|named| named.eq_ignore_ascii_case(kind))
    };
    if !offered || kind == "home" {
        return None;
    }
    list.sub_attribute(sub)
}

fn from_schema(key: AttributeKey, kind: Kind, declared: &SchemaAttribute) -> Discovered {
    Discovered {
        label: String::new(),
        key,
        kind,
        role: None,
        writable: declared.is_writable(),
        required: declared.required,
        options: declared.canonical_values.clone(),
        declared: true,
    }
}

/// `None` for what one cell can't show.
fn declared_kind(urn: &str, attribute: &SchemaAttribute) -> Option<Kind> {
    let name = attribute.name.as_str();
    let enterprise = urn.eq_ignore_ascii_case(ENTERPRISE_SCHEMA);
    if name.eq_ignore_ascii_case("manager") {
        return Some(Kind::Employee);
    }
    if attribute.multi_valued || attribute.returned.eq_ignore_ascii_case("never") {
        return None;
    }
    match attribute.kind.to_ascii_lowercase().as_str() {
        "boolean" => Some(Kind::Boolean),
        "integer" => Some(Kind::Number),
        "number" => Some(Kind::Number),
        "datetime" | "date" => Some(Kind::Date),
        "employee" => Some(Kind::Employee),
        "option" => Some(Kind::Option),
        "reference" => {
            let to_people = attribute.reference_types.is_empty()
                || attribute.reference_types.iter().any(|kind| {
                    kind.eq_ignore_ascii_case("User") || kind.eq_ignore_ascii_case("employee")
                });
            Some(if to_people && !name.to_ascii_lowercase().contains("url") {
                Kind::Employee
            } else {
                Kind::Text
            })
        }
        "complex" => attribute.sub_attribute("value").map(|_| {
            if attribute
                .sub_attribute("value")
                .is_some_and(|value| value.kind.eq_ignore_ascii_case("reference"))
            {
                Kind::Employee
            } else {
                Kind::Text
            }
        }),
        "binary" => None,
        _ if !attribute.canonical_values.is_empty() => Some(Kind::Option),
        _ if enterprise && name.eq_ignore_ascii_case("employeeNumber") => Some(Kind::Text),
        _ if enterprise || urn.eq_ignore_ascii_case(PEAKON_SCHEMA) => {
            Some(if is_identifier(name) {
                Kind::Text
            } else {
                Kind::Option
            })
        }
        _ => Some(Kind::Text),
    }
}

fn is_identifier(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    matches!(
        plain.as_str(),
        "employeenumber" | "employeeid" | "personnelnumber" | "workerid" | "staffid"
    )
}

/// Some services declare everything as a string.
fn is_declared_as_text(schemas: &[Schema], key: &AttributeKey) -> bool {
    let declared = key.urn().and_then(|urn| {
        let mut schemas = schemas.iter();
        schemas
            .find(|schema| schema.id.eq_ignore_ascii_case(urn))?
            .attribute(key.name())
    });
    declared.is_some_and(|declared| {
        declared.kind.eq_ignore_ascii_case("string") && declared.canonical_values.is_empty()
    })
}

/// What people show of an attribute that is declared as text, where it is plainly something else.
fn shown_kind(key: &AttributeKey, values: &[&Json<'_>]) -> Option<Kind> {
    let all =
        |fits: fn(&Json<'_>) -> bool| !values.is_empty() && values.iter().all(|value| fits(value));
    let texts: Vec<Cow<'_, str>> = values.iter().filter_map(|value| value.as_text()).collect();
    if all(|value| matches!(value, Json::Bool(_))) {
        Some(Kind::Boolean)
    } else if all(|value| matches!(value, Json::Number(_)))
        && texts.iter().all(|text| integer(text).is_some())
    {
        Some(Kind::Number)
    } else {
        are_dates(key, &texts).then_some(Kind::Date)
    }
}

/// Where the name says date, most are enough, since every directory holds odd ones; Peakon's own names need none.
fn are_dates(key: &AttributeKey, texts: &[Cow<'_, str>]) -> bool {
    let dates = texts.iter().filter(|text| date(text).is_some()).count();
    match Role::guess(key, Kind::Date) {
        Some((Role::StartDate | Role::SeparationDate | Role::BirthDate, rank)) => {
            dates * 2 > texts.len() || (texts.is_empty() && rank == 0)
        }
        _ => !texts.is_empty() && dates == texts.len(),
    }
}

/// The kind that every value seen fits.
fn observed_kind(key: &AttributeKey, values: &[&Json<'_>]) -> Option<Kind> {
    let looks_like_manager = key.name().eq_ignore_ascii_case("manager");
    let objects: Vec<_> = values
        .iter()
        .filter_map(|value| value.as_object())
        .collect();
    if objects.len() == values.len() {
        let simple = objects
            .iter()
            .all(|object| object.find("value", true).is_some());
        return simple.then_some(if looks_like_manager {
            Kind::Employee
        } else {
            Kind::Text
        });
    }
    let texts: Vec<Cow<'_, str>> = values
        .iter()
        .filter_map(|value| value.as_text())
        .filter(|text| !text.is_empty())
        .collect();
    if texts.is_empty() {
        return values
            .iter()
            .all(|value| matches!(value, Json::Text(_)))
            .then_some(Kind::Text);
    }
    if looks_like_manager {
        return Some(Kind::Employee);
    }
    let all = |fits: fn(&str) -> bool| texts.iter().all(|text| fits(text));
    if values.iter().all(|value| matches!(value, Json::Bool(_)))
        || all(|t| t.eq_ignore_ascii_case("true") || t.eq_ignore_ascii_case("false"))
    {
        debug_assert!(texts.iter().all(|text| boolean(text).is_some()));
        return Some(Kind::Boolean);
    }
    if values.iter().all(|value| matches!(value, Json::Number(_)))
        && all(|text| integer(text).is_some())
    {
        return Some(Kind::Number);
    }
    if are_dates(key, &texts) {
        return Some(Kind::Date);
    }
    if is_identifier(key.name()) {
        return Some(Kind::Text);
    }
    if texts.len() >= 3 && all(|text| text.contains('@') && !text.contains(' ')) {
        return Some(Kind::Employee);
    }
    // Values that repeat are segments; where nearly everybody has their own, it is text.
    let distinct: BTreeSet<&Cow<'_, str>> = texts.iter().collect();
    let repeats = texts.len() < 10 || distinct.len() * 2 <= texts.len();
    Some(if repeats { Kind::Option } else { Kind::Text })
}

fn label_of(key: &AttributeKey) -> String {
    let name = key.name();
    if !key.ignores_case() {
        return name.to_owned();
    }
    // Standard names are written together: employeeNumber, costCenter.
    let mut label = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            label.push(' ');
            label.extend(letter.to_lowercase());
        } else if at == 0 {
            label.extend(letter.to_uppercase());
        } else {
            label.push(letter);
        }
    }
    label
}

fn label_of_discovered(attribute: &Discovered) -> String {
    if attribute.label.is_empty() {
        label_of(&attribute.key)
    } else {
        attribute.label.clone()
    }
}

/// Each role goes to the attribute whose name fits best; a company's own attribute wins over a standard one of the same name,
/// because that is where Peakon keeps it.
fn assign_roles(found: &mut [Discovered]) {
    let mut best: BTreeMap<Role, (u8, u8, usize)> = BTreeMap::new();
    for (at, attribute) in found.iter().enumerate() {
        if let Some((role, rank)) = Role::guess(&attribute.key, attribute.kind) {
            let standard = match attribute.key.urn() {
                Some(urn) if urn.eq_ignore_ascii_case(ENTERPRISE_SCHEMA) => 1,
                Some(_) => 0,
                None => 2,
            };
            let candidate = (rank, standard, at);
            let entry = best.entry(role).or_insert(candidate);
            if candidate < *entry {
                *entry = candidate;
            }
        }
    }
    for (role, (_, _, at)) in best {
        found[at].role = Some(role);
    }
}
