//! The history at millions of events: what appending costs at its beginning and at its end, and what a
//! search, a page anywhere and a count take.

use std::{sync::Arc, time::Instant};

use anyhow::{Result, ensure};
use engine::{
    Engine,
    history::{HistoryQuery, Origin},
    ids::{ConnectionId, RowId, RunId},
};
use serde_json::{Value, json};
use store::{EventAct, EventOrigin, NewEvent, Store};
use tests::company::plain_ports;

use crate::measure::{Samples, figure, memory, row};

/// Events kept in one transaction, as a sync does.
const BATCH: u32 = 1_000;
const PEOPLE: u32 = 100_000;
const PER_RUN: u32 = 500;
const PER_DAY: u32 = 5_000;
const ACME: ConnectionId = ConnectionId(1);

const GIVEN: [&str; 20] = [
    "Ana",
    "Bo",
    "Zoë",
    "Ольга",
    "José",
    "Maria",
    "Ivan",
    "Li",
    "Søren",
    "Priya",
    "Yuki",
    "Omar",
    "Ines",
    "Max",
    "Lena",
    "Tom",
    "Nina",
    "Karl",
    "Eva",
    "Ravi",
];
const FAMILY: [&str; 20] = [
    "Ruiz",
    "Li",
    "Müller",
    "Йорк",
    "García",
    "Lopez",
    "Kowalski",
    "Tan",
    "Sørensen",
    "Patel",
    "田中",
    "Haddad",
    "Costa",
    "Weber",
    "Fischer",
    "Smith",
    "Rossi",
    "Berg",
    "Novak",
    "Singh",
];
const SEGMENTS: [&str; 12] = [
    "Sales",
    "Marketing",
    "Engineering",
    "Support",
    "Finance",
    "People",
    "Legal",
    "Operations",
    "Madrid",
    "Berlin",
    "London",
    "Remote",
];
const ATTRIBUTES: [&str; 4] = ["Department", "Location", "Title", "Manager"];

/// From a word nearly every event has to one that none has.
const SEARCHES: [&str; 16] = [
    "a",
    "an",
    "ana",
    "sales",
    "department",
    "sales marketing",
    "ana ruiz sales",
    "müller",
    "田中",
    "\"ana ruiz\"",
    "person:lopez attribute:title",
    "value:berlin is:made",
    "sales -marketing",
    "person:ana from:2026-01-05 to:2026-01-20",
    "4711",
    "nobody-has-this",
];
const TIMES: usize = 5;

pub fn bench(events: u32) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("muster.db"))?;
    let batches = events.div_ceil(BATCH);
    let tenth = (batches / 10).max(1);
    let (mut first, mut last) = (Samples::default(), Samples::default());
    let started = Instant::now();
    for batch in 0..batches {
        let appended = Instant::now();
        store.write(move |writer| {
            for number in batch * BATCH..(batch + 1) * BATCH {
                writer.append_history(&event(number))?;
            }
            Ok::<_, store::Error>(())
        })?;
        if batch < tenth {
            first.add(appended.elapsed());
        } else if batch >= batches - tenth {
            last.add(appended.elapsed());
        }
    }
    let appended = started.elapsed();
    drop(store);
    let events = batches * BATCH;
    let size = std::fs::metadata(folder.path().join("muster.db"))?.len();
    let per_event = |samples: &Samples| samples.percentile(0.5) / f64::from(BATCH);
    figure(
        &format!("append an event, the last tenth of {events}"),
        per_event(&last),
        "ms",
        json!({
            "the first tenth": per_event(&first), "all, s": appended.as_secs_f64(),
            "bytes an event": size / u64::from(events),
        }),
        "flat: at most 2 times the first tenth",
        per_event(&last) <= 2.0 * per_event(&first),
    );
    let engine = Engine::open(folder.path(), plain_ports())?;
    searches(&engine, events)?;
    pages(&engine, events)?;
    let walked = Instant::now();
    let verification = engine.verify_history()?;
    ensure!(verification.sound, "{}", verification.message);
    figure(
        &format!("verify the chain, {events} events"),
        walked.elapsed().as_secs_f64(),
        "s",
        json!({ "MB, most and now": memory().map(|(most, now)| [most, now]) }),
        "none",
        true,
    );
    Ok(())
}

