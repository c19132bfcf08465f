//! Open Cybersecurity Schema Framework 1.2. People who come, go, are activated or deactivated are Account
//! Change (3001); edits of attributes are Entity Management (3004), which has room for the values before and
//! after; notes about the record itself are Base Event (0), activity Other.

use serde_json::{Map, Value, json};

use super::{Act, Line, Origin};
use crate::text::word;

const ACCOUNT_CHANGE: u32 = 3001;
const ENTITY_MANAGEMENT: u32 = 3004;
const BASE_EVENT: u32 = 0;

pub(super) fn event(line: &Line) -> Value {
    let event = &line.event;
    let (class, activity) = class(line.act());
    let (class_name, category, category_name) = match class {
        ACCOUNT_CHANGE => ("Account Change", 3, "Identity & Access Management"),
        ENTITY_MANAGEMENT => ("Entity Management", 3, "Identity & Access Management"),
        _ => ("Base Event", 0, "Uncategorized"),
    };
    let (id, name) = activity;
    let mut object = json!({
        "activity_id": id,
        "activity_name": name,
        "category_uid": category,
        "category_name": category_name,
        "class_uid": class,
        "class_name": class_name,
        "type_uid": class * 100 + id,
        "type_name": format!("{class_name}: {name}"),
        "time": line.milliseconds(),
        "severity_id": 1,
        "severity": "Informational",
        "status_id": 1,
        "status": "Success",
        "message": event.sentence,
        "metadata": {
            "version": "1.2.0",
            "product": { "name": "Muster", "vendor_name": "Muster", "version": env!("CARGO_PKG_VERSION") },
            "uid": event.id.to_string(),
            "original_time": event.at,
        },
    });
    if let Some(run) = event.run {
        object["metadata"]["correlation_uid"] = format!("run {run}").into();
    }
    // Of what a sync saw, nobody knows who did it.
    if event.origin == Origin::Made {
        let (user, machine) = line.actor();
        object["actor"] = json!({ "user": { "name": user }, "app_name": "Muster" });
        if let Some(machine) = machine {
            object["device"] = json!({ "hostname": machine, "type_id": 0 });
        }
    }
    let person = some([("name", &event.person), ("uid", &event.scim_id)]);
    match class {
        ACCOUNT_CHANGE => object["user"] = person,
        ENTITY_MANAGEMENT => {
            let entity = |value: &Option<String>| {
                let attribute = event.attribute.as_deref().unwrap_or("value");
                let mut entity = person.clone();
                entity["type"] = "User".into();
                entity["data"] = json!({ attribute: value });
                entity
            };
            object["entity"] = entity(&event.before);
            object["entity_result"] = entity(&event.after);
            if let Some(reason) = &event.reason {
                object["comment"] = reason.clone().into();
            }
        }
        _ => {}
    }
    let mut unmapped = some([
        ("label", &event.label),
        ("reason", &event.reason),
        ("request_id", &event.request_id),
        ("source", &event.source),
        ("detail", &event.detail),
    ]);
    unmapped["act"] = word(event.act).into();
    unmapped["origin"] = word(event.origin).into();
    unmapped["connection"] = event.connection.0.into();
    if event.origin == Origin::Seen {
        unmapped["seen_by"] = event.actor.clone().into();
    }
    if let Some(plan) = event.plan {
        unmapped["plan"] = plan.0.into();
    }
    unmapped["previous_hash"] = line.previous.clone().into();
    unmapped["hash"] = event.hash.clone().into();
    object["unmapped"] = unmapped;
    object
}

fn class(act: Act) -> (u32, (u32, &'static str)) {
    match act {
        Act::Create | Act::Arrive => (ACCOUNT_CHANGE, (1, "Create")),
        Act::Activate => (ACCOUNT_CHANGE, (2, "Enable")),
        Act::Deactivate => (ACCOUNT_CHANGE, (5, "Disable")),
        Act::Delete | Act::Vanish => (ACCOUNT_CHANGE, (6, "Delete")),
        Act::Set => (ENTITY_MANAGEMENT, (3, "Update")),
        Act::Note => (BASE_EVENT, (99, "Other")),
    }
}

/// The members that there are.
fn some<const N: usize>(members: [(&str, &Option<String>); N]) -> Value {
    let members: Map<String, Value> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())))
        .collect();
    Value::Object(members)
}
