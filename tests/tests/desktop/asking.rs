//! Reclaim before anybody goes: a reading that is stopped, files dropped on the window, managers asked, their answers.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use jiff::{Timestamp, tz::Offset};
use tests::desktop::acts::button;
use tests::desktop::office::Office;
use tests::desktop::{PATIENCE, role, until};

/// So many rows take far longer to read than a press on Cancel.
const ENDLESS: usize = 4_000_000;

#[tokio::test]
async fn managers_are_asked_first_and_whom_they_keep_is_left_alone() -> Result<()> {
    let office = Office::of(200).await?;
    let home = office.desktop.folder().join("home");
    let known = office.people(&["E-mail"]).await?;
    let emails: Vec<&str> = known
        .iter()
        .filter_map(|person| person["E-mail"].as_str())
        .collect();
    let someone = emails.first().context("somebody has an e-mail")?;
    let endless = home.join("endless.csv");
    fs::write(
        &endless,
        [
            "E-mail,Last badge\n",
            &format!("{someone},2025-01-07\n").repeat(ENDLESS),
        ]
        .concat(),
    )?;
    let badges = home.join("badges.csv");
    let mut log = "E-mail,Last badge\n".to_owned();
    for email in &emails {
        writeln!(log, "{email},2025-03-07")?;
    }
    // A log of today, or nobody would be chosen by it.
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    writeln!(log, "{someone},{today}")?;
    fs::write(&badges, log)?;
    let window = office.open().await?;

    window.go_to("Reclaim").await?;
    window.press(&button("Add evidence…")).await?;
    window.press(&button("Choose files…")).await?;
    office.desktop.choose_in_file_dialog(&endless).await?;
    let cancel = button("Cancel").inside(role("dialog"));
    window.press(&cancel).await?;
    window.gone(&cancel).await?;
    assert!(
        !window.shows(&button("Accept")).await?
            && !window.page_text().await?.contains("What counts now"),
        "nothing is left of a reading that was stopped"
    );

    // The same way in as from a file manager.
    let files = office.desktop.lay_out(&[&badges]).await?;
    office
        .desktop
        .drag_files_to(&files, (640, 300), async || {
            window.says("Let go to read these files.").await
        })
        .await?;
    window.press(&button("Accept")).await?;
    window.says("What counts now").await?;
    window.press(&button("Done").inside(role("dialog"))).await?;
    let chosen = selected(&window.page_text().await?)
        .context("those not seen for so long are chosen to begin with")?;

    let list = home.join("Ask.csv");
    let ask = button("Ask first").inside(role("region").named("Selected people"));
    window.press(&ask).await?;
    window
        .press(&role("menuitem").named("One list, by manager…"))
        .await?;
    office.desktop.answer_file_dialog(&list).await?;
    window
        .says(&format!("Wrote {chosen} people into one list, by manager."))
        .await?;

    // One is to be kept, one may go, and about the others nobody has answered yet.
    let asked = fs::read_to_string(&list)?;
    let mut lines: Vec<String> = asked.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), chosen + 1, "everybody chosen is asked about");
    let kept = answer(&mut lines[1], "yes,2027-06-30")?;
    answer(&mut lines[2], "no,")?;
    let answers = home.join("Answers.csv");
    fs::write(&answers, lines.join("\r\n"))?;
    window.press(&ask).await?;
    window
        .press(&role("menuitem").named("Read the answers…"))
        .await?;
    office.desktop.choose_in_file_dialog(&answers).await?;
    window
        .says(&format!(
            "1 person kept, 1 agreed, {} without an answer",
            chosen - 2
        ))
        .await?;
    until("whoever is kept to leave the list", PATIENCE, async || {
        Ok((selected(&window.page_text().await?) == Some(chosen - 1)).then_some(()))
    })
    .await?;
    window.press(&button("Policy")).await?;
    window.says("30 Jun 2027").await?;
    let said = window.page_text().await?;
    assert!(
        kept.split(", ").all(|part| said.contains(part)),
        "the policy lists {kept} as exempt until the day that was answered"
    );
    window
        .press(&button("Cancel").inside(role("dialog")))
        .await?;
    window.quit().await
}

/// How many the bar over the list says are all selected.
fn selected(page: &str) -> Option<usize> {
    let (before, _) = page.split_once(" selected")?;
    before.rsplit(' ').next()?.parse().ok()
}

/// Writes an answer into a line of the list, whose cells for it are empty before the last; returns whom it is about.
fn answer(line: &mut String, said: &str) -> Result<String> {
    let (before, id) = line
        .rsplit_once(",,,")
        .context("a line has room for an answer")?;
    // Manager, e-mail, person: names have a comma in them and so stand in quotes.
    let person = before
        .split('"')
        .nth(3)
        .context("a line names manager and person")?
        .to_owned();
    *line = format!("{before},{said},{id}");
    Ok(person)
}
