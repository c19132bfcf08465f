//! People compared by a listing of everybody.

use std::collections::BTreeMap;

use engine::changes::run::RunStatus;
use serde_json::{Value, json};
use tests::crowd::Crowd;

use super::Outcome;

fn is_page(entry: &Value) -> bool {
    entry["query"]
        .as_str()
        .is_some_and(|query| query.contains("startIndex"))
}

async fn struck(crowd: &Crowd) -> Outcome {
    loop {
        let armed = crowd.company.control("GET", "/faults", None).await?;
        if armed[0]["matched"].as_u64().unwrap_or(0) > 0 {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_listing_is_used_as_it_comes_and_costs_what_the_plan_says() -> Outcome {
    let crowd = Crowd::new().await?;
    let plan = crowd.engine().make_plan(crowd.id)?;
    crowd
        .company
        .fail(json!({ "query": "startIndex", "count": 0, "delay": 200 }))
        .await?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    let first = log.iter().position(|entry| entry["method"] == "PATCH");
    let before = log.iter().take(first.unwrap_or(log.len()));
    let pages = before.filter(|entry| is_page(entry)).count();
    assert!(
        pages < 20,
        "nobody waits for the rest of a listing, or it could grow old before it is there: {pages} pages"
    );
    let spent: u64 = log
        .iter()
        .filter_map(|entry| entry["operations"].as_u64())
        .sum();
    assert!(
        spent <= u64::from(plan.operations),
        "however slow, it costs no more than the plan said: {spent} of {}",
        plan.operations
    );
    crowd.check(&run, &BTreeMap::new(), &log).await?;
    crowd.check_request_ids(&run, &log)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_heard_while_people_are_listed() -> Outcome {
    let crowd = Crowd::of(600, 300, json!({ "bulk": false })).await?;
    let slow = json!({ "query": "startIndex", "count": 0, "delay": 60_000 });
    crowd.company.fail(slow.clone()).await?;
    let run = crowd.start(None)?;
    struck(&crowd).await?;
    crowd.engine().pause_run(run.id)?;
    let run = crowd.finish(&run).await?;
    assert_eq!(
        (run.status, run.why.as_deref()),
        (RunStatus::Paused, Some("Paused")),
        "while comparing: {run:?}"
    );
    crowd.company.no_faults().await?;
    crowd
        .company
        .fail(json!([{ "query": "startIndex", "nth": 9, "count": 0, "delay": 60_000 }]))
        .await?;
    let run = crowd.engine().resume_run(run.id)?;
    loop {
        let armed = crowd.company.control("GET", "/faults", None).await?;
        if armed[0]["matched"].as_u64().unwrap_or(0) >= 9 {
            break;
        }
        tokio::task::yield_now().await;
    }
    crowd.engine().pause_run(run.id)?;
    let run = crowd.finish(&run).await?;
    assert_eq!(
        (run.status, run.why.as_deref()),
        (RunStatus::Paused, Some("Paused")),
        "and while reading back: {run:?}"
    );
    crowd.company.no_faults().await?;
    let run = crowd.engine().resume_run(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}
