//! What the window's commands share.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use engine::{
    Engine, Result,
    ports::{Clock, Listener, Ports, Secrets},
};

use crate::{data, keychain::Keychain, sample::Sample};

/// The engine, or why there is none; then every command answers the same error and the page shows it.
pub struct Host {
    engine: Result<Arc<Engine>>,
    data_dir: PathBuf,
    pub sample: Sample,
}

impl Host {
    /// Opens the data folder. Call it from within the async runtime.
    pub fn open(data_dir: Result<PathBuf>, listener: Arc<dyn Listener>) -> Self {
        let engine = data_dir
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|data| Engine::open(data, ports(Arc::new(Keychain), listener)));
        if let Err(error) = &engine {
            tracing::error!(%error, detail = error.detail, "the data could not be opened");
        }
        let data_dir = data_dir.unwrap_or_default();
        Self {
            engine,
            sample: Sample::new(&data_dir),
            data_dir,
        }
    }

    pub fn engine(&self) -> Result<&Arc<Engine>> {
        self.engine.as_ref().map_err(Clone::clone)
    }

    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }
}

/// What both hosts lend the engine.
pub fn ports(secrets: Arc<dyn Secrets>, listener: Arc<dyn Listener>) -> Ports {
    Ports {
        secrets,
        clock: Arc::new(SystemClock),
        listener,
        actor: data::actor(),
        locale: sys_locale::get_locale().unwrap_or_else(|| "und".to_owned()),
    }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn today(&self) -> jiff::civil::Date {
        jiff::ZonedDateTime::now().date()
    }

    fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::system()
    }
}
