//! A view that was saved comes back as it was: who is in it, the columns, their widths, the density.

use anyhow::{Context, Result, ensure};
use tests::desktop::acts::{button, people};
use tests::desktop::office::Office;
use tests::desktop::{PATIENCE, Window, role, until};
use thirtyfour::Key;

#[tokio::test]
async fn a_saved_view_brings_back_its_filter_columns_widths_and_density() -> Result<()> {
    let office = Office::of(60).await?;
    let window = office.open().await?;

    // Alt leaves a value out.
    window.press(&button("Filter").inside(role("main"))).await?;
    window.press(&button("Department")).await?;
    let values = role("list").named("Department");
    let one = until("a department to leave out", PATIENCE, async || {
        let boxes = window.all(&role("checkbox").inside(values.clone())).await?;
        Ok(boxes.into_iter().next())
    })
    .await?;
    let script = "return arguments[0].closest('label')";
    let label = window.run_for_element(script, &[one.to_json()?]).await?;
    window.click_with(Key::Alt, &label).await?;
    window.keys(&[], Key::Escape).await?;
    window
        .find(&role("button").starting("Department is not"))
        .await?;
    window.says(" of 60 people").await?;
    let left = until("the table without them", PATIENCE, async || {
        let left = count(&window).await?;
        Ok((left < 61).then_some(left))
    })
    .await?;

    window.press(&button("Save as a view")).await?;
    window
        .fill(&role("textbox").named("Name"), "All but one")
        .await?;
    window.press(&button("Save").inside(role("dialog"))).await?;
    window.says("in All but one").await?;
    window.go_to_cell(1, "Department").await?;
    let narrow = width(&window).await?;
    window.keys(&[Key::Shift], Key::F10).await?;
    for _ in 0..2 {
        window.press(&role("menuitem").named("Wider")).await?;
    }
    window.keys(&[], Key::Escape).await?;
    let wide = width(&window).await?;
    assert!(
        wide > narrow,
        "the menu makes a column wider: {narrow}, then {wide}"
    );

    density(&window, ">compact rows").await?;
    window.says("in All but one, changed").await?;
    window.press(&button("Save changes")).await?;
    window.gone(&button("Save changes")).await?;

    window.go_to("People").await?;
    window.says("60 people").await?;
    assert_eq!(
        row_height(&window).await?,
        32,
        "everybody's table is as roomy as it was"
    );
    assert_eq!(
        width(&window).await?,
        narrow,
        "and its columns are as wide as they were"
    );
    window
        .press(&role("button").starting("All but one"))
        .await?;
    window.says("in All but one").await?;
    until("the view to be whole again", PATIENCE, async || {
        let now = (
            count(&window).await?,
            row_height(&window).await?,
            width(&window).await?,
        );
        ensure!(
            now == (left, 26, wide),
            "{now:?} and not {:?}",
            (left, 26, wide)
        );
        Ok(Some(()))
    })
    .await?;
    window.quit().await
}

/// Turns to another density by the palette.
async fn density(window: &Window, words: &str) -> Result<()> {
    window.keys(&[Key::Control], 'k').await?;
    window.find(&role("listbox").named("Matches")).await?;
    window.type_text(words).await?;
    window
        .find(&role("option").starting("Compact rows"))
        .await?;
    window.keys(&[], Key::Enter).await
}

/// How many are in the view, by its rows.
async fn count(window: &Window) -> Result<u64> {
    let grid = window.find(&people()).await?;
    let rows = grid
        .attr("aria-rowcount")
        .await?
        .context("a number of rows")?;
    Ok(rows.parse()?)
}

async fn width(window: &Window) -> Result<u64> {
    measured(
        window,
        "[...document.querySelectorAll('[role=columnheader]')].find((h) => h.innerText.trim() === 'Department').offsetWidth",
    )
    .await
}

async fn row_height(window: &Window) -> Result<u64> {
    measured(
        window,
        "document.querySelector('[role=row][aria-rowindex=\"2\"]').offsetHeight",
    )
    .await
}

async fn measured(window: &Window, what: &str) -> Result<u64> {
    let told = window.run(&format!("return {what}"), &[]).await?;
    told.as_u64().context("a number of pixels")
}
