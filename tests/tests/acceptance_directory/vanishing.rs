//! People who are not listed any more: believed gone only when asked for.

use engine::people::ViewQuery;
use serde_json::json;

use super::acme::{Outcome, ids, synced, total};

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
