//! Quota, bulk, survey rounds, versions and the other writer (items 13, 14 and 16).

use serde_json::{Value, json};

use super::client::{PEAKON, company, id, newcomer, patch};

fn bulk(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations })
}

#[tokio::test]
async fn the_quota_counts_every_operation() {
    let service = company(50).await;
    assert_eq!(
        service.control("GET", "/settings", None).await.1["quota"],
        25_000,
        "Peakon's own limit at first"
    );
    let person = service.somebody().await;
    let used = service.state().await["quotaUsed"]
        .as_u64()
        .expect("a count");
    service.switch(json!({ "quota": used + 3 })).await;
    let off = patch(json!([{ "op": "replace", "path": "active", "value": false }]));
    let operation =
        json!({ "method": "PATCH", "path": format!("/Users/{}", id(&person)), "data": off });
    let (status, _) = service
        .call("POST", "/Bulk", Some(&bulk(json!([operation, operation]))))
        .await;
    assert_eq!(status, 200, "two of three are left");
    let (status, _) = service
        .call("POST", "/Bulk", Some(&bulk(json!([operation, operation]))))
        .await;
    assert_eq!(status, 429, "two more do not fit");
    assert_eq!(service.call("GET", "/Users", None).await.0, 200, "one does");
    let spent = service.send("GET", "/Users", None).await;
    assert_eq!(spent.status(), 429, "nothing is left");
    let wait: u64 = spent.headers()["retry-after"]
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .expect("seconds");
    assert!((1..=3_600).contains(&wait), "within the hour: {wait}");
    service.switch(json!({ "retryAfter": "date" })).await;
    let spent = service.send("GET", "/Users", None).await;
    assert!(
        spent.headers()["retry-after"]
            .to_str()
            .is_ok_and(|text| text.ends_with(" GMT")),
        "as a date"
    );
    service.switch(json!({ "retryAfter": "none" })).await;
    assert!(
        !service
            .send("GET", "/Users", None)
            .await
            .headers()
            .contains_key("retry-after"),
        "not at all"
    );
    service.switch(json!({ "quota": null })).await;
    assert_eq!(
        service.call("GET", "/Users", None).await.0,
        200,
        "the limit can be lifted"
    );
    let operations: u64 = service
        .log()
        .await
        .iter()
        .filter_map(|entry| entry["operations"].as_u64())
        .sum();
    assert!(operations >= used + 4, "the log has the count too");
}

#[tokio::test]
async fn a_bulk_request_does_what_it_can() {
    let service = company(50).await;
    let person = service.somebody().await;
    let request = bulk(json!([
        { "method": "POST", "path": "/Users", "bulkId": "new", "data": newcomer("nina.neu@haldenvale.example") },
        { "method": "PATCH", "path": "/Users/bulkId:new", "data": patch(json!([{ "op": "replace", "path": "active", "value": false }])) },
        { "method": "PATCH", "path": "/Users/1", "data": patch(json!([{ "op": "replace", "path": "active", "value": false }])) },
        { "method": "DELETE", "path": format!("/Users/{}", id(&person)) },
        { "method": "POST", "path": "/Users", "data": newcomer("nora.neu@haldenvale.example") },
    ]));
    let (status, body) = service.call("POST", "/Bulk", Some(&request)).await;
    assert_eq!(status, 200, "the envelope is always 200");
    let statuses: Vec<&str> = body["Operations"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|operation| operation["status"].as_str())
        .collect();
    assert_eq!(
        statuses,
        ["201", "200", "404", "204", "400"],
        "each has its own: {body}"
    );
    assert_eq!(
        body["Operations"][2]["response"]["status"], "404",
        "a failure has its error"
    );
    let log = service.log().await;
    let entry = log.last().expect("an entry");
    assert_eq!(
        (
            &entry["operations"],
            entry["effects"].as_array().map(Vec::len)
        ),
        (&json!(5), Some(3)),
        "five counted, three took effect"
    );
    let stop = json!({ "failOnErrors": 1, "Operations": [
        { "method": "DELETE", "path": "/Users/1" }, { "method": "DELETE", "path": "/Users/2" },
    ] });
    assert_eq!(
        service.call("POST", "/Bulk", Some(&stop)).await.1["Operations"]
            .as_array()
            .map(Vec::len),
        Some(1),
        "it stops after the first error if told"
    );
    service.switch(json!({ "bulkOperations": 1 })).await;
    assert_eq!(
        service.call("POST", "/Bulk", Some(&stop)).await.0,
        413,
        "too many operations"
    );
    service
        .switch(json!({ "bulkOperations": 10, "bulkPayload": 20 }))
        .await;
    assert_eq!(
        service.call("POST", "/Bulk", Some(&stop)).await.0,
        413,
        "too many bytes"
    );
}

