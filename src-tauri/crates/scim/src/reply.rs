//! Answers as services really give them. Nothing here can fail on any input in another way than by saying so.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::Said;
use crate::json::Members;
use crate::resource::{as_text, find};

/// A list answer, its entries as text.
#[derive(Debug, Default)]
pub(crate) struct Envelope<'a> {
    pub entries: Vec<&'a str>,
    pub total: Option<u64>,
    pub next_cursor: Option<String>,
}

/// Why an answer is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Something else answers at this address.
    NotScim(String),
    /// JSON, but broken or of no known form.
    Malformed(String),
}

/// The body as JSON text, or what it is instead.
pub(crate) fn json_text<'a>(content_type: &str, body: &'a [u8]) -> Result<&'a str, Trouble> {
    let text = std::str::from_utf8(body).map_err(|_| not_text())?;
    json_of(content_type, text)
}

/// The body as text, JSON or not, without a copy.
pub(crate) fn text_of(body: Vec<u8>) -> Result<String, Trouble> {
    String::from_utf8(body).map_err(|_| not_text())
}

fn not_text() -> Trouble {
    Trouble::Malformed("it is not UTF-8 text".to_owned())
}

/// The JSON in a text, or what the text is instead.
pub(crate) fn json_of<'a>(content_type: &str, text: &'a str) -> Result<&'a str, Trouble> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.trim_start();
    match text.bytes().next() {
        None => Err(Trouble::Malformed("it is empty".to_owned())),
        Some(b'{' | b'[') => Ok(text),
        Some(b'<') if !is_html(content_type, text) => Err(Trouble::NotScim("XML".to_owned())),
        Some(b'<') => Err(Trouble::NotScim("a web page".to_owned())),
        Some(_) if content_type.contains("json") => {
            Err(Trouble::Malformed("it is not a JSON object".to_owned()))
        }
        Some(_) => Err(Trouble::NotScim("plain text".to_owned())),
    }
}

fn is_html(content_type: &str, text: &str) -> bool {
    let start: String = text
        .chars()
        .take(200)
        .collect::<String>()
        .to_ascii_lowercase();
    content_type.to_ascii_lowercase().contains("html")
        || start.starts_with("<!doctype")
        || start.contains("<html")
}

/// What nearly every service sends, so that a long list is gone through once (RFC 7644 section 3.4.2).
#[derive(Deserialize)]
struct ListResponse<'a> {
    #[serde(borrow, rename = "Resources")]
    resources: Vec<&'a RawValue>,
    #[serde(borrow, default, rename = "totalResults")]
    total: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "nextCursor")]
    next_cursor: Option<&'a RawValue>,
}

/// A list in any envelope: a ListResponse, one without `schemas` or `totalResults`, one with another name for its array, a bare
/// array, a single resource.
pub(crate) fn envelope(text: &str) -> Result<Envelope<'_>, Trouble> {
    let broken = |error: serde_json::Error| Trouble::Malformed(error.to_string());
    if text.starts_with('[') {
        let entries =
            entries(text).ok_or_else(|| Trouble::Malformed("its array breaks off".to_owned()))?;
        return Ok(Envelope {
            entries,
            ..Envelope::default()
        });
    }
    if let Ok(list) = serde_json::from_str::<ListResponse<'_>>(text) {
        return Ok(Envelope {
            entries: list.resources.into_iter().map(RawValue::get).collect(),
            total: list.total.map(RawValue::get).and_then(number),
            next_cursor: list.next_cursor.map(RawValue::get).and_then(cursor),
        });
    }
    let object: Members<'_> = serde_json::from_str(text).map_err(broken)?;
    let total = object.get("totalResults").and_then(number);
    let next_cursor = object.get("nextCursor").and_then(cursor);
    let head = |entries| Envelope {
        entries,
        total,
        next_cursor: next_cursor.clone(),
    };
    if let Some(list) = object.get("Resources") {
        let list = if list == "null" {
            Vec::new()
        } else {
            entries(list).unwrap_or_else(|| vec![list])
        };
        return Ok(head(list));
    }
    // A resource of its own: RFC 7643 section 3.1 gives every one an id.
    let is_resource = object.get("id").is_some() && total.is_none();
    let other_array = object
        .iter()
        .filter(|(name, _)| !is_resource || name.eq_ignore_ascii_case("schemas"))
        .find_map(|(_, raw)| {
            let list = raw.starts_with('[').then(|| entries(raw)).flatten()?;
            list.first()
                .is_some_and(|first| first.starts_with('{'))
                .then_some(list)
        });
    if let Some(list) = other_array {
        return Ok(head(list));
    }
    if is_resource {
        return Ok(head(vec![text]));
    }
    let is_list = total.is_some()
        || object
            .get("schemas")
            .is_some_and(|schemas| schemas.contains("ListResponse"));
    if is_list {
        Ok(head(Vec::new()))
    } else {
        Err(Trouble::NotScim("data of another kind".to_owned()))
    }
}

fn entries(raw: &str) -> Option<Vec<&str>> {
    let list: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
    Some(list.into_iter().map(RawValue::get).collect())
}

