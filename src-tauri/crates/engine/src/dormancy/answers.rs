//! Answers to a list that managers were asked with, read back.

use std::{collections::HashMap, ops::ControlFlow, path::Path};

use jiff::{ToSpan, civil::Date};
use sheets::{Book, Limits, Row, Taker};

use super::{
    AnswersRead, ExemptionOrigin,
    ask::{EMAIL, ID, KEEP, UNTIL},
};
use crate::{
    changes::draft::DateOrder,
    engine::{Engine, Workspace},
    error::{Error, Result},
    evidence::when::order_shown,
    ids::{ConnectionId, RowId},
    values::read_date,
};

/// How long somebody is kept when no date is given.
const KEPT_DAYS: i32 = 90;
/// Rows that are told one by one.
const TOLD: usize = 20;
const REASON: &str = "Kept by the answer of whoever was asked";

impl Engine {
    /// Reads an answered list: whoever is to be kept is exempted until the date given, or for 90 days; an exemption that
    /// holds longer stays. Nothing is staged for those who may go. Every row is counted once.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] for a file that can't be read, or has no column of answers or of people.
    pub fn read_answers(&self, connection: ConnectionId, path: &Path) -> Result<AnswersRead> {
        let workspace = self.workspace(connection)?;
        let today = self.ports.clock.today();
        let basis = workspace.directory.basis()?;
        let rows = rows_of(path)?;
        let places = places(&rows.columns)?;
        let order = order_of(&places, &rows.rows);
        let mut read = AnswersRead::default();
        let mut told = 0;
        let mut tell = |read: &mut AnswersRead, sentence: String| {
            told += 1;
            if told <= TOLD {
                read.sentences.push(sentence);
            }
        };
        let mut kept: HashMap<RowId, Date> = HashMap::new();
        for row in &rows.rows {
            let number = row.number;
            let said = match &row.trouble {
                Some(trouble) => Answer::Unreadable(trouble.clone()),
                None => answer(&workspace, &places, row, today, order),
            };
            match said {
                Answer::Keep(person, until, doubt) => {
                    read.kept += 1;
                    if let Some(doubt) = doubt {
                        tell(&mut read, format!("Row {number}: {doubt}"));
                    }
                    // Asked twice, the longer answer holds.
                    let end = kept.entry(person).or_insert(until);
                    *end = until.max(*end);
                }
                Answer::Agreed => read.agreed += 1,
                Answer::Open => read.open += 1,
                Answer::Nobody(who) => {
                    read.unmatched += 1;
                    tell(
                        &mut read,
                        format!("Row {number}: nobody here has the id or e-mail “{who}”."),
                    );
                }
                Answer::Several(who) => {
                    read.ambiguous += 1;
                    tell(
                        &mut read,
                        format!(
                            "Row {number}: several people here have the id or e-mail “{who}”, so nothing was done. Take the list that was written for asking, which has the id of each."
                        ),
                    );
                }
                Answer::Unreadable(why) => {
                    read.unreadable += 1;
                    tell(&mut read, format!("Row {number}: {why}"));
                }
            }
        }
        if told > TOLD {
            read.sentences
                .push(format!("And {} rows more like these.", told - TOLD));
        }
        let mut people: Vec<(RowId, Option<String>)> = kept
            .into_iter()
            .map(|(row, until)| (row, Some(until.to_string())))
            .filter(|(row, until)| !basis.keeps(*row, until.as_deref()))
            .collect();
        people.sort();
        if !people.is_empty() {
            self.exempt_people(connection, &people, REASON, ExemptionOrigin::Answer)?;
        }
        Ok(read)
    }
}

enum Answer {
    /// Until when, and what is to be said of that day.
    Keep(RowId, Date, Option<String>),
    Agreed,
    Open,
    Nobody(String),
    Several(String),
    Unreadable(String),
}

/// Where the columns are.
struct Places {
    id: Option<usize>,
    email: Option<usize>,
    keep: usize,
    until: Option<usize>,
}

fn places(columns: &[String]) -> Result<Places> {
    let place = |names: &[&str]| {
        columns.iter().position(|column| {
            let column = plain(column);
            names.iter().any(|name| plain(name) == column)
        })
    };
    let (id, email) = (place(&[ID]), place(&[EMAIL, "email address", "mail"]));
    let keep = place(&[KEEP, "keep", "answer"]).ok_or_else(|| {
        Error::precondition(format!(
            "This file has no column “{KEEP}”, so it holds no answers. Take the list that was written for asking."
        ))
    })?;
    if id.is_none() && email.is_none() {
        return Err(Error::precondition(format!(
            "This file has neither a column “{ID}” nor “{EMAIL}”, so its answers belong to nobody. Take the list that was written for asking."
        )));
    }
    Ok(Places {
        id,
        email,
        keep,
        until: place(&[UNTIL, "until"]),
    })
}

