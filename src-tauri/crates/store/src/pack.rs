//! Records as received, many together: people's records repeat each other's names and values, so packed with
//! LZ4 they take a fifth of their room, and a first sync writes that much less.

use std::{collections::BTreeMap, ops::Range};

use rusqlite::{OptionalExtension, params};

use crate::{CellBlob, Digest, Error, Reader, Result, Writer};

/// LZ4 makes nothing smaller than this many times.
const MOST_PACKED: usize = 256;

/// A person as a scan read them, the values in the form they are kept in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScannedPerson {
    /// The row of somebody who was listed before.
    pub row: Option<u32>,
    pub scim_id: String,
    pub cells: CellBlob,
    pub digest: Digest,
    pub etag: Option<String>,
}

/// Some people with their records packed. Somebody's record is read by unpacking all of them, so they should
/// be few.
#[derive(Debug, Clone)]
pub struct Pack {
    people: Vec<(ScannedPerson, Range<usize>)>,
    packed: Vec<u8>,
}

impl Pack {
    /// People that one pack is best made of: more pack hardly better, and take longer to unpack.
    pub const BEST: usize = 64;

    /// Each person with the resource as received.
    pub fn of(people: impl IntoIterator<Item = (ScannedPerson, impl AsRef<str>)>) -> Self {
        let mut text = Vec::with_capacity(Self::BEST * 1_024);
        let people = people
            .into_iter()
            .map(|(person, raw)| {
                let start = text.len();
                text.extend_from_slice(raw.as_ref().as_bytes());
                (person, start..text.len())
            })
            .collect();
        Self {
            people,
            packed: lz4_flex::block::compress_prepend_size(&text),
        }
    }

    /// In the order their records stand in it.
    pub fn people(&self) -> impl Iterator<Item = &ScannedPerson> {
        self.people.iter().map(|(person, _)| person)
    }

    /// As [`Pack::people`].
    pub fn into_people(self) -> impl Iterator<Item = ScannedPerson> {
        self.people.into_iter().map(|(person, _)| person)
    }
}

/// The record in a pack as stored.
pub(crate) fn unpack(packed: &[u8], place: Range<usize>) -> Result<String> {
    let damaged = |detail: &str| Error::damaged("record", detail);
    let (size, rest) =
        lz4_flex::block::uncompressed_size(packed).map_err(|_| damaged("its pack is empty"))?;
    if size > rest.len().saturating_mul(MOST_PACKED) {
        return Err(damaged("its pack says it holds more than it can"));
    }
    let mut text =
        lz4_flex::block::decompress(rest, size).map_err(|error| Error::damaged("record", error))?;
    if place.end > text.len() || place.start > place.end {
        return Err(damaged("its pack is too short"));
    }
    text.truncate(place.end);
    String::from_utf8(text.split_off(place.start)).map_err(|error| Error::damaged("record", error))
}

impl Reader<'_> {
    fn pack_of(&self, row: u32) -> Result<Option<i64>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT pack FROM people WHERE id = ?1")?
            .query_row([row], |columns| columns.get(0))
            .optional()?)
    }
}

