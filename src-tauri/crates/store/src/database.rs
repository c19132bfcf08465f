//! One writer thread, a small pool of read-only connections.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::{Error, Result, error, migrations};

/// How long a statement waits for another process before [`Error::Busy`].
const BUSY: Duration = Duration::from_secs(10);
/// Idle read connections that are kept; more are opened when needed and closed after use.
const IDLE_READERS: usize = 4;

/// Bytes of a page, for a file that is made new: people are larger than SQLite's default likes.
const PAGE: u32 = 8_192;
/// Pages of the write-ahead log (128 MB) at which whoever writes copies them into the file. Far more than
/// SQLite's own default: a first sync should not be held up by it, and copies itself at its end.
const LOG: u32 = 16_384;
/// Kilobytes of the file the writer keeps in memory while it writes: what one transaction of a first sync
/// touches, so that no page goes to the log twice or has to be read back. Given back in [`Store::tidy`].
const CACHE: i32 = 24 << 10;
/// What the log keeps of its room on the disk once it has been copied, in bytes.
const LOG_KEEPS: u32 = 16 << 20;

/// Bytes of the file that [`Store::read_through`] maps, where the system has room for it.
const MAPPED: i64 = 1 << 36;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The open file. Cheap to clone; the writer thread ends when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    idle: Mutex<Vec<Connection>>,
    /// SQLite's count of commits by others, up to which what is in memory was read.
    others: AtomicI64,
}

/// What other processes have written by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elsewhere(i64);

/// A write that is queued. It takes place whether or not anybody waits for it.
#[must_use = "a write can fail, and says so here"]
pub struct Pending<T, E>(oneshot::Receiver<Result<T, E>>);

impl<T, E: From<Error>> Pending<T, E> {
    /// Blocks until it is done. Not for a thread that runs tasks.
    pub fn wait(self) -> Result<T, E> {
        self.0
            .blocking_recv()
            .unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// What came of it, when it is done already; otherwise the wait, to go on with.
    pub fn try_wait(mut self) -> Result<Result<T, E>, Self> {
        match self.0.try_recv() {
            Ok(outcome) => Ok(outcome),
            Err(oneshot::error::TryRecvError::Empty) => Err(self),
            Err(oneshot::error::TryRecvError::Closed) => Ok(Err(Error::Closed.into())),
        }
    }

    /// As [`Pending::wait`], for a task.
    pub async fn done(self) -> Result<T, E> {
        self.0.await.unwrap_or_else(|_| Err(Error::Closed.into()))
    }
}

/// Reads, and only reads: the file is opened read-only underneath. It sees one moment for as long as
/// one closure runs.
pub struct Reader<'a>(Transaction<'a>);

/// The writing end of one transaction: all of it is kept, or none. It can read what it is about to
/// change, hence the [`Deref`].
pub struct Writer<'a>(Reader<'a>);

impl Reader<'_> {
    /// Only this crate names rusqlite, so statements stay inside it.
    pub(crate) fn raw(&self) -> &Connection {
        &self.0
    }
}

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.0
    }
}

