//! Runs, for hosts: started, watched, paused, taken up again, cancelled.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
};

use store::{ChangeAct, ChangeKey, RunCounts, RunItemState, RunState, StoredRun};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    ItemState, Run, RunItem, RunPage, RunStatus,
    drive::{Command, Driver},
    hold::Hold,
};
use crate::{
    attribute::{Kind, Role},
    changes::{
        ground::Ground,
        plan::{
            BrakeLevel, Confirmation, Plan, Verdict,
            review::{Frozen, draft_keys, item as plan_item},
            summary::hash,
        },
        words,
    },
    engine::{Engine, lock},
    error::{Code, Error, Result},
    ids::{ConnectionId, PlanId, RowId, RunId},
    ports::News,
    text::json,
};

/// A run that this process carries out.
pub(crate) struct Handle {
    command: watch::Sender<Command>,
    ended: CancellationToken,
    /// It stopped, and why could not be written down: what is on disk still says that it runs.
    stranded: Option<String>,
}

impl Engine {
    /// Carries a plan out. The journal is written first; nothing is sent before this returns.
    ///
    /// # Errors
    /// [`Code::Stale`] when the plan is another than the one that was on screen, [`Code::Brake`] when a brake
    /// was not passed, [`Code::Busy`] while another run or a sync has the connection.
    pub fn start_run(self: &Arc<Self>, id: PlanId, confirmation: Confirmation) -> Result<Run> {
        let frozen = self.frozen(id)?;
        let plan = self.page_plan(&frozen.stored)?;
        check(&plan, &confirmation)?;
        let connection = frozen.connection();
        if self.is_syncing(connection) {
            return Err(Error::new(
                Code::Busy,
                "This connection is being synced. Wait for the sync to end, or cancel it, then send the changes.",
            ));
        }
        // Before looking whether it was sent already: nobody can send it between the look and the journal.
        let hold = self.hold(connection)?;
        let runs = self.store.read(|reader| reader.runs(connection.0))?;
        if runs.iter().any(|run| run.plan == id.0) {
            return Err(Error::precondition(
                "This plan has been sent already. Review the draft again for what is left.",
            ));
        }
        if runs.iter().any(|run| !run.state.has_ended()) {
            return Err(Error::new(
                Code::Busy,
                "Another run on this connection is not finished. Let it go on, or cancel it, then send this one.",
            ));
        }
        self.check_unmoved(&frozen)?;
        let run = self.journal_run(&frozen, &confirmation)?;
        self.draft_changed(connection)?;
        self.drive(run, hold, Command::Go);
        self.run(run)
    }

    /// What was reviewed must still be so: the items themselves, the draft behind them, who is protected, and
    /// the day on which people leave.
    fn check_unmoved(&self, frozen: &Frozen) -> Result<()> {
        let moved = |what: String| {
            Err(Error::new(
                Code::Stale,
                format!("Nothing has been sent. {what} Review the changes again, then confirm."),
            ))
        };
        let connection = frozen.connection();
        if hash(connection, &frozen.items) != frozen.stored.hash {
            return moved("The plan was changed since it was shown.".into());
        }
        let workspace = self.workspace(connection)?;
        let mirror = self.mirror(&workspace)?;
        let today = self.ports.clock.today().to_string();
        let staged: Option<HashMap<ChangeKey, Option<String>>> = match frozen.stored.origin.as_str()
        {
            "draft" => Some(
                self.staged_changes(connection)?
                    .into_iter()
                    .map(|change| (change.key, change.body.after))
                    .collect(),
            ),
            _ => None,
        };
        // A new person's values are staged with the person.
        let created: HashSet<RowId> = frozen
            .items
            .iter()
            .filter(|item| item.act == ChangeAct::Create)
            .map(|item| item.row)
            .collect();
        for item in frozen.items.iter().filter(|item| item.goes()) {
            if item.leaves()
                && !item.protected
                && let Some(why) = mirror.protected(item.row)
            {
                return moved(format!("{why}, which was not so in review."));
            }
            let dated = item.fields.iter().find(|field| {
                field.added && field.role == Some(Role::SeparationDate) && field.after.is_some()
            });
            if let Some(field) = dated
                && field.after.as_deref() != Some(today.as_str())
            {
                return moved(format!(
                    "{} of {} would be {}, the day of the review, and today is {today}.",
                    field.label,
                    item.spoken,
                    field.after.as_deref().unwrap_or_default()
                ));
            }
            let Some(staged) = &staged else { continue };
            let stands = draft_keys(item).iter().all(|key| {
                let field = item
                    .fields
                    .iter()
                    .find(|field| key.attribute == Some(field.attribute.0));
                match (field, staged.get(key)) {
                    (Some(field), _) if field.added || created.contains(&item.row) => true,
                    (_, None) => false,
                    // Who is renamed in the plan is pointed at by the new name.
                    (Some(field), Some(after)) => {
                        *after == field.after || field.kind == Kind::Employee
                    }
                    (None, Some(_)) => true,
                }
            });
            if !stands {
                return moved(format!(
                    "What is staged for {} is another change than in review.",
                    item.spoken
                ));
            }
        }
        Ok(())
    }

