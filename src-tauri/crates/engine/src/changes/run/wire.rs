//! What went over the wire for one item, as the journal keeps it: the request as it was sent, the answer bounded, and
//! never the token.

use std::{cell::RefCell, future::Future};

use scim::{Endpoint, Exchange, Resource, Said, Watch, Written};
use serde_json::Value;

use crate::changes::plan::requests::Write;

/// Longest answer that is kept, in bytes.
const LONGEST: usize = 4096;

tokio::task_local! {
    static LAST: RefCell<Option<Heard>>;
}

/// The answer to a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The status and the body, or why there is none.
    pub reply: String,
    pub request_id: Option<String>,
}

impl Heard {
    fn of(exchange: &Exchange) -> Self {
        let reply = match (exchange.status, &exchange.error) {
            (Some(status), None) => {
                bounded(status, exchange.reply_body.as_deref().unwrap_or_default())
            }
            // Without its body an answer is none, whatever its status.
            (status, error) => {
                let begun = status.map_or_else(String::new, |status| {
                    format!("An answer with status {status} was begun. ")
                });
                format!("{begun}{}", error.as_deref().unwrap_or("No answer."))
            }
        };
        Self {
            reply,
            request_id: exchange.request_id.clone(),
        }
    }

    /// Of one operation of a bulk request.
    pub(super) fn of_written(written: &Written) -> Self {
        let body = written.resource.as_ref().map_or("", Resource::raw);
        Self {
            reply: bounded(written.status, body),
            request_id: written.request_id.clone(),
        }
    }

    /// Of a refusal that came with others, or to a read.
    pub(super) fn of_said(said: &Said) -> Self {
        let parts: Vec<&str> = [&said.scim_type, &said.detail]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        Self {
            reply: bounded(said.status, &parts.join("\n")),
            request_id: said.request_id.clone(),
        }
    }
}

fn bounded(status: u16, body: &str) -> String {
    let end = body.floor_char_boundary(LONGEST);
    let more = if end < body.len() { "…" } else { "" };
    format!("{status}\n{}{more}", &body[..end])
}

/// Hears the exchanges of those who ask for it by way of [`listening`], and no others.
#[derive(Debug)]
pub(crate) struct Wire;

impl Watch for Wire {
    fn looks(&self) -> bool {
        LAST.try_with(|_| ()).is_ok()
    }

    fn exchange(&self, exchange: &Exchange) {
        // Whoever does not listen is not asked.
        let _ = LAST.try_with(|last| last.replace(Some(Heard::of(exchange))));
    }
}

/// Sends, and answers with what came over the wire last as well.
pub(super) async fn listening<T>(send: impl Future<Output = T>) -> (T, Option<Heard>) {
    LAST.scope(RefCell::new(None), async {
        let outcome = send.await;
        (outcome, LAST.with(RefCell::take))
    })
    .await
}

/// A request by itself: method, address, condition and body.
pub(super) fn request(
    to: &Endpoint,
    write: &Write,
    id: Option<&str>,
    etag: Option<&str>,
) -> String {
    let address = match id {
        Some(id) => to.join(&["Users", id]),
        None => to.join(&["Users"]),
    };
    let condition = etag.map_or_else(String::new, |etag| format!("\nIf-Match: {etag}"));
    let body = write
        .body()
        .map_or_else(String::new, |body| format!("\n{body}"));
    format!("{} {address}{condition}{body}", write.method())
}

/// The part of a bulk request that is about one person.
pub(super) fn part_of_bulk(to: &Endpoint, write: &Write, id: &str, etag: Option<&str>) -> String {
    let (bulk, person) = (to.join(&["Bulk"]), to.join(&["Users", id]));
    let path = person.as_str().strip_prefix(to.url()).unwrap_or_default();
    let version = etag.map_or_else(String::new, |etag| {
        format!(r#","version":{}"#, Value::from(etag))
    });
    let data = write
        .body()
        .map_or_else(String::new, |body| format!(r#","data":{body}"#));
    format!(
        r#"POST {bulk}
{{"method":"{}","path":{}{version}{data}}}"#,
        write.method(),
        Value::from(path)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_is_cut_at_a_character() {
        let reply = bounded(200, &"é".repeat(4_000));
        assert!(
            reply.starts_with("200\né") && reply.ends_with('…') && reply.len() < LONGEST + 16,
            "it is bounded and readable: {} bytes",
            reply.len()
        );
    }

    #[test]
    fn the_request_is_the_one_that_is_sent() {
        let to = Endpoint::parse("https://acme.example/api/scim/v2").expect("is an address");
        assert_eq!(
            request(&to, &Write::Delete, Some("a/b"), Some("W/\"3\"")),
            "DELETE https://acme.example/api/scim/v2/Users/a%2Fb\nIf-Match: W/\"3\"",
            "whole address, odd ids encoded, and the condition"
        );
        assert_eq!(
            part_of_bulk(&to, &Write::Delete, "7", None),
            "POST https://acme.example/api/scim/v2/Bulk\n{\"method\":\"DELETE\",\"path\":\"/Users/7\"}",
            "together with others it is a part of their request"
        );
    }
}
