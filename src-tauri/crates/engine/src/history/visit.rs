//! What others changed since the admin last looked.

use jiff::{SignedDuration, Timestamp};
use store::{EventOrigin, EventQuery};

use super::Visit;
use crate::{
    engine::Engine,
    error::{Error, Result},
    ids::ConnectionId,
};

/// Who comes back sooner is still on the same visit: what was new a moment ago is not old yet.
const SAME_VISIT: SignedDuration = SignedDuration::from_mins(30);

impl Engine {
    /// Marks that the history is looked at, and says what came since the visit before this one.
    pub fn visit_history(&self, id: ConnectionId) -> Result<Visit> {
        let now = self.now();
        let before = self.store.read(|reader| reader.visit(id.0))?;
        let since = match before {
            Some(visit) if same_visit(&visit.last, &now) => visit.since,
            Some(visit) => Some(visit.last),
            None => None,
        };
        let visit = store::Visit {
            since: since.clone(),
            last: now,
        };
        self.store
            .write(move |writer| writer.keep_visit(id.0, &visit))?;
        Ok(Visit {
            seen: self.seen_since(id, since.as_deref())?,
            since,
        })
    }

    /// Events seen since the history was last looked at; none before the first look.
    pub fn unseen_history(&self, id: ConnectionId) -> Result<u32> {
        let last = self
            .store
            .read(|reader| reader.visit(id.0))?
            .map(|visit| visit.last);
        self.seen_since(id, last.as_deref())
    }

    fn seen_since(&self, id: ConnectionId, time: Option<&str>) -> Result<u32> {
        let Some(time) = time else {
            return Ok(0);
        };
        let query = EventQuery {
            connection: Some(id.0),
            origin: Some(EventOrigin::Seen),
            from: Some(time.to_owned()),
            ..EventQuery::default()
        };
        let found = self
            .store
            .read(|reader| Ok::<_, Error>(reader.find_events(&query, 0, 0)?))?;
        Ok(found.total)
    }
}

fn same_visit(last: &str, now: &str) -> bool {
    match (last.parse::<Timestamp>(), now.parse::<Timestamp>()) {
        (Ok(last), Ok(now)) => now.duration_since(last) < SAME_VISIT,
        _ => false,
    }
}
