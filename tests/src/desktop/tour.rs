//! Once through every screen that there is, in the order in which somebody new meets them.

use anyhow::{Context, Result};

use super::acts::{Row, button, draft_bar};
use super::window::{Window, role};

/// A service to try the connection's test on, beside the sample company.
pub struct Service {
    pub url: String,
    pub token: String,
}

impl Window {
    /// Shows each screen in turn and calls `visit` with its name while it stands.
    /// Begins at the first launch, and ends with a run of four items in the history.
    pub async fn tour(
        &self,
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
        self.press(&button("Deactivate").inside(role("region").named("Selected people")))
            .await?;
        self.find(&draft_bar()).await?;
        visit("draft").await?;

        self.review().await?;
        visit("review").await?;
        self.confirm_and_wait().await?;
        visit("run").await?;
        self.press(&button("Done").inside(role("main"))).await?;

        self.go_to("History").await?;
        self.says("was deactivated").await?;
        visit("history").await?;

        self.open_connection_settings().await?;
        visit("connection").await?;
        self.go_to("Settings").await?;
        self.find(&role("heading").named("Settings")).await?;
        visit("settings").await?;

        self.go_to("People").await?;
        self.wait_for_people().await?;
        self.keys(&[thirtyfour::Key::Control], 'k').await?;
        self.find(&role("listbox").named("Matches")).await?;
        visit("palette").await?;
        self.keys(&[], thirtyfour::Key::Escape).await?;
        self.press(&role("grid").named("People")).await?;
        self.keys(&[], '?').await?;
        self.find(&role("dialog").named("Keys")).await?;
        visit("keys").await
    }
}

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
