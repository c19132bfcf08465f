//! Other people's habits: what services really do, row by row, and what the client makes of it.

mod clients;
mod discovery;
mod old;
mod pages;

use std::sync::atomic::{AtomicUsize, Ordering};

use scim::dialect::{self, Change, PEAKON_SCHEMA, discover};
use scim::{
    AttributeKey, BulkLimits, BulkOperation, Dialect, Error, Filter, FilterAttribute, Kind, Patch,
    Reading, Resource,
};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::service::*;

fn resource(value: Value) -> Resource {
    Resource::parse(&value.to_string()).unwrap()
}

fn read(resource: &Resource, key: &str, kind: Kind) -> Option<String> {
    dialect::read(resource, &AttributeKey::new(key), kind).value
}

// General sloppiness.

#[tokio::test]
async fn an_empty_list_may_have_no_resources_or_no_body_at_all() {
    for body in [
        Some(
            json!({"totalResults": 0, "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]}),
        ),
        None,
    ] {
        let server =
            serve(move |_| body.clone().map_or_else(|| ResponseTemplate::new(204), ok)).await;
        let client = client(&server);
        assert!(list(&client, by_ten()).await.outcome.complete);
        let found = client
            .find(&Filter::eq(FilterAttribute::UserName, "x@example.com"))
            .await
            .unwrap();
        assert!(found.is_empty());
    }
}

#[tokio::test]
async fn ids_as_numbers_are_text_here() {
    let person = Resource::parse(r#"{"id": 80166956123456789012, "userName": "a"}"#).unwrap();
    assert_eq!(
        person.id(),
        Some("80166956123456789012"),
        "every digit, as written"
    );
    let server = serve(|_| {
        ResponseTemplate::new(200)
            .set_body_raw(r#"{"id": 80166956, "active": true}"#, "application/json")
    })
    .await;
    assert_eq!(
        client(&server).get("80166956").await.unwrap().unwrap().id(),
        Some("80166956")
    );
}

#[test]
fn active_may_be_missing_and_is_then_not_set() {
    assert_eq!(
        read(&resource(json!({"id": "1"})), "active", Kind::Boolean),
        None
    );
}

#[test]
fn emails_take_every_form() {
    let forms = [
        json!([{"value": "ana@example.com", "type": "work", "primary": true}]),
        json!([{"value": "home@example.com", "type": "home"}, {"value": "ana@example.com", "type": "Work"}]),
        json!({"value": "ana@example.com", "type": "work"}),
        json!([{"value": "ana@example.com"}]),
        json!([{"value": "other@example.com"}, {"value": "ana@example.com", "primary": "True"}]),
        json!(["ana@example.com"]),
        json!("ana@example.com"),
    ];
    for form in forms {
        let person = resource(json!({"id": "1", "emails": form}));
        assert_eq!(
            read(&person, "emails.work", Kind::Text).as_deref(),
            Some("ana@example.com"),
            "{form}"
        );
    }
    let only_home =
        resource(json!({"id": "1", "emails": [{"value": "x@example.com", "type": "home"}]}));
    assert_eq!(
        read(&only_home, "emails.work", Kind::Text),
        None,
        "a private address is not taken for the work one"
    );
}

#[test]
fn null_absent_and_empty_are_all_not_set() {
    for form in [
        json!({"id": "1", "title": null}),
        json!({"id": "1"}),
        json!({"id": "1", "title": ""}),
        json!({"id": "1", "title": []}),
    ] {
        assert_eq!(
            dialect::read(&resource(form.clone()), &"title".into(), Kind::Text),
            Reading::default(),
            "{form}"
        );
    }
}

#[test]
fn names_are_read_in_both_spellings() {
    let person = resource(json!({"id": "1", "name": {"firstName": "Ana", "lastName": "Ruiz"}}));
    assert_eq!(
        read(&person, "name.givenName", Kind::Text).as_deref(),
        Some("Ana")
    );
    assert_eq!(
        read(&person, "name.familyName", Kind::Text).as_deref(),
        Some("Ruiz")
    );
}

#[tokio::test]
async fn a_gateways_web_page_is_never_taken_for_data() {
    let server = serve(|_| html(200)).await;
    let client = client(&server);
    let listed = list(&client, by_ten()).await;
    assert!(
        matches!(listed.error, Some(Error::NotScim { .. })),
        "{:?}",
        listed.error
    );
    assert!(!listed.outcome.complete);
    assert!(matches!(client.config().await, Err(Error::NotScim { .. })));
    let wrote = client.patch("1", &Patch::new(vec![]), None).await;
    assert!(
        matches!(wrote, Err(Error::Ambiguous(_))),
        "a page with status 200 is no yes to a change: {wrote:?}"
    );
    let deleted = client.delete("1", None).await;
    assert!(matches!(deleted, Err(Error::Ambiguous(_))), "{deleted:?}");
}

#[tokio::test]
async fn a_gateways_error_page_ends_in_one_readable_line() {
    let server = serve(|_| html(500)).await;
    let error = list(&client(&server), by_ten()).await.error.unwrap();
    assert!(matches!(error, Error::Server { .. }), "{error:?}");
    assert!(
        error.to_string().contains("Sign in to Example") && !error.to_string().contains('<'),
        "the title, not the HTML: {error}"
    );
}

#[tokio::test]
async fn a_creation_may_answer_200_or_without_a_body() {
    let with_body = serve(|_| ok(json!({"id": "9", "userName": "a"}))).await;
    assert_eq!(
        client(&with_body)
            .create(&Resource::user())
            .await
            .unwrap()
            .id(),
        Some("9")
    );
    let without = serve(|_| {
        ResponseTemplate::new(201).insert_header("location", "https://x.example/scim/v2/Users/9")
    })
    .await;
    assert_eq!(
        client(&without)
            .create(&Resource::user())
            .await
            .unwrap()
            .id(),
        Some("9")
    );
}

#[tokio::test]
async fn a_write_may_answer_204() {
    let server = serve(|_| ResponseTemplate::new(204)).await;
    let client = client(&server);
    let replaced = client.replace("1", &Resource::user(), None).await.unwrap();
    assert_eq!(
        (replaced.status, replaced.resource.is_none()),
        (204, true),
        "nothing is claimed that was not said"
    );
    assert!(
        client
            .patch("1", &Patch::new(vec![]), None)
            .await
            .unwrap()
            .resource
            .is_none()
    );
}

#[tokio::test]
async fn a_yes_that_changes_nothing_is_shown_as_it_is() {
    let stored = json!({"id": "1", "userName": "ana@example.com", "active": true});
    let server = serve(move |_| ok(stored.clone())).await;
    let client = client(&server);
    let changes = [Change::new("active", Kind::Boolean, Some("false"))];
    let written = client
        .patch(
            "1",
            &dialect::patch(None, &changes, &Dialect::default()),
            None,
        )
        .await
        .unwrap();
    assert_eq!(
        read(&written.resource.unwrap(), "active", Kind::Boolean).as_deref(),
        Some("true"),
        "the answer shows what the service says is stored, never what was asked for"
    );
    let again = client.get("1").await.unwrap().unwrap();
    assert_eq!(
        read(&again, "active", Kind::Boolean).as_deref(),
        Some("true"),
        "and reading back finds the truth"
    );
}

#[tokio::test]
async fn an_error_wrapped_in_a_200_is_an_error() {
    let server = serve(|_| {
        ok(json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "409", "scimType": "uniqueness", "detail": "taken"}))
    })
    .await;
    let error = client(&server).create(&Resource::user()).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
}

#[tokio::test]
async fn a_service_that_ignores_filters_is_not_believed() {
    let server = serve(|_| ok(list_response(people(1..=10), Some(10)))).await;
    let client = client(&server);
    let unknown = client
        .find(&Filter::eq(FilterAttribute::UserName, "nobody@example.com"))
        .await;
    assert!(
        matches!(unknown, Err(Error::Unsupported { .. })),
        "other people are no answer: {unknown:?}"
    );
    let known = client
        .find(&Filter::eq(
            FilterAttribute::UserName,
            "PERSON3@example.com",
        ))
        .await
        .unwrap();
    assert_eq!(
        known.len(),
        1,
        "of all that were shown, the one that was asked for"
    );
}

#[tokio::test]
async fn a_filter_is_quoted_and_encoded() {
    let server = serve(|request| {
        assert_eq!(
            query(request)["filter"],
            r#"userName eq "o\"hara+test@example.com""#
        );
        assert!(
            request.url.query().unwrap().contains("%2B")
                && !request.url.query().unwrap().contains('+'),
            "a plus sign means a space to many"
        );
        ok(json!({"totalResults": 0}))
    })
    .await;
    client(&server)
        .find(&Filter::eq(
            FilterAttribute::UserName,
            "o\"hara+test@example.com",
        ))
        .await
        .unwrap();
}

#[tokio::test]
async fn another_persons_record_is_not_taken_for_the_one_asked_for() {
    let server = serve(|_| ok(person(8))).await;
    let error = client(&server).get("7").await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
}

#[tokio::test]
async fn a_media_type_that_is_refused_is_replaced_once() {
    let server = serve(|request| {
        let sent = request
            .headers
            .get("content-type")
            .unwrap()
            .to_str()
            .unwrap();
        if sent == "application/scim+json" {
            ResponseTemplate::new(415)
        } else {
            ok(json!({"id": "1"}))
        }
    })
    .await;
    let client = client(&server);
    assert!(client.create(&Resource::user()).await.is_ok());
    assert!(client.create(&Resource::user()).await.is_ok());
    assert_eq!(client.requests(), 3, "the second creation knows already");
}

#[tokio::test]
async fn a_byte_order_mark_is_passed_over() {
    let server = serve(|_| {
        ResponseTemplate::new(200).set_body_raw("\u{feff}{\"id\":\"1\"}", "application/json")
    })
    .await;
    assert!(client(&server).get("1").await.unwrap().is_some());
}
