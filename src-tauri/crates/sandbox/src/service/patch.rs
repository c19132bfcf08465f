//! PATCH (RFC 7644 section 3.5.2), with the habits of Entra and Okta: capitalised operations, a full URN or a dotted path as
//! a key of a path-less value. Applied to a copy, so a refused operation leaves nothing half done.

mod apply;

use serde_json::{Map, Value};

use super::filter::{Attribute, Filter, member};
use super::reply::ScimError;

pub use apply::apply;

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
