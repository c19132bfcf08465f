//! Draft → plan → run: the only way anything remote changes.

pub mod draft;
pub mod plan;
pub mod run;
