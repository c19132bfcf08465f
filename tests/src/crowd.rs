//! Two thousand people who all move to one department, and everything that must be so once they have.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use engine::{
    Engine,
    attribute::Role,
    changes::{
        draft::Edit,
        plan::{Confirmation, Plan},
        run::{ItemState, Run, RunStatus},
    },
    history::{HistoryQuery, Origin},
    ids::{ConnectionId, RowId},
    people::{Selection, Status, ViewQuery},
    ports::News,
};
use serde_json::{Value, json};

use crate::company::{Company, TOKEN, ticking};

/// Where everybody goes; nobody is there before.
pub const NEW_DEPARTMENT: &str = "Moved together";

/// Id to the whole record, as the service has it, without when it was written.
pub type Records = BTreeMap<String, Value>;

const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";

/// The history is whole, and has each of so many changes of a run once.
pub fn check_history(engine: &Engine, id: ConnectionId, run: &Run, changes: usize) -> Result<()> {
    let verification = engine.verify_history()?;
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
        engine.history(id, made, 0, 1)?.total as usize,
        changes,
        "and has each change once"
    );
    Ok(())
}

/// A run that stopped for a token waits for a person, and has given nobody up.
pub fn waits_for_its_token(run: &Run) {
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
}

/// The first member of this name, however deep.
pub fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members
            .get(name)
            .or_else(|| members.values().find_map(|inner| find(inner, name))),
        Value::Array(list) => list.iter().find_map(|inner| find(inner, name)),
        _ => None,
    }
}

/// A synced company with a move staged for many of its people.
pub struct Crowd {
    pub company: Company,
    pub id: ConnectionId,
    /// Their ids at the service, in the order of sending.
    pub movers: Vec<String>,
    before: Records,
    /// Requests that had arrived when everything was staged.
    since: u64,
}

impl Crowd {
    /// Two thousand of 2,600, one request each.
    ///
    /// # Errors
    /// When the company can't be served, connected or read.
    pub async fn new() -> Result<Self> {
        Self::of(2_600, 2_000, json!({ "bulk": false })).await
    }

    /// As [`Crowd::new`], with so many people of so many, and switches.
    pub async fn of(people: u32, movers: usize, switches: Value) -> Result<Self> {
        let company = Company::of(people).await?;
        company.set(switches).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        let engine = &company.engine;
        let view = engine.open_view(id, ViewQuery::default())?;
        let mut rows: Vec<RowId> = Vec::with_capacity(movers);
        for start in (0..view.total).step_by(500) {
            let window = engine.window(view.id, start, 500, &[])?;
            rows.extend(
                window
                    .rows
                    .iter()
                    .filter(|row| row.status == Status::Active)
                    .map(|row| row.id),
            );
        }
        rows.truncate(movers);
        ensure!(rows.len() == movers, "{} people to move", rows.len());
        let department = engine
            .directory_of(id)?
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(Role::Department))
            .map(|attribute| attribute.id)
            .context("people have departments")?;
        let staged = engine.stage(
            id,
            Selection::Rows { rows },
            Edit::Set {
                attribute: department,
                value: NEW_DEPARTMENT.to_owned(),
                new_option: true,
            },
            false,
        )?;
        ensure!(staged.changed as usize == movers, "{staged:?}");
        let before = records(&company).await?;
        let plan = engine.make_plan(id)?;
        let mut moving = Vec::with_capacity(movers);
        for group in &plan.groups {
            for start in (0..group.items).step_by(500) {
                let page = engine.plan_page(plan.id, group.group, start, 500)?;
                for item in page.items {
                    moving.push(engine.person(id, item.row)?.scim_id);
                }
            }
        }
        let since = arrived(&company).await?;
        Ok(Self {
            company,
            id,
            movers: moving,
            before,
            since,
        })
    }

    pub fn engine(&self) -> &Arc<Engine> {
        &self.company.engine
    }

    pub fn start(&self, pilot: Option<u32>) -> Result<Run> {
        let plan = self.engine().make_plan(self.id)?;
        let confirmation = Confirmation {
            pilot,
            ..agreed(&plan)
        };
        Ok(self.engine().start_run(plan.id, confirmation)?)
    }

    /// From the draft to the end, while the clock goes on fifty times as fast.
    pub async fn run(&self) -> Result<Run> {
        let run = self.start(None)?;
        self.finish(&run).await
    }

    pub async fn finish(&self, run: &Run) -> Result<Run> {
        finish(&self.company, run).await
    }

    /// Requests since everything was staged.
    pub async fn arrived(&self) -> Result<u64> {
        Ok(arrived(&self.company).await? - self.since)
    }

    pub async fn log(&self) -> Result<Vec<Value>> {
        self.company.log_since(self.since).await
    }

    /// What has to be so after any run, however it went: those in `theirs` were changed by somebody else
    /// meanwhile and have been left alone, those in `ended` ended in another way, and everybody else is done.
    pub async fn check(
        &self,
        run: &Run,
        theirs: &BTreeMap<String, String>,
        log: &[Value],
    ) -> Result<()> {
        let engine = self.company.another_engine()?;
        assert_eq!(run.status, RunStatus::Done, "it came to its end: {run:?}");
        let done = self.movers.len() - theirs.len();
        assert_eq!(run.done as usize, done, "everybody else is done: {run:?}");
        assert_eq!(run.held as usize, theirs.len(), "these are held: {run:?}");

        let mut positions = BTreeSet::new();
        let page = engine.run_page(run.id, None, 0, u32::MAX)?;
        for item in &page.items {
            assert!(
                matches!(item.state, ItemState::Done | ItemState::Held),
                "every item has a final state: {item:?}"
            );
            assert!(positions.insert(item.position), "and only one: {item:?}");
        }
        assert_eq!(positions.len(), self.movers.len(), "no item was lost");

        let now = records(&self.company).await?;
        let mut wanted = self.before.clone();
        for (id, record) in &mut wanted {
            // Another system at work meanwhile.
            if now
                .get(id)
                .is_some_and(|now| now[PEAKON]["Gender"] == "Theirs")
            {
                record[PEAKON]["Gender"] = json!("Theirs");
            }
        }
        for id in &self.movers {
            let to = theirs.get(id).map_or(NEW_DEPARTMENT, String::as_str);
            let record = wanted.get_mut(id).context("a mover was there before")?;
            record[PEAKON]["Department"] = json!(to);
        }
        let wrong: Vec<_> = wanted
            .iter()
            .filter(|(id, record)| now.get(*id) != Some(record))
            .take(5)
            .collect();
        assert!(
            wrong.is_empty() && now.len() == wanted.len(),
            "the service has what the plan says and nothing else: {wrong:?}"
        );

        let mut effects: BTreeMap<&str, u32> = BTreeMap::new();
        for effect in log
            .iter()
            .filter_map(|entry| entry["effects"].as_array())
            .flatten()
            .filter(|effect| effect["kind"] != "same")
        {
            *effects
                .entry(effect["person"].as_str().unwrap_or("nobody"))
                .or_default() += 1;
        }
        let twice: Vec<_> = effects.iter().filter(|(_, times)| **times != 1).collect();
        assert!(twice.is_empty(), "nothing has its effect twice: {twice:?}");
        let moved: BTreeSet<&str> = self
            .movers
            .iter()
            .filter(|id| !theirs.contains_key(*id))
            .map(String::as_str)
            .collect();
        let touched: BTreeSet<&str> = effects.into_keys().collect();
        assert_eq!(touched, moved, "everybody once, and nobody else");

        for news in self.company.ear.all() {
            if let News::Run(told) = news
                && told.id == run.id
            {
                assert_eq!(
                    told.total as usize,
                    self.movers.len(),
                    "whatever is told of it adds up: {told:?}"
                );
            }
        }
        check_history(&engine, self.id, run, done)?;
        assert_eq!(
            engine.draft(self.id)?.changes as usize,
            theirs.len(),
            "what is held is back in the draft, and nothing else"
        );
        Ok(())
    }
}

