//! A client that forgives nothing: every helper says what it expected.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sandbox::{Profile, Running, Settings, start};
use serde_json::{Value, json};

pub const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";
pub const TOKEN: &str = "token-of-the-tests";

pub struct Service {
    pub running: Running,
    pub http: reqwest::Client,
}

pub fn settings(people: u32) -> Settings {
    Settings {
        people,
        seed: 7,
        token: TOKEN.to_owned(),
        today: "2026-06-01".parse().ok(),
        ..Settings::default()
    }
}

pub async fn serve(settings: Settings) -> Service {
    let running = start(settings).await.expect("a free port on loopback");
    Service {
        running,
        http: reqwest::Client::new(),
    }
}

pub async fn company(people: u32) -> Service {
    serve(settings(people)).await
}

pub async fn strict(people: u32) -> Service {
    serve(Settings {
        profile: Profile::Rfc,
        ..settings(people)
    })
    .await
}

impl Service {
    pub fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.http
            .request(method, format!("{}{path}", self.running.url()))
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(TOKEN)
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/scim+json")
                .body(body.to_string());
        }
        request.send().await.expect("an answer")
    }

    /// Sends and gives the status with the body as JSON (null where there is none).
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let response = self.send(method, path, body).await;
        let status = response.status().as_u16();
        let text = response.text().await.expect("a whole body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "GET {path} is answered: {body}");
        body
    }

    /// Lists whom a filter finds; everything but letters and digits is encoded.
    pub async fn filtered(&self, filter: &str) -> (u16, Value) {
        let encode = |byte: u8| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        let encoded: String = filter.bytes().map(encode).collect();
        self.call("GET", &format!("/Users?filter={encoded}"), None)
            .await
    }

    pub async fn patch(&self, id: &str, operations: Value) -> (u16, Value) {
        self.call("PATCH", &format!("/Users/{id}"), Some(&patch(operations)))
            .await
    }

    /// Patches attributes the way that works for names with spaces.
    pub async fn set(&self, id: &str, values: Value) -> (u16, Value) {
        self.patch(
            id,
            json!([{ "op": "replace", "value": { PEAKON: values } }]),
        )
        .await
    }

    pub async fn control(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("{}{path}", self.running.control_url());
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a whole body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn switch(&self, switches: Value) {
        let (status, answer) = self.control("PUT", "/settings", Some(&switches)).await;
        assert_eq!(status, 200, "the switches are known: {answer}");
    }

    pub async fn fault(&self, fault: Value) {
        let (status, answer) = self.control("POST", "/faults", Some(&fault)).await;
        assert_eq!(status, 200, "the fault is armed: {answer}");
    }

    pub async fn state(&self) -> Value {
        self.control("GET", "/state", None).await.1
    }

    pub async fn log(&self) -> Vec<Value> {
        let (_, log) = self.control("GET", "/log", None).await;
        log["entries"].as_array().cloned().expect("a log")
    }

    /// Lists everybody by index, until a page is empty.
    pub async fn everybody(&self) -> Vec<Value> {
        let mut people = Vec::new();
        loop {
            let page = self
                .get(&format!("/Users?startIndex={}&count=100", people.len() + 1))
                .await;
            let rows = page["Resources"].as_array().cloned().unwrap_or_default();
            if rows.is_empty() {
                return people;
            }
            people.extend(rows);
        }
    }

    /// An ordinary person: with an address, a manager and no separation.
    pub async fn somebody(&self) -> Value {
        self.everybody()
            .await
            .into_iter()
            .find(|person| {
                person["emails"].is_array()
                    && person["active"] == true
                    && person[PEAKON]["Manager"].is_string()
                    && person[PEAKON]["Department"].is_string()
                    && person[PEAKON]["Separation date"].is_null()
            })
            .expect("an ordinary person")
    }
}

pub fn patch(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

pub fn newcomer(email: &str) -> Value {
    json!({
        "schemas": [CORE, ENTERPRISE, PEAKON],
        "userName": email,
        "name": { "givenName": "Nina", "familyName": "Neu" },
        "active": true,
        "emails": [{ "value": email, "type": "work", "primary": true }],
        PEAKON: { "Department": "Engineering", "Business Unit": "Cloud" },
    })
}

pub fn id(person: &Value) -> &str {
    person["id"].as_str().expect("an id")
}

pub fn email(person: &Value) -> &str {
    person["emails"][0]["value"].as_str().expect("an address")
}

/// Asserts a SCIM error of this status and kind, with a sentence.
pub fn assert_error(answer: &(u16, Value), status: StatusCode, scim_type: &str) {
    let (got, body) = answer;
    assert_eq!(*got, status.as_u16(), "the status of {body}");
    assert_eq!(
        body["status"],
        status.as_u16().to_string(),
        "the status is text in the body"
    );
    assert_eq!(body["scimType"], scim_type, "the kind of {body}");
    let sentence = body["detail"].as_str().unwrap_or_default();
    assert!(
        sentence.ends_with('.'),
        "a sentence says what is wrong: {sentence}"
    );
}
