//! The last net under the logs: whatever the code above logs, no token and no e-mail address gets out.

use std::{
    borrow::Cow,
    io::{self, Write},
    sync::{PoisonError, RwLock},
};

use secrecy::{ExposeSecret, SecretString};

/// Every token this process has held, so that it is recognised wherever it turns up.
static KNOWN: RwLock<Vec<SecretString>> = RwLock::new(Vec::new());

/// Shorter ones would blacken ordinary words.
const SHORTEST_TOKEN: usize = 6;

/// Remembers a token as something never to be written.
pub fn learn(token: &SecretString) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let new = known
        .iter()
        .all(|old| old.expose_secret() != token.expose_secret());
    if new && token.expose_secret().len() >= SHORTEST_TOKEN {
        known.push(token.clone());
    }
}

/// The text without the tokens that are known, without whatever follows "Bearer", and without e-mail
/// addresses.
pub fn redacted(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    for token in KNOWN
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .map(ExposeSecret::expose_secret)
    {
        if text.contains(token) {
            text = Cow::Owned(text.replace(token, "[token]"));
        }
    }
    without_addresses(&without_bearers(&text))
}

fn without_bearers(text: &str) -> String {
    const SCHEME: &str = "bearer ";
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(SCHEME) {
        let start = at + found + SCHEME.len();
        let end = text[start..]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ')' | '}'))
            .map_or(text.len(), |length| start + length);
        out.push_str(&text[at..start]);
        if end > start {
            out.push_str("[token]");
        }
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

fn without_addresses(text: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let local = before
            .char_indices()
            .rev()
            .find(|&(_, c)| !part(c))
            .map_or(0, |(index, c)| index + c.len_utf8());
        let domain = after
            .char_indices()
            .find(|&(_, c)| !part(c))
            .map_or(after.len(), |(index, _)| index);
        if local == at || domain == 0 {
            out.push_str(&rest[..=at]);
            rest = after;
        } else {
            out.push_str(&rest[..local]);
            out.push_str("[e-mail]");
            rest = &after[domain..];
        }
    }
    out.push_str(rest);
    out
}

/// A writer that lets only redacted text through. The log writes one event per call, so nothing can hide
/// by being split over two.
#[derive(Debug)]
pub struct Redacting<W>(pub W);

impl<W: Write> Write for Redacting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(redacted(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::{Redacting, learn, redacted};

    #[test]
    fn a_bearer_token_is_never_written() {
        assert_eq!(
            redacted(r#"authorization: Bearer eyJhbGciOi.J9-x_y== status=401"#),
            "authorization: Bearer [token] status=401",
            "what follows the scheme is the token, known or not"
        );
        assert_eq!(
            redacted(r#"{"authorization":"bearer abc"}"#),
            r#"{"authorization":"bearer [token]"}"#,
            "header names and schemes come in any letter case"
        );
    }

    #[test]
    fn a_known_token_is_recognised_anywhere() {
        learn(&SecretString::from("s3cret-token-of-acme"));
        assert_eq!(
            redacted("url=http://x/?key=s3cret-token-of-acme&n=1"),
            "url=http://x/?key=[token]&n=1",
            "a token in an address is as dangerous as one in a header"
        );
    }

    #[test]
    fn addresses_of_people_are_not_written() {
        assert_eq!(
            redacted("could not patch <ana.ruiz+hr@acme.example>, bo.li@acme.example: 409"),
            "could not patch <[e-mail]>, [e-mail]: 409",
            "an e-mail address names a person"
        );
        assert_eq!(
            redacted("@ 5 pages @work"),
            "@ 5 pages @work",
            "a bare sign is no address and stays"
        );
    }

    #[test]
    fn the_writer_redacts_what_passes_through_it() {
        let mut out = Vec::new();
        Redacting(&mut out)
            .write_all("Bearer abcdef 李@例子.公司\n".as_bytes())
            .expect("a vector takes everything");
        assert_eq!(
            String::from_utf8(out).expect("text in, text out"),
            "Bearer [token] [e-mail]\n",
            "addresses in other scripts count too"
        );
    }

    proptest! {
        #[test]
        fn no_token_after_bearer_survives(
            before in "[a-z @.]{0,20}",
            token in "[A-Za-z0-9._~+/-]{8,40}=?",
            after in "[ ,\"].{0,20}",
        ) {
            let line = format!("{before}Bearer {token}{after}");
            let line = redacted(&line);
            prop_assert!(
                !line.contains(&format!("Bearer {token}")),
                "the token stands in {line}"
            );
        }
    }
}
