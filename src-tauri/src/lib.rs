//! Muster's two hosts, the window and the command line, over the same engine. Everything that names Tauri
//! or the keychain is here; nothing that decides what happens to people is.

pub mod bindings;
mod cli;
mod commands;
mod data;
mod desktop;
mod dialogs;
mod dropped;
mod events;
mod host;
mod keychain;
mod logging;
mod preferences;
mod redaction;
mod sample;

use std::process::ExitCode;

/// With arguments the command line, without them the window.
pub fn main() -> ExitCode {
    match cli::parse() {
        Some(arguments) => cli::run(arguments),
        None => desktop::open(),
    }
}
