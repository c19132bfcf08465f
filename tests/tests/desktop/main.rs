//! Muster as a person meets it: the real executable in a real window, with a real keyring.
#![cfg(target_os = "linux")]

mod accessible;
mod changes;
mod files;
mod first_day;
mod keyboard;
mod long_run;
mod paste;
mod reclaim;
