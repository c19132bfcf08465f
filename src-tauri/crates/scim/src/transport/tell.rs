//! Showing an exchange to whoever watches, without the token.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use secrecy::ExposeSecret;

use super::{REQUEST_IDS, Request, Transport, Tried};
use crate::watch::{Exchange, MASK, mask};

impl Transport {
    pub(super) fn tell(
        &self,
        request: &Request<'_>,
        headers: &HeaderMap,
        tried: &Tried,
        number: u64,
        attempt: u32,
        duration: Duration,
    ) {
        let (status, error) = match tried {
            Tried::Answered(answer) => (
                Some(answer.status.as_u16()),
                answer.body.as_ref().err().map(ToString::to_string),
            ),
            Tried::NotSent(error) | Tried::Lost(error) => (None, Some(error.to_string())),
        };
        tracing::debug!(number, method = %request.method, path = request.url.path(), status, ms = duration.as_millis() as u64, "exchange");
        let Some(watch) = &self.options.watch else {
            return;
        };
        let token = self.token.expose_secret().trim();
        let (reply_headers, body) = match tried {
            Tried::Answered(answer) => (listed(&answer.headers, token), answer.body.as_ref().ok()),
            Tried::NotSent(_) | Tried::Lost(_) => (Vec::new(), None),
        };
        let request_id = REQUEST_IDS.iter().find_map(|wanted| {
            reply_headers
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.clone())
        });
        let query = request
            .url
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        watch.exchange(&Exchange {
            number,
            attempt,
            method: method_name(&request.method),
            path: mask(&format!("{}{query}", request.url.path()), token),
            request_headers: listed(headers, token),
            request_body: request.body.as_deref().map(|body| mask(body, token)),
            status,
            reply_headers,
            reply_body: body.map(|body| {
                let kept = &body[..body.len().min(Exchange::BODY_LIMIT)];
                mask(&String::from_utf8_lossy(kept), token)
            }),
            truncated: body.is_some_and(|body| body.len() > Exchange::BODY_LIMIT),
            duration,
            request_id,
            error,
        });
    }
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "GET",
    }
}

fn listed(headers: &HeaderMap, token: &str) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let shown = match name.as_str() {
                "authorization" => format!("Bearer {MASK}"),
                // A gateway's cookie can be as good as a token.
                "set-cookie" | "cookie" => MASK.to_owned(),
                _ => mask(&String::from_utf8_lossy(value.as_bytes()), token),
            };
            (name.as_str().to_owned(), shown)
        })
        .collect()
}
