//! When the history was last looked at, and how long it is kept.

use rusqlite::{OptionalExtension, params};

use crate::{Reader, Result, Writer};

/// Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The end of the visit before; `None` on the first.
    pub since: Option<String>,
    /// The latest look.
    pub last: String,
}

/// The standing rule of how long events are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    pub days: u32,
    pub reason: String,
    pub made_at: String,
    pub actor: String,
}

impl Reader<'_> {
    /// `None` before the first look.
    pub fn visit(&self, connection: u32) -> Result<Option<Visit>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT since, last FROM visits WHERE connection = ?1")?
            .query_one([connection], |row| {
                Ok(Visit {
                    since: row.get(0)?,
                    last: row.get(1)?,
                })
            })
            .optional()?)
    }

    /// `None` while everything is kept.
    pub fn retention(&self) -> Result<Option<Retention>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT days, reason, made_at, actor FROM retention")?
            .query_one([], |row| {
                Ok(Retention {
                    days: row.get(0)?,
                    reason: row.get(1)?,
                    made_at: row.get(2)?,
                    actor: row.get(3)?,
                })
            })
            .optional()?)
    }
}

impl Writer<'_> {
    /// In place of the one before.
    pub fn keep_visit(&self, connection: u32, visit: &Visit) -> Result<()> {
        self.raw()
            .prepare_cached(
                "INSERT INTO visits (connection, since, last) VALUES (?1, ?2, ?3) \
                 ON CONFLICT DO UPDATE SET since = excluded.since, last = excluded.last",
            )?
            .execute(params![connection, visit.since, visit.last])?;
        Ok(())
    }

    /// Puts the rule in place of the one before; with `None` everything is kept.
    pub fn keep_retention(&self, rule: Option<&Retention>) -> Result<()> {
        self.raw().execute("DELETE FROM retention", [])?;
        if let Some(rule) = rule {
            self.raw().execute(
                "INSERT INTO retention (id, days, reason, made_at, actor) VALUES (1, ?1, ?2, ?3, ?4)",
                params![rule.days, rule.reason, rule.made_at, rule.actor],
            )?;
        }
        Ok(())
    }
}
