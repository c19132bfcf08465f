//! The work of a run between two stops: wave after wave, as wide as the service allows, then reading back.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::{
    StreamExt,
    future::{BoxFuture, FutureExt},
    stream::FuturesUnordered,
};
use scim::{Resource, dialect::Writing};
use store::{ChangeAct, RunItemState, RunStep};

use super::{
    arrive::SECOND_LOOK,
    carry::{Carried, Carrier, Start},
    drive::{Command, Driver, End},
    settle::Judged,
    trouble::{Stop, Troubled, others_first},
};
use crate::{
    changes::plan::{
        item::Item,
        summary::{Checking, checking, read_by_listing},
    },
    engine::lock,
    error::{Code, Error, Result},
};

/// A listing older than this is no comparison any more: everybody is read again.
const LISTING_HOLDS: Duration = Duration::from_secs(60);
/// Entries of the journal side by side at the end, when nothing is written to the service any more.
const READ_BACK_TOGETHER: usize = 256;
/// For each request on its way there may be this many items under way, so that some are being written down
/// while the others' requests are out.
const UNDER_WAY: usize = 2;
/// One bulk request is as much work for the service as six others.
const BULK_WEIGHT: usize = 6 * UNDER_WAY;

/// People as one listing showed them, and when.
struct Listed {
    at: Instant,
    people: HashMap<String, Resource>,
}

/// What became of items that went together.
type Outcome = (usize, Vec<(RunStep, u32, Carried)>);

impl Driver {
    /// Sends what waits and settles what is unknown; with `send` false only the latter.
    pub(super) async fn work(&mut self, send: bool) -> Result<End> {
        let mut steps = self
            .engine
            .store
            .read(|reader| reader.run_steps(self.run.0))?;
        let states: HashMap<u32, RunItemState> = steps
            .iter()
            .map(|step| (step.position, step.state))
            .collect();
        let pilot = self.pilot.filter(|_| send);
        let rest = pilot.map_or_else(Vec::new, |first| {
            steps.split_off(steps.len().min(first as usize))
        });
        let end = self.stage(&steps, states, send).await?;
        let more = rest.iter().any(|step| !step.state.is_settled());
        Ok(match end {
            End::Finished if more => End::Piloted(self.of_the_pilot(&steps)?),
            other => other,
        })
    }

    /// What the admin is told to look at.
    fn of_the_pilot(&self, steps: &[RunStep]) -> Result<String> {
        let mut well = 0;
        for step in steps {
            let found = self
                .engine
                .store
                .read(|reader| reader.run_item(self.run.0, step.position))?;
            if found
                .is_some_and(|item| matches!(item.state, RunItemState::Done | RunItemState::Same))
            {
                well += 1;
            }
        }
        let first = steps.len();
        Ok(match (first, first - well) {
            (1, 0) => "The first one is done and read back. Look at it, then go on.".to_owned(),
            (_, 0) => {
                format!("The first {first} are done and read back. Look at them, then go on.")
            }
            (_, not) => {
                let be = |count: usize| if count == 1 { "is" } else { "are" };
                format!(
                    "Of the first {first}, {well} {} done and read back and {not} {} not. Look at them before going on.",
                    be(well),
                    be(not)
                )
            }
        })
    }

    async fn stage(
        &mut self,
        steps: &[RunStep],
        mut states: HashMap<u32, RunItemState>,
        send: bool,
    ) -> Result<End> {
        let mut waves: BTreeMap<u32, VecDeque<RunStep>> = BTreeMap::new();
        for step in steps {
            match step.state {
                RunItemState::Waiting | RunItemState::Sending | RunItemState::Unknown => {
                    waves.entry(step.wave).or_default().push_back(*step);
                }
                RunItemState::Sent
                | RunItemState::Done
                | RunItemState::Same
                | RunItemState::Held
                | RunItemState::Failed
                | RunItemState::Cancelled => {}
            }
        }
        self.carrier.slots.open();
        self.carrier.slots.resize(self.width.now());
        let mut listed = None;
        if send && self.cheaper_by_listing(waves.values().flatten())? {
            match self.list(waves.values().flatten()).await {
                Ok(found) => listed = Some(found),
                Err(stop) => return Ok(End::Stopped(stop)),
            }
        }
        for (_, queue) in waves {
            let mut queue = others_first(queue, |position| self.troubled.contains_key(&position));
            if let Some(end) = self
                .wave(&mut queue, &mut states, &mut listed, send)
                .await?
            {
                return Ok(end);
            }
        }
        self.settle_sent().await
    }

