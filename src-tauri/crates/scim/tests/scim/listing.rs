//! Everybody, once, whatever the service does with pages; or a plain statement of what could not be had.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use scim::{Error, Listing, Paging};
use serde_json::json;

use crate::service::*;

#[tokio::test]
async fn a_correct_service_is_listed_whole_in_its_own_order() {
    let all = people(1..=95);
    let server =
        serve(move |request| ok(list_response(window(&all, request, 100), Some(95)))).await;
    let listed = list(&client(&server), by_ten()).await;
    let in_order: Vec<String> = (1..=95).map(|n: u64| n.to_string()).collect();
    assert_eq!(
        listed.ids, in_order,
        "pages fetched in parallel are handed on in order"
    );
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
    assert_eq!(listed.outcome.paging, Some(Paging::Index));
    assert_eq!(listed.outcome.expected, Some(95));
    assert!(
        listed.outcome.requests <= 12,
        "ten pages, and at most two more to be sure of the end: {}",
        listed.outcome.requests
    );
}

#[tokio::test]
async fn pages_are_fetched_at_the_same_time() {
    let all = people(1..=100);
    let server = serve(move |request| {
        ok(list_response(window(&all, request, 100), Some(100)))
            .set_delay(std::time::Duration::from_millis(60))
    })
    .await;
    let started = std::time::Instant::now();
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.ids.len(), 100);
    // Eleven requests one after the other take 660 ms.
    assert!(
        started.elapsed().as_millis() < 500,
        "four at a time should take about 240 ms, not {:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn an_empty_directory_is_complete() {
    let server = serve(|_| ok(json!({"totalResults": 0}))).await;
    let listed = list(&client(&server), by_ten()).await;
    assert!(
        listed.outcome.complete && listed.outcome.people == 0,
        "{:?}",
        listed.outcome
    );
}

#[tokio::test]
async fn a_service_that_says_people_and_shows_none_is_incomplete() {
    let server = serve(|_| ok(json!({"totalResults": 40, "Resources": []}))).await;
    let outcome = list(&client(&server), by_ten()).await.outcome;
    assert!(!outcome.complete, "forty people are said to exist");
    assert!(
        outcome.why.unwrap().contains("40 are missing"),
        "the number that could not be had is named"
    );
}

#[tokio::test]
async fn a_smaller_page_cap_than_asked_for_loses_nobody() {
    let all = people(1..=73);
    let server = serve(move |request| ok(list_response(window(&all, request, 7), Some(73)))).await;
    let listed = list(
        &client(&server),
        Listing {
            page_size: 50,
            ..Listing::default()
        },
    )
    .await;
    assert_eq!(listed.numbers(), (1..=73).collect::<Vec<_>>());
    assert!(listed.outcome.complete);
}

#[tokio::test]
async fn a_service_that_ignores_start_index_is_said_to_be_incomplete() {
    let all = people(1..=100);
    let server = serve(move |_| ok(list_response(all[..10].to_vec(), Some(100)))).await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 10);
    assert!(!listed.outcome.complete);
    assert!(
        listed
            .outcome
            .why
            .as_deref()
            .unwrap()
            .contains("90 are missing"),
        "{:?}",
        listed.outcome.why
    );
    assert!(
        listed.outcome.requests < 12,
        "it must not ask for the same page over and over: {}",
        listed.outcome.requests
    );
}

