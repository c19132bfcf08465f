//! How many cells an ODS sheet spreads to, and how much text, where a repeated row is one tag in the file and a million rows
//! in memory; and which of its cells are merged, on the way.

use crate::{Error, Result};

/// Two hundred thousand rows of forty columns.
const MOST: u64 = 8_000_000;
/// No tag of a spreadsheet is longer.
const LONGEST: usize = 256 << 10;

/// Areas kept; each row of a list that is no report has none.
pub(crate) const AREAS: usize = 100_000;

pub(crate) fn too_many_areas() -> Error {
    Error::NoTable(format!(
        "The sheet has more than {} thousand merged cells. Save it as CSV and take that.",
        AREAS / 1_000
    ))
}

/// Cells merged into one: first and last row and column, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    /// By place in the workbook.
    pub(crate) sheet: usize,
    pub(crate) start: (u32, u32),
    pub(crate) end: (u32, u32),
}

/// A cell with a value, of which not all has been seen.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Where in the part it begins.
    start: u64,
    times: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Spread {
    pub(crate) areas: Vec<Area>,
    sheet: usize,
    /// A tag that the end of the last chunk cut off, and what lies before it.
    rest: Vec<u8>,
    behind: u64,
    /// Rows so far, and those up to the last with a value.
    rows: u64,
    used: u64,
    /// The widest row with a value.
    width: u64,
    repeats: u64,
    columns: u64,
    filled: u64,
    open: Option<Open>,
    /// Bytes of the row's cells, as often as they repeat, and of all rows.
    row: u64,
    text: u64,
    /// Cells of the sheets before, and what all texts together may take.
    before: u64,
    held: u64,
}

impl Spread {
    pub(crate) fn new(held: u64) -> Self {
        Self {
            held,
            ..Self::default()
        }
    }

    /// Looks at the next bytes of the sheets.
    ///
    /// # Errors
    /// When it spreads to more cells than memory should hold.
    pub(crate) fn look(&mut self, chunk: &[u8]) -> Result<()> {
        let mut text = std::mem::take(&mut self.rest);
        text.extend_from_slice(chunk);
        let mut done = text.len();
        for start in memchr::memchr_iter(b'<', &text) {
            let Some(length) = memchr::memchr(b'>', &text[start..]) else {
                done = start;
                break;
            };
            self.tag(self.behind + start as u64, &text[start..start + length])?;
        }
        self.behind += done as u64;
        self.rest = text.split_off(done);
        if self.rest.len() > LONGEST {
            return Err(Error::Damaged("a tag in it has no end".to_owned()));
        }
        Ok(())
    }

    /// A tag, and where in the part it begins.
    fn tag(&mut self, at: u64, tag: &[u8]) -> Result<()> {
        if tag.starts_with(b"<table:table-row") {
            self.row = 0;
            self.repeats = repeated(tag, b"number-rows-repeated=\"");
            (self.columns, self.filled) = (0, 0);
        } else if tag.starts_with(b"<table:table-cell") || tag.starts_with(b"<table:covered") {
            self.merge(tag)?;
            self.close(at);
            let times = repeated(tag, b"number-columns-repeated=\"");
            self.columns = self.columns.saturating_add(times);
            if memchr::memmem::find(tag, b"value-type").is_some() {
                self.filled = self.columns;
                self.open = Some(Open { start: at, times });
            }
        } else if tag.trim_ascii_end() == b"</table:table-row" {
            self.close(at);
            self.rows = self.rows.saturating_add(self.repeats);
            if self.filled > 0 {
                self.used = self.rows;
                self.width = self.width.max(self.filled);
            }
            let cells = self.used.saturating_mul(self.width);
            if self.before.saturating_add(cells) > MOST {
                return Err(Error::NoTable(format!(
                    "The sheet spreads to more than {} million cells, far more than a list of people needs. Save it as CSV and take that.",
                    MOST / 1_000_000
                )));
            }
            self.text = self
                .text
                .saturating_add(std::mem::take(&mut self.row).saturating_mul(self.repeats));
            if self.text > self.held {
                return Err(Error::TooLarge(self.held >> 20));
            }
        } else if tag.starts_with(b"</table:table") && !tag.starts_with(b"</table:table-") {
            self.before += self.used * self.width;
            (self.rows, self.used, self.width) = (0, 0, 0);
            self.sheet += 1;
        }
        Ok(())
    }

    /// The cell before ends here. What is written of it is taken for its text, which is a little more.
    fn close(&mut self, at: u64) {
        if let Some(open) = self.open.take() {
            let bytes = at.saturating_sub(open.start);
            self.row = self.row.saturating_add(bytes.saturating_mul(open.times));
        }
    }

    fn merge(&mut self, tag: &[u8]) -> Result<()> {
        let down = repeated(tag, b"number-rows-spanned=\"");
        let across = repeated(tag, b"number-columns-spanned=\"");
        if down <= 1 && across <= 1 {
            return Ok(());
        }
        if self.areas.len() == AREAS {
            return Err(too_many_areas());
        }
        let place = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let last = |first: u64, count: u64| place(first.saturating_add(count.saturating_sub(1)));
        self.areas.push(Area {
            sheet: self.sheet,
            start: (place(self.rows), place(self.columns)),
            end: (last(self.rows, down), last(self.columns, across)),
        });
        Ok(())
    }
}

/// The number in an attribute; 1 without it.
fn repeated(tag: &[u8], attribute: &[u8]) -> u64 {
    let Some(at) = memchr::memmem::find(tag, attribute) else {
        return 1;
    };
    let digits = tag[at + attribute.len()..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    digits.fold(0_u64, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text: &str, step: usize) -> Result<()> {
        let mut spread = Spread::new(1 << 30);
        text.as_bytes()
            .chunks(step)
            .try_for_each(|chunk| spread.look(chunk))?;
        spread.look(b"<end")
    }

    #[test]
    fn merged_cells_are_found_where_they_are() {
        let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
        let plain =
            "<table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"/>";
        let wide = "<table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"3\" office:value-type=\"string\"/><table:covered-table-cell/>";
        let text = format!(
            "<table:table>{}</table:table><table:table>{}{}</table:table><end",
            row(plain),
            row(plain),
            row(&format!("{plain}{wide}"))
        );
        for step in [1, 5, 1_000] {
            let mut spread = Spread::new(1 << 30);
            for chunk in text.as_bytes().chunks(step) {
                spread.look(chunk).expect("a small sheet");
            }
            let area = Area {
                sheet: 1,
                start: (1, 2),
                end: (3, 3),
            };
            assert_eq!(
                spread.areas,
                [area],
                "two across, three down, in the second sheet"
            );
        }
    }

    #[test]
    fn a_row_that_repeats_itself_a_million_times_is_refused() {
        let sheet = |row: &str| format!("<table:table>{row}</table:table>");
        let filled = sheet(
            "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"/></table:table-row>",
        );
        let empty = sheet(
            "<table:table-row><table:table-cell office:value-type=\"float\"/></table:table-row><table:table-row table:number-rows-repeated=\"1048575\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
        );
        for step in [1, 7, 1_000] {
            assert!(outcome(&filled, step).is_err(), "17 billion cells of text");
            assert!(
                outcome(&empty, step).is_ok(),
                "every sheet ends with a million empty rows"
            );
        }
    }
}
