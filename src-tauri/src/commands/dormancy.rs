//! Dormant people: the board, the policy, who is exempt, whom to ask, and the report afterwards.

use engine::{
    changes::draft::Staged,
    dormancy::{
        AnswersRead, AskFirst, Board, BoardGroup, DormancyPolicy, Exemption, PileFilter,
        ReportFormat, Worth,
    },
    ids::{ConnectionId, ExemptionId, RunId},
    people::{Selection, ViewQuery},
};
use tauri::{AppHandle, State};

use super::{Answer, off};
use crate::{dialogs, host::Host};

#[tauri::command]
#[specta::specta]
pub async fn board(host: State<'_, Host>, id: ConnectionId) -> Answer<Board> {
    off(&host, move |engine| engine.board(id)).await
}

/// Where the people of a pile are, at the threshold given.
#[tauri::command]
#[specta::specta]
pub async fn board_groups(
    host: State<'_, Host>,
    id: ConnectionId,
    pile: PileFilter,
) -> Answer<Vec<BoardGroup>> {
    off(&host, move |engine| engine.board_groups(id, pile)).await
}

/// Keeps the policy as a new version and answers the board by it.
#[tauri::command]
#[specta::specta]
pub async fn keep_dormancy_policy(
    host: State<'_, Host>,
    id: ConnectionId,
    policy: DormancyPolicy,
) -> Answer<Board> {
    off(&host, move |engine| engine.keep_dormancy_policy(id, policy)).await
}

/// `until` is the last day it holds; `None` for no end.
#[tauri::command]
#[specta::specta]
pub async fn exempt(
    host: State<'_, Host>,
    id: ConnectionId,
    selection: Selection,
    reason: String,
    until: Option<String>,
) -> Answer {
    off(&host, move |engine| {
        engine.exempt(id, &selection, &reason, until.as_deref())
    })
    .await
}

/// Whoever matches, now and later.
#[tauri::command]
#[specta::specta]
pub async fn exempt_by_filter(
    host: State<'_, Host>,
    id: ConnectionId,
    query: ViewQuery,
    reason: String,
    until: Option<String>,
) -> Answer {
    off(&host, move |engine| {
        engine.exempt_by_filter(id, &query, &reason, until.as_deref())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn exemptions(host: State<'_, Host>, id: ConnectionId) -> Answer<Vec<Exemption>> {
    off(&host, move |engine| engine.exemptions(id)).await
}

#[tauri::command]
#[specta::specta]
pub async fn end_exemption(host: State<'_, Host>, exemption: ExemptionId) -> Answer {
    off(&host, move |engine| engine.end_exemption(exemption)).await
}

/// Deactivates the chosen people of a pile in the draft; each keeps why.
#[tauri::command]
#[specta::specta]
pub async fn stage_reclaim(
    host: State<'_, Host>,
    id: ConnectionId,
    selection: Selection,
    pile: PileFilter,
) -> Answer<Staged> {
    off(&host, move |engine| {
        engine.stage_reclaim(id, &selection, pile)
    })
    .await
}

/// Asks where to, then writes the list to ask by; `None` when the dialog was dismissed, else the people on it.
#[tauri::command]
#[specta::specta]
pub async fn ask_first(
    app: AppHandle,
    host: State<'_, Host>,
    id: ConnectionId,
    selection: Selection,
    ask: AskFirst,
) -> Answer<Option<u32>> {
    let path = match ask {
        AskFirst::Managers => dialogs::save_as(&app, "Ask first, by manager", "csv").await,
        AskFirst::MailMerge => dialogs::save_as(&app, "Ask first, mail merge", "csv").await,
        AskFirst::EachManager => dialogs::folder(&app).await,
    };
    let Some(path) = path else {
        return Ok(None);
    };
    off(&host, move |engine| {
        engine.ask_first(id, &selection, ask, &path)
    })
    .await
    .map(Some)
}

/// Asks for the answered list; `None` when the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn read_answers(
    app: AppHandle,
    host: State<'_, Host>,
    id: ConnectionId,
) -> Answer<Option<AnswersRead>> {
    let Some(path) = dialogs::open_one(&app, "Answers", &["csv", "tsv", "xlsx", "ods"]).await
    else {
        return Ok(None);
    };
    off(&host, move |engine| engine.read_answers(id, &path))
        .await
        .map(Some)
}

/// What the seats a run freed cost a year; `None` where no price was known.
#[tauri::command]
#[specta::specta]
pub async fn freed_worth(host: State<'_, Host>, run: RunId) -> Answer<Option<Worth>> {
    off(&host, move |engine| engine.freed_worth(run)).await
}

/// For finance and the works council. Asks where to; false when the dialog was dismissed.
#[tauri::command]
#[specta::specta]
pub async fn write_reclaim_report(
    app: AppHandle,
    host: State<'_, Host>,
    run: RunId,
    format: ReportFormat,
    with_names: bool,
) -> Answer<bool> {
    let extension = match format {
        ReportFormat::Html => "html",
        ReportFormat::Xlsx => "xlsx",
    };
    let Some(path) = dialogs::save_as(&app, "Reclaimed seats", extension).await else {
        return Ok(false);
    };
    off(&host, move |engine| {
        engine.write_reclaim_report(run, format, with_names, &path)
    })
    .await?;
    Ok(true)
}
