//! What to do about an error: try again now, put the item back in line and stop for a while, or give it up.

use std::{collections::VecDeque, time::Duration};

use store::{RunItemState, RunStep};

use super::{
    carry::{Carried, Carrier},
    settle::Judged,
    wire::Heard,
};
use crate::{changes::plan::item::Item, error::Code, sync::failure};

/// Tries of one item at what looks passing before it is given up as failed.
pub(super) const TRIES: u32 = 4;
/// An item the service failed over in this many rounds, with others getting on in between, is given up as failed.
const ROUNDS_FOR_ONE: u32 = 8;
/// How many others go before those the service failed over, so that it shows whether anybody gets on.
pub(super) const OTHERS_FIRST: usize = 10;
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

/// What the service's failing over one item says: of the item where others get on meanwhile, of the service
/// where nobody does.
#[derive(Debug)]
pub(super) struct Troubled {
    rounds: u32,
    /// How many had been settled when it was last counted.
    settled: u32,
    first: u32,
}

impl Troubled {
    /// First taken up when so many were settled.
    pub(super) fn since(settled: u32) -> Self {
        Self {
            rounds: 0,
            settled,
            first: settled,
        }
    }

    /// One more round of trouble, with so many settled by now; whether one more is one too many. A round in which
    /// nobody else got on counts only where nobody else is left who could, and some got on before.
    pub(super) fn again(&mut self, settled: u32, alone: bool) -> bool {
        if settled > self.settled || (alone && settled > self.first) {
            self.rounds += 1;
            self.settled = settled;
        }
        self.rounds >= ROUNDS_FOR_ONE
    }
}

/// Lines up those the service failed over behind some others.
pub(super) fn others_first(
    queue: VecDeque<RunStep>,
    troubled: impl Fn(u32) -> bool,
) -> VecDeque<RunStep> {
    let (late, mut line): (VecDeque<_>, VecDeque<_>) =
        queue.into_iter().partition(|step| troubled(step.position));
    let rest = line.split_off(line.len().min(OTHERS_FIRST));
    line.extend(late);
    line.extend(rest);
    line
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

/// What is known of an item's requests so far.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// One of them may have had its effect. Nothing that comes later undoes that.
    pub unknown: bool,
    /// The last one was refused, whatever became of those before.
    refused: bool,
    pub heard: Option<Heard>,
}

impl Sent {
    pub(super) fn before(unknown: bool) -> Self {
        Self {
            unknown,
            ..Self::default()
        }
    }

    /// A write ended with this error.
    pub(super) fn failed(&mut self, heard: Option<Heard>, error: &scim::Error) {
        let unclear = matches!(error, scim::Error::Ambiguous(_));
        self.unknown |= unclear;
        self.refused = !unclear;
        self.heard = heard;
    }

    /// A write was answered with a yes, which a read has to confirm.
    pub(super) fn answered(&mut self, heard: Heard) {
        self.unknown = true;
        self.refused = false;
        self.heard = Some(heard);
    }
}

impl Carrier {
    /// `None` tries again now, after waiting where that is asked for.
    pub(super) async fn trouble(
        &self,
        item: &Item,
        attempt: u32,
        sent: &Sent,
        error: scim::Error,
    ) -> Option<Carried> {
        let unknown = sent.unknown;
        let said = format!("{error} {}", error.next_step());
        let back = if unknown {
            RunItemState::Unknown
        } else {
            RunItemState::Waiting
        };
        let why = said.clone();
        // What a read is answered stands for nothing where a write went before it.
        let heard = sent
            .heard
            .clone()
            .or_else(|| error.said().filter(|_| !unknown).map(Heard::of_said));
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
            _ => return Some(self.refused(item, sent, heard, said).await),
        };
        if attempt < tries {
            self.settler.noted_trouble();
            if unknown && let Err(stop) = self.back(item, back, &said, heard).await {
                return Some(Err(stop));
            }
            tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
            return None;
        }
        if matches!(stop, Stop::Troubled { .. }) && self.settler.is_last_chance(item.position) {
            return Some(self.refused(item, sent, heard, said).await);
        }
        if let Err(other) = self.back(item, back, &said, heard).await {
            return Some(Err(other));
        }
        Some(Err(stop))
    }

    /// The end of an item the service would not have, with what it said.
    async fn refused(
        &self,
        item: &Item,
        sent: &Sent,
        heard: Option<Heard>,
        said: String,
    ) -> Carried {
        let why = if sent.unknown && !sent.refused {
            lost(&said)
        } else {
            said
        };
        self.settle(
            item,
            RunItemState::Failed,
            Judged::nothing(why).heard(heard),
        )
        .await
    }

    async fn back(
        &self,
        item: &Item,
        state: RunItemState,
        why: &str,
        heard: Option<Heard>,
    ) -> Result<(), Stop> {
        self.settler
            .back(item.position, state, Some(why.to_owned()), heard)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_not_given_up_while_nobody_gets_on() {
        let mut troubled = Troubled::since(100);
        assert!(
            (0..1_000).all(|_| !troubled.again(100, false)),
            "one burst, however long, says nothing of the item"
        );
        assert!(
            !troubled.again(101, false) && (0..1_000).all(|_| !troubled.again(101, false)),
            "nor does one success before a burst"
        );
    }

    #[test]
    fn an_item_is_given_up_when_others_got_on_in_between() {
        let mut troubled = Troubled::since(100);
        let rounds = (101..)
            .take_while(|settled| !troubled.again(*settled, false))
            .count();
        assert_eq!(rounds, 7, "the eighth time is enough");
    }

    #[test]
    fn the_last_item_is_given_up_if_others_got_on_since_it_began() {
        let mut troubled = Troubled::since(100);
        assert!(!troubled.again(110, false), "once with others");
        let rounds = (0..).take_while(|_| !troubled.again(110, true)).count();
        assert_eq!(rounds, 6, "then alone");
        let mut only = Troubled::since(0);
        assert!(
            (0..1_000).all(|_| !only.again(0, true)),
            "where nobody ever got on, a person is asked"
        );
    }

    #[test]
    fn those_in_trouble_go_behind_some_others_and_nobody_is_lost() {
        let step = |position| RunStep {
            position,
            wave: 0,
            state: RunItemState::Waiting,
        };
        let queue: VecDeque<RunStep> = (0..30).map(step).collect();
        let line: Vec<u32> = others_first(queue, |position| position < 2)
            .iter()
            .map(|step| step.position)
            .collect();
        assert_eq!(line[..13], [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 12]);
        assert_eq!(line.len(), 30);
    }
}
