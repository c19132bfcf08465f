//! Runs as hosts show them.

use std::sync::atomic::Ordering;

use store::{RunCounts, RunItemState, RunState, StoredRun};

use super::{ItemState, Run, RunItem, RunPage, RunStatus};
use crate::{
    changes::{plan::review::item as plan_item, words},
    engine::{Engine, lock},
    error::{Code, Error, Result},
    ids::{ConnectionId, PlanId, RowId, RunId},
};

impl Engine {
    /// The number of a snapshot, to be taken before anything of it is read: whoever has a higher one has read later,
    /// or reads what was written before.
    pub(super) fn next_snapshot(&self) -> u32 {
        self.next_snapshot.fetch_add(1, Ordering::Relaxed)
    }

    /// A run as it is now. Where another process carries it out, `why` says who.
    ///
    /// # Errors
    /// When there is no such run, or its plan is damaged on disk.
    pub fn run(&self, id: RunId) -> Result<Run> {
        let elsewhere = match self.attend(&self.stored_run(id)?) {
            Ok(()) => None,
            Err(error) if error.code == Code::Busy => Some(error.message),
            Err(error) => return Err(error),
        };
        let as_of = self.next_snapshot();
        let stored = self.stored_run(id)?;
        let counts = self.store.read(|reader| reader.run_counts(id.0))?;
        let run = self.page_run(as_of, &stored, &counts, 0.0)?;
        Ok(Run {
            why: run.why.or(elsewhere),
            ..run
        })
    }

    /// Newest first.
    pub fn runs(&self, connection: ConnectionId) -> Result<Vec<Run>> {
        let as_of = self.next_snapshot();
        self.store
            .read(|reader| reader.runs(connection.0))?
            .into_iter()
            .map(|stored| {
                let counts = self.store.read(|reader| reader.run_counts(stored.id))?;
                self.page_run(as_of, &stored, &counts, 0.0)
            })
            .collect()
    }

    /// The newest run that is unfinished or not dismissed.
    pub fn open_run(&self, connection: ConnectionId) -> Result<Option<Run>> {
        let newest = self
            .store
            .read(|reader| reader.runs(connection.0))?
            .into_iter()
            .find(|run| !run.dismissed || !run.state.has_ended());
        newest.map(|stored| self.run(RunId(stored.id))).transpose()
    }

    /// Puts the end of a run away; its items stay.
    pub fn dismiss_run(&self, id: RunId) -> Result<()> {
        self.store
            .write(move |writer| writer.dismiss_run(id.0).map_err(Error::from))
    }

    /// The items, all or those in one state, in the order of sending.
    pub fn run_page(
        &self,
        id: RunId,
        state: Option<ItemState>,
        start: u32,
        len: u32,
    ) -> Result<RunPage> {
        let stored = self.stored_run(id)?;
        let wanted = state.map(stored_state);
        let (counts, items) = self.store.read(|reader| {
            Ok::<_, Error>((
                reader.run_counts(id.0)?,
                reader.run_items(id.0, wanted, start, len)?,
            ))
        })?;
        let items = items
            .into_iter()
            .map(|item| {
                let planned = self
                    .store
                    .read(|reader| reader.plan_item(stored.plan, item.position))?
                    .map(|planned| plan_item(&planned))
                    .transpose()?;
                Ok(RunItem {
                    position: item.position,
                    row: RowId(item.person),
                    name: planned
                        .as_ref()
                        .map_or_else(String::new, |planned| planned.name.clone()),
                    sentence: planned.map_or_else(String::new, |planned| planned.sentence),
                    state: page_state(item.state),
                    why: item.why,
                    request: item.request,
                    reply: item.reply,
                })
            })
            .collect::<Result<_>>()?;
        Ok(RunPage {
            total: wanted.map_or_else(|| counts.total(), |state| counts.of(state)),
            start,
            items,
        })
    }

    pub(crate) fn stored_run(&self, id: RunId) -> Result<StoredRun> {
        self.store.read(|reader| reader.run(id.0))?.ok_or_else(|| {
            Error::new(
                Code::Stale,
                "This run is not there any more. Look at the list again.",
            )
        })
    }

