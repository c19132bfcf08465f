//! A view as a file: CSV that no spreadsheet takes for formulas, XLSX with real dates, JSON.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook, XlsxError};
use serde_json::{Map, Value};

use super::{Format, table::Table};
use crate::{
    attribute::{Attribute, Kind},
    engine::Engine,
    error::{Code, Error, Result},
    ids::{AttributeId, ViewId},
};

/// Rows of an Excel sheet below its heading.
const SHEET_ROWS: usize = 1_048_575;

impl Engine {
    /// Writes everybody in a view, in its order, with these attributes as columns. Values are those of the
    /// mirror: staged ones are not sent, so not so yet. Returns how many people were written. The file is there
    /// whole or not at all.
    pub fn export_view(
        &self,
        view: ViewId,
        columns: &[AttributeId],
        format: Format,
        path: &Path,
    ) -> Result<u32> {
        let workspace = self.workspace_of_view(view)?;
        let (table, open) = workspace.directory.view_at_rest(view)?;
        let places: Vec<usize> = columns
            .iter()
            .filter_map(|column| table.place(*column))
            .collect();
        let sheet = Sheet {
            table: &table,
            positions: &open.found.positions,
            places: &places,
        };
        // Beside the target, so that the last step is a rename on one disk.
        let unfinished = path.with_extension("unfinished");
        sheet
            .write(format, &unfinished)
            .and_then(|()| {
                std::fs::rename(&unfinished, path).map_err(|error| file_error(path, &error))
            })
            .inspect_err(|_| {
                // What is left of it is of no use; that it can't be removed adds nothing to the error.
                let _ = std::fs::remove_file(&unfinished);
            })?;
        Ok(open.found.positions.len() as u32)
    }
}

/// Some people and some of their attributes.
pub(super) struct Sheet<'a> {
    pub(super) table: &'a Table,
    pub(super) positions: &'a [u32],
    pub(super) places: &'a [usize],
}

impl<'a> Sheet<'a> {
    pub(super) fn write(&self, format: Format, path: &Path) -> Result<()> {
        match format {
            Format::Csv => self.csv(path),
            Format::Xlsx => self.xlsx(path),
            Format::Json => self.json(path),
        }
    }