#[tokio::test]
async fn an_open_round_remembers_who_was_touched() {
    let service = company(50).await;
    let person = service.somebody().await;
    service.switch(json!({ "surveyRound": "2026-05-20" })).await;
    service
        .patch(
            id(&person),
            json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await;
    service
        .set(id(&person), json!({ "Separation date": "2026-05-25" }))
        .await;
    service
        .set(id(&person), json!({ "Separation date": "2026-05-10" }))
        .await;
    let state = service.state().await;
    let removed: Vec<bool> = state["roundChanges"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|change| change["answersRemoved"].as_bool())
        .collect();
    assert_eq!(
        removed,
        [false, false, true],
        "only the separation before the round removes answers"
    );
}

#[tokio::test]
async fn another_system_writes_in_between() {
    let service = company(50).await;
    let person = service.somebody().await;
    let path = format!("/Users/{}", id(&person));
    let (status, _) = service
        .control("POST", "/write", Some(&json!({ "person": id(&person) })))
        .await;
    assert_eq!(status, 200, "somebody else wrote");
    assert_ne!(
        service.get(&path).await[PEAKON]["Department"],
        person[PEAKON]["Department"],
        "another department"
    );
    service.control("POST", "/write", Some(&json!({ "person": id(&person), "set": { "Team": "Search", "Location": null }, "active": false }))).await;
    let changed = service.get(&path).await;
    assert_eq!(
        (
            &changed[PEAKON]["Team"],
            changed[PEAKON].get("Location"),
            &changed["active"]
        ),
        (&json!("Search"), None, &json!(false)),
        "exactly this"
    );
    service
        .fault(json!({ "method": "PATCH", "meddle": true }))
        .await;
    let department = changed[PEAKON]["Department"].clone();
    let (_, body) = service
        .set(id(&person), json!({ "Team": "Partners" }))
        .await;
    assert_ne!(
        body[PEAKON]["Department"], department,
        "between reading and writing, too"
    );
    service
        .control(
            "POST",
            "/write",
            Some(&json!({ "person": id(&person), "delete": true })),
        )
        .await;
    assert_eq!(service.call("GET", &path, None).await.0, 404, "or deleted");
}

#[tokio::test]
async fn versions_guard_writes_when_switched_on() {
    let service = company(50).await;
    service.switch(json!({ "etags": true })).await;
    let person = service.somebody().await;
    let path = format!("/Users/{}", id(&person));
    let version = person["meta"]["version"]
        .as_str()
        .expect("a version")
        .to_owned();
    let team = |team: &str| {
        patch(json!([{ "op": "replace", "value": { PEAKON: { "Team": team } } }])).to_string()
    };
    let first = service
        .request("PATCH", &path)
        .header("if-match", &version)
        .body(team("Search"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(first.status(), 200, "the version fits");
    assert_ne!(
        first.headers()["etag"].to_str().ok(),
        Some(version.as_str()),
        "and moves on"
    );
    for method in ["PATCH", "PUT", "DELETE"] {
        let late = service
            .request(method, &path)
            .header("if-match", &version)
            .body(team("Identity"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(late.status(), 412, "{method} with the old version");
    }
    let any = service
        .request("PATCH", &path)
        .header("if-match", "*")
        .body(team("Identity"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(any.status(), 200, "any version");
}
