//! Runs, for hosts: carried on, paused, taken up again, cancelled.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use store::{RunItemState, RunState, StoredRun};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    Run, RunStatus,
    drive::{Command, Driver, Left},
    hold::Hold,
};
use crate::{
    changes::words,
    engine::{Engine, lock},
    error::{Code, Error, Result},
    ids::{ConnectionId, RunId},
    ports::News,
};

/// How a stretch of a run ended.
struct Stretch {
    /// Where it may go on, with what was ordered since it was last looked.
    waits: Option<watch::Receiver<Command>>,
    /// Why it stopped, where that could not be written down.
    stranded: Option<String>,
}

/// A run that this process carries out.
pub(crate) struct Handle {
    command: watch::Sender<Command>,
    ended: CancellationToken,
    /// It stopped, and why could not be written down: what is on disk still says that it runs.
    pub(super) stranded: Option<String>,
}

impl Engine {
    pub(crate) fn hold(&self, connection: ConnectionId) -> Result<Hold> {
        Hold::take(self.data_file(), connection, &self.ports.actor)
    }

    /// What a run sent and has not read back must not be met by a sync: it would be taken for the work of others.
    ///
    /// # Errors
    /// [`Code::Busy`], saying what to do.
    pub(crate) fn all_read_back(&self, connection: ConnectionId) -> Result<()> {
        let open = self.store.read(|reader| {
            let mut open = 0;
            for run in reader.runs(connection.0)? {
                if !run.state.has_ended() {
                    let counts = reader.run_counts(run.id)?;
                    open += [
                        RunItemState::Sending,
                        RunItemState::Sent,
                        RunItemState::Unknown,
                    ]
                    .map(|state| counts.of(state))
                    .iter()
                    .sum::<u32>();
                }
            }
            Ok::<_, Error>(open)
        })?;
        let changes = match open {
            0 => return Ok(()),
            1 => "1 change is".to_owned(),
            many => format!("{} changes are", words::number(many)),
        };
        Err(Error::new(
            Code::Busy,
            format!(
                "{changes} sent and not read back yet, as a run on this connection is paused. Let it go on, or cancel it, then sync."
            ),
        ))
    }

    pub(super) fn drive(self: &Arc<Self>, run: RunId, hold: Hold, command: Command) {
        let (sender, commands) = watch::channel(command);
        let ended = CancellationToken::new();
        lock(&self.runs).insert(
            run,
            Handle {
                command: sender,
                ended: ended.clone(),
                stranded: None,
            },
        );
        let engine = self.clone();
        self.spawn(async move {
            let _ended: DropGuard = ended.drop_guard();
            let mut held = Some(Arc::new(hold));
            while let Some(hold) = held.clone() {
                let stretch = engine.stretch(run, &commands, hold).await;
                engine.leave(run, stretch, &mut held);
            }
            if let Ok(now) = engine.run(run)
                && now.status == RunStatus::Paused
            {
                engine.tell(News::Run(now));
            }
        });
    }

