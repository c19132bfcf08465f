use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sheets::{Book, Error, Limits};

use super::{Lying, lying, open, rows_of};

fn saved(mut book: Workbook, name: &str) -> Lying {
    lying(
        name,
        &book.save_to_buffer().expect("the workbook can be saved"),
    )
}

pub(crate) fn people() -> Lying {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let sheet = book.add_worksheet().set_name("People").expect("a name");
    for (column, name) in ["Email", "Number", "Last sign-in", "Hired", "Late"]
        .into_iter()
        .enumerate()
    {
        sheet.write_string(2, column as u16, name).expect("writes");
    }
    sheet
        .write_string(0, 0, "Export of November")
        .expect("writes");
    sheet.write_string(3, 0, "ana@x.example").expect("writes");
    sheet.write_string(3, 1, "0001204").expect("writes");
    let at = ExcelDateTime::parse_from_str("2026-11-20T14:05:00").expect("a time");
    sheet
        .write_datetime_with_format(3, 2, &at, &moment)
        .expect("writes");
    let hired = ExcelDateTime::parse_from_str("2019-02-28").expect("a date");
    sheet
        .write_datetime_with_format(3, 3, &hired, &day)
        .expect("writes");
    sheet
        .write_formula(3, 4, Formula::new("=1+1").set_result("2"))
        .expect("writes");
    sheet.write_string(4, 0, "bo@x.example").expect("writes");
    sheet.write_number(4, 1, 1207.0).expect("writes");
    sheet.write_string(4, 2, "Never").expect("writes");
    sheet.write_string(4, 3, "03/07/1898").expect("writes");
    book.add_worksheet()
        .set_name("Notes")
        .expect("a name")
        .write_string(0, 0, "Nothing")
        .expect("writes");
    saved(book, "people.xlsx")
}

#[test]
fn a_workbook_reads_as_it_shows() {
    let lying = people();
    let mut book = open(&lying).expect("opens");
    assert_eq!(
        book.sheets(),
        ["People", "Notes"],
        "all sheets, in their order"
    );
    let layout = book.layout(None, &mut |_| true).expect("has columns");
    assert_eq!(layout.heading, 3, "the heading stands below the title");
    assert_eq!(
        layout.columns[..3],
        ["Email", "Number", "Last sign-in"],
        "as it is written"
    );
    let rows = rows_of(&mut book, None);
    let ana: Vec<&str> = rows[2].cells().collect();
    assert_eq!(
        ana,
        [
            "ana@x.example",
            "0001204",
            "2026-11-20 14:05:00",
            "2019-02-28",
            "2"
        ],
        "zeros stay, dates are dates whatever their format, a formula is its value"
    );
    assert_eq!(rows[3].number, 5, "as Excel numbers it");
    assert_eq!(
        rows[3].cell(1),
        "1207",
        "a whole number has no decimal point"
    );
    assert_eq!(
        rows[3].cell(3),
        "03/07/1898",
        "what Excel can't hold as a date is text"
    );
    assert_eq!(
        rows_of(&mut book, Some("Notes"))[0].cell(0),
        "Nothing",
        "any sheet can be asked for"
    );
    let error = book
        .layout(Some("Gone"), &mut |_| true)
        .expect_err("there is no such sheet");
    assert!(matches!(error, Error::NoSheet(_)), "{error}");
}

#[test]
fn merged_cells_say_the_same_in_all_they_cover() {
    let mut book = Workbook::new();
    let plain = Format::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "Email").expect("writes");
    sheet.write_string(0, 1, "Day").expect("writes");
    sheet
        .merge_range(1, 0, 3, 0, "ana@x.example", &plain)
        .expect("merges");
    for line in 1..4 {
        sheet
            .write_string(line, 1, format!("2026-11-0{line}"))
            .expect("writes");
    }
    sheet.write_string(4, 0, "bo@x.example").expect("writes");
    let lying = saved(book, "merged.xlsx");
    let rows = rows_of(&mut open(&lying).expect("opens"), None);
    let who: Vec<&str> = rows[1..].iter().map(|row| row.cell(0)).collect();
    assert_eq!(
        who,
        [
            "ana@x.example",
            "ana@x.example",
            "ana@x.example",
            "bo@x.example"
        ],
        "three rows under one merged name are three rows of hers"
    );
}

/// A part of an archive.
type Part<'a> = (&'a str, &'a str);

