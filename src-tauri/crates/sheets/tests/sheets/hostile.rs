use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
    ops::ControlFlow,
};

use sheets::{Book, Error, Limits, Row, Taker};

use super::{Kept, lying, open, rows_of, sentence, table};

#[test]
fn what_is_no_table_is_said_to_be() {
    for (bytes, name, says) in [
        (&b""[..], "empty.csv", "empty"),
        (b"\n\n  \n", "blank.csv", "empty"),
        (b"%PDF-1.7 ...", "list.csv", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls", "Excel 97"),
        (b"<!DOCTYPE html><html><table>", "export.xls", "web page"),
        (b"\x1f\x8b\x08\x00", "list.csv.gz", "compressed"),
        (b"PK\x03\x04 nonsense", "list.xlsx", "damaged"),
        (b"[{\"a\":1},", "cut.json", "not JSON any more"),
        (
            &[0, 1, 2, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 7][..],
            "image.csv",
            "no table",
        ),
    ] {
        let said = sentence(bytes, name);
        assert!(said.contains(says), "{name}: {said}");
    }
}

#[test]
fn zeros_inside_cells_are_left_out() {
    let lying = lying(
        "zeros.csv",
        b"Name,Mail\nA\0na,a\0@x.example\nBo,b@x.example\n",
    );
    let mut book = open(&lying).expect("opens");
    let rows = rows_of(&mut book, None);
    assert_eq!(
        (rows[1].cell(0), rows[1].cell(1)),
        ("Ana", "a@x.example"),
        "the name is there without them"
    );
    assert_eq!(book.notes().len(), 1, "and it is said");
}

/// Two gigabytes with a hole for one line in the middle; the disk holds a few kilobytes of it.
#[test]
fn two_gigabytes_with_one_endless_line_are_read_in_little_memory() {
    let start = "Name,Mail\n".to_owned() + &"A,a@x.example\n".repeat(6_000) + "B,";
    let lying = lying("huge.csv", start.as_bytes());
    let mut file = File::options()
        .write(true)
        .open(&lying.path)
        .expect("opens for writing");
    file.seek(SeekFrom::Start(2 << 30)).expect("past the hole");
    file.write_all(b"\nC,c@x.example\n")
        .expect("writes after the hole");
    drop(file);
    let mut book = open(&lying).expect("opens");
    let rows = rows_of(&mut book, None);
    assert_eq!(
        rows.len(),
        6_003,
        "the rows before, the row itself, a row after"
    );
    assert!(
        rows[6_001]
            .trouble
            .as_deref()
            .is_some_and(|why| why.contains("longer than 1 MB")),
        "the long one is said to be: {:?}",
        rows[6_001].trouble
    );
    assert_eq!(
        rows[6_002].cell(1),
        "c@x.example",
        "and the next one is whole"
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed_costs_a_megabyte_at_most() {
    let mut text = String::from("Name,Mail\n\"Ana,a@x.example\n");
    for person in 0..60_000 {
        text.push_str(&format!("P{person},p{person}@x.example\n"));
    }
    let lying = lying("unclosed.csv", text.as_bytes());
    let rows = rows_of(&mut open(&lying).expect("opens"), None);
    assert!(rows[1].trouble.is_some(), "the row with the mark is named");
    assert_eq!(
        rows.last().map(|row| row.cell(1)),
        Some("p59999@x.example"),
        "the rest is read"
    );
}

#[test]
fn sixteen_thousand_columns_are_columns() {
    let names: Vec<String> = (0..16_000)
        .map(|column| format!("Field {column}"))
        .collect();
    let cells = vec!["x"; 16_000];
    let text = format!("{}\n{}\n", names.join(","), cells.join(","));
    let (layout, rows) = table(text.as_bytes(), "wide.csv");
    assert_eq!(layout.columns.len(), 16_000, "none is lost");
    assert_eq!(rows[0].len(), 16_000, "nor a cell");
    let text = format!("{0}\n{0}\n", vec!["x"; 20_000].join(","));
    let (layout, _) = table(text.as_bytes(), "wider.csv");
    assert_eq!(
        layout.columns.len(),
        16_384,
        "more than Excel has are left out"
    );
}

#[test]
fn an_endless_record_of_json_is_refused() {
    let limits = Limits {
        row: 1 << 10,
        ..Limits::default()
    };
    let text = format!("[{{\"a\":\"{}\"}}]", "x".repeat(200_000));
    let lying = lying("long.json", text.as_bytes());
    let outcome = Book::open(&lying.path, limits, &mut |_| true);
    let error = outcome
        .err()
        .expect("it is longer than anybody's record")
        .to_string();
    assert!(error.contains("record 1 is longer"), "{error}");
}

struct Impatient(u32);

impl Taker for Impatient {
    fn row(&mut self, _: &Row) -> ControlFlow<()> {
        self.0 += 1;
        ControlFlow::Continue(())
    }

    fn behind(&mut self, _: u64) -> ControlFlow<()> {
        if self.0 > 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

#[test]
fn a_reading_stops_when_told_to() {
    let text = "Name,Mail\n".to_owned() + &"A,a@x.example\n".repeat(200_000);
    let lying = lying("long.csv", text.as_bytes());
    let mut taker = Impatient(0);
    let outcome = open(&lying).expect("opens").read(None, &mut taker);
    assert!(
        matches!(outcome, Err(Error::Stopped)),
        "it says that it was stopped"
    );
    assert!(
        taker.0 < 200_000,
        "it stopped on the way, after {} rows",
        taker.0
    );
    let outcome = Book::open(&bomb().path, Limits::default(), &mut |_| false);
    assert!(
        matches!(outcome, Err(Error::Stopped)),
        "measuring stops too"
    );
}

/// A workbook whose texts unfold to 24 MB of one letter.
fn bomb() -> super::Lying {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut bytes);
    let options = zip::write::SimpleFileOptions::default();
    let chunk = vec![b'x'; 1 << 20];
    for (name, megabytes) in [("xl/workbook.xml", 0), ("xl/sharedStrings.xml", 24)] {
        archive.start_file(name, options).expect("a part");
        for _ in 0..megabytes {
            archive.write_all(&chunk).expect("writes");
        }
    }
    archive.finish().expect("an archive");
    lying("bomb.xlsx", bytes.get_ref())
}

#[test]
fn a_bomb_does_not_go_off() {
    let lying = bomb();
    let size = std::fs::metadata(&lying.path).expect("is there").len();
    assert!(size < 1 << 20, "it looks harmless: {size} bytes");
    let held = Limits {
        held: 8 << 20,
        ..Limits::default()
    };
    let outcome = Book::open(&lying.path, held, &mut |_| true);
    let error = outcome
        .err()
        .expect("it unfolds to more than a list of people");
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
    let limits = Limits {
        unfolded: 1 << 20,
        ..Limits::default()
    };
    let outcome = Book::open(&lying.path, limits, &mut |_| true);
    assert!(
        matches!(outcome, Err(Error::TooLarge(1))),
        "an honest one by what it declares"
    );
}

#[test]
fn a_damaged_workbook_is_a_sentence() {
    let whole = super::workbooks::people();
    let bytes = std::fs::read(&whole.path).expect("is there");
    for cut in [30, bytes.len() / 3, bytes.len() / 2, bytes.len() - 30] {
        let said = sentence(&bytes[..cut], "cut.xlsx");
        assert!(said.contains("damaged"), "cut at {cut}: {said}");
    }
    for step in (60..bytes.len()).step_by(bytes.len() / 40 + 1) {
        let mut broken = bytes.clone();
        broken[step] ^= 0x55;
        let lying = lying("broken.xlsx", &broken);
        // Some bytes do not matter; none may bring the program down.
        if let Ok(mut book) = open(&lying) {
            let _ = book.read(None, &mut Kept::default());
        }
    }
}
