//! Filters and paging, as Peakon documents them and as other services get them wrong (items 7, 8 and 17).

use std::collections::HashSet;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::client::{Service, assert_error, company, id};

fn rows(page: &Value) -> Vec<String> {
    page["Resources"]
        .as_array()
        .map(|rows| rows.iter().map(|row| id(row).to_owned()).collect())
        .unwrap_or_default()
}

async fn page(service: &Service, start: usize, count: usize) -> Value {
    service
        .get(&format!("/Users?startIndex={start}&count={count}"))
        .await
}

#[tokio::test]
async fn four_filters_and_no_more() {
    let service = company(50).await;
    let person = service.somebody().await;
    let filters = [
        format!("userName eq {}", person["userName"]),
        format!(
            "USERNAME EQ {}",
            json!(person["userName"].as_str().map(str::to_uppercase))
        ),
        format!("emails eq {}", person["userName"]),
        format!("emails.value eq {}", person["userName"]),
        format!("externalId eq {}", person["externalId"]),
        format!("externalID eq {}", person["externalId"]),
        format!("id eq {}", person["id"]),
    ];
    for filter in filters {
        let (_, found) = service.filtered(&filter).await;
        assert_eq!(
            found["Resources"],
            json!([person]),
            "{filter} finds the person"
        );
    }
    for filter in [
        "userName sw \"a\"",
        "active eq true",
        "userName eq \"a\" or id eq \"1\"",
        "name.givenName eq \"A\"",
        "userName pr",
        "not (id eq \"1\")",
        "id eq 7",
    ] {
        assert_error(
            &service.filtered(filter).await,
            StatusCode::BAD_REQUEST,
            "invalidFilter",
        );
    }
    let nobody = service
        .get("/Users?filter=userName%20eq%20%22nobody%22")
        .await;
    assert_eq!(
        (nobody["totalResults"].as_u64(), rows(&nobody)),
        (Some(0), vec![]),
        "nobody is an empty list"
    );
}

#[tokio::test]
async fn a_plus_address_is_found_when_it_is_encoded() {
    let service = company(50).await;
    let everybody = service.everybody().await;
    let person = everybody
        .iter()
        .find(|person| {
            person["userName"]
                .as_str()
                .is_some_and(|name| name.contains('+'))
        })
        .expect("a plus address");
    let name = person["userName"].as_str().unwrap_or_default();
    let encoded = service
        .get(&format!(
            "/Users?filter=userName%20eq%20%22{}%22",
            name.replace('+', "%2B")
        ))
        .await;
    assert_eq!(rows(&encoded), [id(person)], "%2B is a plus");
    let bare = service
        .get(&format!("/Users?filter=userName%20eq%20%22{name}%22"))
        .await;
    assert!(rows(&bare).is_empty(), "a bare plus is a space");
}

#[tokio::test]
async fn pages_are_fifty_and_at_most_a_hundred() {
    let service = company(250).await;
    assert_eq!(rows(&service.get("/Users").await).len(), 50, "the default");
    assert_eq!(rows(&page(&service, 1, 500).await).len(), 100, "the most");
    service
        .switch(json!({ "pageCap": 200, "pageSize": 20 }))
        .await;
    assert_eq!(
        rows(&page(&service, 1, 500).await).len(),
        200,
        "another most"
    );
    assert_eq!(
        rows(&service.get("/Users").await).len(),
        20,
        "another default"
    );
    let totals = page(&service, 1, 0).await;
    assert_eq!(
        (totals["totalResults"].as_u64(), rows(&totals).len()),
        (Some(250), 0),
        "a count of 0 asks for the total"
    );
    assert_eq!(
        rows(&service.get("/Users?startIndex=-5&count=3").await),
        rows(&page(&service, 1, 3).await),
        "below 1 is 1"
    );
    assert_eq!(
        rows(&service.get("/Users?count=-5").await).len(),
        0,
        "a count below 0 is 0"
    );
    let beyond = page(&service, 251, 10).await;
    assert_eq!(
        (beyond["itemsPerPage"].as_u64(), rows(&beyond).len()),
        (Some(0), 0),
        "past the end is empty"
    );
}

#[tokio::test]
async fn the_order_is_by_id_or_changes_with_every_request() {
    let service = company(120).await;
    let stable = rows(&page(&service, 1, 100).await);
    assert!(stable.is_sorted(), "by id");
    assert_eq!(
        rows(&page(&service, 1, 100).await),
        stable,
        "and always the same"
    );
    for order in ["drifting", "shuffled"] {
        service.switch(json!({ "order": order })).await;
        let (first, second) = (
            rows(&page(&service, 1, 100).await),
            rows(&page(&service, 1, 100).await),
        );
        assert_ne!(first, second, "{order}: two requests, two orders");
        let distinct: HashSet<&String> = first.iter().collect();
        assert_eq!(distinct.len(), 100, "{order}: nobody is twice on one page");
    }
}

#[tokio::test]
async fn pages_in_the_middle_may_be_short_or_have_holes() {
    let service = company(250).await;
    service.switch(json!({ "pages": "short" })).await;
    let first = rows(&page(&service, 1, 100).await);
    assert!(first.len() < 100, "the page is short");
    assert_eq!(
        service.everybody().await.len(),
        250,
        "who goes on where it ended gets everybody"
    );
    service.switch(json!({ "pages": "holed" })).await;
    let mut seen = HashSet::new();
    for start in [1, 101, 201] {
        seen.extend(rows(&page(&service, start, 100).await));
    }
    assert_eq!(seen.len(), 247, "rows are in no page at all");
    assert_eq!(
        page(&service, 1, 1).await["totalResults"],
        250,
        "and counted nevertheless"
    );
}

