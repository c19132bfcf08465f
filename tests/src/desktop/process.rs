//! A program that the harness starts, whose output goes to a file, and which ends with the value that holds it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// How long a program may take to end when asked, before it is ended.
const GRACE: Duration = Duration::from_secs(3);

pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program with nothing on its standard input; its output and errors go to `log`.
    pub fn start(name: &'static str, command: &mut Command, log: &Path) -> Result<Process> {
        Self::start_with(name, command.stdin(Stdio::null()).stdout(create(log)?), log)
    }

    /// Starts a program that says on its first line of output how it can be reached, and returns that line.
    pub fn start_and_ask(
        name: &'static str,
        command: &mut Command,
        log: &Path,
    ) -> Result<(Process, String)> {
        let mut process = Self::start_with(
            name,
            command.stdin(Stdio::null()).stdout(Stdio::piped()),
            log,
        )?;
        let output = process
            .child
            .stdout
            .take()
            .expect("BUG: the output was piped a line above");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("{name} did not say how to reach it:\n{}", process.said());
        }
        Ok((process, line.trim().to_owned()))
    }

    /// Starts a program that reads `input` to its end before it begins.
    pub fn start_and_tell(
        name: &'static str,
        command: &mut Command,
        input: &[u8],
        log: &Path,
    ) -> Result<Process> {
        let mut process = Self::start_with(
            name,
            command.stdin(Stdio::piped()).stdout(create(log)?),
            log,
        )?;
        let mut stdin = process
            .child
            .stdin
            .take()
            .expect("BUG: the input was piped a line above");
        std::io::Write::write_all(&mut stdin, input)?;
        Ok(process)
    }

    fn start_with(name: &'static str, command: &mut Command, log: &Path) -> Result<Process> {
        let errors = File::options().create(true).append(true).open(log)?;
        let child = command.stderr(errors).spawn().with_context(|| {
            format!("{name} could not be started; `cargo xtask test` installs it")
        })?;
        Ok(Process {
            name,
            child,
            log: log.to_owned(),
        })
    }

    /// An error if the program has ended.
    pub fn still_runs(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended with {status}:\n{}", self.name, self.said()),
        }
    }

    /// What the program wrote, to show beside a failure.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The ids of the programs that this one started, directly or through others.
    pub fn descendants(&self) -> Vec<u32> {
        descendants(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Listed before anything is ended: an orphan can no longer be told from a stranger.
        let mut ids = self.descendants();
        ids.push(self.child.id());
        for id in &ids {
            signal(*id, Signal::TERM);
        }
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            // Reaps the child, so that it no longer counts as alive.
            let _ = self.child.try_wait();
            if !ids.iter().any(|id| runs(*id)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        for id in &ids {
            signal(*id, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn create(log: &Path) -> Result<File> {
    File::options()
        .create(true)
        .append(true)
        .open(log)
        .with_context(|| format!("{} could not be written", log.display()))
}

fn signal(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may have ended by itself between the look and the signal.
        let _ = kill_process(pid, signal);
    }
}

/// Whether a process is there and has not ended. One whose first thread has ended is a zombie already, and still
/// holds its files and sockets until its other threads have.
pub fn runs(id: u32) -> bool {
    let threads = || std::fs::read_dir(format!("/proc/{id}/task")).map_or(0, Iterator::count);
    stat(id).is_some_and(|(state, _)| state != "Z" || threads() > 1)
}

/// Ends a process that nothing here started itself.
pub fn end(id: u32) {
    signal(id, Signal::TERM);
}

/// The command line of a process, or nothing when it has ended.
pub fn command_line(id: u32) -> String {
    let bytes = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

fn descendants(of: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let parents: Vec<(u32, u32)> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|id: u32| Some((id, stat(id)?.1)))
        .collect();
    let mut found = vec![of];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(id, _)| *id),
        );
        next += 1;
    }
    found.split_off(1)
}

/// State and parent of a process, from proc(5). The name before them is in brackets and may hold spaces.
fn stat(id: u32) -> Option<(String, u32)> {
    let line = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut rest = line.rsplit_once(')')?.1.split_whitespace();
    Some((rest.next()?.to_owned(), rest.next()?.parse().ok()?))
}
