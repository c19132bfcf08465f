//! Drafts: the changes staged, and the log of steps that undo and redo walk along.
//!
//! A step holds what it replaced and what it made, so both directions are the same operation. A new step
//! cuts whatever was undone.

use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::{Error, Reader, Result, Writer, word::stored_as_word};

/// What a change does to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeAct {
    Set,
    Create,
    Activate,
    Deactivate,
    Delete,
}

stored_as_word!(ChangeAct, "change",
    Set => "set",
    Create => "create",
    Activate => "activate",
    Deactivate => "deactivate",
    Delete => "delete",
);

/// What a change is about. One draft holds at most one change per key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChangeKey {
    pub person: u32,
    pub act: ChangeAct,
    /// For [`ChangeAct::Set`] only.
    pub attribute: Option<u32>,
}

/// What a change is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeBody {
    /// The value it was staged against.
    pub before: Option<String>,
    pub after: Option<String>,
    pub new_option: bool,
    /// Where it came from: grid, paste, panel, take back.
    pub origin: Option<String>,
    /// SHA-256 of the file it came from, hex.
    #[serde(default)]
    pub source: Option<String>,
    /// Why a seat is reclaimed, the engine's own JSON.
    #[serde(default)]
    pub reclaim: Option<String>,
    pub staged_at: String,
}

/// A change in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChange {
    pub id: u32,
    pub key: ChangeKey,
    pub body: ChangeBody,
}

/// One key's change as it is to be; `None` when there is none.
pub type KeyState = (ChangeKey, Option<ChangeBody>);

/// A draft with how much is staged in it. The cursor is the last step in force; `name` is `None` for the one in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDraft {
    pub id: u32,
    pub connection: u32,
    pub name: Option<String>,
    pub cursor: u32,
    pub created_at: String,
    pub changes: u32,
    pub people: u32,
}

fn change(row: &Row<'_>) -> rusqlite::Result<StoredChange> {
    let attribute: i64 = row.get(3)?;
    Ok(StoredChange {
        id: row.get(0)?,
        key: ChangeKey {
            person: row.get(1)?,
            act: row.get(2)?,
            attribute: u32::try_from(attribute).ok(),
        },
        body: ChangeBody {
            before: row.get(4)?,
            after: row.get(5)?,
            new_option: row.get(6)?,
            origin: row.get(7)?,
            source: row.get(8)?,
            reclaim: row.get(9)?,
            staged_at: row.get(10)?,
        },
    })
}

const CHANGE: &str =
    "id, person, act, attribute, before, after, new_option, origin, source, reclaim, staged_at";

const DRAFT: &str = "id, connection, name, cursor, created_at, \
     (SELECT count(*) FROM changes WHERE draft = drafts.id), \
     (SELECT count(DISTINCT person) FROM changes WHERE draft = drafts.id)";

fn draft(row: &Row<'_>) -> rusqlite::Result<StoredDraft> {
    Ok(StoredDraft {
        id: row.get(0)?,
        connection: row.get(1)?,
        name: row.get(2)?,
        cursor: row.get(3)?,
        created_at: row.get(4)?,
        changes: row.get(5)?,
        people: row.get(6)?,
    })
}

impl Reader<'_> {
    /// The draft in use, when anything was ever staged.
    pub fn draft_in_use(&self, connection: u32) -> Result<Option<StoredDraft>> {
        Ok(self
            .raw()
            .prepare_cached(&format!(
                "SELECT {DRAFT} FROM drafts WHERE connection = ?1 AND parked = 0"
            ))?
            .query_one([connection], draft)
            .optional()?)
    }

    /// Newest first.
    pub fn parked_drafts(&self, connection: u32) -> Result<Vec<StoredDraft>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {DRAFT} FROM drafts WHERE connection = ?1 AND parked = 1 ORDER BY id DESC"
        ))?;
        let found = statement.query_map([connection], draft)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Every change in force, in the order staged.
    pub fn changes(&self, draft: u32) -> Result<Vec<StoredChange>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {CHANGE} FROM changes WHERE draft = ?1 ORDER BY id"
        ))?;
        let found = statement.query_map([draft], change)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// Newest first.
    pub fn changes_page(&self, draft: u32, start: u32, len: u32) -> Result<Vec<StoredChange>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {CHANGE} FROM changes WHERE draft = ?1 ORDER BY id DESC LIMIT ?2 OFFSET ?3"
        ))?;
        let found = statement.query_map(params![draft, len, start], change)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// What the next undo would take back and the next redo bring again.
    pub fn undo_labels(&self, draft: u32, cursor: u32) -> Result<(Option<String>, Option<String>)> {
        let label = |step: u32| -> Result<Option<String>> {
            Ok(self
                .raw()
                .prepare_cached("SELECT label FROM draft_steps WHERE draft = ?1 AND step = ?2")?
                .query_one(params![draft, step], |row| row.get(0))
                .optional()?)
        };
        Ok((label(cursor)?, label(cursor + 1)?))
    }

    fn step(&self, draft: u32, step: u32, column: &str) -> Result<Option<(String, Vec<KeyState>)>> {
        let found: Option<(String, Vec<u8>)> = self
            .raw()
            .prepare_cached(&format!(
                "SELECT label, {column} FROM draft_steps WHERE draft = ?1 AND step = ?2"
            ))?
            .query_one(params![draft, step], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        found
            .map(|(label, json)| {
                let states = serde_json::from_slice(&json)
                    .map_err(|error| Error::damaged("draft step", error))?;
                Ok((label, states))
            })
            .transpose()
    }
}

