//! Runs: start, watch, pause, go on, take back.

use engine::{
    changes::{
        plan::{Confirmation, Plan},
        run::{ItemState, Run, RunPage},
    },
    ids::{ConnectionId, PlanId, RunId},
};
use tauri::State;

use super::{Answer, off};
use crate::host::Host;

/// Snapshots come as events, at most ten a second.
#[tauri::command]
#[specta::specta]
pub async fn start_run(
    host: State<'_, Host>,
    plan: PlanId,
    confirmation: Confirmation,
) -> Answer<Run> {
    off(&host, move |engine| engine.start_run(plan, confirmation)).await
}

#[tauri::command]
#[specta::specta]
pub async fn pause_run(host: State<'_, Host>, run: RunId) -> Answer<Run> {
    off(&host, move |engine| engine.pause_run(run)).await
}

#[tauri::command]
#[specta::specta]
pub async fn resume_run(host: State<'_, Host>, run: RunId) -> Answer<Run> {
    off(&host, move |engine| engine.resume_run(run)).await
}

#[tauri::command]
#[specta::specta]
pub async fn cancel_run(host: State<'_, Host>, run: RunId) -> Answer<Run> {
    off(&host, move |engine| engine.cancel_run(run)).await
}

#[tauri::command]
#[specta::specta]
pub async fn run(host: State<'_, Host>, run: RunId) -> Answer<Run> {
    off(&host, move |engine| engine.run(run)).await
}

#[tauri::command]
#[specta::specta]
pub async fn runs(host: State<'_, Host>, id: ConnectionId) -> Answer<Vec<Run>> {
    off(&host, move |engine| engine.runs(id)).await
}

/// The run that is not finished or not dismissed.
#[tauri::command]
#[specta::specta]
pub async fn open_run(host: State<'_, Host>, id: ConnectionId) -> Answer<Option<Run>> {
    off(&host, move |engine| engine.open_run(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn dismiss_run(host: State<'_, Host>, run: RunId) -> Answer {
    off(&host, move |engine| engine.dismiss_run(run)).await
}

#[tauri::command]
#[specta::specta]
pub async fn run_page(
    host: State<'_, Host>,
    run: RunId,
    state: Option<ItemState>,
    start: u32,
    len: u32,
) -> Answer<RunPage> {
    off(&host, move |engine| engine.run_page(run, state, start, len)).await
}

#[tauri::command]
#[specta::specta]
pub async fn retry_failed(host: State<'_, Host>, run: RunId) -> Answer<Run> {
    off(&host, move |engine| engine.retry_failed(run)).await
}

/// A new plan that undoes the whole run, or the items at these positions.
#[tauri::command]
#[specta::specta]
pub async fn take_back(
    host: State<'_, Host>,
    run: RunId,
    positions: Option<Vec<u32>>,
) -> Answer<Plan> {
    off(&host, move |engine| engine.take_back(run, positions)).await
}