impl Store {
    /// Opens the file, making it and its folder when missing, and brings it up to this version's format.
    ///
    /// # Errors
    /// [`Error::Newer`] for a file of a later Muster, [`Error::File`] when the folder can't be made or
    /// read, [`Error::Sqlite`] when the file is no database.
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Error::File {
                path: folder.to_owned(),
                source,
            })?;
        }
        error::at_work_on(path);
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "page_size", PAGE)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        wait_for_disk(&connection, true)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG)?;
        connection.pragma_update(None, "journal_size_limit", LOG_KEEPS)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -CACHE)?;
        connection.set_prepared_statement_cache_capacity(64);
        migrations::migrate(&mut connection, path)?;

        let others = data_version(&connection)?;

        let (jobs, queue) = mpsc::channel::<Job>();
        let file = path.to_owned();
        let writer = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                error::at_work_on(&file);
                for job in queue {
                    job(&mut connection);
                }
            })
            .map_err(|source| Error::File {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                jobs: Some(jobs),
                writer: Some(writer),
                idle: Mutex::default(),
                others: AtomicI64::new(others),
            }),
        })
    }

    /// Where the data lives.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Whether another process has written to the file since [`Store::caught_up`], or since it was opened, so that what is
    /// held in memory may be out of date. Blocks like [`Store::write`].
    pub fn changed_elsewhere(&self) -> Result<Option<Elsewhere>> {
        // The writing connection's own commits don't count in its `data_version`, and readers make none.
        let now = self.write(|writer| data_version(writer.raw()))?;
        let seen = self.inner.others.load(Ordering::Relaxed);
        Ok((now != seen).then_some(Elsewhere(now)))
    }

    /// What is held in memory has been read again.
    pub fn caught_up(&self, others: Elsewhere) {
        self.inner.others.store(others.0, Ordering::Relaxed);
    }

    /// As [`Store::write`], of what is true for as long as nothing was [changed elsewhere](Store::changed_elsewhere).
    /// `None`, and nothing is done, when something was.
    pub fn write_if_alone<T, E>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<Option<T>, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let others = self.inner.others.load(Ordering::Relaxed);
        self.write(move |writer| {
            let alone = data_version(writer.raw())? == others;
            alone.then(|| work(writer)).transpose()
        })
    }

    /// Runs `work` on one consistent moment of the data, on the calling thread.
    pub fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.inner.reader()?;
        let outcome = {
            let transaction = connection.transaction().map_err(Error::from)?;
            work(&Reader(transaction))
        };
        self.inner.put_back(connection);
        outcome
    }

    /// As [`Store::read`] for one pass over much of the file: pages are mapped rather than copied, and the
    /// mapping goes with the connection, so that a directory that has been read does not stay in memory twice.
    pub fn read_through<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.inner.open_reader()?;
        connection
            .pragma_update(None, "mmap_size", MAPPED)
            .map_err(Error::from)?;
        let transaction = connection.transaction().map_err(Error::from)?;
        work(&Reader(transaction))
    }

    /// Runs `work` as one transaction on the writer thread and waits for it, blocking the calling
    /// thread. Kept when it returns `Ok`, rolled back otherwise.
    pub fn write<T, E>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, outcome) = mpsc::sync_channel(1);
        self.inner.queue(Box::new(move |connection| {
            // Nobody waits any more when the receiver is gone; the work is kept all the same.
            let _ = answer.send(transact(connection, work));
        }))?;
        outcome.recv().unwrap_or_else(|_| Err(Error::Closed.into()))
    }

    /// [`Store::write`] without blocking the calling task.
    pub async fn write_async<T, E>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner
            .queue_for(move |connection| transact(connection, work))?
            .done()
            .await
    }

    /// A write that is queued, of what the service can tell again: its transaction is as whole as any, but
    /// nobody waits for the disk to have it. After a loss of power the file may be as it was before it;
    /// whatever [`Store::write`] keeps later takes it along.
    pub fn write_behind<T, E>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<Pending<T, E>>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner.queue_for(move |connection| {
            wait_for_disk(connection, false)?;
            let outcome = transact(connection, work);
            wait_for_disk(connection, true)?;
            outcome
        })
    }

    /// Copies what scans left in the write-ahead log into the file and gives back the memory they took, after
    /// whatever is queued; nobody need wait.
    pub fn tidy(&self) -> Result<()> {
        self.inner.queue(Box::new(|connection| {
            // What can't be copied now, because somebody reads, is copied another time.
            let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            let _ = connection.release_memory();
        }))
    }
}

/// With `true` what is kept survives a loss of power, not only a crash of this process: a `sending` that is
/// forgotten would be sent twice.
fn wait_for_disk(connection: &Connection, wait: bool) -> Result<()> {
    let synchronous = if wait { "full" } else { "normal" };
    Ok(connection.pragma_update(None, "synchronous", synchronous)?)
}

