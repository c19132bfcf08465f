//! What the commands of one invocation share.

use std::{
    io::{self, BufRead, IsTerminal},
    sync::Arc,
    time::Duration,
};

use engine::{
    Engine,
    connection::{Connection, ServiceKind},
    ports::Secrets,
};
use secrecy::SecretString;

use super::{Outcome, Trouble, progress::Progress};
use crate::{
    data, host,
    keychain::{Keychain, NoKeychain},
    redaction,
    sample::Sample,
};

const TOKEN: &str = "MUSTER_TOKEN";
/// A service on this machine answers at once or not at all.
const KNOCK: Duration = Duration::from_millis(500);

pub struct Session {
    pub engine: Arc<Engine>,
    pub json: bool,
    pub keychain: bool,
    pub progress: Arc<Progress>,
    sample: Sample,
}

impl Session {
    /// Opens the data folder. Call it from within the async runtime.
    pub fn open(json: bool, no_keychain: bool) -> Outcome<Self> {
        let directory = data::directory()?;
        let secrets: Arc<dyn Secrets> = if no_keychain {
            Arc::new(NoKeychain)
        } else {
            Arc::new(Keychain)
        };
        let progress = Arc::new(Progress::default());
        let engine = Engine::open(&directory, host::ports(secrets, progress.clone()))?;
        Ok(Self {
            engine,
            json,
            keychain: !no_keychain,
            progress,
            sample: Sample::new(&directory),
        })
    }

    /// Blocking work of the engine, off the async threads.
    pub async fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Engine>) -> engine::Result<T> + Send + 'static,
    ) -> Outcome<T> {
        let engine = Arc::clone(&self.engine);
        match tokio::task::spawn_blocking(move || work(&engine)).await {
            Ok(answer) => Ok(answer?),
            Err(error) => Err(Trouble::failed(format!(
                "Muster stopped at an error of its own: {error}. Try again."
            ))),
        }
    }

    /// The connection of this name, or the only one there is, lent `MUSTER_TOKEN` where its own token is not there.
    pub async fn connection(&self, name: Option<&str>) -> Outcome<Connection> {
        let connections = self.off(|engine| engine.connections()).await?;
        let connection = choose(connections, name)?;
        if let Some(token) = token_of_environment() {
            let id = connection.id;
            self.off(move |engine| engine.lend_token(id, token)).await?;
        }
        Ok(connection)
    }

    /// For what goes over the network: a sample company that no window serves now is served by this process.
    pub async fn reachable(&self, name: Option<&str>) -> Outcome<Connection> {
        let connection = self.connection(name).await?;
        if connection.service == ServiceKind::Sample && !answers(&connection.url).await {
            return Ok(self.sample.open(&self.engine).await?);
        }
        Ok(connection)
    }
}

/// Before the first sync nobody is known, which must not be told as "nobody has this e-mail".
///
/// # Errors
/// One that says to sync first.
pub fn read_already(connection: Connection) -> Outcome<Connection> {
    if connection.synced_at.is_none() && connection.people == 0 {
        return Err(Trouble::failed(format!(
            "{0} has not been read yet. Run muster sync --connection '{0}' first.",
            connection.name
        )));
    }
    Ok(connection)
}

fn choose(mut connections: Vec<Connection>, name: Option<&str>) -> Outcome<Connection> {
    let names = || {
        connections
            .iter()
            .map(|connection| connection.name.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let found = match name {
        Some(name) => connections
            .iter()
            .position(|connection| connection.name.to_lowercase() == name.trim().to_lowercase()),
        None if connections.len() == 1 => Some(0),
        None => None,
    };
    match (found, name) {
        (Some(found), _) => Ok(connections.swap_remove(found)),
        (None, _) if connections.is_empty() => Err(Trouble::failed(
            "There is no connection yet. muster connections add NAME --url URL makes one.",
        )),
        (None, Some(name)) => Err(Trouble::failed(format!(
            "There is no connection named {name}. There is: {}.",
            names()
        ))),
        (None, None) => Err(Trouble::Usage(format!(
            "There are several connections. Choose one with --connection: {}.",
            names()
        ))),
    }
}

async fn answers(url: &str) -> bool {
    let Some(address) = url
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next())
        .map(str::to_owned)
    else {
        return false;
    };
    tokio::time::timeout(KNOCK, tokio::net::TcpStream::connect(address))
        .await
        .is_ok_and(|connected| connected.is_ok())
}

fn token_of_environment() -> Option<SecretString> {
    let token = std::env::var(TOKEN).ok()?;
    let token = token.trim();
    (!token.is_empty()).then(|| learned(token))
}

/// From `MUSTER_TOKEN`, else the first line of stdin, else typed unseen.
pub fn ask_token() -> Outcome<SecretString> {
    if let Some(token) = token_of_environment() {
        return Ok(token);
    }
    let typed = if io::stdin().is_terminal() {
        eprint!("Token (it is not shown): ");
        console::Term::stderr().read_secure_line()
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    let typed = typed.map_err(|error| {
        Trouble::failed(format!(
            "The token could not be read from stdin: {error}. Give it in {TOKEN} instead."
        ))
    })?;
    match typed.trim() {
        "" => Err(Trouble::Usage(format!(
            "A token is needed: give it on stdin or in {TOKEN}."
        ))),
        token => Ok(learned(token)),
    }
}

fn learned(token: &str) -> SecretString {
    let token = SecretString::from(token);
    redaction::learn(&token);
    token
}
