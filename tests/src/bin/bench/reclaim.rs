//! What Reclaim costs in a large company: where everybody stands, worked out anew, and how long others wait meanwhile.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use engine::{
    Engine,
    attribute::Role,
    dormancy::{Pile, PileFilter},
    ids::{AttributeId, ConnectionId, RowId, ViewId},
    people::{Selection, ViewQuery},
};
use serde_json::json;
use tests::company::plain_ports;

use crate::measure::{Samples, Service, answer, figure, row, this};

const TIMES: usize = 5;
/// A page that waits longer than this is felt, milliseconds.
const FELT: f64 = 100.0;

pub async fn bench(people: u32) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    {
        let service = Service::start(people, 0)?;
        let synced = answer(&mut this(&["sync-once", &data, &service.url])?)?;
        ensure!(
            synced["people"] == people,
            "everybody is in the mirror: {synced}"
        );
    }
    let status = this(&["reclaim-once", &data])?.status()?;
    ensure!(status.success(), "measuring ended with {status}");
    Ok(())
}

/// Measures a folder with one connection and its mirror.
pub fn once(folder: &Path) -> Result<()> {
    let engine = Engine::open(folder, plain_ports())?;
    let id = engine.connections()?.first().context("a connection")?.id;
    let people = engine.directory_of(id)?.people;
    let name = |what: &str| format!("{what}, {people} people");
    let view = engine.open_view(id, ViewQuery::default())?.id;
    let sheet = folder.join("badges.csv");
    std::fs::write(&sheet, badges(&engine, id, view)?)?;
    let started = Instant::now();
    let import = engine.read_evidence(id, &sheet)?;
    figure(
        &name("an activity file of everybody"),
        started.elapsed().as_secs_f64(),
        "s",
        json!({ "matched": import.counts.matched }),
        "none",
        true,
    );
    engine.accept_import(import.id)?;
    let beyond = PileFilter {
        pile: Pile::SeenLongAgo,
        days: Some(200),
    };
    let listed = engine.open_view(
        id,
        ViewQuery {
            pile: Some(beyond),
            ..ViewQuery::default()
        },
    )?;
    let first = engine.window(listed.id, 0, 1, &[])?.rows;
    let someone = first.first().context("somebody is in the pile")?.id;

    // One of a million is exempt: the policy's bases are read again, and all standings are worked out anew.
    let mut whole = Samples::default();
    let mut waits = Samples::default();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| -> Result<()> {
        let page = scope.spawn(|| looking(&engine, view, &done));
        let worked = (0..TIMES).try_for_each(|_| {
            let rows = vec![someone];
            whole.time(|| engine.exempt(id, &Selection::Rows { rows }, "Measured", None))
        });
        done.store(true, Ordering::Relaxed);
        waits = page
            .join()
            .map_err(|_| anyhow::anyhow!("the page fell over"))??;
        Ok(worked?)
    })?;
    row(
        &name("standings worked out anew"),
        &whole,
        json!({}),
        "none: nobody waits for it",
        true,
    );
    let longest = waits.percentile(1.0);
    row(
        &name("a window of rows meanwhile"),
        &waits,
        json!({}),
        "the longest at most 100 ms",
        longest <= FELT,
    );
    let mut board = Samples::default();
    let mut groups = Samples::default();
    for _ in 0..TIMES {
        board.time(|| engine.board(id))?;
        groups.time(|| engine.board_groups(id, beyond))?;
    }
    for (what, samples) in [("the board", &board), ("groups at a threshold", &groups)] {
        let met = samples.percentile(0.5) <= FELT;
        row(&name(what), samples, json!({}), "at most 100 ms", met);
    }
    Ok(())
}

/// Asks for rows as a page does that is scrolled, until all is done.
fn looking(engine: &Engine, view: ViewId, done: &AtomicBool) -> Result<Samples> {
    let mut samples = Samples::default();
    let mut start = 0_u32;
    while !done.load(Ordering::Relaxed) {
        let window = samples.time(|| engine.window(view, start, 60, &[]))?;
        start = (start + 6_007) % window.total.max(1);
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(samples)
}

/// Everybody's badge, in a log: seen up to two years ago.
fn badges(engine: &Engine, id: ConnectionId, view: ViewId) -> Result<String> {
    let attributes = engine.directory_of(id)?.attributes;
    let email = attributes
        .iter()
        .find(|attribute| attribute.role == Some(Role::Email))
        .map(|attribute| attribute.id)
        .context("e-mails")?;
    let columns: [AttributeId; 1] = [email];
    let mut text = "E-mail,Last badge\n".to_owned();
    let mut start = 0;
    loop {
        let window = engine.window(view, start, 1_000, &columns)?;
        if window.rows.is_empty() {
            return Ok(text);
        }
        for line in &window.rows {
            let RowId(number) = line.id;
            let Some(email) = &line.cells[0].value else {
                continue;
            };
            let day = tests::company::TODAY
                .saturating_sub(jiff::Span::new().days(i64::from(number % 730)));
            text.push_str(&format!("{email},{day}\n"));
        }
        start += window.rows.len() as u32;
    }
}