    fn attributes(&self) -> impl Iterator<Item = &'a Attribute> {
        self.places
            .iter()
            .map(|&place| &self.table.attributes[place])
    }

    fn value(&self, place: usize, position: u32) -> Option<&'a str> {
        self.table.columns[place].value(position)
    }

    /// With a byte-order mark, without which Excel takes the letters for another alphabet.
    fn csv(&self, path: &Path) -> Result<()> {
        let failed = |error: &dyn std::fmt::Display| file_error(path, error);
        let mut file = BufWriter::new(File::create(path).map_err(|error| failed(&error))?);
        file.write_all("\u{feff}".as_bytes())
            .map_err(|error| failed(&error))?;
        let mut rows = csv::Writer::from_writer(file);
        rows.write_record(
            self.attributes()
                .map(|attribute| harmless(&attribute.label, Kind::Text)),
        )
        .map_err(|error| failed(&error))?;
        for &position in self.positions {
            rows.write_record(self.places.iter().map(|&place| {
                let kind = self.table.attributes[place].kind;
                harmless(self.value(place, position).unwrap_or_default(), kind)
            }))
            .map_err(|error| failed(&error))?;
        }
        rows.flush().map_err(|error| failed(&error))
    }

    fn xlsx(&self, path: &Path) -> Result<()> {
        if self.positions.len() > SHEET_ROWS {
            return Err(Error::precondition(
                "An Excel sheet holds 1,048,575 people and this view has more. Narrow the view, or export it as CSV.",
            ));
        }
        let failed = |error: XlsxError| file_error(path, &error);
        let mut book = Workbook::new();
        // A row at a time, beside the file: a million rows would not fit in memory, nor perhaps where temporary files go.
        if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
            book.set_tempdir(folder).map_err(failed)?;
        }
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        let bold = CellFormat::new().set_bold();
        let text = CellFormat::new().set_num_format("@");
        let day = CellFormat::new().set_num_format("yyyy-mm-dd");
        for (column, attribute) in (0u16..).zip(self.attributes()) {
            sheet
                .write_string_with_format(0, column, &attribute.label, &bold)
                .map_err(failed)?;
            sheet.set_column_width(column, 18).map_err(failed)?;
        }
        for (row, &position) in (1u32..).zip(self.positions) {
            for (column, &place) in (0u16..).zip(self.places) {
                let Some(value) = self.value(place, position) else {
                    continue;
                };
                let kind = self.table.attributes[place].kind;
                let written = match (kind, kind_value(kind, value)) {
                    (Kind::Date, _) if date(value).is_some() => {
                        let date = date(value).expect("BUG: just seen");
                        sheet.write_datetime_with_format(row, column, &date, &day)
                    }
                    (Kind::Number, Value::Number(number)) if number.as_i64().is_some_and(exact) => {
                        sheet.write_number(row, column, number.as_i64().unwrap_or_default() as f64)
                    }
                    (Kind::Boolean, Value::Bool(truth)) => sheet.write_boolean(row, column, truth),
                    // As text, so that a number that names somebody keeps its zeros.
                    _ => sheet.write_string_with_format(row, column, value, &text),
                };
                written.map_err(failed)?;
            }
        }
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        if let (Ok(last), Some(columns)) = (
            u32::try_from(self.positions.len()),
            u16::try_from(self.places.len())
                .ok()
                .and_then(|columns| columns.checked_sub(1)),
        ) {
            sheet.autofilter(0, 0, last, columns).map_err(failed)?;
        }
        book.save(path).map_err(failed)
    }

    /// An array of objects, one person a line, members named as the company names the attributes.
    fn json(&self, path: &Path) -> Result<()> {
        let failed = |error: &dyn std::fmt::Display| file_error(path, error);
        let mut file = BufWriter::new(File::create(path).map_err(|error| failed(&error))?);
        let names = self.names();
        file.write_all(b"[").map_err(|error| failed(&error))?;
        for (number, &position) in self.positions.iter().enumerate() {
            let person: Map<String, Value> = names
                .iter()
                .zip(self.places)
                .map(|(name, &place)| {
                    let kind = self.table.attributes[place].kind;
                    let value = self
                        .value(place, position)
                        .map_or(Value::Null, |value| kind_value(kind, value));
                    (name.clone(), value)
                })
                .collect();
            let before = if number == 0 { "\n" } else { ",\n" };
            write!(file, "{before}{}", Value::Object(person)).map_err(|error| failed(&error))?;
        }
        file.write_all(b"\n]\n").map_err(|error| failed(&error))?;
        file.flush().map_err(|error| failed(&error))
    }

    /// Two attributes may have one label; then the key tells them apart.
    fn names(&self) -> Vec<String> {
        self.attributes()
            .map(|attribute| {
                let twins = self
                    .attributes()
                    .filter(|other| other.label == attribute.label)
                    .count();
                if twins > 1 {
                    attribute.key.clone()
                } else {
                    attribute.label.clone()
                }
            })
            .collect()
    }
}

/// A cell that a spreadsheet would take for a formula begins with an apostrophe; real numbers stay.
pub fn harmless(value: &str, kind: Kind) -> String {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let number = kind == Kind::Number && value.parse::<i64>().is_ok();
    if formula && !number {
        format!("'{value}")
    } else {
        value.to_owned()
    }
}

fn kind_value(kind: Kind, value: &str) -> Value {
    match kind {
        Kind::Number => value
            .parse::<i64>()
            .map_or_else(|_| value.into(), Value::from),
        Kind::Boolean => value
            .parse::<bool>()
            .map_or_else(|_| value.into(), Value::from),
        Kind::Text | Kind::Option | Kind::Date | Kind::Employee => value.into(),
    }
}

/// Excel keeps numbers as floats: beyond this they lose digits.
fn exact(number: i64) -> bool {
    number.unsigned_abs() < 1 << 53
}

/// Excel knows no day before 1900.
fn date(value: &str) -> Option<ExcelDateTime> {
    let day: jiff::civil::Date = value.parse().ok().filter(|_| value.len() == 10)?;
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).ok()?,
        day.month() as u8,
        day.day() as u8,
    )
    .ok()
}

fn file_error(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(
        Code::Failed,
        format!(
            "The file {} could not be written. Check that the folder is there, has room and that no other program holds the file open.",
            path.display()
        ),
    )
    .with_detail(error)
}
