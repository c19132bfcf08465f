//! Plans: drafts frozen for review, and their items in the order of sending.

use rusqlite::{OptionalExtension, Row, params};

use crate::{ChangeAct, Reader, Result, Writer};

/// A plan as kept. `summary` is the engine's own JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    pub id: u32,
    pub connection: u32,
    pub draft: Option<u32>,
    pub hash: String,
    pub summary: String,
    pub reason: Option<String>,
    /// draft | take back | command line | file
    pub origin: String,
    pub created_at: String,
}

/// One item. `body` is the engine's own JSON; the other columns are what is searched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlanItem {
    pub position: u32,
    pub wave: u32,
    pub person: u32,
    pub act: ChangeAct,
    /// change | same | held | blocked
    pub verdict: String,
    pub consequence: String,
    pub left_out: bool,
    pub body: String,
}

/// When a run that went through began and ended, RFC 3339, and the summary of its plan, the engine's JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedRun {
    pub started_at: String,
    pub finished_at: String,
    pub plan: String,
}

const ITEM: &str = "position, wave, person, act, verdict, consequence, left_out, body";

fn item(row: &Row<'_>) -> rusqlite::Result<StoredPlanItem> {
    Ok(StoredPlanItem {
        position: row.get(0)?,
        wave: row.get(1)?,
        person: row.get(2)?,
        act: row.get(3)?,
        verdict: row.get(4)?,
        consequence: row.get(5)?,
        left_out: row.get(6)?,
        body: row.get(7)?,
    })
}

impl Reader<'_> {
    /// `None` for a plan that is not there (any more).
    pub fn plan(&self, plan: u32) -> Result<Option<StoredPlan>> {
        Ok(self
            .raw()
            .prepare_cached(
                "SELECT id, connection, draft, hash, summary, reason, origin, created_at
                 FROM plans WHERE id = ?1",
            )?
            .query_one([plan], |row| {
                Ok(StoredPlan {
                    id: row.get(0)?,
                    connection: row.get(1)?,
                    draft: row.get(2)?,
                    hash: row.get(3)?,
                    summary: row.get(4)?,
                    reason: row.get(5)?,
                    origin: row.get(6)?,
                    created_at: row.get(7)?,
                })
            })
            .optional()?)
    }

    /// In the order of sending.
    pub fn plan_items(&self, plan: u32) -> Result<Vec<StoredPlanItem>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {ITEM} FROM plan_items WHERE plan = ?1 ORDER BY position"
        ))?;
        let found = statement.query_map([plan], item)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// `None` for a position that the plan does not have.
    pub fn plan_item(&self, plan: u32, position: u32) -> Result<Option<StoredPlanItem>> {
        Ok(self
            .raw()
            .prepare_cached(&format!(
                "SELECT {ITEM} FROM plan_items WHERE plan = ?1 AND position = ?2"
            ))?
            .query_one([plan, position], item)
            .optional()?)
    }

    /// The items shown under one heading.
    pub fn plan_items_page(
        &self,
        plan: u32,
        consequence: &str,
        start: u32,
        len: u32,
    ) -> Result<Vec<StoredPlanItem>> {
        let mut statement = self.raw().prepare_cached(&format!(
            "SELECT {ITEM} FROM plan_items WHERE plan = ?1 AND consequence = ?2
             ORDER BY position LIMIT ?3 OFFSET ?4"
        ))?;
        let found = statement.query_map(params![plan, consequence, len, start], item)?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// By wave, how many of the items that go can be read by listing: neither creations nor deletions.
    pub fn plan_listable(&self, plan: u32) -> Result<Vec<(u32, u32)>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT wave, count(*) FROM plan_items
             WHERE plan = ?1 AND verdict = 'change' AND left_out = 0 AND act NOT IN ('create', 'delete')
             GROUP BY wave",
        )?;
        let found = statement.query_map([plan], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The latest that were not cancelled, newest first.
    pub fn finished_runs(&self, connection: u32, most: u32) -> Result<Vec<FinishedRun>> {
        let mut statement = self.raw().prepare_cached(
            "SELECT started_at, finished_at, summary FROM runs JOIN plans ON plans.id = runs.plan
             WHERE runs.connection = ?1 AND state = 'done' AND finished_at IS NOT NULL
             ORDER BY runs.id DESC LIMIT ?2",
        )?;
        let found = statement.query_map(params![connection, most], |row| {
            Ok(FinishedRun {
                started_at: row.get(0)?,
                finished_at: row.get(1)?,
                plan: row.get(2)?,
            })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// How many are shown under one heading.
    pub fn plan_items_count(&self, plan: u32, consequence: &str) -> Result<u32> {
        Ok(self
            .raw()
            .prepare_cached("SELECT count(*) FROM plan_items WHERE plan = ?1 AND consequence = ?2")?
            .query_one(params![plan, consequence], |row| row.get(0))?)
    }
}

impl Writer<'_> {
    /// Keeps a new plan with all its items and answers its id; the `id` given is not looked at.
    pub fn add_plan(&self, plan: &StoredPlan, items: &[StoredPlanItem]) -> Result<u32> {
        self.raw()
            .prepare_cached(
                "INSERT INTO plans (connection, draft, hash, summary, reason, origin, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                plan.connection,
                plan.draft,
                plan.hash,
                plan.summary,
                plan.reason,
                plan.origin,
                plan.created_at
            ])?;
        let id = self.raw().last_insert_rowid() as u32;
        for item in items {
            self.put_plan_item(id, item)?;
        }
        Ok(id)
    }

    /// What review decided changes the summary, the hash and some items.
    pub fn change_plan(
        &self,
        plan: u32,
        hash: &str,
        summary: &str,
        items: &[StoredPlanItem],
    ) -> Result<()> {
        self.raw()
            .prepare_cached("UPDATE plans SET hash = ?2, summary = ?3 WHERE id = ?1")?
            .execute(params![plan, hash, summary])?;
        for item in items {
            self.put_plan_item(plan, item)?;
        }
        Ok(())
    }

    fn put_plan_item(&self, plan: u32, item: &StoredPlanItem) -> Result<()> {
        self.raw()
            .prepare_cached(
                "INSERT OR REPLACE INTO plan_items
                 (plan, position, wave, person, act, verdict, consequence, left_out, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                plan,
                item.position,
                item.wave,
                item.person,
                item.act,
                item.verdict,
                item.consequence,
                item.left_out,
                item.body
            ])?;
        Ok(())
    }
}
