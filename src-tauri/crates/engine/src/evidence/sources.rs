//! Files that count, and those that did.

use std::{cmp::Reverse, collections::HashSet};

use serde::{Deserialize, Serialize};
use store::{NewEvent, StoredEvidence, StoredEvidenceRow, StoredSource};

use super::{
    ImportCounts, ImportRow, ImportRows, Mapping, RowState, Source, SourceKind,
    guess::Memory,
    imports::Pending,
    recognise::{self, plain},
    say,
    who::folded,
};
use crate::{
    changes::words,
    engine::Engine,
    error::{Code, Error, Result},
    ids::{ConnectionId, ImportId, SourceId},
    text::{json, stored_json, stored_word},
    values::spoken_date,
};

/// From this share of columns in common on, in percent, a file is taken for the next of its source.
const ALIKE: u32 = 60;

/// How a file was read, for the next one of its kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptMapping {
    pub mapping: Mapping,
    /// The names of all columns.
    pub names: Vec<String>,
}

/// What came of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptOutcome {
    pub counts: ImportCounts,
    pub people: u32,
}

impl KeptMapping {
    pub(super) fn of(source: &StoredSource) -> store::Result<Self> {
        let what = format!("mapping of the source {}", source.name);
        stored_json(what, &source.mapping)
    }
}

impl KeptOutcome {
    pub(super) fn of(source: &StoredSource) -> store::Result<Self> {
        let what = format!("outcome of the source {}", source.name);
        stored_json(what, &source.outcome)
    }
}

impl Engine {
    /// The files that count, the newest first.
    pub fn evidence_sources(&self, connection: ConnectionId) -> Result<Vec<Source>> {
        let stored = self
            .store
            .read(|reader| reader.evidence_sources(connection.0))?;
        stored
            .into_iter()
            .filter(|source| source.replaced_at.is_none())
            .map(|source| self.page_source(source))
            .collect()
    }

    /// Makes a file count, in the place of the one of its name.
    ///
    /// # Errors
    /// While a question is open, and [`Code::Stale`] for an import that is not there any more, or one that would replace
    /// another file than it was compared with.
    pub fn accept_import(&self, import: ImportId) -> Result<Source> {
        let pending = self.pending_import(import)?;
        let read = &pending.import;
        if let Some(question) = &read.question {
            return Err(Error::precondition(format!(
                "Before this file can count: {question}"
            )));
        }
        let connection = read.connection;
        let before = self.same_name(connection, &read.name)?;
        if before.as_ref().map(|before| SourceId(before.id)) != read.replaces {
            return Err(Error::new(
                Code::Stale,
                format!(
                    "What counts as {} has changed since this file was read, so it was compared with another. Look at what it would replace, or give it a name of its own.",
                    read.name
                ),
            ));
        }
        let now = self.now();
        let mut source = to_store(&pending, &now);
        let (evidence, rows) = (people_said(&pending), rows_spoilt(&pending));
        let event = self.accepted_event(&pending, before.as_ref());
        let kept = source.clone();
        source.id = self.store.write(move |writer| {
            if let Some(before) = before {
                writer.replace_evidence_source(before.id, &now)?;
            }
            let id = writer.add_evidence_source(&kept, &evidence, &rows)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(id)
        })?;
        self.drop_import(import);
        self.evidence_changed(connection)?;
        self.page_source(source)
    }

    fn accepted_event(&self, pending: &Pending, before: Option<&StoredSource>) -> NewEvent {
        let read = &pending.import;
        let said = format!(
            "Evidence: {}, {} of {}, {}{}",
            read.name,
            read.file_name,
            day(&read.as_of),
            words::people(read.people),
            before.map_or_else(String::new, |before| format!(
                "; it replaces {} of {}",
                before.file_name,
                day(&before.as_of)
            ))
        );
        let mut event = self.evidence_event(read.connection, said, Some(pending.hash.clone()));
        event.detail = Some(json(&serde_json::json!({
            "kind": read.kind,
            "counts": read.counts,
            "mapping": read.mapping(),
            "replaces": before.map(|before| &before.file_hash),
        })));
        event
    }

