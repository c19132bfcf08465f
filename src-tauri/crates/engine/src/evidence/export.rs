//! The rows that count for nobody, as a file to mend them with.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use rust_xlsxwriter::Workbook;

use super::RowState;
use crate::{
    attribute::Kind,
    engine::Engine,
    error::{Error, Result},
    files::{Fault, csv_for_excel, whole},
    ids::{ImportId, SourceId},
    people::{Format, export::harmless},
};

const HEAD: [&str; 4] = ["Row", "State", "Who", "Why"];
/// Rows below the heading that Excel has room for.
const MOST: u32 = (1 << 20) - 1;
/// Rows asked of the store at a time.
const PAGE: u32 = 10_000;

impl Engine {
    /// Writes all rows that count for nobody and answers how many. The file is there whole or not at all.
    ///
    /// # Errors
    /// When it can't be written; where the rows were too many to be listed, also as [`Engine::read_evidence`], since they
    /// are read again.
    pub fn export_import_rows(&self, import: ImportId, format: Format, path: &Path) -> Result<u32> {
        let pending = self.pending_import(import)?;
        written(format, path, |out| {
            self.each_spoilt(&pending, &mut |spoilt| {
                out.row(spoilt.row, spoilt.state, spoilt.who.as_deref(), &spoilt.why)
            })
        })
    }

    /// As [`Engine::export_import_rows`], of a file that counts: those rows that are kept of it.
    ///
    /// # Errors
    /// When it can't be written, and [`crate::Code::Stale`] when the source was forgotten.
    pub fn export_source_rows(&self, source: SourceId, format: Format, path: &Path) -> Result<u32> {
        written(format, path, |out| {
            loop {
                let page = self.source_rows(source, None, out.rows, PAGE)?;
                for row in &page.rows {
                    out.row(row.row, row.state, row.who.as_deref(), &row.why)?;
                }
                if page.rows.is_empty() {
                    return Ok(());
                }
            }
        })
    }
}

fn written(
    format: Format,
    path: &Path,
    rows: impl FnOnce(&mut Out) -> Result<(), Fault>,
) -> Result<u32> {
    whole(path, "The list of rows", |unfinished| {
        let mut out = Out {
            form: Form::new(format, unfinished)?,
            rows: 0,
        };
        rows(&mut out)?;
        out.form.finish(unfinished)?;
        Ok(out.rows)
    })
}

/// A file that rows are written to.
struct Out {
    form: Form,
    rows: u32,
}

enum Form {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx(Box<Workbook>),
    Json(BufWriter<File>),
}

impl Out {
    fn row(
        &mut self,
        row: u32,
        state: RowState,
        who: Option<&str>,
        why: &str,
    ) -> Result<(), Fault> {
        if self.rows == MOST && matches!(self.form, Form::Xlsx(_)) {
            return Err(Error::precondition(
                "These are more rows than a sheet of Excel holds. Export them as CSV instead.",
            )
            .into());
        }
        self.rows += 1;
        self.form.row(self.rows, row, state, who, why)
    }
}

impl Form {
    fn new(format: Format, path: &Path) -> Result<Self, Fault> {
        Ok(match format {
            Format::Csv => {
                let mut out = csv_for_excel(path)?;
                out.write_record(HEAD)?;
                Self::Csv(Box::new(out))
            }
            Format::Xlsx => {
                let mut book = Box::new(Workbook::new());
                let sheet = book.add_worksheet();
                for (column, name) in (0_u16..).zip(HEAD) {
                    sheet.write_string(0, column, name)?;
                }
                Self::Xlsx(book)
            }
            Format::Json => Self::Json(BufWriter::new(File::create(path)?)),
        })
    }

    fn row(
        &mut self,
        line: u32,
        row: u32,
        state: RowState,
        who: Option<&str>,
        why: &str,
    ) -> Result<(), Fault> {
        let cells = || {
            [
                row.to_string(),
                state.text().to_owned(),
                who.unwrap_or_default().to_owned(),
                why.to_owned(),
            ]
        };
        match self {
            Self::Csv(out) => out.write_record(cells().map(|cell| harmless(&cell, Kind::Text)))?,
            Self::Xlsx(book) => {
                let sheet = book.worksheet_from_index(0)?;
                for (column, cell) in (0_u16..).zip(cells()) {
                    sheet.write_string(line, column, cell)?;
                }
            }
            Self::Json(out) => {
                let line = serde_json::json!({
                    "row": row, "state": state.text(), "who": who, "why": why,
                });
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }

    fn finish(self, path: &Path) -> Result<(), Fault> {
        match self {
            Self::Csv(mut out) => out.flush()?,
            Self::Xlsx(mut book) => book.save(path)?,
            Self::Json(mut out) => out.flush()?,
        }
        Ok(())
    }
}
