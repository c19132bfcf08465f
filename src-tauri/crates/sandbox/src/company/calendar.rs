//! Days as numbers, for writing a million dates quickly. Day 0 is 1970-01-01.

use jiff::civil::Date;

pub fn day_number(date: Date) -> i32 {
    let year = i64::from(date.year()) - i64::from(date.month() <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = (i64::from(date.month()) + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + i64::from(date.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468) as i32
}

/// Year, month and day of a day number.
pub fn civil(day: i32) -> (i32, u8, u8) {
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let of_month = (day_of_year - (153 * month + 2) / 5 + 1) as u8;
    let of_year = if month < 10 { month + 3 } else { month - 9 } as u8;
    let year = year_of_era + era * 400 + i64::from(of_year <= 2);
    (year as i32, of_year, of_month)
}

/// The day as the service writes it: a date-time at midnight, UTC.
pub fn write_date_time(day: i32, out: &mut Vec<u8>) {
    let (year, month, day) = civil(day);
    let digit = |number: i32| b'0' + (number % 10) as u8;
    out.extend_from_slice(&[
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(i32::from(month) / 10),
        digit(i32::from(month)),
        b'-',
        digit(i32::from(day) / 10),
        digit(i32::from(day)),
    ]);
    out.extend_from_slice(b"T00:00:00Z");
}

pub fn date_time(day: i32) -> String {
    let mut text = Vec::with_capacity(20);
    write_date_time(day, &mut text);
    String::from_utf8(text).expect("BUG: a date is ASCII")
}

/// The day an ISO 8601 date or date-time names, as it is written there; `None` when it is neither.
pub fn parse_day(text: &str) -> Option<i32> {
    let date: Date = text.get(..10)?.parse().ok()?;
    let rest = &text[10..];
    let whole = rest.is_empty()
        || text.parse::<jiff::civil::DateTime>().is_ok()
        || text.parse::<jiff::Timestamp>().is_ok();
    whole.then(|| day_number(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_day_number_names_one_date(day in -40_000_i32..60_000) {
            let (year, month, of_month) = civil(day);
            let date = Date::new(year as i16, month as i8, of_month as i8).expect("a real date");
            prop_assert_eq!(day_number(date), day, "there and back");
            prop_assert_eq!(parse_day(&date_time(day)), Some(day), "what is written can be read");
        }
    }

    #[test]
    fn a_date_must_be_iso_8601() {
        for good in [
            "2024-02-29",
            "2024-02-29T00:00:00Z",
            "2024-02-29T13:45:00+02:00",
            "2024-02-29T13:45:00.250Z",
        ] {
            assert!(parse_day(good).is_some(), "{good} is ISO 8601");
        }
        for bad in [
            "2023-02-29",
            "29/02/2024",
            "2024-2-9",
            "",
            "tomorrow",
            "2024-02-29x",
            "20240229",
        ] {
            assert!(
                parse_day(bad).is_none(),
                "{bad} is not what the service takes"
            );
        }
    }
}
