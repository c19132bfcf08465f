//! Counts and pages.

use super::*;

#[tokio::test]
async fn a_total_that_is_only_the_page_size_is_not_believed() {
    let all = people(1..=45);
    let server = serve(move |request| {
        let rows = window(&all, request, 10);
        let total = rows.len() as u64;
        ok(list_response(rows, Some(total)))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(
        listed.numbers(),
        (1..=45).collect::<Vec<_>>(),
        "the end is an empty page, not a number"
    );
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
}

#[tokio::test]
async fn overlapping_pages_bring_everybody_once() {
    let all = people(1..=45);
    let server = serve(move |request| {
        // Every page begins two rows too early.
        let start = (number(request, "startIndex").unwrap_or(1) - 3).max(0) as usize;
        let count = number(request, "count").unwrap_or(10) as usize;
        ok(list_response(
            all.iter().skip(start).take(count).cloned().collect(),
            Some(45),
        ))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(
        listed.numbers(),
        (1..=45).collect::<Vec<_>>(),
        "{:?}",
        listed.outcome
    );
    assert!(listed.outcome.duplicates > 0, "repeats are counted");
    assert!(listed.outcome.complete);
}

#[tokio::test]
async fn a_zero_based_start_index_does_not_lose_the_first_person() {
    let all = people(1..=45);
    let server = serve(move |request| {
        let start = number(request, "startIndex").unwrap_or(0).max(0) as usize;
        let count = number(request, "count").unwrap_or(10) as usize;
        ok(list_response(
            all.iter().skip(start).take(count).cloned().collect(),
            Some(45),
        ))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.numbers(), (1..=45).collect::<Vec<_>>());
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
}

#[tokio::test]
async fn rows_past_the_end_are_not_taken_for_more_people() {
    let all = people(1..=45);
    let server = serve(move |request| {
        let rows = window(&all, request, 10);
        // Past the end it shows the last page again.
        ok(list_response(
            if rows.is_empty() {
                all[35..].to_vec()
            } else {
                rows
            },
            Some(45),
        ))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 45);
    assert!(listed.outcome.complete, "{:?}", listed.outcome);
}

#[tokio::test]
async fn rows_dropped_in_the_middle_do_not_end_the_list() {
    let server = serve(|request| {
        let start = number(request, "startIndex").unwrap_or(1).max(1) as u64;
        let count = number(request, "count").unwrap_or(10).min(10) as u64;
        let rows: Vec<u64> = (start..start + count)
            .filter(|n| *n <= 60 && ![17, 18, 33].contains(n) && !(41..=50).contains(n))
            .collect();
        ok(list_response(people(rows), Some(60)))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(
        listed.outcome.people, 47,
        "everybody the service is willing to show, also behind a whole page of hidden ones"
    );
    assert!(
        !listed.outcome.complete,
        "thirteen are said to exist and are not shown"
    );
    assert!(
        listed
            .outcome
            .why
            .as_deref()
            .unwrap()
            .contains("13 are missing"),
        "{:?}",
        listed.outcome.why
    );
}

#[tokio::test]
async fn a_total_that_is_too_large_is_said_and_does_not_loop() {
    let all = people(1..=45);
    let server =
        serve(move |request| ok(list_response(window(&all, request, 10), Some(1_000_000)))).await;
    let listed = list(&client(&server), by_ten()).await;
    assert_eq!(listed.outcome.people, 45);
    assert!(!listed.outcome.complete && listed.outcome.why.unwrap().contains("999955 are missing"));
    assert!(listed.outcome.requests < 40, "{}", listed.outcome.requests);
}

#[tokio::test]
async fn the_next_page_may_be_empty_when_the_list_shrank() {
    let calls = AtomicUsize::new(0);
    let server = serve(move |request| {
        let all = if calls.fetch_add(1, Ordering::SeqCst) == 0 {
            people(1..=20)
        } else {
            people(1..=10)
        };
        let total = all.len() as u64;
        ok(list_response(window(&all, request, 10), Some(total)))
    })
    .await;
    let listed = list(&client(&server), by_ten()).await;
    assert!(
        listed.outcome.complete && listed.outcome.people == 10,
        "the last count is the one that holds: {:?}",
        listed.outcome
    );
}

#[tokio::test]
async fn totals_as_text_count() {
    let all = people(1..=25);
    let server = serve(move |request| {
        let mut body = list_response(window(&all, request, 10), None);
        body["totalResults"] = json!("25");
        ok(body)
    })
    .await;
    assert_eq!(
        list(&client(&server), by_ten()).await.outcome.expected,
        Some(25)
    );
}
