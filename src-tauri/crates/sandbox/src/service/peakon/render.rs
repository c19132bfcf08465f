//! A person as the switches want them seen.

use serde_json::{Map, Value, json};

use crate::company::Company;
use crate::company::attribute::{DEPARTMENT, MANAGER};
use crate::company::person::{CORE, ENTERPRISE, PEAKON, Person};
use crate::switches::{ActiveForm, EmailsForm, ManagerForm, NameForm, Switches};

/// The person as the switches want them seen.
pub fn render(
    person: &Person,
    company: &Company,
    switches: &Switches,
    base: &str,
) -> Map<String, Value> {
    let mut body = Map::new();
    if switches.resource_schemas {
        body.insert("schemas".to_owned(), json!([CORE, ENTERPRISE, PEAKON]));
    }
    let id = if switches.numeric_ids {
        json!(person.id)
    } else {
        json!(person.id.to_string())
    };
    body.insert("id".to_owned(), id);
    for name in [
        "externalId",
        "userName",
        "name",
        "active",
        "emails",
        "phoneNumbers",
        "locale",
        "timezone",
    ] {
        match (name, person.core.get(name)) {
            (name, None) => {
                if switches.nulls {
                    body.insert(name.to_owned(), Value::Null);
                }
            }
            ("active", Some(active)) => match switches.active_form {
                ActiveForm::Boolean => {
                    body.insert(name.to_owned(), active.clone());
                }
                ActiveForm::Text => {
                    let text = if active == &Value::Bool(true) {
                        "True"
                    } else {
                        "False"
                    };
                    body.insert(name.to_owned(), json!(text));
                }
                ActiveForm::Absent => {}
            },
            ("emails", Some(emails)) => {
                let mut emails = emails.clone();
                if switches.emails_form == EmailsForm::WithoutPrimary {
                    for email in emails
                        .as_array_mut()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_object_mut)
                    {
                        email.shift_remove("primary");
                    }
                }
                if switches.emails_form == EmailsForm::Object {
                    emails = emails.get(0).cloned().unwrap_or(Value::Null);
                }
                body.insert(name.to_owned(), emails);
            }
            ("name", Some(Value::Object(parts))) if switches.name_form == NameForm::FirstLast => {
                let part = |from: &str| parts.get(from).cloned().unwrap_or(Value::Null);
                body.insert(
                    name.to_owned(),
                    json!({ "firstName": part("givenName"), "lastName": part("familyName") }),
                );
            }
            (name, Some(value)) => {
                body.insert(name.to_owned(), value.clone());
            }
        }
    }
    let mut enterprise = person.enterprise.clone();
    if switches.enterprise_copies {
        if let Some(department) = person.custom.get(&DEPARTMENT) {
            enterprise.insert("department".to_owned(), department.clone());
        }
        if let Some(manager) = person.custom.get(&MANAGER) {
            enterprise.insert("manager".to_owned(), json!({ "value": manager }));
        }
    }
    body.insert(ENTERPRISE.to_owned(), Value::Object(enterprise));
    let mut custom = Map::new();
    for attribute in company.attributes.active() {
        match person.custom.get(&attribute.slot) {
            Some(value) if attribute.slot == MANAGER => {
                custom.insert(attribute.name.clone(), manager(value, company, switches));
            }
            Some(value) => {
                custom.insert(attribute.name.clone(), value.clone());
            }
            None if switches.nulls => {
                custom.insert(attribute.name.clone(), Value::Null);
            }
            None => {}
        }
    }
    body.insert(PEAKON.to_owned(), Value::Object(custom));
    if switches.meta || switches.etags {
        body.insert("meta".to_owned(), meta(person, switches, base));
    }
    body
}

fn meta(person: &Person, switches: &Switches, base: &str) -> Value {
    let mut meta = Map::new();
    meta.insert("resourceType".to_owned(), json!("User"));
    if let Some(created) = &person.created {
        meta.insert("created".to_owned(), json!(created));
    }
    if let Some(modified) = &person.modified {
        meta.insert("lastModified".to_owned(), json!(modified));
    }
    meta.insert(
        "location".to_owned(),
        json!(format!("{base}/Users/{}", person.id)),
    );
    if switches.etags {
        meta.insert("version".to_owned(), json!(etag(person)));
    }
    Value::Object(meta)
}

pub fn etag(person: &Person) -> String {
    format!("W/\"{}\"", person.version)
}

fn manager(value: &Value, company: &Company, switches: &Switches) -> Value {
    let id = || {
        value
            .as_str()
            .and_then(|email| company.by_email(email).first().copied())
    };
    match switches.manager_form {
        ManagerForm::Email => value.clone(),
        ManagerForm::Id => id().map_or_else(|| value.clone(), |id| json!(id.to_string())),
        ManagerForm::Object => json!({ "value": value }),
    }
}
