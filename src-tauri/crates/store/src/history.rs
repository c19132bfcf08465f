//! The history: append-only, each event carrying the hash of the one before it.
//!
//! The hash of an event is SHA-256 over the previous event's hash and a canonical encoding of its own
//! fields. The encoding prefixes every field with its length, so no two different events have the same
//! bytes; absent and empty differ. Once a UTC day is over, its last event is written down a second time
//! as an anchor, which finds a tail that was cut off.

use rusqlite::{OptionalExtension, Row, ToSql, params};
use sha2::{Digest, Sha256};

use crate::{Error, Reader, Result, Writer};

/// SHA-256.
pub type Hash = [u8; 32];

/// What the first event of a history is chained to.
const NOTHING_BEFORE: Hash = [0; 32];

/// Told apart from a length, which can't be this large.
const ABSENT: u64 = u64::MAX;

/// One event to be written. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewEvent {
    pub at: String,
    /// "user@machine".
    pub actor: String,
    pub connection: u32,
    /// made | seen
    pub origin: String,
    /// set | create | activate | deactivate | delete | arrive | vanish | note
    pub act: String,
    pub person: Option<u32>,
    pub scim_id: Option<String>,
    pub person_name: Option<String>,
    /// The attribute's key, and its label at that time.
    pub attribute: Option<String>,
    pub label: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub run: Option<u32>,
    pub plan: Option<u32>,
    pub reason: Option<String>,
    pub request_id: Option<String>,
    /// Hash of the file it came from.
    pub source: Option<String>,
    /// JSON: the whole person before a deletion, say.
    pub detail: Option<String>,
}

/// One event as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: u32,
    pub event: NewEvent,
    pub previous: Hash,
    pub hash: Hash,
}

/// The end of a day, written down a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// `YYYY-MM-DD`, UTC.
    pub day: String,
    pub event: u32,
    pub hash: Hash,
}

/// Which events; all that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    pub connection: Option<u32>,
    /// Every word must occur somewhere in the person, attribute, values, reason or actor.
    pub words: Vec<String>,
    pub origin: Option<String>,
    pub person: Option<u32>,
    pub run: Option<u32>,
    /// Inclusive.
    pub from: Option<String>,
    /// Exclusive.
    pub to: Option<String>,
}

/// Events of one UTC day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub day: String,
    pub made: u32,
    pub seen: u32,
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    /// Events that were looked at.
    pub events: u32,
    pub broken: Option<Break>,
    /// The last event and its hash.
    pub end: Option<(u32, Hash)>,
}

/// The first thing that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The event's fields are not those its hash was made of.
    Edited(u32),
    /// The event does not follow the one before it: something was removed, added or swapped here.
    OutOfOrder(u32),
    /// An anchor names this event, and it is not there, or it is another one.
    Anchor(u32),
    /// Events after this one are missing: more were written once.
    Cut(u32),
}

/// The bytes an event's hash is made of.
pub fn canonical(id: u32, event: &NewEvent) -> Vec<u8> {
    let NewEvent {
        at,
        actor,
        connection,
        origin,
        act,
        person,
        scim_id,
        person_name,
        attribute,
        label,
        before,
        after,
        run,
        plan,
        reason,
        request_id,
        source,
        detail,
    } = event;
    let mut bytes = b"muster history 1\n".to_vec();
    let number = |number: &u32| number.to_string();
    let fields = [
        Some(id.to_string()),
        Some(at.clone()),
        Some(actor.clone()),
        Some(number(connection)),
        Some(origin.clone()),
        Some(act.clone()),
        person.as_ref().map(number),
        scim_id.clone(),
        person_name.clone(),
        attribute.clone(),
        label.clone(),
        before.clone(),
        after.clone(),
        run.as_ref().map(number),
        plan.as_ref().map(number),
        reason.clone(),
        request_id.clone(),
        source.clone(),
        detail.clone(),
    ];
    for field in fields {
        match field {
            Some(text) => {
                bytes.extend((text.len() as u64).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
            None => bytes.extend(ABSENT.to_le_bytes()),
        }
    }
    bytes
}

fn hash(previous: &Hash, id: u32, event: &NewEvent) -> Hash {
    let mut digest = Sha256::new();
    digest.update(previous);
    digest.update(canonical(id, event));
    digest.finalize().into()
}

fn day_of(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}

const FIELDS: &str = "id, at, actor, connection, origin, act, person, scim_id, person_name, attribute, label, \
     before, after, run, plan, reason, request_id, source, detail, previous, hash";

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        id: row.get(0)?,
        event: NewEvent {
            at: row.get(1)?,
            actor: row.get(2)?,
            connection: row.get(3)?,
            origin: row.get(4)?,
            act: row.get(5)?,
            person: row.get(6)?,
            scim_id: row.get(7)?,
            person_name: row.get(8)?,
            attribute: row.get(9)?,
            label: row.get(10)?,
            before: row.get(11)?,
            after: row.get(12)?,
            run: row.get(13)?,
            plan: row.get(14)?,
            reason: row.get(15)?,
            request_id: row.get(16)?,
            source: row.get(17)?,
            detail: row.get(18)?,
        },
        previous: row.get(19)?,
        hash: row.get(20)?,
    })
}

