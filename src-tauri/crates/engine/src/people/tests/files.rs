//! What leaves as a file.

use std::{ops::ControlFlow, path::Path};

use calamine::{Data, Reader, Xlsx};
use sheets::{Book, Limits, Row, Taker};

use super::{
    super::{
        Format,
        export::{Sheet, harmless},
        table::Table,
    },
    sample::{ACTIVE, DEPARTMENT, EMAIL, FAMILY, LEVEL, Mirror, START, Values},
};
use crate::{attribute::Kind, ids::AttributeId};

const COLUMNS: [u32; 6] = [FAMILY, EMAIL, DEPARTMENT, START, LEVEL, ACTIVE];

fn person(values: [&str; 8]) -> Values {
    values
        .iter()
        .map(|value| (!value.is_empty()).then(|| (*value).to_owned()))
        .collect()
}

fn written(format: Format, path: &Path) {
    let people = [
        person([
            "=1+1",
            "A",
            "0042",
            "a, \"b\"\nc",
            "",
            "2020-03-07",
            "-3",
            "true",
        ]),
        person(["+Li", "B", "@b", "", "", "soon", "12", "false"]),
    ];
    let mirror = Mirror::of(&people);
    let table: Table = mirror.table();
    let places: Vec<usize> = COLUMNS
        .iter()
        .filter_map(|id| table.place(AttributeId(*id)))
        .collect();
    let sheet = Sheet {
        table: &table,
        positions: &[0, 1],
        places: &places,
    };
    sheet.write(format, path).expect("writes");
}

#[derive(Default)]
struct Rows(Vec<Vec<String>>);

impl Taker for Rows {
    fn row(&mut self, row: &Row) -> ControlFlow<()> {
        self.0.push(row.cells().map(str::to_owned).collect());
        ControlFlow::Continue(())
    }
}

fn read(path: &Path) -> Vec<Vec<String>> {
    let mut rows = Rows::default();
    Book::open(path, Limits::default(), &mut |_| true)
        .and_then(|mut book| book.read(None, &mut rows))
        .expect("what was written can be read");
    rows.0
}

#[test]
fn a_spreadsheet_takes_nothing_for_a_formula() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("people.csv");
    written(Format::Csv, &path);
    let text = std::fs::read_to_string(&path).expect("reads");
    assert!(
        text.starts_with('\u{feff}'),
        "without the mark Excel takes it for another alphabet"
    );
    let rows = read(&path);
    assert_eq!(
        rows[0],
        [
            "Last name",
            "E-mail",
            "Department",
            "Tenure",
            "Pay Level",
            "Active"
        ],
        "attributes are called as the company calls them"
    );
    assert_eq!(
        rows[1],
        ["'=1+1", "0042", "a, \"b\"\nc", "2020-03-07", "-3", "true"],
        "a formula is text, a number below zero is a number, zeros, quotes and breaks stay"
    );
    assert_eq!(
        rows[2][..2],
        ["'+Li", "'@b"],
        "whatever a formula may begin with"
    );
    assert_eq!(
        harmless("-3", Kind::Text),
        "'-3",
        "a text that looks like a number is a text"
    );
}

#[test]
fn a_workbook_says_what_the_table_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("people.xlsx");
    written(Format::Xlsx, &path);
    assert_eq!(
        read(&path)[1..],
        [
            vec!["=1+1", "0042", "a, \"b\"\nc", "2020-03-07", "-3", "true"],
            vec!["+Li", "@b", "", "soon", "12", "false"],
        ],
        "in a workbook a text is a text, so nothing has to be changed; what is no date is shown as it is"
    );
}

#[test]
fn a_workbook_has_dates_numbers_and_truths_and_not_their_texts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("people.xlsx");
    written(Format::Xlsx, &path);
    let mut book: Xlsx<_> = calamine::open_workbook(&path).expect("is a workbook");
    let sheet = book.worksheet_range("Sheet1").expect("has a sheet");
    let cell = |row: u32, column: u32| sheet.get_value((row, column)).cloned();
    let date = cell(1, 3).expect("a date");
    let Data::DateTime(day) = &date else {
        panic!("a spreadsheet sorts and counts days, and not {date:?}");
    };
    assert_eq!(
        day.to_ymd_hms_milli(),
        (2020, 3, 7, 0, 0, 0, 0),
        "the day itself"
    );
    assert_eq!(
        cell(1, 1),
        Some(Data::String("0042".to_owned())),
        "a text keeps its zeros"
    );
    assert_eq!(cell(1, 4), Some(Data::Float(-3.0)), "a number is one");
    assert_eq!(cell(1, 5), Some(Data::Bool(true)), "a truth is one");
    assert_eq!(
        cell(2, 3),
        Some(Data::String("soon".to_owned())),
        "what is no date stays as it is"
    );
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .expect("reads")
        .map(|entry| entry.expect("reads").file_name())
        .collect();
    assert_eq!(left, ["people.xlsx"], "what was put beside it is gone");
}

#[test]
fn json_has_numbers_truths_and_nulls() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("people.json");
    written(Format::Json, &path);
    let people: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).expect("reads")).expect("is JSON");
    assert_eq!(
        people[0],
        serde_json::json!({
            "Last name": "=1+1", "E-mail": "0042", "Department": "a, \"b\"\nc", "Tenure": "2020-03-07",
            "Pay Level": -3, "Active": true,
        }),
        "values have their kinds"
    );
    assert!(people[1]["Department"].is_null(), "what is not set is null");
}
