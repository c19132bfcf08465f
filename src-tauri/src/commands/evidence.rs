//! Activity files in: chosen or dropped, read, corrected, accepted. The page never sees a path.

use std::path::{Path, PathBuf};

use engine::{
    Code,
    evidence::{Alias, Import, ImportRows, Mapping, RowState, Source},
    ids::{ConnectionId, ImportId, RowId, SourceId},
    people::Format,
};
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, State};

use super::{Answer, off};
use crate::{
    dialogs::{self, extension},
    dropped::Dropped,
    host::Host,
};

/// How the files that can be read end.
const READABLE: [&str; 9] = [
    "csv", "tsv", "txt", "xlsx", "xlsm", "ods", "json", "jsonl", "ndjson",
];

/// What came of several files, each by itself.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilesRead {
    pub imports: Vec<Import>,
    pub refused: Vec<RefusedFile>,
}

/// A file that could not be read.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    pub file_name: String,
    pub error: engine::Error,
}

/// Asks for files and reads each; nothing when the dialog was dismissed. Progress comes as events.
#[tauri::command]
#[specta::specta]
pub async fn choose_evidence(
    app: AppHandle,
    host: State<'_, Host>,
    dropped: State<'_, Dropped>,
    id: ConnectionId,
) -> Answer<FilesRead> {
    let paths = dialogs::open_several(&app, "Activity files", &READABLE).await;
    let _turn = dropped.turn.lock().await;
    read_each(&host, id, paths).await
}

/// Reads the files that were dropped on the window last, once those before them are read.
#[tauri::command]
#[specta::specta]
pub async fn read_dropped(
    host: State<'_, Host>,
    dropped: State<'_, Dropped>,
    id: ConnectionId,
) -> Answer<FilesRead> {
    let paths = dropped.take();
    let _turn = dropped.turn.lock().await;
    read_each(&host, id, paths).await
}

/// One after the other: each takes what the machine has. Cancelling one leaves out those behind it.
async fn read_each(host: &Host, id: ConnectionId, paths: Vec<PathBuf>) -> Answer<FilesRead> {
    let mut read = FilesRead {
        imports: Vec::new(),
        refused: Vec::new(),
    };
    for path in paths {
        let file_name = file_name(&path);
        match off(host, move |engine| engine.read_evidence(id, &path)).await {
            Ok(import) => read.imports.push(import),
            Err(error) if error.code == Code::Cancelled => break,
            Err(error) => read.refused.push(RefusedFile { file_name, error }),
        }
    }
    Ok(read)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Ends the reading of a file. Nothing of it is kept.
#[tauri::command]
#[specta::specta]
pub async fn cancel_import(host: State<'_, Host>, id: ConnectionId) -> Answer {
    off(&host, move |engine| {
        engine.cancel_import(id);
        Ok(())
    })
    .await
}

/// Reads the file again, as the admin says.
#[tauri::command]
#[specta::specta]
pub async fn map_import(
    host: State<'_, Host>,
    import_id: ImportId,
    mapping: Mapping,
) -> Answer<Import> {
    off(&host, move |engine| engine.map_import(import_id, &mapping)).await
}

/// Rows that count for nobody, from `start` on.
#[tauri::command]
#[specta::specta]
pub async fn import_rows(
    host: State<'_, Host>,
    import_id: ImportId,
    state: Option<RowState>,
    start: u32,
    len: u32,
) -> Answer<ImportRows> {
    off(&host, move |engine| {
        engine.import_rows(import_id, state, start, len)
    })
    .await
}

/// Asks where to, then writes all rows that count for nobody; `None` when the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn export_import_rows(
    app: AppHandle,
    host: State<'_, Host>,
    import_id: ImportId,
    format: Format,
) -> Answer<Option<u32>> {
    let Some(path) = dialogs::save_as(&app, "Rows that count for nobody", extension(format)).await
    else {
        return Ok(None);
    };
    off(&host, move |engine| {
        engine.export_import_rows(import_id, format, &path)
    })
    .await
    .map(Some)
}

/// Says whom a row means. It is remembered for every file of the connection.
#[tauri::command]
#[specta::specta]
pub async fn confirm_alias(
    host: State<'_, Host>,
    import_id: ImportId,
    row: u32,
    person: RowId,
) -> Answer<Import> {
    off(&host, move |engine| {
        engine.confirm_alias(import_id, row, person)
    })
    .await
}

/// From now on the file counts.
#[tauri::command]
#[specta::specta]
pub async fn accept_import(host: State<'_, Host>, import_id: ImportId) -> Answer<Source> {
    off(&host, move |engine| engine.accept_import(import_id)).await
}

/// Leaves the file out, as if it had not been read.
#[tauri::command]
#[specta::specta]
pub async fn drop_import(host: State<'_, Host>, import_id: ImportId) -> Answer {
    off(&host, move |engine| {
        engine.drop_import(import_id);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn evidence_sources(host: State<'_, Host>, id: ConnectionId) -> Answer<Vec<Source>> {
    off(&host, move |engine| engine.evidence_sources(id)).await
}

/// The source does not count any more; the history keeps that it did.
#[tauri::command]
#[specta::specta]
pub async fn forget_source(host: State<'_, Host>, source: SourceId) -> Answer {
    off(&host, move |engine| engine.forget_source(source)).await
}

/// Rows of a file that counts which count for nobody, from `start` on.
#[tauri::command]
#[specta::specta]
pub async fn source_rows(
    host: State<'_, Host>,
    source: SourceId,
    state: Option<RowState>,
    start: u32,
    len: u32,
) -> Answer<ImportRows> {
    off(&host, move |engine| {
        engine.source_rows(source, state, start, len)
    })
    .await
}

/// Asks where to, then writes the rows that are kept of a file and count for nobody; `None` when the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn export_source_rows(
    app: AppHandle,
    host: State<'_, Host>,
    source: SourceId,
    format: Format,
) -> Answer<Option<u32>> {
    let Some(path) = dialogs::save_as(&app, "Rows that count for nobody", extension(format)).await
    else {
        return Ok(None);
    };
    off(&host, move |engine| {
        engine.export_source_rows(source, format, &path)
    })
    .await
    .map(Some)
}

#[tauri::command]
#[specta::specta]
pub async fn aliases(host: State<'_, Host>, id: ConnectionId) -> Answer<Vec<Alias>> {
    off(&host, move |engine| engine.aliases(id)).await
}

/// The name stands for nobody in files that are read from now on.
#[tauri::command]
#[specta::specta]
pub async fn forget_alias(host: State<'_, Host>, id: ConnectionId, written: String) -> Answer {
    off(&host, move |engine| engine.forget_alias(id, &written)).await
}
