//! A file on its way through: opened, hashed, its columns understood, and read to the last row. It can be cancelled, and
//! says how far it is.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use sheets::{Book, Layout, Limits};
use tokio_util::sync::CancellationToken;

use super::{
    ColumnGuess, Import, ImportProgress, MappedColumn, Mapping, Meaning, SourceKind,
    guess::{self, Content, Guess, Look},
    imports::Pending,
    read::{Intake, LISTED, Outcome, Said, Spoilt, Used},
    recognise::{self, plain},
    say,
    when::How,
    who::{Aliases, folded},
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

/// A file being read for a connection, until this is dropped, however the reading ends.
struct UnderWay<'a>(&'a Engine, ConnectionId);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        lock(&self.0.imports).reading.remove(&self.1);
    }
}

type Stamp = (u64, Option<std::time::SystemTime>);

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

/// How a file is to be read.
struct Way {
    id: ImportId,
    name: String,
    kind: SourceKind,
    recognised: bool,
    sheet: Option<String>,
    /// The number of the row that names the columns.
    heading: u64,
    columns: Vec<ColumnGuess>,
}

impl Engine {
    /// Reads for a connection, one file at a time, and holds what was read.
    pub(super) fn reading(
        &self,
        connection: ConnectionId,
        path: &Path,
        work: impl FnOnce(&Self, &mut Reading) -> Result<Pending>,
    ) -> Result<Import> {
        let pending = self.alone(connection, path, work)?;
        // It may have been forgotten while its file was read.
        self.stored_connection(connection)?;
        let import = pending.import.clone();
        lock(&self.imports)
            .pending
            .insert(import.id, Arc::new(pending));
        Ok(import)
    }

    /// Goes through a file while no other one is read for the connection.
    fn alone<T>(
        &self,
        connection: ConnectionId,
        path: &Path,
        work: impl FnOnce(&Self, &mut Reading) -> Result<T>,
    ) -> Result<T> {
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
        let outcome = {
            let _under_way = UnderWay(self, connection);
            work(self, &mut reading)
        };
        let outcome = outcome?;
        // What is kept as the file's hash must be that of the rows that were read.
        if stamp(path) != reading.stamp {
            return Err(reading.changed());
        }
        Ok(outcome)
    }

