//! Connect, sync, find: the engine in front of the sample company, with its faults and switches.

mod acme;
mod connecting;
mod finding;
mod first_rows;
mod syncing;
mod trouble;
mod vanishing;
