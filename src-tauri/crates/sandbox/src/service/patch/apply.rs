//! Carrying parsed operations out.

use serde_json::{Map, Value};

use super::{Operation, OperationKind, Rules, Target};
use crate::service::filter::Filter;
use crate::service::reply::ScimError;

/// Carries the operations out on `resource`. On an error the caller throws `resource` away.
pub fn apply(
    resource: &mut Map<String, Value>,
    operations: Vec<Operation>,
    rules: &Rules<'_>,
) -> Result<(), ScimError> {
    for operation in operations {
        let Operation {
            kind,
            target,
            value,
        } = operation;
        match target {
            Target::Resource => {
                let Value::Object(members) = value else {
                    return Err(ScimError::invalid_value(
                        "The whole resource can only be given as an object.",
                    ));
                };
                for (name, value) in members {
                    set(resource, &name, value, kind, rules);
                }
            }
            Target::Extension(urn) => match kind {
                OperationKind::Remove => {
                    resource.retain(|key, _| !key.eq_ignore_ascii_case(&urn));
                }
                _ => {
                    let Value::Object(members) = value else {
                        return Err(ScimError::invalid_value(format!(
                            "“{urn}” holds an object."
                        )));
                    };
                    let free = rules.free_names == Some(urn.as_str());
                    let extension = container(resource, Some(&urn))?;
                    for (name, value) in members {
                        match free {
                            true => {
                                extension.insert(name, value);
                            }
                            false => set(extension, &name, value, kind, rules),
                        }
                    }
                }
            },
            Target::Attribute {
                attribute,
                filter,
                sub,
            } => {
                let free = attribute
                    .extension
                    .as_deref()
                    .is_some_and(|urn| rules.free_names == Some(urn));
                let container = container(resource, attribute.extension.as_deref())?;
                let name = match free {
                    true => attribute.name.clone(),
                    false => spelled(container, &attribute.name),
                };
                apply_one(container, &name, filter, sub, kind, value, rules, free)?;
            }
        }
    }
    Ok(())
}

/// The name as the object already spells it.
fn spelled(object: &Map<String, Value>, name: &str) -> String {
    object
        .keys()
        .find(|key| key.eq_ignore_ascii_case(name))
        .cloned()
        .unwrap_or_else(|| name.to_owned())
}

fn container<'a>(
    resource: &'a mut Map<String, Value>,
    urn: Option<&str>,
) -> Result<&'a mut Map<String, Value>, ScimError> {
    let Some(urn) = urn else { return Ok(resource) };
    let name = spelled(resource, urn);
    let extension = resource
        .entry(name)
        .or_insert_with(|| Value::Object(Map::new()));
    extension
        .as_object_mut()
        .ok_or_else(|| ScimError::invalid_value(format!("“{urn}” holds an object.")))
}

#[expect(
    clippy::too_many_arguments,
    reason = "one operation has this many parts"
)]
fn apply_one(
    container: &mut Map<String, Value>,
    name: &str,
    filter: Option<Box<Filter>>,
    sub: Option<String>,
    kind: OperationKind,
    value: Value,
    rules: &Rules<'_>,
    free: bool,
) -> Result<(), ScimError> {
    let many = !free
        && rules
            .multi_valued
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name));
    match (filter, sub, kind) {
        (None, None, OperationKind::Remove) => {
            if many
                && let (Some(Value::Array(list)), Value::Array(given)) =
                    (container.get_mut(name), &value)
            {
                // Entra removes elements by giving them.
                list.retain(|element| !given.iter().any(|given| same_element(element, given)));
                if !list.is_empty() {
                    return Ok(());
                }
            }
            container.shift_remove(name);
        }
        (None, None, _) if free => {
            container.insert(name.to_owned(), value);
        }
        (None, None, _) => set(container, name, value, kind, rules),
        (None, Some(sub), kind) => match container.get_mut(name) {
            Some(Value::Array(list)) => {
                for element in list.iter_mut().filter_map(Value::as_object_mut) {
                    set_sub(element, &sub, kind, value.clone());
                }
            }
            Some(Value::Object(members)) => {
                set_sub(members, &sub, kind, value);
                if members.is_empty() {
                    container.shift_remove(name);
                }
            }
            _ if kind == OperationKind::Remove => {}
            _ => {
                let mut members = Map::new();
                members.insert(sub, value);
                let whole = Value::Object(members);
                container.insert(
                    name.to_owned(),
                    if many {
                        Value::Array(vec![whole])
                    } else {
                        whole
                    },
                );
            }
        },
        (Some(filter), sub, kind) => in_elements(container, name, &filter, sub, kind, value)?,
    }
    Ok(())
}

