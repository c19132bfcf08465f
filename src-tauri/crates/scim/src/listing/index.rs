//! `startIndex` and `count` (RFC 7644 section 3.4.2.4), against services that treat either as they like.
//!
//! The list is cut into windows of the size the first page had. Windows are fetched ahead and taken in order. A window that comes back
//! short is asked for its rest, because some services drop rows and others send fewer than asked for.

use std::collections::VecDeque;

use super::Listing;
use super::gather::{Ahead, End, Fetched, Fetcher, Gather, Position, Stop};
use crate::error::Error;
use crate::resource::Resource;

pub(super) async fn walk(
    fetcher: &Fetcher,
    size: Option<u64>,
    listing: &Listing,
    first: Fetched,
    gather: &mut Gather,
) -> Result<End, Stop> {
    let step = first.received;
    let first_id = first
        .resources
        .first()
        .and_then(Resource::id)
        .map(str::to_owned);
    if gather.take(first).await? == 0 {
        return Ok(End::Said);
    }
    let mut end = windows(fetcher, step, listing.ahead.max(1), gather).await?;
    if (gather.missing() > 0 || gather.shrank) && end == End::Said {
        // Some services count from zero, so the first person was passed over.
        if gather.missing() > 0
            && let Some(zero) = try_fetch(fetcher, 0, step, gather).await?
        {
            gather.take(zero).await?;
        }
        if (gather.missing() > 0 || gather.shrank) && listing.rescan {
            rescan(fetcher, step, listing.ahead.max(1), gather).await?;
        }
    } else if end == End::Repeats {
        let in_doubt = size.is_none_or(|size| gather.people() == size);
        if gather.missing() == 0
            && in_doubt
            && honours_start(fetcher, step, first_id.as_deref(), gather).await?
        {
            return Ok(End::Said);
        }
        // A service that ignores where to start may still honour how many.
        let wanted = gather.total.unwrap_or(0).max(step.saturating_mul(2));
        if (gather.missing() > 0 || in_doubt)
            && let Some(all) = try_fetch(fetcher, 1, wanted, gather).await?
        {
            let received = all.received;
            let new = gather.take(all).await?;
            if new > 0 && received < wanted {
                end = End::Said;
            }
        }
    }
    Ok(end)
}

/// Some services begin again at the first person when asked for somebody past the last. That is told from a service that always begins
/// there by asking for the last person alone.
async fn honours_start(
    fetcher: &Fetcher,
    last: u64,
    first_id: Option<&str>,
    gather: &Gather,
) -> Result<bool, Stop> {
    if last < 2 || gather.total.is_none() {
        return Ok(false);
    }
    let shown = try_fetch(fetcher, last, 1, gather).await?;
    let shown_id = shown
        .as_ref()
        .and_then(|page| page.resources.first())
        .and_then(Resource::id);
    Ok(shown_id.is_some() && shown_id != first_id)
}

async fn windows(
    fetcher: &Fetcher,
    step: u64,
    most: usize,
    gather: &mut Gather,
) -> Result<End, Stop> {
    let mut ahead: VecDeque<Ahead> = VecDeque::new();
    let mut next = 1 + step;
    let mut taken = 0;
    loop {
        // One window beyond the total too: it brings the confirmation that there is nobody else. Where the total says nothing, or has
        // proved too small, look ahead further the longer it goes on.
        let trusted = gather.total.filter(|total| *total >= gather.people());
        let reach = match trusted {
            Some(total) => total.saturating_add(step),
            None => next.saturating_add(step.saturating_mul(taken)),
        };
        // Where the end is known, pages wait for their turn beside those on their way.
        let most = if trusted.is_some() { 2 * most } else { most };
        while ahead.len() < most && (ahead.is_empty() || next <= reach) {
            gather.record(|outcome| outcome.requests += 1);
            ahead.push_back(fetcher.ahead(next, step));
            next += step;
        }
        let window = ahead
            .pop_front()
            .expect("BUG: at least one window was just asked for");
        let end = take_window(fetcher, window, step, gather).await?;
        taken += 1;
        if let Some(end) = end {
            // A hole is not the end if what was fetched behind it has people.
            let mut behind = 0;
            while gather.missing() > 0
                && let Some(window) = ahead.pop_front()
            {
                let fetched = past_the_end(window.fetched().await, gather)?;
                behind += gather.take(fetched).await?;
            }
            if behind == 0 {
                return Ok(end);
            }
        }
    }
}

