//! A launch shows its first rows before the directory has been read, and they are those of the directory.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use engine::{
    Engine,
    attribute::Role,
    changes::draft::Edit,
    ids::{AttributeId, ConnectionId},
    people::{Selection, ShownView, ViewDefinition, ViewQuery},
    ports::News,
};
use serde_json::json;
use tests::company::Company;

use super::acme::{Outcome, attribute, search, synced};

/// The saved view that tells a directory that is being read from one that has been: it is counted in that.
fn save_a_view(engine: &Engine, id: ConnectionId) -> Outcome {
    engine.save_view(id, "Everybody", &ViewDefinition::default())?;
    Ok(())
}

/// Whether a launch shows the first rows alone. Ask before anything is shown: there are three seconds until the rest is
/// read all the same.
fn shows_first_rows(engine: &Engine, id: ConnectionId) -> Result<bool> {
    let views = engine.directory_of(id)?.views;
    Ok(views.first().context("a saved view")?.people.is_none())
}

fn shown(engine: &Engine, id: ConnectionId, columns: &[AttributeId]) -> Result<ShownView> {
    Ok(engine.show_view(id, None, ViewQuery::default(), 48, columns)?)
}

/// A company of so many whose first rows are kept, and the service's id of the very first.
async fn kept(people: u32) -> Result<(Company, ConnectionId, String)> {
    let (company, id, _) = synced(people).await?;
    let first = shown(&company.engine, id, &[])?.window.rows[0].id;
    let scim_id = company.engine.person(id, first)?.scim_id;
    save_a_view(&company.engine, id)?;
    company.engine.keep_first_rows();
    Ok((company, id, scim_id))
}

fn of_directory(news: &News, id: ConnectionId) -> bool {
    matches!(news, News::DirectoryChanged(changed) if *changed == id)
}

