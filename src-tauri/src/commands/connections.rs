//! Connections: test, keep, change, forget, sync.

use engine::{
    connection::{Connection, ConnectionChange, NewConnection, TokenPlace},
    ids::ConnectionId,
};
use tauri::State;

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
