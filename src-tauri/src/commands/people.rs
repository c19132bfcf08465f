//! Finding people: the directory, views and their windows, one person's panel.

use engine::{
    ids::{AttributeId, ConnectionId, RowId, SavedViewId, ViewId},
    people::{
        Directory, Facet, Format, Person, PersonChoice, RawRecord, Row, SavedView, Selection,
        ShownView, View, ViewDefinition, ViewQuery, Window,
    },
};
use tauri::{AppHandle, State};

use super::{Answer, off};
use crate::{
    dialogs::{self, extension},
    host::Host,
};

/// From the mirror, without the network.
#[tauri::command]
#[specta::specta]
pub async fn directory_of(host: State<'_, Host>, id: ConnectionId) -> Answer<Directory> {
    off(&host, move |engine| engine.directory_of(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn open_view(host: State<'_, Host>, id: ConnectionId, query: ViewQuery) -> Answer<View> {
    off(&host, move |engine| engine.open_view(id, query)).await
}

/// Opens a view, or asks the one that is given something else; with its first rows.
#[tauri::command]
#[specta::specta]
pub async fn show_view(
    host: State<'_, Host>,
    id: ConnectionId,
    view: Option<ViewId>,
    query: ViewQuery,
    len: u32,
    columns: Vec<AttributeId>,
) -> Answer<ShownView> {
    off(&host, move |engine| {
        engine.show_view(id, view, query, len, &columns)
    })
    .await
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

/// The values of an attribute in the view, narrowed by text.
#[tauri::command]
#[specta::specta]
pub async fn facet(
    host: State<'_, Host>,
    view: ViewId,
    attribute: AttributeId,
    search: String,
    limit: u32,
) -> Answer<Facet> {
    off(&host, move |engine| {
        engine.facet(view, attribute, &search, limit)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn choose_person(
    host: State<'_, Host>,
    id: ConnectionId,
    text: String,
    limit: u32,
) -> Answer<Vec<PersonChoice>> {
    off(&host, move |engine| engine.choose_person(id, &text, limit)).await
}

#[tauri::command]
#[specta::specta]
pub async fn person(host: State<'_, Host>, id: ConnectionId, row: RowId) -> Answer<Person> {
    off(&host, move |engine| engine.person(id, row)).await
}

#[tauri::command]
#[specta::specta]
pub async fn raw_record(host: State<'_, Host>, id: ConnectionId, row: RowId) -> Answer<RawRecord> {
    off(&host, move |engine| engine.raw_record(id, row)).await
}

#[tauri::command]
#[specta::specta]
pub async fn save_view(
    host: State<'_, Host>,
    id: ConnectionId,
    name: String,
    definition: ViewDefinition,
) -> Answer<SavedView> {
    off(&host, move |engine| {
        engine.save_view(id, &name, &definition)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn change_saved_view(
    host: State<'_, Host>,
    view: SavedViewId,
    name: Option<String>,
    definition: Option<ViewDefinition>,
) -> Answer<SavedView> {
    off(&host, move |engine| {
        engine.change_saved_view(view, name.as_deref(), definition.as_ref())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn forget_view(host: State<'_, Host>, view: SavedViewId) -> Answer {
    off(&host, move |engine| engine.forget_view(view)).await
}

/// Asks where to, then writes the view there; `None` when the dialog was dismissed, else the people
/// written.
#[tauri::command]
#[specta::specta]
pub async fn export_view(
    app: AppHandle,
    host: State<'_, Host>,
    view: ViewId,
    columns: Vec<AttributeId>,
    format: Format,
) -> Answer<Option<u32>> {
    let Some(path) = dialogs::save_as(&app, "People", extension(format)).await else {
        return Ok(None);
    };
    off(&host, move |engine| {
        engine.export_view(view, &columns, format, &path)
    })
    .await
    .map(Some)
}

/// How many people are chosen.
#[tauri::command]
#[specta::specta]
pub async fn chosen_count(
    host: State<'_, Host>,
    id: ConnectionId,
    selection: Selection,
) -> Answer<u32> {
    off(&host, move |engine| engine.chosen_count(id, &selection)).await
}

/// The chosen people as rows of the table, for the clipboard.
#[tauri::command]
#[specta::specta]
pub async fn chosen_rows(
    host: State<'_, Host>,
    id: ConnectionId,
    selection: Selection,
    columns: Vec<AttributeId>,
) -> Answer<Vec<Row>> {
    off(&host, move |engine| {
        engine.chosen_rows(id, &selection, &columns)
    })
    .await
}
