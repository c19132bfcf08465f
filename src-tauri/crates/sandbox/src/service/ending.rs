//! How an answer ends: as it should, or as a fault wants it.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures::StreamExt;

use super::reply::{self, Reply, ScimError};
use super::{Done, Ending, Hangup};
use crate::faults::{Drop, Fault, FaultBody};
use crate::switches::{MediaType, RetryAfter, Switches};

/// Turns the right answer into the fault's.
pub fn disguise(done: &mut Done, fault: &Fault, switches: &Switches) {
    if let Some(status) = fault.status {
        let detail = fault
            .detail
            .clone()
            .unwrap_or_else(|| reply::title(status).to_owned());
        let error = ScimError {
            status,
            scim_type: fault.scim_type.clone(),
            detail,
        };
        let form = fault
            .body
            .and_then(FaultBody::error_form)
            .unwrap_or(switches.error_form);
        if status < 400 && fault.body.is_none() {
            done.reply.status = status;
        } else {
            let mut answer = error.reply(form, switches.numeric_error_status);
            answer.effects = std::mem::take(&mut done.reply.effects);
            answer.person = done.reply.person.take();
            done.reply = answer;
        }
    }
    let reply = &mut done.reply;
    match fault.body {
        Some(FaultBody::Malformed) => {
            let whole = reply
                .body
                .take()
                .unwrap_or_else(|| b"{\"schemas\":[\"urn".to_vec());
            reply.body = Some(whole[..whole.len() / 2].to_vec());
        }
        Some(FaultBody::Text) => {
            reply.body = Some(fault.detail.clone().unwrap_or_default().into_bytes());
            reply.content_type = Some("text/plain; charset=utf-8".to_owned());
        }
        Some(FaultBody::Object) => reply.body = Some(b"{}".to_vec()),
        Some(FaultBody::Empty) => reply.body = None,
        Some(FaultBody::Html) if fault.status.is_none() => {
            reply.body =
                Some(b"<!doctype html><html><body><h1>Sign in</h1></body></html>".to_vec());
            reply.content_type = Some("text/html; charset=utf-8".to_owned());
        }
        _ => {}
    }
    if let Some(content_type) = &fault.content_type {
        reply.content_type = Some(content_type.clone());
    }
    if let Some(location) = &fault.location {
        reply.headers.push(("location", location.clone()));
    }
    if let Some(form) = fault.retry_after {
        let bare = std::mem::take(reply);
        *reply = retry_after(
            bare,
            form,
            Duration::from_secs(fault.retry_seconds.unwrap_or(1)),
        );
    }
    match fault.drop {
        Some(Drop::Before | Drop::After) => done.ending = Ending::Hangup,
        Some(Drop::MidBody) => done.ending = Ending::Half,
        Some(Drop::Stall) => done.ending = Ending::Stall,
        None => {}
    }
}

pub fn retry_after(reply: Reply, form: RetryAfter, wait: Duration) -> Reply {
    let seconds = wait.as_secs_f64().ceil() as i64;
    match form {
        RetryAfter::Seconds => reply.header("retry-after", seconds.to_string()),
        RetryAfter::Date => {
            let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
            reply.header(
                "retry-after",
                then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
            )
        }
        RetryAfter::None => reply,
    }
}

pub fn send(reply: Reply, ending: Ending, switches: &Switches, request_id: &str) -> Response {
    let media_type = match switches.media_type {
        MediaType::Scim => "application/scim+json",
        MediaType::Json => "application/json",
    };
    let body = reply.body.unwrap_or_default();
    let mut builder =
        Response::builder().status(if reply.status == 0 { 500 } else { reply.status });
    if !body.is_empty() {
        let content_type = reply.content_type.as_deref().unwrap_or(media_type);
        if let Ok(content_type) = HeaderValue::from_str(content_type) {
            builder = builder.header(header::CONTENT_TYPE, content_type);
        }
    }
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            builder = builder.header(*name, value);
        }
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        builder = builder.header("x-request-id", id);
    }
    let length = body.len();
    let half = Bytes::copy_from_slice(&body[..length / 2]);
    let body = match ending {
        Ending::Whole => Body::from(body),
        Ending::Hangup => {
            builder = builder.extension(Hangup);
            Body::empty()
        }
        Ending::Half => {
            builder = builder.header(header::CONTENT_LENGTH, length);
            // Yielding once lets the first half leave before the connection breaks.
            let broken = futures::stream::once(async {
                tokio::task::yield_now().await;
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
            });
            Body::from_stream(futures::stream::iter([Ok(half)]).chain(broken))
        }
        Ending::Stall => {
            builder = builder.header(header::CONTENT_LENGTH, length);
            let first = futures::stream::iter([Ok::<Bytes, std::io::Error>(half)]);
            Body::from_stream(first.chain(futures::stream::pending()))
        }
    };
    builder
        .body(body)
        .unwrap_or_else(|_| Response::new(Body::empty()))
}
