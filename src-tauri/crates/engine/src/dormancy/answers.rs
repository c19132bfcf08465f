//! Answers to a list that managers were asked with, read back.

use std::{collections::HashMap, ops::ControlFlow, path::Path};

use jiff::{ToSpan, civil::Date};
use sheets::{Book, Limits, Row, Taker};

use super::{
    AnswersRead, ExemptionOrigin,
    ask::{EMAIL, ID, KEEP, UNTIL},
};
use crate::{
    engine::{Engine, Workspace},
    error::{Error, Result},
    ids::{ConnectionId, RowId},
    values::read_date,
};

/// How long somebody is kept when no date is given.
const KEPT_DAYS: i32 = 90;
/// Rows that are told one by one.
const TOLD: usize = 20;
const REASON: &str = "Kept by the answer of whoever was asked";

impl Engine {
    /// Reads an answered list: whoever is to be kept is exempted until the date given, or for 90 days. Nothing
    /// is staged for those who may go. Every row is counted once.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] for a file that can't be read, or has no column of answers or of people.
    pub fn read_answers(&self, connection: ConnectionId, path: &Path) -> Result<AnswersRead> {
        let workspace = self.workspace(connection)?;
        let today = self.ports.clock.today();
        let rows = rows_of(path)?;
        let places = places(&rows.columns)?;
        let mut read = AnswersRead::default();
        let mut kept: HashMap<RowId, Date> = HashMap::new();
        for row in &rows.rows {
            let number = row.number;
            let said = match &row.trouble {
                Some(trouble) => Answer::Unreadable(trouble.clone()),
                None => answer(&workspace, &places, row, today),
            };
            match said {
                Answer::Keep(person, until) => {
                    read.kept += 1;
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
                Answer::Unreadable(why) => {
                    read.unreadable += 1;
                    tell(&mut read, format!("Row {number}: {why}"));
                }
            }
        }
        let missed = (read.unmatched + read.unreadable) as usize;
        if missed > TOLD {
            read.sentences
                .push(format!("And {} rows more like these.", missed - TOLD));
        }
        if !kept.is_empty() {
            let mut people: Vec<(RowId, Option<String>)> = kept
                .into_iter()
                .map(|(row, until)| (row, Some(until.to_string())))
                .collect();
            people.sort();
            self.exempt_people(connection, &people, REASON, ExemptionOrigin::Answer)?;
        }
        Ok(read)
    }
}

fn tell(read: &mut AnswersRead, sentence: String) {
    if read.sentences.len() < TOLD {
        read.sentences.push(sentence);
    }
}

enum Answer {
    Keep(RowId, Date),
    Agreed,
    Open,
    Nobody(String),
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

fn answer(workspace: &Workspace, places: &Places, row: &Row, today: Date) -> Answer {
    let cell = |place: Option<usize>| {
        let text = place.map_or("", |place| row.cell(place)).trim();
        // The apostrophe that kept a spreadsheet from taking it for a formula.
        text.strip_prefix('\'').unwrap_or(text)
    };
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
    let found = who
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| workspace.directory.find(text))
        .find(|found| !found.is_empty());
    let Some([person]) = found.as_deref() else {
        let named = who.into_iter().find(|text| !text.is_empty());
        return Answer::Nobody(named.unwrap_or_default().to_owned());
    };
    if !keep {
        return Answer::Agreed;
    }
    let until = cell(places.until);
    if until.is_empty() {
        return Answer::Keep(*person, today.saturating_add(KEPT_DAYS.days()));
    }
    match read_date(until, None, today) {
        Ok(date) if date >= today => Answer::Keep(*person, date),
        Ok(_) => Answer::Unreadable(format!(
            "the date “{until}” is over, so the person was not kept. Give a day from today on."
        )),
        Err(_) => Answer::Unreadable(format!(
            "“{until}” is not a date that reads one way only, so the person was not kept. Write it like 2027-03-07."
        )),
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