    /// Carries a run out until it is done or waits for a person; why it stopped, where that could not be written down.
    async fn stretch(
        self: &Arc<Self>,
        run: RunId,
        commands: &watch::Receiver<Command>,
        hold: Arc<Hold>,
    ) -> Stretch {
        let mut commands = commands.clone();
        let looks = *commands.borrow_and_update() == Command::Look;
        let (engine, heard) = (self.clone(), commands.clone());
        let work = async move {
            let driver = Driver::prepare(engine, run, heard, hold).await?;
            driver.drive().await
        };
        let outcome = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
            Err(Error::new(
                Code::Failed,
                "The run stopped unexpectedly. Nothing is lost: let it go on. If it stops again, report it.",
            ))
        });
        let (waits, stranded) = match outcome {
            Ok(Left::Ended) => (None, None),
            Ok(Left::Waits(commands)) => (Some(commands), None),
            // Who only looked has changed nothing, and why the run waits is said already.
            Err(error) if looks => {
                tracing::info!(run = run.0, %error, "what became of the last items is not known yet");
                (Some(commands), None)
            }
            Err(error) => (None, self.stumble(run, &error)),
        };
        Stretch { waits, stranded }
    }

    /// Lets go of a run, unless somebody ordered something of it that nobody has looked at.
    fn leave(&self, run: RunId, stretch: Stretch, held: &mut Option<Arc<Hold>>) {
        let mut runs = lock(&self.runs);
        let Some(handle) = runs.get_mut(&run) else {
            *held = None;
            return;
        };
        if stretch
            .waits
            .is_some_and(|commands| commands.has_changed().unwrap_or(false))
        {
            return;
        }
        // First: whoever finds the run left may take it up.
        *held = None;
        match stretch.stranded {
            Some(why) => handle.stranded = Some(why),
            None => drop(runs.remove(&run)),
        }
    }

    /// A run that can't go on waits for a person, with the reason on screen. The disk itself may be the reason:
    /// then the reason is the answer, to be kept in memory.
    fn stumble(&self, run: RunId, error: &Error) -> Option<String> {
        let why = error.message.clone();
        let paused = self.store.write(move |writer| {
            writer.put_run_state(run.0, RunState::Paused, Some(&why), None, None)?;
            Ok::<_, Error>(())
        });
        let second = paused.err()?;
        tracing::error!(run = run.0, %second, "a run stopped and could not be marked as paused");
        Some(error.message.clone())
    }

    /// Tells a run something that this process carries out; whether it does.
    fn command(&self, id: RunId, command: Command) -> bool {
        let runs = lock(&self.runs);
        let handle = runs.get(&id).filter(|handle| handle.stranded.is_none());
        // Under the lock: whoever leaves the run looks at the command last.
        handle.is_some_and(|handle| {
            handle.command.send_replace(command);
            true
        })
    }

    /// Another command, unless somebody gave one meanwhile.
    pub(super) fn turn_command(&self, id: RunId, from: Command, to: Command) {
        if let Some(handle) = lock(&self.runs).get(&id) {
            handle.command.send_if_modified(|command| {
                let turns = *command == from;
                if turns {
                    *command = to;
                }
                turns
            });
        }
    }

    /// After the items under way.
    ///
    /// # Errors
    /// [`Code::Busy`] where another process carries it out, saying who.
    pub fn pause_run(&self, id: RunId) -> Result<Run> {
        if !self.command(id, Command::Pause) {
            self.attend(&self.stored_run(id)?)?;
        }
        self.run(id)
    }

    /// Goes on with a run that waits, or takes up one that a crash left.
    ///
    /// # Errors
    /// [`Code::Busy`] where another process carries it out, saying who.
    pub fn resume_run(self: &Arc<Self>, id: RunId) -> Result<Run> {
        if self.command(id, Command::Go) {
            return self.run(id);
        }
        self.take_up(id, Command::Go)
    }

    /// After the items under way. What was not sent goes back to the draft.
    pub fn cancel_run(self: &Arc<Self>, id: RunId) -> Result<Run> {
        if self.command(id, Command::Cancel) {
            return self.run(id);
        }
        self.take_up(id, Command::Cancel)
    }

    /// Gives the items that failed another chance.
    pub fn retry_failed(self: &Arc<Self>, id: RunId) -> Result<Run> {
        let stored = self.stored_run(id)?;
        let failed = self
            .store
            .read(|reader| reader.run_counts(id.0))?
            .of(RunItemState::Failed);
        if failed == 0 {
            return Err(Error::precondition(
                "Nothing in this run failed, so there is nothing to try again.",
            ));
        }
        let here = lock(&self.runs)
            .get(&id)
            .is_some_and(|handle| handle.stranded.is_none());
        if here {
            return Err(Error::new(
                Code::Busy,
                "This run is still going. Pause it or wait for its end, then try the failed ones again.",
            ));
        }
        let hold = self.hold(ConnectionId(stored.connection))?;
        let others = self
            .store
            .read(|reader| reader.runs(stored.connection))?
            .into_iter()
            .any(|run| run.id != id.0 && !run.state.has_ended());
        if others {
            return Err(Error::new(
                Code::Busy,
                "Another run on this connection is not finished. Let it go on, or cancel it, then try these again.",
            ));
        }
        self.store.write(move |writer| {
            writer.wait_again(id.0, RunItemState::Failed)?;
            writer.put_run_state(id.0, RunState::Running, None, None, None)?;
            Ok::<_, Error>(())
        })?;
        self.drive(id, hold, Command::Go);
        self.run(id)
    }

    fn take_up(self: &Arc<Self>, id: RunId, command: Command) -> Result<Run> {
        let hold = self.hold(ConnectionId(self.stored_run(id)?.connection))?;
        // Only now: another process may have brought it to its end a moment ago.
        let stored = self.stored_run(id)?;
        if stored.state.has_ended() {
            return Err(Error::precondition(
                "This run has ended. Its items say how.",
            ));
        }
        // Whoever had it is gone, so what it was sending is unknown.
        self.store.write(move |writer| {
            writer.forget_what_was_sent(id.0)?;
            writer.put_run_state(id.0, RunState::Running, None, None, None)?;
            Ok::<_, Error>(())
        })?;
        self.drive(id, hold, command);
        self.run(id)
    }

    /// What a crash or a closed window left: requests that were under way become unknown, and the run waits
    /// for somebody to let it go on, or until the time it waited for anyway. Runs that another process carries out
    /// are left to it.
    pub(crate) fn recover(&self) -> Result<()> {
        for stored in self.store.read(|reader| reader.unfinished_runs())? {
            match self.hold(ConnectionId(stored.connection)) {
                Ok(hold) => self.recover_one(stored.id, &hold, true)?,
                Err(error) if error.code == Code::Busy => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn recover_one(&self, id: u32, _hold: &Hold, waits_on: bool) -> Result<()> {
        let now = self.now();
        self.store.write(move |writer| {
            writer.forget_what_was_sent(id)?;
            // Only now: another process may have brought it to its end a moment ago.
            let Some(stored) = writer.run(id)? else {
                return Ok(());
            };
            let interrupted = match (stored.state, &stored.resume_at) {
                (RunState::Running, _) => true,
                // Both in UTC and of one length.
                (RunState::Paused, Some(at)) => !(waits_on && *at > now),
                (RunState::Paused, None) | (RunState::Done | RunState::Cancelled, _) => false,
            };
            if interrupted {
                let why =
                    "Muster was closed before this was finished. Nothing is lost: let it go on.";
                writer.put_run_state(id, RunState::Paused, Some(why), None, None)?;
            }
            Ok::<_, Error>(())
        })
    }

    /// A run that is said to go on although this process does not carry it out: whoever did may be gone.
    ///
    /// # Errors
    /// [`Code::Busy`], saying who carries it out.
    pub(super) fn attend(&self, stored: &StoredRun) -> Result<()> {
        let goes_on = match stored.state {
            RunState::Running => true,
            RunState::Paused => stored.resume_at.is_some(),
            RunState::Done | RunState::Cancelled => false,
        };
        if !goes_on || lock(&self.runs).contains_key(&RunId(stored.id)) {
            return Ok(());
        }
        let hold = self.hold(ConnectionId(stored.connection))?;
        self.recover_one(stored.id, &hold, false)
    }

    /// Goes on where a closed window stopped, as far as nobody has to be asked: finds out what became of the
    /// requests that were under way, and waits for the time a run was waiting for.
    pub fn take_up_what_was_left(self: &Arc<Self>) -> Result<()> {
        for stored in self.store.read(|reader| reader.unfinished_runs())? {
            let counts = self.store.read(|reader| reader.run_counts(stored.id))?;
            let unread = [RunItemState::Sent, RunItemState::Unknown]
                .iter()
                .any(|state| counts.of(*state) > 0);
            if stored.state == RunState::Paused && (unread || stored.resume_at.is_some()) {
                match self.hold(ConnectionId(stored.connection)) {
                    Ok(hold) => self.drive(RunId(stored.id), hold, Command::Look),
                    Err(error) if error.code == Code::Busy => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Waits until this process has nothing more to do for a run: it is done, cancelled, or waits for a
    /// person. A run that waits for the next hour is waited for.
    pub async fn finish_run(&self, id: RunId) -> Result<Run> {
        let ended = lock(&self.runs).get(&id).map(|handle| handle.ended.clone());
        if let Some(ended) = ended {
            ended.cancelled().await;
        }
        self.run(id)
    }
}
