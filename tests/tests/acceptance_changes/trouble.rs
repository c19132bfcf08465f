//! What stops a run, and how it goes on.

use std::time::Duration;

use anyhow::Context;
use engine::{
    Code,
    changes::run::RunStatus,
    connection::{ConnectionChange, Policy},
    ports::News,
};
use serde_json::json;
use tests::crowd::{agreed, waits_for_its_token};

use super::acme::{Acme, Outcome, paused};

#[tokio::test(flavor = "multi_thread")]
async fn trouble_on_the_way_never_does_anything_twice() -> Outcome {
    let faults = [
        (
            "dropped before it took effect",
            json!({ "method": "PATCH", "nth": 2, "count": 2, "drop": "before" }),
        ),
        (
            "dropped after it took effect",
            json!({ "method": "PATCH", "nth": 2, "count": 2, "drop": "after" }),
        ),
        (
            "an answer broken off",
            json!({ "method": "PATCH", "nth": 3, "drop": "midBody" }),
        ),
        (
            "429 with seconds",
            json!({ "method": "PATCH", "nth": 2, "count": 2, "status": 429, "retryAfter": "seconds", "retrySeconds": 1 }),
        ),
        (
            "429 with a date",
            json!({ "method": "PATCH", "nth": 2, "count": 2, "status": 429, "retryAfter": "date", "retrySeconds": 1 }),
        ),
        (
            "429 with nothing",
            json!({ "method": "PATCH", "nth": 2, "status": 429, "retryAfter": "none" }),
        ),
        (
            "500 without effect",
            json!({ "method": "PATCH", "nth": 2, "count": 2, "status": 500 }),
        ),
        (
            "500 with its effect",
            json!({ "method": "PATCH", "nth": 2, "count": 2, "status": 500, "applied": true }),
        ),
        (
            "503 on reads",
            json!({ "method": "GET", "path": "/Users/", "nth": 3, "count": 3, "status": 503 }),
        ),
        (
            "an empty answer",
            json!({ "method": "PATCH", "nth": 2, "status": 200, "body": "empty", "applied": true }),
        ),
        (
            "a page instead of an answer",
            json!({ "method": "PATCH", "nth": 2, "status": 200, "body": "html", "applied": true }),
        ),
        (
            "half an answer",
            json!({ "method": "PATCH", "nth": 2, "status": 200, "body": "malformed", "applied": true }),
        ),
    ];
    let acme = Acme::of(200).await?;
    let people = acme.staff(6)?;
    for (what, fault) in faults {
        let since = acme.arrived().await?;
        let to = acme.stage_move(&people)?;
        acme.company.fail(fault).await?;
        let run = acme.send_draft().await?;
        acme.company.no_faults().await?;
        acme.check_moved(&run, &people, &to, since)
            .await
            .with_context(|| what.to_owned())?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_pauses_the_run_until_it_is_given_again() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(5)?;
    let since = acme.arrived().await?;
    let to = acme.stage_move(&people)?;
    acme.company
        .fail(json!({ "method": "PATCH", "nth": 3, "count": 0, "status": 401 }))
        .await?;
    let run = acme.send_draft().await?;
    waits_for_its_token(&run);
    acme.company.no_faults().await?;
    acme.engine().resume_run(run.id)?;
    let run = acme.engine().finish_run(run.id).await?;
    acme.check_moved(&run, &people, &to, since).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_quota_pauses_the_run_and_the_next_hour_brings_it_on() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(8)?;
    let spent = u32::try_from(acme.arrived().await?)?;
    let policy = Policy {
        // Not enough for all, and enough for the rest in the next hour, whatever was under way at the stop.
        quota: spent + 7,
        ..Policy::default()
    };
    acme.engine().change_connection(
        acme.id,
        ConnectionChange {
            policy: Some(policy),
            ..ConnectionChange::default()
        },
    )?;
    let since = acme.arrived().await?;
    let to = acme.stage_move(&people)?;
    let plan = acme.engine().make_plan(acme.id)?;
    assert!(
        plan.operations > plan.operations_left,
        "the review says that it does not fit into this hour"
    );
    let run = acme.start(&plan)?;
    let waiting = tokio::task::block_in_place(|| acme.company.ear.wait_for(paused));
    assert!(
        waiting.resume_at.is_some(),
        "it says when it goes on: {waiting:?}"
    );
    assert!(waiting.done < 8, "mid-way");
    acme.company.clock.go_on(Duration::from_secs(3_700));
    let run = acme.engine().finish_run(run.id).await?;
    acme.check_moved(&run, &people, &to, since).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_can_be_paused_and_cancelled_and_what_was_not_sent_is_back_in_the_draft() -> Outcome {
    let acme = Acme::of(300).await?;
    let people = acme.staff(40)?;
    // Slow enough that it can't be over before it is told to pause, however busy this machine is.
    acme.company
        .fail(json!({ "method": "PATCH", "nth": 7, "count": 0, "delay": 3_000 }))
        .await?;
    acme.stage_move(&people)?;
    let plan = acme.engine().make_plan(acme.id)?;
    let run = acme.start(&plan)?;
    tokio::task::block_in_place(|| {
        acme.company.ear.wait_for(|news| match news {
            News::Run(run) if run.sent > 0 => Some(()),
            _ => None,
        })
    });
    let other = acme.company.another_engine()?;
    let busy = other
        .start_run(plan.id, agreed(&plan))
        .expect_err("is taken");
    assert!(
        matches!(busy.code, Code::Busy | Code::Precondition),
        "one run at a time: {busy}"
    );
    assert_eq!(
        other.run(run.id)?.status,
        RunStatus::Running,
        "a second process leaves the first one's run alone"
    );
    acme.engine().pause_run(run.id)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.status, RunStatus::Paused, "{run:?}");
    assert!(run.sent > 0 && run.sent < 40, "between items: {run:?}");
    acme.company.no_faults().await?;
    let busy = acme.engine().resume_run(run.id)?;
    assert_eq!(busy.status, RunStatus::Running, "it goes on");
    acme.engine().cancel_run(run.id)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.status, RunStatus::Cancelled, "{run:?}");
    assert_eq!(
        run.done + run.cancelled,
        40,
        "each item has one end: {run:?}"
    );
    assert_eq!(
        acme.engine().draft(acme.id)?.changes,
        run.cancelled,
        "nothing is lost by cancelling"
    );
    Ok(())
}

