//! Carrying a run out: wave after wave, as wide as the service allows, until it is done or has to wait.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use scim::Dialect;
use store::{ChangeAct, RunCounts, RunItemState, RunState, StoredRun};
use tokio::sync::watch;

use super::{
    RunStatus,
    carry::Carrier,
    hold::Hold,
    journal::Journal,
    meter::{Meter, refresh},
    settle::{Settler, give_back},
    slots::Slots,
    together::Bulk,
    trouble::{Stop, Troubled},
    width::Width,
};
use crate::{
    attribute::Attribute,
    changes::plan::{Confirmation, item::Item, review::Frozen},
    connection::{Capabilities, kept::remember_clearing_by_null},
    engine::{Engine, timestamp},
    error::{Error, Result},
    ids::{ConnectionId, PlanId, RowId, RunId},
    sync::{Recorder, listing},
    text::stored_json,
};

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
    /// Find out what became of what was sent, and send nothing.
    Look,
}

/// Why a stretch of work ended.
pub(super) enum End {
    Finished,
    /// The first few are done, and somebody is to look at them; in words.
    Piloted(String),
    Ordered(Command),
    Stopped(Stop),
}

/// How a run was left.
pub(super) enum Left {
    /// Done, or cancelled.
    Ended,
    /// For a person, with what was ordered since.
    Waits(watch::Receiver<Command>),
}

pub(crate) struct Driver {
    pub(super) engine: Arc<Engine>,
    pub(super) run: RunId,
    pub(super) connection: ConnectionId,
    pub(super) commands: watch::Receiver<Command>,
    pub(super) items: Arc<[Item]>,
    /// How many to do before somebody looks; `None` once somebody has been asked to.
    pub(super) pilot: Option<u32>,
    /// Somebody is being asked to look; kept with the pause itself.
    piloted: bool,
    pub(super) carrier: Arc<Carrier>,
    pub(super) settler: Arc<Settler>,
    pub(super) width: Width,
    /// How often the service had asked for fewer requests when the width was last seen to.
    pub(super) slowed: u64,
    pub(super) meter: Meter,
    /// Items the service failed over.
    pub(super) troubled: HashMap<u32, Troubled>,
    /// Rounds of trouble in a row without anybody settled, and how many were when they began.
    idle: (u32, u32),
    /// Why it was waiting when its process ended, and until when.
    waiting: Option<(String, jiff::Timestamp)>,
    _hold: Arc<Hold>,
}

