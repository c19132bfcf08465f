//! Create, replace and patch (items 6 and 10).

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::client::{CORE, ENTERPRISE, PEAKON, assert_error, company, email, id, newcomer};

#[tokio::test]
async fn a_new_person_is_found_at_once() {
    let service = company(50).await;
    let response = service
        .send(
            "POST",
            "/Users",
            Some(&newcomer("nina.neu@haldenvale.example")),
        )
        .await;
    assert_eq!(response.status(), 201, "created");
    let location = response.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned();
    let created: Value = response.json().await.expect("the person");
    assert!(
        location.ends_with(&format!("/api/scim/v2/Users/{}", id(&created))),
        "{location} is where the person is"
    );
    assert_eq!(
        service.get(&format!("/Users/{}", id(&created))).await,
        created,
        "read back as answered"
    );
    let found = service
        .get("/Users?filter=userName%20eq%20%22NINA.neu@haldenvale.example%22")
        .await;
    assert_eq!(
        found["Resources"],
        json!([created]),
        "found by address, whatever the capitals"
    );
    assert_eq!(service.get("/Users").await["totalResults"], 51, "counted");
}

#[tokio::test]
async fn a_create_needs_what_peakon_needs() {
    let service = company(50).await;
    type Spoil = fn(&mut Value);
    let cases: [(&str, Spoil); 5] = [
        ("no user name", |body| body["userName"] = Value::Null),
        ("no name", |body| body["name"] = Value::Null),
        ("no family name", |body| {
            body["name"]["familyName"] = json!("")
        }),
        ("another e-mail", |body| {
            body["emails"][0]["value"] = json!("other@haldenvale.example")
        }),
        ("no address", |body| {
            body["emails"][0]["value"] = json!("nina")
        }),
    ];
    for (what, spoil) in cases {
        let mut body = newcomer("nina.neu@haldenvale.example");
        spoil(&mut body);
        let answer = service.call("POST", "/Users", Some(&body)).await;
        assert_eq!(answer.0, 400, "{what} is refused: {}", answer.1);
    }
    let mut body = newcomer("nina.neu@haldenvale.example");
    body.as_object_mut()
        .map(|members| members.remove("schemas"));
    assert_error(
        &service.call("POST", "/Users", Some(&body)).await,
        StatusCode::BAD_REQUEST,
        "invalidSyntax",
    );
    assert_eq!(service.state().await["people"], 50, "nobody was created");
    let mut body = newcomer("nina.neu@haldenvale.example");
    body.as_object_mut().map(|members| members.remove("emails"));
    let (status, created) = service.call("POST", "/Users", Some(&body)).await;
    assert_eq!(
        (status, email(&created)),
        (201, "nina.neu@haldenvale.example"),
        "a user name that is an address serves as one"
    );
}

#[tokio::test]
async fn addresses_and_numbers_are_unique() {
    let service = company(50).await;
    let person = service.somebody().await;
    let taken = newcomer(&email(&person).to_uppercase());
    assert_error(
        &service.call("POST", "/Users", Some(&taken)).await,
        StatusCode::CONFLICT,
        "uniqueness",
    );
    let mut body = newcomer("nina.neu@haldenvale.example");
    body[ENTERPRISE] = json!({ "employeeNumber": person[ENTERPRISE]["employeeNumber"] });
    assert_error(
        &service.call("POST", "/Users", Some(&body)).await,
        StatusCode::CONFLICT,
        "uniqueness",
    );
    service.switch(json!({ "duplicates": "update" })).await;
    let (status, updated) = service
        .call("POST", "/Users", Some(&newcomer(email(&person))))
        .await;
    assert_eq!(
        (status, updated["id"].clone()),
        (200, person["id"].clone()),
        "a switch updates the person there is"
    );
    service
        .switch(json!({ "duplicates": "secondRecord" }))
        .await;
    let (status, second) = service
        .call("POST", "/Users", Some(&newcomer(email(&person))))
        .await;
    assert_eq!(status, 201, "a switch makes a second record");
    assert_ne!(second["id"], person["id"], "of its own");
}

#[tokio::test]
async fn whether_a_new_person_is_active_can_be_left_open() {
    let service = company(50).await;
    let mut body = newcomer("nina.neu@haldenvale.example");
    body.as_object_mut().map(|members| members.remove("active"));
    assert_eq!(
        service.call("POST", "/Users", Some(&body)).await.1["active"],
        false,
        "as the reference says"
    );
    service
        .switch(json!({ "activeDefault": true, "createStatus": 200 }))
        .await;
    body["userName"] = json!("nora.neu@haldenvale.example");
    body["emails"][0]["value"] = json!("nora.neu@haldenvale.example");
    let (status, created) = service.call("POST", "/Users", Some(&body)).await;
    assert_eq!(
        (status, &created["active"]),
        (200, &json!(true)),
        "as others do it"
    );
}

