//! People who come and people who go: creations and deletions, each looked up before and after.

use std::time::Duration;

use scim::{Filter, Resource};
use store::{PersonRecord, RunItemState};

use super::{
    carry::{Carried, Carrier, Compared, Start, Undone, compare},
    settle::Judged,
    trouble::{Sent, TRIES},
    wire::{self, Heard, listening},
};
use crate::changes::plan::{
    item::Item,
    requests::{self, Write},
};

/// A service that stores with a delay gets this long before it is taken at its word.
pub(super) const SECOND_LOOK: Duration = Duration::from_millis(400);

const NOBODY: &str = "It is not known whom the service has for this row, so nobody was deleted. Sync, then look at it again";

impl Carrier {
    pub(super) async fn delete(&self, item: &Item, start: Start) -> Carried {
        let Some(id) = self.settler.scim_id(item) else {
            return self.fail(item, None, NOBODY).await;
        };
        let mut sent = Sent::before(start.unknown);
        let mut before: Option<PersonRecord> = None;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let current = match self.get(&id).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            let Some(current) = current else {
                let state = if sent.unknown {
                    RunItemState::Done
                } else {
                    RunItemState::Same
                };
                let judged = Judged::gone(before).ours(sent.unknown).heard(sent.heard);
                return self.settle(item, state, judged).await;
            };
            let record = self.settler.record(&current);
            match start.undone {
                Undone::Send => {}
                Undone::Leave => return self.not_now(item, false).await,
                Undone::Cancel => {
                    return self
                        .settle(item, RunItemState::Cancelled, Judged::read(record, None))
                        .await;
                }
            }
            let etag = current.etag().filter(|_| self.etag);
            let request = wire::request(
                self.client.endpoint(),
                &Write::Delete,
                Some(&id),
                etag.as_deref(),
            );
            self.mark_sending(item, request, &[], sent.unknown).await?;
            let Some(slot) = self.slots.to_write().await else {
                return self.not_now(item, sent.unknown).await;
            };
            let (outcome, heard) = listening(self.client.delete(&id, etag.as_deref())).await;
            drop(slot);
            before = Some(record);
            match outcome {
                Ok(written) => {
                    sent.answered(heard.unwrap_or_else(|| Heard::of_written(&written)));
                    match self.get(&id).await {
                        Ok(None) => {
                            let judged = Judged::gone(before).ours(true).heard(sent.heard);
                            return self.settle(item, RunItemState::Done, judged).await;
                        }
                        Ok(Some(still)) => {
                            let why = format!(
                                "The service answered {} and the person is still there. Ask the service's support, with the request id",
                                written.status
                            );
                            let judged = Judged::read(self.settler.record(&still), Some(why))
                                .heard(sent.heard);
                            return self.settle(item, RunItemState::Failed, judged).await;
                        }
                        Err(error) => {
                            if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
                                return carried;
                            }
                        }
                    }
                }
                Err(error) => {
                    sent.failed(heard, &error);
                    match error {
                        scim::Error::Precondition { .. } if attempt < TRIES => {}
                        // Gone meanwhile, which the next read confirms, unless the service contradicts itself.
                        scim::Error::NotFound { .. } if attempt < TRIES => sent.unknown = true,
                        error => {
                            if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
                                return carried;
                            }
                        }
                    }
                }
            }
        }
    }

    pub(super) async fn create(&self, item: &Item, start: Start) -> Carried {
        let mut sent = Sent::before(start.unknown);
        let looked_up_by = item.looked_up_by();
        let mut answered = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            if sent.unknown && looked_up_by.is_none() {
                return self
                    .fail(
                        item,
                        sent.heard,
                        "This was sent, and whether it happened can't be looked up: there is neither a user name nor an e-mail. Sync, and look for the person before creating them again",
                    )
                    .await;
            }
            // Two records of one person are what must never happen, so they are looked for by name first.
            let found = match &looked_up_by {
                Some(filter) => self.find(filter).await,
                None => Ok(None),
            };
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            if let Some(found) = found {
                let found = self.settler.record(&found);
                let (state, why) = match compare(item, &found) {
                    Compared::There if sent.unknown => (RunItemState::Done, None),
                    Compared::There => (RunItemState::Same, None),
                    Compared::Open(_) | Compared::Moved(_) => {
                        let why = format!(
                            "Somebody with this user name is there already. Sync, then change {} instead of creating them",
                            item.spoken
                        );
                        (RunItemState::Held, Some(why))
                    }
                };
                let judged = Judged::read(found, why)
                    .ours(state == RunItemState::Done)
                    .heard(sent.heard);
                return self.settle(item, state, judged).await;
            }
            if answered {
                if attempt < TRIES {
                    tokio::time::sleep(SECOND_LOOK).await;
                    continue;
                }
                return self
                    .fail(
                        item,
                        sent.heard,
                        "The service says that it created the person, but shows nobody by this user name. Sync, and look for them before creating them again",
                    )
                    .await;
            }
            match start.undone {
                Undone::Send => {}
                Undone::Leave => return self.not_now(item, false).await,
                Undone::Cancel => {
                    return self
                        .settle(item, RunItemState::Cancelled, Judged::default())
                        .await;
                }
            }
            let write =
                requests::write(item.act, &item.fields, None, &self.dialect, self.writing());
            let Write::Create(resource) = &write else {
                unreachable!("BUG: a creation is a creation")
            };
            let request = wire::request(self.client.endpoint(), &write, None, None);
            self.mark_sending(item, request, &item.fields, sent.unknown)
                .await?;
            let Some(slot) = self.slots.to_write().await else {
                return self.not_now(item, sent.unknown).await;
            };
            let (answer, heard) = listening(self.client.create(resource)).await;
            drop(slot);
            match answer {
                Ok(written) => {
                    let heard = heard.unwrap_or_else(|| Heard::of_written(&written));
                    if let Some(id) = written.id() {
                        return self.read_back(item, id, None, written.status, heard).await;
                    }
                    // Created, by its own word, under an id it keeps to itself: find it by name.
                    sent.answered(heard);
                    answered = true;
                }
                Err(error) => {
                    let first_of_two = sent.unknown;
                    sent.failed(heard, &error);
                    match error {
                        // The first of two tries arrived after all.
                        scim::Error::Conflict { .. } if first_of_two && attempt < TRIES => {}
                        error => {
                            if let Some(carried) = self.trouble(item, attempt, &sent, error).await {
                                return carried;
                            }
                        }
                    }
                }
            }
        }
    }

    async fn find(&self, filter: &Filter) -> Result<Option<Resource>, scim::Error> {
        let _slot = self.slots.take().await;
        let found = self.client.find(filter).await?;
        Ok(found.into_iter().next())
    }
}
