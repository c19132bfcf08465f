//! What is printed: tables that line up in every script, and JSON.

use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write},
};

use console::measure_text_width;
pub use engine::text::{number as count, people};
use engine::{attribute::Kind, people::harmless};
use serde::Serialize;

/// Columns of the terminal one value may take before it is cut.
const WIDEST: usize = 40;

/// A line on stdout.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
        unwritten(&error);
    }
}

/// Rows of CSV on stdout, no cell of which a spreadsheet takes for a formula when told its kind.
pub fn csv<'a>(rows: impl IntoIterator<Item = Vec<(Kind, Cow<'a, str>)>>) {
    let mut out = csv::Writer::from_writer(io::stdout().lock());
    let written = rows
        .into_iter()
        .try_for_each(|row| out.write_record(row.iter().map(|(kind, text)| harmless(text, *kind))))
        .and_then(|()| Ok(out.flush()?));
    if let Err(error) = written {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => unwritten(&error),
            other => unwritten(&io::Error::other(format!("{other:?}"))),
        }
    }
}

/// A reader that has gone away ends the process quietly, as it does for other programs. Anything else, such as a
/// full disk, is a failure: a list cut short must not pass for a whole one.
fn unwritten(error: &io::Error) -> ! {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    eprintln!(
        "What was asked for could not be written: {error}. What is there of it is not whole."
    );
    std::process::exit(1);
}

/// One object; laid out for reading on a terminal, on one line in a pipe.
pub fn json(value: &impl Serialize) {
    let text = if io::stdout().is_terminal() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    line(&text.expect("BUG: plain values make JSON"));
}

/// Lines up by the width a terminal gives each character; cut only where a person looks.
pub fn table(headings: &[&str], rows: &[Vec<String>]) {
    let terminal = io::stdout().is_terminal();
    for row in aligned(headings, rows, terminal.then_some(WIDEST)) {
        line(&row);
    }
}

fn aligned(headings: &[&str], rows: &[Vec<String>], widest: Option<usize>) -> Vec<String> {
    let cut = |text: &str| {
        // A line break in a value would tear the table.
        let text = text.replace(['\n', '\r', '\t'], " ");
        match widest {
            Some(widest) => console::truncate_str(&text, widest, "…").into_owned(),
            None => text,
        }
    };
    let lines: Vec<Vec<String>> = std::iter::once(headings.iter().map(|text| cut(text)).collect())
        .chain(
            rows.iter()
                .map(|row| row.iter().map(|text| cut(text)).collect()),
        )
        .collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            lines
                .iter()
                .filter_map(|line: &Vec<String>| line.get(column))
                .map(|text| measure_text_width(text))
                .max()
                .unwrap_or_default()
        })
        .collect();
    lines
        .into_iter()
        .map(|line| {
            let mut out = String::new();
            for (text, width) in line.iter().zip(&widths) {
                out.push_str(text);
                out.push_str(&" ".repeat(width - measure_text_width(text) + 2));
            }
            out.trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use console::measure_text_width;

    use super::aligned;

    #[test]
    fn columns_line_up_in_every_script() {
        let rows = ["Ruiz, Ana", "王, 小明", "Ольга", "é\u{301}va"]
            .map(|name| vec![name.to_owned(), "|".to_owned()]);
        let lines = aligned(&["Name", "Status"], &rows, None);
        let ends: Vec<usize> = lines[1..]
            .iter()
            .map(|line| measure_text_width(line))
            .collect();
        assert!(
            ends.iter().all(|end| *end == ends[0]),
            "a wide character takes two columns and a combining mark none: {lines:?}"
        );
    }

    #[test]
    fn a_value_with_a_line_break_stays_on_its_line() {
        let lines = aligned(
            &["A", "B"],
            &[vec!["x\ny".to_owned(), "z".to_owned()]],
            None,
        );
        assert_eq!(lines, ["A    B", "x y  z"], "one person is one line");
    }

    #[test]
    fn long_values_are_cut_for_a_person_only() {
        let rows = [vec!["x".repeat(60)]];
        assert_eq!(
            aligned(&["A"], &rows, Some(10))[1],
            "xxxxxxxxx…",
            "on a terminal a row must fit"
        );
        assert_eq!(
            aligned(&["A"], &rows, None)[1].len(),
            60,
            "in a pipe nothing may be lost"
        );
    }
}
