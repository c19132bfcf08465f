//! How the window looks to this person. Nothing about people lives here.

use std::{collections::BTreeMap, path::Path};

use engine::{Code, Error, Result, ids::ConnectionId, people::ColumnLayout};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_plugin_store::StoreExt;

const FILE: &str = "preferences.json";
const KEY: &str = "preferences";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// What the window's frame is told; `None` follows the system.
    pub fn of_window(self) -> Option<tauri::Theme> {
        match self {
            Self::System => None,
            Self::Light => Some(tauri::Theme::Light),
            Self::Dark => Some(tauri::Theme::Dark),
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    pub theme: Theme,
    /// Rows of 26 instead of 32 CSS pixels.
    pub compact: bool,
    pub last_connection: Option<ConnectionId>,
    pub rail_collapsed: bool,
    /// CSS pixels; `None` as designed.
    pub panel_width: Option<u32>,
    /// Columns with their widths, by whatever the page calls a view: "3" for a connection's own table, "3/7"
    /// for its saved view 7.
    pub columns: BTreeMap<String, Vec<ColumnLayout>>,
}

/// A file that is absent, damaged or by another version costs the preferences, never the start.
pub fn read(app: &AppHandle, data_dir: &Path) -> Preferences {
    let store = match app.store(data_dir.join(FILE)) {
        Ok(store) => store,
        Err(error) => {
            tracing::warn!(%error, "the preferences could not be read");
            return Preferences::default();
        }
    };
    let Some(value) = store.get(KEY) else {
        return Preferences::default();
    };
    serde_json::from_value(value).unwrap_or_else(|error| {
        tracing::warn!(%error, "the preferences are not understood");
        Preferences::default()
    })
}

pub fn keep(app: &AppHandle, data_dir: &Path, preferences: &Preferences) -> Result<()> {
    let not_kept = |error: &dyn std::fmt::Display| {
        Error::new(
            Code::Failed,
            "The preferences could not be kept. They hold until Muster quits; check that the data folder has room.",
        )
        .with_detail(error)
    };
    let value = serde_json::to_value(preferences).map_err(|error| not_kept(&error))?;
    let store = app
        .store(data_dir.join(FILE))
        .map_err(|error| not_kept(&error))?;
    store.set(KEY, value);
    store.save().map_err(|error| not_kept(&error))
}
