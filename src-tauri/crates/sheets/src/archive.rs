//! Spreadsheets are archives. What one unfolds to is measured before anybody opens it: the sizes an archive declares are
//! its own word.

use std::{
    fs::File,
    io::{BufReader, Read},
};

use zip::{ZipArchive, result::ZipError};

use crate::{
    Error, Limits, Result,
    spread::{AREAS, Area, Spread, too_many_areas},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    Xlsx,
    Ods,
}

/// What was seen while measuring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) inside: Inside,
    /// Some sheet of an XLSX has merged cells.
    pub(crate) merged: bool,
    /// Those of an ODS.
    pub(crate) areas: Vec<Area>,
}

const MERGED: &[u8] = b"mergeCell ";
/// Ends a cell of an XLSX.
const CELL: &[u8] = b"</c>";
/// Bytes between two tags. A program's longest text is 32,767 characters; a parser holds one whole, however long it is.
const RUN: u64 = 4 << 20;

/// What a parser would have to hold whole of a sheet that is otherwise read cell by cell.
#[derive(Default)]
struct Sheet {
    merged: usize,
    /// Bytes since the last tag began, and since the last cell ended.
    run: u64,
    cell: u64,
}

impl Sheet {
    /// Looks at the next bytes, of which the first `known` were looked at before.
    fn look(&mut self, bytes: &[u8], known: usize, held: u64) -> Result<()> {
        let new = &bytes[known..];
        // What is sought may be cut in two.
        let from = |sought: &[u8]| known.saturating_sub(sought.len() - 1);
        self.merged += memchr::memmem::find_iter(&bytes[from(MERGED)..], MERGED).count();
        if self.merged > AREAS {
            return Err(too_many_areas());
        }
        match memchr::memmem::rfind(&bytes[from(CELL)..], CELL) {
            Some(at) => self.cell = (bytes.len() - from(CELL) - at) as u64,
            None => self.cell += new.len() as u64,
        }
        let mut start = 0;
        for tag in memchr::memchr_iter(b'<', new) {
            self.run += (tag - start) as u64;
            if self.run > RUN {
                break;
            }
            (self.run, start) = (0, tag);
        }
        self.run += (new.len() - start) as u64;
        if self.run > RUN {
            return Err(Error::NoTable(format!(
                "A cell of this workbook has more than {} MB of text, far more than a list of people needs. Save the sheet as CSV and take that.",
                RUN >> 20
            )));
        }
        if self.cell > held {
            return Err(too_large(held));
        }
        Ok(())
    }
}

/// Unfolds everything once, keeping nothing. `go_on` is told how much of the file is behind, now and then.
pub(crate) fn measure(
    file: File,
    limits: Limits,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Measured> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let mut declared = 0_u64;
    let mut inside = None;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(damaged)?;
        if part.encrypted() {
            return Err(Error::Protected);
        }
        declared = declared.saturating_add(part.size());
        match part.name().map_err(damaged)?.as_ref() {
            "xl/workbook.xml" => inside = Some(Inside::Xlsx),
            "content.xml" if inside.is_none() => inside = Some(Inside::Ods),
            "xl/workbook.bin" => {
                return Err(Error::NoTable(
                    "This is a binary workbook (XLSB). Save it as XLSX or CSV and take that."
                        .to_owned(),
                ));
            }
            _ => {}
        }
    }
    let inside = inside.ok_or_else(|| {
        Error::NoTable(
            "This is an archive without a sheet in it. Take the file out of it first.".to_owned(),
        )
    })?;
    if declared > limits.unfolded {
        return Err(too_large(limits.unfolded));
    }
    let mut left = limits.unfolded;
    let mut merged = false;
    let mut behind = 0;
    let mut areas = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(damaged)?;
        let mut sheet = part
            .name()
            .map_err(damaged)?
            .starts_with("xl/worksheets/")
            .then(Sheet::default);
        let mut most = match sheet {
            Some(_) => left,
            None => left.min(limits.held),
        };
        let content = part.name().map_err(damaged)? == "content.xml" && inside == Inside::Ods;
        let mut spread = Spread::new(limits.held);
        // A word may be cut in two by the buffer's end.
        let mut kept = 0;
        loop {
            let read = part
                .read(&mut buffer[kept..])
                .map_err(|error| Error::Damaged(error.to_string()))?;
            if read == 0 {
                break;
            }
            if !go_on(behind) {
                return Err(Error::Stopped);
            }
            most = most
                .checked_sub(read as u64)
                .ok_or_else(|| too_large(limits.held.min(limits.unfolded)))?;
            left = left.saturating_sub(read as u64);
            let filled = kept + read;
            if content {
                spread.look(&buffer[kept..filled])?;
            }
            if let Some(sheet) = &mut sheet {
                sheet.look(&buffer[..filled], kept, limits.held)?;
            }
            kept = filled.min(MERGED.len());
            buffer.copy_within(filled - kept..filled, 0);
        }
        merged |= sheet.is_some_and(|sheet| sheet.merged > 0);
        if content {
            areas = spread.areas;
        }
        behind += part.compressed_size();
    }
    Ok(Measured {
        inside,
        merged,
        areas,
    })
}

fn too_large(limit: u64) -> Error {
    Error::TooLarge(limit >> 20)
}

fn damaged(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => Error::Io(error),
        other => Error::Damaged(other.to_string()),
    }
}
