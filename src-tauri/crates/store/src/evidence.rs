//! Activity files that count, what they say of people, and which rows said nothing.

use rusqlite::{OptionalExtension, Row, params};

use crate::{Reader, Result, Writer};

/// An activity file; `mapping` and `outcome` are the engine's JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSource {
    pub id: u32,
    pub connection: u32,
    pub name: String,
    pub kind: String,
    pub file_name: String,
    /// SHA-256, hex.
    pub file_hash: String,
    pub file_bytes: i64,
    pub mapping: String,
    pub outcome: String,
    /// The day the file speaks of, `YYYY-MM-DD`.
    pub as_of: String,
    /// RFC 3339.
    pub imported_at: String,
    /// When another took its place; `None` while it counts.
    pub replaced_at: Option<String>,
}

/// What a source says of a person. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvidence {
    pub person: u32,
    pub seen: Option<String>,
    /// left | leave | active
    pub state: Option<String>,
    pub since: Option<String>,
}

/// A row that counts for nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvidenceRow {
    pub row: u32,
    /// unmatched | ambiguous | unreadable
    pub state: String,
    pub who: Option<String>,
    pub why: String,
}

const FIELDS: &str = "id, connection, name, kind, file_name, file_hash, file_bytes, mapping, outcome, as_of, \
     imported_at, replaced_at";

fn source(row: &Row<'_>) -> rusqlite::Result<StoredSource> {
    Ok(StoredSource {
        id: row.get(0)?,
        connection: row.get(1)?,
        name: row.get(2)?,
        kind: row.get(3)?,
        file_name: row.get(4)?,
        file_hash: row.get(5)?,
        file_bytes: row.get(6)?,
        mapping: row.get(7)?,
        outcome: row.get(8)?,
        as_of: row.get(9)?,
        imported_at: row.get(10)?,
        replaced_at: row.get(11)?,
    })
}

impl Reader<'_> {
    /// Every file ever accepted and not forgotten, the newest first.
    pub fn evidence_sources(&self, connection: u32) -> Result<Vec<StoredSource>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {FIELDS} FROM evidence_sources WHERE connection = ?1 ORDER BY id DESC"
        ))?;
        let found = statement
            .query_map([connection], source)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// `None` when it was forgotten.
    pub fn evidence_source(&self, id: u32) -> Result<Option<StoredSource>> {
        Ok(self
            .raw()
            .prepare_cached(&format!(
                "SELECT {FIELDS} FROM evidence_sources WHERE id = ?1"
            ))?
            .query_one([id], source)
            .optional()?)
    }

    /// The people a source speaks of, ascending.
    pub fn evidence_people(&self, source: u32) -> Result<Vec<u32>> {
        let mut statement = self
            .raw()
            .prepare_cached("SELECT person FROM evidence WHERE source = ?1 ORDER BY person")?;
        let found = statement
            .query_map([source], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }

    /// Rows of a source that count for nobody, in the order of the file, and how many there are.
    pub fn evidence_rows(
        &self,
        source: u32,
        state: Option<&str>,
        start: u32,
        len: u32,
    ) -> Result<(u32, Vec<StoredEvidenceRow>)> {
        let total = self
            .raw()
            .prepare_cached(
                "SELECT count(*) FROM evidence_rows WHERE source = ?1 AND (?2 IS NULL OR state = ?2)",
            )?
            .query_one(params![source, state], |row| row.get(0))?;
        let mut statement = self.raw().prepare_cached(
            "SELECT row, state, who, why FROM evidence_rows WHERE source = ?1 AND (?2 IS NULL OR state = ?2) \
             ORDER BY row LIMIT ?4 OFFSET ?3",
        )?;
        let found = statement
            .query_map(params![source, state, start, len], |row| {
                Ok(StoredEvidenceRow {
                    row: row.get(0)?,
                    state: row.get(1)?,
                    who: row.get(2)?,
                    why: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok((total, found))
    }

    /// Case-folded aliases and whom each stands for.
    pub fn aliases(&self, connection: u32) -> Result<Vec<(String, u32)>> {
        let mut statement = self
            .raw()
            .prepare_cached("SELECT alias, person FROM aliases WHERE connection = ?1")?;
        let found = statement
            .query_map([connection], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(found)
    }
}

impl Writer<'_> {
    /// Keeps a file and answers its id; `source.id` is given afresh.
    pub fn add_evidence_source(
        &self,
        source: &StoredSource,
        evidence: &[StoredEvidence],
        rows: &[StoredEvidenceRow],
    ) -> Result<u32> {
        let id: u32 = self
            .raw()
            .prepare_cached(
                "INSERT INTO evidence_sources (connection, name, kind, file_name, file_hash, file_bytes, mapping, \
                 outcome, as_of, imported_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10) RETURNING id",
            )?
            .query_one(
                params![
                    source.connection,
                    source.name,
                    source.kind,
                    source.file_name,
                    source.file_hash,
                    source.file_bytes,
                    source.mapping,
                    source.outcome,
                    source.as_of,
                    source.imported_at,
                ],
                |row| row.get(0),
            )?;
        let mut insert = self
            .raw()
            .prepare_cached("INSERT INTO evidence VALUES (?1,?2,?3,?4,?5)")?;
        for said in evidence {
            insert.execute(params![id, said.person, said.seen, said.state, said.since])?;
        }
        let mut insert = self
            .raw()
            .prepare_cached("INSERT INTO evidence_rows VALUES (?1,?2,?3,?4,?5)")?;
        for row in rows {
            insert.execute(params![id, row.row, row.state, row.who, row.why])?;
        }
        Ok(id)
    }

    /// The file stays known by its hash, mapping and outcome; what it said counts no more.
    pub fn replace_evidence_source(&self, id: u32, now: &str) -> Result<()> {
        for statement in [
            "DELETE FROM evidence WHERE source = ?1",
            "DELETE FROM evidence_rows WHERE source = ?1",
        ] {
            self.raw().prepare_cached(statement)?.execute([id])?;
        }
        self.raw()
            .prepare_cached("UPDATE evidence_sources SET replaced_at = ?2 WHERE id = ?1")?
            .execute(params![id, now])?;
        Ok(())
    }

    /// Not an error when it was forgotten already.
    pub fn forget_evidence_source(&self, id: u32) -> Result<()> {
        self.raw()
            .prepare_cached("DELETE FROM evidence_sources WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// An alias that stood for somebody else now stands for this person.
    pub fn put_alias(&self, connection: u32, alias: &str, person: u32, now: &str) -> Result<()> {
        self.raw()
            .prepare_cached("INSERT OR REPLACE INTO aliases VALUES (?1,?2,?3,?4)")?
            .execute(params![connection, alias, person, now])?;
        Ok(())
    }

    /// Whether there was such an alias.
    pub fn remove_alias(&self, connection: u32, alias: &str) -> Result<bool> {
        let removed = self
            .raw()
            .prepare_cached("DELETE FROM aliases WHERE connection = ?1 AND alias = ?2")?
            .execute(params![connection, alias])?;
        Ok(removed > 0)
    }
}
