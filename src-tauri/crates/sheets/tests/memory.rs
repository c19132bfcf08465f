//! What a reader holds is bounded, whatever a file unfolds to: measured as the system does. One test of its own process, since
//! the peak is that of the process.

#![cfg(target_os = "linux")]

use std::{io::Write, ops::ControlFlow, path::Path};

use rust_xlsxwriter::{Format, Workbook};
use sheets::{Book, Limits, Result, Row, Taker};

/// Bytes that a reading may add to what the process has, the parser's own copies included.
const BOUND: u64 = 160 << 20;

/// The highest the process ever had in memory, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system says");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("it names the peak");
    let kilobytes = line.trim().trim_end_matches(" kB");
    kilobytes.parse::<u64>().expect("a number") << 10
}

#[derive(Default)]
struct Counted {
    rows: u32,
    spoilt: u32,
}

impl Taker for Counted {
    fn row(&mut self, row: &Row) -> ControlFlow<()> {
        self.rows += 1;
        self.spoilt += u32::from(row.trouble.is_some());
        ControlFlow::Continue(())
    }
}

fn read(path: &Path) -> Result<Counted> {
    let limits = Limits {
        held: 48 << 20,
        ..Limits::default()
    };
    let mut book = Book::open(path, limits, &mut |_| true)?;
    book.layout(None, &mut |_| true)?;
    let mut counted = Counted::default();
    book.read(None, &mut counted)?;
    Ok(counted)
}

/// What is read of an archive of these parts.
fn archive(path: &Path, parts: &[(&str, &[&str])]) {
    let mut archive =
        zip::ZipWriter::new(std::fs::File::create(path).expect("the file can be made"));
    // Packing them would only take time.
    let plain =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, texts) in parts {
        archive.start_file(*name, plain).expect("a part");
        for text in *texts {
            archive.write_all(text.as_bytes()).expect("writes");
        }
    }
    archive.finish().expect("an archive");
}

const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const ROOT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;

fn workbook(path: &Path, shared: &[&str], sheet: &[&str]) {
    archive(
        path,
        &[
            ("_rels/.rels", &[ROOT]),
            ("xl/workbook.xml", &[BOOK]),
            ("xl/_rels/workbook.xml.rels", &[RELATIONS]),
            ("xl/sharedStrings.xml", shared),
            ("xl/worksheets/sheet1.xml", sheet),
        ],
    );
}

#[test]
fn whatever_a_file_unfolds_to_little_of_it_is_held() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let before = peak();
    let held = || peak() - before;
    let megabyte = "x".repeat(1 << 20);

    let shared = folder.path().join("shared.xlsx");
    let cells = r#"<c t="s"><v>0</v></c>"#.repeat(600);
    workbook(
        &shared,
        &["<sst><si><t>", &megabyte, &megabyte, "</t></si></sst>"],
        &[
            "<worksheet><sheetData><row>",
            &cells,
            "</row><row><c t=\"inlineStr\"><is><t>after</t></is></c></row></sheetData></worksheet>",
        ],
    );
    let counted = read(&shared).expect("the row below can be read");
    assert_eq!(
        (counted.rows, counted.spoilt),
        (2, 1),
        "the row of six hundred times one long text is named, the next is read"
    );
    assert!(held() < BOUND, "1.2 GB of one shared text: {}", held());

    let merged = folder.path().join("merged.xlsx");
    let mut book = Workbook::new();
    let long = "x".repeat(32_000);
    let sheet = book.add_worksheet();
    for line in 0..2 {
        sheet
            .merge_range(line, 0, line, 16_383, &long, &Format::new())
            .expect("merges");
    }
    book.save(&merged).expect("saves");
    let counted = read(&merged).expect("its other rows could be read");
    assert_eq!(counted.spoilt, 2, "each such row is named");
    assert!(
        held() < BOUND,
        "500 MB of merged cells in a row: {}",
        held()
    );

    let inline = folder.path().join("inline.xlsx");
    let mut sheet = vec!["<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>"];
    sheet.resize(60, &megabyte);
    sheet.push("</t></is></c></row></sheetData></worksheet>");
    workbook(&inline, &["<sst/>"], &sheet);
    let error = read(&inline).err().expect("nobody's cell").to_string();
    assert!(error.contains("more than 4 MB of text"), "{error}");
    assert!(held() < BOUND, "one text of 60 MB: {}", held());

    let rich = folder.path().join("rich.xlsx");
    let mut sheet = vec!["<worksheet><sheetData><row><c t=\"inlineStr\"><is>"];
    for _ in 0..60 {
        sheet.extend(["<r><t>", &megabyte, "</t></r>"]);
    }
    sheet.push("</is></c></row></sheetData></worksheet>");
    workbook(&rich, &["<sst/>"], &sheet);
    assert!(
        read(&rich).is_err(),
        "nobody's cell has sixty parts of a megabyte"
    );
    assert!(held() < BOUND, "one text in sixty parts: {}", held());

    let spread = folder.path().join("spread.ods");
    let text = "x".repeat(30_000);
    archive(
        &spread,
        &[
            (
                "mimetype",
                &["application/vnd.oasis.opendocument.spreadsheet"],
            ),
            (
                "content.xml",
                &[
                    r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="S"><table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="30" office:value-type="string"><text:p>"#,
                    &text,
                    "</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
                ],
            ),
        ],
    );
    let error = read(&spread)
        .err()
        .expect("it is one text, 30,000 times")
        .to_string();
    assert!(error.contains("unfolds to more than 48 MB"), "{error}");
    assert!(held() < BOUND, "900 MB of one repeated text: {}", held());

    let names = folder.path().join("names.json");
    let values: Vec<String> = (0..16_000).map(|place| format!("\"{place}\":1")).collect();
    let text = format!(
        "[{{\"email\":\"ana@x.example\",\"{}\":{{{}}}}}]",
        &megabyte[..100_000],
        values.join(",")
    );
    std::fs::write(&names, text).expect("writes");
    assert_eq!(read(&names).expect("its e-mail can be read").rows, 1);
    assert!(
        held() < BOUND,
        "16,000 columns named after one long name: {}",
        held()
    );
}