#[tokio::test]
async fn put_replaces_or_merges() {
    let service = company(50).await;
    let person = service.somebody().await;
    let path = format!("/Users/{}", id(&person));
    let mut body = person.clone();
    body[PEAKON] = json!({ "Team": "Search" });
    service.switch(json!({ "put": "merge" })).await;
    let (_, merged) = service.call("PUT", &path, Some(&body)).await;
    assert_eq!(
        merged[PEAKON]["Department"], person[PEAKON]["Department"],
        "what is left out stays"
    );
    service.switch(json!({ "put": "replace" })).await;
    let (status, replaced) = service.call("PUT", &path, Some(&body)).await;
    assert_eq!(status, 200, "replaced: {replaced}");
    assert_eq!(
        replaced[PEAKON],
        json!({ "Team": "Search" }),
        "what is left out goes"
    );
    service.switch(json!({ "putAnswer": "noContent" })).await;
    assert_eq!(
        service.call("PUT", &path, Some(&body)).await,
        (204, Value::Null),
        "a service may answer without a body"
    );
}

#[tokio::test]
async fn writing_back_what_was_read_changes_nothing() {
    let service = company(50).await;
    for person in service.everybody().await {
        let path = format!("/Users/{}", id(&person));
        let (status, body) = service.call("PUT", &path, Some(&person)).await;
        assert_eq!(
            (status, &body),
            (200, &person),
            "even a dirty record is taken back"
        );
    }
    let changed = service
        .log()
        .await
        .iter()
        .filter(|entry| entry["applied"] == true)
        .count();
    assert_eq!(changed, 0, "and the log says that nothing happened");
}

#[tokio::test]
async fn every_habit_of_patch_is_understood() {
    let service = company(50).await;
    let person = service.somebody().await;
    let someone = id(&person);
    let (status, body) = service
        .patch(
            someone,
            json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        )
        .await;
    assert_eq!(
        (status, &body["active"]),
        (200, &json!(false)),
        "as Entra writes it"
    );
    let (_, body) = service
        .patch(
            someone,
            json!([{ "op": "replace", "value": { "active": true } }]),
        )
        .await;
    assert_eq!(body["active"], true, "as Okta writes it");
    let (_, body) = service
        .patch(
            someone,
            json!([{ "op": "Add", "path": "name.givenName", "value": "Zoë" }]),
        )
        .await;
    assert_eq!(body["name"]["givenName"], "Zoë", "a dotted path");
    let (_, body) = service
        .patch(
            someone,
            json!([{ "op": "replace", "value": { "name.familyName": "Ångström" } }]),
        )
        .await;
    assert_eq!(body["name"]["familyName"], "Ångström", "a dotted key");
    let (_, body) = service
        .patch(
            someone,
            json!([{ "op": "replace", "path": format!("{PEAKON}:Department"), "value": "Sales" }]),
        )
        .await;
    assert_eq!(body[PEAKON]["Department"], "Sales", "a path with the URN");
    let mut value = json!({});
    value[format!("{PEAKON}:Team")] = json!("Partners");
    let (_, body) = service
        .patch(someone, json!([{ "op": "replace", "value": value }]))
        .await;
    assert_eq!(body[PEAKON]["Team"], "Partners", "a key with the URN");
    let (_, body) = service.patch(someone, json!([{ "op": "add", "path": PEAKON, "value": { "Cost Center": "5210 Sales Americas" } }])).await;
    assert_eq!(
        body[PEAKON]["Cost Center"], "5210 Sales Americas",
        "the whole extension as the path"
    );
    assert_eq!(body[PEAKON]["Team"], "Partners", "which leaves the rest");
    let (_, body) = service
        .patch(someone, json!([
            { "op": "replace", "path": "userName", "value": "zoe@haldenvale.example" },
            { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "zoe@haldenvale.example" },
        ]))
        .await;
    assert_eq!(
        email(&body),
        "zoe@haldenvale.example",
        "a path with a filter"
    );
    let (_, body) = service.patch(someone, json!([{ "op": "replace", "path": format!("{ENTERPRISE}:employeeNumber"), "value": "X-1" }])).await;
    assert_eq!(
        body[ENTERPRISE]["employeeNumber"], "X-1",
        "the enterprise extension"
    );
    let (_, body) = service
        .patch(
            someone,
            json!([{ "op": "remove", "path": format!("{PEAKON}:Team") }]),
        )
        .await;
    assert!(body[PEAKON].get("Team").is_none(), "removed");
    service.switch(json!({ "patchAnswer": "noContent" })).await;
    assert_eq!(
        service.set(someone, json!({ "Team": "Partners" })).await,
        (204, Value::Null),
        "a service may answer without a body"
    );
}

