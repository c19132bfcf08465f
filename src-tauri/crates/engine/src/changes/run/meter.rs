//! What a run says of itself while it goes on: counts at most ten times a second, the views now and then.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use store::{RunCounts, RunItemState, RunStep};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::settle::Settler;
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
    /// Held while something is shown, which takes the disk and much of the memory to go through.
    showing: Arc<Mutex<()>>,
}

impl Meter {
    pub(super) fn new(counts: RunCounts) -> Self {
        Self {
            states: counts.states,
            began: Instant::now(),
            settled: 0,
            told: None,
            refreshed: Instant::now(),
            showing: Arc::default(),
        }
    }

    /// As the items are on disk: some were put back in line aside.
    pub(super) fn recount(&mut self, steps: &[RunStep]) {
        self.states.clear();
        for step in steps {
            *self.states.entry(step.state).or_default() += 1;
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

    /// Numbered now, to be told in a moment.
    fn snapshot(&self, engine: &Engine, settler: &Settler) -> Snapshot {
        Snapshot {
            as_of: engine.next_snapshot(),
            counts: RunCounts {
                states: self.states.clone(),
                seats: settler.seats.load(Ordering::Relaxed),
                partly: settler.partly.load(Ordering::Relaxed),
            },
            rate: f64::from(self.settled) / self.began.elapsed().as_secs_f64().max(0.001),
        }
    }

    pub(super) async fn tell(
        &self,
        engine: &Arc<Engine>,
        run: RunId,
        settler: &Settler,
    ) -> Result<()> {
        let snapshot = self.snapshot(engine, settler);
        engine
            .blocking(move |engine| snapshot.tell(engine, run))
            .await
    }

    /// Once nothing is being shown aside, and until this is dropped.
    pub(super) async fn quiet(&self) -> OwnedMutexGuard<()> {
        self.showing.clone().lock_owned().await
    }

    /// Aside of the work, which does not wait for it.
    pub(super) fn tell_now_and_then(
        &mut self,
        engine: &Arc<Engine>,
        run: RunId,
        settler: &Arc<Settler>,
    ) {
        let due = self
            .told
            .is_none_or(|told| told.elapsed() >= BETWEEN_SNAPSHOTS);
        if !due {
            return;
        }
        let Ok(showing) = self.showing.clone().try_lock_owned() else {
            return;
        };
        self.told = Some(Instant::now());
        let refreshes = self.refreshed.elapsed() >= BETWEEN_REFRESHES;
        if refreshes {
            self.refreshed = Instant::now();
        }
        let snapshot = self.snapshot(engine, settler);
        let (settler, aside) = (settler.clone(), engine.clone());
        engine.spawn(async move {
            let shown = aside
                .blocking(move |engine| {
                    if refreshes {
                        refresh(engine, &settler)?;
                    }
                    snapshot.tell(engine, run)
                })
                .await;
            if let Err(error) = shown {
                tracing::warn!(%error, "a run could not be shown");
            }
            drop(showing);
        });
    }
}

/// Where a run stood at one moment.
struct Snapshot {
    as_of: u32,
    counts: RunCounts,
    rate: f64,
}

impl Snapshot {
    fn tell(&self, engine: &Engine, run: RunId) -> Result<()> {
        let stored = engine.stored_run(run)?;
        let run = engine.page_run(self.as_of, &stored, &self.counts, self.rate)?;
        engine.tell(News::Run(run));
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
