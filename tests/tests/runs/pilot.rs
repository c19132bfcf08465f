//! The first few, looked at before the rest.

use std::collections::BTreeMap;

use engine::changes::run::RunStatus;
use serde_json::json;
use tests::crowd::Crowd;

use super::Outcome;

async fn sixty() -> anyhow::Result<Crowd> {
    Crowd::of(200, 60, json!({ "bulk": false })).await
}

async fn patches(crowd: &Crowd) -> anyhow::Result<usize> {
    Ok(crowd
        .log()
        .await?
        .iter()
        .filter(|entry| entry["method"] == "PATCH")
        .count())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_waits_for_somebody_to_look_even_across_a_restart() -> Outcome {
    let mut crowd = sixty().await?;
    let run = crowd.start(Some(5))?;
    let run = crowd.finish(&run).await?;
    assert_eq!(run.status, RunStatus::Paused, "it waits: {run:?}");
    assert_eq!(
        run.why.as_deref(),
        Some("The first 5 are done and read back. Look at them, then go on."),
        "and says for what"
    );
    assert_eq!(run.resume_at, None, "it does not go on by itself");
    assert_eq!((run.done, run.sent), (5, 0), "read back: {run:?}");
    assert_eq!(patches(&crowd).await?, 5, "nobody else was touched");

    crowd.company.engine = crowd.company.another_engine()?;
    let found = crowd.engine().run(run.id)?;
    assert_eq!(
        (found.status, &found.why),
        (RunStatus::Paused, &run.why),
        "the next launch says the same"
    );
    let run = crowd.engine().resume_run(run.id)?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_that_looks_wrong_is_where_it_ends() -> Outcome {
    let crowd = sixty().await?;
    let plan = crowd.engine().make_plan(crowd.id)?;
    crowd
        .company
        .write(json!({ "person": crowd.movers[1], "set": { "Department": "Theirs" } }))
        .await?;
    let confirmation = engine::changes::plan::Confirmation {
        pilot: Some(3),
        ..tests::crowd::agreed(&plan)
    };
    let run = crowd.engine().start_run(plan.id, confirmation)?;
    let run = crowd.finish(&run).await?;
    assert_eq!(
        run.why.as_deref(),
        Some(
            "Of the first 3, 2 are done and read back and 1 is not. Look at them before going on."
        ),
        "what did not go well is not called done"
    );
    let run = crowd.engine().cancel_run(run.id)?;
    let run = crowd.finish(&run).await?;
    assert_eq!(run.status, RunStatus::Cancelled, "{run:?}");
    assert_eq!((run.done, run.held, run.cancelled), (2, 1, 57), "{run:?}");
    assert_eq!(patches(&crowd).await?, 2, "nobody else was touched");
    assert_eq!(
        crowd.engine().draft(crowd.id)?.changes,
        58,
        "what was not sent is back in the draft"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_of_everybody_is_a_run() -> Outcome {
    let crowd = sixty().await?;
    let run = crowd.start(Some(60))?;
    let run = crowd.finish(&run).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}
