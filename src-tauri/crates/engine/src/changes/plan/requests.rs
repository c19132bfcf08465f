//! Items as they go over the wire.

use scim::{
    AttributeKey, Dialect, Patch, Resource,
    dialect::{self, Change, Writing},
};
use store::ChangeAct;

use super::{
    WireRequest,
    item::{Field, Item},
};

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

/// Reading, writing and reading back.
pub(super) fn wire(
    base: &str,
    item: &Item,
    current: Option<&Resource>,
    dialect: &Dialect,
) -> Vec<WireRequest> {
    let write = write(item.act, &item.fields, current, dialect, dialect.writing);
    let address = person_address(base, item.scim_id.as_deref());
    let read = request("GET", address.clone(), None);
    let send = request(write.method(), address, write.body());
    match item.act {
        // Where the new person is to be read is only known from the answer.
        ChangeAct::Create => vec![send],
        ChangeAct::Set | ChangeAct::Activate | ChangeAct::Deactivate | ChangeAct::Delete => {
            vec![read.clone(), send, read]
        }
    }
}

fn person_address(base: &str, id: Option<&str>) -> String {
    let Ok(mut url) = url::Url::parse(base) else {
        return base.to_owned();
    };
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("Users");
        if let Some(id) = id {
            segments.push(id);
        }
    }
    url.to_string()
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

    #[test]
    fn an_odd_id_stays_one_segment() {
        assert_eq!(
            person_address("https://acme.example/api/scim/v2", Some("a/b ?")),
            "https://acme.example/api/scim/v2/Users/a%2Fb%20%3F",
            "an id never becomes a path"
        );
    }
}