fn searches(engine: &Arc<Engine>, events: u32) -> Result<()> {
    let mut samples = Samples::default();
    let mut each = serde_json::Map::new();
    for text in SEARCHES {
        let mut own = Samples::default();
        for _ in 0..TIMES {
            let query = HistoryQuery {
                text: text.to_owned(),
                ..HistoryQuery::default()
            };
            let asked = Instant::now();
            let page = engine.history(ACME, query, 0, 100)?;
            let took = asked.elapsed();
            samples.add(took);
            own.add(took);
            ensure!(page.note.is_none(), "{text} is understood");
        }
        each.insert(text.to_owned(), json!(own.percentile(0.5)));
    }
    row(
        &format!("search the history: page, count and days, {events} events"),
        &samples,
        Value::Object(each),
        "p95 at most 200 ms",
        samples.percentile(0.95) <= 200.0,
    );
    Ok(())
}

fn pages(engine: &Arc<Engine>, events: u32) -> Result<()> {
    let mut samples = Samples::default();
    let all = HistoryQuery::default;
    let queries = [
        all(),
        HistoryQuery {
            origin: Some(Origin::Made),
            ..all()
        },
        HistoryQuery {
            origin: Some(Origin::Seen),
            ..all()
        },
        HistoryQuery {
            row: Some(RowId(4_711)),
            ..all()
        },
        HistoryQuery {
            run: Some(RunId(12)),
            ..all()
        },
        HistoryQuery {
            from: Some("2026-01-05T00:00:00Z".into()),
            to: Some("2026-01-20T07:00:00Z".into()),
            ..all()
        },
    ];
    for query in queries {
        let total = engine.history(ACME, query.clone(), 0, 1)?.total;
        for tenth in 0..=10 {
            let start = (u64::from(total.saturating_sub(100)) * tenth / 10) as u32;
            let page = samples.time(|| engine.history(ACME, query.clone(), start, 100))?;
            ensure!(
                page.events.len() == 100.min(total) as usize,
                "a whole page from {start} on"
            );
        }
    }
    row(
        &format!("a page of 100, any depth, with count and days, {events} events"),
        &samples,
        Value::Null,
        "p95 at most 200 ms",
        samples.percentile(0.95) <= 200.0,
    );
    Ok(())
}

/// Day after day; a third made by runs, the rest seen.
fn event(number: u32) -> NewEvent {
    // Spread without a pattern that an index could gain by.
    let spread = number.wrapping_mul(2_654_435_761) >> 7;
    let person = spread % PEOPLE;
    let pick = |list: &[&str], salt: u32| {
        let place = (spread.wrapping_add(salt.wrapping_mul(97)) >> 3) as usize % list.len();
        list[place].to_owned()
    };
    let day = jiff::civil::date(2025, 1, 1)
        .saturating_add(jiff::Span::new().days(i64::from(number / PER_DAY)));
    let second = number % PER_DAY * 17;
    let label = pick(&ATTRIBUTES, 1);
    let made = (number / PER_RUN).is_multiple_of(3);
    let at = format!(
        "{day}T{:02}:{:02}:{:02}.000Z",
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    NewEvent {
        person: Some(person),
        scim_id: Some((100_000 + person).to_string()),
        person_name: Some(format!(
            "{} {}",
            GIVEN[person as usize % GIVEN.len()],
            FAMILY[person as usize / 7 % FAMILY.len()]
        )),
        attribute: Some(format!(
            "urn:ietf:params:scim:schemas:extension:peakon:2.0:User:{label}"
        )),
        label: Some(label),
        before: Some(pick(&SEGMENTS, 2)),
        after: Some(pick(&SEGMENTS, 3)),
        run: made.then_some(number / PER_RUN),
        plan: made.then_some(number / PER_RUN),
        reason: made.then(|| "Reorganisation".to_owned()),
        ..NewEvent::new(
            at,
            "ana@laptop".into(),
            ACME.0,
            if made {
                EventOrigin::Made
            } else {
                EventOrigin::Seen
            },
            EventAct::Set,
        )
    }
}
