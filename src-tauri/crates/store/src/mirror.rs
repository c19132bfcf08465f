//! The mirror: one row per person ever listed, with the record as it came.
//!
//! The values of a person are one blob: for each cell the attribute id, a flag byte and one or two texts, every
//! number as LEB128. Reading a million people takes one pass over it and no allocation per value.

use std::ops::RangeInclusive;

use rusqlite::{OptionalExtension, params};
use xxhash_rust::xxh3::xxh3_128;

use crate::{Error, Pack, Reader, Result, ScannedPerson, Writer, pack::unpack};

/// One value of one person. An attribute without a value and without a remark has no cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCell {
    pub attribute: u32,
    pub value: Option<String>,
    /// Why the value looks odd.
    pub odd: Option<String>,
}

/// XXH3 of a record as it came, 128 bits. It tells a changed record from an unchanged one, where chance is the
/// only adversary; what has to withstand a forger, the history's chain, has SHA-256.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// Of the bytes as received: another order of members is another record.
    pub fn of(raw: &[u8]) -> Self {
        Self(xxh3_128(raw).to_be_bytes())
    }
}

/// A person as read from the service, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    pub scim_id: String,
    /// In attribute order.
    pub cells: Vec<StoredCell>,
    /// The resource as received.
    pub raw: String,
    pub digest: Digest,
    pub etag: Option<String>,
}

impl PersonRecord {
    /// The value of one attribute.
    pub fn value(&self, attribute: u32) -> Option<&str> {
        self.cells
            .iter()
            .find(|cell| cell.attribute == attribute)
            .and_then(|cell| cell.value.as_deref())
    }
}

/// A person as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPerson {
    pub row: u32,
    pub connection: u32,
    pub record: PersonRecord,
    pub generation: u32,
    /// When the values were last written, RFC 3339.
    pub seen_at: String,
    /// When the disappearance was confirmed, RFC 3339.
    pub gone_at: Option<String>,
}

/// What a sync compares with: enough to tell an unchanged person without reading its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub row: u32,
    pub scim_id: String,
    pub digest: Digest,
    pub gone: bool,
}

/// A person on the way into a directory in memory, borrowed from the database page.
#[derive(Debug)]
pub struct StoredRow<'a> {
    pub row: u32,
    pub scim_id: &'a str,
    /// See [`Cells`].
    pub cells: &'a [u8],
    pub gone: bool,
}

/// Reads the cells of a stored blob: attribute, value, remark. Ends early at a blob that is cut off.
#[derive(Debug, Clone)]
pub struct Cells<'a>(&'a [u8]);

impl<'a> Cells<'a> {
    /// Of a blob as [`CellBlob`] makes it; any bytes may be given.
    pub fn new(blob: &'a [u8]) -> Self {
        Self(blob)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()? as usize;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = (u32, Option<&'a str>, Option<&'a str>);

    fn next(&mut self) -> Option<Self::Item> {
        let attribute = self.number()?;
        let flags = self.number()?;
        let value = if flags & 1 != 0 {
            Some(self.text()?)
        } else {
            None
        };
        let odd = if flags & 2 != 0 {
            Some(self.text()?)
        } else {
            None
        };
        Some((attribute, value, odd))
    }
}

/// The values of one person in the form they are kept in: what [`Cells`] reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellBlob(Vec<u8>);

impl CellBlob {
    /// With room for what a person usually has.
    pub fn new() -> Self {
        Self(Vec::with_capacity(512))
    }

    /// Call in attribute order.
    pub fn push(&mut self, attribute: u32, value: Option<&str>, odd: Option<&str>) {
        self.number(attribute);
        self.number(u32::from(value.is_some()) | u32::from(odd.is_some()) << 1);
        for text in [value, odd].into_iter().flatten() {
            self.number(text.len() as u32);
            self.0.extend_from_slice(text.as_bytes());
        }
    }

    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// In the order they were put in.
    pub fn iter(&self) -> Cells<'_> {
        Cells::new(&self.0)
    }

    /// Each value by itself, to compare it with others.
    pub fn to_cells(&self) -> Vec<StoredCell> {
        stored_cells(&self.0)
    }
}

impl<'a> FromIterator<&'a StoredCell> for CellBlob {
    fn from_iter<T: IntoIterator<Item = &'a StoredCell>>(cells: T) -> Self {
        let mut blob = Self::new();
        for cell in cells {
            blob.push(cell.attribute, cell.value.as_deref(), cell.odd.as_deref());
        }
        blob
    }
}

