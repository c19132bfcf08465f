//! One request, read and addressed, and the work it asks for.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::Method;
use serde_json::{Map, Value};

use super::reply::{Reply, ScimError};
use super::users::Context;
use super::{bulk, discovery, ending, listing};
use crate::Profile;
use crate::state::{Moment, Sandbox};
use crate::switches::Switches;

/// One request, read and addressed.
pub struct Call<'a> {
    pub sandbox: &'a Sandbox,
    pub switches: &'a Switches,
    pub method: &'a Method,
    /// After the base address.
    pub path: &'a str,
    pub base: String,
    pub pairs: Vec<(String, String)>,
    pub body: &'a Bytes,
    pub if_match: Option<&'a str>,
    pub now: Moment,
    pub number: u64,
}

impl Call<'_> {
    /// Does the work; gives the answer and what it counts.
    pub fn carry_out(self, meddle: bool) -> (Reply, u64) {
        let switches = self.switches;
        let refuse =
            |error: ScimError| error.reply(switches.error_form, switches.numeric_error_status);
        let body = match self.read_body() {
            Ok(body) => body,
            Err(error) => return (refuse(error), 1),
        };
        let in_bulk = self.path == "/Bulk";
        let operations = if in_bulk {
            bulk::operations(&body).max(1) as u64
        } else {
            1
        };
        if let Some(limit) = switches.quota {
            let window = Duration::from_secs(switches.quota_window);
            if let Err(wait) = self.sandbox.quota().take(operations, limit, window) {
                let error = ScimError::new(
                    429,
                    format!(
                        "More than {limit} operations in {} seconds.",
                        switches.quota_window
                    ),
                );
                return (
                    ending::retry_after(refuse(error), switches.retry_after, wait),
                    0,
                );
            }
        }
        let result = self.meddle(meddle).and_then(|()| self.dispatch(&body));
        (result.unwrap_or_else(refuse), operations)
    }

    fn read_body(&self) -> Result<Map<String, Value>, ScimError> {
        if self.body.is_empty() || self.method == Method::GET || self.method == Method::DELETE {
            return Ok(Map::new());
        }
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) => Err(ScimError::invalid_syntax("The body must be a JSON object.")),
            Err(error) => Err(ScimError::invalid_syntax(format!(
                "The body is not JSON: {error}."
            ))),
        }
    }

    /// Lets the other system write first, where a fault or a switch says so.
    fn meddle(&self, fault: bool) -> Result<(), ScimError> {
        let writes = matches!(*self.method, Method::PUT | Method::PATCH | Method::DELETE);
        let every = self.switches.meddle_every;
        let due = fault || (every > 0 && writes && self.number.is_multiple_of(every));
        if let (true, Some(id)) = (
            due,
            self.path
                .strip_prefix("/Users/")
                .and_then(|id| id.parse().ok()),
        ) {
            self.sandbox
                .write()
                .meddle(id, &self.now.text)
                .map_err(ScimError::storage)?;
        }
        Ok(())
    }

    fn dispatch(&self, body: &Map<String, Value>) -> Result<Reply, ScimError> {
        let strict = self.sandbox.profile == Profile::Rfc;
        let parts: Vec<&str> = self.path.trim_matches('/').split('/').collect();
        let decoded = parts.get(1).map(|part| decode(part));
        let one = decoded.as_deref();
        let context = Context {
            profile: self.sandbox.profile,
            switches: self.switches,
            base: &self.base,
            now: &self.now,
            if_match: self.if_match,
        };
        let query = || listing::Query::read(&self.pairs);
        let filtered = || match self
            .pairs
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("filter"))
        {
            true => Err(ScimError::new(
                403,
                "What the service says of itself cannot be filtered.",
            )),
            false => Ok(()),
        };
        match (self.method.as_str(), parts[0], one) {
            (_, _, _) if parts.len() > 2 => Err(nothing_here(self.path)),
            ("GET", "ServiceProviderConfig", None) => {
                if strict {
                    filtered()?;
                }
                discovery::config(self.sandbox.profile, self.switches, &self.base)
            }
            ("GET", "Schemas", id) => {
                if strict {
                    filtered()?;
                }
                discovery::schemas(
                    self.sandbox.profile,
                    &self.sandbox.read(),
                    self.switches,
                    &self.base,
                    id,
                )
            }
            ("GET", "ResourceTypes", id) if strict => {
                filtered()?;
                discovery::resource_types(&self.base, id)
            }
            ("GET", "Users", None) => {
                listing::list(&context, &self.sandbox.read(), &query()?, self.number)
            }
            ("POST", "Users", Some(".search")) | ("POST", ".search", None) if strict => {
                listing::list(
                    &context,
                    &self.sandbox.read(),
                    &listing::Query::of_search(body)?,
                    self.number,
                )
            }
            ("GET", "Users", Some(id)) => context.get(&self.sandbox.read(), id, &query()?.wanted),
            ("POST", "Users", None) => {
                context.create(&mut self.sandbox.write(), body, &query()?.wanted)
            }
            ("PUT", "Users", Some(id)) => {
                context.replace(&mut self.sandbox.write(), id, body, &query()?.wanted)
            }
            ("PATCH", "Users", Some(id)) if self.switches.patch => {
                context.patch(&mut self.sandbox.write(), id, body, &query()?.wanted)
            }
            ("DELETE", "Users", Some(id)) => context.delete(&mut self.sandbox.write(), id),
            ("POST", "Bulk", None) if self.switches.bulk => {
                bulk::run(&context, &mut self.sandbox.write(), body, self.body.len())
            }
            (method, "ResourceTypes", _) if strict && method != "GET" => {
                Err(not_possible(method, self.path))
            }
            (_, "Groups", _) => Err(ScimError::new(501, "Groups are not supported.")),
            (method, "Users" | "ServiceProviderConfig" | "Schemas", _) => {
                Err(not_possible(method, self.path))
            }
            _ => Err(nothing_here(self.path)),
        }
    }
}

fn not_possible(method: &str, path: &str) -> ScimError {
    ScimError::new(405, format!("{method} is not possible at {path}."))
}

fn nothing_here(path: &str) -> ScimError {
    ScimError::new(404, format!("There is nothing at “{path}”."))
}

fn decode(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after
            .get(..2)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
