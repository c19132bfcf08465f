//! The hour's budget of operations, shared by every process that opens the file.

use rusqlite::params;

use crate::{Reader, Result, Writer};

impl Reader<'_> {
    /// Operations spent in the minutes after `since`, and the first minute among them (minutes since 1970).
    pub fn spent(&self, connection: u32, since: i64) -> Result<(u32, Option<i64>)> {
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT coalesce(sum(operations), 0), min(minute) FROM quota
                 WHERE connection = ?1 AND minute > ?2",
            )?
            .query_row(params![connection, since], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?)
    }
}

impl Writer<'_> {
    /// After the clock was set back: what was entered under minutes that are still to come counts as of now, so
    /// that it is neither forgotten nor held against more than the next hour.
    pub fn spent_by_now(&self, connection: u32, minute: i64) -> Result<()> {
        let ahead: u32 = self
            .raw()
            .prepare_cached(
                "SELECT coalesce(sum(operations), 0) FROM quota WHERE connection = ?1 AND minute > ?2",
            )?
            .query_row(params![connection, minute], |row| row.get(0))?;
        if ahead > 0 {
            self.raw()
                .prepare_cached("DELETE FROM quota WHERE connection = ?1 AND minute > ?2")?
                .execute(params![connection, minute])?;
            self.spend(connection, minute, ahead)?;
        }
        Ok(())
    }

    /// Takes back what was entered under a minute and not used.
    pub fn give_back_operations(&self, connection: u32, minute: i64, unused: u32) -> Result<()> {
        if unused > 0 {
            self.raw()
                .prepare_cached(
                    "UPDATE quota SET operations = max(0, operations - ?3) WHERE connection = ?1 AND minute = ?2",
                )?
                .execute(params![connection, minute, unused])?;
            self.raw()
                .prepare_cached("DELETE FROM quota WHERE connection = ?1 AND operations = 0")?
                .execute([connection])?;
        }
        Ok(())
    }

    /// Enters operations under a minute and forgets minutes an hour older.
    pub fn spend(&self, connection: u32, minute: i64, operations: u32) -> Result<()> {
        self.raw()
            .prepare_cached(
                "INSERT INTO quota (connection, minute, operations) VALUES (?1, ?2, ?3)
                 ON CONFLICT (connection, minute) DO UPDATE SET operations = operations + excluded.operations",
            )?
            .execute(params![connection, minute, operations])?;
        self.raw()
            .prepare_cached("DELETE FROM quota WHERE connection = ?1 AND minute < ?2")?
            .execute(params![connection, minute - 60])?;
        Ok(())
    }
}
