//! What a view shows, against models that are too simple to be wrong.

mod filters;
mod grammar;
mod order;
mod renewal;
mod sample;
mod search;