/// As a window opens.
fn launch(engine: Arc<Engine>, id: ConnectionId) -> Arc<Engine> {
    engine.read_ahead(Some(id));
    engine
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_rows_of_a_launch_are_those_of_the_directory() -> Outcome {
    let (company, id, _) = synced(400).await?;
    let today = &company.engine;
    let department = attribute(&company, id, "Department")?;
    let directory = today.directory_of(id)?;
    let columns: Vec<AttributeId> = directory.attributes.iter().map(|one| one.id).collect();
    let rows = shown(today, id, &columns)?.window.rows;
    let chosen = |at: usize| Selection::Rows {
        rows: vec![rows[at].id],
    };
    let edit = Edit::Set {
        attribute: department,
        value: "Elsewhere".to_owned(),
        new_option: true,
    };
    today.stage(id, chosen(3), edit, false)?;
    today.stage(id, chosen(4), Edit::Deactivate, false)?;
    today.protect(id, &chosen(5), "Administrator", None)?;
    save_a_view(today, id)?;
    today.keep_first_rows();
    let whole = shown(today, id, &columns)?;
    let far = today.window(whole.view.id, 300, 48, &columns)?;

    let told = company
        .ear
        .all()
        .iter()
        .filter(|news| of_directory(news, id))
        .count();
    let next = launch(company.another_engine()?, id);
    let known = next.directory_of(id)?;
    let first = shown(&next, id, &columns)?;
    assert_eq!(
        (first.view.total, first.view.of),
        (whole.view.total, whole.view.of)
    );
    assert_eq!(
        first.window.rows, whole.window.rows,
        "values, managers, the draft and protection are as they are"
    );
    assert_eq!(known.attributes, directory.attributes);
    assert_eq!(known.columns, directory.columns);
    assert_eq!(known.views.len(), 1, "saved views are listed at once");
    assert_eq!(
        known.views[0].people, None,
        "and counted when everybody is read"
    );

    let further = next.window(first.view.id, 300, 48, &columns)?;
    assert_eq!(further.rows, far.rows, "rows beyond wait for the directory");
    assert_eq!(
        next.directory_of(id)?.views[0].people,
        Some(whole.view.total)
    );
    let mut more = 0;
    company.ear.wait_for(|news| {
        more += usize::from(of_directory(news, id));
        (more > told).then_some(())
    });
    assert_eq!(
        further.version, first.window.version,
        "rows that were chosen meanwhile are those of the directory"
    );
    let name = &rows[0].name;
    let found = next.show_view(id, Some(first.view.id), search(name), 48, &columns)?;
    ensure!(
        found.window.rows.iter().any(|row| row.name == *name),
        "the view is one of the directory now, and can be asked something else"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_before_the_directory_is_read_waits_for_it() -> Outcome {
    let (company, id, _) = kept(300).await?;
    let rows = shown(&company.engine, id, &[])?.window.rows;

    let next = launch(company.another_engine()?, id);
    assert!(shows_first_rows(&next, id)?);
    let first = shown(&next, id, &[])?;
    let last = rows.last().context("forty-eight rows")?;
    let found = next.show_view(id, Some(first.view.id), search(&last.name), 48, &[])?;
    ensure!(
        found.window.rows.iter().any(|row| row.id == last.id),
        "somebody is found by name"
    );
    let outcome = next.sync(id).await?;
    ensure!(outcome.complete && outcome.changed == 0, "{outcome:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn first_rows_of_a_mirror_that_was_written_since_are_not_shown() -> Outcome {
    let (company, id, scim_id) = kept(60).await?;
    let before = launch(company.another_engine()?, id);
    assert!(shows_first_rows(&before, id)?, "nothing was written yet");

    company
        .write(json!({ "person": scim_id, "set": { "Department": "Moved on" } }))
        .await?;
    // As from the command line: nobody reads the directory there.
    let elsewhere = company.another_engine()?;
    let outcome = elsewhere.sync(id).await?;
    assert_eq!(outcome.changed, 1);
    // What is in memory here is of before that.
    company.engine.keep_first_rows();

    let next = launch(company.another_engine()?, id);
    assert!(
        !shows_first_rows(&next, id)?,
        "it is read before anything is shown"
    );
    next.keep_first_rows();
    let after = launch(company.another_engine()?, id);
    assert!(
        shows_first_rows(&after, id)?,
        "who has read it keeps the first rows for the launch after"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn first_rows_wait_where_the_few_can_not_be_told_without_the_many() -> Outcome {
    let (company, id, _) = kept(600).await?;
    let engine = &company.engine;
    let everybody = engine.open_view(id, ViewQuery::default())?;
    let rows = engine.window(everybody.id, 0, 600, &[])?.rows;
    assert!(shows_first_rows(
        &launch(company.another_engine()?, id),
        id
    )?);

    // Somebody from the end of the list, whose name no first row tells.
    let last = rows.last().context("six hundred rows")?.id;
    let email = engine.person(id, last)?.email.context("an address")?;
    let edit = Edit::Set {
        attribute: company.role(id, Role::Manager)?,
        value: email,
        new_option: false,
    };
    let first = Selection::Rows {
        rows: vec![rows[0].id],
    };
    engine.stage(id, first, edit, false)?;
    assert!(!shows_first_rows(
        &launch(company.another_engine()?, id),
        id
    )?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_sync_that_broke_off_the_first_rows_are_those_of_the_mirror() -> Outcome {
    let (company, id, scim_id) = kept(300).await?;
    let department = attribute(&company, id, "Department")?;
    company
        .write(json!({ "person": scim_id, "set": { "Department": "Moved on" } }))
        .await?;
    // The token is revoked half way.
    company
        .fail(json!({ "path": "/Users", "query": "startIndex=201", "status": 401, "count": 0 }))
        .await?;
    let broken = company.engine.sync(id).await;
    assert!(broken.is_err(), "{broken:?}");
    company.engine.keep_first_rows();
    let next = launch(company.another_engine()?, id);
    assert!(
        shows_first_rows(&next, id)?,
        "what was read is in memory too"
    );
    let first = shown(&next, id, &[department])?.window.rows;
    assert_eq!(
        first[0].cells[0].value.as_deref(),
        Some("Moved on"),
        "what came before it broke off is in the mirror"
    );
    let now = company.another_engine()?;
    assert_eq!(first, shown(&now, id, &[department])?.window.rows);
    Ok(())
}
