//! Again where that is safe, never where it is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use scim::retry::parse_retry_after;
use scim::{Error, Options, Pace, Patch, QuotaSpent, Resource, Retry};
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use crate::service::*;

/// Fails the first `times` requests with `failure`, then answers a person.
async fn failing(
    times: usize,
    failure: impl Fn() -> ResponseTemplate + Send + Sync + 'static,
) -> (MockServer, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let server = serve(move |_| {
        if counted.fetch_add(1, Ordering::SeqCst) < times {
            failure()
        } else {
            ok(json!({"id": "1"}))
        }
    })
    .await;
    (server, calls)
}

fn with_clock() -> (Options, Arc<TestClock>) {
    let clock = Arc::new(TestClock::default());
    (
        Options {
            retry: Retry {
                clock: clock.clone(),
                ..Retry::default()
            },
            ..Options::default()
        },
        clock,
    )
}

#[tokio::test]
async fn reads_are_tried_again_after_every_passing_failure() {
    for status in [429, 500, 502, 503, 504, 408] {
        let (server, _) = failing(2, move || ResponseTemplate::new(status)).await;
        let found = client(&server).get("1").await;
        assert!(found.unwrap().is_some(), "{status}");
    }
}

#[tokio::test]
async fn writes_are_tried_again_only_if_certainly_not_processed() {
    let safe: [fn() -> ResponseTemplate; 2] = [
        || ResponseTemplate::new(429),
        || ResponseTemplate::new(503).insert_header("retry-after", "1"),
    ];
    for failure in safe {
        let (server, calls) = failing(2, failure).await;
        client(&server).create(&Resource::user()).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), 3);
    }
    for status in [500, 502, 503, 504, 408] {
        let (server, calls) = failing(1, move || ResponseTemplate::new(status)).await;
        let error = client(&server).create(&Resource::user()).await.unwrap_err();
        assert!(
            matches!(error, Error::Ambiguous(_)),
            "{status} may have happened: {error:?}"
        );
        assert_eq!(
            calls.load(Ordering::SeqCst),
            1,
            "{status}: a second try could make a second person"
        );
    }
}

#[tokio::test]
async fn a_clock_set_back_does_not_make_a_pause_longer() {
    let (server, _) = failing(1, || {
        ResponseTemplate::new(429).insert_header("retry-after", "2")
    })
    .await;
    let (options, clock) = with_clock();
    let client = client_with(&server, options);
    client.get("1").await.unwrap();
    clock.set_back(Duration::from_secs(86_400));
    client.get("1").await.unwrap();
    let longest = clock.slept().into_iter().max();
    assert!(
        longest.is_some_and(|longest| longest < Duration::from_secs(120)),
        "a day's correction of the clock is no reason to stand still for a day: {longest:?}"
    );
}

#[tokio::test]
async fn refusals_are_final() {
    for status in [400, 401, 403, 404, 409, 412, 413, 422, 501] {
        let (server, calls) = failing(9, move || ResponseTemplate::new(status)).await;
        let error = client(&server)
            .patch("1", &Patch::new(vec![]), None)
            .await
            .unwrap_err();
        assert!(
            !matches!(error, Error::Ambiguous(_)),
            "{status} was not carried out: {error:?}"
        );
        assert_eq!(calls.load(Ordering::SeqCst), 1, "{status}");
    }
}

#[tokio::test]
async fn retry_after_in_seconds_and_as_a_date_is_kept() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    for after in [
        "7".to_owned(),
        httpdate::fmt_http_date(start + Duration::from_secs(7)),
    ] {
        let shown = after.clone();
        let (server, _) = failing(1, move || {
            ResponseTemplate::new(429).insert_header("retry-after", after.as_str())
        })
        .await;
        let (options, clock) = with_clock();
        client_with(&server, options).get("1").await.unwrap();
        let slept: Duration = clock.slept().iter().sum();
        assert!(
            slept >= Duration::from_secs(7) && slept < Duration::from_secs(9),
            "{shown}: {slept:?}"
        );
    }
}

