//! Connect, sync, find: the engine in front of the sample company, with its faults and switches.

use std::time::Duration;

use engine::{
    Code,
    attribute::Role,
    connection::{
        ConnectionChange, Policy, StepVerdict, SyncOutcome, TestReport, TestStepName, TokenPlace,
    },
    history::{Act, HistoryQuery, Origin},
    ids::{AttributeId, ConnectionId, RowId},
    people::{Filter, Format, Sort, Test, ViewQuery},
    ports::News,
};
use secrecy::SecretString;
use serde_json::json;
use tests::company::{Company, TODAY, TOKEN, token};

type Outcome = anyhow::Result<()>;

fn search(text: &str) -> ViewQuery {
    ViewQuery {
        search: text.to_owned(),
        ..ViewQuery::default()
    }
}

fn total(company: &Company, id: ConnectionId, query: ViewQuery) -> anyhow::Result<u32> {
    let view = company.engine.open_view(id, query)?;
    company.engine.close_view(view.id);
    Ok(view.total)
}

fn step(report: &TestReport, name: TestStepName) -> Option<StepVerdict> {
    report
        .steps
        .iter()
        .find(|step| step.step == name)
        .map(|step| step.verdict)
}

async fn synced(people: u32) -> anyhow::Result<(Company, ConnectionId, SyncOutcome)> {
    let company = Company::of(people).await?;
    let id = company.connect()?.id;
    let outcome = company.engine.sync(id).await?;
    Ok((company, id, outcome))
}

/// Ids of people in the listing's order.
fn ids(company: &Company, id: ConnectionId, count: u32) -> anyhow::Result<Vec<(RowId, String)>> {
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let window = company.engine.window(view.id, 0, count, &[])?;
    window
        .rows
        .iter()
        .map(|row| Ok((row.id, company.engine.person(id, row.id)?.scim_id)))
        .collect()
}

