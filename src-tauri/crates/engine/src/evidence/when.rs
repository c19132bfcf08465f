//! The day an activity happened on, in the admin's own calendar, however the file writes it.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use crate::{
    changes::draft::DateOrder,
    values::{DateProblem, read_date},
};

/// How the dates of one column are read.
#[derive(Debug, Clone)]
pub(super) struct How {
    pub order: Option<DateOrder>,
    pub today: Date,
    /// Where the admin's day begins and ends.
    pub zone: TimeZone,
    /// A time without a zone is UTC, because the column says so.
    pub utc: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Day(Date),
    /// "Never", or nothing: listed without any activity.
    Never,
    /// The day and the month may be either.
    Ambiguous,
    Unreadable,
}

const NEVER: [&str; 16] = [
    "",
    "-",
    "--",
    "–",
    "—",
    "never",
    "never logged in",
    "never signed in",
    "none",
    "null",
    "n/a",
    "na",
    "#n/a",
    "nil",
    "no sign-in",
    "not available",
];

/// Days that programs write for "never": the beginnings of their calendars.
fn is_zero(day: Date) -> bool {
    let parts = (day.year(), day.month(), day.day());
    day.year() <= 1
        || matches!(
            parts,
            (1601, 1, 1) | (1899, 12, 30 | 31) | (1900, 1, 1) | (1904, 1, 1) | (1970, 1, 1)
        )
}

pub(super) fn read(text: &str, how: &How) -> When {
    let text = text.trim();
    if text.len() <= 20 && NEVER.iter().any(|never| text.eq_ignore_ascii_case(never)) {
        return When::Never;
    }
    match day(text, how) {
        When::Day(day) if is_zero(day) => When::Never,
        other => other,
    }
}

fn day(text: &str, how: &How) -> When {
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && let Some(found) = number(text, how)
    {
        return found;
    }
    if let Some(found) = iso(text, how) {
        return found;
    }
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return When::Day(local(zoned.timestamp(), how));
    }
    let (words, clock) = apart(text);
    let found = match read_date(&words, how.order, how.today) {
        Ok(day) => day,
        Err(DateProblem::Ambiguous { .. }) => return When::Ambiguous,
        Err(DateProblem::Unreadable) => return When::Unreadable,
    };
    match clock {
        Some((time, utc)) if utc || how.utc => in_utc(found.to_datetime(time), how),
        _ => When::Day(found),
    }
}

fn local(at: Timestamp, how: &How) -> Date {
    how.zone.to_datetime(at).date()
}

fn in_utc(at: DateTime, how: &How) -> When {
    match TimeZone::UTC.to_timestamp(at) {
        Ok(at) => When::Day(local(at, how)),
        Err(_) => When::Unreadable,
    }
}

/// Seconds or milliseconds since 1970, days as a spreadsheet counts them, or digits in a row.
fn number(text: &str, how: &How) -> Option<When> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.contains('.') {
        return None;
    }
    let instant = |at: Result<Timestamp, jiff::Error>| {
        Some(at.map_or(When::Unreadable, |at| When::Day(local(at, how))))
    };
    let count: i64 = whole.parse().ok()?;
    match whole.len() {
        // From 2001 on; before that milliseconds have twelve digits.
        13 | 12 => instant(Timestamp::from_millisecond(count)),
        16 => instant(Timestamp::from_microsecond(count)),
        10 => instant(Timestamp::from_second(count)),
        14 => Some(match read_date(&whole[..8], None, how.today) {
            Ok(day) => When::Day(day),
            Err(_) => When::Unreadable,
        }),
        1 if count == 0 => Some(When::Never),
        // 1954 to 2119. Day 1 was 31 December 1899, and 29 February 1900 is counted though it never was.
        5 if (20_000..80_000).contains(&count) => {
            let day = jiff::civil::date(1899, 12, 30)
                .checked_add(jiff::Span::new().days(count))
                .ok()?;
            Some(When::Day(day))
        }
        _ => None,
    }
}

