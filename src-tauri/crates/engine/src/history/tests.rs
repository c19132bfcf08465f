//! The history through the engine's own face: searched, exported, anchored, shortened.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{EventAct, EventOrigin, NewEvent};

use super::*;
use crate::{
    engine::Engine,
    error::{Code, Result},
    ports::{Clock, Listener, News, Ports, Secrets},
};

struct Nothing;

impl Secrets for Nothing {
    fn keep(&self, _key: &str, _token: &SecretString) -> Result<()> {
        Ok(())
    }
    fn find(&self, _key: &str) -> Result<Option<SecretString>> {
        Ok(None)
    }
    fn forget(&self, _key: &str) -> Result<()> {
        Ok(())
    }
}

impl Listener for Nothing {
    fn hear(&self, _news: News) {}
}

struct Noon(Mutex<Timestamp>);

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("one thread")
    }
    fn today(&self) -> jiff::civil::Date {
        jiff::civil::date(2026, 11, 23)
    }
}

const ACME: ConnectionId = ConnectionId(1);

fn open(folder: &std::path::Path) -> Arc<Engine> {
    open_at(folder, "2026-11-23T12:00:00Z")
}

fn open_at(folder: &std::path::Path, now: &str) -> Arc<Engine> {
    let now = now.parse().expect("a time");
    Engine::open(
        folder,
        Ports {
            secrets: Arc::new(Nothing),
            clock: Arc::new(Noon(Mutex::new(now))),
            listener: Arc::new(Nothing),
            actor: "ana@laptop".into(),
            locale: "und".into(),
        },
    )
    .expect("opens")
}

fn event(at: &str, act: EventAct) -> NewEvent {
    NewEvent {
        person: Some(7),
        scim_id: Some("4711".into()),
        person_name: Some("Ana Ruiz".into()),
        ..NewEvent::new(at.into(), "ana@laptop".into(), 1, EventOrigin::Made, act)
    }
}

fn acme() -> (tempfile::TempDir, Arc<Engine>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = open(folder.path());
    let events = vec![
        NewEvent {
            attribute: Some("urn:x:Department".into()),
            label: Some("Department".into()),
            before: Some("=SUM(A1)".into()),
            after: Some("A|B=C\\D\nE".into()),
            run: Some(12),
            plan: Some(3),
            reason: Some("Reorganisation".into()),
            request_id: Some("req-1".into()),
            source: Some("f00d".into()),
            ..event("2026-11-20T09:00:00.000Z", EventAct::Set)
        },
        event("2026-11-20T10:00:00.000Z", EventAct::Deactivate),
        NewEvent {
            origin: EventOrigin::Seen,
            person_name: Some("Bo Li".into()),
            ..event("2026-11-21T08:00:00.000Z", EventAct::Vanish)
        },
        NewEvent {
            origin: EventOrigin::Seen,
            attribute: Some("active".into()),
            label: Some("Active".into()),
            before: Some("false".into()),
            after: Some("true".into()),
            ..event("2026-11-21T09:00:00.000Z", EventAct::Set)
        },
        NewEvent {
            person: None,
            person_name: None,
            scim_id: None,
            reason: Some("First sync: 2 people".into()),
            ..event("2026-11-22T08:00:00.000Z", EventAct::Note)
        },
    ];
    append(&engine, events);
    (folder, engine)
}

fn append(engine: &Engine, events: Vec<NewEvent>) {
    engine
        .store
        .write(move |writer| {
            for event in &events {
                writer.append_history(event)?;
            }
            Ok::<_, crate::Error>(())
        })
        .expect("appends");
}

/// Visits belong to a connection, and rules are said in each one's history.
fn connect(engine: &Engine) {
    engine
        .store
        .write(|writer| {
            writer.add_connection(&store::NewConnection {
                name: "Acme".into(),
                url: "https://acme.example/scim/v2".into(),
                colour: "green".into(),
                origin: "other".into(),
                token_place: "session".into(),
                capabilities: "{}".into(),
                policy: "{}".into(),
                created_at: "2026-11-01T00:00:00.000Z".into(),
            })
        })
        .expect("connects");
}

