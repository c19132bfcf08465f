//! `carry_out FOLDER`: carries out what is staged in a data folder, or goes on with what was begun, in a process of its
//! own that a test may end at any moment. Prints the run as JSON.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use engine::{
    Engine,
    changes::run::{Run, RunStatus},
};
use tests::{
    company::{plain_ports, token},
    crowd::agreed,
};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(run) => {
            println!("{}", serde_json::to_string(&run).unwrap_or_default());
            match run.status {
                RunStatus::Done => ExitCode::SUCCESS,
                RunStatus::Running | RunStatus::Paused | RunStatus::Cancelled => ExitCode::from(3),
            }
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Run> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("a folder")?);
    let engine = Engine::open(&folder, plain_ports())?;
    let connection = engine.connections()?.first().context("a connection")?.id;
    engine.lend_token(connection, token())?;
    let unfinished = engine
        .runs(connection)?
        .into_iter()
        .find(|run| matches!(run.status, RunStatus::Running | RunStatus::Paused));
    let run = match unfinished {
        Some(run) => engine.resume_run(run.id)?,
        None => {
            let plan = engine.make_plan(connection)?;
            engine.start_run(plan.id, agreed(&plan))?
        }
    };
    Ok(engine.finish_run(run.id).await?)
}
