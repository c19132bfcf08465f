//! Many people in one request, where the service declares it.

use std::collections::{BTreeMap, BTreeSet};

use engine::changes::run::RunStatus;
use serde_json::{Value, json};
use tests::crowd::Crowd;

use super::Outcome;

fn bulk_requests(log: &[Value]) -> Vec<&Value> {
    log.iter()
        .filter(|entry| {
            entry["path"]
                .as_str()
                .is_some_and(|path| path.ends_with("/Bulk"))
        })
        .collect()
}

fn patches(log: &[Value]) -> usize {
    log.iter()
        .filter(|entry| entry["method"] == "PATCH")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_is_used_within_its_limits() -> Outcome {
    let crowd = Crowd::of(
        2_600,
        2_000,
        json!({ "bulkOperations": 80, "bulkPayload": 20_000 }),
    )
    .await?;
    let plan = crowd.engine().make_plan(crowd.id)?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    let bulk = bulk_requests(&log);
    assert!(!bulk.is_empty(), "it was used");
    assert_eq!(patches(&log), 0, "for everybody");
    for request in &bulk {
        let (operations, bytes) = (
            request["operations"].as_u64().unwrap_or(u64::MAX),
            request["bodyBytes"].as_u64().unwrap_or(u64::MAX),
        );
        assert!(
            operations <= 80 && bytes <= 20_000,
            "no more than the service allows: {request}"
        );
        assert_eq!(request["status"], 200, "so none was refused: {request}");
    }
    let spent: u64 = log
        .iter()
        .filter_map(|entry| entry["operations"].as_u64())
        .sum();
    assert!(
        spent <= u64::from(plan.operations),
        "each operation counts one, as the plan said: {spent} of {}",
        plan.operations
    );
    crowd.check_request_ids(&run, &log)?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operation_has_an_end_of_its_own() -> Outcome {
    let crowd = Crowd::of(2_600, 2_000, json!({ "etags": true, "meta": true })).await?;
    let mut theirs = BTreeMap::new();
    let plan = crowd.engine().make_plan(crowd.id)?;
    for id in crowd.movers.iter().step_by(100) {
        crowd
            .company
            .write(json!({ "person": id, "set": { "Department": "Theirs" } }))
            .await?;
        theirs.insert(id.clone(), "Theirs".to_owned());
    }
    let run = crowd
        .engine()
        .start_run(plan.id, tests::crowd::agreed(&plan))?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    assert!(!bulk_requests(&log).is_empty(), "they went together");
    crowd.check(&run, &theirs, &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_whose_answer_is_lost_is_settled_one_by_one() -> Outcome {
    let crowd = Crowd::of(2_600, 2_000, json!({})).await?;
    crowd
        .company
        .fail(json!([
            { "path": "/Bulk", "nth": 3, "count": 2, "drop": "after" },
            { "path": "/Bulk", "nth": 6, "count": 2, "drop": "before" },
            { "path": "/Bulk", "nth": 9, "status": 500, "applied": true },
            { "path": "/Bulk", "nth": 11, "status": 429, "retryAfter": "seconds", "retrySeconds": 1 },
            { "path": "/Bulk", "nth": 13, "status": 200, "body": "malformed", "applied": true },
        ]))
        .await?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    crowd.company.no_faults().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_declares_bulk_and_refuses_it_is_asked_singly() -> Outcome {
    let crowd = Crowd::of(2_600, 2_000, json!({})).await?;
    crowd
        .company
        .fail(json!({ "path": "/Bulk", "count": 0, "status": 501 }))
        .await?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    crowd.company.no_faults().await?;
    assert!(
        bulk_requests(&log).len() <= 4,
        "it is not asked again and again"
    );
    assert_eq!(patches(&log), 2_000, "everybody went singly");
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_declared_is_not_tried() -> Outcome {
    let crowd = Crowd::of(300, 200, json!({ "bulk": false })).await?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    assert!(bulk_requests(&log).is_empty(), "one request each");
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_while_many_are_on_their_way_each_has_one_end() -> Outcome {
    let crowd = Crowd::of(2_600, 2_000, json!({})).await?;
    crowd
        .company
        .fail(json!([
            { "path": "/Bulk", "nth": 3, "count": 0, "delayAnswer": 2_000 },
            { "path": "/Bulk", "nth": 4, "drop": "after" },
        ]))
        .await?;
    let run = crowd.start(None)?;
    while crowd
        .log()
        .await?
        .iter()
        .all(|entry| entry["fault"].is_null())
    {
        tokio::task::yield_now().await;
    }
    crowd.engine().cancel_run(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.company.no_faults().await?;
    assert_eq!(run.status, RunStatus::Cancelled, "{run:?}");
    assert!(
        run.done > 0 && run.cancelled > 0 && run.done + run.cancelled == 2_000,
        "what was on its way is read back, the rest was not sent: {run:?}"
    );
    let effects: Vec<&str> = log
        .iter()
        .filter_map(|entry| entry["effects"].as_array())
        .flatten()
        .filter(|effect| effect["kind"] != "same")
        .filter_map(|effect| effect["person"].as_str())
        .collect();
    let people: BTreeSet<&str> = effects.iter().copied().collect();
    assert_eq!(
        (effects.len(), people.len()),
        (run.done as usize, run.done as usize),
        "the service did what is reported as done, once each"
    );
    assert_eq!(
        crowd.engine().draft(crowd.id)?.changes,
        run.cancelled,
        "and what it did not do is back in the draft"
    );
    Ok(())
}
