//! Brakes and protected people.

use anyhow::Context;
use engine::{
    Code,
    changes::{
        draft::{Edit, RefusalCode},
        plan::{BrakeLevel, Confirmation, Fix, Group},
    },
};
use tests::crowd::agreed;

use super::acme::{Acme, Outcome};

#[tokio::test(flavor = "multi_thread")]
async fn brakes_stop_before_the_first_request() -> Outcome {
    let acme = Acme::of(400).await?;
    let people = acme.staff(21)?;
    acme.stage(&people, Edit::Deactivate)?;
    let plan = acme.engine().make_plan(acme.id)?;
    let brake = plan.brakes.first().context("there is a brake")?;
    assert_eq!(
        (brake.level, brake.limit),
        (BrakeLevel::Stop, 20),
        "5% of 400 is 20: {}",
        brake.message
    );
    let since = acme.arrived().await?;
    let without = Confirmation {
        hash: plan.hash.clone(),
        ..Confirmation::default()
    };
    let stopped = acme
        .engine()
        .start_run(plan.id, without)
        .expect_err("is stopped");
    assert_eq!(stopped.code, Code::Brake, "the number is to be typed");
    let wrong = Confirmation {
        number: Some(20),
        ..agreed(&plan)
    };
    assert_eq!(
        acme.engine()
            .start_run(plan.id, wrong)
            .expect_err("is stopped")
            .code,
        Code::Brake,
        "the right one"
    );
    assert_eq!(acme.arrived().await?, since, "nothing has been sent");
    let smaller = acme.engine().leave_out(plan.id, vec![0], true)?;
    assert_ne!(
        smaller.hash, plan.hash,
        "leaving somebody out makes another plan"
    );
    assert_eq!(smaller.confirm.type_number, None, "which needs no number");
    assert_eq!(
        acme.engine()
            .start_run(plan.id, agreed(&plan))
            .expect_err("moved")
            .code,
        Code::Stale,
        "what was on screen before is not what would be sent"
    );
    let run = acme.start(&smaller)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.done, 20, "the rest goes: {run:?}");
    assert_eq!(
        acme.engine().draft(acme.id)?.people,
        1,
        "who was left out is still staged"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_protected_in_bulk_and_wait_for_a_successor_alone() -> Outcome {
    let acme = Acme::of(300).await?;
    let manager = acme.manager()?;
    let staff = acme.staff(2)?;
    let staged = acme.stage(&[manager, staff[0]], Edit::Deactivate)?;
    assert_eq!(
        (staged.changed, staged.refused_total),
        (1, 1),
        "{:?}",
        staged.refused
    );
    assert_eq!(
        staged.refused[0].code,
        RefusalCode::Protected,
        "people with reports go one at a time"
    );
    acme.engine().discard_draft(acme.id)?;

    let staged = acme.stage(&[manager], Edit::Deactivate)?;
    assert_eq!(staged.changed, 1, "alone it can be staged");
    let plan = acme.engine().make_plan(acme.id)?;
    let held = acme.engine().plan_page(plan.id, Group::Held, 0, 10)?;
    assert_eq!(
        held.items[0].fix,
        Some(Fix::ChooseSuccessor),
        "the reports come first"
    );
    acme.engine().stage_successor(acme.id, manager, staff[1])?;
    let plan = acme.engine().make_plan(acme.id)?;
    let moved = acme
        .engine()
        .plan_page(plan.id, Group::ManagerChanges, 0, 1)?;
    assert!(
        moved.items[0].sentence.contains(" reports to ") && !moved.items[0].sentence.contains('@'),
        "a reviewer reads names, not addresses: {}",
        moved.items[0].sentence
    );
    let who = plan
        .confirm
        .type_name
        .clone()
        .context("the name is to be typed")?;
    let unnamed = Confirmation {
        name: None,
        ..agreed(&plan)
    };
    let refused = acme
        .engine()
        .start_run(plan.id, unnamed)
        .expect_err("is protected");
    assert!(refused.message.contains(&who), "{}", refused.message);
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.done, run.total, "all of it goes: {run:?}");
    let log = acme.company.log_since(0).await?;
    let last = log
        .iter()
        .rfind(|entry| entry["method"] == "PATCH")
        .context("writes")?;
    assert_eq!(
        last["person"],
        acme.scim_id(manager)?.as_str(),
        "the manager leaves last"
    );
    Ok(())
}
