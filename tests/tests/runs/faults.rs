//! What the service and the network do.

use std::collections::BTreeMap;

use engine::changes::run::RunStatus;
use serde_json::{Value, json};
use tests::crowd::Crowd;

use super::Outcome;

/// A run with these faults on its way, to its end.
async fn with(faults: Value) -> Outcome {
    let crowd = Crowd::new().await?;
    let number = faults.as_array().map_or(1, Vec::len);
    crowd.company.fail(faults).await?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    let struck: std::collections::BTreeSet<&str> = log
        .iter()
        .filter_map(|entry| entry["fault"].as_str())
        .collect();
    assert_eq!(struck.len(), number, "each fault struck: {struck:?}");
    crowd.company.no_faults().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_requests_asked_for_in_seconds() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 300, "count": 40, "status": 429, "retryAfter": "seconds", "retrySeconds": 1 },
        { "method": "GET", "nth": 5, "count": 2, "status": 429, "retryAfter": "seconds", "retrySeconds": 1 },
    ]))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_requests_asked_for_until_a_date() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 300, "count": 40, "status": 429, "retryAfter": "date", "retrySeconds": 1 },
    ]))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_requests_asked_for_without_a_word_for_how_long() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 300, "count": 40, "status": 429, "retryAfter": "none" },
    ]))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_dropped_before_the_write_took_effect() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 200, "count": 60, "drop": "before" },
        { "method": "GET", "query": "startIndex", "nth": 5, "count": 2, "drop": "before" },
    ]))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_dropped_after_the_write_took_effect() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 200, "count": 60, "drop": "after" },
        { "method": "PATCH", "nth": 900, "count": 30, "drop": "midBody" },
    ]))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_revoked_half_way() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd
        .company
        .fail(json!({ "path": "/Users", "nth": 900, "count": 0, "status": 401 }))
        .await?;
    let run = crowd.run().await?;
    assert_eq!(
        run.status,
        RunStatus::Paused,
        "it waits for a person: {run:?}"
    );
    let why = run.why.clone().unwrap_or_default();
    assert!(
        why.contains("token"),
        "who is told what it waits for: {why}"
    );
    assert_eq!(run.failed, 0, "no item is given up");
    crowd.company.no_faults().await?;
    let run = crowd.engine().resume_run(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}