fn search(engine: &Engine, text: &str) -> (Vec<u32>, Option<String>) {
    let query = HistoryQuery {
        text: text.to_owned(),
        ..HistoryQuery::default()
    };
    let page = engine.history(ACME, query, 0, 100).expect("reads");
    (
        page.events.into_iter().map(|event| event.id.0).collect(),
        page.note,
    )
}

#[test]
fn the_search_box_takes_the_grammar_of_people_and_fields_of_its_own() {
    let (_folder, engine) = acme();
    for (text, ids) in [
        ("", vec![5, 4, 3, 2, 1]),
        ("ana", vec![5, 4, 2, 1]),
        ("person:ana", vec![4, 2, 1]),
        ("person:\"bo li\"", vec![3]),
        ("attribute:depart", vec![1]),
        ("value:true", vec![4]),
        ("run:12", vec![1]),
        ("is:made", vec![5, 2, 1]),
        ("is:seen person:ana", vec![4]),
        ("-is:seen deactivate", vec![2]),
        ("ana -department", vec![5, 4, 2]),
        ("on:2026-11-21", vec![4, 3]),
        ("from:2026-11-21 to:2026-11-21", vec![4, 3]),
        ("from:2026-11-21T08:30:00Z", vec![5, 4]),
        ("person:", vec![5, 4, 3, 2, 1]),
    ] {
        let (found, note) = search(&engine, text);
        assert_eq!(found, ids, "{text}");
        assert_eq!(note, None, "{text} is understood");
    }
    for text in ["is:blue", "from:tuesday", "run:x", "colour:red", "-run:12"] {
        let (found, note) = search(&engine, &format!("{text} person:bo"));
        assert_eq!(found, [3], "the rest of “{text}” still holds");
        assert!(note.is_some(), "what made no sense in “{text}” is said");
    }
}

fn exported(engine: &Engine, folder: &std::path::Path, format: HistoryFormat) -> String {
    let path = folder.join("history.out");
    let written = engine
        .export_history(ACME, HistoryQuery::default(), format, &path)
        .expect("writes");
    assert_eq!(written, 5, "every event is written");
    assert!(
        !path.with_extension("unfinished").exists(),
        "nothing half done is left"
    );
    String::from_utf8_lossy(&std::fs::read(&path).expect("reads")).into_owned()
}

#[test]
fn a_spreadsheet_meets_no_formula() {
    let (folder, engine) = acme();
    let text = exported(&engine, folder.path(), HistoryFormat::Csv);
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let head = rows.headers().expect("is CSV").clone();
    let first = rows.records().next().expect("a row").expect("is CSV");
    assert_eq!(
        &first[10], "'=SUM(A1)",
        "what begins like a formula is text"
    );
    assert_eq!(&first[11], "A|B=C\\D\nE", "anything else is as it was");
    let source = head
        .iter()
        .position(|name| name == "source")
        .expect("a column of its own");
    assert_eq!(&first[source], "f00d", "the file it came from");
    let book = exported(&engine, folder.path(), HistoryFormat::Xlsx);
    assert!(
        book.starts_with("PK"),
        "an Excel file is a package of files"
    );
}

