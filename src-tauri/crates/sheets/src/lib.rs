//! Files in: whatever a program calls an export, as rows of text.
//!
//! CSV and its kin, JSON, XLSX and ODS, of any encoding and size. Nothing is interpreted: a number or a date of a
//! spreadsheet becomes the text a person would read there, and what it means is for others to say. Memory is bounded
//! by [`Limits`] whatever the file holds; a row that breaks one is handed on as [`Row::trouble`], and the next is read.

mod archive;
mod book;
mod delimited;
mod error;
mod header;
mod json;
mod row;
mod spread;
mod text;
mod workbook;

use std::ops::ControlFlow;

pub use book::{Book, Layout};
pub use error::{Error, Result};
pub use row::Row;

/// What a reader may hold in memory.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one row of text, or of one element of JSON.
    pub row: usize,
    /// Columns; what lies beyond is left out.
    pub columns: usize,
    /// Bytes a whole archive may unfold to.
    pub unfolded: u64,
    /// Bytes that one part of an archive which has to be held whole may unfold to: the texts of a workbook.
    pub held: u64,
}

impl Default for Limits {
    /// A row of 1 MiB, as many columns as Excel has, 2 GiB unfolded and 256 MiB held.
    fn default() -> Self {
        Self {
            row: 1 << 20,
            columns: 16_384,
            unfolded: 2 << 30,
            held: 256 << 20,
        }
    }
}

/// Who takes the rows.
pub trait Taker {
    /// Breaking ends the reading early, which is no error.
    fn row(&mut self, row: &Row) -> ControlFlow<()>;

    /// How much of the file is behind, now and then. Breaking ends the reading with [`Error::Stopped`].
    fn behind(&mut self, bytes: u64) -> ControlFlow<()> {
        let _ = bytes;
        ControlFlow::Continue(())
    }
}