#[tokio::test]
async fn totals_may_be_missing_or_wrong() {
    let service = company(250).await;
    for (switch, total) in [
        ("right", json!(250)),
        ("missing", Value::Null),
        ("pageSize", json!(100)),
        ("low", json!(224)),
        ("high", json!(276)),
    ] {
        service.switch(json!({ "totalResults": switch })).await;
        assert_eq!(
            page(&service, 1, 100).await["totalResults"],
            total,
            "{switch}"
        );
    }
    for (switch, shown) in [
        ("returned", json!(50)),
        ("requested", json!(100)),
        ("missing", Value::Null),
    ] {
        service.switch(json!({ "itemsPerPage": switch })).await;
        assert_eq!(
            page(&service, 201, 100).await["itemsPerPage"],
            shown,
            "{switch}"
        );
    }
}

#[tokio::test]
async fn an_empty_list_has_three_forms() {
    let service = company(50).await;
    let nobody = "/Users?filter=id%20eq%20%221%22";
    service.switch(json!({ "nobody": "noContent" })).await;
    assert_eq!(
        service.call("GET", nobody, None).await,
        (204, Value::Null),
        "204"
    );
    service
        .switch(json!({ "nobody": "withoutResources" }))
        .await;
    let bare = service.get(nobody).await;
    assert!(
        bare.get("Resources").is_none() && bare["totalResults"] == 0,
        "no Resources"
    );
}

#[tokio::test]
async fn the_start_index_may_be_ignored_or_count_from_zero() {
    let service = company(250).await;
    let first = rows(&page(&service, 1, 100).await);
    let second = rows(&page(&service, 101, 100).await);
    service.switch(json!({ "startIndex": "ignored" })).await;
    assert_eq!(
        rows(&page(&service, 101, 100).await),
        first,
        "always the first page"
    );
    service.switch(json!({ "startIndex": "zeroBased" })).await;
    assert_eq!(
        rows(&page(&service, 0, 100).await),
        first,
        "0 is the first row"
    );
    assert_eq!(
        rows(&page(&service, 100, 100).await),
        second,
        "and 100 the hundred-and-first"
    );
    service
        .switch(json!({ "startIndex": "oneBased", "pastTheEnd": "repeatLastPage" }))
        .await;
    assert_eq!(
        rows(&page(&service, 9_000, 100).await),
        rows(&page(&service, 201, 100).await),
        "the last page for ever"
    );
    service.switch(json!({ "pastTheEnd": "refused" })).await;
    assert_eq!(
        service.call("GET", "/Users?startIndex=251", None).await.0,
        400,
        "or an error"
    );
}

#[tokio::test]
async fn listing_may_be_forbidden_or_leave_people_out() {
    let service = company(250).await;
    let all = service.everybody().await;
    service.switch(json!({ "leaversListed": false })).await;
    let staying = service.everybody().await;
    assert!(staying.len() < all.len(), "leavers are not listed");
    service.switch(json!({ "inactiveListed": false })).await;
    let active = service.everybody().await;
    assert!(
        active.len() < staying.len() && active.iter().all(|person| person["active"] == true),
        "nor inactive people"
    );
    service.switch(json!({ "listing": "forbidden" })).await;
    let (status, body) = service.call("GET", "/Users", None).await;
    assert_eq!(status, 403, "the tier does not include it");
    assert!(
        body["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("Enterprise tier")),
        "{body} says so"
    );
    assert_eq!(
        service
            .call("GET", &format!("/Users/{}", id(&all[0])), None)
            .await
            .0,
        200,
        "single people can be read"
    );
}

#[tokio::test]
async fn cursors_follow_rfc_9865_when_switched_on() {
    let service = company(250).await;
    service.switch(json!({ "cursor": "offered" })).await;
    let config = service.get("/ServiceProviderConfig").await;
    assert_eq!(
        (
            &config["pagination"]["cursor"],
            &config["pagination"]["index"]
        ),
        (&json!(true), &json!(true)),
        "both are declared"
    );
    assert!(
        page(&service, 1, 100).await.get("nextCursor").is_none(),
        "who pages by index gets no cursor"
    );
    service.switch(json!({ "cursor": "forced" })).await;
    let mut seen = Vec::new();
    let mut next = String::new();
    let mut pages = 0;
    loop {
        let page = service
            .get(&format!("/Users?count=100&cursor={next}"))
            .await;
        assert!(
            page.get("startIndex").is_none(),
            "a cursor page has no start index"
        );
        seen.extend(rows(&page));
        pages += 1;
        match page["nextCursor"].as_str() {
            Some(cursor) => next = cursor.to_owned(),
            None => break,
        }
        assert!(pages < 10, "the last page has no next cursor");
    }
    assert_eq!(
        (pages, seen.iter().collect::<HashSet<_>>().len()),
        (3, 250),
        "everybody, in three pages"
    );
    assert!(
        service.get("/Users").await["nextCursor"].is_string(),
        "a plain listing is answered with a cursor"
    );
    for (query, kind) in [
        ("cursor=nonsense".to_owned(), "invalidCursor"),
        (format!("cursor={next}&count=99"), "invalidCount"),
        ("count=101".to_owned(), "invalidCount"),
    ] {
        assert_error(
            &service.call("GET", &format!("/Users?{query}"), None).await,
            StatusCode::BAD_REQUEST,
            kind,
        );
    }
    service.switch(json!({ "cursorTimeout": 0 })).await;
    let old = service
        .call("GET", &format!("/Users?count=100&cursor={next}"), None)
        .await;
    assert_error(&old, StatusCode::BAD_REQUEST, "expiredCursor");
    service.switch(json!({ "totalResults": "missing" })).await;
    assert!(
        service.get("/Users").await.get("totalResults").is_none(),
        "a cursor page may have no total"
    );
}
