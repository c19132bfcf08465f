//! Small services to talk to, each with the habit a test is about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use futures::StreamExt;
use futures::future::BoxFuture;
use scim::{
    Client, Clock, Endpoint, Error, Listing, Options, Outcome, Resource, Retry, SecretString,
};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub const TOKEN: &str = "tok-3f9a-secret";

/// Starts a service that answers every request as told.
pub async fn serve(
    answer: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static,
) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

pub fn endpoint(server: &MockServer) -> Endpoint {
    Endpoint::parse(&format!("{}/scim/v2", server.uri())).unwrap()
}

pub fn client(server: &MockServer) -> Client {
    client_with(server, options())
}

pub fn client_with(server: &MockServer, options: Options) -> Client {
    Client::new(endpoint(server), SecretString::from(TOKEN), options).unwrap()
}

/// Tries again without waiting, so that no test takes time.
pub fn options() -> Options {
    Options {
        retry: Retry {
            clock: Arc::new(TestClock::default()),
            ..Retry::default()
        },
        ..Options::default()
    }
}

/// Stands still, and remembers what it was asked to wait.
#[derive(Default)]
pub struct TestClock {
    pub slept: Mutex<Vec<Duration>>,
    now: Mutex<Option<SystemTime>>,
}

impl TestClock {
    pub fn slept(&self) -> Vec<Duration> {
        self.slept.lock().unwrap().clone()
    }

    pub fn set_back(&self, by: Duration) {
        let before = self.now() - by;
        *self.now.lock().unwrap() = Some(before);
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        *self
            .now
            .lock()
            .unwrap()
            .get_or_insert(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.slept.lock().unwrap().push(duration);
        let now = self.now() + duration;
        *self.now.lock().unwrap() = Some(now);
        Box::pin(std::future::ready(()))
    }

    fn jitter(&self) -> f64 {
        1.0
    }
}

pub fn query(request: &Request) -> HashMap<String, String> {
    request.url.query_pairs().into_owned().collect()
}

pub fn number(request: &Request, name: &str) -> Option<i64> {
    query(request).get(name)?.parse().ok()
}

pub fn person(n: u64) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": n.to_string(),
        "userName": format!("person{n}@example.com"),
        "active": true,
    })
}

pub fn people(numbers: impl IntoIterator<Item = u64>) -> Vec<Value> {
    numbers.into_iter().map(person).collect()
}

/// The rows a correct service would show for a request: 1-based, `count` at most `cap`.
pub fn window(all: &[Value], request: &Request, cap: usize) -> Vec<Value> {
    let start = number(request, "startIndex").unwrap_or(1).max(1) as usize;
    let count = number(request, "count")
        .map_or(cap, |count| count.max(0) as usize)
        .min(cap);
    all.iter().skip(start - 1).take(count).cloned().collect()
}

pub fn list_response(rows: Vec<Value>, total: Option<u64>) -> Value {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "itemsPerPage": rows.len(),
        "Resources": rows,
    });
    if let Some(total) = total {
        body["totalResults"] = json!(total);
    }
    body
}

pub fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/scim+json")
}

pub fn scim_error(status: u16, scim_type: &str, detail: &str) -> ResponseTemplate {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": status.to_string(),
        "scimType": scim_type,
        "detail": detail,
    });
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/scim+json")
}

pub fn html(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(
        "<!DOCTYPE html><html><head><title>Sign in to Example</title></head><body>…</body></html>",
        "text/html; charset=utf-8",
    )
}

pub struct Listed {
    pub ids: Vec<String>,
    pub outcome: Outcome,
    pub error: Option<Error>,
}

impl Listed {
    /// Ids as sorted numbers.
    pub fn numbers(&self) -> Vec<u64> {
        let mut numbers: Vec<u64> = self.ids.iter().map(|id| id.parse().unwrap()).collect();
        numbers.sort_unstable();
        numbers
    }
}

pub async fn list(client: &Client, listing: Listing) -> Listed {
    let mut stream = client.list(listing);
    let (mut ids, mut error) = (Vec::new(), None);
    while let Some(page) = stream.next().await {
        match page {
            Ok(page) => {
                assert!(
                    !page.resources.is_empty(),
                    "a page that is handed on has somebody new on it"
                );
                ids.extend(
                    page.resources
                        .iter()
                        .filter_map(Resource::id)
                        .map(str::to_owned),
                );
            }
            Err(failed) => error = Some(failed),
        }
    }
    let outcome = stream.outcome();
    assert_eq!(
        outcome.people,
        ids.len() as u64,
        "the outcome counts exactly the people who were handed on"
    );
    Listed {
        ids,
        outcome,
        error,
    }
}

/// Pages of ten, so that small directories have many.
pub fn by_ten() -> Listing {
    Listing {
        page_size: 10,
        ..Listing::default()
    }
}
