//! What a process leaves behind that is gone, and what the next one does with it by itself.

use std::collections::BTreeMap;

use anyhow::Context;
use engine::{
    Code,
    changes::run::{Run, RunStatus},
    connection::{ConnectionChange, Policy},
};
use serde_json::{Value, json};
use tests::crowd::Crowd;

use super::{
    Outcome,
    killed::{hand, kill, until_it_struck},
};

fn patches(log: &[Value]) -> usize {
    log.iter()
        .filter(|entry| entry["method"] == "PATCH")
        .count()
}

/// A run that another process was ended in the middle of, with requests on their way; while it still was at work it
/// was looked at.
async fn cut_off(crowd: &Crowd, meanwhile: impl FnOnce(&Run) -> Outcome) -> Outcome {
    crowd
        .company
        .fail(json!([{ "method": "PATCH", "nth": 40, "count": 0, "delayAnswer": 60_000 }]))
        .await?;
    let mut child = hand(crowd.company.folder.path()).spawn()?;
    until_it_struck(&crowd.company, &mut child).await?;
    let open = crowd.engine().open_run(crowd.id)?;
    let looked_at = meanwhile(&open.context("there is a run")?);
    kill(child)?;
    crowd.company.no_faults().await?;
    looked_at
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_process_is_gone_waits_for_somebody_in_an_open_window() -> Outcome {
    let crowd = Crowd::of(600, 300, json!({ "bulk": false })).await?;
    cut_off(&crowd, |open| {
        assert_eq!(open.status, RunStatus::Running, "it goes on: {open:?}");
        let why = open.why.clone().unwrap_or_default();
        assert!(why.contains("ana@test"), "and says where: {why}");
        let refused = crowd.engine().pause_run(open.id).expect_err("is not ours");
        assert!(
            refused.code == Code::Busy && refused.message.contains("ana@test"),
            "it is paused where it runs: {refused}"
        );
        Ok(())
    })
    .await?;
    let open = crowd.engine().open_run(crowd.id)?.context("is there")?;
    assert_eq!(
        open.status,
        RunStatus::Paused,
        "nobody carries it out any more: {open:?}"
    );
    let run = crowd.engine().resume_run(open.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_start_finds_out_what_became_of_the_last_requests() -> Outcome {
    let crowd = Crowd::of(600, 300, json!({ "bulk": false })).await?;
    cut_off(&crowd, |_| Ok(())).await?;
    let sent = patches(&crowd.log().await?);
    let next = crowd.company.another_engine()?;
    let left = next.open_run(crowd.id)?.context("is there")?;
    assert!(left.unknown > 0, "{left:?}");
    next.take_up_what_was_left()?;
    let run = next.finish_run(left.id).await?;
    assert_eq!(
        (run.status, run.unknown, run.sent, &run.why),
        (RunStatus::Paused, 0, 0, &left.why),
        "all are read, and it waits as before: {run:?}"
    );
    assert!(
        run.done >= 39,
        "those that had their effect are done: {run:?}"
    );
    assert_eq!(patches(&crowd.log().await?), sent, "nothing was sent");
    next.sync(crowd.id).await?;
    let run = next.resume_run(run.id)?;
    let run = next.finish_run(run.id).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waited_for_the_next_hour_goes_on_by_itself_after_a_restart() -> Outcome {
    let crowd = Crowd::of(600, 300, json!({ "bulk": false })).await?;
    crowd.engine().change_connection(
        crowd.id,
        ConnectionChange {
            policy: Some(Policy {
                quota: 200,
                ..Policy::default()
            }),
            ..ConnectionChange::default()
        },
    )?;
    let child = hand(crowd.company.folder.path()).spawn()?;
    let waiting = loop {
        let open = crowd.engine().open_run(crowd.id)?;
        if let Some(open) = open.filter(|open| open.resume_at.is_some()) {
            break open;
        }
        tokio::task::yield_now().await;
    };
    kill(child)?;
    let next = crowd.company.another_engine()?;
    next.take_up_what_was_left()?;
    let found = next.run(waiting.id)?;
    assert_eq!(
        (found.status, &found.resume_at),
        (RunStatus::Paused, &waiting.resume_at),
        "it still waits: {found:?}"
    );
    let hours = std::time::Duration::from_secs(3_700);
    let resumes: jiff::Timestamp = waiting.resume_at.context("a time")?.parse()?;
    let ahead = resumes.duration_since("2026-11-23T09:41:00Z".parse()?);
    let ticking = {
        let clock = crowd.company.clock.clone();
        clock.go_on(ahead.unsigned_abs());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                clock.go_on(hours);
            }
        })
    };
    let run = next.finish_run(waiting.id).await?;
    ticking.abort();
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}
