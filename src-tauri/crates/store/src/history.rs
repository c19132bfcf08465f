//! The history: append-only, each event carrying the hash of the one before it.
//!
//! The hash of an event is SHA-256 over the previous event's hash and a canonical encoding of its own
//! fields. The encoding prefixes every field with its length, so no two different events have the same
//! bytes; absent and empty differ. Once a UTC day is over, its last event is written down a second time
//! as an anchor, which finds a tail that was cut off. What a retention rule removes from the beginning leaves
//! a seal, from which the chain goes on.
//!
//! Counts by day and an index of words are kept in the transaction that appends.

mod chain;
mod find;
mod query;
#[cfg(test)]
mod tests;
mod visits;
mod words;

use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

pub use chain::{Anchor, Break, ChainCheck, Purge, Seal};
pub use find::{Day, Found, MOST_COUNTED};
pub use query::{EventQuery, Term, Within};
pub use visits::{Retention, Visit};

use crate::{Reader, Result, Writer, word::stored_as_word};

/// SHA-256.
pub type Hash = [u8; 32];

/// What the first event of a history is chained to.
const NOTHING_BEFORE: Hash = [0; 32];

/// Told apart from a length, which can't be this large.
const ABSENT: u64 = u64::MAX;

/// Whether an event was Muster's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOrigin {
    Made,
    /// Found by a sync.
    Seen,
}

stored_as_word!(EventOrigin, "origin of an event",
    Made => "made",
    Seen => "seen",
);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventAct {
    Set,
    Create,
    Activate,
    Deactivate,
    Delete,
    Arrive,
    Vanish,
    /// About the record itself, not about somebody in the directory.
    Note,
}

stored_as_word!(EventAct, "act of an event",
    Set => "set",
    Create => "create",
    Activate => "activate",
    Deactivate => "deactivate",
    Delete => "delete",
    Arrive => "arrive",
    Vanish => "vanish",
    Note => "note",
);

/// One event to be written. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub at: String,
    /// "user@machine".
    pub actor: String,
    pub connection: u32,
    pub origin: EventOrigin,
    pub act: EventAct,
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

impl NewEvent {
    /// What every event says; the rest is added to it.
    pub fn new(
        at: String,
        actor: String,
        connection: u32,
        origin: EventOrigin,
        act: EventAct,
    ) -> Self {
        Self {
            at,
            actor,
            connection,
            origin,
            act,
            person: None,
            scim_id: None,
            person_name: None,
            attribute: None,
            label: None,
            before: None,
            after: None,
            run: None,
            plan: None,
            reason: None,
            request_id: None,
            source: None,
            detail: None,
        }
    }
}

/// One event as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: u32,
    pub event: NewEvent,
    pub previous: Hash,
    pub hash: Hash,
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
        Some(origin.as_str().to_owned()),
        Some(act.as_str().to_owned()),
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

/// Of a time, which is in UTC.
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

impl Reader<'_> {
    /// `None` for one that is not there, or that a retention rule removed.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`] when a word in it is none that an event may hold.
    pub fn event(&self, id: u32) -> Result<Option<Event>> {
        Ok(self
            .raw()
            .prepare_cached(&format!("SELECT {FIELDS} FROM history WHERE id = ?1"))?
            .query_one([id], event)
            .optional()?)
    }

    /// The last event's id, hash and time.
    pub fn last_event(&self) -> Result<Option<(u32, Hash, String)>> {
        Ok(self
            .raw()
            .prepare_cached("SELECT id, hash, at FROM history ORDER BY id DESC LIMIT 1")?
            .query_one([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?)
    }
}

impl Writer<'_> {
    /// Adds one event to the end of the chain and answers its id.
    pub fn append_history(&self, new: &NewEvent) -> Result<u32> {
        let end = self.last_event()?;
        let (last, previous) = match &end {
            Some((id, hash, _)) => (*id, *hash),
            None => (0, NOTHING_BEFORE),
        };
        let id = last + 1;
        let day = day_of(&new.at);
        let another_day = end.as_ref().is_none_or(|(_, _, at)| day_of(at) != day);
        if another_day {
            self.anchor_before(day, &new.at)?;
            self.raw()
                .prepare_cached("INSERT INTO history_spans (first, day) VALUES (?1, ?2)")?
                .execute(params![id, day])?;
        }
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
        self.count_event(new.connection, day, new.origin == EventOrigin::Made, 1)?;
        self.index_event(id, new)?;
        Ok(id)
    }
}
