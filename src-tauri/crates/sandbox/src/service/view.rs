//! Which parts of a resource a request wants (RFC 7644 section 3.9).

use serde_json::{Map, Value};

use super::filter::{Attribute, member};
use super::peakon::EXTENSIONS;
use super::reply::ScimError;

#[derive(Clone, Debug, Default)]
pub struct Wanted {
    only: Option<Vec<Attribute>>,
    without: Vec<Attribute>,
    /// Whole extensions.
    only_extensions: Vec<String>,
    without_extensions: Vec<String>,
}

impl Wanted {
    /// Reads the values of `attributes` and `excludedAttributes`.
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>) -> Result<Wanted, ScimError> {
        let mut wanted = Wanted::default();
        if let Some(names) = attributes.filter(|names| !names.trim().is_empty()) {
            let mut only = Vec::new();
            read(names, &mut only, &mut wanted.only_extensions)?;
            wanted.only = Some(only);
        }
        if let Some(names) = excluded {
            read(names, &mut wanted.without, &mut wanted.without_extensions)?;
        }
        Ok(wanted)
    }
}

fn read(
    names: &str,
    attributes: &mut Vec<Attribute>,
    extensions: &mut Vec<String>,
) -> Result<(), ScimError> {
    for name in names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        if let Some(urn) = EXTENSIONS.iter().find(|urn| urn.eq_ignore_ascii_case(name)) {
            extensions.push((*urn).to_owned());
        } else {
            attributes.push(
                Attribute::parse(name, &EXTENSIONS)
                    .map_err(|error| ScimError::invalid_value(error.detail))?,
            );
        }
    }
    Ok(())
}

/// Always returned, whatever is asked for.
const ALWAYS: [&str; 2] = ["schemas", "id"];

/// Takes away what is not wanted.
pub fn project(resource: &mut Map<String, Value>, wanted: &Wanted) {
    if let Some(only) = &wanted.only {
        let mut kept = Map::new();
        for (key, value) in resource.iter() {
            if ALWAYS.contains(&key.as_str()) || wanted.only_extensions.contains(key) {
                kept.insert(key.clone(), value.clone());
                continue;
            }
            let extension = EXTENSIONS.contains(&key.as_str());
            let named: Vec<&Attribute> = only
                .iter()
                .filter(|attribute| match &attribute.extension {
                    Some(urn) => urn == key,
                    None => !extension && attribute.name.eq_ignore_ascii_case(key),
                })
                .collect();
            if named.is_empty() {
                continue;
            }
            let part = if extension {
                let members = value.as_object().into_iter().flatten();
                let inner: Map<String, Value> = members
                    .filter(|(name, _)| {
                        named
                            .iter()
                            .any(|attribute| attribute.name.eq_ignore_ascii_case(name))
                    })
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                Value::Object(inner)
            } else if named.iter().any(|attribute| attribute.sub.is_none()) {
                value.clone()
            } else {
                let subs: Vec<&str> = named
                    .iter()
                    .filter_map(|attribute| attribute.sub.as_deref())
                    .collect();
                only_subs(value, &subs)
            };
            kept.insert(key.clone(), part);
        }
        *resource = kept;
    }
    resource.retain(|key, _| !wanted.without_extensions.contains(key));
    for attribute in &wanted.without {
        let container = match &attribute.extension {
            Some(urn) => resource.get_mut(urn).and_then(Value::as_object_mut),
            None => Some(&mut *resource),
        };
        let Some(container) = container else { continue };
        let Some(key) = container
            .keys()
            .find(|key| key.eq_ignore_ascii_case(&attribute.name))
            .cloned()
        else {
            continue;
        };
        match &attribute.sub {
            None if ALWAYS.contains(&key.as_str()) => {}
            None => {
                container.shift_remove(&key);
            }
            Some(sub) => {
                let elements = match container.get_mut(&key) {
                    Some(Value::Array(list)) => list.iter_mut().collect(),
                    Some(one) => vec![one],
                    None => Vec::new(),
                };
                for members in elements.into_iter().filter_map(Value::as_object_mut) {
                    members.retain(|name, _| !name.eq_ignore_ascii_case(sub));
                }
            }
        }
    }
}

fn only_subs(value: &Value, subs: &[&str]) -> Value {
    match value {
        Value::Array(list) => Value::Array(
            list.iter()
                .map(|element| only_subs(element, subs))
                .collect(),
        ),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, _)| subs.iter().any(|sub| sub.eq_ignore_ascii_case(name)))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// What a resource is sorted by: the attribute itself, or for lists the primary or first element's value.
pub fn sort_key(resource: &Map<String, Value>, attribute: &Attribute) -> Option<String> {
    let container = match &attribute.extension {
        Some(urn) => member(resource, urn)?.as_object()?,
        None => resource,
    };
    let mut value = member(container, &attribute.name)?;
    if let Value::Array(list) = value {
        value = list
            .iter()
            .find(|element| element.get("primary") == Some(&Value::Bool(true)))
            .or_else(|| list.first())?;
    }
    if let Value::Object(members) = value {
        value = member(members, attribute.sub.as_deref().unwrap_or("value"))?;
    }
    match value {
        Value::String(text) if attribute.name.eq_ignore_ascii_case("id") => Some(text.clone()),
        Value::String(text) => Some(text.to_lowercase()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}
