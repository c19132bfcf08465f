//! Search, views and windows in the engine, beside a bare scan and full-text search in SQLite.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use engine::{
    Engine,
    attribute::Role,
    ids::{AttributeId, ConnectionId, ViewId},
    people::{Directory, Filter, Sort, Test, ViewQuery},
};
use memchr::{memchr, memmem::Finder};
use serde_json::{Value, json};
use tests::company::plain_ports;

use crate::measure::{Samples, Service, answer, effort, figure, memory, row, this};

/// What people type: names in several scripts, parts of addresses and numbers, departments, and what nobody has.
const SEARCHES: [&str; 40] = [
    "a",
    "mu",
    "mul",
    "mull",
    "muller",
    "li",
    "ana",
    "ana ruiz",
    "smith",
    "sales",
    "support",
    "madrid",
    "berlin",
    "engineering",
    "example",
    "@",
    ".com",
    "10",
    "1042",
    "80100",
    "2019",
    "2020-03",
    "иван",
    "ольга",
    "李",
    "田中",
    "zoë",
    "josé",
    "garcía",
    "o'",
    "van der",
    "\"team lead\"",
    "manager",
    "france",
    "maria lopez",
    "nobody-has-this",
    "xyzzy",
    "kowalski",
    "sørensen",
    "ana.ruiz@",
];
const FIELDS: [&str; 8] = [
    "department:sales",
    "is:inactive",
    "is:left",
    "has:no-manager",
    "hired:<2020",
    "hired:2020..2023",
    "manager:li",
    "department:sales is:active -location:madrid",
];
const TIMES: usize = 5;

pub async fn bench(people: u32) -> Result<()> {
    let folder = tempfile::tempdir()?;
    {
        let service = Service::start(people, 0)?;
        let synced = answer(&mut this(&[
            "sync-once",
            &folder.path().display().to_string(),
            &service.url,
        ])?)?;
        ensure!(
            synced["people"] == people,
            "everybody is in the mirror: {synced}"
        );
        figure(
            &format!("sync before the grid, {people} people"),
            synced["seconds"].as_f64().unwrap_or(f64::NAN),
            "s",
            json!({ "peak MB": synced["peak"] }),
            "none",
            true,
        );
    }
    launches(folder.path(), people)?;
    let status = this(&["grid-once", &folder.path().display().to_string()])?.status()?;
    ensure!(status.success(), "measuring ended with {status}");
    Ok(())
}

struct Bench {
    engine: std::sync::Arc<Engine>,
    connection: ConnectionId,
    view: ViewId,
    people: u32,
    /// At a million.
    large: bool,
}

/// A directory with everybody in view and the first rows read.
struct Opened {
    engine: std::sync::Arc<Engine>,
    connection: ConnectionId,
    directory: Directory,
    view: ViewId,
}

fn opened(folder: &Path) -> Result<Opened> {
    let engine = Engine::open(folder, plain_ports())?;
    let connection = engine.connections()?.first().context("a connection")?.id;
    let directory = engine.directory_of(connection)?;
    let view = engine.open_view(connection, ViewQuery::default())?.id;
    engine.window(view, 0, 100, &directory.columns)?;
    Ok(Opened {
        engine,
        connection,
        directory,
        view,
    })
}

/// From the opening of a folder to its first rows, each time in a process of its own.
fn launches(folder: &Path, people: u32) -> Result<()> {
    let mut samples = Samples::default();
    let mut processor = Vec::new();
    let mut load = Value::Null;
    for _ in 0..TIMES {
        let told = answer(&mut this(&["launch-once", &folder.display().to_string()])?)?;
        let seconds = told["seconds"].as_f64().context("a time")?;
        samples.add(Duration::from_secs_f64(seconds));
        processor.push(told["processor seconds"].clone());
        load = told["load of the machine"].clone();
    }
    let seconds = if people > 300_000 { 3.5 } else { 1.2 };
    row(
        &format!("engine open to first window, {people} people"),
        &samples,
        json!({ "processor seconds": processor, "load of the machine": load }),
        &format!("the window's bar is {seconds} s for all of the launch"),
        samples.percentile(0.95) <= seconds * 1_000.0,
    );
    Ok(())
}

