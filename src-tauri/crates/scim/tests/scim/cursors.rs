//! Cursors (RFC 9865), and services that only half keep to them.

use std::sync::atomic::{AtomicUsize, Ordering};

use scim::{Listing, Pagination, Paging};
use serde_json::json;
use wiremock::{Request, ResponseTemplate};

use crate::service::*;

/// Cursors as RFC 9865 has them; the cursor is the position.
fn cursor_page(
    request: &Request,
    all: &[serde_json::Value],
    total: Option<u64>,
) -> ResponseTemplate {
    let at: usize = match query(request).get("cursor") {
        Some(cursor) if !cursor.is_empty() => cursor.trim_start_matches('c').parse().unwrap(),
        _ => 0,
    };
    let count = number(request, "count").unwrap_or(10) as usize;
    let rows: Vec<_> = all.iter().skip(at).take(count).cloned().collect();
    let mut body = list_response(rows, total);
    if at + count < all.len() {
        body["nextCursor"] = json!(format!("c{}", at + count));
    }
    ok(body)
}

fn cursors_only() -> Option<Pagination> {
    Some(Pagination {
        cursor: true,
        index: false,
        ..Pagination::default()
    })
}

#[tokio::test]
async fn a_cursor_that_brings_the_same_people_again_is_no_end() {
    let server = serve(|request| {
        let second = query(request)
            .get("cursor")
            .is_some_and(|cursor| !cursor.is_empty());
        let rows = if second { 11..=20 } else { 1..=10 };
        let mut page = list_response(people(rows), None);
        page["nextCursor"] = json!("again");
        ok(page)
    })
    .await;
    let listing = Listing {
        paging: Some(Paging::Cursor),
        ..by_ten()
    };
    let outcome = list(&client(&server), listing).await.outcome;
    assert_eq!(outcome.people, 20, "both pages were taken");
    assert!(
        !outcome.complete
            && outcome
                .why
                .as_deref()
                .is_some_and(|why| why.contains("more")),
        "the service still offers another page: {outcome:?}"
    );
}

#[tokio::test]
async fn a_service_that_declares_cursors_is_listed_by_cursor() {
    let all = people(1..=45);
    let server = serve(move |request| {
        assert!(
            number(request, "startIndex").is_none(),
            "index and cursor are never mixed"
        );
        cursor_page(request, &all, None)
    })
    .await;
    let listed = list(
        &client(&server),
        Listing {
            declared: cursors_only(),
            ..by_ten()
        },
    )
    .await;
    assert_eq!(listed.numbers(), (1..=45).collect::<Vec<_>>());
    assert!(
        listed.outcome.complete,
        "no further cursor is the end, with or without a total"
    );
    assert_eq!(
        (listed.outcome.paging, listed.outcome.requests),
        (Some(Paging::Cursor), 5)
    );
}

#[tokio::test]
async fn a_service_that_forces_cursors_unannounced_is_followed() {
    let all = people(1..=45);
    let server = serve(move |request| cursor_page(request, &all, Some(45))).await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 45);
    assert_eq!(
        listed.outcome.paging,
        Some(Paging::Cursor),
        "what it does counts where it declares nothing"
    );
}

#[tokio::test]
async fn index_is_preferred_where_both_are_declared() {
    let all = people(1..=45);
    let server = serve(move |request| {
        let mut body = list_response(window(&all, request, 10), Some(45));
        body["nextCursor"] = json!("tempting");
        ok(body)
    })
    .await;
    let both = Some(Pagination {
        cursor: true,
        index: true,
        ..Pagination::default()
    });
    let listed = list(
        &client(&server),
        Listing {
            declared: both,
            ..by_ten()
        },
    )
    .await;
    assert_eq!(
        listed.outcome.paging,
        Some(Paging::Index),
        "index pages can be fetched at the same time"
    );
    assert!(listed.outcome.complete);
}

#[tokio::test]
async fn a_cursor_page_may_be_short_or_empty_without_being_the_last() {
    let server = serve(|request| {
        let (rows, next) = match query(request).get("cursor").map(String::as_str) {
            None | Some("") => (people(1..=3), Some("b")),
            Some("b") => (Vec::new(), Some("c")),
            _ => (people(4..=6), None),
        };
        let mut body = list_response(rows, None);
        if let Some(next) = next {
            body["nextCursor"] = json!(next);
        }
        ok(body)
    })
    .await;
    let listed = list(
        &client(&server),
        Listing {
            declared: cursors_only(),
            ..by_ten()
        },
    )
    .await;
    assert_eq!(
        listed.outcome.people, 6,
        "only the absence of a cursor is the end (RFC 9865)"
    );
    assert!(listed.outcome.complete);
}

#[tokio::test]
async fn a_cursor_that_goes_round_in_circles_ends() {
    let calls = AtomicUsize::new(0);
    let server = serve(move |_| {
        let n = calls.fetch_add(1, Ordering::SeqCst);
        let mut body = list_response(people(1..=5), None);
        body["nextCursor"] = json!(format!("another{n}"));
        ok(body)
    })
    .await;
    let listed = list(
        &client(&server),
        Listing {
            declared: cursors_only(),
            ..by_ten()
        },
    )
    .await;
    assert_eq!(listed.outcome.people, 5);
    assert!(
        !listed.outcome.complete,
        "the service never said that this was all"
    );
    assert!(listed.outcome.requests < 10);
}

#[tokio::test]
async fn an_expired_cursor_starts_again_once_and_repeats_nobody() {
    let calls = AtomicUsize::new(0);
    let all = people(1..=45);
    let server = serve(move |request| {
        if calls.fetch_add(1, Ordering::SeqCst) == 3 {
            return scim_error(400, "expiredCursor", "The cursor has expired.");
        }
        cursor_page(request, &all, None)
    })
    .await;
    let listed = list(
        &client(&server),
        Listing {
            declared: cursors_only(),
            ..by_ten()
        },
    )
    .await;
    assert_eq!(
        listed.numbers(),
        (1..=45).collect::<Vec<_>>(),
        "{:?}",
        listed.error
    );
    assert!(listed.outcome.complete);
}

#[tokio::test]
async fn a_service_that_declares_cursors_and_pages_by_index_is_listed_by_index() {
    let all = people(1..=45);
    let server = serve(move |request| ok(list_response(window(&all, request, 10), Some(45)))).await;
    let listed = list(
        &client(&server),
        Listing {
            declared: cursors_only(),
            ..by_ten()
        },
    )
    .await;
    assert_eq!(
        listed.outcome.people, 45,
        "what it does wins over what it declares"
    );
    assert!(listed.outcome.complete);
}
