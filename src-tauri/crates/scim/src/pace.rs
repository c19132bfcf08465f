//! Staying below the service's limit. Peakon allows 25,000 operations an hour; each operation of a bulk request counts one.

use std::num::NonZeroU32;

use futures::future::BoxFuture;
use governor::clock::DefaultClock;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;

/// Asked before every request that is sent, retries included.
pub trait Pace: Send + Sync {
    /// Waits until `operations` may be spent. An error means that they can't be had for long; nothing was sent.
    fn take(&self, operations: u32) -> BoxFuture<'_, Result<(), QuotaSpent>>;
}

/// The budget is spent. `resumes` is when there is some again, if known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaSpent {
    pub resumes: Option<Timestamp>,
}

/// No limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unpaced;

impl Pace for Unpaced {
    fn take(&self, _operations: u32) -> BoxFuture<'_, Result<(), QuotaSpent>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A token bucket that refills evenly over the hour and lets a short burst through.
pub struct Bucket {
    limiter: RateLimiter<NotKeyed, InMemoryState, DefaultClock>,
    burst: NonZeroU32,
}

impl Bucket {
    /// `per_hour` operations in the long run, at most `burst` of them at once.
    pub fn new(per_hour: NonZeroU32, burst: NonZeroU32) -> Bucket {
        Bucket {
            limiter: RateLimiter::direct(Quota::per_hour(per_hour).allow_burst(burst)),
            burst,
        }
    }
}

impl Pace for Bucket {
    fn take(&self, operations: u32) -> BoxFuture<'_, Result<(), QuotaSpent>> {
        Box::pin(async move {
            let mut left = operations;
            while let Some(some) = NonZeroU32::new(left.min(self.burst.get())) {
                self.limiter
                    .until_n_ready(some)
                    .await
                    .expect("BUG: never more than the burst is asked for");
                left -= some.get();
            }
            Ok(())
        })
    }
}
