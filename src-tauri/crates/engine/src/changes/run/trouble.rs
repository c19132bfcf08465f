//! What to do about an error: try again now, put the item back in line and stop for a while, or give it up.

use std::time::Duration;

use store::RunItemState;

use super::carry::{Carried, Carrier};
use crate::{changes::plan::item::Item, error::Code, sync::failure};

/// Tries of one item at what looks passing before it is given up as failed.
pub(super) const TRIES: u32 = 4;
/// Waited where the service does not say how long.
const NETWORK_BACK: Duration = Duration::from_secs(15);
const FEWER_REQUESTS: Duration = Duration::from_secs(60);

/// Why the whole run can't go on just now. The item it came from is back in line.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// The hour's budget is spent.
    Quota(Option<jiff::Timestamp>),
    /// The service asks for fewer requests, or the network is away.
    Later { why: String, after: Duration },
    /// The service failed again and again over this one item, which may be the item's fault or its own.
    Troubled { why: String, after: Duration },
    /// Only a person can help: the token, the disk.
    Person(String),
}

impl Stop {
    /// Of a request that is about nobody in particular, such as a listing.
    pub(super) fn of(error: scim::Error) -> Self {
        match &error {
            scim::Error::Quota { resumes } => Self::Quota(*resumes),
            scim::Error::TooMany { retry_after, .. } | scim::Error::Server { retry_after, .. } => {
                Self::Later {
                    after: retry_after.unwrap_or(Duration::from_secs(30)),
                    why: error.to_string(),
                }
            }
            scim::Error::Unreachable { .. }
            | scim::Error::TimedOut { .. }
            | scim::Error::Dropped { .. } => Self::Later {
                after: NETWORK_BACK,
                why: error.to_string(),
            },
            // A gateway that speaks in place of the service does so for a while, or until somebody signs in.
            scim::Error::Malformed { .. } | scim::Error::NotScim { .. } => Self::Troubled {
                after: NETWORK_BACK,
                why: format!("{error} {}", error.next_step()),
            },
            _ => Self::Person(failure(error).message),
        }
    }
}

impl Carrier {
    /// `None` tries again now, after waiting where that is asked for.
    pub(super) async fn trouble(
        &self,
        item: &Item,
        attempt: u32,
        unknown: bool,
        error: scim::Error,
    ) -> Option<Carried> {
        let said = format!("{error} {}", error.next_step());
        let back = if unknown {
            RunItemState::Unknown
        } else {
            RunItemState::Waiting
        };
        let why = said.clone();
        let (stop, tries) = match root(&error) {
            scim::Error::Quota { resumes } => (Stop::Quota(*resumes), 0),
            scim::Error::Unauthorized { .. } | scim::Error::UnusableToken => (Stop::Person(why), 0),
            scim::Error::TooMany { retry_after, .. } => {
                let after = retry_after.unwrap_or(FEWER_REQUESTS);
                (Stop::Later { why, after }, 0)
            }
            scim::Error::Unreachable { .. } => {
                let after = NETWORK_BACK;
                (Stop::Later { why, after }, TRIES)
            }
            scim::Error::TimedOut { .. } | scim::Error::Dropped { .. } => {
                let after = NETWORK_BACK;
                (Stop::Troubled { why, after }, TRIES)
            }
            scim::Error::Server { retry_after, .. } => {
                let after = retry_after.unwrap_or(NETWORK_BACK);
                (Stop::Troubled { why, after }, TRIES)
            }
            // Of a read, or of a write that may have happened: in both cases the next thing is a read.
            scim::Error::Malformed { .. } | scim::Error::NotScim { .. } if attempt < TRIES => {
                tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
                return None;
            }
            _ if unknown => return Some(self.fail(item, None, &lost(&said)).await),
            _ => return Some(self.fail(item, None, &said).await),
        };
        if attempt < tries {
            self.settler.noted_trouble();
            if unknown && let Err(stop) = self.back(item, back, &said).await {
                return Some(Err(stop));
            }
            tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
            return None;
        }
        if matches!(stop, Stop::Troubled { .. }) && self.settler.is_last_chance(item.position) {
            let why = if unknown { lost(&said) } else { said };
            return Some(self.fail(item, None, &why).await);
        }
        if let Err(other) = self.back(item, back, &said).await {
            return Some(Err(other));
        }
        Some(Err(stop))
    }

    async fn back(&self, item: &Item, state: RunItemState, why: &str) -> Result<(), Stop> {
        self.settler
            .back(item.position, state, why)
            .await
            .map_err(disk)
    }
}

fn lost(said: &str) -> String {
    format!(
        "This was sent, and what became of it could not be read: {said} Sync to see what is there, then try this one again"
    )
}

fn root(error: &scim::Error) -> &scim::Error {
    match error {
        scim::Error::Ambiguous(source) => root(source),
        other => other,
    }
}

/// What can't be written down can't be sent: the run waits for somebody to make room.
pub(super) fn disk(error: crate::error::Error) -> Stop {
    match error.code {
        Code::Busy => Stop::Later {
            why: error.message,
            after: Duration::from_secs(5),
        },
        _ => Stop::Person(error.message),
    }
}
