//! Files on their way in: read, corrected, and accepted or dropped.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio_util::sync::CancellationToken;

use super::{
    Import, ImportRow, ImportRows, MappedColumn, Mapping, Meaning, RowState, SourceKind,
    read::{Outcome, Spoilt},
    who::folded,
};
use crate::{
    engine::{Engine, lock},
    error::{Code, Error, Result},
    ids::{ConnectionId, ImportId, RowId},
    people::panel::choice,
};

/// Files read and not accepted yet, and those being read.
#[derive(Default)]
pub(crate) struct Imports {
    pub(super) next: u32,
    pub(super) pending: HashMap<ImportId, Arc<Pending>>,
    pub(super) reading: HashMap<ConnectionId, CancellationToken>,
}

/// A file that was read.
pub(super) struct Pending {
    pub path: PathBuf,
    /// SHA-256, hex.
    pub hash: String,
    pub import: Import,
    pub outcome: Outcome,
}

impl Engine {
    /// Reads a file, understands its columns as far as it can, and matches its people. It does not count before it is
    /// accepted. Blocks; progress is told through the ports.
    ///
    /// # Errors
    /// When the file can't be read or is no table, with a sentence; [`Code::Cancelled`] after
    /// [`Engine::cancel_import`]; [`Code::Busy`] while another file of this connection is read.
    pub fn read_evidence(&self, connection: ConnectionId, path: &Path) -> Result<Import> {
        self.reading(connection, path, |engine, reading| {
            engine.first_reading(reading)
        })
    }

    /// Ends the reading of a file. Not an error when none is read.
    pub fn cancel_import(&self, connection: ConnectionId) {
        if let Some(cancel) = lock(&self.imports).reading.get(&connection) {
            cancel.cancel();
        }
    }

    /// Reads the file again, as the admin wants it read.
    ///
    /// # Errors
    /// As [`Engine::read_evidence`]; [`Code::Stale`] for an import that is not there any more.
    pub fn map_import(&self, import: ImportId, mapping: &Mapping) -> Result<Import> {
        let pending = self.pending_import(import)?;
        let connection = pending.import.connection;
        self.reading(connection, &pending.path.clone(), |engine, reading| {
            engine.mapped_reading(reading, &pending, mapping)
        })
    }

    /// Rows that count for nobody, in the order of the file.
    pub fn import_rows(
        &self,
        import: ImportId,
        state: Option<RowState>,
        start: u32,
        len: u32,
    ) -> Result<ImportRows> {
        let pending = self.pending_import(import)?;
        let workspace = self.workspace(pending.import.connection)?;
        let by_id = self.refers_by_id(pending.import.connection, &workspace)?;
        let table = workspace.directory.table();
        let fits = |spoilt: &&Spoilt| state.is_none_or(|state| spoilt.state == state);
        Ok(ImportRows {
            total: pending.outcome.spoilt.iter().filter(fits).count() as u32,
            rows: pending
                .outcome
                .spoilt
                .iter()
                .filter(fits)
                .skip(start as usize)
                .take(len as usize)
                .map(|spoilt| ImportRow {
                    row: spoilt.row,
                    state: spoilt.state,
                    who: spoilt.who.clone(),
                    why: spoilt.why.clone(),
                    candidates: spoilt
                        .candidates
                        .iter()
                        .filter_map(|row| table.position(*row))
                        .map(|position| choice(&table, position, by_id))
                        .collect(),
                })
                .collect(),
        })
    }

    /// Remembers for this connection whom the name in a row stands for, and reads the file again.
    ///
    /// # Errors
    /// [`Code::Stale`] for a row or a person that is not there.
    pub fn confirm_alias(&self, import: ImportId, row: u32, person: RowId) -> Result<Import> {
        let pending = self.pending_import(import)?;
        let connection = pending.import.connection;
        let workspace = self.workspace(connection)?;
        let gone = || {
            Error::new(
                Code::Stale,
                "This row or person is not there any more. Look at the list again.",
            )
        };
        let who = pending
            .outcome
            .spoilt
            .iter()
            .find(|spoilt| spoilt.row == row && spoilt.state != RowState::Unreadable)
            .and_then(|spoilt| spoilt.who.clone())
            .ok_or_else(gone)?;
        if workspace.directory.is_gone(person) {
            return Err(gone());
        }
        let event = self.evidence_event(
            connection,
            format!(
                "Evidence: “{who}” stands for {} from now on",
                workspace.directory.name(person)
            ),
            None,
        );
        let (alias, now) = (folded(&who), self.now());
        self.store.write(move |writer| {
            writer.put_alias(connection.0, &alias, person.0, &now)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        self.map_import(import, &pending.import.mapping())
    }

    /// Forgets what was read. Not an error when it was dropped already.
    pub fn drop_import(&self, import: ImportId) {
        lock(&self.imports).pending.remove(&import);
    }

    pub(super) fn pending_import(&self, import: ImportId) -> Result<Arc<Pending>> {
        lock(&self.imports)
            .pending
            .get(&import)
            .cloned()
            .ok_or_else(|| {
                Error::new(
                    Code::Stale,
                    "This file is not held any more. Choose it again.",
                )
            })
    }
}

impl Import {
    /// As it was read.
    pub fn mapping(&self) -> Mapping {
        Mapping {
            name: self.name.clone(),
            kind: self.kind,
            sheet: self.sheet.clone(),
            columns: self
                .columns
                .iter()
                .filter(|column| column.meaning != Meaning::Ignored)
                .map(|column| MappedColumn {
                    index: column.index,
                    meaning: column.meaning,
                    date_order: column.date_order,
                })
                .collect(),
        }
    }

    /// The names of all columns, in the order of the file.
    pub(super) fn column_names(&self) -> Vec<String> {
        let columns = self.columns.iter();
        columns.map(|column| column.name.clone()).collect()
    }

    /// As it was read, with what is said of some columns laid over it. What is said replaces what was guessed of its
    /// kind: one column says who, one when.
    pub fn mapping_with(&self, said: &[MappedColumn]) -> Mapping {
        let mut mapping = self.mapping();
        for said in said {
            mapping.columns.retain(|column| {
                column.index != said.index
                    && !(said.meaning.names_people() && column.meaning.names_people())
                    && !(said.meaning == Meaning::DateSeen && column.meaning == Meaning::DateSeen)
            });
            mapping.columns.push(*said);
        }
        let says = |wanted: Meaning| said.iter().any(|column| column.meaning == wanted);
        if says(Meaning::HrisStatus) || says(Meaning::LastDay) {
            mapping.kind = SourceKind::Hris;
        } else if says(Meaning::Segment) {
            mapping.kind = SourceKind::SurveyParticipation;
        } else if says(Meaning::DateSeen) && !self.kind.has_dates() {
            mapping.kind = SourceKind::Other;
        }
        mapping
    }
}
