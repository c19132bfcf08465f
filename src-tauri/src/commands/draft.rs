//! Staging changes: everything here only ever adds to the draft or takes from it.

use engine::{
    changes::draft::{
        ChosenEdit, DateOrder, DraftPage, DraftSummary, Edit, ParkedDraft, PastedCell, Staged,
        StagedCell,
    },
    ids::{AttributeId, ChangeId, ConnectionId, DraftId, RowId},
    people::Selection,
};
use tauri::State;

use super::{Answer, off};
use crate::host::Host;

/// With `dry` nothing is staged; the answer says what would be.
#[tauri::command]
#[specta::specta]
pub async fn stage(
    host: State<'_, Host>,
    id: ConnectionId,
    selection: Selection,
    edit: Edit,
    dry: bool,
) -> Answer<Staged> {
    off(&host, move |engine| engine.stage(id, selection, edit, dry)).await
}

/// As `stage`, for edits that are one step.
#[tauri::command]
#[specta::specta]
pub async fn stage_all(
    host: State<'_, Host>,
    id: ConnectionId,
    edits: Vec<ChosenEdit>,
    dry: bool,
) -> Answer<Staged> {
    off(&host, move |engine| engine.stage_all(id, edits, dry)).await
}

#[tauri::command]
#[specta::specta]
pub async fn stage_pasted(
    host: State<'_, Host>,
    id: ConnectionId,
    cells: Vec<PastedCell>,
    order: Option<DateOrder>,
    dry: bool,
) -> Answer<Staged> {
    off(&host, move |engine| {
        engine.stage_pasted(id, cells, order, dry)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn draft(host: State<'_, Host>, id: ConnectionId) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.draft(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn draft_page(
    host: State<'_, Host>,
    id: ConnectionId,
    start: u32,
    len: u32,
) -> Answer<DraftPage> {
    off(&host, move |engine| engine.draft_page(id, start, len)).await
}

#[tauri::command]
#[specta::specta]
pub async fn unstage(
    host: State<'_, Host>,
    id: ConnectionId,
    changes: Vec<ChangeId>,
) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.unstage(id, changes)).await
}

#[tauri::command]
#[specta::specta]
pub async fn unstage_cell(
    host: State<'_, Host>,
    id: ConnectionId,
    row: RowId,
    attribute: AttributeId,
) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.unstage_cell(id, row, attribute)).await
}

#[tauri::command]
#[specta::specta]
pub async fn unstage_cells(
    host: State<'_, Host>,
    id: ConnectionId,
    cells: Vec<StagedCell>,
) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.unstage_cells(id, cells)).await
}

/// Takes back a staged activation, deactivation or deletion.
#[tauri::command]
#[specta::specta]
pub async fn unstage_act(
    host: State<'_, Host>,
    id: ConnectionId,
    row: RowId,
) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.unstage_act(id, row)).await
}

/// Gives everyone who reports to the leaver another manager: what a held leaver waits for.
#[tauri::command]
#[specta::specta]
pub async fn stage_successor(
    host: State<'_, Host>,
    id: ConnectionId,
    leaver: RowId,
    successor: RowId,
) -> Answer<Staged> {
    off(&host, move |engine| {
        engine.stage_successor(id, leaver, successor)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn discard_draft(host: State<'_, Host>, id: ConnectionId) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.discard_draft(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn undo(host: State<'_, Host>, id: ConnectionId) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.undo(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn redo(host: State<'_, Host>, id: ConnectionId) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.redo(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn park_draft(
    host: State<'_, Host>,
    id: ConnectionId,
    name: String,
) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.park_draft(id, &name)).await
}

#[tauri::command]
#[specta::specta]
pub async fn parked_drafts(host: State<'_, Host>, id: ConnectionId) -> Answer<Vec<ParkedDraft>> {
    off(&host, move |engine| engine.parked_drafts(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn resume_draft(
    host: State<'_, Host>,
    id: ConnectionId,
    draft: DraftId,
) -> Answer<DraftSummary> {
    off(&host, move |engine| engine.resume_draft(id, draft)).await
}

/// Throws a parked draft away.
#[tauri::command]
#[specta::specta]
pub async fn forget_draft(host: State<'_, Host>, id: ConnectionId, draft: DraftId) -> Answer<()> {
    off(&host, move |engine| engine.forget_draft(id, draft)).await
}
