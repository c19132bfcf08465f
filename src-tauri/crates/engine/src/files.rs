//! Files that Muster writes: there whole or not at all.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use rust_xlsxwriter::XlsxError;

use crate::error::{Code, Error};

/// Why a file could not be written.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Said already, such as more rows than a sheet has.
    Said(Error),
    /// By the disk or a library.
    Write(Box<dyn std::error::Error>),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Said(error)
    }
}

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        Self::Said(error.into())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<csv::Error> for Fault {
    fn from(error: csv::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<XlsxError> for Fault {
    fn from(error: XlsxError) -> Self {
        Self::Write(error.into())
    }
}

/// Writes a file under another name and gives it its own once it is whole: a full disk must not leave half a file
/// that looks like all of it. `what` begins the sentence of the error: "The plan".
pub(crate) fn whole<T>(
    path: &Path,
    what: &str,
    write: impl FnOnce(&Path) -> Result<T, Fault>,
) -> Result<T, Error> {
    // Beside the target, so that the last step is a rename on one disk.
    let unfinished = path.with_extension("unfinished");
    write(&unfinished)
        .and_then(|written| {
            std::fs::rename(&unfinished, path)?;
            Ok(written)
        })
        .map_err(|fault| {
            // What is left of it is of no use; that it can't be removed adds nothing to the error.
            let _ = std::fs::remove_file(&unfinished);
            match fault {
                Fault::Said(error) => error,
                Fault::Write(error) => Error::new(
                    Code::Failed,
                    format!(
                        "{what} could not be written to {}. Check that the folder exists and has room, and that the file is not open elsewhere.",
                        path.display()
                    ),
                )
                .with_detail(error),
            }
        })
}

/// A CSV file that Excel reads in its own alphabet, for which it needs a byte-order mark.
pub(crate) fn csv_for_excel(path: &Path) -> io::Result<csv::Writer<BufWriter<File>>> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all("\u{feff}".as_bytes())?;
    Ok(csv::Writer::from_writer(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_whole_leaves_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.json");
        std::fs::write(&path, "before").expect("a file");
        let error = whole(&path, "The plan", |unfinished| {
            std::fs::write(unfinished, "hal")?;
            Err::<(), _>(io::Error::other("the disk is full").into())
        })
        .expect_err("the disk is full");
        assert!(
            error.message.starts_with("The plan could not be written"),
            "{error}"
        );
        assert_eq!(
            std::fs::read_to_string(&path).expect("is there"),
            "before",
            "half a file never takes the place of a whole one"
        );
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            1,
            "and nothing is left lying about"
        );
    }
}
