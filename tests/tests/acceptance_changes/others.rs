//! What somebody else changed meanwhile.

use engine::{
    changes::{
        plan::{Fix, Group, Settlement},
        run::ItemState,
    },
    history::{HistoryQuery, Origin},
};
use serde_json::{Value, json};

use super::acme::{Acme, Outcome};

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changed_meanwhile_is_held_with_three_values() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(3)?;
    let to = acme.stage_move(&people)?;
    let plan = acme.engine().make_plan(acme.id)?;
    let other =
        json!({ "person": acme.scim_id(people[1])?, "set": { "Department": "Skunk works" } });
    acme.company.write(other).await?;
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!((run.done, run.held), (2, 1), "the rest goes on: {run:?}");
    assert_eq!(
        acme.department(people[1]).await?,
        "Skunk works",
        "theirs is untouched"
    );
    let held = acme
        .engine()
        .run_page(run.id, Some(ItemState::Held), 0, 10)?;
    let why = held.items[0].why.clone().unwrap_or_default();
    assert!(
        why.contains("Skunk works") && why.contains(&to),
        "both values are named: {why}"
    );

    let draft = acme.engine().draft(acme.id)?;
    assert_eq!(
        (draft.changes, draft.stale),
        (1, 1),
        "it waits in the draft for a decision"
    );
    let plan = acme.engine().make_plan(acme.id)?;
    let held = acme.engine().plan_page(plan.id, Group::Held, 0, 10)?;
    assert_eq!(
        held.items[0].fix,
        Some(Fix::KeepOrTake),
        "which the next review asks for"
    );
    assert!(plan.confirm.empty, "nothing goes before it is made");
    let plan = acme
        .engine()
        .settle(plan.id, held.items[0].position, Settlement::Keep)?;
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.done, 1, "kept is sent: {run:?}");
    assert_eq!(
        acme.department(people[1]).await?,
        to.as_str(),
        "over theirs, on purpose"
    );
    let seen = HistoryQuery {
        origin: Some(Origin::Seen),
        text: "Skunk".into(),
        ..HistoryQuery::default()
    };
    assert!(
        acme.engine().history(acme.id, seen, 0, 10)?.total > 0,
        "what the other system did is on record as seen"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_somebody_else_cleared_meanwhile_is_decided_on_once() -> Outcome {
    for settlement in [Settlement::Take, Settlement::Keep] {
        let acme = Acme::of(200).await?;
        let people = acme.staff(1)?;
        let to = acme.stage_move(&people)?;
        let other =
            json!({ "person": acme.scim_id(people[0])?, "set": { "Department": Value::Null } });
        acme.company.write(other).await?;
        acme.engine().sync(acme.id).await?;
        let plan = acme.engine().make_plan(acme.id)?;
        let held = acme.engine().plan_page(plan.id, Group::Held, 0, 10)?;
        let field = &held.items[0].fields[0];
        assert_eq!(
            (held.items[0].fix, field.moved, &field.now),
            (Some(Fix::KeepOrTake), true, &None),
            "the third value is that there is none: {held:?}"
        );
        let plan = acme
            .engine()
            .settle(plan.id, held.items[0].position, settlement)?;
        match settlement {
            Settlement::Take => {
                assert!(
                    plan.confirm.empty,
                    "theirs was taken, so nothing goes: {plan:?}"
                );
                assert_eq!(
                    acme.engine().draft(acme.id)?.changes,
                    0,
                    "and nothing stays staged"
                );
            }
            Settlement::Keep => {
                let run = acme.start(&plan)?;
                let run = acme.engine().finish_run(run.id).await?;
                assert_eq!(run.done, 1, "mine is sent, and not held again: {run:?}");
                assert_eq!(
                    acme.department(people[0]).await?,
                    to.as_str(),
                    "into the empty place"
                );
            }
        }
    }
    Ok(())
}
