//! Beginnings and ends: closed in the middle of a run, started twice, started while closing; told when a long run is over.

use anyhow::{Context, Result};
use rusqlite::Connection;
use serde_json::json;
use tests::desktop::acts::{button, confirm_button};
use tests::desktop::office::Office;
use tests::desktop::tour::other_department;
use tests::desktop::{Look, PATIENCE, role, until};
use thirtyfour::Key;

#[tokio::test]
async fn a_run_outlives_its_window_and_a_second_start_shows_the_first() -> Result<()> {
    let office = Office::of(60).await?;
    let window = office.open().await?;
    let first = window
        .rows()
        .await?
        .into_iter()
        .find(|row| row.cell("Department").is_ok_and(|cell| cell != "Finance"))
        .context("somebody is not in Finance")?;
    let department = other_department(&first)?;
    window
        .edit_cell(first.number, "Department", department)
        .await?;
    window.go_to_cell(first.number, "Department").await?;
    for _ in 0..12 {
        window.keys(&[Key::Shift], Key::Down).await?;
    }
    window.keys(&[Key::Control], 'd').await?;
    window.says("people, not sent yet").await?;
    hold_up(&office).await?;
    window.review().await?;
    window.press(&confirm_button()).await?;
    let before = office.writes().await?;
    until("the run to send its first change", PATIENCE, async || {
        Ok((office.writes().await? > before).then_some(()))
    })
    .await?;
    window.quit().await?;
    // What matters of an hour that passes is when the run says that it began.
    let database = Connection::open(office.desktop.data_folder().join("muster.db"))?;
    database.execute(
        "UPDATE runs SET started_at = '2026-01-07T09:00:00.000Z'",
        [],
    )?;
    drop(database);

    let heard = office.desktop.hear_notifications().await?;
    let window = office.desktop.launch(Look::Light).await?;
    window.wait_for_people().await?;
    window
        .says("Muster was closed before this was finished.")
        .await?;
    window
        .press(&button("Resume").inside(role("region").named("Run")))
        .await?;
    let in_sight = office.desktop.windows_in_sight()?;
    let shown = in_sight.first().context("Muster's window can be seen")?;
    office.desktop.put_away(shown).await?;
    office.no_faults().await?;
    heard.says("done").await?;

    let mut second = office.desktop.start_again()?;
    until("the second start to end", PATIENCE, async || {
        Ok(second.try_wait()?)
    })
    .await?;
    until(
        "the first window to be in sight again",
        PATIENCE,
        async || Ok((office.desktop.windows_in_sight()? == in_sight).then_some(())),
    )
    .await?;
    let known = office.people(&["Department"]).await?;
    let moved = known
        .iter()
        .filter(|person| {
            person["Department"]
                .as_str()
                .is_some_and(|now| now.starts_with(department))
        })
        .count();
    assert!(
        moved >= 12,
        "what was left of the run was done, and {moved} are there"
    );

    // Whoever closes the window and wants it back at once gets another one.
    let mut third = window.quit_and(|| office.desktop.start_again()).await?;
    let again = until("a window after the first has ended", PATIENCE, async || {
        Ok(office.desktop.windows_in_sight()?.into_iter().next())
    })
    .await?;
    office.desktop.end_muster_of(&again)?;
    until("that Muster to end", PATIENCE, async || {
        third.try_wait()?;
        Ok(office.desktop.windows_in_sight()?.is_empty().then_some(()))
    })
    .await
}

/// Refuses whatever would change something, for now: a run goes on trying, and comes to no end.
async fn hold_up(office: &Office) -> Result<()> {
    for method in ["PATCH", "PUT", "POST"] {
        office
            .fail(json!({ "method": method, "status": 429, "retryAfter": "seconds", "retrySeconds": 1, "count": 0 }))
            .await?;
    }
    Ok(())
}
