//! Draft, plan, run, history: the engine in front of the sample company, with its faults and switches.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context;
use engine::{
    Code, Engine,
    attribute::Role,
    changes::{
        draft::{Edit, RefusalCode},
        plan::{BrakeLevel, Confirmation, Fix, Group, Plan, Settlement},
        run::{ItemState, Run, RunStatus},
    },
    connection::{ConnectionChange, Policy},
    history::{Act, HistoryQuery, Origin},
    ids::{AttributeId, ConnectionId, RowId},
    people::{Selection, Status, ViewQuery},
    ports::News,
};
use serde_json::{Value, json};
use tests::company::Company;

type Outcome = anyhow::Result<()>;

/// A synced company, and people in it that anything may happen to.
struct Acme {
    company: Company,
    id: ConnectionId,
}

impl Acme {
    async fn of(people: u32) -> anyhow::Result<Self> {
        let company = Company::of(people).await?;
        // One request for each person; what goes together is tested by the runs of two thousand.
        company.set(json!({ "bulk": false })).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        Ok(Self { company, id })
    }

    fn engine(&self) -> &Arc<Engine> {
        &self.company.engine
    }

    /// Active people without reports.
    fn staff(&self, count: usize) -> anyhow::Result<Vec<RowId>> {
        let view = self.engine().open_view(self.id, ViewQuery::default())?;
        let window = self.engine().window(view.id, 0, view.total, &[])?;
        let mut staff = Vec::new();
        for row in window
            .rows
            .iter()
            .filter(|row| row.status == Status::Active)
        {
            let person = self.engine().person(self.id, row.id)?;
            if person.reports_total == 0 && person.email.is_some() {
                staff.push(row.id);
            }
            if staff.len() == count {
                return Ok(staff);
            }
        }
        anyhow::bail!("only {} people without reports", staff.len())
    }

    /// The first person with reports.
    fn manager(&self) -> anyhow::Result<RowId> {
        let view = self.engine().open_view(self.id, ViewQuery::default())?;
        let window = self.engine().window(view.id, 0, view.total, &[])?;
        for row in window
            .rows
            .iter()
            .filter(|row| row.status == Status::Active)
        {
            if self.engine().person(self.id, row.id)?.reports_total > 0 {
                return Ok(row.id);
            }
        }
        anyhow::bail!("nobody has reports")
    }

