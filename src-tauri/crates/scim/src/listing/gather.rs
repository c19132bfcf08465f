//! What both ways of paging share: fetching a page, keeping each person once, and saying at the end what was had.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use hashbrown::HashSet;
use reqwest::Method;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::{Listing, Outcome, Page, Paging, cursor, index};
use crate::endpoint::encode;
use crate::error::Error;
use crate::reply::{Trouble, envelope, json_of, text_of};
use crate::resource::Resource;
use crate::transport::{Request, Transport};

/// Why there are no more pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The service said so: an empty page, or no further cursor.
    Said,
    /// It only repeats what it has shown.
    Repeats,
}

pub(super) enum Stop {
    Failed(Box<Error>),
    /// Nobody reads the stream any more.
    Unwanted,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(Box::new(error))
    }
}

/// A page as fetched, repeats included.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub resources: Vec<Resource>,
    /// Entries on the page, readable or not: what index positions count.
    pub received: u64,
    pub total: Option<u64>,
    pub next_cursor: Option<String>,
    pub at: Option<Instant>,
}

pub(super) async fn walk(
    transport: Arc<Transport>,
    listing: Listing,
    outcome: Arc<Mutex<Outcome>>,
    sender: mpsc::Sender<Result<Page, Error>>,
) {
    let fetcher = Fetcher::new(transport, &listing);
    let mut gather = Gather {
        seen: HashSet::new(),
        outcome,
        sender,
        total: None,
        shrank: false,
    };
    match run(&fetcher, &listing, &mut gather).await {
        Ok(end) => gather.finish(end, &fetcher),
        Err(Stop::Unwanted) => {}
        Err(Stop::Failed(error)) => {
            gather.record(|outcome| {
                outcome.why = Some(format!(
                    "The list broke off after {} people. {error}",
                    outcome.people
                ));
            });
            // Nobody left to tell is fine: the outcome says it too.
            let _ = gather.sender.send(Err(*error)).await;
        }
    }
}