/// One launch of the engine, told as a line.
pub fn launch_once(folder: &Path) -> Result<()> {
    let started = Instant::now();
    let _opened = opened(folder)?;
    let launch = started.elapsed();
    let effort = effort();
    println!(
        "{}",
        json!({
            "seconds": launch.as_secs_f64(),
            "processor seconds": effort.map(|(seconds, _)| seconds),
            "load of the machine": effort.map(|(_, load)| load),
        })
    );
    Ok(())
}

/// Measures a folder with one connection and its mirror.
pub fn once(folder: &Path) -> Result<()> {
    let Opened {
        engine,
        connection,
        directory,
        view,
    } = opened(folder)?;
    let bench = Bench {
        engine,
        connection,
        view,
        people: directory.people,
        large: directory.people > 300_000,
    };
    let role = |role: Role| {
        directory
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(role))
            .map(|attribute| attribute.id)
    };
    bench.search(SEARCHES[0])?;
    let searched = bench.searches(&SEARCHES)?;
    let fields = bench.searches(&FIELDS)?;
    bench.search("")?;
    bench.windows(&directory.columns)?;
    let department = role(Role::Department).context("a department")?;
    let sorts: Vec<AttributeId> = [Role::StartDate, Role::Title, Role::Email, Role::Manager]
        .into_iter()
        .filter_map(role)
        .collect();
    bench.views(department, &sorts)?;
    if let Some((peak, now)) = memory() {
        let bar = if bench.large { 900.0 } else { 150.0 };
        figure(
            &bench.name("memory of the engine's process"),
            now,
            "MB",
            json!({ "peak MB": peak }),
            &format!("at most {bar} MB for all of muster"),
            now <= bar,
        );
    }
    bench.compare(&searched, &fields)
}

impl Bench {
    fn name(&self, what: &str) -> String {
        format!("{what}, {} people", self.people)
    }

    fn search(&self, text: &str) -> Result<u32> {
        let query = ViewQuery {
            search: text.to_owned(),
            ..ViewQuery::default()
        };
        Ok(self.engine.change_view(self.view, query)?.total)
    }

    fn searches(&self, texts: &[&str]) -> Result<Samples> {
        let mut samples = Samples::default();
        for _ in 0..TIMES {
            for text in texts {
                samples.time(|| self.search(text))?;
            }
        }
        Ok(samples)
    }

    fn windows(&self, columns: &[AttributeId]) -> Result<()> {
        let mut samples = Samples::default();
        // A fixed walk over all depths that no cache foresees.
        let mut place: u64 = 1;
        for _ in 0..400 {
            place = place
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let start = (place >> 33) as u32 % self.people.saturating_sub(100).max(1);
            let window = samples.time(|| self.engine.window(self.view, start, 100, columns))?;
            ensure!(
                window.rows.len() == 100 || self.people < 200,
                "a whole window"
            );
        }
        row(
            &self.name("a window of 100 rows, any depth"),
            &samples,
            json!({ "columns": columns.len() }),
            "p95 at most 1 ms",
            samples.percentile(0.95) <= 1.0,
        );
        Ok(())
    }

    fn views(&self, department: AttributeId, sorts: &[AttributeId]) -> Result<()> {
        let values = self.engine.facet(self.view, department, "", 10)?.values;
        let mut first = Samples::default();
        let mut samples = Samples::default();
        for round in 0..TIMES * 2 {
            for (sort, value) in sorts.iter().zip(values.iter().cycle().skip(round)) {
                let query = ViewQuery {
                    filters: vec![
                        Filter {
                            attribute: department,
                            test: Test::NoneOf {
                                values: vec![value.value.clone()],
                            },
                        },
                        Filter {
                            attribute: AttributeId::STATUS,
                            test: Test::AnyOf {
                                values: vec![
                                    Some("Active".to_owned()),
                                    Some("Inactive".to_owned()),
                                ],
                            },
                        },
                    ],
                    sort: vec![Sort {
                        attribute: *sort,
                        descending: round % 2 == 1,
                    }],
                    ..ViewQuery::default()
                };
                let into = if round == 0 { &mut first } else { &mut samples };
                let view = into.time(|| self.engine.open_view(self.connection, query))?;
                self.engine.close_view(view.id);
            }
        }
        let bar = if self.large { 100.0 } else { 10.0 };
        row(
            &self.name("open a view: two filters and a sort"),
            &samples,
            json!({ "the first sort by a column, which ranks its values": first.figures() }),
            &format!("p95 at most {bar} ms"),
            samples.percentile(0.95) <= bar,
        );
        Ok(())
    }

