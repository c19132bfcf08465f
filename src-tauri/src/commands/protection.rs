//! Who may not be deactivated or deleted together with others: the admin's own list.

use engine::{
    ids::{ConnectionId, RowId},
    people::Selection,
    protected::Protection,
};
use tauri::State;

use super::{Answer, off};
use crate::host::Host;

#[tauri::command]
#[specta::specta]
pub async fn protected_people(host: State<'_, Host>, id: ConnectionId) -> Answer<Vec<Protection>> {
    off(&host, move |engine| engine.protected_people(id)).await
}

/// `until` is the last day it holds; `None` for no end.
#[tauri::command]
#[specta::specta]
pub async fn protect(
    host: State<'_, Host>,
    id: ConnectionId,
    selection: Selection,
    reason: String,
    until: Option<String>,
) -> Answer {
    off(&host, move |engine| {
        engine.protect(id, &selection, &reason, until.as_deref())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn unprotect(host: State<'_, Host>, id: ConnectionId, row: RowId) -> Answer {
    off(&host, move |engine| engine.unprotect(id, row)).await
}
