//! A synced company, and a folder for its files.

use std::{fs, path::PathBuf, sync::Arc};

use anyhow::Context;
use engine::{
    Engine,
    attribute::Role,
    changes::{
        draft::Edit,
        plan::{Confirmation, Group, Plan},
    },
    ids::{AttributeId, ConnectionId, RowId},
    people::ViewQuery,
};
use serde_json::Value;
use tests::company::Company;

pub type Outcome = anyhow::Result<()>;

pub struct Acme {
    pub company: Company,
    pub id: ConnectionId,
    /// Where files are written.
    pub folder: tempfile::TempDir,
}

impl Acme {
    pub async fn new() -> anyhow::Result<Self> {
        let company = Company::of(200).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        Ok(Self {
            company,
            id,
            folder: tempfile::tempdir()?,
        })
    }

    pub fn engine(&self) -> &Arc<Engine> {
        &self.company.engine
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn staff(&self, count: usize) -> anyhow::Result<Vec<RowId>> {
        self.company.staff(self.id, count)
    }

    pub fn department(&self) -> anyhow::Result<AttributeId> {
        self.role(Role::Department)
    }

    pub fn role(&self, role: Role) -> anyhow::Result<AttributeId> {
        self.company.role(self.id, role)
    }

    pub fn to(&self, department: &str) -> anyhow::Result<Edit> {
        Ok(Edit::Set {
            attribute: self.department()?,
            value: department.to_owned(),
            new_option: true,
        })
    }

    /// A department that somebody has.
    pub fn known_department(&self) -> anyhow::Result<String> {
        let view = self.engine().open_view(self.id, ViewQuery::default())?;
        let found = self
            .engine()
            .window(view.id, 0, view.total, &[self.department()?])?
            .rows
            .into_iter()
            .find_map(|row| row.cells[0].value.clone());
        found.context("somebody has a department")
    }

    pub fn written(&self, plan: &Plan, name: &str) -> anyhow::Result<Value> {
        let path = self.file(name);
        self.engine().write_plan(plan.id, &path)?;
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }

    pub async fn carried_out(&self, plan: &Plan) -> anyhow::Result<engine::changes::run::Run> {
        let run = self.engine().start_run(
            plan.id,
            Confirmation {
                hash: plan.hash.clone(),
                number: plan.confirm.type_number,
                reason: None,
                name: plan.confirm.type_name.clone(),
                ..Confirmation::default()
            },
        )?;
        Ok(self.engine().finish_run(run.id).await?)
    }

    pub fn groups(&self, plan: &Plan) -> Vec<(Group, u32)> {
        plan.groups
            .iter()
            .map(|group| (group.group, group.items))
            .collect()
    }
}
