//! Carrying a run out: wave after wave, as wide as the service allows, until it is done or has to wait.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Arc, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use futures::{StreamExt, stream::FuturesUnordered};
use scim::{Listing, Resource};
use store::{RunCounts, RunItemState, StoredRunItem};
use tokio::sync::watch;

use super::{
    Run, RunStatus,
    carry::{Carrier, Start, Stop},
    hold::Hold,
    journal::Journal,
    settle::{Judged, Settler, give_back},
    width::Width,
};
use crate::{
    changes::plan::{
        Confirmation,
        item::Item,
        summary::{Checking, checking},
    },
    engine::{Engine, lock, timestamp},
    error::{Code, Error, Result},
    ids::{ConnectionId, PlanId, RowId, RunId},
    ports::News,
    sync::{Recorder, failure},
};

/// Snapshots no closer together than this.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_millis(100);
/// Bringing the views up to date costs more, so it is done less often.
const BETWEEN_REFRESHES: Duration = Duration::from_secs(1);
/// A listing older than this is no comparison any more: the person is read again.
const LISTING_HOLDS: Duration = Duration::from_secs(60);
/// An item the service failed over in this many rounds, while others got on, is given up as failed.
const ROUNDS_FOR_ONE: u32 = 8;
/// After this many rounds in which nobody got on a person is asked.
const ROUNDS_FOR_ALL: u32 = 40;
/// How often a waiting run looks at the clock, which may be set and may have slept.
const GLANCE: Duration = Duration::from_millis(200);

/// What the admin wants of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Go,
    Pause,
    Cancel,
}

/// Why a stretch of work ended.
enum End {
    Finished,
    Ordered(Command),
    Stopped(Stop),
}

pub(crate) struct Driver {
    engine: Arc<Engine>,
    run: RunId,
    connection: ConnectionId,
    commands: watch::Receiver<Command>,
    items: Vec<Item>,
    carrier: Carrier,
    settler: Arc<Settler>,
    width: Width,
    meter: Meter,
    /// Items the service failed over: in how many rounds, and how many were settled when each was first taken up.
    troubled: HashMap<u32, (u32, u32)>,
    /// Rounds of trouble in a row without anybody settled, and how many were when they began.
    idle: (u32, u32),
    _hold: Hold,
}

/// Counts for the snapshots.
struct Meter {
    states: BTreeMap<RunItemState, u32>,
    began: Instant,
    settled: u32,
    told: Option<Instant>,
    refreshed: Instant,
}

impl Driver {
    /// Everything a run needs, read from disk.
    pub(crate) async fn prepare(
        engine: Arc<Engine>,
        run: RunId,
        commands: watch::Receiver<Command>,
        hold: Hold,
    ) -> Result<Self> {
        let stored = engine.stored_run(run)?;
        let plan = PlanId(stored.plan);
        let frozen = engine.frozen(plan)?;
        let connection = frozen.connection();
        let client = engine.client(connection).await?;
        let capabilities = engine.capabilities(connection)?;
        let confirmation: Confirmation =
            serde_json::from_str(&stored.confirmation).unwrap_or_default();
        let workspace = engine.workspace(connection)?;
        let attributes = workspace.directory.attributes();
        let counts = engine.store.read(|reader| reader.run_counts(run.0))?;
        let created = created_so_far(&engine, run, &frozen.items)?;
        let settler = Arc::new(Settler {
            run,
            plan,
            connection,
            from_draft: frozen.stored.origin == "draft",
            reason: confirmation.reason,
            actor: engine.ports.actor.clone(),
            clock: engine.ports.clock.clone(),
            today: engine.ports.clock.today(),
            recorder: Recorder::new(&attributes),
            attributes,
            journal: Journal::open(engine.store.clone()),
            created: created.into(),
            touched: Vec::new().into(),
            gave_back: false.into(),
            trouble: false.into(),
            last_chance: HashSet::new().into(),
            seats: Arc::new(counts.seats.into()),
        });
        Ok(Self {
            carrier: Carrier {
                client,
                dialect: engine.dialect(connection)?,
                etag: capabilities.etag,
                settler: settler.clone(),
            },
            settler,
            engine,
            run,
            connection,
            commands,
            items: frozen.items,
            width: Width::default(),
            meter: Meter {
                states: counts.states,
                began: Instant::now(),
                settled: 0,
                told: None,
                refreshed: Instant::now(),
            },
            troubled: HashMap::new(),
            idle: (0, 0),
            _hold: hold,
        })
    }

