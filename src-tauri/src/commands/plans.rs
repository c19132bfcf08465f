//! Review: a draft frozen, looked at, thinned out and settled.

use engine::{
    changes::plan::{Group, Plan, PlanFile, PlanPage, Settlement, WireRequest},
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

/// Takes what is staged for an item's person out of the draft, and answers the plan of the rest.
#[tauri::command]
#[specta::specta]
pub async fn remove_from_draft(host: State<'_, Host>, plan: PlanId, position: u32) -> Answer<Plan> {
    off(&host, move |engine| {
        engine.remove_from_draft(plan, position)
    })
    .await
}

/// Asks where to; false when the dialog was dismissed. `reason` stands on the page to be signed.
#[tauri::command]
#[specta::specta]
pub async fn write_plan(
    app: AppHandle,
    host: State<'_, Host>,
    plan: PlanId,
    file: PlanFile,
    reason: Option<String>,
) -> Answer<bool> {
    let extension = match file {
        PlanFile::Json => "json",
        PlanFile::Report => "html",
    };
    let Some(path) = dialogs::save_as(&app, "Plan", extension).await else {
        return Ok(false);
    };
    off(&host, move |engine| match file {
        PlanFile::Json => engine.write_plan(plan, &path),
        PlanFile::Report => engine.write_report(plan, &path, reason.as_deref()),
    })
    .await?;
    Ok(true)
}

/// Asks for a file; `None` when the dialog was dismissed. `wanted` is the connection on screen, for when several
/// go to the plan's service.
#[tauri::command]
#[specta::specta]
pub async fn read_plan(
    app: AppHandle,
    host: State<'_, Host>,
    wanted: Option<ConnectionId>,
) -> Answer<Option<Plan>> {
    let Some(path) = dialogs::open(&app, "Plan", "json").await else {
        return Ok(None);
    };
    off(&host, move |engine| engine.read_plan(&path, wanted))
        .await
        .map(Some)
}
