//! Faults on demand, and the log that proves what really happened (item 15).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{PEAKON, Service, company, id, newcomer};

async fn deactivate(service: &Service, person: &Value) -> reqwest::Result<reqwest::Response> {
    let body = super::client::patch(json!([{ "op": "replace", "path": "active", "value": false }]));
    service
        .request("PATCH", &format!("/Users/{}", id(person)))
        .body(body.to_string())
        .send()
        .await
}

#[tokio::test]
async fn any_status_can_be_had() {
    let service = company(50).await;
    for status in [400, 401, 403, 404, 409, 412, 422, 429, 500, 502, 503] {
        service
            .fault(json!({ "path": "/Users", "status": status }))
            .await;
        assert_eq!(
            service.call("GET", "/Users", None).await.0,
            status,
            "the fault"
        );
        assert_eq!(service.call("GET", "/Users", None).await.0, 200, "once");
    }
    service
        .fault(json!({ "status": 503, "retryAfter": "seconds", "retrySeconds": 7, "body": "html" }))
        .await;
    let response = service.send("GET", "/Users", None).await;
    assert_eq!(
        response.headers()["retry-after"],
        "7",
        "with the wait it says"
    );
    assert!(
        response
            .text()
            .await
            .expect("a page")
            .starts_with("<!doctype html>"),
        "as a gateway writes it"
    );
}

#[tokio::test]
async fn a_fault_strikes_what_it_names() {
    let service = company(50).await;
    service.fault(json!([{ "name": "third", "method": "GET", "path": "/Users", "nth": 3, "count": 2, "status": 500 }])).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(service.call("GET", "/Users", None).await.0);
        service.call("GET", "/Schemas", None).await;
    }
    assert_eq!(
        statuses,
        [200, 200, 500, 500, 200, 200],
        "the third and fourth only"
    );
    let struck: Vec<Value> = service
        .log()
        .await
        .iter()
        .map(|entry| entry["fault"].clone())
        .filter(|fault| !fault.is_null())
        .collect();
    assert_eq!(struck, ["third", "third"], "the log names it");
    service.fault(json!({ "count": 0, "status": 500 })).await;
    assert_eq!(
        service.call("GET", "/Schemas", None).await.0,
        500,
        "everything, for ever"
    );
    assert_eq!(
        service.control("DELETE", "/faults", None).await.0,
        200,
        "until it is cleared"
    );
    assert_eq!(
        service.call("GET", "/Schemas", None).await.0,
        200,
        "all is well"
    );
    assert_eq!(
        service
            .control("POST", "/faults", Some(&json!({ "sttaus": 500 })))
            .await
            .0,
        400,
        "a mistyped fault is refused"
    );
    assert_eq!(
        service
            .control("PUT", "/settings", Some(&json!({ "pagesize": 5 })))
            .await
            .0,
        400,
        "a mistyped switch too"
    );
    assert_eq!(
        service
            .control("PUT", "/settings", Some(&json!({ "pageCap": 0 })))
            .await
            .0,
        400,
        "and an impossible one"
    );
}

#[tokio::test]
async fn a_connection_dropped_before_leaves_nothing_done() {
    let service = company(50).await;
    let person = service.somebody().await;
    service
        .fault(json!({ "method": "PATCH", "drop": "before" }))
        .await;
    assert!(
        deactivate(&service, &person).await.is_err(),
        "no answer arrives"
    );
    assert_eq!(
        service.get(&format!("/Users/{}", id(&person))).await,
        person,
        "nothing was done"
    );
    let log = service.log().await;
    let entry = log
        .iter()
        .find(|entry| entry["method"] == "PATCH")
        .expect("the request is on record");
    assert_eq!(
        (&entry["status"], &entry["applied"]),
        (&Value::Null, &json!(false)),
        "without an answer or effect"
    );
}

#[tokio::test]
async fn a_connection_dropped_after_leaves_it_done() {
    let service = company(50).await;
    let person = service.somebody().await;
    service
        .fault(json!({ "method": "PATCH", "drop": "after" }))
        .await;
    assert!(
        deactivate(&service, &person).await.is_err(),
        "no answer arrives"
    );
    assert_eq!(
        service.get(&format!("/Users/{}", id(&person))).await["active"],
        false,
        "and yet it was done"
    );
    service
        .fault(json!({ "method": "POST", "status": 502, "applied": true, "body": "html" }))
        .await;
    assert_eq!(
        service
            .call(
                "POST",
                "/Users",
                Some(&newcomer("nina.neu@haldenvale.example"))
            )
            .await
            .0,
        502,
        "a gateway gives up"
    );
    assert_eq!(
        service.state().await["people"],
        51,
        "after the person was created"
    );
    let log = service.log().await;
    let applied: Vec<&Value> = log
        .iter()
        .filter(|entry| entry["applied"] == true)
        .collect();
    assert_eq!(applied.len(), 2, "both took effect once: {applied:?}");
    assert_eq!(
        applied[0]["person"], person["id"],
        "the log names the person"
    );
    assert_ne!(
        applied[0]["effects"][0]["before"], applied[0]["effects"][0]["after"],
        "and that the record is another"
    );
}

