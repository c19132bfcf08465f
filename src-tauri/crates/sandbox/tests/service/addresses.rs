//! Where the service is, who may ask, and in which form errors come (items 1, 2 and 15).

use serde_json::{Value, json};

use super::client::{company, id};

#[tokio::test]
async fn nothing_is_answered_without_the_right_token() {
    let service = company(50).await;
    for path in [
        "/Users",
        "/Users/80100003",
        "/ServiceProviderConfig",
        "/Schemas",
    ] {
        let without = service.bare("GET", path).send().await.expect("an answer");
        assert_eq!(without.status(), 401, "{path} needs a token");
        assert!(
            without.headers().contains_key("www-authenticate"),
            "a 401 says what is wanted"
        );
        let wrong = service
            .bare("GET", path)
            .bearer_auth("wrong")
            .send()
            .await
            .expect("an answer");
        assert_eq!(wrong.status(), 401, "{path} needs the right token");
    }
    service
        .switch(json!({ "discoveryNeedsToken": false }))
        .await;
    let open = service
        .bare("GET", "/ServiceProviderConfig")
        .send()
        .await
        .expect("an answer");
    assert_eq!(open.status(), 200, "a switch opens discovery");
}

#[tokio::test]
async fn the_old_path_is_served_on_demand() {
    let service = company(50).await;
    let old = service.running.url().replace("/api/scim/v2", "/scim/v2");
    let get = || {
        service
            .http
            .get(format!("{old}/Users"))
            .bearer_auth(super::client::TOKEN)
            .send()
    };
    assert_eq!(
        get().await.expect("an answer").status(),
        404,
        "the old path is off at first"
    );
    service.switch(json!({ "paths": "both" })).await;
    assert_eq!(
        get().await.expect("an answer").status(),
        200,
        "both paths are served"
    );
    service.switch(json!({ "paths": "old" })).await;
    assert_eq!(
        service.call("GET", "/Users", None).await.0,
        404,
        "only the old path is left"
    );
}

#[tokio::test]
async fn both_media_types_are_taken_and_given() {
    let service = company(50).await;
    let media_type = |response: &reqwest::Response| {
        response.headers()["content-type"]
            .to_str()
            .map(str::to_owned)
            .ok()
    };
    let response = service.send("GET", "/Users", None).await;
    assert_eq!(
        media_type(&response).as_deref(),
        Some("application/scim+json"),
        "the SCIM media type at first"
    );
    service.switch(json!({ "mediaType": "json" })).await;
    let response = service.send("GET", "/Users", None).await;
    assert_eq!(
        media_type(&response).as_deref(),
        Some("application/json"),
        "plain JSON on demand"
    );
    let body = super::client::newcomer("plain@haldenvale.example").to_string();
    let created = service
        .request("POST", "/Users")
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(created.status(), 201, "a body in plain JSON is taken");
}

#[tokio::test]
async fn what_peakon_does_not_have_is_not_there() {
    let service = company(50).await;
    assert_eq!(
        service.call("GET", "/Groups", None).await.0,
        501,
        "there are no groups"
    );
    for (method, path) in [
        ("GET", "/ResourceTypes"),
        ("POST", "/Users/.search"),
        ("GET", "/Me"),
        ("GET", "/"),
    ] {
        let (status, _) = service.call(method, path, Some(&json!({}))).await;
        assert!(
            matches!(status, 404 | 405),
            "{method} {path} is answered with {status}"
        );
    }
}

#[tokio::test]
async fn the_service_describes_itself() {
    let service = company(50).await;
    let config = service.get("/ServiceProviderConfig").await;
    assert_eq!(config["patch"]["supported"], true, "PATCH works");
    assert_eq!(config["bulk"]["supported"], true, "bulk works at first");
    assert_eq!(config["etag"]["supported"], false, "no versions at first");
    assert_eq!(
        config["pagination"],
        Value::Null,
        "cursors are not Peakon's"
    );
    service
        .switch(json!({ "bulk": false, "etags": true, "serviceProviderConfig": true }))
        .await;
    let config = service.get("/ServiceProviderConfig").await;
    assert_eq!(
        config["bulk"]["supported"], false,
        "what is switched off is not declared"
    );
    assert_eq!(
        config["etag"]["supported"], true,
        "what is switched on is declared"
    );
    assert_eq!(
        service.call("POST", "/Bulk", Some(&json!({}))).await.0,
        404,
        "bulk is gone"
    );
    service
        .switch(json!({ "serviceProviderConfig": false }))
        .await;
    assert_eq!(
        service.call("GET", "/ServiceProviderConfig", None).await.0,
        404,
        "a service may have none"
    );
}

