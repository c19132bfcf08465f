//! The hour's budget, kept on disk so that a second process and the next launch know of it.

use std::{
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use futures::future::BoxFuture;
use scim::{Pace, QuotaSpent};
use store::{Pending, Store};

use crate::{engine::lock, ids::ConnectionId, ports::Clock};

/// Operations are entered in the file this many at a time, or once a minute begins; a crash forgets fewer.
const ENTERED_TOGETHER: u32 = 20;

/// A sliding hour of minutes. Asked before every request.
pub(crate) struct HourlyBudget {
    store: Store,
    clock: Arc<dyn Clock>,
    connection: ConnectionId,
    quota: u32,
    state: Mutex<State>,
    /// Taken by this process since it started.
    taken: AtomicU32,
}

#[derive(Default)]
struct State {
    /// The minute `others` was read in.
    minute: i64,
    /// Operations on file within the hour, and on their way there.
    on_file: u32,
    /// Taken by this process and not on file.
    pending: u32,
    /// Those on their way.
    entering: Option<Entering>,
}

/// Operations in the hour with these, and its first minute.
type Entering = Pending<(u32, Option<i64>), store::Error>;

impl HourlyBudget {
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        connection: ConnectionId,
        quota: u32,
    ) -> Self {
        Self {
            store,
            clock,
            connection,
            quota: NonZeroU32::new(quota).map_or(1, NonZeroU32::get),
            state: Mutex::default(),
            taken: AtomicU32::new(0),
        }
    }

    fn minute(&self) -> i64 {
        self.clock.now().as_second().div_euclid(60)
    }

    /// Blocks on the file now and then.
    fn try_take(&self, operations: u32) -> store::Result<Result<(), QuotaSpent>> {
        let minute = self.minute();
        let mut state = lock(&self.state);
        let turn = minute != state.minute;
        let nearly = state.on_file + state.pending + operations > self.quota;
        if !turn && !nearly && state.pending >= ENTERED_TOGETHER {
            self.enter_meanwhile(&mut state)?;
        } else if turn || nearly {
            // The file tells all of it anew, those on their way included.
            state.entering = None;
            let (connection, pending, under) = (
                self.connection.0,
                state.pending,
                if state.minute == 0 {
                    minute
                } else {
                    state.minute
                },
            );
            let (spent, first) = self.store.write(move |writer| {
                if pending > 0 {
                    writer.spend(connection, under, pending)?;
                }
                writer.spent_by_now(connection, minute)?;
                writer.spent(connection, minute - 60)
            })?;
            state.minute = minute;
            state.on_file = spent;
            state.pending = 0;
            if spent + operations > self.quota {
                // The oldest minute leaves the hour first.
                let resumes = first.unwrap_or(minute) + 60;
                return Ok(Err(QuotaSpent {
                    resumes: jiff::Timestamp::from_second(resumes * 60).ok(),
                }));
            }
        }
        state.pending += operations;
        self.taken.fetch_add(operations, Ordering::Relaxed);
        Ok(Ok(()))
    }

    /// Enters what is pending while requests go on, unless the last such entry is still on its way: a file that
    /// is busy with what these requests brought must not hold up the next.
    fn enter_meanwhile(&self, state: &mut State) -> store::Result<()> {
        if let Some(entering) = state.entering.take() {
            match entering.try_wait() {
                Err(entering) => {
                    state.entering = Some(entering);
                    return Ok(());
                }
                // Other processes enter theirs too.
                Ok(outcome) => state.on_file = outcome?.0,
            }
        }
        let (connection, minute, pending) = (self.connection.0, state.minute, state.pending);
        let entering = self.store.write_behind(move |writer| {
            writer.spend(connection, minute, pending)?;
            writer.spent(connection, minute - 60)
        })?;
        state.entering = Some(entering);
        state.on_file += pending;
        state.pending = 0;
        Ok(())
    }

    fn enter_pending(&self) -> store::Result<()> {
        let mut state = lock(&self.state);
        if state.pending > 0 {
            let (connection, minute, pending) = (self.connection.0, state.minute, state.pending);
            // Whoever gives the budget up does not wait for the file; the store does before it closes.
            let _entering: Pending<(), store::Error> = self
                .store
                .write_behind(move |writer| writer.spend(connection, minute, pending))?;
            state.on_file += pending;
            state.pending = 0;
        }
        Ok(())
    }
}

impl Pace for HourlyBudget {
    fn take(&self, operations: u32) -> BoxFuture<'_, Result<(), QuotaSpent>> {
        Box::pin(async move {
            // A transaction of one row takes a fraction of a request; a busy file must not stop the work, the
            // service's own limit still holds.
            self.try_take(operations).unwrap_or_else(|error| {
                tracing::warn!(%error, "the hour's budget could not be entered");
                Ok(())
            })
        })
    }
}

impl Drop for HourlyBudget {
    fn drop(&mut self) {
        if let Err(error) = self.enter_pending() {
            tracing::warn!(%error, "the last operations could not be entered in the hour's budget");
        }
    }
}
