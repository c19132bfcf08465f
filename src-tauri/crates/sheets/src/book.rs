use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use crate::{
    Error, Limits, Result, Row, Taker, archive, delimited, header,
    json::{self, Names},
    text::{self, Coding, Decoded, Text},
    workbook::Workbook,
};

/// A file that can be read as rows, once or often.
pub struct Book {
    path: PathBuf,
    bytes: u64,
    limits: Limits,
    form: Form,
    sheets: Vec<String>,
    notes: Vec<String>,
}

enum Form {
    Delimited {
        text: Text,
        delimiter: u8,
        skip: u64,
    },
    Json {
        text: Text,
        lines: bool,
        names: Names,
    },
    Workbook(Workbook),
}

/// What the columns of a sheet are called, and where its data begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub columns: Vec<String>,
    /// The number of the row that names them; the data are the rows after it. 0 when no row does.
    pub heading: u64,
}

impl Book {
    /// Looks at a file without keeping it; an archive is measured, and records of JSON are gone through for their names.
    /// `go_on` is told how much of the file is behind, now and then, and ends it with [`Error::Stopped`].
    ///
    /// # Errors
    /// When it is empty, no table, protected, too large or damaged; each says so in a sentence.
    pub fn open(path: &Path, limits: Limits, go_on: &mut dyn FnMut(u64) -> bool) -> Result<Self> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut magic = Vec::new();
        file.by_ref().take(8).read_to_end(&mut magic)?;
        let mut book = Self {
            path: path.to_owned(),
            bytes,
            limits,
            form: Form::Delimited {
                text: Text {
                    coding: Coding::Bytes(encoding_rs::WINDOWS_1252),
                    skip: 0,
                },
                delimiter: b',',
                skip: 0,
            },
            sheets: Vec::new(),
            notes: Vec::new(),
        };
        if magic.starts_with(b"PK\x03\x04") || magic.starts_with(b"PK\x05\x06") {
            file.seek(SeekFrom::Start(0))?;
            let measured = archive::measure(file, limits, go_on)?;
            let workbook = Workbook::open(path, measured)?;
            book.sheets = workbook.sheets();
            if book.sheets.is_empty() {
                return Err(Error::Empty);
            }
            book.form = Form::Workbook(workbook);
            return Ok(book);
        }
        if magic.starts_with(b"\xd0\xcf\x11\xe0") {
            return Err(Error::NoTable(
                "This is a workbook of Excel 97, or one protected with a password. Save it as XLSX without a password and take that."
                    .to_owned(),
            ));
        }
        let text = text::sniff(&mut file)?;
        let mut sample = Vec::new();
        book.stream(text)?
            .take(text::SAMPLE as u64)
            .read_to_end(&mut sample)?;
        if sample.trim_ascii().is_empty() {
            return Err(Error::Empty);
        }
        let start = sample.trim_ascii_start();
        book.form = match start[0] {
            first @ (b'{' | b'[') if is_json(first, start) => {
                let lines = first == b'{' && first_line_is_whole(start);
                let mut names = Names::new(limits.columns);
                let mut behind = 0;
                book.records(
                    text,
                    lines,
                    &mut |_, record| {
                        if let Ok(record @ serde_json::Value::Object(_)) = &record {
                            json::learn(&mut names, record);
                        }
                        ControlFlow::Continue(())
                    },
                    &mut |bytes| {
                        behind += bytes;
                        if go_on(behind) {
                            ControlFlow::Continue(())
                        } else {
                            ControlFlow::Break(())
                        }
                    },
                )?;
                Form::Json { text, lines, names }
            }
            _ => {
                let (delimiter, skip) = delimited::delimiter(&sample);
                Form::Delimited {
                    text,
                    delimiter,
                    skip: skip as u64,
                }
            }
        };
        Ok(book)
    }

    /// Of the file as it lies on the disk.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// In the workbook's order; none for a text.
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// What the last reading had to mend, as sentences.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What the columns of a sheet are called: the first one's, when none is named.
    ///
    /// `go_on` is told as by [`Book::open`].
    ///
    /// # Errors
    /// When the file can't be read, or has no such sheet.
    pub fn layout(
        &mut self,
        sheet: Option<&str>,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Layout> {
        if let Form::Json { names, .. } = &self.form
            && !names.list.is_empty()
        {
            return Ok(Layout {
                columns: names.list.clone(),
                heading: 0,
            });
        }
        let mut first = First {
            rows: Vec::new(),
            go_on,
        };
        self.read(sheet, &mut first)?;
        let rows = first.rows;
        if rows
            .iter()
            .all(|row| row.trouble.is_none() && row.is_blank())
        {
            return Err(Error::Empty);
        }
        let heading = header::find(&rows);
        let width = rows.iter().map(Row::width).max().unwrap_or(0);
        Ok(Layout {
            columns: header::names(heading.map(|place| &rows[place]), width),
            heading: heading.map_or(0, |place| rows[place].number),
        })
    }

    /// Hands on every row, the heading and what is above it included.
    ///
    /// # Errors
    /// When the file can't be read, has no such sheet, or the taker stops it.
    pub fn read(&mut self, sheet: Option<&str>, taker: &mut dyn Taker) -> Result<()> {
        self.notes.clear();
        let limits = self.limits;
        if let Form::Workbook(workbook) = &mut self.form {
            let name = match sheet {
                Some(name) if self.sheets.iter().any(|known| known == name) => name,
                Some(name) => return Err(Error::NoSheet(name.to_owned())),
                None => &self.sheets[0],
            };
            return workbook.read(name, self.bytes, limits, taker);
        }
        match &self.form {
            Form::Delimited {
                text,
                delimiter,
                skip,
            } => {
                let (text, delimiter) = (*text, *delimiter);
                let other = match text.coding {
                    Coding::Bytes(other) => other,
                    Coding::Whole(_) => encoding_rs::UTF_8,
                };
                let mut stream = self.stream(text)?;
                std::io::copy(&mut stream.by_ref().take(*skip), &mut std::io::sink())?;
                let mended = delimited::read(stream, delimiter, other, limits, taker)?;
                self.note(mended, other.name());
                Ok(())
            }
            Form::Json { text, lines, names } => {
                let taker = std::cell::RefCell::new(taker);
                let mut rows = json::Rows {
                    names,
                    row: Row::default(),
                };
                let mut behind = 0;
                self.records(
                    *text,
                    *lines,
                    &mut |number, record| rows.take(number, record, &mut **taker.borrow_mut()),
                    &mut |bytes| {
                        behind += bytes;
                        taker.borrow_mut().behind(behind)
                    },
                )
            }
            Form::Workbook(_) => unreachable!("BUG: read above"),
        }
    }

    fn note(&mut self, mended: delimited::Mended, encoding: &str) {
        if mended.zeros > 0 {
            self.notes.push(format!(
                "NUL characters were left out of {}.",
                rows(mended.zeros)
            ));
        }
        if mended.other > 0 && mended.utf8 > 0 {
            self.notes.push(format!(
                "The file mixes encodings: {} not in UTF-8 like the rest, read as {encoding}. Check names with accents.",
                rows(mended.other)
            ));
        }
    }

    /// The text as UTF-8, or as bytes in which ASCII means ASCII.
    fn stream(&self, text: Text) -> Result<Box<dyn Read>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(text.skip))?;
        Ok(match text.coding {
            Coding::Bytes(_) => Box::new(file),
            Coding::Whole(encoding) => Box::new(Decoded::new(file, encoding)),
        })
    }

    fn records(
        &self,
        text: Text,
        lines: bool,
        each: &mut dyn FnMut(u64, Result<serde_json::Value, String>) -> ControlFlow<()>,
        behind: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<()> {
        let stream = self.stream(text)?;
        if lines {
            json::lines(stream, self.limits, each, behind)
        } else {
            json::array(stream, self.limits, each, behind)
        }
    }
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        _ => format!("{count} rows"),
    }
}

