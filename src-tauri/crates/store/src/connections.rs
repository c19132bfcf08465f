//! Connections: names, addresses and what was learned about each service. Tokens are never here.

use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer};

/// A connection as kept. Texts in JSON are the engine's to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConnection {
    pub id: u32,
    pub name: String,
    pub url: String,
    pub colour: String,
    pub origin: String,
    pub token_place: String,
    /// JSON.
    pub capabilities: String,
    /// JSON.
    pub policy: String,
    /// The last sync that began, counted from 1.
    pub generation: u32,
    /// RFC 3339; the end of the last complete sync.
    pub synced_at: Option<String>,
    /// JSON.
    pub sync_outcome: Option<String>,
}

/// What a new connection starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    pub name: String,
    pub url: String,
    pub colour: String,
    pub origin: String,
    pub token_place: String,
    pub capabilities: String,
    pub policy: String,
    pub created_at: String,
}

const COLUMNS: &str = "id, name, url, colour, origin, token_place, capabilities, policy, generation, synced_at, sync_outcome";

fn connection(row: &Row<'_>) -> rusqlite::Result<StoredConnection> {
    Ok(StoredConnection {
        id: row.get(0)?,
        name: row.get(1)?,
        url: row.get(2)?,
        colour: row.get(3)?,
        origin: row.get(4)?,
        token_place: row.get(5)?,
        capabilities: row.get(6)?,
        policy: row.get(7)?,
        generation: row.get(8)?,
        synced_at: row.get(9)?,
        sync_outcome: row.get(10)?,
    })
}

impl Reader<'_> {
    /// In the order they were made.
    pub fn connections(&self) -> Result<Vec<StoredConnection>> {
        let mut statement = self
            .raw()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM connections ORDER BY id"))?;
        let found = statement
            .query_map([], connection)?
            .collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// `None` when there is none with this id.
    pub fn connection(&self, id: u32) -> Result<Option<StoredConnection>> {
        Ok(self
            .raw()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM connections WHERE id = ?1"))?
            .query_row([id], connection)
            .optional()?)
    }
}

impl Writer<'_> {
    /// Returns the new id. The name must be free.
    pub fn add_connection(&self, new: &NewConnection) -> Result<u32> {
        self.raw().execute(
            "INSERT INTO connections (name, url, colour, origin, token_place, capabilities, policy, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                new.name, new.url, new.colour, new.origin, new.token_place, new.capabilities,
                new.policy, new.created_at
            ],
        )?;
        u32::try_from(self.raw().last_insert_rowid())
            .map_err(|error| Error::damaged("connection id", error))
    }

    /// Writes everything an admin may change about it, and what was learned.
    pub fn change_connection(&self, changed: &StoredConnection) -> Result<()> {
        self.raw().execute(
            "UPDATE connections SET name = ?2, url = ?3, colour = ?4, origin = ?5, token_place = ?6,
             capabilities = ?7, policy = ?8 WHERE id = ?1",
            params![
                changed.id, changed.name, changed.url, changed.colour, changed.origin,
                changed.token_place, changed.capabilities, changed.policy
            ],
        )?;
        Ok(())
    }

    /// What the service was declared and observed to support, JSON.
    pub fn keep_capabilities(&self, connection: u32, capabilities: &str) -> Result<()> {
        self.raw().execute(
            "UPDATE connections SET capabilities = ?2 WHERE id = ?1",
            params![connection, capabilities],
        )?;
        Ok(())
    }

    /// Takes everything about it away except the history.
    pub fn forget_connection(&self, connection: u32) -> Result<()> {
        // A run refers to its plan without cascading, so runs go first.
        self.raw()
            .execute("DELETE FROM runs WHERE connection = ?1", [connection])?;
        self.raw()
            .execute("DELETE FROM connections WHERE id = ?1", [connection])?;
        Ok(())
    }

    /// Counts one more sync and returns its number.
    pub fn begin_sync(&self, connection: u32) -> Result<u32> {
        Ok(self.raw().query_row(
            "UPDATE connections SET generation = generation + 1 WHERE id = ?1 RETURNING generation",
            [connection],
            |row| row.get(0),
        )?)
    }

    /// `synced_at` stays as it was where none is given.
    pub fn end_sync(&self, connection: u32, outcome: &str, synced_at: Option<&str>) -> Result<()> {
        self.raw().execute(
            "UPDATE connections SET sync_outcome = ?2, synced_at = coalesce(?3, synced_at) WHERE id = ?1",
            params![connection, outcome, synced_at],
        )?;
        Ok(())
    }
}
