//! Bringing the mirror up to date: one full scan, compared person by person.
//!
//! Pages go to a thread of their own as they come ([`intake`]), so memory stays bounded by a few pages
//! whatever the directory's size. A listing that is not whole never makes anybody vanish; who is missing from
//! a whole one is asked for by id before being believed gone.

mod discover;
mod intake;
mod progress;
pub(crate) mod record;

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::{FutureExt, StreamExt};
use scim::{Client, Listing, Pagination, Resource};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    discover::{declared, is_fatal},
    record::{Recorder, differences},
};
use self::{
    intake::{Intake, Missing, Taken},
    progress::Progress,
};
use crate::{
    connection::SyncOutcome,
    engine::{Engine, lock, timestamp},
    error::{Code, Error, Result},
    ids::ConnectionId,
    ports::News,
    text::people,
};

/// Pages between the network and the disk: as many as come while one batch is written.
const PAGES_AHEAD: usize = 32;
/// People asked for per page.
const PAGE: u32 = 100;
/// Most disappearances that are confirmed one by one: this share of the directory in percent, within these
/// bounds.
const BELIEVED_PERCENT: usize = 5;
const BELIEVED: (usize, usize) = (5, 50);
/// How many of a mass disappearance are asked for.
const SPOT_CHECK: usize = 10;
/// Beyond this many changed people everything is read again rather than one by one.
const READ_ALL: usize = 20_000;

/// A sync, registered until this is dropped, however it ends.
struct UnderWay {
    engine: Arc<Engine>,
    id: ConnectionId,
    cancel: CancellationToken,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        lock(&self.engine.syncs).remove(&self.id);
    }
}

impl Engine {
    /// Starts a sync in the background; its progress and end are told through the ports.
    ///
    /// # Errors
    /// [`Code::Busy`] when one is under way.
    pub fn start_sync(self: &Arc<Self>, id: ConnectionId) -> Result<()> {
        let under_way = self.register(id)?;
        let engine = self.clone();
        self.spawn(async move {
            let scan = AssertUnwindSafe(engine.scan(id, under_way.cancel.clone()));
            let outcome = scan.catch_unwind().await.unwrap_or_else(|_| {
                Err(Error::new(
                    Code::Failed,
                    "The sync stopped unexpectedly. What was read is kept; sync again.",
                ))
            });
            drop(under_way);
            engine.tell(News::SyncEnded {
                connection: id,
                outcome,
            });
            let kept = engine.blocking(|engine| {
                engine.keep_first_rows();
                Ok(())
            });
            let _ = kept.await;
        });
        Ok(())
    }

    /// Ends a sync at the next page; what was read stays. Not an error when there is none.
    pub fn cancel_sync(&self, id: ConnectionId) {
        if let Some(cancel) = lock(&self.syncs).get(&id) {
            cancel.cancel();
        }
    }

    /// Whether a sync is under way.
    pub fn is_syncing(&self, id: ConnectionId) -> bool {
        lock(&self.syncs).contains_key(&id)
    }

    /// Syncs and waits for the end.
    ///
    /// # Errors
    /// [`Code::Busy`] while another sync or a run has the connection, [`Code::Token`], [`Code::Unreachable`] when nothing could be read at all,
    /// [`Code::Cancelled`]. A listing that breaks off later is an outcome that is not complete.
    pub async fn sync(self: &Arc<Self>, id: ConnectionId) -> Result<SyncOutcome> {
        let under_way = self.register(id)?;
        self.scan(id, under_way.cancel.clone()).await
    }

    fn register(self: &Arc<Self>, id: ConnectionId) -> Result<UnderWay> {
        let mut syncs = lock(&self.syncs);
        if syncs.contains_key(&id) {
            return Err(Error::new(
                Code::Busy,
                "This connection is being synced already. Wait for it to end, or cancel it.",
            ));
        }
        let cancel = CancellationToken::new();
        syncs.insert(id, cancel.clone());
        Ok(UnderWay {
            engine: self.clone(),
            id,
            cancel,
        })
    }

