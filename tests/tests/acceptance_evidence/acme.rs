//! A synced company and a folder for its files.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::ensure;
use engine::{
    Engine,
    dormancy::{Pile, PileFilter},
    evidence::{Import, RowState},
    ids::{ConnectionId, RowId},
    people::ViewQuery,
};
use sandbox::evidence::Truth;
use tests::company::{Company, TODAY};

pub type Outcome<T = ()> = anyhow::Result<T>;

/// A synced company and a folder for its files.
pub struct Acme {
    pub company: Company,
    pub id: ConnectionId,
    pub engine: Arc<Engine>,
}

impl Acme {
    pub async fn of(people: u32) -> Outcome<Self> {
        let company = Company::of(people).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        Ok(Self {
            engine: Arc::clone(&company.engine),
            company,
            id,
        })
    }

    pub fn folder(&self) -> PathBuf {
        self.company.folder.path().join("files")
    }

    pub fn file(&self, name: &str, text: &str) -> Outcome<PathBuf> {
        std::fs::create_dir_all(self.folder())?;
        let path = self.folder().join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }

    pub fn read(&self, path: &Path) -> Outcome<Import> {
        Ok(self.engine.read_evidence(self.id, path)?)
    }

    /// E-mails of ordinary people, one person each.
    pub fn emails(&self, truth: &Truth, count: usize) -> Vec<String> {
        truth
            .people
            .iter()
            .filter(|known| known.case.is_none())
            .filter_map(|known| known.email.clone())
            .take(count)
            .collect()
    }

    pub fn truth(&self, people: u32) -> Outcome<Truth> {
        Ok(sandbox::evidence::write(&self.folder(), people, 1, TODAY)?)
    }

    pub fn rows(&self) -> Outcome<BTreeMap<String, RowId>> {
        let view = self.engine.open_view(self.id, ViewQuery::default())?;
        self.ids_in(view.id, view.total)
    }

    pub fn ids_in(
        &self,
        view: engine::ids::ViewId,
        total: u32,
    ) -> Outcome<BTreeMap<String, RowId>> {
        let mut found = BTreeMap::new();
        while (found.len() as u32) < total {
            let window = self.engine.window(view, found.len() as u32, 500, &[])?;
            ensure!(!window.rows.is_empty(), "the view ends before its total");
            for row in window.rows {
                found.insert(self.engine.person(self.id, row.id)?.scim_id, row.id);
            }
        }
        Ok(found)
    }

    pub fn pile(&self, pile: Pile) -> Outcome<BTreeSet<String>> {
        let query = ViewQuery {
            pile: Some(PileFilter { pile, days: None }),
            ..ViewQuery::default()
        };
        let view = self.engine.open_view(self.id, query)?;
        Ok(self.ids_in(view.id, view.total)?.into_keys().collect())
    }
}

pub fn spoilt(
    engine: &Engine,
    import: &Import,
    state: Option<RowState>,
) -> Outcome<Vec<engine::evidence::ImportRow>> {
    Ok(engine.import_rows(import.id, state, 0, u32::MAX)?.rows)
}
