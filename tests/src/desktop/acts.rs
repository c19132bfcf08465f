//! What people do in Muster, in their words, for the desktop test and the pictures alike.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::Key;

use super::window::{Target, Window, role};
use super::{PATIENCE, until};

/// What the connection is called in every window here.
pub const COMPANY: &str = "Sample company";

pub fn button(name: &str) -> Target {
    role("button").named(name)
}

pub fn people() -> Target {
    role("grid").named("People")
}

pub fn draft_bar() -> Target {
    role("region").named("Draft")
}

/// The one button that sends: it names the act, the number and the connection.
pub fn confirm_button() -> Target {
    role("button").ending(&format!(" in {COMPANY}"))
}

fn search_box() -> Target {
    role("combobox").named("Search people, or type a command")
}

/// One row of the table as shown: its number in the view, counted from 1, and its cells by column title.
#[derive(Debug, Clone)]
pub struct Row {
    pub number: u64,
    pub cells: Vec<(String, String)>,
}

impl Row {
    pub fn cell(&self, column: &str) -> Result<&str> {
        let found = self.cells.iter().find(|(title, _)| title == column);
        found
            .map(|(_, text)| text.as_str())
            .with_context(|| format!("there is no column {column}"))
    }
}

impl Window {
    /// From the first screen into the sample company, until its people are in the table.
    pub async fn open_sample_company(&self) -> Result<()> {
        self.press(&button("Open the sample company")).await?;
        self.wait_for_people().await
    }

    /// Waits until the table is there and has settled.
    pub async fn wait_for_people(&self) -> Result<()> {
        until("people in the table", PATIENCE, async || {
            Ok((!self.rows().await?.is_empty()).then_some(()))
        })
        .await
    }

    /// Types into the box at the top.
    pub async fn fill_search(&self, text: &str) -> Result<()> {
        self.fill(&search_box(), text).await
    }

    /// Types into the box at the top, waits until the table is down to those who fit, and returns the rows shown
    /// of those who are called that. (Their reports fit too: their manager is called that.)
    pub async fn search(&self, text: &str) -> Result<Vec<Row>> {
        self.fill_search(text).await?;
        let wanted = folded(self, text).await?;
        until(&format!("people called {text}"), PATIENCE, async || {
            let count = self.page_text().await?;
            ensure!(
                count.contains(" of 5,000"),
                "the table still shows everybody"
            );
            let mut called = Vec::new();
            for row in self.rows().await? {
                if folded(self, row.cell("Name")?).await?.contains(&wanted) {
                    called.push(row);
                }
            }
            Ok((!called.is_empty()).then_some(called))
        })
        .await
    }

    /// The row of whoever has this e-mail, once the table is down to whoever has it somewhere.
    pub async fn person(&self, email: &str) -> Result<Row> {
        self.fill_search(email).await?;
        until(&format!("the row of {email}"), PATIENCE, async || {
            let rows = self.rows().await?;
            Ok(rows
                .into_iter()
                .find(|row| row.cell("E-mail").is_ok_and(|cell| cell == email)))
        })
        .await
    }

    /// Empties the box at the top, back to everybody.
    pub async fn clear_search(&self) -> Result<()> {
        self.press(&button("Clear the search")).await?;
        self.gone(&button("Clear the search")).await?;
        self.wait_for_people().await
    }

    /// The rows that are painted now, from the top.
    pub async fn rows(&self) -> Result<Vec<Row>> {
        let script = "
            const grid = [...document.querySelectorAll('[role=grid]')].find((g) => g.getAttribute('aria-label') === 'People');
            if (!grid) return [];
            const titles = new Map([...grid.querySelectorAll('[role=columnheader]')].map((h) => [h.getAttribute('aria-colindex'), h.innerText.trim()]));
            return [...grid.querySelectorAll('[role=row][aria-rowindex]')]
              .filter((row) => row.querySelector('[role=gridcell], [role=rowheader]') && row.checkVisibility())
              .map((row) => ({
                number: Number(row.getAttribute('aria-rowindex')) - 1,
                cells: [...row.querySelectorAll('[role=gridcell], [role=rowheader]')].map((c) => [titles.get(c.getAttribute('aria-colindex')) ?? '', c.innerText.trim()]),
              }))
              .filter((row) => row.cells.some(([, text]) => text !== ''))
              .sort((a, b) => a.number - b.number);";
        let rows = self.run(script, &[]).await?;
        rows.as_array()
            .context("rows are a list")?
            .iter()
            .map(|row| {
                let number = row["number"].as_u64().context("a row has a number")?;
                let cells = serde_json::from_value(row["cells"].clone())?;
                Ok(Row { number, cells })
            })
            .collect()
    }

    /// Puts the cursor on a cell with the pointer.
    pub async fn go_to_cell(&self, row: u64, column: &str) -> Result<()> {
        self.click_in_table(
            &format!("{column} in row {row}"),
            CELL,
            &[json!(row), json!(column)],
        )
        .await
    }

    /// Adds a cell to what is chosen, with Ctrl and the pointer.
    pub async fn add_cell(&self, row: u64, column: &str) -> Result<()> {
        let cell = self
            .run_for_element(CELL, &[json!(row), json!(column)])
            .await?;
        self.click_with(Key::Control, &cell).await
    }

    /// Drags the pointer from one cell to another, which chooses the block between them.
    pub async fn drag_over_cells(&self, from: (u64, &str), to: (u64, &str)) -> Result<()> {
        let cell = async |(row, column): (u64, &str)| {
            self.run_for_element(CELL, &[json!(row), json!(column)])
                .await
        };
        self.drag_between(&cell(from).await?, &cell(to).await?)
            .await
    }

