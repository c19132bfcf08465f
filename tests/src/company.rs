//! The sample company with the engine in front of it, as a host would hold it.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use engine::{
    Engine,
    attribute::Role,
    connection::{Colour, Connection, NewConnection, ServiceKind, TokenPlace},
    ids::{AttributeId, ConnectionId, RowId},
    people::{Row, Status, ViewQuery},
    ports::{Clock, Listener, News, Ports, Secrets},
};
use jiff::{Timestamp, civil::Date};
use sandbox::{Running, Settings};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The token of every company here.
pub const TOKEN: &str = "acceptance-token-1";
/// The day in every company here, unless a test turns it.
pub const TODAY: Date = jiff::civil::date(2026, 11, 23);

/// A keychain in memory, which can be taken away.
#[derive(Debug, Default)]
pub struct Keychain {
    pub tokens: Mutex<HashMap<String, String>>,
    pub absent: Mutex<bool>,
}

impl Keychain {
    pub fn is_empty(&self) -> bool {
        held(&self.tokens).is_empty()
    }

    fn check(&self) -> engine::Result<()> {
        if *held(&self.absent) {
            return Err(engine::Error::new(
                engine::Code::NoKeychain,
                "This computer has no keychain that answers.",
            ));
        }
        Ok(())
    }
}

impl Secrets for Keychain {
    fn keep(&self, key: &str, token: &SecretString) -> engine::Result<()> {
        self.check()?;
        held(&self.tokens).insert(key.to_owned(), token.expose_secret().to_owned());
        Ok(())
    }

    fn find(&self, key: &str) -> engine::Result<Option<SecretString>> {
        self.check()?;
        Ok(held(&self.tokens).get(key).cloned().map(SecretString::from))
    }

    fn forget(&self, key: &str) -> engine::Result<()> {
        self.check()?;
        held(&self.tokens).remove(key);
        Ok(())
    }
}

/// A clock that tests turn.
#[derive(Debug)]
pub struct SetClock {
    now: Mutex<Timestamp>,
    today: Mutex<Date>,
    patience: Mutex<Duration>,
}

impl SetClock {
    pub fn go_on(&self, by: Duration) {
        let mut now = held(&self.now);
        *now += by;
    }

    pub fn set_back(&self, by: Duration) {
        let mut now = held(&self.now);
        *now -= by;
    }

    /// How long an answer is waited for, for connections that are used from now on.
    pub fn wait_no_longer_than(&self, patience: Duration) {
        *held(&self.patience) = patience;
    }

    pub fn turn_to(&self, today: Date) {
        *held(&self.today) = today;
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *held(&self.now)
    }

    fn today(&self) -> Date {
        *held(&self.today)
    }

    fn patience(&self) -> Duration {
        *held(&self.patience)
    }
}

/// Keeps what was told, and lets tests wait for something to be told.
#[derive(Default)]
pub struct Ear {
    heard: Mutex<Vec<News>>,
    more: Condvar,
}

impl Listener for Ear {
    fn hear(&self, news: News) {
        held(&self.heard).push(news);
        self.more.notify_all();
    }
}

impl Ear {
    pub fn all(&self) -> Vec<News> {
        held(&self.heard).clone()
    }

    /// Blocks until something told passes, counting what was told before.
    ///
    /// # Panics
    /// After four minutes: a busy machine is slow, and a test that hangs is ended anyway.
    pub fn wait_for<T>(&self, mut pass: impl FnMut(&News) -> Option<T>) -> T {
        let mut heard = held(&self.heard);
        loop {
            if let Some(found) = heard.iter().find_map(&mut pass) {
                return found;
            }
            let (again, waited) = self
                .more
                .wait_timeout(heard, Duration::from_secs(240))
                .unwrap_or_else(PoisonError::into_inner);
            assert!(
                !waited.timed_out(),
                "nothing of the kind was told within four minutes"
            );
            heard = again;
        }
    }
}

/// A sample company and an engine with a data folder of its own.
pub struct Company {
    pub service: Running,
    pub engine: Arc<Engine>,
    pub keychain: Arc<Keychain>,
    pub clock: Arc<SetClock>,
    pub ear: Arc<Ear>,
    pub folder: TempDir,
}

impl Company {
    /// # Errors
    /// When no port or no folder can be had.
    pub async fn of(people: u32) -> Result<Self> {
        Self::with(Settings {
            people,
            ..Settings::default()
        })
        .await
    }

    /// As [`Company::of`], with settings; the token and the day are always those of this module.
    pub async fn with(settings: Settings) -> Result<Self> {
        let service = sandbox::start(Settings {
            token: TOKEN.to_owned(),
            today: Some(TODAY),
            ..settings
        })
        .await?;
        let folder = tempfile::tempdir()?;
        let keychain = Arc::new(Keychain::default());
        let clock = Arc::new(SetClock {
            now: Mutex::new("2026-11-23T09:41:00Z".parse()?),
            today: Mutex::new(TODAY),
            patience: Mutex::new(Duration::from_secs(60)),
        });
        let ear = Arc::new(Ear::default());
        let engine = Engine::open(folder.path(), ports(&keychain, &clock, &ear))?;
        Ok(Self {
            service,
            engine,
            keychain,
            clock,
            ear,
            folder,
        })
    }

