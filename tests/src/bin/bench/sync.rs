//! A directory into the mirror, beside a bare loop over the same pages and a client of somebody else's.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result};
use engine::{
    Engine,
    connection::{Colour, NewConnection, ServiceKind, TokenPlace},
};
use futures::{StreamExt, TryStreamExt};
use serde_json::{Value, json};
use tests::company::{TOKEN, control, plain_ports, token};

use crate::measure::{Samples, Service, answer, figure, memory, row, this};

const PAGE: u32 = 100;
/// Pages fetched at the same time, by the engine and by the loop beside it.
const AHEAD: u32 = 4;
const TIMES: usize = 3;

pub async fn bench(people: u32) -> Result<()> {
    let pages = people.div_ceil(PAGE);
    let fast = Service::start(people, 0)?;
    let mut ours = Samples::default();
    let mut bare = Samples::default();
    let mut kept = Samples::default();
    let mut peak: f64 = 0.0;
    let mut folder = tempfile::tempdir()?;
    for _ in 0..TIMES {
        folder = tempfile::tempdir()?;
        let synced = sync_in(folder.path(), &fast.url)?;
        anyhow::ensure!(
            synced["people"] == people && synced["complete"] == true,
            "everybody is in the mirror: {synced}"
        );
        ours.add(seconds(&synced)?);
        peak = peak.max(synced["peak"].as_f64().unwrap_or(f64::NAN));
        bare.add(seconds(&loop_in(&fast.url, pages, AHEAD)?)?);
        kept.add(seconds(&answer(&mut this(&[
            "kept-loop-once",
            &tempfile::tempdir()?.path().display().to_string(),
            &fast.url,
            &pages.to_string(),
            &AHEAD.to_string(),
        ])?)?)?);
    }
    let peer = peer(&fast.url);
    let times = ours.percentile(0.5) / bare.percentile(0.5);
    row(
        &format!("sync, {people} people, 0 ms a page"),
        &ours,
        json!({
            "bare loop": bare.figures(),
            "times the bare loop": times,
            "a loop that also reads the JSON and keeps each record by its id": kept.figures(),
        }),
        "at most 3 times the bare loop",
        times <= 3.0,
    );
    match peer {
        Ok(peer) => {
            let theirs = seconds(&peer)?.as_secs_f64() * 1_000.0;
            let faster = theirs / ours.percentile(0.5);
            row(
                &format!("sync beside scim2-client, {people} people, 0 ms a page"),
                &ours,
                json!({ "scim2-client": peer, "times faster": faster }),
                "at least 4 times faster than scim2-client",
                faster >= 4.0 && peer["people"] == people,
            );
        }
        Err(error) => row(
            &format!("sync beside scim2-client, {people} people, 0 ms a page"),
            &ours,
            json!({ "scim2-client": format!("could not be run: {error:#}") }),
            "at least 4 times faster than scim2-client",
            false,
        ),
    }
    figure(
        &format!("memory of the process, first sync, {people} people"),
        peak,
        "MB",
        Value::Null,
        "at most 200 MB",
        peak <= 200.0,
    );
    second_sync(&fast, folder.path(), people).await?;
    drop(fast);

    let slow = Service::start(people, 40)?;
    let mut ours = Samples::default();
    let folder = tempfile::tempdir()?;
    ours.add(seconds(&sync_in(folder.path(), &slow.url)?)?);
    let mut one_by_one = Samples::default();
    one_by_one.add(seconds(&loop_in(&slow.url, pages, 1)?)?);
    let mut bare = Samples::default();
    bare.add(seconds(&loop_in(&slow.url, pages, AHEAD)?)?);
    let faster = one_by_one.percentile(0.5) / ours.percentile(0.5);
    row(
        &format!("sync, {people} people, 40 ms a page"),
        &ours,
        json!({ "sequential loop": one_by_one.figures(), "bare loop": bare.figures(), "times faster": faster }),
        "at least 3 times faster than a sequential loop",
        faster >= 3.0,
    );
    Ok(())
}

async fn second_sync(service: &Service, folder: &Path, people: u32) -> Result<()> {
    let url = format!(
        "http://127.0.0.1:{}/api/scim/v2/Users?startIndex=1&count=50",
        service.port
    );
    let page: Value = reqwest::Client::new()
        .get(url)
        .bearer_auth(TOKEN)
        .send()
        .await?
        .json()
        .await?;
    for person in page["Resources"].as_array().context("people")? {
        let body = json!({ "person": person["id"], "set": { "Department": "Moved on" } });
        control(service.port, "POST", "/write", Some(body)).await?;
    }
    let synced = sync_in(folder, &service.url)?;
    let mut again = Samples::default();
    again.add(seconds(&synced)?);
    let only_these = synced["changed"] == 50
        && synced["written"] == 50
        && synced["added"] == 0
        && synced["vanished"] == 0;
    row(
        &format!("second sync with 50 changes, {people} people"),
        &again,
        json!({ "changed": synced["changed"], "people written": synced["written"], "peak MB": synced["peak"] }),
        "writes only these",
        only_these,
    );
    Ok(())
}

fn seconds(answer: &Value) -> Result<std::time::Duration> {
    Ok(std::time::Duration::from_secs_f64(
        answer["seconds"].as_f64().context("seconds")?,
    ))
}

