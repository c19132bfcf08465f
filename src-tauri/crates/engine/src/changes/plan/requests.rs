//! Items as they go over the wire.

use scim::{
    AttributeKey, BulkOperation, Dialect, Patch, Resource, bulk_text,
    dialect::{self, Change, Writing},
    person_path,
};
use store::ChangeAct;

use super::{
    WireRequest,
    item::{Field, Item},
    summary::Checking,
};
use crate::changes::words;

/// What stands in place of the token.
const MASK: &str = "••••••••";

/// The one write behind an item.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    Patch(Patch),
    /// The whole record, for a service that changes no single attributes.
    Replace(Resource),
    Create(Resource),
    Delete,
}

/// `current` is the person as last read, so that lists such as e-mails keep their other entries, and a whole record
/// all that is not changed.
pub(crate) fn write(
    act: ChangeAct,
    fields: &[Field],
    current: Option<&Resource>,
    dialect: &Dialect,
    writing: Writing,
) -> Write {
    match act {
        ChangeAct::Delete => Write::Delete,
        ChangeAct::Create => Write::Create(dialect::build(&changes(fields), dialect)),
        ChangeAct::Set | ChangeAct::Activate | ChangeAct::Deactivate => match (writing, current) {
            (Writing::Replace, Some(current)) => {
                let mut whole = current.clone();
                dialect::apply(&mut whole, &changes(fields), dialect);
                Write::Replace(whole.without_read_only())
            }
            (Writing::Replace, None) | (Writing::Patch, _) => {
                Write::Patch(dialect::patch(current, &changes(fields), dialect))
            }
        },
    }
}

fn changes(fields: &[Field]) -> Vec<Change> {
    fields
        .iter()
        .map(|field| Change {
            key: AttributeKey::new(&field.key),
            kind: field.kind.wire(),
            value: field.after.clone(),
        })
        .collect()
}

impl Write {
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Patch(_) => "PATCH",
            Self::Replace(_) => "PUT",
            Self::Create(_) => "POST",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) fn body(&self) -> Option<String> {
        match self {
            Self::Patch(patch) => Some(patch.to_json()),
            Self::Replace(resource) | Self::Create(resource) => Some(resource.raw().to_owned()),
            Self::Delete => None,
        }
    }
}

/// How the run of a plan compares, sends and reads back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    pub checking: Checking,
    /// Requests that one listing takes, and people in each.
    pub pages: u32,
    pub page_size: u32,
    /// People whose changes go in one request; `None` where each goes on its own.
    pub together: Option<u32>,
}

/// Reading, writing and reading back.
pub(super) fn wire(
    base: &str,
    item: &Item,
    current: Option<&Resource>,
    dialect: &Dialect,
    way: Way,
) -> Vec<WireRequest> {
    let write = write(item.act, &item.fields, current, dialect, dialect.writing);
    let people = format!("{base}{}", person_path(None));
    let id = item.scim_id.as_deref();
    let person = format!("{base}{}", person_path(id));
    let read = request("GET", person.clone(), None);
    match item.act {
        ChangeAct::Create => {
            let search = item.looked_up_by().map(|filter| WireRequest {
                note: Some("Nobody may be there by this name.".into()),
                ..request("GET", format!("{people}?{}", filter.query()), None)
            });
            let back = WireRequest {
                note: Some("Reads back, under the id that the answer gives.".into()),
                ..request("GET", format!("{people}/{{id}}"), None)
            };
            let create = request(write.method(), people, write.body());
            search.into_iter().chain([create, back]).collect()
        }
        ChangeAct::Delete => vec![read.clone(), request(write.method(), person, None), read],
        ChangeAct::Set | ChangeAct::Activate | ChangeAct::Deactivate => {
            let send = match (way.together, &write, id) {
                (Some(together), Write::Patch(patch), Some(id)) => WireRequest {
                    note: Some(format!(
                        "Goes in one request with those of up to {}; each is answered for by itself.",
                        match together - 1 {
                            1 => "one other person".to_owned(),
                            others => format!("{} other people", words::number(others)),
                        }
                    )),
                    ..request(
                        "POST",
                        format!("{base}/Bulk"),
                        Some(bulk_text(&[BulkOperation::Patch {
                            id: id.to_owned(),
                            patch: patch.clone(),
                            etag: None,
                        }])),
                    )
                },
                _ => request(write.method(), person, write.body()),
            };
            let list = |what: &str| WireRequest {
                note: Some(format!(
                    "The first of {} pages that list everybody: they {what} all the people of this plan.",
                    words::number(way.pages)
                )),
                ..request(
                    "GET",
                    format!("{people}?startIndex=1&count={}", way.page_size),
                    None,
                )
            };
            match (way.checking, dialect.writing) {
                (Checking::Singly, _) => vec![read.clone(), send, read],
                (Checking::ByListing, Writing::Replace) => vec![read, send, list("read back")],
                (Checking::ByListing, Writing::Patch) => {
                    vec![list("compare"), send, list("read back")]
                }
            }
        }
    }
}

fn request(method: &str, url: String, body: Option<String>) -> WireRequest {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let mut curl = format!(
        "curl --request {method} {} --header {}",
        quoted(&url),
        quoted(&format!("Authorization: Bearer {MASK}"))
    );
    if let Some(body) = &body {
        curl.push_str(&format!(
            " --header {} --data {}",
            quoted("Content-Type: application/scim+json"),
            quoted(body)
        ));
    }
    WireRequest {
        note: None,
        method: method.to_owned(),
        url,
        body,
        curl,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curl_survives_quotes_and_hides_the_token() {
        let found = request(
            "PATCH",
            "http://x/Users/1".into(),
            Some(r#"{"a":"O'Neil"}"#.into()),
        );
        assert_eq!(
            found.curl,
            r#"curl --request PATCH 'http://x/Users/1' --header 'Authorization: Bearer ••••••••' --header 'Content-Type: application/scim+json' --data '{"a":"O'\''Neil"}'"#,
            "it can be pasted into a shell"
        );
    }
}
