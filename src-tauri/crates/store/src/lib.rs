//! Muster's data at rest: one SQLite file with the mirror, drafts, plans, runs and history.
//!
//! One writer thread owns the only connection that can write; readers come from a small pool and
//! are opened read-only, so a [`Reader`] cannot write by type and by file mode. A write closure is one
//! transaction: what must agree (run item, mirror row, history event) is written in one closure.

mod attributes;
mod connections;
mod database;
mod error;
mod migrations;
mod mirror;
mod quota;
mod views;

pub use attributes::StoredAttribute;
pub use connections::{NewConnection, StoredConnection};
pub use database::{Reader, Store, Writer};
pub use error::{Error, Result};
pub use mirror::{
    Cells, Digest, Known, PersonRecord, StoredCell, StoredPerson, StoredRow, encode_cells,
};
pub use views::StoredView;