    /// Until the run is done, cancelled, or waits for a person.
    pub(crate) async fn drive(mut self) -> Result<()> {
        loop {
            let ordered = *self.commands.borrow_and_update();
            let end = match ordered {
                Command::Go => {
                    self.put_state(RunStatus::Running, None, None)?;
                    self.work(true).await?
                }
                other => End::Ordered(other),
            };
            match end {
                End::Finished => return self.finish(RunStatus::Done),
                End::Ordered(Command::Go) => {}
                End::Ordered(Command::Pause) => {
                    return self.put_state(RunStatus::Paused, Some("Paused"), None);
                }
                End::Ordered(Command::Cancel) => {
                    self.cancel_waiting()?;
                    return match self.work(false).await? {
                        End::Stopped(stop) => {
                            let why = match stop {
                                Stop::Person(why)
                                | Stop::Later { why, .. }
                                | Stop::Troubled { why, .. } => why,
                                Stop::Quota(_) => "The hour's budget of requests is spent.".into(),
                            };
                            let why = format!(
                                "{why} Cancel again to find out what became of the last items."
                            );
                            self.put_state(RunStatus::Paused, Some(&why), None)
                        }
                        End::Finished | End::Ordered(_) => self.finish(RunStatus::Cancelled),
                    };
                }
                End::Stopped(Stop::Person(why)) => {
                    return self.put_state(RunStatus::Paused, Some(&why), None);
                }
                End::Stopped(Stop::Quota(resumes)) => {
                    let now = self.engine.ports.clock.now();
                    let at = resumes.unwrap_or(now + jiff::SignedDuration::from_mins(5));
                    self.wait(
                        "The hour's budget of requests is spent. It goes on by itself.",
                        at,
                    )
                    .await?;
                }
                End::Stopped(Stop::Troubled { why, .. }) if self.nobody_gets_on() => {
                    return self.put_state(RunStatus::Paused, Some(&why), None);
                }
                End::Stopped(Stop::Later { why, after } | Stop::Troubled { why, after }) => {
                    self.width.bad();
                    let now = self.engine.ports.clock.now();
                    let after = jiff::SignedDuration::try_from(after)
                        .unwrap_or(jiff::SignedDuration::from_mins(1));
                    self.wait(&why, now + after).await?;
                }
            }
        }
    }

    /// Counts a round of trouble.
    fn nobody_gets_on(&mut self) -> bool {
        let (rounds, settled) = self.idle;
        self.idle = if self.meter.settled > settled {
            (1, self.meter.settled)
        } else {
            (rounds + 1, settled)
        };
        self.idle.0 >= ROUNDS_FOR_ALL
    }

    /// Paused by itself until a moment, or until somebody says otherwise.
    async fn wait(&mut self, why: &str, until: jiff::Timestamp) -> Result<()> {
        self.put_state(RunStatus::Paused, Some(why), Some(until))?;
        // The clock may be set back meanwhile, which must not make the wait longer.
        let began = Instant::now();
        let left = until.duration_since(self.engine.ports.clock.now());
        let longest = Duration::try_from(left).unwrap_or_default();
        while self.engine.ports.clock.now() < until && began.elapsed() < longest {
            tokio::select! {
                changed = self.commands.changed() => {
                    if changed.is_err() || *self.commands.borrow() != Command::Pause {
                        return Ok(());
                    }
                    return Ok(());
                }
                () = tokio::time::sleep(GLANCE) => {}
            }
        }
        Ok(())
    }

