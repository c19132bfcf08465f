//! A sync that is refused, slowed down or broken off.

use std::time::Duration;

use engine::{
    Code,
    connection::{ConnectionChange, Policy, TokenPlace},
    people::ViewQuery,
};
use serde_json::json;
use tests::company::{Company, token};

use super::acme::{Outcome, synced, total};

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
async fn testing_a_kept_connection_counts_in_its_hour() -> Outcome {
    let company = Company::of(30).await?;
    let id = company.connect()?.id;
    let quota = |quota| ConnectionChange {
        policy: Some(Policy {
            quota,
            ..Policy::default()
        }),
        ..ConnectionChange::default()
    };
    company.engine.change_connection(id, quota(4))?;
    let before = company.log_since(0).await?.len() as u64;
    let first = company.engine.test_saved(id, |_| ()).await?;
    assert!(first.passed, "{:?}", first.steps);
    let second = company.engine.test_saved(id, |_| ()).await?;
    assert!(!second.passed, "the hour is spent: {:?}", second.steps);
    let sent = company.log_since(before).await?.len();
    assert!(sent <= 4, "never more than the budget is sent: {sent}");
    let elsewhere = company
        .another_engine()?
        .sync(id)
        .await
        .expect_err("and the next process knows");
    assert_eq!(elsewhere.code, Code::Precondition, "{elsewhere}");
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
