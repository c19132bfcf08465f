//! Spreadsheets are archives. What one unfolds to is measured before anybody opens it: the sizes an archive declares are
//! its own word.

use std::{
    fs::File,
    io::{BufReader, Read},
};

use zip::{ZipArchive, result::ZipError};

use crate::{
    Error, Limits, Result,
    spread::{Area, Spread},
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

/// Unfolds everything once, keeping nothing. `go_on` is asked now and then.
pub(crate) fn measure(
    file: File,
    limits: Limits,
    go_on: &mut dyn FnMut() -> bool,
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
    let mut areas = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(damaged)?;
        let sheet = part.name().map_err(damaged)?.starts_with("xl/worksheets/");
        let mut most = if sheet { left } else { left.min(limits.held) };
        let content = part.name().map_err(damaged)? == "content.xml" && inside == Inside::Ods;
        let mut spread = Spread::default();
        // A word may be cut in two by the buffer's end.
        let mut kept = 0;
        loop {
            let read = part
                .read(&mut buffer[kept..])
                .map_err(|error| Error::Damaged(error.to_string()))?;
            if read == 0 {
                break;
            }
            if !go_on() {
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
            if sheet && !merged {
                merged = memchr::memmem::find(&buffer[..filled], MERGED).is_some();
            }
            kept = filled.min(MERGED.len());
            buffer.copy_within(filled - kept..filled, 0);
        }
        if content {
            areas = spread.areas;
        }
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