    /// Drags the small square at the corner of the block to a cell.
    pub async fn drag_fill_handle(&self, to: (u64, &str)) -> Result<()> {
        let handle = self
            .run_for_element("return document.querySelector('[data-handle]')", &[])
            .await?;
        let cell = self
            .run_for_element(CELL, &[json!(to.0), json!(to.1)])
            .await?;
        self.drag_between(&handle, &cell).await
    }

    /// Waits until a cell has this in it.
    pub async fn cell_has(&self, (row, column): (u64, &str), text: &str) -> Result<()> {
        until(
            &format!("“{text}” in {column} of row {row}"),
            PATIENCE,
            async || {
                let rows = self.rows().await?;
                let found = rows.iter().find(|shown| shown.number == row);
                let cell = found.context("the row is out of view")?.cell(column)?;
                Ok(cell.contains(text).then_some(()))
            },
        )
        .await
    }

    /// Presses what the script finds in the table. The table paints its rows anew as it scrolls and settles,
    /// so what was found may be gone before it is pressed; then it is looked for again.
    async fn click_in_table(&self, what: &str, script: &str, arguments: &[Value]) -> Result<()> {
        until(what, PATIENCE, async || {
            self.run_for_element(script, arguments)
                .await?
                .click()
                .await?;
            Ok(Some(()))
        })
        .await
    }

    /// Changes an option in its cell, as in a spreadsheet: cursor there, type, take the match, Enter.
    pub async fn edit_cell(&self, row: u64, column: &str, value: &str) -> Result<()> {
        self.go_to_cell(row, column).await?;
        self.type_text(value).await?;
        self.find(&role("option").starting(value)).await?;
        self.keys(&[], Key::Enter).await?;
        until(&format!("{value} in the cell"), PATIENCE, async || {
            let rows = self.rows().await?;
            let changed = rows
                .iter()
                .find(|shown| shown.number == row)
                .context("the row went out of view")?;
            Ok(changed.cell(column)?.contains(value).then_some(()))
        })
        .await
    }

    /// Ticks a row.
    pub async fn tick(&self, row: u64) -> Result<()> {
        self.click_in_table(&format!("the box of row {row}"), TICK, &[json!(row)])
            .await
    }

    /// Copies the text from the palette's box, where it changes nothing, and pastes it into a cell.
    pub async fn paste_text(&self, text: &str, (row, column): (u64, &str)) -> Result<()> {
        self.keys(&[Key::Control], 'k').await?;
        self.find(&role("listbox").named("Matches")).await?;
        self.type_text(text).await?;
        self.keys(&[Key::Control], 'a').await?;
        self.keys(&[Key::Control], 'c').await?;
        self.keys(&[], Key::Escape).await?;
        self.go_to_cell(row, column).await?;
        self.keys(&[Key::Control], 'v').await
    }

    /// Puts the cursor on a person and opens the panel.
    pub async fn open_person(&self, row: u64) -> Result<()> {
        self.go_to_cell(row, "Name").await?;
        self.keys(&[], ' ').await?;
        self.find(&role("complementary")).await?;
        Ok(())
    }

    /// Closes the panel on the right.
    pub async fn close_panel(&self) -> Result<()> {
        self.keys(&[], Key::Escape).await?;
        self.gone(&role("complementary")).await
    }

    /// Opens the settings of the connection in use, by the menu at the top left.
    pub async fn open_connection_settings(&self) -> Result<()> {
        self.press(&button("Sample company, connections")).await?;
        self.press(&role("menuitem").starting("Connection settings"))
            .await?;
        self.find(&role("heading").named("Address and token"))
            .await?;
        Ok(())
    }

    /// Goes to a screen by the rail.
    pub async fn go_to(&self, screen: &str) -> Result<()> {
        self.press(&button(screen).inside(role("navigation").named("Screens")))
            .await
    }

    /// From the draft bar to the review, once it has been worked out.
    pub async fn review(&self) -> Result<()> {
        self.press(&button("Review").inside(draft_bar())).await?;
        self.find(&confirm_button()).await?;
        Ok(())
    }

    /// Confirms the plan under review and waits until its run has ended.
    pub async fn confirm_and_wait(&self) -> Result<()> {
        self.press(&confirm_button()).await?;
        self.find(&button("Done").inside(role("main"))).await?;
        Ok(())
    }
}

/// Without marks and case, as the page's own engine folds it: the test's ground truth for "called that".
async fn folded(window: &Window, text: &str) -> Result<String> {
    let script = "return arguments[0].normalize('NFD').replace(/\\p{M}/gu, '').toLowerCase()";
    let folded = window.run(script, &[json!(text)]).await?;
    Ok(folded.as_str().unwrap_or_default().to_owned())
}

const CELL: &str = "
    const [number, title] = arguments;
    const grid = [...document.querySelectorAll('[role=grid]')].find((g) => g.getAttribute('aria-label') === 'People');
    const header = [...grid.querySelectorAll('[role=columnheader]')].find((h) => h.innerText.trim() === title);
    const row = grid.querySelector(`[role=row][aria-rowindex=\"${number + 1}\"]:not([hidden])`);
    return row.querySelector(`[aria-colindex=\"${header.getAttribute('aria-colindex')}\"]`);";

const TICK: &str = "
    const [number] = arguments;
    const grid = [...document.querySelectorAll('[role=grid]')].find((g) => g.getAttribute('aria-label') === 'People');
    return grid.querySelector(`[role=row][aria-rowindex=\"${number + 1}\"]:not([hidden]) [role=checkbox]`);";
