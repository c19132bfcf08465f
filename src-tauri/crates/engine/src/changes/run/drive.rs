//! Carrying a run out: wave after wave, as wide as the service allows, until it is done or has to wait.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use store::{RunItemState, RunState};
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
    changes::plan::{Confirmation, item::Item},
    engine::{Engine, timestamp},
    error::{Error, Result},
    ids::{ConnectionId, PlanId, RowId, RunId},
    ports::News,
    sync::Recorder,
    sync::listing,
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
}

/// Why a stretch of work ended.
pub(super) enum End {
    Finished,
    /// The first few are done, and somebody is to look at them; in words.
    Piloted(String),
    Ordered(Command),
    Stopped(Stop),
}

pub(crate) struct Driver {
    pub(super) engine: Arc<Engine>,
    pub(super) run: RunId,
    pub(super) connection: ConnectionId,
    pub(super) commands: watch::Receiver<Command>,
    pub(super) items: Vec<Item>,
    /// How many to do before somebody looks; `None` once somebody has been asked to.
    pub(super) pilot: Option<u32>,
    /// Somebody is being asked to look; kept with the pause itself.
    piloted: bool,
    pub(super) carrier: Carrier,
    pub(super) settler: Arc<Settler>,
    pub(super) width: Width,
    /// How often the service had asked for fewer requests when the width was last seen to.
    pub(super) slowed: u64,
    pub(super) meter: Meter,
    /// Items the service failed over.
    pub(super) troubled: HashMap<u32, Troubled>,
    /// Rounds of trouble in a row without anybody settled, and how many were when they began.
    idle: (u32, u32),
    _hold: Hold,
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
            slowed: client.slowed_down(),
            pilot: confirmation
                .pilot
                .filter(|first| *first > 0 && !stored.piloted),
            piloted: false,
            carrier: Carrier {
                client,
                bulk: Bulk::declared(capabilities.bulk_operations, capabilities.bulk_bytes),
                dialect: engine.dialect(connection)?,
                replaces: AtomicBool::new(false),
                listing: listing(capabilities.pagination),
                etag: capabilities.etag,
                slots: Slots::new(Width::default().now()),
                settler: settler.clone(),
            },
            settler,
            engine,
            run,
            connection,
            commands,
            items: frozen.items,
            width: Width::default(),
            meter: Meter::new(counts),
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
                End::Piloted(why) => {
                    self.piloted = true;
                    return self.put_state(RunStatus::Paused, Some(&why), None);
                }
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
                        End::Finished | End::Piloted(_) | End::Ordered(_) => {
                            self.finish(RunStatus::Cancelled)
                        }
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
                    self.width.bad(0);
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
        let piloted = self.piloted;
        let resume_at = resume_at.map(timestamp);
        let ended = matches!(status, RunStatus::Done | RunStatus::Cancelled);
        let finished = ended.then(|| self.engine.now());
        self.engine.store.write(move |writer| {
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
        })?;
        refresh(&self.engine, &self.settler)?;
        let snapshot = self.meter.snapshot(&self.engine, self.run, &self.settler)?;
        self.engine.tell(News::Run(snapshot));
        Ok(())
    }
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

fn stored(status: RunStatus) -> RunState {
    match status {
        RunStatus::Running => RunState::Running,
        RunStatus::Paused => RunState::Paused,
        RunStatus::Done => RunState::Done,
        RunStatus::Cancelled => RunState::Cancelled,
    }
}
