//! The real window over a real mirror, drawn in software on a display in memory: launch, keystrokes, scrolling, memory.

use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::{
    company::TOKEN,
    desktop::{Desktop, Look, Window, acts::button, role, until},
};
use thirtyfour::Key;

use crate::measure::{Samples, Service, figure, row};

/// Typed one key after the other, each beginning with an emptied box.
const TYPED: [&str; 8] = [
    "muller", "sales ma", "ana ruiz", "иван", "o'brien", "1042", "@exam", "zoë",
];
const LAUNCHES: usize = 5;
const STEPS: usize = 300;
/// A point in the table, in a window of 1280 by 800 at the screen's corner.
const TABLE: (u32, u32) = (640, 450);
/// A frame at sixty a second; a fast hand turns no wheel faster.
const FRAME: Duration = Duration::from_millis(16);
/// A sync of a million behind the window.
const SYNC: Duration = Duration::from_secs(600);

pub async fn bench(people: u32) -> Result<()> {
    let empty = without_connection().await?;
    let desktop = Desktop::start().await?;
    // It stays for as long as the window: each launch syncs behind the rows that it shows first.
    let service = Service::start(people, 0)?;
    muster(
        &desktop,
        &["connections", "add", "Bench", "--url", &service.url],
    )?;
    muster(&desktop, &["sync", "--connection", "Bench"])?;
    let bench = Bench {
        people,
        large: people > 300_000,
    };
    bench.launches(&desktop).await?;

    let window = desktop.launch(Look::Light).await?;
    window.resize(1280, 800).await?;
    window.wait_for_people().await?;
    until("the sync behind the window to end", SYNC, async || {
        Ok(window.page_text().await?.contains("Synced").then_some(()))
    })
    .await?;
    window.run(include_str!("window.js"), &[]).await?;
    let idle = frames(&window, async || {
        tokio::time::sleep(Duration::from_secs(3)).await;
        Ok(())
    })
    .await?;
    bench.keystrokes(&window, &idle).await?;
    bench.wheel(&desktop, &window, &idle).await?;
    bench.memory(&window, &empty)?;
    bench.reaches(&window).await?;
    window.quit().await
}

/// What the window takes by itself.
async fn without_connection() -> Result<Resident> {
    let desktop = Desktop::start().await?;
    let window = desktop.launch(Look::Light).await?;
    window.find(&button("Open the sample company")).await?;
    let resident = Resident::of(window.process_id()?)?;
    window.quit().await?;
    Ok(resident)
}

struct Bench {
    people: u32,
    /// At a million.
    large: bool,
}

impl Bench {
    fn name(&self, what: &str) -> String {
        format!("{what}, {} people", self.people)
    }

    /// From the start of the process to the frame after the first rows were filled. The launch after a sync from the
    /// command line has none kept, and reads everybody first: it is told beside the others.
    async fn launches(&self, desktop: &Desktop) -> Result<()> {
        let unprepared = launch(desktop).await?;
        let mut samples = Samples::default();
        let mut page = Samples::default();
        let mut answered = Samples::default();
        for _ in 0..LAUNCHES {
            let launch = launch(desktop).await?;
            samples.add(milliseconds(launch.first_rows));
            page.add(milliseconds(launch.page));
            answered.add(milliseconds(launch.answered));
        }
        let bar = if self.large { 3_500.0 } else { 1_200.0 };
        row(
            &self.name("launch to first rows from the mirror"),
            &samples,
            json!({
                "of it until the page begins to load": page.figures(),
                "until everybody is read and a question is answered": answered.figures(),
                "after a sync from the command line, ms": unprepared.first_rows,
            }),
            &format!("p95 at most {bar} ms"),
            samples.percentile(0.95) <= bar,
        );
        Ok(())
    }

    /// From the key to the frame that shows the last of what it changed in the rows.
    async fn keystrokes(&self, window: &Window, idle: &Samples) -> Result<()> {
        let mut samples = Samples::default();
        let mut echo = Samples::default();
        let search = role("combobox").named("Search people, or type a command");
        for text in TYPED {
            window.press(&search).await?;
            window.keys(&[Key::Control], 'a').await?;
            window.keys(&[], Key::Delete).await?;
            quiet(window).await?;
            for key in text.chars() {
                window.keys(&[], key).await?;
                let told = quiet(window).await?;
                // A blank at the end of a word changes nothing.
                if let Some(painted) = told["painted"].as_f64() {
                    samples.add(milliseconds(painted));
                }
                echo.add(milliseconds(
                    told["echo"]
                        .as_f64()
                        .context("every key has a next frame")?,
                ));
            }
        }
        window.press(&search).await?;
        window.keys(&[Key::Control], 'a').await?;
        window.keys(&[], Key::Delete).await?;
        quiet(window).await?;
        ensure!(samples.count() > 30, "nearly every key changes the rows");
        let bar = if self.large { 110.0 } else { 60.0 };
        row(
            &self.name("keystroke to painted rows"),
            &samples,
            json!({
                "key to the next frame, whatever is in it": echo.figures(),
                "frames while nothing happens": idle.figures(),
            }),
            &format!("p95 at most {bar} ms"),
            samples.percentile(0.95) <= bar,
        );
        Ok(())
    }

