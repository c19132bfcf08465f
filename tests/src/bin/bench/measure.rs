//! Samples, percentiles, rows, and this program again as another process.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Milliseconds, sorted.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn add(&mut self, duration: Duration) {
        self.0.push(duration.as_secs_f64() * 1_000.0);
        self.0.sort_by(f64::total_cmp);
    }

    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        self.add(started.elapsed());
        done
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The smallest sample that `share` of all are not above.
    pub fn percentile(&self, share: f64) -> f64 {
        let place = (self.0.len() as f64 * share).ceil() as usize;
        self.0
            .get(place.saturating_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    }

    pub fn figures(&self) -> Value {
        json!({ "n": self.count(), "p50": self.percentile(0.5), "p95": self.percentile(0.95), "max": self.percentile(1.0) })
    }
}

/// One line.
pub fn row(name: &str, samples: &Samples, comparators: Value, bar: &str, met: bool) {
    println!(
        "{}",
        json!({
            "name": name, "n": samples.count(), "p50": samples.percentile(0.5), "p95": samples.percentile(0.95),
            "max": samples.percentile(1.0), "unit": "ms", "comparators": comparators, "bar": bar, "met": met,
        })
    );
}

/// One line for a figure that is measured once.
pub fn figure(name: &str, value: f64, unit: &str, comparators: Value, bar: &str, met: bool) {
    println!(
        "{}",
        json!({
            "name": name, "n": 1, "p50": value, "p95": value, "max": value, "unit": unit,
            "comparators": comparators, "bar": bar, "met": met,
        })
    );
}

/// The most and the present memory of this process, in MB; `None` where the system does not say.
pub fn memory() -> Option<(f64, f64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let megabytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes / 1_000.0)
    };
    Some((megabytes("VmHWM:")?, megabytes("VmRSS:")?))
}

/// Processor seconds of this process so far, and how many processes wanted a processor in the last minute;
/// `None` where the system does not say.
pub fn effort() -> Option<(f64, f64)> {
    let times = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in brackets, which may hold spaces; ticks are a hundredth of a second.
    let fields: Vec<&str> = times.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    Some((
        (ticks(11)? + ticks(12)?) / 100.0,
        load.split_whitespace().next()?.parse().ok()?,
    ))
}

/// This program under other words.
pub fn this(words: &[&str]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(words);
    Ok(command)
}

/// Runs a command and reads the last line it prints as JSON.
pub fn answer(command: &mut Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("{command:?} ended with {}", output.status);
    }
    let text = String::from_utf8(output.stdout)?;
    let last = text.lines().last().context("a line to be printed")?;
    Ok(serde_json::from_str(last)?)
}

/// A sample company in a process of its own.
pub struct Service {
    child: Child,
    pub port: u16,
    pub url: String,
}

impl Service {
    pub fn start(people: u32, latency: u64) -> Result<Self> {
        let mut child = this(&["serve", &people.to_string(), &latency.to_string()])?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        let mut words = line.split_whitespace().skip(1);
        let port = words.next().context("a port")?.parse()?;
        let url = words.next().context("an address")?.to_owned();
        Ok(Self { child, port, url })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Ended already, at worst.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
