//! Files that count, and those that did.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use store::{NewEvent, StoredEvidence, StoredEvidenceRow, StoredSource};

use super::{
    ImportCounts, MappedColumn, Mapping, RowState, Source, SourceKind, guess::Memory,
    imports::mapping_of, recognise::plain,
};
use crate::{
    changes::words,
    engine::Engine,
    error::{Code, Error, Result},
    ids::{ConnectionId, ImportId, SourceId},
    text::json,
    values::spoken_date,
};

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

impl Engine {
    /// The files that count, the newest first.
    pub fn evidence_sources(&self, connection: ConnectionId) -> Result<Vec<Source>> {
        let stored = self
            .store
            .read(|reader| reader.evidence_sources(connection.0))?;
        Ok(stored
            .into_iter()
            .filter(|source| source.replaced_at.is_none())
            .map(|source| self.page_source(source))
            .collect())
    }

    /// Makes a file count, in the place of the one of its name.
    ///
    /// # Errors
    /// While a question is open, and [`Code::Stale`] for an import that is not there any more.
    pub fn accept_import(&self, import: ImportId) -> Result<Source> {
        let pending = self.pending_import(import)?;
        let read = &pending.import;
        if let Some(question) = &read.question {
            return Err(Error::precondition(format!(
                "Before this file can count: {question}"
            )));
        }
        let connection = read.connection;
        let kept = KeptMapping {
            mapping: mapping_of(read),
            names: read
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
        };
        let outcome = KeptOutcome {
            counts: read.counts,
            people: read.people,
        };
        let now = self.now();
        let source = StoredSource {
            id: 0,
            connection: connection.0,
            name: read.name.clone(),
            kind: read.kind.text(),
            file_name: read.file_name.clone(),
            file_hash: pending.hash.clone(),
            file_bytes: read.bytes as i64,
            mapping: json(&kept),
            outcome: json(&outcome),
            as_of: read.as_of.clone(),
            imported_at: now.clone(),
            replaced_at: None,
        };
        let before = self.same_name(connection, &read.name)?;
        let said = format!(
            "Evidence: {}, {} of {}, {}{}",
            read.name,
            read.file_name,
            day(&read.as_of),
            words::people(read.people),
            before.as_ref().map_or_else(String::new, |before| format!(
                "; it replaces {} of {}",
                before.file_name,
                day(&before.as_of)
            ))
        );
        let mut event = self.evidence_event(connection, said, Some(pending.hash.clone()));
        event.detail = Some(json(&serde_json::json!({
            "kind": read.kind,
            "counts": read.counts,
            "mapping": kept.mapping,
            "replaces": before.as_ref().map(|before| &before.file_hash),
        })));
        let evidence: Vec<StoredEvidence> = pending
            .outcome
            .people
            .iter()
            .map(|(person, said)| StoredEvidence {
                person: person.0,
                seen: said.seen.map(|day| day.to_string()),
                state: said.state.map(|state| state.text().to_owned()),
                since: said.since.map(|day| day.to_string()),
            })
            .collect();
        let rows: Vec<StoredEvidenceRow> = pending
            .outcome
            .spoilt
            .iter()
            .map(|spoilt| StoredEvidenceRow {
                row: spoilt.row,
                state: match spoilt.state {
                    RowState::Unmatched => "unmatched",
                    RowState::Ambiguous => "ambiguous",
                    RowState::Unreadable => "unreadable",
                }
                .to_owned(),
                who: spoilt.who.clone(),
                why: spoilt.why.clone(),
            })
            .collect();
        let replaced = before.map(|before| before.id);
        let mut source = source;
        let kept = source.clone();
        source.id = self.store.write(move |writer| {
            if let Some(replaced) = replaced {
                writer.replace_evidence_source(replaced, &now)?;
            }
            let id = writer.add_evidence_source(&kept, &evidence, &rows)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(id)
        })?;
        self.drop_import(import);
        self.evidence_changed(connection)?;
        Ok(self.page_source(source))
    }

    /// What a source said counts no more, and its file is not remembered.
    ///
    /// # Errors
    /// [`Code::Stale`] when it was forgotten already.
    pub fn forget_source(&self, source: SourceId) -> Result<()> {
        let stored = self
            .store
            .read(|reader| reader.evidence_source(source.0))?
            .ok_or_else(|| {
                Error::new(
                    Code::Stale,
                    "This source was forgotten already. Look at the list again.",
                )
            })?;
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

    /// How the last file with these columns was read, counting those that were replaced.
    pub(super) fn remembered(
        &self,
        connection: ConnectionId,
        columns: &[String],
    ) -> Result<Option<Memory>> {
        let names = fingerprint(columns);
        let stored = self
            .store
            .read(|reader| reader.evidence_sources(connection.0))?;
        Ok(stored.into_iter().find_map(|source| {
            let kept: KeptMapping = serde_json::from_str(&source.mapping).ok()?;
            if fingerprint(&kept.names) != names {
                return None;
            }
            let columns: HashMap<String, _> = kept
                .mapping
                .columns
                .iter()
                .filter_map(
                    |MappedColumn {
                         index,
                         meaning,
                         date_order,
                     }| {
                        let name = kept.names.get(*index as usize)?;
                        Some((plain(name), (*meaning, *date_order)))
                    },
                )
                .collect();
            Some(Memory {
                called: format!("{} of {}", source.name, day(&source.as_of)),
                name: source.name,
                kind: SourceKind::of_text(&source.kind),
                columns,
            })
        }))
    }

    fn page_source(&self, stored: StoredSource) -> Source {
        let kind = SourceKind::of_text(&stored.kind);
        let outcome: Option<KeptOutcome> = serde_json::from_str(&stored.outcome).ok();
        let age = stored
            .as_of
            .parse::<jiff::civil::Date>()
            .ok()
            .and_then(|day| self.ports.clock.today().since(day).ok())
            .map_or(0, |span| span.get_days().max(0));
        Source {
            id: SourceId(stored.id),
            name: stored.name,
            kind,
            file_name: stored.file_name,
            as_of: stored.as_of,
            imported_at: stored.imported_at,
            counts: outcome
                .as_ref()
                .map(|outcome| outcome.counts)
                .unwrap_or_default(),
            people: outcome.map_or(0, |outcome| outcome.people),
            proves: kind.proves().to_owned(),
            proves_not: kind.proves_not().to_owned(),
            age_days: age as u32,
        }
    }
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
