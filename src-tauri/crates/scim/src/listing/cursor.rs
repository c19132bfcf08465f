//! Cursors (RFC 9865): the absence of `nextCursor` is the only end, so everything that could make it go on for ever is counted.

use std::collections::HashSet;

use super::gather::{End, Fetched, Fetcher, Gather, Position, Stop};

/// Pages in a row that may bring nobody new before it counts as going round in circles.
const PATIENCE: u64 = 2;

pub(super) async fn walk(
    fetcher: &Fetcher,
    size: Option<u64>,
    first: Fetched,
    gather: &mut Gather,
) -> Result<End, Stop> {
    let mut used: HashSet<String> = HashSet::new();
    let mut page = first;
    let mut pages: u64 = 1;
    let mut stale = 0;
    let mut patience = PATIENCE;
    let mut restarted = false;
    loop {
        let next = page.next_cursor.take();
        if gather.take(page).await? == 0 {
            stale += 1;
        } else {
            stale = 0;
        }
        let Some(cursor) = next else {
            return Ok(End::Said);
        };
        if stale > patience || !used.insert(cursor.clone()) {
            return Ok(End::Repeats);
        }
        gather.record(|outcome| outcome.requests += 1);
        page = match fetcher.page(Position::Cursor(&cursor), size).await {
            Err(error)
                if !restarted
                    && (error.is_scim_type("expiredCursor")
                        || error.is_scim_type("invalidCursor")) =>
            {
                // From the beginning, once; those already seen are passed over, so the pages up to here bring nobody new.
                restarted = true;
                patience += pages;
                used.clear();
                gather.record(|outcome| outcome.requests += 1);
                fetcher.page(Position::Cursor(""), size).await?
            }
            other => other?,
        };
        pages += 1;
    }
}
