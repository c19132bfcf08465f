//! A synced company, and what a test does to it.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use engine::{
    Engine,
    attribute::Role,
    changes::{
        draft::Edit,
        plan::Plan,
        run::{Run, RunStatus},
    },
    ids::{AttributeId, ConnectionId, RowId},
    people::{Selection, Status, ViewQuery},
    ports::News,
};
use serde_json::{Value, json};
use tests::{
    company::Company,
    crowd::{agreed, check_history, find},
};

pub type Outcome = anyhow::Result<()>;

/// A synced company, and people in it that anything may happen to.
pub struct Acme {
    pub company: Company,
    pub id: ConnectionId,
}

impl Acme {
    pub async fn of(people: u32) -> anyhow::Result<Self> {
        let company = Company::of(people).await?;
        // One request for each person; what goes together is tested by the runs of two thousand.
        company.set(json!({ "bulk": false })).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        Ok(Self { company, id })
    }

    pub fn engine(&self) -> &Arc<Engine> {
        &self.company.engine
    }

    /// Active people without reports.
    pub fn staff(&self, count: usize) -> anyhow::Result<Vec<RowId>> {
        self.company.staff(self.id, count)
    }

    /// The first person with reports.
    pub fn manager(&self) -> anyhow::Result<RowId> {
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

    pub fn role(&self, role: Role) -> anyhow::Result<AttributeId> {
        self.company.role(self.id, role)
    }

    pub fn scim_id(&self, row: RowId) -> anyhow::Result<String> {
        Ok(self.engine().person(self.id, row)?.scim_id)
    }

    /// What the service itself has for a person's department.
    pub async fn department(&self, row: RowId) -> anyhow::Result<Value> {
        let path = format!("/people/{}", self.scim_id(row)?);
        let person = self.company.control("GET", &path, None).await?;
        Ok(find(&person, "Department").cloned().unwrap_or(Value::Null))
    }

    /// Another department than anybody of these has, that exists.
    pub fn other_department(&self, rows: &[RowId]) -> anyhow::Result<String> {
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

    pub fn stage(
        &self,
        rows: &[RowId],
        edit: Edit,
    ) -> anyhow::Result<engine::changes::draft::Staged> {
        let rows = Selection::Rows {
            rows: rows.to_vec(),
        };
        Ok(self.engine().stage(self.id, rows, edit, false)?)
    }

    /// Everyone into another department; which one is answered.
    pub fn stage_move(&self, rows: &[RowId]) -> anyhow::Result<String> {
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

    pub fn start(&self, plan: &Plan) -> anyhow::Result<Run> {
        Ok(self.engine().start_run(plan.id, agreed(plan))?)
    }

    pub async fn send_draft(&self) -> anyhow::Result<Run> {
        let plan = self.engine().make_plan(self.id)?;
        let run = self.start(&plan)?;
        Ok(self.engine().finish_run(run.id).await?)
    }

    /// How often each person was changed by us, since request `since`.
    pub async fn effects(&self, since: u64) -> anyhow::Result<BTreeMap<String, u32>> {
        let mut effects = BTreeMap::new();
        for entry in self.company.log_since(since).await? {
            if entry["applied"] == true {
                let person = entry["person"].as_str().unwrap_or("nobody").to_owned();
                *effects.entry(person).or_default() += 1;
            }
        }
        Ok(effects)
    }

    pub async fn arrived(&self) -> anyhow::Result<u64> {
        let log = self
            .company
            .control("GET", "/log?since=4000000000", None)
            .await?;
        Ok(log["arrived"].as_u64().unwrap_or(0))
    }

    /// Everything a run must leave behind, whatever happened on the way.
    pub async fn check_moved(
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
        check_history(self.engine(), self.id, run, rows.len())?;
        assert_eq!(
            self.engine().draft(self.id)?.changes,
            0,
            "nothing is left to send"
        );
        Ok(())
    }
}

pub fn paused(news: &News) -> Option<Run> {
    match news {
        News::Run(run) if run.status == RunStatus::Paused => Some(run.clone()),
        _ => None,
    }
}
