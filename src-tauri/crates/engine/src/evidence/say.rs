//! What the admin is told of a file: how it is called, which day it speaks of, what is odd in it, what must be answered.

use std::path::Path;

use jiff::civil::Date;

use super::{
    ColumnGuess, Import, Meaning, SourceKind,
    guess::RIVALS,
    read::{LISTED, Outcome, rows},
};
use crate::{
    changes::words::number,
    dormancy::{FRESH_DAYS, proves_presence},
    values::spoken_date,
};

/// A file's name without ending and dates: "team-logins" of "team-logins 2026-11-20.csv".
pub(super) fn stem(file_name: &str) -> String {
    let stem = file_name
        .rsplit_once('.')
        .map_or(file_name, |(stem, _)| stem);
    let words: Vec<&str> = stem
        .split([' ', '_', '-', '.', '(', ')'])
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    match words.join(" ") {
        words if words.is_empty() => SourceKind::Other.label().to_owned(),
        words => words,
    }
}

/// The day the file speaks of: the last that its name says and not before its newest date, else when it was written.
pub(super) fn as_of(path: &Path, file_name: &str, today: Date, outcome: &Outcome) -> Date {
    let written = || {
        let modified = std::fs::metadata(path).ok()?.modified().ok()?;
        let at = jiff::Timestamp::try_from(modified).ok()?;
        Some(jiff::tz::TimeZone::system().to_datetime(at).date())
    };
    days_in_name(file_name)
        .filter(|day| *day <= today)
        .chain(outcome.newest)
        .max()
        .or_else(written)
        .map_or(today, |day| day.min(today))
}

fn days_in_name(name: &str) -> impl Iterator<Item = Date> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (0..name.len()).filter_map(move |start| {
        let dashed = name.get(start..start + 10).and_then(|text| {
            let parts: Vec<&str> = text.split(['-', '_', '.']).collect();
            let shaped = parts.len() == 3
                && parts[0].len() == 4
                && parts[1].len() == 2
                && parts.iter().all(|part| digits(part));
            shaped.then(|| parts.join("-").parse().ok()).flatten()
        });
        dashed.or_else(|| {
            let alone = name.get(start..start + 8).filter(|text| digits(text))?;
            let before = start.checked_sub(1).and_then(|at| name.as_bytes().get(at));
            let after = name.as_bytes().get(start + 8);
            if [before, after]
                .into_iter()
                .flatten()
                .any(u8::is_ascii_digit)
                || !alone.starts_with("20")
            {
                return None;
            }
            format!("{}-{}-{}", &alone[..4], &alone[4..6], &alone[6..])
                .parse()
                .ok()
        })
    })
}

/// What must be answered before a file can count.
pub(super) fn question(kind: SourceKind, columns: &[ColumnGuess]) -> Option<String> {
    asked(kind, columns).or_else(|| {
        doubted(columns).map(|column| {
            if column.meaning.names_people() {
                format!(
                    "Several columns name people of this directory. Is “{}” the one whose activity this is?",
                    column.name
                )
            } else {
                format!("Is “{}” the date on which somebody was active? {}", column.name, column.why)
            }
        })
    })
}

/// The column of which Muster is not sure, where that is all there is to ask.
pub(super) fn doubt(kind: SourceKind, columns: &[ColumnGuess]) -> Option<u32> {
    if asked(kind, columns).is_some() {
        return None;
    }
    doubted(columns).map(|column| column.index)
}

fn doubted(columns: &[ColumnGuess]) -> Option<&ColumnGuess> {
    let first = |unsure: &dyn Fn(&&ColumnGuess) -> bool| columns.iter().find(unsure);
    first(&|column| column.meaning == Meaning::DateSeen && column.confidence < RIVALS)
        .or_else(|| first(&|column| column.meaning.names_people() && column.confidence == RIVALS))
}