    fn role(&self, role: Role) -> anyhow::Result<AttributeId> {
        self.engine()
            .directory_of(self.id)?
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(role))
            .map(|attribute| attribute.id)
            .with_context(|| format!("an attribute is the {role:?}"))
    }

    fn scim_id(&self, row: RowId) -> anyhow::Result<String> {
        Ok(self.engine().person(self.id, row)?.scim_id)
    }

    /// What the service itself has for a person's department.
    async fn department(&self, row: RowId) -> anyhow::Result<Value> {
        let path = format!("/people/{}", self.scim_id(row)?);
        let person = self.company.control("GET", &path, None).await?;
        Ok(find(&person, "Department").cloned().unwrap_or(Value::Null))
    }

    /// Another department than anybody of these has, that exists.
    fn other_department(&self, rows: &[RowId]) -> anyhow::Result<String> {
        let department = self.role(Role::Department)?;
        let view = self.engine().open_view(self.id, ViewQuery::default())?;
        let all = self
            .engine()
            .window(view.id, 0, view.total, &[department])?;
        let value = |row: &engine::people::Row| row.cells[0].value.clone();
        let taken: Vec<_> = all
            .rows
            .iter()
            .filter(|row| rows.contains(&row.id))
            .map(value)
            .collect();
        all.rows
            .iter()
            .map(value)
            .find(|found| found.is_some() && !taken.contains(found))
            .flatten()
            .context("there are several departments")
    }

    fn stage(&self, rows: &[RowId], edit: Edit) -> anyhow::Result<engine::changes::draft::Staged> {
        let rows = Selection::Rows {
            rows: rows.to_vec(),
        };
        Ok(self.engine().stage(self.id, rows, edit, false)?)
    }

    /// Everyone into another department; which one is answered.
    fn stage_move(&self, rows: &[RowId]) -> anyhow::Result<String> {
        let to = self.other_department(rows)?;
        let staged = self.stage(
            rows,
            Edit::Set {
                attribute: self.role(Role::Department)?,
                value: to.clone(),
                new_option: false,
            },
        )?;
        anyhow::ensure!(
            staged.changed as usize == rows.len(),
            "everyone is staged: {staged:?}"
        );
        Ok(to)
    }

    fn start(&self, plan: &Plan) -> anyhow::Result<Run> {
        Ok(self.engine().start_run(plan.id, agreed(plan))?)
    }

    async fn send_draft(&self) -> anyhow::Result<Run> {
        let plan = self.engine().make_plan(self.id)?;
        let run = self.start(&plan)?;
        Ok(self.engine().finish_run(run.id).await?)
    }

    /// How often each person was changed by us, since request `since`.
    async fn effects(&self, since: u64) -> anyhow::Result<BTreeMap<String, u32>> {
        let mut effects = BTreeMap::new();
        for entry in self.company.log_since(since).await? {
            if entry["applied"] == true {
                let person = entry["person"].as_str().unwrap_or("nobody").to_owned();
                *effects.entry(person).or_default() += 1;
            }
        }
        Ok(effects)
    }

    async fn arrived(&self) -> anyhow::Result<u64> {
        let log = self
            .company
            .control("GET", "/log?since=4000000000", None)
            .await?;
        Ok(log["arrived"].as_u64().unwrap_or(0))
    }

    /// Everything a run must leave behind, whatever happened on the way.
    async fn check_moved(
        &self,
        run: &Run,
        rows: &[RowId],
        to: &str,
        since: u64,
    ) -> anyhow::Result<()> {
        assert_eq!(
            run.status,
            RunStatus::Done,
            "the run came to its end: {run:?}"
        );
        assert_eq!(run.done as usize, rows.len(), "everyone is done: {run:?}");
        let effects = self.effects(since).await?;
        for row in rows {
            assert_eq!(
                self.department(*row).await?,
                to,
                "the service has the new value"
            );
            let times = effects.get(&self.scim_id(*row)?).copied().unwrap_or(0);
            assert_eq!(times, 1, "nothing has its effect twice");
        }
        assert_eq!(effects.len(), rows.len(), "and nobody else is touched");
        let verification = self.engine().verify_history()?;
        assert!(
            verification.sound,
            "the history is whole: {}",
            verification.message
        );
        let made = HistoryQuery {
            run: Some(run.id),
            origin: Some(Origin::Made),
            ..HistoryQuery::default()
        };
        assert_eq!(
            self.engine().history(self.id, made, 0, 1)?.total as usize,
            rows.len(),
            "and has each change once"
        );
        assert_eq!(
            self.engine().draft(self.id)?.changes,
            0,
            "nothing is left to send"
        );
        Ok(())
    }
}

/// Everything the plan asks to be typed, typed.
fn agreed(plan: &Plan) -> Confirmation {
    Confirmation {
        hash: plan.hash.clone(),
        number: plan.confirm.type_number,
        reason: plan.confirm.reason.then(|| "a test".to_owned()),
        name: plan.confirm.type_name.clone(),
        pilot: None,
    }
}

fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members
            .get(name)
            .or_else(|| members.values().find_map(|inner| find(inner, name))),
        Value::Array(list) => list.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

fn paused(news: &News) -> Option<Run> {
    match news {
        News::Run(run) if run.status == RunStatus::Paused => Some(run.clone()),
        _ => None,
    }
}

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
    assert_eq!(
        run.status,
        RunStatus::Paused,
        "it waits for a person: {run:?}"
    );
    let why = run.why.clone().unwrap_or_default();
    assert!(
        why.contains("token"),
        "who is told what it waits for: {why}"
    );
    assert_eq!(run.failed, 0, "no item is given up");
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
