//! The command line: the same engine without the window.

mod apply;
mod change;
mod connections;
mod consent;
mod dormant;
mod evidence;
mod history;
mod output;
mod people;
mod plan;
mod progress;
mod protect;
mod runs;
mod session;
mod sync;
mod who;

use std::{ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};
use serde_json::json;

use self::session::Session;
use crate::logging;

/// A desktop directory manager for people who run Workday Peakon Employee Voice. Without arguments the
/// window opens.
#[derive(Debug, Parser)]
#[command(name = "muster", version, after_help = AFTER_HELP)]
pub struct Arguments {
    /// Answer with one JSON object on stdout
    #[arg(long, global = true)]
    json: bool,
    /// Leave the keychain alone; the token is taken from MUSTER_TOKEN each time
    #[arg(long, global = true)]
    no_keychain: bool,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  failed; nothing was changed that is not said
  2  usage
  3  partly done: some people were not found, or some changes were held, failed or cancelled
  4  stopped by a brake: nothing was sent

Environment:
  MUSTER_DATA_DIR  where all local data is kept
  MUSTER_TOKEN     the token, for a connection whose token is not in the keychain";

#[derive(Debug, Subcommand)]
enum Command {
    /// The services Muster is connected to
    #[command(subcommand)]
    Connections(connections::Command),
    /// Bring the local copy of a directory up to date
    Sync(sync::Arguments),
    /// List people from the local copy
    People(people::Arguments),
    /// Give people a value of one attribute
    Set(change::Set),
    /// Deactivate people, by the connection's leaver policy
    Deactivate(change::Deactivate),
    /// Write down what would be done, for review and muster apply; nothing is sent
    Plan(plan::Arguments),
    /// Carry out a plan kept in a file
    Apply(apply::Arguments),
    /// Keep people from being deactivated or deleted together with others
    Protect(protect::Arguments),
    /// Who is dormant, by which evidence
    Dormant(dormant::Dormant),
    /// Write a plan that frees the seats of the dormant; nothing is sent
    Reclaim(dormant::Reclaim),
    /// Plans being carried out: see them, go on after a pause, end one early
    #[command(subcommand)]
    Runs(runs::Command),
    /// Activity files: who was seen when
    #[command(subcommand)]
    Evidence(evidence::Command),
    /// What Muster changed, and what it saw others change
    #[command(subcommand)]
    History(history::Command),
    /// Serve the sample company until killed
    Sandbox(sandbox::cli::Arguments),
}

/// How a command ended, short of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Partly,
    Failed,
    Braked,
}

/// How a command did not end well.
#[derive(Debug)]
enum Trouble {
    /// The way it was asked for can't be right.
    Usage(String),
    Engine(engine::Error),
}

impl From<engine::Error> for Trouble {
    fn from(error: engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl Trouble {
    fn failed(message: impl Into<String>) -> Self {
        Self::Engine(engine::Error::new(engine::Code::Failed, message))
    }
}

type Outcome<T = End> = Result<T, Trouble>;

/// `None` when there is nothing but the program's name: then the window is meant.
pub fn parse() -> Option<Arguments> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    (arguments.len() > 1).then(|| Arguments::parse_from(arguments))
}

pub fn run(arguments: Arguments) -> ExitCode {
    logging::to_terminal();
    let json = arguments.json;
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!(
                "Muster could not start its background threads: {error}. Close other programs and try again."
            );
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(carry_out(arguments));
    // A keychain that waits for its owner must not keep the terminal waiting.
    runtime.shutdown_background();
    match outcome {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Failed) => ExitCode::from(1),
        Ok(End::Partly) => ExitCode::from(3),
        Ok(End::Braked) => ExitCode::from(4),
        Err(Trouble::Usage(message)) => {
            complain(json, "usage", &message, None);
            ExitCode::from(2)
        }
        Err(Trouble::Engine(error)) => {
            let code = match serde_json::to_value(error.code) {
                Ok(serde_json::Value::String(code)) => code,
                _ => "failed".to_owned(),
            };
            complain(json, &code, &error.message, error.detail.as_deref());
            ExitCode::from(if error.code == engine::Code::Brake {
                4
            } else {
                1
            })
        }
    }
}

async fn carry_out(arguments: Arguments) -> Outcome {
    // It keeps no data of Muster's.
    if let Command::Sandbox(sandbox) = arguments.command {
        return sandbox::cli::run(sandbox)
            .await
            .map(|()| End::Done)
            .map_err(|error| {
                Trouble::failed(format!("The sample company could not be served: {error}."))
            });
    }
    let session = Session::open(arguments.json, arguments.no_keychain)?;
    match arguments.command {
        Command::Connections(command) => connections::run(&session, command).await,
        Command::Sync(arguments) => sync::run(&session, arguments).await,
        Command::People(arguments) => people::run(&session, arguments).await,
        Command::Set(arguments) => change::set(&session, arguments).await,
        Command::Deactivate(arguments) => change::deactivate(&session, arguments).await,
        Command::Plan(arguments) => plan::run(&session, arguments).await,
        Command::Apply(arguments) => apply::run(&session, arguments).await,
        Command::Protect(arguments) => protect::run(&session, arguments).await,
        Command::Dormant(arguments) => dormant::dormant(&session, arguments).await,
        Command::Reclaim(arguments) => dormant::reclaim(&session, arguments).await,
        Command::Runs(command) => runs::run(&session, command).await,
        Command::Evidence(command) => evidence::run(&session, command).await,
        Command::History(command) => history::run(&session, command).await,
        Command::Sandbox(_) => unreachable!("BUG: served above"),
    }
}

fn complain(json: bool, code: &str, message: &str, detail: Option<&str>) {
    if json {
        output::json(&json!({ "error": { "code": code, "message": message, "detail": detail } }));
    }
    eprintln!("{message}");
    if let Some(detail) = detail {
        eprintln!("  {}", crate::redaction::redacted(detail));
    }
}
