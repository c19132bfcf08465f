//! The chain: anchors, the walk that checks it, and the only way to take something off its beginning.

use rusqlite::{OptionalExtension, params};

use super::{
    EventAct, EventOrigin, FIELDS, Hash, NOTHING_BEFORE, NewEvent, Writer, day_of, event, hash,
};
use crate::{Error, Reader, Result};

/// The end of a day, written down a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// `YYYY-MM-DD`, UTC.
    pub day: String,
    pub event: u32,
    pub hash: Hash,
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    /// Events that were looked at.
    pub events: u32,
    /// Events that retention rules removed before the first that is there.
    pub removed: u32,
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
    /// Events before this one are missing, and no event of the chain says that a rule removed them.
    Unsealed(u32),
}

/// What a retention rule removed, from the history's beginning up to its cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    pub first: u32,
    pub last: u32,
    pub events: u32,
    /// Of the last event removed: what the chain goes on from.
    pub hash: Hash,
    /// The event that says so.
    pub event: u32,
}

impl Seal {
    /// How the event that stands for it holds it.
    fn written(&self) -> String {
        let hash: String = self.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        serde_json::json!({ "seal": {
            "first": self.first, "last": self.last, "events": self.events, "hash": hash,
        }})
        .to_string()
    }
}

/// A retention rule being carried out.
#[derive(Debug, Clone)]
pub struct Purge {
    /// Events before this time go; RFC 3339 in UTC with milliseconds.
    pub before: String,
    pub at: String,
    pub actor: String,
    /// The rule as the history will say it, given how many events of a connection went, the day and why.
    pub say: fn(events: u32, before: &str, why: &str) -> String,
    pub why: String,
}