    /// Whether listing everybody costs fewer operations than reading these people one by one.
    fn cheaper_by_listing<'a>(&self, steps: impl Iterator<Item = &'a RunStep>) -> Result<bool> {
        // Whoever is replaced whole has to be read just before.
        if self.carrier.writing() == Writing::Replace {
            return Ok(false);
        }
        let read = steps
            .filter(|step| step.state == RunItemState::Waiting)
            .filter_map(|step| self.items.get(step.position as usize))
            .filter(|item| read_by_listing(item))
            .count();
        let (directory, page_size) = self.pages()?;
        Ok(checking(read as u32, directory, page_size) == Checking::ByListing)
    }

    /// People in the directory, and on a page of a listing.
    fn pages(&self) -> Result<(u32, u32)> {
        let directory = self.engine.workspace(self.connection)?.directory.len() as u32;
        let page_size = self.engine.capabilities(self.connection)?.page_size.max(1);
        Ok((directory, page_size))
    }

    async fn wave(
        &mut self,
        queue: &mut VecDeque<RunStep>,
        states: &mut HashMap<u32, RunItemState>,
        listed: &mut Option<Listed>,
        send: bool,
    ) -> Result<Option<End>> {
        let mut commands = self.commands.clone();
        let mut end = None;
        let by_listing = listed.is_some();
        let mut under_way: FuturesUnordered<BoxFuture<'_, Outcome>> = FuturesUnordered::new();
        let mut busy = 0;
        loop {
            let stale = listed
                .as_ref()
                .is_some_and(|listed| listed.at.elapsed() >= LISTING_HOLDS);
            if stale && end.is_none() && under_way.is_empty() && !queue.is_empty() {
                *listed = None;
                let (directory, page_size) = self.pages()?;
                if checking(queue.len() as u32, directory, page_size) == Checking::ByListing {
                    match list(&self.carrier, &self.items, queue.iter()).await {
                        Ok(found) => *listed = Some(found),
                        Err(stop) => end = Some(End::Stopped(stop)),
                    }
                }
                continue;
            }
            while end.is_none() && !stale && busy < UNDER_WAY * self.width.now() {
                let settled = self.meter.settled;
                if let Some(together) = gather(&self.carrier, &self.items, queue, states, listed) {
                    let carrier = &self.carrier;
                    busy += BULK_WEIGHT;
                    under_way.push(
                        async move {
                            let (steps, people): (Vec<_>, Vec<_>) = together.into_iter().unzip();
                            let carried = carrier.carry_together(people).await;
                            let settled = steps
                                .into_iter()
                                .zip(carried)
                                .map(|(step, carried)| (step, settled, carried))
                                .collect();
                            (BULK_WEIGHT, settled)
                        }
                        .boxed(),
                    );
                    continue;
                }
                let Some(next) = queue.pop_front() else { break };
                let item = planned(&self.items, next.position)?;
                let unknown = matches!(next.state, RunItemState::Unknown | RunItemState::Sending);
                let seen = match listed {
                    Some(listed) if !unknown => item
                        .scim_id
                        .as_ref()
                        .and_then(|id| listed.people.remove(id)),
                    _ => None,
                };
                let start = Start {
                    unknown,
                    seen,
                    read_back_later: by_listing,
                    send,
                };
                let why = waits_in_vain(&self.items, item, states);
                let carrier = &self.carrier;
                busy += 1;
                under_way.push(
                    async move {
                        let carried = match why {
                            Some(why) => {
                                carrier
                                    .settle(item, RunItemState::Held, Judged::nothing(why))
                                    .await
                            }
                            None => carrier.carry(item, start).await,
                        };
                        (1, vec![(next, settled, carried)])
                    }
                    .boxed(),
                );
            }
            if under_way.is_empty() {
                return Ok(end);
            }
            tokio::select! {
                biased;
                Some((weight, outcomes)) = under_way.next() => {
                    busy -= weight;
                    let slowed = self.carrier.client.slowed_down();
                    let troubled = self.settler.trouble.swap(false, Ordering::Relaxed);
                    if troubled || slowed > self.slowed {
                        self.slowed = slowed;
                        self.width.bad(self.carrier.slots.under_way());
                    } else {
                        self.width.good();
                    }
                    self.carrier.slots.resize(self.width.now());
                    for (step, settled, carried) in outcomes {
                        match carried {
                            Ok(state) => {
                                states.insert(step.position, state);
                                self.meter.count(step.state, state);
                                self.meter.tell_now_and_then(&self.engine, self.run, &self.settler)?;
                            }
                            // The item is back in line, on disk; the rest of what is under way still ends.
                            Err(stop) => {
                                if matches!(stop, Stop::Troubled { .. }) {
                                    let alone = queue.is_empty() && under_way.is_empty();
                                    let troubled = self
                                        .troubled
                                        .entry(step.position)
                                        .or_insert_with(|| Troubled::since(settled));
                                    if troubled.again(self.meter.settled, alone) {
                                        lock(&self.settler.last_chance).insert(step.position);
                                    }
                                }
                                end = Some(End::Stopped(graver(end.take(), stop)));
                            }
                        }
                    }
                },
                changed = commands.changed(), if end.is_none() && send => {
                    let ordered = *commands.borrow_and_update();
                    if changed.is_ok() && ordered != Command::Go {
                        end = Some(End::Ordered(ordered));
                    }
                }
            }
            if end.is_some() {
                self.carrier.slots.close();
            }
        }
    }

    async fn list<'a>(
        &self,
        steps: impl Iterator<Item = &'a RunStep>,
    ) -> std::result::Result<Listed, Stop> {
        list(&self.carrier, &self.items, steps).await
    }

    /// Reads back what was sent: by one listing, and those it does not show as wanted once more, a moment
    /// later, since a service may store with a delay.
    async fn settle_sent(&mut self) -> Result<End> {
        let steps = self
            .engine
            .store
            .read(|reader| reader.run_steps(self.run.0))?;
        let mut sent: Vec<RunStep> = steps
            .into_iter()
            .filter(|step| step.state == RunItemState::Sent)
            .collect();
        let mut first = true;
        while !sent.is_empty() {
            let (directory, page_size) = self.pages()?;
            let by_listing = match checking(sent.len() as u32, directory, page_size) {
                Checking::ByListing => true,
                Checking::Singly => false,
            };
            let (late, stopped) = self.look(&sent, by_listing, first).await?;
            if let Some(stop) = stopped {
                return Ok(End::Stopped(stop));
            }
            sent = late;
            if !sent.is_empty() {
                tokio::time::sleep(SECOND_LOOK).await;
            }
            first = false;
        }
        Ok(End::Finished)
    }

    /// Settles these by what is there now; answers those that deserve another look. People are judged as the pages
    /// of the listing come, so that the disk and the service work at the same time and no page is kept.
    async fn look(
        &mut self,
        sent: &[RunStep],
        by_listing: bool,
        first: bool,
    ) -> Result<(Vec<RunStep>, Option<Stop>)> {
        let (carrier, settler) = (&self.carrier, &self.settler);
        let mut pages = by_listing.then(|| carrier.client.list(carrier.listing.clone()));
        let mut wanted: HashMap<String, RunStep> = HashMap::new();
        // Whom a listing leaves out is asked for by id.
        let mut singly: Vec<RunStep> = Vec::new();
        for step in sent {
            match settler.scim_id(planned(&self.items, step.position)?) {
                Some(id) if by_listing => {
                    // Two items of one person: the second is read by itself.
                    singly.extend(wanted.insert(id, *step));
                }
                _ => singly.push(*step),
            }
        }
        let items = &self.items;
        let judge = |step: RunStep, found: Option<Resource>| {
            async move {
                let item = match planned(items, step.position) {
                    Ok(item) => item,
                    Err(error) => return (step, Some(Err(Stop::Person(error.message)))),
                };
                let carried = match found {
                    Some(found) => carrier.judge_sent(item, Some(&found), first).await,
                    None => carrier.look_at(item, first).await,
                };
                (step, carried)
            }
            .boxed()
        };
        let mut looks: FuturesUnordered<BoxFuture<'_, (RunStep, Option<Carried>)>> =
            FuturesUnordered::new();
        let (mut late, mut stopped) = (Vec::new(), None);
        loop {
            while pages.is_none()
                && stopped.is_none()
                && looks.len() < READ_BACK_TOGETHER
                && let Some(step) = singly.pop()
            {
                looks.push(judge(step, None));
            }
            if looks.is_empty() && pages.is_none() {
                return Ok((late, stopped));
            }
            let page = async {
                match &mut pages {
                    Some(pages) => pages.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Some((step, carried)) = looks.next() => match carried {
                    None => late.push(step),
                    Some(Ok(state)) => {
                        self.meter.count(RunItemState::Sent, state);
                        self.meter.tell_now_and_then(&self.engine, self.run, settler)?;
                    }
                    Some(Err(stop)) => {
                        pages = None;
                        stopped = Some(stop);
                    }
                },
                page = page, if looks.len() < READ_BACK_TOGETHER => match page {
                    Some(Ok(page)) => {
                        for resource in page.resources {
                            if let Some(step) = resource.id().and_then(|id| wanted.remove(id)) {
                                looks.push(judge(step, Some(resource)));
                            }
                        }
                    }
                    Some(Err(error)) => {
                        pages = None;
                        stopped = Some(Stop::of(error));
                    }
                    None => {
                        pages = None;
                        singly.extend(wanted.drain().map(|(_, step)| step));
                    }
                },
            }
        }
    }
}