    /// The time between frames while the wheel turns.
    async fn wheel(&self, desktop: &Desktop, window: &Window, idle: &Samples) -> Result<()> {
        let samples = frames(window, async || desktop.turn_wheel(TABLE, STEPS, FRAME)).await?;
        let first = window.rows().await?.first().map_or(0, |row| row.number);
        // Rows scrolled past: fewer than the steps mean that the wheel did nothing.
        let scrolled = first > STEPS as u64;
        row(
            &self.name("frames while the wheel turns 300 steps"),
            &samples,
            json!({ "frames while nothing happens": idle.figures(), "first row at the end": first }),
            "p95 at most 34 ms",
            scrolled && samples.percentile(0.95) <= 34.0,
        );
        Ok(())
    }

    /// The page at 200%: the last row by keys, and by pulling the scrollbar to its end.
    async fn reaches(&self, window: &Window) -> Result<()> {
        window.zoom_to_double().await?;
        let mut reached = Vec::new();
        for end in ["keys", "scrollbar"] {
            window
                .run("document.querySelector('[role=grid]').focus()", &[])
                .await?;
            window.keys(&[Key::Control], Key::Home).await?;
            self.row_is_there(window, 1).await?;
            if end == "keys" {
                window.keys(&[Key::Control], Key::End).await?;
            } else {
                let script = "const grid = document.querySelector('[role=grid]'); grid.scrollTop = grid.scrollHeight";
                window.run(script, &[]).await?;
            }
            self.row_is_there(window, u64::from(self.people)).await?;
            reached.push(end);
        }
        figure(
            &self.name("the last row, the page at 200%"),
            f64::from(self.people),
            "row",
            json!({ "reached by": reached }),
            "reached",
            reached.len() == 2,
        );
        Ok(())
    }

    async fn row_is_there(&self, window: &Window, number: u64) -> Result<()> {
        until(
            &format!("row {number}"),
            Duration::from_secs(20),
            async || {
                let rows = window.rows().await?;
                Ok(rows.iter().any(|row| row.number == number).then_some(()))
            },
        )
        .await
    }

    /// What is in memory for the sake of the people: the window by itself, with the web view's and the system's libraries,
    /// takes as much without anybody.
    fn memory(&self, window: &Window, empty: &Resident) -> Result<()> {
        let id = window.process_id()?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = kilobytes(peak.context("the system says the most there was")?)? / 1_000.0;
        let now = Resident::of(id)?;
        let bar = if self.large { 900.0 } else { 150.0 };
        let own = now.whole - empty.whole;
        figure(
            &self.name("memory of the muster process beyond the web view's"),
            own,
            "MB",
            json!({
                "peak of the whole MB": peak,
                "the whole": now.parts(),
                "of it the web view's, a window without any connection": empty.parts(),
            }),
            &format!("at most {bar} MB"),
            own <= bar,
        );
        Ok(())
    }
}

/// Milliseconds since the start of the process.
struct Launch {
    page: f64,
    first_rows: f64,
    answered: f64,
}

async fn launch(desktop: &Desktop) -> Result<Launch> {
    let window = desktop.launch(Look::Light).await?;
    let began = started(window.process_id()?)?;
    window.wait_for_people().await?;
    // Asked of the engine, past the page: it answers when everybody is read.
    let answered = window
        .run_until_called(
            "const query = { search: '', filters: [], sort: [], pile: null };
            window.__TAURI_INTERNALS__.invoke('open_view', { id: 1, query })
                .then(() => arguments[0](performance.timeOrigin + performance.now()))",
            &[],
        )
        .await?;
    let told = until("the mark of the first rows", SYNC, async || {
        let script = "const [mark] = performance.getEntriesByName('first rows');
            return mark ? [performance.timeOrigin, performance.timeOrigin + mark.startTime] : null";
        Ok(window.run(script, &[]).await?.as_array().cloned())
    })
    .await?;
    window.quit().await?;
    let since = |time: Option<&Value>| -> Result<f64> {
        Ok(time
            .and_then(Value::as_f64)
            .context("a time in milliseconds")?
            - began)
    };
    Ok(Launch {
        page: since(told.first())?,
        first_rows: since(told.get(1))?,
        answered: since(Some(&answered))?,
    })
}