fn data_version(connection: &Connection) -> Result<i64> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

fn transact<T, E: From<Error>>(
    connection: &mut Connection,
    work: impl FnOnce(&Writer<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(Error::from)?;
    let writer = Writer(Reader(transaction));
    let kept = work(&writer)?;
    let Writer(Reader(transaction)) = writer;
    transaction.commit().map_err(Error::from)?;
    Ok(kept)
}

impl Inner {
    fn reader(&self) -> Result<Connection> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        self.open_reader()
    }

    fn open_reader(&self) -> Result<Connection> {
        let connection = Connection::open_with_flags(
            &self.path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }

    fn put_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
    }

    fn queue_for<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<Pending<T, E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        self.queue(Box::new(move |connection| {
            // Nobody waits any more when the receiver is gone; the work is kept all the same.
            let _ = answer.send(work(connection));
        }))?;
        Ok(Pending(outcome))
    }

    fn queue(&self, job: Job) -> Result<()> {
        self.jobs
            .as_ref()
            .and_then(|jobs| jobs.send(job).ok())
            .ok_or(Error::Closed)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Closing the channel lets the writer finish what is queued and end.
        self.jobs = None;
        let Some(writer) = self.writer.take() else {
            return;
        };
        // A job may hold the last clone, in which case this is the writer thread itself.
        if writer.thread().id() != thread::current().id() {
            let _ = writer.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        let outcome: Result<()> = store.write(|writer| {
            writer.raw().execute(
                "INSERT INTO anchors VALUES ('2026-11-23', 1, x'00', 'now')",
                [],
            )?;
            Err(Error::damaged("anchor", "made to fail"))
        });
        assert!(outcome.is_err(), "the closure's error is the answer");
        let anchors: u32 = store
            .read(|reader| {
                Ok::<_, Error>(reader.raw().query_one(
                    "SELECT count(*) FROM anchors",
                    [],
                    |row| row.get(0),
                )?)
            })
            .expect("reads");
        assert_eq!(anchors, 0, "a transaction is kept whole or not at all");
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("muster.db");
        drop(Store::open(&path).expect("opens"));
        Connection::open(&path)
            .and_then(|connection| connection.pragma_update(None, "user_version", 999))
            .expect("marks the file");
        assert!(
            matches!(Store::open(&path), Err(Error::Newer { found: 999, .. })),
            "an older program must not touch a format it does not know"
        );
    }

    #[test]
    fn what_another_process_wrote_is_noticed_until_it_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("muster.db");
        let ours = Store::open(&path).expect("opens");
        let theirs = Store::open(&path).expect("opens again");
        let anchor = |day: &'static str| {
            move |writer: &Writer<'_>| {
                writer
                    .raw()
                    .execute("INSERT INTO anchors VALUES (?1, 1, x'00', 'now')", [day])?;
                Ok::<_, Error>(())
            }
        };
        let changed = || ours.changed_elsewhere().expect("asks");
        let alone = || {
            let wrote = ours.write_if_alone(|_| Ok::<_, Error>(()));
            wrote.expect("asks").is_some()
        };
        ours.write(anchor("2026-11-22")).expect("writes");
        assert_eq!(changed(), None, "our own writing is no news");
        assert!(alone(), "nobody else has written");
        theirs.write(anchor("2026-11-23")).expect("writes");
        assert!(!alone(), "what we hold may be out of date");
        let others = changed().expect("theirs is news");
        assert_eq!(changed(), Some(others), "until it is read");
        ours.caught_up(others);
        assert_eq!(changed(), None, "and not after");
        assert!(alone());
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        let outcome: Result<usize> =
            store.read(|reader| Ok(reader.raw().execute("DELETE FROM anchors", [])?));
        assert!(outcome.is_err(), "the file is opened read-only for readers");
    }
}
