//! A launch shows its first rows before the directory has been read, and they are those of the directory.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use engine::{
    Engine,
    changes::draft::Edit,
    ids::{AttributeId, ConnectionId},
    people::{Selection, ShownView, ViewDefinition, ViewQuery},
    ports::News,
};
use serde_json::json;

use super::acme::{Outcome, attribute, search, synced};

/// Nobody has read the directory for it.
const BEFORE_THE_DIRECTORY: u32 = 0;

fn shown(engine: &Engine, id: ConnectionId, columns: &[AttributeId]) -> Result<ShownView> {
    Ok(engine.show_view(id, None, ViewQuery::default(), 48, columns)?)
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
    today.save_view(id, "Everybody", &ViewDefinition::default())?;
    today.keep_first_rows();
    let whole = shown(today, id, &columns)?;
    let far = today.window(whole.view.id, 300, 48, &columns)?;

    let next = launch(company.another_engine()?, id);
    let first = shown(&next, id, &columns)?;
    assert_eq!(
        first.view.version, BEFORE_THE_DIRECTORY,
        "they come before the directory"
    );
    assert_eq!(
        (first.view.total, first.view.of),
        (whole.view.total, whole.view.of)
    );
    assert_eq!(
        first.window.rows, whole.window.rows,
        "values, managers, the draft and protection are as they are"
    );
    let known = next.directory_of(id)?;
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
    company.ear.wait_for(|news| match news {
        News::DirectoryChanged(changed) if *changed == id => Some(()),
        _ => None,
    });
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
    let (company, id, _) = synced(300).await?;
    let rows = shown(&company.engine, id, &[])?.window.rows;
    company.engine.keep_first_rows();

    let next = launch(company.another_engine()?, id);
    let first = shown(&next, id, &[])?;
    assert_eq!(first.view.version, BEFORE_THE_DIRECTORY);
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
    let (company, id, _) = synced(60).await?;
    let somebody = shown(&company.engine, id, &[])?.window.rows[0].id;
    let scim_id = company.engine.person(id, somebody)?.scim_id;
    company.engine.keep_first_rows();
    let before = launch(company.another_engine()?, id);
    assert_eq!(
        shown(&before, id, &[])?.view.version,
        BEFORE_THE_DIRECTORY,
        "nothing was written yet"
    );

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
    let whole = shown(&next, id, &[])?;
    ensure!(
        whole.view.version > BEFORE_THE_DIRECTORY,
        "it is read before anything is shown"
    );
    next.keep_first_rows();
    let after = launch(company.another_engine()?, id);
    assert_eq!(
        shown(&after, id, &[])?.view.version,
        BEFORE_THE_DIRECTORY,
        "who has read it keeps the first rows for the launch after"
    );
    Ok(())
}
