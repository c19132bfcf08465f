//! The record of what Muster made and what it merely saw.

use engine::{
    history::{
        DayAnchor, HistoryFormat, HistoryPage, HistoryQuery, Removed, Retention, Verification,
        Visit,
    },
    ids::ConnectionId,
};
use tauri::{AppHandle, State, WebviewWindow};

use super::{Answer, off};
use crate::{dialogs, host::Host};

#[tauri::command]
#[specta::specta]
pub async fn history(
    host: State<'_, Host>,
    id: ConnectionId,
    query: HistoryQuery,
    start: u32,
    len: u32,
) -> Answer<HistoryPage> {
    off(&host, move |engine| engine.history(id, query, start, len)).await
}

#[tauri::command]
#[specta::specta]
pub async fn verify_history(
    host: State<'_, Host>,
    against: Option<String>,
) -> Answer<Verification> {
    off(&host, move |engine| match against {
        Some(anchor) => engine.verify_history_against(anchor.trim()),
        None => engine.verify_history(),
    })
    .await
}

/// Marks that the history is looked at.
#[tauri::command]
#[specta::specta]
pub async fn visit_history(host: State<'_, Host>, id: ConnectionId) -> Answer<Visit> {
    off(&host, move |engine| engine.visit_history(id)).await
}

/// Events seen since the history was last looked at.
#[tauri::command]
#[specta::specta]
pub async fn unseen_history(host: State<'_, Host>, id: ConnectionId) -> Answer<u32> {
    off(&host, move |engine| engine.unseen_history(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn history_anchors(host: State<'_, Host>) -> Answer<Vec<DayAnchor>> {
    off(&host, |engine| engine.anchors()).await
}

#[tauri::command]
#[specta::specta]
pub async fn retention(host: State<'_, Host>) -> Answer<Option<Retention>> {
    off(&host, |engine| engine.retention()).await
}

/// With `None` everything is kept.
#[tauri::command]
#[specta::specta]
pub async fn keep_history_for(
    host: State<'_, Host>,
    days: Option<u32>,
    reason: String,
) -> Answer<Removed> {
    off(&host, move |engine| engine.keep_history_for(days, &reason)).await
}

/// Prints what is on screen, by the system's own dialog.
#[tauri::command]
#[specta::specta]
pub async fn print_page(window: WebviewWindow) -> Answer<()> {
    window.print().map_err(|error| {
        engine::Error::precondition(
            "The page could not be printed here. Copy the anchor instead, and keep it elsewhere.",
        )
        .with_detail(error)
    })
}

/// Asks where to; `None` when the dialog was dismissed, else the events written.
#[tauri::command]
#[specta::specta]
pub async fn export_history(
    app: AppHandle,
    host: State<'_, Host>,
    id: ConnectionId,
    query: HistoryQuery,
    format: HistoryFormat,
) -> Answer<Option<u32>> {
    let Some(path) = dialogs::save_as(&app, "History", extension(format)).await else {
        return Ok(None);
    };
    off(&host, move |engine| {
        engine.export_history(id, query, format, &path)
    })
    .await
    .map(Some)
}

/// How a file of this kind ends.
fn extension(format: HistoryFormat) -> &'static str {
    match format {
        HistoryFormat::Csv => "csv",
        HistoryFormat::Xlsx => "xlsx",
        HistoryFormat::Json | HistoryFormat::Ocsf => "jsonl",
        HistoryFormat::Cef => "cef",
    }
}
