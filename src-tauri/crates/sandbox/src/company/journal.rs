//! Writes kept in a file of JSON lines, so that a sample company keeps its changes.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::attribute::AttributeChange;
use super::person::Person;

/// One line of the file. The first names the company it belongs to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Entry {
    Company(Header),
    Person(Box<Person>),
    Deleted(u64),
    Attribute(AttributeChange),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub people: u32,
    pub seed: u64,
    /// The day the company was set up; its dates are relative to it.
    pub anchor: i32,
}

pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Opens or creates the file; gives what it holds. A broken last line, as a crash leaves one, is cut off; a broken line
    /// elsewhere is an error, because what follows it cannot be trusted.
    pub fn open(path: &Path) -> io::Result<(Journal, Vec<Entry>)> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        let mut entries = Vec::new();
        let mut good = 0;
        let mut rest = content.as_slice();
        let mut number = 0;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, after) = (&rest[..end], &rest[end + 1..]);
            number += 1;
            match serde_json::from_slice(line) {
                Ok(entry) => entries.push(entry),
                Err(_) if after.is_empty() => break,
                Err(error) => {
                    let told = format!(
                        "line {number} of {} is not a change of the sample company ({error})",
                        path.display()
                    );
                    return Err(io::Error::new(io::ErrorKind::InvalidData, told));
                }
            }
            good += end + 1;
            rest = after;
        }
        file.set_len(good as u64)?;
        file.seek(SeekFrom::End(0))?;
        Ok((
            Journal {
                file,
                path: path.to_owned(),
            },
            entries,
        ))
    }

    pub fn append(&mut self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }

    /// Forgets everything.
    pub fn clear(&mut self, header: Header) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.append(&Entry::Company(header))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}
