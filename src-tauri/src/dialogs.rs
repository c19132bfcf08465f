//! The system's own file dialogs. The page never sees a path: it says what to write, the person where.

use std::path::PathBuf;

use engine::people::Format;
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

/// How a file of this kind ends.
pub fn extension(format: Format) -> &'static str {
    match format {
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Json => "json",
    }
}

/// `None` when dismissed.
pub async fn save_as(app: &AppHandle, name: &str, extension: &str) -> Option<PathBuf> {
    let (chosen, path) = oneshot::channel();
    app.dialog()
        .file()
        .set_file_name(format!("{name}.{extension}"))
        .add_filter(extension.to_uppercase(), &[extension])
        .save_file(move |file| answer(chosen, file));
    path.await.ok().flatten()
}

/// `None` when dismissed.
pub async fn open(app: &AppHandle, name: &str, extension: &str) -> Option<PathBuf> {
    open_one(app, name, &[extension]).await
}

/// One file that ends in any of these; `None` when dismissed.
pub async fn open_one(app: &AppHandle, name: &str, extensions: &[&str]) -> Option<PathBuf> {
    let (chosen, path) = oneshot::channel();
    app.dialog()
        .file()
        .add_filter(name, extensions)
        .pick_file(move |file| answer(chosen, file));
    path.await.ok().flatten()
}

/// A folder to write several files into; `None` when dismissed.
pub async fn folder(app: &AppHandle) -> Option<PathBuf> {
    let (chosen, path) = oneshot::channel();
    app.dialog()
        .file()
        .pick_folder(move |folder| answer(chosen, folder));
    path.await.ok().flatten()
}

/// Any number of files; none when dismissed.
pub async fn open_several(app: &AppHandle, name: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let (chosen, paths) = oneshot::channel();
    app.dialog()
        .file()
        .add_filter(name, extensions)
        .pick_files(move |files| {
            let paths = files
                .unwrap_or_default()
                .into_iter()
                .filter_map(|file| file.into_path().ok())
                .collect();
            // Nobody waits any more when the window closed behind the dialog.
            drop(chosen.send(paths));
        });
    paths.await.unwrap_or_default()
}

fn answer(chosen: oneshot::Sender<Option<PathBuf>>, file: Option<FilePath>) {
    let path = file.and_then(|file| file.into_path().ok());
    // Nobody waits any more when the window closed behind the dialog.
    drop(chosen.send(path));
}
