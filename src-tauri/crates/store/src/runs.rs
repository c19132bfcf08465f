//! Runs and their journal: one row per item, marked before its request and settled after its answer.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, params};

use crate::{Error, Reader, Result, Writer, word::stored_as_word};

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunItemState {
    Waiting,
    /// A request may be on its way, or may have arrived.
    Sending,
    /// Answered, not yet read back.
    Sent,
    Done,
    Same,
    Held,
    Failed,
    /// May or may not have happened.
    Unknown,
    Cancelled,
}

stored_as_word!(RunItemState, "item of a run",
    Waiting => "waiting",
    Sending => "sending",
    Sent => "sent",
    Done => "done",
    Same => "same",
    Held => "held",
    Failed => "failed",
    Unknown => "unknown",
    Cancelled => "cancelled",
);

impl RunItemState {
    /// Nothing more happens to it by itself.
    pub fn is_settled(self) -> bool {
        match self {
            Self::Done | Self::Same | Self::Held | Self::Failed | Self::Cancelled => true,
            Self::Waiting | Self::Sending | Self::Sent | Self::Unknown => false,
        }
    }
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    Running,
    Paused,
    Done,
    Cancelled,
}

stored_as_word!(RunState, "run",
    Running => "running",
    Paused => "paused",
    Done => "done",
    Cancelled => "cancelled",
);

impl RunState {
    /// It can be gone over again, not gone on with.
    pub fn has_ended(self) -> bool {
        match self {
            Self::Done | Self::Cancelled => true,
            Self::Running | Self::Paused => false,
        }
    }
}

/// A run as kept. Times are RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    pub id: u32,
    pub connection: u32,
    pub plan: u32,
    pub state: RunState,
    pub why: Option<String>,
    pub resume_at: Option<String>,
    /// JSON.
    pub confirmation: String,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub dismissed: bool,
    /// The first few are done, and the run has waited for somebody to look at them.
    pub piloted: bool,
}

/// An item as far as carrying it out needs it: nothing that grows with what was sent and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunStep {
    pub position: u32,
    pub wave: u32,
    pub state: RunItemState,
}

/// An item with what was sent, the token masked, and what came back, bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRunItem {
    pub position: u32,
    pub wave: u32,
    pub person: u32,
    pub state: RunItemState,
    pub why: Option<String>,
    pub attempts: u32,
    /// Freed, as measured.
    pub seats: i32,
    pub request: Option<String>,
    pub reply: Option<String>,
    pub request_id: Option<String>,
    pub settled_at: Option<String>,
    /// Attributes that the run changed, whatever the item's end; `None` before it was known, and in runs of
    /// earlier versions.
    pub made: Option<Vec<u32>>,
}

/// What an item's earlier requests left behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunMarks {
    /// Attributes of the requests that may have had their effect; `None` where nothing was sent, and in runs of
    /// earlier versions.
    pub sent: Option<Vec<u32>>,
    /// Attributes found to be changed by the run already.
    pub made: Vec<u32>,
    pub request_id: Option<String>,
}

/// How many items stand where, and the seats that moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunCounts {
    pub states: BTreeMap<RunItemState, u32>,
    pub seats: i32,
    /// Items that are not done and had part of their effect.
    pub partly: u32,
}

impl RunCounts {
    /// How many items stand there.
    pub fn of(&self, state: RunItemState) -> u32 {
        self.states.get(&state).copied().unwrap_or(0)
    }

    /// All items, wherever they stand.
    pub fn total(&self) -> u32 {
        self.states.values().sum()
    }
}

/// Why an item stands where it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    pub why: Option<String>,
    pub seats: i32,
    pub reply: Option<String>,
    pub request_id: Option<String>,
    /// The person's row, where it is another than the plan's: of somebody the run created.
    pub person: Option<u32>,
    /// Attributes the run changed, those found earlier included.
    pub made: Vec<u32>,
}

const RUN: &str =
    "id, connection, plan, state, why, resume_at, confirmation, started_at, finished_at, dismissed,
    piloted";
const ITEM: &str = "position, wave, person, state, why, attempts, seats, request, reply, request_id, settled_at, made";

fn run(row: &Row<'_>) -> rusqlite::Result<StoredRun> {
    Ok(StoredRun {
        id: row.get(0)?,
        connection: row.get(1)?,
        plan: row.get(2)?,
        state: row.get(3)?,
        why: row.get(4)?,
        resume_at: row.get(5)?,
        confirmation: row.get(6)?,
        started_at: row.get(7)?,
        finished_at: row.get(8)?,
        dismissed: row.get(9)?,
        piloted: row.get(10)?,
    })
}