fn archive(name: &str, parts: &[Part<'_>]) -> Lying {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut bytes);
    for (name, text) in parts {
        let plain = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        archive.start_file(*name, plain).expect("a part");
        archive.write_all(text.as_bytes()).expect("writes");
    }
    archive.finish().expect("an archive");
    lying(name, bytes.get_ref())
}

#[test]
fn a_workbook_of_the_macs_first_epoch_has_the_right_days() {
    let lying = archive(
        "mac.xlsx",
        &[
            (
                "[Content_Types].xml",
                r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
            ),
            (
                "_rels/.rels",
                r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
            ),
            (
                "xl/workbook.xml",
                r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
            ),
            (
                "xl/styles.xml",
                r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
            ),
            (
                "xl/worksheets/sheet1.xml",
                r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Day</t></is></c></row><row r="2"><c r="A2" s="1"><v>44884</v></c></row></sheetData></worksheet>"#,
            ),
        ],
    );
    let rows = rows_of(&mut open(&lying).expect("opens"), None);
    assert_eq!(
        rows[1].cell(0),
        "2026-11-20",
        "44,884 days after 1 January 1904"
    );
}

fn open_document(rows: &str) -> Lying {
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    archive(
        "people.ods",
        &[
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            (
                "META-INF/manifest.xml",
                r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#,
            ),
            ("content.xml", &content),
        ],
    )
}

#[test]
fn an_open_document_reads_like_any_other() {
    let lying = open_document(
        r#"<table:table-row><table:table-cell office:value-type="string"><text:p>Email</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Seen</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>ana@x.example</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="1899-03-07"><text:p>7/3/99</text:p></table:table-cell></table:table-row>"#,
    );
    let mut book = open(&lying).expect("opens");
    assert_eq!(
        book.layout(None, &mut |_| true)
            .expect("has columns")
            .columns,
        ["Email", "Seen"],
        "its heading"
    );
    let rows = rows_of(&mut book, None);
    assert_eq!(
        rows[1].cells().collect::<Vec<_>>(),
        ["ana@x.example", "1899-03-07"],
        "a date before 1900 is the day it says"
    );
}

#[test]
fn merged_cells_of_an_open_document_say_the_same_in_all_they_cover() {
    let text = |says: &str, more: &str| {
        format!(
            r#"<table:table-cell {more} office:value-type="string"><text:p>{says}</text:p></table:table-cell>"#
        )
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let covered = "<table:covered-table-cell/>".to_owned();
    let lying = open_document(
        &[
            row(&[text("Email", ""), text("Day", "")]),
            row(&[
                text(
                    "ana@x.example",
                    r#"table:number-columns-spanned="1" table:number-rows-spanned="3""#,
                ),
                text("2026-11-01", ""),
            ]),
            row(&[covered.clone(), text("2026-11-02", "")]),
            row(&[covered, text("2026-11-03", "")]),
            row(&[text("bo@x.example", ""), text("2026-11-04", "")]),
        ]
        .concat(),
    );
    let rows = rows_of(&mut open(&lying).expect("opens"), None);
    let read: Vec<(&str, &str)> = rows[1..]
        .iter()
        .map(|row| (row.cell(0), row.cell(1)))
        .collect();
    assert_eq!(
        read,
        [
            ("ana@x.example", "2026-11-01"),
            ("ana@x.example", "2026-11-02"),
            ("ana@x.example", "2026-11-03"),
            ("bo@x.example", "2026-11-04")
        ],
        "as in a workbook of Excel: three rows under one merged name are three rows of hers"
    );
}

#[test]
fn an_open_document_that_spreads_without_end_says_so() {
    let row = r#"<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="1000" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>"#;
    let Err(error) = open(&open_document(row)) else {
        panic!("a billion cells are held");
    };
    assert_eq!(
        error.to_string(),
        "The sheet spreads to more than 8 million cells, far more than a list of people needs. Save it as CSV and take that.",
        "why it was not opened, and what to do"
    );
    let text = "x".repeat(100_000);
    let long = open_document(&format!(
        r#"<table:table-row><table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell></table:table-row>"#
    ));
    let limits = Limits {
        held: 50_000,
        ..Limits::default()
    };
    let Err(error) = Book::open(&long.path, limits, &mut |_| true) else {
        panic!("more than may be held is held");
    };
    assert!(
        matches!(error, Error::TooLarge(_)) && error.to_string().contains("Save the sheet as CSV"),
        "{error}"
    );
}

#[test]
fn a_workbook_without_cells_is_empty() {
    let mut book = Workbook::new();
    book.add_worksheet();
    for empty in [saved(book, "empty.xlsx"), open_document("")] {
        let outcome = open(&empty).and_then(|mut book| book.layout(None, &mut |_| true));
        assert!(matches!(outcome, Err(Error::Empty)), "{outcome:?}");
    }
}

#[test]
fn sixteen_thousand_columns_of_a_workbook_are_columns() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for column in 0..16_384 {
        sheet
            .write_string(0, column, format!("Field {column}"))
            .and_then(|sheet| sheet.write_string(1, column, "x"))
            .expect("writes");
    }
    let lying = saved(book, "wide.xlsx");
    let mut book = open(&lying).expect("opens");
    assert_eq!(
        book.layout(None, &mut |_| true)
            .expect("has columns")
            .columns
            .len(),
        16_384,
        "none is lost"
    );
    assert_eq!(rows_of(&mut book, None)[1].width(), 16_384, "nor a cell");
}

#[test]
fn headings_that_are_there_twice_can_be_told_apart_in_a_workbook_too() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["Email", "Date", "Date", "email"]) {
        sheet.write_string(0, column, name).expect("writes");
        sheet
            .write_string(1, column, "x@x.example")
            .expect("writes");
    }
    let lying = saved(book, "twice.xlsx");
    let layout = open(&lying)
        .expect("opens")
        .layout(None, &mut |_| true)
        .expect("columns");
    assert_eq!(layout.columns, ["Email", "Date", "Date (2)", "email (2)"]);
}

#[test]
fn a_formula_that_failed_is_what_it_shows() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (line, result) in (1..).zip(["ana@x.example", "#N/A"]) {
        sheet.write_string(0, 0, "Email").expect("writes");
        sheet
            .write_formula(
                line,
                0,
                Formula::new("=VLOOKUP(1,B:C,2)").set_result(result),
            )
            .expect("writes");
        sheet.write_string(line, 1, "2026-11-20").expect("writes");
    }
    let lying = saved(book, "formulas.xlsx");
    let rows = rows_of(&mut open(&lying).expect("opens"), None);
    let read: Vec<&str> = rows[1..].iter().map(|row| row.cell(0)).collect();
    assert_eq!(
        read,
        ["ana@x.example", "#N/A"],
        "the value as it was saved; nothing is computed here"
    );
}
