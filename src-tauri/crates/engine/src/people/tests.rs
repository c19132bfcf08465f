//! What a view shows, against models that are too simple to be wrong.

mod chosen;
mod files;
mod filters;
mod grammar;
mod hits;
mod named;
mod order;
mod reading;
mod renewal;
mod sample;
mod search;
