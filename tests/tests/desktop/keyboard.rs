//! The main job without a pointer: open, find, edit, deactivate, review, confirm, see it recorded.

use anyhow::{Context, Result, ensure};
use tests::desktop::acts::{COMPANY, button, confirm_button};
use tests::desktop::tour::{other_department, without_reports};
use tests::desktop::{Desktop, Look, PATIENCE, Target, Window, role, until};
use thirtyfour::Key;

#[tokio::test]
async fn the_main_job_is_done_by_keyboard_alone() -> Result<()> {
    let desktop = Desktop::start().await?;
    let window = desktop.launch(Look::Light).await?;
    window.resize(1280, 800).await?;
    window.find(&button("Open the sample company")).await?;
    window.tab_to(&button("Open the sample company")).await?;
    window.keys(&[], Key::Enter).await?;
    window.wait_for_people().await?;
    window.says("5,000 people").await?;

    // Find: to the box at the top, type, and down into the rows.
    window.keys(&[Key::Control], 'f').await?;
    window.type_text("吉田").await?;
    let rows = until("people called 吉田", PATIENCE, async || {
        let rows = window.rows().await?;
        let called = |row: &&tests::desktop::acts::Row| {
            row.cell("Name").is_ok_and(|name| name.contains("吉田"))
        };
        let found: Vec<_> = rows.iter().filter(called).cloned().collect();
        ensure!(rows.len() < 40, "the table still shows everybody");
        Ok((!found.is_empty()).then_some(found))
    })
    .await?;
    window.keys(&[], Key::Enter).await?;
    window.has_focus(&role("grid").named("People")).await?;

    // Edit: along to the department, type, take the match.
    let moved = rows.first().context("somebody is called 吉田")?.clone();
    let after = other_department(&moved)?;
    go_to_row(&window, moved.number).await?;
    go_to_column(&window, &moved, "Department").await?;
    window.type_text(after).await?;
    window.find(&role("option").starting(after)).await?;
    window.keys(&[], Key::Enter).await?;
    window.says("1 change to 1 person").await?;

    // Deactivate: a row is ticked with Shift+Space.
    let leaver = without_reports(&rows)?
        .into_iter()
        .find(|row| row.number != moved.number)
        .context("somebody of that name reports to others only")?;
    go_to_row(&window, leaver.number).await?;
    window.keys(&[Key::Shift], ' ').await?;
    window.says("1 selected").await?;
    // From the end of a row, Tab leaves the table.
    window.keys(&[], Key::End).await?;
    let deactivate = button("Deactivate").inside(role("region").named("Selected people"));
    window.tab_to(&deactivate).await?;
    window.keys(&[], Key::Enter).await?;
    window.says("to 2 people, not sent yet").await?;

    // Review: the keys that open it only point at the button that takes somebody away; Enter presses it.
    window.keys(&[Key::Control], Key::Enter).await?;
    window.find(&confirm_button()).await?;
    until(
        "the confirming button to have the keyboard",
        PATIENCE,
        async || {
            window.keys(&[Key::Control], Key::Enter).await?;
            window.focused(&confirm_button()).await
        },
    )
    .await?;
    window.keys(&[], Key::Enter).await?;
    window.find(&button("Done").inside(role("main"))).await?;

    window.keys(&[Key::Control], '3').await?;
    window.says("was deactivated").await?;
    window.says(after).await?;
    window.says(COMPANY).await?;
    window.quit().await
}

/// From wherever the cursor is to a row, counted from 1.
async fn go_to_row(window: &Window, row: u64) -> Result<()> {
    window.keys(&[Key::Control], Key::Home).await?;
    for _ in 1..row {
        window.keys(&[], Key::Down).await?;
    }
    Ok(())
}

/// Along the row from the name.
async fn go_to_column(
    window: &Window,
    row: &tests::desktop::acts::Row,
    column: &str,
) -> Result<()> {
    let titles = row.cells.iter().map(|(title, _)| title.as_str());
    let at = titles
        .skip_while(|title| *title != "Name")
        .position(|title| title == column)
        .with_context(|| format!("there is no column {column}"))?;
    for _ in 0..at {
        window.keys(&[], Key::Right).await?;
    }
    Ok(())
}

trait Focus {
    async fn focused(&self, target: &Target) -> Result<Option<()>>;
    async fn has_focus(&self, target: &Target) -> Result<()>;
    async fn tab_to(&self, target: &Target) -> Result<()>;
}

impl Focus for Window {
    async fn focused(&self, target: &Target) -> Result<Option<()>> {
        let found = self.all(target).await?;
        let Some(element) = found.first() else {
            return Ok(None);
        };
        let script = "return document.activeElement === arguments[0]";
        let told = self.run(script, &[element.to_json()?]).await?;
        Ok((told == true).then_some(()))
    }

    async fn has_focus(&self, target: &Target) -> Result<()> {
        until(
            &format!("{target} to have the keyboard"),
            PATIENCE,
            async || self.focused(target).await,
        )
        .await
    }

    /// With Tab, from wherever the focus is.
    async fn tab_to(&self, target: &Target) -> Result<()> {
        for _ in 0..30 {
            if self.focused(target).await?.is_some() {
                return Ok(());
            }
            self.keys(&[], Key::Tab).await?;
        }
        anyhow::bail!("Tab does not reach {target}")
    }
}
