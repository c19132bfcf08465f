//! Writes the page's typed door to the path given, else to where it is committed.

use std::{env, path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
    let path = env::args_os().nth(1).map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../ui/src/host/bindings.ts"
            ))
        },
        PathBuf::from,
    );
    match muster::bindings::write(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "The bindings could not be written to {}: {error}",
                path.display()
            );
            ExitCode::FAILURE
        }
    }
}
