//! A file on its way through: opened, hashed, its columns understood, and read to the last row. It can be cancelled, and
//! says how far it is.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use sheets::{Book, Limits};
use tokio_util::sync::CancellationToken;

use super::{
    Import, ImportProgress, MappedColumn, Mapping, Meaning, SourceKind,
    guess::{self, Guess, Look},
    imports::Pending,
    read::{Intake, Outcome, Used},
    recognise::plain,
    say,
    when::How,
    who::Aliases,
};
use crate::{
    changes::draft::DateOrder,
    engine::{Engine, Workspace, lock},
    error::{Code, Error, Result},
    ids::{ConnectionId, ImportId},
    ports::News,
    text::hex,
};

/// Between two words about how far it is.
const PAUSE: Duration = Duration::from_millis(100);

/// A file on its way through.
pub(super) struct Reading {
    workspace: Arc<Workspace>,
    path: PathBuf,
    file_name: String,
    cancel: CancellationToken,
    today: Date,
    told: Option<Instant>,
    /// Size and time of writing when the reading began.
    stamp: Option<Stamp>,
}

type Stamp = (u64, Option<std::time::SystemTime>);

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

impl Engine {
    /// Reads for a connection, one file at a time, and holds what was read.
    pub(super) fn reading(
        &self,
        connection: ConnectionId,
        path: &Path,
        work: impl FnOnce(&Self, &mut Reading) -> Result<Pending>,
    ) -> Result<Import> {
        let workspace = self.workspace(connection)?;
        let cancel = CancellationToken::new();
        let mut imports = lock(&self.imports);
        if imports.reading.contains_key(&connection) {
            return Err(Error::new(
                Code::Busy,
                "Another file is being read for this connection. Wait for it, or cancel it.",
            ));
        }
        imports.reading.insert(connection, cancel.clone());
        drop(imports);
        let mut reading = Reading {
            workspace,
            path: path.to_owned(),
            file_name: path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            cancel,
            today: self.ports.clock.today(),
            told: None,
            stamp: stamp(path),
        };
        let outcome = work(self, &mut reading);
        let mut imports = lock(&self.imports);
        imports.reading.remove(&connection);
        let pending = outcome?;
        // What is kept as the file's hash must be that of the rows that were read.
        if stamp(path) != reading.stamp {
            return Err(Error::precondition(format!(
                "{}: The file changed while it was read. Choose it again.",
                reading.file_name
            )));
        }
        let import = pending.import.clone();
        imports.pending.insert(import.id, Arc::new(pending));
        Ok(import)
    }

    pub(super) fn first_reading(&self, reading: &mut Reading) -> Result<Pending> {
        let hash = self.hash(reading)?;
        let mut book = self.open_book(reading)?;
        let layout = book.layout(None).map_err(|error| reading.failed(error))?;
        let mut look = Look::new(
            &reading.workspace.directory,
            layout.heading,
            layout.columns.len(),
            self.how(reading.today, None, ""),
        );
        book.read(None, &mut look)
            .map_err(|error| reading.failed(error))?;
        let memory = self.remembered(reading.workspace.connection, &layout.columns)?;
        let guess = guess::guess(&layout.columns, &look.content, memory.as_ref());
        let mut imports = lock(&self.imports);
        imports.next += 1;
        let id = ImportId(imports.next);
        drop(imports);
        let name = guess.name.clone().unwrap_or_else(|| match guess.kind {
            SourceKind::Other => say::stem(&reading.file_name),
            kind => kind.label().to_owned(),
        });
        self.whole(
            reading,
            &mut book,
            layout.heading,
            hash,
            id,
            name,
            None,
            guess,
        )
    }

    pub(super) fn mapped_reading(
        &self,
        reading: &mut Reading,
        pending: &Pending,
        mapping: &Mapping,
    ) -> Result<Pending> {
        let hash = self.hash(reading)?;
        let mut book = self.open_book(reading)?;
        let sheet = mapping.sheet.as_deref();
        let layout = book.layout(sheet).map_err(|error| reading.failed(error))?;
        let mut columns = if pending.import.sheet == mapping.sheet
            && pending.import.columns.len() == layout.columns.len()
        {
            pending.import.columns.clone()
        } else {
            let mut look = Look::new(
                &reading.workspace.directory,
                layout.heading,
                layout.columns.len(),
                self.how(reading.today, None, ""),
            );
            book.read(sheet, &mut look)
                .map_err(|error| reading.failed(error))?;
            guess::guess(&layout.columns, &look.content, None).columns
        };
        let wanted: HashMap<u32, &MappedColumn> = mapping
            .columns
            .iter()
            .map(|column| (column.index, column))
            .collect();
        for column in &mut columns {
            let (meaning, order) = wanted
                .get(&column.index)
                .map_or((Meaning::Ignored, None), |wanted| {
                    (wanted.meaning, wanted.date_order)
                });
            if column.meaning != meaning {
                column.meaning = meaning;
                column.why = "As you said.".to_owned();
            }
            column.confidence = 100;
            column.date_order = order;
            column.asks_date_order = false;
        }
        let name = match mapping.name.trim() {
            "" => pending.import.name.clone(),
            name => name.to_owned(),
        };
        let guess = Guess {
            kind: mapping.kind,
            recognised: pending.import.recognised,
            name: None,
            columns,
        };
        let sheet = mapping.sheet.clone();
        self.whole(
            reading,
            &mut book,
            layout.heading,
            hash,
            pending.import.id,
            name,
            sheet,
            guess,
        )
    }

