//! How long the history is kept, and the anchors of its days.

use jiff::Timestamp;
use store::Purge;

use super::{DayAnchor, Removed, look::anchor, search::day_or_time};
use crate::{
    changes::words,
    engine::Engine,
    error::{Error, Result},
    ids::EventId,
};

impl Engine {
    /// The last event of each UTC day that is over, oldest first.
    pub fn anchors(&self) -> Result<Vec<DayAnchor>> {
        let anchors = self.store.read(|reader| reader.anchors())?;
        Ok(anchors
            .into_iter()
            .map(|kept| DayAnchor {
                anchor: anchor(kept.event, &kept.hash),
                day: kept.day,
                event: EventId(kept.event),
            })
            .collect())
    }

    /// Anchors the last day when it is over, for days on which nothing follows.
    pub(crate) fn anchor_last_day(&self) -> Result<()> {
        let now = self.now();
        let today = now[..10].to_owned();
        let due = self.store.read(|reader| {
            let last = match reader.history_end()? {
                Some((id, _)) => reader.event(id)?,
                None => None,
            };
            let anchored = reader.anchors()?.pop().map(|anchor| anchor.event);
            Ok::<_, Error>(last.is_some_and(|last| {
                Some(last.id) != anchored && !last.event.at.starts_with(&today)
            }))
        })?;
        if due {
            self.store
                .write(move |writer| writer.anchor_before(&today, &now))?;
        }
        Ok(())
    }

    /// The retention rule: removes the events before a UTC day for good, in every connection's history. The rule
    /// and its reason become events themselves, and the chain goes on from a seal of what was removed.
    ///
    /// # Errors
    /// Without a reason, or with a day that is none or not over.
    pub fn remove_history_before(&self, day: &str, reason: &str) -> Result<Removed> {
        let why = reason.trim().to_owned();
        if why.is_empty() {
            return Err(Error::precondition(
                "Removing history needs a reason; it stays in the history.",
            ));
        }
        let now = self.now();
        let before = day_or_time(day, false)
            .filter(|_| day.len() == 10)
            .ok_or_else(|| {
                Error::precondition(format!(
                    "“{day}” is not a day. Write it like 2025-01-01; what happened before it is removed."
                ))
            })?;
        if before.parse::<Timestamp>().ok() > now.parse().ok() {
            return Err(Error::precondition(format!(
                "{day} is still to come. Only what lies in the past can be removed."
            )));
        }
        let purge = Purge {
            before,
            at: now,
            actor: self.ports.actor.clone(),
            say: rule,
            why,
        };
        let seal = self
            .store
            .write(move |writer| writer.purge_history(&purge))?;
        Ok(match seal {
            Some(seal) => Removed {
                events: seal.events,
                message: format!(
                    "{} before {day} are removed. Event {} says so.",
                    events(seal.events),
                    seal.event
                ),
            },
            None => Removed {
                events: 0,
                message: format!("Nothing in the history lies before {day}."),
            },
        })
    }
}

fn events(number: u32) -> String {
    match number {
        1 => "1 event".to_owned(),
        number => format!("{} events", words::number(number)),
    }
}

fn rule(removed: u32, day: &str, why: &str) -> String {
    format!(
        "Retention: {} before {day} removed. Reason: {why}",
        events(removed)
    )
}