#[tokio::test]
async fn a_service_that_ignores_start_index_but_not_count_is_listed_whole() {
    let all = people(1..=100);
    let server = serve(move |request| {
        let count = number(request, "count").unwrap_or(10) as usize;
        ok(list_response(
            all.iter().take(count).cloned().collect(),
            Some(100),
        ))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(
        listed.outcome.people, 100,
        "asking for everybody on one page is worth one request"
    );
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
}

#[tokio::test]
async fn a_service_that_repeats_a_page_for_ever_with_no_total_ends_in_doubt() {
    let all = people(1..=10);
    let server = serve(move |_| ok(list_response(all.clone(), None))).await;
    let outcome = list(&client(&server), by_ten()).await.outcome;
    assert_eq!(outcome.people, 10);
    assert!(
        !outcome.complete,
        "nothing tells whether these ten are everybody"
    );
    assert!(
        outcome.why.unwrap().contains("not known"),
        "the doubt is said"
    );
    assert!(outcome.requests < 12);
}

#[tokio::test]
async fn a_full_page_repeated_with_its_own_size_as_the_total_ends_in_doubt() {
    // It may have ten people, or thousands that it never shows: the answers are the same.
    let all = people(1..=10);
    let server = serve(move |_| ok(list_response(all.clone(), Some(10)))).await;
    let outcome = list(&client(&server), by_ten()).await.outcome;
    assert!(
        !outcome.complete && outcome.why.is_some(),
        "a number nobody can vouch for is not called complete: {outcome:?}"
    );
}

#[tokio::test]
async fn beginning_again_past_the_end_is_told_from_ignoring_where_to_begin() {
    let all = people(1..=10);
    let server = serve(move |request| {
        let rows = window(&all, request, 10);
        ok(list_response(
            if rows.is_empty() { all.clone() } else { rows },
            Some(10),
        ))
    })
    .await;
    let outcome = list(&client(&server), by_ten()).await.outcome;
    assert!(
        outcome.complete && outcome.people == 10,
        "it shows the tenth person when asked for the tenth, so its total can be believed: {outcome:?}"
    );
}

#[tokio::test]
async fn everybody_at_once_whatever_is_asked_for_is_complete() {
    let all = people(1..=35);
    let server = serve(move |_| ok(list_response(all.clone(), Some(35)))).await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 35);
    assert!(
        listed.outcome.complete,
        "more came than was asked for, and as many as the service has: {:?}",
        listed.outcome
    );
}

#[tokio::test]
async fn past_the_end_may_be_a_refusal() {
    for status in [400, 404] {
        let all = people(1..=30);
        let server = serve(move |request| {
            let rows = window(&all, request, 10);
            if rows.is_empty() {
                scim_error(status, "invalidValue", "startIndex is too large")
            } else {
                ok(list_response(rows, Some(30)))
            }
        })
        .await;
        let listed = list(&client(&server), by_ten()).await;
        assert!(
            listed.error.is_none(),
            "everybody was seen; the refusal is only the end: {:?}",
            listed.error
        );
        assert!(listed.outcome.complete && listed.outcome.people == 30);
    }
}

#[tokio::test]
async fn a_page_that_is_not_found_is_no_end_where_nothing_says_how_many_there_are() {
    let all = people(1..=30);
    let server = serve(move |request| match number(request, "startIndex") {
        Some(21) => scim_error(404, "", "a gateway without its backend"),
        _ => ok(list_response(window(&all, request, 10), None)),
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert!(
        !listed.outcome.complete && listed.error.is_some(),
        "ten people were never shown: {:?}",
        listed.outcome
    );
}

#[tokio::test]
async fn a_refused_page_size_is_replaced_by_the_services_own() {
    let all = people(1..=30);
    let server = serve(move |request| {
        if number(request, "count").is_some_and(|count| count > 8) {
            return scim_error(400, "tooMany", "count may be at most 8");
        }
        ok(list_response(window(&all, request, 8), Some(30)))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 30, "{:?}", listed.error);
    assert!(listed.outcome.complete);
}

#[tokio::test]
async fn somebody_moved_over_a_page_border_while_listing_is_found() {
    // After the first page was read, its first person is deleted: everybody moves up by one, and the eleventh would be missed.
    let seen = AtomicUsize::new(0);
    let server = serve(move |request| {
        let first = seen.fetch_add(1, Ordering::SeqCst) == 0;
        let all = if first {
            people(1..=40)
        } else {
            people(2..=40)
        };
        let total = all.len() as u64;
        ok(list_response(window(&all, request, 10), Some(total)))
    })
    .await;
    let listed = list(
        &client(&server),
        Listing {
            ahead: 1,
            ..by_ten()
        },
    )
    .await;
    assert!(
        listed.numbers().contains(&11),
        "the count matches without the eleventh too, so only a second look finds them: {:?}",
        listed.outcome
    );
    assert!(
        listed.outcome.complete && listed.outcome.why.is_none(),
        "nobody is left out, and a count that fell is not wrong: {:?}",
        listed.outcome
    );
}

#[tokio::test]
async fn an_error_in_the_middle_ends_the_stream_and_is_said() {
    let all = people(1..=40);
    let server = serve(move |request| match number(request, "startIndex") {
        Some(21) => scim_error(403, "", "no"),
        _ => ok(list_response(window(&all, request, 10), Some(40))),
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert!(
        matches!(listed.error, Some(Error::Forbidden { .. })),
        "{:?}",
        listed.error
    );
    assert!(!listed.outcome.complete);
    assert!(listed.outcome.why.unwrap().contains("after 20 people"));
}

#[tokio::test]
async fn entries_without_an_id_are_counted_and_said() {
    let server = serve(|request| {
        let mut rows = people(1..=4);
        rows.push(json!({"userName": "nobody@example.com"}));
        ok(list_response(window(&rows, request, 10), Some(5)))
    })
    .await;
    let outcome = list(&client(&server), by_ten()).await.outcome;
    assert_eq!((outcome.people, outcome.unreadable), (4, 1));
    assert!(
        !outcome.complete,
        "somebody is there who could not be taken"
    );
}

#[tokio::test]
async fn dropping_the_stream_stops_asking() {
    let all = people(1..=1000);
    let server =
        serve(move |request| ok(list_response(window(&all, request, 10), Some(1000)))).await;
    let client = client(&server);
    let mut stream = client.list(by_ten());
    assert!(futures::StreamExt::next(&mut stream).await.is_some());
    drop(stream);
    assert!(
        client.requests() < 20,
        "only what was on its way: {}",
        client.requests()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever the size of the directory, the page, the cap and the total it claims: nobody twice, and complete means everybody.
    #[test]
    fn complete_means_everybody(
        size in 0u64..60,
        page_size in 1u32..25,
        cap in 1usize..25,
        hidden in proptest::collection::btree_set(1u64..60, 0..4),
        claim in prop_oneof![Just(None), Just(Some(0i64)), Just(Some(-3)), Just(Some(5))],
        zero_based in any::<bool>(),
        ahead in 1usize..6,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let visible: Vec<u64> = (1..=size).filter(|n| !hidden.contains(n)).collect();
            let dropped = hidden.clone();
            let server = serve(move |request| {
                let start = number(request, "startIndex").unwrap_or(1);
                let start = if zero_based { start.max(0) } else { start.max(1) - 1 } as usize;
                let count = (number(request, "count").unwrap_or(10).max(0) as usize).min(cap);
                // Rows are cut first and dropped then, as services with hidden people do.
                let rows: Vec<u64> = (1..=size).skip(start).take(count).filter(|n| !dropped.contains(n)).collect();
                let total = claim.map(|off| (size as i64 + off).max(0) as u64);
                ok(list_response(people(rows), total))
            }).await;
            let listed = list(&client(&server), Listing { page_size, ahead, ..Listing::default() }).await;
            prop_assert!(listed.error.is_none(), "{:?}", listed.error);
            let mut once = listed.numbers();
            once.dedup();
            prop_assert_eq!(once.len(), listed.ids.len(), "nobody twice");
            prop_assert!(listed.outcome.requests < 400, "bounded");
            if listed.outcome.complete && claim == Some(0) && hidden.iter().all(|n| *n > size) {
                prop_assert_eq!(listed.numbers(), visible, "complete, with an honest count, is everybody");
            }
            if !listed.outcome.complete {
                prop_assert!(listed.outcome.why.is_some(), "incomplete is always explained");
            }
            Ok(())
        })?;
    }
}