impl Writer<'_> {
    /// Adds people or rewrites those whose row is known, and returns the rows in the same order. Whoever was
    /// gone is there again.
    pub fn put_pack(
        &self,
        connection: u32,
        generation: u32,
        seen_at: &str,
        pack: &Pack,
    ) -> Result<Vec<u32>> {
        self.forget_first_rows(connection)?;
        self.raw()
            .prepare_cached("INSERT INTO packs (connection, records, packed) VALUES (?1, ?2, ?3)")?
            .execute(params![connection, pack.people.len() as u32, pack.packed])?;
        let id = self.raw().last_insert_rowid();
        let mut add = self.raw().prepare_cached(
            "INSERT INTO people (connection, generation, seen_at, pack, scim_id, cells, digest, etag, place, length)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        let mut rewrite = self.raw().prepare_cached(
            "UPDATE people SET generation = ?2, seen_at = ?3, pack = ?4, cells = ?6, digest = ?7, etag = ?8, place = ?9,
             length = ?10, gone_at = NULL
             WHERE connection = ?1 AND scim_id = ?5 AND id = ?11",
        )?;
        // What they have in common stays bound from one to the next.
        for statement in [&mut add, &mut rewrite] {
            statement.raw_bind_parameter(1, connection)?;
            statement.raw_bind_parameter(2, generation)?;
            statement.raw_bind_parameter(3, seen_at)?;
            statement.raw_bind_parameter(4, id)?;
        }
        let mut rows = Vec::with_capacity(pack.people.len());
        let mut left: BTreeMap<i64, u32> = BTreeMap::new();
        for (person, place) in &pack.people {
            let statement = match person.row {
                None => &mut add,
                Some(row) => {
                    if let Some(pack) = self.pack_of(row)? {
                        *left.entry(pack).or_default() += 1;
                    }
                    rewrite.raw_bind_parameter(11, row)?;
                    &mut rewrite
                }
            };
            statement.raw_bind_parameter(5, person.scim_id.as_str())?;
            statement.raw_bind_parameter(6, person.cells.bytes())?;
            statement.raw_bind_parameter(7, person.digest.0.as_slice())?;
            statement.raw_bind_parameter(8, person.etag.as_deref())?;
            statement.raw_bind_parameter(9, place.start as u32)?;
            statement.raw_bind_parameter(10, place.len() as u32)?;
            statement.raw_execute()?;
            let row = match person.row {
                None => u32::try_from(self.raw().last_insert_rowid())
                    .map_err(|error| Error::damaged("row", error))?,
                Some(row) => row,
            };
            rows.push(row);
        }
        for (pack, records) in left {
            self.leave_pack(pack, records)?;
        }
        Ok(rows)
    }

    /// So many records of a pack are elsewhere now. One that nobody's record is in any more goes.
    fn leave_pack(&self, pack: i64, records: u32) -> Result<()> {
        let stay: i64 = self
            .raw()
            .prepare_cached(
                "UPDATE packs SET records = records - ?2 WHERE id = ?1 RETURNING records",
            )?
            .query_row(params![pack, records], |columns| columns.get(0))?;
        if stay <= 0 {
            self.raw()
                .prepare_cached("DELETE FROM packs WHERE id = ?1")?
                .execute([pack])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{NewConnection, Store};

    fn person(id: usize, row: Option<u32>) -> ScannedPerson {
        ScannedPerson {
            row,
            scim_id: id.to_string(),
            cells: CellBlob::default(),
            digest: Digest([7; 16]),
            etag: None,
        }
    }

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        store
            .write(|writer| writer.add_connection(&connection()))
            .expect("a connection");
        (folder, store)
    }

    fn connection() -> NewConnection {
        let text = str::to_owned;
        NewConnection {
            name: text("Example"),
            url: text("https://example.com/scim/v2"),
            colour: text("grey"),
            origin: text("other"),
            token_place: text("session"),
            capabilities: text("{}"),
            policy: text("{}"),
            created_at: text("now"),
        }
    }

    fn packs(store: &Store) -> Vec<u32> {
        store
            .read(|reader| {
                let mut statement = reader
                    .raw()
                    .prepare("SELECT records FROM packs ORDER BY id")?;
                let counts = statement.query_map([], |columns| columns.get(0))?;
                Ok::<_, Error>(counts.collect::<rusqlite::Result<_>>()?)
            })
            .expect("reads")
    }

    proptest! {
        #[test]
        fn a_record_comes_back_byte_for_byte(texts in prop::collection::vec(".*", 1..20)) {
            let people = texts.iter().enumerate().map(|(at, text)| (person(at, None), text));
            let pack = Pack::of(people);
            for ((_, place), text) in pack.people.iter().zip(&texts) {
                let unpacked = unpack(&pack.packed, place.clone()).expect("is whole");
                prop_assert_eq!(&unpacked, text, "members nobody knows survive as they came");
            }
        }

        #[test]
        fn a_damaged_pack_is_said_to_be(bytes in prop::collection::vec(any::<u8>(), 0..200), start in 0usize..300, length in 0usize..300) {
            let claims = |size: u32| [&size.to_le_bytes()[..], &bytes].concat();
            let place = start..start + length;
            prop_assert!(
                unpack(&claims(u32::MAX), place.clone()).is_err(),
                "no room is made for a size that can't be there"
            );
            match unpack(&claims(256), place.clone()) {
                Ok(text) => prop_assert!(
                    text.len() == length && place.end <= 256,
                    "what happens to unpack holds what was asked of it"
                ),
                Err(error) => prop_assert!(
                    matches!(error, Error::Damaged { .. }),
                    "it is damage and nothing else: {error}"
                ),
            }
        }
    }

    #[test]
    fn a_pack_goes_with_its_last_record() {
        let (_folder, store) = store();
        let rows = store
            .write(|writer| {
                let people = (0..3).map(|id| (person(id, None), format!("{{\"id\":\"{id}\"}}")));
                writer.put_pack(1, 1, "now", &Pack::of(people))
            })
            .expect("writes");
        assert_eq!(packs(&store), [3], "three records are in one pack");
        for (id, row) in rows.iter().copied().enumerate() {
            store
                .write(move |writer| {
                    let changed = (
                        person(id, Some(row)),
                        format!("{{\"id\":\"{id}\",\"new\":1}}"),
                    );
                    writer.put_pack(1, 2, "later", &Pack::of([changed]))
                })
                .expect("rewrites");
            let record = store
                .read(|reader| reader.person_record(row))
                .expect("reads")
                .expect("is there");
            assert_eq!(
                record.record.raw,
                format!("{{\"id\":\"{id}\",\"new\":1}}"),
                "the record is the one written last"
            );
        }
        assert_eq!(
            packs(&store),
            [1, 1, 1],
            "what nobody's record is in any more takes no room"
        );
    }
}
