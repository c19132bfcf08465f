//! Everybody, page by page (RFC 7644 section 3.4.2.4, RFC 9865).

mod cursor;
mod gather;
mod index;

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::config::Pagination;
use crate::error::Error;
use crate::filter::Filter;
use crate::resource::Resource;
use crate::transport::Transport;

/// How to list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// People asked for per page; the service may send fewer.
    pub page_size: u32,
    /// Index pages fetched at the same time. Cursors can't be fetched ahead.
    pub ahead: usize,
    /// Only those who match; the service must be one that filters.
    pub filter: Option<Filter>,
    /// What the service declares about paging, from [`crate::ServiceConfig::pagination`].
    pub declared: Option<Pagination>,
    /// Use this way whatever is declared.
    pub paging: Option<Paging>,
    /// If people are missing at the end, go through once more with other page borders.
    pub rescan: bool,
}

impl Default for Listing {
    fn default() -> Listing {
        Listing {
            page_size: 100,
            ahead: 4,
            filter: None,
            declared: None,
            paging: None,
            rescan: true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Paging {
    /// `startIndex` and `count`.
    Index,
    /// `cursor` and `count`.
    Cursor,
}

/// Pages that wait to be read from the stream before no more are taken in.
const PAGES_WAITING: usize = 4;

/// A page with the people not seen on an earlier one. Never empty.
#[derive(Clone, Debug)]
pub struct Page {
    pub resources: Vec<Resource>,
    /// `totalResults` as last said: some services put the page size there.
    pub total: Option<u64>,
    /// From 1.
    pub number: u64,
    /// When it was received; it may have waited to be taken since.
    pub at: Instant,
}

/// What a listing came to. Read it after the stream has ended; before that it counts so far and `complete` is false.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Different people taken.
    pub people: u64,
    /// Times somebody came again, on the same or another page.
    pub duplicates: u64,
    /// Entries without an id or that are not records; they could not be taken.
    pub unreadable: u64,
    /// What the service says there should be.
    pub expected: Option<u64>,
    /// Whether the service signalled the end and nobody is known to be missing.
    pub complete: bool,
    /// Pages with somebody new on them.
    pub pages: u64,
    /// Requests made, tries again not counted.
    pub requests: u64,
    /// Which way was used, once the first page is in.
    pub paging: Option<Paging>,
    /// If not complete, why, with the number; also said where the service's own count is wrong.
    pub why: Option<String>,
}

/// The stream of [`crate::Client::list`]. Ends after the first error. [`List::outcome`] tells whether it was everybody.
///
/// Pages are fetched and taken apart on tasks of their own, so they keep coming while the last one is being stored; dropping the
/// stream ends them.
pub struct List {
    state: State,
    outcome: Arc<Mutex<Outcome>>,
}

enum State {
    Idle(Option<(Arc<Transport>, Listing)>),
    Running {
        pages: mpsc::Receiver<Result<Page, Error>>,
        task: JoinHandle<()>,
    },
}

impl List {
    pub(crate) fn new(transport: Arc<Transport>, listing: Listing) -> List {
        List {
            state: State::Idle(Some((transport, listing))),
            outcome: Arc::default(),
        }
    }

    /// How it stands now; final once the stream has ended.
    pub fn outcome(&self) -> Outcome {
        self.outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Stream for List {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let State::Idle(start) = &mut self.state {
            let Some((transport, listing)) = start.take() else {
                return Poll::Ready(None);
            };
            let (sender, pages) = mpsc::channel(PAGES_WAITING);
            let task = tokio::spawn(gather::walk(
                transport,
                listing,
                Arc::clone(&self.outcome),
                sender,
            ));
            self.state = State::Running { pages, task };
        }
        let State::Running { pages, .. } = &mut self.state else {
            return Poll::Ready(None);
        };
        Poll::Ready(ready!(pages.poll_recv(context)))
    }
}

impl Drop for List {
    fn drop(&mut self) {
        if let State::Running { task, .. } = &self.state {
            task.abort();
        }
    }
}
