//! The client against services with habits.
#![allow(clippy::unwrap_used)]

mod cursors;
mod dialect;
mod endpoints;
mod errors;
mod habits;
mod listing;
mod parsing;
mod resources;
mod retrying;
mod service;
mod wire;
