//! CSV and its kin: any delimiter, quoted line breaks, rows of any length.

use std::io::Read;

use csv_core::{ReadRecordResult, ReaderBuilder};
use encoding_rs::Encoding;

use crate::{Error, Limits, Result, Row, Taker};

/// Read at a time.
const CHUNK: usize = 256 << 10;
/// Rows that decide about the delimiter.
const JUDGES: usize = 60;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What was mended on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mended {
    /// Rows with NUL characters, which were left out.
    pub(crate) zeros: u64,
    /// Rows in another encoding than UTF-8, in a file that also has rows in UTF-8.
    pub(crate) other: u64,
    /// Rows in UTF-8 that are not ASCII.
    pub(crate) utf8: u64,
}

/// The delimiter that splits the first rows most evenly, and the bytes of an Excel `sep=` line before them.
pub(crate) fn delimiter(sample: &[u8]) -> (u8, usize) {
    if let Some(rest) = sample.strip_prefix(b"sep=")
        && let Some((&delimiter, rest)) = rest.split_first()
        && DELIMITERS.contains(&delimiter)
    {
        let line = 5 + rest
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        return (delimiter, line);
    }
    let best = DELIMITERS
        .into_iter()
        .map(|delimiter| (evenness(sample, delimiter), delimiter))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(evenness, _)| *evenness > 0.0);
    (best.map_or(b',', |(_, delimiter)| delimiter), 0)
}

/// How many of the rows have the width that most have, weighed by that width; 0 when nothing is split.
fn evenness(sample: &[u8], delimiter: u8) -> f64 {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let mut widths = Vec::new();
    let mut text = vec![0; sample.len()];
    let mut ends = vec![0; sample.len() + 1];
    let mut input = sample;
    while widths.len() < JUDGES {
        let (result, read, _, fields) = reader.read_record(input, &mut text, &mut ends);
        input = &input[read..];
        match result {
            ReadRecordResult::Record => widths.push(fields),
            // The last row of a sample may be cut off.
            _ => break,
        }
    }
    if widths.is_empty() {
        let (_, _, _, fields) = reader.read_record(&[], &mut text, &mut ends);
        widths.push(fields.max(sample.iter().filter(|byte| **byte == delimiter).count() + 1));
    }
    let mut sorted = widths.clone();
    sorted.sort_unstable();
    let (width, rows) = sorted
        .chunk_by(|one, other| one == other)
        .filter(|same| same[0] > 1)
        .map(|same| (same[0], same.len()))
        .max_by_key(|(_, rows)| *rows)
        .unwrap_or((0, 0));
    let share = rows as f64 / widths.len() as f64;
    share * (1.0 + (width as f64).min(50.0) / 100.0)
}

/// Hands on each row.
///
/// # Errors
/// When the stream breaks or the taker stops it.
pub(crate) fn read(
    mut stream: impl Read,
    delimiter: u8,
    other: &'static Encoding,
    limits: Limits,
    taker: &mut dyn Taker,
) -> Result<Mended> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let mut mended = Mended::default();
    let mut chunk = vec![0; CHUNK];
    let (mut at, mut filled, mut behind) = (0, 0, 0_u64);
    let mut text = vec![0; 4 << 10];
    let mut ends = vec![0; 64];
    let (mut written, mut fields) = (0, 0);
    let mut row = Row::default();
    let mut number = 0_u64;
    // Whether the next byte begins a row, and the byte before it.
    let (mut fresh, mut before) = (true, b'\n');
    // Whether a row that is too long is being skipped.
    let mut skipping = false;
    loop {
        if at == filled {
            behind += filled as u64;
            if taker.behind(behind).is_break() {
                return Err(Error::Stopped);
            }
            filled = fill(&mut stream, &mut chunk)?;
            at = 0;
        }
        if skipping {
            match memchr::memchr(b'\n', &chunk[at..filled]) {
                Some(end) => {
                    at += end + 1;
                    (skipping, fresh, before) = (false, true, b'\n');
                }
                None if filled == 0 => return Ok(mended),
                None => at = filled,
            }
            continue;
        }
        if fresh {
            while let Some(&byte) = chunk[at..filled].first() {
                match byte {
                    b'\n' if before == b'\r' => {}
                    b'\n' | b'\r' => number += 1,
                    _ => break,
                }
                before = byte;
                at += 1;
            }
            if at == filled && filled > 0 {
                continue;
            }
            fresh = false;
        }
        let (result, took, wrote, ended) = reader.read_record(
            &chunk[at..filled],
            &mut text[written..],
            &mut ends[fields..],
        );
        if took > 0 {
            before = chunk[at + took - 1];
        }
        at += took;
        written += wrote;
        fields += ended;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputFull if text.len() < limits.row => {
                text.resize((text.len() * 2).min(limits.row), 0);
            }
            ReadRecordResult::OutputEndsFull if ends.len() <= limits.row / 2 => {
                ends.resize(ends.len() * 2, 0);
            }
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                number += 1;
                row.clear(number);
                row.spoil(format!(
                    "The row is longer than {} and was skipped up to the next line break. A quotation mark that is never closed does this.",
                    size(limits.row)
                ));
                reader.reset();
                (written, fields, skipping) = (0, 0, true);
                if taker.row(&row).is_break() {
                    return Ok(mended);
                }
            }
            ReadRecordResult::Record => {
                number += 1;
                row.clear(number);
                take_fields(
                    &mut row,
                    &text[..written],
                    &ends[..fields.min(limits.columns)],
                    other,
                    &mut mended,
                );
                (written, fields, fresh) = (0, 0, true);
                if taker.row(&row).is_break() {
                    return Ok(mended);
                }
            }
            ReadRecordResult::End => return Ok(mended),
        }
    }
}

fn size(bytes: usize) -> String {
    if bytes >= 1 << 20 {
        format!("{} MB", bytes >> 20)
    } else {
        format!("{bytes} bytes")
    }
}

fn fill(stream: &mut impl Read, chunk: &mut [u8]) -> Result<usize> {
    loop {
        match stream.read(chunk) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => return Ok(read?),
        }
    }
}

fn take_fields(
    row: &mut Row,
    bytes: &[u8],
    ends: &[usize],
    other: &'static Encoding,
    mended: &mut Mended,
) {
    let zeros = memchr::memchr(0, bytes).is_some();
    mended.zeros += u64::from(zeros);
    match std::str::from_utf8(bytes) {
        Ok(text) if !zeros && ends.iter().all(|end| text.is_char_boundary(*end)) => {
            mended.utf8 += u64::from(!text.is_ascii());
            let last = ends.last().copied().unwrap_or(0);
            row.text.push_str(&text[..last]);
            row.ends.extend_from_slice(ends);
        }
        whole => {
            if whole.is_err() {
                mended.other += 1;
            }
            let mut start = 0;
            for &end in ends {
                let field = &bytes[start..end];
                start = end;
                let text = match std::str::from_utf8(field) {
                    Ok(text) => text.into(),
                    Err(_) => other.decode_without_bom_handling(field).0,
                };
                if zeros {
                    row.push(&text.replace('\0', ""));
                } else {
                    row.push(&text);
                }
            }
        }
    }
}
