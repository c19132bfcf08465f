//! The control address: switches, faults, the other writer, the log. Outside SCIM, on the same port, for tests and for
//! people who want to see what the service saw. It answers on loopback only, like everything here.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::company::AttributeChange;
use crate::faults::Fault;
use crate::service;
use crate::state::Sandbox;
use crate::switches::Switches;

type Answer = Result<Json<Value>, (StatusCode, Json<Value>)>;

fn refuse(status: StatusCode, told: impl Into<String>) -> (StatusCode, Json<Value>) {
    (status, Json(json!({ "error": told.into() })))
}

pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/_control", get(about))
        .route("/_control/settings", get(settings).put(set))
        .route(
            "/_control/faults",
            get(faults).post(add_faults).delete(clear_faults),
        )
        .route("/_control/reset", post(reset))
        .route("/_control/log", get(log))
        .route("/_control/state", get(state))
        .route("/_control/write", post(write))
        .route(
            "/_control/attributes",
            get(attributes).post(change_attribute),
        )
        .route("/_control/people/{id}", get(person))
}

async fn about(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    let company = sandbox.read();
    Json(json!({
        "about": "This is the sample company: a simulation with invented people. It is not Workday Peakon Employee Voice.",
        "documented": [
            "bearer token", "Users, ServiceProviderConfig and Schemas", "extension keyed by attribute names",
            "option, date, number and employee attributes", "filters on userName, emails, externalId and id",
            "25,000 operations an hour, each inside a bulk request counted", "seats freed by a past separation date or deletion",
            "deletion cascades and cannot be undone",
        ],
        "assumed": [
            "page sizes and order", "error bodies", "what PUT leaves out", "how values are cleared", "duplicates answered with 409",
            "forms of PATCH", "bulk limits", "the form of Schemas", "cursor paging and versions exist nowhere in Peakon's pages: they are switches",
        ],
        "people": company.count(),
        "profile": sandbox.profile,
        "stateFile": company.state_file(),
        "scim": format!("{}{}", sandbox.origin, service::API_PATH),
    }))
}

async fn settings(State(sandbox): State<Arc<Sandbox>>) -> Json<Switches> {
    Json(Switches::clone(&sandbox.switches()))
}

async fn set(State(sandbox): State<Arc<Sandbox>>, Json(patch): Json<Value>) -> Answer {
    let switches = sandbox
        .switches()
        .merged(&patch)
        .map_err(|told| refuse(StatusCode::BAD_REQUEST, told))?;
    let answer = json!(switches);
    sandbox.set_switches(switches);
    Ok(Json(answer))
}

async fn faults(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    Json(json!(sandbox.faults().list()))
}

/// One fault or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    List(Vec<Value>),
    One(Value),
}

async fn add_faults(State(sandbox): State<Arc<Sandbox>>, Json(given): Json<Given>) -> Answer {
    let list = match given {
        Given::List(list) => list,
        Given::One(one) => vec![one],
    };
    let faults: Result<Vec<Fault>, _> = list.into_iter().map(serde_json::from_value).collect();
    let faults = faults.map_err(|error| {
        refuse(
            StatusCode::BAD_REQUEST,
            format!("No fault was added: {error}."),
        )
    })?;
    if let Some(bad) = faults
        .iter()
        .filter_map(|fault| fault.status)
        .find(|status| !(200..600).contains(status))
    {
        return Err(refuse(
            StatusCode::BAD_REQUEST,
            format!("{bad} is not a status between 200 and 599."),
        ));
    }
    let mut armed = sandbox.faults();
    armed.add(faults);
    Ok(Json(json!(armed.list())))
}

async fn clear_faults(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    sandbox.faults().clear();
    Json(json!([]))
}

async fn reset(State(sandbox): State<Arc<Sandbox>>) -> Answer {
    sandbox.reset().map_err(|error| {
        refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("The state file could not be emptied: {error}."),
        )
    })?;
    Ok(Json(json!({ "people": sandbox.read().count() })))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn log(
    State(sandbox): State<Arc<Sandbox>>,
    Query(Since { since }): Query<Since>,
) -> Json<Value> {
    let log = sandbox.log();
    Json(json!({ "arrived": log.arrived(), "entries": log.since(since) }))
}

