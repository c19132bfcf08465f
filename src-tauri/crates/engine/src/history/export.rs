//! The history as a file: CSV for a spreadsheet, JSON Lines for a log system.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use super::{
    HistoryQuery,
    look::{hex, page_event, stored_query},
};
use crate::{
    engine::Engine,
    error::{Code, Error, Result},
    ids::ConnectionId,
    people::Format,
};

const HEAD: [&str; 19] = [
    "id",
    "at",
    "actor",
    "connection",
    "origin",
    "act",
    "person",
    "scim id",
    "attribute",
    "label",
    "before",
    "after",
    "run",
    "plan",
    "reason",
    "request id",
    "sentence",
    "previous hash",
    "hash",
];

impl Engine {
    /// Writes the events that fit, oldest first, and answers how many. [`Format::Json`] writes one object a
    /// line.
    ///
    /// # Errors
    /// When the file can't be written; nothing is left half written under its name.
    pub fn export_history(
        &self,
        id: impl Into<Option<ConnectionId>>,
        query: HistoryQuery,
        format: Format,
        path: &Path,
    ) -> Result<u32> {
        if format == Format::Xlsx {
            return Err(Error::precondition(
                "The history is written as CSV or JSON Lines. A spreadsheet program opens the CSV.",
            ));
        }
        // Under another name first: a full disk must not leave half a file that looks whole.
        let unfinished = path.with_extension("unfinished");
        let written = self.write_history(id.into(), &query, format, &unfinished);
        let outcome = written.and_then(|events| {
            std::fs::rename(&unfinished, path).map_err(|error| failed(path, error))?;
            Ok(events)
        });
        if outcome.is_err() {
            let _ = std::fs::remove_file(&unfinished);
        }
        outcome
    }

    fn write_history(
        &self,
        id: Option<ConnectionId>,
        query: &HistoryQuery,
        format: Format,
        path: &Path,
    ) -> Result<u32> {
        let file = File::create(path).map_err(|error| failed(path, error))?;
        let mut out = BufWriter::new(file);
        let query = stored_query(id, query);
        let mut events = 0;
        match format {
            Format::Json => self.store.read(|reader| {
                reader.each_event(&query, |event| {
                    let previous = hex(&event.previous);
                    let mut object = serde_json::to_value(page_event(event, &[]))
                        .expect("BUG: an event is plain data");
                    object["previous"] = previous.into();
                    events += 1;
                    writeln!(out, "{object}").map_err(|error| failed(path, error))
                })
            })?,
            Format::Csv | Format::Xlsx => {
                let mut csv = csv::Writer::from_writer(&mut out);
                let wrong = |error: csv::Error| failed(path, error);
                csv.write_record(HEAD).map_err(wrong)?;
                self.store.read(|reader| {
                    reader.each_event(&query, |event| {
                        let previous = hex(&event.previous);
                        let (origin, act) = (event.event.origin.clone(), event.event.act.clone());
                        let event = page_event(event, &[]);
                        let number =
                            |id: Option<u32>| id.map_or_else(String::new, |id| id.to_string());
                        let text = |text: Option<String>| {
                            text.as_deref().map_or_else(String::new, harmless)
                        };
                        events += 1;
                        csv.write_record([
                            event.id.to_string(),
                            event.at,
                            event.actor,
                            event.connection.to_string(),
                            origin,
                            act,
                            text(event.person),
                            text(event.scim_id),
                            text(event.attribute),
                            text(event.label),
                            text(event.before),
                            text(event.after),
                            number(event.run.map(|run| run.0)),
                            number(event.plan.map(|plan| plan.0)),
                            text(event.reason),
                            text(event.request_id),
                            harmless(&event.sentence),
                            previous,
                            event.hash,
                        ])
                        .map_err(wrong)
                    })
                })?;
                csv.flush().map_err(|error| failed(path, error))?;
            }
        }
        out.flush().map_err(|error| failed(path, error))?;
        Ok(events)
    }
}

/// A spreadsheet takes what begins like a formula for one.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn failed(path: &Path, error: impl std::fmt::Display) -> Error {
    Error::new(
        Code::Failed,
        format!(
            "The history could not be written to {}: {error}. Choose another place, or free some room, and try again.",
            path.display()
        ),
    )
}
