//! Ten thousand people deactivated, beside a bare loop that sends the same requests as many at a time.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use engine::{
    Engine,
    changes::{draft::Edit, run::RunStatus},
    connection::{Colour, ConnectionChange, NewConnection, Policy, ServiceKind, TokenPlace},
    ids::{ConnectionId, RowId},
    people::{Selection, Status, ViewQuery},
};
use futures::{StreamExt, TryStreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    company::{TOKEN, control, plain_ports, token},
    crowd::agreed,
};

use crate::measure::{Samples, Service, answer, figure, memory, row, this};

/// Deactivations in a run.
pub const LEAVERS: usize = 10_000;
/// The loop's requests under way at once: the most a run has.
const WRITES: usize = 24;
/// The loop's pages of a listing under way at once: as many as a run has.
const PAGES: usize = 4;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(50);
const MEGABYTES_MORE: f64 = 60.0;

pub async fn bench(leavers: usize) -> Result<()> {
    // Those who lead others, and those who have left, stay.
    let people = u32::try_from(leavers)? / 2 * 3;
    for latency in [0, 20, 100] {
        let name = |what: &str| format!("{what}, {leavers} deactivations, {latency} ms a request");
        let ours = run_in(people, latency, leavers).await?;
        let bare = loop_in(people, latency, &ours["requests"]).await?;
        let (mut run, mut same_requests) = (Samples::default(), Samples::default());
        run.add(seconds(&ours)?);
        same_requests.add(seconds(&bare)?);
        let times = run.percentile(0.5) / same_requests.percentile(0.5);
        row(
            &name("run"),
            &run,
            json!({ "bare loop": same_requests.figures(), "times the bare loop": times, "requests": bare["requests"] }),
            "at most 1.3 times the bare loop at 20 ms",
            latency != 20 || times <= 1.3,
        );
        if latency == 0 {
            // The journal is part of what a run does besides its requests, so it costs less than this.
            let beside = (run.percentile(0.5) - same_requests.percentile(0.5)) / leavers as f64;
            figure(
                &name("journal, comparing and reading back, an item"),
                beside,
                "ms",
                json!({ "run alone": run.percentile(0.5) / leavers as f64 }),
                "at most 0.5 ms for the journal",
                beside <= 0.5,
            );
        }
        let at = |moment: &str| ours["memory"][moment].as_f64().unwrap_or(f64::NAN);
        let more = at("most") - at("start");
        figure(
            &name("memory of the run's process above its start"),
            more,
            "MB",
            ours["memory"].clone(),
            &format!("flat: at most {MEGABYTES_MORE} MB"),
            more <= MEGABYTES_MORE,
        );
    }
    Ok(())
}

fn seconds(answer: &Value) -> Result<Duration> {
    Ok(Duration::from_secs_f64(
        answer["seconds"].as_f64().context("seconds")?,
    ))
}

/// A service whose hour has no end; one request for each person.
async fn service(people: u32, latency: u64) -> Result<Service> {
    let service = Service::start(people, 0)?;
    control(
        service.port,
        "PUT",
        "/settings",
        Some(json!({ "quota": null, "bulk": false, "latency": latency })),
    )
    .await?;
    Ok(service)
}

/// A run in a process of its own, with the requests that the service saw.
async fn run_in(people: u32, latency: u64, leavers: usize) -> Result<Value> {
    let service = service(people, latency).await?;
    let folder = tempfile::tempdir()?;
    let mut ran = answer(&mut this(&[
        "run-once",
        &folder.path().display().to_string(),
        &service.url,
        &leavers.to_string(),
    ])?)?;
    let since = ran["since"].as_u64().context("a number")?;
    let log = control(service.port, "GET", &format!("/log?since={since}"), None).await?;
    let requests: Vec<Value> = log["entries"]
        .as_array()
        .context("a log")?
        .iter()
        .map(|entry| json!([entry["method"], entry["path"], entry["query"]]))
        .collect();
    ensure!(
        requests
            .iter()
            .filter(|request| request[0] == "PATCH")
            .count()
            == leavers,
        "each person is written once"
    );
    ran["requests"] = json!({ "body": ran["body"], "list": requests });
    Ok(ran)
}

/// The same requests against a service of the same kind.
async fn loop_in(people: u32, latency: u64, requests: &Value) -> Result<Value> {
    let service = service(people, latency).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("requests.json");
    std::fs::write(&file, requests.to_string())?;
    let origin = format!("http://127.0.0.1:{}", service.port);
    answer(&mut this(&[
        "requests-once",
        &origin,
        &file.display().to_string(),
    ])?)
}