    pub(super) fn first_reading(&self, reading: &mut Reading) -> Result<Pending> {
        let connection = reading.workspace.connection;
        let hash = self.hash(reading)?;
        let mut book = self.open_book(reading)?;
        let layout = self.layout(reading, &mut book, None)?;
        let content = self.look(reading, &mut book, &layout, None)?;
        let held = self.held_names(connection, &hash);
        let memory = self.remembered(connection, &layout.columns, &reading.file_name, &held)?;
        let Guess {
            kind,
            recognised,
            name,
            columns,
        } = guess::guess(&layout.columns, &content, memory.as_ref());
        reading.refuse_answers(&columns)?;
        let name = name.unwrap_or_else(|| match kind {
            SourceKind::Other => say::stem(&reading.file_name),
            kind => kind.label().to_owned(),
        });
        let mut imports = lock(&self.imports);
        imports.next += 1;
        let id = ImportId(imports.next);
        drop(imports);
        let way = Way {
            id,
            name: self.own_name(connection, name, &held)?,
            kind,
            recognised,
            sheet: None,
            heading: layout.heading,
            columns,
        };
        self.whole(reading, &mut book, way, hash)
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
        let layout = self.layout(reading, &mut book, sheet)?;
        let mut columns = if pending.import.sheet == mapping.sheet
            && pending.import.columns.len() == layout.columns.len()
        {
            pending.import.columns.clone()
        } else {
            let content = self.look(reading, &mut book, &layout, sheet)?;
            guess::guess(&layout.columns, &content, None).columns
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
        reading.refuse_answers(&columns)?;
        let way = Way {
            id: pending.import.id,
            name: match mapping.name.trim() {
                "" => pending.import.name.clone(),
                name => name.to_owned(),
            },
            kind: mapping.kind,
            recognised: pending.import.recognised,
            sheet: mapping.sheet.clone(),
            heading: layout.heading,
            columns,
        };
        self.whole(reading, &mut book, way, hash)
    }

    /// Every row of the file, and what the admin is to know of it.
    fn whole(
        &self,
        reading: &mut Reading,
        book: &mut Book,
        mut way: Way,
        hash: String,
    ) -> Result<Pending> {
        let outcome = self.read_rows(reading, book, &mut way)?;
        let mut import = describe(reading, book, way, &outcome);
        self.guard(&mut import, &outcome, &hash)?;
        Ok(Pending {
            path: reading.path.clone(),
            hash,
            import,
            outcome,
        })
    }

    fn read_rows(&self, reading: &mut Reading, book: &mut Book, way: &mut Way) -> Result<Outcome> {
        loop {
            let (mut listed, mut unlisted) = (Vec::new(), 0);
            let mut list = |spoilt: Spoilt| {
                if listed.len() < LISTED {
                    listed.push(spoilt);
                } else {
                    unlisted += 1;
                }
            };
            let mut outcome = self.pass(reading, book, way, &mut list)?;
            (outcome.spoilt, outcome.unlisted) = (listed, unlisted);
            // A second time where the dates themselves tell which number is the day.
            if !settle_orders(&mut way.columns, &outcome) {
                return Ok(outcome);
            }
        }
    }

    /// Once through the file; `spoil` takes each row that counts for nobody.
    fn pass(
        &self,
        reading: &mut Reading,
        book: &mut Book,
        way: &Way,
        spoil: &mut dyn FnMut(Spoilt),
    ) -> Result<Outcome> {
        let workspace = Arc::clone(&reading.workspace);
        let aliases = self
            .store
            .read(|reader| reader.aliases(workspace.connection.0))?;
        let used: Vec<Used> = way
            .columns
            .iter()
            .filter(|column| column.meaning != Meaning::Ignored)
            .map(|column| Used {
                place: column.index as usize,
                name: column.name.clone(),
                meaning: column.meaning,
                how: self.how(reading.today, column.date_order, &column.name),
            })
            .collect();
        let mut intake = Intake {
            directory: &workspace.directory,
            aliases: &Aliases::new(aliases),
            heading: way.heading,
            today: reading.today,
            used: &used,
            segments: way.kind == SourceKind::SurveyParticipation,
            outcome: Outcome::default(),
            spoil,
            go_on: &mut |rows, bytes| self.tell_progress(reading, rows, bytes),
        };
        let read = book.read(way.sheet.as_deref(), &mut intake);
        let outcome = intake.outcome;
        read.map_err(|error| reading.failed(error))?;
        Ok(outcome)
    }

    /// Every row that counts for nobody, those included that were too many to be listed.
    pub(super) fn each_spoilt<E: From<Error>>(
        &self,
        pending: &Pending,
        each: &mut dyn FnMut(&Spoilt) -> Result<(), E>,
    ) -> Result<(), E> {
        if pending.outcome.is_listed() {
            return pending.outcome.spoilt.iter().try_for_each(each);
        }
        let import = &pending.import;
        let mut outcome = Ok(());
        let passed = self.alone(import.connection, &pending.path, |engine, reading| {
            if engine.hash(reading)? != pending.hash {
                return Err(reading.changed());
            }
            let mut book = engine.open_book(reading)?;
            let sheet = import.sheet.clone();
            let layout = engine.layout(reading, &mut book, sheet.as_deref())?;
            let way = Way {
                id: import.id,
                name: import.name.clone(),
                kind: import.kind,
                recognised: import.recognised,
                sheet,
                heading: layout.heading,
                columns: import.columns.clone(),
            };
            let cancel = reading.cancel.clone();
            engine.pass(reading, &mut book, &way, &mut |spoilt| {
                if outcome.is_ok() {
                    outcome = each(&spoilt);
                    if outcome.is_err() {
                        cancel.cancel();
                    }
                }
            })
        });
        outcome?;
        passed?;
        Ok(())
    }

    /// Names of files that are held and do not count yet, folded; but for this very file.
    fn held_names(&self, connection: ConnectionId, hash: &str) -> HashSet<String> {
        lock(&self.imports)
            .pending
            .values()
            .filter(|pending| pending.import.connection == connection && pending.hash != hash)
            .map(|pending| folded(&pending.import.name))
            .collect()
    }

    /// Two files of one export are two sources: what both would be called gets a number for the second.
    fn own_name(
        &self,
        connection: ConnectionId,
        name: String,
        held: &HashSet<String>,
    ) -> Result<String> {
        let mut free = name.clone();
        let mut number = 1;
        while held.contains(&folded(&free))
            || (number > 1 && self.same_name(connection, &free)?.is_some())
        {
            number += 1;
            free = format!("{name} {number}");
        }
        Ok(free)
    }

    fn layout(
        &self,
        reading: &mut Reading,
        book: &mut Book,
        sheet: Option<&str>,
    ) -> Result<Layout> {
        book.layout(sheet, &mut |bytes| self.tell_progress(reading, 0, bytes))
            .map_err(|error| reading.failed(error))
    }

    /// What is in the columns, by the first rows.
    fn look(
        &self,
        reading: &mut Reading,
        book: &mut Book,
        layout: &Layout,
        sheet: Option<&str>,
    ) -> Result<Vec<Content>> {
        let workspace = Arc::clone(&reading.workspace);
        let how = self.how(reading.today, None, "");
        let mut go_on = |bytes| self.tell_progress(reading, 0, bytes);
        let mut look = Look::new(
            &workspace.directory,
            layout.heading,
            layout.columns.len(),
            how,
            &mut go_on,
        );
        let read = book.read(sheet, &mut look);
        let content = look.content;
        read.map_err(|error| reading.failed(error))?;
        Ok(content)
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
        let path = reading.path.clone();
        Book::open(&path, Limits::default(), &mut |bytes| {
            self.tell_progress(reading, 0, bytes)
        })
        .map_err(|error| reading.failed(error))
    }

    fn hash(&self, reading: &mut Reading) -> Result<String> {
        let mut work = || -> sheets::Result<String> {
            let mut file = File::open(&reading.path)?;
            let mut digest = Sha256::new();
            let mut buffer = vec![0; 256 << 10];
            let mut behind = 0;
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    break;
                }
                behind += read as u64;
                if !self.tell_progress(reading, 0, behind) {
                    return Err(sheets::Error::Stopped);
                }
                digest.update(&buffer[..read]);
            }
            Ok(hex(&digest.finalize()))
        };
        let hash = work();
        hash.map_err(|error| reading.failed(error))
    }

    /// Says how far it is, now and then, and whether to go on.
    fn tell_progress(&self, reading: &mut Reading, rows: u32, bytes: u64) -> bool {
        if reading.told.is_none_or(|told| told.elapsed() >= PAUSE) {
            reading.told = Some(Instant::now());
            self.tell(News::ImportProgress(ImportProgress {
                connection: reading.workspace.connection,
                file_name: reading.file_name.clone(),
                rows,
                bytes: bytes as f64,
                total_bytes: reading.stamp.map_or(0, |(bytes, _)| bytes) as f64,
            }));
        }
        !reading.cancel.is_cancelled()
    }
}