fn stored_cells(blob: &[u8]) -> Vec<StoredCell> {
    Cells::new(blob)
        .map(|(attribute, value, odd)| StoredCell {
            attribute,
            value: value.map(str::to_owned),
            odd: odd.map(str::to_owned),
        })
        .collect()
}

fn digest(bytes: &[u8]) -> Result<Digest> {
    bytes
        .try_into()
        .map(Digest)
        .map_err(|_| Error::damaged("digest", "it is not 16 bytes"))
}

impl Reader<'_> {
    /// One person with the record as received; `None` when there is no such row.
    pub fn person_record(&self, row: u32) -> Result<Option<StoredPerson>> {
        let found = self
            .raw()
            .prepare_cached(
                "SELECT people.connection, scim_id, cells, digest, etag, generation, seen_at, gone_at,
                 packed, place, length FROM people JOIN packs ON packs.id = people.pack WHERE people.id = ?1",
            )?
            .query_row([row], |columns| {
                Ok((
                    columns.get::<_, u32>(0)?,
                    columns.get::<_, String>(1)?,
                    columns.get::<_, Vec<u8>>(2)?,
                    columns.get::<_, Vec<u8>>(3)?,
                    columns.get::<_, Option<String>>(4)?,
                    columns.get::<_, u32>(5)?,
                    columns.get::<_, String>(6)?,
                    columns.get::<_, Option<String>>(7)?,
                    columns.get::<_, Vec<u8>>(8)?,
                    columns.get::<_, u32>(9)? as usize,
                    columns.get::<_, u32>(10)? as usize,
                ))
            })
            .optional()?;
        let Some((
            connection,
            scim_id,
            cells,
            found_digest,
            etag,
            generation,
            seen_at,
            gone_at,
            packed,
            place,
            length,
        )) = found
        else {
            return Ok(None);
        };
        Ok(Some(StoredPerson {
            row,
            connection,
            record: PersonRecord {
                scim_id,
                cells: stored_cells(&cells),
                raw: unpack(&packed, place..place + length)?,
                digest: digest(&found_digest)?,
                etag,
            },
            generation,
            seen_at,
            gone_at,
        }))
    }

    /// The values of one person, without the record; `None` when there is no such row.
    pub fn person_values(&self, row: u32) -> Result<Option<Vec<StoredCell>>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT cells FROM people WHERE id = ?1")?
            .query_row([row], |columns| {
                Ok(stored_cells(columns.get_ref(0)?.as_blob()?))
            })
            .optional()?)
    }

    /// The row of a person by the service's id, gone or not.
    pub fn row_of(&self, connection: u32, scim_id: &str) -> Result<Option<u32>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT id FROM people WHERE connection = ?1 AND scim_id = ?2")?
            .query_row(params![connection, scim_id], |row| row.get(0))
            .optional()?)
    }

    /// Whether somebody by the service's id is in the mirror and not gone.
    pub fn is_there(&self, connection: u32, scim_id: &str) -> Result<bool> {
        Ok(self
            .raw()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM people WHERE connection = ?1 AND scim_id = ?2 AND gone_at IS NULL)")?
            .query_one(params![connection, scim_id], |row| row.get(0))?)
    }

    /// People of a connection who are not gone. Counted in the indices: a table of a million people takes a
    /// second to page through.
    pub fn people_count(&self, connection: u32) -> Result<u32> {
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT (SELECT count(*) FROM people INDEXED BY people_by_connection WHERE connection = ?1)
                 - (SELECT count(*) FROM people INDEXED BY people_gone WHERE connection = ?1 AND gone_at IS NOT NULL)",
            )?
            .query_row([connection], |row| row.get(0))?)
    }

    /// The first and the last row of a connection; `None` when nobody was ever listed.
    pub fn people_rows(&self, connection: u32) -> Result<Option<RangeInclusive<u32>>> {
        let (first, last): (Option<u32>, Option<u32>) = self.raw().query_row(
            "SELECT (SELECT min(id) FROM people INDEXED BY people_by_connection WHERE connection = ?1),
             (SELECT max(id) FROM people INDEXED BY people_by_connection WHERE connection = ?1)",
            [connection],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(first.zip(last).map(|(first, last)| first..=last))
    }

    /// What a sync compares with, everybody ever listed.
    pub fn known_people(&self, connection: u32) -> Result<Vec<Known>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT id, scim_id, digest, gone_at IS NOT NULL FROM people WHERE connection = ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([connection])?;
        let mut known = Vec::new();
        while let Some(row) = rows.next()? {
            known.push(Known {
                row: row.get(0)?,
                scim_id: row.get(1)?,
                digest: digest(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)?,
                gone: row.get(3)?,
            });
        }
        Ok(known)
    }

    /// Everybody ever listed among these rows, in row order, without copies.
    pub fn each_person<E: From<Error>>(
        &self,
        connection: u32,
        rows: RangeInclusive<u32>,
        mut visit: impl FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .raw()
            .prepare_cached(
                "SELECT id, scim_id, cells, gone_at IS NOT NULL FROM people INDEXED BY people_by_connection
                 WHERE connection = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id",
            )
            .map_err(Error::from)?;
        let mut rows = statement
            .query([connection, *rows.start(), *rows.end()])
            .map_err(Error::from)?;
        while let Some(row) = rows.next().map_err(Error::from)? {
            visit(stored_row(row)?)?;
        }
        Ok(())
    }

    /// The given rows, in the order given; rows that are not there are left out.
    pub fn some_people<E: From<Error>>(
        &self,
        rows: &[u32],
        mut visit: impl FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .raw()
            .prepare_cached(
                "SELECT id, scim_id, cells, gone_at IS NOT NULL FROM people WHERE id = ?1",
            )
            .map_err(Error::from)?;
        for row in rows {
            let mut found = statement.query([row]).map_err(Error::from)?;
            if let Some(row) = found.next().map_err(Error::from)? {
                visit(stored_row(row)?)?;
            }
        }
        Ok(())
    }
}

