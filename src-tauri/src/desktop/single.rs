//! One window for a data folder: a second start shows the first one's window and ends.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

use tauri::{AppHandle, Manager, Wry, plugin::TauriPlugin};

use super::MAIN;
use crate::data;

/// The window is closed, and the process about to end.
static LEAVING: AtomicBool = AtomicBool::new(false);

pub fn plugin(data_dir: Option<&Path>) -> TauriPlugin<Wry> {
    let mut builder =
        tauri_plugin_single_instance::Builder::new().callback(|app, _, _| call_up(app));
    // Two data folders are two Musters, where the plugin lets them be told apart.
    if let Some(data_dir) = data_dir.filter(|_| std::env::var_os(data::DATA_DIR).is_some()) {
        builder = builder.dbus_id(format!("app.muster.folder{:x}", fingerprint(data_dir)));
    }
    builder.build()
}

/// From here on a second start is no longer answered by this window.
pub fn leave() {
    LEAVING.store(true, Ordering::SeqCst);
}

/// A second start means: show me the window I have.
fn call_up(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        if LEAVING.load(Ordering::SeqCst) {
            start_another();
        }
        return;
    };
    let shown = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window stays where it is");
    }
}

/// The start that called has ended already, and trusts that there is a window.
fn start_another() {
    let started = std::env::current_exe().and_then(|muster| Command::new(muster).spawn());
    if let Err(error) = started {
        tracing::warn!(%error, "no window for the start that came while this one closed");
    }
}

/// FNV-1a: stable between builds, which the standard hasher is not.
fn fingerprint(path: &Path) -> u64 {
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// The first Muster was there when we asked who is, and gone when we asked it to show itself: begins anew.
/// Returns when there is nothing to be gained by it.
#[cfg(target_os = "linux")]
pub fn begin_anew(error: &tauri::Error) {
    use std::{os::unix::process::CommandExt, time::Duration};

    const TRIES: &str = "MUSTER_TRIES";
    const MOST: u32 = 5;
    const REST: Duration = Duration::from_millis(200);

    let tries = std::env::var(TRIES).map_or(0, |tries| tries.parse().unwrap_or(MOST));
    let of_the_plugin =
        matches!(error, tauri::Error::PluginInitialization(name, _) if name == "single-instance");
    if !of_the_plugin || tries >= MOST {
        return;
    }
    std::thread::sleep(REST);
    if let Ok(muster) = std::env::current_exe() {
        let failed = Command::new(muster)
            .args(std::env::args_os().skip(1))
            .env(TRIES, (tries + 1).to_string())
            .exec();
        tracing::warn!(error = %failed, "not begun anew");
    }
}

/// Elsewhere the plugin asks and calls in one step.
#[cfg(not(target_os = "linux"))]
pub fn begin_anew(_error: &tauri::Error) {}