impl Writer<'_> {
    /// The draft in use, made when there is none.
    pub fn draft_to_use(&self, connection: u32, now: &str) -> Result<StoredDraft> {
        if let Some(found) = self.draft_in_use(connection)? {
            return Ok(found);
        }
        self.raw()
            .prepare_cached("INSERT INTO drafts (connection, created_at) VALUES (?1, ?2)")?
            .execute(params![connection, now])?;
        self.draft_in_use(connection)?
            .ok_or_else(|| Error::damaged("draft", "it was written and is not there"))
    }

    /// Makes `states` so, as one step that can be undone. States that are so already are left out of it;
    /// a step without any is not kept. Answers how many changed.
    pub fn stage(
        &self,
        draft: &StoredDraft,
        label: &str,
        now: &str,
        states: Vec<KeyState>,
    ) -> Result<u32> {
        let mut undo: Vec<KeyState> = Vec::with_capacity(states.len());
        let mut redo: Vec<KeyState> = Vec::with_capacity(states.len());
        for (key, wanted) in states {
            let found = self.change_body(draft.id, &key)?;
            let same = match (&found, &wanted) {
                (None, None) => true,
                (Some(found), Some(wanted)) => {
                    found.before == wanted.before
                        && found.after == wanted.after
                        && found.new_option == wanted.new_option
                }
                _ => false,
            };
            if !same {
                self.put_change(draft.id, &key, wanted.as_ref())?;
                undo.push((key, found));
                redo.push((key, wanted));
            }
        }
        if redo.is_empty() {
            return Ok(0);
        }
        let step = draft.cursor + 1;
        self.raw()
            .prepare_cached("DELETE FROM draft_steps WHERE draft = ?1 AND step >= ?2")?
            .execute(params![draft.id, step])?;
        let json = |states: &[KeyState]| {
            serde_json::to_vec(states).map_err(|error| Error::damaged("draft step", error))
        };
        self.raw()
            .prepare_cached("INSERT INTO draft_steps VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                draft.id,
                step,
                label,
                now,
                json(&undo)?,
                json(&redo)?
            ])?;
        self.move_cursor(draft.id, step)?;
        Ok(redo.len() as u32)
    }

    /// Takes the last step back. Answers its label, or `None` when there is nothing to undo.
    pub fn undo(&self, draft: &StoredDraft) -> Result<Option<String>> {
        let Some((label, states)) = self.step(draft.id, draft.cursor, "undo")? else {
            return Ok(None);
        };
        for (key, state) in states {
            self.put_change(draft.id, &key, state.as_ref())?;
        }
        self.move_cursor(draft.id, draft.cursor.saturating_sub(1))?;
        Ok(Some(label))
    }

    /// Makes the step that was undone last again.
    pub fn redo(&self, draft: &StoredDraft) -> Result<Option<String>> {
        let Some((label, states)) = self.step(draft.id, draft.cursor + 1, "redo")? else {
            return Ok(None);
        };
        for (key, state) in states {
            self.put_change(draft.id, &key, state.as_ref())?;
        }
        self.move_cursor(draft.id, draft.cursor + 1)?;
        Ok(Some(label))
    }

    /// Takes changes out because a run carries them out now. What is sent can't be undone by undoing the
    /// edit, so the log of steps starts afresh.
    pub fn hand_over_changes(&self, draft: u32, keys: &[ChangeKey]) -> Result<()> {
        for key in keys {
            self.put_change(draft, key, None)?;
        }
        self.raw()
            .prepare_cached("DELETE FROM draft_steps WHERE draft = ?1")?
            .execute([draft])?;
        self.move_cursor(draft, 0)
    }

    /// Brings a change back that a run held or did not get to, unless something newer is staged in its place.
    pub fn give_back_change(&self, draft: u32, key: &ChangeKey, body: &ChangeBody) -> Result<()> {
        if self.change_body(draft, key)?.is_none() {
            self.put_change(draft, key, Some(body))?;
        }
        Ok(())
    }

    /// Puts the draft in use aside under a name.
    pub fn park_draft(&self, draft: u32, name: &str) -> Result<()> {
        self.raw()
            .prepare_cached("UPDATE drafts SET parked = 1, name = ?2 WHERE id = ?1")?
            .execute(params![draft, name])?;
        Ok(())
    }

    /// Makes a parked draft the one in use. The one in use before must have been parked or dropped.
    pub fn resume_draft(&self, connection: u32, draft: u32) -> Result<bool> {
        let changed = self
            .raw()
            .prepare_cached(
                "UPDATE drafts SET parked = 0, name = NULL WHERE id = ?2 AND connection = ?1 AND parked = 1",
            )?
            .execute(params![connection, draft])?;
        Ok(changed == 1)
    }

    /// With its changes and steps. Not an error when it is gone already.
    pub fn drop_draft(&self, draft: u32) -> Result<()> {
        self.raw()
            .prepare_cached("DELETE FROM drafts WHERE id = ?1")?
            .execute([draft])?;
        Ok(())
    }

    fn change_body(&self, draft: u32, key: &ChangeKey) -> Result<Option<ChangeBody>> {
        Ok(self
            .raw()
            .prepare_cached(&format!(
                "SELECT {CHANGE} FROM changes WHERE draft = ?1 AND person = ?2 AND act = ?3 AND attribute = ?4"
            ))?
            .query_one(
                params![draft, key.person, key.act, column(key.attribute)],
                change,
            )
            .optional()?
            .map(|change| change.body))
    }

    fn put_change(&self, draft: u32, key: &ChangeKey, body: Option<&ChangeBody>) -> Result<()> {
        let attribute = column(key.attribute);
        let Some(body) = body else {
            self.raw()
                .prepare_cached(
                    "DELETE FROM changes WHERE draft = ?1 AND person = ?2 AND act = ?3 AND attribute = ?4",
                )?
                .execute(params![draft, key.person, key.act, attribute])?;
            return Ok(());
        };
        self.raw()
            .prepare_cached(
                "INSERT INTO changes (draft, person, act, attribute, before, after, new_option, origin, source, reclaim, staged_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (draft, person, act, attribute) DO UPDATE SET before = excluded.before,
                 after = excluded.after, new_option = excluded.new_option, origin = excluded.origin,
                 source = excluded.source, reclaim = excluded.reclaim, staged_at = excluded.staged_at",
            )?
            .execute(params![
                draft,
                key.person,
                key.act,
                attribute,
                body.before,
                body.after,
                body.new_option,
                body.origin,
                body.source,
                body.reclaim,
                body.staged_at
            ])?;
        Ok(())
    }

    fn move_cursor(&self, draft: u32, cursor: u32) -> Result<()> {
        self.raw()
            .prepare_cached("UPDATE drafts SET cursor = ?2 WHERE id = ?1")?
            .execute(params![draft, cursor])?;
        Ok(())
    }
}

