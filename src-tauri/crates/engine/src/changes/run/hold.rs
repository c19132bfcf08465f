//! One run or sync per connection at a time, across processes, by a file lock that a crash releases.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use crate::{
    error::{Code, Error, Result},
    ids::ConnectionId,
};

/// Held while a run is carried out or a sync reads: a page read before a write and kept after it would put
/// the old values back. Letting go of it, or the end of the
/// process, releases it.
#[derive(Debug)]
pub(crate) struct Hold {
    _file: File,
}

impl Hold {
    /// Takes the connection for this process.
    ///
    /// # Errors
    /// [`Code::Busy`], saying who has it.
    pub(crate) fn take(data_file: &Path, connection: ConnectionId, who: &str) -> Result<Self> {
        let path = data_file.with_file_name(format!("run-{connection}.lock"));
        let unusable = |error: std::io::Error| {
            Error::new(
                Code::Failed,
                format!(
                    "Muster could not use {}: {error}. Check that the folder is yours and has room.",
                    path.display()
                ),
            )
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // On some systems a locked file can't be read either.
                let _ = file.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => "Another Muster".to_owned(),
                    known => format!("Muster of {known},"),
                };
                return Err(Error::new(
                    Code::Busy,
                    format!(
                        "{holder} is at work on this connection now. Wait for it to end, or stop it there."
                    ),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let said = format!("{who}, process {}\n", std::process::id());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(said.as_bytes()))
            .map_err(unusable)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_held_once_and_released_by_dropping() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("muster.db");
        let hold = Hold::take(&data, ConnectionId(1), "ana@laptop").expect("is free");
        let other = Hold::take(&data, ConnectionId(1), "bo@desk").expect_err("is held");
        assert_eq!(other.code, Code::Busy, "the second one waits");
        assert!(
            cfg!(windows) || other.message.contains("ana@laptop"),
            "and is told who has it: {}",
            other.message
        );
        Hold::take(&data, ConnectionId(2), "bo@desk").expect("another connection is free");
        drop(hold);
        Hold::take(&data, ConnectionId(1), "bo@desk").expect("letting go frees it");
    }
}
