//! What crosses the wire, what is shown of it, and where the token never goes.

use scim::{Client, Endpoint, Error, Options, Resource, SecretString};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::service::*;

#[tokio::test]
async fn every_request_carries_the_token_and_asks_for_scim() {
    let server = serve(|request| {
        assert_eq!(
            request.headers.get("authorization").unwrap(),
            &format!("Bearer {TOKEN}")
        );
        assert!(
            request
                .headers
                .get("accept")
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("application/scim+json")
        );
        assert!(
            request.headers.get("if-match").is_none(),
            "no version unless one is given"
        );
        ok(json!({"id": "1"}))
    })
    .await;
    client(&server).get("1").await.unwrap();
}

#[tokio::test]
async fn a_version_is_sent_where_one_is_given_and_its_refusal_is_its_own_error() {
    let server = serve(|request| {
        assert_eq!(request.headers.get("if-match").unwrap(), "W/\"3\"");
        ResponseTemplate::new(412)
    })
    .await;
    let error = client(&server)
        .replace("1", &Resource::user(), Some("W/\"3\""))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Precondition { .. }), "{error:?}");
}

#[tokio::test]
async fn an_error_does_not_repeat_a_token_the_service_echoed() {
    let server = serve(|_| scim_error(401, "", &format!("unknown token {TOKEN}"))).await;
    let error = client(&server).get("1").await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error}");
}

#[tokio::test]
async fn an_echoed_token_is_taken_out_wherever_it_stands() {
    // The cut to what is read falls into the second one.
    let long = format!("{TOKEN} {} {TOKEN}", "x".repeat(480));
    let server = serve(move |request| {
        if request.url.path().ends_with("Schemas") {
            let to = format!("https://elsewhere.example/{TOKEN}/sign-in");
            return ResponseTemplate::new(302).insert_header("location", to);
        }
        scim_error(401, TOKEN, &long).insert_header("x-request-id", TOKEN)
    })
    .await;
    let spaced = Client::new(
        endpoint(&server),
        SecretString::from(format!(" {TOKEN}\n")),
        options(),
    )
    .unwrap();
    let refused = spaced.get("1").await.unwrap_err();
    let sent_on = spaced.schemas().await.unwrap_err();
    assert!(matches!(sent_on, Error::Redirected { .. }), "{sent_on:?}");
    let shown = format!("{refused} {refused:?} {sent_on} {sent_on:?}");
    assert!(
        !shown.contains(&TOKEN[..8]),
        "neither whole nor cut, in no part of what is shown: {shown}"
    );
}

#[tokio::test]
async fn the_token_does_not_follow_a_redirect_to_another_origin() {
    let elsewhere = serve(|request| {
        assert!(
            request.headers.get("authorization").is_none(),
            "the token went to a stranger"
        );
        ok(json!({"id": "1"}))
    })
    .await;
    let to = format!("{}/scim/v2/Users/1?session=secret", elsewhere.uri());
    let server =
        serve(move |_| ResponseTemplate::new(302).insert_header("location", to.as_str())).await;
    let error = client(&server).get("1").await.unwrap_err();
    assert!(matches!(error, Error::Redirected { .. }), "{error:?}");
    assert!(
        !error.to_string().contains("session"),
        "the address is shown without its query: {error}"
    );
    assert!(
        elsewhere.received_requests().await.unwrap().is_empty(),
        "nothing was sent there at all"
    );
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_for_reads() {
    let server = serve(|request| match request.url.path() {
        "/scim/v2/Users/1" => {
            ResponseTemplate::new(301).insert_header("location", "/scim/v2/Users/1/")
        }
        _ => ok(json!({"id": "1"})),
    })
    .await;
    assert!(client(&server).get("1").await.unwrap().is_some());
    let moved = client(&server)
        .patch("1", &scim::Patch::new(vec![]), None)
        .await;
    assert!(
        matches!(moved, Err(Error::Redirected { .. })),
        "a moved write would turn into a read: {moved:?}"
    );
}

#[tokio::test]
async fn a_redirect_in_circles_ends() {
    let server =
        serve(|_| ResponseTemplate::new(302).insert_header("location", "/scim/v2/Users/1")).await;
    let client = client(&server);
    assert!(matches!(
        client.get("1").await,
        Err(Error::Redirected { .. })
    ));
    assert!(client.requests() < 10);
}

#[tokio::test]
async fn ids_are_encoded_so_that_none_can_address_anything_else() {
    let server = serve(|request| {
        assert!(
            request.url.path().starts_with("/scim/v2/Users/"),
            "{}",
            request.url.path()
        );
        assert!(request.url.query().is_none());
        ResponseTemplate::new(404)
    })
    .await;
    for id in ["../Schemas", "a/b", "a?b=c", "a#b", "..", ".", "", "ä ö"] {
        assert!(client(&server).get(id).await.unwrap().is_none(), "{id}");
    }
}

#[test]
fn neither_the_client_nor_its_options_show_the_token() {
    let endpoint = Endpoint::parse("https://acme.peakon.com/api/scim/v2").unwrap();
    let client = Client::new(endpoint, SecretString::from(TOKEN), Options::default()).unwrap();
    assert!(!format!("{client:?}").contains(TOKEN));
}