    /// Sends what waits and settles what is unknown; with `send` false only the latter.
    async fn work(&mut self, send: bool) -> Result<End> {
        let all = self
            .engine
            .store
            .read(|reader| reader.run_items(self.run.0, None, 0, u32::MAX))?;
        let mut states: HashMap<u32, RunItemState> =
            all.iter().map(|item| (item.position, item.state)).collect();
        let mut waves: BTreeMap<u32, VecDeque<StoredRunItem>> = BTreeMap::new();
        for item in all {
            match item.state {
                RunItemState::Waiting | RunItemState::Sending | RunItemState::Unknown => {
                    waves.entry(item.wave).or_default().push_back(item);
                }
                RunItemState::Sent
                | RunItemState::Done
                | RunItemState::Same
                | RunItemState::Held
                | RunItemState::Failed
                | RunItemState::Cancelled => {}
            }
        }
        let left: usize = waves.values().map(VecDeque::len).sum();
        let by_listing = send && self.checking(left as u32)? == Checking::ByListing;
        let mut listed = None;
        if by_listing {
            match self.list().await {
                Ok(found) => listed = Some((Instant::now(), found)),
                Err(stop) => return Ok(End::Stopped(stop)),
            }
        }
        for (_, mut queue) in waves {
            if let Some(end) = self
                .wave(&mut queue, &mut states, &mut listed, send)
                .await?
            {
                return Ok(end);
            }
        }
        self.settle_sent(send).await
    }

    fn checking(&self, items: u32) -> Result<Checking> {
        let directory = self.engine.workspace(self.connection)?.directory.len() as u32;
        let page_size = self.engine.capabilities(self.connection)?.page_size.max(1);
        Ok(checking(items, directory, page_size))
    }

    async fn wave(
        &mut self,
        queue: &mut VecDeque<StoredRunItem>,
        states: &mut HashMap<u32, RunItemState>,
        listed: &mut Option<(Instant, HashMap<String, Resource>)>,
        send: bool,
    ) -> Result<Option<End>> {
        let mut commands = self.commands.clone();
        let mut end = None;
        let by_listing = listed.is_some();
        let mut under_way = FuturesUnordered::new();
        loop {
            while end.is_none() && under_way.len() < self.width.now() {
                let Some(next) = queue.pop_front() else { break };
                let Some(item) = self.items.get(next.position as usize) else {
                    return Err(Error::new(
                        Code::Failed,
                        "This run does not fit its plan. Cancel it, and review the draft again.",
                    ));
                };
                let unknown = matches!(next.state, RunItemState::Unknown | RunItemState::Sending);
                let failed = item.after.iter().find(|needed| {
                    states.get(needed).is_some_and(|state| {
                        matches!(
                            state,
                            RunItemState::Failed | RunItemState::Held | RunItemState::Cancelled
                        )
                    })
                });
                let seen = match listed {
                    Some((at, found)) if at.elapsed() < LISTING_HOLDS && !unknown => {
                        item.scim_id.as_ref().and_then(|id| found.remove(id))
                    }
                    _ => None,
                };
                let start = Start {
                    unknown,
                    seen,
                    read_back_later: by_listing,
                    send,
                };
                let why = failed.map(|needed| {
                    let other = self
                        .items
                        .get(*needed as usize)
                        .map_or("another", |item| &item.spoken);
                    format!("It waits for the change to {other}, which did not happen")
                });
                let carrier = &self.carrier;
                let settled = self.meter.settled;
                under_way.push(async move {
                    let carried = match why {
                        Some(why) => {
                            carrier
                                .settle(item, RunItemState::Held, Judged::nothing(why))
                                .await
                        }
                        None => carrier.carry(item, start).await,
                    };
                    (next, settled, carried)
                });
            }
            if under_way.is_empty() {
                return Ok(end);
            }
            tokio::select! {
                biased;
                Some((item, settled, carried)) = under_way.next() => match carried {
                    Ok(state) => {
                        states.insert(item.position, state);
                        if self.settler.trouble.swap(false, Ordering::Relaxed) {
                            self.width.bad();
                        } else {
                            self.width.good();
                        }
                        self.meter.count(item.state, state);
                        Self::tell_now_and_then(&self.engine, self.run, &self.settler, &mut self.meter)?;
                    }
                    // The item is back in line, on disk; the rest of what is under way still ends.
                    Err(stop) => {
                        if matches!(stop, Stop::Troubled { .. }) {
                            let (rounds, first) =
                                self.troubled.entry(item.position).or_insert((0, settled));
                            *rounds += 1;
                            if *rounds >= ROUNDS_FOR_ONE && self.meter.settled > *first {
                                lock(&self.settler.last_chance).insert(item.position);
                            }
                        }
                        end = Some(End::Stopped(stop));
                    }
                },
                changed = commands.changed(), if end.is_none() && send => {
                    let ordered = *commands.borrow_and_update();
                    if changed.is_ok() && ordered != Command::Go {
                        end = Some(End::Ordered(ordered));
                    }
                }
            }
        }
    }

