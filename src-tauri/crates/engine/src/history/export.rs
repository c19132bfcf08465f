//! The history as a file: CSV and XLSX for a spreadsheet, JSON Lines, OCSF and CEF for log systems.
//!
//! JSON Lines hold every field of an event as it was hashed, and the hash before it, so the chain can be walked
//! again without Muster: `store::canonical` says which bytes.

mod cef;
mod ocsf;

#[cfg(test)]
pub(super) use cef::extension as escaped;

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};

use super::{Act, HistoryEvent, HistoryFormat, HistoryQuery, Origin, look::page_event, search};
use crate::{
    attribute::Kind,
    engine::Engine,
    error::{Code, Error, Result},
    ids::ConnectionId,
    people::export::harmless,
    text::{hex, word},
};

const HEAD: [&str; 20] = [
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
    "source",
    "sentence",
    "previous hash",
    "hash",
];

/// Rows of an Excel sheet below its heading.
const SHEET_ROWS: u32 = 1_048_575;

/// What is written of an event; beside what the page shows, what the chain is made of.
struct Line {
    event: HistoryEvent,
    previous: String,
}

impl Engine {
    /// Writes the events that fit, oldest first, and answers how many.
    ///
    /// # Errors
    /// When the file can't be written; nothing is left half written under its name. When there are more events
    /// than an Excel sheet has rows.
    pub fn export_history(
        &self,
        id: impl Into<Option<ConnectionId>>,
        query: HistoryQuery,
        format: HistoryFormat,
        path: &Path,
    ) -> Result<u32> {
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
        format: HistoryFormat,
        path: &Path,
    ) -> Result<u32> {
        let (query, _) = search::stored(id, query)?;
        let wrong = |error: &dyn std::fmt::Display| failed(path, error);
        let mut events = 0;
        let mut each = |write: &mut dyn FnMut(u32, Line) -> Result<()>| -> Result<u32> {
            self.store.read(|reader| {
                reader.each_event(&query, |event| {
                    let line = Line {
                        previous: hex(&event.previous),
                        event: page_event(event, &[]),
                    };
                    events += 1;
                    write(events, line)
                })
            })?;
            Ok(events)
        };
        if format == HistoryFormat::Xlsx {
            return xlsx(path, each);
        }
        let mut out = BufWriter::new(File::create(path).map_err(|error| wrong(&error))?);
        let events = match format {
            HistoryFormat::Csv => {
                // Without it Excel takes the letters for another alphabet.
                out.write_all("\u{feff}".as_bytes())
                    .map_err(|error| wrong(&error))?;
                let mut csv = csv::Writer::from_writer(&mut out);
                csv.write_record(HEAD).map_err(|error| wrong(&error))?;
                let events = each(&mut |_, line| {
                    csv.write_record(line.cells().iter().map(|cell| harmless(cell, Kind::Text)))
                        .map_err(|error| wrong(&error))
                })?;
                csv.flush().map_err(|error| wrong(&error))?;
                events
            }
            HistoryFormat::Json => each(&mut |_, line| {
                writeln!(out, "{}", line.json()).map_err(|error| wrong(&error))
            })?,
            HistoryFormat::Ocsf => each(&mut |_, line| {
                writeln!(out, "{}", ocsf::event(&line)).map_err(|error| wrong(&error))
            })?,
            HistoryFormat::Cef => each(&mut |_, line| {
                writeln!(out, "{}", cef::event(&line)).map_err(|error| wrong(&error))
            })?,
            HistoryFormat::Xlsx => unreachable!("BUG: written above"),
        };
        out.flush().map_err(|error| wrong(&error))?;
        Ok(events)
    }
}

fn xlsx(
    path: &Path,
    each: impl FnOnce(&mut dyn FnMut(u32, Line) -> Result<()>) -> Result<u32>,
) -> Result<u32> {
    let wrong = |error: XlsxError| failed(path, error);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = CellFormat::new().set_bold();
    // As text: a spreadsheet must not take a value for a formula, or the zeros from a number.
    let text = CellFormat::new().set_num_format("@");
    for (column, name) in (0u16..).zip(HEAD) {
        sheet
            .write_string_with_format(0, column, name, &bold)
            .map_err(wrong)?;
    }
    let events = each(&mut |row, line| {
        if row > SHEET_ROWS {
            return Err(Error::precondition(
                "An Excel sheet holds 1,048,575 events and there are more. Narrow the search, or export it as CSV.",
            ));
        }
        for (column, cell) in (0u16..).zip(line.cells()) {
            if !cell.is_empty() {
                sheet
                    .write_string_with_format(row, column, &cell, &text)
                    .map_err(wrong)?;
            }
        }
        Ok(())
    })?;
    sheet.set_freeze_panes(1, 0).map_err(wrong)?;
    sheet
        .autofilter(0, 0, events, HEAD.len() as u16 - 1)
        .map_err(wrong)?;
    book.save(path).map_err(wrong)?;
    Ok(events)
}

impl Line {
    /// In the order of [`HEAD`].
    fn cells(&self) -> [String; 20] {
        let Self { event, previous } = self;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let number = |id: Option<u32>| id.map_or_else(String::new, |id| id.to_string());
        [
            event.id.to_string(),
            event.at.clone(),
            event.actor.clone(),
            event.connection.to_string(),
            word(event.origin),
            word(event.act),
            text(&event.person),
            text(&event.scim_id),
            text(&event.attribute),
            text(&event.label),
            text(&event.before),
            text(&event.after),
            number(event.run.map(|run| run.0)),
            number(event.plan.map(|plan| plan.0)),
            text(&event.reason),
            text(&event.request_id),
            text(&event.source),
            event.sentence.clone(),
            previous.clone(),
            event.hash.clone(),
        ]
    }

    fn json(&self) -> serde_json::Value {
        let mut object = serde_json::to_value(&self.event).expect("BUG: an event is plain data");
        object["previous"] = self.previous.clone().into();
        object
    }

    /// The operating system's name of who did it, and the machine's.
    fn actor(&self) -> (&str, Option<&str>) {
        match self.event.actor.rsplit_once('@') {
            Some((user, machine)) => (user, Some(machine)),
            None => (&self.event.actor, None),
        }
    }

    /// Milliseconds since 1970, which both log formats want.
    fn milliseconds(&self) -> i64 {
        self.event
            .at
            .parse::<jiff::Timestamp>()
            .map_or(0, |at| at.as_millisecond())
    }

    /// Whether somebody else's edit of `active` comes to an activation or a deactivation.
    fn act(&self) -> Act {
        let event = &self.event;
        match (
            event.act,
            event.attribute.as_deref(),
            event.after.as_deref(),
        ) {
            (Act::Set, Some("active"), Some("true")) => Act::Activate,
            (Act::Set, Some("active"), Some("false")) => Act::Deactivate,
            (act, ..) => act,
        }
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
