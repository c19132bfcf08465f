//! The discovered columns of each connection; ids stay with their keys for good.

use rusqlite::{Row, params};

use crate::{Error, Reader, Result, Writer};

/// An attribute as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAttribute {
    pub id: u32,
    pub key: String,
    pub label: String,
    pub kind: String,
    pub role: Option<String>,
    pub writable: bool,
    pub required: bool,
    /// False once the service neither declares nor sends it any more.
    pub present: bool,
}

fn attribute(row: &Row<'_>) -> rusqlite::Result<StoredAttribute> {
    Ok(StoredAttribute {
        id: row.get(0)?,
        key: row.get(1)?,
        label: row.get(2)?,
        kind: row.get(3)?,
        role: row.get(4)?,
        writable: row.get(5)?,
        required: row.get(6)?,
        present: row.get(7)?,
    })
}

impl Reader<'_> {
    /// By id, the absent ones included.
    pub fn attributes(&self, connection: u32) -> Result<Vec<StoredAttribute>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT id, key, label, kind, role, writable, required, present FROM attributes
             WHERE connection = ?1 ORDER BY id",
        )?;
        let found = statement
            .query_map([connection], attribute)?
            .collect::<Result<_, _>>()?;
        Ok(found)
    }
}

impl Writer<'_> {
    /// Adds or rewrites one attribute under its id.
    pub fn put_attribute(&self, connection: u32, attribute: &StoredAttribute) -> Result<()> {
        if attribute.id < 2 {
            return Err(Error::damaged("attribute", "ids 0 and 1 are derived"));
        }
        self.forget_first_rows(connection)?;
        self.raw()
            .prepare_cached(
                "INSERT INTO attributes (connection, id, key, label, kind, role, writable, required, present)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (connection, id) DO UPDATE SET key = excluded.key, label = excluded.label,
                 kind = excluded.kind, role = excluded.role, writable = excluded.writable,
                 required = excluded.required, present = excluded.present",
            )?
            .execute(params![
                connection, attribute.id, attribute.key, attribute.label, attribute.kind,
                attribute.role, attribute.writable, attribute.required, attribute.present
            ])?;
        Ok(())
    }
}
