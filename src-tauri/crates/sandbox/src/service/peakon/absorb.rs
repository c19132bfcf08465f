//! What a write says, checked and put into the kept form.

use serde_json::{Map, Value, json};

use super::{EXTENSIONS, knows};
use crate::company::attribute::{DEPARTMENT, MANAGER, Slot};
use crate::company::person::{ENTERPRISE, PEAKON, Person};
use crate::company::{Company, Kind, calendar};
use crate::service::filter::{Attribute, member};
use crate::service::reply::ScimError;
use crate::switches::{
    Clear, Duplicate, ManagerForm, NewOption, Switches, Unknown, UnknownManager,
};

/// Longest option value, in characters.
const LONGEST_OPTION: usize = 256;

/// What a write says, checked and put into the kept form. `input` is the whole resource as it shall be; `before` is the
/// person as they are, `None` for a new one. Values that are as they were are not checked again: the directory holds some
/// that could not be written today.
pub fn absorb(
    input: &Map<String, Value>,
    before: Option<&Person>,
    company: &Company,
    switches: &Switches,
) -> Result<Person, ScimError> {
    let mut person = Person {
        id: before.map_or_else(|| company.next_id(), |before| before.id),
        core: Map::new(),
        enterprise: Map::new(),
        custom: before
            .map(|before| before.custom.clone())
            .unwrap_or_default(),
        version: before.map_or(0, |before| before.version),
        created: before.and_then(|before| before.created.clone()),
        modified: None,
    };
    person
        .custom
        .retain(|slot, _| !company.attributes.at(*slot).active);
    refuse_unknown(input, switches)?;
    read_core(input, before, switches, &mut person)?;
    for (key, value) in input {
        let extension = [ENTERPRISE, PEAKON]
            .into_iter()
            .find(|urn| urn.eq_ignore_ascii_case(key));
        let members = match (extension, value) {
            (None, _) | (Some(_), Value::Null) => continue,
            (Some(_), Value::Object(members)) => members,
            (Some(urn), _) => {
                return Err(ScimError::invalid_syntax(format!(
                    "“{urn}” holds an object."
                )));
            }
        };
        match extension {
            Some(ENTERPRISE) => read_enterprise(members, before, company, switches, &mut person)?,
            _ => {
                for (name, value) in members {
                    read_custom(name, value, before, company, switches, &mut person)?;
                }
            }
        }
    }
    agree_on_address(before, switches, &mut person)?;
    must_be_unique(before, company, switches, &person)?;
    Ok(person)
}

fn refuse_unknown(input: &Map<String, Value>, switches: &Switches) -> Result<(), ScimError> {
    if switches.unknown_keys == Unknown::Ignore {
        return Ok(());
    }
    let known = |key: &str| {
        EXTENSIONS.iter().any(|urn| urn.eq_ignore_ascii_case(key))
            || knows(&Attribute {
                extension: None,
                name: key.to_owned(),
                sub: None,
            })
    };
    match input.keys().find(|key| !known(key)) {
        Some(key) => Err(ScimError::invalid_syntax(format!(
            "“{key}” is not a member of a User."
        ))),
        None => Ok(()),
    }
}

fn text(input: &Map<String, Value>, name: &str) -> Result<Option<String>, ScimError> {
    match member(input, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ScimError::invalid_value(format!("“{name}” must be text."))),
    }
}

fn read_core(
    input: &Map<String, Value>,
    before: Option<&Person>,
    switches: &Switches,
    person: &mut Person,
) -> Result<(), ScimError> {
    if let Some(external) = text(input, "externalId")? {
        person.core.insert("externalId".to_owned(), json!(external));
    }
    let user_name = text(input, "userName")?
        .ok_or_else(|| ScimError::invalid_value("“userName” is required: the work e-mail."))?;
    person.core.insert("userName".to_owned(), json!(user_name));
    let name = match member(input, "name") {
        Some(Value::Object(name)) => name,
        _ => {
            return Err(ScimError::invalid_value(
                "“name” is required, with a given name and a family name.",
            ));
        }
    };
    let part = |standard: &str, other: &str| match text(name, standard)? {
        Some(part) => Ok(Some(part)),
        None => text(name, other),
    };
    let (given, family) = (
        part("givenName", "firstName")?,
        part("familyName", "lastName")?,
    );
    let (Some(given), Some(family)) = (given, family) else {
        return Err(ScimError::invalid_value(
            "“name” needs a given name and a family name.",
        ));
    };
    person.core.insert(
        "name".to_owned(),
        json!({ "givenName": given, "familyName": family }),
    );
    let active = match member(input, "active") {
        Some(Value::Bool(active)) => *active,
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => true,
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => false,
        None | Some(Value::Null) => switches.active_default,
        Some(other) => {
            return Err(ScimError::invalid_value(format!(
                "“active” is true or false, not {other}."
            )));
        }
    };
    person.core.insert("active".to_owned(), json!(active));
    if let Some(email) = address(member(input, "emails"), "work")? {
        if !email.contains('@') || email.contains(char::is_whitespace) {
            return Err(ScimError::invalid_value(format!(
                "“{email}” is not an e-mail address."
            )));
        }
        person.core.insert(
            "emails".to_owned(),
            json!([{ "value": email, "type": "work", "primary": true }]),
        );
    }
    if let Some(phone) = address(member(input, "phoneNumbers"), "mobile")? {
        person.core.insert(
            "phoneNumbers".to_owned(),
            json!([{ "value": phone, "type": "mobile", "primary": true }]),
        );
    }
    for name in ["locale", "timezone"] {
        if let Some(value) = text(input, name)? {
            person.core.insert(name.to_owned(), json!(value));
        }
    }
    // A person without an address who names one as the user name is given it, as the older connectors expect.
    let had = before.is_some_and(|before| before.email().is_some());
    if person.email().is_none() && !had && user_name.contains('@') {
        person.core.insert(
            "emails".to_owned(),
            json!([{ "value": user_name, "type": "work", "primary": true }]),
        );
    }
    Ok(())
}

