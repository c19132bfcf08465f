//! How many cells an ODS sheet spreads to: a repeated row is one tag in the file, and a million rows in memory.

use crate::{Error, Result};

/// Two hundred thousand rows of forty columns.
const MOST: u64 = 8_000_000;
/// No tag of a spreadsheet is longer.
const LONGEST: usize = 16 << 10;

#[derive(Debug, Default)]
pub(crate) struct Spread {
    /// The end of the last chunk, from its last `<` on.
    rest: Vec<u8>,
    /// Rows so far, and those up to the last with a value.
    rows: u64,
    used: u64,
    /// The widest row with a value.
    width: u64,
    repeats: u64,
    columns: u64,
    filled: u64,
}

impl Spread {
    /// Looks at the next bytes of the sheet.
    ///
    /// # Errors
    /// When it spreads to more cells than memory should hold.
    pub(crate) fn look(&mut self, chunk: &[u8]) -> Result<()> {
        let mut text = std::mem::take(&mut self.rest);
        text.extend_from_slice(chunk);
        let last = memchr::memrchr(b'<', &text).unwrap_or(text.len());
        for start in memchr::memchr_iter(b'<', &text[..last]) {
            let end = memchr::memchr(b'>', &text[start..last]).map_or(last, |end| start + end);
            self.tag(&text[start..end])?;
        }
        self.rest = if text.len() - last <= LONGEST {
            text.split_off(last)
        } else {
            Vec::new()
        };
        Ok(())
    }

    fn tag(&mut self, tag: &[u8]) -> Result<()> {
        if tag.starts_with(b"<table:table-row") {
            self.repeats = repeated(tag, b"number-rows-repeated=\"");
            (self.columns, self.filled) = (0, 0);
        } else if tag.starts_with(b"<table:table-cell") || tag.starts_with(b"<table:covered") {
            self.columns = self
                .columns
                .saturating_add(repeated(tag, b"number-columns-repeated=\""));
            if memchr::memmem::find(tag, b"value-type").is_some() {
                self.filled = self.columns;
            }
        } else if tag.starts_with(b"</table:table-row") {
            self.rows = self.rows.saturating_add(self.repeats);
            if self.filled > 0 {
                self.used = self.rows;
                self.width = self.width.max(self.filled);
            }
            if self.used.saturating_mul(self.width) > MOST {
                return Err(Error::NoTable(format!(
                    "The sheet spreads to more than {MOST} cells. Save it as CSV and take that."
                )));
            }
        } else if tag.starts_with(b"</table:table") && !tag.starts_with(b"</table:table-") {
            (self.rows, self.used, self.width) = (0, 0, 0);
        }
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
        let mut spread = Spread::default();
        text.as_bytes()
            .chunks(step)
            .try_for_each(|chunk| spread.look(chunk))?;
        spread.look(b"<end")
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
