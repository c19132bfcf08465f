//! One wave of a run: items that wait for none of each other, as many side by side as the service allows.

use std::{
    collections::{HashMap, VecDeque},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::{
    StreamExt,
    future::{BoxFuture, FutureExt},
    stream::FuturesUnordered,
};
use scim::{List, Page, Resource};
use store::{RunItemState, RunStep};

use super::{
    carry::{Carried, Carrier, Start, Undone},
    drive::{Command, Driver, End},
    settle::Judged,
    trouble::{OTHERS_FIRST, Stop, Troubled},
    work::States,
};
use crate::{
    changes::plan::{item::Item, summary::FEWEST_TOGETHER},
    engine::lock,
    error::{Code, Error, Result},
};

/// A person seen longer ago is read again before being written to.
const SEEN_HOLDS: Duration = Duration::from_secs(60);
/// Those seen wait no longer than this for others to go with in one request.
const GATHERING: Duration = Duration::from_secs(10);
/// For each request on its way there may be this many items under way, so that some are being written down
/// while the others' requests are out.
pub(super) const UNDER_WAY: usize = 2;
/// One bulk request is as much work for the service as six others.
const BULK_WEIGHT: usize = 6 * UNDER_WAY;

/// A person as a listing showed them.
struct Seen {
    /// When the page arrived, which may have waited since.
    at: Instant,
    in_line: Instant,
    person: Resource,
}

/// Those of a wave that are still to be taken up.
pub(super) struct Line {
    ready: VecDeque<(RunStep, Option<Seen>)>,
    /// By the id of whom the listing is to show.
    awaited: HashMap<String, RunStep>,
    /// The service failed over them: they wait for some others to go first.
    late: Vec<RunStep>,
    shown: usize,
    pages: Option<List>,
    /// By a listing, when all are sent.
    read_back_later: bool,
}

impl Line {
    pub(super) fn singly(queue: VecDeque<RunStep>) -> Self {
        Self {
            ready: queue.into_iter().map(|step| (step, None)).collect(),
            awaited: HashMap::new(),
            late: Vec::new(),
            shown: 0,
            pages: None,
            read_back_later: false,
        }
    }

    pub(super) fn read_back_later(self) -> Self {
        Self {
            read_back_later: true,
            ..self
        }
    }

    pub(super) fn by_listing(
        queue: VecDeque<RunStep>,
        pages: List,
        id: impl Fn(&RunStep) -> Option<String>,
        troubled: impl Fn(u32) -> bool,
    ) -> Self {
        let mut line = Self {
            pages: Some(pages),
            read_back_later: true,
            ..Self::singly(VecDeque::new())
        };
        for step in queue {
            if troubled(step.position) {
                line.late.push(step);
                continue;
            }
            // Two items of one person: the first is read by itself.
            let other = match id(&step) {
                Some(id) => line.awaited.insert(id, step),
                None => Some(step),
            };
            line.ready.extend(other.map(|step| (step, None)));
        }
        line
    }

    fn is_empty(&self) -> bool {
        self.ready.is_empty() && self.pages.is_none()
    }

    async fn page(&mut self) -> Option<std::result::Result<Page, scim::Error>> {
        match &mut self.pages {
            Some(pages) => pages.next().await,
            None => std::future::pending().await,
        }
    }

    fn show(&mut self, page: Page) {
        for person in page.resources {
            if let Some(step) = person.id().and_then(|id| self.awaited.remove(id)) {
                self.shown += 1;
                let seen = Seen {
                    at: page.at,
                    in_line: Instant::now(),
                    person: person.alone(),
                };
                self.ready.push_back((step, Some(seen)));
            }
        }
        if self.shown >= OTHERS_FIRST {
            let late = self.late.drain(..);
            self.ready.extend(late.map(|step| (step, None)));
        }
        if self.awaited.is_empty() {
            self.listed();
        }
    }

    /// Nobody more will be shown: who was not is read singly.
    fn listed(&mut self) {
        self.pages = None;
        let mut left: Vec<RunStep> = self.awaited.drain().map(|(_, step)| step).collect();
        left.sort_unstable_by_key(|step| step.position);
        left.append(&mut self.late);
        self.ready.extend(left.into_iter().map(|step| (step, None)));
    }

    /// The next to be taken up; `None` where nobody is left, or some wait for others to go with.
    fn next<'a>(
        &mut self,
        carrier: &Carrier,
        items: &'a [Item],
        states: &States,
    ) -> Option<Next<'a>> {
        let fresh = |seen: &Seen| seen.at.elapsed() < SEEN_HOLDS;
        if let Some(most) = carrier.together() {
            let fits = |(step, seen): &&(RunStep, Option<Seen>)| {
                seen.as_ref().is_some_and(fresh)
                    && items
                        .get(step.position as usize)
                        .is_some_and(|item| waits_in_vain(items, item, states).is_none())
            };
            let ahead = self.ready.iter().take(most).take_while(fits).count();
            let more_to_come = self.pages.is_some() && ahead < most && ahead == self.ready.len();
            let waited = match self.ready.front() {
                Some((_, Some(seen))) => seen.in_line.elapsed(),
                _ => GATHERING,
            };
            if more_to_come && waited < GATHERING {
                return None;
            }
            if ahead >= FEWEST_TOGETHER as usize {
                let together = self.ready.drain(..ahead).filter_map(|(step, seen)| {
                    let item = items.get(step.position as usize)?;
                    Some((step, (item, seen?.person)))
                });
                return Some(Next::Together(together.collect()));
            }
        }
        let (step, seen) = self.ready.pop_front()?;
        let seen = seen.filter(fresh).map(|seen| seen.person);
        Some(Next::Alone(step, seen))
    }
}

