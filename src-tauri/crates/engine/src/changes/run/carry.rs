//! One item: compare, write, read back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use scim::{Client, Dialect, Listing, Resource, Written, dialect::Writing};
use store::{ChangeAct, PersonRecord, RunItemState};

use super::{
    arrive::SECOND_LOOK,
    settle::{Judged, Settler},
    slots::Slots,
    together::Bulk,
    trouble::{Stop, TRIES, disk},
};
use crate::changes::plan::{
    item::{Field, Item},
    requests::{self, Write},
};

const VANISHED: &str = "The service took the change and then had nobody under this id. Sync to see who is there, then try this one again";

/// What an item came to.
pub(crate) type Carried = Result<RunItemState, Stop>;

/// Everything a run's items have in common.
pub(crate) struct Carrier {
    pub client: Client,
    pub dialect: Dialect,
    /// Set once the service has refused to change single attributes.
    pub replaces: AtomicBool,
    /// How everybody is listed here.
    pub listing: Listing,
    /// Whether versions are sent along (RFC 7644 section 3.14).
    pub etag: bool,
    /// Where the service declares it.
    pub bulk: Option<Bulk>,
    pub slots: Slots,
    pub settler: Arc<Settler>,
}

/// Where an item stands as it is taken up.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// Its request may have arrived already.
    pub unknown: bool,
    /// The person as a listing showed it at the start of the run; `None` reads the person first.
    pub seen: Option<Resource>,
    /// Leave the reading back to a listing at the end.
    pub read_back_later: bool,
    /// False once the run is cancelled: what turns out not to have happened is not sent again.
    pub send: bool,
}

/// What the service has, against what the plan wants.
pub(super) enum Compared {
    /// All fields as wanted.
    There,
    /// These are still to be written.
    Open(Vec<Field>),
    /// Somebody else's value, in words.
    Moved(String),
}

impl Carrier {
    pub(crate) async fn carry(&self, item: &Item, start: Start) -> Carried {
        match item.act {
            ChangeAct::Create => self.create(item, start).await,
            ChangeAct::Delete => self.delete(item, start).await,
            ChangeAct::Set | ChangeAct::Activate | ChangeAct::Deactivate => {
                self.change(item, start).await
            }
        }
    }

