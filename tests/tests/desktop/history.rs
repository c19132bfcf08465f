//! History over days: narrowed by dragging, anchors on paper, and somebody deleted brought back.

use anyhow::{Context, Result, ensure};
use tests::desktop::acts::{Row, button};
use tests::desktop::office::Office;
use tests::desktop::tour::without_reports;
use tests::desktop::{PATIENCE, Window, role, until};
use thirtyfour::Key;

#[tokio::test]
async fn who_was_deleted_is_brought_back_from_the_history() -> Result<()> {
    let office = Office::with_days_behind(60, 3).await?;
    let window = office.open().await?;

    // Days are narrowed by dragging over their bars.
    window.go_to("History").await?;
    let days = bars(&window).await?;
    ensure!(days.len() == 4, "three days and today: {days:?}");
    let bar = |at: usize| button(&days[at]);
    window.drag(&bar(1), &bar(2)).await?;
    let events: usize = days[1..=2].iter().map(|day| events_of(day)).sum();
    window.says(&format!("{events} found")).await?;
    window.press(&bar(3)).await?;
    window
        .says(&format!("{} found", events_of(&days[3])))
        .await?;
    window.press(&bar(3)).await?;
    until("all days again", PATIENCE, async || {
        Ok((!window.page_text().await?.contains(" found")).then_some(()))
    })
    .await?;

    // Each day that is over has an anchor, which can be printed.
    window.press(&button("Keeping")).await?;
    window.find(&button("Copy all")).await?;
    window.press(&button("Print")).await?;
    let printed = std::fs::read(office.desktop.print_to_file().await?)?;
    assert!(
        printed.starts_with(b"%PDF"),
        "what is printed into a file is a page"
    );
    window.keys(&[], Key::Escape).await?;
    window
        .gone(&role("dialog").named("Keeping the history"))
        .await?;

    window.go_to("People").await?;
    window.wait_for_people().await?;
    let row = without_reports(&window.rows().await?)?
        .into_iter()
        .next()
        .context("somebody has nobody below")?;
    let before = of(&office, &row)
        .await?
        .context("who is in the table is known")?;
    window.open_person(row.number).await?;
    window
        .press(&button("More").inside(role("complementary")))
        .await?;
    window.press(&role("menuitem").named("Delete")).await?;
    window.close_panel().await?;
    window.review().await?;
    window.confirm_and_wait().await?;
    assert_eq!(of(&office, &row).await?, None, "they are gone");

    window.go_to("History").await?;
    window.press(&role("button").with("was deleted")).await?;
    window.press(&button("Open the run")).await?;
    window.press(&button("Take back")).await?;
    window.says("with another id").await?;
    window.confirm_and_wait().await?;
    assert_eq!(
        of(&office, &row).await?,
        Some(before),
        "they are there again, with every value as it was"
    );
    window.quit().await
}

/// What the bars over time say, from the first day on.
async fn bars(window: &Window) -> Result<Vec<String>> {
    until("the bars over time", PATIENCE, async || {
        let script = "return [...document.querySelectorAll('fieldset button')].map((bar) => bar.getAttribute('aria-label'))";
        let said: Vec<String> = serde_json::from_value(window.run(script, &[]).await?)?;
        Ok((!said.is_empty()).then_some(said))
    })
    .await
}

/// "3 Mar 2026: 2 made, 1 seen" is three events.
fn events_of(bar: &str) -> usize {
    let counts = bar.rsplit(": ").next().unwrap_or_default();
    counts
        .split(", ")
        .filter_map(|count| count.split(' ').next()?.parse::<usize>().ok())
        .sum()
}

/// Somebody's values, by their e-mail; nothing when nobody has it.
async fn of(office: &Office, row: &Row) -> Result<Option<serde_json::Value>> {
    let known = office
        .people(&[
            "E-mail",
            "Name",
            "Department",
            "Manager",
            "Location",
            "Tenure",
        ])
        .await?;
    let email = row.cell("E-mail")?;
    Ok(known.into_iter().find(|person| person["E-mail"] == email))
}
