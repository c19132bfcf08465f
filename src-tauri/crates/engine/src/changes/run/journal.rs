//! The journal's writes, gathered: what several items want kept at the same moment goes to disk in one
//! transaction, so that being certain costs little.

use store::{Store, Writer};
use tokio::sync::{mpsc, oneshot};

use crate::error::{Code, Error, Result};

type Entry = Box<dyn FnOnce(&Writer<'_>) -> store::Result<()> + Send>;
type Waiting = (Entry, oneshot::Sender<Result<()>>);

/// Entries in one transaction; more would make the first ones wait.
const TOGETHER: usize = 256;

/// The writing end. The task behind it ends when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Journal {
    entries: mpsc::UnboundedSender<Waiting>,
}

impl Journal {
    /// Needs a tokio runtime.
    pub(crate) fn open(store: Store) -> Self {
        let (entries, queue) = mpsc::unbounded_channel();
        tokio::spawn(keep(store, queue));
        Self { entries }
    }

    /// Returns once the entry is on disk.
    ///
    /// # Errors
    /// What the disk says. Nothing of the entry was kept then.
    pub(crate) async fn keep(
        &self,
        entry: impl FnOnce(&Writer<'_>) -> store::Result<()> + Send + 'static,
    ) -> Result<()> {
        let (kept, outcome) = oneshot::channel();
        if self.entries.send((Box::new(entry), kept)).is_err() {
            return Err(closed());
        }
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }
}

async fn keep(store: Store, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    while let Some(first) = queue.recv().await {
        let mut together = vec![first];
        while together.len() < TOGETHER
            && let Ok(next) = queue.try_recv()
        {
            together.push(next);
        }
        let (entries, waiting): (Vec<Entry>, Vec<_>) = together.into_iter().unzip();
        let outcome = store
            .write_async(move |writer| {
                for entry in entries {
                    entry(writer)?;
                }
                Ok::<_, store::Error>(())
            })
            .await
            .map_err(Error::from);
        for one in waiting {
            // Nobody waits any more when the run was dropped; what is kept is kept.
            let _ = one.send(outcome.clone());
        }
    }
}

fn closed() -> Error {
    Error::new(
        Code::Failed,
        "Muster is closing, so this step was not written down. It goes on at the next start.",
    )
}
