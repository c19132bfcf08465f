//! Many operations in one request (RFC 7644 section 3.7). Each counts against the quota; none undoes another.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::filter::member;
use super::reply::{Reply, ScimError};
use super::users::Context;
use super::view::Wanted;
use crate::company::Company;

const RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// How many operations a body holds: what the quota is charged.
pub fn operations(body: &Map<String, Value>) -> usize {
    member(body, "Operations")
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

pub fn run(
    context: &Context<'_>,
    company: &mut Company,
    body: &Map<String, Value>,
    bytes: usize,
) -> Result<Reply, ScimError> {
    let switches = context.switches;
    if bytes > switches.bulk_payload {
        return Err(ScimError::new(
            413,
            format!(
                "The request has {bytes} bytes; {} are allowed.",
                switches.bulk_payload
            ),
        ));
    }
    let operations = member(body, "Operations")
        .and_then(Value::as_array)
        .ok_or_else(|| {
            ScimError::invalid_syntax("A bulk request needs a list called “Operations”.")
        })?;
    if operations.len() > switches.bulk_operations {
        return Err(ScimError::new(
            413,
            format!(
                "The request has {} operations; {} are allowed.",
                operations.len(),
                switches.bulk_operations
            ),
        ));
    }
    let stop_after = member(body, "failOnErrors")
        .and_then(Value::as_u64)
        .unwrap_or(u64::MAX);
    let mut failed = 0;
    let mut created: HashMap<String, String> = HashMap::new();
    let mut answers = Vec::with_capacity(operations.len());
    let mut effects = Vec::new();
    for operation in operations {
        if failed >= stop_after {
            break;
        }
        let method = operation
            .get("method")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_ascii_uppercase();
        let bulk_id = operation.get("bulkId").and_then(Value::as_str);
        let mut answer = Map::new();
        answer.insert("method".to_owned(), json!(method));
        if let Some(bulk_id) = bulk_id {
            answer.insert("bulkId".to_owned(), json!(bulk_id));
        }
        match one(context, company, operation, &method, bulk_id, &created) {
            Ok(reply) => {
                if let Some(person) = &reply.person {
                    if let (Some(bulk_id), "POST") = (bulk_id, method.as_str()) {
                        created.insert(bulk_id.to_owned(), person.clone());
                    }
                    answer.insert(
                        "location".to_owned(),
                        json!(format!("{}/Users/{person}", context.base)),
                    );
                }
                if let Some((_, version)) = reply.headers.iter().find(|(name, _)| *name == "etag") {
                    answer.insert("version".to_owned(), json!(version));
                }
                answer.insert("status".to_owned(), json!(reply.status.to_string()));
                effects.extend(reply.effects);
            }
            Err(error) => {
                failed += 1;
                if let Some(id) = operation
                    .get("path")
                    .and_then(Value::as_str)
                    .and_then(|path| path.strip_prefix("/Users/"))
                {
                    answer.insert(
                        "location".to_owned(),
                        json!(format!("{}/Users/{id}", context.base)),
                    );
                }
                answer.insert("status".to_owned(), json!(error.status.to_string()));
                answer.insert(
                    "response".to_owned(),
                    error.body(switches.numeric_error_status),
                );
            }
        }
        answers.push(Value::Object(answer));
    }
    let mut reply = Reply::json(
        200,
        &json!({ "schemas": [RESPONSE], "Operations": answers }),
    );
    reply.effects = effects;
    Ok(reply)
}

fn one(
    context: &Context<'_>,
    company: &mut Company,
    operation: &Value,
    method: &str,
    bulk_id: Option<&str>,
    created: &HashMap<String, String>,
) -> Result<Reply, ScimError> {
    let path = operation
        .get("path")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let id = path
        .strip_prefix("/Users/")
        .map(|id| match id.strip_prefix("bulkId:") {
            Some(reference) => created
                .get(reference)
                .cloned()
                .ok_or_else(|| unknown_reference(reference)),
            None => Ok(id.to_owned()),
        });
    let data = || {
        let data = operation.get("data").cloned().unwrap_or(Value::Null);
        let data = resolve(data, created)?;
        match data {
            Value::Object(members) => Ok(members),
            _ => Err(ScimError::invalid_syntax(
                "The operation has no “data” object.",
            )),
        }
    };
    let context = Context {
        if_match: operation.get("version").and_then(Value::as_str),
        ..*context
    };
    let wanted = Wanted::default();
    match (method, id) {
        ("POST", None) if path == "/Users" => {
            if bulk_id.is_none() {
                return Err(ScimError::invalid_syntax(
                    "A POST in a bulk request needs a “bulkId”.",
                ));
            }
            context.create(company, &data()?, &wanted)
        }
        ("PUT", Some(id)) => context.replace(company, &id?, &data()?, &wanted),
        ("PATCH", Some(id)) if context.switches.patch => {
            context.patch(company, &id?, &data()?, &wanted)
        }
        ("DELETE", Some(id)) => context.delete(company, &id?),
        _ => Err(ScimError::invalid_syntax(format!(
            "{method} {path} cannot be done in a bulk request."
        ))),
    }
}

fn unknown_reference(reference: &str) -> ScimError {
    ScimError::typed(
        409,
        "invalidValue",
        format!("No operation before this one created “{reference}”."),
    )
}

/// Puts ids in the place of `bulkId:` references.
fn resolve(value: Value, created: &HashMap<String, String>) -> Result<Value, ScimError> {
    Ok(match value {
        Value::String(text) => match text.strip_prefix("bulkId:") {
            Some(reference) => json!(
                created
                    .get(reference)
                    .ok_or_else(|| unknown_reference(reference))?
            ),
            None => Value::String(text),
        },
        Value::Array(list) => Value::Array(
            list.into_iter()
                .map(|value| resolve(value, created))
                .collect::<Result<_, _>>()?,
        ),
        Value::Object(members) => {
            let resolved: Result<Map<String, Value>, ScimError> = members
                .into_iter()
                .map(|(key, value)| Ok((key, resolve(value, created)?)))
                .collect();
            Value::Object(resolved?)
        }
        other => other,
    })
}