/// The one value kept of a list: the one of the wanted type, else the primary one, else the first.
fn address(list: Option<&Value>, wanted: &str) -> Result<Option<String>, ScimError> {
    let elements: Vec<&Value> = match list {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list.iter().collect(),
        Some(one) => vec![one],
    };
    let value = |element: &Value| match element {
        Value::String(text) => Ok(Some(text.clone())),
        Value::Object(members) => text(members, "value"),
        _ => Err(ScimError::invalid_value(
            "E-mail addresses and phone numbers are objects with a “value”.",
        )),
    };
    let typed = |element: &&&Value| {
        element
            .get("type")
            .and_then(Value::as_str)
            .is_some_and(|kind| kind.eq_ignore_ascii_case(wanted))
    };
    let primary = |element: &&&Value| element.get("primary") == Some(&Value::Bool(true));
    let chosen = elements
        .iter()
        .find(typed)
        .or_else(|| elements.iter().find(primary))
        .or_else(|| elements.first());
    chosen.map_or(Ok(None), |element| value(element))
}

fn read_enterprise(
    members: &Map<String, Value>,
    before: Option<&Person>,
    company: &Company,
    switches: &Switches,
    person: &mut Person,
) -> Result<(), ScimError> {
    for (key, value) in members {
        match key.to_ascii_lowercase().as_str() {
            "employeenumber" => {
                if let Some(number) = text(members, "employeeNumber")? {
                    person
                        .enterprise
                        .insert("employeeNumber".to_owned(), json!(number));
                }
            }
            // The same storage as the company's own attribute; the company's own name wins where both are sent.
            "department" if !person.custom.contains_key(&DEPARTMENT) => {
                store(DEPARTMENT, value, before, company, switches, person)?
            }
            "manager" if !person.custom.contains_key(&MANAGER) => {
                let inner = value.get("value").unwrap_or(value);
                store(MANAGER, inner, before, company, switches, person)?;
            }
            "department" | "manager" | "costcenter" | "organization" | "division" => {}
            _ if switches.unknown_keys == Unknown::Ignore => {}
            _ => {
                return Err(ScimError::invalid_syntax(format!(
                    "“{key}” is not a member of the enterprise extension."
                )));
            }
        }
    }
    Ok(())
}

fn read_custom(
    name: &str,
    value: &Value,
    before: Option<&Person>,
    company: &Company,
    switches: &Switches,
    person: &mut Person,
) -> Result<(), ScimError> {
    match company.attributes.named(name) {
        Some(attribute) => store(attribute.slot, value, before, company, switches, person),
        None if switches.unknown_keys == Unknown::Ignore => Ok(()),
        None => Err(ScimError::invalid_value(format!(
            "“{name}” is not an attribute of this company. Capitals and spaces count."
        ))),
    }
}

fn store(
    slot: Slot,
    value: &Value,
    before: Option<&Person>,
    company: &Company,
    switches: &Switches,
    person: &mut Person,
) -> Result<(), ScimError> {
    let name = &company.attributes.at(slot).name;
    let old = before.and_then(|before| before.custom.get(&slot));
    let clearing = match value {
        Value::Null => Some(Clear::Null),
        Value::String(text) if text.is_empty() => Some(Clear::Empty),
        _ => None,
    };
    if let Some(form) = clearing {
        if !switches.clear.contains(&form) {
            if switches.clear_otherwise == Unknown::Reject && old.is_some() {
                return Err(ScimError::invalid_value(format!(
                    "“{name}” cannot be cleared this way."
                )));
            }
            if let Some(old) = old {
                person.custom.insert(slot, old.clone());
            }
            return Ok(());
        }
        person.custom.remove(&slot);
        return Ok(());
    }
    if old == Some(value) {
        person.custom.insert(slot, value.clone());
        return Ok(());
    }
    if let Some(value) = checked(slot, value, company, switches)? {
        person.custom.insert(slot, value);
    }
    Ok(())
}

