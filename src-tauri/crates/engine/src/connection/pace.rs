//! The hour's budget, kept on disk so that a second process and the next launch know of it.

use std::{num::NonZeroU32, sync::Arc};

use futures::future::BoxFuture;
use scim::{Pace, QuotaSpent};
use store::{Pending, Store, Writer};
use tokio::sync::Mutex;

use crate::{ids::ConnectionId, ports::Clock};

/// Operations are entered in the file this many at a time and before they are used, so that no two processes use
/// the same ones. A crash gives away fewer than twice as many.
const LEASE: u32 = 25;

/// A sliding hour of minutes. Asked before every request.
pub(crate) struct HourlyBudget {
    store: Store,
    clock: Arc<dyn Clock>,
    connection: ConnectionId,
    quota: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The minute that what is leased was entered under.
    minute: i64,
    /// Entered and not used yet.
    leased: u32,
    /// Used and not entered, as the file could not be written.
    owed: u32,
    /// The next lease, asked for while the last one is used up: nobody waits for the file meanwhile.
    coming: Option<Pending<Lease, store::Error>>,
}

/// Operations entered, and the first minute of the hour in which there are some.
#[derive(Debug, Clone, Copy)]
struct Lease {
    granted: u32,
    first: Option<i64>,
}

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
        }
    }

    fn minute(&self) -> i64 {
        self.clock.now().as_second().div_euclid(60)
    }

    async fn try_take(&self, operations: u32) -> store::Result<Result<(), QuotaSpent>> {
        let minute = self.minute();
        let mut state = self.state.lock().await;
        if minute != state.minute {
            self.turn(&mut state, minute).await?;
        }
        let wanted = operations + state.owed;
        while state.leased < wanted {
            if let Some(coming) = state.coming.take() {
                state.leased += coming.done().await?.granted;
                continue;
            }
            let most = (wanted - state.leased).max(LEASE);
            let lease = self.ask_for(most, minute)?.done().await?;
            state.leased += lease.granted;
            if lease.granted == 0 {
                // The oldest minute leaves the hour first.
                let resumes = lease.first.unwrap_or(minute) + 60;
                return Ok(Err(QuotaSpent {
                    resumes: jiff::Timestamp::from_second(resumes * 60).ok(),
                }));
            }
        }
        (state.leased, state.owed) = (state.leased - wanted, 0);
        if state.leased < LEASE && state.coming.is_none() {
            state.coming = Some(self.ask_for(LEASE, minute)?);
        }
        Ok(Ok(()))
    }

    /// A new minute: what was entered under the last one and not used is given back.
    async fn turn(&self, state: &mut State, minute: i64) -> store::Result<()> {
        if let Some(coming) = state.coming.take() {
            state.leased += coming.done().await?.granted;
        }
        let (connection, under, unused) = (self.connection.0, state.minute, state.leased);
        self.store
            .write_async(move |writer| {
                writer.give_back_operations(connection, under, unused)?;
                writer.spent_by_now(connection, minute)
            })
            .await?;
        (state.minute, state.leased) = (minute, 0);
        Ok(())
    }

    /// As many as there are, up to so many.
    fn ask_for(&self, most: u32, minute: i64) -> store::Result<Pending<Lease, store::Error>> {
        let (connection, quota) = (self.connection.0, self.quota);
        self.store
            .write_behind(move |writer| lease(writer, connection, quota, most, minute))
    }
}

fn lease(
    writer: &Writer<'_>,
    connection: u32,
    quota: u32,
    most: u32,
    minute: i64,
) -> store::Result<Lease> {
    let (spent, first) = writer.spent(connection, minute - 60)?;
    let granted = most.min(quota.saturating_sub(spent));
    if granted > 0 {
        writer.spend(connection, minute, granted)?;
    }
    Ok(Lease { granted, first })
}

