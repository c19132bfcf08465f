//! Values as Muster holds them, from whatever is on the wire.

use serde_json::{Map, Value};

use super::Kind;
use super::key::AttributeKey;
use crate::resource::{Resource, as_text, find, lookup};

/// One attribute of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// `None` is not set.
    pub value: Option<String>,
    /// Why the value is not what its kind expects; `value` is then the text as it came.
    pub odd: Option<String>,
}

impl Reading {
    fn plain(value: impl Into<String>) -> Reading {
        Reading {
            value: Some(value.into()),
            odd: None,
        }
    }

    fn odd(value: impl Into<String>, why: &str) -> Reading {
        Reading {
            value: Some(value.into()),
            odd: Some(why.to_owned()),
        }
    }
}

/// Reads one attribute. For many attributes of one person, a [`Reader`] parses the record only once.
pub fn read(resource: &Resource, key: &AttributeKey, kind: Kind) -> Reading {
    read_from(&resource.document(), key, kind)
}

/// Reads the same attributes of many people.
#[derive(Clone, Debug)]
pub struct Reader {
    attributes: Vec<(AttributeKey, Kind)>,
}

impl Reader {
    pub fn new(attributes: Vec<(AttributeKey, Kind)>) -> Reader {
        Reader { attributes }
    }

    /// One reading per attribute, in the order given to [`Reader::new`].
    pub fn read(&self, resource: &Resource) -> Vec<Reading> {
        let document = resource.document();
        self.attributes
            .iter()
            .map(|(key, kind)| read_from(&document, key, *kind))
            .collect()
    }
}

fn read_from(document: &Map<String, Value>, key: &AttributeKey, kind: Kind) -> Reading {
    match lookup(document, key) {
        Some(value) => reading(value, kind),
        None => Reading::default(),
    }
}

fn reading(value: &Value, kind: Kind) -> Reading {
    let Some(text) = scalar(value) else {
        return match value {
            Value::Null => Reading::default(),
            Value::Array(list) if list.is_empty() => Reading::default(),
            Value::Object(object) if object.is_empty() => Reading::default(),
            other => Reading::odd(
                other.to_string(),
                "This is a list or a group of values where one value is expected.",
            ),
        };
    };
    if text.is_empty() {
        return Reading::default();
    }
    match kind {
        Kind::Option | Kind::Text | Kind::Employee => Reading::plain(text),
        Kind::Boolean => match boolean(&text) {
            Some(truth) => Reading::plain(truth.to_string()),
            None => Reading::odd(text, "This is neither true nor false."),
        },
        Kind::Number => match integer(&text) {
            Some(number) => Reading::plain(number),
            None => Reading::odd(text, "This is not a whole number."),
        },
        Kind::Date => match date(&text) {
            Some((day, _)) => Reading::plain(day),
            None => Reading::odd(text, "This is not a date, or it has a time of day."),
        },
    }
}

/// The one value in it: `{"value": …}` and an array of one count as that value.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Object(object) => find(object, "value", true).and_then(as_text),
        Value::Array(list) => match list.as_slice() {
            [one] if !one.is_array() => scalar(one),
            _ => None,
        },
        other => as_text(other),
    }
}

/// Booleans as services send them: `true`, `"True"`, `"1"`, `"yes"`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "active" => Some(true),
        "false" | "0" | "no" | "inactive" => Some(false),
        _ => None,
    }
}

/// A whole number without leading zeros or a plus sign; `5.0` is 5.
pub(crate) fn integer(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let whole = match digits.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b == b'0') => {
            whole
        }
        Some(_) => return None,
        None => digits,
    };
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = whole.trim_start_matches('0');
    Some(if significant.is_empty() {
        "0".to_owned()
    } else {
        format!("{sign}{significant}")
    })
}

/// A day, and what stands after it, if the text is a date or a date-time at midnight (in whatever zone: a day is a day).
pub(crate) fn date(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    let day = text.get(..10)?;
    let shape = day.bytes().enumerate().all(|(at, b)| {
        if at == 4 || at == 7 {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    });
    if !shape || day.parse::<jiff::civil::Date>().is_err() {
        return None;
    }
    let suffix = &text[10..];
    if suffix.is_empty() || is_midnight(suffix) {
        Some((day.to_owned(), suffix.to_owned()))
    } else {
        None
    }
}

/// `T00:00`, `T00:00:00`, `T00:00:00.000`, each with nothing, `Z` or an offset after it; a space in place of the `T` too.
fn is_midnight(suffix: &str) -> bool {
    let Some(time) = suffix.strip_prefix(['T', 't', ' ']) else {
        return false;
    };
    let Some(mut rest) = time.strip_prefix("00:00") else {
        return false;
    };
    if let Some(after) = rest.strip_prefix(":00") {
        rest = after;
        if let Some(fraction) = rest.strip_prefix('.') {
            let after = fraction.trim_start_matches('0');
            if after.len() == fraction.len() {
                return false;
            }
            rest = after;
        }
    }
    match rest {
        "" | "Z" | "z" => true,
        offset => {
            let Some(digits) = offset.strip_prefix(['+', '-']) else {
                return false;
            };
            let digits = digits.replace(':', "");
            (digits.len() == 2 || digits.len() == 4) && digits.bytes().all(|b| b.is_ascii_digit())
        }
    }
}
