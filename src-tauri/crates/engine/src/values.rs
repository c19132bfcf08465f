//! What somebody typed or pasted, made into canonical values.

mod date;

use jiff::civil::Date;

pub(crate) use date::{DateProblem, read_date};

use crate::{
    attribute::{Attribute, Kind},
    changes::{
        draft::{DateOrder, RefusalCode},
        ground::Ground,
    },
    error::{Error, Result},
    ids::RowId,
};

/// Longest option value Peakon keeps, in characters.
const LONGEST_OPTION: usize = 256;

/// Why a text is no value, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub code: RefusalCode,
    pub message: String,
    /// The text as it was given, trimmed.
    pub text: Option<String>,
}

impl Unusable {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(RefusalCode::Invalid, message)
    }

    pub(crate) fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            text: None,
        }
    }
}

/// How texts are to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub today: Date,
    /// Given once somebody was asked about dates that read two ways.
    pub order: Option<DateOrder>,
    /// The admin said "Create segment".
    pub new_option: bool,
}

/// The canonical value of a text that is not blank.
pub(crate) fn read_value(
    ground: &dyn Ground,
    attribute: &Attribute,
    text: &str,
    reading: Reading,
) -> Result<String, Unusable> {
    let text = text.trim();
    read_trimmed(ground, attribute, text, reading).map_err(|unusable| Unusable {
        text: Some(text.to_owned()),
        ..unusable
    })
}

fn read_trimmed(
    ground: &dyn Ground,
    attribute: &Attribute,
    text: &str,
    reading: Reading,
) -> Result<String, Unusable> {
    let label = &attribute.label;
    match attribute.kind {
        Kind::Text => Ok(text.to_owned()),
        Kind::Option => {
            if text.chars().count() > LONGEST_OPTION {
                return Err(Unusable::invalid(format!(
                    "This is longer than the {LONGEST_OPTION} characters a value of {label} may have. Shorten it"
                )));
            }
            if reading.new_option || ground.has_option(attribute.id, text) {
                Ok(text.to_owned())
            } else {
                let known = ground.similar_option(attribute.id, text).map_or_else(
                    || "Choose an existing value".to_owned(),
                    |similar| format!("There is “{similar}”: choose that one"),
                );
                Err(Unusable::new(
                    RefusalCode::UnknownOption,
                    format!(
                        "Nobody has “{text}” as {label}. {known}, or create the segment on purpose"
                    ),
                ))
            }
        }
        Kind::Date => read_date(text, reading.order, reading.today)
            .map(|date| date.to_string())
            .map_err(|problem| match problem {
                DateProblem::Ambiguous {
                    day_first,
                    month_first,
                } => Unusable::new(
                    RefusalCode::AmbiguousDate,
                    format!(
                        "“{text}” can be {} or {}. Say whether the day or the month comes first",
                        spoken_date(day_first),
                        spoken_date(month_first)
                    ),
                ),
                DateProblem::Unreadable => Unusable::invalid(format!(
                    "“{text}” is not a date. Write it like 7 March 2024 or 2024-03-07"
                )),
            }),
        Kind::Number => read_number(text).ok_or_else(|| {
            Unusable::invalid(format!(
                "“{text}” is not a whole number, and {label} takes whole numbers only"
            ))
        }),
        Kind::Boolean => read_boolean(text)
            .map(|truth| truth.to_string())
            .ok_or_else(|| {
                Unusable::invalid(format!("“{text}” is neither yes nor no. Write yes or no"))
            }),
        Kind::Employee => {
            let row = read_person(ground, text)?;
            ground.reference(row, attribute).ok_or_else(|| {
                Unusable::invalid(format!(
                    "{} has no e-mail address, so nobody can be given them as {label}",
                    ground.spoken(row)
                ))
            })
        }
    }
}

/// The person meant by an e-mail, employee number, id or name.
pub(crate) fn read_person(ground: &dyn Ground, text: &str) -> Result<RowId, Unusable> {
    let text = text.trim();
    let mut found = ground.find(text);
    if found.is_empty() {
        found = ground.named(text);
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Unusable::invalid(format!(
            "Nobody here has “{text}” as name, e-mail or employee number. Check the spelling, or choose from the list"
        ))),
        several => Err(Unusable::new(
            RefusalCode::AmbiguousPerson,
            format!(
                "“{text}” fits {} people. Give the e-mail or the employee number",
                several.len()
            ),
        )),
    }
}

/// Decimal digits, grouping signs allowed between groups of three.
fn read_number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let groups: Vec<&str> = digits
        .split([',', '.', ' ', '\u{a0}', '\u{202f}', '\'', '’'])
        .collect();
    let sound = match groups.as_slice() {
        [one] => !one.is_empty(),
        [first, rest @ ..] => {
            (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3)
        }
        [] => false,
    };
    let joined = groups.concat();
    if !sound || !joined.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = joined.trim_start_matches('0');
    Some(match significant {
        "" => "0".to_owned(),
        _ => format!("{sign}{significant}"),
    })
}

fn read_boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "on" | "active" => Some(true),
        "false" | "no" | "n" | "0" | "off" | "inactive" => Some(false),
        _ => None,
    }
}

/// The last day something holds, which has not passed.
///
/// # Errors
/// [`crate::Code::Precondition`] for anything else than `YYYY-MM-DD`, and for a day before today.
pub(crate) fn day_to_come(text: &str, today: Date) -> Result<Date> {
    let Some(day) = text.parse::<Date>().ok().filter(|_| text.len() == 10) else {
        return Err(Error::precondition(format!(
            "“{text}” is not a date. Write it like 2027-03-07, or give none."
        )));
    };
    if day < today {
        return Err(Error::precondition(format!(
            "{text} is over. Give a day from today on, or none."
        )));
    }
    Ok(day)
}

/// "7 Mar 2024".
pub(crate) fn spoken_date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// A value as people write it, where it needs to be another than its canonical text.
pub(crate) fn spoken_value(kind: Kind, value: &str) -> String {
    match kind {
        Kind::Date => value
            .parse::<Date>()
            .map_or_else(|_| value.to_owned(), spoken_date),
        Kind::Boolean => match value {
            "true" => "yes".to_owned(),
            "false" => "no".to_owned(),
            odd => odd.to_owned(),
        },
        Kind::Text | Kind::Option | Kind::Number | Kind::Employee => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_whole_and_written_one_way() {
        let cases: serde_json::Value =
            serde_json::from_str(include_str!("../../../../ui/src/editors/readings.json"))
                .expect("the cases are JSON");
        for (text, expected) in cases["numbers"].as_object().expect("texts with readings") {
            assert_eq!(read_number(text).as_deref(), expected.as_str(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_number_reads_as_itself(number: i64) {
            let text = number.to_string();
            prop_assert_eq!(read_number(&text), Some(text), "canonical text is stable");
        }
    }
}
