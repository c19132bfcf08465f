//! People no plan may deactivate or delete in bulk, as the admin lists them.

use rusqlite::params;

use crate::{Reader, Result, Writer};

/// One person on the list, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProtection {
    pub person: u32,
    pub reason: String,
    /// The last day it holds, `YYYY-MM-DD`; `None` for no end.
    pub until: Option<String>,
}

impl Reader<'_> {
    /// Those that hold on `today`.
    pub fn protections(&self, connection: u32, today: &str) -> Result<Vec<StoredProtection>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT person, reason, until FROM protected
             WHERE connection = ?1 AND (until IS NULL OR until >= ?2) ORDER BY person",
        )?;
        let found = statement.query_map(params![connection, today], |row| {
            Ok(StoredProtection {
                person: row.get(0)?,
                reason: row.get(1)?,
                until: row.get(2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// In place of what was said of this person before.
    pub fn protect(&self, connection: u32, protection: &StoredProtection) -> Result<()> {
        self.raw()
            .prepare_cached("INSERT OR REPLACE INTO protected VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![
                connection,
                protection.person,
                protection.reason,
                protection.until
            ])?;
        Ok(())
    }

    /// Whether the person was protected.
    pub fn unprotect(&self, connection: u32, person: u32) -> Result<bool> {
        let ended = self
            .raw()
            .prepare_cached("DELETE FROM protected WHERE connection = ?1 AND person = ?2")?
            .execute(params![connection, person])?;
        Ok(ended > 0)
    }
}