/// What of a process is in memory, MB.
struct Resident {
    whole: f64,
    /// Pages of the web view's own libraries, which its processes share.
    web_view: f64,
    /// Pages of other files.
    files: f64,
    anonymous: f64,
    /// With each shared page divided among those who share it.
    proportional: f64,
}

impl Resident {
    /// From proc(5), `smaps`.
    fn of(id: u32) -> Result<Self> {
        let maps = std::fs::read_to_string(format!("/proc/{id}/smaps"))?;
        let mut sum = Self {
            whole: 0.0,
            web_view: 0.0,
            files: 0.0,
            anonymous: 0.0,
            proportional: 0.0,
        };
        let (mut file, mut resident) = ("", 0.0);
        for line in maps.lines() {
            if let Some(amount) = line.strip_prefix("Rss:") {
                resident = kilobytes(amount)? / 1_000.0;
                sum.whole += resident;
            } else if let Some(amount) = line.strip_prefix("Pss:") {
                sum.proportional += kilobytes(amount)? / 1_000.0;
            } else if let Some(amount) = line.strip_prefix("Anonymous:") {
                let anonymous = kilobytes(amount)? / 1_000.0;
                sum.anonymous += anonymous;
                let of_file = resident - anonymous;
                if file.contains("libwebkit2gtk") || file.contains("libjavascriptcoregtk") {
                    sum.web_view += of_file;
                } else {
                    sum.files += of_file;
                }
            } else if line
                .split_whitespace()
                .next()
                .is_some_and(|word| !word.ends_with(':'))
            {
                // The head of a mapping: its addresses, rights, place, device, number and file.
                file = line.split_whitespace().nth(5).unwrap_or_default();
            }
        }
        Ok(sum)
    }

    fn parts(&self) -> Value {
        json!({
            "MB": self.whole,
            "not of any file": self.anonymous,
            "pages of the web view's libraries": self.web_view,
            "pages of other files": self.files,
            "with shared pages divided among those who share them": self.proportional,
        })
    }
}

fn kilobytes(amount: &str) -> Result<f64> {
    let number = amount.split_whitespace().next();
    Ok(number.context("an amount")?.parse()?)
}

/// Runs the executable on the command line and waits for its end.
fn muster(desktop: &Desktop, words: &[&str]) -> Result<()> {
    let mut command: Command = desktop.muster()?;
    let output = command.args(words).env("MUSTER_TOKEN", TOKEN).output()?;
    ensure!(
        output.status.success(),
        "muster {} ended with {}: {}",
        words.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// What the page saw of the last key, once nothing has changed for a while.
async fn quiet(window: &Window) -> Result<Value> {
    window
        .run_until_called("window.measured.quiet(arguments[0])", &[])
        .await
}

/// The time between the frames that the page draws while something is done.
async fn frames(window: &Window, work: impl AsyncFnOnce() -> Result<()>) -> Result<Samples> {
    window.run("window.measured.beginFrames()", &[]).await?;
    work().await?;
    let told = window
        .run("return window.measured.endFrames()", &[])
        .await?;
    let mut samples = Samples::default();
    for frame in told.as_array().context("a list of times")? {
        samples.add(milliseconds(frame.as_f64().context("a time")?));
    }
    Ok(samples)
}

fn milliseconds(value: f64) -> Duration {
    Duration::from_secs_f64((value / 1_000.0).max(0.0))
}

/// When a process began, in milliseconds since 1970: proc(5) says it in hundredths of a second since the machine began.
fn started(id: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, rest) = stat.rsplit_once(')').context("a name in brackets")?;
    // The 22nd field of all, and the 20th after the name.
    let ticks: f64 = rest
        .split_whitespace()
        .nth(19)
        .context("a start time")?
        .parse()?;
    let uptime = std::fs::read_to_string("/proc/uptime")?;
    let uptime: f64 = uptime
        .split_whitespace()
        .next()
        .context("the time since the start")?
        .parse()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    Ok((now - uptime + ticks / 100.0) * 1_000.0)
}
