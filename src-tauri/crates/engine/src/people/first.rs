//! The first rows of a launch: who comes first by name is kept with the mirror, so that a window shows them while
//! everybody is read. Only the window the page begins with is answered from here; every other question waits for
//! the directory. Values, statuses, the draft and protection are read anew: kept are the order, who manages whom of these
//! few, and how many there are of everybody.

use std::{
    collections::BTreeSet,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use store::Store;

use super::{
    Directory, SavedView, ShownView, View, ViewQuery, Window,
    collation::Collation,
    load, query,
    saved::{first_columns, saved_view},
    table::Table,
    window,
};
use crate::{
    attribute::{self, Attribute, Role},
    changes::draft,
    dormancy::is_laid,
    engine::{Engine, Overlay, Protected, Workspace, lock},
    error::Result,
    ids::{AttributeId, ConnectionId, RowId, ViewId},
    ports::News,
    protected::listed,
};

/// Four times what a page asks for at once.
const ROWS: usize = 192;
/// A page that asks for nothing by then has other worries, and the directory is read all the same.
const PATIENCE: Duration = Duration::from_secs(3);
/// The rows are drawn meanwhile, by whom reading everybody would take the processors.
const DRAWING: Duration = Duration::from_millis(300);

/// Of a view that was just opened: the directory's is the same when it is opened.
const VERSION: u32 = 1;

/// What is kept of a directory that was read.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// Who made it: another version may derive other names.
    by: String,
    /// Whose order it is.
    locale: String,
    people: u32,
    /// By name.
    rows: Vec<RowId>,
    /// Whom they report to.
    managers: Vec<RowId>,
    /// Those of `rows` whom somebody reports to.
    managing: Vec<RowId>,
    /// Of each attribute how many people have a value, and how many values there are.
    filled: Vec<(AttributeId, u32, u32)>,
}

/// A directory that is about to be read, as far as its first rows.
pub(crate) struct FirstRows {
    /// The people of the rows, and whom they report to.
    table: Table,
    rows: Vec<u32>,
    people: u32,
    views: Vec<SavedView>,
    overlay: Overlay,
    protected: Protected,
    /// Opened on these rows, to be opened on the directory.
    open: Mutex<Vec<ViewId>>,
    shown: Mutex<bool>,
    now_shown: Condvar,
}

impl Kept {
    /// `None` where nobody is there, and where something is laid beside the values that the few can't be told without
    /// the many.
    fn of(table: &Table, locale: &str) -> Option<Self> {
        if table.attributes.iter().any(|one| is_laid(one.id)) {
            return None;
        }
        let first: Vec<u32> = table
            .by_name()
            .iter()
            .copied()
            .filter(|&position| !table.gone.has(position))
            .take(ROWS)
            .collect();
        if first.is_empty() {
            return None;
        }
        let managers: BTreeSet<RowId> = first
            .iter()
            .filter_map(|&position| table.manager(position))
            .map(|manager| table.row(manager))
            .collect();
        Some(Self {
            by: env!("CARGO_PKG_VERSION").to_owned(),
            locale: locale.to_owned(),
            people: table.people() as u32,
            managing: first
                .iter()
                .filter(|&&position| !table.reports(position).is_empty())
                .map(|&position| table.row(position))
                .collect(),
            rows: first.iter().map(|&position| table.row(position)).collect(),
            managers: managers.into_iter().collect(),
            filled: table
                .attributes
                .iter()
                .map(|one| (one.id, one.filled, one.distinct))
                .collect(),
        })
    }
}

impl FirstRows {
    /// `None` where nothing is kept that is true of the mirror as it is, and where the few can't be shown without the many:
    /// what evidence lays beside the values, or the name of somebody who is staged as a manager.
    fn read(
        store: &Store,
        connection: ConnectionId,
        today: jiff::civil::Date,
        locale: &str,
    ) -> Result<Option<Self>> {
        let (body, evidence) = store.read(|reader| {
            let body = reader.first_rows(connection.0)?;
            Ok::<_, store::Error>((body, !reader.live_sources(connection.0)?.is_empty()))
        })?;
        let Some(body) = body.filter(|_| !evidence) else {
            return Ok(None);
        };
        // Of another version, perhaps.
        let Ok(kept) = serde_json::from_str::<Kept>(&body) else {
            return Ok(None);
        };
        if kept.by != env!("CARGO_PKG_VERSION") || kept.locale != locale {
            return Ok(None);
        }
        let attributes = attribute::of_connection(store, connection)?;
        let collation = Arc::new(Collation::of(locale));
        let mut table = Table::new(attributes, today, collation, 0);
        let people: Vec<u32> = kept
            .rows
            .iter()
            .chain(&kept.managers)
            .map(|row| row.0)
            .collect();
        load::reload(&mut table, store, &people)?;
        table.attributes = filled(&table.attributes, &kept.filled);
        let rows: Option<Vec<u32>> = kept.rows.iter().map(|row| table.position(*row)).collect();
        let Some(rows) = rows else {
            return Ok(None);
        };
        let overlay = draft::edits::load_overlay(store, connection)?;
        if names_a_stranger(&table, &kept.rows, &overlay) {
            return Ok(None);
        }
        let mut protected = listed(store, connection, today)?;
        for row in kept.managing {
            protected.entry(row).or_default();
        }
        let views = store.read(|reader| reader.views(connection.0))?;
        Ok(Some(Self {
            rows,
            people: kept.people,
            views: views
                .into_iter()
                .map(|stored| {
                    saved_view(stored, |definition| {
                        (None, query::follows_draft(&table, definition))
                    })
                })
                .collect(),
            overlay,
            protected,
            table,
            open: Mutex::default(),
            shown: Mutex::default(),
            now_shown: Condvar::new(),
        }))
    }

