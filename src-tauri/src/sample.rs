//! The sample company: served by this very process on loopback, with whatever was changed in it kept in
//! the data folder.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use engine::{
    Code, Engine, Error, Result,
    connection::{Colour, Connection, ConnectionChange, NewConnection, ServiceKind, TokenPlace},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::redaction;

const NAME: &str = "Sample company";
const PEOPLE: u32 = 5_000;
const SEED: u64 = 1;
const STATE_FILE: &str = "sample.journal";

/// At most one in a process.
pub struct Sample {
    state: PathBuf,
    running: Mutex<Option<Served>>,
}

struct Served {
    server: sandbox::Running,
    token: SecretString,
}

impl Sample {
    pub fn new(data_dir: &Path) -> Self {
        Self {
            state: data_dir.join(STATE_FILE),
            running: Mutex::new(None),
        }
    }

    /// Starts the service when it isn't running yet and answers its connection, made when there is none.
    pub async fn open(&self, engine: &Arc<Engine>) -> Result<Connection> {
        let mut running = self.running.lock().await;
        let served = match &mut *running {
            Some(served) => served,
            none => none.insert(self.serve().await?),
        };
        let (url, token) = (served.server.url(), served.token.clone());
        let engine = Arc::clone(engine);
        blocking(move || match known(&engine)? {
            // The port is another at each launch, and so is the token.
            Some(connection) if connection.url == url && connection.token_ready => Ok(connection),
            Some(connection) => {
                engine.change_connection(
                    connection.id,
                    ConnectionChange {
                        url: Some(url),
                        ..ConnectionChange::default()
                    },
                )?;
                match engine.rekey_connection(connection.id, &token, TokenPlace::Keychain) {
                    // The place where it is kept stays, for a launch that has a keychain.
                    Err(error) if error.code == Code::NoKeychain => {
                        engine.lend_token(connection.id, token)?;
                        engine.connection(connection.id)
                    }
                    kept => kept,
                }
            }
            None => keeping(|keep| {
                engine.add_connection(
                    NewConnection {
                        name: NAME.to_owned(),
                        url: url.clone(),
                        colour: Colour::Green,
                        service: ServiceKind::Sample,
                        keep,
                    },
                    &token,
                )
            }),
        })
        .await
    }

    /// Serves again when a connection to it was kept by an earlier launch.
    pub async fn resume(&self, engine: &Arc<Engine>) -> Result<()> {
        let looked = Arc::clone(engine);
        if blocking(move || known(&looked)).await?.is_some() {
            self.open(engine).await?;
        }
        Ok(())
    }

    async fn serve(&self) -> Result<Served> {
        let token = SecretString::from(fresh_token());
        redaction::learn(&token);
        let server = sandbox::start(sandbox::Settings {
            people: PEOPLE,
            seed: SEED,
            port: 0,
            token: token.expose_secret().to_owned(),
            state: Some(self.state.clone()),
            ..sandbox::Settings::default()
        })
        .await
        .map_err(|error| {
            Error::new(
                Code::Failed,
                "The sample company could not be opened on this machine. Restart Muster; if it stays, the details say what stands in the way.",
            )
            .with_detail(error)
        })?;
        Ok(Served { server, token })
    }
}

/// The connection to it, when there is one.
pub fn known(engine: &Engine) -> Result<Option<Connection>> {
    Ok(engine
        .connections()?
        .into_iter()
        .find(|connection| connection.service == ServiceKind::Sample))
}

/// In the keychain where there is one; invented people are worth the memory of this session otherwise.
fn keeping<T>(keep: impl Fn(TokenPlace) -> Result<T>) -> Result<T> {
    match keep(TokenPlace::Keychain) {
        Err(error) if error.code == Code::NoKeychain => keep(TokenPlace::Session),
        kept => kept,
    }
}

fn fresh_token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| {
            Err(Error::new(
                Code::Failed,
                "The sample company could not be opened because of an error of Muster's own. Try again.",
            )
            .with_detail(error))
        })
}