impl Pace for HourlyBudget {
    fn take(&self, operations: u32) -> BoxFuture<'_, Result<(), QuotaSpent>> {
        Box::pin(async move {
            let error = match self.try_take(operations).await {
                Ok(taken) => return taken,
                Err(error) => error,
            };
            tracing::warn!(%error, "the hour's budget could not be entered");
            // A file that is busy for a moment must not stop the work, nor let it go on uncounted.
            let mut state = self.state.lock().await;
            if state.owed + operations <= LEASE {
                state.owed += operations;
                return Ok(());
            }
            Err(QuotaSpent {
                resumes: jiff::Timestamp::from_second((self.minute() + 1) * 60).ok(),
            })
        })
    }
}

impl Drop for HourlyBudget {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        let (connection, under, unused) = (self.connection.0, state.minute, state.leased);
        let coming = state.coming.take();
        // Whoever gives the budget up does not wait for the file; the store does before it closes.
        let given_back = self.store.write_behind(move |writer| {
            // Entered before this, as the file is written in one line.
            let coming = coming.and_then(|coming| coming.try_wait().ok()?.ok());
            let unused = unused + coming.map_or(0, |lease: Lease| lease.granted);
            writer.give_back_operations(connection, under, unused)
        });
        if let Err(error) = given_back {
            tracing::warn!(%error, "unused operations could not be given back to the hour's budget");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as Lock;

    use jiff::{SignedDuration, Timestamp, civil::Date};

    use super::*;

    #[derive(Debug)]
    struct At(Lock<Timestamp>);

    impl Clock for At {
        fn now(&self) -> Timestamp {
            *self.0.lock().expect("nobody panics with it")
        }

        fn today(&self) -> Date {
            Date::constant(2026, 11, 23)
        }
    }

    fn at(text: &str) -> Arc<At> {
        Arc::new(At(Lock::new(text.parse().expect("is a time"))))
    }

    /// A budget as a process of its own has it, with its own way into the file.
    fn budget(folder: &tempfile::TempDir, clock: &Arc<At>, quota: u32) -> HourlyBudget {
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        HourlyBudget::new(store, clock.clone(), ConnectionId(1), quota)
    }

    fn connected(folder: &tempfile::TempDir) {
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        store
            .write(|writer| {
                writer.add_connection(&store::NewConnection {
                    name: "Acme".to_owned(),
                    url: "https://acme.example/scim/v2".to_owned(),
                    colour: "blue".to_owned(),
                    origin: "other".to_owned(),
                    token_place: "session".to_owned(),
                    capabilities: "{}".to_owned(),
                    policy: "{}".to_owned(),
                    created_at: "2026-11-23T09:41:00.000Z".to_owned(),
                })
            })
            .expect("is kept");
    }

    #[tokio::test]
    async fn two_processes_together_never_take_more_than_there_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        connected(&folder);
        let clock = at("2026-11-23T09:41:00Z");
        let (one, other) = (budget(&folder, &clock, 107), budget(&folder, &clock, 107));
        let (mut taken, mut refused) = (0, 0);
        while refused < 2 {
            refused = 0;
            for budget in [&one, &other] {
                match budget.take(1).await {
                    Ok(()) => taken += 1,
                    Err(_) => refused += 1,
                }
            }
        }
        assert_eq!(taken, 107, "all of it, and not one more");
    }

    #[tokio::test]
    async fn what_is_entered_and_not_used_is_there_for_others_later() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        connected(&folder);
        let clock = at("2026-11-23T09:41:00Z");
        let one = budget(&folder, &clock, 100);
        for _ in 0..35 {
            one.take(1).await.expect("there are some");
        }
        drop(one);
        let next = budget(&folder, &clock, 100);
        for left in (0..65).rev() {
            assert_eq!(next.take(1).await, Ok(()), "{left} are left after it");
        }
        let spent = next.take(1).await.expect_err("the hour is spent");
        assert_eq!(
            spent.resumes,
            "2026-11-23T10:41:00Z".parse().ok(),
            "and it says until when"
        );
        *clock.0.lock().expect("nobody panics with it") += SignedDuration::from_mins(61);
        assert_eq!(next.take(100).await, Ok(()), "a new hour has all of it");
    }
}
