//! For people who want to see the wire. The token is never part of it.

use std::time::Duration;

/// Told of every request and its reply, retries included. Called on the task that made the request: return quickly.
pub trait Watch: Send + Sync {
    fn exchange(&self, exchange: &Exchange);
}

/// One request and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Counts the requests of one client, from 1.
    pub number: u64,
    /// 1 for the first try.
    pub attempt: u32,
    pub method: &'static str,
    /// Path and query as sent.
    pub path: String,
    /// Headers as sent; `authorization` holds a mask in place of the token.
    pub request_headers: Vec<(String, String)>,
    pub request_body: Option<String>,
    /// Absent if no answer arrived.
    pub status: Option<u16>,
    pub reply_headers: Vec<(String, String)>,
    /// At most [`Exchange::BODY_LIMIT`] bytes of it.
    pub reply_body: Option<String>,
    pub truncated: bool,
    pub duration: Duration,
    /// The service's own id of this exchange (`x-request-id` and the like).
    pub request_id: Option<String>,
    /// Why there is no answer, as a sentence.
    pub error: Option<String>,
}

impl Exchange {
    /// How much of a reply is kept, in bytes.
    pub const BODY_LIMIT: usize = 64 * 1024;
}

pub(crate) const MASK: &str = "••••••••";

/// Takes the token out of text that a service may have echoed it into.
pub(crate) fn mask(text: &str, token: &str) -> String {
    if token.len() >= 4 && text.contains(token) {
        text.replace(token, MASK)
    } else {
        text.to_owned()
    }
}
