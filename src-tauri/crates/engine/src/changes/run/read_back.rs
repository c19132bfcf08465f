//! Reading back what was answered: by one listing for many, and those it does not show as wanted once more, a moment
//! later, since a service may store with a delay.

use std::collections::{HashMap, HashSet};

use futures::{
    StreamExt,
    future::{BoxFuture, FutureExt},
    stream::FuturesUnordered,
};
use scim::Resource;
use store::RunItemState;

use super::{
    arrive::SECOND_LOOK,
    carry::Carried,
    drive::{Command, Driver, End},
    trouble::Stop,
    wave::{UNDER_WAY, another, planned},
    work::States,
};
use crate::{
    changes::plan::summary::{Checking, checking},
    error::Result,
};

/// Entries of the journal side by side, where a listing shows the people.
const TOGETHER: usize = 256;

impl Driver {
    /// Settles what was sent, all of it or these; `None` once that is done.
    pub(super) async fn settle_sent(
        &mut self,
        states: &mut States,
        only: Option<&HashSet<u32>>,
        wanted: Command,
    ) -> Result<Option<End>> {
        let wants = |position: u32| only.is_none_or(|only| only.contains(&position));
        let mut sent: Vec<u32> = states
            .iter()
            .filter(|(position, state)| **state == RunItemState::Sent && wants(**position))
            .map(|(position, _)| *position)
            .collect();
        sent.sort_unstable();
        let mut first = true;
        while !sent.is_empty() {
            let (directory, page_size) = self.pages().await?;
            let by_listing = match checking(sent.len() as u32, directory, page_size) {
                Checking::ByListing => true,
                Checking::Singly => false,
            };
            let (late, end) = self.look(&sent, by_listing, first, states, wanted).await?;
            if end.is_some() {
                return Ok(end);
            }
            sent = late;
            if !sent.is_empty() {
                tokio::time::sleep(SECOND_LOOK).await;
            }
            first = false;
        }
        Ok(None)
    }

    /// Settles these by what is there now; answers those that deserve another look. People are judged as the pages
    /// of the listing come, so that the disk and the service work at the same time and no page is kept.
    async fn look(
        &mut self,
        sent: &[u32],
        by_listing: bool,
        first: bool,
        states: &mut States,
        wanted: Command,
    ) -> Result<(Vec<u32>, Option<End>)> {
        let (carrier, items) = (self.carrier.clone(), self.items.clone());
        let mut commands = self.commands.clone();
        let mut pages = by_listing.then(|| self.list());
        let mut awaited: HashMap<String, u32> = HashMap::new();
        // Whom a listing leaves out is asked for by id.
        let mut singly: Vec<u32> = Vec::new();
        for position in sent {
            match carrier.settler.scim_id(planned(&items, *position)?) {
                Some(id) if by_listing => {
                    // Two items of one person: the second is read by itself.
                    singly.extend(awaited.insert(id, *position));
                }
                _ => singly.push(*position),
            }
        }
        let judge = |position: u32, found: Option<Resource>| {
            let (carrier, items) = (&carrier, &items);
            async move {
                let item = match planned(items, position) {
                    Ok(item) => item,
                    Err(error) => return (position, Some(Err(Stop::Person(error.message)))),
                };
                let carried = match found {
                    Some(found) => carrier.judge_sent(item, Some(&found), first).await,
                    None => carrier.look_at(item, first).await,
                };
                (position, carried)
            }
            .boxed()
        };
        let mut looks: FuturesUnordered<BoxFuture<'_, (u32, Option<Carried>)>> =
            FuturesUnordered::new();
        let (mut late, mut end) = (Vec::new(), None);
        loop {
            while pages.is_none()
                && end.is_none()
                && looks.len() < UNDER_WAY * self.width.now()
                && let Some(position) = singly.pop()
            {
                looks.push(judge(position, None));
            }
            if looks.is_empty() && pages.is_none() {
                return Ok((late, end));
            }
            let page = async {
                match &mut pages {
                    Some(pages) => pages.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Some((position, carried)) = looks.next() => match carried {
                    None => late.push(position),
                    Some(Ok(state)) => {
                        states.insert(position, state);
                        self.meter.count(RunItemState::Sent, state);
                        self.meter.tell_now_and_then(&self.engine, self.run, &self.settler);
                    }
                    Some(Err(stop)) => end = Some(End::Stopped(stop)),
                },
                Some(ordered) = another(&mut commands, wanted), if end.is_none() => {
                    end = Some(End::Ordered(ordered));
                }
                page = page, if looks.len() < TOGETHER => match page {
                    Some(Ok(page)) => {
                        for person in page.resources {
                            if let Some(position) = person.id().and_then(|id| awaited.remove(id)) {
                                looks.push(judge(position, Some(person)));
                            }
                        }
                    }
                    Some(Err(error)) => end = Some(End::Stopped(Stop::of(error))),
                    None => {
                        pages = None;
                        singly.extend(awaited.drain().map(|(_, position)| position));
                    }
                },
            }
            if end.is_some() || (pages.is_some() && awaited.is_empty()) {
                pages = None;
            }
        }
    }
}