    async fn change(&self, item: &Item, start: Start) -> Carried {
        let Some(id) = self.settler.scim_id(item) else {
            return self
                .fail(
                    item,
                    None,
                    "The person this is about was not created, so there is nobody to change",
                )
                .await;
        };
        let mut unknown = start.unknown;
        // A whole record from a listing could put back what others have changed since.
        let mut seen = start.seen.filter(|_| self.writing() == Writing::Patch);
        for attempt in 1.. {
            let current = match seen.take() {
                Some(resource) => Some(resource),
                None => match self.get(&id).await {
                    Ok(found) => found,
                    Err(error) => {
                        if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                            return carried;
                        }
                        continue;
                    }
                },
            };
            let Some(current) = current else {
                return self
                    .fail(
                        item,
                        None,
                        "This person is no longer there. Sync, and look at the directory again",
                    )
                    .await;
            };
            let record = self.settler.record(&current);
            let open = match compare(item, &record) {
                Compared::There if unknown => {
                    return self
                        .settle(item, RunItemState::Done, Judged::read(record, None))
                        .await;
                }
                Compared::There => {
                    return self
                        .settle(item, RunItemState::Same, Judged::read(record, None))
                        .await;
                }
                Compared::Moved(why) => {
                    return self
                        .settle(item, RunItemState::Held, Judged::read(record, Some(why)))
                        .await;
                }
                Compared::Open(fields) => fields,
            };
            if !start.send {
                return self
                    .settle(item, RunItemState::Cancelled, Judged::read(record, None))
                    .await;
            }
            let writing = self.writing();
            let write = requests::write(item.act, &open, Some(&current), &self.dialect, writing);
            self.mark_sending(item, &write, Some(&id)).await?;
            let etag = current.etag().filter(|_| self.etag);
            drop(current);
            let Some(slot) = self.slots.to_write().await else {
                return self.not_now(item, unknown).await;
            };
            let answer = match &write {
                Write::Patch(patch) => self.client.patch(&id, patch, etag.as_deref()).await,
                Write::Replace(whole) => self.client.replace(&id, whole, etag.as_deref()).await,
                Write::Create(_) | Write::Delete => unreachable!("BUG: a change changes somebody"),
            };
            drop(slot);
            match answer {
                Ok(written) => {
                    if start.read_back_later {
                        return self.mark_sent(item, &written).await;
                    }
                    return self.read_back(item, &id, Some(record), written).await;
                }
                // Somebody changed the record since it was read: read it again and look at the difference.
                Err(scim::Error::Precondition { .. }) if attempt < TRIES => unknown = false,
                Err(scim::Error::Unsupported { .. }) if writing == Writing::Patch => {
                    self.replaces.store(true, Ordering::Relaxed);
                    unknown = false;
                }
                Err(error) => {
                    unknown = matches!(error, scim::Error::Ambiguous(_));
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                }
            }
        }
        unreachable!("BUG: every round ends or goes on")
    }

    /// How this service takes changes: as it declares, until it shows otherwise.
    pub(super) fn writing(&self) -> Writing {
        if self.replaces.load(Ordering::Relaxed) {
            Writing::Replace
        } else {
            self.dialect.writing
        }
    }

    /// The read that decides: an answer to a write is a hint, not a proof.
    pub(super) async fn read_back(
        &self,
        item: &Item,
        id: &str,
        before: Option<PersonRecord>,
        written: Written,
    ) -> Carried {
        for look in 1.. {
            let found = match self.get(id).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, look, true, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            let Some(found) = found else {
                if look == 1 {
                    tokio::time::sleep(SECOND_LOOK).await;
                    continue;
                }
                return self.fail(item, Some(&written), VANISHED).await;
            };
            let found = self.settler.record(&found);
            if matches!(compare(item, &found), Compared::There) {
                let judged = Judged::read(found, None).before(before).with(&written);
                return self.settle(item, RunItemState::Done, judged).await;
            }
            if look == 1 {
                tokio::time::sleep(SECOND_LOOK).await;
                continue;
            }
            let why = not_stored(item, &found, Some(written.status));
            let judged = Judged::read(found, Some(why)).before(before).with(&written);
            return self.settle(item, RunItemState::Failed, judged).await;
        }
        unreachable!("BUG: every look ends or goes on")
    }

    /// Settles an item that was sent by what is there now; `None` where it deserves another look, because the
    /// service may store with a delay.
    pub(super) async fn judge_sent(
        &self,
        item: &Item,
        found: Option<&Resource>,
        again: bool,
    ) -> Option<Carried> {
        let found = found.map(|found| self.settler.record(found));
        Some(match found {
            Some(found) if matches!(compare(item, &found), Compared::There) => {
                self.settle(item, RunItemState::Done, Judged::read(found, None))
                    .await
            }
            _ if again => return None,
            Some(found) => {
                let why = not_stored(item, &found, None);
                self.settle(item, RunItemState::Failed, Judged::read(found, Some(why)))
                    .await
            }
            None => self.fail(item, None, VANISHED).await,
        })
    }

    /// [`Carrier::judge_sent`] with a read of the person alone.
    pub(super) async fn look_at(&self, item: &Item, again: bool) -> Option<Carried> {
        let id = self.settler.scim_id(item).unwrap_or_default();
        for attempt in 1.. {
            match self.get(&id).await {
                Ok(found) => return self.judge_sent(item, found.as_ref(), again).await,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, true, error).await {
                        return Some(carried);
                    }
                }
            }
        }
        unreachable!("BUG: every look ends or goes on")
    }

    /// A person as they are now, when there is a place for the request.
    pub(super) async fn get(&self, id: &str) -> Result<Option<Resource>, scim::Error> {
        let _slot = self.slots.take().await;
        self.client.get(id).await
    }

    /// It was marked as being sent, and the run stops before it was: it is back in line.
    pub(super) async fn not_now(&self, item: &Item, unknown: bool) -> Carried {
        let state = if unknown {
            RunItemState::Unknown
        } else {
            RunItemState::Waiting
        };
        self.settler
            .back(item.position, state, None)
            .await
            .map_err(disk)?;
        Ok(state)
    }

    pub(super) async fn mark_sending(
        &self,
        item: &Item,
        write: &Write,
        id: Option<&str>,
    ) -> Result<(), Stop> {
        self.settler
            .mark_sending(item.position, write.text(id))
            .await
            .map_err(disk)
    }

    pub(super) async fn mark_sent(&self, item: &Item, written: &Written) -> Carried {
        self.settler.mark_sent(item, written).await.map_err(disk)?;
        Ok(RunItemState::Sent)
    }

    pub(super) async fn fail(&self, item: &Item, written: Option<&Written>, why: &str) -> Carried {
        let mut judged = Judged::nothing(why.to_owned());
        if let Some(written) = written {
            judged = judged.with(written);
        }
        self.settle(item, RunItemState::Failed, judged).await
    }

    pub(crate) async fn settle(&self, item: &Item, state: RunItemState, judged: Judged) -> Carried {
        self.settler
            .settle(item, state, judged)
            .await
            .map_err(disk)?;
        Ok(state)
    }
}

fn not_stored(item: &Item, record: &PersonRecord, status: Option<u16>) -> String {
    let wrong: Vec<String> = item
        .fields
        .iter()
        .filter(|field| record.value(field.attribute.0) != field.after.as_deref())
        .map(|field| {
            let now = record.value(field.attribute.0).unwrap_or("empty");
            format!("{} is {now}", field.label)
        })
        .collect();
    let answered = status.map_or_else(
        || "said yes".to_owned(),
        |status| format!("answered {status}"),
    );
    format!(
        "The service {answered}, but reading back shows that {}. Check whether this attribute may be changed here",
        wrong.join(", ")
    )
}

pub(super) fn compare(item: &Item, record: &PersonRecord) -> Compared {
    let open: Vec<Field> = item
        .fields
        .iter()
        .filter(|field| !same(field, record.value(field.attribute.0)))
        .cloned()
        .collect();
    if open.is_empty() {
        return Compared::There;
    }
    let moved = open
        .iter()
        .find(|field| record.value(field.attribute.0) != field.before.as_deref());
    match moved {
        Some(field) => {
            let shown = |value: Option<&str>| value.unwrap_or("empty").to_owned();
            Compared::Moved(format!(
                "{} was {} in review, is {} now and would become {}. It is back in the draft: keep yours or take theirs",
                field.label,
                shown(field.before.as_deref()),
                shown(record.value(field.attribute.0)),
                shown(field.after.as_deref())
            ))
        }
        None => Compared::Open(open),
    }
}

/// E-mails that differ in letter case alone are the same person's.
fn same(field: &Field, now: Option<&str>) -> bool {
    match (now, field.after.as_deref()) {
        (Some(now), Some(after)) => {
            now == after
                || (field.kind == crate::attribute::Kind::Employee
                    && now.eq_ignore_ascii_case(after))
        }
        (None, None) => true,
        _ => false,
    }
}