async fn state(State(sandbox): State<Arc<Sandbox>>) -> Answer {
    let counted = tokio::task::spawn_blocking(move || {
        let mut census = sandbox.read().census(sandbox.now().day);
        if let Some(members) = census.as_object_mut() {
            members.insert("quotaUsed".to_owned(), json!(sandbox.quota().used));
        }
        census
    });
    let census = counted.await.map_err(|error| {
        refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("Counting failed: {error}."),
        )
    })?;
    Ok(Json(census))
}

/// What the other system does. Without `set`, `active` or `delete` the person changes department.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OtherWriter {
    /// An id, as text or number.
    person: Option<Value>,
    email: Option<String>,
    /// Attribute names and values; null clears.
    set: Option<Map<String, Value>>,
    active: Option<bool>,
    #[serde(default)]
    delete: bool,
}

async fn write(State(sandbox): State<Arc<Sandbox>>, Json(other): Json<OtherWriter>) -> Answer {
    let storage = |error: std::io::Error| {
        refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("The change could not be kept: {error}."),
        )
    };
    let now = sandbox.now();
    let mut company = sandbox.write();
    let id = match (&other.person, &other.email) {
        (Some(Value::String(id)), _) => id.parse().ok(),
        (Some(id), _) => id.as_u64(),
        (None, Some(email)) => company.by_email(email).first().copied(),
        (None, None) => company.id_at(0),
    };
    let found = id.and_then(|id| company.person(id));
    let mut person =
        found.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "There is no such person."))?;
    if other.delete {
        company.delete(person.id).map_err(storage)?;
        return Ok(Json(
            json!({ "person": person.id.to_string(), "deleted": true }),
        ));
    }
    if other.set.is_none() && other.active.is_none() {
        let changed = company.meddle(person.id, &now.text).map_err(storage)?;
        person = changed.unwrap_or(person);
    } else {
        for (name, value) in other.set.unwrap_or_default() {
            let slot = company
                .attributes
                .named(&name)
                .map(|attribute| attribute.slot);
            let slot = slot.ok_or_else(|| {
                refuse(
                    StatusCode::BAD_REQUEST,
                    format!("There is no attribute “{name}”."),
                )
            })?;
            match value {
                Value::Null => person.custom.remove(&slot),
                value => person.custom.insert(slot, value),
            };
        }
        if let Some(active) = other.active {
            person.core.insert("active".to_owned(), json!(active));
        }
        person = company.write(person, &now.text).map_err(storage)?;
    }
    Ok(Json(
        json!({ "person": person.id.to_string(), "version": person.version, "digest": person.digest() }),
    ))
}

async fn attributes(State(sandbox): State<Arc<Sandbox>>) -> Json<Value> {
    let company = sandbox.read();
    let described = company.attributes.all().iter().map(|attribute| {
        json!({ "name": attribute.name, "kind": attribute.kind, "active": attribute.active, "segments": attribute.segments })
    });
    Json(Value::Array(described.collect()))
}

async fn change_attribute(
    State(sandbox): State<Arc<Sandbox>>,
    Json(change): Json<Value>,
) -> Answer {
    let change: AttributeChange = serde_json::from_value(change).map_err(|error| {
        refuse(
            StatusCode::BAD_REQUEST,
            format!("Nothing was changed: {error}."),
        )
    })?;
    sandbox
        .write()
        .change_attribute(&change)
        .map_err(|told| refuse(StatusCode::BAD_REQUEST, told))?;
    Ok(attributes(State(sandbox)).await)
}

/// The person as they are kept, whatever the switches make of them, and what SCIM never tells.
async fn person(State(sandbox): State<Arc<Sandbox>>, Path(id): Path<String>) -> Answer {
    let company = sandbox.read();
    let found = id.parse().ok().and_then(|id| company.person(id));
    let person = found.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "There is no such person."))?;
    let now = sandbox.now();
    Ok(Json(json!({
        "resource": service::render_person(&person, &company, &Switches::default(), ""),
        "version": person.version,
        "digest": person.digest(),
        "separated": person.separated(now.day),
        "started": person.started(now.day),
        "seat": !person.separated(now.day),
        "admin": company.administers(&person),
        "manager": company.has_reports(&person),
    })))
}