/// Letters and digits alone, small: headings are retyped.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn cell(row: &Row, place: Option<usize>) -> &str {
    let text = place.map_or("", |place| row.cell(place)).trim();
    // The apostrophe that kept a spreadsheet from taking it for a formula.
    text.strip_prefix('\'').unwrap_or(text)
}

/// Which way round the dates are: one spreadsheet writes all of a column alike, so those that read one way only tell of
/// the others.
fn order_of(places: &Places, rows: &[Row]) -> Option<DateOrder> {
    let mut shown = rows
        .iter()
        .filter_map(|row| order_shown(cell(row, places.until)));
    let first = shown.next()?;
    shown.all(|order| order == first).then_some(first)
}

fn answer(
    workspace: &Workspace,
    places: &Places,
    row: &Row,
    today: Date,
    order: Option<DateOrder>,
) -> Answer {
    let cell = |place: Option<usize>| cell(row, place);
    let said = cell(Some(places.keep));
    if said.is_empty() {
        return Answer::Open;
    }
    let Some(keep) = yes_or_no(said) else {
        return Answer::Unreadable(format!(
            "“{said}” is neither yes nor no, so nothing was done."
        ));
    };
    let who = [cell(places.id), cell(places.email)];
    let named = who.into_iter().filter(|text| !text.is_empty());
    let found: Vec<(&str, Vec<RowId>)> = named
        .map(|text| (text, workspace.directory.find(text)))
        .collect();
    let Some(person) = found.iter().find_map(|(_, found)| match found[..] {
        [person] => Some(person),
        _ => None,
    }) else {
        let several = found.iter().find(|(_, found)| found.len() > 1);
        let first = found.first().map_or("", |(text, _)| text);
        return match several {
            Some((text, _)) => Answer::Several((*text).to_owned()),
            None => Answer::Nobody(first.to_owned()),
        };
    };
    if !keep {
        return Answer::Agreed;
    }
    let until = cell(places.until);
    let usual = today.saturating_add(KEPT_DAYS.days());
    if until.is_empty() {
        return Answer::Keep(person, usual, None);
    }
    match read_date(until, order, today) {
        Ok(date) if date >= today => Answer::Keep(person, date, None),
        Ok(_) => Answer::Unreadable(format!(
            "the date “{until}” is over, so the person was not kept. Give a day from today on."
        )),
        // They said yes: losing the day must not lose the answer.
        Err(_) => Answer::Keep(
            person,
            usual,
            Some(format!(
                "“{until}” is not a date that reads one way only, so the person is kept for {KEPT_DAYS} days. For another day, write it like 2027-03-07 and read the answers again."
            )),
        ),
    }
}

/// As people answer in the languages of the companies this is used in.
fn yes_or_no(text: &str) -> Option<bool> {
    match plain(text).as_str() {
        "yes" | "y" | "keep" | "true" | "1" | "x" | "ja" | "oui" | "si" | "sí" | "sì" | "sim"
        | "behalten" | "tak" => Some(true),
        "no" | "n" | "free" | "false" | "0" | "go" | "nein" | "non" | "nee" | "nej" | "não"
        | "nao" | "nie" => Some(false),
        _ => None,
    }
}

struct Rows {
    columns: Vec<String>,
    rows: Vec<Row>,
}

fn rows_of(path: &Path) -> Result<Rows> {
    let failed = |error: sheets::Error| {
        Error::precondition(format!(
            "The answers in {} could not be read: {error}",
            path.display()
        ))
    };
    let mut book = Book::open(path, Limits::default(), &mut |_| true).map_err(failed)?;
    let layout = book.layout(None, &mut |_| true).map_err(failed)?;
    let mut below = Below {
        heading: layout.heading,
        rows: Vec::new(),
    };
    book.read(None, &mut below).map_err(failed)?;
    Ok(Rows {
        columns: layout.columns,
        rows: below.rows,
    })
}

/// Takes what stands below the heading. Such a list has a row for each person of one plan, so it is held.
struct Below {
    heading: u64,
    rows: Vec<Row>,
}

impl Taker for Below {
    fn row(&mut self, row: &Row) -> ControlFlow<()> {
        if row.number > self.heading && !row.is_blank() {
            self.rows.push(row.clone());
        }
        ControlFlow::Continue(())
    }
}
