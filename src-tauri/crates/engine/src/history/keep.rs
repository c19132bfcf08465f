//! How long the history is kept, and the anchors of its days.

use jiff::{SignedDuration, Timestamp};
use store::Purge;

use super::{DayAnchor, Removed, Retention, look::anchor, note, search::day_or_time};
use crate::{
    changes::words,
    engine::{Engine, timestamp},
    error::{Error, Result},
    ids::EventId,
};

/// A rule for less would remove what nobody has had time to look at.
const SHORTEST_DAYS: u32 = 30;

impl Engine {
    /// The standing rule; `None` while everything is kept.
    pub fn retention(&self) -> Result<Option<Retention>> {
        let kept = self.store.read(|reader| reader.retention())?;
        Ok(kept.map(|rule| Retention {
            days: rule.days,
            reason: rule.reason,
            made_at: rule.made_at,
            actor: rule.actor,
        }))
    }

    /// Makes a standing rule: events older than so many days are removed now and whenever Muster starts. With
    /// `None` everything is kept from now on. Either is an event itself, in every connection's history.
    ///
    /// # Errors
    /// Without a reason, or for less than thirty days.
    pub fn keep_history_for(&self, days: Option<u32>, reason: &str) -> Result<Removed> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Error::precondition(
                "A rule of how long the history is kept needs a reason; it stays in the history.",
            ));
        }
        if let Some(days) = days.filter(|days| *days < SHORTEST_DAYS) {
            return Err(Error::precondition(format!(
                "Keeping the history for {days} days is too short; {SHORTEST_DAYS} is the least."
            )));
        }
        let said = match days {
            Some(days) => format!(
                "Retention: events older than {} days are removed from now on. Reason: {reason}",
                words::number(days)
            ),
            None => format!("Retention: every event is kept from now on. Reason: {reason}"),
        };
        let (now, actor) = (self.now(), self.ports.actor.clone());
        self.store.write(move |writer| {
            let rule = days.map(|days| store::Retention {
                days,
                reason,
                made_at: now.clone(),
                actor: actor.clone(),
            });
            writer.keep_retention(rule.as_ref())?;
            for connection in writer.connections()? {
                let event = note(now.clone(), actor.clone(), connection.id, said.clone());
                writer.append_history(&event)?;
            }
            Ok::<_, Error>(())
        })?;
        self.follow_retention()
    }

    /// Removes what the standing rule says has been kept long enough.
    pub(crate) fn follow_retention(&self) -> Result<Removed> {
        let nothing = Removed {
            events: 0,
            message: "Nothing in the history is that old.".to_owned(),
        };
        let Some(rule) = self.retention()? else {
            return Ok(Removed {
                message: "Every event is kept.".to_owned(),
                ..nothing
            });
        };
        let now = self.ports.clock.now();
        let kept = SignedDuration::from_hours(24 * i64::from(rule.days));
        let Ok(first_kept) = now.checked_sub(kept) else {
            return Ok(nothing);
        };
        // Whole days, so that a day's anchor stays or goes with its day.
        let day = timestamp(first_kept)[..10].to_owned();
        let before = format!("{day}T00:00:00.000Z");
        if self
            .store
            .read(|reader| reader.purge_end(&before))?
            .is_none()
        {
            return Ok(nothing);
        }
        self.remove_history_before(
            &day,
            &format!(
                "{} (kept for {} days, a rule of {})",
                rule.reason,
                words::number(rule.days),
                &rule.made_at[..10]
            ),
        )
    }

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
            let anchored = reader.anchors()?.pop().map(|anchor| anchor.event);
            let last = reader.last_event()?;
            Ok::<_, Error>(
                last.is_some_and(|(id, _, at)| Some(id) != anchored && !at.starts_with(&today)),
            )
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
