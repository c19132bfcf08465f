//! The name of an attribute on the wire.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub const PEAKON_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";
pub const ENTERPRISE_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A core path (`userName`, `name.givenName`, `emails.work`, `addresses.work.country`) or `<schema urn>:<name>` with the name
/// exactly as the company writes it, spaces included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct AttributeKey {
    text: Arc<str>,
    /// Where the schema's URN ends, for an extension's attribute: found once, since a key is looked up in every person.
    urn_end: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Core {
        attribute: &'a str,
        rest: Option<&'a str>,
    },
    Extension {
        urn: &'a str,
        name: &'a str,
    },
}

impl AttributeKey {
    pub fn new(text: impl AsRef<str>) -> AttributeKey {
        AttributeKey::of(Arc::from(text.as_ref()))
    }

    pub fn extension(urn: &str, name: &str) -> AttributeKey {
        AttributeKey::of(Arc::from(format!("{urn}:{name}")))
    }

    fn of(text: Arc<str>) -> AttributeKey {
        let is_urn = text
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
        let urn_end = is_urn.then(|| end_of_urn(&text)).flatten();
        AttributeKey { text, urn_end }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The schema an extension attribute belongs to.
    pub fn urn(&self) -> Option<&str> {
        match self.part() {
            Part::Extension { urn, .. } => Some(urn),
            Part::Core { .. } => None,
        }
    }

    /// The name without its schema: `Business Unit`, `name.givenName`.
    pub fn name(&self) -> &str {
        match self.part() {
            Part::Extension { name, .. } => name,
            Part::Core { .. } => &self.text,
        }
    }

    /// Whether the name may stand in a PATCH path or a filter: ATTRNAME of RFC 7644 section 3.4.2.2.
    pub fn is_legal_path(&self) -> bool {
        match self.part() {
            Part::Core { .. } => true,
            Part::Extension { name, .. } => {
                name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && name
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '$')
            }
        }
    }

    /// Standard names are compared without regard to case; a company's own are not: "team" and "Team" are two attributes.
    pub(crate) fn ignores_case(&self) -> bool {
        match self.part() {
            Part::Core { .. } => true,
            Part::Extension { urn, .. } => urn.eq_ignore_ascii_case(ENTERPRISE_SCHEMA),
        }
    }

    pub(crate) fn part(&self) -> Part<'_> {
        let text = &*self.text;
        if let Some(at) = self.urn_end {
            return Part::Extension {
                urn: &text[..at],
                name: &text[at + 1..],
            };
        }
        match text.split_once('.') {
            Some((attribute, rest)) => Part::Core {
                attribute,
                rest: Some(rest),
            },
            None => Part::Core {
                attribute: text,
                rest: None,
            },
        }
    }
}

/// Where the schema's URN ends: after `:<version>:<word>` if it has a version (the attribute's name may hold colons of its own),
/// else before the last colon.
fn end_of_urn(text: &str) -> Option<usize> {
    let colons: Vec<usize> = text.match_indices(':').map(|(at, _)| at).collect();
    for three in colons.windows(3) {
        let version = &text[three[0] + 1..three[1]];
        let is_version = version.split_once('.').is_some_and(|(major, minor)| {
            !major.is_empty()
                && !minor.is_empty()
                && (major.to_owned() + minor)
                    .bytes()
                    .all(|b| b.is_ascii_digit())
        });
        if is_version && three[2] + 1 < text.len() {
            return Some(three[2]);
        }
    }
    colons
        .last()
        .copied()
        .filter(|at| *at > 3 && at + 1 < text.len())
}

/// Core attributes that hold several values told apart by `type` (RFC 7643 section 4.1.2).
pub(crate) fn is_core_multi_valued(attribute: &str) -> bool {
    [
        "emails",
        "phoneNumbers",
        "addresses",
        "ims",
        "photos",
        "entitlements",
        "roles",
        "x509Certificates",
    ]
    .iter()
    .any(|name| name.eq_ignore_ascii_case(attribute))
}

impl fmt::Display for AttributeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for AttributeKey {
    fn from(text: &str) -> AttributeKey {
        AttributeKey::new(text)
    }
}

impl From<String> for AttributeKey {
    fn from(text: String) -> AttributeKey {
        AttributeKey::of(Arc::from(text))
    }
}

impl From<AttributeKey> for String {
    fn from(key: AttributeKey) -> String {
        key.as_str().to_owned()
    }
}