    /// Writes the run and all its items down, and takes their changes out of the draft, in one transaction.
    fn journal_run(&self, frozen: &Frozen, confirmation: &Confirmation) -> Result<RunId> {
        let rows: Vec<(u32, u32, u32)> = frozen
            .items
            .iter()
            .filter(|item| item.goes())
            .map(|item| (item.position, item.wave, item.row.0))
            .collect();
        let keys: Vec<ChangeKey> = frozen
            .items
            .iter()
            .filter(|item| item.goes() || item.own == Verdict::Same)
            .flat_map(draft_keys)
            .collect();
        let draft = frozen
            .stored
            .draft
            .filter(|_| frozen.stored.origin == "draft");
        let (connection, plan) = (frozen.stored.connection, frozen.stored.id);
        let (confirmation, now) = (json(confirmation), self.now());
        self.store.write(move |writer| {
            let run = writer.add_run(connection, plan, &confirmation, &now, &rows)?;
            if let Some(draft) = draft {
                writer.hand_over_changes(draft, &keys)?;
            }
            Ok::<_, Error>(RunId(run))
        })
    }

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

    fn drive(self: &Arc<Self>, run: RunId, hold: Hold, command: Command) {
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
            let ended: DropGuard = ended.drop_guard();
            let outcome = match Driver::prepare(engine.clone(), run, commands, hold).await {
                Ok(driver) => driver.drive().await,
                Err(error) => Err(error),
            };
            let stranded = outcome.err().and_then(|error| engine.stumble(run, &error));
            {
                let mut runs = lock(&engine.runs);
                match (stranded, runs.get_mut(&run)) {
                    (Some(why), Some(handle)) => handle.stranded = Some(why),
                    _ => drop(runs.remove(&run)),
                }
            }
            if let Ok(now) = engine.run(run)
                && now.status == RunStatus::Paused
            {
                engine.tell(News::Run(now));
            }
            drop(ended);
        });
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

    /// How a run that this process carries out is told something.
    fn commanding(&self, id: RunId) -> Option<watch::Sender<Command>> {
        lock(&self.runs)
            .get(&id)
            .filter(|handle| handle.stranded.is_none())
            .map(|handle| handle.command.clone())
    }

    /// After the items under way.
    pub fn pause_run(&self, id: RunId) -> Result<Run> {
        if let Some(command) = self.commanding(id) {
            command.send_replace(Command::Pause);
        }
        self.run(id)
    }

    pub fn resume_run(self: &Arc<Self>, id: RunId) -> Result<Run> {
        if let Some(command) = self.commanding(id) {
            command.send_replace(Command::Go);
            return self.run(id);
        }
        self.take_up(id, Command::Go)
    }

    /// After the items under way. What was not sent goes back to the draft.
    pub fn cancel_run(self: &Arc<Self>, id: RunId) -> Result<Run> {
        if let Some(command) = self.commanding(id) {
            command.send_replace(Command::Cancel);
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
        if self.commanding(id).is_some() {
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
    /// for somebody to let it go on. Runs that another process carries out are left to it.
    pub(crate) fn recover(&self) -> Result<()> {
        let unfinished = self.store.read(|reader| reader.unfinished_runs())?;
        for stored in unfinished {
            let _hold = match self.hold(ConnectionId(stored.connection)) {
                Ok(hold) => hold,
                Err(error) if error.code == Code::Busy => continue,
                Err(error) => return Err(error),
            };
            let interrupted = stored.state == RunState::Running || stored.resume_at.is_some();
            self.store.write(move |writer| {
                writer.forget_what_was_sent(stored.id)?;
                if interrupted {
                    let why = "Muster was closed before this was finished. Nothing is lost: let it go on.";
                    writer.put_run_state(stored.id, RunState::Paused, Some(why), None, None)?;
                }
                Ok::<_, Error>(())
            })?;
        }
        Ok(())
    }

    /// The number of a snapshot, to be taken before anything of it is read: whoever has a higher one has read later,
    /// or reads what was written before.
    pub(super) fn next_snapshot(&self) -> u32 {
        self.next_snapshot.fetch_add(1, Ordering::Relaxed)
    }

    pub fn run(&self, id: RunId) -> Result<Run> {
        let as_of = self.next_snapshot();
        let stored = self.stored_run(id)?;
        let counts = self.store.read(|reader| reader.run_counts(id.0))?;
        self.page_run(as_of, &stored, &counts, 0.0)
    }

    /// Newest first.
    pub fn runs(&self, connection: ConnectionId) -> Result<Vec<Run>> {
        let as_of = self.next_snapshot();
        self.store
            .read(|reader| reader.runs(connection.0))?
            .into_iter()
            .map(|stored| {
                let counts = self.store.read(|reader| reader.run_counts(stored.id))?;
                self.page_run(as_of, &stored, &counts, 0.0)
            })
            .collect()
    }

    /// The newest run that is unfinished or not dismissed.
    pub fn open_run(&self, connection: ConnectionId) -> Result<Option<Run>> {
        let newest = self
            .store
            .read(|reader| reader.runs(connection.0))?
            .into_iter()
            .find(|run| !run.dismissed || !run.state.has_ended());
        newest.map(|stored| self.run(RunId(stored.id))).transpose()
    }

    /// Puts the end of a run away; its items stay.
    pub fn dismiss_run(&self, id: RunId) -> Result<()> {
        self.store
            .write(move |writer| writer.dismiss_run(id.0).map_err(Error::from))
    }

    /// The items, all or those in one state, in the order of sending.
    pub fn run_page(
        &self,
        id: RunId,
        state: Option<ItemState>,
        start: u32,
        len: u32,
    ) -> Result<RunPage> {
        let stored = self.stored_run(id)?;
        let wanted = state.map(stored_state);
        let (counts, items) = self.store.read(|reader| {
            Ok::<_, Error>((
                reader.run_counts(id.0)?,
                reader.run_items(id.0, wanted, start, len)?,
            ))
        })?;
        let items = items
            .into_iter()
            .map(|item| {
                let planned = self
                    .store
                    .read(|reader| reader.plan_item(stored.plan, item.position))?
                    .map(|planned| plan_item(&planned))
                    .transpose()?;
                Ok(RunItem {
                    position: item.position,
                    row: RowId(item.person),
                    name: planned
                        .as_ref()
                        .map_or_else(String::new, |planned| planned.name.clone()),
                    sentence: planned.map_or_else(String::new, |planned| planned.sentence),
                    state: page_state(item.state),
                    why: item.why,
                    request: item.request,
                    reply: item.reply,
                })
            })
            .collect::<Result<_>>()?;
        Ok(RunPage {
            total: wanted.map_or_else(|| counts.total(), |state| counts.of(state)),
            start,
            items,
        })
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

    pub(crate) fn stored_run(&self, id: RunId) -> Result<StoredRun> {
        self.store.read(|reader| reader.run(id.0))?.ok_or_else(|| {
            Error::new(
                Code::Stale,
                "This run is not there any more. Look at the list again.",
            )
        })
    }

    pub(crate) fn page_run(
        &self,
        as_of: u32,
        stored: &StoredRun,
        counts: &RunCounts,
        rate: f64,
    ) -> Result<Run> {
        let plan = self.page_plan(&self.stored_plan(PlanId(stored.plan))?)?;
        let stranded = lock(&self.runs)
            .get(&RunId(stored.id))
            .and_then(|handle| handle.stranded.clone());
        let status = match stored.state {
            RunState::Done => RunStatus::Done,
            RunState::Cancelled => RunStatus::Cancelled,
            RunState::Paused => RunStatus::Paused,
            RunState::Running if stranded.is_some() => RunStatus::Paused,
            RunState::Running => RunStatus::Running,
        };
        let total = counts.total();
        let settled: u32 = counts
            .states
            .iter()
            .filter(|(state, _)| state.is_settled())
            .map(|(_, count)| count)
            .sum();
        let ended = matches!(status, RunStatus::Done | RunStatus::Cancelled);
        let left = f64::from(total - settled - counts.of(RunItemState::Sent));
        let done = counts.of(RunItemState::Done);
        Ok(Run {
            id: RunId(stored.id),
            as_of,
            plan: PlanId(stored.plan),
            connection: ConnectionId(stored.connection),
            status,
            title: plan.confirm.label.clone(),
            why: stranded.or_else(|| stored.why.clone()),
            resume_at: stored.resume_at.clone(),
            total,
            sent: counts.of(RunItemState::Sent),
            done,
            same: counts.of(RunItemState::Same),
            held: counts.of(RunItemState::Held),
            failed: counts.of(RunItemState::Failed),
            unknown: counts.of(RunItemState::Unknown) + counts.of(RunItemState::Sending),
            cancelled: counts.of(RunItemState::Cancelled),
            rate,
            seconds_left: (rate > 0.0 && !ended).then(|| left / rate),
            seats_freed: (done > 0).then_some(counts.seats),
            started_at: stored.started_at.clone(),
            finished_at: stored.finished_at.clone(),
            sentence: ended.then(|| sentence(counts)),
            can_take_back: ended && done > 0,
        })
    }
}

/// Whether what was typed passes what the plan asks for.
fn check(plan: &Plan, confirmation: &Confirmation) -> Result<()> {
    if confirmation.hash != plan.hash {
        return Err(Error::new(
            Code::Stale,
            "This plan is another than the one that was shown. Look at it again, then confirm.",
        ));
    }
    if plan.confirm.empty {
        return Err(Error::precondition(
            "There is nothing to send in this plan.",
        ));
    }
    if let Some(number) = plan.confirm.type_number
        && confirmation.number != Some(number)
    {
        let said = plan
            .brakes
            .iter()
            .filter(|brake| brake.level >= BrakeLevel::Stop)
            .map(|brake| brake.message.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        return Err(Error::new(Code::Brake, said));
    }
    let reason = confirmation.reason.as_deref().unwrap_or_default().trim();
    if plan.confirm.reason && reason.is_empty() {
        return Err(Error::new(
            Code::Brake,
            "Nothing has been sent. This touches more than 20% of the directory, so a reason is needed as well.",
        ));
    }
    if let Some(name) = &plan.confirm.type_name {
        let typed = confirmation.name.as_deref().unwrap_or_default().trim();
        if typed.to_lowercase() != name.to_lowercase() {
            return Err(Error::new(
                Code::Brake,
                format!("Nothing has been sent. {name} is protected: type the name to go on."),
            ));
        }
    }
    Ok(())
}

fn sentence(counts: &RunCounts) -> String {
    let mut parts = vec![format!(
        "{} done",
        words::number(counts.of(RunItemState::Done))
    )];
    for (state, word) in [
        (RunItemState::Same, "so already"),
        (RunItemState::Held, "held"),
        (RunItemState::Failed, "failed"),
        (RunItemState::Unknown, "unknown"),
        (RunItemState::Cancelled, "cancelled"),
    ] {
        match counts.of(state) {
            0 => {}
            count => parts.push(format!("{} {word}", words::number(count))),
        }
    }
    let seats = match counts.seats {
        0 => String::new(),
        1 => " 1 seat freed.".to_owned(),
        -1 => " 1 seat taken.".to_owned(),
        freed @ 2.. => format!(" {} seats freed.", words::number(freed.unsigned_abs())),
        taken => format!(" {} seats taken.", words::number(taken.unsigned_abs())),
    };
    format!("{}.{seats}", parts.join(", "))
}

fn page_state(state: RunItemState) -> ItemState {
    match state {
        RunItemState::Waiting => ItemState::Waiting,
        RunItemState::Sending => ItemState::Sending,
        RunItemState::Sent => ItemState::Sent,
        RunItemState::Done => ItemState::Done,
        RunItemState::Same => ItemState::Same,
        RunItemState::Held => ItemState::Held,
        RunItemState::Failed => ItemState::Failed,
        RunItemState::Unknown => ItemState::Unknown,
        RunItemState::Cancelled => ItemState::Cancelled,
    }
}

fn stored_state(state: ItemState) -> RunItemState {
    match state {
        ItemState::Waiting => RunItemState::Waiting,
        ItemState::Sending => RunItemState::Sending,
        ItemState::Sent => RunItemState::Sent,
        ItemState::Done => RunItemState::Done,
        ItemState::Same => RunItemState::Same,
        ItemState::Held => RunItemState::Held,
        ItemState::Failed => RunItemState::Failed,
        ItemState::Unknown => RunItemState::Unknown,
        ItemState::Cancelled => RunItemState::Cancelled,
    }
}
