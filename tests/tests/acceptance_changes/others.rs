//! What somebody else changed meanwhile.

use engine::{
    attribute::Role,
    changes::{
        draft::Edit,
        plan::{Fix, Group, Settlement},
        run::ItemState,
    },
    history::{HistoryQuery, Origin},
    ports::Clock,
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

#[tokio::test(flavor = "multi_thread")]
async fn who_was_deleted_by_another_system_meanwhile_is_on_record_once() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(2)?;
    acme.stage(&people, Edit::Delete)?;
    let plan = acme.engine().make_plan(acme.id)?;
    acme.company
        .write(json!({ "person": acme.scim_id(people[0])?, "delete": true }))
        .await?;
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!((run.done, run.same), (1, 1), "one is gone already: {run:?}");
    let gone = |row| HistoryQuery {
        row: Some(row),
        ..HistoryQuery::default()
    };
    acme.engine().sync(acme.id).await?;
    for (row, origin) in [(people[0], Origin::Seen), (people[1], Origin::Made)] {
        let page = acme.engine().history(acme.id, gone(row), 0, 10)?;
        let told: Vec<_> = page.events.iter().map(|event| event.origin).collect();
        assert_eq!(told, [origin], "each is told once, as what it was");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_did_already_leaves_the_draft() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(3)?;
    let to = acme.stage_move(&people)?;
    let moved = |row| {
        Ok::<_, anyhow::Error>(json!({ "person": acme.scim_id(row)?, "set": { "Department": to } }))
    };
    acme.company.write(moved(people[1])?).await?;
    acme.engine().sync(acme.id).await?;
    let plan = acme.engine().make_plan(acme.id)?;
    assert_eq!(plan.items, 2, "one is so already: {plan:?}");
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!((run.done, run.total), (2, 2), "{run:?}");
    let draft = acme.engine().draft(acme.id)?;
    assert_eq!(draft.changes, 0, "nothing is left of it: {draft:?}");

    // Where there is nothing to send, it can be put away from its line.
    let to = acme.stage_move(&people[..1])?;
    let now = json!({ "person": acme.scim_id(people[0])?, "set": { "Department": to } });
    acme.company.write(now).await?;
    acme.engine().sync(acme.id).await?;
    let plan = acme.engine().make_plan(acme.id)?;
    let page = acme.engine().plan_page(plan.id, Group::Same, 0, 10)?;
    let plan = acme
        .engine()
        .remove_from_draft(plan.id, page.items[0].position)?;
    assert!(plan.groups.is_empty(), "it is gone: {plan:?}");
    assert_eq!(acme.engine().draft(acme.id)?.changes, 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_their_later_date_frees_no_seat() -> Outcome {
    let acme = Acme::of(200).await?;
    let leaver = acme.staff(1)?;
    let today = acme.company.clock.today().to_string();
    acme.stage(&leaver, Edit::Deactivate)?;
    acme.stage(
        &leaver,
        Edit::Set {
            attribute: acme.role(Role::SeparationDate)?,
            value: today,
            new_option: false,
        },
    )?;
    let theirs =
        json!({ "person": acme.scim_id(leaver[0])?, "set": { "Separation date": "2031-01-31" } });
    acme.company.write(theirs).await?;
    acme.engine().sync(acme.id).await?;
    let plan = acme.engine().make_plan(acme.id)?;
    let held = acme.engine().plan_page(plan.id, Group::Held, 0, 10)?;
    let position = held.items[0].position;
    let plan = acme.engine().settle(plan.id, position, Settlement::Take)?;
    assert_eq!(plan.items, 1, "they are deactivated all the same: {plan:?}");
    assert_eq!(
        plan.seats_freed, 0,
        "and use a seat until that day: {plan:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_of_a_taking_back_is_not_said_to_be_in_the_draft() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(2)?;
    acme.stage_move(&people)?;
    let run = acme.send_draft().await?;
    let back = acme.engine().take_back(run.id, None)?;
    let theirs =
        json!({ "person": acme.scim_id(people[0])?, "set": { "Department": "Skunk works" } });
    acme.company.write(theirs).await?;
    let run = acme.start(&back)?;
    let run = acme.engine().finish_run(run.id).await?;
    let held = acme
        .engine()
        .run_page(run.id, Some(ItemState::Held), 0, 10)?;
    let why = held.items[0].why.clone().unwrap_or_default();
    assert!(
        why.ends_with("It was not changed: sync, and plan it again"),
        "{why}"
    );
    Ok(())
}
