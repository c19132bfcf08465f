//! The engine's news: to the page as events, and to the person when the window is out of sight.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use engine::{
    changes::run::{Run, RunStatus},
    ids::RunId,
    ports::{Listener, News},
};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;
use tauri_specta::Event;

use super::{MAIN, TITLE};
use crate::events::{
    DirectoryChangedNews, DraftChangedNews, ImportProgressNews, RunChangedNews, SyncEndedNews,
    SyncProgressNews,
};

/// A shorter run ends while the person still looks.
const LONG: Duration = Duration::from_secs(30);

pub struct Teller {
    app: AppHandle,
    /// Runs whose end was notified.
    ended: Mutex<HashSet<RunId>>,
}

impl Teller {
    pub fn new(app: AppHandle) -> Self {
        Self {
            app,
            ended: Mutex::default(),
        }
    }

    fn notify(&self, run: &Run) {
        let over = matches!(run.status, RunStatus::Done | RunStatus::Cancelled);
        let unseen = self
            .app
            .get_webview_window(MAIN)
            .is_some_and(|window| !window.is_focused().unwrap_or(true));
        if !over || !unseen || lasted(run).is_none_or(|lasted| lasted < LONG) {
            return;
        }
        let first = self
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(run.id);
        if !first {
            return;
        }
        let shown = self
            .app
            .notification()
            .builder()
            .title(TITLE)
            .body(run.sentence.as_deref().unwrap_or(&run.title))
            .show();
        if let Err(error) = shown {
            tracing::info!(%error, "no notification");
        }
    }
}

impl Listener for Teller {
    fn hear(&self, news: News) {
        let app = &self.app;
        let told = match news {
            News::SyncProgress(progress) => SyncProgressNews(progress).emit(app),
            News::SyncEnded {
                connection,
                outcome,
            } => {
                let (outcome, error) = match outcome {
                    Ok(outcome) => (Some(outcome), None),
                    Err(error) => (None, Some(error)),
                };
                SyncEndedNews {
                    connection,
                    outcome,
                    error,
                }
                .emit(app)
            }
            News::ImportProgress(progress) => ImportProgressNews(progress).emit(app),
            News::DirectoryChanged(connection) => DirectoryChangedNews { connection }.emit(app),
            News::DraftChanged(connection, draft) => {
                DraftChangedNews { connection, draft }.emit(app)
            }
            News::Run(run) => {
                self.notify(&run);
                RunChangedNews(run).emit(app)
            }
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the page was not told");
        }
    }
}

/// `None` while it is under way, or when the clock says nonsense.
fn lasted(run: &Run) -> Option<Duration> {
    let from: jiff::Timestamp = run.started_at.parse().ok()?;
    let to: jiff::Timestamp = run.finished_at.as_ref()?.parse().ok()?;
    to.duration_since(from).try_into().ok()
}
