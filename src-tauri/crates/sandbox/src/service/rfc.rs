//! The strict profile: a User as RFC 7643 has it, with the enterprise extension, and nothing of Peakon's.

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::filter::{Attribute, member};
use super::patch::Rules;
use super::reply::ScimError;
use crate::company::attribute::{BUSINESS_UNIT, COST_CENTER, DEPARTMENT, MANAGER, TITLE};
use crate::company::person::{CORE, ENTERPRISE, Person};
use crate::company::{Company, calendar};

/// An attribute as a schema describes it (RFC 7643 section 7).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub multi_valued: bool,
    #[serde(default)]
    pub mutability: String,
    #[serde(default)]
    pub returned: String,
    #[serde(default)]
    pub sub_attributes: Vec<Definition>,
}

#[derive(Debug, Deserialize)]
struct SchemaFile {
    attributes: Vec<Definition>,
}

const USER_SCHEMA: &str = include_str!("schemas/user.json");
const ENTERPRISE_SCHEMA: &str = include_str!("schemas/enterprise.json");

/// The two schemas as they are published.
pub fn schema_documents() -> [Map<String, Value>; 2] {
    [USER_SCHEMA, ENTERPRISE_SCHEMA]
        .map(|text| serde_json::from_str(text).expect("BUG: the schema files are JSON objects"))
}

fn definitions(extension: Option<&str>) -> &'static [Definition] {
    static USER: OnceLock<SchemaFile> = OnceLock::new();
    static ENTERPRISE_USER: OnceLock<SchemaFile> = OnceLock::new();
    let read =
        |text: &str| serde_json::from_str(text).expect("BUG: the schema files describe attributes");
    match extension {
        None => &USER.get_or_init(|| read(USER_SCHEMA)).attributes,
        Some(_) => {
            &ENTERPRISE_USER
                .get_or_init(|| read(ENTERPRISE_SCHEMA))
                .attributes
        }
    }
}

fn find<'a>(list: &'a [Definition], name: &str) -> Option<&'a Definition> {
    list.iter()
        .find(|definition| definition.name.eq_ignore_ascii_case(name))
}

fn knows(attribute: &Attribute) -> bool {
    let common = ["id", "externalId", "meta", "schemas"];
    if attribute.extension.is_none()
        && common
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&attribute.name))
    {
        return true;
    }
    match (
        find(definitions(attribute.extension.as_deref()), &attribute.name),
        &attribute.sub,
    ) {
        (Some(definition), Some(sub)) => find(&definition.sub_attributes, sub).is_some(),
        (found, None) => found.is_some(),
        (None, Some(_)) => false,
    }
}

pub fn rules() -> Rules<'static> {
    Rules {
        extensions: &[ENTERPRISE],
        free_names: None,
        spaces_in_paths: false,
        multi_valued: &[
            "emails",
            "phoneNumbers",
            "addresses",
            "photos",
            "ims",
            "roles",
            "entitlements",
            "x509Certificates",
        ],
        read_only: &["id", "meta", "groups"],
        known: &knows,
    }
}

/// The person as the standard has them. People as the seed has them get a title, a display name and the enterprise members
/// from the company's attributes.
pub fn render(person: &Person, company: &Company, base: &str) -> Map<String, Value> {
    let mut core = person.core.clone();
    let mut enterprise = person.enterprise.clone();
    if person.created.is_none() {
        translate(person, company, base, &mut core, &mut enterprise);
    }
    let mut schemas = vec![json!(CORE)];
    if !enterprise.is_empty() {
        schemas.push(json!(ENTERPRISE));
    }
    let mut body = Map::new();
    body.insert("schemas".to_owned(), Value::Array(schemas));
    body.insert("id".to_owned(), json!(person.id.to_string()));
    body.extend(core);
    if !enterprise.is_empty() {
        body.insert(ENTERPRISE.to_owned(), Value::Object(enterprise));
    }
    let set_up = calendar::date_time(company.seed().anchor);
    body.insert(
        "meta".to_owned(),
        json!({
            "resourceType": "User",
            "created": person.created.as_ref().unwrap_or(&set_up),
            "lastModified": person.modified.as_ref().unwrap_or(&set_up),
            "location": format!("{base}/Users/{}", person.id),
            "version": super::peakon::etag(person),
        }),
    );
    body
}