    /// Everybody this run is about, by one listing.
    async fn list(&self) -> std::result::Result<HashMap<String, Resource>, Stop> {
        let wanted: HashSet<&str> = self
            .items
            .iter()
            .filter_map(|item| item.scim_id.as_deref())
            .collect();
        let mut list = self.carrier.client.list(Listing::default());
        let mut found = HashMap::new();
        while let Some(page) = list.next().await {
            let page = page.map_err(stop)?;
            for resource in page.resources {
                if let Some(id) = resource.id().filter(|id| wanted.contains(id)) {
                    found.insert(id.to_owned(), resource);
                }
            }
        }
        Ok(found)
    }

    /// Reads back what was sent, by one listing.
    async fn settle_sent(&mut self, send: bool) -> Result<End> {
        let sent = self
            .engine
            .store
            .read(|reader| reader.run_items(self.run.0, Some(RunItemState::Sent), 0, u32::MAX))?;
        if sent.is_empty() {
            return Ok(End::Finished);
        }
        let mut found = match self.list().await {
            Ok(found) => found,
            Err(stop) => return Ok(End::Stopped(stop)),
        };
        for item in sent {
            let Some(planned) = self.items.get(item.position as usize) else {
                continue;
            };
            let resource = planned.scim_id.as_ref().and_then(|id| found.remove(id));
            match self.carrier.settle_sent(planned, resource, send).await {
                Ok(state) => {
                    self.meter.count(RunItemState::Sent, state);
                    Self::tell_now_and_then(
                        &self.engine,
                        self.run,
                        &self.settler,
                        &mut self.meter,
                    )?;
                }
                Err(stop) => return Ok(End::Stopped(stop)),
            }
        }
        Ok(End::Finished)
    }

