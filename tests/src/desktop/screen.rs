//! The screen around Muster's window: other windows, files dragged across, a second start, notifications.

use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context, Result};

use super::process::{Process, end};
use super::{Desktop, PATIENCE, beside, command, text, until};

/// Where files lie that are dragged: to the right of the window of any test.
const FILES_AT: (u32, u32) = (1500, 100);

/// A window out of which files can be dragged, as a file manager has it.
pub struct Files {
    _process: Process,
}

/// Hears what is shown to the person as notifications of the system.
pub struct Notifications {
    process: Process,
}

impl Desktop {
    /// Lays files out to be dragged.
    pub async fn lay_out(&self, files: &[&Path]) -> Result<Files> {
        let mut laid = command(&text(&beside("draggable_files")?), &self.environment);
        laid.args([FILES_AT.0.to_string(), FILES_AT.1.to_string()]);
        laid.args(files);
        let log = self.folder.path().join("logs/files");
        let (process, _) = Process::start_and_ask("draggable_files", &mut laid, &log)?;
        Ok(Files { _process: process })
    }

    /// Takes the files by the mouse, holds them over a point of the screen and keeps them there while `meanwhile`
    /// runs; then lets them go.
    pub async fn drag_files_to(
        &self,
        _files: &Files,
        (x, y): (u32, u32),
        meanwhile: impl AsyncFnOnce() -> Result<()>,
    ) -> Result<()> {
        let at =
            |x: u32, y: u32| self.xdotool(&["mousemove", "--sync", &x.to_string(), &y.to_string()]);
        at(FILES_AT.0 + 40, FILES_AT.1 + 40)?;
        self.xdotool(&["mousedown", "1"])?;
        // A drag begins after a few pixels, and a drop needs a move over what it falls on.
        for step in 1..=4 {
            at(FILES_AT.0 + 40 - 10 * step, FILES_AT.1 + 40)?;
        }
        at(x + 20, y)?;
        at(x + 10, y)?;
        at(x, y)?;
        meanwhile().await?;
        self.xdotool(&["mouseup", "1"])
    }

    /// Starts Muster once more, as somebody does who has forgotten that it is open.
    pub fn start_again(&self) -> Result<Child> {
        self.muster()?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("Muster could not be started")
    }

    /// Muster's windows that can be seen, by their ids.
    pub fn windows_in_sight(&self) -> Result<Vec<String>> {
        let found = self.run_xdotool(&["search", "--onlyvisible", "--name", "^Muster$"])?;
        Ok(found.lines().map(str::to_owned).collect())
    }

    /// Makes Muster's window the one that has the keyboard, as a window manager would.
    pub fn focus_window(&self) -> Result<()> {
        let windows = self.windows_in_sight()?;
        let window = windows.first().context("Muster has no window in sight")?;
        self.xdotool(&["windowfocus", "--sync", window])
    }

    /// Ends the Muster that has this window, which no driver holds.
    pub fn end_muster_of(&self, window: &str) -> Result<()> {
        let said = self.run_xdotool(&["getwindowpid", window])?;
        end(said.trim().parse().context("a window has a process")?);
        Ok(())
    }

    /// Puts a window out of sight, as minimising does.
    pub async fn put_away(&self, window: &str) -> Result<()> {
        self.xdotool(&["windowunmap", window])?;
        until("the window to be out of sight", PATIENCE, async || {
            Ok(self.windows_in_sight()?.is_empty().then_some(()))
        })
        .await
    }

    /// Hears notifications from now on.
    pub async fn hear_notifications(&self) -> Result<Notifications> {
        let mut monitor = command("dbus-monitor", &self.environment);
        monitor.args(["--session", "interface='org.freedesktop.Notifications'"]);
        let log = self.folder.path().join("logs/notifications");
        let process = Process::start("dbus-monitor", &mut monitor, &log)?;
        // Its first lines say that it listens.
        until(
            "the monitor of notifications to listen",
            PATIENCE,
            async || Ok(process.said().contains("NameLost").then_some(())),
        )
        .await?;
        Ok(Notifications { process })
    }
}

impl Notifications {
    /// Waits for a notification that says this.
    pub async fn says(&self, words: &str) -> Result<()> {
        until(
            &format!("a notification that says “{words}”"),
            PATIENCE,
            async || {
                let said = self.process.said();
                Ok((said.contains("member=Notify") && said.contains(words)).then_some(()))
            },
        )
        .await
        .with_context(|| format!("heard were:\n{}", self.process.said()))
    }
}