/// As somebody would who has only the file.
fn walk_again(lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).expect("one object a line");
            let text = |name: &str| line[name].as_str().map(str::to_owned);
            let number = |name: &str| line[name].as_u64().map(|number| number as u32);
            let word = |name: &str| text(name).expect("a word");
            let event = NewEvent {
                person: number("row"),
                scim_id: text("scimId"),
                person_name: text("person"),
                attribute: text("attribute"),
                label: text("label"),
                before: text("before"),
                after: text("after"),
                run: number("run"),
                plan: number("plan"),
                reason: text("reason"),
                request_id: text("requestId"),
                source: text("source"),
                detail: text("detail"),
                ..NewEvent::new(
                    word("at"),
                    word("actor"),
                    number("connection").expect("a connection"),
                    *EventOrigin::ALL
                        .iter()
                        .find(|known| known.as_str() == word("origin"))
                        .expect("an origin"),
                    *EventAct::ALL
                        .iter()
                        .find(|known| known.as_str() == word("act"))
                        .expect("an act"),
                )
            };
            let mut digest = Sha256::new();
            digest.update(from_hex(&word("previous")));
            digest.update(store::canonical(number("id").expect("an id"), &event));
            assert_eq!(
                from_hex(&word("hash")),
                digest.finalize().to_vec(),
                "the line holds all that was hashed: {line}"
            );
            word("hash")
        })
        .collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex"))
        .collect()
}

#[test]
fn the_chain_can_be_walked_again_from_exported_lines() {
    let (folder, engine) = acme();
    let ana = r#"{"userName":"ana@acme.example","title":"Sales lead"}"#;
    let whole = |act| NewEvent {
        detail: Some(ana.into()),
        ..event("2026-11-23T09:00:00.000Z", act)
    };
    append(
        &engine,
        vec![whole(EventAct::Create), whole(EventAct::Delete)],
    );
    let page = engine
        .history(ACME, HistoryQuery::default(), 0, 2)
        .expect("reads");
    assert!(
        page.events
            .iter()
            .all(|event| event.detail.as_deref() == Some(ana)),
        "who was created or deleted is shown with their values: {page:?}"
    );
    let path = folder.path().join("history.jsonl");
    engine
        .export_history(ACME, HistoryQuery::default(), HistoryFormat::Json, &path)
        .expect("writes");
    let hashes = walk_again(&std::fs::read_to_string(&path).expect("reads"));
    let end = engine.verify_history().expect("walks").anchor;
    assert_eq!(
        hashes.last().map(|hash| format!("7:{hash}")),
        end,
        "and it ends where the history ends"
    );
}

#[test]
fn log_systems_get_the_classes_they_look_for() {
    let (folder, engine) = acme();
    let text = exported(&engine, folder.path(), HistoryFormat::Ocsf);
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("one object a line"))
        .collect();
    let kinds: Vec<(u64, u64, u64)> = events
        .iter()
        .map(|event| {
            let number = |name: &str| event[name].as_u64().expect("a number");
            (
                number("class_uid"),
                number("activity_id"),
                number("type_uid"),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            (3004, 3, 300_403),
            (3001, 5, 300_105),
            (3001, 6, 300_106),
            (3001, 2, 300_102),
            (0, 99, 99),
        ],
        "an edit, a deactivation, a disappearance, an activation by somebody else, a note"
    );
    for event in &events {
        for required in ["category_uid", "time", "severity_id", "metadata", "message"] {
            assert!(
                !event[required].is_null(),
                "{required} is required: {event}"
            );
        }
        assert_eq!(
            event["metadata"]["version"], "1.2.0",
            "the schema it keeps to"
        );
    }
    let edit = &events[0];
    assert_eq!(
        edit["entity"]["data"]["urn:x:Department"], "=SUM(A1)",
        "the value before"
    );
    assert_eq!(
        edit["entity_result"]["data"]["urn:x:Department"], "A|B=C\\D\nE",
        "the value after"
    );
    assert_eq!(edit["actor"]["user"]["name"], "ana", "who did it");
    assert_eq!(
        edit["time"], 1_795_165_200_000_i64,
        "milliseconds since 1970"
    );
    assert!(
        events[2].get("actor").is_none(),
        "of what was only seen nobody knows who did it"
    );
    assert_eq!(events[1]["user"]["uid"], "4711", "whose account it is");

    let cef = exported(&engine, folder.path(), HistoryFormat::Cef);
    let lines: Vec<&str> = cef.lines().collect();
    assert_eq!(
        lines.len(),
        5,
        "one line an event, whatever breaks its values hold"
    );
    assert!(
        lines[0].starts_with("CEF:0|Muster|Muster|")
            && lines[0].contains("|set|Attribute changed|1|"),
        "the head: {}",
        lines[0]
    );
    assert!(
        lines[0].contains(" cs6Label=source cs6=f00d ")
            && lines[0].contains(" cn3Label=plan cn3=3 "),
        "the file it came from and the plan: {}",
        lines[0]
    );
    assert!(
        lines[0].contains(" cs3=A|B\\=C\\\\D\\nE "),
        "equals signs, backslashes and line breaks are escaped: {}",
        lines[0]
    );
}

