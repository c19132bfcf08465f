//! Activity files as large as they come: how long until every row has found its person.

use std::{fmt::Write as _, path::Path, time::Instant};

use anyhow::{Context, Result, ensure};
use engine::{
    Engine,
    connection::{Colour, NewConnection, ServiceKind, TokenPlace},
    evidence::SourceKind,
};
use serde_json::{Value, json};
use tests::company::{TOKEN, plain_ports, token};

use crate::measure::{Samples, answer, figure, memory, row, this};

const TIMES: usize = 3;
const PEOPLE: u32 = 50_000;

pub async fn bench(rows: u32) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let service = sandbox::start(sandbox::Settings {
        people: PEOPLE,
        token: TOKEN.to_owned(),
        ..sandbox::Settings::default()
    })
    .await?;
    let engine = Engine::open(&data, plain_ports())?;
    let new = NewConnection {
        name: "Bench".to_owned(),
        url: service.url(),
        colour: Colour::Grey,
        service: ServiceKind::Sample,
        keep: TokenPlace::Session,
    };
    let id = engine.add_connection(new, &token())?.id;
    engine.sync(id).await?;
    drop(engine);
    service.stop().await;
    let truth = sandbox::evidence::write(folder.path(), PEOPLE, 1, tests::company::TODAY)?;
    let emails: Vec<String> = truth
        .people
        .into_iter()
        .filter_map(|known| known.email)
        .collect();
    let csv = folder.path().join("sign-ins.csv");
    let xlsx = folder.path().join("sign-ins.xlsx");
    std::fs::write(&csv, log(&emails, rows))?;
    sheet(&xlsx, &emails, rows)?;
    let base = answer(&mut this(&["evidence-once", &text(&data)?, "-"])?)?;
    for (name, path, bar) in [("CSV", &csv, 2.0), ("XLSX", &xlsx, 6.0)] {
        let mut samples = Samples::default();
        let mut last = Value::Null;
        for _ in 0..TIMES {
            last = answer(&mut this(&["evidence-once", &text(&data)?, &text(path)?])?)?;
            ensure!(last["rows"] == rows, "every row is read: {last}");
            let seconds = last["seconds"].as_f64().context("seconds")?;
            samples.add(std::time::Duration::from_secs_f64(seconds));
        }
        row(
            &format!("evidence from {name}, {rows} rows, {PEOPLE} people"),
            &samples,
            json!({ "matched": last["matched"], "file MB": std::fs::metadata(path)?.len() / 1_000_000 }),
            &format!("at most {bar} s"),
            samples.percentile(0.5) <= bar * 1_000.0,
        );
        let peak = last["peak"].as_f64().unwrap_or(f64::NAN);
        figure(
            &format!("memory of the process, evidence from {name}"),
            peak,
            "MB",
            json!({ "the directory alone": base["peak"] }),
            "at most 300 MB",
            peak <= 300.0,
        );
    }
    Ok(())
}

fn text(path: &Path) -> Result<String> {
    Ok(path.to_str().context("a path in UTF-8")?.to_owned())
}

/// In a process of its own.
pub fn once(folder: &Path, file: &str) -> Result<()> {
    let engine = Engine::open(folder, plain_ports())?;
    let id = engine.connections()?.first().context("a connection")?.id;
    engine.directory_of(id)?;
    if file == "-" {
        println!("{}", json!({ "peak": memory().map(|(peak, _)| peak) }));
        return Ok(());
    }
    let started = Instant::now();
    let import = engine.read_evidence(id, Path::new(file))?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(
        import.kind == SourceKind::EntraSignIns,
        "the export is known: {:?}",
        import.kind
    );
    println!(
        "{}",
        json!({
            "rows": import.counts.rows, "matched": import.counts.matched, "seconds": seconds,
            "peak": memory().map(|(peak, _)| peak),
        })
    );
    Ok(())
}

const HEAD: [&str; 8] = [
    "Date (UTC)",
    "Request ID",
    "Correlation ID",
    "User",
    "Username",
    "Application",
    "IP address",
    "Status",
];

fn cells(emails: &[String], line: u32) -> [String; 8] {
    let email = &emails[line as usize % emails.len()];
    [
        format!(
            "2026-{:02}-{:02}T{:02}:41:00Z",
            1 + line % 10,
            1 + line % 28,
            line % 24
        ),
        format!("{line:08x}-4c1d-4b7e-9a51-0b6a3c7de100"),
        format!("{line:08x}-77aa-4b7e-9a51-1c6a3c7de100"),
        email
            .split('@')
            .next()
            .unwrap_or_default()
            .replace('.', " "),
        email.clone(),
        "Office 365 Portal".to_owned(),
        format!("192.0.2.{}", line % 250),
        "Success".to_owned(),
    ]
}

fn log(emails: &[String], rows: u32) -> String {
    let mut text = HEAD.join(",") + "\r\n";
    for line in 0..rows {
        let _ = write!(text, "{}\r\n", cells(emails, line).join(","));
    }
    text
}

fn sheet(path: &Path, emails: &[String], rows: u32) -> Result<()> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0_u16..).zip(HEAD) {
        sheet.write_string(0, column, name)?;
    }
    for line in 0..rows {
        for (column, cell) in (0_u16..).zip(cells(emails, line)) {
            sheet.write_string(line + 1, column, cell)?;
        }
    }
    book.save(path)?;
    Ok(())
}