    async fn scan(
        self: &Arc<Self>,
        id: ConnectionId,
        cancel: CancellationToken,
    ) -> Result<SyncOutcome> {
        if self.first_directory(id).is_some() {
            // Not beside the reading of the mirror, which whoever asks for more waits for. One that can't be read is
            // no reason not to sync.
            let _ = self.blocking(move |engine| engine.workspace(id)).await;
        }
        let _hold = self.hold(id)?;
        self.all_read_back(id)?;
        let mut progress = Progress::new(id);
        let client = self.client(id).await?;
        let declared = tokio::select! {
            declared = declared(&client) => declared.map_err(failure)?,
            () = cancel.cancelled() => return Err(cancelled(0)),
        };
        let listing = listing(declared.config.pagination);
        let mut warnings = declared.warnings.clone();
        let mut requests = declared.requests;
        let (pages, received) = mpsc::channel::<Vec<Resource>>(PAGES_AHEAD);
        // From here on the mirror may be ahead of what is in memory, until that has caught up.
        lock(&self.behind).insert(id);
        let taking = {
            let (store, ports) = (self.store.clone(), self.ports.clone());
            tokio::task::spawn_blocking(move || {
                take(Intake::begin(store, ports, id, declared)?, received)
            })
        };
        let mut list = client.list(listing);
        let mut broken = None;
        let mut was_cancelled = false;
        // What has come out of the listing, which is a few pages ahead: a cancel leaves those behind.
        let mut read = 0;
        let mut pages_read = 0;
        loop {
            let page = tokio::select! {
                biased;
                () = cancel.cancelled() => {
                    was_cancelled = true;
                    break;
                }
                page = list.next() => page,
            };
            match page {
                None => break,
                Some(Err(error)) => {
                    broken = Some(error);
                    break;
                }
                Some(Ok(page)) => {
                    let expected = page.total.and_then(|total| u32::try_from(total).ok());
                    read += page.resources.len() as u32;
                    pages_read += 1;
                    if let Some(news) = progress.tell(read, expected, pages_read) {
                        self.tell(News::SyncProgress(news));
                    }
                    // The receiver is gone only when writing failed, and then says so below.
                    if pages.send(page.resources).await.is_err() {
                        break;
                    }
                }
            }
        }
        let listed = list.outcome();
        drop((list, pages));
        let mut intake = taking.await.map_err(|error| {
            Error::new(
                Code::Failed,
                "The sync stopped unexpectedly. What was read is kept; sync again.",
            )
            .with_detail(error)
        })??;
        requests += listed.requests as u32;
        let mut complete = listed.complete && broken.is_none() && !was_cancelled;
        if let Some(why) = &listed.why {
            warnings.push(why.clone());
        }
        if listed.unreadable > 0 {
            warnings.push(format!(
                "{} of the service's entries are no readable records and were left out.",
                listed.unreadable
            ));
        }
        let mut vanished = 0;
        if complete {
            let missing = intake.missing();
            let confirmed = confirm(&client, &mut intake, missing, &mut warnings).await?;
            vanished = confirmed.gone;
            requests += confirmed.asked;
            complete = confirmed.there == 0;
        }
        let finished = self.ports.clock.now();
        warnings.append(&mut intake.taken.warnings);
        let outcome = SyncOutcome {
            people: read,
            pages: pages_read,
            requests,
            seconds: progress.seconds(),
            added: intake.taken.added,
            changed: intake.taken.changed,
            vanished,
            complete,
            warnings,
            finished_at: timestamp(finished),
        };
        let fatal = broken.as_ref().is_some_and(|error| {
            listed.pages == 0
                || matches!(
                    error,
                    scim::Error::Unauthorized { .. } | scim::Error::Forbidden { .. }
                )
        });
        let mut outcome = outcome;
        if let Some(error) = &broken
            && !fatal
        {
            outcome.warnings.insert(
                0,
                format!(
                    "The listing broke off after {}. {error} {}",
                    people(outcome.people),
                    error.next_step()
                ),
            );
        }
        let to_the_end = broken.is_none() && !was_cancelled;
        self.end_scan(id, intake, &outcome, to_the_end).await?;
        match broken {
            Some(error) if fatal => Err(failure(error)),
            _ if was_cancelled => Err(cancelled(outcome.people)),
            _ => Ok(outcome),
        }
    }

    /// Keeps the outcome and brings the directory in memory up to date.
    async fn end_scan(
        self: &Arc<Self>,
        id: ConnectionId,
        intake: Intake,
        outcome: &SyncOutcome,
        to_the_end: bool,
    ) -> Result<()> {
        let kept = serde_json::to_string(outcome).expect("BUG: an outcome is plain values");
        // A directory that can never be listed whole has been read all the same.
        let synced_at = to_the_end.then(|| outcome.finished_at.clone());
        let first = (intake.is_first() && to_the_end)
            .then(|| intake.note(&format!("First sync: {}", people(intake.people()))));
        self.store
            .write_behind(move |writer| {
                writer.end_sync(id.0, &kept, synced_at.as_deref())?;
                if let Some(note) = first {
                    writer.append_history(&note)?;
                }
                Ok::<_, Error>(())
            })?
            .done()
            .await?;
        let taken = intake.taken;
        let moved = self
            .blocking(move |engine| {
                let moved = engine.catch_up(id, &taken)?;
                lock(&engine.behind).remove(&id);
                Ok(moved)
            })
            .await?;
        if moved {
            self.tell(News::DirectoryChanged(id));
        }
        // Last, since nothing waits for it: whatever is asked of the file after it would.
        self.store.tidy()?;
        Ok(())
    }

