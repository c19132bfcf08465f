//! What the screen is told while a sync goes on.

use std::time::{Duration, Instant};

use crate::{connection::SyncProgress, ids::ConnectionId};

/// At most ten a second.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Progress {
    connection: ConnectionId,
    started: Instant,
    told: Option<Instant>,
}

impl Progress {
    pub(crate) fn new(connection: ConnectionId) -> Self {
        Self {
            connection,
            started: Instant::now(),
            told: None,
        }
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// What to tell now, or `None` when it was told a moment ago.
    pub(crate) fn tell(
        &mut self,
        people: u32,
        expected: Option<u32>,
        pages: u32,
    ) -> Option<SyncProgress> {
        if self.told.is_some_and(|told| told.elapsed() < PAUSE) {
            return None;
        }
        self.told = Some(Instant::now());
        // A service that counts wrongly says nothing about what is to come.
        let expected = expected.filter(|expected| *expected >= people);
        let seconds = self.seconds();
        let rate = if seconds > 0.0 {
            f64::from(people) / seconds
        } else {
            0.0
        };
        Some(SyncProgress {
            connection: self.connection,
            people,
            expected,
            pages,
            rate,
            seconds_left: expected
                .and_then(|expected| expected.checked_sub(people))
                .filter(|_| rate > 0.0)
                .map(|left| f64::from(left) / rate),
        })
    }
}
