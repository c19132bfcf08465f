//! Files dropped on the window: the page hears how many, the paths stay here until it asks for them to be read.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use tauri::{DragDropEvent, Manager, WebviewWindow, WindowEvent};
use tauri_specta::Event;

use crate::events::{FilesDroppedNews, FilesOverNews};

/// What was dropped last and not read yet.
#[derive(Default)]
pub struct Dropped {
    paths: Mutex<Vec<PathBuf>>,
    /// Held while files are read: what is dropped meanwhile waits.
    pub turn: tokio::sync::Mutex<()>,
}

impl Dropped {
    pub fn take(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.paths.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, paths: Vec<PathBuf>) {
        *self.paths.lock().unwrap_or_else(PoisonError::into_inner) = paths;
    }
}

/// Tells the page when files are held over the window, and when they are let go.
pub fn hear(window: &WebviewWindow) {
    let app = window.app_handle().clone();
    window.on_window_event(move |event| {
        let WindowEvent::DragDrop(event) = event else {
            return;
        };
        let told = match event {
            DragDropEvent::Enter { paths, .. } => FilesOverNews {
                over: !paths.is_empty(),
            }
            .emit(&app),
            DragDropEvent::Leave => FilesOverNews { over: false }.emit(&app),
            DragDropEvent::Drop { paths, .. } => {
                // A folder is no activity file, and reading one would fail with the system's own words.
                let files: Vec<PathBuf> = paths
                    .iter()
                    .filter(|path| path.is_file())
                    .cloned()
                    .collect();
                let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
                app.state::<Dropped>().put(files);
                FilesDroppedNews { files: count }.emit(&app)
            }
            _ => Ok(()),
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the page was not told of files");
        }
    });
}