impl Driver {
    /// Everything a run needs, read from disk.
    pub(crate) async fn prepare(
        engine: Arc<Engine>,
        run: RunId,
        commands: watch::Receiver<Command>,
        hold: Arc<Hold>,
    ) -> Result<Self> {
        let Kept {
            stored,
            frozen,
            counts,
            created,
            capabilities,
            quota,
            dialect,
            attributes,
        } = engine
            .blocking(move |engine| Kept::read(engine, run))
            .await?;
        let plan = PlanId(stored.plan);
        let connection = frozen.connection();
        let client = engine.client(connection).await?;
        let confirmation: Confirmation =
            stored_json("confirmation of a run", &stored.confirmation)?;
        let resume_at = stored.resume_at.map(|at| {
            let what = format!("time at which run {run} goes on");
            at.parse::<jiff::Timestamp>()
                .map_err(|error| store::Error::damaged(what, error))
        });
        let waiting = stored.why.zip(resume_at.transpose()?);
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
            partly: Arc::new(counts.partly.into()),
        });
        Ok(Self {
            slowed: client.slowed_down(),
            pilot: confirmation
                .pilot
                .filter(|first| *first > 0 && !stored.piloted),
            piloted: false,
            carrier: Arc::new(Carrier {
                client,
                bulk: Bulk::declared(capabilities.bulk_operations, capabilities.bulk_bytes, quota),
                dialect,
                replaces: AtomicBool::new(false),
                clears_by_null: AtomicBool::new(false),
                listing: listing(capabilities.pagination),
                etag: capabilities.etag,
                slots: Slots::new(Width::default().now()),
                settler: settler.clone(),
            }),
            settler,
            engine,
            run,
            connection,
            commands,
            items: frozen.items.into(),
            width: Width::default(),
            meter: Meter::new(counts),
            troubled: HashMap::new(),
            idle: (0, 0),
            waiting,
            _hold: hold,
        })
    }

    /// Until the run is done, cancelled, or waits for a person.
    pub(super) async fn drive(mut self) -> Result<Left> {
        loop {
            let ordered = *self.commands.borrow_and_update();
            let end = match ordered {
                Command::Go => {
                    self.put_state(RunStatus::Running, None, None).await?;
                    self.work(Command::Go).await?
                }
                Command::Look => match self.work(Command::Look).await? {
                    End::Ordered(_) => continue,
                    // Nobody waits for this: what could not be read stays unknown until the run goes on.
                    End::Finished | End::Piloted(_) | End::Stopped(_) => {
                        self.show().await?;
                        let Some((why, until)) = self.waiting.take() else {
                            return Ok(Left::Waits(self.commands));
                        };
                        self.wait(&why, until).await?;
                        self.engine
                            .turn_command(self.run, Command::Look, Command::Go);
                        continue;
                    }
                },
                other => End::Ordered(other),
            };
            let why = match end {
                End::Finished => return self.end(RunStatus::Done).await,
                End::Piloted(why) => {
                    self.piloted = true;
                    why
                }
                End::Ordered(Command::Go | Command::Look) => continue,
                End::Ordered(Command::Pause) => "Paused".to_owned(),
                End::Ordered(Command::Cancel) => {
                    self.commands.mark_unchanged();
                    self.cancel_waiting().await?;
                    match self.work(Command::Cancel).await? {
                        End::Stopped(stop) => {
                            let why = match stop {
                                Stop::Person(why)
                                | Stop::Later { why, .. }
                                | Stop::Troubled { why, .. } => why,
                                Stop::Quota(_) => "The hour's budget of requests is spent.".into(),
                            };
                            format!("{why} Cancel again to find out what became of the last items.")
                        }
                        End::Finished | End::Piloted(_) | End::Ordered(_) => {
                            return self.end(RunStatus::Cancelled).await;
                        }
                    }
                }
                End::Stopped(Stop::Person(why)) => why,
                End::Stopped(Stop::Quota(resumes)) => {
                    let now = self.engine.ports.clock.now();
                    let at = resumes.unwrap_or(now + jiff::SignedDuration::from_mins(5));
                    self.wait(
                        "The hour's budget of requests is spent. It goes on by itself.",
                        at,
                    )
                    .await?;
                    continue;
                }
                End::Stopped(Stop::Troubled { why, .. }) if self.nobody_gets_on() => why,
                End::Stopped(Stop::Later { why, after } | Stop::Troubled { why, after }) => {
                    self.width.bad(0);
                    let now = self.engine.ports.clock.now();
                    let at = now.checked_add(after).unwrap_or(jiff::Timestamp::MAX);
                    self.wait(&why, at).await?;
                    continue;
                }
            };
            // What is ordered while the last requests come back is not lost over the pause.
            if self.commands.has_changed().unwrap_or(false)
                && *self.commands.borrow_and_update() != Command::Pause
            {
                self.piloted = false;
                continue;
            }
            self.put_state(RunStatus::Paused, Some(&why), None).await?;
            return Ok(Left::Waits(self.commands));
        }
    }

    async fn end(mut self, status: RunStatus) -> Result<Left> {
        self.put_state(status, None, None).await?;
        Ok(Left::Ended)
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
        self.put_state(RunStatus::Paused, Some(why), Some(until))
            .await?;
        // The clock may be set back meanwhile, which must not make the wait longer.
        let began = Instant::now();
        let left = until.duration_since(self.engine.ports.clock.now());
        let longest = Duration::try_from(left).unwrap_or_default();
        while self.engine.ports.clock.now() < until && began.elapsed() < longest {
            tokio::select! {
                _ = self.commands.changed() => return Ok(()),
                () = tokio::time::sleep(GLANCE) => {}
            }
        }
        Ok(())
    }

    /// What was not sent goes back to the draft.
    async fn cancel_waiting(&mut self) -> Result<()> {
        let waiting: Vec<Item> = self
            .steps()
            .await?
            .iter()
            .filter(|step| step.state == RunItemState::Waiting)
            .filter_map(|step| self.items.get(step.position as usize).cloned())
            .collect();
        let cancelled = waiting.len();
        let (run, connection, from_draft) =
            (self.run.0, self.connection.0, self.settler.from_draft);
        let now = self.engine.now();
        let state = RunItemState::Cancelled;
        self.engine
            .store
            .write_async(move |writer| {
                for item in &waiting {
                    writer.mark_item(run, item.position, state, None, None, None)?;
                    if from_draft {
                        give_back(writer, connection, item, &now)?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await?;
        for _ in 0..cancelled {
            self.meter.count(RunItemState::Waiting, state);
        }
        if from_draft {
            self.settler.gave_back.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn put_state(
        &mut self,
        status: RunStatus,
        why: Option<&str>,
        resume_at: Option<jiff::Timestamp>,
    ) -> Result<()> {
        let (run, why) = (self.run.0, why.map(str::to_owned));
        let piloted = self.piloted;
        let resume_at = resume_at.map(timestamp);
        // What is shown aside is of before this.
        let _quiet = self.meter.quiet().await;
        let ended = matches!(status, RunStatus::Done | RunStatus::Cancelled);
        let finished = ended.then(|| self.engine.now());
        let by_null = self.carrier.clears_by_null.load(Ordering::Relaxed);
        let connection = self.connection;
        self.engine
            .store
            .write_async(move |writer| {
                if by_null {
                    remember_clearing_by_null(writer, connection)?;
                }
                if piloted {
                    writer.mark_piloted(run)?;
                }
                writer.put_run_state(
                    run,
                    stored(status),
                    why.as_deref(),
                    resume_at.as_deref(),
                    finished.as_deref(),
                )?;
                Ok::<_, Error>(())
            })
            .await?;
        self.show().await
    }

    /// What was written, and where the run stands, on every screen.
    async fn show(&self) -> Result<()> {
        let settler = self.settler.clone();
        self.engine
            .blocking(move |engine| refresh(engine, &settler))
            .await?;
        self.meter.tell(&self.engine, self.run, &self.settler).await
    }
}

/// What a run is made of, as it is on disk.
struct Kept {
    stored: StoredRun,
    frozen: Frozen,
    counts: RunCounts,
    created: HashMap<RowId, String>,
    capabilities: Capabilities,
    quota: u32,
    dialect: Dialect,
    attributes: Arc<[Attribute]>,
}

impl Kept {
    fn read(engine: &Engine, run: RunId) -> Result<Self> {
        let stored = engine.stored_run(run)?;
        let frozen = engine.frozen(PlanId(stored.plan))?;
        let connection = frozen.connection();
        Ok(Self {
            counts: engine.store.read(|reader| reader.run_counts(run.0))?,
            created: created_so_far(engine, run, &frozen.items)?,
            capabilities: engine.capabilities(connection)?,
            quota: engine.policy(connection)?.quota,
            dialect: engine.dialect(connection)?,
            attributes: engine.workspace(connection)?.directory.attributes(),
            stored,
            frozen,
        })
    }
}

/// Ids of people that earlier items of this run created, or found to be there as wanted.
fn created_so_far(engine: &Engine, run: RunId, items: &[Item]) -> Result<HashMap<RowId, String>> {
    let mut created = HashMap::new();
    let creations = items
        .iter()
        .filter(|planned| planned.act == ChangeAct::Create);
    for planned in creations {
        let known = engine.store.read(|reader| {
            let Some(item) = reader.run_item(run.0, planned.position)? else {
                return Ok(None);
            };
            let there = matches!(item.state, RunItemState::Done | RunItemState::Same);
            let made = item.made.is_some_and(|made| !made.is_empty());
            Ok::<_, Error>(match there || made {
                true => reader.person_record(item.person)?,
                false => None,
            })
        })?;
        if let Some(person) = known {
            created.insert(planned.row, person.record.scim_id);
        }
    }
    Ok(created)
}

fn stored(status: RunStatus) -> RunState {
    match status {
        RunStatus::Running => RunState::Running,
        RunStatus::Paused => RunState::Paused,
        RunStatus::Done => RunState::Done,
        RunStatus::Cancelled => RunState::Cancelled,
    }
}