fn attribute(company: &Company, id: ConnectionId, label: &str) -> anyhow::Result<AttributeId> {
    let directory = company.engine.directory_of(id)?;
    let found = directory
        .attributes
        .iter()
        .find(|attribute| attribute.label == label);
    found
        .map(|attribute| attribute.id)
        .ok_or_else(|| anyhow::anyhow!("no attribute is called {label}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_tried_step_by_step_and_its_token_kept_in_the_keychain() -> Outcome {
    let company = Company::of(500).await?;
    let told = std::sync::Mutex::new(Vec::new());
    let report = company
        .engine
        .test_connection(&company.service.url(), token(), |step| {
            told.lock().expect("not poisoned").push(step);
        })
        .await;
    assert!(report.passed, "everything is in order: {:?}", report.steps);
    assert_eq!(
        report.people,
        Some(500),
        "the number of people is known before anything is kept"
    );
    assert!(
        report.attributes >= 12,
        "the company has many attributes of its own"
    );
    assert_eq!(
        *told.lock().expect("not poisoned"),
        report.steps,
        "each step is told as it is known"
    );

    let connection = company.connect()?;
    assert!(
        connection.token_ready,
        "the token was read back from the keychain"
    );
    let file = std::fs::read(company.engine.data_file())?;
    let leaked = file
        .windows(TOKEN.len())
        .any(|part| part == TOKEN.as_bytes());
    assert!(!leaked, "the token is in the keychain and in no file");

    let again = company.another_engine()?;
    assert_eq!(
        again.sync(connection.id).await?.people,
        500,
        "the next launch finds the token"
    );
    company.engine.forget_connection(connection.id)?;
    assert!(
        company
            .keychain
            .tokens
            .lock()
            .expect("not poisoned")
            .is_empty(),
        "a forgotten connection leaves no token behind"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_a_connection_fails_has_its_own_sentence_and_a_next_step() -> Outcome {
    let company = Company::of(50).await?;
    let url = company.service.url();
    let good = url.clone();
    let bad_token = SecretString::from("not-the-token".to_owned());
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        format!("http://127.0.0.1:{}/scim/v2", listener.local_addr()?.port())
    };
    let mut sentences = Vec::new();
    let mut failed = |report: TestReport, at: TestStepName| {
        let bad: Vec<_> = report
            .steps
            .iter()
            .filter(|step| step.verdict == StepVerdict::Bad)
            .collect();
        assert_eq!(bad.len(), 1, "one thing is wrong: {:?}", report.steps);
        assert_eq!(bad[0].step, at, "and it is said where: {}", bad[0].sentence);
        assert!(!report.passed, "a failed test is not passed");
        assert!(
            bad[0].next.is_some() || at == TestStepName::Address,
            "what to do next is said: {}",
            bad[0].sentence
        );
        sentences.push(bad[0].sentence.clone());
    };
    let engine = &company.engine;
    failed(
        engine
            .test_connection("http://acme.peakon.com", token(), |_| {})
            .await,
        TestStepName::Address,
    );
    failed(
        engine.test_connection(&closed, token(), |_| {}).await,
        TestStepName::Reached,
    );
    failed(
        engine.test_connection(&good, bad_token, |_| {}).await,
        TestStepName::TokenAccepted,
    );
    company.set(json!({ "listing": "forbidden" })).await?;
    failed(
        engine.test_connection(&good, token(), |_| {}).await,
        TestStepName::ListingAllowed,
    );
    company.set(json!({ "listing": "allowed" })).await?;
    company
        .fail(json!({ "status": 200, "body": "html", "count": 0, "contentType": "text/html" }))
        .await?;
    failed(
        engine.test_connection(&good, token(), |_| {}).await,
        TestStepName::Reached,
    );
    company.no_faults().await?;
    company
        .fail(json!({ "drop": "before", "count": 0 }))
        .await?;
    failed(
        engine.test_connection(&good, token(), |_| {}).await,
        TestStepName::Reached,
    );
    company.no_faults().await?;
    let secure = url.replace("http://", "https://");
    failed(
        engine.test_connection(&secure, token(), |_| {}).await,
        TestStepName::Reached,
    );
    let mut distinct = sentences.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(
        distinct.len(),
        sentences.len(),
        "no two failures read alike: {sentences:#?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_path_is_put_right_and_the_right_one_used() -> Outcome {
    let company = Company::of(50).await?;
    let wrong = company.service.url().replace("/api/scim/v2", "/scim/v2");
    let report = company
        .engine
        .test_connection(&wrong, token(), |_| {})
        .await;
    assert!(
        report.passed,
        "the twin address answers: {:?}",
        report.steps
    );
    assert_eq!(
        report.url,
        company.service.url(),
        "the address that answered is the one to keep"
    );
    assert_eq!(
        step(&report, TestStepName::Reached),
        Some(StepVerdict::Note),
        "that another address is used is said"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_nothing_is_kept_and_this_session_only_works() -> Outcome {
    let company = Company::of(50).await?;
    *company.keychain.absent.lock().expect("not poisoned") = true;
    let refused = company.connect().expect_err("there is no keychain");
    assert!(
        refused.to_string().contains("keychain"),
        "the sentence says what is missing: {refused}"
    );
    assert!(
        company.engine.connections()?.is_empty(),
        "a connection without its token is not kept"
    );
    let kept = company.engine.add_connection(
        engine::connection::NewConnection {
            name: "Acme".to_owned(),
            url: company.service.url(),
            colour: engine::connection::Colour::Red,
            service: engine::connection::ServiceKind::Peakon,
            keep: TokenPlace::Session,
        },
        &token(),
    )?;
    assert_eq!(
        company.engine.sync(kept.id).await?.people,
        50,
        "the session's token is enough"
    );
    let next = company.another_engine()?;
    let error = next
        .sync(kept.id)
        .await
        .expect_err("the next launch has no token");
    assert_eq!(error.code, Code::Token, "so it asks for it");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_directory_is_mirrored_and_a_second_sync_writes_only_what_changed() -> Outcome {
    let (company, id, first) = synced(2_000).await?;
    assert_eq!(
        (first.people, first.added, first.changed, first.vanished),
        (2_000, 2_000, 0, 0)
    );
    assert!(first.complete, "everybody was listed: {:?}", first.warnings);
    assert_eq!(first.warnings, Vec::<String>::new(), "nothing odd happened");
    assert_eq!(first.pages, 20, "a hundred at a time");
    assert!(
        company.engine.connection(id)?.synced_at.is_some(),
        "the time is kept"
    );
    let history = company
        .engine
        .history(id, HistoryQuery::default(), 0, 100)?;
    let arrivals = history
        .events
        .iter()
        .filter(|event| event.act == Act::Arrive)
        .count();
    assert_eq!(
        arrivals, 0,
        "the first sync is one note, not thousands of arrivals"
    );

    let before = written(&company, id)?;
    let people = ids(&company, id, 50)?;
    for (_, person) in &people {
        company
            .write(json!({ "person": person, "set": { "Department": "Moved" } }))
            .await?;
    }
    let second = company.engine.sync(id).await?;
    assert_eq!(
        (second.added, second.changed, second.vanished),
        (0, 50, 0),
        "50 people changed"
    );
    let after = written(&company, id)?;
    let rewritten = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .count();
    assert_eq!(rewritten, 50, "and only these were written");
    let seen = company.engine.history(
        id,
        HistoryQuery {
            origin: Some(Origin::Seen),
            row: Some(people[0].0),
            ..HistoryQuery::default()
        },
        0,
        10,
    )?;
    assert_eq!(
        seen.events[0].after.as_deref(),
        Some("Moved"),
        "what was seen is in the history"
    );
    let third = company.engine.sync(id).await?;
    assert_eq!(
        (third.added, third.changed, third.vanished),
        (0, 0, 0),
        "nothing changed since"
    );
    Ok(())
}

/// When each of the first people was last written.
fn written(company: &Company, id: ConnectionId) -> anyhow::Result<Vec<Option<String>>> {
    company.clock.go_on(Duration::from_secs(60));
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let window = company.engine.window(view.id, 0, 1000, &[])?;
    let mut rows: Vec<RowId> = window.rows.iter().map(|row| row.id).collect();
    rows.sort();
    rows.into_iter()
        .map(|row| Ok(company.engine.person(id, row)?.seen_at))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_stays_open_and_follows_a_sync() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let query = search("department:\"Deep Space\"");
    let view = company.engine.open_view(id, query)?;
    assert_eq!(view.total, 0, "nobody works there yet");
    let (row, person) = ids(&company, id, 1)?.remove(0);
    company
        .write(json!({ "person": person, "set": { "Department": "Deep Space" } }))
        .await?;
    company.engine.sync(id).await?;
    let now = company.engine.view(view.id)?;
    assert_eq!(now.total, 1, "the open view was brought up to date");
    assert!(now.version > view.version, "and says so by its version");
    assert_eq!(
        company.engine.locate(view.id, row)?,
        Some(0),
        "with the person who moved there"
    );
    company.ear.wait_for(|news| {
        matches!(news, News::DirectoryChanged(changed) if *changed == id).then_some(())
    });
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_line_mirrored_reaches_an_open_window() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let view = company
        .engine
        .open_view(id, search("department:\"Deep Space\""))?;
    let (_, person) = ids(&company, id, 1)?.remove(0);
    company
        .write(json!({ "person": person, "set": { "Department": "Deep Space" } }))
        .await?;
    let elsewhere = company.another_engine()?;
    assert_eq!(
        elsewhere.sync(id).await?.changed,
        1,
        "the other process takes the change into the file they share"
    );
    assert_eq!(
        company.engine.sync(id).await?.changed,
        0,
        "so there is nothing left to find here"
    );
    assert_eq!(
        company.engine.view(view.id)?.total,
        1,
        "and still the view shows it"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_listings_end_whole_or_say_what_is_missing() -> Outcome {
    for (switches, why) in [
        (json!({ "pages": "short" }), "short pages in the middle"),
        (json!({ "totalResults": "missing" }), "no total"),
        (
            json!({ "totalResults": "pageSize" }),
            "the page's size in place of the total",
        ),
        (json!({ "totalResults": "low" }), "a total that is too low"),
        (json!({ "startIndex": "zeroBased" }), "counting from zero"),
        (json!({ "pastTheEnd": "refused" }), "no page past the end"),
        (json!({ "nobody": "noContent" }), "204 for an empty page"),
        (json!({ "cursor": "forced" }), "cursors without being asked"),
        (json!({ "numericIds": true }), "ids as numbers"),
        (json!({ "schemasForm": "missing" }), "no schemas"),
        (
            json!({ "serviceProviderConfig": false }),
            "no service provider config",
        ),
    ] {
        let company = Company::of(430).await?;
        company.set(switches).await?;
        let id = company.connect()?.id;
        let outcome = company.engine.sync(id).await?;
        assert_eq!(
            outcome.people, 430,
            "{why}: everybody is there: {outcome:?}"
        );
        assert!(outcome.complete, "{why}: {outcome:?}");
        assert_eq!(
            total(&company, id, ViewQuery::default())?,
            430,
            "{why}: and in the view"
        );
    }
    for (switches, why) in [
        (json!({ "pages": "holed" }), "rows in no page"),
        (json!({ "startIndex": "ignored" }), "the same page for ever"),
    ] {
        let company = Company::of(430).await?;
        company.set(switches).await?;
        let id = company.connect()?.id;
        let outcome = company.engine.sync(id).await?;
        assert!(
            outcome.people < 430 && !outcome.complete,
            "{why}: it can't be whole: {outcome:?}"
        );
        assert!(!outcome.warnings.is_empty(), "{why}: and that is said");
        assert_eq!(
            company.engine.connection(id)?.synced_at,
            None,
            "{why}: an incomplete listing is no sync"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unstable_order_never_makes_anybody_vanish() -> Outcome {
    let (company, id, _) = synced(600).await?;
    for order in ["drifting", "shuffled"] {
        company.set(json!({ "order": order })).await?;
        let outcome = company.engine.sync(id).await?;
        assert_eq!(outcome.vanished, 0, "{order}: nobody is gone: {outcome:?}");
        assert_eq!(
            total(&company, id, ViewQuery::default())?,
            600,
            "{order}: all are there"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_directory_is_no_failure() -> Outcome {
    let company = Company::of(1).await?;
    let person = {
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        ids(&company, id, 1)?.remove(0).1
    };
    company
        .write(json!({ "person": person, "delete": true }))
        .await?;
    company.set(json!({ "nobody": "noContent" })).await?;
    let id = company.engine.connections()?[0].id;
    let outcome = company.engine.sync(id).await?;
    assert!(outcome.complete, "204 is an answer: {outcome:?}");
    assert_eq!(
        (outcome.people, outcome.vanished),
        (0, 1),
        "and the one who was there is gone"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_said_and_what_was_mirrored_stays() -> Outcome {
    let (company, id, _) = synced(300).await?;
    company.fail(json!({ "status": 401, "count": 0 })).await?;
    let error = company
        .engine
        .sync(id)
        .await
        .expect_err("the token is refused");
    assert_eq!(
        error.code,
        Code::Token,
        "so that the page can ask for another: {error}"
    );
    assert!(
        error.message.contains("token"),
        "the sentence names it: {error}"
    );
    assert_eq!(
        total(&company, id, ViewQuery::default())?,
        300,
        "the mirror is still there"
    );
    company.no_faults().await?;
    company
        .engine
        .rekey_connection(id, &token(), TokenPlace::Keychain)?;
    assert!(
        company.engine.sync(id).await?.complete,
        "with a new token it goes on"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_half_way_keeps_what_was_read() -> Outcome {
    let company = Company::of(1_000).await?;
    let id = company.connect()?.id;
    // Pages are asked for ahead of their turn and arrive in any order: the one refused is named by what it asks for.
    company
        .fail(json!({ "path": "/Users", "query": "startIndex=501", "status": 401, "count": 0 }))
        .await?;
    let error = company
        .engine
        .sync(id)
        .await
        .expect_err("the token is refused half way");
    assert_eq!(error.code, Code::Token, "{error}");
    let read = total(&company, id, ViewQuery::default())?;
    assert_eq!(read, 500, "the five pages before it are kept");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_quota_stops_the_sync_and_the_next_process_knows() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let policy = Policy {
        quota: 12,
        ..Policy::default()
    };
    company.engine.change_connection(
        id,
        ConnectionChange {
            policy: Some(policy),
            ..ConnectionChange::default()
        },
    )?;
    let before = company.log_since(0).await?.len() as u64;
    let first = company.engine.sync(id).await?;
    assert!(
        first.complete,
        "half the budget is enough for one more sync: {first:?}"
    );
    let error = company.engine.sync(id).await.expect_err("the rest is not");
    assert_eq!(
        error.code,
        Code::Precondition,
        "that is no failure: {error}"
    );
    assert!(
        error.message.contains("until"),
        "when it goes on is said: {error}"
    );
    let sent = company.log_since(before).await?.len();
    assert!(sent <= 12, "never more than the budget is sent: {sent}");
    let error = company
        .another_engine()?
        .sync(id)
        .await
        .expect_err("it is one budget");
    assert_eq!(
        error.code,
        Code::Precondition,
        "another process knows it is spent: {error}"
    );
    company.clock.go_on(Duration::from_secs(3_700));
    assert!(
        company.engine.sync(id).await?.complete,
        "an hour later there is a new one"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_services_own_limit_and_dropped_connections_are_waited_out() -> Outcome {
    let company = Company::of(600).await?;
    let id = company.connect()?.id;
    company
        .fail(json!([
            { "path": "/Users", "status": 429, "nth": 2, "retryAfter": "seconds", "retrySeconds": 1 },
            { "path": "/Users", "drop": "midBody", "nth": 4 },
            { "path": "/Users", "drop": "before", "nth": 6 },
            { "path": "/Users", "status": 503, "nth": 8 },
        ]))
        .await?;
    let outcome = company.engine.sync(id).await?;
    assert_eq!(
        (outcome.people, outcome.complete),
        (600, true),
        "{outcome:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_breaks_off_is_partly_done_and_nobody_vanishes() -> Outcome {
    let (company, id, _) = synced(1_000).await?;
    company
        .fail(json!({ "path": "/Users", "status": 500, "nth": 5, "count": 0 }))
        .await?;
    let outcome = company.engine.sync(id).await?;
    assert!(
        !outcome.complete && outcome.people < 1_000,
        "not everybody was listed: {outcome:?}"
    );
    assert!(
        outcome.warnings[0].contains("broke off"),
        "that is said first: {:?}",
        outcome.warnings
    );
    assert_eq!(outcome.vanished, 0, "who was not listed is not gone");
    assert_eq!(
        total(&company, id, ViewQuery::default())?,
        1_000,
        "all are still shown"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_attribute_is_noted_once_and_ids_stay() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let department = attribute(&company, id, "Department")?;
    let location = attribute(&company, id, "Location")?;
    company
        .control(
            "POST",
            "/attributes",
            Some(json!({ "rename": { "from": "Department", "to": "Team name" } })),
        )
        .await?;
    let outcome = company.engine.sync(id).await?;
    assert_eq!(
        outcome.changed, 0,
        "nobody's values changed, their name did: {outcome:?}"
    );
    assert_eq!(
        outcome.warnings.len(),
        2,
        "what came and what went: {:?}",
        outcome.warnings
    );
    assert!(
        attribute(&company, id, "Department").is_err(),
        "the old one is gone"
    );
    let renamed = attribute(&company, id, "Team name")?;
    assert_ne!(renamed, department, "another key is another attribute");
    assert_eq!(
        attribute(&company, id, "Location")?,
        location,
        "the others keep their ids"
    );
    let filled = company.engine.directory_of(id)?;
    let filled = filled
        .attributes
        .iter()
        .find(|attribute| attribute.id == renamed);
    assert!(
        filled.is_some_and(|attribute| attribute.filled > 200),
        "with everybody's values"
    );
    let events = company
        .engine
        .history(id, HistoryQuery::default(), 0, 1_000)?;
    let sets = events
        .events
        .iter()
        .filter(|event| event.act == Act::Set)
        .count();
    assert_eq!(sets, 0, "the history is not flooded");

    company
        .control(
            "POST",
            "/attributes",
            Some(json!({ "rename": { "from": "Team name", "to": "Department" } })),
        )
        .await?;
    company.engine.sync(id).await?;
    assert_eq!(
        attribute(&company, id, "Department")?,
        department,
        "back under its key, back to its id"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_vanish_are_asked_for_before_they_are_believed_gone() -> Outcome {
    let (company, id, _) = synced(400).await?;
    let gone = ids(&company, id, 3)?;
    for (_, person) in &gone {
        company
            .write(json!({ "person": person, "delete": true }))
            .await?;
    }
    let outcome = company.engine.sync(id).await?;
    assert_eq!(outcome.vanished, 3, "three are gone: {outcome:?}");
    assert_eq!(
        total(&company, id, ViewQuery::default())?,
        397,
        "and in no view"
    );
    let log = company.log_since(0).await?;
    for (row, person) in &gone {
        let asked = log.iter().any(|entry| {
            entry["method"] == "GET"
                && entry["path"]
                    .as_str()
                    .is_some_and(|path| path.ends_with(person.as_str()))
        });
        assert!(asked, "{person} was asked for");
        let shown = company.engine.person(id, *row)?;
        assert!(
            shown.gone_at.is_some(),
            "what was known of them is still there"
        );
        assert!(
            shown.fields.iter().any(|field| field.cell.value.is_some()),
            "with their values"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_disappearance_is_not_believed_when_a_spot_check_finds_people() -> Outcome {
    let (company, id, _) = synced(1_000).await?;
    company
        .set(json!({ "inactiveListed": false, "leaversListed": false }))
        .await?;
    let before = company.log_since(0).await?.len() as u64;
    let outcome = company.engine.sync(id).await?;
    assert_eq!(outcome.vanished, 0, "they are still there: {outcome:?}");
    assert!(
        !outcome.complete,
        "a listing that leaves people out is not whole, whatever it says: {outcome:?}"
    );
    assert!(
        outcome
            .warnings
            .iter()
            .any(|warning| warning.contains("unusually many")),
        "what was seen is said: {:?}",
        outcome.warnings
    );
    let asked = company.log_since(before).await?;
    let asked = asked.iter().filter(|entry| {
        entry["path"]
            .as_str()
            .is_some_and(|path| path.contains("/Users/"))
    });
    assert!(asked.count() <= 10, "a few are asked for, not all");
    assert_eq!(
        total(&company, id, ViewQuery::default())?,
        1_000,
        "nobody left the views"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_disappearance_is_believed_when_a_spot_check_finds_nobody() -> Outcome {
    let (company, id, _) = synced(1_000).await?;
    let gone = ids(&company, id, 60)?;
    for (_, person) in &gone {
        company
            .write(json!({ "person": person, "delete": true }))
            .await?;
    }
    let before = company.log_since(0).await?.len() as u64;
    let outcome = company.engine.sync(id).await?;
    assert_eq!(
        outcome.vanished, 60,
        "60 of 1,000 are more than are asked for one by one, and all are gone: {outcome:?}"
    );
    let said = outcome
        .warnings
        .iter()
        .find(|warning| warning.contains("unusually many"));
    assert!(
        said.is_some_and(|said| said.contains("60 people were")
            && said.contains("10 of them were asked for")
            && said.contains("all are marked as gone")),
        "it is said how many, how many of them were asked for, and what was concluded: {:?}",
        outcome.warnings
    );
    let asked = company
        .log_since(before)
        .await?
        .iter()
        .filter(|entry| {
            entry["path"]
                .as_str()
                .is_some_and(|path| path.contains("/Users/"))
        })
        .count();
    assert_eq!(asked, 10, "ten are asked for, spread over those missing");
    assert_eq!(
        total(&company, id, ViewQuery::default())?,
        940,
        "the others are in the views as before"
    );
    for (row, person) in [&gone[0], &gone[59]] {
        let shown = company.engine.person(id, *row)?;
        assert!(
            shown.gone_at.is_some(),
            "{person} is marked, asked for or not"
        );
        let reason = shown.history[0].reason.clone().unwrap_or_default();
        assert!(
            reason.contains("10 of them were asked for singly"),
            "and the history says how sure that is: {:?}",
            shown.history
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_disappearance_that_could_not_be_asked_about_claims_nothing() -> Outcome {
    let (company, id, _) = synced(1_000).await?;
    for (_, person) in &ids(&company, id, 60)? {
        company
            .write(json!({ "person": person, "delete": true }))
            .await?;
    }
    company
        .fail(json!({ "method": "GET", "path": "/Users/", "status": 403, "count": 0 }))
        .await?;
    let outcome = company.engine.sync(id).await?;
    assert_eq!(
        outcome.vanished, 0,
        "nobody could be asked for: {outcome:?}"
    );
    let said = outcome.warnings.join(" ");
    assert!(
        said.contains("could not be asked") && !said.contains("still there."),
        "nobody was seen, so nothing is said of who is there: {said}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_renamed_coloured_and_given_another_token() -> Outcome {
    let (company, id, _) = synced(20).await?;
    let change = ConnectionChange {
        name: Some("Acme Nordics".to_owned()),
        colour: Some(engine::connection::Colour::Teal),
        ..ConnectionChange::default()
    };
    company.engine.change_connection(id, change)?;
    let next = company.another_engine()?;
    let kept = next.connection(id)?;
    assert_eq!(
        (kept.name.as_str(), kept.colour, kept.token_ready),
        ("Acme Nordics", engine::connection::Colour::Teal, true),
        "the next launch has both, and the token as it was"
    );
    let other = SecretString::from("another-token-8".to_owned());
    next.rekey_connection(id, &other, TokenPlace::Keychain)?;
    let error = next
        .sync(id)
        .await
        .expect_err("the service does not know it");
    assert_eq!(
        error.code,
        Code::Token,
        "the new token is what is sent, not the one of before: {error}"
    );
    let kept = company
        .keychain
        .tokens
        .lock()
        .expect("not poisoned")
        .clone();
    assert_eq!(
        kept.values().collect::<Vec<_>>(),
        ["another-token-8"],
        "and what the keychain holds"
    );
    next.rekey_connection(id, &token(), TokenPlace::Session)?;
    assert_eq!(next.sync(id).await?.people, 20, "the right one again");
    assert!(
        company
            .keychain
            .tokens
            .lock()
            .expect("not poisoned")
            .is_empty(),
        "for this session only it leaves the keychain"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_damaged_on_disk_is_said_to_be() -> Outcome {
    let (company, id, _) = synced(20).await?;
    let file = company.folder.path().join("muster.db");
    let database = rusqlite::Connection::open(file)?;
    for (column, damage, what) in [
        ("colour", "mauve", "colour of the connection Acme"),
        ("origin", "nobody", "kind of service of the connection Acme"),
        (
            "token_place",
            "drawer",
            "place of the token of the connection Acme",
        ),
        ("policy", "{", "leaver policy of the connection Acme"),
        (
            "sync_outcome",
            "{",
            "outcome of the last sync of the connection Acme",
        ),
    ] {
        let read = format!("SELECT {column} FROM connections");
        let whole: String = database.query_one(&read, [], |row| row.get(0))?;
        let change = format!("UPDATE connections SET {column} = ?1");
        database.execute(&change, [damage])?;
        let error = company
            .another_engine()?
            .connection(id)
            .expect_err("a part of it can't be read");
        assert!(
            error
                .message
                .starts_with(&format!("The stored {what} could not be read: "))
                && error.message.contains("put back a copy"),
            "what is damaged, where, and what to do next: {error}"
        );
        database.execute(&change, [whole])?;
    }
    assert_eq!(
        company.another_engine()?.connection(id)?.people,
        20,
        "and whole again it is as it was"
    );
    database.execute("UPDATE attributes SET kind = 'mood' WHERE label = 'Gender'", [])?;
    let error = company
        .another_engine()?
        .directory_of(id)
        .expect_err("a column can't be read");
    assert!(
        error.message.contains("kind of the attribute Gender"),
        "a column is not taken for a text: {error}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_shown_with_who_is_above_and_below_and_as_received() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let engine = &company.engine;
    let view = engine.open_view(id, ViewQuery::default())?;
    let rows = engine.window(view.id, 0, view.total, &[])?.rows;
    let mut deep = None;
    for row in &rows {
        let person = engine.person(id, row.id)?;
        if person.line.len() >= 2 && person.reports_total >= 1 {
            deep = Some(person);
            break;
        }
    }
    let person = deep.expect("three levels in a company of 300");
    let manager = person.line.last().expect("there is a manager");
    let above = engine.person(id, manager.row)?;
    assert!(
        above.reports.iter().any(|report| report.row == person.row),
        "whoever is above has them among the reports"
    );
    assert_eq!(
        person.line[..person.line.len() - 1],
        above.line[..],
        "the line is that of the manager, and the manager"
    );
    let below = engine.person(id, person.reports[0].row)?;
    assert_eq!(
        below.line.last().map(|above| above.row),
        Some(person.row),
        "and whoever is below is led by them"
    );
    company
        .write(json!({ "person": person.scim_id, "set": { "Department": "Elsewhere" } }))
        .await?;
    engine.sync(id).await?;
    let now = engine.person(id, person.row)?;
    assert_eq!(
        now.history[0].after.as_deref(),
        Some("Elsewhere"),
        "what a sync found is the newest of their history: {:?}",
        now.history
    );
    let raw = engine.raw_record(id, person.row)?;
    assert!(
        raw.location
            .ends_with(&format!("/Users/{}", person.scim_id))
            && raw.json.contains("\"Department\": \"Elsewhere\""),
        "the record is shown as it came: {}",
        raw.json
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attribute_that_one_late_person_shows_is_there_after_the_first_sync() -> Outcome {
    let company = Company::of(2_000).await?;
    company.set(json!({ "schemasForm": "missing" })).await?;
    company
        .control(
            "POST",
            "/attributes",
            Some(json!({ "add": { "name": "Parking Space", "kind": "option" } })),
        )
        .await?;
    let id = company.connect()?.id;
    company.engine.sync(id).await?;
    assert!(
        attribute(&company, id, "Parking Space").is_err(),
        "no schema speaks of it and nobody has one"
    );
    // People are listed by their number, so this is one of the last.
    let last = ids(&company, id, 200)?
        .into_iter()
        .filter_map(|(_, person)| person.parse::<u64>().ok())
        .max();
    company
        .write(json!({ "person": last, "set": { "Parking Space": "B 12" } }))
        .await?;

    company.engine.forget_connection(id)?;
    let id = company.connect()?.id;
    let outcome = company.engine.sync(id).await?;
    assert!(outcome.complete, "{outcome:?}");
    let parking = attribute(&company, id, "Parking Space")?;
    let shown = company.engine.directory_of(id)?;
    let filled = shown
        .attributes
        .iter()
        .find(|attribute| attribute.id == parking)
        .map(|attribute| attribute.filled);
    assert_eq!(
        filled,
        Some(1),
        "the one value among 2,000 is read, by the first sync"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_sync_keeps_what_it_read_and_the_next_one_finishes() -> Outcome {
    let company = Company::of(3_000).await?;
    company.set(json!({ "latency": 30 })).await?;
    let id = company.connect()?.id;
    company.engine.start_sync(id)?;
    let busy = company
        .engine
        .start_sync(id)
        .expect_err("one sync at a time");
    assert_eq!(busy.code, Code::Busy, "{busy}");
    company.ear.wait_for(|news| match news {
        News::SyncProgress(progress) if progress.people >= 600 => Some(()),
        _ => None,
    });
    company.engine.cancel_sync(id);
    let ended = company.ear.wait_for(|news| match news {
        News::SyncEnded { outcome, .. } => Some(outcome.clone()),
        _ => None,
    });
    let error = ended.expect_err("it was cancelled");
    assert_eq!(error.code, Code::Cancelled, "{error}");
    let kept = total(&company, id, ViewQuery::default())?;
    assert!(
        (600..3_000).contains(&kept),
        "what was read is kept: {kept}"
    );
    company.set(json!({ "latency": 0 })).await?;
    let outcome = company.engine.sync(id).await?;
    assert_eq!(
        (outcome.people, outcome.complete),
        (3_000, true),
        "the next one is whole"
    );
    assert_eq!(outcome.added, 3_000 - kept, "and adds only the rest");
    let arrivals = company
        .engine
        .history(id, HistoryQuery::default(), 0, 1_000)?;
    assert!(
        arrivals.events.iter().all(|event| event.act != Act::Arrive),
        "the rest of a first sync are no arrivals"
    );
    let told: Vec<_> = company
        .ear
        .all()
        .into_iter()
        .filter(|news| matches!(news, News::SyncProgress(_)))
        .collect();
    assert!(
        told.len() < 200,
        "progress is told at most ten times a second"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_filtered_sorted_and_exported() -> Outcome {
    let (company, id, _) = synced(2_000).await?;
    let engine = &company.engine;
    let directory = engine.directory_of(id)?;
    let role = |role: Role| {
        directory
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(role))
            .map(|attribute| attribute.id)
    };
    let department = role(Role::Department).expect("the company has departments");
    let manager = role(Role::Manager).expect("the company has managers");
    let start = role(Role::StartDate).expect("the company has start dates");

    let all = engine.open_view(id, ViewQuery::default())?;
    let facet = engine.facet(all.id, department, "", 100)?;
    let counted: u32 = facet.values.iter().map(|value| value.people).sum();
    assert_eq!(counted, 2_000, "everybody has a department or none");
    let biggest = &facet.values[0];
    let filter = Filter {
        attribute: department,
        test: Test::AnyOf {
            values: vec![biggest.value.clone()],
        },
    };
    let narrowed = engine.open_view(
        id,
        ViewQuery {
            filters: vec![filter],
            sort: vec![Sort {
                attribute: start,
                descending: true,
            }],
            ..ViewQuery::default()
        },
    )?;
    assert_eq!(
        narrowed.total, biggest.people,
        "a filter finds as many as its count said"
    );
    let window = engine.window(narrowed.id, 0, 1_000, &[start, department, manager])?;
    let dates: Vec<_> = window
        .rows
        .iter()
        .filter_map(|row| row.cells[0].value.clone())
        .collect();
    assert!(
        dates.windows(2).all(|pair| pair[0] >= pair[1]),
        "latest first"
    );
    assert!(
        window.rows.iter().any(|row| row.cells[2].shown.is_some()),
        "managers are shown by name"
    );

    let statuses = ["active", "inactive", "left", "not-started"]
        .map(|status| total(&company, id, search(&format!("is:{status}"))).unwrap_or_default());
    assert_eq!(
        statuses.iter().sum::<u32>(),
        2_000,
        "everybody is somewhere: {statuses:?}"
    );
    let census = company.control("GET", "/state", None).await?;
    assert_eq!(
        json!(2_000 - statuses[2]),
        census["seats"],
        "those who left free their seats, nobody else"
    );

    let no_manager = total(&company, id, search("has:no-manager"))?;
    assert!(
        (1..200).contains(&no_manager),
        "few have nobody above them: {no_manager}"
    );
    let before = total(&company, id, search("hired:<2020"))?;
    let after = total(&company, id, search("hired:>=2020"))?;
    let unset = total(&company, id, search("no:hired"))?;
    assert!(
        before > 0 && after > 0 && before + after + unset <= 2_000,
        "{before} {after} {unset}"
    );

    let odd = engine.open_view(id, search("favourite:blue is:active"))?;
    assert!(
        odd.note.is_some_and(|note| note.contains("favourite")),
        "an unknown field is said"
    );
    assert_eq!(odd.total, statuses[0], "and the rest of the search holds");

    let path = company.folder.path().join("people.csv");
    let columns: Vec<_> = directory
        .attributes
        .iter()
        .map(|attribute| attribute.id)
        .collect();
    assert_eq!(
        engine.export_view(narrowed.id, &columns, Format::Csv, &path)?,
        narrowed.total
    );
    let csv = std::fs::read_to_string(&path)?;
    assert!(
        !csv.lines()
            .any(|line| line.split(',').any(|cell| cell.starts_with(['=', '@']))),
        "no cell is a formula"
    );
    let xlsx = company.folder.path().join("people.xlsx");
    assert_eq!(
        engine.export_view(all.id, &columns, Format::Xlsx, &xlsx)?,
        2_000
    );
    let json = company.folder.path().join("people.json");
    engine.export_view(narrowed.id, &columns, Format::Json, &json)?;
    let people: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(&json)?)?;
    assert_eq!(people.len() as u32, narrowed.total, "one object a person");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn names_in_other_scripts_are_found_however_they_are_typed() -> Outcome {
    let (company, id, _) = synced(5_000).await?;
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let mut checked = 0;
    for start in (0..view.total).step_by(1_000) {
        for row in company.engine.window(view.id, start, 1_000, &[])?.rows {
            if row.name.is_ascii() || checked > 60 {
                continue;
            }
            checked += 1;
            let found = company
                .engine
                .open_view(id, search(&format!("\"{}\"", row.name.to_uppercase())))?;
            assert!(
                company.engine.locate(found.id, row.id)?.is_some(),
                "{} is found in capitals",
                row.name
            );
            company.engine.close_view(found.id);
        }
    }
    assert!(checked > 20, "the company has people of many scripts");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_views_keep_their_question_and_count_who_is_in_them() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let definition = engine::people::ViewDefinition {
        query: search("is:left"),
        ..engine::people::ViewDefinition::default()
    };
    let saved = company.engine.save_view(id, "Leavers", &definition)?;
    let twice = company
        .engine
        .save_view(id, "leavers", &definition)
        .expect_err("the name is taken");
    assert_eq!(twice.code, Code::Precondition, "{twice}");
    assert_eq!(
        saved.people,
        total(&company, id, search("is:left"))?,
        "its count is live"
    );
    let again = company.another_engine()?;
    assert_eq!(
        again.directory_of(id)?.views,
        vec![saved.clone()],
        "the next launch has it"
    );
    company.engine.forget_view(saved.id)?;
    assert!(
        company.engine.saved_views(id)?.is_empty(),
        "and it can be forgotten"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_follow_the_day() -> Outcome {
    let (company, id, _) = synced(2_000).await?;
    let waiting = total(&company, id, search("is:not-started"))?;
    assert!(waiting > 0, "some start in the future");
    company
        .clock
        .turn_to(TODAY.saturating_add(jiff::Span::new().years(3)));
    let later = total(&company, id, search("is:not-started"))?;
    assert!(later < waiting, "three years on they have started");
    Ok(())
}