    /// The rows of search, beside the same words looked for in the same values.
    fn compare(&self, searched: &Samples, fields: &Samples) -> Result<()> {
        self.search("")?;
        let text = self.text()?;
        let mut bare = Samples::default();
        for _ in 0..TIMES {
            for search in SEARCHES {
                bare.time(|| words(search).map(|word| scan(&text, &word)).sum::<usize>());
            }
        }
        let indexed = full_text(&text)?;
        let times = searched.percentile(0.95) / bare.percentile(0.95);
        let faster = indexed.percentile(0.95) / searched.percentile(0.95);
        let bar = if self.large { 30.0 } else { 3.0 };
        row(
            &self.name("search, all ids in view order, 40 searches"),
            searched,
            json!({
                "bare memmem scan": bare.figures(), "times the bare scan": times,
                "FTS5 trigram": indexed.figures(), "times faster than FTS5": faster,
                "bytes": text.len(),
            }),
            &format!(
                "p95 at most {bar} ms, at most 2.5 times a bare scan{}",
                if self.large {
                    ", at least 4 times faster than FTS5 trigram"
                } else {
                    ""
                }
            ),
            searched.percentile(0.95) <= bar && times <= 2.5 && (faster >= 4.0 || !self.large),
        );
        row(
            &self.name("search by fields, 8 searches"),
            fields,
            Value::Null,
            &format!("p95 at most {bar} ms, as for words"),
            fields.percentile(0.95) <= bar,
        );
        Ok(())
    }

    /// Everybody's values in lower case, a person a line.
    fn text(&self) -> Result<String> {
        let directory = self.engine.directory_of(self.connection)?;
        let columns: Vec<AttributeId> = directory
            .attributes
            .iter()
            .filter(|attribute| {
                attribute.kind != engine::attribute::Kind::Boolean
                    && attribute.id != AttributeId::STATUS
            })
            .map(|attribute| attribute.id)
            .collect();
        let mut text = String::new();
        for start in (0..self.people).step_by(1_000) {
            for row in self.engine.window(self.view, start, 1_000, &columns)?.rows {
                for cell in row.cells {
                    for part in [cell.value, cell.shown].into_iter().flatten() {
                        text.push_str(&part.to_lowercase().replace('\n', " "));
                        text.push('\t');
                    }
                }
                text.push('\n');
            }
        }
        Ok(text)
    }
}

fn words(search: &str) -> impl Iterator<Item = String> {
    let phrase = search.starts_with('"');
    let words: Vec<String> = if phrase {
        vec![search.trim_matches('"').to_owned()]
    } else {
        search.split(' ').map(str::to_lowercase).collect()
    };
    words.into_iter()
}

/// Lines that hold a word.
fn scan(text: &str, word: &str) -> usize {
    let finder = Finder::new(word);
    let bytes = text.as_bytes();
    let mut found = 0;
    let mut at = 0;
    while let Some(hit) = finder.find(&bytes[at..]) {
        found += 1;
        match memchr(b'\n', &bytes[at + hit..]) {
            Some(end) => at += hit + end + 1,
            None => break,
        }
    }
    found
}

/// SQLite's trigram index over the same lines. Words of one or two letters are left out: it can't find them.
fn full_text(text: &str) -> Result<Samples> {
    let folder = tempfile::tempdir()?;
    let mut file = rusqlite::Connection::open(folder.path().join("index.db"))?;
    file.execute_batch(
        "CREATE VIRTUAL TABLE people USING fts5(text, tokenize = 'trigram', detail = 'full')",
    )?;
    let transaction = file.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO people (text) VALUES (?1)")?;
        for line in text.lines() {
            insert.execute([line])?;
        }
    }
    transaction.commit()?;
    let mut samples = Samples::default();
    let mut find = file.prepare("SELECT rowid FROM people WHERE people MATCH ?1")?;
    for search in SEARCHES {
        let words: Vec<String> = words(search).collect();
        if words.iter().any(|word| word.chars().count() < 3) {
            continue;
        }
        let wanted: Vec<String> = words
            .iter()
            .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
            .collect();
        samples.time(|| -> Result<usize> {
            let rows = find.query_map([wanted.join(" ")], |row| row.get::<_, i64>(0))?;
            let ids: Vec<i64> = rows.collect::<Result<_, _>>()?;
            Ok(ids.len())
        })?;
    }
    Ok(samples)
}
