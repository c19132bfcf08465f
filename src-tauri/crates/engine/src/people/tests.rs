//! What a view shows, against models that are too simple to be wrong.

mod files;
mod filters;
mod grammar;
mod order;
mod reading;
mod renewal;
mod sample;
mod search;