/// A count, as a number or as text. Negative ones say nothing.
fn number(raw: &str) -> Option<u64> {
    match serde_json::from_str(raw).ok()? {
        Value::Number(number) => number.as_u64().or_else(|| {
            number
                .as_f64()
                .filter(|n| *n >= 0.0 && *n < 1e15)
                .map(|n| n as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn cursor(raw: &str) -> Option<String> {
    as_text(&serde_json::from_str(raw).ok()?).filter(|cursor| !cursor.is_empty())
}

/// What a refusal says, as it says it: the token may still be in it. Whether as a SCIM Error (RFC 7644 section 3.12), SCIM 1.1 `Errors`, JSON:API `errors`, `{message}`, HTML or
/// text.
pub(crate) fn said(status: u16, content_type: &str, body: &[u8]) -> Said {
    let text = String::from_utf8_lossy(&body[..body.len().min(64 * 1024)]);
    let text = text.trim_start_matches('\u{feff}').trim();
    let mut said = Said {
        status,
        ..Said::default()
    };
    if text.is_empty() {
        return said;
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => from_object(&object, &mut said),
        Ok(Value::Array(list)) => match list.first() {
            Some(Value::Object(first)) => from_object(first, &mut said),
            Some(Value::String(detail)) => said.detail = line(detail),
            _ => {}
        },
        Ok(Value::String(detail)) => said.detail = line(&detail),
        Ok(_) => {}
        Err(_) if text.starts_with('<') || is_html(content_type, text) => {
            said.detail = title(text).as_deref().and_then(line)
        }
        Err(_) if text.starts_with(['{', '[']) => {}
        Err(_) => said.detail = line(text),
    }
    said
}

fn from_object(object: &Map<String, Value>, said: &mut Said) {
    let text_of = |object: &Map<String, Value>, names: &[&str]| {
        names.iter().find_map(|name| {
            find(object, name, true)
                .and_then(as_text)
                .filter(|text| !text.trim().is_empty())
        })
    };
    let details = [
        "detail",
        "description",
        "message",
        "error_description",
        "title",
        "error",
        "reason",
    ];
    said.scim_type = text_of(object, &["scimType"]).or(said.scim_type.take());
    let list = find(object, "errors", true);
    let first = match list {
        Some(Value::Array(list)) => list.first(),
        other => other,
    };
    match first {
        Some(Value::Object(first)) => {
            said.scim_type = said
                .scim_type
                .take()
                .or_else(|| text_of(first, &["scimType"]));
            said.detail = text_of(object, &["detail"]).or_else(|| text_of(first, &details));
        }
        Some(Value::String(text)) => said.detail = Some(text.clone()),
        _ => said.detail = text_of(object, &details),
    }
    if said.detail.is_none()
        && let Some(Value::Object(error)) = find(object, "error", true)
    {
        said.detail = text_of(error, &details);
    }
    said.detail = said.detail.take().as_deref().and_then(line);
}

/// An error sent with a 2xx status: recognised by its schema, and only if it is neither a list nor a record.
pub(crate) fn error_in_disguise(body: &[u8]) -> Option<Said> {
    const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
    if body.len() > 16 * 1024 {
        return None;
    }
    let text = std::str::from_utf8(body).ok()?;
    if !text.contains("messages:2.0:Error") {
        return None;
    }
    let Ok(Value::Object(object)) = serde_json::from_str(text.trim_start_matches('\u{feff}'))
    else {
        return None;
    };
    let is_error = find(&object, "schemas", true).is_some_and(|schemas| match schemas {
        Value::Array(list) => list.iter().any(|urn| urn.as_str() == Some(ERROR)),
        other => other.as_str() == Some(ERROR),
    });
    if !is_error
        || find(&object, "id", true).is_some()
        || find(&object, "Resources", true).is_some()
    {
        return None;
    }
    let status = find(&object, "status", true)
        .and_then(status_code)
        .filter(|status| *status >= 400)
        .unwrap_or(400);
    Some(said(status, "", body))
}

/// A status as SCIM 2.0 (`"201"`), as a number, or as SCIM 1.1 has it (`{"code": "201"}`).
pub(crate) fn status_code(value: &Value) -> Option<u16> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|code| u16::try_from(code).ok()),
        Value::String(text) => text.trim().get(..3).and_then(|code| code.parse().ok()),
        Value::Object(object) => find(object, "code", true).and_then(status_code),
        _ => None,
    }
    .filter(|code| (100..600).contains(code))
}

/// The title of a page, or its first heading.
fn title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    ["title", "h1"].iter().find_map(|tag| {
        let start = lower.find(&format!("<{tag}"))?;
        let open = start + lower[start..].find('>')? + 1;
        let end = open + lower[open..].find(&format!("</{tag}"))?;
        Some(html.get(open..end)?.to_owned())
    })
}

/// Everything on one line.
fn line(text: &str) -> Option<String> {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = joined.chars().filter(|c| !c.is_control()).collect();
    (!line.is_empty()).then_some(line)
}
