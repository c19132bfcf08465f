//! Deactivate, separate and delete, and what becomes of the seat (items 11 and 12).

use serde_json::{Value, json};

use super::client::{PEAKON, company, email, id, newcomer, patch};

#[tokio::test]
async fn only_a_past_separation_frees_the_seat() {
    let service = company(50).await;
    let person = service.somebody().await;
    let someone = id(&person);
    let before = service.state().await;
    let seats = |state: &Value| state["seats"].as_u64().expect("a count");
    service
        .patch(
            someone,
            json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await;
    let off = service.state().await;
    assert_eq!(
        off["active"].as_u64(),
        before["active"].as_u64().map(|count| count - 1),
        "switched off"
    );
    assert_eq!(seats(&off), seats(&before), "the seat stays used");
    service.set(someone, json!({ "Separation date": "2026-06-02T00:00:00Z", "Separation reason": "Resignation" })).await;
    assert_eq!(
        seats(&service.state().await),
        seats(&before),
        "a future date frees nothing"
    );
    service
        .set(
            someone,
            json!({ "Separation date": "2026-06-01T00:00:00Z" }),
        )
        .await;
    assert_eq!(
        seats(&service.state().await),
        seats(&before) - 1,
        "today's does"
    );
    let (_, kept) = service
        .control("GET", &format!("/people/{someone}"), None)
        .await;
    assert_eq!(
        (&kept["seat"], &kept["separated"]),
        (&json!(false), &json!(true)),
        "the person has left"
    );
    service
        .set(someone, json!({ "Separation date": null }))
        .await;
    let back = service.state().await;
    assert_eq!(
        seats(&back),
        seats(&before),
        "clearing it brings the person back"
    );
    assert_eq!(
        back["reinstatements"][0]["person"].to_string(),
        someone,
        "and is recorded"
    );
}

#[tokio::test]
async fn a_manager_who_comes_back_has_lost_things() {
    let service = company(50).await;
    let person = service.somebody().await;
    let manager = person[PEAKON]["Manager"]
        .as_str()
        .expect("an address")
        .to_owned();
    let found = service
        .get(&format!("/Users?filter=userName%20eq%20%22{manager}%22"))
        .await;
    let manager = id(&found["Resources"][0]).to_owned();
    service
        .set(&manager, json!({ "Separation date": "2026-05-01" }))
        .await;
    service
        .set(&manager, json!({ "Separation date": null }))
        .await;
    let state = service.state().await;
    let lost = state["reinstatements"][0]["lost"]
        .as_array()
        .expect("a list")
        .len();
    assert!(
        lost >= 2,
        "conversations and access groups do not come back: {state}"
    );
}

#[tokio::test]
async fn a_deletion_is_for_ever() {
    let service = company(50).await;
    let person = service.somebody().await;
    let path = format!("/Users/{}", id(&person));
    assert_eq!(
        service.call("DELETE", &path, None).await,
        (204, Value::Null),
        "deleted"
    );
    for (method, body) in [
        ("GET", None),
        ("DELETE", None),
        ("PUT", Some(&person)),
        (
            "PATCH",
            Some(&patch(
                json!([{ "op": "replace", "path": "active", "value": true }]),
            )),
        ),
    ] {
        assert_eq!(
            service.call(method, &path, body).await.0,
            404,
            "{method} finds nobody"
        );
    }
    assert_eq!(
        service.get("/Users").await["totalResults"],
        49,
        "one fewer is listed"
    );
    assert!(
        service
            .everybody()
            .await
            .iter()
            .all(|other| other["id"] != person["id"]),
        "and not this one"
    );
    let state = service.state().await;
    assert_eq!(
        state["deletions"][0]["person"].to_string(),
        id(&person),
        "the deletion is on record"
    );
    assert_eq!(
        state["deletions"][0]["userName"], person["userName"],
        "with the name"
    );
    let (status, again) = service
        .call("POST", "/Users", Some(&newcomer(email(&person))))
        .await;
    assert_eq!(status, 201, "the address can be used again");
    assert_ne!(again["id"], person["id"], "by somebody new");
    assert_eq!(
        service.call("GET", &path, None).await.0,
        404,
        "the old id stays dead"
    );
    assert_eq!(
        service.everybody().await.len(),
        50,
        "everybody is listed once"
    );
}
