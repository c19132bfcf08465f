//! What happens to the process itself: ended at any moment, or with nowhere left to write.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use engine::{changes::run::Run, ids::ConnectionId};
use serde_json::{Value, json};
use tests::{company::Company, crowd::Crowd};

use super::Outcome;

pub(super) fn hand(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carry_out"));
    command
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// SIGKILL on Unix: nothing of it runs any more.
pub(super) fn kill(mut child: Child) -> Outcome {
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// The run, brought to its end by one more process.
pub(super) async fn brought_to_its_end(company: &Company, id: ConnectionId) -> anyhow::Result<Run> {
    let status = hand(company.folder.path()).status()?;
    ensure!(
        status.success(),
        "the last process ends by itself: {status}"
    );
    company
        .another_engine()?
        .open_run(id)?
        .context("the run is remembered")
}

/// Splitmix64: the same moments every time.
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut roll = self.0;
        roll = (roll ^ (roll >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        roll = (roll ^ (roll >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (roll ^ (roll >> 31)) % most
    }
}

/// Twenty processes, each ended at a random moment, and one that brings the run to its end.
async fn killed_twenty_times(seed: u64) -> Outcome {
    let crowd = Crowd::new().await?;
    let mut dice = Dice(seed);
    for _ in 0..20 {
        // From this request on no answer comes, so that a busy machine can't let the process get to its end
        // before it is ended; half of the time the request has had its effect.
        let nth = 1 + dice.up_to(110);
        let silent = match dice.up_to(2) {
            0 => json!({ "nth": nth, "count": 0, "delay": 60_000, "drop": "before" }),
            _ => json!({ "nth": nth, "count": 0, "delayAnswer": 60_000 }),
        };
        crowd.company.fail(json!([silent])).await?;
        let mut child = hand(crowd.company.folder.path()).spawn()?;
        until_it_struck(&crowd.company, &mut child).await?;
        kill(child)?;
        crowd.company.no_faults().await?;
    }
    let run = brought_to_its_end(&crowd.company, crowd.id).await?;
    let log = crowd.log().await?;
    crowd
        .check(&run, &BTreeMap::new(), &log)
        .await
        .with_context(|| format!("seed {seed}"))
}

/// One process that is ended where it is nearly through, then some at moments of the clock, wherever they are by
/// then.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_times_near_the_end() -> Outcome {
    let crowd = Crowd::new().await?;
    crowd
        .company
        .fail(json!([{ "method": "PATCH", "nth": 1_900, "count": 0, "delayAnswer": 60_000 }]))
        .await?;
    let mut child = hand(crowd.company.folder.path()).spawn()?;
    until_it_struck(&crowd.company, &mut child).await?;
    kill(child)?;
    crowd.company.no_faults().await?;
    // None gets to its end: the last page of any listing is late.
    let late = json!({ "method": "GET", "query": "startIndex=2501", "count": 0, "delay": 2_000 });
    let mut dice = Dice(7);
    for _ in 0..8 {
        crowd.company.fail(late.clone()).await?;
        let mut child = hand(crowd.company.folder.path()).spawn()?;
        let moment = Duration::from_millis(30 + dice.up_to(900));
        let begun = Instant::now();
        while begun.elapsed() < moment && child.try_wait()?.is_none() {
            tokio::task::yield_now().await;
        }
        kill(child)?;
        crowd.company.no_faults().await?;
    }
    let run = brought_to_its_end(&crowd.company, crowd.id).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_twenty_random_moments() -> Outcome {
    killed_twenty_times(1).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_twenty_other_random_moments() -> Outcome {
    killed_twenty_times(2).await
}

fn database(crowd: &Crowd) -> anyhow::Result<rusqlite::Connection> {
    Ok(rusqlite::Connection::open(
        crowd.company.folder.path().join("muster.db"),
    )?)
}

/// A statement inside the transaction that takes longer than anybody waits.
fn hang(crowd: &Crowd, on: &str) -> Outcome {
    database(crowd)?.execute_batch(&format!(
        "CREATE TRIGGER hang {on} BEGIN
             SELECT count(*) FROM run_items a, run_items b, run_items c, run_items d;
         END"
    ))?;
    Ok(())
}

/// Until a transaction of the other process does not end any more.
fn until_it_hangs(crowd: &Crowd, child: &mut Child) -> Outcome {
    let file = database(crowd)?;
    file.busy_timeout(Duration::ZERO)?;
    let mut since = Instant::now();
    while since.elapsed() < Duration::from_millis(700) {
        ensure!(child.try_wait()?.is_none(), "it ended before this step");
        if file.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok() {
            since = Instant::now();
        }
        std::thread::yield_now();
    }
    Ok(())
}

/// Until the armed fault has struck.
pub(super) async fn until_it_struck(company: &Company, child: &mut Child) -> Outcome {
    loop {
        ensure!(child.try_wait()?.is_none(), "it ended before this step");
        let armed = company.control("GET", "/faults", None).await?;
        let nth = armed[0]["fault"]["nth"].as_u64().unwrap_or(1);
        if armed[0]["matched"].as_u64().unwrap_or(0) >= nth {
            return Ok(());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_each_step_of_the_journal() -> Outcome {
    enum Step {
        /// Inside the transaction.
        Writing(&'static str),
        /// While the service has the request.
        Asking(Value),
    }
    let crowd = Crowd::new().await?;
    let steps = [
        (
            "half of it journalled",
            Step::Writing("AFTER INSERT ON run_items WHEN NEW.position = 1000"),
        ),
        (
            "everything journalled, nothing compared",
            Step::Asking(json!({ "method": "GET", "delay": 60_000 })),
        ),
        (
            "marking an item as being sent",
            Step::Writing("AFTER UPDATE ON run_items WHEN NEW.state = 'sending'"),
        ),
        (
            "sent, and not there yet",
            Step::Asking(
                json!({ "method": "PATCH", "nth": 40, "delay": 60_000, "drop": "before" }),
            ),
        ),
        (
            "had its effect, and the answer is on its way",
            Step::Asking(json!({ "method": "PATCH", "nth": 40, "delayAnswer": 60_000 })),
        ),
        (
            "answered, and writing that down",
            Step::Writing(
                "AFTER UPDATE ON run_items WHEN NEW.state = 'sent' AND OLD.position % 50 = 7",
            ),
        ),
        (
            "settling what was unknown",
            Step::Writing(
                "AFTER UPDATE ON run_items WHEN OLD.state = 'unknown' AND NEW.state <> 'unknown'",
            ),
        ),
        (
            "all sent, half of the reading back",
            Step::Asking(
                json!({ "method": "GET", "query": "startIndex", "nth": 30, "count": 0, "delay": 60_000 }),
            ),
        ),
        (
            "settling what was read back",
            Step::Writing(
                "AFTER UPDATE ON run_items WHEN NEW.state = 'done'
                 AND (SELECT count(*) FROM run_items WHERE state = 'sent') < 500",
            ),
        ),
        (
            "ending the run",
            Step::Writing("AFTER UPDATE ON runs WHEN NEW.state = 'done'"),
        ),
    ];
    for (what, step) in steps {
        if let Step::Writing(on) = &step {
            hang(&crowd, on)?;
        }
        if let Step::Asking(fault) = &step {
            crowd.company.fail(json!([fault])).await?;
        }
        let mut child = hand(crowd.company.folder.path()).spawn()?;
        match &step {
            Step::Writing(_) => until_it_hangs(&crowd, &mut child),
            Step::Asking(_) => until_it_struck(&crowd.company, &mut child).await,
        }
        .context(what)?;
        kill(child)?;
        crowd.company.no_faults().await?;
        database(&crowd)?.execute_batch("DROP TRIGGER IF EXISTS hang")?;
    }
    let run = brought_to_its_end(&crowd.company, crowd.id).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}

/// The system refuses to let any file grow beyond so many blocks of 512 bytes (POSIX), as a full disk does.
#[cfg(unix)]
fn hand_with_room(folder: &Path, blocks: u64) -> anyhow::Result<std::process::Output> {
    // Without the trap the signal would end the process instead.
    let script = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$@\"";
    Ok(Command::new("sh")
        .args(["-c", script, "sh", &blocks.to_string()])
        .arg(env!("CARGO_BIN_EXE_carry_out"))
        .arg(folder)
        .env("POSIXLY_CORRECT", "1")
        .output()?)
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_half_way() -> Outcome {
    let crowd = Crowd::new().await?;
    let folder: PathBuf = crowd.company.folder.path().to_owned();
    let size = std::fs::metadata(folder.join("muster.db"))?.len();
    let mut blocks = size / 512;
    // Ever more room, none of it enough, until something was sent.
    let sent = loop {
        let limited = hand_with_room(&folder, blocks)?;
        let log = crowd.log().await?;
        let said = String::from_utf8_lossy(&limited.stderr).into_owned();
        let sent = log.iter().filter(|entry| entry["applied"] == true).count();
        if limited.status.code() == Some(1) {
            assert!(
                said.contains("room") && said.contains("saved"),
                "where not even the journal can be begun, it says why and what to do: {said}"
            );
            assert!(
                said.contains(&folder.display().to_string()),
                "and where: {said}"
            );
            assert_eq!(sent, 0, "and nothing is sent");
        } else {
            assert_eq!(
                limited.status.code(),
                Some(3),
                "it stops and waits for a person: {said}"
            );
            let stopped: Value = serde_json::from_slice(&limited.stdout)?;
            assert_eq!(
                stopped["status"], "paused",
                "it does not claim to go on: {stopped}"
            );
            let why = stopped["why"].as_str().unwrap_or_default();
            assert!(
                why.contains("room") && why.contains("saved"),
                "it says why and what to do: {why}"
            );
            assert!(
                why.contains(&folder.display().to_string()),
                "and where: {why}"
            );
        }
        if sent > 0 {
            break sent;
        }
        blocks += blocks / 8;
    };
    assert!(sent < 2_000, "half way: {sent}");
    let run = brought_to_its_end(&crowd.company, crowd.id).await?;
    let log = crowd.log().await?;
    crowd.check(&run, &BTreeMap::new(), &log).await
}
