//! The strict profile, in short; scim2-tester goes through it at length.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::client::{CORE, ENTERPRISE, Service, assert_error, id, strict};

async fn find(service: &Service, filter: &str) -> Value {
    let (status, found) = service.filtered(filter).await;
    assert_eq!(status, 200, "{filter} is understood: {found}");
    found
}

#[tokio::test]
async fn it_describes_itself_completely() {
    let service = strict(50).await;
    let config = service.get("/ServiceProviderConfig").await;
    for feature in ["patch", "bulk", "filter", "sort", "etag"] {
        assert_eq!(config[feature]["supported"], true, "{feature} is supported");
    }
    assert_eq!(
        service.get("/ResourceTypes/User").await["schema"],
        CORE,
        "one resource type"
    );
    assert_eq!(
        service.get("/Schemas").await["totalResults"],
        2,
        "two schemas"
    );
    for urn in [CORE, ENTERPRISE] {
        assert_eq!(
            service.get(&format!("/Schemas/{urn}")).await["id"],
            urn,
            "by id"
        );
    }
    assert_eq!(
        service.call("GET", "/Schemas/urn:nothing", None).await.0,
        404,
        "no other"
    );
    assert_eq!(
        service
            .call("GET", "/Schemas?filter=id%20eq%20%22x%22", None)
            .await
            .0,
        403,
        "discovery has no filters (RFC 7644 section 4)"
    );
}

#[tokio::test]
async fn filters_and_sorting_are_whole() {
    let service = strict(50).await;
    let everybody = service.everybody().await;
    let engineers = find(
        &service,
        &format!("{ENTERPRISE}:department eq \"engineering\" and active eq true"),
    )
    .await;
    let expected = everybody
        .iter()
        .filter(|person| {
            person[ENTERPRISE]["department"] == "Engineering" && person["active"] == true
        })
        .count();
    assert!(expected > 3, "there are engineers");
    assert_eq!(
        engineers["totalResults"], expected,
        "an extension attribute and a boolean"
    );
    let named = find(
        &service,
        "name.familyName sw \"S\" or (title co \"manager\" and not (active eq false))",
    )
    .await;
    assert!(
        named["totalResults"]
            .as_u64()
            .is_some_and(|count| count > 0),
        "or, and, not, sw, co"
    );
    let missing = find(&service, "not (externalId pr)").await;
    assert_eq!(
        missing["totalResults"],
        everybody
            .iter()
            .filter(|person| person["externalId"].is_null())
            .count(),
        "pr"
    );
    let sorted = service
        .get("/Users?sortBy=name.familyName&sortOrder=descending&count=50")
        .await;
    let names: Vec<String> = sorted["Resources"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|person| person["name"]["familyName"].as_str())
        .map(str::to_lowercase)
        .collect();
    assert!(names.iter().rev().is_sorted(), "sorted: {names:?}");
    assert_error(
        &service
            .call("GET", "/Users?filter=userName%20like%20%22x%22", None)
            .await,
        StatusCode::BAD_REQUEST,
        "invalidFilter",
    );
}

#[tokio::test]
async fn only_what_is_asked_for_comes() {
    let service = strict(50).await;
    let some = service
        .get("/Users?attributes=userName,name.familyName&count=1")
        .await;
    let person = some["Resources"][0].as_object().expect("a person");
    let mut keys: Vec<&String> = person.keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        ["id", "name", "schemas", "userName"],
        "and what always comes"
    );
    assert_eq!(
        person["name"].as_object().map(serde_json::Map::len),
        Some(1),
        "one part of the name"
    );
    let less = service
        .get("/Users?excludedAttributes=name,emails,id&count=1")
        .await;
    let person = &less["Resources"][0];
    assert!(
        person.get("name").is_none() && person.get("emails").is_none(),
        "left out"
    );
    assert!(person["id"].is_string(), "except what always comes");
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "active eq true", "attributes": ["userName"], "count": 2 });
    let (status, found) = service.call("POST", "/Users/.search", Some(&body)).await;
    assert_eq!(
        (status, found["Resources"].as_array().map(Vec::len)),
        (200, Some(2)),
        "a search by POST"
    );
}

#[tokio::test]
async fn writes_follow_the_standard() {
    let service = strict(50).await;
    let body = json!({ "schemas": [CORE], "userName": "nina", "emails": [{ "value": "a@x.example", "type": "work", "primary": true }], "title": "Baker" });
    let (status, created) = service.call("POST", "/Users", Some(&body)).await;
    assert_eq!(status, 201, "a user name need not be an address: {created}");
    assert!(
        created["meta"]["created"].is_string() && created["meta"]["version"].is_string(),
        "with its meta"
    );
    assert_error(
        &service.call("POST", "/Users", Some(&body)).await,
        StatusCode::CONFLICT,
        "uniqueness",
    );
    let (_, two) = service
        .patch(id(&created), json!([{ "op": "add", "path": "emails", "value": [{ "value": "b@x.example", "type": "home", "primary": true }] }]))
        .await;
    assert_eq!(
        two["emails"].as_array().map(Vec::len),
        Some(2),
        "added to the list"
    );
    assert_eq!(two["emails"][0]["primary"], false, "only one is primary");
    let (_, one) = service
        .patch(
            id(&created),
            json!([{ "op": "remove", "path": "emails[type eq \"work\"]" }]),
        )
        .await;
    assert_eq!(
        one["emails"].as_array().map(Vec::len),
        Some(1),
        "removed from it"
    );
    assert_error(
        &service
            .patch(
                id(&created),
                json!([{ "op": "replace", "path": "groups", "value": [] }]),
            )
            .await,
        StatusCode::BAD_REQUEST,
        "mutability",
    );
    assert_error(
        &service
            .patch(
                id(&created),
                json!([{ "op": "replace", "path": "active", "value": "maybe" }]),
            )
            .await,
        StatusCode::BAD_REQUEST,
        "invalidValue",
    );
    let (_, replaced) = service
        .call(
            "PUT",
            &format!("/Users/{}", id(&created)),
            Some(&json!({ "schemas": [CORE], "userName": "nina" })),
        )
        .await;
    assert!(
        replaced.get("title").is_none() && replaced.get("emails").is_none(),
        "what PUT leaves out goes"
    );
    assert_eq!(
        service
            .call("DELETE", &format!("/Users/{}", id(&created)), None)
            .await
            .0,
        204,
        "deleted"
    );
}