/// The value in its kept form; `None` drops it silently, where a switch says so.
fn checked(
    slot: Slot,
    value: &Value,
    company: &Company,
    switches: &Switches,
) -> Result<Option<Value>, ScimError> {
    let attribute = company.attributes.at(slot);
    let name = &attribute.name;
    match (attribute.kind, value) {
        (Kind::Option, Value::String(text)) => {
            let length = text.chars().count();
            if length > LONGEST_OPTION {
                return Err(ScimError::invalid_value(format!(
                    "“{name}” takes at most {LONGEST_OPTION} characters, and this has {length}."
                )));
            }
            if switches.new_options == NewOption::Reject && !attribute.segments.contains(text) {
                return Err(ScimError::invalid_value(format!(
                    "“{text}” is not an option of “{name}”."
                )));
            }
            Ok(Some(value.clone()))
        }
        (Kind::Date, Value::String(text)) => match calendar::parse_day(text) {
            Some(day) if text.len() == 10 => Ok(Some(json!(calendar::date_time(day)))),
            Some(_) => Ok(Some(value.clone())),
            None => Err(ScimError::invalid_value(format!(
                "“{name}” takes an ISO 8601 date, and “{text}” is none."
            ))),
        },
        (Kind::Number, Value::Number(number)) if number.is_i64() => Ok(Some(value.clone())),
        (Kind::Number, _) => Err(ScimError::invalid_value(format!(
            "“{name}” takes a whole number."
        ))),
        (Kind::Employee, Value::String(reference)) => {
            if !company.by_email(reference).is_empty() {
                return Ok(Some(value.clone()));
            }
            let by_id = switches.manager_by_id || switches.manager_form == ManagerForm::Id;
            let person = reference
                .parse()
                .ok()
                .filter(|_| by_id)
                .and_then(|id| company.person(id));
            match (
                person.as_ref().and_then(Person::email),
                switches.unknown_manager,
            ) {
                (Some(email), _) => Ok(Some(json!(email))),
                (None, UnknownManager::Drop) => Ok(None),
                (None, UnknownManager::Reject) => Err(ScimError::invalid_value(format!(
                    "“{name}” takes the e-mail address of somebody who exists, and nobody has “{reference}”."
                ))),
            }
        }
        (Kind::Employee, Value::Object(members))
            if switches.manager_form == ManagerForm::Object =>
        {
            let inner = member(members, "value").filter(|inner| inner.is_string());
            inner.map_or_else(
                || Err(ScimError::invalid_value(format!("“{name}” has no value."))),
                |inner| checked(slot, inner, company, switches),
            )
        }
        (Kind::Option | Kind::Date | Kind::Employee, _) => {
            Err(ScimError::invalid_value(format!("“{name}” takes text.")))
        }
    }
}

fn agree_on_address(
    before: Option<&Person>,
    switches: &Switches,
    person: &mut Person,
) -> Result<(), ScimError> {
    if !switches.user_name_is_email {
        return Ok(());
    }
    let user_name = person.user_name().unwrap_or_default();
    let as_it_was = before.is_some_and(|before| {
        before.user_name() == person.user_name() && before.email() == person.email()
    });
    match person.email() {
        _ if as_it_was => Ok(()),
        Some(email) if email.eq_ignore_ascii_case(user_name) => Ok(()),
        Some(email) => Err(ScimError::invalid_value(format!(
            "“userName” must be the work e-mail: it is “{user_name}”, and the e-mail is “{email}”."
        ))),
        None => Err(ScimError::invalid_value(
            "A work e-mail is required, equal to “userName”.",
        )),
    }
}

fn must_be_unique(
    before: Option<&Person>,
    company: &Company,
    switches: &Switches,
    person: &Person,
) -> Result<(), ScimError> {
    if switches.duplicates == Duplicate::SecondRecord {
        return Ok(());
    }
    let other = |ids: Vec<u64>| ids.into_iter().any(|id| id != person.id);
    if let Some(email) = person.email()
        && before.and_then(Person::email) != Some(email)
        && other(company.by_email(email))
    {
        return Err(ScimError::uniqueness(format!(
            "Somebody already has the e-mail address “{email}”."
        )));
    }
    if let Some(number) = person.number()
        && before.and_then(Person::number) != Some(number)
        && other(company.by_number(number))
    {
        return Err(ScimError::uniqueness(format!(
            "Somebody already has the employee number “{number}”."
        )));
    }
    Ok(())
}