/// `YYYY-MM-DD`, alone or with a time and perhaps a zone; `None` when it is no such text.
fn iso(text: &str, how: &How) -> Option<When> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes[..10]
            .iter()
            .enumerate()
            .all(|(place, byte)| matches!(place, 4 | 7) || byte.is_ascii_digit());
    if !shaped {
        return None;
    }
    let Ok(day) = text[..10].parse::<Date>() else {
        return Some(When::Unreadable);
    };
    let rest = &text[10..];
    if rest.is_empty() {
        return Some(When::Day(day));
    }
    let clock = rest.trim_start_matches(['T', 't', ' ']);
    if clock.len() == rest.len() {
        return None;
    }
    let (clock, zone) = match clock
        .find(|sign: char| !(sign.is_ascii_digit() || matches!(sign, ':' | '.' | ',')))
    {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    let Ok(time) = clock.replace(',', ".").parse::<Time>() else {
        return Some(When::Unreadable);
    };
    let at = day.to_datetime(time);
    let zone = zone.trim();
    Some(match zone {
        "" if how.utc => in_utc(at, how),
        "" => When::Day(day),
        "Z" | "z" | "UTC" | "GMT" => in_utc(at, how),
        _ => match offset(zone) {
            Some(offset) => match offset.to_timestamp(at) {
                Ok(at) => When::Day(local(at, how)),
                Err(_) => When::Unreadable,
            },
            None if zone.eq_ignore_ascii_case("am") || zone.eq_ignore_ascii_case("pm") => {
                When::Day(day)
            }
            None => When::Unreadable,
        },
    })
}

/// `+01:00`, `+0100` or `+01`.
fn offset(text: &str) -> Option<jiff::tz::Offset> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|sign| *sign != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits
        .get(2..)
        .filter(|rest| !rest.is_empty())
        .map_or(Ok(0), str::parse)
        .ok()?;
    jiff::tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// The day's words without weekday, and the time of day when there is one, with whether it says UTC.
fn apart(text: &str) -> (String, Option<(Time, bool)>) {
    let mut words = Vec::new();
    let mut clock = Vec::new();
    for word in text.split_whitespace() {
        if word.contains(':') || !clock.is_empty() {
            clock.push(word);
        } else if !is_weekday(word) {
            words.push(word.trim_end_matches(','));
        }
    }
    let words = words.join(" ");
    let Some(first) = clock.first() else {
        return (words, None);
    };
    let parts: Vec<i8> = first
        .split(':')
        .map(|part| {
            part.split('.')
                .next()
                .and_then(|part| part.parse().ok())
                .unwrap_or(-1)
        })
        .collect();
    let later = clock.iter().any(|word| word.eq_ignore_ascii_case("pm"));
    let earlier = clock.iter().any(|word| word.eq_ignore_ascii_case("am"));
    let hour = match parts[0] {
        12 if earlier => 0,
        hour @ 0..=11 if later => hour + 12,
        hour => hour,
    };
    let utc = clock
        .iter()
        .any(|word| matches!(*word, "UTC" | "GMT" | "Z"));
    let time = Time::new(hour, parts.get(1).copied().unwrap_or(0), 0, 0).ok();
    (words, time.map(|time| (time, utc)))
}

fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.']);
    word.len() >= 2
        && word.len() <= 10
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .iter()
            .any(|day| word.to_ascii_lowercase().starts_with(day))
        // "Mon" is a weekday and "Monat" is none, but no month begins like one of these.
        && (word.len() == 3 || word.to_ascii_lowercase().ends_with("day"))
}