fn item(row: &Row<'_>) -> rusqlite::Result<StoredRunItem> {
    Ok(StoredRunItem {
        position: row.get(0)?,
        wave: row.get(1)?,
        person: row.get(2)?,
        state: row.get(3)?,
        why: row.get(4)?,
        attempts: row.get(5)?,
        seats: row.get(6)?,
        request: row.get(7)?,
        reply: row.get(8)?,
        request_id: row.get(9)?,
        settled_at: row.get(10)?,
        made: row.get::<_, Option<String>>(11)?.as_deref().map(numbers),
    })
}

fn listed(attributes: &[u32]) -> String {
    let texts: Vec<String> = attributes.iter().map(u32::to_string).collect();
    texts.join(",")
}

fn numbers(text: &str) -> Vec<u32> {
    text.split(',')
        .filter_map(|number| number.parse().ok())
        .collect()
}

impl Reader<'_> {
    /// `None` for a run that is not there (any more).
    pub fn run(&self, id: u32) -> Result<Option<StoredRun>> {
        Ok(self
            .raw()
            .prepare_cached(&format!("SELECT {RUN} FROM runs WHERE id = ?1"))?
            .query_one([id], run)
            .optional()?)
    }

    /// Newest first.
    pub fn runs(&self, connection: u32) -> Result<Vec<StoredRun>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {RUN} FROM runs WHERE connection = ?1 ORDER BY id DESC"
        ))?;
        let found = statement.query_map([connection], run)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Of all connections, those that are running or paused.
    pub fn unfinished_runs(&self) -> Result<Vec<StoredRun>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {RUN} FROM runs WHERE state IN ('running', 'paused') ORDER BY id"
        ))?;
        let found = statement.query_map([], run)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// By state; all zero for a run without items.
    pub fn run_counts(&self, id: u32) -> Result<RunCounts> {
        let mut statement = self.raw().prepare_cached(
            "SELECT state, count(*), sum(seats), sum(state <> 'done' AND coalesce(made, '') <> '')
             FROM run_items WHERE run = ?1 GROUP BY state",
        )?;
        let mut rows = statement.query([id])?;
        let mut counts = RunCounts::default();
        while let Some(row) = rows.next()? {
            counts.states.insert(row.get(0)?, row.get(1)?);
            counts.seats += row.get::<_, i32>(2)?;
            counts.partly += row.get::<_, u32>(3)?;
        }
        Ok(counts)
    }

    /// All of them, or those in one state, in the order of sending.
    pub fn run_items(
        &self,
        id: u32,
        state: Option<RunItemState>,
        start: u32,
        len: u32,
    ) -> Result<Vec<StoredRunItem>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {ITEM} FROM run_items WHERE run = ?1 AND (?2 IS NULL OR state = ?2)
             ORDER BY position LIMIT ?3 OFFSET ?4"
        ))?;
        let found = statement.query_map(params![id, state, len, start], item)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Those that are done, and those that had part of their effect, in the order of sending.
    pub fn run_items_with_effect(&self, id: u32) -> Result<Vec<StoredRunItem>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {ITEM} FROM run_items WHERE run = ?1 AND (state = 'done' OR coalesce(made, '') <> '')
             ORDER BY position"
        ))?;
        let found = statement.query_map([id], item)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Empty for an item that nothing was sent of, and for a position that the run does not have.
    pub fn run_marks(&self, id: u32, position: u32) -> Result<RunMarks> {
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT sent, made, request_id FROM run_items WHERE run = ?1 AND position = ?2",
            )?
            .query_one([id, position], |row| {
                let listed = |text: Option<String>| text.as_deref().map(numbers);
                Ok(RunMarks {
                    sent: listed(row.get(0)?),
                    made: listed(row.get(1)?).unwrap_or_default(),
                    request_id: row.get(2)?,
                })
            })
            .optional()?
            .unwrap_or_default())
    }

    /// Where every item stands, in the order of sending.
    pub fn run_steps(&self, id: u32) -> Result<Vec<RunStep>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT position, wave, state FROM run_items WHERE run = ?1 ORDER BY wave, position",
        )?;
        let found = statement.query_map([id], |row| {
            Ok(RunStep {
                position: row.get(0)?,
                wave: row.get(1)?,
                state: row.get(2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// `None` for a position that the run does not have.
    pub fn run_item(&self, id: u32, position: u32) -> Result<Option<StoredRunItem>> {
        Ok(self
            .raw()
            .prepare_cached(&format!(
                "SELECT {ITEM} FROM run_items WHERE run = ?1 AND position = ?2"
            ))?
            .query_one([id, position], item)
            .optional()?)
    }
}

impl Writer<'_> {
    /// Journals a run and all its items (position, wave, person) before anything is sent.
    pub fn add_run(
        &self,
        connection: u32,
        plan: u32,
        confirmation: &str,
        now: &str,
        items: &[(u32, u32, u32)],
    ) -> Result<u32> {
        self.raw()
            .prepare_cached(
                "INSERT INTO runs (connection, plan, state, confirmation, started_at)
                 VALUES (?1, ?2, 'running', ?3, ?4)",
            )?
            .execute(params![connection, plan, confirmation, now])?;
        let id = self.raw().last_insert_rowid() as u32;
        let mut statement = self.raw().prepare_cached(
            "INSERT INTO run_items (run, position, wave, person, state) VALUES (?1, ?2, ?3, ?4, 'waiting')",
        )?;
        for (position, wave, person) in items {
            statement.execute(params![id, position, wave, person])?;
        }
        Ok(id)
    }

    /// `finished` is set for the states that end a run.
    pub fn put_run_state(
        &self,
        id: u32,
        state: RunState,
        why: Option<&str>,
        resume_at: Option<&str>,
        finished: Option<&str>,
    ) -> Result<()> {
        self.raw()
            .prepare_cached(
                "UPDATE runs SET state = ?2, why = ?3, resume_at = ?4, finished_at = ?5 WHERE id = ?1",
            )?
            .execute(params![id, state, why, resume_at, finished])?;
        Ok(())
    }

    /// The first few are done: the run waits for somebody to look, once.
    pub fn mark_piloted(&self, id: u32) -> Result<()> {
        self.raw()
            .prepare_cached("UPDATE runs SET piloted = 1 WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Its end has been seen and put away; its items stay.
    pub fn dismiss_run(&self, id: u32) -> Result<()> {
        self.raw()
            .prepare_cached("UPDATE runs SET dismissed = 1 WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Before the request: what will be sent, and which attributes with it. From here on the item may have had its
    /// effect. `again` where an earlier request of it may have too.
    pub fn mark_sending(
        &self,
        id: u32,
        position: u32,
        request: &str,
        attributes: &[u32],
        again: bool,
    ) -> Result<()> {
        let mut sent = match again {
            true => self.run_marks(id, position)?.sent.unwrap_or_default(),
            false => Vec::new(),
        };
        for attribute in attributes {
            if !sent.contains(attribute) {
                sent.push(*attribute);
            }
        }
        let marked = self
            .raw()
            .prepare_cached(
                "UPDATE run_items SET state = 'sending', attempts = attempts + 1, request = ?3, sent = ?4, why = NULL,
                 reply = NULL, request_id = NULL WHERE run = ?1 AND position = ?2",
            )?
            .execute(params![id, position, request, listed(&sent)])?;
        // What has no place in the journal must not be sent.
        if marked == 1 {
            Ok(())
        } else {
            Err(Error::damaged("run", "the item to be sent is not in it"))
        }
    }

    /// Moves an item without an end: back to waiting, sent, unknown, cancelled.
    pub fn mark_item(
        &self,
        id: u32,
        position: u32,
        state: RunItemState,
        why: Option<&str>,
        reply: Option<&str>,
        request_id: Option<&str>,
    ) -> Result<()> {
        self.raw()
            .prepare_cached(
                "UPDATE run_items SET state = ?3, why = ?4, reply = coalesce(?5, reply),
                 request_id = coalesce(?6, request_id) WHERE run = ?1 AND position = ?2",
            )?
            .execute(params![id, position, state, why, reply, request_id])?;
        Ok(())
    }

    /// The end of an item.
    pub fn settle_item(
        &self,
        id: u32,
        position: u32,
        state: RunItemState,
        settled: &Settled,
        now: &str,
    ) -> Result<()> {
        self.raw()
            .prepare_cached(
                "UPDATE run_items SET state = ?3, why = ?4, seats = seats + ?5, reply = coalesce(?6, reply),
                 request_id = coalesce(?7, request_id), person = coalesce(?8, person), settled_at = ?9,
                 made = ?10
                 WHERE run = ?1 AND position = ?2",
            )?
            .execute(params![
                id,
                position,
                state,
                settled.why,
                settled.seats,
                settled.reply,
                settled.request_id,
                settled.person,
                now,
                listed(&settled.made)
            ])?;
        Ok(())
    }

    /// After a crash nobody knows what became of the requests on their way. What was answered is still to be
    /// read back, as before.
    pub fn forget_what_was_sent(&self, id: u32) -> Result<u32> {
        Ok(self
            .raw()
            .prepare_cached(
                "UPDATE run_items SET state = 'unknown' WHERE run = ?1 AND state = 'sending'",
            )?
            .execute([id])? as u32)
    }

    /// Gives items another chance. What was sent and not refused (4xx) may have had its effect after all, so it is
    /// unknown, to be read before it is sent again; the rest waits. Answers how many.
    pub fn wait_again(&self, id: u32, from: RunItemState) -> Result<u32> {
        Ok(self
            .raw()
            .prepare_cached(
                "UPDATE run_items SET attempts = 0,
                 state = CASE WHEN request IS NULL OR reply LIKE '4%' THEN 'waiting' ELSE 'unknown' END, why = NULL, settled_at = NULL
                 WHERE run = ?1 AND state = ?2",
            )?
            .execute(params![id, from])? as u32)
    }
}
