//! What the page may ask for: one function per use case of the engine, no logic of its own.

pub mod app;
pub mod connections;
pub mod dormancy;
pub mod draft;
pub mod evidence;
pub mod history;
pub mod people;
pub mod plans;
pub mod protection;
pub mod runs;

use std::{fmt, sync::Arc};

use engine::{Code, Engine};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use specta::Type;

use crate::{host::Host, redaction};

/// What a command answers the page. A rejected call holds the code, the sentence and the details.
pub type Answer<T = ()> = engine::Result<T>;

/// A token on its only way over IPC: inward. It can be neither printed nor sent back.
#[derive(Type)]
pub struct Token(#[specta(type = String)] SecretString);

impl Token {
    /// From here on it is known to whatever writes logs.
    pub fn into_secret(self) -> SecretString {
        redaction::learn(&self.0);
        self.0
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretString::from(text)))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(hidden)")
    }
}

/// Runs blocking work of the engine off the threads that serve the window.
async fn off<T: Send + 'static>(
    host: &Host,
    work: impl FnOnce(&Arc<Engine>) -> engine::Result<T> + Send + 'static,
) -> Answer<T> {
    let engine = Arc::clone(host.engine()?);
    tauri::async_runtime::spawn_blocking(move || work(&engine))
        .await
        .unwrap_or_else(|error| {
            Err(engine::Error::new(
                Code::Failed,
                "Muster could not finish this because of an error of its own. Nothing was sent. Try again, and restart Muster if it happens twice.",
            )
            .with_detail(error))
        })
}