/// Takes a company in, stages its leavers, and measures their run.
pub async fn once(folder: &Path, url: &str, leavers: usize) -> Result<()> {
    let engine = Engine::open(folder, plain_ports())?;
    let new = NewConnection {
        name: "Bench".to_owned(),
        url: url.to_owned(),
        colour: Colour::Grey,
        service: ServiceKind::Sample,
        keep: TokenPlace::Session,
    };
    let id = engine.add_connection(new, &token())?.id;
    engine.change_connection(
        id,
        ConnectionChange {
            policy: Some(Policy {
                quota: 1_000_000,
                ..Policy::default()
            }),
            ..ConnectionChange::default()
        },
    )?;
    engine.sync(id).await?;
    engine.stage(
        id,
        Selection::Rows {
            rows: who_may_leave(&engine, id, leavers)?,
        },
        Edit::Deactivate,
        false,
    )?;
    let plan = engine.make_plan(id)?;
    let port: u16 = url
        .split(':')
        .nth(2)
        .and_then(|rest| rest.split('/').next())
        .context("a port")?
        .parse()?;
    let since = control(port, "GET", "/log?since=4000000000", None).await?["arrived"].clone();

    let stop = Arc::new(AtomicBool::new(false));
    let looking = {
        let stop = stop.clone();
        tokio::spawn(async move {
            let mut looks = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                looks.extend(memory().map(|(_, now)| now));
                tokio::time::sleep(LOOK).await;
            }
            looks
        })
    };
    let started = Instant::now();
    let run = engine.start_run(plan.id, agreed(&plan))?;
    let run = engine.finish_run(run.id).await?;
    let seconds = started.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let looks = looking.await?;
    ensure!(
        run.status == RunStatus::Done && run.done as usize == leavers,
        "everybody is deactivated: {run:?}"
    );
    let first = engine.run_page(run.id, None, 0, 1)?.items;
    let request = first
        .first()
        .and_then(|item| item.request.as_deref())
        .context("the request is kept")?;
    let body = request.split_once('\n').context("a body")?.1;
    println!(
        "{}",
        json!({
            "seconds": seconds, "since": since, "body": body,
            "memory": {
                "start": looks.first(), "middle": looks.get(looks.len() / 2), "end": looks.last(),
                "most": looks.iter().copied().reduce(f64::max),
            },
        })
    );
    Ok(())
}

/// Those who lead others are protected from leaving in a run of many.
fn who_may_leave(engine: &Engine, id: ConnectionId, number: usize) -> Result<Vec<RowId>> {
    let view = engine.open_view(id, ViewQuery::default())?;
    let mut rows = Vec::with_capacity(number);
    for start in (0..view.total).step_by(500) {
        let window = engine.window(view.id, start, 500, &[])?;
        rows.extend(
            window
                .rows
                .iter()
                .filter(|row| row.status == Status::Active && !row.protected)
                .map(|row| row.id),
        );
    }
    rows.truncate(number);
    ensure!(rows.len() == number, "{} people may leave", rows.len());
    Ok(rows)
}

/// The requests of a run with nothing done to them: the pages before, the writes, the pages after.
pub async fn same_requests(origin: &str, file: &Path) -> Result<()> {
    let requests: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let body = requests["body"].as_str().context("a body")?;
    let list = requests["list"].as_array().context("a list")?;
    let client = reqwest::Client::new();
    let started = Instant::now();
    let bytes: Vec<usize> = {
        let mut bytes = Vec::new();
        for stretch in list.chunk_by(|one, next| one[0] == next[0]) {
            let together = if stretch[0][0] == "GET" {
                PAGES
            } else {
                WRITES
            };
            let answers = futures::stream::iter(stretch)
                .map(|request| send(&client, origin, request, body))
                .buffer_unordered(together);
            bytes.extend(answers.try_collect::<Vec<usize>>().await?);
        }
        bytes
    };
    println!(
        "{}",
        json!({ "seconds": started.elapsed().as_secs_f64(), "requests": bytes.len(), "bytes": bytes.iter().sum::<usize>() })
    );
    Ok(())
}

async fn send(
    client: &reqwest::Client,
    origin: &str,
    request: &Value,
    body: &str,
) -> Result<usize> {
    let method: Method = request[0].as_str().context("a method")?.parse()?;
    let path = request[1].as_str().context("a path")?;
    let query = request[2]
        .as_str()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let mut builder = client
        .request(method.clone(), format!("{origin}{path}{query}"))
        .bearer_auth(TOKEN);
    if method != Method::GET {
        builder = builder
            .header("content-type", "application/scim+json")
            .body(body.to_owned());
    }
    Ok(builder
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?
        .len())
}
