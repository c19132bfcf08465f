//! When, and how long after, a request may be sent again.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use rand::RngExt;

/// Time and waiting, so that tests need neither.
pub trait Clock: Send + Sync {
    fn now(&self) -> SystemTime;
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;
    /// A number from 0 to 1, spread evenly: how much of the longest wait to take.
    fn jitter(&self) -> f64;
}

/// This computer's clock and randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn jitter(&self) -> f64 {
        rand::rng().random()
    }
}

/// How often and how patiently to try again what is safe to try again.
#[derive(Clone)]
pub struct Retry {
    /// Tries in all, the first included.
    pub attempts: u32,
    /// The longest wait before the second try; doubles with every further one.
    pub base: Duration,
    /// No backoff is longer than this.
    pub ceiling: Duration,
    /// A `Retry-After` beyond this is handed to the caller as [`crate::Error::TooMany`] rather than waited for.
    pub patience: Duration,
    pub clock: Arc<dyn Clock>,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry {
            attempts: 5,
            base: Duration::from_millis(500),
            ceiling: Duration::from_secs(30),
            patience: Duration::from_secs(90),
            clock: Arc::new(SystemClock),
        }
    }
}

impl Retry {
    /// One try and no more: for a connection test, where waiting hides the answer.
    pub fn never() -> Retry {
        Retry {
            attempts: 1,
            ..Retry::default()
        }
    }

    /// The wait after the `attempt`-th try (from 1): what the service asked for, else exponential with jitter.
    /// `None` if the service asks for more than there is patience for.
    pub fn wait(&self, attempt: u32, retry_after: Option<Duration>) -> Option<Duration> {
        if let Some(asked) = retry_after {
            // A little later than asked, and not everybody at once.
            let spread = self.base.mul_f64(self.clock.jitter().clamp(0.0, 1.0));
            return (asked <= self.patience).then(|| asked + spread);
        }
        let doublings = attempt.saturating_sub(1).min(16);
        let longest = self.base.saturating_mul(1 << doublings).min(self.ceiling);
        // Half fixed, half random: never at once, never all together.
        Some(longest.mul_f64(0.5 + 0.5 * self.clock.jitter().clamp(0.0, 1.0)))
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("attempts", &self.attempts)
            .field("base", &self.base)
            .field("ceiling", &self.ceiling)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// No clock is asked about a time further away than this.
const LONGEST: Duration = Duration::from_secs(1_000_000_000);

/// `Retry-After` (RFC 9110 section 10.2.3): seconds or an HTTP date. Fractions of seconds are tolerated; a date that has
/// passed means now, a wait of more than thirty years is as good as one of thirty; anything else is `None`.
pub fn parse_retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0)
            .then(|| Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64())));
    }
    let at = httpdate::parse_http_date(text).ok()?;
    Some(
        at.duration_since(now)
            .unwrap_or(Duration::ZERO)
            .min(LONGEST),
    )
}