/// Whether the dates of some column tell which number is the day, which nobody had said.
fn settle_orders(columns: &mut [ColumnGuess], outcome: &Outcome) -> bool {
    let mut settled = false;
    for column in columns {
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
        settled |= column.date_order.is_some();
        column.asks_date_order = column.date_order.is_none();
    }
    settled
}

fn describe(reading: &Reading, book: &Book, way: Way, outcome: &Outcome) -> Import {
    let seen = |said: &&Said| said.seen.is_some();
    let mut import = Import {
        id: way.id,
        connection: reading.workspace.connection,
        file_name: reading.file_name.clone(),
        bytes: book.bytes() as f64,
        kind: way.kind,
        recognised: way.recognised,
        name: way.name,
        sheet: way.sheet.or_else(|| book.sheets().first().cloned()),
        sheets: book.sheets().to_vec(),
        counts: outcome.counts,
        people: outcome.people.len() as u32,
        seen: outcome.people.values().filter(seen).count() as u32,
        oldest: outcome.oldest.map(|day| day.to_string()),
        newest: outcome.newest.map(|day| day.to_string()),
        as_of: say::as_of(&reading.path, &reading.file_name, reading.today, outcome).to_string(),
        proves: way.kind.proves().to_owned(),
        proves_not: way.kind.proves_not().to_owned(),
        warnings: Vec::new(),
        replaces: None,
        guarded: false,
        question: say::question(way.kind, &way.columns),
        asks_name: false,
        doubts: say::doubt(way.kind, &way.columns),
        columns: way.columns,
    };
    import.warnings = say::warnings(&import, outcome, book.notes(), reading.today);
    import
}

impl Reading {
    fn changed(&self) -> Error {
        Error::precondition(format!(
            "{}: The file changed while it was read. Choose it again.",
            self.file_name
        ))
    }

    /// Answers to surveys are confidential: a file that says who gave them is not read.
    fn refuse_answers(&self, columns: &[ColumnGuess]) -> Result<()> {
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let Some(answer) = recognise::answers(&names) else {
            return Ok(());
        };
        let person = columns.iter().find(|column| {
            column.meaning.names_people() || recognise::names_who_answered(&column.name)
        });
        person.map_or(Ok(()), |person| {
            Err(Error::precondition(format!(
                "{}: This file has answers to surveys (“{answer}”) with who gave them (“{}”). Answers are confidential, so Muster does not read them. Use sign-ins, or participation by team.",
                self.file_name, person.name
            )))
        })
    }

    fn failed(&self, error: sheets::Error) -> Error {
        let code = match &error {
            sheets::Error::Stopped => Code::Cancelled,
            sheets::Error::Io(_) => Code::Failed,
            _ => Code::Precondition,
        };
        Error::new(code, format!("{}: {error}", self.file_name))
    }
}
