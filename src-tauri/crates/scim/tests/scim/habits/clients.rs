//! Services built for one identity provider's way of writing.

use super::*;

#[test]
fn booleans_as_text_are_read_as_booleans() {
    for (wire, value) in [
        (json!("True"), "true"),
        (json!("False"), "false"),
        (json!("false"), "false"),
        (json!(true), "true"),
    ] {
        let person = resource(json!({"id": "1", "active": wire}));
        assert_eq!(
            read(&person, "active", Kind::Boolean).as_deref(),
            Some(value),
            "{wire}"
        );
    }
}

#[test]
fn booleans_are_written_as_json_and_operations_in_lower_case() {
    let patch = dialect::patch(
        None,
        &[Change::new("active", Kind::Boolean, Some("false"))],
        &Dialect::default(),
    );
    let sent: Value = serde_json::from_str(&patch.to_json()).unwrap();
    assert_eq!(
        sent,
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": false}],
        }),
        "what is tolerated is never written"
    );
}

#[test]
fn dotted_keys_given_back_as_they_were_sent_are_read() {
    let person = resource(json!({"id": "1", "name.givenName": "Ana"}));
    assert_eq!(
        read(&person, "name.givenName", Kind::Text).as_deref(),
        Some("Ana")
    );
}

#[test]
fn full_urn_keys_given_back_as_they_were_sent_are_read() {
    let key = format!("{PEAKON_SCHEMA}:Department");
    let person = resource(json!({"id": "1", (key.as_str()): "Sales"}));
    assert_eq!(read(&person, &key, Kind::Option).as_deref(), Some("Sales"));
}

#[tokio::test]
async fn a_replace_sends_the_whole_record_with_active_in_it() {
    let stored =
        r#"{"id":"7","userName":"ana@example.com","active":true,"custom":{"n":1.50}}"#.to_owned();
    let body = stored.clone();
    let server = serve(move |request| match request.method.as_str() {
        "PUT" => {
            let sent: Value = request.body_json().unwrap();
            assert_eq!(
                sent["active"],
                json!(false),
                "without active a person may be suspended or not by accident"
            );
            assert!(
                String::from_utf8_lossy(&request.body).contains(r#""custom":{"n":1.50}"#),
                "unknown members survive byte for byte"
            );
            ResponseTemplate::new(200).set_body_raw(request.body.clone(), "application/scim+json")
        }
        _ => ResponseTemplate::new(200).set_body_raw(body.clone(), "application/scim+json"),
    })
    .await;
    let client = client(&server);
    let mut person = client.get("7").await.unwrap().unwrap();
    dialect::apply(
        &mut person,
        &[Change::new("active", Kind::Boolean, Some("false"))],
        &Dialect::default(),
    );
    let written = client.replace("7", &person, None).await.unwrap();
    assert_eq!(
        written.resource.unwrap().get(&"active".into()),
        Some(json!(false))
    );
}

#[tokio::test]
async fn items_per_page_may_be_the_number_returned_or_the_number_asked_for() {
    for as_asked in [true, false] {
        let all = people(1..=25);
        let server = serve(move |request| {
            let mut body = list_response(window(&all, request, 10), Some(25));
            if as_asked {
                body["itemsPerPage"] = json!(number(request, "count"));
            }
            ok(body)
        })
        .await;
        let listed = list(&client(&server), by_ten()).await;
        assert!(
            listed.outcome.complete && listed.outcome.people == 25,
            "itemsPerPage decides nothing"
        );
    }
}
