//! Looking through the history, and checking that nobody else did more than look.

use store::{Break, Event, EventAct};

use super::{DayCount, HistoryEvent, HistoryPage, HistoryQuery, Verification, search};
use crate::{
    attribute::{Attribute, Kind},
    changes::words,
    engine::Engine,
    error::{Error, Result},
    ids::{ConnectionId, EventId, PlanId, RowId, RunId},
    text::hex,
};

impl Engine {
    /// Newest first. With `None` the events of every connection.
    pub fn history(
        &self,
        id: impl Into<Option<ConnectionId>>,
        query: HistoryQuery,
        start: u32,
        len: u32,
    ) -> Result<HistoryPage> {
        let id = id.into();
        let (query, note) = search::stored(id, &query)?;
        let found = self
            .store
            .read(|reader| reader.find_events(&query, start, len))?;
        let attributes = id
            .and_then(|id| self.open_workspace(id))
            .map(|workspace| workspace.directory.attributes());
        let attributes = attributes.as_deref().unwrap_or_default();
        Ok(HistoryPage {
            total: found.total,
            more: found.more,
            note,
            start,
            events: found
                .events
                .into_iter()
                .map(|event| page_event(event, attributes))
                .collect(),
            days: found
                .days
                .into_iter()
                .map(|day| DayCount {
                    day: day.day,
                    made: day.made,
                    seen: day.seen,
                })
                .collect(),
        })
    }

    /// Walks the whole chain. Takes seconds for millions of events.
    pub fn verify_history(&self) -> Result<Verification> {
        self.verify(&[])
    }

    /// Walks the chain and compares it with an anchor that was kept elsewhere, as [`Verification::anchor`]
    /// gave it.
    pub fn verify_history_against(&self, anchor: &str) -> Result<Verification> {
        let kept = read_anchor(anchor).ok_or_else(|| {
            Error::precondition(format!(
                "“{anchor}” is not an anchor. One looks like 1234:0f3a…, a number, a colon and 64 letters and digits."
            ))
        })?;
        let begins = self.store.read(|reader| {
            Ok::<_, Error>(reader.seals()?.last().map_or(1, |seal| seal.last + 1))
        })?;
        if kept.0 < begins {
            return Err(Error::precondition(format!(
                "Event {} was removed by a retention rule, so its anchor has nothing left to be compared with. \
                 The history begins at event {begins} now; verify it without the anchor, or with a later one.",
                kept.0
            )));
        }
        self.verify(&[kept])
    }

    fn verify(&self, kept: &[(u32, store::Hash)]) -> Result<Verification> {
        let check = self.store.read(|reader| reader.check_history(kept))?;
        let events = words::number(check.events);
        let (broken, message) = match check.broken {
            None if check.removed > 0 => (
                None,
                format!(
                    "All {events} events are as they were written. A retention rule removed the {} before them, \
                     and the history says so.",
                    words::number(check.removed)
                ),
            ),
            None => (
                None,
                format!("All {events} events are as they were written."),
            ),
            Some(Break::Unsealed(id)) => (
                Some(id),
                format!(
                    "Events before number {id} are missing, and no event says that a retention rule removed them."
                ),
            ),
            Some(Break::Edited(id)) => (
                Some(id),
                format!(
                    "Event {id} was changed after it was written. Everything before it is as it was."
                ),
            ),
            Some(Break::OutOfOrder(id)) => (
                Some(id),
                format!(
                    "Event {id} does not follow the one before it: something was removed, added or swapped here. \
                     Everything before it is as it was."
                ),
            ),
            Some(Break::Anchor(id)) => (
                Some(id),
                format!("An anchor names event {id}, and it is missing or another one."),
            ),
            Some(Break::Cut(id)) => (
                Some(id),
                format!("Events after number {id} are missing: more were written once."),
            ),
        };
        Ok(Verification {
            events: check.events,
            sound: broken.is_none(),
            broken: broken.map(EventId),
            message,
            anchor: check.end.map(|(id, hash)| anchor(id, &hash)),
        })
    }
}

pub(super) fn page_event(event: Event, attributes: &[Attribute]) -> HistoryEvent {
    let hash = hex(&event.hash);
    let sentence = sentence(&event, attributes);
    let Event { id, event, .. } = event;
    HistoryEvent {
        id: EventId(id),
        at: event.at,
        actor: event.actor,
        connection: ConnectionId(event.connection),
        origin: event.origin.into(),
        act: event.act.into(),
        row: event.person.map(RowId),
        person: event.person_name,
        scim_id: event.scim_id,
        attribute: event.attribute,
        label: event.label,
        before: event.before,
        after: event.after,
        run: event.run.map(RunId),
        plan: event.plan.map(PlanId),
        reason: event.reason,
        request_id: event.request_id,
        source: event.source,
        detail: event.detail,
        sentence,
        hash,
    }
}

fn sentence(event: &Event, attributes: &[Attribute]) -> String {
    let event = &event.event;
    let who = event.person_name.as_deref().unwrap_or("Somebody");
    match event.act {
        EventAct::Set => {
            let known = event
                .attribute
                .as_deref()
                .and_then(|key| attributes.iter().find(|attribute| attribute.key == key));
            words::past(
                who,
                &words::Step {
                    label: event.label.as_deref().unwrap_or("A value"),
                    kind: known.map_or(Kind::Text, |attribute| attribute.kind),
                    role: known.and_then(|attribute| attribute.role),
                    before: event.before.as_deref(),
                    after: event.after.as_deref(),
                },
            )
        }
        EventAct::Create => format!("{who} was created"),
        EventAct::Activate => format!("{who} was activated"),
        EventAct::Deactivate => format!("{who} was deactivated"),
        EventAct::Delete => format!("{who} was deleted"),
        EventAct::Arrive => format!("{who} appeared in the directory"),
        EventAct::Vanish => format!("{who} is gone from the directory"),
        EventAct::Note => event
            .reason
            .clone()
            .unwrap_or_else(|| "A note about the record itself".to_owned()),
    }
}

/// A number, a colon and a hash: short enough to print or to read out.
pub(super) fn anchor(event: u32, hash: &store::Hash) -> String {
    format!("{event}:{}", hex(hash))
}

fn read_anchor(text: &str) -> Option<(u32, store::Hash)> {
    let (id, hash) = text.trim().split_once(':')?;
    if hash.len() != 64 || !hash.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).ok()?;
    }
    Some((id.parse().ok()?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_reads_as_written() {
        let hash: store::Hash = std::array::from_fn(|at| at as u8 * 7);
        assert_eq!(
            read_anchor(&format!(" 1234:{} ", hex(&hash))),
            Some((1234, hash)),
            "what is copied can be given back"
        );
        for odd in ["", "12", "12:zz", "x:00", &format!("1:{}é", "0".repeat(62))] {
            assert_eq!(read_anchor(odd), None, "{odd}");
        }
    }
}
