//! What is sent, read back, accounted for, and taken back.

use anyhow::Context;
use engine::{
    Code,
    attribute::Role,
    changes::{draft::Edit, run::ItemState},
    history::{Act, HistoryQuery},
    people::Status,
};
use serde_json::{Value, json};
use tests::{
    company::Company,
    crowd::{agreed, find},
};

use super::acme::{Acme, Outcome};

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_sent_read_back_and_accounted_for() -> Outcome {
    let acme = Acme::of(300).await?;
    let people = acme.staff(3)?;
    let since = acme.arrived().await?;
    let to = acme.stage_move(&people)?;
    assert_eq!(acme.arrived().await?, since, "staging sends nothing");
    let plan = acme.engine().make_plan(acme.id)?;
    assert_eq!(acme.arrived().await?, since, "nor does planning");
    assert_eq!(
        (plan.items, plan.operations),
        (3, 9),
        "a read, a write and a read each"
    );
    let requests = acme.engine().plan_requests(plan.id, 0)?;
    assert!(
        requests[1].method == "PATCH"
            && requests[1]
                .body
                .as_deref()
                .is_some_and(|body| body.contains(&to)),
        "the exact request can be seen: {requests:?}"
    );
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    acme.check_moved(&run, &people, &to, since).await?;
    let spent = acme.arrived().await? - since;
    assert_eq!(
        spent,
        u64::from(plan.operations),
        "the plan stated what it costs"
    );
    let cell = acme.role(Role::Department)?;
    let person = acme.engine().person(acme.id, people[0])?;
    let field = person.fields.iter().find(|field| field.attribute == cell);
    assert_eq!(
        field.and_then(|field| field.cell.value.clone()),
        Some(to),
        "the mirror has it without another sync"
    );
    let again = acme
        .engine()
        .start_run(plan.id, agreed(&plan))
        .expect_err("was sent");
    assert_eq!(again.code, Code::Precondition, "a plan is sent once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn deactivating_frees_the_seats_it_promised_and_can_be_taken_back() -> Outcome {
    let acme = Acme::of(300).await?;
    let people = acme.staff(4)?;
    let before = acme.company.control("GET", "/state", None).await?;
    acme.stage(&people, Edit::Deactivate)?;
    let plan = acme.engine().make_plan(acme.id)?;
    assert_eq!(
        plan.seats_freed, 4,
        "the plan says what it frees: {}",
        plan.sentence
    );
    assert!(
        plan.sentence.contains("23 Nov 2026"),
        "and the date it sets: {}",
        plan.sentence
    );
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.done, 4, "all are done: {run:?}");
    assert_eq!(run.seats_freed, Some(4), "measured by reading back");
    let after = acme.company.control("GET", "/state", None).await?;
    let seats = |state: &Value| find(state, "seats").and_then(Value::as_i64).unwrap_or(-1);
    assert_eq!(seats(&before) - seats(&after), 4, "and the service agrees");
    let acts = acme.engine().history(
        acme.id,
        HistoryQuery {
            run: Some(run.id),
            ..HistoryQuery::default()
        },
        0,
        100,
    )?;
    assert_eq!(
        acts.events
            .iter()
            .filter(|event| event.act == Act::Deactivate)
            .count(),
        4,
        "the history names the act"
    );

    let back = acme.engine().take_back(run.id, None)?;
    assert_eq!(back.seats_freed, -4, "coming back takes the seats again");
    let run = acme.start(&back)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.done, 4, "all are back: {run:?}");
    let back = acme.company.control("GET", "/state", None).await?;
    assert_eq!(seats(&back), seats(&before), "with their seats");
    for row in people {
        assert_eq!(
            acme.engine().person(acme.id, row)?.status,
            Status::Active,
            "as they were"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_and_changes_nothing_is_not_done() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(3)?;
    acme.company.set(json!({ "writesIgnored": true })).await?;
    acme.stage_move(&people)?;
    let run = acme.send_draft().await?;
    assert_eq!(
        (run.done, run.failed),
        (0, 3),
        "an answer is a hint, not a proof: {run:?}"
    );
    let items = acme
        .engine()
        .run_page(run.id, Some(ItemState::Failed), 0, 10)?;
    let why = items.items[0].why.clone().unwrap_or_default();
    assert!(
        why.contains("answered 200"),
        "the item says what happened: {why}"
    );
    acme.company.set(json!({ "writesIgnored": false })).await?;
    acme.engine().retry_failed(run.id)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(
        (run.done, run.failed),
        (3, 0),
        "and can be tried again: {run:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_person_is_created_again_from_the_copy_kept() -> Outcome {
    let acme = Acme::of(200).await?;
    let row = acme.staff(1)?[0];
    let before = acme.engine().person(acme.id, row)?;
    acme.stage(&[row], Edit::Delete)?;
    let plan = acme.engine().make_plan(acme.id)?;
    assert!(
        !plan.irreversible.is_empty(),
        "what can't come back is said first"
    );
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!((run.done, run.seats_freed), (1, Some(1)), "{run:?}");
    assert!(
        acme.engine().person(acme.id, row)?.gone_at.is_some(),
        "gone from the mirror too"
    );

    let back = acme.engine().take_back(run.id, None)?;
    let run = acme.start(&back)?;
    let run = acme.engine().finish_run(run.id).await?;
    assert_eq!(run.done, 1, "{run:?}");
    let email = before.email.clone().context("has an e-mail")?;
    let found = acme.engine().choose_person(acme.id, &email, 5)?;
    let again = acme
        .engine()
        .person(acme.id, found.first().context("is found")?.row)?;
    assert_ne!(again.scim_id, before.scim_id, "with another id");
    let values = |person: &engine::people::Person| {
        person
            .fields
            .iter()
            .filter(|field| field.writable)
            .map(|field| (field.label.clone(), field.cell.value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&again), values(&before), "and every value as it was");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_people_are_compared_and_read_back_by_listing() -> Outcome {
    let acme = Acme::of(400).await?;
    let people = acme.staff(60)?;
    let since = acme.arrived().await?;
    let to = acme.stage_move(&people)?;
    let plan = acme.engine().make_plan(acme.id)?;
    assert!(
        plan.operations < 60 * 2,
        "60 writes and two listings: {}",
        plan.operations
    );
    let shown: Vec<(String, String)> = acme
        .engine()
        .plan_requests(plan.id, 0)?
        .into_iter()
        .map(|request| {
            let address = request.url.replace(&acme.company.service.url(), "");
            (request.method, address)
        })
        .collect();
    let list = ("GET".to_owned(), "/Users?startIndex=1&count=100".to_owned());
    assert_eq!(
        shown,
        [list.clone(), ("PATCH".to_owned(), shown[1].1.clone()), list],
        "the requests shown are those that go"
    );
    let run = acme.start(&plan)?;
    let run = acme.engine().finish_run(run.id).await?;
    acme.check_moved(&run, &people, &to, since).await?;
    let spent = u32::try_from(acme.arrived().await? - since)?;
    assert!(
        spent <= plan.operations,
        "{spent} requests, {} were stated",
        plan.operations
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_sent_along_and_a_record_that_moved_is_read_again() -> Outcome {
    let company = Company::of(200).await?;
    company.set(json!({ "etags": true, "meta": true })).await?;
    let id = company.connect()?.id;
    company.engine.sync(id).await?;
    let acme = Acme { company, id };
    let people = acme.staff(3)?;
    let to = acme.stage_move(&people)?;
    acme.company
        .fail(json!({ "method": "PATCH", "path": acme.scim_id(people[0])?, "meddle": true }))
        .await?;
    let run = acme.send_draft().await?;
    // The sample company's other writer may happen to choose the very department that was to be set.
    assert_eq!(
        run.done + run.held + run.same,
        3,
        "each is done, held or so already, none overwritten blindly: {run:?}"
    );
    let refused = acme
        .company
        .log_since(0)
        .await?
        .iter()
        .filter(|entry| entry["status"] == 412)
        .count();
    assert_eq!(
        refused, 1,
        "the write over another's change was refused by its version"
    );
    assert_eq!(
        acme.department(people[2]).await?,
        to.as_str(),
        "the others went on"
    );
    Ok(())
}