#[tokio::test]
async fn without_retry_after_the_waits_grow() {
    let (server, _) = failing(4, || ResponseTemplate::new(503)).await;
    let (options, clock) = with_clock();
    client_with(&server, options).get("1").await.unwrap();
    let slept = clock.slept();
    assert_eq!(
        slept,
        [500, 1000, 2000, 4000].map(Duration::from_millis),
        "twice as long each time, with the jitter at its largest"
    );
}

#[tokio::test]
async fn a_wait_longer_than_patience_is_handed_back() {
    let (server, calls) = failing(1, || {
        ResponseTemplate::new(429).insert_header("retry-after", "1800")
    })
    .await;
    let error = client(&server).get("1").await.unwrap_err();
    assert!(
        matches!(error, Error::TooMany { retry_after: Some(wait), .. } if wait == Duration::from_secs(1800)),
        "the run pauses, not the client: {error:?}"
    );
    assert!(error.to_string().contains("30 minutes"), "{error}");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn it_gives_up_after_the_last_attempt() {
    let (server, calls) = failing(99, || ResponseTemplate::new(503)).await;
    let error = client(&server).get("1").await.unwrap_err();
    assert!(matches!(error, Error::Server { .. }));
    assert_eq!(calls.load(Ordering::SeqCst), 5);
}

struct Spent;

impl Pace for Spent {
    fn take(&self, _: u32) -> futures::future::BoxFuture<'_, Result<(), QuotaSpent>> {
        Box::pin(std::future::ready(Err(QuotaSpent {
            resumes: Some("2026-03-01T10:00:00Z".parse().unwrap()),
        })))
    }
}

#[tokio::test]
async fn a_spent_budget_sends_nothing() {
    let (server, calls) = failing(0, || ResponseTemplate::new(500)).await;
    let error = client_with(
        &server,
        Options {
            pace: Arc::new(Spent),
            ..options()
        },
    )
    .create(&Resource::user())
    .await
    .unwrap_err();
    assert!(
        matches!(error, Error::Quota { .. }) && error.to_string().contains("10:00 UTC"),
        "{error}"
    );
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[derive(Default)]
struct Counting(AtomicUsize);

impl Pace for Counting {
    fn take(&self, operations: u32) -> futures::future::BoxFuture<'_, Result<(), QuotaSpent>> {
        self.0.fetch_add(operations as usize, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(())))
    }
}

#[tokio::test]
async fn every_try_and_every_bulk_operation_is_counted() {
    let (server, _) = failing(2, || ResponseTemplate::new(429)).await;
    let pace = Arc::new(Counting::default());
    let client = client_with(
        &server,
        Options {
            pace: pace.clone(),
            ..options()
        },
    );
    client.get("1").await.unwrap();
    assert_eq!(
        pace.0.load(Ordering::SeqCst),
        3,
        "tries again cost as much as first tries"
    );
    let operations: Vec<_> = (0..7)
        .map(|n| scim::BulkOperation::Delete {
            id: n.to_string(),
            etag: None,
        })
        .collect();
    client
        .bulk(
            &operations,
            scim::BulkLimits {
                max_operations: 100,
                max_payload: 1_000_000,
            },
        )
        .await;
    assert_eq!(
        pace.0.load(Ordering::SeqCst),
        10,
        "a bulk request costs as much as the operations in it"
    );
}

#[test]
fn no_backoff_is_longer_than_the_ceiling() {
    let retry = Retry {
        clock: Arc::new(TestClock::default()),
        ..Retry::default()
    };
    assert_eq!(retry.wait(40, None), Some(Duration::from_secs(30)));
}

#[test]
fn a_date_beyond_every_clock_is_a_long_wait_and_no_more() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    assert_eq!(
        parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now),
        parse_retry_after("1e300", now),
        "as the largest number of seconds is"
    );
}

proptest! {
    #[test]
    fn any_retry_after_is_read_or_left(text in ".{0,40}", seconds in any::<i64>()) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let _ = parse_retry_after(&text, now);
        let parsed = parse_retry_after(&seconds.to_string(), now);
        prop_assert_eq!(parsed.is_some(), seconds >= 0);
    }

    #[test]
    fn a_date_to_come_is_that_far_away(seconds in 0u64..10_000_000) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let text = httpdate::fmt_http_date(now + Duration::from_secs(seconds));
        prop_assert_eq!(parse_retry_after(&text, now), Some(Duration::from_secs(seconds)));
    }
}
