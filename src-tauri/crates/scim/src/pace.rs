//! Staying below the service's limit. Peakon allows 25,000 operations an hour; each operation of a bulk request counts one.

use futures::future::BoxFuture;
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
