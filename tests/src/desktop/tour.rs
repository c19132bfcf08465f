//! Once through every screen that there is, in the order in which somebody new meets them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use thirtyfour::Key;

use super::Desktop;
use super::acts::{Row, button, confirm_button, draft_bar};
use super::window::{Window, role};

/// A service to try the connection's test on, beside the sample company.
pub struct Service {
    pub url: String,
    pub token: String,
}

impl Window {
    /// Shows each screen in turn and calls `visit` with its name while it stands.
    /// Begins at the first launch, and ends with a run of four items in the history and evidence on everybody.
    pub async fn tour(
        &self,
        desktop: &Desktop,
        service: &Service,
        mut visit: impl AsyncFnMut(&str) -> Result<()>,
    ) -> Result<()> {
        self.find(&button("Open the sample company")).await?;
        visit("welcome").await?;

        self.press(&button("Connect to Peakon")).await?;
        self.fill(&role("textbox").named("SCIM 2.0 URL"), &service.url)
            .await?;
        self.fill(&role("textbox").named("OAuth bearer token"), &service.token)
            .await?;
        self.press(&button("Test")).await?;
        self.find(&button("Test again")).await?;
        visit("connect").await?;

        self.press(&button("Open the sample company instead"))
            .await?;
        self.wait_for_people().await?;
        visit("people").await?;
        self.tour_around_the_table(&mut visit).await?;
        self.tour_in_the_table(&mut visit).await?;

        self.search("Лисенко").await?;
        visit("search").await?;
        self.fill_search("nobody is called this").await?;
        self.says("Nobody").await?;
        visit("nobody").await?;
        self.clear_search().await?;

        self.open_person(1).await?;
        visit("person").await?;
        self.close_panel().await?;

        let rows = self.search("吉田").await?;
        let changed = rows.first().context("somebody is called 吉田")?;
        let department = other_department(changed)?;
        self.edit_cell(changed.number, "Department", department)
            .await?;
        for row in without_reports(&rows)?.iter().skip(1).take(3) {
            self.tick(row.number).await?;
        }
        visit("selected").await?;
        self.press(&button("Edit").inside(role("region").named("Selected people")))
            .await?;
        self.press_beside(&role("radio").named("Find and replace"))
            .await?;
        self.fill(&role("textbox").named("Find"), "Support").await?;
        visit("replace").await?;
        self.press(&button("Cancel").inside(role("dialog"))).await?;
        self.press(&button("Deactivate").inside(role("region").named("Selected people")))
            .await?;
        self.find(&draft_bar()).await?;
        visit("draft").await?;
        self.press(&button("More for the draft").inside(draft_bar()))
            .await?;
        self.press(&role("menuitem").named("Put the draft aside"))
            .await?;
        self.find(&role("textbox").named("Name")).await?;
        visit("put-aside").await?;
        self.press(&button("Cancel").inside(role("dialog"))).await?;

        self.review().await?;
        self.until_enabled(&confirm_button()).await?;
        visit("review").await?;
        self.press(&button("Requests")).await?;
        self.says("PATCH").await?;
        visit("requests").await?;
        self.press(&button("Sentences")).await?;
        self.confirm_and_wait().await?;
        visit("run").await?;
        self.press(&button("Done").inside(role("main"))).await?;

        self.go_to("History").await?;
        self.says("was deactivated").await?;
        visit("history").await?;
        self.press(&role("button").with("moved from")).await?;
        self.find(&button("Raw record")).await?;
        visit("event").await?;
        self.press(&button("Verify")).await?;
        self.says("Sound.").await?;
        visit("verified").await?;
        self.press(&button("Keeping")).await?;
        self.find(&role("radio").named("For ever")).await?;
        visit("keeping").await?;
        self.keys(&[], Key::Escape).await?;
        self.gone(&role("dialog").named("Keeping the history"))
            .await?;

        self.tour_reclaim(desktop, &mut visit).await?;

        self.open_connection_settings().await?;
        visit("connection").await?;
        self.go_to("Settings").await?;
        self.find(&role("heading").named("Settings")).await?;
        visit("settings").await?;

        self.go_to("People").await?;
        self.wait_for_people().await?;
        self.keys(&[Key::Control], 'k').await?;
        self.find(&role("listbox").named("Matches")).await?;
        visit("palette").await?;
        self.keys(&[], Key::Escape).await?;
        self.press(&role("grid").named("People")).await?;
        self.keys(&[], '?').await?;
        self.find(&role("dialog").named("Keys")).await?;
        visit("keys").await
    }

    /// What stands around the table of people.
    async fn tour_around_the_table(
        &self,
        visit: &mut impl AsyncFnMut(&str) -> Result<()>,
    ) -> Result<()> {
        for (name, screen) in [("Filter", "filter"), ("Columns", "columns")] {
            self.press(&button(name).inside(role("main"))).await?;
            self.find(&role("searchbox").inside(role("dialog"))).await?;
            visit(screen).await?;
            self.keys(&[], Key::Escape).await?;
            self.gone(&role("dialog")).await?;
        }
        for (attribute, screen) in [
            ("Department", "filter-values"),
            ("Tenure", "filter-dates"),
            ("Manager", "filter-manager"),
        ] {
            self.press(&button("Filter").inside(role("main"))).await?;
            self.press(&button(attribute).inside(role("dialog")))
                .await?;
            self.find(&role("list").named(attribute)).await?;
            visit(screen).await?;
            self.keys(&[], Key::Escape).await?;
            self.gone(&role("dialog")).await?;
        }
        self.press(&button("Sample company, connections")).await?;
        self.find(&role("menuitem").starting("Connection settings"))
            .await?;
        visit("connections").await?;
        self.keys(&[], Key::Escape).await?;
        self.gone(&role("menuitem").starting("Connection settings"))
            .await
    }