    /// Every row of the file, and what the admin is to know of it.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one reading, put together in two places"
    )]
    fn whole(
        &self,
        reading: &mut Reading,
        book: &mut Book,
        heading: u64,
        hash: String,
        id: ImportId,
        name: String,
        sheet: Option<String>,
        guess: Guess,
    ) -> Result<Pending> {
        let connection = reading.workspace.connection;
        let Guess {
            kind,
            recognised,
            mut columns,
            ..
        } = guess;
        let aliases = self.store.read(|reader| reader.aliases(connection.0))?;
        let aliases = Aliases::new(aliases);
        let segments = kind == SourceKind::SurveyParticipation;
        let mut outcome = Outcome::default();
        let total = book.bytes();
        // A second time where the dates themselves tell which number is the day.
        for _ in 0..2 {
            let used: Vec<Used> = columns
                .iter()
                .filter(|column| column.meaning != Meaning::Ignored)
                .map(|column| Used {
                    place: column.index as usize,
                    name: column.name.clone(),
                    meaning: column.meaning,
                    how: self.how(reading.today, column.date_order, &column.name),
                })
                .collect();
            let workspace = Arc::clone(&reading.workspace);
            let mut intake = Intake {
                directory: &workspace.directory,
                aliases: &aliases,
                heading,
                today: reading.today,
                used: &used,
                segments,
                outcome: Outcome::default(),
                go_on: &mut |rows, bytes| self.tell_progress(reading, rows, bytes, total),
            };
            let read = book.read(sheet.as_deref(), &mut intake);
            outcome = intake.outcome;
            read.map_err(|error| reading.failed(error))?;
            let mut again = false;
            for column in &mut columns {
                let dates = outcome
                    .dates
                    .get(&(column.index as usize))
                    .copied()
                    .unwrap_or_default();
                if dates.ambiguous == 0 || column.date_order.is_some() {
                    continue;
                }
                column.date_order = match (dates.day_first, dates.month_first) {
                    (1.., 0) => Some(DateOrder::DayFirst),
                    (0, 1..) => Some(DateOrder::MonthFirst),
                    _ => None,
                };
                again |= column.date_order.is_some();
                column.asks_date_order = column.date_order.is_none();
            }
            if !again {
                break;
            }
        }
        let mut import = Import {
            id,
            connection,
            file_name: reading.file_name.clone(),
            bytes: book.bytes() as f64,
            kind,
            recognised,
            name,
            sheet: sheet.or_else(|| book.sheets().first().cloned()),
            sheets: book.sheets().to_vec(),
            counts: outcome.counts,
            people: outcome.people.len() as u32,
            seen: outcome
                .people
                .values()
                .filter(|said| said.seen.is_some())
                .count() as u32,
            oldest: outcome.oldest.map(|day| day.to_string()),
            newest: outcome.newest.map(|day| day.to_string()),
            as_of: say::as_of(&reading.path, &reading.file_name, reading.today, &outcome)
                .to_string(),
            proves: kind.proves().to_owned(),
            proves_not: kind.proves_not().to_owned(),
            warnings: Vec::new(),
            replaces: None,
            question: say::question(kind, &columns),
            columns,
        };
        import.warnings = say::warnings(&import, &outcome, book.notes());
        self.guard(&mut import, &outcome, &hash)?;
        Ok(Pending {
            path: reading.path.clone(),
            hash,
            import,
            outcome,
        })
    }

    fn how(&self, today: Date, order: Option<DateOrder>, name: &str) -> How {
        let plain = plain(name);
        How {
            order,
            today,
            zone: self.ports.clock.zone(),
            utc: plain.ends_with("utc") || plain.ends_with("gmt"),
        }
    }

    fn open_book(&self, reading: &mut Reading) -> Result<Book> {
        let cancel = reading.cancel.clone();
        Book::open(&reading.path, Limits::default(), &mut || {
            !cancel.is_cancelled()
        })
        .map_err(|error| reading.failed(error))
    }

    fn hash(&self, reading: &mut Reading) -> Result<String> {
        let work = || -> sheets::Result<String> {
            let mut file = File::open(&reading.path)?;
            let mut digest = Sha256::new();
            let mut buffer = vec![0; 256 << 10];
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    break;
                }
                if reading.cancel.is_cancelled() {
                    return Err(sheets::Error::Stopped);
                }
                digest.update(&buffer[..read]);
            }
            Ok(hex(&digest.finalize()))
        };
        let hash = work();
        hash.map_err(|error| reading.failed(error))
    }

    fn tell_progress(&self, reading: &mut Reading, rows: u32, bytes: u64, total: u64) -> bool {
        if reading.told.is_none_or(|told| told.elapsed() >= PAUSE) {
            reading.told = Some(Instant::now());
            self.tell(News::ImportProgress(ImportProgress {
                connection: reading.workspace.connection,
                file_name: reading.file_name.clone(),
                rows,
                bytes: bytes as f64,
                total_bytes: total as f64,
            }));
        }
        !reading.cancel.is_cancelled()
    }
}

impl Reading {
    fn failed(&self, error: sheets::Error) -> Error {
        let code = match &error {
            sheets::Error::Stopped => Code::Cancelled,
            sheets::Error::Io(_) => Code::Failed,
            _ => Code::Precondition,
        };
        Error::new(code, format!("{}: {error}", self.file_name))
    }
}
