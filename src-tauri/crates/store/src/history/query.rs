//! What is asked of the history, and how that is said in SQL.

use rusqlite::ToSql;

use super::EventOrigin;

/// Which events; all that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    pub connection: Option<u32>,
    pub terms: Vec<Term>,
    pub origin: Option<EventOrigin>,
    pub person: Option<u32>,
    pub run: Option<u32>,
    /// Inclusive; a time as the events have it, RFC 3339 in UTC with milliseconds.
    pub from: Option<String>,
    /// Exclusive.
    pub to: Option<String>,
}

/// Words that must occur one after the other, the last of them at least begun; or, with `not`, must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub within: Within,
    pub text: String,
    pub not: bool,
}

/// Where in an event words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// Person, attribute, values, reason, act, actor.
    Anywhere,
    Person,
    Attribute,
    /// Before or after.
    Value,
}

/// What of a day lies between `from` and `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    Whole,
    Partly,
    Outside,
}

pub(super) fn starts(day: &str) -> String {
    format!("{day}T00:00:00.000Z")
}

pub(super) fn ends(day: &str) -> String {
    format!("{day}T23:59:59.999Z")
}

impl EventQuery {
    pub(super) fn cover(&self, day: &str) -> Cover {
        let (from, to) = (self.from.as_deref(), self.to.as_deref());
        let (start, end) = (starts(day), ends(day));
        if from.is_some_and(|from| end.as_str() < from) || to.is_some_and(|to| start.as_str() >= to)
        {
            Cover::Outside
        } else if from.is_none_or(|from| from <= start.as_str())
            && to.is_none_or(|to| end.as_str() < to)
        {
            Cover::Whole
        } else {
            Cover::Partly
        }
    }

    pub(super) fn holds_time(&self, at: &str) -> bool {
        self.from.as_deref().is_none_or(|from| at >= from)
            && self.to.as_deref().is_none_or(|to| at < to)
    }
}

/// Clauses with their values, numbered as they come.
pub(super) struct Clauses {
    clauses: Vec<String>,
    pub(super) values: Vec<Box<dyn ToSql>>,
}

impl Clauses {
    pub(super) fn new() -> Self {
        Self {
            clauses: vec!["1".to_owned()],
            values: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, clause: &str, value: impl ToSql + 'static) {
        self.values.push(Box::new(value));
        self.clauses
            .push(clause.replace('?', &format!("?{}", self.values.len())));
    }

    /// All but words and time. Who asks for a person, a run or words gets few events: the plus keeps the planner
    /// from walking along a whole connection for them.
    pub(super) fn facts(&mut self, query: &EventQuery) {
        let few = query.person.is_some() || query.run.is_some() || !query.terms.is_empty();
        if let Some(connection) = query.connection {
            self.add(
                if few {
                    "+connection = ?"
                } else {
                    "connection = ?"
                },
                connection,
            );
        }
        if let Some(origin) = query.origin {
            self.add(if few { "+origin = ?" } else { "origin = ?" }, origin);
        }
        if let Some(person) = query.person {
            self.add("person = ?", person);
        }
        if let Some(run) = query.run {
            self.add("run = ?", run);
        }
    }

    /// The plus keeps the planner on the index that is in the order of ids.
    pub(super) fn time(&mut self, query: &EventQuery) {
        if let Some(from) = &query.from {
            self.add("+at >= ?", from.clone());
        }
        if let Some(to) = &query.to {
            self.add("+at < ?", to.clone());
        }
    }

    pub(super) fn all(&self) -> String {
        self.clauses.join(" AND ")
    }
}
