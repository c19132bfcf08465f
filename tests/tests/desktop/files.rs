//! Files out, through the system's own dialog.

use std::fs;

use anyhow::{Context, Result};
use tests::desktop::acts::button;
use tests::desktop::office::Office;
use tests::desktop::role;

#[tokio::test]
async fn what_is_shown_and_the_history_are_exported_to_where_the_person_says() -> Result<()> {
    let office = Office::of(60).await?;
    let window = office.open().await?;
    let folder = office.desktop.folder().join("home");

    window.press(&button("Export").inside(role("main"))).await?;
    window
        .press(&role("menuitem").starting("Comma-separated"))
        .await?;
    let people = folder.join("People here.csv");
    office.desktop.answer_file_dialog(&people).await?;
    window.says("Wrote 60 people to the file.").await?;
    let written = fs::read_to_string(&people)?;
    let mut lines = written.lines();
    let heading = lines.next().context("a heading")?;
    assert!(
        heading.contains("Name") && heading.contains("Department"),
        "the file has the columns on screen: {heading}"
    );
    assert_eq!(lines.count(), 60, "everybody shown is in the file");

    window.press(&button("Export").inside(role("main"))).await?;
    window
        .press(&role("menuitem").starting("Excel workbook"))
        .await?;
    office.desktop.dismiss_file_dialog().await?;
    assert!(
        window.shows(&button("Export").inside(role("main"))).await?,
        "a dismissed dialog leaves everything as it was"
    );

    window.go_to("History").await?;
    window.press(&button("Export").inside(role("main"))).await?;
    window
        .press(&role("menuitem").starting("JSON Lines"))
        .await?;
    let history = folder.join("History.jsonl");
    office.desktop.answer_file_dialog(&history).await?;
    window.says("events to the file.").await?;
    let written = fs::read_to_string(&history)?;
    assert!(
        !written.is_empty()
            && written
                .lines()
                .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()),
        "every line of the history is an event of its own: {written}"
    );
    window.quit().await
}