/// Which of the first two numbers must be the day, where a date tells.
pub(crate) fn order_shown(text: &str) -> Option<DateOrder> {
    let mut parts = text
        .split_whitespace()
        .next()?
        .split(|sign: char| !sign.is_ascii_digit())
        .filter(|part| !part.is_empty());
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if first.len() > 2 || second.len() > 2 || third.len() == 3 {
        return None;
    }
    let (first, second): (u8, u8) = (first.parse().ok()?, second.parse().ok()?);
    match (first, second) {
        (13..=31, 1..=12) => Some(DateOrder::DayFirst),
        (1..=12, 13..=31) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn how(zone: &str) -> How {
        How {
            order: None,
            today: date(2026, 11, 23),
            zone: TimeZone::get(zone).expect("a zone that is there"),
            utc: false,
        }
    }

    #[test]
    fn a_moment_is_on_the_admins_own_day() {
        for (text, zone, day) in [
            ("2026-11-20T23:30:00Z", "UTC", date(2026, 11, 20)),
            (
                "2026-11-20T23:30:00Z",
                "Europe/Copenhagen",
                date(2026, 11, 21),
            ),
            (
                "2026-11-20T03:30:00.1234567Z",
                "America/New_York",
                date(2026, 11, 19),
            ),
            (
                "2026-11-20 23:30:00 +0000",
                "Asia/Tokyo",
                date(2026, 11, 21),
            ),
            ("2026-11-20T00:30:00+09:00", "UTC", date(2026, 11, 19)),
            (
                "2026-11-20 23:30:00 UTC",
                "Europe/Berlin",
                date(2026, 11, 21),
            ),
            ("1763681400000", "Europe/Berlin", date(2025, 11, 21)),
            ("1763681400", "UTC", date(2025, 11, 20)),
            (
                "Fri, 20 Nov 2026 23:30:00 GMT",
                "Europe/Berlin",
                date(2026, 11, 21),
            ),
            (
                "Nov 20, 2026 11:30 PM UTC",
                "Europe/Berlin",
                date(2026, 11, 21),
            ),
        ] {
            assert_eq!(read(text, &how(zone)), When::Day(day), "{text} in {zone}");
        }
    }

    #[test]
    fn a_day_without_a_zone_is_as_it_is_written() {
        for text in [
            "2026-11-20",
            "2026-11-20 23:59:59",
            "2026-11-20T00:00:00",
            "20 Nov 2026",
            "Friday, November 20, 2026",
            "Fri 20 Nov 26",
            "Nov 20, 2026 11:30 PM",
            "20/11/2026 09:41",
            "11/20/2026, 9:41:00 AM",
            "2026/11/20 23:41:00",
            "20.11.2026",
            "46346",
            "46346.75",
            "20261120",
        ] {
            assert_eq!(
                read(text, &how("Asia/Tokyo")),
                When::Day(date(2026, 11, 20)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_column_in_utc_has_its_moments_in_utc() {
        let how = How {
            utc: true,
            ..how("Asia/Tokyo")
        };
        assert_eq!(
            read("2026-11-20 23:59:59", &how),
            When::Day(date(2026, 11, 21)),
            "the heading says UTC, and Tokyo was in the next day by then"
        );
        assert_eq!(
            read("2026-11-20", &how),
            When::Day(date(2026, 11, 20)),
            "a day has no hour"
        );
    }

    #[test]
    fn what_programs_write_for_never_is_never() {
        for text in [
            "",
            "-",
            "Never",
            "Never logged in",
            "N/A",
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "0",
            "1601-01-01 00:00:00",
            "1900-01-01",
        ] {
            assert_eq!(read(text, &how("UTC")), When::Never, "{text}");
        }
    }

    #[test]
    fn what_reads_two_ways_or_none_is_said_to() {
        assert_eq!(
            read("03/04/2026", &how("UTC")),
            When::Ambiguous,
            "nobody can tell"
        );
        for text in [
            "soon",
            "2026-02-29",
            "31/02/2026",
            "2026-11-20T25:00:00Z",
            "99",
            "7",
        ] {
            assert_eq!(read(text, &how("UTC")), When::Unreadable, "{text}");
        }
        assert_eq!(
            read("29/02/2024", &how("UTC")),
            When::Day(date(2024, 2, 29)),
            "a leap day"
        );
    }

    #[test]
    fn a_date_may_show_the_order_of_all() {
        assert_eq!(
            order_shown("20/11/2026 09:41"),
            Some(DateOrder::DayFirst),
            "there is no month 20"
        );
        assert_eq!(
            order_shown("11/20/26"),
            Some(DateOrder::MonthFirst),
            "nor here"
        );
        assert_eq!(order_shown("11/10/2026"), None, "this one tells nothing");
        assert_eq!(
            order_shown("2026-11-20"),
            None,
            "the year comes first, and the order is known"
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,30}") {
            let _ = read(&text, &how("UTC"));
            let _ = order_shown(&text);
        }

        #[test]
        fn a_moment_and_its_text_in_any_zone_are_one_day(second in 946_684_800_i64..4_102_444_800, hours in -12_i32..=14) {
            let at = Timestamp::from_second(second).expect("in range");
            let offset = jiff::tz::Offset::constant(hours as i8);
            let text = offset.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S").to_string()
                + &format!("{}{:02}:00", if hours < 0 { '-' } else { '+' }, hours.abs());
            let how = how("America/Sao_Paulo");
            prop_assert_eq!(read(&text, &how), When::Day(local(at, &how)), "the zone a program writes in does not move the day: {}", text);
        }
    }
}
