//! Connections: test, keep, change, forget, sync.

use engine::{
    connection::{Connection, ConnectionChange, NewConnection, TestReport, TestStep, TokenPlace},
    ids::ConnectionId,
};
use tauri::{State, ipc::Channel};

use super::{Answer, Token, off};
use crate::host::Host;

#[tauri::command]
#[specta::specta]
pub async fn connections(host: State<'_, Host>) -> Answer<Vec<Connection>> {
    off(&host, |engine| engine.connections()).await
}

#[tauri::command]
#[specta::specta]
pub async fn connection(host: State<'_, Host>, id: ConnectionId) -> Answer<Connection> {
    off(&host, move |engine| engine.connection(id)).await
}

/// Tries an address and a token that are not kept yet; each step is told as soon as it is known.
#[tauri::command]
#[specta::specta]
pub async fn test_connection(
    host: State<'_, Host>,
    url: String,
    token: Token,
    steps: Channel<TestStep>,
) -> Answer<TestReport> {
    Ok(host
        .engine()?
        .test_connection(&url, token.into_secret(), move |step| tell(&steps, step))
        .await)
}

#[tauri::command]
#[specta::specta]
pub async fn test_saved(
    host: State<'_, Host>,
    id: ConnectionId,
    steps: Channel<TestStep>,
) -> Answer<TestReport> {
    host.engine()?
        .test_saved(id, move |step| tell(&steps, step))
        .await
}

/// The page may have gone to another screen meanwhile; the report has every step again.
fn tell(steps: &Channel<TestStep>, step: TestStep) {
    if let Err(error) = steps.send(step) {
        tracing::debug!(%error, "a test step found nobody listening");
    }
}

#[tauri::command]
#[specta::specta]
pub async fn add_connection(
    host: State<'_, Host>,
    connection: NewConnection,
    token: Token,
) -> Answer<Connection> {
    off(&host, move |engine| {
        engine.add_connection(connection, &token.into_secret())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub async fn change_connection(
    host: State<'_, Host>,
    id: ConnectionId,
    change: ConnectionChange,
) -> Answer<Connection> {
    off(&host, move |engine| engine.change_connection(id, change)).await
}

#[tauri::command]
#[specta::specta]
pub async fn rekey_connection(
    host: State<'_, Host>,
    id: ConnectionId,
    token: Token,
    keep: TokenPlace,
) -> Answer<Connection> {
    off(&host, move |engine| {
        engine.rekey_connection(id, &token.into_secret(), keep)
    })
    .await
}

/// Removes the connection, its mirror and its token; the history stays.
#[tauri::command]
#[specta::specta]
pub async fn forget_connection(host: State<'_, Host>, id: ConnectionId) -> Answer {
    off(&host, move |engine| engine.forget_connection(id)).await
}

/// Progress and the end come as events.
#[tauri::command]
#[specta::specta]
pub async fn start_sync(host: State<'_, Host>, id: ConnectionId) -> Answer {
    host.engine()?.start_sync(id)
}

#[tauri::command]
#[specta::specta]
pub async fn cancel_sync(host: State<'_, Host>, id: ConnectionId) -> Answer {
    host.engine()?.cancel_sync(id);
    Ok(())
}