#[tokio::test]
async fn a_name_with_a_space_does_not_fit_a_path() {
    let service = company(50).await;
    let person = service.somebody().await;
    let by_path =
        json!([{ "op": "replace", "path": format!("{PEAKON}:Business Unit"), "value": "Cloud" }]);
    assert_error(
        &service.patch(id(&person), by_path.clone()).await,
        StatusCode::BAD_REQUEST,
        "invalidPath",
    );
    let (status, body) = service
        .set(id(&person), json!({ "Business Unit": "Retail" }))
        .await;
    assert_eq!(
        (status, &body[PEAKON]["Business Unit"]),
        (200, &json!("Retail")),
        "a value without a path works"
    );
    service.switch(json!({ "spacesInPaths": true })).await;
    let (status, body) = service.patch(id(&person), by_path).await;
    assert_eq!(
        (status, &body[PEAKON]["Business Unit"]),
        (200, &json!("Cloud")),
        "a switch lets it pass"
    );
}

#[tokio::test]
async fn a_patch_is_done_whole_or_not_at_all() {
    let service = company(50).await;
    let person = service.somebody().await;
    let operations = json!([
        { "op": "replace", "path": "active", "value": false },
        { "op": "replace", "value": { PEAKON: { "Team": "Search" } } },
        { "op": "replace", "value": { PEAKON: { "Weekly Hours": "many" } } },
    ]);
    assert_error(
        &service.patch(id(&person), operations).await,
        StatusCode::BAD_REQUEST,
        "invalidValue",
    );
    assert_eq!(
        service.get(&format!("/Users/{}", id(&person))).await,
        person,
        "the first two were not done either"
    );
    for (operations, kind) in [
        (json!([{ "op": "remove" }]), "noTarget"),
        (
            json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x@y.example" }]),
            "noTarget",
        ),
        (
            json!([{ "op": "replace", "path": "shoeSize", "value": 1 }]),
            "invalidPath",
        ),
        (
            json!([{ "op": "move", "path": "active", "value": true }]),
            "invalidSyntax",
        ),
        (json!([]), "invalidSyntax"),
    ] {
        assert_error(
            &service.patch(id(&person), operations).await,
            StatusCode::BAD_REQUEST,
            kind,
        );
    }
}

#[tokio::test]
async fn how_a_value_is_cleared_is_for_the_client_to_find_out() {
    let service = company(50).await;
    let person = service.somebody().await;
    let path = format!("{PEAKON}:Team");
    let ways: [(&str, Value); 3] = [
        (
            "null",
            json!([{ "op": "replace", "value": { PEAKON: { "Team": null } } }]),
        ),
        (
            "empty",
            json!([{ "op": "replace", "value": { PEAKON: { "Team": "" } } }]),
        ),
        ("remove", json!([{ "op": "remove", "path": path }])),
    ];
    for (working, _) in &ways {
        for otherwise in ["reject", "ignore"] {
            service
                .switch(json!({ "clear": [working], "clearOtherwise": otherwise }))
                .await;
            for (way, operations) in &ways {
                service.set(id(&person), json!({ "Team": "Search" })).await;
                let (status, body) = service.patch(id(&person), operations.clone()).await;
                match (way == working, otherwise) {
                    (true, _) => assert!(
                        status == 200 && body[PEAKON].get("Team").is_none(),
                        "{way} clears: {body}"
                    ),
                    (false, "reject") => {
                        assert_eq!(status, 400, "{way} is refused where only {working} works")
                    }
                    (false, _) => assert_eq!(
                        (status, &body[PEAKON]["Team"]),
                        (200, &json!("Search")),
                        "{way} does nothing"
                    ),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_service_may_say_200_and_do_nothing() {
    let service = company(50).await;
    let person = service.somebody().await;
    service.switch(json!({ "writesIgnored": true })).await;
    let (status, body) = service
        .set(id(&person), json!({ "Team": "Search Party" }))
        .await;
    assert_eq!(
        (status, &body[PEAKON]["Team"]),
        (200, &json!("Search Party")),
        "the answer looks done"
    );
    assert_eq!(
        service
            .call("DELETE", &format!("/Users/{}", id(&person)), None)
            .await
            .0,
        204,
        "so does this"
    );
    assert_eq!(
        service.get(&format!("/Users/{}", id(&person))).await,
        person,
        "and nothing was done"
    );
    assert!(
        service
            .log()
            .await
            .iter()
            .all(|entry| entry["applied"] == false),
        "as the log proves"
    );
}

#[tokio::test]
async fn members_peakon_does_not_know_are_refused_or_ignored() {
    let service = company(50).await;
    let mut body = newcomer("nina.neu@haldenvale.example");
    body["shoeSize"] = json!(39);
    assert_error(
        &service.call("POST", "/Users", Some(&body)).await,
        StatusCode::BAD_REQUEST,
        "invalidSyntax",
    );
    service.switch(json!({ "unknownKeys": "ignore" })).await;
    let (status, created) = service.call("POST", "/Users", Some(&body)).await;
    assert_eq!(
        (status, created.get("shoeSize")),
        (201, None),
        "ignored, and not kept"
    );
    assert_eq!(created["schemas"][0], CORE, "the rest is there");
}