fn in_elements(
    container: &mut Map<String, Value>,
    name: &str,
    filter: &Filter,
    sub: Option<String>,
    kind: OperationKind,
    value: Value,
) -> Result<(), ScimError> {
    let list = match container
        .entry(name.to_owned())
        .or_insert_with(|| Value::Array(Vec::new()))
    {
        Value::Array(list) => list,
        other => {
            let only = std::mem::take(other);
            *other = Value::Array(if only.is_null() {
                Vec::new()
            } else {
                vec![only]
            });
            other.as_array_mut().expect("BUG: just made a list")
        }
    };
    let chosen = |element: &Value| {
        element
            .as_object()
            .is_some_and(|members| filter.matches(members))
    };
    let any = list.iter().any(chosen);
    match (kind, any) {
        (OperationKind::Remove, false) | (OperationKind::Replace, false) => {
            return Err(ScimError::no_target(format!(
                "No element of “{name}” fits the filter."
            )));
        }
        (OperationKind::Add, false) => {
            let mut members: Map<String, Value> = filter.implied().into_iter().collect();
            match (sub, value) {
                (Some(sub), value) => {
                    members.insert(sub, value);
                }
                (None, Value::Object(more)) => members.extend(more),
                (None, _) => {
                    return Err(ScimError::invalid_value(format!(
                        "An element of “{name}” is an object."
                    )));
                }
            }
            list.push(Value::Object(members));
        }
        (OperationKind::Remove, true) => match sub {
            None => list.retain(|element| !chosen(element)),
            Some(sub) => {
                for element in list
                    .iter_mut()
                    .filter(|element| chosen(element))
                    .filter_map(Value::as_object_mut)
                {
                    element.retain(|key, _| !key.eq_ignore_ascii_case(&sub));
                }
            }
        },
        (_, true) => {
            let places: Vec<usize> = (0..list.len())
                .filter(|place| chosen(&list[*place]))
                .collect();
            for place in &places {
                let Some(members) = list[*place].as_object_mut() else {
                    continue;
                };
                match (&sub, &value) {
                    (Some(sub), value) => set_sub(members, sub, kind, value.clone()),
                    (None, Value::Object(more)) => {
                        for (key, value) in more {
                            set_sub(members, key, kind, value.clone());
                        }
                    }
                    (None, _) => {
                        return Err(ScimError::invalid_value(format!(
                            "An element of “{name}” is an object."
                        )));
                    }
                }
            }
            one_primary(list, &places);
        }
    }
    if list.is_empty() {
        container.shift_remove(name);
    }
    Ok(())
}

fn set_sub(members: &mut Map<String, Value>, sub: &str, kind: OperationKind, value: Value) {
    let name = spelled(members, sub);
    match kind {
        OperationKind::Remove => {
            members.shift_remove(&name);
        }
        _ => {
            members.insert(name, value);
        }
    }
}

/// Sets one attribute: lists grow by `add` and are exchanged by `replace`, objects are merged.
fn set(
    container: &mut Map<String, Value>,
    name: &str,
    value: Value,
    kind: OperationKind,
    rules: &Rules<'_>,
) {
    let name = spelled(container, name);
    let many = rules
        .multi_valued
        .iter()
        .any(|other| other.eq_ignore_ascii_case(&name));
    match (container.get_mut(&name), value) {
        (Some(Value::Object(members)), Value::Object(more)) => {
            for (key, value) in more {
                let key = spelled(members, &key);
                members.insert(key, value);
            }
        }
        (Some(Value::Array(list)), value) if many && kind == OperationKind::Add => {
            let added = match value {
                Value::Array(added) => added,
                one => vec![one],
            };
            let before = list.len();
            for element in added {
                if !list.iter().any(|other| same_element(other, &element)) {
                    list.push(element);
                }
            }
            let places: Vec<usize> = (before..list.len()).collect();
            one_primary(list, &places);
        }
        (_, value @ (Value::Object(_) | Value::String(_))) if many => {
            container.insert(name, Value::Array(vec![value]));
        }
        (_, value) => {
            container.insert(name, value);
        }
    }
}

fn same_element(left: &Value, right: &Value) -> bool {
    match (left.get("value"), right.get("value")) {
        (Some(left_value), Some(right_value)) => {
            left_value == right_value
                && (left.get("type") == right.get("type") || right.get("type").is_none())
        }
        _ => left == right,
    }
}

/// Where a changed element became primary, no other stays so.
fn one_primary(list: &mut [Value], changed: &[usize]) {
    let primary = |element: &Value| element.get("primary") == Some(&Value::Bool(true));
    let Some(winner) = changed
        .iter()
        .rev()
        .copied()
        .find(|place| primary(&list[*place]))
    else {
        return;
    };
    for (place, element) in list.iter_mut().enumerate() {
        if place != winner
            && primary(element)
            && let Some(members) = element.as_object_mut()
        {
            members.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}