enum Next<'a> {
    Alone(RunStep, Option<Resource>),
    /// In one request.
    Together(Vec<(RunStep, (&'a Item, Resource))>),
}

/// What became of items that went together, how many had been settled when they were taken up, and what they weigh.
struct Outcome {
    weight: usize,
    settled: u32,
    carried: Vec<(RunStep, Carried)>,
}

impl Driver {
    /// `None` once everybody in line has an end, or is sent.
    pub(super) async fn wave(
        &mut self,
        mut line: Line,
        states: &mut States,
        wanted: Command,
    ) -> Result<Option<End>> {
        // The carrier is lent to those under way, while everything else of the run goes on.
        let carrier = self.carrier.clone();
        let items = self.items.clone();
        let mut commands = self.commands.clone();
        let mut under_way: FuturesUnordered<BoxFuture<'_, Outcome>> = FuturesUnordered::new();
        let (mut busy, mut end) = (0, None);
        loop {
            while end.is_none() && busy < UNDER_WAY * self.width.now() {
                let Some(next) = line.next(&carrier, &items, states) else {
                    break;
                };
                let settled = self.meter.settled;
                busy += next.weight();
                under_way.push(match next {
                    Next::Together(people) => go_together(&carrier, people, settled).boxed(),
                    Next::Alone(step, seen) => {
                        let item = planned(&items, step.position)?;
                        let unknown =
                            matches!(step.state, RunItemState::Unknown | RunItemState::Sending);
                        // What may have happened is looked at, whatever became of the others.
                        let in_vain = match unknown {
                            true => None,
                            false => waits_in_vain(&items, item, states),
                        };
                        let start = Start {
                            unknown,
                            seen,
                            read_back_later: line.read_back_later,
                            undone: undone(wanted),
                        };
                        go_alone(&carrier, step, item, start, in_vain, settled).boxed()
                    }
                });
            }
            if under_way.is_empty() && (end.is_some() || line.is_empty()) {
                return Ok(end);
            }
            let room = UNDER_WAY * self.width.now();
            let room = room.max(carrier.together().unwrap_or(0));
            let wants_more = end.is_none() && line.pages.is_some() && line.ready.len() < room;
            tokio::select! {
                biased;
                Some(outcome) = under_way.next() => {
                    busy -= outcome.weight;
                    self.widen_or_narrow();
                    let alone = line.is_empty() && under_way.is_empty();
                    if let Some(stop) = self.count(outcome, states, alone)? {
                        end = Some(End::Stopped(graver(end.take(), stop)));
                    }
                }
                Some(ordered) = another(&mut commands, wanted), if end.is_none() => {
                    end = Some(End::Ordered(ordered));
                }
                page = line.page(), if wants_more => match page {
                    Some(Ok(page)) => line.show(page),
                    Some(Err(error)) => end = Some(End::Stopped(Stop::of(error))),
                    None => line.listed(),
                },
            }
            if end.is_some() {
                carrier.slots.close();
                line.pages = None;
            }
        }
    }

    /// As the service has borne it.
    fn widen_or_narrow(&mut self) {
        let slowed = self.carrier.client.slowed_down();
        let troubled = self.settler.trouble.swap(false, Ordering::Relaxed);
        if troubled || slowed > self.slowed {
            self.slowed = slowed;
            self.width.bad(self.carrier.slots.under_way());
        } else {
            self.width.good();
        }
        self.carrier.slots.resize(self.width.now());
    }

    /// Counts what came of some; the gravest reason to stop among them.
    fn count(
        &mut self,
        outcome: Outcome,
        states: &mut States,
        alone: bool,
    ) -> Result<Option<Stop>> {
        let mut gravest: Option<Stop> = None;
        for (step, carried) in outcome.carried {
            let stop = match carried {
                Ok(state) => {
                    states.insert(step.position, state);
                    self.meter.count(step.state, state);
                    self.meter
                        .tell_now_and_then(&self.engine, self.run, &self.settler);
                    continue;
                }
                // The item is back in line, on disk; the rest of what is under way still ends.
                Err(stop) => stop,
            };
            if matches!(stop, Stop::Troubled { .. }) {
                let troubled = self
                    .troubled
                    .entry(step.position)
                    .or_insert_with(|| Troubled::since(outcome.settled));
                if troubled.again(self.meter.settled, alone) {
                    lock(&self.settler.last_chance).insert(step.position);
                }
            }
            gravest = Some(graver(gravest.map(End::Stopped), stop));
        }
        Ok(gravest)
    }
}

impl Next<'_> {
    fn weight(&self) -> usize {
        match self {
            Self::Alone(..) => 1,
            Self::Together(_) => BULK_WEIGHT,
        }
    }
}

async fn go_together(
    carrier: &Carrier,
    people: Vec<(RunStep, (&Item, Resource))>,
    settled: u32,
) -> Outcome {
    let (steps, people): (Vec<_>, Vec<_>) = people.into_iter().unzip();
    let carried = carrier.carry_together(people).await;
    Outcome {
        weight: BULK_WEIGHT,
        settled,
        carried: steps.into_iter().zip(carried).collect(),
    }
}

async fn go_alone(
    carrier: &Carrier,
    step: RunStep,
    item: &Item,
    start: Start,
    in_vain: Option<String>,
    settled: u32,
) -> Outcome {
    let carried = match in_vain {
        Some(why) => {
            let judged = Judged::nothing(why);
            carrier.settle(item, RunItemState::Held, judged).await
        }
        None => carrier.carry(item, start).await,
    };
    Outcome {
        weight: 1,
        settled,
        carried: vec![(step, carried)],
    }
}

/// Once the admin wants something other than this. A cancelled run is brought to its end.
pub(super) async fn another(
    commands: &mut tokio::sync::watch::Receiver<Command>,
    than: Command,
) -> Option<Command> {
    if than == Command::Cancel {
        return std::future::pending().await;
    }
    let ordered = commands.wait_for(|ordered| *ordered != than).await;
    ordered.ok().map(|ordered| *ordered)
}

fn undone(wanted: Command) -> Undone {
    match wanted {
        Command::Go => Undone::Send,
        Command::Look | Command::Pause => Undone::Leave,
        Command::Cancel => Undone::Cancel,
    }
}

pub(super) fn planned(items: &[Item], position: u32) -> Result<&Item> {
    items.get(position as usize).ok_or_else(|| {
        Error::new(
            Code::Failed,
            "This run does not fit its plan. Cancel it, and review the draft again.",
        )
    })
}

/// Why an item can't go: what it waits for did not happen, or was not seen to.
fn waits_in_vain(items: &[Item], item: &Item, states: &States) -> Option<String> {
    let needed = item.after.iter().find(|needed| {
        states
            .get(needed)
            .is_some_and(|state| !matches!(state, RunItemState::Done | RunItemState::Same))
    })?;
    let other = items
        .get(*needed as usize)
        .map_or("another", |item| &item.spoken);
    Some(format!(
        "It waits for the change to {other}, which did not happen"
    ))
}

/// Of two reasons to stop, the one that needs a person, else the longer wait.
pub(super) fn graver(known: Option<End>, new: Stop) -> Stop {
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
