//! What must never happen, tried on purpose: a second person, a write without a journal, a change nobody
//! reviewed.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use engine::{
    Code, Engine,
    attribute::Role,
    changes::{
        draft::Edit,
        plan::Plan,
        run::{Run, RunStatus},
    },
    ids::{ConnectionId, RowId},
    people::Selection,
    ports::News,
};
use serde_json::json;
use tests::{
    company::{Company, ticking},
    crowd::agreed,
};

type Outcome = anyhow::Result<()>;

async fn acme(people: u32) -> anyhow::Result<(Company, ConnectionId)> {
    let company = Company::of(people).await?;
    let id = company.connect()?.id;
    company.engine.sync(id).await?;
    Ok((company, id))
}

fn stage(engine: &Arc<Engine>, id: ConnectionId, rows: &[RowId], edit: Edit) -> Outcome {
    let rows = rows.to_vec();
    engine.stage(id, Selection::Rows { rows }, edit, false)?;
    Ok(())
}

async fn carry_out(engine: &Arc<Engine>, plan: &Plan) -> anyhow::Result<Run> {
    let run = engine.start_run(plan.id, agreed(plan))?;
    Ok(engine.finish_run(run.id).await?)
}

/// Requests of this kind that had their effect.
async fn applied(company: &Company, method: &str) -> anyhow::Result<usize> {
    Ok(company
        .log_since(0)
        .await?
        .iter()
        .filter(|entry| entry["method"] == method && entry["applied"] == true)
        .count())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_nothing_shows_is_not_tried_again() -> Outcome {
    let (company, id) = acme(100).await?;
    let engine = &company.engine;
    let row = company.staff(id, 1)?[0];
    stage(engine, id, &[row], Edit::Delete)?;
    let run = carry_out(engine, &engine.make_plan(id)?).await?;
    assert_eq!(run.done, 1, "{run:?}");
    let back = engine.take_back(run.id, None)?;
    company
        .fail(json!([
            { "method": "POST", "status": 201, "body": "empty", "applied": true, "count": 0 },
            { "method": "GET", "query": "filter", "body": "text", "detail": "{\"Resources\":[]}",
              "contentType": "application/scim+json", "count": 0 },
        ]))
        .await?;
    let run = carry_out(engine, &back).await?;
    assert_eq!((run.done, run.failed), (0, 1), "it is not claimed: {run:?}");
    assert_eq!(
        applied(&company, "POST").await?,
        1,
        "a person the service says it created is never created a second time"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_not_forgotten_under_a_run() -> Outcome {
    let (company, id) = acme(200).await?;
    let engine = &company.engine;
    let people = company.staff(id, 30)?;
    company.set(json!({ "latency": 30 })).await?;
    stage(engine, id, &people, Edit::Deactivate)?;
    let plan = engine.make_plan(id)?;
    let run = engine.start_run(plan.id, agreed(&plan))?;
    let refused = engine.forget_connection(id).expect_err("a run is going on");
    assert_eq!(refused.code, Code::Busy, "{refused}");
    let run = engine.finish_run(run.id).await?;
    assert_eq!(run.done, 30, "and it comes to its end: {run:?}");
    engine.forget_connection(id)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_out_after_review_is_not_sent() -> Outcome {
    let (company, id) = acme(200).await?;
    let engine = &company.engine;
    let people = company.staff(id, 3)?;
    stage(engine, id, &people, Edit::Deactivate)?;
    let plan = engine.make_plan(id)?;
    engine.unstage_act(id, people[0])?;
    let refused = engine
        .start_run(plan.id, agreed(&plan))
        .expect_err("the draft is another");
    assert_eq!(refused.code, Code::Stale, "{refused}");
    assert_eq!(applied(&company, "PATCH").await?, 0, "nothing was sent");
    assert_eq!(engine.draft(id)?.changes, 2, "and nothing was lost");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_became_protected_after_review_is_not_deactivated() -> Outcome {
    let (company, id) = acme(200).await?;
    let engine = &company.engine;
    let people = company.staff(id, 2)?;
    stage(engine, id, &people, Edit::Deactivate)?;
    let plan = engine.make_plan(id)?;
    let one = Selection::Rows {
        rows: vec![people[1]],
    };
    engine.protect(id, &one, "Administrator", None)?;
    let refused = engine
        .start_run(plan.id, agreed(&plan))
        .expect_err("one of them is protected now");
    assert_eq!(refused.code, Code::Stale, "{refused}");
    assert_eq!(applied(&company, "PATCH").await?, 0, "nothing was sent");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn protection_holds_to_the_end_of_its_last_day_and_no_longer() -> Outcome {
    let (company, id) = acme(200).await?;
    let engine = &company.engine;
    let people = company.staff(id, 2)?;
    let both = Selection::Rows {
        rows: people.clone(),
    };
    let one = Selection::Rows {
        rows: vec![people[0]],
    };
    engine.protect(id, &one, "Administrator", Some("2026-11-24"))?;
    let deactivate = || engine.stage(id, both.clone(), Edit::Deactivate, true);
    company.clock.turn_to(jiff::civil::date(2026, 11, 24));
    assert_eq!(
        deactivate()?.refused_total,
        1,
        "on its last day the protection holds"
    );
    company.clock.turn_to(jiff::civil::date(2026, 11, 25));
    assert_eq!(
        deactivate()?.refused_total,
        0,
        "a window that was open over midnight knows that it is over"
    );
    assert_eq!(
        engine.person(id, people[0])?.protected,
        None,
        "and the panel does not say otherwise"
    );
    assert!(engine.protected_people(id)?.is_empty(), "nor does the list");
    for until in ["2026-11-24", "soon"] {
        let refused = engine
            .protect(id, &one, "Administrator", Some(until))
            .expect_err("no such end can come");
        assert_eq!(refused.code, Code::Precondition, "{refused}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_protected_elsewhere_is_protected_here() -> Outcome {
    let (company, id) = acme(200).await?;
    let engine = &company.engine;
    let people = company.staff(id, 2)?;
    engine.open_view(id, Default::default())?;
    let elsewhere = company.another_engine()?;
    let one = Selection::Rows {
        rows: vec![people[0]],
    };
    elsewhere.protect(id, &one, "Administrator", None)?;
    let both = Selection::Rows {
        rows: people.clone(),
    };
    let staged = engine.stage(id, both, Edit::Deactivate, true)?;
    assert_eq!(
        staged.refused_total, 1,
        "the list is on disk, and what another process wrote counts at once"
    );
    engine.unprotect(id, people[0])?;
    engine.unprotect(id, people[0])?;
    let said: Vec<String> = engine
        .person(id, people[0])?
        .history
        .into_iter()
        .filter_map(|event| event.reason)
        .filter(|reason| reason.contains("rotected"))
        .collect();
    assert_eq!(
        said.len(),
        2,
        "protecting and its end are told once each: {said:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leaves_on_a_day_that_has_passed_since_review() -> Outcome {
    let (company, id) = acme(200).await?;
    let engine = &company.engine;
    stage(engine, id, &company.staff(id, 1)?, Edit::Deactivate)?;
    let plan = engine.make_plan(id)?;
    company.clock.turn_to(jiff::civil::date(2026, 11, 26));
    let refused = engine
        .start_run(plan.id, agreed(&plan))
        .expect_err("the date in it is three days ago");
    assert_eq!(
        refused.code,
        Code::Stale,
        "leaving is never dated back silently: {refused}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_record_the_service_chokes_on_does_not_stop_the_others() -> Outcome {
    let (company, id) = acme(200).await?;
    company.set(json!({ "bulk": false })).await?;
    company.engine.sync(id).await?;
    let engine = &company.engine;
    let people = company.staff(id, 12)?;
    let choking = engine.person(id, people[0])?.scim_id;
    let title = engine
        .directory_of(id)?
        .attributes
        .iter()
        .find(|attribute| attribute.role == Some(Role::GivenName))
        .map(|attribute| attribute.id)
        .context("people have given names")?;
    let edit = Edit::Set {
        attribute: title,
        value: "Renamed".to_owned(),
        new_option: false,
    };
    stage(engine, id, &people, edit)?;
    company
        .fail(json!([{ "method": "PATCH", "path": choking, "status": 500, "count": 0 }]))
        .await?;
    let plan = engine.make_plan(id)?;
    let run = engine.start_run(plan.id, agreed(&plan))?;
    let ended = ticking(company.clock.clone(), engine.finish_run(run.id));
    let run = tokio::time::timeout(Duration::from_secs(240), ended)
        .await
        .context("the run ends or asks somebody")??;
    assert_eq!(run.done, 11, "everybody else is done: {run:?}");
    assert!(
        run.failed == 1 || run.status == RunStatus::Paused,
        "and the one is said: {run:?}"
    );
    assert!(
        company.ear.all().iter().any(|news| matches!(
            news,
            News::Run(heard) if heard.done == run.done && heard.failed == run.failed
        )),
        "whoever watches has heard how it went"
    );
    Ok(())
}