#[tokio::test]
async fn an_answer_can_stop_in_the_middle() {
    let service = company(50).await;
    service
        .fault(json!({ "path": "/Users", "drop": "midBody" }))
        .await;
    let broken = service.send("GET", "/Users", None).await;
    assert_eq!(broken.status(), 200, "it starts well");
    assert!(broken.text().await.is_err(), "and breaks");
    service
        .fault(json!({ "path": "/Users", "drop": "stall" }))
        .await;
    let stalled = service.send("GET", "/Users", None).await;
    let body = tokio::time::timeout(Duration::from_millis(300), stalled.text()).await;
    assert!(body.is_err(), "or never ends");
    service
        .fault(json!({ "path": "/Users", "body": "malformed" }))
        .await;
    let text = service
        .send("GET", "/Users", None)
        .await
        .text()
        .await
        .expect("a whole answer");
    assert!(
        serde_json::from_str::<Value>(&text).is_err(),
        "or is half of a document"
    );
}

#[tokio::test]
async fn a_good_status_can_come_with_nonsense() {
    let service = company(50).await;
    service
        .fault(json!({ "path": "/Users", "body": "html" }))
        .await;
    let page = service.send("GET", "/Users", None).await;
    assert_eq!(
        (
            page.status().as_u16(),
            page.headers()["content-type"].to_str().ok()
        ),
        (200, Some("text/html; charset=utf-8")),
        "a sign-in page with 200"
    );
    service
        .fault(json!({ "path": "/Users", "body": "empty" }))
        .await;
    assert_eq!(
        service
            .send("GET", "/Users", None)
            .await
            .text()
            .await
            .ok()
            .as_deref(),
        Some(""),
        "nothing with 200"
    );
    service
        .fault(json!({ "path": "/Users", "body": "object" }))
        .await;
    assert_eq!(service.get("/Users").await, json!({}), "an empty object");
    service
        .fault(json!({ "path": "/Users", "status": 302, "location": "https://elsewhere.example/" }))
        .await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let moved = client
        .get(format!("{}/Users", service.running.url()))
        .bearer_auth(super::client::TOKEN)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        moved.headers()["location"],
        "https://elsewhere.example/",
        "a way to another place"
    );
}

#[tokio::test]
async fn answers_can_be_slow() {
    let service = company(50).await;
    service
        .fault(json!({ "path": "/Users", "delay": 120, "delayAnswer": 120 }))
        .await;
    let started = Instant::now();
    service.get("/Users").await;
    assert!(
        started.elapsed() >= Duration::from_millis(240),
        "both waits were kept"
    );
    service.switch(json!({ "latency": 60 })).await;
    let started = Instant::now();
    service.get("/Users").await;
    assert!(
        started.elapsed() >= Duration::from_millis(60),
        "every answer waits"
    );
}

#[tokio::test]
async fn what_was_done_is_logged_although_the_client_goes_away_before_the_answer() {
    let service = company(50).await;
    let person = service.somebody().await;
    let path = format!("/Users/{}", id(&person));
    let body = super::client::patch(
        json!([{ "op": "replace", "value": { PEAKON: { "Department": "Search" } } }]),
    );
    for ending in [json!({ "delayAnswer": 60_000 }), json!({ "drop": "stall" })] {
        let mut fault = json!({ "method": "PATCH" });
        for (name, value) in ending.as_object().expect("an object") {
            fault[name] = value.clone();
        }
        service.fault(fault).await;
        let before = service.log().await.len();
        let lost = service
            .request("PATCH", &path)
            .header("content-type", "application/scim+json")
            .body(body.to_string())
            .timeout(Duration::from_millis(300))
            .send()
            .await;
        let lost = match lost {
            Ok(answer) => answer.text().await.is_err(),
            Err(_) => true,
        };
        assert!(lost, "the answer never came whole");
        let log = service.log().await;
        assert_eq!(log.len(), before + 1, "the request is on record: {ending}");
        assert_eq!(
            log[before]["effects"].as_array().map(Vec::len),
            Some(1),
            "with what it did: {ending}"
        );
    }
}

#[tokio::test]
async fn the_log_tells_equal_requests_apart_from_repeated_ones() {
    let service = company(50).await;
    let person = service.somebody().await;
    let arrived = service.log().await.len() as u64;
    service.set(id(&person), json!({ "Team": "Search" })).await;
    service.set(id(&person), json!({ "Team": "Search" })).await;
    let (_, log) = service
        .control("GET", &format!("/log?since={arrived}"), None)
        .await;
    let entries = log["entries"].as_array().expect("a list");
    assert_eq!(entries.len(), 2, "only what came since");
    assert_eq!(entries[0]["digest"], entries[1]["digest"], "the same body");
    let kinds: Vec<&Value> = entries
        .iter()
        .map(|entry| &entry["effects"][0]["kind"])
        .collect();
    assert_eq!(kinds, ["changed", "same"], "the second did nothing");
    assert_eq!(
        (&entries[0]["applied"], &entries[1]["applied"]),
        (&json!(true), &json!(false)),
        "and says so"
    );
    assert_eq!(
        service.get(&format!("/Users/{}", id(&person))).await[PEAKON]["Team"],
        "Search",
        "it is so"
    );
}
