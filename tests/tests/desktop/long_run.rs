//! A run that takes longer than one cares to watch: paused, and gone on with.

use anyhow::{Context, Result};
use serde_json::json;
use tests::desktop::acts::{button, confirm_button};
use tests::desktop::office::Office;
use tests::desktop::role;
use tests::desktop::tour::other_department;
use thirtyfour::Key;

#[tokio::test]
async fn a_long_run_is_paused_and_gone_on_with() -> Result<()> {
    let office = Office::of(60).await?;
    let window = office.open().await?;

    // One value filled down a dozen rows.
    let first = window
        .rows()
        .await?
        .into_iter()
        .find(|row| row.cell("Department").is_ok_and(|cell| cell != "Finance"))
        .context("somebody is not in Finance")?;
    window
        .edit_cell(first.number, "Department", other_department(&first)?)
        .await?;
    window.go_to_cell(first.number, "Department").await?;
    for _ in 0..12 {
        window.keys(&[Key::Shift], Key::Down).await?;
    }
    window.keys(&[Key::Control], 'd').await?;
    window.says("people, not sent yet").await?;

    for method in ["PATCH", "PUT", "POST"] {
        office
            .fail(json!({ "method": method, "delay": 1_500, "count": 0 }))
            .await?;
    }
    window.review().await?;
    window.press(&confirm_button()).await?;
    window.press(&button("Pause").inside(role("main"))).await?;
    window.says("What is done stays done.").await?;
    window.press(&button("Resume").inside(role("main"))).await?;
    window.find(&button("Done").inside(role("main"))).await?;
    let known = office.people(&["Department"]).await?;
    let moved = known
        .iter()
        .filter(|person| person["Department"] == other_department(&first).unwrap_or_default())
        .count();
    assert!(
        moved >= 12,
        "every item of the run was done, and {moved} are"
    );
    window.quit().await
}