fn asked(kind: SourceKind, columns: &[ColumnGuess]) -> Option<String> {
    let has =
        |wanted: &dyn Fn(Meaning) -> bool| columns.iter().any(|column| wanted(column.meaning));
    if kind == SourceKind::SurveyParticipation {
        return (!has(&|meaning| meaning == Meaning::Segment))
            .then(|| "Which column names the team or segment?".to_owned());
    }
    if !has(&Meaning::names_people) {
        return Some(
            "Which column says who it is: the e-mail, the employee number or the user name?"
                .to_owned(),
        );
    }
    if kind == SourceKind::Hris
        && !has(&|meaning| matches!(meaning, Meaning::HrisStatus | Meaning::LastDay))
    {
        return Some("Which column has the status, or the last day worked?".to_owned());
    }
    if kind.has_dates() && !has(&|meaning| meaning == Meaning::DateSeen) {
        return Some("Which column has the date on which somebody was active?".to_owned());
    }
    if let Some(column) = columns.iter().find(|column| column.asks_date_order) {
        return Some(format!(
            "{}: does the day or the month come first? Some of its dates can be read both ways.",
            column.name
        ));
    }
    None
}

/// Whoever was there after the day that a file speaks of does not show in it.
fn old(import: &Import, today: Date) -> Option<String> {
    if !proves_presence(import.kind) {
        return None;
    }
    let as_of: Date = import.as_of.parse().ok()?;
    let age = (today - as_of).get_days();
    (age > FRESH_DAYS).then(|| {
        format!(
            "The file speaks of {}, {} days ago. Whoever was here since then looks as if they were not. Take a newer export if there is one.",
            spoken_date(as_of),
            number(age.unsigned_abs())
        )
    })
}

pub(super) fn warnings(
    import: &Import,
    outcome: &Outcome,
    notes: &[String],
    today: Date,
) -> Vec<String> {
    let mut warnings = Vec::new();
    warnings.extend(old(import, today));
    let counts = &import.counts;
    if counts.rows == 0 {
        warnings.push("The file has a heading and no rows below it.".to_owned());
    } else if import.question.is_none() && counts.matched * 20 < counts.rows {
        warnings.push(format!(
            "Only {} of {} name people of this directory. Check that it is the right file.",
            number(counts.matched),
            rows(counts.rows)
        ));
    }
    if outcome.future > 0 {
        let until = outcome.furthest.map(spoken_date).unwrap_or_default();
        warnings.push(format!(
            "{} {} a date still to come (up to {until}); these dates do not count as seen. Check the clock of the machine that wrote the file, and the order of day and month.",
            rows(outcome.future),
            if outcome.future == 1 { "has" } else { "have" },
        ));
    }
    if outcome.failed > 0 {
        warnings.push(format!(
            "{} {} about sign-ins that failed, or about nothing the person did; these do not count as seen.",
            rows(outcome.failed),
            if outcome.failed == 1 { "is" } else { "are" },
        ));
    }
    if outcome.contradicting > 0 {
        warnings.push(format!(
            "{} {} somebody as employed with a last day in the past; the status counts.",
            rows(outcome.contradicting),
            if outcome.contradicting == 1 {
                "has"
            } else {
                "have"
            },
        ));
    }
    if outcome.unlisted > 0 {
        warnings.push(format!(
            "The first {} rows that count for nobody are listed here; {} more are in their export only.",
            number(LISTED as u32),
            number(outcome.unlisted)
        ));
    }
    if import.kind == SourceKind::SurveyParticipation {
        warnings.push(import.proves_not.clone());
    }
    for column in import
        .columns
        .iter()
        .filter(|column| column.date_order.is_some())
    {
        let dates = outcome
            .dates
            .get(&(column.index as usize))
            .copied()
            .unwrap_or_default();
        if dates.day_first > 0 && dates.month_first > 0 {
            warnings.push(format!(
                "{} has dates with the day first and dates with the month first. Check it.",
                column.name
            ));
        }
    }
    warnings.extend_from_slice(notes);
    warnings
}
