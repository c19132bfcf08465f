//! PATCH (RFC 7644 section 3.5.2), with the habits of Entra and Okta: capitalised operations, a full URN or a dotted path as
//! a key of a path-less value. Applied to a copy, so a refused operation leaves nothing half done.

use serde_json::{Map, Value};

use super::filter::{Attribute, Filter, member};
use super::reply::ScimError;

/// What paths may name.
pub struct Rules<'a> {
    /// Extension schemas, by URN.
    pub extensions: &'a [&'a str],
    /// The extension whose attributes have names for people: matched as written, and never split at a dot.
    pub free_names: Option<&'a str>,
    pub spaces_in_paths: bool,
    pub multi_valued: &'a [&'a str],
    /// Attributes nobody may write; an attempt is `mutability`.
    pub read_only: &'a [&'a str],
    /// Whether the schema knows the attribute; unknown ones are refused with `invalidPath`.
    pub known: &'a dyn Fn(&Attribute) -> bool,
}

#[derive(Debug)]
pub struct Operation {
    pub kind: OperationKind,
    pub target: Target,
    pub value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    Add,
    Replace,
    Remove,
}

#[derive(Debug)]
pub enum Target {
    Resource,
    /// A whole extension.
    Extension(String),
    Attribute {
        attribute: Attribute,
        filter: Option<Box<Filter>>,
        sub: Option<String>,
    },
}

/// Reads a PatchOp body.
///
/// # Errors
/// 400 with `invalidSyntax`, `invalidPath`, `noTarget` or `invalidFilter`, naming the operation by its place.
pub fn parse(body: &Map<String, Value>, rules: &Rules<'_>) -> Result<Vec<Operation>, ScimError> {
    let operations = member(body, "Operations")
        .and_then(Value::as_array)
        .ok_or_else(|| ScimError::invalid_syntax("A PATCH needs a list called “Operations”."))?;
    if operations.is_empty() {
        return Err(ScimError::invalid_syntax("The list “Operations” is empty."));
    }
    let mut parsed = Vec::with_capacity(operations.len());
    for (place, operation) in operations.iter().enumerate() {
        let place = place + 1;
        let operation = operation.as_object().ok_or_else(|| {
            ScimError::invalid_syntax(format!("Operation {place} is not an object."))
        })?;
        let name = member(operation, "op")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let kind = match name.to_ascii_lowercase().as_str() {
            "add" => OperationKind::Add,
            "replace" => OperationKind::Replace,
            "remove" => OperationKind::Remove,
            _ => {
                return Err(ScimError::invalid_syntax(format!(
                    "Operation {place} has op “{name}”; add, replace and remove are known."
                )));
            }
        };
        let value = member(operation, "value").cloned();
        let path = match member(operation, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) if path.is_empty() => None,
            Some(Value::String(path)) => Some(path),
            Some(_) => {
                return Err(ScimError::invalid_path(format!(
                    "The path of operation {place} is not text."
                )));
            }
        };
        let Some(path) = path else {
            pathless(kind, value, place, rules, &mut parsed)?;
            continue;
        };
        if kind != OperationKind::Remove && value.is_none() {
            return Err(ScimError::invalid_value(format!(
                "Operation {place} has no value."
            )));
        }
        parsed.push(Operation {
            kind,
            target: target(path, rules)?,
            value: value.unwrap_or(Value::Null),
        });
    }
    for operation in &parsed {
        if let Target::Attribute { attribute, .. } = &operation.target
            && attribute.extension.is_none()
            && rules
                .read_only
                .iter()
                .any(|name| name.eq_ignore_ascii_case(&attribute.name))
        {
            return Err(ScimError::typed(
                400,
                "mutability",
                format!("“{}” cannot be changed.", attribute.name),
            ));
        }
    }
    Ok(parsed)
}

