//! What is kept about dormant people and was damaged: said to be, and never read as something milder. By the usual policy,
//! a lost exemption or a day that is none, people who are to be let alone would look dormant.

use anyhow::Context;
use engine::{
    Code,
    dormancy::DormancyPolicy,
    people::{Filter, Selection, Test, ViewQuery},
};

use super::acme::{Acme, Outcome, Said, ago};

/// A company with a source in which one person was seen.
async fn acme() -> anyhow::Result<Acme> {
    let mut acme = Acme::of(30).await?;
    let seen = Said {
        seen: Some(ago(250)),
        state: Some("active"),
        since: None,
    };
    let row = acme.people[0].row;
    acme.evidence("HRIS", "hris", ago(2), &[(row, seen)])?;
    acme.evidence("Okta", "okta_sign_ins", ago(1), &[(row, seen)])?;
    Ok(acme)
}

/// Changes the database behind Muster's back, and answers what the board says then.
fn said_after(acme: &Acme, damage: &str) -> anyhow::Result<String> {
    let file = acme.company.folder.path().join("muster.db");
    let changed = rusqlite::Connection::open(file)?.execute(damage, [])?;
    assert!(changed > 0, "something is damaged by {damage}");
    let error = acme
        .company
        .another_engine()?
        .board(acme.id)
        .err()
        .with_context(|| format!("after {damage} there is no board"))?;
    assert_eq!(error.code, Code::Failed, "damage is no precondition");
    assert!(
        error.message.contains("put back a copy"),
        "it says what to do next: {error}"
    );
    Ok(error.message)
}

fn says(message: &str, what: &str) {
    assert!(
        message.starts_with(&format!("The stored {what} could not be read: ")),
        "it says what is damaged: {message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_policy_is_not_taken_for_the_usual_one() -> Outcome {
    let acme = acme().await?;
    let policy = DormancyPolicy {
        days: 400,
        ..DormancyPolicy::default()
    };
    acme.company.engine.keep_dormancy_policy(acme.id, policy)?;
    let damage = r#"UPDATE dormancy_policies SET body = '{"days":"soon"}'"#;
    let message = said_after(&acme, damage)?;
    says(&message, "version 1 of the dormancy policy");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exemption_whose_origin_is_damaged_is_not_taken_for_the_admins() -> Outcome {
    let acme = acme().await?;
    let chosen = Selection::Rows {
        rows: vec![acme.people[0].row],
    };
    let engine = &acme.company.engine;
    engine.exempt(acme.id, &chosen, "Parental leave", None)?;
    let damage = "UPDATE exemptions SET origin = 'rumour'";
    let message = said_after(&acme, damage)?;
    says(&message, "origin of the exemption “Parental leave”");
    assert!(message.contains("“rumour”"), "and what is there: {message}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exemption_whose_filter_is_damaged_is_not_passed_over() -> Outcome {
    let acme = acme().await?;
    let engine = &acme.company.engine;
    let attributes = engine.directory_of(acme.id)?.attributes;
    let query = ViewQuery {
        filters: vec![Filter {
            attribute: attributes.last().context("an attribute")?.id,
            test: Test::Filled,
        }],
        ..ViewQuery::default()
    };
    engine.exempt_by_filter(acme.id, &query, "Plant in Gdynia", None)?;
    let damage = "UPDATE exemptions SET filter = '{'";
    let message = said_after(&acme, damage)?;
    says(&message, "filter of the exemption “Plant in Gdynia”");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_that_is_damaged_is_not_taken_for_none() -> Outcome {
    let acme = acme().await?;
    for (damage, mend, what) in [
        (
            "UPDATE evidence SET seen = 'lately' WHERE source = 2",
            "UPDATE evidence SET seen = '2026-03-18' WHERE source = 2",
            "day of somebody in the source Okta",
        ),
        (
            "UPDATE evidence SET state = 'gone' WHERE source = 1",
            "UPDATE evidence SET state = 'active' WHERE source = 1",
            "status of somebody in the source HRIS",
        ),
        (
            "UPDATE evidence_sources SET kind = 'hearsay' WHERE id = 2",
            "UPDATE evidence_sources SET kind = 'okta_sign_ins' WHERE id = 2",
            "kind of the source Okta",
        ),
    ] {
        says(&said_after(&acme, damage)?, what);
        let file = acme.company.folder.path().join("muster.db");
        rusqlite::Connection::open(file)?.execute(mend, [])?;
        acme.company.another_engine()?.board(acme.id)?;
    }
    Ok(())
}
