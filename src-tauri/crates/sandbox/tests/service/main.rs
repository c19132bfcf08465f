//! The sample company over real HTTP: what a client of a service like Peakon can rely on, and every fault on demand.

mod addresses;
mod attributes;
mod client;
mod faults;
mod keeping;
mod leaving;
mod limits;
mod listing;
mod people;
mod strict;
mod writing;
