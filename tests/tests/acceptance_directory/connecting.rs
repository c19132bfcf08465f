//! Connections: tried, kept, changed, and damaged.

use engine::{
    Code,
    connection::{ConnectionChange, StepVerdict, TestReport, TestStepName, TokenPlace},
};
use secrecy::SecretString;
use serde_json::json;
use tests::company::{Company, TOKEN, token};

use super::acme::{Outcome, step, synced};

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
        company.keychain.is_empty(),
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
    assert_eq!(
        company.engine.verify_history()?.events,
        0,
        "and what did not come to be is in no history"
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
        company.keychain.is_empty(),
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
    database.execute(
        "UPDATE attributes SET kind = 'mood' WHERE label = 'Gender'",
        [],
    )?;
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
