//! The sample company from the command line, for the program `sandbox` and for `muster sandbox`.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::{Profile, Settings, evidence, start};

/// Serves invented people over SCIM on this machine. The token is read from MUSTER_TOKEN, or from the first line of stdin.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// How many people work there
    #[arg(long, default_value_t = 5_000, value_name = "N")]
    pub people: u32,
    /// The same seed is the same company
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// Where to listen on 127.0.0.1; 0 takes a free port
    #[arg(long, default_value_t = 0, value_name = "P")]
    pub port: u16,
    /// Whom the service resembles
    #[arg(long, value_enum, default_value_t = Profile::Peakon)]
    pub profile: Profile,
    /// Milliseconds before each answer
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pub latency: u64,
    /// The day it is there, such as 2026-11-23; otherwise it is today
    #[arg(long, value_name = "DATE")]
    pub today: Option<Date>,
    /// Write activity files that go with the company into this folder first, with the truth they were made from
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
    /// Keep what is written in this file
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
}

/// Serves until the process is killed or interrupted; prints `READY` and the SCIM address once it listens.
///
/// # Errors
/// There is no token, the port is taken, or the state file cannot be used.
pub async fn run(arguments: Arguments) -> io::Result<()> {
    if let Some(folder) = &arguments.evidence {
        let today = arguments
            .today
            .unwrap_or_else(|| TimeZone::UTC.to_datetime(Timestamp::now()).date());
        write_evidence(folder, arguments.people, arguments.seed, today)?;
    }
    let settings = Settings {
        people: arguments.people,
        seed: arguments.seed,
        port: arguments.port,
        profile: arguments.profile,
        latency: Duration::from_millis(arguments.latency),
        token: token()?,
        state: arguments.state,
        today: arguments.today,
    };
    let running = start(settings).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "READY {}", running.url())?;
    out.flush()?;
    drop(out);
    tokio::signal::ctrl_c().await?;
    running.stop().await;
    Ok(())
}

fn write_evidence(folder: &Path, people: u32, seed: u64, today: Date) -> io::Result<()> {
    let truth = evidence::write(folder, people, seed, today)?;
    let mut out = io::stdout().lock();
    for file in truth.files {
        writeln!(
            out,
            "EVIDENCE {} ({} rows)",
            folder.join(&file.name).display(),
            file.rows
        )?;
    }
    Ok(())
}

fn token() -> io::Result<String> {
    if let Ok(token) = std::env::var("MUSTER_TOKEN")
        && !token.trim().is_empty()
    {
        return Ok(token.trim().to_owned());
    }
    let mut line = String::new();
    if !io::stdin().is_terminal() {
        io::stdin().lock().read_line(&mut line)?;
    }
    match line.trim() {
        "" => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a token is needed: give one on stdin or in MUSTER_TOKEN",
        )),
        token => Ok(token.to_owned()),
    }
}
