//! Other systems that write at the same time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use engine::{
    Code,
    changes::run::{ItemState, RunStatus},
    history::{HistoryQuery, Origin},
};
use serde_json::json;
use tests::{company::control, crowd::Crowd};

use super::Outcome;

#[tokio::test(flavor = "multi_thread")]
async fn what_others_changed_after_review_is_held_and_what_they_change_meanwhile_stays() -> Outcome
{
    let crowd = Crowd::new().await?;
    let mut theirs = BTreeMap::new();
    let plan = crowd.engine().make_plan(crowd.id)?;
    for id in crowd.movers.iter().step_by(100) {
        crowd
            .company
            .write(json!({ "person": id, "set": { "Department": "Theirs" } }))
            .await?;
        theirs.insert(id.clone(), "Theirs".to_owned());
    }
    let (port, others) = (crowd.company.service.port(), crowd.movers.clone());
    let stop = Arc::new(AtomicBool::new(false));
    let (begun, at_work) = tokio::sync::oneshot::channel();
    let writing = {
        let stop = stop.clone();
        tokio::spawn(async move {
            let (mut begun, mut written) = (Some(begun), 0_usize);
            while !stop.load(Ordering::Relaxed) {
                let id = &others[(written * 37) % others.len()];
                let body = json!({ "person": id, "set": { "Gender": "Theirs" } });
                control(port, "POST", "/write", Some(body)).await?;
                written += 1;
                if written == 50
                    && let Some(begun) = begun.take()
                {
                    let _ = begun.send(());
                }
            }
            anyhow::Ok(())
        })
    };
    at_work.await?;
    let run = crowd
        .engine()
        .start_run(plan.id, tests::crowd::agreed(&plan))?;
    let run = crowd.finish(&run).await?;
    stop.store(true, Ordering::Relaxed);
    writing.await??;
    let log = crowd.log().await?;
    crowd.check(&run, &theirs, &log).await?;
    let held = crowd
        .engine()
        .run_page(run.id, Some(ItemState::Held), 0, 1)?;
    let why = held.items[0].why.clone().unwrap_or_default();
    assert!(
        why.contains("Theirs") && why.contains(tests::crowd::NEW_DEPARTMENT),
        "with the values: {why}"
    );
    let seen = HistoryQuery {
        origin: Some(Origin::Seen),
        ..HistoryQuery::default()
    };
    assert!(
        crowd.engine().history(crowd.id, seen, 0, 1)?.total > 0,
        "what the other system did is on record as seen"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_versions_nobody_is_overwritten_between_comparing_and_writing() -> Outcome {
    let crowd = Crowd::of(
        2_600,
        2_000,
        json!({ "bulk": false, "etags": true, "meta": true }),
    )
    .await?;
    crowd.company.set(json!({ "meddleEvery": 50 })).await?;
    let run = crowd.run().await?;
    crowd.company.set(json!({ "meddleEvery": 0 })).await?;
    assert_eq!(run.status, RunStatus::Done, "{run:?}");
    assert!(run.held >= 20, "others changed some: {run:?}");
    assert_eq!(run.failed, 0, "{run:?}");
    assert_eq!(run.done + run.held + run.same, 2_000, "{run:?}");
    let log = crowd.log().await?;
    let refused = log.iter().filter(|entry| entry["status"] == 412).count();
    assert!(
        refused >= 20,
        "each write over another's change was refused: {refused}"
    );
    let applied = log
        .iter()
        .filter(|entry| entry["method"] == "PATCH" && entry["applied"] == true)
        .count();
    assert_eq!(
        applied, run.done as usize,
        "and only what is reported as done was written"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_paused_run_has_sent_is_never_taken_for_the_work_of_others() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd
        .company
        .fail(json!({ "method": "PATCH", "nth": 300, "count": 0, "status": 401 }))
        .await?;
    let run = crowd.run().await?;
    crowd.company.no_faults().await?;
    assert!(
        run.status == RunStatus::Paused && run.sent >= 200,
        "much is sent and not read back: {run:?}"
    );
    let refused = crowd
        .engine()
        .sync(crowd.id)
        .await
        .expect_err("a sync would meet these changes first");
    assert!(
        refused.code == Code::Busy && refused.message.contains("not read back yet"),
        "and is told to wait: {refused}"
    );
    let run = crowd.engine().resume_run(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await?;
    crowd.engine().sync(crowd.id).await?;
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