fn sync_in(folder: &Path, url: &str) -> Result<Value> {
    answer(&mut this(&[
        "sync-once",
        &folder.display().to_string(),
        url,
    ])?)
}

fn loop_in(url: &str, pages: u32, ahead: u32) -> Result<Value> {
    answer(&mut this(&[
        "loop-once",
        url,
        &pages.to_string(),
        &ahead.to_string(),
    ])?)
}

/// scim2-client in its default form, from the folder of the peers.
fn peer(url: &str) -> Result<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let venv = std::env::var_os("MUSTER_PEERS_VENV")
        .map_or_else(|| root.join("../target/peers/venv"), PathBuf::from);
    let python = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    answer(
        Command::new(python)
            .arg("-W")
            .arg("ignore::DeprecationWarning")
            .arg(root.join("bench/list_with_scim2_client.py"))
            .args([url, TOKEN, &PAGE.to_string()]),
    )
}

/// One sync into a folder, by an engine of its own.
pub async fn once(folder: &Path, url: &str) -> Result<()> {
    let engine = Engine::open(folder, plain_ports())?;
    let id = match engine.connections()?.first() {
        Some(connection) => {
            engine.lend_token(connection.id, token())?;
            connection.id
        }
        None => {
            let new = NewConnection {
                name: "Bench".to_owned(),
                url: url.to_owned(),
                colour: Colour::Grey,
                service: ServiceKind::Sample,
                keep: TokenPlace::Session,
            };
            engine.add_connection(new, &token())?.id
        }
    };
    let started = Instant::now();
    let outcome = engine.sync(id).await?;
    let seconds = started.elapsed().as_secs_f64();
    let peak = memory().map(|(peak, _)| peak);
    let written = people_written(folder)?;
    println!(
        "{}",
        json!({
            "people": outcome.people, "seconds": seconds, "complete": outcome.complete,
            "added": outcome.added, "changed": outcome.changed, "vanished": outcome.vanished,
            "written": written, "peak": peak, "warnings": outcome.warnings,
        })
    );
    Ok(())
}

/// People whom the last sync wrote, by the file itself.
fn people_written(folder: &Path) -> Result<u32> {
    let file = rusqlite::Connection::open(folder.join("muster.db"))?;
    Ok(file.query_row(
        "SELECT count(*) FROM people JOIN connections ON connections.id = people.connection
         WHERE people.generation = connections.generation",
        [],
        |row| row.get(0),
    )?)
}

/// The same pages with nothing done to them.
pub async fn bare_loop(url: &str, pages: u32, ahead: u32) -> Result<()> {
    let started = Instant::now();
    let bytes: usize = requests(url, pages)
        .buffered(ahead as usize)
        .try_fold(0, async |sum, body| Ok(sum + body.as_ref().len()))
        .await?;
    println!(
        "{}",
        json!({ "seconds": started.elapsed().as_secs_f64(), "bytes": bytes })
    );
    Ok(())
}

/// The same pages with the least done to them that any copy needs: read as JSON while the next ones come, each record kept
/// by its id in SQLite. Nothing is compared, and nothing of what the table shows is taken out.
pub async fn kept_loop(folder: &Path, url: &str, pages: u32, ahead: u32) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = rusqlite::Connection::open(folder.join("kept.db"))?;
    file.pragma_update(None, "journal_mode", "wal")?;
    file.pragma_update(None, "synchronous", "normal")?;
    file.execute_batch("CREATE TABLE people (id TEXT PRIMARY KEY, record TEXT NOT NULL)")?;
    let started = Instant::now();
    let (sender, mut read) = tokio::sync::mpsc::channel::<Vec<Value>>(32);
    let keeping = tokio::task::spawn_blocking(move || -> Result<usize> {
        let mut count = 0;
        while let Some(first) = read.blocking_recv() {
            let transaction = file.transaction()?;
            let mut next = Some(first);
            while let Some(people) = next {
                let mut insert =
                    transaction.prepare_cached("INSERT INTO people VALUES (?1, ?2)")?;
                for person in people {
                    insert.execute((person["id"].as_str(), person.to_string()))?;
                    count += 1;
                }
                next = read.try_recv().ok();
            }
            transaction.commit()?;
        }
        Ok(count)
    });
    let mut read_pages = requests(url, pages)
        .map(|request| async {
            let body = request.await?;
            let page = tokio::spawn(async move { serde_json::from_slice::<Value>(body.as_ref()) });
            anyhow::Ok(page.await??)
        })
        .buffered(ahead as usize);
    while let Some(mut page) = read_pages.try_next().await? {
        let Value::Array(people) = page["Resources"].take() else {
            anyhow::bail!("a page has people");
        };
        sender.send(people).await?;
    }
    drop(sender);
    let people = keeping.await??;
    println!(
        "{}",
        json!({ "seconds": started.elapsed().as_secs_f64(), "people": people })
    );
    Ok(())
}

/// The body of each page, in order.
fn requests(
    url: &str,
    pages: u32,
) -> impl futures::Stream<Item = impl Future<Output = reqwest::Result<impl AsRef<[u8]> + Send + 'static>>>
{
    let client = reqwest::Client::new();
    futures::stream::iter(0..pages).map(move |page| {
        let request = client
            .get(format!(
                "{url}/Users?startIndex={}&count={PAGE}",
                page * PAGE + 1
            ))
            .bearer_auth(TOKEN);
        async move { request.send().await?.error_for_status()?.bytes().await }
    })
}