#[test]
fn killed_at_any_moment_it_ends_as_if_nothing_had_happened() -> Outcome {
    let service = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let mut acme = service.block_on(Acme::of(300))?;
    let people = acme.staff(12)?;
    service.block_on(acme.company.set(json!({ "latency": 4 })))?;
    // Twelve people take about eighteen requests: the two listings and one for each.
    for moment in [1u64, 2, 3, 5, 7, 9, 11, 14, 17] {
        let since = service.block_on(acme.arrived())?;
        let to = acme.stage_move(&people)?;
        let plan = acme.engine().make_plan(acme.id)?;

        // A process of its own, as far as the engine can tell: its tasks end in the middle of whatever they do.
        let process = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let victim = {
            let _inside = process.enter();
            acme.company.another_engine()?
        };
        let run = victim.start_run(plan.id, agreed(&plan))?;
        while service.block_on(acme.arrived())? < since + moment
            && victim.run(run.id)?.status == RunStatus::Running
        {
            std::thread::yield_now();
        }
        let arrived = service.block_on(acme.arrived())?;
        anyhow::ensure!(
            arrived >= since + moment,
            "over before {moment} requests: {}",
            arrived - since
        );
        process.shutdown_timeout(Duration::from_secs(10));
        drop(victim);

        let next = {
            let _inside = service.enter();
            acme.company.another_engine()?
        };
        let found = next.open_run(acme.id)?.context("the run is remembered")?;
        assert_eq!(found.id, run.id, "it is this one");
        let run = if found.status == RunStatus::Done {
            found
        } else {
            assert_eq!(
                found.status,
                RunStatus::Paused,
                "it waits to be let on: {found:?}"
            );
            next.resume_run(run.id)?;
            service.block_on(next.finish_run(run.id))?
        };
        acme.company.engine = next;
        service
            .block_on(acme.check_moved(&run, &people, &to, since))
            .with_context(|| format!("killed after {moment} requests"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_while_a_pause_winds_down_is_not_lost() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(6)?;
    acme.stage_move(&people)?;
    acme.company
        .fail(json!({ "method": "PATCH", "count": 0, "delayAnswer": 1_500 }))
        .await?;
    let since = acme.arrived().await?;
    let plan = acme.engine().make_plan(acme.id)?;
    let run = acme.start(&plan)?;
    // Until some are written, and their answers are still on the way.
    while acme.effects(since).await?.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    acme.engine().pause_run(run.id)?;
    acme.engine().cancel_run(run.id)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(
        run.status,
        RunStatus::Cancelled,
        "what was ordered last holds: {run:?}"
    );
    assert_eq!(
        run.done + run.cancelled,
        run.total,
        "and everybody has an end: {run:?}"
    );
    Ok(())
}
