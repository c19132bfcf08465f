//! Logs: to the terminal's error stream, for the window also to a file, always through the redactor.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    panic,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::EnvFilter;

use crate::redaction::Redacting;

/// Says what is logged, in tracing's own words: `MUSTER_LOG=engine=debug`.
const LEVEL: &str = "MUSTER_LOG";
const FILE: &str = "muster.log";
const FORMER_FILE: &str = "muster.old.log";
/// Bytes; a fuller one is put aside at the next start.
const FULL: u64 = 2 * 1024 * 1024;

/// For the command line: warnings only, so that its own words stand alone.
pub fn to_terminal() {
    start(None, "warn");
}

/// For the window: the file in the data folder as well, as nobody sees its terminal.
pub fn to_terminal_and_file(data: &Path) {
    let file = open(&data.join(FILE), &data.join(FORMER_FILE));
    if let Err(error) = &file {
        eprintln!("Muster writes no log file: {error}");
    }
    start(
        file.ok(),
        "warn,muster=info,engine=info,scim=info,store=info",
    );
}

fn open(path: &Path, former: &Path) -> io::Result<File> {
    if fs::metadata(path).is_ok_and(|file| file.len() > FULL) {
        fs::rename(path, former)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn start(file: Option<File>, level: &str) {
    let out = Out {
        file: file.map(|file| Arc::new(Mutex::new(file))),
    };
    let filter = EnvFilter::try_from_env(LEVEL).unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(move || Redacting(out.clone()))
        .init();
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let said = panic.payload_as_str().unwrap_or("without words");
        tracing::error!(place, said, "Muster stopped at an error of its own");
    }));
}

#[derive(Clone)]
struct Out {
    file: Option<Arc<Mutex<File>>>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &self.file {
            file.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write_all(bytes)?;
        }
        io::stderr().write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