impl EventQuery {
    fn condition(&self) -> (String, Vec<Box<dyn ToSql>>) {
        let mut clauses = vec!["1".to_owned()];
        let mut values: Vec<Box<dyn ToSql>> = Vec::new();
        let mut add = |clause: &str, value: Box<dyn ToSql>| {
            values.push(value);
            clauses.push(clause.replace('?', &format!("?{}", values.len())));
        };
        if let Some(connection) = self.connection {
            add("connection = ?", Box::new(connection));
        }
        if let Some(origin) = &self.origin {
            add("origin = ?", Box::new(origin.clone()));
        }
        if let Some(person) = self.person {
            add("person = ?", Box::new(person));
        }
        if let Some(run) = self.run {
            add("run = ?", Box::new(run));
        }
        if let Some(from) = &self.from {
            add("at >= ?", Box::new(from.clone()));
        }
        if let Some(to) = &self.to {
            add("at < ?", Box::new(to.clone()));
        }
        for word in &self.words {
            let pattern = format!("%{}%", escape_like(word));
            add(
                "(coalesce(person_name,'')||' '||coalesce(scim_id,'')||' '||coalesce(label,'')||' '||\
                 coalesce(before,'')||' '||coalesce(after,'')||' '||coalesce(reason,'')||' '||actor||' '||act) \
                 LIKE ? ESCAPE '\\'",
                Box::new(pattern),
            );
        }
        (clauses.join(" AND "), values)
    }
}

