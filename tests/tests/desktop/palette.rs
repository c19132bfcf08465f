//! The palette takes every letter from the first; find and replace for everybody at once.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use tests::desktop::acts::{button, people};
use tests::desktop::office::Office;
use tests::desktop::{PATIENCE, role, until};
use thirtyfour::Key;

#[tokio::test]
async fn what_is_typed_the_moment_the_palette_opens_lands_in_it() -> Result<()> {
    let office = Office::of(120).await?;
    let window = office.open().await?;
    let settings = role("option").starting("Settings");

    // From the table, where letters would begin to edit a cell.
    window.go_to_cell(2, "Department").await?;
    window.keys_and_text(Key::Control, 'k', "settings").await?;
    window.find(&settings).await?;
    assert!(
        window.shows(&people()).await?,
        "the table is as it was: nothing narrowed it"
    );
    window.says("120 people").await?;
    window.keys(&[], Key::Escape).await?;

    // From the box itself, where letters would go on with a search.
    window.fill_search("an").await?;
    window.says(" of 120 people").await?;
    window.keys_and_text(Key::Control, 'k', "settings").await?;
    window.press(&settings).await?;
    window.find(&role("heading").named("Settings")).await?;
    // From a screen without a search.
    window.keys_and_text(Key::Control, 'k', "history").await?;
    window.press(&role("option").starting("History")).await?;
    window.find(&role("heading").named("History")).await?;
    window.go_to("People").await?;
    window.says(" of 120 people").await?;
    window.press(&button("Clear the search")).await?;
    window.says("120 people").await?;

    // Find and replace: the dialog says what it would do, stages it, and one step takes it back.
    let mut departments: BTreeMap<String, usize> = BTreeMap::new();
    for person in office.people(&["Department"]).await? {
        if let Some(department) = person["Department"].as_str() {
            *departments.entry(department.to_owned()).or_default() += 1;
        }
    }
    let mut names = departments.iter();
    let (from, count) = names.next().context("people have departments")?;
    let (to, _) = names.next().context("there are two departments")?;
    window.go_to_cell(1, "Name").await?;
    window.keys(&[Key::Control], 'a').await?;
    window.says("All 120 selected").await?;
    window
        .press(&button("Edit").inside(role("region").named("Selected people")))
        .await?;
    window
        .press_beside(&role("radio").named("Find and replace"))
        .await?;
    window.fill(&role("textbox").named("Find"), from).await?;
    window
        .fill(&role("textbox").named("Replace with"), to)
        .await?;
    window
        .press_beside(&role("checkbox").named("Whole value only"))
        .await?;
    let words = if *count == 1 {
        "1 person".to_owned()
    } else {
        format!("{count} people")
    };
    window.press(&button(&format!("Stage for {words}"))).await?;
    window.says(&format!("to {words}, not sent yet")).await?;
    window.keys(&[Key::Control], 'z').await?;
    until("the draft to be as before", PATIENCE, async || {
        Ok((!window.page_text().await?.contains("not sent yet")).then_some(()))
    })
    .await?;
    window.quit().await
}
