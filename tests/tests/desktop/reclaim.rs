//! Seats back, start to end: evidence in, the threshold by keys, people into the draft, review, run, the seats afterwards.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use sandbox::Date;
use sandbox::evidence::Place;
use serde_json::json;
use tests::desktop::acts::{button, confirm_button};
use tests::desktop::office::Office;
use tests::desktop::{PATIENCE, Window, role, until};
use thirtyfour::Key;

const PEOPLE: u32 = 1_000;
/// Seen last 175, 176, … days ago, one person a day: each step of the threshold is one person at most.
const ABSENT: i32 = 60;
const FROM: i32 = 175;
const RECLAIMED: usize = 25;

#[tokio::test]
async fn those_not_seen_for_long_are_reclaimed_and_their_seats_counted() -> Result<()> {
    let office = Office::of(PEOPLE).await?;
    let today = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date();
    let (file, absent) = activity(&office, today)?;
    let today = &today.to_string();
    let window = office.open().await?;

    window.go_to("Reclaim").await?;
    window.says("No evidence yet").await?;
    window.press(&button("Add evidence…")).await?;
    window.press(&button("Choose files…")).await?;
    office.desktop.choose_in_file_dialog(&file).await?;
    window.press(&button("Accept")).await?;
    window.says("What counts now").await?;
    window.press(&button("Done").inside(role("dialog"))).await?;

    let (days, dormant) = threshold(&window).await?;
    assert_eq!(days, 180, "the policy's days to begin with");
    ensure!(dormant > RECLAIMED, "{dormant} are dormant to begin with");
    window.says(&format!("All {dormant} selected")).await?;
    window.drag_right(&role("slider"), 30).await?;
    let (dragged, fewer) = threshold(&window).await?;
    assert!(
        dragged > days && fewer < dormant && fewer > RECLAIMED,
        "dragged to the right of {days} days and {dormant} people it stands at {dragged} days and {fewer}"
    );
    window.says(&format!("All {fewer} selected")).await?;
    window.keys(&[Key::Control, Key::Shift], 'd').await?;
    let days = until(
        "25 people to be beyond the threshold",
        PATIENCE,
        async || {
            let (days, dormant) = threshold(&window).await?;
            if dormant == RECLAIMED {
                return Ok(Some(days));
            }
            window.keys(&[], Key::Right).await?;
            Ok(None)
        },
    )
    .await?;
    window.says("All 25 selected").await?;

    window
        .press(&button("Reclaim").inside(role("region").named("Selected people")))
        .await?;
    window.review().await?;
    window.says("Deactivate 25").await?;
    let pilot = window
        .find(&role("checkbox").named("First 5, then ask"))
        .await?;
    assert!(
        pilot.is_selected().await?,
        "whoever goes by evidence alone goes in a pilot first, unless it is unticked"
    );
    window.press(&confirm_button()).await?;
    window.press(&button("Resume").inside(role("main"))).await?;
    window.find(&button("Done").inside(role("main"))).await?;
    assert_eq!(
        figure(&window, "seats freed").await?,
        "25",
        "the run says how many seats it measured"
    );

    let known = office.people(&["E-mail", "Separation date"]).await?;
    let mut reclaimed = 0;
    for (email, last_seen) in &absent {
        let person = known
            .iter()
            .find(|person| person["E-mail"] == **email)
            .with_context(|| format!("{email} is in the directory"))?;
        if person["Separation date"] == *today {
            assert!(
                *last_seen >= days,
                "{email} was seen {last_seen} days ago, before the threshold of {days}"
            );
            reclaimed += 1;
        }
    }
    assert_eq!(reclaimed, RECLAIMED, "those beyond the threshold have left");

    window.go_to("Reclaim").await?;
    until("nobody to be beyond the threshold", PATIENCE, async || {
        Ok((threshold(&window).await? == (days, 0)).then_some(()))
    })
    .await?;
    let names = office
        .people(&["E-mail", "Name", "Separation date"])
        .await?;
    let leaver = names
        .iter()
        .find(|person| person["Separation date"] == *today)
        .and_then(|person| person["E-mail"].as_str())
        .context("somebody has left today")?;
    for (item, named) in [
        ("Web page, with names", true),
        ("Web page, without names", false),
    ] {
        window.press(&button("Write the report")).await?;
        window.press(&role("menuitem").named(item)).await?;
        let report = office.desktop.folder().join(format!("home/{item}.html"));
        office.desktop.answer_file_dialog(&report).await?;
        let written = until("the report to be written", PATIENCE, async || {
            Ok(fs::read_to_string(&report).ok())
        })
        .await?;
        assert!(
            written.contains("25 people deactivated and 25 seats freed"),
            "the report says how many seats were freed"
        );
        assert_eq!(
            written.contains(leaver),
            named,
            "{item}: who has left stands in it only where names are wanted"
        );
    }
    window.quit().await
}

/// The number over this caption.
async fn figure(window: &Window, caption: &str) -> Result<String> {
    const FIGURE: &str = "
        const [caption] = arguments;
        const found = [...document.querySelectorAll('dt')].find((one) => one.innerText.trim() === caption);
        return found?.parentElement.querySelector('dd').innerText.trim() ?? null;";
    until(&format!("a number of {caption}"), PATIENCE, async || {
        let found = window.run(FIGURE, &[json!(caption)]).await?;
        Ok(found.as_str().map(str::to_owned))
    })
    .await
}

/// What the threshold says to a screen reader: where it stands, and how many people are beyond it.
async fn threshold(window: &Window) -> Result<(i32, usize)> {
    let slider = window.find(&role("slider")).await?;
    let words = slider
        .attr("aria-valuetext")
        .await?
        .context("the threshold says where it stands")?;
    let (days, people) = words
        .split_once(": ")
        .with_context(|| format!("it says {words}"))?;
    let number = |words: &str| words.split(' ').next().unwrap_or_default().to_owned();
    Ok((number(days).parse()?, number(people).parse()?))
}

/// A badge log of everybody, and the e-mails of those who are absent with the days since they were seen.
fn activity(office: &Office, today: Date) -> Result<(PathBuf, Vec<(String, i32)>)> {
    let folder = office.desktop.folder().join("home");
    let truth = sandbox::evidence::write(&folder.join("truth"), PEOPLE, 1, today)?;
    let mut absent = Vec::new();
    let mut log = "E-mail,Last badge\n".to_owned();
    for known in &truth.people {
        let Some(email) = &known.email else { continue };
        // Whom the policy leaves out for another reason is seen like everybody else.
        let free =
            matches!(known.place, Place::SeenLately | Place::SeenLongAgo) && known.case.is_none();
        let taken = i32::try_from(absent.len())?;
        let days = if free && taken < ABSENT {
            absent.push((email.clone(), FROM + taken));
            FROM + taken
        } else {
            3
        };
        let seen = today.checked_sub(jiff::Span::new().days(days))?;
        writeln!(log, "{email},{seen}")?;
    }
    let file = folder.join("badges.csv");
    fs::write(&file, log).context("the log could not be written")?;
    Ok((file, absent))
}
