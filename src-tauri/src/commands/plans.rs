//! Review: a draft frozen, looked at, thinned out and settled.

use engine::{
    changes::plan::{Group, Plan, PlanPage, Settlement, WireRequest},
    ids::{ConnectionId, PlanId},
};
use tauri::{AppHandle, State};

use super::{Answer, off};
use crate::{dialogs, host::Host};

#[tauri::command]
#[specta::specta]
pub async fn make_plan(host: State<'_, Host>, id: ConnectionId) -> Answer<Plan> {
    off(&host, move |engine| engine.make_plan(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn plan(host: State<'_, Host>, plan: PlanId) -> Answer<Plan> {
    off(&host, move |engine| engine.plan(plan)).await
}

#[tauri::command]
#[specta::specta]
pub async fn plan_page(
    host: State<'_, Host>,
    plan: PlanId,
    group: Group,
    start: u32,
    len: u32,
) -> Answer<PlanPage> {
    off(&host, move |engine| {
        engine.plan_page(plan, group, start, len)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn leave_out(
    host: State<'_, Host>,
    plan: PlanId,
    positions: Vec<u32>,
    out: bool,
) -> Answer<Plan> {
    off(&host, move |engine| engine.leave_out(plan, positions, out)).await
}

#[tauri::command]
#[specta::specta]
pub async fn settle(
    host: State<'_, Host>,
    plan: PlanId,
    position: u32,
    settlement: Settlement,
) -> Answer<Plan> {
    off(&host, move |engine| {
        engine.settle(plan, position, settlement)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn plan_requests(
    host: State<'_, Host>,
    plan: PlanId,
    position: u32,
) -> Answer<Vec<WireRequest>> {
    off(&host, move |engine| engine.plan_requests(plan, position)).await
}

/// Asks where to; false when the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn write_plan(app: AppHandle, host: State<'_, Host>, plan: PlanId) -> Answer<bool> {
    let Some(path) = dialogs::save_as(&app, "Plan", "json").await else {
        return Ok(false);
    };
    off(&host, move |engine| engine.write_plan(plan, &path)).await?;
    Ok(true)
}

/// Asks for a file; `None` when the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn read_plan(app: AppHandle, host: State<'_, Host>) -> Answer<Option<Plan>> {
    let Some(path) = dialogs::open(&app, "Plan", "json").await else {
        return Ok(None);
    };
    off(&host, move |engine| engine.read_plan(&path))
        .await
        .map(Some)
}
