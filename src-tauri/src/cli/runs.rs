//! `muster runs`: plans being carried out, gone on with after a pause, a crash or a pilot.

use clap::Subcommand;
use engine::changes::run::{Run, RunStatus};
use serde::Serialize;
use serde_json::json;

use super::{
    End, Outcome, Trouble, change,
    output::{self, count},
    session::Session,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The latest runs, newest first
    List(Which),
    /// Go on with the run that is not finished
    Resume(Which),
    /// End the run that is not finished; what was not sent goes back to the draft it came from
    Cancel(Which),
}

#[derive(Debug, clap::Args)]
pub struct Which {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
}

pub async fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::List(which) => list(session, which).await,
        Command::Resume(which) => go_on(session, which, true).await,
        Command::Cancel(which) => go_on(session, which, false).await,
    }
}

async fn list(session: &Session, which: Which) -> Outcome {
    let id = session.connection(which.connection.as_deref()).await?.id;
    let runs = session.off(move |engine| engine.runs(id)).await?;
    if session.json {
        output::json(&json!({ "runs": runs }));
        return Ok(End::Done);
    }
    let rows: Vec<Vec<String>> = runs
        .iter()
        .map(|run| {
            vec![
                run.started_at.clone(),
                word(run.status).to_owned(),
                format!("{} of {}", count(run.done + run.same), count(run.total)),
                run.title.clone(),
            ]
        })
        .collect();
    output::table(&["Started", "State", "Done", "What"], &rows);
    Ok(End::Done)
}

#[derive(Debug, Serialize)]
struct Report {
    run: Run,
    not_done: Vec<engine::changes::run::RunItem>,
}

async fn go_on(session: &Session, which: Which, resume: bool) -> Outcome {
    let id = session.reachable(which.connection.as_deref()).await?.id;
    let open = session
        .off(move |engine| engine.runs(id))
        .await?
        .into_iter()
        .find(|run| matches!(run.status, RunStatus::Running | RunStatus::Paused))
        .ok_or_else(|| Trouble::failed("There is no unfinished run on this connection."))?
        .id;
    session
        .off(move |engine| match resume {
            true => engine.resume_run(open),
            false => engine.cancel_run(open),
        })
        .await?;
    let run = change::follow(session, open).await?;
    let not_done = change::not_done(session, &run).await?;
    let end = match (&run.status, run.held + run.failed + run.unknown) {
        (RunStatus::Done, 0) => End::Done,
        // Everything that can be cancelled was, as asked for.
        (RunStatus::Cancelled, 0) if !resume => End::Done,
        _ => End::Partly,
    };
    if session.json {
        output::json(&Report { run, not_done });
    } else {
        change::tell(&run, &not_done);
    }
    Ok(end)
}

fn word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "running",
        RunStatus::Paused => "paused",
        RunStatus::Done => "done",
        RunStatus::Cancelled => "cancelled",
    }
}
