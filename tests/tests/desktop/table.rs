//! The table by pointer, and in little room.

use anyhow::{Context, Result};
use serde_json::Value;
use tests::desktop::acts::{button, confirm_button, draft_bar};
use tests::desktop::office::Office;
use tests::desktop::{Look, Window, role};
use thirtyfour::Key;

#[tokio::test]
async fn the_pointer_chooses_fills_and_clears_a_block_and_undo_takes_it_back() -> Result<()> {
    let office = Office::of(60).await?;
    let window = office.open().await?;
    // The handle is there only while the table has the keyboard.
    office.desktop.focus_window()?;
    let rows = window.rows().await?;
    let department = |row: u64| -> Result<String> {
        let found = rows.iter().find(|shown| shown.number == row);
        Ok(found
            .context("the row is shown")?
            .cell("Department")?
            .to_owned())
    };
    let first = (2..12)
        .find(|&row| {
            let four = [0, 1, 2, 3].map(|more| department(row + more).unwrap_or_default());
            four[0] != four[2] && four.iter().all(|one| !one.is_empty())
        })
        .context("four in a row have departments, and not all the same")?;
    let (one, two) = (department(first)?, department(first + 1)?);
    let (was, last) = (department(first + 2)?, first + 3);

    window
        .drag_over_cells((first, "Department"), (first + 1, "Department"))
        .await?;
    window.drag_fill_handle((last, "Department")).await?;
    window.find(&draft_bar()).await?;
    window.cell_has((first + 2, "Department"), &one).await?;
    window.cell_has((last, "Department"), &two).await?;

    // The block is what it was filled to, so Delete asks about all of it.
    window.keys(&[], Key::Delete).await?;
    window.press(&button("Stage the clearing")).await?;
    window.gone(&role("dialog")).await?;
    window.says("4 changes to 4 people").await?;
    window.keys(&[Key::Control], 'z').await?;
    window.cell_has((first + 2, "Department"), &one).await?;
    window.keys(&[Key::Control], 'z').await?;
    window.gone(&draft_bar()).await?;
    window.cell_has((first + 2, "Department"), &was).await?;
    window.keys(&[Key::Control, Key::Shift], 'z').await?;
    window.find(&draft_bar()).await?;
    window.cell_has((first + 2, "Department"), &one).await?;
    window.quit().await
}

#[tokio::test]
async fn nothing_is_cut_off_in_the_smallest_window_nor_at_twice_the_size() -> Result<()> {
    let office = Office::of(60).await?;
    for zoomed in [false, true] {
        let how = if zoomed { "at 200%" } else { "at 1024×700" };
        let window = office.desktop.launch(Look::Light).await?;
        window.wait_for_people().await?;
        let (width, height) = if zoomed { (1280, 800) } else { (1024, 700) };
        window.resize(width, height).await?;
        if !window.shows(&draft_bar()).await? {
            let rows = window.rows().await?;
            let elsewhere = rows
                .iter()
                .find(|row| row.cell("Department").is_ok_and(|cell| cell != "Finance"));
            let row = elsewhere.context("somebody is elsewhere")?;
            window
                .edit_cell(row.number, "Department", "Finance")
                .await?;
        }
        window.find(&draft_bar()).await?;
        window.tick(2).await?;
        window.says("1 selected").await?;
        // From here on by keys, as the driver's pointer does not know the page's zoom.
        if zoomed {
            window.zoom_to_double().await?;
        }
        nothing_cut_off(&window, &format!("People {how}")).await?;
        for (key, words) in [
            ('2', "No evidence yet"),
            ('3', "History"),
            (',', "Settings"),
        ] {
            window.keys(&[Key::Control], key).await?;
            window.find(&role("heading").named(words)).await?;
            nothing_cut_off(&window, &format!("{words} {how}")).await?;
        }
        window.keys(&[Key::Control], Key::Enter).await?;
        window.find(&confirm_button()).await?;
        nothing_cut_off(&window, &format!("the review {how}")).await?;
        window.quit().await?;
    }
    Ok(())
}

/// Whatever can be pressed is within the window, or in something that scrolls to it.
async fn nothing_cut_off(window: &Window, what: &str) -> Result<()> {
    let script = "
        const scrolls = (e) => /(auto|scroll)/.test(getComputedStyle(e).overflow);
        const reachable = (e) => {
          for (let up = e.parentElement; up; up = up.parentElement) if (scrolls(up)) return true;
          return false;
        };
        const out = [...document.querySelectorAll('button, a[href], input, [role=grid]')]
          .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest('.visually-hidden, [aria-hidden=true]'))
          .filter((e) => !reachable(e))
          .filter((e) => {
            const box = e.getBoundingClientRect();
            return box.width > 0 && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
          })
          .map((e) => `${e.getAttribute('aria-label') ?? e.innerText} ${JSON.stringify(e.getBoundingClientRect())}`);
        if (document.documentElement.scrollWidth > innerWidth) out.push(`the page is ${document.documentElement.scrollWidth} wide`);
        return out;";
    let out = window.run(script, &[]).await?;
    assert_eq!(
        out,
        Value::Array(Vec::new()),
        "{what}: everything that can be pressed is in the window"
    );
    Ok(())
}
