//! What comes between a draft and its end: other writers, leavers with reports, refusals, second thoughts.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::desktop::acts::{Row, button};
use tests::desktop::office::Office;
use tests::desktop::tour::{other_department, without_reports};
use tests::desktop::{PATIENCE, role, until};
use thirtyfour::Key;

#[tokio::test]
async fn what_another_system_changed_meanwhile_is_held_until_somebody_keeps_or_takes_it()
-> Result<()> {
    let office = Office::of(120).await?;
    let window = office.open().await?;
    let rows = window.rows().await?;
    // What both of them are not in yet, and what the other system moves them to.
    let mut others = rows.iter().filter(|row| {
        row.cell("Department")
            .is_ok_and(|cell| !["Finance", "Operations"].contains(&cell))
    });
    let kept = others.next().context("somebody is elsewhere")?;
    let taken = others.next().context("somebody else is elsewhere")?;
    for row in [kept, taken] {
        window
            .edit_cell(row.number, "Department", other_department(row)?)
            .await?;
        office
            .write(json!({ "email": row.cell("E-mail")?, "set": { "Department": "Operations" } }))
            .await?;
    }
    window.keys(&[], Key::F5.value()).await?;
    until(
        "the sync to see the other system's changes",
        PATIENCE,
        async || {
            let known = office.people(&["E-mail", "Department"]).await?;
            Ok((department_of(&known, kept)? == "Operations"
                && department_of(&known, taken)? == "Operations")
                .then_some(()))
        },
    )
    .await?;

    window
        .press(&button("Review").inside(role("region").named("Draft")))
        .await?;
    window
        .press(&button(&format!("Keep mine: {}", kept.cell("Name")?)))
        .await?;
    window
        .press(&button(&format!("Take theirs: {}", taken.cell("Name")?)))
        .await?;
    window.gone(&role("button").starting("Take theirs")).await?;
    window.confirm_and_wait().await?;

    let known = office.people(&["E-mail", "Department"]).await?;
    assert_eq!(
        department_of(&known, kept)?,
        other_department(kept)?,
        "what was kept has been sent over the other system's value; the page said {}",
        window.page_text().await?
    );
    assert_eq!(
        department_of(&known, taken)?,
        "Operations",
        "what was taken stays as the other system left it"
    );
    window.quit().await
}

#[tokio::test]
async fn a_leaver_with_reports_waits_for_a_successor() -> Result<()> {
    let office = Office::of(120).await?;
    let window = office.open().await?;
    let everybody = office.people(&["E-mail", "Manager", "Status"]).await?;
    let (leaver, reports) = somebody_with_few_reports(&everybody)?;
    let row = window.person(&leaver).await?;
    window.tick(row.number).await?;
    window
        .press(&button("Deactivate").inside(role("region").named("Selected people")))
        .await?;
    window
        .press(&button("Review").inside(role("region").named("Draft")))
        .await?;
    window
        .press(&role("button").starting("Choose a successor for"))
        .await?;
    let successor = everybody
        .iter()
        .find(|person| {
            text(person, "Status") == "Active"
                && text(person, "E-mail") != leaver
                && !reports.contains(&text(person, "E-mail").to_owned())
        })
        .context("somebody else is active")?;
    window
        .fill(
            &role("searchbox").named("Search by name, e-mail or number"),
            text(successor, "E-mail"),
        )
        .await?;
    window
        .press(&role("option").inside(role("listbox").named("People")))
        .await?;
    window
        .press(&role("button").starting("Move the reports to"))
        .await?;
    // Somebody with reports goes only when their name is typed.
    let name = spoken(&row)?;
    window
        .fill(
            &role("textbox").named(&format!("Type {name} to go on")),
            &name,
        )
        .await?;
    window.confirm_and_wait().await?;
    let now = office.people(&["E-mail", "Manager", "Status"]).await?;
    for report in &reports {
        assert_eq!(
            text(person(&now, report)?, "Manager"),
            text(successor, "E-mail"),
            "who reported to the leaver reports to the successor"
        );
    }
    assert_ne!(
        text(person(&now, &leaver)?, "Status"),
        "Active",
        "and the leaver has left"
    );
    window.quit().await
}

#[tokio::test]
async fn a_refusal_is_tried_again_and_a_run_is_taken_back() -> Result<()> {
    let office = Office::of(120).await?;
    let window = office.open().await?;
    let rows = without_reports(&window.rows().await?)?;
    let row = rows.first().context("somebody on screen has no reports")?;
    let after = other_department(row)?;
    let before = row.cell("Department")?.to_owned();
    for method in ["PATCH", "PUT", "POST"] {
        office
            .fail(json!({ "method": method, "status": 400, "detail": "The value is not allowed today.", "count": 0 }))
            .await?;
    }
    window.edit_cell(row.number, "Department", after).await?;
    window.review().await?;
    window.confirm_and_wait().await?;
    window.says("The value is not allowed today").await?;

    office.no_faults().await?;
    window.press(&button("Retry 1 failed")).await?;
    until("the refused item to be done", PATIENCE, async || {
        let known = office.people(&["E-mail", "Department"]).await?;
        Ok((department_of(&known, row)? == after).then_some(()))
    })
    .await?;
    window.gone(&button("Retry 1 failed")).await?;

    window.press(&button("Take back")).await?;
    window.confirm_and_wait().await?;
    let known = office.people(&["E-mail", "Department"]).await?;
    assert_eq!(
        department_of(&known, row)?,
        before,
        "taking a run back brings the value before it"
    );
    window.quit().await
}

fn text<'a>(person: &'a Value, column: &str) -> &'a str {
    person[column].as_str().unwrap_or_default()
}

fn person<'a>(people: &'a [Value], email: &str) -> Result<&'a Value> {
    people
        .iter()
        .find(|person| text(person, "E-mail") == email)
        .with_context(|| format!("{email} is in the directory"))
}

fn department_of(people: &[Value], row: &Row) -> Result<String> {
    Ok(text(person(people, row.cell("E-mail")?)?, "Department").to_owned())
}

/// The e-mail of an active person to whom as few report as to anybody, and those of the reports.
fn somebody_with_few_reports(people: &[Value]) -> Result<(String, Vec<String>)> {
    let mut reports: HashMap<&str, Vec<String>> = HashMap::new();
    for person in people {
        let of = reports.entry(text(person, "Manager")).or_default();
        of.push(text(person, "E-mail").to_owned());
    }
    people
        .iter()
        .filter(|person| text(person, "Status") == "Active")
        .filter_map(|person| {
            let email = text(person, "E-mail");
            Some((email.to_owned(), reports.get(email)?.clone()))
        })
        .min_by_key(|(_, reports)| reports.len())
        .context("people report to somebody who is active")
}

/// The review speaks of people given name first.
fn spoken(row: &Row) -> Result<String> {
    Ok(crate::first_day::spoken(row.cell("Name")?))
}
