//! One item: compare, write, read back.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use scim::{
    Client, Dialect, Listing, Resource,
    dialect::{Clearing, Writing},
};
use store::{ChangeAct, PersonRecord, RunItemState};

use super::{
    arrive::SECOND_LOOK,
    settle::{Judged, Settler},
    slots::Slots,
    together::Bulk,
    trouble::{Sent, Stop, TRIES, disk},
    wire::{self, Heard, listening},
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
    /// Set once the service has refused to remove a value, and taken null for it.
    pub clears_by_null: AtomicBool,
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
    pub undone: Undone,
}

/// What becomes of an item that turns out not to have happened yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undone {
    Send,
    /// Back in line: the run is only finding out where it stands.
    Leave,
    /// The run is cancelled.
    Cancel,
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
        let mut sent = Sent::before(start.unknown);
        // A whole record from a listing could put back what others have changed since.
        let mut seen = start.seen.filter(|_| self.writing() == Writing::Patch);
        let mut dialect = self.dialect();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let current = match seen.take() {
                Some(resource) => Some(resource),
                None => match self.get(&id).await {
                    Ok(found) => found,
                    Err(error) => {
                        if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
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
                        sent.heard,
                        "This person is no longer there. Sync, and look at the directory again",
                    )
                    .await;
            };
            let record = self.settler.record(&current);
            let open = match compare(item, &record) {
                Compared::There if sent.unknown => {
                    return self
                        .found(item, RunItemState::Done, record, None, sent)
                        .await;
                }
                Compared::There => {
                    return self
                        .found(item, RunItemState::Same, record, None, sent)
                        .await;
                }
                Compared::Moved(why) => {
                    let why = Some(self.settler.held(&why));
                    return self
                        .found(item, RunItemState::Held, record, why, sent)
                        .await;
                }
                Compared::Open(fields) => fields,
            };
            match start.undone {
                Undone::Send => {}
                Undone::Leave => return self.not_now(item, false).await,
                Undone::Cancel => {
                    return self
                        .found(item, RunItemState::Cancelled, record, None, sent)
                        .await;
                }
            }
            let writing = self.writing();
            let write = requests::write(item.act, &open, Some(&current), &dialect, writing);
            let etag = current.etag().filter(|_| self.etag);
            let request = wire::request(self.client.endpoint(), &write, Some(&id), etag.as_deref());
            self.mark_sending(item, request, &open, sent.unknown)
                .await?;
            drop(current);
            let Some(slot) = self.slots.to_write().await else {
                return self.not_now(item, sent.unknown).await;
            };
            let sending = async {
                match &write {
                    Write::Patch(patch) => self.client.patch(&id, patch, etag.as_deref()).await,
                    Write::Replace(whole) => self.client.replace(&id, whole, etag.as_deref()).await,
                    Write::Create(_) | Write::Delete => {
                        unreachable!("BUG: a change changes somebody")
                    }
                }
            };
            let (answer, heard) = listening(sending).await;
            drop(slot);
            match answer {
                Ok(written) => {
                    let heard = heard.unwrap_or_else(|| Heard::of_written(&written));
                    // What is to be learned from it has to be seen.
                    let learning = dialect.clearing != self.dialect().clearing;
                    if start.read_back_later && !learning {
                        return self.mark_sent(item, heard).await;
                    }
                    let carried = self
                        .read_back(item, &id, Some(record), written.status, heard)
                        .await;
                    if learning && matches!(carried, Ok(RunItemState::Done)) {
                        self.clears_by_null.store(true, Ordering::Relaxed);
                    }
                    return carried;
                }
                Err(error) => {
                    sent.failed(heard, &error);
                    if matches!(error, scim::Error::Unsupported { .. }) && writing == Writing::Patch
                    {
                        self.replaces.store(true, Ordering::Relaxed);
                        continue;
                    }
                    if refuses_to_remove(&error, &write) {
                        dialect.to_mut().clearing = Clearing::Null;
                        continue;
                    }
                    // Somebody changed the record since it was read: read it again and look at the difference.
                    if matches!(error, scim::Error::Precondition { .. }) && attempt < TRIES {
                        continue;
                    }
                    if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
                        return carried;
                    }
                }
            }
        }
    }

    /// The end of an item by what there was before anything more was sent.
    async fn found(
        &self,
        item: &Item,
        state: RunItemState,
        record: PersonRecord,
        why: Option<String>,
        sent: Sent,
    ) -> Carried {
        let judged = Judged::read(record, why)
            .ours(sent.unknown)
            .heard(sent.heard);
        self.settle(item, state, judged).await
    }

    /// How this service takes changes: as it declares, until it shows otherwise.
    pub(super) fn writing(&self) -> Writing {
        if self.replaces.load(Ordering::Relaxed) {
            Writing::Replace
        } else {
            self.dialect.writing
        }
    }

    /// How this service wants values written, with what this run has learned of it.
    pub(super) fn dialect(&self) -> Cow<'_, Dialect> {
        let mut dialect = Cow::Borrowed(&self.dialect);
        if self.clears_by_null.load(Ordering::Relaxed) && dialect.clearing != Clearing::Null {
            dialect.to_mut().clearing = Clearing::Null;
        }
        dialect
    }

    /// The read that decides: an answer to a write is a hint, not a proof.
    pub(super) async fn read_back(
        &self,
        item: &Item,
        id: &str,
        before: Option<PersonRecord>,
        status: u16,
        heard: Heard,
    ) -> Carried {
        let mut sent = Sent::default();
        sent.answered(heard);
        let mut look = 0;
        loop {
            look += 1;
            let found = match self.get(id).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, look, &sent, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            let found = found.map(|found| self.settler.record(&found));
            let there = found
                .as_ref()
                .is_some_and(|found| matches!(compare(item, found), Compared::There));
            if !there && look == 1 {
                tokio::time::sleep(SECOND_LOOK).await;
                continue;
            }
            let Some(found) = found else {
                return self.fail(item, sent.heard, VANISHED).await;
            };
            let (state, why) = match there {
                true => (RunItemState::Done, None),
                false => (
                    RunItemState::Failed,
                    Some(not_stored(item, &found, Some(status))),
                ),
            };
            let judged = Judged::read(found, why)
                .before(before)
                .ours(true)
                .heard(sent.heard);
            return self.settle(item, state, judged).await;
        }
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
                let judged = Judged::read(found, None).ours(true);
                self.settle(item, RunItemState::Done, judged).await
            }
            _ if again => return None,
            Some(found) => {
                let why = not_stored(item, &found, None);
                let judged = Judged::read(found, Some(why)).ours(true);
                self.settle(item, RunItemState::Failed, judged).await
            }
            None => self.fail(item, None, VANISHED).await,
        })
    }

    /// [`Carrier::judge_sent`] with a read of the person alone.
    pub(super) async fn look_at(&self, item: &Item, again: bool) -> Option<Carried> {
        let id = self.settler.scim_id(item).unwrap_or_default();
        let sent = Sent::before(true);
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.get(&id).await {
                Ok(found) => return self.judge_sent(item, found.as_ref(), again).await,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
                        return Some(carried);
                    }
                }
            }
        }
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
            .back(item.position, state, None, None)
            .await
            .map_err(disk)?;
        Ok(state)
    }

    /// `again` where an earlier request of the item may have had its effect.
    pub(super) async fn mark_sending(
        &self,
        item: &Item,
        request: String,
        fields: &[Field],
        again: bool,
    ) -> Result<(), Stop> {
        let attributes = fields.iter().map(|field| field.attribute.0).collect();
        self.settler
            .mark_sending(item.position, request, attributes, again)
            .await
            .map_err(disk)
    }

    pub(super) async fn mark_sent(&self, item: &Item, heard: Heard) -> Carried {
        let state = RunItemState::Sent;
        self.settler
            .back(item.position, state, None, Some(heard))
            .await
            .map_err(disk)?;
        Ok(state)
    }

    pub(super) async fn fail(&self, item: &Item, heard: Option<Heard>, why: &str) -> Carried {
        let judged = Judged::nothing(why.to_owned()).heard(heard);
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

/// Whether to try null in place of `remove`: nothing of a refused PATCH has happened.
pub(super) fn refuses_to_remove(error: &scim::Error, write: &Write) -> bool {
    matches!(error, scim::Error::Invalid { .. })
        && matches!(write, Write::Patch(patch) if patch.removes())
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
                "{} was {} in review, is {} now and would become {}",
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
pub(super) fn same(field: &Field, now: Option<&str>) -> bool {
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
