//! The name of an attribute on the wire.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A company's own attributes at Peakon.
pub const PEAKON_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";
/// RFC 7643 section 4.3.
pub const ENTERPRISE_SCHEMA: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A core path (`userName`, `name.givenName`, `emails.work`, `addresses.work.country`) or `<schema urn>:<name>` with the name
/// exactly as the company writes it, spaces included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct AttributeKey {
    text: Arc<str>,
    /// Found once, since a key is looked up in every person.
    form: Form,
}

/// What a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Form {
    /// `userName`
    Whole,
    /// `name.givenName`: where the dot is.
    Sub(usize),
    /// `addresses.work.country`: where the first dot is, and the second where there is one.
    Element(usize, Option<usize>),
    /// Where the schema's URN ends.
    Extension(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Whole(&'a str),
    /// A member of a member.
    Sub {
        attribute: &'a str,
        rest: &'a str,
    },
    /// A member of the element of a type.
    Element {
        attribute: &'a str,
        kind: &'a str,
        sub: &'a str,
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
        let form = Form::of(&text);
        AttributeKey { text, form }
    }

    /// As kept and compared: the path, or the URN, a colon and the name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The schema an extension attribute belongs to.
    pub fn urn(&self) -> Option<&str> {
        match self.part() {
            Part::Extension { urn, .. } => Some(urn),
            _ => None,
        }
    }

    /// The name without its schema: `Business Unit`, `name.givenName`.
    pub fn name(&self) -> &str {
        match self.part() {
            Part::Extension { name, .. } => name,
            _ => &self.text,
        }
    }

    /// Whether the name may stand in a PATCH path or a filter: ATTRNAME of RFC 7644 section 3.4.2.2.
    pub fn is_legal_path(&self) -> bool {
        match self.part() {
            Part::Extension { name, .. } => {
                name.starts_with(|c: char| c.is_ascii_alphabetic())
                    && name
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '$')
            }
            _ => true,
        }
    }

    /// Standard names are compared without regard to case; a company's own are not: "team" and "Team" are two attributes.
    pub(crate) fn ignores_case(&self) -> bool {
        match self.part() {
            Part::Extension { urn, .. } => urn.eq_ignore_ascii_case(ENTERPRISE_SCHEMA),
            _ => true,
        }
    }

    pub(crate) fn part(&self) -> Part<'_> {
        let text = &*self.text;
        match self.form {
            Form::Whole => Part::Whole(text),
            Form::Sub(dot) => Part::Sub {
                attribute: &text[..dot],
                rest: &text[dot + 1..],
            },
            Form::Element(dot, None) => Part::Element {
                attribute: &text[..dot],
                kind: &text[dot + 1..],
                sub: "value",
            },
            Form::Element(dot, Some(second)) => Part::Element {
                attribute: &text[..dot],
                kind: &text[dot + 1..second],
                sub: &text[second + 1..],
            },
            Form::Extension(end) => Part::Extension {
                urn: &text[..end],
                name: &text[end + 1..],
            },
        }
    }
}

impl Form {
    fn of(text: &str) -> Form {
        let is_urn = text
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
        if let Some(end) = is_urn.then(|| end_of_urn(text)).flatten() {
            return Form::Extension(end);
        }
        match text.find('.') {
            None => Form::Whole,
            Some(dot) if is_core_multi_valued(&text[..dot]) => {
                let second = text[dot + 1..].find('.').map(|at| dot + 1 + at);
                Form::Element(dot, second)
            }
            Some(dot) => Form::Sub(dot),
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