#[test]
fn anchors_are_made_by_themselves_and_find_another_history() {
    let (folder, engine) = acme();
    let days = |engine: &Engine| -> Vec<String> {
        let anchors = engine.anchors().expect("reads");
        anchors.into_iter().map(|anchor| anchor.day).collect()
    };
    assert_eq!(
        days(&engine),
        ["2026-11-20", "2026-11-21"],
        "each day that another followed"
    );
    drop(engine);
    let engine = open(folder.path());
    assert_eq!(
        days(&engine).last().map(String::as_str),
        Some("2026-11-22"),
        "a day that nothing followed, when Muster next opens"
    );
    let kept = engine
        .anchors()
        .expect("reads")
        .pop()
        .expect("an anchor")
        .anchor;
    assert!(
        engine.verify_history_against(&kept).expect("walks").sound,
        "the anchor fits the history it was taken of"
    );
    let forged = format!("3{}", &kept[1..]);
    assert!(
        !engine.verify_history_against(&forged).expect("walks").sound,
        "and no other event"
    );
}

#[test]
fn only_a_rule_with_a_reason_shortens_the_history() {
    let (_folder, engine) = acme();
    for (day, reason) in [("2026-11-21", " "), ("soon", "old"), ("2026-12-24", "old")] {
        let refused = engine
            .remove_history_before(day, reason)
            .expect_err("refused");
        assert_eq!(
            refused.code,
            Code::Precondition,
            "{day} {reason}: {refused}"
        );
    }
    let old = engine.anchors().expect("reads").remove(0).anchor;
    let removed = engine
        .remove_history_before("2026-11-21", "Two years are enough")
        .expect("removes");
    assert_eq!(removed.events, 2, "what happened before that day");
    let page = engine
        .history(ACME, HistoryQuery::default(), 0, 10)
        .expect("reads");
    assert_eq!(
        page.events[0].sentence,
        "Retention: 2 events before 2026-11-21 removed. Reason: Two years are enough",
        "the rule is an event itself"
    );
    let verification = engine.verify_history().expect("walks");
    assert!(verification.sound, "{}", verification.message);
    let refused = engine
        .verify_history_against(&old)
        .expect_err("nothing to compare");
    assert!(
        refused.message.contains("removed by a retention rule"),
        "an anchor of what was removed is no proof of tampering: {refused}"
    );
}

