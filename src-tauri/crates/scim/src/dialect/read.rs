//! Values as Muster holds them, from whatever is on the wire.

use std::borrow::Cow;

use super::Kind;
use super::forms::{Leaves, Values};
use super::key::AttributeKey;
use crate::json::Json;
use crate::resource::{Document, Extension, Resource};

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
    fn is_something(&self) -> bool {
        self.value.is_some() || self.odd.is_some()
    }

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

    /// The attributes that are set or odd, each with its place in the order given to [`Reader::new`].
    pub fn read<'r>(
        &'r self,
        document: &'r Document<'_>,
    ) -> impl Iterator<Item = (usize, Borrowed<'r>)> {
        let mut last = Extension::default();
        let attributes = self.attributes.iter().enumerate();
        attributes
            .filter_map(move |(at, (key, kind))| {
                Some((at, borrowed(document.lookup_near(key, &mut last)?, *kind)))
            })
            .filter(|(_, found)| found.is_something())
    }

    /// Which values of a record are the attributes', in all records of its form. `None` where one is no single value: then
    /// each record is read by itself.
    pub fn slots(&self, document: &Document<'_>, leaves: &Leaves) -> Option<Slots> {
        let slot = |value: &Json<'_>| leaves.slot(document.members(), value);
        let mut last = Extension::default();
        let mut attributes = Vec::with_capacity(self.attributes.len());
        for (at, (key, _)) in self.attributes.iter().enumerate() {
            let Some(value) = document.lookup_near(key, &mut last) else {
                continue;
            };
            match one_value(value) {
                Some(value) => attributes.push((at, slot(value)?)),
                None if is_nothing(value) => {}
                None => return None,
            }
        }
        let etag = match document.version() {
            Some(version) => Some(slot(version)?),
            None => None,
        };
        Some(Slots { attributes, etag })
    }

    /// As [`Reader::read`], from the values of a record of the form that the slots are of.
    pub fn read_slots<'v>(
        &'v self,
        values: &'v Values<'_>,
        slots: &'v Slots,
    ) -> impl Iterator<Item = (usize, Borrowed<'v>)> {
        slots
            .attributes
            .iter()
            .filter_map(|(at, slot)| {
                let (_, kind) = self.attributes.get(*at)?;
                let text = values.get(*slot)?;
                Some((*at, of_text(Cow::Borrowed(&**text), *kind)))
            })
            .filter(|(_, found)| found.is_something())
    }
}

/// Where a [`Reader`]'s attributes are among the values of records of one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The attribute's place in the reader, and the value's in the record.
    attributes: Vec<(usize, usize)>,
    etag: Option<usize>,
}

impl Slots {
    /// See [`Resource::etag`].
    pub fn etag(&self, values: &Values<'_>) -> Option<String> {
        values.get(self.etag?).map(|text| text.clone().into_owned())
    }
}

fn borrowed<'v>(value: &'v Json<'_>, kind: Kind) -> Borrowed<'v> {
    match one_value(value).and_then(Json::as_text) {
        Some(text) => of_text(text, kind),
        None if is_nothing(value) => Borrowed::default(),
        None => Borrowed::odd(
            value.to_value().to_string().into(),
            "This is a list or a group of values where one value is expected.",
        ),
    }
}

fn of_text(text: Cow<'_, str>, kind: Kind) -> Borrowed<'_> {
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

/// The one value in it that is a text, a boolean or a number: `{"value": …}` and an array of one count as that value.
fn one_value<'v, 'a>(value: &'v Json<'a>) -> Option<&'v Json<'a>> {
    match value {
        Json::Object(object) => object.find("value", true).filter(|value| value.is_single()),
        Json::List(list) => match list.as_slice() {
            [one] if !matches!(one, Json::List(_)) => one_value(one),
            _ => None,
        },
        other => Some(other).filter(|value| value.is_single()),
    }
}

/// What stands for no value.
fn is_nothing(value: &Json<'_>) -> bool {
    match value {
        Json::Null => true,
        Json::List(list) => list.is_empty(),
        Json::Object(object) => object.is_empty(),
        _ => false,
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
