//! How long a plan takes: at the pace the latest runs had, within the hour's quota.

use jiff::Timestamp;

use super::Plan;
use crate::{engine::Engine, error::Result, ids::ConnectionId};

/// Runs that are looked at for the pace.
const LATEST_RUNS: u32 = 5;
/// A run of fewer operations says more about its first connection than about its pace.
const TELLING: u32 = 20;
/// A clock shows no shorter run.
const SHORTEST: f64 = 0.5;

/// What a connection's operations go by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    /// Operations an hour, and those left of this one.
    pub quota: u32,
    pub left: u32,
    /// Operations a second, as the latest runs had it.
    pub measured: Option<f64>,
}

impl Pace {
    /// What does not fit into this hour waits for the next, and so on.
    pub(crate) fn seconds(&self, operations: u32) -> f64 {
        let quota = self.quota.max(1);
        let pace = self
            .measured
            .unwrap_or(f64::from(quota) / 3600.0)
            .max(f64::MIN_POSITIVE);
        let Some(later) = operations.checked_sub(self.left).filter(|rest| *rest > 0) else {
            return f64::from(operations) / pace;
        };
        let waits = later.div_ceil(quota);
        let last = later - (waits - 1) * quota;
        // An hour's quota can take longer than the hour to send.
        let hour = (f64::from(quota) / pace).max(3600.0);
        f64::from(waits) * hour + f64::from(last) / pace
    }
}

impl Engine {
    pub(crate) fn pace(&self, connection: ConnectionId) -> Result<Pace> {
        let quota = self.policy(connection)?.quota;
        let minute = self.ports.clock.now().as_second().div_euclid(60);
        let (spent, runs) = self.store.read(|reader| {
            let (spent, _) = reader.spent(connection.0, minute - 60)?;
            Ok::<_, crate::Error>((spent, reader.finished_runs(connection.0, LATEST_RUNS)?))
        })?;
        // A run may have been paused, which its times don't tell; so the fastest counts.
        let measured = runs
            .iter()
            .filter_map(|run| {
                let plan: Plan = serde_json::from_str(&run.plan).ok()?;
                let time = |text: &str| text.parse::<Timestamp>().ok();
                let took = time(&run.finished_at)?.duration_since(time(&run.started_at)?);
                (plan.operations >= TELLING)
                    .then(|| f64::from(plan.operations) / took.as_secs_f64().max(SHORTEST))
            })
            .reduce(f64::max);
        Ok(Pace {
            quota,
            left: quota.saturating_sub(spent),
            measured,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(left: u32, measured: Option<f64>) -> Pace {
        Pace {
            quota: 25_000,
            left,
            measured,
        }
    }

    #[test]
    fn a_plan_takes_as_long_as_the_last_ones_did() {
        assert_eq!(
            pace(25_000, None).seconds(428).round(),
            62.0,
            "before any run the quota's own pace is all that is known"
        );
        assert_eq!(
            pace(25_000, Some(100.0)).seconds(428),
            4.28,
            "then what was measured"
        );
    }

    #[test]
    fn what_the_hour_has_no_room_for_waits_for_the_next() {
        assert_eq!(
            pace(400, Some(100.0)).seconds(428),
            3600.28,
            "28 operations go an hour later"
        );
        assert_eq!(
            pace(0, Some(100.0)).seconds(60_000),
            3.0 * 3600.0 + 100.0,
            "two whole hours of quota and 10,000 operations of the third"
        );
        assert_eq!(
            pace(0, Some(1.0)).seconds(50_000),
            75_000.0,
            "a slow service takes longer than the quota asks for"
        );
    }
}