    /// Brings what is in memory up to what a sync wrote, and says whether that is another directory than before.
    fn catch_up(&self, id: ConnectionId, taken: &Taken) -> Result<bool> {
        // What the command line wrote meanwhile is in the mirror, so this sync found no difference.
        if let Some(others) = self.store.changed_elsewhere()? {
            for workspace in self.open_workspaces() {
                workspace.directory.reload()?;
                if workspace.connection != id {
                    self.tell(News::DirectoryChanged(workspace.connection));
                }
            }
            self.store.caught_up(others);
            return Ok(true);
        }
        if taken.rows.is_empty() && !taken.attributes_changed {
            return Ok(false);
        }
        if let Some(workspace) = self.open_workspace(id) {
            if taken.attributes_changed || taken.rows.len() > READ_ALL {
                workspace.directory.reload()?;
            } else {
                workspace.directory.refresh(&taken.rows)?;
            }
        }
        Ok(true)
    }
}

/// Writes pages until there are no more.
fn take(mut intake: Intake, mut pages: mpsc::Receiver<Vec<Resource>>) -> Result<Intake> {
    while let Some(people) = pages.blocking_recv() {
        intake.page(people)?;
    }
    intake.finish()?;
    Ok(intake)
}

#[derive(Default)]
struct Confirmed {
    gone: u32,
    /// Left out by the listing and there all the same.
    there: u32,
    asked: u32,
}

/// Asks for those who were not listed, and marks as gone who is not there.
async fn confirm(
    client: &Client,
    intake: &mut Intake,
    missing: Vec<Missing>,
    warnings: &mut Vec<String>,
) -> Result<Confirmed> {
    if missing.is_empty() {
        return Ok(Confirmed::default());
    }
    let believed =
        (intake.people() as usize * BELIEVED_PERCENT / 100).clamp(BELIEVED.0, BELIEVED.1);
    let mass = missing.len() > believed;
    let step = if mass {
        missing.len().div_ceil(SPOT_CHECK)
    } else {
        1
    };
    let mut gone = Vec::new();
    let mut there = 0;
    let mut asked = 0;
    for candidate in missing.iter().step_by(step) {
        asked += 1;
        match client.get(&candidate.scim_id).await {
            Ok(None) => gone.push(candidate.clone()),
            Ok(Some(resource)) => {
                there += 1;
                intake.found_after_all(&resource)?;
            }
            Err(error) => {
                let nobody = if mass { "Nobody" } else { "Nobody else" };
                warnings.push(format!(
                    "{} not listed, and whether they are still there could not be asked. {nobody} was marked as gone. {error}",
                    were(missing.len())
                ));
                break;
            }
        }
    }
    let mut spot_check = None;
    if mass {
        if gone.len() == asked as usize && gone.len() > 1 {
            warnings.push(format!(
                "{} not listed any more, which is unusually many at once. {} of them were asked for by id and none is there, so all are marked as gone.",
                were(missing.len()),
                asked
            ));
            spot_check = Some(format!(
                "{} not listed any more; {asked} of them were asked for singly and are not there",
                were(missing.len())
            ));
            gone = missing;
        } else if there == 0 {
            // Why they could not be asked for is said already.
            gone.clear();
        } else {
            warnings.push(format!(
                "{} not listed, which is unusually many at once, and some of them are still there. Nobody was marked as gone; the listing leaves people out.",
                were(missing.len())
            ));
            gone.clear();
        }
    } else if there > 0 {
        warnings.push(format!(
            "The listing left out {} who {} still there.",
            people(there),
            if there == 1 { "is" } else { "are" }
        ));
    }
    intake.mark_gone(&gone, spot_check)?;
    Ok(Confirmed {
        gone: gone.len() as u32,
        there,
        asked,
    })
}

fn cancelled(read: u32) -> Error {
    Error::new(
        Code::Cancelled,
        format!(
            "The sync was cancelled after {}. What was read is kept.",
            people(read)
        ),
    )
}

/// How everybody is listed, for a sync and for a run alike, by what the service declares about paging.
pub(crate) fn listing(declared: Option<Pagination>) -> Listing {
    Listing {
        page_size: PAGE,
        declared,
        ..Listing::default()
    }
}

fn were(count: usize) -> String {
    let were = if count == 1 { "was" } else { "were" };
    format!("{} {were}", people(count as u32))
}

/// What a failed call is to a host: what was tried, what came back and what to do next.
pub(crate) fn failure(error: scim::Error) -> Error {
    let code = match &error {
        scim::Error::Unauthorized { .. } | scim::Error::UnusableToken => Code::Token,
        scim::Error::Unreachable { .. }
        | scim::Error::TimedOut { .. }
        | scim::Error::Dropped { .. }
        | scim::Error::Tls { .. } => Code::Unreachable,
        scim::Error::TooMany { .. } | scim::Error::Quota { .. } => Code::Precondition,
        _ => Code::Failed,
    };
    Error::new(code, format!("{error} {}", error.next_step())).with_detail(format!("{error:?}"))
}