    pub(crate) fn page_run(
        &self,
        as_of: u32,
        stored: &StoredRun,
        counts: &RunCounts,
        rate: f64,
    ) -> Result<Run> {
        let plan = self.page_plan(&self.stored_plan(PlanId(stored.plan))?)?;
        let stranded = lock(&self.runs)
            .get(&RunId(stored.id))
            .and_then(|handle| handle.stranded.clone());
        let status = match stored.state {
            RunState::Done => RunStatus::Done,
            RunState::Cancelled => RunStatus::Cancelled,
            RunState::Paused => RunStatus::Paused,
            RunState::Running if stranded.is_some() => RunStatus::Paused,
            RunState::Running => RunStatus::Running,
        };
        let total = counts.total();
        let settled: u32 = counts
            .states
            .iter()
            .filter(|(state, _)| state.is_settled())
            .map(|(_, count)| count)
            .sum();
        let ended = matches!(status, RunStatus::Done | RunStatus::Cancelled);
        let left = f64::from(total - settled - counts.of(RunItemState::Sent));
        let done = counts.of(RunItemState::Done);
        Ok(Run {
            id: RunId(stored.id),
            as_of,
            plan: PlanId(stored.plan),
            connection: ConnectionId(stored.connection),
            status,
            title: plan.confirm.label.clone(),
            why: stranded.or_else(|| stored.why.clone()),
            resume_at: stored.resume_at.clone(),
            total,
            sent: counts.of(RunItemState::Sent),
            done,
            same: counts.of(RunItemState::Same),
            held: counts.of(RunItemState::Held),
            failed: counts.of(RunItemState::Failed),
            unknown: counts.of(RunItemState::Unknown) + counts.of(RunItemState::Sending),
            cancelled: counts.of(RunItemState::Cancelled),
            rate,
            seconds_left: (rate > 0.0 && !ended).then(|| left / rate),
            seats_freed: (done > 0 || counts.partly > 0).then_some(counts.seats),
            started_at: stored.started_at.clone(),
            finished_at: stored.finished_at.clone(),
            sentence: ended.then(|| sentence(counts)),
            can_take_back: ended && (done > 0 || counts.partly > 0),
        })
    }
}

fn sentence(counts: &RunCounts) -> String {
    let mut parts = vec![format!(
        "{} done",
        words::number(counts.of(RunItemState::Done))
    )];
    for (state, word) in [
        (RunItemState::Same, "so already"),
        (RunItemState::Held, "held"),
        (RunItemState::Failed, "failed"),
        (RunItemState::Unknown, "unknown"),
        (RunItemState::Cancelled, "not sent"),
    ] {
        match counts.of(state) {
            0 => {}
            count => parts.push(format!("{} {word}", words::number(count))),
        }
    }
    let seats = match counts.seats {
        0 => String::new(),
        1 => " 1 seat freed.".to_owned(),
        -1 => " 1 seat taken.".to_owned(),
        freed @ 2.. => format!(" {} seats freed.", words::number(freed.unsigned_abs())),
        taken => format!(" {} seats taken.", words::number(taken.unsigned_abs())),
    };
    format!("{}.{seats}", parts.join(", "))
}

fn page_state(state: RunItemState) -> ItemState {
    match state {
        RunItemState::Waiting => ItemState::Waiting,
        RunItemState::Sending => ItemState::Sending,
        RunItemState::Sent => ItemState::Sent,
        RunItemState::Done => ItemState::Done,
        RunItemState::Same => ItemState::Same,
        RunItemState::Held => ItemState::Held,
        RunItemState::Failed => ItemState::Failed,
        RunItemState::Unknown => ItemState::Unknown,
        RunItemState::Cancelled => ItemState::Cancelled,
    }
}

fn stored_state(state: ItemState) -> RunItemState {
    match state {
        ItemState::Waiting => RunItemState::Waiting,
        ItemState::Sending => RunItemState::Sending,
        ItemState::Sent => RunItemState::Sent,
        ItemState::Done => RunItemState::Done,
        ItemState::Same => RunItemState::Same,
        ItemState::Held => RunItemState::Held,
        ItemState::Failed => RunItemState::Failed,
        ItemState::Unknown => RunItemState::Unknown,
        ItemState::Cancelled => RunItemState::Cancelled,
    }
}
