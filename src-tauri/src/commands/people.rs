//! Finding people: the directory, views and their windows, one person's panel.

use engine::{
    ids::{AttributeId, ConnectionId, RowId, ViewId},
    people::{View, ViewQuery, Window},
};
use tauri::State;

use super::{Answer, off};
use crate::host::Host;

#[tauri::command]
#[specta::specta]
pub async fn open_view(host: State<'_, Host>, id: ConnectionId, query: ViewQuery) -> Answer<View> {
    off(&host, move |engine| engine.open_view(id, query)).await
}

#[tauri::command]
#[specta::specta]
pub async fn change_view(host: State<'_, Host>, view: ViewId, query: ViewQuery) -> Answer<View> {
    off(&host, move |engine| engine.change_view(view, query)).await
}

#[tauri::command]
#[specta::specta]
pub async fn close_view(host: State<'_, Host>, view: ViewId) -> Answer {
    off(&host, move |engine| {
        engine.close_view(view);
        Ok(())
    })
    .await
}

/// The rows from `start` on, with the columns asked for, in that order.
#[tauri::command]
#[specta::specta]
pub async fn window(
    host: State<'_, Host>,
    view: ViewId,
    start: u32,
    len: u32,
    columns: Vec<AttributeId>,
) -> Answer<Window> {
    off(&host, move |engine| {
        engine.window(view, start, len, &columns)
    })
    .await
}

/// Where a row stands in a view.
#[tauri::command]
#[specta::specta]
pub async fn locate(host: State<'_, Host>, view: ViewId, row: RowId) -> Answer<Option<u32>> {
    off(&host, move |engine| engine.locate(view, row)).await
}