    /// A second engine on the same folder, as the next launch or another process has it.
    pub fn another_engine(&self) -> Result<Arc<Engine>> {
        Ok(Engine::open(
            self.folder.path(),
            ports(&self.keychain, &self.clock, &self.ear),
        )?)
    }

    /// Connects as an admin would, the token in the keychain.
    pub fn connect(&self) -> Result<Connection> {
        let new = NewConnection {
            name: "Acme".to_owned(),
            url: self.service.url(),
            colour: Colour::Blue,
            service: ServiceKind::Sample,
            keep: TokenPlace::Keychain,
        };
        Ok(self.engine.add_connection(new, &token())?)
    }

    /// So many active people without reports and with an address.
    pub fn staff(&self, id: ConnectionId, count: usize) -> Result<Vec<RowId>> {
        let view = self.engine.open_view(id, ViewQuery::default())?;
        let window = self.engine.window(view.id, 0, view.total, &[])?;
        let active = |row: &&Row| row.status == Status::Active;
        let mut staff = Vec::with_capacity(count);
        for row in window.rows.iter().filter(active) {
            if staff.len() == count {
                break;
            }
            let person = self.engine.person(id, row.id)?;
            if person.reports_total == 0 && person.email.is_some() {
                staff.push(row.id);
            }
        }
        ensure!(
            staff.len() == count,
            "only {} people without reports",
            staff.len()
        );
        Ok(staff)
    }

    /// The attribute that means this here.
    pub fn role(&self, id: ConnectionId, role: Role) -> Result<AttributeId> {
        let attributes = self.engine.directory_of(id)?.attributes;
        let mut attributes = attributes.iter();
        attributes
            .find(|attribute| attribute.role == Some(role))
            .map(|attribute| attribute.id)
            .with_context(|| format!("an attribute is the {role:?}"))
    }

    /// Changes switches.
    pub async fn set(&self, switches: Value) -> Result<Value> {
        self.control("PUT", "/settings", Some(switches)).await
    }

    /// Arms a fault or a list of them.
    pub async fn fail(&self, faults: Value) -> Result<Value> {
        self.control("POST", "/faults", Some(faults)).await
    }

    pub async fn no_faults(&self) -> Result<Value> {
        self.control("DELETE", "/faults", None).await
    }

    /// Another system writes.
    pub async fn write(&self, what: Value) -> Result<Value> {
        self.control("POST", "/write", Some(what)).await
    }

    /// A request to the control address.
    ///
    /// # Errors
    /// Any answer but 200, with what it said.
    pub async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value> {
        control(self.service.port(), method, path, body).await
    }

    /// The requests the service saw after number `since`.
    pub async fn log_since(&self, since: u64) -> Result<Vec<Value>> {
        let log = self
            .control("GET", &format!("/log?since={since}"), None)
            .await?;
        Ok(log["entries"].as_array().cloned().unwrap_or_default())
    }
}

/// A request to the control address of the sample company on a port.
///
/// # Errors
/// Any answer but 200, with what it said.
pub async fn control(port: u16, method: &str, path: &str, body: Option<Value>) -> Result<Value> {
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let request = format!(
        "{method} /_control{path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await?;
    let (head, body) = reply.split_once("\r\n\r\n").context("a whole reply")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("{method} {path}: {head} {body}");
    }
    let body = if head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked")
    {
        unchunk(body)
    } else {
        body.to_owned()
    };
    Ok(serde_json::from_str(&body)?)
}

fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || rest.len() < size {
            break;
        }
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

/// A host with nothing but memory, its clock standing still.
pub fn plain_ports() -> Ports {
    ports_at(Timestamp::now(), &Arc::default()).0
}

/// A host whose tokens go to this keychain, and whose clock stands at this time until it is turned.
pub fn ports_at(now: Timestamp, keychain: &Arc<Keychain>) -> (Ports, Arc<SetClock>) {
    let clock = Arc::new(SetClock {
        now: Mutex::new(now),
        today: Mutex::new(TODAY),
        patience: Mutex::new(Duration::from_secs(60)),
    });
    (ports(keychain, &clock, &Arc::default()), clock)
}

/// Awaits something that waits by the clock: a second goes by every 20 ms.
pub async fn ticking<T>(clock: Arc<SetClock>, work: impl Future<Output = T>) -> T {
    let ticks = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            clock.go_on(Duration::from_secs(1));
        }
    });
    let done = work.await;
    ticks.abort();
    done
}

fn ports(keychain: &Arc<Keychain>, clock: &Arc<SetClock>, ear: &Arc<Ear>) -> Ports {
    Ports {
        secrets: keychain.clone(),
        clock: clock.clone(),
        listener: ear.clone(),
        actor: "ana@test".to_owned(),
        locale: "en-GB".to_owned(),
    }
}

/// The right token.
pub fn token() -> SecretString {
    SecretString::from(TOKEN.to_owned())
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