/// The next items that may go in one request.
fn gather<'a>(
    carrier: &Carrier,
    items: &'a [Item],
    queue: &mut VecDeque<RunStep>,
    states: &HashMap<u32, RunItemState>,
    listed: &mut Option<Listed>,
) -> Option<Vec<(RunStep, (&'a Item, Resource))>> {
    let together = carrier.together()?;
    let listed = listed.as_mut()?;
    let fits = |step: &&RunStep| {
        items.get(step.position as usize).is_some_and(|item| {
            step.state == RunItemState::Waiting
                && read_by_listing(item)
                && waits_in_vain(items, item, states).is_none()
                && item
                    .scim_id
                    .as_ref()
                    .is_some_and(|id| listed.people.contains_key(id))
        })
    };
    let ahead = queue.iter().take(together).take_while(fits).count();
    if ahead < Carrier::WORTH_A_BULK {
        return None;
    }
    let gathered = queue.drain(..ahead).filter_map(|step| {
        let item = items.get(step.position as usize)?;
        let person = listed.people.remove(item.scim_id.as_deref()?)?;
        Some((step, (item, person)))
    });
    Some(gathered.collect())
}

fn planned(items: &[Item], position: u32) -> Result<&Item> {
    items.get(position as usize).ok_or_else(|| {
        Error::new(
            Code::Failed,
            "This run does not fit its plan. Cancel it, and review the draft again.",
        )
    })
}

/// Why an item can't go: what it waits for did not happen.
fn waits_in_vain(
    items: &[Item],
    item: &Item,
    states: &HashMap<u32, RunItemState>,
) -> Option<String> {
    let needed = item.after.iter().find(|needed| {
        states.get(needed).is_some_and(|state| {
            matches!(
                state,
                RunItemState::Failed | RunItemState::Held | RunItemState::Cancelled
            )
        })
    })?;
    let other = items
        .get(*needed as usize)
        .map_or("another", |item| &item.spoken);
    Some(format!(
        "It waits for the change to {other}, which did not happen"
    ))
}

/// Of two reasons to stop, the one that needs a person, else the longer wait.
fn graver(known: Option<End>, new: Stop) -> Stop {
    let weight = |stop: &Stop| match stop {
        Stop::Troubled { .. } => 0,
        Stop::Later { .. } => 1,
        Stop::Quota(_) => 2,
        Stop::Person(_) => 3,
    };
    match known {
        Some(End::Stopped(known)) if weight(&known) >= weight(&new) => known,
        _ => new,
    }
}

/// Everybody these steps are about, by one listing.
async fn list<'a>(
    carrier: &Carrier,
    items: &[Item],
    steps: impl Iterator<Item = &'a RunStep>,
) -> std::result::Result<Listed, Stop> {
    let wanted: HashSet<String> = steps
        .filter_map(|step| items.get(step.position as usize))
        .filter(|item| !matches!(item.act, ChangeAct::Create | ChangeAct::Delete))
        .filter_map(|item| carrier.settler.scim_id(item))
        .collect();
    let at = Instant::now();
    let mut pages = carrier.client.list(carrier.listing.clone());
    let mut people = HashMap::with_capacity(wanted.len());
    while let Some(page) = pages.next().await {
        for resource in page.map_err(Stop::of)?.resources {
            if let Some(id) = resource.id().filter(|id| wanted.contains(*id)) {
                people.insert(id.to_owned(), resource);
            }
        }
    }
    Ok(Listed { at, people })
}
