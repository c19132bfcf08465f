//! Changes of which the service does a part, or does it late, and what may then be said and taken back.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use engine::{
    Engine,
    attribute::Role,
    changes::{
        draft::Edit,
        plan::Plan,
        run::{ItemState, Run, RunStatus},
    },
    connection::{ConnectionChange, Policy},
    history::{Act, HistoryEvent, HistoryQuery, Origin},
    ids::{AttributeId, ConnectionId, RowId},
};
use serde_json::{Value, json};
use tests::{
    company::Company,
    crowd::{Crowd, agreed, find},
};

use super::Outcome;

struct Acme {
    company: Company,
    id: ConnectionId,
}

impl Acme {
    async fn of(people: u32) -> anyhow::Result<Self> {
        let company = Company::of(people).await?;
        company.set(json!({ "bulk": false })).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        Ok(Self { company, id })
    }

    fn engine(&self) -> &Arc<Engine> {
        &self.company.engine
    }

    /// Active people without reports and with an address.
    fn staff(&self, count: usize) -> anyhow::Result<Vec<RowId>> {
        self.company.staff(self.id, count)
    }

    fn role(&self, role: Role) -> anyhow::Result<AttributeId> {
        self.company.role(self.id, role)
    }

    fn scim_id(&self, row: RowId) -> anyhow::Result<String> {
        Ok(self.engine().person(self.id, row)?.scim_id)
    }

    fn plan(&self, edits: Vec<(Vec<RowId>, Edit)>) -> anyhow::Result<Plan> {
        Ok(self.engine().plan_edits(self.id, edits)?.0)
    }

    async fn carry_out(&self, plan: &Plan) -> anyhow::Result<Run> {
        let run = self.engine().start_run(plan.id, agreed(plan))?;
        Ok(self.engine().finish_run(run.id).await?)
    }

    fn events(&self, query: HistoryQuery) -> anyhow::Result<Vec<HistoryEvent>> {
        Ok(self.engine().history(self.id, query, 0, 1_000)?.events)
    }

    fn made(&self, run: &Run) -> anyhow::Result<Vec<HistoryEvent>> {
        self.events(HistoryQuery {
            run: Some(run.id),
            origin: Some(Origin::Made),
            ..HistoryQuery::default()
        })
    }

    fn seen(&self, row: RowId) -> anyhow::Result<Vec<HistoryEvent>> {
        self.events(HistoryQuery {
            row: Some(row),
            origin: Some(Origin::Seen),
            ..HistoryQuery::default()
        })
    }