    fn directory(&self) -> Directory {
        Directory {
            attributes: self.table.attributes.to_vec(),
            people: self.people,
            views: self.views.clone(),
            columns: first_columns(&self.table.attributes),
        }
    }

    fn holds(&self, view: ViewId) -> bool {
        lock(&self.open).contains(&view)
    }

    /// `None` for rows that are not among the first.
    fn window(
        &self,
        view: ViewId,
        start: u32,
        len: u32,
        columns: &[AttributeId],
    ) -> Option<Window> {
        let from = start.min(self.people) as usize;
        let until = start.saturating_add(len).min(self.people) as usize;
        let rows = self.rows.get(from..until)?;
        let places: Vec<Option<usize>> = columns
            .iter()
            .map(|column| self.table.place(*column))
            .collect();
        let rows = rows
            .iter()
            .map(|&position| {
                window::row(
                    &self.table,
                    &self.overlay,
                    &self.protected,
                    position,
                    &places,
                    &[],
                )
            })
            .collect();
        *lock(&self.shown) = true;
        self.now_shown.notify_all();
        Some(Window {
            view,
            version: VERSION,
            start: from as u32,
            total: self.people,
            rows,
        })
    }

    /// Opens a view on the directory that was opened on these rows. Where rows are others by now, it is another version.
    fn hand_over(&self, view: ViewId, workspace: &Workspace) {
        let directory = &workspace.directory;
        let opened = directory.put_view(view, ViewQuery::default());
        let table = directory.table().clone();
        let now = opened.found.positions.iter().map(|&at| table.row(at));
        let shown = self.rows.iter().map(|&at| self.table.row(at));
        let same = opened.found.positions.len() == self.people as usize
            && now.take(self.rows.len()).eq(shown);
        if opened.version != VERSION || !same {
            directory.put_view(view, ViewQuery::default());
        }
    }

    /// Until the page has the rows and has had time to draw them.
    pub(crate) fn wait_until_drawn(&self) {
        let shown = lock(&self.shown);
        let waited = self
            .now_shown
            .wait_timeout_while(shown, PATIENCE, |shown| !*shown);
        let (shown, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let draws = *shown;
        drop(shown);
        if draws {
            std::thread::sleep(DRAWING);
        }
    }
}

/// Whether somebody of these rows is staged to have a manager who is not in the table.
fn names_a_stranger(table: &Table, rows: &[RowId], overlay: &Overlay) -> bool {
    let manager = table.place_of(Role::Manager);
    let Some(manager) = manager.map(|place| table.attributes[place].id) else {
        return false;
    };
    rows.iter()
        .filter_map(|row| overlay.get(row)?.values.get(&manager)?.as_deref())
        .any(|staged| table.find(staged).is_empty())
}

/// Attributes with how full each was.
fn filled(attributes: &[Attribute], counts: &[(AttributeId, u32, u32)]) -> Arc<[Attribute]> {
    attributes
        .iter()
        .map(|attribute| {
            let known = counts.iter().find(|(id, ..)| *id == attribute.id);
            let (_, filled, distinct) = *known.unwrap_or(&(attribute.id, 0, 0));
            Attribute {
                filled,
                distinct,
                ..attribute.clone()
            }
        })
        .collect()
}

impl Engine {
    /// Takes the first rows up, when some are kept: from now on they are shown, until everybody has been read.
    pub(crate) fn take_up_first_rows(&self, connection: ConnectionId) -> Option<Arc<FirstRows>> {
        let today = self.ports.clock.today();
        let first = FirstRows::read(&self.store, connection, today, &self.ports.locale)
            .inspect_err(|error| tracing::warn!(%error, "the first rows wait for the directory"))
            .ok()
            .flatten()
            .map(Arc::new)?;
        let mut all = lock(&self.first_rows);
        // A run that was left may have had the directory read already.
        if self.workspace_at_hand(connection).is_some() {
            return None;
        }
        all.insert(connection, first.clone());
        Some(first)
    }

