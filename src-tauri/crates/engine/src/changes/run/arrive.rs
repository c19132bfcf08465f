//! People who come and people who go: creations and deletions, each looked up before and after.

use std::time::Duration;

use scim::{Filter, FilterAttribute, Resource, Written};
use store::{PersonRecord, RunItemState};

use super::{
    carry::{Carried, Carrier, Compared, Start, compare},
    settle::Judged,
    trouble::TRIES,
};
use crate::{
    attribute::Role,
    changes::plan::{
        item::Item,
        requests::{self, Write},
    },
};

/// A service that stores with a delay gets this long before it is taken at its word.
pub(super) const SECOND_LOOK: Duration = Duration::from_millis(400);

const NOBODY: &str = "It is not known whom the service has for this row, so nobody was deleted. Sync, then look at it again";

impl Carrier {
    pub(super) async fn delete(&self, item: &Item, start: Start) -> Carried {
        let Some(id) = self.settler.scim_id(item) else {
            return self.fail(item, None, NOBODY).await;
        };
        let mut unknown = start.unknown;
        let mut before: Option<PersonRecord> = None;
        for attempt in 1.. {
            let current = match self.get(&id).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            let Some(current) = current else {
                let state = if unknown {
                    RunItemState::Done
                } else {
                    RunItemState::Same
                };
                return self.settle(item, state, Judged::gone(before)).await;
            };
            let record = self.settler.record(&current);
            if !start.send {
                return self
                    .settle(item, RunItemState::Cancelled, Judged::read(record, None))
                    .await;
            }
            let write = Write::Delete;
            self.mark_sending(item, &write, Some(&id)).await?;
            let etag = current.etag().filter(|_| self.etag);
            let Some(slot) = self.slots.to_write().await else {
                return self.not_now(item, unknown).await;
            };
            let outcome = self.client.delete(&id, etag.as_deref()).await;
            drop(slot);
            before = Some(record);
            match outcome {
                Ok(written) => match self.get(&id).await {
                    Ok(None) => {
                        let judged = Judged::gone(before).with(&written);
                        return self.settle(item, RunItemState::Done, judged).await;
                    }
                    Ok(Some(still)) => {
                        let why = format!(
                            "The service answered {} and the person is still there. Ask the service's support, with the request id",
                            written.status
                        );
                        let judged =
                            Judged::read(self.settler.record(&still), Some(why)).with(&written);
                        return self.settle(item, RunItemState::Failed, judged).await;
                    }
                    Err(error) => {
                        unknown = true;
                        if let Some(carried) = self.trouble(item, attempt, true, error).await {
                            return carried;
                        }
                    }
                },
                Err(scim::Error::Precondition { .. }) if attempt < TRIES => {}
                // Gone meanwhile, which the next read confirms, unless the service contradicts itself.
                Err(scim::Error::NotFound { .. }) if attempt < TRIES => unknown = true,
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

    pub(super) async fn create(&self, item: &Item, start: Start) -> Carried {
        let mut unknown = start.unknown;
        let mut answered: Option<Written> = None;
        for attempt in 1.. {
            if unknown && looked_up_by(item).is_none() {
                return self
                    .fail(
                        item,
                        answered.as_ref(),
                        "This was sent, and whether it happened can't be looked up: there is neither a user name nor an e-mail. Sync, and look for the person before creating them again",
                    )
                    .await;
            }
            // Two records of one person are what must never happen, so they are looked for by name first.
            let found = match self.find(item).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            if let Some(found) = found {
                let found = self.settler.record(&found);
                return match compare(item, &found) {
                    Compared::There if unknown => {
                        self.settle(item, RunItemState::Done, Judged::read(found, None))
                            .await
                    }
                    Compared::There => {
                        self.settle(item, RunItemState::Same, Judged::read(found, None))
                            .await
                    }
                    Compared::Open(_) | Compared::Moved(_) => {
                        let why = format!(
                            "Somebody with this user name is there already. Sync, then change {} instead of creating them",
                            item.spoken
                        );
                        self.settle(item, RunItemState::Held, Judged::read(found, Some(why)))
                            .await
                    }
                };
            }
            if answered.is_some() {
                if attempt < TRIES {
                    tokio::time::sleep(SECOND_LOOK).await;
                    continue;
                }
                return self
                    .fail(
                        item,
                        answered.as_ref(),
                        "The service says that it created the person, but shows nobody by this user name. Sync, and look for them before creating them again",
                    )
                    .await;
            }
            if !start.send {
                return self
                    .settle(item, RunItemState::Cancelled, Judged::default())
                    .await;
            }
            let write =
                requests::write(item.act, &item.fields, None, &self.dialect, self.writing());
            let Write::Create(resource) = &write else {
                unreachable!("BUG: a creation is a creation")
            };
            self.mark_sending(item, &write, None).await?;
            let Some(slot) = self.slots.to_write().await else {
                return self.not_now(item, unknown).await;
            };
            let answer = self.client.create(resource).await;
            drop(slot);
            match answer {
                Ok(written) => {
                    let Some(id) = written.id().map(str::to_owned) else {
                        // Created, by its own word, under an id it keeps to itself: find it by name.
                        unknown = true;
                        answered = Some(written);
                        continue;
                    };
                    return self.read_back(item, &id, None, written).await;
                }
                // The first of two tries arrived after all.
                Err(scim::Error::Conflict { .. }) if unknown && attempt < TRIES => {}
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

    async fn find(&self, item: &Item) -> Result<Option<Resource>, scim::Error> {
        let Some(user_name) = looked_up_by(item) else {
            return Ok(None);
        };
        let _slot = self.slots.take().await;
        let found = self
            .client
            .find(&Filter::eq(FilterAttribute::UserName, user_name))
            .await?;
        Ok(found.into_iter().next())
    }
}

/// What a new person is found by.
fn looked_up_by(item: &Item) -> Option<String> {
    let value = |role| {
        item.fields
            .iter()
            .find(|field| field.role == Some(role))
            .and_then(|field| field.after.clone())
    };
    value(Role::UserName).or_else(|| value(Role::Email))
}
