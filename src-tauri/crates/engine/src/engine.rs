//! What a host holds: the store, the ports, and one workspace per connection in use.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    future::Future,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, Once, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use secrecy::SecretString;
use store::Store;
use tokio::runtime::{Handle, Runtime};
use tokio_util::sync::CancellationToken;

pub(crate) use crate::changes::draft::Overlay;
use crate::{
    changes::{self, draft},
    error::{Error, Result},
    ids::{ConnectionId, RowId, RunId, ViewId},
    people::{
        directory::{Directory, gone_view},
        first::FirstRows,
    },
    ports::{News, Ports},
    protected::listed,
};

/// The people on the admin's own list, and why.
pub(crate) type Protected = BTreeMap<RowId, String>;

/// The first rows are drawn meanwhile, by whom the text of a million people would take the processors. A search
/// that comes earlier does not wait for it.
const DRAWING: Duration = Duration::from_millis(300);

/// Muster without a window: one per process and data folder.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) ports: Ports,
    workspaces: Mutex<HashMap<ConnectionId, Arc<Workspace>>>,
    /// Directories that a launch reads, as far as their first rows. Locked before the workspaces where both are.
    pub(crate) first_rows: Mutex<HashMap<ConnectionId, Arc<FirstRows>>>,
    /// Connections whose mirror is being written, or was by a sync that failed: what is in memory may be older.
    pub(crate) behind: Mutex<HashSet<ConnectionId>>,
    /// Held by whoever reads a connection's directory: others want the same one, or another meanwhile.
    turns: Mutex<HashMap<ConnectionId, Arc<Mutex<()>>>>,
    next_view: AtomicU32,
    pub(crate) next_snapshot: AtomicU32,
    /// Tokens kept in memory only.
    pub(crate) session_tokens: Mutex<HashMap<ConnectionId, SecretString>>,
    /// Connections whose token the keychain was seen to hold: asking it takes long, and a window asks often.
    pub(crate) in_keychain: Mutex<HashSet<ConnectionId>>,
    pub(crate) clients: Mutex<HashMap<ConnectionId, scim::Client>>,
    /// Syncs under way.
    pub(crate) syncs: Mutex<HashMap<ConnectionId, CancellationToken>>,
    /// Activity files being read, and those read and not accepted yet.
    pub(crate) imports: Mutex<crate::evidence::imports::Imports>,
    /// Runs this process carries out.
    pub(crate) runs: Mutex<HashMap<RunId, changes::run::control::Handle>>,
    handle: Handle,
    /// Ours when the host has none.
    runtime: Option<Runtime>,
}

/// One connection in use: everybody in memory, and what is staged for them.
pub(crate) struct Workspace {
    pub(crate) connection: ConnectionId,
    pub(crate) directory: Directory,
    /// The draft in use, laid over the values on screen. After changing it call
    /// [`Directory::renew_views`], so that views of what is staged follow.
    pub(crate) overlay: Arc<RwLock<Arc<Overlay>>>,
    warmed: Once,
}