impl Reader<'_> {
    /// Oldest first.
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

    /// Oldest first.
    pub fn seals(&self) -> Result<Vec<Seal>> {
        let mut statement = self
            .raw()
            .prepare_cached("SELECT first, last, events, hash, event FROM seals ORDER BY last")?;
        let found = statement.query_map([], |row| {
            Ok(Seal {
                first: row.get(0)?,
                last: row.get(1)?,
                events: row.get(2)?,
                hash: row.get(3)?,
                event: row.get(4)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The last event a purge of everything before this time removes: no event up to it is as young.
    pub fn purge_end(&self, before: &str) -> Result<Option<u32>> {
        let kept: Option<u32> = self.raw().query_one(
            "SELECT min(id) FROM history WHERE at >= ?1",
            [before],
            |row| row.get(0),
        )?;
        let end = match kept {
            Some(kept) => Some(kept - 1),
            None => self.last_event()?.map(|(id, ..)| id),
        };
        let Some(end) = end else {
            return Ok(None);
        };
        let there: bool = self.raw().query_one(
            "SELECT EXISTS (SELECT 1 FROM history WHERE id <= ?1)",
            [end],
            |row| row.get(0),
        )?;
        Ok(there.then_some(end))
    }

    /// Walks the whole chain and compares it with the anchors kept here and those `kept_elsewhere`. Anchors of
    /// events that a retention rule removed have nothing left to compare with.
    pub fn check_history(&self, kept_elsewhere: &[(u32, Hash)]) -> Result<ChainCheck> {
        let mut check = ChainCheck {
            events: 0,
            removed: 0,
            broken: None,
            end: None,
        };
        let seals = self.seals()?;
        let mut statement = self
            .raw()
            .prepare_cached(&format!("SELECT {FIELDS} FROM history ORDER BY id"))?;
        let mut rows = statement.query([])?;
        let mut previous = NOTHING_BEFORE;
        let mut expected = 1;
        // The chain must come to the event that says what was removed before its beginning.
        let mut sealed: Option<&Seal> = None;
        let mut anchors = Vec::<(u32, Hash)>::new().into_iter().peekable();
        while let Some(row) = rows.next()? {
            let found = match event(row).map_err(Error::from) {
                Ok(found) => found,
                // A word that Muster does not write was put there afterwards.
                Err(Error::Damaged { .. }) => {
                    check.broken = Some(Break::Edited(row.get("id")?));
                    return Ok(check);
                }
                Err(error) => return Err(error),
            };
            if check.events == 0 {
                sealed = seals.iter().find(|seal| seal.last + 1 == found.id);
                if let Some(seal) = sealed {
                    previous = seal.hash;
                    expected = found.id;
                    check.removed = seal.last;
                } else if found.id > 1 {
                    check.broken = Some(Break::Unsealed(found.id));
                    return Ok(check);
                }
                anchors = self
                    .anchors_from(found.id, kept_elsewhere)?
                    .into_iter()
                    .peekable();
            }
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
            if let Some(seal) = sealed.take_if(|seal| seal.event == found.id)
                && found.event.detail.as_deref() != Some(seal.written().as_str())
            {
                check.broken = Some(Break::Unsealed(seal.last + 1));
                return Ok(check);
            }
            previous = found.hash;
            expected += 1;
            check.end = Some((found.id, found.hash));
        }
        if check.events == 0 {
            anchors = self.anchors_from(1, kept_elsewhere)?.into_iter().peekable();
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
        } else if let Some(seal) = sealed {
            check.broken = Some(Break::Unsealed(seal.last + 1));
        }
        Ok(check)
    }

    fn anchors_from(&self, first: u32, kept_elsewhere: &[(u32, Hash)]) -> Result<Vec<(u32, Hash)>> {
        let mut anchors: Vec<(u32, Hash)> = self
            .anchors()?
            .into_iter()
            .map(|anchor| (anchor.event, anchor.hash))
            .chain(kept_elsewhere.iter().copied())
            .filter(|(event, _)| *event >= first)
            .collect();
        anchors.sort_unstable();
        Ok(anchors)
    }
}

impl Writer<'_> {
    /// Anchors the last event when its day is not `day`: that day is over. `at` is now.
    pub fn anchor_before(&self, day: &str, at: &str) -> Result<()> {
        if let Some((id, hash, last)) = self.last_event()?
            && day_of(&last) != day
        {
            // A clock set back can come to the same day twice; the first anchor stays, it is true as well.
            self.raw()
                .prepare_cached("INSERT OR IGNORE INTO anchors VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![day_of(&last), id, hash, at])?;
        }
        Ok(())
    }

    /// Removes the events before a time, and writes one event about it into each connection's history that
    /// lost any; the first of them is what the seal rests on. `None` when there was nothing to remove.
    pub fn purge_history(&self, purge: &Purge) -> Result<Option<Seal>> {
        let Some(last) = self.purge_end(&purge.before)? else {
            return Ok(None);
        };
        let hash: Hash =
            self.raw()
                .query_one("SELECT hash FROM history WHERE id = ?1", [last], |row| {
                    row.get(0)
                })?;
        let (first, events): (u32, u32) = self.raw().query_one(
            "SELECT min(id), count(*) FROM history WHERE id <= ?1",
            [last],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let lost: Vec<(u32, u32)> = {
            let mut statement = self.raw().prepare_cached(
                "SELECT connection, count(*) FROM history WHERE id <= ?1 GROUP BY connection",
            )?;
            let found = statement.query_map([last], |row| Ok((row.get(0)?, row.get(1)?)))?;
            found.collect::<rusqlite::Result<_>>()?
        };
        let mut seal = Seal {
            first,
            last,
            events,
            hash,
            event: 0,
        };
        for (connection, events) in lost {
            let id = self.append_history(&NewEvent {
                reason: Some((purge.say)(events, day_of(&purge.before), &purge.why)),
                detail: Some(seal.written()),
                ..NewEvent::new(
                    purge.at.clone(),
                    purge.actor.clone(),
                    connection,
                    EventOrigin::Made,
                    EventAct::Note,
                )
            })?;
            if seal.event == 0 {
                seal.event = id;
            }
        }
        // Personal data that a rule removed must not be left in the file's free pages.
        self.raw().pragma_update(None, "secure_delete", true)?;
        let removed = self.remove_up_to(last);
        self.raw().pragma_update(None, "secure_delete", false)?;
        removed?;
        self.raw().execute(
            "INSERT INTO seals (last, first, events, hash, event) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![seal.last, seal.first, seal.events, seal.hash, seal.event],
        )?;
        Ok(Some(seal))
    }

    fn remove_up_to(&self, last: u32) -> Result<()> {
        {
            let mut statement = self.raw().prepare_cached(&format!(
                "SELECT {FIELDS} FROM history WHERE id <= ?1 ORDER BY id"
            ))?;
            let mut rows = statement.query([last])?;
            while let Some(row) = rows.next()? {
                let found = event(row)?;
                self.unindex_event(found.id, &found.event)?;
                self.count_event(
                    found.event.connection,
                    day_of(&found.event.at),
                    found.event.origin == EventOrigin::Made,
                    -1,
                )?;
            }
        }
        let raw = self.raw();
        raw.execute("DELETE FROM history WHERE id <= ?1", [last])?;
        raw.execute("DELETE FROM history_days WHERE made = 0 AND seen = 0", [])?;
        // The span the cut goes through begins after it now.
        raw.execute(
            "INSERT OR IGNORE INTO history_spans (first, day) \
             SELECT ?1 + 1, day FROM history_spans WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
            [last],
        )?;
        raw.execute("DELETE FROM history_spans WHERE first <= ?1", [last])?;
        Ok::<_, Error>(())
    }
}
