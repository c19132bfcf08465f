//! About the program itself: preferences, the sample company, what it is.

use engine::connection::Connection;
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, State, Window};

use super::{Answer, off};
use crate::{
    host::Host,
    keychain::Keychain,
    preferences::{self, Preferences},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct About {
    pub version: String,
    /// Where all local data is.
    pub data_dir: String,
    /// False when no keychain answers, so that tokens last for the session only.
    pub keychain: bool,
}

#[tauri::command]
#[specta::specta]
pub async fn preferences(app: AppHandle, host: State<'_, Host>) -> Answer<Preferences> {
    Ok(preferences::read(&app, host.data_dir()))
}

/// Takes them whole. The window's frame follows the theme.
#[tauri::command]
#[specta::specta]
pub async fn keep_preferences(
    app: AppHandle,
    window: Window,
    host: State<'_, Host>,
    preferences: Preferences,
) -> Answer {
    if let Err(error) = window.set_theme(preferences.theme.of_window()) {
        tracing::warn!(%error, "the window's frame keeps its theme");
    }
    preferences::keep(&app, host.data_dir(), &preferences)
}

/// Starts the built-in service when it is not running and answers its connection, made on first use.
#[tauri::command]
#[specta::specta]
pub async fn open_sample(host: State<'_, Host>) -> Answer<Connection> {
    host.sample.open(host.engine()?).await
}

#[tauri::command]
#[specta::specta]
pub async fn about(host: State<'_, Host>) -> Answer<About> {
    let keychain = off(&host, |_| Ok(Keychain::answers())).await?;
    Ok(About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_dir: host.data_dir().display().to_string(),
        keychain,
    })
}