    /// Rows of a file that counts which count for nobody, in its order; the first hundred thousand of them are kept.
    ///
    /// # Errors
    /// [`Code::Stale`] when the source was forgotten.
    pub fn source_rows(
        &self,
        source: SourceId,
        state: Option<RowState>,
        start: u32,
        len: u32,
    ) -> Result<ImportRows> {
        self.stored_source(source)?;
        let (total, rows) = self
            .store
            .read(|reader| reader.evidence_rows(source.0, state.map(RowState::text), start, len))?;
        Ok(ImportRows {
            total,
            rows: rows
                .into_iter()
                .map(|row| {
                    Ok(ImportRow {
                        row: row.row,
                        state: stored_word("state of a row", &row.state)?,
                        who: row.who,
                        why: row.why,
                        candidates: Vec::new(),
                    })
                })
                .collect::<Result<_>>()?,
        })
    }

    pub(super) fn stored_source(&self, source: SourceId) -> Result<StoredSource> {
        self.store
            .read(|reader| reader.evidence_source(source.0))?
            .ok_or_else(|| {
                Error::new(
                    Code::Stale,
                    "This source was forgotten already. Look at the list again.",
                )
            })
    }

    /// What a source said counts no more, and its file is not remembered.
    ///
    /// # Errors
    /// [`Code::Stale`] when it was forgotten already.
    pub fn forget_source(&self, source: SourceId) -> Result<()> {
        let stored = self.stored_source(source)?;
        let connection = ConnectionId(stored.connection);
        let event = self.evidence_event(
            connection,
            format!(
                "Evidence: {}, {} of {}, forgotten",
                stored.name,
                stored.file_name,
                day(&stored.as_of)
            ),
            Some(stored.file_hash),
        );
        self.store.write(move |writer| {
            writer.forget_evidence_source(source.0)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        self.evidence_changed(connection)
    }

    pub(super) fn evidence_event(
        &self,
        connection: ConnectionId,
        said: String,
        file: Option<String>,
    ) -> NewEvent {
        NewEvent {
            source: file,
            ..self.note(connection, said)
        }
    }

    /// The file that counts under this name.
    pub(super) fn same_name(
        &self,
        connection: ConnectionId,
        name: &str,
    ) -> Result<Option<StoredSource>> {
        let stored = self
            .store
            .read(|reader| reader.evidence_sources(connection.0))?;
        let wanted = name.trim().to_lowercase();
        Ok(stored.into_iter().find(|source| {
            source.replaced_at.is_none() && source.name.trim().to_lowercase() == wanted
        }))
    }

    /// How the last file of this source was read: one with these very columns, counting those that were replaced, else
    /// one that counts, has most of them and is no other export. Of several, the one whose file is called alike, and none
    /// whose name a file that is held has already.
    pub(super) fn remembered(
        &self,
        connection: ConnectionId,
        columns: &[String],
        file_name: &str,
        held: &HashSet<String>,
    ) -> Result<Option<Memory>> {
        let (names, called) = (fingerprint(columns), recognise::called(columns));
        let stored = self
            .store
            .read(|reader| reader.evidence_sources(connection.0))?;
        let mut fitting = Vec::new();
        for source in stored {
            let kept = KeptMapping::of(&source)?;
            let alike = alike(&names, &fingerprint(&kept.names));
            let same_export = || called.is_none() || called == recognise::called(&kept.names);
            let counts = source.replaced_at.is_none();
            if alike == 100 || (alike >= ALIKE && counts && same_export()) {
                fitting.push((alike, source, kept));
            }
        }
        fitting
            .into_iter()
            .min_by_key(|(alike, source, _)| {
                (
                    Reverse(*alike),
                    say::stem(&source.file_name) != say::stem(file_name),
                    held.contains(&folded(&source.name)),
                    source.replaced_at.is_some(),
                    source.name.to_lowercase(),
                )
            })
            .map(|(alike, source, kept)| memory(source, &kept, alike == 100))
            .transpose()
    }

    fn page_source(&self, stored: StoredSource) -> Result<Source> {
        let kind = SourceKind::of_text(&stored.kind, &stored.name)?;
        let outcome = KeptOutcome::of(&stored)?;
        let age = stored
            .as_of
            .parse::<jiff::civil::Date>()
            .ok()
            .and_then(|day| self.ports.clock.today().since(day).ok())
            .map_or(0, |span| span.get_days().max(0));
        Ok(Source {
            id: SourceId(stored.id),
            name: stored.name,
            kind,
            file_name: stored.file_name,
            as_of: stored.as_of,
            imported_at: stored.imported_at,
            counts: outcome.counts,
            people: outcome.people,
            proves: kind.proves().to_owned(),
            proves_not: kind.proves_not().to_owned(),
            age_days: age as u32,
        })
    }
}

fn memory(source: StoredSource, kept: &KeptMapping, exact: bool) -> Result<Memory> {
    let columns = kept.mapping.columns.iter().filter_map(|column| {
        let name = kept.names.get(column.index as usize)?;
        Some((plain(name), (column.meaning, column.date_order)))
    });
    Ok(Memory {
        called: format!("{} of {}", source.name, day(&source.as_of)),
        kind: SourceKind::of_text(&source.kind, &source.name)?,
        columns: columns.collect(),
        names: kept.names.iter().map(|name| plain(name)).collect(),
        exact,
        name: source.name,
    })
}

fn to_store(pending: &Pending, now: &str) -> StoredSource {
    let read = &pending.import;
    StoredSource {
        id: 0,
        connection: read.connection.0,
        name: read.name.clone(),
        kind: read.kind.text(),
        file_name: read.file_name.clone(),
        file_hash: pending.hash.clone(),
        file_bytes: read.bytes as i64,
        mapping: json(&KeptMapping {
            mapping: read.mapping(),
            names: read.column_names(),
        }),
        outcome: json(&KeptOutcome {
            counts: read.counts,
            people: read.people,
        }),
        as_of: read.as_of.clone(),
        imported_at: now.to_owned(),
        replaced_at: None,
    }
}

fn people_said(pending: &Pending) -> Vec<StoredEvidence> {
    let people = pending.outcome.people.iter();
    people
        .map(|(person, said)| StoredEvidence {
            person: person.0,
            seen: said.seen.map(|day| day.to_string()),
            state: said.state.map(|state| state.text().to_owned()),
            since: said.since.map(|day| day.to_string()),
        })
        .collect()
}

fn rows_spoilt(pending: &Pending) -> Vec<StoredEvidenceRow> {
    let spoilt = pending.outcome.spoilt.iter();
    spoilt
        .map(|spoilt| StoredEvidenceRow {
            row: spoilt.row,
            state: spoilt.state.text().to_owned(),
            who: spoilt.who.clone(),
            why: spoilt.why.clone(),
        })
        .collect()
}

impl RowState {
    /// As the store keeps it, and files say it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Ambiguous => "ambiguous",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How many of the columns two files have in common, in percent of the wider one's. Names are in order.
fn alike(one: &[String], other: &[String]) -> u32 {
    let names: HashSet<&String> = other.iter().collect();
    let common = one.iter().filter(|name| names.contains(name)).count();
    (common * 100)
        .checked_div(one.len().max(other.len()))
        .unwrap_or(0) as u32
}

/// The names of the columns, whatever their order.
pub(super) fn fingerprint(columns: &[String]) -> Vec<String> {
    let mut names: Vec<String> = columns.iter().map(|name| plain(name)).collect();
    names.sort_unstable();
    names
}

/// "20 Nov 2026".
pub(super) fn day(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), spoken_date)
}
