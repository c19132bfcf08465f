//! An admin at a desk of their own: an engine with nothing but memory around it, connected to a service anywhere.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use engine::{
    Engine,
    changes::{draft::Edit, run::RunItem},
    connection::{Colour, NewConnection, ServiceKind, SyncOutcome, TokenPlace},
    ids::{AttributeId, ConnectionId, RowId},
    people::{Selection, Status, ViewQuery},
};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::{company::plain_ports, crowd::agreed};

pub struct Desk {
    pub engine: Arc<Engine>,
    pub id: ConnectionId,
    _folder: TempDir,
}

impl Desk {
    /// Connected, nothing read yet.
    ///
    /// # Errors
    /// When the connection can't be kept.
    pub fn at(url: &str, token: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let engine = Engine::open(folder.path(), plain_ports())?;
        let new = NewConnection {
            name: "Acme".to_owned(),
            url: url.to_owned(),
            colour: Colour::Blue,
            service: ServiceKind::Other,
            keep: TokenPlace::Session,
        };
        let id = engine
            .add_connection(new, &SecretString::from(token.to_owned()))?
            .id;
        Ok(Self {
            engine,
            id,
            _folder: folder,
        })
    }

    pub async fn sync(&self) -> Result<SyncOutcome> {
        Ok(self.engine.sync(self.id).await?)
    }

    /// The attribute that goes by this label.
    pub fn attribute(&self, label: &str) -> Result<AttributeId> {
        let attributes = self.engine.directory_of(self.id)?.attributes;
        attributes
            .iter()
            .find(|attribute| attribute.label == label)
            .map(|attribute| attribute.id)
            .with_context(|| format!("an attribute is called {label}: {attributes:?}"))
    }

    /// The one person whom a search shows.
    pub fn person(&self, search: &str) -> Result<RowId> {
        let query = ViewQuery {
            search: search.to_owned(),
            ..ViewQuery::default()
        };
        let view = self.engine.open_view(self.id, query)?;
        ensure!(view.total == 1, "{} people are {search}", view.total);
        Ok(self.engine.window(view.id, 0, 1, &[])?.rows[0].id)
    }

    /// Who is active, in the directory's order.
    pub fn everybody(&self) -> Result<Vec<RowId>> {
        let view = self.engine.open_view(self.id, ViewQuery::default())?;
        let rows = self.engine.window(view.id, 0, view.total, &[])?.rows;
        let active = rows.iter().filter(|row| row.status == Status::Active);
        Ok(active.map(|row| row.id).collect())
    }

    /// Active people with an e-mail address whom nobody reports to, of whom anything may be asked.
    pub fn staff(&self, count: usize) -> Result<Vec<RowId>> {
        let mut staff = Vec::new();
        for row in self.everybody()? {
            let person = self.engine.person(self.id, row)?;
            if person.reports_total == 0 && person.email.is_some() {
                staff.push(row);
            }
            if staff.len() == count {
                return Ok(staff);
            }
        }
        bail!("only {} people without reports", staff.len())
    }

    /// A value that somebody has and this person does not.
    pub fn other_value(&self, row: RowId, label: &str) -> Result<String> {
        let attribute = self.attribute(label)?;
        let own = self.value(row, label)?;
        let view = self.engine.open_view(self.id, ViewQuery::default())?;
        let window = self.engine.window(view.id, 0, view.total, &[attribute])?;
        window
            .rows
            .into_iter()
            .map(|row| row.cells[0].value.clone())
            .find(|value| value.is_some() && *value != own)
            .flatten()
            .with_context(|| format!("{label} has several values"))
    }

    /// A value as the mirror has it.
    pub fn value(&self, row: RowId, label: &str) -> Result<Option<String>> {
        let attribute = self.attribute(label)?;
        let view = self.engine.open_view(self.id, ViewQuery::default())?;
        let window = self.engine.window(view.id, 0, view.total, &[attribute])?;
        let found = window.rows.into_iter().find(|found| found.id == row);
        Ok(found.context("the person is there")?.cells[0].value.clone())
    }

    pub fn set(&self, row: RowId, label: &str, value: &str) -> Result<()> {
        let edit = Edit::Set {
            attribute: self.attribute(label)?,
            value: value.to_owned(),
            new_option: true,
        };
        self.stage(&[row], edit)
    }

    pub fn clear(&self, row: RowId, label: &str) -> Result<()> {
        let attribute = self.attribute(label)?;
        self.stage(&[row], Edit::Clear { attribute })
    }

    pub fn stage(&self, rows: &[RowId], edit: Edit) -> Result<()> {
        let rows = Selection::Rows {
            rows: rows.to_vec(),
        };
        let staged = self.engine.stage(self.id, rows, edit, false)?;
        ensure!(staged.changed > 0, "it is staged: {staged:?}");
        Ok(())
    }

    /// Review and run; what each item came to.
    pub async fn send(&self) -> Result<Vec<RunItem>> {
        let plan = self.engine.make_plan(self.id)?;
        let run = self.engine.start_run(plan.id, agreed(&plan))?;
        let run = self.engine.finish_run(run.id).await?;
        Ok(self.engine.run_page(run.id, None, 0, u32::MAX)?.items)
    }
}