fn escape_like(word: &str) -> String {
    word.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

impl Reader<'_> {
    /// Newest first.
    pub fn events(&self, query: &EventQuery, start: u32, len: u32) -> Result<Vec<Event>> {
        let (condition, mut values) = query.condition();
        values.push(Box::new(len));
        values.push(Box::new(start));
        let sql = format!(
            "SELECT {FIELDS} FROM history WHERE {condition} ORDER BY id DESC LIMIT ?{} OFFSET ?{}",
            values.len() - 1,
            values.len()
        );
        let mut statement = self.raw().prepare_cached(&sql)?;
        let found = statement.query_map(rusqlite::params_from_iter(values.iter()), event)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    pub fn event(&self, id: u32) -> Result<Option<Event>> {
        Ok(self
            .raw()
            .prepare_cached(&format!("SELECT {FIELDS} FROM history WHERE id = ?1"))?
            .query_one([id], event)
            .optional()?)
    }

    /// Events per UTC day over the whole answer, oldest first; their sum is how many there are.
    pub fn event_days(&self, query: &EventQuery) -> Result<Vec<Day>> {
        let (condition, values) = query.condition();
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT substr(at, 1, 10) AS day, sum(origin = 'made'), sum(origin <> 'made') \
             FROM history WHERE {condition} GROUP BY day ORDER BY day"
        ))?;
        let found = statement.query_map(rusqlite::params_from_iter(values.iter()), |row| {
            Ok(Day {
                day: row.get(0)?,
                made: row.get(1)?,
                seen: row.get(2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Oldest first, one at a time, for exports.
    ///
    /// # Errors
    /// What `each` returns, or what the file says.
    pub fn each_event<E: From<Error>>(
        &self,
        query: &EventQuery,
        mut each: impl FnMut(Event) -> Result<(), E>,
    ) -> Result<(), E> {
        let (condition, values) = query.condition();
        let mut statement = self
            .raw()
            .prepare_cached(&format!(
                "SELECT {FIELDS} FROM history WHERE {condition} ORDER BY id"
            ))
            .map_err(Error::from)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values.iter()))
            .map_err(Error::from)?;
        while let Some(row) = rows.next().map_err(Error::from)? {
            each(event(row).map_err(Error::from)?)?;
        }
        Ok(())
    }

    pub fn anchors(&self) -> Result<Vec<Anchor>> {
        let mut statement = self
            .raw()
            .prepare_cached("SELECT day, event, hash FROM anchors ORDER BY event")?;
        let found = statement.query_map([], |row| {
            Ok(Anchor {
                day: row.get(0)?,
                event: row.get(1)?,
                hash: row.get(2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The last event's id and hash.
    pub fn history_end(&self) -> Result<Option<(u32, Hash)>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT id, hash FROM history ORDER BY id DESC LIMIT 1")?
            .query_one([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?)
    }

    /// Walks the whole chain and compares it with the anchors kept here and those `kept_elsewhere`.
    pub fn check_history(&self, kept_elsewhere: &[(u32, Hash)]) -> Result<ChainCheck> {
        let mut anchors: Vec<(u32, Hash)> = self
            .anchors()?
            .into_iter()
            .map(|anchor| (anchor.event, anchor.hash))
            .chain(kept_elsewhere.iter().copied())
            .collect();
        anchors.sort_unstable();
        let mut anchors = anchors.into_iter().peekable();

        let mut check = ChainCheck {
            events: 0,
            broken: None,
            end: None,
        };
        let mut statement = self
            .raw()
            .prepare_cached(&format!("SELECT {FIELDS} FROM history ORDER BY id"))?;
        let mut rows = statement.query([])?;
        let mut previous = NOTHING_BEFORE;
        let mut expected = 1;
        while let Some(row) = rows.next()? {
            let found = event(row)?;
            check.events += 1;
            if found.id != expected || found.previous != previous {
                check.broken = Some(Break::OutOfOrder(found.id));
                return Ok(check);
            }
            if hash(&previous, found.id, &found.event) != found.hash {
                check.broken = Some(Break::Edited(found.id));
                return Ok(check);
            }
            while let Some((_, anchored)) = anchors.next_if(|(id, _)| *id == found.id) {
                if anchored != found.hash {
                    check.broken = Some(Break::Anchor(found.id));
                    return Ok(check);
                }
            }
            previous = found.hash;
            expected += 1;
            check.end = Some((found.id, found.hash));
        }
        if let Some((missing, _)) = anchors.next() {
            check.broken = Some(Break::Anchor(missing));
            return Ok(check);
        }
        let written: Option<u32> = self
            .raw()
            .query_one(
                "SELECT seq FROM sqlite_sequence WHERE name = 'history'",
                [],
                |row| row.get(0),
            )
            .optional()?;
        if written.unwrap_or(0) >= expected {
            check.broken = Some(Break::Cut(expected - 1));
        }
        Ok(check)
    }
}

impl Writer<'_> {
    /// Adds one event to the end of the chain and answers its id.
    pub fn append_history(&self, new: &NewEvent) -> Result<u32> {
        let end: Option<(u32, Hash, String)> = self
            .raw()
            .prepare_cached("SELECT id, hash, at FROM history ORDER BY id DESC LIMIT 1")?
            .query_one([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let (last, previous) = match &end {
            Some((id, hash, _)) => (*id, *hash),
            None => (0, NOTHING_BEFORE),
        };
        if let Some((id, hash, at)) = &end
            && day_of(at) != day_of(&new.at)
        {
            // A clock set back can come to the same day twice; the first anchor stays, it is true as well.
            self.raw()
                .prepare_cached("INSERT OR IGNORE INTO anchors VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![day_of(at), id, hash, new.at])?;
        }
        let id = last + 1;
        self.raw()
            .prepare_cached(&format!(
                "INSERT INTO history ({FIELDS}) VALUES \
                 (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21)"
            ))?
            .execute(params![
                id,
                new.at,
                new.actor,
                new.connection,
                new.origin,
                new.act,
                new.person,
                new.scim_id,
                new.person_name,
                new.attribute,
                new.label,
                new.before,
                new.after,
                new.run,
                new.plan,
                new.reason,
                new.request_id,
                new.source,
                new.detail,
                previous,
                hash(&previous, id, new),
            ])?;
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Store;

    fn store_with(events: u32) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        store
            .write(move |writer| {
                for number in 0..events {
                    // Three events a day.
                    writer.append_history(&NewEvent {
                        at: format!("2026-11-{:02}T09:00:00.000Z", 1 + number / 3),
                        actor: "ana@laptop".into(),
                        connection: 1,
                        origin: if number % 2 == 0 { "made" } else { "seen" }.into(),
                        act: "set".into(),
                        person: Some(number),
                        person_name: Some(format!("Person {number}")),
                        label: Some("Department".into()),
                        before: Some("Sales".into()),
                        after: Some("100%_Marketing".into()),
                        ..NewEvent::default()
                    })?;
                }
                Ok::<_, Error>(())
            })
            .expect("appends");
        (folder, store)
    }

    fn tamper(store: &Store, sql: &'static str) {
        store
            .write(move |writer| Ok::<_, Error>(writer.raw().execute_batch(sql)?))
            .expect("tampers");
    }

    fn check(store: &Store) -> Option<Break> {
        store
            .read(|reader| reader.check_history(&[]))
            .expect("walks")
            .broken
    }

    #[test]
    fn an_untouched_history_is_sound_and_names_its_end() {
        let (_folder, store) = store_with(10);
        let found = store
            .read(|reader| reader.check_history(&[]))
            .expect("walks");
        assert_eq!(found.broken, None, "nothing was touched");
        assert_eq!(found.events, 10, "every event is looked at");
        assert_eq!(
            found.end.map(|(id, _)| id),
            Some(10),
            "the end is the last event"
        );
        let anchors = store.read(|reader| reader.anchors()).expect("reads");
        assert_eq!(
            anchors
                .iter()
                .map(|anchor| anchor.event)
                .collect::<Vec<_>>(),
            [3, 6, 9],
            "each day that is over has its last event anchored"
        );
    }

    #[test]
    fn a_deleted_event_is_found_at_the_one_that_followed_it() {
        let (_folder, store) = store_with(10);
        tamper(&store, "DELETE FROM history WHERE id = 5");
        assert_eq!(
            check(&store),
            Some(Break::OutOfOrder(6)),
            "six no longer follows four"
        );
    }

    #[test]
    fn an_edited_event_is_found() {
        let (_folder, store) = store_with(10);
        tamper(&store, "UPDATE history SET after = 'Finance' WHERE id = 4");
        assert_eq!(
            check(&store),
            Some(Break::Edited(4)),
            "the value is part of the hash"
        );
    }

    #[test]
    fn clearing_a_value_is_not_the_same_as_emptying_it() {
        let (_folder, store) = store_with(3);
        tamper(&store, "UPDATE history SET reason = '' WHERE id = 2");
        assert_eq!(
            check(&store),
            Some(Break::Edited(2)),
            "absent and empty differ"
        );
    }

    #[test]
    fn two_swapped_events_are_found() {
        let (_folder, store) = store_with(10);
        tamper(
            &store,
            "UPDATE history SET id = 100 WHERE id = 4; UPDATE history SET id = 4 WHERE id = 5; \
             UPDATE history SET id = 5 WHERE id = 100;",
        );
        assert_eq!(
            check(&store),
            Some(Break::OutOfOrder(4)),
            "the first of the two is named"
        );
    }

    #[test]
    fn a_tail_cut_after_an_anchor_is_found() {
        let (_folder, store) = store_with(10);
        tamper(
            &store,
            "DELETE FROM history WHERE id > 7; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'history'",
        );
        assert_eq!(
            check(&store),
            Some(Break::Anchor(9)),
            "an anchor names event 9, which is gone"
        );
    }

    #[test]
    fn a_tail_cut_before_the_day_is_over_is_found() {
        let (_folder, store) = store_with(11);
        tamper(&store, "DELETE FROM history WHERE id > 10");
        assert_eq!(check(&store), Some(Break::Cut(10)), "more was written once");
    }

    #[test]
    fn an_anchor_kept_elsewhere_finds_a_history_that_was_made_anew() {
        let (_first, honest) = store_with(4);
        let end = honest
            .read(|reader| reader.history_end())
            .expect("reads")
            .expect("has events");
        let (_second, forged) = store_with(0);
        forged
            .write(|writer| {
                for _ in 0..6 {
                    writer.append_history(&NewEvent::default())?;
                }
                Ok::<_, Error>(())
            })
            .expect("appends");
        let found = forged
            .read(|reader| reader.check_history(&[end]))
            .expect("walks");
        assert_eq!(
            found.broken,
            Some(Break::Anchor(4)),
            "a sound chain, but not the one that was printed"
        );
    }

    #[test]
    fn a_search_takes_signs_literally_and_counts_by_day() {
        let (_folder, store) = store_with(10);
        let query = EventQuery {
            words: vec!["100%_".into(), "person 7".into()],
            ..EventQuery::default()
        };
        let found = store
            .read(|reader| reader.events(&query, 0, 10))
            .expect("reads");
        assert_eq!(found.len(), 1, "both words must occur, any letter case");
        let none = EventQuery {
            words: vec!["1_0".into()],
            ..EventQuery::default()
        };
        assert!(
            store
                .read(|reader| reader.events(&none, 0, 10))
                .expect("reads")
                .is_empty(),
            "an underscore is an underscore"
        );
        let days = store
            .read(|reader| reader.event_days(&EventQuery::default()))
            .expect("reads");
        assert_eq!(
            days.iter().map(|day| day.made + day.seen).sum::<u32>(),
            10,
            "no event is without a day"
        );
    }

    proptest! {
        #[test]
        fn different_events_never_have_the_same_bytes(
            left in proptest::collection::vec(proptest::option::of("[a-z]{0,3}"), 4),
            right in proptest::collection::vec(proptest::option::of("[a-z]{0,3}"), 4),
        ) {
            let event = |texts: &[Option<String>]| NewEvent {
                before: texts[0].clone(),
                after: texts[1].clone(),
                reason: texts[2].clone(),
                detail: texts[3].clone(),
                ..NewEvent::default()
            };
            prop_assert_eq!(
                canonical(1, &event(&left)) == canonical(1, &event(&right)),
                left == right,
                "moving a letter from one field to the next must change the bytes"
            );
        }
    }
}
