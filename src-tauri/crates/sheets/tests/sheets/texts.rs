use encoding_rs::{SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252};
use proptest::prelude::*;

use super::{lying, open, rows_of, table};

#[test]
fn delimiters_are_found_by_how_evenly_they_split() {
    for (delimiter, name) in [
        (",", "a.csv"),
        (";", "a.csv"),
        ("\t", "a.tsv"),
        ("|", "a.txt"),
    ] {
        let text = "Email,Last sign-in,Note\r\nana@x.example,2026-11-20,fine\r\nbo@x.example,2026-11-19,\r\n"
            .replace(',', delimiter);
        let (layout, rows) = table(text.as_bytes(), name);
        assert_eq!(
            layout.columns,
            ["Email", "Last sign-in", "Note"],
            "split at {delimiter:?}"
        );
        assert_eq!(rows[0][0], "ana@x.example", "and so are the rows");
        assert_eq!(rows.len(), 2, "each line is a row");
    }
    let (layout, rows) = table(b"sep=;\r\nA;B\r\n1,5;2\r\n", "excel.csv");
    assert_eq!(
        layout.columns,
        ["A", "B"],
        "Excel's own word about the delimiter is no row"
    );
    assert_eq!(rows, [["1,5", "2"]], "and it counts");
}

#[test]
fn accents_survive_every_encoding() {
    let text = "Navn;E-mail\nJosé Ærøskøbing;jose@x.example\nFrançoise Müller;f@x.example\nBjörn Åström;b@x.example\n";
    let utf16 = |little: bool, mark: bool| {
        let mut bytes = Vec::new();
        let units: Vec<u16> = mark
            .then_some(0xFEFF)
            .into_iter()
            .chain(text.encode_utf16())
            .collect();
        for unit in units {
            bytes.extend(if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            });
        }
        bytes
    };
    for (what, bytes) in [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16 LE", utf16(true, true)),
        ("UTF-16 BE", utf16(false, true)),
        ("UTF-16 LE without a mark", utf16(true, false)),
        ("UTF-16 BE without a mark", utf16(false, false)),
        ("Windows-1252", WINDOWS_1252.encode(text).0.into_owned()),
    ] {
        let (layout, rows) = table(&bytes, "names.csv");
        assert_eq!(
            layout.columns,
            ["Navn", "E-mail"],
            "{what}: a mark is no letter of the first name"
        );
        assert_eq!(rows[0][0], "José Ærøskøbing", "{what}");
        assert_eq!(rows[2][0], "Björn Åström", "{what}");
    }
    for (encoding, name) in [
        (
            WINDOWS_1250,
            "Żółkiewski Łukasz, książę i źródło mądrości Świętokrzyskiej",
        ),
        (
            WINDOWS_1251,
            "Ольга Йорк Владимировна из Новосибирска по прозвищу Щука",
        ),
        (
            SHIFT_JIS,
            "山田太郎 東京都新宿区の社員です。よろしくお願いします",
        ),
    ] {
        let text = format!("Name\tMail\n{name}\ta@x.example\n{name}\tb@x.example\n");
        let (_, rows) = table(&encoding.encode(&text).0, "names.tsv");
        assert_eq!(rows[1][0], name, "{}", encoding.name());
    }
}

#[test]
fn a_file_of_two_encodings_is_read_row_by_row() {
    let mut bytes = "Name,Mail\nJosé,a@x.example\n".as_bytes().to_vec();
    bytes.extend_from_slice(&WINDOWS_1252.encode("Françoise,b@x.example\n").0);
    let lying = lying("mixed.csv", &bytes);
    let mut book = open(&lying).expect("opens");
    let rows = rows_of(&mut book, None);
    assert_eq!(rows[1].cell(0), "José", "the one program wrote UTF-8");
    assert_eq!(rows[2].cell(0), "Françoise", "the other one did not");
    assert!(
        book.notes()[0].contains("mixes encodings"),
        "and it is said: {:?}",
        book.notes()
    );
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let text = "Report of November\r\n\r\nName,Mail,Note\r\nA,a@x.example,\"two\r\nlines, one cell\"\r\n\r\nB,b@x.example,\r\n";
    let (layout, _) = table(text.as_bytes(), "titled.csv");
    assert_eq!(
        layout.heading, 3,
        "the title and the blank line above are no heading"
    );
    let lying = lying("titled.csv", text.as_bytes());
    let rows = rows_of(&mut open(&lying).expect("opens"), None);
    let places: Vec<(u64, String)> = rows
        .iter()
        .map(|row| (row.number, row.cell(0).to_owned()))
        .collect();
    assert_eq!(
        places,
        [
            (1, "Report of November".to_owned()),
            (3, "Name".to_owned()),
            (4, "A".to_owned()),
            (6, "B".to_owned())
        ],
        "blank lines count, a line break inside quotes does not"
    );
    assert_eq!(
        rows[2].cell(2),
        "two\r\nlines, one cell",
        "what is quoted is one cell"
    );
}