fn translate(
    person: &Person,
    company: &Company,
    base: &str,
    core: &mut Map<String, Value>,
    enterprise: &mut Map<String, Value>,
) {
    let name = |part: &str| {
        core.get("name")
            .and_then(|name| name.get(part))
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let shown = format!("{} {}", name("givenName"), name("familyName"));
    core.insert("displayName".to_owned(), json!(shown));
    let custom = |slot: usize| person.custom.get(&slot).cloned();
    if let Some(title) = custom(TITLE) {
        core.insert("title".to_owned(), title);
    }
    for (member, slot) in [
        ("department", DEPARTMENT),
        ("costCenter", COST_CENTER),
        ("division", BUSINESS_UNIT),
    ] {
        if let Some(value) = custom(slot) {
            enterprise.insert(member.to_owned(), value);
        }
    }
    let manager =
        custom(MANAGER).and_then(|email| company.by_email(email.as_str()?).first().copied());
    if let Some(id) = manager {
        enterprise.insert(
            "manager".to_owned(),
            json!({ "value": id.to_string(), "$ref": format!("{base}/Users/{id}") }),
        );
    }
}

/// What a write says, checked against the schemas. Read-only members are ignored, unknown ones too (RFC 7644 section 3.3).
pub fn absorb(
    input: &Map<String, Value>,
    before: Option<&Person>,
    company: &Company,
) -> Result<Person, ScimError> {
    let mut core = Map::new();
    let mut enterprise = Map::new();
    if let Some(external) = member(input, "externalId").filter(|value| !value.is_null()) {
        core.insert(
            "externalId".to_owned(),
            checked_text("externalId", external)?,
        );
    }
    for (key, value) in input {
        if key.eq_ignore_ascii_case(ENTERPRISE) {
            let Value::Object(members) = value else {
                return Err(ScimError::invalid_syntax(
                    "The enterprise extension is an object.",
                ));
            };
            for (key, value) in members {
                keep(definitions(Some(ENTERPRISE)), key, value, &mut enterprise)?;
            }
            continue;
        }
        keep(definitions(None), key, value, &mut core)?;
    }
    let Some(user_name) = core
        .get("userName")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
    else {
        return Err(ScimError::invalid_value("“userName” is required."));
    };
    let own = before.map(|before| before.id);
    let unchanged = before
        .and_then(Person::user_name)
        .is_some_and(|name| name == user_name);
    if !unchanged
        && company
            .by_user_name(user_name)
            .into_iter()
            .any(|id| Some(id) != own)
    {
        return Err(ScimError::uniqueness(format!(
            "Somebody already has the user name “{user_name}”."
        )));
    }
    Ok(Person {
        id: own.unwrap_or_else(|| company.next_id()),
        core,
        enterprise,
        custom: Default::default(),
        version: before.map_or(0, |before| before.version),
        created: before.map(|before| {
            before
                .created
                .clone()
                .unwrap_or_else(|| calendar::date_time(company.seed().anchor))
        }),
        modified: None,
    })
}

fn keep(
    list: &[Definition],
    key: &str,
    value: &Value,
    kept: &mut Map<String, Value>,
) -> Result<(), ScimError> {
    let Some(definition) = find(list, key) else {
        return Ok(());
    };
    if definition.mutability == "readOnly" || definition.returned == "never" {
        return Ok(());
    }
    if let Some(value) = checked(definition, value)? {
        kept.insert(definition.name.clone(), value);
    }
    Ok(())
}

/// The value as it is kept; `None` is unassigned (RFC 7643 section 2.5).
fn checked(definition: &Definition, value: &Value) -> Result<Option<Value>, ScimError> {
    if value.is_null() {
        return Ok(None);
    }
    if !definition.multi_valued {
        return one(definition, value);
    }
    let elements = match value {
        Value::Array(list) => list.iter().collect(),
        single => vec![single],
    };
    let mut list = Vec::new();
    for element in elements {
        if let Some(element) = one(definition, element)? {
            list.push(element);
        }
    }
    if list
        .iter()
        .filter(|element| element.get("primary") == Some(&Value::Bool(true)))
        .count()
        > 1
    {
        return Err(ScimError::invalid_value(format!(
            "Only one element of “{}” can be primary.",
            definition.name
        )));
    }
    Ok((!list.is_empty()).then_some(Value::Array(list)))
}

fn one(definition: &Definition, value: &Value) -> Result<Option<Value>, ScimError> {
    let name = &definition.name;
    let wrong = |wanted: &str| {
        Err(ScimError::invalid_value(format!(
            "“{name}” takes {wanted}."
        )))
    };
    match (definition.kind.as_str(), value) {
        (_, Value::Null) => Ok(None),
        ("complex", Value::Object(members)) => {
            let mut kept = Map::new();
            for (key, value) in members {
                keep(&definition.sub_attributes, key, value, &mut kept)?;
            }
            Ok((!kept.is_empty()).then_some(Value::Object(kept)))
        }
        // A bare value of a list of objects, as many clients send it.
        ("complex", Value::String(text)) if find(&definition.sub_attributes, "value").is_some() => {
            Ok(Some(json!({ "value": text })))
        }
        ("complex", _) => wrong("an object"),
        ("boolean", Value::Bool(_)) => Ok(Some(value.clone())),
        ("boolean", _) => wrong("true or false"),
        ("integer", Value::Number(number)) if number.is_i64() => Ok(Some(value.clone())),
        ("integer", _) => wrong("a whole number"),
        ("decimal", Value::Number(_)) => Ok(Some(value.clone())),
        ("decimal", _) => wrong("a number"),
        ("dateTime", Value::String(text)) if text.parse::<jiff::Timestamp>().is_ok() => {
            Ok(Some(value.clone()))
        }
        ("dateTime", _) => wrong("a date-time"),
        (_, Value::String(_)) => Ok(Some(value.clone())),
        (_, _) => wrong("text"),
    }
}

fn checked_text(name: &str, value: &Value) -> Result<Value, ScimError> {
    match value {
        Value::String(_) => Ok(value.clone()),
        _ => Err(ScimError::invalid_value(format!("“{name}” takes text."))),
    }
}
