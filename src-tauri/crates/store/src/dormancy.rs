//! Who counts as dormant: the policy by version, who is exempt, what each day's count was, and what the
//! sources that count say of each person.

use rusqlite::{OptionalExtension, params};

use crate::{Error, Reader, Result, Writer};

/// A file of evidence that counts: nothing has taken its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSource {
    pub id: u32,
    pub name: String,
    /// Snake case.
    pub kind: String,
    /// `YYYY-MM-DD`.
    pub as_of: String,
}

/// What one source says of one person. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    pub person: u32,
    pub seen: Option<&'a str>,
    /// left | leave | active
    pub state: Option<&'a str>,
    pub since: Option<&'a str>,
}

/// One person, or whoever matches a filter, left out of every pile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredExemption {
    /// Given by the store when it is added.
    pub id: u32,
    pub person: Option<u32>,
    /// A view query, JSON.
    pub filter: Option<String>,
    pub reason: String,
    /// The last day it holds, `YYYY-MM-DD`; `None` for no end.
    pub until: Option<String>,
    /// admin | answer
    pub origin: String,
    pub made_at: String,
}

/// What was counted on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DormancyDay {
    pub day: String,
    /// The version of the policy that was used.
    pub policy: u32,
    /// JSON.
    pub counts: String,
}

impl Reader<'_> {
    /// The sources that count, in the order they were taken in.
    pub fn live_sources(&self, connection: u32) -> Result<Vec<LiveSource>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT id, name, kind, as_of FROM evidence_sources
             WHERE connection = ?1 AND replaced_at IS NULL ORDER BY id",
        )?;
        let found = statement.query_map([connection], |row| {
            Ok(LiveSource {
                id: row.get(0)?,
                name: row.get(1)?,
                kind: row.get(2)?,
                as_of: row.get(3)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Everybody a source names, in row order, without copies.
    pub fn each_said(&self, source: u32, mut visit: impl FnMut(Said<'_>)) -> Result<()> {
        let mut statement = self.raw().prepare_cached(
            "SELECT person, seen, state, since FROM evidence WHERE source = ?1 ORDER BY person",
        )?;
        let mut rows = statement.query([source])?;
        let text = |error: rusqlite::types::FromSqlError| Error::from(rusqlite::Error::from(error));
        while let Some(row) = rows.next()? {
            visit(Said {
                person: row.get(0)?,
                seen: row.get_ref(1)?.as_str_or_null().map_err(text)?,
                state: row.get_ref(2)?.as_str_or_null().map_err(text)?,
                since: row.get_ref(3)?.as_str_or_null().map_err(text)?,
            });
        }
        Ok(())
    }

    /// The version in force and its body, JSON; `None` when nobody has kept one.
    pub fn dormancy_policy(&self, connection: u32) -> Result<Option<(u32, String)>> {
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT version, body FROM dormancy_policies WHERE connection = ?1
                 ORDER BY version DESC LIMIT 1",
            )?
            .query_row([connection], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// The body of one version, JSON; `None` when there is none.
    pub fn dormancy_policy_version(&self, connection: u32, version: u32) -> Result<Option<String>> {
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT body FROM dormancy_policies WHERE connection = ?1 AND version = ?2",
            )?
            .query_row([connection, version], |row| row.get(0))
            .optional()?)
    }

    /// The version in force at a moment (RFC 3339, UTC) and its body, JSON; `None` when nobody had kept one.
    pub fn dormancy_policy_at(&self, connection: u32, at: &str) -> Result<Option<(u32, String)>> {
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT version, body FROM dormancy_policies WHERE connection = ?1 AND kept_at <= ?2
                 ORDER BY version DESC LIMIT 1",
            )?
            .query_row(params![connection, at], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// Those that hold on `today`, in the order they were made.
    pub fn exemptions(&self, connection: u32, today: &str) -> Result<Vec<StoredExemption>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT id, person, filter, reason, until, origin, made_at FROM exemptions
             WHERE connection = ?1 AND (until IS NULL OR until >= ?2) ORDER BY id",
        )?;
        let found = statement.query_map(params![connection, today], |row| {
            Ok(StoredExemption {
                id: row.get(0)?,
                person: row.get(1)?,
                filter: row.get(2)?,
                reason: row.get(3)?,
                until: row.get(4)?,
                origin: row.get(5)?,
                made_at: row.get(6)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The connection an exemption is of, and whom or what it exempts; `None` when it has been ended.
    pub fn exemption_of(&self, id: u32) -> Result<Option<(u32, Option<u32>, String)>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT connection, person, reason FROM exemptions WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?)
    }

    /// Oldest first.
    pub fn dormancy_days(&self, connection: u32) -> Result<Vec<DormancyDay>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT day, policy, counts FROM dormancy_days WHERE connection = ?1 ORDER BY day",
        )?;
        let found = statement.query_map([connection], |row| {
            Ok(DormancyDay {
                day: row.get(0)?,
                policy: row.get(1)?,
                counts: row.get(2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Seats that runs freed, less those that taking runs back took again, as measured by reading back; per month
    /// (`YYYY-MM`, UTC), oldest first. Seats of people who are new are not in it.
    pub fn seats_by_month(&self, connection: u32) -> Result<Vec<(String, i64)>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT substr(settled_at, 1, 7) AS month, sum(seats) FROM run_items
             JOIN runs ON runs.id = run JOIN plans ON plans.id = runs.plan
             WHERE runs.connection = ?1 AND (seats > 0 OR seats < 0 AND plans.origin = 'take back')
             AND settled_at IS NOT NULL
             GROUP BY month ORDER BY month",
        )?;
        let found = statement.query_map([connection], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Keeps a policy as the next version and returns its number, from 1.
    pub fn keep_dormancy_policy(&self, connection: u32, body: &str, kept_at: &str) -> Result<u32> {
        Ok(self.raw().query_row(
            "INSERT INTO dormancy_policies (connection, version, body, kept_at)
             SELECT ?1, coalesce(max(version), 0) + 1, ?2, ?3 FROM dormancy_policies
             WHERE connection = ?1 RETURNING version",
            params![connection, body, kept_at],
            |row| row.get(0),
        )?)
    }

    /// Returns its id; the one given is not looked at.
    pub fn add_exemption(&self, connection: u32, new: &StoredExemption) -> Result<u32> {
        Ok(self
            .raw()
            .prepare_cached(
                "INSERT INTO exemptions (connection, person, filter, reason, until, origin, made_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
            )?
            .query_row(
                params![
                    connection,
                    new.person,
                    new.filter,
                    new.reason,
                    new.until,
                    new.origin,
                    new.made_at
                ],
                |row| row.get(0),
            )?)
    }

    /// Not an error when it has been ended already.
    pub fn end_exemption(&self, id: u32) -> Result<()> {
        self.raw()
            .prepare_cached("DELETE FROM exemptions WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Takes somebody's own exemptions away: a new one takes their place.
    pub fn end_exemptions_of(&self, connection: u32, person: u32) -> Result<()> {
        self.raw()
            .prepare_cached("DELETE FROM exemptions WHERE connection = ?1 AND person = ?2")?
            .execute(params![connection, person])?;
        Ok(())
    }

    /// The last count of a day is the one that stays.
    pub fn put_dormancy_day(&self, connection: u32, day: &DormancyDay) -> Result<()> {
        self.raw()
            .prepare_cached("INSERT OR REPLACE INTO dormancy_days VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![connection, day.day, day.policy, day.counts])?;
        Ok(())
    }
}
