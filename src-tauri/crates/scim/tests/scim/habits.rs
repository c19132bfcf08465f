//! Other people's habits: what services really do, row by row, and what the client makes of it.

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

// Services built for one identity provider's way of writing.

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

// Services built for the other identity provider's way of writing.

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

// Discovery in odd envelopes.

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
        assert!(config.patch, "{shown}");
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

// Counts and pages.

#[tokio::test]
async fn a_total_that_is_only_the_page_size_is_not_believed() {
    let all = people(1..=45);
    let server = serve(move |request| {
        let rows = window(&all, request, 10);
        let total = rows.len() as u64;
        ok(list_response(rows, Some(total)))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(
        listed.numbers(),
        (1..=45).collect::<Vec<_>>(),
        "the end is an empty page, not a number"
    );
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
}

#[tokio::test]
async fn overlapping_pages_bring_everybody_once() {
    let all = people(1..=45);
    let server = serve(move |request| {
        // Every page begins two rows too early.
        let start = (number(request, "startIndex").unwrap_or(1) - 3).max(0) as usize;
        let count = number(request, "count").unwrap_or(10) as usize;
        ok(list_response(
            all.iter().skip(start).take(count).cloned().collect(),
            Some(45),
        ))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(
        listed.numbers(),
        (1..=45).collect::<Vec<_>>(),
        "{:?}",
        listed.outcome
    );
    assert!(listed.outcome.duplicates > 0, "repeats are counted");
    assert!(listed.outcome.complete);
}

#[tokio::test]
async fn a_zero_based_start_index_does_not_lose_the_first_person() {
    let all = people(1..=45);
    let server = serve(move |request| {
        let start = number(request, "startIndex").unwrap_or(0).max(0) as usize;
        let count = number(request, "count").unwrap_or(10) as usize;
        ok(list_response(
            all.iter().skip(start).take(count).cloned().collect(),
            Some(45),
        ))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.numbers(), (1..=45).collect::<Vec<_>>());
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
}

#[tokio::test]
async fn rows_past_the_end_are_not_taken_for_more_people() {
    let all = people(1..=45);
    let server = serve(move |request| {
        let rows = window(&all, request, 10);
        // Past the end it shows the last page again.
        ok(list_response(
            if rows.is_empty() {
                all[35..].to_vec()
            } else {
                rows
            },
            Some(45),
        ))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 45);
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
}

#[tokio::test]
async fn rows_dropped_in_the_middle_do_not_end_the_list() {
    let server = serve(|request| {
        let start = number(request, "startIndex").unwrap_or(1).max(1) as u64;
        let count = number(request, "count").unwrap_or(10).min(10) as u64;
        let rows: Vec<u64> = (start..start + count)
            .filter(|n| *n <= 60 && ![17, 18, 33].contains(n) && !(41..=50).contains(n))
            .collect();
        ok(list_response(people(rows), Some(60)))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(
        listed.outcome.people, 47,
        "everybody the service is willing to show, also behind a whole page of hidden ones"
    );
    assert!(
        !listed.outcome.complete,
        "thirteen are said to exist and are not shown"
    );
    assert!(
        listed
            .outcome
            .why
            .as_deref()
            .unwrap()
            .contains("13 are missing"),
        "{:?}",
        listed.outcome.why
    );
}

#[tokio::test]
async fn a_total_that_is_too_large_is_said_and_does_not_loop() {
    let all = people(1..=45);
    let server =
        serve(move |request| ok(list_response(window(&all, request, 10), Some(1_000_000)))).await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 45);
    assert!(!listed.outcome.complete && listed.outcome.why.unwrap().contains("999955 are missing"));
    assert!(listed.outcome.requests < 40, "{}", listed.outcome.requests);
}

#[tokio::test]
async fn the_next_page_may_be_empty_when_the_list_shrank() {
    let calls = AtomicUsize::new(0);
    let server = serve(move |request| {
        let all = if calls.fetch_add(1, Ordering::SeqCst) == 0 {
            people(1..=20)
        } else {
            people(1..=10)
        };
        let total = all.len() as u64;
        ok(list_response(window(&all, request, 10), Some(total)))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert!(
        listed.outcome.complete && listed.outcome.people == 10,
        "the last count is the one that holds: {:?}",
        listed.outcome
    );
}

#[tokio::test]
async fn totals_as_text_count() {
    let all = people(1..=25);
    let server = serve(move |request| {
        let mut body = list_response(window(&all, request, 10), None);
        body["totalResults"] = json!("25");
        ok(body)
    })
    .await;
    assert_eq!(
        list(&client(&server), by_ten()).await.outcome.expected,
        Some(25)
    );
}

// Leftovers of SCIM 1.1.

#[tokio::test]
async fn an_error_status_may_be_a_number() {
    let server = serve(|_| {
        ResponseTemplate::new(409).set_body_json(
            json!({"status": 409, "scimType": "uniqueness", "detail": "userName is taken"}),
        )
    })
    .await;
    let error = client(&server).create(&Resource::user()).await.unwrap_err();
    assert!(
        matches!(error, Error::Conflict { .. }) && error.is_scim_type("uniqueness"),
        "{error:?}"
    );
    assert!(error.to_string().contains("userName is taken"));
}

#[tokio::test]
async fn errors_may_come_as_a_list() {
    let bodies = [
        json!({"Errors": [{"description": "userName is taken", "code": "409"}]}),
        json!({"errors": [{"title": "Conflict", "detail": "userName is taken"}]}),
        json!({"message": "userName is taken", "status": 409}),
        json!({"error": {"message": "userName is taken"}}),
        json!(["userName is taken"]),
    ];
    for body in bodies.into_iter().take(4) {
        let shown = body.to_string();
        let server = serve(move |_| ResponseTemplate::new(409).set_body_json(body.clone())).await;
        let error = client(&server).create(&Resource::user()).await.unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{shown}");
        assert!(
            error.to_string().contains("userName is taken"),
            "{shown}: {error}"
        );
    }
}

#[tokio::test]
async fn bulk_statuses_and_operations_are_read_in_their_old_forms() {
    let server = serve(|request| {
        let sent: Value = request.body_json().unwrap();
        assert_eq!(
            sent["schemas"],
            json!(["urn:ietf:params:scim:api:messages:2.0:BulkRequest"])
        );
        ok(json!({"operations": [
            {"bulkId": "op1", "status": {"code": "204"}},
            {"location": "https://x/Users/3", "status": 404, "response": {"detail": "gone"}},
            {"bulkId": "op0", "status": "201", "location": "https://x/Users/77"},
            {"bulkId": "op3", "status": "500", "response": {"status": "500"}},
        ]}))
    })
    .await;
    let operations = [
        BulkOperation::Create(Resource::user()),
        BulkOperation::Delete {
            id: "2".into(),
            etag: None,
        },
        BulkOperation::Patch {
            id: "3".into(),
            patch: Patch::new(vec![]),
            etag: None,
        },
        BulkOperation::Delete {
            id: "4".into(),
            etag: None,
        },
        BulkOperation::Delete {
            id: "5".into(),
            etag: None,
        },
    ];
    let outcomes = client(&server)
        .bulk(
            &operations,
            BulkLimits {
                max_operations: 10,
                max_payload: 100_000,
            },
        )
        .await;
    assert_eq!(
        outcomes.iter().map(|o| o.at).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4],
        "one outcome per operation, in the order given"
    );
    assert_eq!(
        outcomes[0].result.as_ref().unwrap().id(),
        Some("77"),
        "the new id comes from its address"
    );
    assert_eq!(outcomes[1].result.as_ref().unwrap().status, 204);
    assert!(
        matches!(outcomes[2].result, Err(Error::NotFound { .. })),
        "matched by address: {:?}",
        outcomes[2].result
    );
    assert!(
        matches!(outcomes[3].result, Err(Error::Ambiguous(_))),
        "a 500 may have happened"
    );
    assert!(
        matches!(outcomes[4].result, Err(Error::Ambiguous(_))),
        "what the answer leaves out may have happened"
    );
}

#[tokio::test]
async fn bulk_requests_stay_under_the_declared_limits() {
    let sizes = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = sizes.clone();
    let server = serve(move |request| {
        let sent: Value = request.body_json().unwrap();
        let operations = sent["Operations"].as_array().unwrap().clone();
        seen.lock()
            .unwrap()
            .push((operations.len(), request.body.len()));
        let answers: Vec<Value> = operations
            .iter()
            .map(|o| json!({"bulkId": o["bulkId"], "status": "204"}))
            .collect();
        ok(json!({"Operations": answers}))
    })
    .await;
    let operations: Vec<BulkOperation> = (0..25)
        .map(|n| BulkOperation::Delete {
            id: n.to_string(),
            etag: None,
        })
        .collect();
    let client = client(&server);
    let by_number = client
        .bulk(
            &operations,
            BulkLimits {
                max_operations: 10,
                max_payload: 100_000,
            },
        )
        .await;
    assert!(by_number.iter().all(|outcome| outcome.result.is_ok()));
    assert_eq!(
        sizes
            .lock()
            .unwrap()
            .iter()
            .map(|(n, _)| *n)
            .collect::<Vec<_>>(),
        [10, 10, 5]
    );
    sizes.lock().unwrap().clear();
    let by_size = client
        .bulk(
            &operations,
            BulkLimits {
                max_operations: 1000,
                max_payload: 400,
            },
        )
        .await;
    assert!(by_size.iter().all(|outcome| outcome.result.is_ok()));
    assert!(
        sizes.lock().unwrap().iter().all(|(_, bytes)| *bytes <= 400),
        "{:?}",
        sizes.lock().unwrap()
    );
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
