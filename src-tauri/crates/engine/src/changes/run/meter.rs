//! What a run says of itself while it goes on: counts at most ten times a second, the views now and then.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use store::{RunCounts, RunItemState};

use super::{Run, settle::Settler};
use crate::{
    engine::Engine,
    error::Result,
    ids::{RowId, RunId},
    ports::News,
};

/// Snapshots no closer together than this.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_millis(100);
/// Bringing the views up to date costs more, so it is done less often.
const BETWEEN_REFRESHES: Duration = Duration::from_secs(1);

/// Counts for the snapshots.
pub(super) struct Meter {
    states: BTreeMap<RunItemState, u32>,
    began: Instant,
    /// Items that came to an end since the run was taken up, reading back at the end not counted.
    pub(super) settled: u32,
    told: Option<Instant>,
    refreshed: Instant,
}

impl Meter {
    pub(super) fn new(counts: RunCounts) -> Self {
        Self {
            states: counts.states,
            began: Instant::now(),
            settled: 0,
            told: None,
            refreshed: Instant::now(),
        }
    }

    pub(super) fn count(&mut self, from: RunItemState, to: RunItemState) {
        if let Some(count) = self.states.get_mut(&from) {
            *count = count.saturating_sub(1);
        }
        *self.states.entry(to).or_default() += 1;
        // Reading back comes on top, by one listing for all.
        if (to.is_settled() && from != RunItemState::Sent) || to == RunItemState::Sent {
            self.settled += 1;
        }
    }

    pub(super) fn snapshot(&self, engine: &Engine, run: RunId, settler: &Settler) -> Result<Run> {
        let as_of = engine.next_snapshot();
        let counts = RunCounts {
            states: self.states.clone(),
            seats: settler.seats.load(Ordering::Relaxed),
        };
        let rate = f64::from(self.settled) / self.began.elapsed().as_secs_f64().max(0.001);
        engine.page_run(as_of, &engine.stored_run(run)?, &counts, rate)
    }

    pub(super) fn tell_now_and_then(
        &mut self,
        engine: &Arc<Engine>,
        run: RunId,
        settler: &Settler,
    ) -> Result<()> {
        if self.refreshed.elapsed() >= BETWEEN_REFRESHES {
            refresh(engine, settler)?;
            self.refreshed = Instant::now();
        }
        if self
            .told
            .is_none_or(|told| told.elapsed() >= BETWEEN_SNAPSHOTS)
        {
            self.told = Some(Instant::now());
            let snapshot = self.snapshot(engine, run, settler)?;
            engine.tell(News::Run(snapshot));
        }
        Ok(())
    }
}

/// Shows what was written since the last time.
pub(super) fn refresh(engine: &Engine, settler: &Settler) -> Result<()> {
    let mut touched: Vec<RowId> = std::mem::take(
        &mut *settler
            .touched
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
    );
    if settler.gave_back.swap(false, Ordering::Relaxed) {
        engine.draft_changed(settler.connection)?;
    }
    if touched.is_empty() {
        return Ok(());
    }
    touched.sort_unstable();
    touched.dedup();
    if let Some(workspace) = engine.open_workspace(settler.connection) {
        workspace.directory.refresh(&touched)?;
    }
    engine.tell(News::DirectoryChanged(settler.connection));
    Ok(())
}