/// Takes a path-less value apart: each key may be an attribute, a dotted path, a full URN path or a whole extension.
fn pathless(
    kind: OperationKind,
    value: Option<Value>,
    place: usize,
    rules: &Rules<'_>,
    parsed: &mut Vec<Operation>,
) -> Result<(), ScimError> {
    if kind == OperationKind::Remove {
        return Err(ScimError::no_target(format!(
            "Operation {place} removes, and has no path that says what."
        )));
    }
    let Some(Value::Object(members)) = value else {
        return Err(ScimError::invalid_value(format!(
            "Operation {place} has neither a path nor an object as its value."
        )));
    };
    for (key, value) in members {
        if ["schemas", "id", "meta"]
            .iter()
            .any(|ignored| ignored.eq_ignore_ascii_case(&key))
        {
            continue;
        }
        let free = rules
            .free_names
            .is_some_and(|urn| key.len() > urn.len() && key[..urn.len()].eq_ignore_ascii_case(urn));
        let target = if free {
            let urn = rules.free_names.unwrap_or_default();
            let attribute = Attribute {
                extension: Some(urn.to_owned()),
                name: key[urn.len() + 1..].to_owned(),
                sub: None,
            };
            Target::Attribute {
                attribute,
                filter: None,
                sub: None,
            }
        } else {
            match target(&key, rules) {
                Ok(target) => target,
                // An unknown key of an object is the profile's to judge, not a bad path.
                Err(_) if !key.contains([':', '.', '[']) => Target::Attribute {
                    attribute: Attribute {
                        extension: None,
                        name: key,
                        sub: None,
                    },
                    filter: None,
                    sub: None,
                },
                Err(error) => return Err(error),
            }
        };
        parsed.push(Operation {
            kind,
            target,
            value,
        });
    }
    Ok(())
}

fn target(path: &str, rules: &Rules<'_>) -> Result<Target, ScimError> {
    if path.eq_ignore_ascii_case(crate::company::person::CORE) {
        return Ok(Target::Resource);
    }
    if let Some(urn) = rules
        .extensions
        .iter()
        .find(|urn| urn.eq_ignore_ascii_case(path))
    {
        return Ok(Target::Extension((*urn).to_owned()));
    }
    if let Some(urn) = rules.free_names
        && path
            .get(..urn.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(urn))
        && path.as_bytes().get(urn.len()) == Some(&b':')
    {
        let name = &path[urn.len() + 1..];
        if name.contains(char::is_whitespace) && !rules.spaces_in_paths {
            return Err(ScimError::invalid_path(format!(
                "“{name}” contains a space, and a path cannot. Send it as a key of a value without a path."
            )));
        }
        let attribute = Attribute {
            extension: Some(urn.to_owned()),
            name: name.to_owned(),
            sub: None,
        };
        return Ok(Target::Attribute {
            attribute,
            filter: None,
            sub: None,
        });
    }
    let bad = |error: ScimError| ScimError::invalid_path(error.detail);
    let (name, filter, after) = match path.find('[') {
        Some(open) => {
            let close = path.rfind(']').filter(|close| *close > open);
            let close = close.ok_or_else(|| {
                ScimError::invalid_path(format!(
                    "“{path}” has an opening bracket without a closing one."
                ))
            })?;
            let filter = Filter::parse(&path[open + 1..close], rules.extensions)?;
            (&path[..open], Some(Box::new(filter)), &path[close + 1..])
        }
        None => (path, None, ""),
    };
    let mut attribute = Attribute::parse(name, rules.extensions).map_err(bad)?;
    let sub = match after.strip_prefix('.') {
        Some(sub) => Some(Attribute::parse(sub, &[]).map_err(bad)?.name),
        None if after.is_empty() => attribute.sub.take(),
        None => return Err(ScimError::invalid_path(format!("“{path}” is not a path."))),
    };
    let whole = Attribute {
        sub: sub.clone(),
        ..attribute.clone()
    };
    match (rules.known)(&whole) {
        true => Ok(Target::Attribute {
            attribute,
            filter,
            sub,
        }),
        false => Err(ScimError::invalid_path(format!(
            "There is no attribute “{path}”."
        ))),
    }
}

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
