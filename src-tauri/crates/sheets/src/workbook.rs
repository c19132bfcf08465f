//! XLSX, cell by cell, and ODS, through calamine. Formulas are their cached values; a merged cell says the same in every
//! row and column it covers; a date is written as ISO 8601 whatever the workbook's epoch.

use std::{
    fs::File,
    io::BufReader,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Ods, OdsError, Reader, Xlsx, XlsxError};

use crate::{
    Error, Limits, Result, Row, Taker,
    archive::{Inside, Measured},
    spread::Area,
};

pub(crate) enum Workbook {
    Xlsx {
        book: Box<Xlsx<BufReader<File>>>,
        merged: bool,
    },
    Ods {
        book: Box<Ods<BufReader<File>>>,
        areas: Vec<Area>,
    },
}

/// Rows between two words to the taker.
const TOLD: u64 = 512;
/// Bytes that the place of a cell keeps for the next row.
const ROOM: usize = 256;

/// Whatever a damaged file makes a parser do, the program goes on.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::Damaged("its parts contradict each other".to_owned())))
}

impl Workbook {
    pub(crate) fn open(path: &Path, measured: Measured) -> Result<Self> {
        let file = BufReader::new(File::open(path)?);
        let Measured {
            inside,
            merged,
            areas,
        } = measured;
        guarded(move || {
            Ok(match inside {
                Inside::Xlsx => Self::Xlsx {
                    book: Box::new(Xlsx::new(file).map_err(xlsx)?),
                    merged,
                },
                Inside::Ods => Self::Ods {
                    book: Box::new(Ods::new(file).map_err(ods)?),
                    areas,
                },
            })
        })
    }

    /// The sheets that have cells, in their order.
    pub(crate) fn sheets(&self) -> Vec<String> {
        let metadata = match self {
            Self::Xlsx { book, .. } => book.sheets_metadata(),
            Self::Ods { book, .. } => book.sheets_metadata(),
        };
        metadata
            .iter()
            .filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet)
            .map(|sheet| sheet.name.clone())
            .collect()
    }

    pub(crate) fn read(
        &mut self,
        sheet: &str,
        bytes: u64,
        limits: Limits,
        taker: &mut dyn Taker,
    ) -> Result<()> {
        match self {
            Self::Xlsx { book, merged } => {
                let merged = *merged;
                guarded(|| read_xlsx(book, sheet, merged, bytes, limits, taker))
            }
            Self::Ods { book, areas } => {
                guarded(|| read_ods(book, sheet, areas, bytes, limits, taker))
            }
        }
    }
}

fn xlsx(error: XlsxError) -> Error {
    match error {
        XlsxError::Password => Error::Protected,
        XlsxError::WorksheetNotFound(name) => Error::NoSheet(name),
        other => Error::Damaged(other.to_string()),
    }
}

fn ods(error: OdsError) -> Error {
    match error {
        OdsError::Password => Error::Protected,
        OdsError::WorksheetNotFound(name) => Error::NoSheet(name),
        other => Error::Damaged(other.to_string()),
    }
}

/// The cells of the row being read. Many cells may share one long text, so the row is let go as soon as it is longer than a
/// row may be, not once it is whole.
struct Line {
    texts: Vec<String>,
    /// Bytes of all texts.
    length: usize,
    long: bool,
    limits: Limits,
}

impl Line {
    fn new(limits: Limits) -> Self {
        Self {
            texts: Vec::new(),
            length: 0,
            long: false,
            limits,
        }
    }

    fn put(&mut self, column: usize, value: &DataRef<'_>) {
        if column >= self.limits.columns || !self.has_room(length(value)) {
            return;
        }
        if self.texts.len() <= column {
            self.texts.resize(column + 1, String::new());
        }
        let text = &mut self.texts[column];
        let before = text.len();
        write(value, text);
        self.length += text.len() - before;
    }

    fn has_room(&mut self, bytes: usize) -> bool {
        if !self.long && self.length.saturating_add(bytes) > self.limits.row {
            self.long = true;
            self.texts.clear();
        }
        !self.long
    }

    /// Writes what a merged cell says into the empty ones of its columns.
    fn lay(&mut self, area: &Dimensions, says: &str) {
        let last = (area.end.1 as usize).min(self.limits.columns.saturating_sub(1));
        for column in area.start.1 as usize..=last {
            if self.texts.get(column).is_none_or(String::is_empty) {
                self.put(column, &DataRef::SharedString(says));
            }
        }
    }

    fn hand_on(&mut self, number: u64, row: &mut Row, taker: &mut dyn Taker) -> ControlFlow<()> {
        row.clear(number);
        if self.long {
            row.spoil(format!(
                "The row is longer than {} MB.",
                self.limits.row >> 20
            ));
        } else {
            for text in &self.texts {
                row.push(text);
            }
        }
        for text in &mut self.texts {
            text.clear();
            text.shrink_to(ROOM);
        }
        (self.length, self.long) = (0, false);
        taker.row(row)
    }
}

/// Merged cells whose rows are not over yet: what they say, for the rows below.
struct Merged {
    /// By first row, the last first.
    waiting: Vec<Dimensions>,
    open: Vec<(Dimensions, String)>,
    /// Bytes of what the open ones say.
    length: u64,
    held: u64,
}

impl Merged {
    fn new(mut all: Vec<Dimensions>, held: u64) -> Self {
        all.sort_by_key(|area| std::cmp::Reverse(area.start));
        Self {
            waiting: all,
            open: Vec::new(),
            length: 0,
            held,
        }
    }

