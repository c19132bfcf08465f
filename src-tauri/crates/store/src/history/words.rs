//! The index of words: what of an event is found, and how it is asked for.

use rusqlite::{OptionalExtension, params};

use super::{EventAct, EventOrigin, EventQuery, NewEvent, Within, Writer};
use crate::{Reader, Result, fold};

/// Begins the words of `facts`. A letter of the private area: folded text is never asked for with it.
const FACT: char = '\u{e000}';

/// Letters of the longest beginnings that the index keeps by themselves; `prefix` of `history_text`.
const INDEXED: usize = 2;
/// Most words that stand for their beginning.
const COMPLETED: usize = 24;

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

impl Reader<'_> {
    /// What a query asks of the index; `None` when no word is asked for.
    pub(super) fn expression(&self, query: &EventQuery) -> Result<Option<String>> {
        let phrases = |not: bool| -> Result<Vec<String>> {
            let terms = query.terms.iter().filter(|term| term.not == not);
            terms
                .filter_map(|term| self.phrase(&term.text, term.within).transpose())
                .collect()
        };
        let (wanted, unwanted) = (phrases(false)?, phrases(true)?);
        let connections = self.connections_with_history()?;
        Ok(together(query, wanted, unwanted, &connections))
    }

    /// The words one after the other, the last of them as the beginning of one. `None` without any letter.
    fn phrase(&self, text: &str, within: Within) -> Result<Option<String>> {
        let words = searchable(text).replace('"', " ");
        if !words.chars().any(char::is_alphanumeric) {
            return Ok(None);
        }
        let columns = match within {
            Within::Anywhere => "",
            Within::Person => "person : ",
            Within::Attribute => "attribute : ",
            Within::Value => "{before after} : ",
        };
        let words = words.trim();
        let (before, last) = words.split_at(words.rfind(' ').map_or(0, |blank| blank + 1));
        let all = self.completions(last)?;
        Ok(Some(if all.is_empty() {
            format!("{columns}\"{words}\" *")
        } else {
            let each: Vec<String> = all
                .iter()
                .map(|word| format!("\"{before}{word}\""))
                .collect();
            format!("{columns}({})", each.join(" OR "))
        }))
    }

    /// The words of the index that begin so. None where there are many, where the index has beginnings of this
    /// length, and where this is not one word to it.
    ///
    /// To ask for a beginning, the index gathers all events of all such words before it answers with the first; asked
    /// for the words themselves, it goes from one event that fits to the next.
    fn completions(&self, beginning: &str) -> Result<Vec<String>> {
        if beginning.chars().count() <= INDEXED {
            return Ok(Vec::new());
        }
        // Asked for more than one, it would read all events of the first.
        let mut statement = self
            .raw()
            .prepare_cached("SELECT term FROM history_terms WHERE term >= ?1 LIMIT 1")?;
        let mut found = Vec::new();
        let mut from = beginning.to_owned();
        loop {
            let next: Option<String> = statement.query_row([&from], |row| row.get(0)).optional()?;
            let Some(word) = next.filter(|word| word.starts_with(beginning)) else {
                return Ok(found);
            };
            if found.len() == COMPLETED {
                return Ok(Vec::new());
            }
            from = format!("{word}\u{1}");
            found.push(word);
        }
    }
}

fn together(
    query: &EventQuery,
    mut wanted: Vec<String>,
    unwanted: Vec<String>,
    connections: &[u32],
) -> Option<String> {
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
