//! Muster's use cases. Knows nothing of windows, keychains or terminals; see ARCHITECTURE.md.
//!
//! The way in: a host makes an [`Engine`] with its [`ports::Ports`] and calls one function per use case.
//! The data's way: `scim` → sync → `store` (the mirror) → directory (columns and text in memory) →
//! views → windows. Back: edits → draft → plan → run → `scim`, and each answer into the mirror and
//! the history in one transaction.

pub mod attribute;
pub mod changes;
pub mod connection;
pub mod dormancy;
pub mod engine;
pub mod error;
pub mod evidence;
mod files;
mod grammar;
pub mod history;
pub mod ids;
mod page;
pub mod people;
pub mod ports;
pub mod protected;
pub(crate) mod seats;
pub mod sync;
pub mod text;
pub(crate) mod values;

pub use engine::Engine;
pub use error::{Code, Error, Result};