    /// Writes what the merged cells of this row say into their empty places.
    fn lay(&mut self, line: u32, cells: &mut Line) -> Result<()> {
        self.open.retain(|(area, says)| {
            let goes_on = area.end.0 >= line;
            if !goes_on {
                self.length -= says.len() as u64;
            }
            goes_on
        });
        while self.waiting.last().is_some_and(|area| area.start.0 <= line) {
            let area = self.waiting.pop().expect("BUG: the last was just seen");
            let says = match area.start.0 == line {
                true => cells
                    .texts
                    .get(area.start.1 as usize)
                    .cloned()
                    .unwrap_or_default(),
                false => String::new(),
            };
            if !says.is_empty() && area.end.0 >= line {
                self.length += says.len() as u64;
                if self.length > self.held {
                    return Err(Error::TooLarge(self.held >> 20));
                }
                self.open.push((area, says));
            }
        }
        for (area, says) in &self.open {
            cells.lay(area, says);
        }
        Ok(())
    }
}

fn read_xlsx(
    book: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    merged: bool,
    bytes: u64,
    limits: Limits,
    taker: &mut dyn Taker,
) -> Result<()> {
    let areas = if merged {
        book.merge_cells_by_sheet_name(sheet).map_err(xlsx)?
    } else {
        Vec::new()
    };
    let mut merged = Merged::new(areas, limits.held);
    let mut cells = book.worksheet_cells_reader(sheet).map_err(xlsx)?;
    let last = u64::from(cells.dimensions().end.0).max(1);
    let mut line: Option<u32> = None;
    let mut texts = Line::new(limits);
    let mut row = Row::default();
    let mut rows = 0_u64;
    loop {
        let cell = cells.next_cell().map_err(xlsx)?;
        let next = cell.as_ref().map(|cell| cell.get_position().0);
        if let Some(done) = line
            && next != Some(done)
        {
            merged.lay(done, &mut texts)?;
            if texts
                .hand_on(u64::from(done) + 1, &mut row, taker)
                .is_break()
            {
                return Ok(());
            }
            rows += 1;
            if rows.is_multiple_of(TOLD)
                && taker
                    .behind((bytes * u64::from(done) / last).min(bytes))
                    .is_break()
            {
                return Err(Error::Stopped);
            }
        }
        let Some(cell) = cell else { return Ok(()) };
        let (at, column) = cell.get_position();
        line = Some(at);
        texts.put(column as usize, cell.get_value());
    }
}

fn read_ods(
    book: &mut Ods<BufReader<File>>,
    sheet: &str,
    areas: &[Area],
    bytes: u64,
    limits: Limits,
    taker: &mut dyn Taker,
) -> Result<()> {
    let place = book
        .sheets_metadata()
        .iter()
        .position(|other| other.name == sheet);
    let mine = areas
        .iter()
        .filter(|area| Some(area.sheet) == place)
        .map(|area| Dimensions {
            start: area.start,
            end: area.end,
        })
        .collect();
    let range = book.worksheet_range(sheet).map_err(ods)?;
    let (first, left) = range.start().unwrap_or((0, 0));
    let height = range.height().max(1) as u64;
    let mut merged = Merged::new(mine, limits.held);
    let mut texts = Line::new(limits);
    let mut row = Row::default();
    for (line, cells) in (0_u32..).zip(range.rows()) {
        for (column, cell) in (left as usize..).zip(cells) {
            texts.put(column, &borrowed(cell));
        }
        merged.lay(first + line, &mut texts)?;
        if texts
            .hand_on(u64::from(first + line) + 1, &mut row, taker)
            .is_break()
        {
            return Ok(());
        }
        let done = u64::from(line);
        if done.is_multiple_of(TOLD) && taker.behind(bytes * done / height).is_break() {
            return Err(Error::Stopped);
        }
    }
    Ok(())
}

/// Bytes of a text; what is no text is short.
fn length(value: &DataRef<'_>) -> usize {
    match value {
        DataRef::SharedString(shared) => shared.len(),
        DataRef::String(own) | DataRef::DateTimeIso(own) | DataRef::DurationIso(own) => own.len(),
        DataRef::Float(_)
        | DataRef::Int(_)
        | DataRef::Bool(_)
        | DataRef::DateTime(_)
        | DataRef::Error(_)
        | DataRef::Empty => 0,
    }
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::String(own) | Data::DateTimeIso(own) | Data::DurationIso(own) => {
            DataRef::SharedString(own)
        }
        Data::Float(number) => DataRef::Float(*number),
        Data::Int(number) => DataRef::Int(*number),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn write(value: &DataRef<'_>, text: &mut String) {
    match value {
        DataRef::SharedString(shared) => text.push_str(shared),
        DataRef::String(own) | DataRef::DateTimeIso(own) | DataRef::DurationIso(own) => {
            text.push_str(own);
        }
        DataRef::Float(number) => write_number(*number, text),
        DataRef::Int(number) => text.push_str(&number.to_string()),
        DataRef::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        DataRef::DateTime(moment) => write_moment(moment, text),
        DataRef::Error(error) => text.push_str(&error.to_string()),
        DataRef::Empty => {}
    }
}

/// A whole number has no decimal point: it may be somebody's employee number.
fn write_number(number: f64, text: &mut String) {
    use std::fmt::Write;
    let _ = if number.fract() == 0.0 && number.abs() < 1e15 {
        write!(text, "{}", number as i64)
    } else {
        write!(text, "{number}")
    };
}

fn write_moment(moment: &ExcelDateTime, text: &mut String) {
    use std::fmt::Write;
    // What lies before the epoch is no date to a spreadsheet either.
    if moment.is_duration() || moment.as_f64() < 0.0 {
        return write_number(moment.as_f64(), text);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let _ = write!(text, "{year:04}-{month:02}-{day:02}");
    if moment.as_f64().fract() != 0.0 {
        let _ = write!(text, " {hour:02}:{minute:02}:{second:02}");
    }
}
