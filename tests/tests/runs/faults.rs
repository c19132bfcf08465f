//! What the service and the network do.

use std::{collections::BTreeMap, time::Duration};

use engine::{
    changes::run::{ItemState, Run, RunStatus},
    connection::{ConnectionChange, Policy},
    history::{HistoryQuery, Origin},
    ports::News,
};
use serde_json::{Value, json};
use tests::crowd::{Crowd, waits_for_its_token};

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

/// The first word of the run that passes, waited for without asking again and again.
fn heard(crowd: &Crowd, passes: impl Fn(&Run) -> bool) -> Run {
    tokio::task::block_in_place(|| {
        crowd.company.ear.wait_for(|news| match news {
            News::Run(run) if passes(run) => Some(run.clone()),
            _ => None,
        })
    })
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
async fn bursts_of_500_with_and_without_effect() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 200, "count": 100, "status": 500 },
        { "method": "PATCH", "nth": 900, "count": 60, "status": 500, "applied": true },
        { "method": "GET", "path": "/Users/", "nth": 4, "count": 6, "status": 500 },
    ]))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn bursts_of_503() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 200, "count": 100, "status": 503 },
        { "method": "PATCH", "nth": 900, "count": 30, "status": 503, "retryAfter": "seconds", "retrySeconds": 1 },
        { "method": "GET", "query": "startIndex", "nth": 8, "count": 3, "status": 503 },
    ]))
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_do_not_come_in_time() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd
        .company
        .clock
        .wait_no_longer_than(Duration::from_millis(1_500));
    let policy = Policy::default();
    // The client is made anew, with this patience.
    crowd.engine().change_connection(
        crowd.id,
        ConnectionChange {
            policy: Some(policy),
            ..ConnectionChange::default()
        },
    )?;
    crowd
        .company
        .fail(json!([
            { "method": "PATCH", "nth": 200, "count": 20, "delay": 6_000 },
            { "method": "PATCH", "nth": 700, "count": 20, "delayAnswer": 6_000 },
            { "method": "PATCH", "nth": 1_200, "count": 5, "drop": "stall" },
        ]))
        .await?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    crowd.company.no_faults().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
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
async fn answers_that_are_no_answers() -> Outcome {
    with(json!([
        { "method": "PATCH", "nth": 200, "count": 25, "status": 200, "body": "malformed", "applied": true },
        { "method": "PATCH", "nth": 400, "count": 25, "status": 200, "body": "html", "applied": true },
        { "method": "PATCH", "nth": 600, "count": 25, "status": 200, "body": "empty", "applied": true },
        { "method": "PATCH", "nth": 800, "count": 25, "status": 200, "body": "malformed" },
        { "method": "PATCH", "nth": 1_000, "count": 25, "status": 200, "body": "html" },
        { "method": "GET", "query": "startIndex", "nth": 6, "body": "html" },
        { "method": "GET", "query": "startIndex", "nth": 40, "body": "malformed" },
    ]))
    .await
}

