use std::path::PathBuf;

/// What can go wrong with the data at rest. Each says what was tried and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was written by a later Muster.
    #[error(
        "{path} was written by a newer Muster (its format is {found}, this one reads up to {known}). Install the newer version; nothing was changed"
    )]
    Newer {
        path: PathBuf,
        found: u32,
        known: u32,
    },
    /// The file or its folder can't be used.
    #[error(
        "Muster could not use {path}: {source}. Check that the folder exists, is yours and has room"
    )]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// No room left on the disk; nothing of the transaction was kept.
    #[error("The disk is full, so nothing of this step was saved. Free some room and go on")]
    DiskFull,
    /// The system refused to write: no room left to this person or this file, a disk that is in trouble or gone.
    #[error(
        "The disk did not take what was to be written ({0}), so nothing of this step was saved. Check that it has room and is in order, then go on"
    )]
    Disk(rusqlite::Error),
    /// Another process held the file for longer than the busy time-out (10 s).
    #[error(
        "Another Muster is busy with the same data. Wait for it to finish, or close it, and try again"
    )]
    Busy,
    /// The writer thread has ended, because the store is closing.
    #[error("Muster is closing its data, so this was not saved")]
    Closed,
    /// A stored value is not what this version writes.
    #[error("The stored {what} could not be read: {detail}")]
    Damaged { what: &'static str, detail: String },
    /// Anything else SQLite says.
    #[error("The local database answered: {0}")]
    Sqlite(rusqlite::Error),
}

/// Shorthand for what this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy
            }
            Some(rusqlite::ErrorCode::SystemIoFailure) => Self::Disk(error),
            _ => Self::Sqlite(error),
        }
    }
}

impl Error {
    /// For a stored JSON text that does not parse.
    pub fn damaged(what: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::Damaged {
            what,
            detail: detail.to_string(),
        }
    }
}
