//! The company's own attributes and what may be written to them (items 4 and 5).

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::client::{PEAKON, assert_error, company, email, id};

fn company_schema(schemas: &Value) -> &Value {
    let list = schemas["Resources"]
        .as_array()
        .or_else(|| schemas.as_array())
        .expect("schemas");
    list.iter()
        .find(|schema| schema["id"] == PEAKON)
        .expect("the company's schema")
}

fn described<'a>(schema: &'a Value, name: &str) -> &'a Value {
    let attributes = schema["attributes"].as_array().expect("attributes");
    attributes
        .iter()
        .find(|attribute| attribute["name"] == name)
        .unwrap_or(&Value::Null)
}

#[tokio::test]
async fn the_schema_names_the_attributes_as_people_do() {
    let service = company(50).await;
    let schemas = service.get("/Schemas").await;
    let schema = company_schema(&schemas);
    let names: Vec<&str> = schema["attributes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|attribute| attribute["name"].as_str())
        .collect();
    assert!(
        names.len() >= 12 && names.iter().filter(|name| name.contains(' ')).count() >= 6,
        "many, and with spaces: {names:?}"
    );
    assert_eq!(
        described(schema, "Date of Birth")["type"],
        "dateTime",
        "a date"
    );
    assert_eq!(
        described(schema, "Weekly Hours")["type"],
        "integer",
        "a number"
    );
    assert_eq!(
        described(schema, "Manager")["type"],
        "reference",
        "an employee"
    );
    let options = described(schema, "Separation reason")["canonicalValues"]
        .as_array()
        .expect("options");
    assert_eq!(options.len(), 6, "the six reasons of a new account");
    service.switch(json!({ "types": "withoutValues" })).await;
    let schemas = service.get("/Schemas").await;
    assert!(
        described(company_schema(&schemas), "Department")["canonicalValues"].is_null(),
        "values may be withheld"
    );
    service.switch(json!({ "types": "strings" })).await;
    let schemas = service.get("/Schemas").await;
    assert_eq!(
        described(company_schema(&schemas), "Tenure")["type"],
        "string",
        "everything may be text"
    );
}

#[tokio::test]
async fn schemas_come_in_every_form() {
    let service = company(50).await;
    service.switch(json!({ "schemasForm": "array" })).await;
    assert!(service.get("/Schemas").await.is_array(), "a bare list");
    service.switch(json!({ "schemasForm": "single" })).await;
    assert_eq!(
        service.get("/Schemas").await["id"],
        PEAKON,
        "only the company's"
    );
    service
        .switch(json!({ "schemasForm": "withoutSchemas" }))
        .await;
    let bare = service.get("/Schemas").await;
    assert!(
        bare.get("schemas").is_none() && bare["Resources"][0].get("schemas").is_none(),
        "no schemas member anywhere"
    );
    service.switch(json!({ "schemasForm": "missing" })).await;
    assert_eq!(
        service.call("GET", "/Schemas", None).await.0,
        404,
        "none at all"
    );
    service.switch(json!({ "schemasForm": "list" })).await;
    assert_eq!(
        service.get(&format!("/Schemas/{PEAKON}")).await["id"],
        PEAKON,
        "one by its id"
    );
}

#[tokio::test]
async fn attributes_are_renamed_added_and_deactivated_while_it_runs() {
    let service = company(50).await;
    let person = service.somebody().await;
    let path = format!("/Users/{}", id(&person));
    let change = |change: Value| {
        let service = &service;
        async move { service.control("POST", "/attributes", Some(&change)).await }
    };
    assert_eq!(
        change(json!({ "rename": { "from": "Department", "to": "Abteilung" } }))
            .await
            .0,
        200,
        "renamed"
    );
    let renamed = service.get(&path).await;
    assert_eq!(
        renamed[PEAKON]["Abteilung"], person[PEAKON]["Department"],
        "the value stays under the new name"
    );
    assert_error(
        &service
            .set(id(&person), json!({ "Department": "Sales" }))
            .await,
        StatusCode::BAD_REQUEST,
        "invalidValue",
    );
    assert_eq!(
        change(json!({ "add": { "name": "Badge Colour", "kind": "option" } }))
            .await
            .0,
        200,
        "added"
    );
    let (status, body) = service
        .set(
            id(&person),
            json!({ "Badge Colour": "Green", "Abteilung": "Sales" }),
        )
        .await;
    assert_eq!(
        (status, &body[PEAKON]["Badge Colour"]),
        (200, &json!("Green")),
        "and can be filled"
    );
    assert_eq!(
        change(json!({ "deactivate": { "name": "Badge Colour" } }))
            .await
            .0,
        200,
        "deactivated"
    );
    let (_, body) = service
        .set(id(&person), json!({ "Abteilung": "Finance" }))
        .await;
    assert!(body[PEAKON].get("Badge Colour").is_none(), "it vanishes");
    assert_eq!(
        change(json!({ "activate": { "name": "Badge Colour" } }))
            .await
            .0,
        200,
        "activated"
    );
    assert_eq!(
        service.get(&path).await[PEAKON]["Badge Colour"],
        "Green",
        "and returns with its value"
    );
    assert_eq!(
        change(json!({ "rename": { "from": "Nothing", "to": "Something" } }))
            .await
            .0,
        400,
        "what is not there cannot be renamed"
    );
    assert_eq!(
        change(json!({ "rename": { "from": "Team", "to": "Title" } }))
            .await
            .0,
        400,
        "two cannot have one name"
    );
}

#[tokio::test]
async fn names_are_matched_as_they_are_written() {
    let service = company(50).await;
    let person = service.somebody().await;
    assert_error(
        &service
            .set(id(&person), json!({ "business unit": "Cloud" }))
            .await,
        StatusCode::BAD_REQUEST,
        "invalidValue",
    );
    service.switch(json!({ "unknownKeys": "ignore" })).await;
    let (status, body) = service
        .set(
            id(&person),
            json!({ "business unit": "Nowhere", "Team": "Search" }),
        )
        .await;
    assert_eq!(
        (status, &body[PEAKON]["Team"]),
        (200, &json!("Search")),
        "a switch ignores unknown names"
    );
    assert_eq!(
        body[PEAKON]["Business Unit"], person[PEAKON]["Business Unit"],
        "and changes nothing for them"
    );
}

#[tokio::test]
async fn a_new_option_becomes_a_segment() {
    let service = company(50).await;
    let person = service.somebody().await;
    let before = service.state().await;
    service
        .set(id(&person), json!({ "Department": "Engineering" }))
        .await;
    assert_eq!(
        service.state().await["segments"],
        before["segments"],
        "a known value makes no segment"
    );
    service
        .set(id(&person), json!({ "Department": "Enginering" }))
        .await;
    let after = service.state().await;
    assert_eq!(
        after["segments"]["Department"].as_u64(),
        before["segments"]["Department"]
            .as_u64()
            .map(|count| count + 1),
        "a typing error does"
    );
    assert_eq!(
        after["newSegments"][0]["value"], "Enginering",
        "and can be named"
    );
    service.switch(json!({ "newOptions": "reject" })).await;
    assert_error(
        &service
            .set(id(&person), json!({ "Department": "Nowhere" }))
            .await,
        StatusCode::BAD_REQUEST,
        "invalidValue",
    );
}

#[tokio::test]
async fn values_fit_their_kind() {
    let service = company(50).await;
    let person = service.somebody().await;
    let refused = [
        json!({ "Team": "x".repeat(257) }),
        json!({ "Team": 7 }),
        json!({ "Team": ["Search"] }),
        json!({ "Tenure": "01/02/2024" }),
        json!({ "Tenure": "2023-02-29" }),
        json!({ "Tenure": 20240101 }),
        json!({ "Weekly Hours": "40" }),
        json!({ "Weekly Hours": 37.5 }),
        json!({ "Manager": "nobody@haldenvale.example" }),
        json!({ "Manager": 80_100_003 }),
    ];
    for values in refused {
        assert_error(
            &service.set(id(&person), values).await,
            StatusCode::BAD_REQUEST,
            "invalidValue",
        );
    }
    assert_eq!(
        service.get(&format!("/Users/{}", id(&person))).await,
        person,
        "nothing of it was kept"
    );
    let (_, body) = service
        .set(
            id(&person),
            json!({ "Team": "é".repeat(256), "Tenure": "2024-02-29", "Weekly Hours": 37 }),
        )
        .await;
    assert_eq!(
        body[PEAKON]["Team"],
        "é".repeat(256),
        "256 characters are taken, however many bytes"
    );
    assert_eq!(
        body[PEAKON]["Tenure"], "2024-02-29T00:00:00Z",
        "a bare date becomes a date-time"
    );
    assert_eq!(body[PEAKON]["Weekly Hours"], 37, "a whole number is taken");
}

#[tokio::test]
async fn a_manager_is_named_by_address_or_on_demand_by_id() {
    let service = company(50).await;
    let everybody = service.everybody().await;
    let person = service.somebody().await;
    let manager = everybody
        .iter()
        .find(|other| other["emails"].is_array() && id(other) != id(&person))
        .expect("another person");
    let (status, body) = service
        .set(
            id(&person),
            json!({ "Manager": email(manager).to_uppercase() }),
        )
        .await;
    assert_eq!(status, 200, "capitals do not matter in an address: {body}");
    assert_error(
        &service
            .set(id(&person), json!({ "Manager": id(manager) }))
            .await,
        StatusCode::BAD_REQUEST,
        "invalidValue",
    );
    service.switch(json!({ "managerById": true })).await;
    let (_, body) = service
        .set(id(&person), json!({ "Manager": id(manager) }))
        .await;
    assert_eq!(
        body[PEAKON]["Manager"],
        email(manager),
        "the id is taken and the address kept"
    );
    service.switch(json!({ "unknownManager": "drop" })).await;
    let (status, body) = service
        .set(
            id(&person),
            json!({ "Manager": "nobody@haldenvale.example" }),
        )
        .await;
    assert_eq!(
        (status, body[PEAKON].get("Manager")),
        (200, None),
        "an unknown one may be dropped without a word"
    );
}
