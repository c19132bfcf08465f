//! Draft → plan → run: the only way anything remote changes.

pub mod draft;
pub(crate) mod ground;
pub mod plan;
pub mod run;
pub(crate) mod words;
