//! Dates any way round.

use jiff::civil::Date;

use crate::changes::draft::DateOrder;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateProblem {
    /// Both readings are dates, and they differ.
    Ambiguous {
        day_first: Date,
        month_first: Date,
    },
    Unreadable,
}

/// Three letters are enough to tell the months apart in English; German, French, Spanish, Portuguese, Italian, Dutch,
/// Scandinavian, Polish and Russian spellings that differ follow. `ui/src/editors/dates.ts` has the same.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "янв"],
    &["feb", "fev", "fév", "lut", "фев"],
    &["mar", "mär", "mrz", "maa", "мар"],
    &["apr", "avr", "abr", "kwi", "апр"],
    &["may", "mai", "mag", "mei", "maj", "мая", "май"],
    &["jun", "juin", "giu", "cze", "июн"],
    &["jul", "juil", "lug", "lip", "июл"],
    &["aug", "aou", "aoû", "ago", "sie", "авг"],
    &["sep", "set", "wrz", "сен"],
    &["oct", "okt", "out", "ott", "paź", "paz", "окт"],
    &["nov", "lis", "ноя"],
    &["dec", "dez", "déc", "dic", "gru", "дек"],
];

fn month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    if word.chars().count() < 3 {
        return None;
    }
    (1..)
        .zip(MONTHS)
        .find(|(_, names)| names.iter().any(|name| word.starts_with(name)))
        .map(|(number, _)| number)
}

/// A year of two digits is the one between 90 years ago and ten years ahead.
fn year(text: &str, today: Date) -> Option<i16> {
    let number: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some(number),
        2 => {
            let century = today.year() / 100 * 100;
            let year = century + number;
            Some(if year > today.year() + 10 {
                year - 100
            } else {
                year
            })
        }
        _ => None,
    }
}

/// A calendar day, whatever the order of its parts. `order` settles what is ambiguous; `today` gives years of
/// two digits their century.
pub(crate) fn read_date(
    text: &str,
    order: Option<DateOrder>,
    today: Date,
) -> Result<Date, DateProblem> {
    let text = text.trim();
    // The time of a date-time is dropped: these attributes are days.
    let day_part = match text.split_once(['T', ' ']) {
        Some((day, time)) if time.contains(':') => day,
        _ => text,
    };
    if day_part.len() == 8 && day_part.bytes().all(|byte| byte.is_ascii_digit()) {
        return part_date(&day_part[..4], &day_part[4..6], &day_part[6..], today)
            .ok_or(DateProblem::Unreadable);
    }
    let parts: Vec<&str> = day_part
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|part| !part.is_empty() && !matches!(*part, "de" | "of"))
        .map(without_ordinal)
        .collect();
    let [first, second, third] = parts.as_slice() else {
        return Err(DateProblem::Unreadable);
    };
    if let Some(number) = month(second) {
        let month = number.to_string();
        return match first.len() {
            4 => part_date(first, &month, third, today),
            _ => part_date(third, &month, first, today),
        }
        .ok_or(DateProblem::Unreadable);
    }
    if let Some(number) = month(first) {
        return part_date(third, &number.to_string(), second, today).ok_or(DateProblem::Unreadable);
    }
    if first.len() == 4 {
        return part_date(first, second, third, today).ok_or(DateProblem::Unreadable);
    }
    let day_first = part_date(third, second, first, today);
    let month_first = part_date(third, first, second, today);
    // Where a dot stands between the parts, the day comes first.
    let order = order.or_else(|| day_part.contains('.').then_some(DateOrder::DayFirst));
    match (day_first, month_first) {
        (None, None) => Err(DateProblem::Unreadable),
        (Some(date), None) | (None, Some(date)) => Ok(date),
        (Some(date), Some(other)) if date == other => Ok(date),
        (Some(day_first), Some(month_first)) => match order {
            Some(DateOrder::DayFirst) => Ok(day_first),
            Some(DateOrder::MonthFirst) => Ok(month_first),
            None => Err(DateProblem::Ambiguous {
                day_first,
                month_first,
            }),
        },
    }
}

/// "7th" is 7.
fn without_ordinal(part: &str) -> &str {
    ["st", "nd", "rd", "th"]
        .into_iter()
        .filter_map(|ending| part.strip_suffix(ending))
        .find(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or(part)
}

fn part_date(year_text: &str, month: &str, day: &str, today: Date) -> Option<Date> {
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(
        year(year_text, today)?,
        month.parse().ok()?,
        day.parse().ok()?,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    /// What a cell in the window reads, a paste and a file read alike: the page's own reading runs the same cases.
    #[test]
    fn texts_are_read_as_the_page_reads_them() {
        let cases: serde_json::Value =
            serde_json::from_str(include_str!("../../../../../ui/src/editors/readings.json"))
                .expect("the cases are JSON");
        let day = |value: &serde_json::Value| -> Date {
            let text = value.as_str().expect("a day is text");
            text.parse().expect("a day is canonical")
        };
        assert_eq!(
            day(&cases["today"]),
            TODAY,
            "years of two digits hang on it"
        );
        for (text, expected) in cases["dates"].as_object().expect("texts with readings") {
            let expected = match expected {
                serde_json::Value::Null => Err(DateProblem::Unreadable),
                serde_json::Value::Array(ways) => Err(DateProblem::Ambiguous {
                    day_first: day(&ways[0]),
                    month_first: day(&ways[1]),
                }),
                one => Ok(day(one)),
            };
            assert_eq!(read_date(text, None, TODAY), expected, "{text:?}");
        }
    }

    #[test]
    fn a_date_that_reads_two_ways_is_asked_about() {
        assert_eq!(
            read_date("03/04/2024", None, TODAY),
            Err(DateProblem::Ambiguous {
                day_first: date(2024, 4, 3),
                month_first: date(2024, 3, 4)
            }),
            "nobody can tell"
        );
        assert_eq!(
            read_date("03/04/2024", Some(DateOrder::MonthFirst), TODAY),
            Ok(date(2024, 3, 4)),
            "the answer settles it"
        );
    }

    proptest! {
        #[test]
        fn canonical_text_is_stable(days in 0i64..40_000) {
            let day = date(1930, 1, 1).checked_add(jiff::Span::new().days(days)).expect("in range");
            prop_assert_eq!(read_date(&day.to_string(), None, TODAY), Ok(day), "what is written is read");
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,20}") {
            let _ = read_date(&text, None, TODAY);
        }
    }
}
