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

use rust_xlsxwriter::{Format as CellFormat, Workbook};

use super::{Act, HistoryEvent, HistoryFormat, HistoryQuery, Origin, look::page_event, search};
use crate::{
    attribute::Kind,
    engine::Engine,
    error::{Error, Result},
    files::{Fault, csv_for_excel, whole},
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
        whole(path, "The history", |unfinished| {
            self.write_history(id.into(), &query, format, unfinished)
        })
    }

    fn write_history(
        &self,
        id: Option<ConnectionId>,
        query: &HistoryQuery,
        format: HistoryFormat,
        path: &Path,
    ) -> Result<u32, Fault> {
        let (query, _) = search::stored(id, query)?;
        let mut events = 0;
        let mut each =
            |write: &mut dyn FnMut(u32, Line) -> Result<(), Fault>| -> Result<u32, Fault> {
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
        if format == HistoryFormat::Csv {
            let mut csv = csv_for_excel(path)?;
            csv.write_record(HEAD)?;
            let events = each(&mut |_, line| {
                let cells = line.cells();
                Ok(csv.write_record(cells.iter().map(|cell| harmless(cell, Kind::Text)))?)
            })?;
            csv.flush()?;
            return Ok(events);
        }
        let mut out = BufWriter::new(File::create(path)?);
        let events = match format {
            HistoryFormat::Json => each(&mut |_, line| Ok(writeln!(out, "{}", line.json())?))?,
            HistoryFormat::Ocsf => {
                each(&mut |_, line| Ok(writeln!(out, "{}", ocsf::event(&line))?))?
            }
            HistoryFormat::Cef => each(&mut |_, line| Ok(writeln!(out, "{}", cef::event(&line))?))?,
            HistoryFormat::Csv | HistoryFormat::Xlsx => unreachable!("BUG: written above"),
        };
        out.flush()?;
        Ok(events)
    }
}

fn xlsx(
    path: &Path,
    each: impl FnOnce(&mut dyn FnMut(u32, Line) -> Result<(), Fault>) -> Result<u32, Fault>,
) -> Result<u32, Fault> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = CellFormat::new().set_bold();
    // As text: a spreadsheet must not take a value for a formula, or the zeros from a number.
    let text = CellFormat::new().set_num_format("@");
    for (column, name) in (0u16..).zip(HEAD) {
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    let events = each(&mut |row, line| {
        if row > SHEET_ROWS {
            return Err(Error::precondition(
                "An Excel sheet holds 1,048,575 events and there are more. Narrow the search, or export it as CSV.",
            )
            .into());
        }
        for (column, cell) in (0u16..).zip(line.cells()) {
            if !cell.is_empty() {
                sheet.write_string_with_format(row, column, &cell, &text)?;
            }
        }
        Ok(())
    })?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, events, HEAD.len() as u16 - 1)?;
    book.save(path)?;
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
