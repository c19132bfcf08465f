//! Where the heading is: exports often have titles above it, and sometimes none at all.

use std::collections::{HashMap, HashSet};

use crate::Row;

/// Looked through from the top.
pub(crate) const ROWS: usize = 40;

/// The place among `rows` of the heading; `None` when the data begins at once.
pub(crate) fn find(rows: &[Row]) -> Option<usize> {
    let width = usual_width(rows);
    let least = if width <= 1 {
        1
    } else {
        (width * 3).div_ceil(5).max(2)
    };
    let place = rows.iter().position(|row| filled(row) >= least)?;
    (!looks_like_data(&rows[place], rows.get(place + 1))).then_some(place)
}

/// The width most rows have, the wider one when there are several.
fn usual_width(rows: &[Row]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(filled).filter(|width| *width > 0).collect();
    widths.sort_unstable();
    widths
        .chunk_by(|one, other| one == other)
        .map(|same| (same.len(), same[0]))
        .max()
        .map_or(0, |(_, width)| width)
}

fn filled(row: &Row) -> usize {
    row.cells().filter(|cell| !cell.trim().is_empty()).count()
}

/// Names of columns hold no addresses, and are seldom numbers or dates.
fn looks_like_data(row: &Row, next: Option<&Row>) -> bool {
    let cells: Vec<&str> = row
        .cells()
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    let address = |cell: &str| cell.contains('@') && !cell.contains(' ');
    if cells.iter().any(|cell| address(cell)) {
        return true;
    }
    let numeric = |cell: &str| {
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        digits * 2 > cell.len()
    };
    if cells.iter().filter(|cell| numeric(cell)).count() * 2 < cells.len() {
        return false;
    }
    // A heading of years is still one when the row below is of another kind.
    next.is_none_or(|next| {
        let below = next.cells().filter(|cell| numeric(cell.trim())).count();
        below * 2 >= cells.len()
    })
}

/// What the columns are called: as the heading says, told apart where it repeats itself, and by letter where it is silent.
pub(crate) fn names(heading: Option<&Row>, width: usize) -> Vec<String> {
    let mut taken = HashSet::new();
    // Where to go on counting, or thousands of columns of one name would be told apart by trying millions.
    let mut next: HashMap<String, u32> = HashMap::new();
    (0..width.max(heading.map_or(0, Row::width)))
        .map(|column| {
            let written = heading.map_or("", |row| row.cell(column));
            let words: Vec<&str> = written.split_whitespace().collect();
            let name = match words.join(" ") {
                name if name.is_empty() => format!("Column {}", letters(column)),
                name => name,
            };
            let mut unique = name.clone();
            let number = next.entry(name.to_lowercase()).or_insert(2);
            while !taken.insert(unique.to_lowercase()) {
                unique = format!("{name} ({number})");
                *number += 1;
            }
            unique
        })
        .collect()
}

/// As a spreadsheet calls a column: A, Z, AA.
fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + (column % 26) as u8);
        match column / 26 {
            0 => break,
            more => column = more - 1,
        }
    }
    name.reverse();
    String::from_utf8(name).expect("BUG: letters are ASCII")
}