async fn run(fetcher: &Fetcher, listing: &Listing, gather: &mut Gather) -> Result<End, Stop> {
    let declared = listing.declared.unwrap_or_default();
    let declared_cursor = declared.cursor && (!declared.index || declared.cursor_by_default);
    let by_cursor = match listing.paging {
        Some(paging) => paging == Paging::Cursor,
        None => declared_cursor,
    };
    let start = if by_cursor {
        Position::Cursor("")
    } else {
        Position::Index(1)
    };
    let (by_cursor, (first, size)) = match fetcher.first(start, gather).await {
        Ok(first) => (by_cursor, first),
        // Where nothing is declared, cursors may still be all there is.
        Err(refused @ Error::Invalid { .. })
            if listing.paging.is_none() && !declared.index && !by_cursor =>
        {
            match fetcher.first(Position::Cursor(""), gather).await {
                Ok(first) => (true, first),
                Err(_) => return Err(refused.into()),
            }
        }
        Err(error) => return Err(error.into()),
    };
    let follows_cursor = match listing.paging {
        Some(paging) => paging == Paging::Cursor,
        // A service may force cursors on a request without one (RFC 9865 section 2.1).
        None => first.next_cursor.is_some() && (by_cursor || !declared.index),
    };
    let more_than_shown =
        first.next_cursor.is_none() && first.total.is_some_and(|total| total > first.received);
    if follows_cursor || (by_cursor && !more_than_shown) {
        gather.record(|outcome| outcome.paging = Some(Paging::Cursor));
        cursor::walk(fetcher, size, first, gather).await
    } else {
        gather.record(|outcome| outcome.paging = Some(Paging::Index));
        index::walk(fetcher, size, listing, first, gather).await
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Position<'a> {
    Index(u64),
    Cursor(&'a str),
}

/// Asks for pages.
#[derive(Clone)]
pub(super) struct Fetcher {
    transport: Arc<Transport>,
    filter: Option<String>,
    size: u64,
    /// Requests that may be on their way at the same time. What has come back and is being taken apart is not.
    lines: Arc<Semaphore>,
}

impl Fetcher {
    fn new(transport: Arc<Transport>, listing: &Listing) -> Fetcher {
        let largest = listing
            .declared
            .and_then(|declared| declared.max_page_size)
            .filter(|most| *most > 0)
            .unwrap_or(u32::MAX);
        let size = u64::from(listing.page_size.clamp(1, largest));
        let filter = listing.filter.as_ref().map(|filter| encode(&filter.text()));
        Fetcher {
            transport,
            filter,
            size,
            lines: Arc::new(Semaphore::new(listing.ahead.max(1))),
        }
    }

    /// The first page, and the page size to go on asking for. A service that refuses the size is asked for its own.
    async fn first(
        &self,
        start: Position<'_>,
        gather: &Gather,
    ) -> Result<(Fetched, Option<u64>), Error> {
        gather.record(|outcome| outcome.requests += 1);
        match self.page(start, Some(self.size)).await {
            Ok(page) => Ok((page, Some(self.size))),
            Err(error @ Error::Invalid { .. }) => {
                gather.record(|outcome| outcome.requests += 1);
                match self.page(start, None).await {
                    Ok(page) => Ok((page, None)),
                    Err(_) => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    pub async fn page(&self, position: Position<'_>, count: Option<u64>) -> Result<Fetched, Error> {
        let mut query: Vec<String> = Vec::new();
        if let Some(filter) = &self.filter {
            query.push(format!("filter={filter}"));
        }
        match position {
            Position::Index(start) => query.push(format!("startIndex={start}")),
            Position::Cursor(cursor) => query.push(format!("cursor={}", encode(cursor))),
        }
        if let Some(count) = count {
            query.push(format!("count={count}"));
        }
        let mut url = self.transport.endpoint().join(&["Users"]);
        url.set_query(Some(&query.join("&")));
        let host = self.transport.endpoint().host();
        let line = self
            .lines
            .acquire()
            .await
            .expect("BUG: nobody closes the lines");
        let reply = self
            .transport
            .send(Request {
                method: Method::GET,
                url,
                body: None,
                etag: None,
                operations: 1,
            })
            .await?;
        drop(line);
        if reply.status == 204 {
            return Ok(Fetched::default());
        }
        let trouble = |trouble| match trouble {
            Trouble::NotScim(what) => Error::NotScim {
                host: host.clone(),
                status: reply.status,
                what,
            },
            Trouble::Malformed(detail) => Error::Malformed {
                host: host.clone(),
                detail,
            },
        };
        let page = text_of(reply.body.into()).map_err(trouble)?;
        let text = json_of(&reply.content_type, &page).map_err(trouble)?;
        let envelope = envelope(text).map_err(trouble)?;
        let places: Vec<Range<usize>> = envelope
            .entries
            .iter()
            .map(|entry| {
                let start = entry.as_ptr() as usize - page.as_ptr() as usize;
                start..start + entry.len()
            })
            .collect();
        let (total, next_cursor) = (envelope.total, envelope.next_cursor);
        let page = Arc::new(page);
        Ok(Fetched {
            received: places.len() as u64,
            resources: places
                .into_iter()
                .filter_map(|place| Resource::of_page(&page, place))
                .collect(),
            total,
            next_cursor,
            at: Some(Instant::now()),
        })
    }

    /// The same, started now and waited for later.
    pub fn ahead(&self, start: u64, count: u64) -> Ahead {
        let fetcher = self.clone();
        Ahead {
            start,
            task: tokio::spawn(
                async move { fetcher.page(Position::Index(start), Some(count)).await },
            ),
        }
    }
}

/// A page on its way. Dropping it gives it up.
pub(super) struct Ahead {
    pub start: u64,
    task: JoinHandle<Result<Fetched, Error>>,
}

impl Ahead {
    pub async fn fetched(mut self) -> Result<Fetched, Error> {
        match (&mut self.task).await {
            Ok(fetched) => fetched,
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only dropping aborts it, and then nobody waits here; a runtime that shuts down does too.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Keeps each person once and the account of it all.
pub(super) struct Gather {
    seen: HashSet<Box<str>>,
    outcome: Arc<Mutex<Outcome>>,
    sender: mpsc::Sender<Result<Page, Error>>,
    /// `totalResults` as last said.
    pub total: Option<u64>,
    /// People were taken away while the list was read: those behind them moved up, perhaps over a page border.
    pub shrank: bool,
}

impl Gather {
    pub fn record<T>(&self, change: impl FnOnce(&mut Outcome) -> T) -> T {
        change(&mut self.outcome.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn people(&self) -> u64 {
        self.seen.len() as u64
    }

    /// How many the service says there are beyond those seen.
    pub fn missing(&self) -> u64 {
        let unreadable = self.record(|outcome| outcome.unreadable);
        self.total
            .unwrap_or(0)
            .saturating_sub(self.people() + unreadable)
    }

    /// Hands on those who are new and says how many they are.
    pub async fn take(&mut self, fetched: Fetched) -> Result<u64, Stop> {
        let readable = fetched.resources.len() as u64;
        let mut without_id = 0;
        let mut fresh = Vec::with_capacity(fetched.resources.len());
        for resource in fetched.resources {
            match resource.id() {
                Some(id) if self.seen.contains(id) => {}
                Some(id) => {
                    self.seen.insert(id.into());
                    fresh.push(resource);
                }
                None => without_id += 1,
            }
        }
        let new = fresh.len() as u64;
        if let Some(total) = fetched.total {
            // A total below those seen counts something else, such as the page.
            let counts = total >= self.people();
            self.shrank |= counts && self.total.is_some_and(|before| before > total);
            self.total = Some(total);
        }
        let (people, total) = (self.people(), self.total);
        let number = self.record(|outcome| {
            outcome.people = people;
            outcome.duplicates += readable - without_id - new;
            outcome.expected = total;
            outcome.pages += u64::from(new > 0);
            // A page that comes again must not count its unreadable entries again.
            if new > 0 || outcome.pages == 0 {
                outcome.unreadable += fetched.received - readable + without_id;
            }
            outcome.pages
        });
        if new > 0 {
            let page = Page {
                resources: fresh,
                total: self.total,
                number,
                at: fetched.at.unwrap_or_else(Instant::now),
            };
            self.sender
                .send(Ok(page))
                .await
                .map_err(|_| Stop::Unwanted)?;
        }
        Ok(new)
    }

    fn finish(&self, end: End, fetcher: &Fetcher) {
        let missing = self.missing();
        self.record(|outcome| {
            let people = outcome.people;
            let expected = outcome.expected;
            let again = "It gave the same people again instead of the next ones";
            // A full page, its own size as the total, and then the same again: nothing tells whether that was everybody.
            let doubtful = end == End::Repeats && outcome.pages <= 1 && people == fetcher.size && expected.is_none_or(|total| total <= people);
            outcome.complete = false;
            let again_by_cursor = end == End::Repeats && outcome.paging == Some(Paging::Cursor) && (outcome.pages <= 1 || expected != Some(people));
            outcome.why = match expected {
                Some(total) if missing > 0 && end == End::Repeats => {
                    Some(format!("The service says there are {total} people and showed {people}: {missing} are missing. {again}."))
                }
                Some(total) if missing > 0 => {
                    Some(format!("The service says there are {total} people and showed {people}: {missing} are missing."))
                }
                _ if outcome.unreadable > 0 => Some(format!(
                    "{} entries of the list could not be read; {people} people could.",
                    outcome.unreadable
                )),
                _ if again_by_cursor => Some(format!(
                    "The service showed {people} people and says that there are more. {again}, so it is not known whether that is everybody."
                )),
                _ if doubtful => Some(format!("The service showed {people} people. {again}, so it is not known whether that is everybody.")),
                None if end == End::Repeats && people <= fetcher.size => Some(format!(
                    "The service showed {people} people. {again} and does not say how many there are, so it is not known whether that is everybody."
                )),
                _ => {
                    outcome.complete = true;
                    expected.filter(|total| *total < people && !self.shrank).map(|total| {
                        format!("The service says there are {total} people, but it showed {people}. Its count is wrong; the list is whole.")
                    })
                }
            };
        });
    }
}
