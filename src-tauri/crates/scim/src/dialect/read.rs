//! Values as Muster holds them, from whatever is on the wire.

use std::borrow::Cow;

use super::Kind;
use super::key::AttributeKey;
use crate::json::Json;
use crate::resource::{Document, Extension, Place, Resource};

/// One attribute of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// `None` is not set.
    pub value: Option<String>,
    /// Why the value is not what its kind expects; `value` is then the text as it came.
    pub odd: Option<String>,
}

/// Reads one attribute. For many attributes of one person, a [`Reader`] parses the record only once.
pub fn read(resource: &Resource, key: &AttributeKey, kind: Kind) -> Reading {
    let document = resource.document();
    let borrowed = document
        .lookup(key)
        .map(|value| borrowed(value, kind))
        .unwrap_or_default();
    Reading {
        value: borrowed.value.map(Cow::into_owned),
        odd: borrowed.odd.map(str::to_owned),
    }
}

/// As [`Reading`], the text still in the record where it needs no change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Borrowed<'a> {
    pub value: Option<Cow<'a, str>>,
    pub odd: Option<&'static str>,
}

impl<'a> Borrowed<'a> {
    fn plain(value: Cow<'a, str>) -> Borrowed<'a> {
        Borrowed {
            value: Some(value),
            odd: None,
        }
    }

    fn odd(value: Cow<'a, str>, why: &'static str) -> Borrowed<'a> {
        Borrowed {
            value: Some(value),
            odd: Some(why),
        }
    }
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

    /// Where the attributes are in records of this one's shape (see [`Document::hash_shape`]).
    pub fn places(&self, document: &Document<'_>) -> Places {
        let mut last = Extension::default();
        let attributes = self.attributes.iter().enumerate();
        let places = attributes.filter_map(|(at, (key, _))| {
            let value = document.lookup_near(key, &mut last)?;
            Some((at, document.place_of(value)?))
        });
        Places(places.collect())
    }

    /// The attributes that are set or odd, each with its place in the order given to [`Reader::new`].
    pub fn read<'r>(
        &'r self,
        document: &'r Document<'_>,
        places: &'r Places,
    ) -> impl Iterator<Item = (usize, Borrowed<'r>)> {
        places
            .0
            .iter()
            .filter_map(|(at, place)| {
                let (_, kind) = self.attributes.get(*at)?;
                Some((*at, borrowed(document.at(*place)?, *kind)))
            })
            .filter(|(_, found)| found.value.is_some() || found.odd.is_some())
    }
}

/// Where a [`Reader`]'s attributes are in records of one shape, found once for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<(usize, Place)>);

fn borrowed<'v>(value: &'v Json<'_>, kind: Kind) -> Borrowed<'v> {
    let Some(text) = scalar(value) else {
        return match value {
            Json::Null => Borrowed::default(),
            Json::List(list) if list.is_empty() => Borrowed::default(),
            Json::Object(object) if object.is_empty() => Borrowed::default(),
            other => Borrowed::odd(
                other.to_value().to_string().into(),
                "This is a list or a group of values where one value is expected.",
            ),
        };
    };
    if text.is_empty() {
        return Borrowed::default();
    }
    match kind {
        Kind::Option | Kind::Text | Kind::Employee => Borrowed::plain(text),
        Kind::Boolean => match boolean(&text) {
            Some(truth) => Borrowed::plain(if truth { "true" } else { "false" }.into()),
            None => Borrowed::odd(text, "This is neither true nor false."),
        },
        Kind::Number => match integer(&text) {
            Some(number) => Borrowed::plain(number.into()),
            None => Borrowed::odd(text, "This is not a whole number."),
        },
        Kind::Date => match day(&text) {
            Some(day) => Borrowed::plain(day),
            None => Borrowed::odd(text, "This is not a date, or it has a time of day."),
        },
    }
}

fn day<'v>(text: &Cow<'v, str>) -> Option<Cow<'v, str>> {
    match text {
        Cow::Borrowed(text) => date(text).map(|(day, _)| Cow::Borrowed(day)),
        Cow::Owned(text) => date(text).map(|(day, _)| Cow::Owned(day.to_owned())),
    }
}

/// The one value in it: `{"value": …}` and an array of one count as that value.
fn scalar<'v>(value: &'v Json<'_>) -> Option<Cow<'v, str>> {
    match value {
        Json::Object(object) => object.find("value", true).and_then(Json::as_text),
        Json::List(list) => match list.as_slice() {
            [one] if !matches!(one, Json::List(_)) => scalar(one),
            _ => None,
        },
        other => other.as_text(),
    }
}

/// Booleans as services send them: `true`, `"True"`, `"1"`, `"yes"`.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["true", "1", "yes", "active"]) {
        Some(true)
    } else if is(["false", "0", "no", "inactive"]) {
        Some(false)
    } else {
        None
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
pub(crate) fn date(text: &str) -> Option<(&str, &str)> {
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
        Some((day, suffix))
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
