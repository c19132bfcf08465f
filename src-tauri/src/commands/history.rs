//! The record of what Muster made and what it merely saw.

use engine::{
    history::{HistoryFormat, HistoryPage, HistoryQuery, Verification},
    ids::ConnectionId,
};
use tauri::{AppHandle, State};

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
pub async fn verify_history(host: State<'_, Host>) -> Answer<Verification> {
    off(&host, move |engine| engine.verify_history()).await
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
