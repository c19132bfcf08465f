//! Pasting from elsewhere: what can be read two ways, and what nobody has yet, is asked before it is staged.

use anyhow::{Context, Result};
use serde_json::Value;
use tests::desktop::acts::{Row, button, draft_bar};
use tests::desktop::office::Office;
use tests::desktop::tour::without_reports;
use tests::desktop::{PATIENCE, Window, role, until};
use thirtyfour::Key;

#[tokio::test]
async fn a_paste_asks_which_way_round_a_date_is_and_whether_to_create_a_segment() -> Result<()> {
    let office = Office::of(60).await?;
    let window = office.open().await?;
    let row = window
        .rows()
        .await?
        .into_iter()
        .next()
        .context("the table has a first row")?;

    paste(&window, &row, "Tenure", "07/03/2024").await?;
    window.says("Some dates read both ways").await?;
    window.press_beside(&role("radio").named("7 March")).await?;
    window.press(&button("Stage for 1 person")).await?;
    until("the date in the cell", PATIENCE, async || {
        let rows = window.rows().await?;
        let cell = rows
            .first()
            .context("a first row")?
            .cell("Tenure")?
            .to_owned();
        Ok((cell.contains("7 Mar") && cell.contains("2024")).then_some(()))
    })
    .await?;

    paste(&window, &row, "Department", "Moonshots").await?;
    window.says("A value that nobody has").await?;
    assert!(
        !window.shows(&button("Stage for 1 person")).await?,
        "nothing creates a segment by itself"
    );
    window
        .press_beside(&role("checkbox").starting("Create segment “Moonshots”"))
        .await?;
    window.press(&button("Stage for 1 person")).await?;
    window.says("2 changes to 1 person").await?;

    // Separate blocks take one value each.
    window.go_to_cell(3, "Department").await?;
    window.add_cell(5, "Department").await?;
    window.keys(&[Key::Control], 'v').await?;
    window.says("Paste into 2 blocks of cells").await?;
    window.press(&button("Cancel")).await?;
    assert!(
        window.shows(&draft_bar()).await?,
        "cancelling leaves the draft as it was"
    );
    window.quit().await
}

#[tokio::test]
async fn a_name_that_two_people_bear_is_asked_about_and_the_one_meant_is_sent() -> Result<()> {
    let office = Office::of(240).await?;
    let known = office
        .people(&["Name", "E-mail", "Title", "Department"])
        .await?;
    let (one, other) = namesakes(&known)?;
    let name = text(one, "Name");
    let window = office.open().await?;
    // Nobody's manager can be below them: whoever is moved has nobody below.
    let rows = without_reports(&window.rows().await?)?;
    let row = rows
        .iter()
        .find(|row| {
            row.cell("Name").is_ok_and(|cell| cell != name)
                && row.cell("Manager").is_ok_and(|cell| cell != name)
        })
        .context("somebody reports to somebody else")?;

    paste(&window, row, "Manager", name).await?;
    window.says("Several people fit. Who is meant?").await?;
    assert!(
        !window.shows(&button("Stage for 1 person")).await?,
        "nobody is taken for another unasked"
    );
    window.press(&button(&format!("“{name}”: choose"))).await?;
    let offered = |person: &Value| {
        let detail = format!("{} · {}", text(person, "Title"), text(person, "Department"));
        role("option").ending(&detail)
    };
    window.find(&offered(one)).await?;
    window.press(&offered(other)).await?;
    window.press(&button("Stage for 1 person")).await?;
    window.says("1 change to 1 person").await?;
    window.review().await?;
    window.confirm_and_wait().await?;
    let now = office.people(&["E-mail", "Manager"]).await?;
    let moved = now
        .iter()
        .find(|person| {
            row.cell("E-mail")
                .is_ok_and(|email| email == text(person, "E-mail"))
        })
        .context("who was moved is there")?;
    assert_eq!(
        text(moved, "Manager"),
        text(other, "E-mail"),
        "the one who was chosen is the manager, not their namesake"
    );
    window.quit().await
}

/// Two active people of one name whom their work tells apart.
fn namesakes(known: &[Value]) -> Result<(&Value, &Value)> {
    known
        .iter()
        .enumerate()
        .find_map(|(at, one)| {
            let other = known[at + 1..].iter().find(|other| {
                text(other, "Name") == text(one, "Name")
                    && text(other, "Title") != text(one, "Title")
                    && !text(other, "E-mail").eq_ignore_ascii_case(text(one, "E-mail"))
            })?;
            Some((one, other))
        })
        .context("two people have one name")
}

fn text<'a>(person: &'a Value, column: &str) -> &'a str {
    person[column].as_str().unwrap_or_default()
}

/// Copies the text from the palette's box, where it changes nothing, and pastes it into a cell.
async fn paste(window: &Window, row: &Row, column: &str, text: &str) -> Result<()> {
    window.keys(&[Key::Control], 'k').await?;
    window.find(&role("listbox").named("Matches")).await?;
    window.type_text(text).await?;
    window.keys(&[Key::Control], 'a').await?;
    window.keys(&[Key::Control], 'c').await?;
    window.keys(&[], Key::Escape).await?;
    window.go_to_cell(row.number, column).await?;
    window.keys(&[Key::Control], 'v').await
}
