//! Discovery in odd envelopes.

use super::*;

fn peakon_schema() -> Value {
    json!({
        "id": PEAKON_SCHEMA,
        "name": "Peakon",
        "attributes": [
            {"name": "Business Unit", "type": "string", "multiValued": false},
            {"name": "Separation date", "type": "dateTime"},
        ],
    })
}

#[tokio::test]
async fn schemas_are_read_from_every_envelope() {
    let envelopes = [
        (
            "a list response",
            list_response(vec![peakon_schema()], Some(1)),
        ),
        ("no totalResults", json!({"Resources": [peakon_schema()]})),
        (
            "no schemas",
            json!({"totalResults": 1, "Resources": [peakon_schema()]}),
        ),
        (
            "another name for the array",
            json!({"schemas": [peakon_schema()]}),
        ),
        (
            "yet another name",
            json!({"totalResults": 1, "items": [peakon_schema()]}),
        ),
        (
            "lower case",
            json!({"totalresults": 1, "resources": [peakon_schema()]}),
        ),
        ("a bare array", json!([peakon_schema()])),
        ("a single object", peakon_schema()),
        ("attributes by name", {
            json!([{"id": PEAKON_SCHEMA, "attributes": {"Business Unit": {"type": "string"}, "Separation date": {"type": "dateTime"}}}])
        }),
    ];
    for (habit, body) in envelopes {
        let server = serve(move |_| ok(body.clone())).await;
        let schemas = client(&server)
            .schemas()
            .await
            .unwrap_or_else(|error| panic!("{habit}: {error}"));
        assert_eq!(schemas.len(), 1, "{habit}");
        assert_eq!(schemas[0].id, PEAKON_SCHEMA, "{habit}");
        let labels: Vec<_> = discover(&schemas, &[])
            .into_iter()
            .filter(|a| a.declared)
            .map(|a| a.label)
            .collect();
        assert_eq!(labels, ["Business Unit", "Separation date"], "{habit}");
    }
}

#[tokio::test]
async fn what_a_config_leaves_out_is_not_supported() {
    let configs = [
        json!({"patch": {"supported": true}, "authenticationSchemes": [{"type": "oauthbearertoken"}]}),
        json!({"Resources": [{"patch": {"supported": "True"}}], "totalResults": 1}),
        json!([{"Patch": true}]),
    ];
    for body in configs {
        let shown = body.to_string();
        let server = serve(move |_| ok(body.clone())).await;
        let config = client(&server)
            .config()
            .await
            .unwrap_or_else(|error| panic!("{shown}: {error}"));
        assert_eq!(config.patch, Some(true), "{shown}");
        assert!(
            config.bulk.is_none() && !config.etag && !config.filter && config.pagination.is_none(),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn resources_without_schemas_are_people_too() {
    let all: Vec<Value> = (1..=3)
        .map(|n| json!({"id": n.to_string(), "userName": format!("p{n}")}))
        .collect();
    let server = serve(move |request| ok(list_response(window(&all, request, 10), Some(3)))).await;
    let listed = list(&client(&server), by_ten()).await;
    assert!(listed.outcome.complete && listed.outcome.people == 3);
}
