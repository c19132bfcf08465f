//! The directory other modules ask: a table behind a lock, and the views open on it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use jiff::civil::Date;
use store::Store;

use super::{
    Selection, Status, ViewQuery,
    collation::Collation,
    load,
    names::Names,
    query::{self, Found, Marks},
    table::Table,
};
use crate::{
    attribute::{Attribute, Role},
    dormancy::{self, Basis},
    engine::{Overlay, Protected},
    error::{Error, Result},
    ids::{AttributeId, ConnectionId, RowId, ViewId},
    protected,
};

/// One open view.
#[derive(Debug, Clone)]
pub(crate) struct OpenView {
    pub(crate) query: ViewQuery,
    pub(crate) version: u32,
    pub(crate) found: Arc<Found>,
}

/// Everybody of one connection, in memory.
pub(crate) struct Directory {
    connection: ConnectionId,
    store: Store,
    /// Shared, so that whoever reads for long takes a copy of the pointer and lets writers through.
    table: RwLock<Arc<Table>>,
    views: RwLock<BTreeMap<ViewId, OpenView>>,
    overlay: Arc<RwLock<Arc<Overlay>>>,
    protected: Arc<RwLock<Arc<Protected>>>,
    /// What standings are worked out from; `None` until there is evidence or somebody asks.
    basis: RwLock<Option<Arc<Basis>>>,
    /// Held by whoever changes the table, from the first look at it to the last: standings are worked out while
    /// others read, and must fit the table they are laid in.
    changing: Mutex<()>,
}

impl Directory {
    /// Reads the mirror. People are put in the order of the locale.
    pub(crate) fn open(
        store: &Store,
        connection: ConnectionId,
        today: Date,
        locale: &str,
        overlay: Arc<RwLock<Arc<Overlay>>>,
        protected: Arc<RwLock<Arc<Protected>>>,
    ) -> Result<Self> {
        let attributes = crate::attribute::of_connection(store, connection)?;
        let collation = Arc::new(Collation::of(locale));
        let basis = Basis::read(store, connection, today)?;
        let directory = Self {
            connection,
            store: store.clone(),
            table: RwLock::new(Arc::new(load::load(
                store, connection, attributes, today, collation,
            )?)),
            views: RwLock::default(),
            overlay,
            protected,
            // Nobody pays for what nobody uses.
            basis: RwLock::new((!basis.sources.is_empty()).then(|| Arc::new(basis))),
            changing: Mutex::default(),
        };
        let marks = directory.marks();
        directory.lay(Arc::make_mut(&mut directory.table_mut()), &marks);
        Ok(directory)
    }

    /// Works out where everybody of a table stands, when anybody wants to know, before views are found on it.
    fn lay(&self, table: &mut Table, marks: &Marks) {
        if let Some(basis) = self.known_basis() {
            dormancy::work_out(table, &basis, &self.protected(), marks).lay(table);
        }
    }

