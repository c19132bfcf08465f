//! A view as a file: CSV that no spreadsheet takes for formulas, XLSX with real dates, JSON.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};
use serde_json::{Map, Value};

use super::{Format, table::Table};
use crate::{
    attribute::{Attribute, Kind},
    engine::Engine,
    error::{Error, Result},
    files::{Fault, csv_for_excel, whole},
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
        whole(path, "The people", |unfinished| {
            sheet.write(format, unfinished)
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
    pub(super) fn write(&self, format: Format, path: &Path) -> Result<(), Fault> {
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

    fn csv(&self, path: &Path) -> Result<(), Fault> {
        let mut rows = csv_for_excel(path)?;
        rows.write_record(
            self.attributes()
                .map(|attribute| harmless(&attribute.label, Kind::Text)),
        )?;
        for &position in self.positions {
            rows.write_record(self.places.iter().map(|&place| {
                let kind = self.table.attributes[place].kind;
                harmless(self.value(place, position).unwrap_or_default(), kind)
            }))?;
        }
        Ok(rows.flush()?)
    }

    fn xlsx(&self, path: &Path) -> Result<(), Fault> {
        if self.positions.len() > SHEET_ROWS {
            return Err(Error::precondition(
                "An Excel sheet holds 1,048,575 people and this view has more. Narrow the view, or export it as CSV.",
            )
            .into());
        }
        let mut book = Workbook::new();
        // A row at a time, beside the file: a million rows would not fit in memory, nor perhaps where temporary files go.
        if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
            book.set_tempdir(folder)?;
        }
        let sheet = book.add_worksheet_with_constant_memory()?;
        let bold = CellFormat::new().set_bold();
        let text = CellFormat::new().set_num_format("@");
        let day = CellFormat::new().set_num_format("yyyy-mm-dd");
        for (column, attribute) in (0u16..).zip(self.attributes()) {
            sheet.write_string_with_format(0, column, &attribute.label, &bold)?;
            sheet.set_column_width(column, 18)?;
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
                written?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        if let (Ok(last), Some(columns)) = (
            u32::try_from(self.positions.len()),
            u16::try_from(self.places.len())
                .ok()
                .and_then(|columns| columns.checked_sub(1)),
        ) {
            sheet.autofilter(0, 0, last, columns)?;
        }
        Ok(book.save(path)?)
    }

    /// An array of objects, one person a line, members named as the company names the attributes.
    fn json(&self, path: &Path) -> Result<(), Fault> {
        let mut file = BufWriter::new(File::create(path)?);
        let names = self.names();
        file.write_all(b"[")?;
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
            write!(file, "{before}{}", Value::Object(person))?;
        }
        file.write_all(b"\n]\n")?;
        Ok(file.flush()?)
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
