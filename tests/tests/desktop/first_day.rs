//! From the first launch on: the sample company, the main job, and all of it again after the next launch.

use anyhow::{Context, Result, ensure};
use tests::desktop::acts::{button, draft_bar};
use tests::desktop::tour::{other_department, without_reports};
use tests::desktop::{Desktop, Look, Window, role};

/// Where Muster keeps its tokens in the keyring.
const KEYRING_SERVICE: &str = "Muster";

#[tokio::test]
async fn find_edit_deactivate_review_confirm_and_find_it_all_again() -> Result<()> {
    let desktop = Desktop::start().await?;

    let window = desktop.launch(Look::Light).await?;
    // The company's own Peakon is offered as well.
    window.find(&button("Connect to Peakon")).await?;
    window.record_messages().await?;
    window.open_sample_company().await?;
    window.says("5,000 people").await?;

    for name in ["Лисенко", "吉田"] {
        let rows = window.search(name).await?;
        assert!(
            rows.len() > 1,
            "several people are called {name}, and no script is harder to find than another"
        );
    }
    let composed = window.search("Nguyễn").await?;
    assert!(
        composed
            .iter()
            .any(|row| row.cell("Name").is_ok_and(|name| name.contains('\u{0303}'))),
        "people whose name is stored with combining marks are found by the composed form"
    );
    let plain = window.search("nguyen").await?;
    assert_eq!(
        plain.len(),
        composed.len(),
        "a keyboard without the marks finds the same people"
    );

    let rows = window.search("吉田").await?;
    let moved = rows.first().context("somebody is called 吉田")?.clone();
    let (before, after) = (
        moved.cell("Department")?.to_owned(),
        other_department(&moved)?,
    );
    window.edit_cell(moved.number, "Department", after).await?;
    let leavers: Vec<_> = without_reports(&rows)?
        .into_iter()
        .filter(|row| row.number != moved.number)
        .take(3)
        .collect();
    ensure!(
        leavers.len() == 3,
        "the company has three people called 吉田 whom nothing holds back"
    );
    for row in &leavers {
        window.tick(row.number).await?;
    }
    window
        .press(&button("Deactivate").inside(role("region").named("Selected people")))
        .await?;
    window.says("to 4 people, not sent yet").await?;

    window.review().await?;
    window.says("Deactivate 3 people").await?;
    window.confirm_and_wait().await?;

    window.go_to("History").await?;
    for row in leavers.iter().chain([&moved]) {
        window.says(&spoken(row.cell("Name")?)).await?;
    }
    window.says(&before).await?;
    window.says(after).await?;
    window
        .press(&button("People").inside(role("navigation").named("Screens")))
        .await?;
    let now = window.search("吉田").await?;
    for row in &leavers {
        let same = now
            .iter()
            .find(|other| other.cell("E-mail").ok() == row.cell("E-mail").ok());
        let status = same
            .context("who was deactivated is still in the directory")?
            .cell("Status")?
            .to_owned();
        assert_ne!(
            status, "Active",
            "the table shows what was read back, not what was there before"
        );
    }

    // Something staged and not sent, to be found again.
    window.clear_search().await?;
    let first = window
        .rows()
        .await?
        .into_iter()
        .next()
        .context("the table has a first row")?;
    window
        .edit_cell(first.number, "Department", other_department(&first)?)
        .await?;
    window.says("1 change to 1 person, not sent yet").await?;
    let token = the_token(&desktop)?;
    nothing_holds(&token, &desktop, &window).await?;
    window.quit().await?;

    let window = desktop.launch(Look::Light).await?;
    window.record_messages().await?;
    window.resize(1280, 800).await?;
    window.wait_for_people().await?;
    window.says("5,000 people").await?;
    assert!(
        window.shows(&draft_bar()).await?,
        "what was staged is staged still"
    );
    window.says("1 change to 1 person, not sent yet").await?;
    window.go_to("History").await?;
    window.says(&spoken(moved.cell("Name")?)).await?;
    for token in [token, the_token(&desktop)?] {
        nothing_holds(&token, &desktop, &window).await?;
    }
    window.quit().await?;

    let mut forget = desktop.muster()?;
    forget.args(["connections", "forget", "Sample company", "--yes"]);
    let forgotten = tokio::task::spawn_blocking(move || forget.output()).await??;
    ensure!(
        forgotten.status.success(),
        "{}",
        String::from_utf8_lossy(&forgotten.stderr)
    );
    assert_eq!(
        desktop.secrets("service", KEYRING_SERVICE)?,
        Vec::<String>::new(),
        "a connection that is forgotten leaves no token in the keyring"
    );
    Ok(())
}

/// The history speaks of people as one does: given name first, where the table has the family name first.
pub fn spoken(name: &str) -> String {
    match name.split_once(", ") {
        Some((family, given)) => format!("{given} {family}"),
        None => name.to_owned(),
    }
}

fn the_token(desktop: &Desktop) -> Result<String> {
    let mut tokens = desktop.secrets("service", KEYRING_SERVICE)?;
    ensure!(
        tokens.len() == 1,
        "one connection has one token in the keyring, and there are {}",
        tokens.len()
    );
    let token = tokens.remove(0);
    ensure!(token.len() > 8, "the keyring gives the token back whole");
    Ok(token)
}

/// The token is in the keyring and nowhere else that can be looked at.
async fn nothing_holds(token: &str, desktop: &Desktop, window: &Window) -> Result<()> {
    assert_eq!(
        desktop.files_with(token)?,
        Vec::<std::path::PathBuf>::new(),
        "no file holds the token, logs included"
    );
    assert!(
        !desktop.log().contains(token),
        "the token was not written to the terminal"
    );
    let messages = window.recorded_messages().await?;
    assert!(
        !messages.is_empty(),
        "the page was spoken to while messages were recorded"
    );
    assert!(
        !messages.iter().any(|message| message.contains(token)),
        "no message to the page holds the token"
    );
    assert!(
        !window.source().await?.contains(token),
        "the page does not hold the token"
    );
    Ok(())
}