fn stored_row<'a>(row: &'a rusqlite::Row<'_>) -> Result<StoredRow<'a>> {
    let text = |error: rusqlite::types::FromSqlError| Error::from(rusqlite::Error::from(error));
    Ok(StoredRow {
        row: row.get(0)?,
        scim_id: row.get_ref(1)?.as_str().map_err(text)?,
        cells: row.get_ref(2)?.as_blob().map_err(text)?,
        gone: row.get(3)?,
    })
}

impl Writer<'_> {
    /// Adds or rewrites people by the service's id, each once, and returns their rows in the same order. Whoever
    /// was gone is there again.
    pub fn put_people(
        &self,
        connection: u32,
        generation: u32,
        seen_at: &str,
        people: &[PersonRecord],
    ) -> Result<Vec<u32>> {
        let mut rows = Vec::with_capacity(people.len());
        for people in people.chunks(Pack::BEST) {
            let scanned = people
                .iter()
                .map(|person| {
                    let scanned = ScannedPerson {
                        row: self.row_of(connection, &person.scim_id)?,
                        scim_id: person.scim_id.clone(),
                        cells: person.cells.iter().collect(),
                        digest: person.digest,
                        etag: person.etag.clone(),
                    };
                    Ok((scanned, person.raw.as_str()))
                })
                .collect::<Result<Vec<_>>>()?;
            rows.extend(self.put_pack(connection, generation, seen_at, &Pack::of(scanned))?);
        }
        Ok(rows)
    }

    /// Marks one person as gone from the service; the record stays.
    pub fn mark_gone(&self, row: u32, gone_at: &str) -> Result<()> {
        let connection: Option<u32> = self
            .raw()
            .prepare_cached("UPDATE people SET gone_at = ?2 WHERE id = ?1 RETURNING connection")?
            .query_row(params![row, gone_at], |columns| columns.get(0))
            .optional()?;
        connection.map_or(Ok(()), |connection| self.forget_first_rows(connection))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell() -> impl Strategy<Value = StoredCell> {
        (
            any::<u32>(),
            any::<Option<String>>(),
            any::<Option<String>>(),
        )
            .prop_map(|(attribute, value, odd)| StoredCell {
                attribute,
                value,
                odd,
            })
    }

    proptest! {
        #[test]
        fn cells_come_back_as_they_were(cells in prop::collection::vec(cell(), 0..20)) {
            let blob: CellBlob = cells.iter().collect();
            let read: Vec<StoredCell> = blob.iter()
                .map(|(attribute, value, odd)| StoredCell {
                    attribute,
                    value: value.map(str::to_owned),
                    odd: odd.map(str::to_owned),
                })
                .collect();
            prop_assert_eq!(read, cells, "a value must survive the database whatever it holds");
        }

        #[test]
        fn a_damaged_blob_ends_and_never_panics(blob in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Cells::new(&blob).count() <= blob.len(), "every cell takes at least a byte");
        }
    }
}
