//! Saved views.

use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer};

/// A saved view; the definition is the engine's JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredView {
    pub id: u32,
    pub connection: u32,
    pub name: String,
    pub definition: String,
}

fn view(row: &Row<'_>) -> rusqlite::Result<StoredView> {
    Ok(StoredView {
        id: row.get(0)?,
        connection: row.get(1)?,
        name: row.get(2)?,
        definition: row.get(3)?,
    })
}

impl Reader<'_> {
    /// In the admin's order.
    pub fn views(&self, connection: u32) -> Result<Vec<StoredView>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT id, connection, name, definition FROM views WHERE connection = ?1 ORDER BY position, id",
        )?;
        let found = statement
            .query_map([connection], view)?
            .collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// `None` when it was forgotten.
    pub fn view(&self, id: u32) -> Result<Option<StoredView>> {
        Ok(self
            .raw()
            .query_row(
                "SELECT id, connection, name, definition FROM views WHERE id = ?1",
                [id],
                view,
            )
            .optional()?)
    }
}

impl Writer<'_> {
    /// Adds a view at the end and returns its id. The name must be free.
    pub fn add_view(&self, connection: u32, name: &str, definition: &str) -> Result<u32> {
        self.raw().execute(
            "INSERT INTO views (connection, name, position, definition)
             SELECT ?1, ?2, coalesce(max(position), 0) + 1, ?3 FROM views WHERE connection = ?1",
            params![connection, name, definition],
        )?;
        u32::try_from(self.raw().last_insert_rowid())
            .map_err(|error| Error::damaged("view id", error))
    }

    /// The name must be free. Nothing happens when the view was forgotten.
    pub fn change_view(&self, id: u32, name: &str, definition: &str) -> Result<()> {
        self.raw().execute(
            "UPDATE views SET name = ?2, definition = ?3 WHERE id = ?1",
            params![id, name, definition],
        )?;
        Ok(())
    }

    /// Not an error when it was forgotten already.
    pub fn forget_view(&self, id: u32) -> Result<()> {
        self.raw()
            .execute("DELETE FROM views WHERE id = ?1", [id])?;
        Ok(())
    }
}
