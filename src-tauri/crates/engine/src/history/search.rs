//! The grammar of the history's search box: that of people, with the history's own fields.
//!
//! Words must all occur, each as the beginning of one; `"two words"` must stand together; `-` turns the next
//! one round. `person:`, `attribute:` and `value:` look in one place. `from:`, `to:` and `on:` take a day
//! (UTC, inclusive) or a time. `is:made`, `is:seen`, `run:12`.

use jiff::{Timestamp, ToSpan, civil::Date};
use store::{EventOrigin, EventQuery, Term, Within};

use super::HistoryQuery;
use crate::{
    engine::timestamp,
    error::{Error, Result},
    grammar::{Token, tokens},
    ids::ConnectionId,
};

/// What the store is asked, and what of the search made no sense.
///
/// # Errors
/// When `from` or `to` of the query is no time.
pub(super) fn stored(
    id: Option<ConnectionId>,
    query: &HistoryQuery,
) -> Result<(EventQuery, Option<String>)> {
    let time = |text: &Option<String>| {
        text.as_deref()
            .map(|text| {
                day_or_time(text, false).ok_or_else(|| {
                    Error::precondition(format!(
                        "“{text}” is not a time. Write a day like 2026-11-23, or a time like 2026-11-23T09:00:00Z."
                    ))
                })
            })
            .transpose()
    };
    let mut stored = EventQuery {
        connection: id.map(|id| id.0),
        terms: Vec::new(),
        origin: query.origin.map(EventOrigin::from),
        person: query.row.map(|row| row.0),
        run: query.run.map(|run| run.0),
        from: time(&query.from)?,
        to: time(&query.to)?,
    };
    let mut unclear = Vec::new();
    for token in tokens(&query.text, is_field) {
        if let Err(why) = apply(token, &mut stored) {
            unclear.push(why);
        }
    }
    Ok((stored, (!unclear.is_empty()).then(|| unclear.join(" "))))
}

fn apply(token: Token, query: &mut EventQuery) -> std::result::Result<(), String> {
    let Token {
        not, field, text, ..
    } = token;
    let term = |within| Term {
        within,
        text: text.clone(),
        not,
    };
    let Some(field) = field else {
        query.terms.push(term(Within::Anywhere));
        return Ok(());
    };
    if text.is_empty() {
        // Still being typed.
        return Ok(());
    }
    let field = field.to_lowercase();
    let within = match field.as_str() {
        "person" | "who" => Some(Within::Person),
        "attribute" | "what" => Some(Within::Attribute),
        "value" | "before" | "after" => Some(Within::Value),
        _ => None,
    };
    if let Some(within) = within {
        query.terms.push(term(within));
        return Ok(());
    }
    if not && field != "is" {
        return Err(format!(
            "“-{field}:” can't be turned round; it was left out."
        ));
    }
    let day = |end: bool| {
        day_or_time(&text, end)
            .ok_or_else(|| format!("“{text}” is no day; {field}: takes one like 2026-11-23."))
    };
    match field.as_str() {
        "from" => later(&mut query.from, day(false)?),
        "to" => sooner(&mut query.to, day(true)?),
        "on" => {
            let (start, end) = (day(false)?, day(true)?);
            later(&mut query.from, start);
            sooner(&mut query.to, end);
        }
        "is" => {
            let origin = match (text.to_lowercase().as_str(), not) {
                ("made", false) | ("seen", true) => EventOrigin::Made,
                ("seen", false) | ("made", true) => EventOrigin::Seen,
                _ => {
                    return Err(format!("“is:{text}” is not known; is: takes made or seen."));
                }
            };
            if query.origin.is_some_and(|wanted| wanted != origin) {
                return Err("Nothing is both made and seen; is: was left out.".to_owned());
            }
            query.origin = Some(origin);
        }
        "run" => match text.parse() {
            Ok(run) => query.run = Some(run),
            Err(_) => return Err(format!("“{text}” is no run; run: takes its number.")),
        },
        _ => {
            return Err(format!(
                "“{field}:” is not known; the history takes person:, attribute:, value:, from:, to:, on:, is: and run:."
            ));
        }
    }
    Ok(())
}

fn later(limit: &mut Option<String>, time: String) {
    *limit = limit.take().max(Some(time));
}

fn sooner(limit: &mut Option<String>, time: String) {
    *limit = Some(match limit.take() {
        Some(before) => before.min(time),
        None => time,
    });
}

/// The form the events have their times in. A day is its beginning, or with `end` the beginning of the next.
pub(super) fn day_or_time(text: &str, end: bool) -> Option<String> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(timestamp(time));
    }
    let day: Date = text.parse().ok().filter(|_| text.len() == 10)?;
    let day = if end {
        day.checked_add(1.day()).ok()?
    } else {
        day
    };
    Some(format!("{day}T00:00:00.000Z"))
}

/// A time of day or an address is no field.
fn is_field(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphabetic)
}
