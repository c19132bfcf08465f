use std::{
    cell::RefCell,
    fmt,
    path::{Path, PathBuf},
};

thread_local! {
    /// Where this thread's database is: SQLite does not say which file it could not write.
    static FOLDER: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// From here on this thread works on the database in this file.
pub(crate) fn at_work_on(file: &Path) {
    let folder = file.parent().map(Path::to_owned);
    FOLDER.with_borrow_mut(|known| *known = folder);
}

/// The folder of the data, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(Option<PathBuf>);

impl Folder {
    fn of_this_thread() -> Self {
        Self(FOLDER.with_borrow(Clone::clone))
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(folder) => write!(f, "{}", folder.display()),
            None => f.write_str("the folder of the data"),
        }
    }
}

/// What can go wrong with the data at rest. Each says what was tried and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was written by a later Muster.
    #[error(
        "{path} was written by a newer Muster (its format is {found}, this one reads up to {known}). Install the newer version; nothing was changed."
    )]
    Newer {
        path: PathBuf,
        found: u32,
        known: u32,
    },
    /// The file or its folder can't be used.
    #[error(
        "Muster could not use {path}: {source}. Check that the folder exists, is yours and has room."
    )]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    /// No room left on the disk; nothing of the transaction was kept.
    #[error(
        "The disk that holds {0} is full, so nothing of this step was saved. Free some room there and go on."
    )]
    DiskFull(Folder),
    /// The system refused to write: no room left to this person or this file, a disk that is in trouble or gone.
    #[error(
        "The disk that holds {0} did not take what was to be written ({1}), so nothing of this step was saved. Check that it has room and is in order, then go on."
    )]
    Disk(Folder, rusqlite::Error),
    /// Another process held the file for longer than the busy time-out (10 s).
    #[error(
        "Another Muster is busy with the same data. Wait for it to finish, or close it, and try again."
    )]
    Busy,
    /// The writer thread has ended, because the store is closing.
    #[error(
        "Muster is closing its data, so this was not saved. Start it again and do this once more."
    )]
    Closed,
    /// A stored value is not what this version writes.
    #[error(
        "The stored {what} could not be read: {detail}. Something else may have changed Muster's data: verify the history, or put back a copy of the folder."
    )]
    Damaged { what: String, detail: String },
    /// Anything else SQLite says.
    #[error(
        "The local database answered: {0}. Try again; if it stays, put back a copy of the folder of Muster's data."
    )]
    Sqlite(rusqlite::Error),
}

/// Shorthand for what this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let error = match error {
            rusqlite::Error::FromSqlConversionFailure(column, kind, source) => {
                match source.downcast::<Self>() {
                    Ok(damaged) => return *damaged,
                    Err(source) => rusqlite::Error::FromSqlConversionFailure(column, kind, source),
                }
            }
            error => error,
        };
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull(Folder::of_this_thread()),
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy
            }
            Some(rusqlite::ErrorCode::SystemIoFailure) => {
                Self::Disk(Folder::of_this_thread(), error)
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl Error {
    /// For a stored text that does not parse. `what` says which: "plan", "colour of the connection Acme".
    pub fn damaged(what: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self::Damaged {
            what: what.into(),
            detail: detail.to_string(),
        }
    }
}
