//! Muster as a person meets it: the real executable in a real window, with a real keyring.
#![cfg(target_os = "linux")]

mod accessible;
mod asking;
mod changes;
mod files;
mod first_day;
mod history;
mod keyboard;
mod long_run;
mod palette;
mod paste;
mod reclaim;
mod starts;
mod table;
mod views;