    /// The directory has been read: the page's views are on it from now on.
    pub(crate) fn follow_first_rows(&self, workspace: &Arc<Workspace>) {
        let connection = workspace.connection;
        if self.first_rows_of(connection).is_some() {
            // Before anybody has to wait for it.
            workspace.directory.ready_first_rows();
        }
        let mut all = lock(&self.first_rows);
        let first = all.remove(&connection);
        if let Some(first) = &first {
            for view in lock(&first.open).iter() {
                first.hand_over(*view, workspace);
            }
        }
        self.put_workspace(workspace);
        drop(all);
        if first.is_some() {
            self.tell(News::DirectoryChanged(connection));
        }
    }

    fn first_rows_of(&self, connection: ConnectionId) -> Option<Arc<FirstRows>> {
        lock(&self.first_rows).get(&connection).cloned()
    }

    /// The directory as far as it is known before everybody is read.
    pub(crate) fn first_directory(&self, connection: ConnectionId) -> Option<Directory> {
        self.first_rows_of(connection)
            .map(|first| first.directory())
    }

    /// Whose directory a view is to be opened on, while that is being read.
    pub(crate) fn awaited_by(&self, view: ViewId) -> Option<ConnectionId> {
        let all = lock(&self.first_rows);
        let found = all.iter().find(|(_, first)| first.holds(view));
        found.map(|(connection, _)| *connection)
    }

    /// The view that the page begins with, and its first rows, while everybody is being read.
    pub(crate) fn first_view(
        &self,
        connection: ConnectionId,
        query: &ViewQuery,
        len: u32,
        columns: &[AttributeId],
    ) -> Option<ShownView> {
        if *query != ViewQuery::default() {
            return None;
        }
        // Held until the view is among those that the directory takes over.
        let all = lock(&self.first_rows);
        let first = all.get(&connection)?;
        let id = self.next_view();
        let window = first.window(id, 0, len, columns)?;
        lock(&first.open).push(id);
        let view = View {
            id,
            version: window.version,
            total: first.people,
            of: first.people,
            note: None,
        };
        Some(ShownView { view, window })
    }

    /// Rows of that view, as far as they are known.
    pub(crate) fn first_window(
        &self,
        view: ViewId,
        start: u32,
        len: u32,
        columns: &[AttributeId],
    ) -> Option<Window> {
        self.first_rows_of(self.awaited_by(view)?)?
            .window(view, start, len, columns)
    }

    /// For a view that is not wanted any more before its directory is read.
    pub(crate) fn forget_first_view(&self, view: ViewId) {
        for first in lock(&self.first_rows).values() {
            lock(&first.open).retain(|open| *open != view);
        }
    }

    /// Keeps who comes first in every directory that is in memory, for the next launch. Not of one that may be other than
    /// its mirror.
    pub fn keep_first_rows(self: &Arc<Self>) {
        for workspace in self.workspaces_at_hand() {
            if let Err(error) = self.keep_first_rows_of(workspace) {
                tracing::warn!(%error, "the first rows are not kept for the next launch");
            }
        }
    }

    fn keep_first_rows_of(self: &Arc<Self>, workspace: Arc<Workspace>) -> Result<()> {
        let connection = workspace.connection;
        if self.is_behind(connection) {
            return Ok(());
        }
        let kept = self.store.read(|reader| reader.first_rows(connection.0))?;
        let table = workspace.directory.table().clone();
        let Some(first) = Kept::of(&table, &self.ports.locale) else {
            return Ok(());
        };
        let body = serde_json::to_string(&first).expect("BUG: first rows are plain values");
        if kept.as_ref() == Some(&body) {
            return Ok(());
        }
        let engine = self.clone();
        self.store.write_if_alone(move |writer| {
            if engine.is_behind(connection) || !workspace.directory.still_has(&table) {
                return Ok(());
            }
            writer.keep_first_rows(connection.0, &body)
        })?;
        Ok(())
    }

    /// Whether a directory in memory may be other than its mirror. Never waits: the writer's own thread asks too.
    fn is_behind(&self, connection: ConnectionId) -> bool {
        let behind = self.behind.try_lock();
        let runs = self.runs.try_lock();
        behind.map_or(true, |behind| behind.contains(&connection))
            || runs.map_or(true, |runs| !runs.is_empty())
    }
}
