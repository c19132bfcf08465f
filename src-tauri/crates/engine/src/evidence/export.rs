//! The rows that count for nobody, as a file to mend them with.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use rust_xlsxwriter::{Workbook, XlsxError};

use super::{RowState, read::Spoilt};
use crate::{
    attribute::Kind,
    engine::Engine,
    error::{Code, Error, Result},
    ids::ImportId,
    people::{Format, export::harmless},
};

const HEAD: [&str; 4] = ["Row", "State", "Who", "Why"];

impl Engine {
    /// Writes the rows that count for nobody and answers how many. The file is there whole or not at all.
    pub fn export_import_rows(&self, import: ImportId, format: Format, path: &Path) -> Result<u32> {
        let pending = self.pending_import(import)?;
        let rows = &pending.outcome.spoilt;
        let unfinished = path.with_extension("unfinished");
        let written = match format {
            Format::Csv => csv(rows, &unfinished),
            Format::Xlsx => xlsx(rows, &unfinished),
            Format::Json => json(rows, &unfinished),
        };
        written
            .and_then(|()| std::fs::rename(&unfinished, path).map_err(|error| failed(path, &error)))
            .inspect_err(|_| {
                // What is left of it is of no use; that it can't be removed adds nothing to the error.
                let _ = std::fs::remove_file(&unfinished);
            })?;
        Ok(rows.len() as u32)
    }
}

fn state(state: RowState) -> &'static str {
    match state {
        RowState::Unmatched => "unmatched",
        RowState::Ambiguous => "ambiguous",
        RowState::Unreadable => "unreadable",
    }
}

fn cells(spoilt: &Spoilt) -> [String; 4] {
    [
        spoilt.row.to_string(),
        state(spoilt.state).to_owned(),
        spoilt.who.clone().unwrap_or_default(),
        spoilt.why.clone(),
    ]
}

/// With a byte-order mark, without which Excel takes the letters for another alphabet.
fn csv(rows: &[Spoilt], path: &Path) -> Result<()> {
    let wrong = |error: &dyn std::fmt::Display| failed(path, error);
    let mut file = BufWriter::new(File::create(path).map_err(|error| wrong(&error))?);
    file.write_all("\u{feff}".as_bytes())
        .map_err(|error| wrong(&error))?;
    let mut out = csv::Writer::from_writer(file);
    out.write_record(HEAD).map_err(|error| wrong(&error))?;
    for spoilt in rows {
        out.write_record(cells(spoilt).map(|cell| harmless(&cell, Kind::Text)))
            .map_err(|error| wrong(&error))?;
    }
    out.flush().map_err(|error| wrong(&error))
}

fn xlsx(rows: &[Spoilt], path: &Path) -> Result<()> {
    let wrong = |error: XlsxError| failed(path, &error);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0_u16..).zip(HEAD) {
        sheet.write_string(0, column, name).map_err(wrong)?;
    }
    for (line, spoilt) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells(spoilt)) {
            sheet.write_string(line, column, cell).map_err(wrong)?;
        }
    }
    book.save(path).map_err(wrong)
}

fn json(rows: &[Spoilt], path: &Path) -> Result<()> {
    let wrong = |error: &dyn std::fmt::Display| failed(path, error);
    let mut out = BufWriter::new(File::create(path).map_err(|error| wrong(&error))?);
    for spoilt in rows {
        let line = serde_json::json!({
            "row": spoilt.row,
            "state": state(spoilt.state),
            "who": spoilt.who,
            "why": spoilt.why,
        });
        writeln!(out, "{line}").map_err(|error| wrong(&error))?;
    }
    out.flush().map_err(|error| wrong(&error))
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(
        Code::Failed,
        format!(
            "The rows could not be written to {}. Check that the folder exists and has room, and that the file is not open elsewhere.",
            path.display()
        ),
    )
    .with_detail(error)
}