    /// What was not sent goes back to the draft.
    fn cancel_waiting(&mut self) -> Result<()> {
        let waiting = self.engine.store.read(|reader| {
            reader.run_items(self.run.0, Some(RunItemState::Waiting), 0, u32::MAX)
        })?;
        let items: Vec<Item> = waiting
            .iter()
            .filter_map(|item| self.items.get(item.position as usize).cloned())
            .collect();
        let (run, connection, from_draft) =
            (self.run.0, self.connection.0, self.settler.from_draft);
        let now = self.engine.now();
        self.engine.store.write(move |writer| {
            for item in &items {
                writer.mark_item(run, item.position, RunItemState::Cancelled, None, None)?;
                if from_draft {
                    give_back(writer, connection, item, &now)?;
                }
            }
            Ok::<_, Error>(())
        })?;
        for _ in waiting {
            self.meter
                .count(RunItemState::Waiting, RunItemState::Cancelled);
        }
        if from_draft {
            self.settler.gave_back.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    fn finish(&mut self, status: RunStatus) -> Result<()> {
        self.put_state(status, None, None)
    }

    fn put_state(
        &mut self,
        status: RunStatus,
        why: Option<&str>,
        resume_at: Option<jiff::Timestamp>,
    ) -> Result<()> {
        let (run, why) = (self.run.0, why.map(str::to_owned));
        let resume_at = resume_at.map(timestamp);
        let ended = matches!(status, RunStatus::Done | RunStatus::Cancelled);
        let finished = ended.then(|| self.engine.now());
        self.engine.store.write(move |writer| {
            writer.put_run_state(
                run,
                word(status),
                why.as_deref(),
                resume_at.as_deref(),
                finished.as_deref(),
            )?;
            Ok::<_, Error>(())
        })?;
        refresh(&self.engine, &self.settler)?;
        let snapshot = snapshot(&self.engine, self.run, &self.settler, &self.meter)?;
        self.engine.tell(News::Run(snapshot));
        Ok(())
    }

    fn tell_now_and_then(
        engine: &Arc<Engine>,
        run: RunId,
        settler: &Settler,
        meter: &mut Meter,
    ) -> Result<()> {
        if meter.refreshed.elapsed() >= BETWEEN_REFRESHES {
            refresh(engine, settler)?;
            meter.refreshed = Instant::now();
        }
        if meter
            .told
            .is_none_or(|told| told.elapsed() >= BETWEEN_SNAPSHOTS)
        {
            meter.told = Some(Instant::now());
            let snapshot = snapshot(engine, run, settler, meter)?;
            engine.tell(News::Run(snapshot));
        }
        Ok(())
    }
}

impl Meter {
    fn count(&mut self, from: RunItemState, to: RunItemState) {
        if let Some(count) = self.states.get_mut(&from) {
            *count = count.saturating_sub(1);
        }
        *self.states.entry(to).or_default() += 1;
        // Reading back comes on top, by one listing for all.
        if (to.is_settled() && from != RunItemState::Sent) || to == RunItemState::Sent {
            self.settled += 1;
        }
    }
}

fn snapshot(engine: &Engine, run: RunId, settler: &Settler, meter: &Meter) -> Result<Run> {
    let counts = RunCounts {
        states: meter.states.clone(),
        seats: settler.seats.load(Ordering::Relaxed),
    };
    let rate = f64::from(meter.settled) / meter.began.elapsed().as_secs_f64().max(0.001);
    engine.page_run(&engine.stored_run(run)?, &counts, rate)
}

/// Shows what was written since the last time.
fn refresh(engine: &Engine, settler: &Settler) -> Result<()> {
    let mut touched: Vec<RowId> = std::mem::take(
        &mut *settler
            .touched
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
    );
    if settler.gave_back.swap(false, Ordering::Relaxed) {
        engine.draft_changed(settler.connection)?;
    }
    if touched.is_empty() {
        return Ok(());
    }
    touched.sort_unstable();
    touched.dedup();
    if let Some(workspace) = engine.open_workspace(settler.connection) {
        workspace.directory.refresh(&touched)?;
    }
    engine.tell(News::DirectoryChanged(settler.connection));
    Ok(())
}

/// Ids of people that earlier items of this run created.
fn created_so_far(engine: &Engine, run: RunId, items: &[Item]) -> Result<HashMap<RowId, String>> {
    let done = engine
        .store
        .read(|reader| reader.run_items(run.0, Some(RunItemState::Done), 0, u32::MAX))?;
    let mut created = HashMap::new();
    for item in done {
        let Some(planned) = items.get(item.position as usize) else {
            continue;
        };
        if planned.act == store::ChangeAct::Create {
            let person = engine
                .store
                .read(|reader| reader.person_record(item.person))?;
            if let Some(person) = person {
                created.insert(planned.row, person.record.scim_id);
            }
        }
    }
    Ok(created)
}

fn stop(error: scim::Error) -> Stop {
    match &error {
        scim::Error::Quota { resumes } => Stop::Quota(*resumes),
        scim::Error::TooMany { retry_after, .. } | scim::Error::Server { retry_after, .. } => {
            Stop::Later {
                after: retry_after.unwrap_or(Duration::from_secs(30)),
                why: error.to_string(),
            }
        }
        scim::Error::Unreachable { .. }
        | scim::Error::TimedOut { .. }
        | scim::Error::Dropped { .. } => Stop::Later {
            after: Duration::from_secs(15),
            why: error.to_string(),
        },
        _ => Stop::Person(failure(error).message),
    }
}

pub(crate) fn word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "running",
        RunStatus::Paused => "paused",
        RunStatus::Done => "done",
        RunStatus::Cancelled => "cancelled",
    }
}