/// An empty answer is a whole one to a write (RFC 7644 section 3.5.2), so only reading back tells.
#[tokio::test(flavor = "multi_thread")]
async fn a_yes_that_stored_nothing_is_no_yes() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd
        .company
        .fail(json!({ "method": "PATCH", "nth": 900, "count": 25, "status": 204, "body": "empty" }))
        .await?;
    let run = crowd.run().await?;
    assert_eq!(
        (run.done, run.failed),
        (1_975, 25),
        "nobody is called done who is not: {run:?}"
    );
    let failed = crowd
        .engine()
        .run_page(run.id, Some(ItemState::Failed), 0, 100)?;
    for item in &failed.items {
        let why = item.why.clone().unwrap_or_default();
        assert!(why.contains("reading back shows"), "with the reason: {why}");
    }
    crowd.company.no_faults().await?;
    let run = crowd.engine().retry_failed(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_over_whom_the_service_always_fails_stops_nobody_else() -> Outcome {
    let crowd = Crowd::new().await?;
    let path = format!("/Users/{}", crowd.movers[700]);
    crowd
        .company
        .fail(json!({ "method": "PATCH", "path": path, "count": 0, "status": 500 }))
        .await?;
    let run = crowd.run().await?;
    assert_eq!(
        (run.status, run.done, run.failed),
        (RunStatus::Done, 1_999, 1),
        "it is given up, and everybody else is done: {run:?}"
    );
    crowd.company.no_faults().await?;
    let run = crowd.engine().retry_failed(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_had_its_effect_unseen_is_found_out_when_it_is_tried_again() -> Outcome {
    let crowd = Crowd::new().await?;
    let path = format!("/Users/{}", crowd.movers[700]);
    crowd
        .company
        .fail(json!([
            { "method": "PATCH", "path": path, "count": 0, "status": 500, "applied": true },
            { "method": "GET", "path": path, "count": 0, "status": 403 },
        ]))
        .await?;
    let run = crowd.run().await?;
    assert_eq!(
        (run.status, run.done, run.failed),
        (RunStatus::Done, 1_999, 1),
        "what became of one could not be read: {run:?}"
    );
    crowd.company.no_faults().await?;
    let run = crowd.engine().retry_failed(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    // It is this run's doing, and neither so already nor the work of others.
    crowd.check(&run, &BTreeMap::new(), &log).await?;
    let seen = HistoryQuery {
        origin: Some(Origin::Seen),
        text: format!("\"{}\"", tests::crowd::NEW_DEPARTMENT),
        ..HistoryQuery::default()
    };
    assert_eq!(
        crowd.engine().history(crowd.id, seen, 0, 1)?.total,
        0,
        "nobody else moved anybody"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hours_budget_spent_half_way() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd.engine().change_connection(
        crowd.id,
        ConnectionChange {
            policy: Some(Policy {
                quota: 900,
                ..Policy::default()
            }),
            ..ConnectionChange::default()
        },
    )?;
    let run = crowd.start(None)?;
    let mut hours = Vec::new();
    let run = loop {
        let now = heard(&crowd, |now| {
            let waits = now.status == RunStatus::Paused && !hours.contains(&now.resume_at);
            waits || matches!(now.status, RunStatus::Done | RunStatus::Cancelled)
        });
        if now.status != RunStatus::Paused || now.resume_at.is_none() {
            break crowd.finish(&run).await?;
        }
        hours.push(now.resume_at);
        crowd.company.clock.go_on(Duration::from_secs(3_700));
    };
    let hours = hours.len();
    assert!(hours >= 2, "900 an hour do not do for 2,000: {hours}");
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_own_budget_spent_half_way() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd
        .company
        .set(json!({ "quota": 900, "quotaWindow": 3_600 }))
        .await?;
    let run = crowd.start(None)?;
    let waiting = heard(&crowd, |now| now.status == RunStatus::Paused);
    assert!(
        waiting.resume_at.is_some(),
        "an hour is waited for as long as the service says, by itself: {waiting:?}"
    );
    assert!(
        (waiting.sent + waiting.done) < 900 && waiting.failed == 0,
        "half way, and no item is given up: {waiting:?}"
    );
    crowd.company.set(json!({ "quota": null })).await?;
    crowd.company.clock.go_on(Duration::from_secs(3_700));
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    let refused = log.iter().filter(|entry| entry["status"] == 429).count();
    assert!(
        (1..=60).contains(&refused),
        "a service that asks for an hour is left alone by those under way: {refused} refused"
    );
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_revoked_half_way() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd
        .company
        .fail(json!({ "path": "/Users", "nth": 900, "count": 0, "status": 401 }))
        .await?;
    let run = crowd.run().await?;
    waits_for_its_token(&run);
    crowd.company.no_faults().await?;
    let run = crowd.engine().resume_run(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_set_back_half_way() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd.engine().change_connection(
        crowd.id,
        ConnectionChange {
            policy: Some(Policy {
                quota: 1_500,
                ..Policy::default()
            }),
            ..ConnectionChange::default()
        },
    )?;
    // Somebody has to see to the token, and meanwhile the clock is set.
    crowd
        .company
        .fail(json!({ "path": "/Users", "nth": 500, "count": 0, "status": 401 }))
        .await?;
    let run = crowd.run().await?;
    assert_eq!(
        (run.status, &run.resume_at),
        (RunStatus::Paused, &None),
        "half way: {run:?}"
    );
    crowd.company.no_faults().await?;
    crowd
        .company
        .clock
        .set_back(Duration::from_secs(2 * 24 * 3_600));
    let run = crowd.engine().resume_run(run.id)?;
    let waiting = heard(&crowd, |now| {
        now.status == RunStatus::Paused && now.resume_at.is_some()
    });
    let resumes: jiff::Timestamp = waiting.resume_at.unwrap_or_default().parse()?;
    let now: jiff::Timestamp = "2026-11-23T09:41:00Z".parse()?;
    assert!(
        resumes < now,
        "what was spent before the clock was set back is not held against more than an hour of the new time: {resumes}"
    );
    // And once more while it waits.
    crowd
        .company
        .clock
        .set_back(Duration::from_secs(24 * 3_600));
    crowd
        .company
        .clock
        .go_on(Duration::from_secs(24 * 3_600 + 3_700));
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}
