//! Everybody, page by page (RFC 7644 section 3.4.2.4, RFC 9865).

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use futures::Stream;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::config::Pagination;
use crate::error::Error;
use crate::filter::Filter;
use crate::resource::Resource;

/// How to list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// People asked for per page; the service may send fewer.
    pub page_size: u32,
    /// Index pages fetched at the same time. Cursors can't be fetched ahead.
    pub ahead: usize,
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

/// A page with the people not seen on an earlier one. Never empty.
#[derive(Clone, Debug)]
pub struct Page {
    pub resources: Vec<Resource>,
    /// `totalResults` as last said: some services put the page size there.
    pub total: Option<u64>,
    /// From 1.
    pub number: u64,
}

/// What a listing came to. Read it after the stream has ended; before that it counts so far and `complete` is false.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub people: u64,
    /// Times somebody came again, on the same or another page.
    pub duplicates: u64,
    /// Entries without an id or that are not records; they could not be taken.
    pub unreadable: u64,
    /// What the service says there should be.
    pub expected: Option<u64>,
    /// Whether the service signalled the end and nobody is known to be missing.
    pub complete: bool,
    pub pages: u64,
    pub requests: u64,
    pub paging: Option<Paging>,
    /// If not complete, why, with the number; also said where the service's own count is wrong.
    pub why: Option<String>,
}

/// The stream of [`crate::Client::list`]. Ends after the first error. [`List::outcome`] tells whether it was everybody.
pub struct List {
    pub(crate) pages: BoxStream<'static, Result<Page, Error>>,
    pub(crate) outcome: Arc<Mutex<Outcome>>,
}

impl List {
    pub fn outcome(&self) -> Outcome {
        self.outcome
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl Stream for List {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pages.as_mut().poll_next(context)
    }
}
