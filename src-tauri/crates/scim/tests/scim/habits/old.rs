//! Leftovers of SCIM 1.1.

use super::*;

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
    for body in bodies {
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