    async fn at_the_service(&self, id: &str) -> anyhow::Result<Value> {
        self.company
            .control("GET", &format!("/people/{id}"), None)
            .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_landed_of_a_failed_change_is_on_record_and_can_be_taken_back() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(3)?;
    acme.company
        .set(json!({ "unchangeable": ["Separation date"] }))
        .await?;
    let plan = acme.plan(vec![(people.clone(), Edit::Deactivate)])?;
    let run = acme.carry_out(&plan).await?;
    assert_eq!(
        (run.done, run.failed),
        (0, 3),
        "switched off, and without the date: {run:?}"
    );
    let made = acme.made(&run)?;
    assert!(
        made.len() == 3 && made.iter().all(|event| event.act == Act::Deactivate),
        "what did happen is this run's doing: {made:?}"
    );
    for row in &people {
        assert!(
            acme.seen(*row)?
                .iter()
                .all(|event| event.label.as_deref() != Some("Active")),
            "and nobody else's"
        );
    }
    assert!(run.can_take_back, "so it can be taken back: {run:?}");
    acme.company.set(json!({ "unchangeable": [] })).await?;
    let back = acme.engine().take_back(run.id, None)?;
    assert_eq!(back.items, 3, "for each of them: {}", back.sentence);
    let run = acme.carry_out(&back).await?;
    assert_eq!(run.done, 3, "{run:?}");
    for row in people {
        let person = acme.at_the_service(&acme.scim_id(row)?).await?;
        assert_eq!(
            find(&person, "active"),
            Some(&Value::Bool(true)),
            "they are switched on again"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_so_already_is_not_called_this_runs_doing() -> Outcome {
    let acme = Acme::of(200).await?;
    let row = acme.staff(1)?[0];
    let plan = acme.plan(vec![(vec![row], Edit::Deactivate)])?;
    let separated =
        json!({ "person": acme.scim_id(row)?, "set": { "Separation date": "2026-11-23" } });
    acme.company.write(separated).await?;
    let run = acme.carry_out(&plan).await?;
    assert_eq!(run.done, 1, "{run:?}");
    let made: Vec<Act> = acme.made(&run)?.iter().map(|event| event.act).collect();
    assert_eq!(made, [Act::Deactivate], "only what it sent");
    let date = acme.role(Role::SeparationDate)?;
    let back = acme.engine().take_back(run.id, None)?;
    let page = acme
        .engine()
        .plan_page(back.id, back.groups[0].group, 0, 10)?;
    assert!(
        page.items
            .iter()
            .flat_map(|item| &item.fields)
            .all(|field| field.attribute != date),
        "and only that comes back: {page:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_deleted_on_the_services_word_that_their_reports_have_moved() -> Outcome {
    let acme = Acme::of(200).await?;
    let staff = acme.staff(62)?;
    let (reports, leaver, heir) = (&staff[..60], staff[60], staff[61]);
    let manager = acme.role(Role::Manager)?;
    let email = |row| -> anyhow::Result<String> {
        let person = acme.engine().person(acme.id, row)?;
        person.email.context("an address")
    };
    let under = |who: String| Edit::Set {
        attribute: manager,
        value: who,
        new_option: false,
    };
    let plan = acme.plan(vec![(reports.to_vec(), under(email(leaver)?))])?;
    let run = acme.carry_out(&plan).await?;
    assert_eq!(run.done, 60, "{run:?}");
    acme.company
        .set(json!({ "unchangeable": ["Manager"] }))
        .await?;
    let plan = acme.plan(vec![
        (reports.to_vec(), under(email(heir)?)),
        (vec![leaver], Edit::Delete),
    ])?;
    assert_eq!(plan.items, 61, "{}", plan.sentence);
    let run = acme.carry_out(&plan).await?;
    assert_eq!(
        (run.done, run.failed, run.held),
        (0, 60, 1),
        "an answer is no ground for a deletion: {run:?}"
    );
    let held = acme
        .engine()
        .run_page(run.id, Some(ItemState::Held), 0, 1)?;
    let why = held.items[0].why.clone().unwrap_or_default();
    assert!(why.contains("waits for"), "and it says for what: {why}");
    let log = acme.company.log_since(0).await?;
    assert!(
        log.iter().all(|entry| entry["method"] != "DELETE"),
        "nothing of the kind was sent"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_try_that_lands_late_is_this_runs_doing() -> Outcome {
    let crowd = Crowd::of(200, 2, json!({ "bulk": false })).await?;
    crowd
        .company
        .clock
        .wait_no_longer_than(Duration::from_millis(500));
    // The client is made anew, with this patience: an answer is waited for twice as long.
    crowd.engine().change_connection(
        crowd.id,
        ConnectionChange {
            policy: Some(Policy::default()),
            ..ConnectionChange::default()
        },
    )?;
    let path = format!("/Users/{}", crowd.movers[0]);
    crowd
        .company
        .fail(json!([
            { "method": "PATCH", "path": path, "delay": 2_200 },
            { "method": "PATCH", "path": path, "nth": 2, "status": 412, "delay": 900 },
            { "method": "GET", "path": path, "nth": 3, "delay": 500 },
        ]))
        .await?;
    let run = crowd.run().await?;
    let log = crowd.log().await?;
    crowd.company.no_faults().await?;
    let refused = log.iter().filter(|entry| entry["status"] == 412).count();
    assert!(refused <= 1, "the second try was refused");
    crowd
        .check(&run, &std::collections::BTreeMap::new(), &log)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_deleted_is_kept_as_they_were_at_the_last_moment() -> Outcome {
    let acme = Acme::of(200).await?;
    let row = acme.staff(1)?[0];
    let plan = acme.plan(vec![(vec![row], Edit::Delete)])?;
    let theirs = json!({ "person": acme.scim_id(row)?, "set": { "Department": "Theirs, late" } });
    acme.company.write(theirs).await?;
    let run = acme.carry_out(&plan).await?;
    assert_eq!((run.status, run.done), (RunStatus::Done, 1), "{run:?}");
    let seen = acme.seen(row)?;
    assert!(
        seen.iter()
            .any(|event| event.after.as_deref() == Some("Theirs, late")),
        "what others did before is on record: {seen:?}"
    );
    let back = acme.engine().take_back(run.id, None)?;
    let run = acme.carry_out(&back).await?;
    assert_eq!(run.done, 1, "{run:?}");
    let new = acme
        .engine()
        .run_page(run.id, None, 0, 1)?
        .items
        .remove(0)
        .row;
    let person = acme.at_the_service(&acme.scim_id(new)?).await?;
    assert_eq!(
        find(&person, "Department"),
        Some(&json!("Theirs, late")),
        "and it is this record that comes back"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_item_keeps_the_whole_exchange() -> Outcome {
    let acme = Acme::of(200).await?;
    let people = acme.staff(2)?;
    let ids = [acme.scim_id(people[0])?, acme.scim_id(people[1])?];
    let token = tests::company::TOKEN;
    let page = format!("<html><title>Out</title><p>You sent {token}</p></html>");
    acme.company
        .fail(json!([
            { "method": "PATCH", "path": format!("/Users/{}", ids[0]), "count": 0, "status": 422,
              "body": "text", "detail": page, "contentType": "text/html" },
            { "method": "PATCH", "path": format!("/Users/{}", ids[1]), "count": 0, "status": 200,
              "body": "text", "detail": "{\"half\":" },
        ]))
        .await?;
    let plan = acme.plan(vec![(people, Edit::Deactivate)])?;
    let run = acme.carry_out(&plan).await?;
    assert_eq!(run.failed, 2, "{run:?}");
    let items = acme.engine().run_page(run.id, None, 0, 2)?.items;
    for item in &items {
        let request = item.request.clone().unwrap_or_default();
        let start = format!("PATCH {}/Users/", acme.company.service.url());
        assert!(
            request.starts_with(&start),
            "where it went, whole: {request}"
        );
    }
    let replies: Vec<String> = items.iter().filter_map(|item| item.reply.clone()).collect();
    assert!(
        replies
            .iter()
            .any(|reply| reply.starts_with("422\n<html>") && reply.contains("You sent ••••••••")),
        "the page as it came, the token masked: {replies:?}"
    );
    assert!(
        replies.iter().any(|reply| reply == "200\n{\"half\":"),
        "and a yes that could not be read: {replies:?}"
    );
    Ok(())
}
