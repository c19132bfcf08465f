//! The index of words: what of an event is found, and how it is asked for.

use rusqlite::params;

use super::{EventAct, EventOrigin, EventQuery, NewEvent, Within, Writer};
use crate::{Result, fold};

/// Begins the words of `facts`. A letter of the private area: folded text is never asked for with it.
const FACT: char = '\u{e000}';

/// An event as columns of `history_text`.
pub(super) struct Words {
    person: String,
    attribute: String,
    before: String,
    after: String,
    note: String,
    facts: String,
}

impl Words {
    pub(super) fn of(event: &NewEvent) -> Self {
        let text = |text: &Option<String>| text.as_deref().map_or_else(String::new, searchable);
        let join = |parts: &[&str]| parts.join(" ");
        let made = event.origin == EventOrigin::Made;
        let mut facts = connection_fact(event.connection, made);
        if let Some(person) = event.person {
            facts.push_str(&format!(" {}", person_fact(person)));
        }
        if let Some(run) = event.run {
            facts.push_str(&format!(" {}", run_fact(run)));
        }
        Self {
            person: join(&[&text(&event.person_name), &text(&event.scim_id)]),
            attribute: text(&event.label.clone().or_else(|| event.attribute.clone())),
            before: text(&event.before),
            after: text(&event.after),
            // Most events set a value: a word that stands nearly everywhere finds nothing.
            note: join(&[
                &text(&event.reason),
                match event.act {
                    EventAct::Set => "",
                    act => act.as_str(),
                },
                &if made {
                    searchable(&event.actor)
                } else {
                    String::new()
                },
            ]),
            facts,
        }
    }
}

impl Writer<'_> {
    pub(super) fn index_event(&self, id: u32, event: &NewEvent) -> Result<()> {
        let words = Words::of(event);
        self.raw()
            .prepare_cached(
                "INSERT INTO history_text (rowid, person, attribute, before, after, note, facts) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id,
                words.person,
                words.attribute,
                words.before,
                words.after,
                words.note,
                words.facts
            ])?;
        Ok(())
    }

    /// The index holds no text, so it must be told again what to forget.
    pub(super) fn unindex_event(&self, id: u32, event: &NewEvent) -> Result<()> {
        let words = Words::of(event);
        self.raw()
            .prepare_cached(
                "INSERT INTO history_text (history_text, rowid, person, attribute, before, after, note, facts) \
                 VALUES ('delete', ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id,
                words.person,
                words.attribute,
                words.before,
                words.after,
                words.note,
                words.facts
            ])?;
        Ok(())
    }
}

fn connection_fact(connection: u32, made: bool) -> String {
    format!("{FACT}c{connection}{}", if made { 'm' } else { 's' })
}

fn person_fact(person: u32) -> String {
    format!("{FACT}p{person}")
}

fn run_fact(run: u32) -> String {
    format!("{FACT}r{run}")
}

/// Folded, with a space around each letter of the scripts that put none between words: there any letter may
/// begin what is looked for.
fn searchable(text: &str) -> String {
    let folded = fold(text);
    if folded.is_ascii() {
        return folded;
    }
    let mut apart = String::with_capacity(folded.len() * 2);
    for letter in folded.chars() {
        if stands_alone(letter) {
            apart.push(' ');
            apart.push(letter);
            apart.push(' ');
        } else if letter != FACT {
            apart.push(letter);
        }
    }
    apart
}

/// Thai, Lao, Khmer, Burmese; kana; Han; not Hangul, which has spaces.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The words one after the other, the last of them as the beginning of one. `None` without any letter.
fn phrase(text: &str, within: Within) -> Option<String> {
    let words = searchable(text).replace('"', " ");
    if !words.chars().any(char::is_alphanumeric) {
        return None;
    }
    let columns = match within {
        Within::Anywhere => "",
        Within::Person => "person : ",
        Within::Attribute => "attribute : ",
        Within::Value => "{before after} : ",
    };
    Some(format!("{columns}\"{words}\" *"))
}

/// `None` when no word is asked for.
pub(super) fn expression(query: &EventQuery, connections: &[u32]) -> Option<String> {
    let phrases = |not: bool| -> Vec<String> {
        query
            .terms
            .iter()
            .filter(|term| term.not == not)
            .filter_map(|term| phrase(&term.text, term.within))
            .collect()
    };
    let (mut wanted, unwanted) = (phrases(false), phrases(true));
    if wanted.is_empty() && unwanted.is_empty() {
        return None;
    }
    let exact = |fact: String| format!("\"{fact}\"");
    wanted.extend(query.person.map(person_fact).map(exact));
    wanted.extend(query.run.map(run_fact).map(exact));

    let origins: &[bool] = match query.origin {
        Some(EventOrigin::Made) => &[true],
        Some(EventOrigin::Seen) => &[false],
        None => &[true, false],
    };
    let everything = origins.len() == 2
        && connections
            .iter()
            .all(|connection| query.connection.is_none_or(|wanted| wanted == *connection));
    // A word that every event has would only be work; it is needed to take something away from.
    if !everything || wanted.is_empty() {
        let facts: Vec<String> = connections
            .iter()
            .filter(|connection| query.connection.is_none_or(|wanted| wanted == **connection))
            .flat_map(|connection| {
                origins
                    .iter()
                    .map(|made| exact(connection_fact(*connection, *made)))
            })
            .collect();
        // A connection without any event.
        wanted.push(if facts.is_empty() {
            exact(FACT.to_string())
        } else {
            format!("({})", facts.join(" OR "))
        });
    }
    let wanted = wanted.join(" AND ");
    Some(if unwanted.is_empty() {
        wanted
    } else {
        format!("({wanted}) NOT ({})", unwanted.join(" OR "))
    })
}