/// The unique index needs a value where there is no attribute.
fn column(attribute: Option<u32>) -> i64 {
    attribute.map_or(-1, i64::from)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::Store;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        store
            .write(|writer| {
                writer.raw().execute(
                    "INSERT INTO connections (id, name, url, colour, origin, token_place, created_at)
                     VALUES (1, 'Acme', 'http://127.0.0.1', 'green', 'other', 'session', 'now')",
                    [],
                )?;
                Ok::<_, Error>(())
            })
            .expect("connects");
        (folder, store)
    }

    fn set(person: u32, after: Option<&str>) -> KeyState {
        (
            ChangeKey {
                person,
                act: ChangeAct::Set,
                attribute: Some(7),
            },
            after.map(|after| ChangeBody {
                before: Some("Sales".into()),
                after: Some(after.into()),
                new_option: false,
                origin: None,
                source: None,
                reclaim: None,
                staged_at: "now".into(),
            }),
        )
    }

    fn in_force(store: &Store) -> BTreeMap<u32, Option<String>> {
        store
            .read(|reader| {
                let Some(draft) = reader.draft_in_use(1)? else {
                    return Ok(BTreeMap::new());
                };
                Ok::<_, Error>(
                    reader
                        .changes(draft.id)?
                        .into_iter()
                        .map(|change| (change.key.person, change.body.after))
                        .collect(),
                )
            })
            .expect("reads")
    }

    #[derive(Debug, Clone)]
    enum Move {
        Stage(Vec<(u32, Option<u8>)>),
        Undo,
        Redo,
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let stage = proptest::collection::vec((0..4u32, proptest::option::of(0..3u8)), 1..4);
        proptest::collection::vec(
            prop_oneof![
                3 => stage.prop_map(Move::Stage),
                2 => Just(Move::Undo),
                1 => Just(Move::Redo),
            ],
            1..20,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn undo_and_redo_walk_along_the_steps_taken(moves in moves()) {
            let (_folder, store) = store();
            let mut states = vec![BTreeMap::new()];
            let mut at = 0;
            for taken in moves {
                store
                    .write(move |writer| {
                        let draft = writer.draft_to_use(1, "now")?;
                        match taken {
                            Move::Stage(edits) => {
                                let mut seen = std::collections::BTreeSet::new();
                                let states = edits
                                    .into_iter()
                                    .filter(|(person, _)| seen.insert(*person))
                                    .map(|(person, value)| {
                                        set(person, value.map(|v| v.to_string()).as_deref())
                                    })
                                    .collect();
                                writer.stage(&draft, "edit", "now", states)?;
                            }
                            Move::Undo => {
                                writer.undo(&draft)?;
                            }
                            Move::Redo => {
                                writer.redo(&draft)?;
                            }
                        }
                        Ok::<_, Error>(())
                    })
                    .expect("moves");
                let cursor = store
                    .read(|reader| reader.draft_in_use(1))
                    .expect("reads")
                    .expect("is there")
                    .cursor as usize;
                let now = in_force(&store);
                if cursor == at + 1 && states.get(cursor) != Some(&now) {
                    states.truncate(cursor);
                    states.push(now);
                } else {
                    prop_assert_eq!(&states[cursor], &now, "each place in the log has one state");
                }
                at = cursor;
            }
        }
    }

    #[test]
    fn a_hundred_thousand_people_are_one_step() {
        let (_folder, store) = store();
        let staged = store
            .write(|writer| {
                let draft = writer.draft_to_use(1, "now")?;
                let states = (0..100_000)
                    .map(|person| set(person, Some("Marketing")))
                    .collect();
                writer.stage(&draft, "Set Department for 100,000 people", "now", states)
            })
            .expect("stages");
        assert_eq!(staged, 100_000, "everyone chosen is staged");
        let label = store
            .write(|writer| {
                let draft = writer.draft_to_use(1, "now")?;
                writer.undo(&draft)
            })
            .expect("undoes");
        assert_eq!(
            label.as_deref(),
            Some("Set Department for 100,000 people"),
            "one step back"
        );
        assert!(in_force(&store).is_empty(), "one undo takes all of it back");
    }

    #[test]
    fn what_a_run_gives_back_does_not_overwrite_a_newer_edit() {
        let (_folder, store) = store();
        store
            .write(|writer| {
                let draft = writer.draft_to_use(1, "now")?;
                writer.stage(
                    &draft,
                    "edit",
                    "now",
                    vec![set(1, Some("Old")), set(2, Some("Old"))],
                )?;
                let keys = [set(1, None).0, set(2, None).0];
                writer.hand_over_changes(draft.id, &keys)?;
                let draft = writer.draft_to_use(1, "now")?;
                writer.stage(&draft, "edit", "now", vec![set(1, Some("New"))])?;
                for (key, body) in [set(1, Some("Old")), set(2, Some("Old"))] {
                    writer.give_back_change(draft.id, &key, &body.expect("has a body"))?;
                }
                Ok::<_, Error>(())
            })
            .expect("writes");
        let expected = BTreeMap::from([(1, Some("New".to_owned())), (2, Some("Old".to_owned()))]);
        assert_eq!(
            in_force(&store),
            expected,
            "the newer edit stands, the other comes back"
        );
    }
}