/// Takes one window whole. `Some` if it was the last.
async fn take_window(
    fetcher: &Fetcher,
    window: Ahead,
    step: u64,
    gather: &mut Gather,
) -> Result<Option<End>, Stop> {
    let start = window.start;
    let fetched = past_the_end(window.fetched().await, gather)?;
    let mut covered = fetched.received;
    if covered == 0 {
        gather.take(fetched).await?;
        return Ok(Some(End::Said));
    }
    let mut new = gather.take(fetched).await?;
    while new > 0 && covered < step {
        let rest = fetch(fetcher, start + covered, step - covered, gather).await?;
        let received = rest.received;
        let of_rest = gather.take(rest).await?;
        new += of_rest;
        covered += received;
        if received == 0 {
            let reached =
                gather.total.is_some_and(|total| total < start + step) && gather.missing() == 0;
            return Ok(reached.then_some(End::Said));
        }
        if of_rest == 0 {
            break;
        }
    }
    Ok((new == 0).then_some(End::Repeats))
}

/// People who were moved past a page border while the list was read turn up when the borders are elsewhere.
async fn rescan(
    fetcher: &Fetcher,
    step: u64,
    most: usize,
    gather: &mut Gather,
) -> Result<(), Stop> {
    let step = (step - step / 3).max(1);
    let last = gather
        .total
        .unwrap_or(0)
        .min(gather.people().saturating_mul(2));
    let mut ahead: VecDeque<Ahead> = VecDeque::new();
    let mut next = 1;
    // Whoever moved while people were taken away is missing from no count.
    let to_the_end = gather.shrank;
    while to_the_end || gather.missing() > 0 {
        while ahead.len() < most && next <= last {
            gather.record(|outcome| outcome.requests += 1);
            ahead.push_back(fetcher.ahead(next, step));
            next += step;
        }
        let Some(window) = ahead.pop_front() else {
            break;
        };
        let fetched = past_the_end(window.fetched().await, gather)?;
        if fetched.received == 0 {
            break;
        }
        gather.take(fetched).await?;
    }
    Ok(())
}

async fn fetch(
    fetcher: &Fetcher,
    start: u64,
    count: u64,
    gather: &Gather,
) -> Result<Fetched, Stop> {
    gather.record(|outcome| outcome.requests += 1);
    past_the_end(
        fetcher.page(Position::Index(start), Some(count)).await,
        gather,
    )
}

/// Something worth a try; a service that refuses it has refused nothing that is needed.
async fn try_fetch(
    fetcher: &Fetcher,
    start: u64,
    count: u64,
    gather: &Gather,
) -> Result<Option<Fetched>, Stop> {
    gather.record(|outcome| outcome.requests += 1);
    match fetcher.page(Position::Index(start), Some(count)).await {
        Ok(fetched) => Ok(Some(fetched)),
        Err(Error::Invalid { .. } | Error::NotFound { .. } | Error::TooLarge { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Some services answer a start beyond the last person with a refusal; that is an empty page, if everybody has been seen.
fn past_the_end(fetched: Result<Fetched, Error>, gather: &Gather) -> Result<Fetched, Stop> {
    match fetched {
        Err(Error::NotFound { .. } | Error::Invalid { .. })
            if gather.missing() == 0 && gather.total.is_some() =>
        {
            Ok(Fetched::default())
        }
        other => Ok(other?),
    }
}