    /// The same for the table in use, which goes on being read meanwhile: at a million people this takes a while.
    fn lay_again(&self, basis: Arc<Basis>, marks: &Marks) {
        let worked = dormancy::work_out(&self.table(), &basis, &self.protected(), marks);
        let mut table = self.table_mut();
        *self.basis.write().unwrap_or_else(PoisonError::into_inner) = Some(basis);
        worked.lay(Arc::make_mut(&mut table));
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known_basis(&self) -> Option<Arc<Basis>> {
        self.basis
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What standings are worked out from. From now on the table has them.
    pub(crate) fn basis(&self) -> Result<Arc<Basis>> {
        match self.known_basis() {
            Some(basis) => Ok(basis),
            None => self.read_basis(),
        }
    }

    /// Reads policy, evidence and exemptions again, and brings standings and views up to date.
    pub(crate) fn read_basis(&self) -> Result<Arc<Basis>> {
        let _changing = self.changing();
        let today = self.table().today;
        let basis = Arc::new(Basis::read(&self.store, self.connection, today)?);
        self.lay_again(basis.clone(), &self.marks());
        self.renew_views();
        Ok(basis)
    }

    /// Standings and views anew, after who is protected changed.
    fn stand_again(&self) {
        let _changing = self.changing();
        if let Some(basis) = self.known_basis() {
            self.lay_again(basis, &self.marks());
        }
        self.renew_views();
    }

    /// For a moment: while it is held nobody writes. Take it before a view, as a view's places are places in it, and
    /// ask this directory nothing else that takes it again, or a writer who waits in between makes both wait for ever.
    pub(crate) fn table(&self) -> RwLockReadGuard<'_, Arc<Table>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn table_mut(&self) -> RwLockWriteGuard<'_, Arc<Table>> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this table is the one in use. `false` also where that can't be told without waiting.
    pub(crate) fn still_has(&self, table: &Arc<Table>) -> bool {
        self.table
            .try_read()
            .is_ok_and(|now| Arc::ptr_eq(&now, table))
    }

    /// Works out what the first rows need beside their values: the order by name, and who manages whom.
    pub(crate) fn ready_first_rows(&self) {
        let table = self.table();
        rayon::join(|| table.by_name().len(), || table.reports(0).len());
    }

    /// What is known of people beside their values, as of now.
    pub(crate) fn marks(&self) -> Marks {
        Marks {
            staged: self.overlay().keys().copied().collect(),
            protected: self.protected().keys().copied().collect(),
        }
    }

    pub(crate) fn overlay(&self) -> Arc<Overlay> {
        self.overlay
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn protected(&self) -> Arc<Protected> {
        self.protected
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The names people have now, for looking many up.
    pub(crate) fn names(&self) -> Names {
        Names::of(&self.table())
    }

    /// People who are called so, either way round, in row order.
    pub(crate) fn named(&self, names: &Names, text: &str) -> Vec<RowId> {
        names.find(&self.table(), text)
    }

    /// The derived ones first, then as the service declares them.
    pub(crate) fn attributes(&self) -> Arc<[Attribute]> {
        self.table().attributes.clone()
    }

    pub(crate) fn by_role(&self, role: Role) -> Option<Attribute> {
        let table = self.table();
        table
            .place_of(role)
            .map(|place| table.attributes[place].clone())
    }

    /// People who are there.
    pub(crate) fn len(&self) -> usize {
        self.table().people()
    }

    /// The people chosen, each once, in the order of the view or as given.
    ///
    /// # Errors
    /// [`crate::Code::Stale`] for a view that is not open any more, and for positions in a list that is another by now.
    pub(crate) fn rows(&self, selection: &Selection) -> Result<Vec<RowId>> {
        let table = self.table();
        match selection {
            Selection::Rows { rows } => {
                let mut seen = std::collections::HashSet::with_capacity(rows.len());
                Ok(rows
                    .iter()
                    .copied()
                    .filter(|row| {
                        seen.insert(*row)
                            && table
                                .position(*row)
                                .is_some_and(|position| !table.gone.has(position))
                    })
                    .collect())
            }
            Selection::View { view, except } => {
                let found = self.view(*view)?.found;
                let except: std::collections::HashSet<RowId> = except.iter().copied().collect();
                Ok(found
                    .positions
                    .iter()
                    .map(|&position| table.row(position))
                    .filter(|row| !except.contains(row))
                    .collect())
            }
            Selection::Range {
                view,
                version,
                start,
                end,
            } => {
                let open = self.view(*view)?;
                if open.version != *version {
                    return Err(moved_on());
                }
                let found = open.found;
                let end = (*end as usize).min(found.positions.len());
                let start = (*start as usize).min(end);
                Ok(found.positions[start..end]
                    .iter()
                    .map(|&position| table.row(position))
                    .collect())
            }
        }
    }

    /// The value in the mirror; `None` when not set or nobody.
    pub(crate) fn value(&self, row: RowId, attribute: AttributeId) -> Option<String> {
        let table = self.table();
        let position = table.position(row)?;
        table.column(attribute)?.value(position).map(str::to_owned)
    }

    /// "Family, Given"; of people who are gone too.
    pub(crate) fn name(&self, row: RowId) -> String {
        let table = self.table();
        table
            .position(row)
            .map(|position| table.name(position).to_owned())
            .unwrap_or_default()
    }

    pub(crate) fn status(&self, row: RowId) -> Option<Status> {
        let table = self.table();
        table.position(row).map(|position| table.status(position))
    }

    pub(crate) fn is_gone(&self, row: RowId) -> bool {
        let table = self.table();
        table
            .position(row)
            .is_none_or(|position| table.gone.has(position))
    }

    /// Direct reports, in row order.
    pub(crate) fn reports(&self, row: RowId) -> Vec<RowId> {
        let table = self.table();
        let Some(position) = table.position(row) else {
            return Vec::new();
        };
        table
            .reports(position)
            .iter()
            .map(|&report| table.row(report))
            .collect()
    }

    /// People who have this e-mail or user name in any letter case, or exactly this id, employee number or
    /// external id. Gone people are not found.
    pub(crate) fn find(&self, text: &str) -> Vec<RowId> {
        let table = self.table();
        table
            .find(text)
            .into_iter()
            .filter(|&position| !table.gone.has(position))
            .map(|position| table.row(position))
            .collect()
    }

    /// Whether anybody has this value.
    pub(crate) fn has_option(&self, attribute: AttributeId, value: &str) -> bool {
        let table = self.table();
        table.column(attribute).is_some_and(|column| {
            column
                .dictionary()
                .code(value)
                .is_some_and(|code| column.people(code) > 0)
        })
    }

    /// The value in use that differs from this one in letter case or accents alone.
    pub(crate) fn similar_option(&self, attribute: AttributeId, value: &str) -> Option<String> {
        let table = self.table();
        let column = table.column(attribute)?;
        let folded = super::fold::fold(value);
        (1..column.dictionary().codes() as u32)
            .filter(|&code| column.people(code) > 0)
            .filter_map(|code| column.dictionary().get(code))
            .find(|found| super::fold::fold(found) == folded)
            .map(str::to_owned)
    }

    /// The service's id; empty when there is no such row.
    pub(crate) fn scim_id(&self, row: RowId) -> String {
        let table = self.table();
        table
            .position(row)
            .map(|position| table.scim_id(position).to_owned())
            .unwrap_or_default()
    }

    pub(crate) fn row_of_scim_id(&self, scim_id: &str) -> Option<RowId> {
        let table = self.table();
        table.scim_ids.code(scim_id).map(|code| table.row(code - 1))
    }

    /// Reads these people again after a write, and brings the open views up to date in place.
    pub(crate) fn refresh(&self, rows: &[RowId]) -> Result<()> {
        let _changing = self.changing();
        let rows: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let marks = self.marks();
        let (done, grown) = {
            let mut table = self.table_mut();
            let before = table.len();
            let table = Arc::make_mut(&mut table);
            let done = load::reload(table, &self.store, &rows)?.is_some();
            let grown = table.len() > before;
            if done && grown {
                // Nobody may see somebody who stands nowhere.
                self.lay(table, &marks);
            }
            (done, grown)
        };
        if !done {
            let today = self.table().today;
            return self.read_all(today);
        }
        if !grown && let Some(basis) = self.known_basis() {
            self.lay_again(basis, &marks);
        }
        self.renew_views();
        Ok(())
    }

    /// Reads everything again: attributes, people, all of it.
    pub(crate) fn reload(&self) -> Result<()> {
        let _changing = self.changing();
        let today = self.table().today;
        self.read_all(today)
    }

    /// Everything as it is on a day. Only by whoever holds `changing`.
    fn read_all(&self, today: Date) -> Result<()> {
        let collation = self.table().collation.clone();
        let attributes = crate::attribute::of_connection(&self.store, self.connection)?;
        let table = load::load(&self.store, self.connection, attributes, today, collation)?;
        if self.known_basis().is_some() {
            // Exemptions end on a day, and another process may have taken evidence in.
            let basis = Basis::read(&self.store, self.connection, today)?;
            *self.basis.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(basis));
        }
        let marks = self.marks();
        let mut table = table;
        self.lay(&mut table, &marks);
        self.replace(table, &marks);
        Ok(())
    }

    /// Another table in place of this one. Places in the one mean nothing in the other, so the views change with it.
    fn replace(&self, table: Table, marks: &Marks) {
        let asked: Vec<(ViewId, ViewQuery)> = self
            .views
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(id, view)| (*id, view.query.clone()))
            .collect();
        // Before anybody has to wait for it.
        let mut found: HashMap<ViewId, (ViewQuery, Found)> = asked
            .into_iter()
            .map(|(id, query)| {
                let found = query::run(&table, &query, marks);
                (id, (query, found))
            })
            .collect();
        let mut now = self.table_mut();
        let mut views = self.views.write().unwrap_or_else(PoisonError::into_inner);
        *now = Arc::new(table);
        for (id, view) in views.iter_mut() {
            let found = match found.remove(id) {
                Some((query, found)) if query == view.query => found,
                // Opened or asked something else meanwhile.
                _ => query::run(&now, &view.query, marks),
            };
            view.found = Arc::new(found);
            view.version += 1;
        }
    }

    /// Statuses and protection depend on the day, and another process may have changed who is protected. When the
    /// mirror can't be read the day stays what it was, so that the next look tries again.
    pub(crate) fn turn_to(&self, today: Date) -> Result<()> {
        let listed = protected::listed(&self.store, self.connection, today)?;
        let moved = *self.protected() != listed;
        if moved {
            *self
                .protected
                .write()
                .unwrap_or_else(PoisonError::into_inner) = Arc::new(listed);
        }
        if self.table().today != today {
            let _changing = self.changing();
            return self.read_all(today);
        }
        if moved {
            self.stand_again();
        }
        Ok(())
    }

    /// Finds again what each open view shows.
    pub(crate) fn renew_views(&self) {
        let marks = &self.marks();
        let table = self.table();
        for view in self
            .views
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .values_mut()
        {
            view.found = Arc::new(query::run(&table, &view.query, marks));
            view.version += 1;
        }
    }

    /// Opens a view, or asks another question of one that is open.
    pub(crate) fn put_view(&self, id: ViewId, query: ViewQuery) -> OpenView {
        let marks = &self.marks();
        let table = self.table();
        let found = Arc::new(query::run(&table, &query, marks));
        let mut views = self.views.write().unwrap_or_else(PoisonError::into_inner);
        let version = views.get(&id).map_or(0, |view| view.version) + 1;
        let view = OpenView {
            query,
            version,
            found,
        };
        views.insert(id, view.clone());
        view
    }

    pub(crate) fn has_view(&self, id: ViewId) -> bool {
        self.views
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&id)
    }

    pub(crate) fn view(&self, id: ViewId) -> Result<OpenView> {
        self.views
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
            .ok_or_else(gone_view)
    }

    /// A view with the table it was found in, for whoever reads it for long: others may write meanwhile.
    pub(crate) fn view_at_rest(&self, id: ViewId) -> Result<(Arc<Table>, OpenView)> {
        let table = self.table();
        Ok((table.clone(), self.view(id)?))
    }

    pub(crate) fn close_view(&self, id: ViewId) {
        self.views
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }
}

/// For positions in a view that shows other rows by now.
fn moved_on() -> Error {
    Error::new(
        crate::Code::Stale,
        "The list changed while rows of it were chosen, so nothing was done. Look at which people are chosen now, and do it again.",
    )
}

/// For a view id that nobody holds.
pub(crate) fn gone_view() -> Error {
    Error::new(
        crate::Code::Stale,
        "This view is not open any more. Open it again from the list of views.",
    )
}