#[tokio::test]
async fn errors_come_in_every_form_of_the_wild() {
    let service = company(50).await;
    let error = || service.send("GET", "/Users/1", None);
    let (status, body) = service.call("GET", "/Users/1", None).await;
    assert_eq!(
        (status, body["status"].as_str()),
        (404, Some("404")),
        "a SCIM error at first"
    );
    service.switch(json!({ "numericErrorStatus": true })).await;
    assert_eq!(
        service.call("GET", "/Users/1", None).await.1["status"],
        404,
        "SCIM 1.1 has a number"
    );
    service.switch(json!({ "errorForm": "jsonApi" })).await;
    assert_eq!(
        service.call("GET", "/Users/1", None).await.1["errors"][0]["status"],
        "404",
        "JSON:API"
    );
    service.switch(json!({ "errorForm": "plain" })).await;
    assert!(
        service.call("GET", "/Users/1", None).await.1["message"].is_string(),
        "a bare message"
    );
    service.switch(json!({ "errorForm": "html" })).await;
    let page = error().await;
    assert_eq!(
        page.headers()["content-type"],
        "text/html; charset=utf-8",
        "a gateway's page"
    );
    service.switch(json!({ "errorForm": "empty" })).await;
    let empty = error().await;
    assert_eq!(empty.status(), 404, "the status stays");
    assert_eq!(
        empty.text().await.expect("a body"),
        "",
        "and nothing else comes"
    );
}

#[tokio::test]
async fn bad_input_gets_a_sentence_and_breaks_nothing() {
    let service = company(50).await;
    let person = service.somebody().await;
    let path = format!("/Users/{}", id(&person));
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"text\"",
        "{\"Operations\":7}",
        "{\"Operations\":[{}]}",
        "{\"Operations\":[{\"op\":\"replace\"}]}",
        "\u{0}",
        "{\"name\":null}",
    ] {
        for (method, path) in [
            ("POST", "/Users"),
            ("PUT", &*path),
            ("PATCH", &*path),
            ("POST", "/Bulk"),
        ] {
            if path == "/Bulk" && body.contains("[{") {
                // A list is a request; what is wrong with its operations is said of each.
                continue;
            }
            let response = service
                .request(method, path)
                .body(body)
                .send()
                .await
                .expect("an answer");
            assert_eq!(response.status(), 400, "{method} {path} with {body:?}");
            let error: Value = response.json().await.expect("a SCIM error");
            assert!(
                error["detail"]
                    .as_str()
                    .is_some_and(|detail| detail.ends_with('.')),
                "{error} is a sentence"
            );
        }
    }
    for query in [
        "startIndex=x",
        "count=many",
        "filter=(",
        "filter=userName%20eq",
        "filter=userName%20eq%20%22",
        "filter=%ff",
    ] {
        assert_eq!(
            service
                .call("GET", &format!("/Users?{query}"), None)
                .await
                .0,
            400,
            "{query} is refused"
        );
    }
    for path in [
        "/Users/%00",
        "/Users/..%2f..",
        "/Users/99999999999999999999999",
        "/Users/-1",
        "/Users/é",
    ] {
        assert_eq!(
            service.call("GET", path, None).await.0,
            404,
            "{path} is nobody"
        );
    }
    let huge = service
        .request("POST", "/Users")
        .body(vec![b' '; 17 * 1024 * 1024])
        .send()
        .await;
    assert!(
        huge.map_or(true, |response| response.status() == 413),
        "an endless body is refused"
    );
    assert_eq!(
        service.get(&path).await,
        person,
        "nothing was changed by any of it"
    );
}