impl Engine {
    /// Opens the data folder, making it when missing. Call it from within a tokio runtime, or the engine
    /// starts one of its own.
    ///
    /// # Errors
    /// When the data can't be opened, was written by a later Muster, or a run can't be recovered.
    pub fn open(data_dir: &Path, ports: Ports) -> Result<Arc<Self>> {
        let store = Store::open(&data_dir.join("muster.db"))?;
        let (handle, runtime) = match Handle::try_current() {
            Ok(handle) => (handle, None),
            Err(_) => {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| {
                        Error::new(
                            crate::Code::Failed,
                            "Muster could not start its background threads. Close other programs and try again.",
                        )
                        .with_detail(error)
                    })?;
                (runtime.handle().clone(), Some(runtime))
            }
        };
        let engine = Arc::new(Self {
            store,
            ports,
            workspaces: Mutex::default(),
            first_rows: Mutex::default(),
            behind: Mutex::default(),
            turns: Mutex::default(),
            next_view: AtomicU32::new(1),
            next_snapshot: AtomicU32::new(1),
            session_tokens: Mutex::default(),
            in_keychain: Mutex::default(),
            clients: Mutex::default(),
            syncs: Mutex::default(),
            imports: Mutex::default(),
            runs: Mutex::default(),
            handle,
            runtime,
        });
        engine.recover()?;
        engine.anchor_last_day()?;
        // A large history takes seconds to shorten, and the window need not wait for it.
        let shorten = Arc::downgrade(&engine);
        engine.handle.spawn_blocking(move || {
            if let Some(engine) = shorten.upgrade()
                && let Err(error) = engine.follow_retention()
            {
                tracing::warn!(%error, "the history could not be shortened by its rule");
            }
        });
        Ok(engine)
    }

    /// Where the data lives.
    pub fn data_file(&self) -> &Path {
        self.store.path()
    }

    /// The workspace of a connection, read from the mirror the first time. Blocks while reading.
    ///
    /// # Errors
    /// When there is no such connection or its mirror can't be read.
    pub(crate) fn workspace(&self, connection: ConnectionId) -> Result<Arc<Workspace>> {
        if let Some(found) = self.workspace_at_hand(connection) {
            return Ok(found);
        }
        // Held while reading, so that two callers don't read the same directory twice.
        let turn = self.turn(connection);
        let _turn = lock(&turn);
        if let Some(found) = self.workspace_at_hand(connection) {
            return Ok(found);
        }
        self.stored_connection(connection)?;
        let today = self.ports.clock.today();
        let protected = listed(&self.store, connection, today)?;
        let protected = Arc::new(RwLock::new(Arc::new(protected)));
        let overlay = draft::edits::load_overlay(&self.store, connection)?;
        let overlay = Arc::new(RwLock::new(Arc::new(overlay)));
        let workspace = Arc::new(Workspace {
            connection,
            directory: Directory::open(
                &self.store,
                connection,
                today,
                &self.ports.locale,
                overlay.clone(),
                protected,
            )?,
            overlay,
            warmed: Once::new(),
        });
        self.follow_first_rows(&workspace);
        Ok(workspace)
    }

    pub(crate) fn put_workspace(&self, workspace: &Arc<Workspace>) {
        lock(&self.workspaces).insert(workspace.connection, workspace.clone());
    }

    /// Reads a directory before anybody asks for it, on a thread of its own: the one given, else the first. Where
    /// the last launch kept its first rows these come before: see `people::first`.
    /// Whoever asks for more meanwhile waits for that, or is told what went wrong.
    /// The keychain is asked as well: the list of connections says whose token is there.
    pub fn read_ahead(self: &Arc<Self>, connection: Option<ConnectionId>) {
        let engine = Arc::downgrade(self);
        std::thread::spawn(move || {
            if let Some(engine) = engine.upgrade()
                && let Err(error) = engine.connections()
            {
                tracing::debug!(%error, "the page will be told");
            }
        });
        let known = self.store.read(|reader| reader.connections());
        let known: Vec<ConnectionId> = known
            .unwrap_or_default()
            .iter()
            .map(|stored| ConnectionId(stored.id))
            .collect();
        let wanted = connection
            .filter(|wanted| known.contains(wanted))
            .or_else(|| known.first().copied());
        let Some(id) = wanted else {
            return;
        };
        let first = self.take_up_first_rows(id);
        let engine = Arc::downgrade(self);
        std::thread::spawn(move || {
            if let Some(first) = first {
                first.wait_until_drawn();
            }
            let Some(engine) = engine.upgrade() else {
                return;
            };
            if let Ok(workspace) = engine.workspace(id) {
                workspace.directory.ready_first_rows();
                engine.keep_first_rows();
            }
        });
    }

    fn turn(&self, connection: ConnectionId) -> Arc<Mutex<()>> {
        lock(&self.turns).entry(connection).or_default().clone()
    }

    /// The workspace when it is in memory already; not one that is being read.
    pub(crate) fn workspace_at_hand(&self, connection: ConnectionId) -> Option<Arc<Workspace>> {
        lock(&self.workspaces).get(&connection).cloned()
    }

    /// The workspace when it is in memory, or about to be: it may have been read before what the caller
    /// brings. Waits for whoever reads it.
    pub(crate) fn open_workspace(&self, connection: ConnectionId) -> Option<Arc<Workspace>> {
        let turn = lock(&self.turns).get(&connection)?.clone();
        let _turn = lock(&turn);
        self.workspace_at_hand(connection)
    }

    /// Every workspace in memory, or about to be.
    pub(crate) fn open_workspaces(&self) -> Vec<Arc<Workspace>> {
        let connections: Vec<ConnectionId> = lock(&self.turns).keys().copied().collect();
        connections
            .into_iter()
            .filter_map(|connection| self.open_workspace(connection))
            .collect()
    }

    pub(crate) fn workspaces_at_hand(&self) -> Vec<Arc<Workspace>> {
        lock(&self.workspaces).values().cloned().collect()
    }

    /// The workspace a view is open in.
    pub(crate) fn workspace_of_view(&self, view: ViewId) -> Result<Arc<Workspace>> {
        if let Some(connection) = self.awaited_by(view) {
            return self.workspace(connection);
        }
        lock(&self.workspaces)
            .values()
            .find(|workspace| workspace.directory.has_view(view))
            .cloned()
            .ok_or_else(gone_view)
    }

    pub(crate) fn drop_workspace(&self, connection: ConnectionId) {
        let turn = self.turn(connection);
        let _turn = lock(&turn);
        lock(&self.first_rows).remove(&connection);
        lock(&self.workspaces).remove(&connection);
    }

    pub(crate) fn next_view(&self) -> ViewId {
        ViewId(self.next_view.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn tell(&self, news: News) {
        self.ports.listener.hear(news);
    }

    /// Runs background work on the host's runtime, or the engine's own.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }

    /// Runs blocking work off the async threads.
    pub(crate) async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Arc<Self>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let engine = self.clone();
        self.handle
            .spawn_blocking(move || work(&engine))
            .await
            .unwrap_or_else(|error| {
                Err(Error::new(
                    crate::Code::Failed,
                    "This step stopped unexpectedly. Try again; if it stays, report it with the details.",
                )
                .with_detail(error))
            })
    }

    /// RFC 3339 in UTC with milliseconds.
    pub(crate) fn now(&self) -> String {
        timestamp(self.ports.clock.now())
    }
}

impl Workspace {
    /// Makes what the first search needs ready behind the first rows, once.
    pub(crate) fn warm(self: &Arc<Self>) {
        self.warmed.call_once(|| {
            let workspace = self.clone();
            // A thread of its own: a program that ends does not wait for it.
            std::thread::spawn(move || {
                std::thread::sleep(DRAWING);
                workspace.directory.table().text();
            });
        });
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("data", &self.store.path())
            .finish_non_exhaustive()
    }
}

/// RFC 3339 in UTC with milliseconds, as the store keeps it.
pub(crate) fn timestamp(at: jiff::Timestamp) -> String {
    format!("{at:.3}")
}

/// A panic elsewhere does not make the data behind a lock wrong: every change is made in one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
