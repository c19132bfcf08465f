//! What the page is told while it happens.

use engine::{
    changes::{draft::DraftSummary, run::Run},
    connection::{self, SyncOutcome},
    evidence,
    ids::ConnectionId,
};
use serde::Serialize;
use specta::Type;
use tauri_specta::Event;

#[derive(Debug, Clone, Serialize, Type, Event)]
#[tauri_specta(event_name = "sync-progress")]
pub struct SyncProgressNews(pub connection::SyncProgress);

/// An activity file is being read.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[tauri_specta(event_name = "import-progress")]
pub struct ImportProgressNews(pub evidence::ImportProgress);

/// Exactly one of outcome and error is there.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[serde(rename_all = "camelCase")]
#[tauri_specta(event_name = "sync-ended")]
pub struct SyncEndedNews {
    pub connection: ConnectionId,
    pub outcome: Option<SyncOutcome>,
    pub error: Option<engine::Error>,
}

/// People, values or views of a connection are other than before.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[serde(rename_all = "camelCase")]
#[tauri_specta(event_name = "directory-changed")]
pub struct DirectoryChangedNews {
    pub connection: ConnectionId,
}

#[derive(Debug, Clone, Serialize, Type, Event)]
#[serde(rename_all = "camelCase")]
#[tauri_specta(event_name = "draft-changed")]
pub struct DraftChangedNews {
    pub connection: ConnectionId,
    pub draft: DraftSummary,
}

/// A snapshot of a run, at most ten a second.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[tauri_specta(event_name = "run-changed")]
pub struct RunChangedNews(pub Run);

/// Files are held over the window, or no longer.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[tauri_specta(event_name = "files-over")]
pub struct FilesOverNews {
    pub over: bool,
}

/// Files were let go over the window and wait to be read. Their paths stay in the host.
#[derive(Debug, Clone, Serialize, Type, Event)]
#[tauri_specta(event_name = "files-dropped")]
pub struct FilesDroppedNews {
    pub files: u32,
}