#[test]
fn coming_back_says_what_others_changed_since() {
    let (folder, engine) = acme();
    connect(&engine);
    assert_eq!(
        engine.unseen_history(ACME).expect("counts"),
        0,
        "nobody has looked yet, so nothing is new"
    );
    let first = engine.visit_history(ACME).expect("visits");
    assert_eq!((first.since, first.seen), (None, 0), "the first visit");
    append(
        &engine,
        vec![
            NewEvent {
                origin: EventOrigin::Seen,
                ..event("2026-11-23T12:10:00.000Z", EventAct::Vanish)
            },
            event("2026-11-23T12:11:00.000Z", EventAct::Set),
        ],
    );
    assert_eq!(
        engine.unseen_history(ACME).expect("counts"),
        1,
        "what others did; the admin knows their own"
    );
    drop(engine);

    let engine = open_at(folder.path(), "2026-11-24T08:00:00Z");
    let second = engine.visit_history(ACME).expect("visits");
    assert_eq!(
        (second.since.as_deref(), second.seen),
        (Some("2026-11-23T12:00:00.000Z"), 1),
        "since the visit before"
    );
    assert_eq!(engine.unseen_history(ACME).expect("counts"), 0, "now seen");
    drop(engine);
    let engine = open_at(folder.path(), "2026-11-24T08:20:00Z");
    let same = engine.visit_history(ACME).expect("visits");
    assert_eq!(
        same.seen, 1,
        "a look at something else in between does not make it old"
    );
    drop(engine);
    let engine = open_at(folder.path(), "2026-11-25T08:00:00Z");
    let third = engine.visit_history(ACME).expect("visits");
    assert_eq!(
        (third.since.as_deref(), third.seen),
        (Some("2026-11-24T08:20:00.000Z"), 0),
        "the next day it is"
    );
}

#[test]
fn a_standing_rule_keeps_the_history_short_and_says_so() {
    let (folder, engine) = acme();
    connect(&engine);
    for (days, reason) in [(Some(365), "  "), (Some(7), "tidy"), (None, "")] {
        let refused = engine.keep_history_for(days, reason).expect_err("refused");
        assert_eq!(refused.code, Code::Precondition, "{days:?}: {refused}");
    }
    let removed = engine
        .keep_history_for(Some(30), "Policy 12")
        .expect("makes the rule");
    assert_eq!(removed.events, 0, "nothing is that old yet");
    let newest = |engine: &Engine| {
        let page = engine
            .history(ACME, HistoryQuery::default(), 0, 10)
            .expect("reads");
        page.events[0].sentence.clone()
    };
    assert_eq!(
        newest(&engine),
        "Retention: events older than 30 days are removed from now on. Reason: Policy 12",
        "the rule is an event itself"
    );
    drop(engine);

    let engine = open_at(folder.path(), "2026-12-22T09:00:00Z");
    let removed = engine.follow_retention().expect("follows");
    let page = engine
        .history(ACME, HistoryQuery::default(), 0, 50)
        .expect("reads");
    assert!(
        page.events
            .iter()
            .all(|event| event.at.as_str() >= "2026-11-22"),
        "what is older than the rule says is gone: {removed:?}"
    );
    assert!(
        newest(&engine).contains("(kept for 30 days, a rule of 2026-11-23)"),
        "and the history says by which rule: {}",
        newest(&engine)
    );
    let verification = engine.verify_history().expect("walks");
    assert!(verification.sound, "{}", verification.message);
    assert_eq!(
        engine.retention().expect("reads").map(|rule| rule.days),
        Some(30),
        "the rule stands"
    );
    engine
        .keep_history_for(None, "Legal hold")
        .expect("ends the rule");
    assert_eq!(
        engine.retention().expect("reads"),
        None,
        "until it is ended"
    );
    assert!(
        newest(&engine).contains("Legal hold"),
        "which is an event too"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_value_breaks_out_of_its_place_in_cef(value in "[a-z|=\\\\\r\n ]{0,12}") {
        let text = export::escaped(&value);
        prop_assert!(!text.contains(['\r', '\n']), "one event is one line");
        let mut letters = text.chars();
        let mut back = String::new();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n') => back.push('\n'),
                    Some(escaped) => back.push(escaped),
                    None => prop_assert!(false, "a backslash at the end would swallow what follows"),
                },
                '=' => prop_assert!(false, "a bare equals sign begins the next member"),
                letter => back.push(letter),
            }
        }
        prop_assert_eq!(back, value.replace("\r\n", "\n").replace('\r', "\n"), "nothing is lost");
    }
}
