//! A JSON object that keeps what it does not understand: every member's text is held as it came.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's members in order, keys and values as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members(Vec<Member>);

#[derive(Clone, Debug, PartialEq)]
struct Member {
    /// The key with its quotes and escapes.
    raw_key: String,
    name: String,
    raw_value: String,
}

impl Members {
    /// `None` if the text is not a JSON object.
    pub fn parse(text: &str) -> Option<Members> {
        serde_json::from_str(text).ok()
    }

    /// Attribute names and schema URIs are compared without regard to case (RFC 7643 section 2.1); an exact match wins.
    pub fn get_any_case(&self, name: &str) -> Option<&str> {
        self.position(name, true)
            .map(|at| self.0[at].raw_value.as_str())
    }

    pub fn set(&mut self, name: &str, raw_value: String, any_case: bool) {
        match self.position(name, any_case) {
            Some(at) => self.0[at].raw_value = raw_value,
            None => self.0.push(Member {
                raw_key: serde_json::Value::from(name).to_string(),
                name: name.to_owned(),
                raw_value,
            }),
        }
    }

    pub fn remove(&mut self, name: &str, any_case: bool) {
        while let Some(at) = self.position(name, any_case) {
            self.0.remove(at);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(
            2 + self
                .0
                .iter()
                .map(|m| m.raw_key.len() + m.raw_value.len() + 2)
                .sum::<usize>(),
        );
        text.push('{');
        for (at, member) in self.0.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            text.push_str(&member.raw_key);
            text.push(':');
            text.push_str(&member.raw_value);
        }
        text.push('}');
        text
    }

    fn position(&self, name: &str, any_case: bool) -> Option<usize> {
        // The last of two members with one name is the one that counts, as most readers have it.
        let exact = self.0.iter().rposition(|member| member.name == name);
        if exact.is_some() || !any_case {
            return exact;
        }
        self.0
            .iter()
            .rposition(|member| member.name.eq_ignore_ascii_case(name))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<&RawValue>()? {
            let raw_key = key.get().to_owned();
            let name: String = serde_json::from_str(&raw_key).map_err(A::Error::custom)?;
            let raw_value = map.next_value::<&RawValue>()?.get().to_owned();
            members.push(Member {
                raw_key,
                name,
                raw_value,
            });
        }
        Ok(Members(members))
    }
}

/// The elements of an array as written; a single value counts as an array of one, `null` as none.
pub(crate) fn elements(text: &str) -> Vec<String> {
    if text.trim() == "null" {
        return Vec::new();
    }
    match serde_json::from_str::<Vec<&RawValue>>(text) {
        Ok(list) => list
            .iter()
            .map(|element| element.get().to_owned())
            .collect(),
        Err(_) => vec![text.to_owned()],
    }
}