/// A bracket alone makes no JSON: a CSV may begin with one.
fn is_json(first: u8, start: &[u8]) -> bool {
    let next = start[1..].iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(
        (first, next),
        (b'{', Some(b'"' | b'}')) | (b'[', Some(b'{' | b'[' | b']'))
    )
}

fn first_line_is_whole(start: &[u8]) -> bool {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
    // A first line that is longer than the sample is a line of its own kind: one document.
    line.len() < start.len() && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
        || line.len() == start.len()
            && start.len() < text::SAMPLE
            && serde_json::from_slice::<serde_json::Value>(line).is_ok_and(|value| {
                !value
                    .as_object()
                    .is_some_and(|members| members.values().any(serde_json::Value::is_array))
            })
}

/// The first rows of a sheet.
struct First<'a> {
    rows: Vec<Row>,
    go_on: &'a mut dyn FnMut(u64) -> bool,
}

impl Taker for First<'_> {
    fn row(&mut self, row: &Row) -> ControlFlow<()> {
        if self.rows.is_empty() && row.is_blank() {
            return ControlFlow::Continue(());
        }
        self.rows.push(row.clone());
        if self.rows.len() == header::ROWS {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn behind(&mut self, bytes: u64) -> ControlFlow<()> {
        if (self.go_on)(bytes) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}
