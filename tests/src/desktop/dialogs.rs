//! What is done outside the page: the system's own file dialogs answered with the keyboard, and a mouse's wheel.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Desktop, PATIENCE, command, until};

impl Desktop {
    /// Types a path into the file dialog that is open, in place of what it proposes, and accepts it.
    pub async fn answer_file_dialog(&self, path: &Path) -> Result<()> {
        let dialog = until("a file dialog", PATIENCE, async || self.file_dialog()).await?;
        self.xdotool(&["windowfocus", "--sync", &dialog])?;
        self.xdotool(&["key", "--clearmodifiers", "ctrl+a"])?;
        self.xdotool(&["type", "--delay", "5", &path.to_string_lossy()])?;
        self.xdotool(&["key", "Return"])?;
        until("the file dialog to close", PATIENCE, async || {
            Ok(self.file_dialog()?.is_none().then_some(()))
        })
        .await
    }

    /// Chooses a file in the dialog that is open, by its path. Unlike a dialog to save in, this one has a list in
    /// focus, and takes a path once it is asked for.
    pub async fn choose_in_file_dialog(&self, path: &Path) -> Result<()> {
        let dialog = until("a file dialog", PATIENCE, async || self.file_dialog()).await?;
        self.xdotool(&["windowfocus", "--sync", &dialog])?;
        self.xdotool(&["key", "--clearmodifiers", "ctrl+l"])?;
        until("the chosen file to be taken", PATIENCE, async || {
            self.xdotool(&["key", "--clearmodifiers", "ctrl+a"])?;
            self.xdotool(&["type", "--delay", "5", &path.to_string_lossy()])?;
            self.xdotool(&["key", "Return"])?;
            until(
                "the file dialog to close",
                Duration::from_secs(3),
                async || Ok(self.file_dialog()?.is_none().then_some(())),
            )
            .await
            .map(Some)
        })
        .await
    }

    /// Dismisses the file dialog that is open.
    pub async fn dismiss_file_dialog(&self) -> Result<()> {
        let dialog = until("a file dialog", PATIENCE, async || self.file_dialog()).await?;
        self.xdotool(&["windowfocus", "--sync", &dialog])?;
        self.xdotool(&["key", "Escape"])?;
        until("the file dialog to close", PATIENCE, async || {
            Ok(self.file_dialog()?.is_none().then_some(()))
        })
        .await
    }

    /// Answers the dialog to print with: into a file, which it puts into the home folder.
    pub async fn print_to_file(&self) -> Result<PathBuf> {
        let dialog = until("the dialog to print with", PATIENCE, async || {
            self.print_dialog()
        })
        .await?;
        let file = self.folder.path().join("home/output.pdf");
        until("the print to be in a file", PATIENCE, async || {
            // The only printer there is, once the dialog has found it, is chosen and activated. A key goes to the dialog
            // and to nothing else: where it has just closed, the page's own button would open it again.
            if self.print_dialog()?.as_ref() == Some(&dialog) {
                self.xdotool(&["windowfocus", &dialog])?;
                self.xdotool(&["mousemove", "--window", &dialog, "81", "87", "click", "1"])?;
                self.xdotool(&["key", "--window", &dialog, "Return"])?;
            }
            Ok(file
                .metadata()
                .is_ok_and(|file| file.len() > 0)
                .then_some(()))
        })
        .await?;
        // While it is open, the page hears no news.
        until("the dialog to print with to close", PATIENCE, async || {
            Ok(self.print_dialog()?.is_none().then_some(()))
        })
        .await?;
        Ok(file)
    }

    /// Turns a mouse's wheel down by notches over a point of the screen, one each `pause`.
    pub fn turn_wheel(&self, (x, y): (u32, u32), notches: usize, pause: Duration) -> Result<()> {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()])?;
        let (notches, pause) = (notches.to_string(), pause.as_millis().to_string());
        // X calls a notch down the fifth button.
        self.xdotool(&["click", "--repeat", &notches, "--delay", &pause, "5"])
    }

    /// The window of the dialog to print with, when there is one.
    fn print_dialog(&self) -> Result<Option<String>> {
        let found = self.run_xdotool(&["search", "--onlyvisible", "--name", "^Print$"])?;
        Ok(found.lines().next().map(str::to_owned))
    }

    /// The window of the file dialog, when there is one.
    fn file_dialog(&self) -> Result<Option<String>> {
        let found = self.run_xdotool(&["search", "--onlyvisible", "--name", "^(Save|Open) "])?;
        Ok(found.lines().next().map(str::to_owned))
    }

    pub(super) fn xdotool(&self, words: &[&str]) -> Result<()> {
        let output = self.xdotool_command(words).output().context(MISSING)?;
        ensure!(
            output.status.success(),
            "xdotool {} ended with {}: {}",
            words.join(" "),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// A search that finds nothing fails, and says nothing.
    pub(super) fn run_xdotool(&self, words: &[&str]) -> Result<String> {
        let output = self.xdotool_command(words).output().context(MISSING)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn xdotool_command(&self, words: &[&str]) -> Command {
        let mut xdotool = command("xdotool", &self.environment);
        xdotool.args(words);
        xdotool
    }
}

const MISSING: &str = "xdotool could not be started; `cargo xtask test` installs it";