    /// What opens over the table's cells and headings, and a view that is saved.
    async fn tour_in_the_table(
        &self,
        visit: &mut impl AsyncFnMut(&str) -> Result<()>,
    ) -> Result<()> {
        self.go_to_cell(3, "Department").await?;
        self.keys(&[], Key::Enter).await?;
        self.find(&role("listbox")).await?;
        visit("editor").await?;
        self.keys(&[], Key::Escape).await?;
        self.gone(&role("listbox")).await?;

        self.keys(&[Key::Shift], Key::F10).await?;
        self.find(&role("menuitem").named("Hide")).await?;
        visit("cell-menu").await?;
        self.keys(&[], Key::Escape).await?;
        self.gone(&role("menuitem").named("Hide")).await?;

        self.press_for_menu(&role("columnheader").starting("Location"))
            .await?;
        self.find(&role("menuitem").named("Hide")).await?;
        visit("column-menu").await?;
        self.keys(&[], Key::Escape).await?;
        self.gone(&role("menuitem").named("Hide")).await?;

        self.paste_text("Moonshots", (3, "Department")).await?;
        self.says("A value that nobody has").await?;
        visit("paste").await?;
        self.press(&button("Cancel").inside(role("dialog"))).await?;
        self.gone(&role("dialog")).await?;

        self.go_to_cell(3, "Department").await?;
        self.keys(&[], Key::Delete).await?;
        self.find(&button("Stage the clearing")).await?;
        visit("clear").await?;
        self.press(&button("Cancel").inside(role("dialog"))).await?;
        self.gone(&role("dialog")).await?;

        self.fill_search("is:inactive").await?;
        self.says(" of 5,000").await?;
        self.press(&button("Save as a view")).await?;
        self.fill(&role("textbox").named("Name"), "Leavers").await?;
        self.press(&button("Save").inside(role("dialog"))).await?;
        self.says("in Leavers").await?;
        visit("view").await?;
        self.go_to("People").await?;
        self.says("5,000 people").await
    }

    /// Reclaim, from nothing known to the board.
    async fn tour_reclaim(
        &self,
        desktop: &Desktop,
        visit: &mut impl AsyncFnMut(&str) -> Result<()>,
    ) -> Result<()> {
        let files = activity_files(&desktop.folder().join("home"))?;
        self.go_to("Reclaim").await?;
        self.says("No evidence yet").await?;
        visit("reclaim-empty").await?;

        self.press(&button("Add evidence…")).await?;
        for (at, file) in files.iter().enumerate() {
            self.press(&button("Choose files…")).await?;
            desktop.choose_in_file_dialog(file).await?;
            self.find(&button("Accept")).await?;
            if at == 0 {
                visit("evidence").await?;
                self.press(&role("button").ending(" unmatched")).await?;
                self.press(&button("How it was read")).await?;
                visit("evidence-rows").await?;
            }
            self.press(&button("Accept")).await?;
            self.gone(&button("Accept")).await?;
        }
        visit("sources").await?;
        self.press(&button("Done").inside(role("dialog"))).await?;

        self.press(&button("Policy")).await?;
        for (field, text) in [
            ("Seats paid", "5200"),
            ("Price of a seat, a year", "40"),
            ("Currency", "EUR"),
            ("Contract ends", "31 Jan 2027"),
        ] {
            self.fill(&role("textbox").named(field), text).await?;
        }
        visit("policy").await?;
        self.press(&button("Keep").inside(role("dialog"))).await?;
        self.says("seats paid until").await?;
        visit("reclaim").await?;
        self.press(&button("Exempt…")).await?;
        self.find(&role("textbox").named("Reason")).await?;
        visit("exempt").await?;
        self.press(&button("Cancel").inside(role("dialog"))).await?;

        self.press_beside(&role("radio").named("Groups")).await?;
        self.find(&role("region").ending(" by Department")).await?;
        visit("reclaim-groups").await?;
        self.press_beside(&role("radio").named("Months")).await?;
        visit("reclaim-months").await?;
        self.press_beside(&role("radio").named("Days")).await?;
        self.find(&role("slider")).await?;
        Ok(())
    }
}

/// Sign-ins and HR records that go with the sample company.
fn activity_files(home: &Path) -> Result<[PathBuf; 3]> {
    let folder = home.join("evidence");
    let today = jiff::tz::Offset::UTC
        .to_datetime(jiff::Timestamp::now())
        .date();
    sandbox::evidence::write(&folder, SAMPLE_PEOPLE, SAMPLE_SEED, today)?;
    Ok(["okta-users.csv", "google-users.xlsx", "hris-status.csv"].map(|name| folder.join(name)))
}

/// As Muster makes its sample company.
const SAMPLE_PEOPLE: u32 = 5_000;
const SAMPLE_SEED: u64 = 1;

/// A department that exists and that this person is not in.
pub fn other_department(row: &Row) -> Result<&'static str> {
    Ok(if row.cell("Department")?.contains("Finance") {
        "Legal"
    } else {
        "Finance"
    })
}

/// The active people whose title says that nobody reports to them: nothing holds them back from being deactivated.
pub fn without_reports(rows: &[Row]) -> Result<Vec<Row>> {
    let leads = [
        "Manager",
        "Director",
        "Head",
        "Chief",
        "President",
        "Lead",
        "Supervisor",
        "Partner",
        "Officer",
    ];
    let mut found = Vec::new();
    for row in rows {
        let title = row.cell("Title")?;
        if row.cell("Status")? == "Active" && !leads.iter().any(|lead| title.contains(lead)) {
            found.push(row.clone());
        }
    }
    Ok(found)
}
