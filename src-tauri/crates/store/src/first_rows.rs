//! Who comes first by name in a directory, kept for as long as nobody in it is written.

use rusqlite::{OptionalExtension, params};

use crate::{Reader, Result, Writer};

impl Reader<'_> {
    /// The engine's JSON; `None` when none was kept since people or attributes of the connection were last written.
    pub fn first_rows(&self, connection: u32) -> Result<Option<String>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT body FROM first_rows WHERE connection = ?1")?
            .query_row([connection], |row| row.get(0))
            .optional()?)
    }
}

impl Writer<'_> {
    /// Call only with what is true of the mirror as it is in this transaction.
    pub fn keep_first_rows(&self, connection: u32, body: &str) -> Result<()> {
        self.raw()
            .prepare_cached("INSERT OR REPLACE INTO first_rows (connection, body) VALUES (?1, ?2)")?
            .execute(params![connection, body])?;
        Ok(())
    }

    /// For whoever writes people or attributes.
    pub(crate) fn forget_first_rows(&self, connection: u32) -> Result<()> {
        self.raw()
            .prepare_cached("DELETE FROM first_rows WHERE connection = ?1")?
            .execute([connection])?;
        Ok(())
    }
}