#[test]
fn columns_have_names_of_their_own() {
    let (layout, _) = table(b"Date,Date,,date\n2026-01-01,2026-01-02,x,y\n", "twice.csv");
    assert_eq!(
        layout.columns,
        ["Date", "Date (2)", "Column C", "date (3)"],
        "two columns of one name can be told apart"
    );
    let (layout, rows) = table(
        b"ana@x.example,2026-01-01\nbo@x.example,2026-01-02\n",
        "bare.csv",
    );
    assert_eq!(layout.heading, 0, "a file may begin with its data");
    assert_eq!(
        layout.columns,
        ["Column A", "Column B"],
        "then columns are called by letter"
    );
    assert_eq!(rows.len(), 2, "and nobody is lost to the heading");
}

#[test]
fn json_is_read_in_all_its_shapes() {
    for text in [
        "{\"user\":{\"mail\":\"a@x.example\"},\"at\":\"2026-11-20\"}\n{\"at\":\"2026-11-19\",\"user\":{\"mail\":\"b@x.example\"}}\n",
        "[{\"user\":{\"mail\":\"a@x.example\"},\"at\":\"2026-11-20\"},\n {\"at\":\"2026-11-19\",\"user\":{\"mail\":\"b@x.example\"}}]",
        "{\"@odata.context\":\"x\",\"value\":[{\"user\":{\"mail\":\"a@x.example\"},\"at\":\"2026-11-20\"},{\"at\":\"2026-11-19\",\"user\":{\"mail\":\"b@x.example\"}}]}",
    ] {
        let (layout, rows) = table(text.as_bytes(), "log.json");
        assert_eq!(
            layout.columns,
            ["user.mail", "at"],
            "a path is a column: {text}"
        );
        assert_eq!(
            rows,
            [["a@x.example", "2026-11-20"], ["b@x.example", "2026-11-19"]],
            "{text}"
        );
    }
    let lying = lying("broken.jsonl", b"{\"a\":1}\n{\"a\":\n{\"a\":3}\n");
    let rows = rows_of(&mut open(&lying).expect("opens"), None);
    assert_eq!(rows.len(), 3, "every line is accounted for");
    assert!(rows[1].trouble.is_some(), "a broken line is said to be");
    assert_eq!(rows[2].cell(0), "3", "and stops nobody");
}

proptest! {
    #[test]
    fn what_is_written_as_csv_is_read(
        rows in proptest::collection::vec(proptest::collection::vec("[a-zA-Z \",;\n\r\té√]{0,12}", 3), 1..12),
    ) {
        let mut text = "First name,Second name,Third name\n".to_owned();
        for row in &rows {
            let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        let lying = lying("round.csv", text.as_bytes());
        let read = rows_of(&mut open(&lying).expect("opens"), None);
        prop_assert_eq!(read.len(), rows.len() + 1, "a row is a row");
        for (read, written) in read[1..].iter().zip(&rows) {
            let cells: Vec<&str> = read.cells().collect();
            let written: Vec<&str> = written.iter().map(String::as_str).collect();
            prop_assert_eq!(cells, written, "a cell is what was written");
        }
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..400), json in any::<bool>()) {
        let start: &[u8] = if json { b"[{\"a\":" } else { b"a,b\n" };
        let lying = lying("odd.csv", &[start, &bytes].concat());
        if let Ok(mut book) = open(&lying) {
            let _ = book.layout(None, &mut |_| true);
            let _ = book.read(None, &mut super::Kept::default());
        }
    }
}