impl Crowd {
    /// After a run without trouble each change can be found in the service's own log.
    pub fn check_request_ids(&self, run: &Run, log: &[Value]) -> Result<()> {
        let mut known: BTreeMap<&str, &str> = BTreeMap::new();
        for entry in log {
            for effect in entry["effects"].as_array().into_iter().flatten() {
                if let (Some(person), Some(id)) =
                    (effect["person"].as_str(), entry["requestId"].as_str())
                {
                    known.insert(person, id);
                }
            }
        }
        let made = HistoryQuery {
            run: Some(run.id),
            origin: Some(Origin::Made),
            ..HistoryQuery::default()
        };
        for event in self.engine().history(self.id, made, 0, run.total)?.events {
            let person = event.scim_id.as_deref().unwrap_or_default();
            assert_eq!(
                event.request_id.as_deref(),
                known.get(person).copied(),
                "an event names the exchange it came from: {event:?}"
            );
        }
        Ok(())
    }
}

/// Everything the plan asks to be typed, typed.
pub fn agreed(plan: &Plan) -> Confirmation {
    Confirmation {
        hash: plan.hash.clone(),
        number: plan.confirm.type_number,
        reason: plan.confirm.reason.then(|| "a test".to_owned()),
        name: plan.confirm.type_name.clone(),
        ..Confirmation::default()
    }
}

/// How many requests have arrived.
pub async fn arrived(company: &Company) -> Result<u64> {
    let log = company
        .control("GET", "/log?since=4000000000", None)
        .await?;
    log["arrived"].as_u64().context("a number")
}

/// Waits for the end of a run, while the clock goes on fifty times as fast.
pub async fn finish(company: &Company, run: &Run) -> Result<Run> {
    let ended = company.engine.finish_run(run.id);
    Ok(ticking(company.clock.clone(), ended).await?)
}

/// Everybody, asked of the service itself.
pub async fn records(company: &Company) -> Result<Records> {
    let client = reqwest::Client::new();
    let mut found = Records::new();
    loop {
        let url = format!(
            "{}/Users?startIndex={}&count=100",
            company.service.url(),
            found.len() + 1
        );
        let page = client.get(url).bearer_auth(TOKEN).send().await?;
        let mut page: Value = serde_json::from_str(&page.error_for_status()?.text().await?)?;
        let people = page["Resources"].as_array_mut().context("people")?;
        if people.is_empty() {
            return Ok(found);
        }
        for mut person in people.drain(..) {
            let id = person["id"].as_str().context("an id")?.to_owned();
            if let Some(members) = person.as_object_mut() {
                members.remove("meta");
            }
            found.insert(id, person);
        }
    }
}
