//! What writes: a plan of its own, shown, confirmed, carried out. The window's draft is not touched.

use engine::{
    attribute::Role,
    changes::{
        draft::{Edit, Refusal, RefusalCode},
        plan::{BrakeLevel, Confirmation, Group, Plan, PlanItem},
        run::{ItemState, Run, RunItem, RunStatus},
    },
    ids::{ConnectionId, RunId},
};
use serde::Serialize;

use super::{
    End, Outcome, Trouble,
    consent::{Consent, confirmation},
    output::{self, people},
    people::attribute,
    session::{Session, read_already},
    who::{self, Named},
};

/// Items of a plan shown on a terminal.
const SHOWN: usize = 20;
const PAGE: u32 = 500;

#[derive(Debug, clap::Args)]
pub struct How {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Say what would be done, and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: Consent,
}

#[derive(Debug, clap::Args)]
pub struct Set {
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    assignment: Assignment,
    /// E-mails, employee numbers or ids; - reads them from stdin
    #[arg(required = true)]
    who: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct Assignment {
    /// Allow a value nobody has yet, which makes a new segment
    #[arg(long)]
    create_segment: bool,
    /// Take the value away; then only the attribute is named
    #[arg(long)]
    clear: bool,
    /// 'Department=Sales'
    #[arg(value_name = "ATTRIBUTE=VALUE")]
    assignment: String,
}

impl Assignment {
    pub async fn edit(&self, session: &Session, connection: ConnectionId) -> Outcome<Edit> {
        let directory = session
            .off(move |engine| engine.directory_of(connection))
            .await?;
        match (self.assignment.split_once('='), self.clear) {
            (None, true) => Ok(Edit::Clear {
                attribute: attribute(&directory.attributes, &self.assignment)?.id,
            }),
            (Some((name, value)), false) if !value.trim().is_empty() => Ok(Edit::Set {
                attribute: attribute(&directory.attributes, name)?.id,
                value: value.trim().to_owned(),
                new_option: self.create_segment,
            }),
            (Some((name, _)), false) => Err(Trouble::Usage(format!(
                "{0} has no value. To take the value away, write: --clear '{0}'",
                name.trim()
            ))),
            (None, false) => Err(Trouble::Usage(format!(
                "{} is no assignment. Write Attribute=value.",
                self.assignment
            ))),
            (Some(_), true) => Err(Trouble::Usage(
                "With --clear only the attribute is named, without a value.".to_owned(),
            )),
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct Deactivate {
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    leaving: Leaving,
    /// E-mails, employee numbers or ids; - reads them from stdin
    #[arg(required = true)]
    who: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub struct Leaving {
    /// Why they left, where the service has a separation reason; without it the connection's leaver policy says
    #[arg(long, value_name = "REASON")]
    separation_reason: Option<String>,
}

impl Leaving {
    /// What goes with each deactivation; `None` where no reason is given.
    pub async fn edit(self, session: &Session, connection: ConnectionId) -> Outcome<Option<Edit>> {
        let Some(value) = self.separation_reason else {
            return Ok(None);
        };
        let directory = session
            .off(move |engine| engine.directory_of(connection))
            .await?;
        let reason = directory
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(Role::SeparationReason))
            .ok_or_else(|| {
                Trouble::failed(
                    "This service has no separation reason, so none can be given. Leave --separation-reason out.",
                )
            })?;
        Ok(Some(Edit::Set {
            attribute: reason.id,
            value,
            new_option: false,
        }))
    }

    pub async fn edits(self, session: &Session, connection: ConnectionId) -> Outcome<Vec<Edit>> {
        let reason = self.edit(session, connection).await?;
        Ok([Some(Edit::Deactivate), reason]
            .into_iter()
            .flatten()
            .collect())
    }
}

pub async fn set(session: &Session, arguments: Set) -> Outcome {
    let connection = session.reachable(arguments.how.connection.as_deref());
    let connection = read_already(connection.await?)?.id;
    let edit = arguments.assignment.edit(session, connection).await?;
    change(
        session,
        connection,
        vec![edit],
        arguments.who,
        arguments.how,
    )
    .await
}

pub async fn deactivate(session: &Session, arguments: Deactivate) -> Outcome {
    let connection = session.reachable(arguments.how.connection.as_deref());
    let connection = read_already(connection.await?)?.id;
    let edits = arguments.leaving.edits(session, connection).await?;
    change(session, connection, edits, arguments.who, arguments.how).await
}

async fn change(
    session: &Session,
    connection: ConnectionId,
    edits: Vec<Edit>,
    who: Vec<String>,
    how: How,
) -> Outcome {
    match planned(session, connection, edits, who).await? {
        Some(Planned {
            plan,
            refused,
            named,
        }) => carry_out(session, plan, refused, named, how.dry_run, how.consent).await,
        None => Ok(End::Failed),
    }
}

/// A plan of some edits, and what is not in it.
pub struct Planned {
    pub plan: Plan,
    pub refused: Vec<Refusal>,
    pub named: Named,
}

/// `None` when nobody is left to plan for. Says so itself.
pub async fn planned(
    session: &Session,
    connection: ConnectionId,
    edits: Vec<Edit>,
    who: Vec<String>,
) -> Outcome<Option<Planned>> {
    let named = who::find(session, connection, who).await?;
    if !session.json {
        named.tell();
    }
    if named.rows.is_empty() {
        if session.json {
            output::json(&Report::of_nobody(named));
        } else {
            eprintln!("Nobody is left to change, so nothing was sent.");
        }
        return Ok(None);
    }
    let edits = edits
        .into_iter()
        .map(|edit| (named.rows.clone(), edit))
        .collect();
    let (plan, refused) = session
        .off(move |engine| engine.plan_edits(connection, edits))
        .await?;
    Ok(Some(Planned {
        plan,
        refused,
        named,
    }))
}

/// What `--json` answers.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    named: Named,
    refused: Vec<Refusal>,
    plan: Option<Plan>,
    items: Vec<PlanItem>,
    /// `None` when nothing was sent.
    run: Option<Run>,
    /// Of the run: what was not done.
    not_done: Vec<RunItem>,
}

impl Report {
    fn of_nobody(named: Named) -> Self {
        Self {
            named,
            refused: Vec::new(),
            plan: None,
            items: Vec::new(),
            run: None,
            not_done: Vec::new(),
        }
    }
}

/// Shows the plan and, when it may, sends it.
pub async fn carry_out(
    session: &Session,
    plan: Plan,
    refused: Vec<Refusal>,
    named: Named,
    dry: bool,
    consent: Consent,
) -> Outcome {
    let items = items(session, &plan).await?;
    if !session.json {
        show(&plan, &items, &refused);
    }
    let whole = named.all_found() && refused.is_empty();
    let mut report = Report {
        named,
        refused,
        plan: None,
        items,
        run: None,
        not_done: Vec::new(),
    };
    let end = send(session, &plan, dry, whole, consent, &mut report).await;
    report.plan = Some(plan);
    if session.json && end.is_ok() {
        output::json(&report);
    }
    end
}

async fn send(
    session: &Session,
    plan: &Plan,
    dry: bool,
    whole: bool,
    consent: Consent,
    report: &mut Report,
) -> Outcome {
    if dry {
        if !session.json {
            output::line("Nothing was sent.");
        }
        return Ok(if whole { End::Done } else { End::Partly });
    }
    if plan.confirm.empty {
        // An empty plan means that it is so already, for whoever was found and not refused.
        let already_so = report.named.rows.len() > report.refused.len();
        return Ok(match (whole, already_so) {
            (true, _) => End::Done,
            (false, true) => End::Partly,
            (false, false) => End::Failed,
        });
    }
    let Some(confirmation) = confirmation(plan, consent)? else {
        return Ok(End::Braked);
    };
    let run = start(session, plan, confirmation).await?;
    report.not_done = not_done(session, &run).await?;
    if !session.json {
        tell(&run, &report.not_done);
    }
    let held_back = report
        .items
        .iter()
        .any(|item| item.left_out || matches!(item.group, Group::Held | Group::Blocked));
    let missed =
        run.status == RunStatus::Paused || run.held + run.failed + run.unknown + run.cancelled > 0;
    let end = match (missed || held_back || !whole, run.done + run.same > 0) {
        (false, _) => End::Done,
        (true, true) => End::Partly,
        (true, false) => End::Failed,
    };
    report.run = Some(run);
    Ok(end)
}

async fn start(session: &Session, plan: &Plan, confirmation: Confirmation) -> Outcome<Run> {
    let id = plan.id;
    let run = session
        .off(move |engine| engine.start_run(id, confirmation))
        .await?
        .id;
    follow(session, run).await
}

/// Waits until a run is done or waits for a person. Interrupting cancels it.
pub async fn follow(session: &Session, run: RunId) -> Outcome<Run> {
    let interrupted = {
        let engine = session.engine.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok()
                && let Err(error) = engine.cancel_run(run)
            {
                eprintln!("{error}");
            }
        })
    };
    let finished = session.engine.finish_run(run).await;
    interrupted.abort();
    session.progress.clear();
    Ok(finished?)
}

async fn items(session: &Session, plan: &Plan) -> Outcome<Vec<PlanItem>> {
    let mut items = Vec::new();
    for group in &plan.groups {
        let mut start = 0;
        loop {
            let (id, group) = (plan.id, group.group);
            let page = session
                .off(move |engine| engine.plan_page(id, group, start, PAGE))
                .await?;
            start += page.items.len() as u32;
            let last = page.items.is_empty() || start >= page.total;
            items.extend(page.items);
            if last {
                break;
            }
        }
    }
    Ok(items)
}

/// What a run left undone, item by item.
pub async fn not_done(session: &Session, run: &Run) -> Outcome<Vec<RunItem>> {
    let mut items = Vec::new();
    let states = [
        (ItemState::Failed, run.failed),
        (ItemState::Unknown, run.unknown),
        (ItemState::Held, run.held),
        (ItemState::Cancelled, run.cancelled),
    ];
    for (state, _) in states.into_iter().filter(|(_, number)| *number > 0) {
        let mut start = 0;
        loop {
            let id = run.id;
            let page = session
                .off(move |engine| engine.run_page(id, Some(state), start, PAGE))
                .await?;
            start += page.items.len() as u32;
            let last = page.items.is_empty() || start >= page.total;
            items.extend(page.items);
            if last {
                break;
            }
        }
    }
    Ok(items)
}

fn show(plan: &Plan, items: &[PlanItem], refused: &[Refusal]) {
    output::line(&plan.sentence);
    for item in items.iter().take(SHOWN) {
        let reason = item
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(" ({reason})"));
        output::line(&format!("  {}{reason}", item.sentence));
    }
    if items.len() > SHOWN {
        output::line(&format!(
            "  and {} more; --json lists all",
            output::count((items.len() - SHOWN) as u32)
        ));
    }
    for refusal in refused {
        eprintln!("{}: {}", refusal.name, refusal.message);
    }
    if refused
        .iter()
        .any(|refusal| refusal.code == RefusalCode::UnknownOption)
    {
        eprintln!("To make a new segment of it, add: --create-segment");
    }
    for sentence in &plan.irreversible {
        output::line(sentence);
    }
    for brake in &plan.brakes {
        let word = match brake.level {
            BrakeLevel::Warn => "note",
            BrakeLevel::Stop | BrakeLevel::StopWithReason => "brake",
        };
        eprintln!("{word}  {}", brake.message);
    }
}

pub fn tell(run: &Run, not_done: &[RunItem]) {
    match &run.sentence {
        Some(sentence) => output::line(sentence),
        None => output::line(&format!("{}: {} done.", run.title, people(run.done))),
    }
    if let (RunStatus::Paused, Some(why)) = (run.status, &run.why) {
        eprintln!("{why}");
        eprintln!("To go on: muster runs resume. To end it here: muster runs cancel.");
    }
    for item in not_done {
        let why = item.why.as_deref().unwrap_or("not done");
        eprintln!("  {}: {why}", item.name);
    }
}
