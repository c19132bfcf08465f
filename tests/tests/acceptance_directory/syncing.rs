//! The mirror: brought up to date, whole, and only where something changed.

use std::time::Duration;

use engine::{
    Code,
    history::{Act, HistoryQuery, Origin},
    ids::{ConnectionId, RowId},
    people::ViewQuery,
    ports::News,
};
use serde_json::json;
use tests::company::Company;

use super::acme::{Outcome, attribute, ids, search, synced, total};

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
        let connection = company.engine.connection(id)?;
        assert!(
            connection.synced_at.is_some()
                && connection.last_sync.is_some_and(|last| !last.complete),
            "{why}: it was read to its end, and what came is not everybody"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_to_a_directory_that_is_never_listed_whole_is_an_arrival() -> Outcome {
    let company = Company::of(430).await?;
    company.set(json!({ "pages": "holed" })).await?;
    let id = company.connect()?.id;
    let first = company.engine.sync(id).await?;
    assert!(!first.complete, "{first:?}");
    company.set(json!({ "pages": "full" })).await?;
    let second = company.engine.sync(id).await?;
    assert_eq!(first.people + second.added, 430, "{second:?}");
    let history = company
        .engine
        .history(id, HistoryQuery::default(), 0, 1_000)?;
    let arrivals = history
        .events
        .iter()
        .filter(|event| event.act == Act::Arrive);
    assert_eq!(
        arrivals.count() as u32,
        second.added,
        "who was not there before and is now"
    );
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
