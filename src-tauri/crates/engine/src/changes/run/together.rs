//! Many people in one request (RFC 7644 section 3.7), where the service declares it. Each is compared before, has
//! a status of its own, counts one of the quota, and is read back like any other.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::{
    StreamExt,
    future::{BoxFuture, FutureExt, join_all},
    stream,
};
use scim::{BulkLimits, BulkOperation, Patch, Resource, Written, dialect::Writing};
use store::RunItemState;

use super::{
    carry::{Carried, Carrier, Compared, Start, Undone, compare, refuses_to_remove},
    settle::Judged,
    trouble::Sent,
    wire::{self, Heard},
};
use crate::changes::plan::{
    item::Item,
    requests::{self, Write},
    summary::most_together,
};

/// Of those whose operation did not end well, carried on singly side by side; there are only so many places for
/// their requests besides.
const AFTERWARDS: usize = 24;

/// What the service allows, until it shows that it does not.
pub(crate) struct Bulk {
    limits: BulkLimits,
    refused: AtomicBool,
}

impl Bulk {
    /// `None` where the service declares no bulk, or none worth using.
    pub(crate) fn declared(operations: u32, bytes: u32, quota: u32) -> Option<Self> {
        most_together(operations, bytes, quota).map(|most| Self {
            limits: BulkLimits {
                max_operations: most,
                max_payload: bytes,
            },
            refused: AtomicBool::new(false),
        })
    }
}

struct Prepared<'a> {
    item: &'a Item,
    id: String,
    write: Write,
    etag: Option<String>,
}

impl Carrier {
    /// How many may go together, where any may.
    pub(super) fn together(&self) -> Option<usize> {
        self.bulk
            .as_ref()
            .filter(|bulk| !bulk.refused.load(Ordering::Relaxed))
            .filter(|_| self.writing() == Writing::Patch)
            .map(|bulk| bulk.limits.max_operations as usize)
    }

    /// Compares each, sends those that are still to be changed in one request, and leaves them to be read back.
    /// Answers in the order given.
    pub(super) async fn carry_together(&self, people: Vec<(&Item, Resource)>) -> Vec<Carried> {
        let mut compared = Vec::with_capacity(people.len());
        for (item, current) in people {
            compared.push(self.prepare(item, current));
        }
        let mut carried: Vec<Option<Carried>> = Vec::new();
        let mut going = Vec::new();
        for prepared in join_all(compared).await {
            match prepared {
                Ok(prepared) => {
                    going.push((carried.len(), prepared));
                    carried.push(None);
                }
                Err(settled) => carried.push(Some(settled)),
            }
        }
        let (places, going): (Vec<usize>, Vec<Prepared<'_>>) = going.into_iter().unzip();
        let sent = self.send_together(going).await;
        for (place, outcome) in places.into_iter().zip(sent) {
            carried[place] = Some(outcome);
        }
        carried
            .into_iter()
            .map(|one| one.expect("BUG: each is settled or sent"))
            .collect()
    }

    async fn prepare<'a>(
        &self,
        item: &'a Item,
        current: Resource,
    ) -> Result<Prepared<'a>, Carried> {
        let record = self.settler.record(&current);
        let (state, why) = match compare(item, &record) {
            Compared::There => (RunItemState::Same, None),
            Compared::Moved(why) => (RunItemState::Held, Some(self.settler.held(&why))),
            Compared::Open(fields) => {
                let write = requests::write(
                    item.act,
                    &fields,
                    Some(&current),
                    &self.dialect(),
                    Writing::Patch,
                );
                let id = self.settler.scim_id(item).unwrap_or_default();
                let etag = current.etag().filter(|_| self.etag);
                let request =
                    wire::part_of_bulk(self.client.endpoint(), &write, &id, etag.as_deref());
                self.mark_sending(item, request, &fields, false)
                    .await
                    .map_err(Err)?;
                return Ok(Prepared {
                    item,
                    id,
                    write,
                    etag,
                });
            }
        };
        Err(self.settle(item, state, Judged::read(record, why)).await)
    }

    async fn send_together(&self, going: Vec<Prepared<'_>>) -> Vec<Carried> {
        let Some(bulk) = self.bulk.as_ref().filter(|_| !going.is_empty()) else {
            return Vec::new();
        };
        let operations: Vec<BulkOperation> = going
            .iter()
            .map(|prepared| BulkOperation::Patch {
                id: prepared.id.clone(),
                patch: patch(&prepared.write).clone(),
                etag: prepared.etag.clone(),
            })
            .collect();
        let Some(slot) = self.slots.to_write().await else {
            let back = going.iter().map(|one| self.not_now(one.item, false));
            return join_all(back).await;
        };
        let outcomes = self.client.bulk(&operations, bulk.limits).await;
        drop(slot);
        // The same refusal for everybody is a refusal of bulk itself: from here on each goes singly.
        let refusal = |error: &scim::Error| {
            matches!(
                error,
                scim::Error::NotFound { .. }
                    | scim::Error::Invalid { .. }
                    | scim::Error::Forbidden { .. }
                    | scim::Error::Unsupported { .. }
            )
        };
        if let Some(Err(first)) = outcomes.first().map(|outcome| &outcome.result)
            && refusal(first)
            && outcomes
                .iter()
                .all(|outcome| outcome.result.as_ref().err() == Some(first))
        {
            tracing::info!(error = %first, "the service refuses bulk requests");
            bulk.refused.store(true, Ordering::Relaxed);
        }
        let mut ends: Vec<BoxFuture<'_, Carried>> = Vec::with_capacity(going.len());
        for (prepared, outcome) in going.iter().zip(outcomes) {
            ends.push(self.end_of_one(prepared, outcome.result).boxed());
        }
        // In order, and what has to be tried again a few at a time.
        stream::iter(ends).buffered(AFTERWARDS).collect().await
    }

    async fn end_of_one(
        &self,
        Prepared { item, write, .. }: &Prepared<'_>,
        result: Result<Written, scim::Error>,
    ) -> Carried {
        let error = match result {
            Ok(written) => return self.mark_sent(item, Heard::of_written(&written)).await,
            Err(error) => error,
        };
        let mut sent = Sent::default();
        sent.failed(error.said().map(Heard::of_said), &error);
        let refused = self.together().is_none();
        if !refused
            && !matches!(error, scim::Error::Precondition { .. })
            && !refuses_to_remove(&error, write)
            && let Some(carried) = self.trouble(item, 1, &sent, error).await
        {
            return carried;
        }
        let start = Start {
            unknown: sent.unknown,
            seen: None,
            read_back_later: true,
            undone: Undone::Send,
        };
        self.carry(item, start).await
    }
}

fn patch(write: &Write) -> &Patch {
    match write {
        Write::Patch(patch) => patch,
        Write::Replace(_) | Write::Create(_) | Write::Delete => {
            unreachable!("BUG: only patches go together")
        }
    }
}
