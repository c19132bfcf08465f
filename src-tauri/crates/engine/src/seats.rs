//! What a contract charges for. Peakon counts everyone but deleted people and those whose separation date
//! has passed; switching somebody to inactive frees nothing.

use jiff::civil::Date;

/// Whether a person with this separation date (canonical text) uses a seat on `today`. A date that can't be
/// read frees nothing: better to promise too little.
pub(crate) fn uses_seat(separation: Option<&str>, today: Date) -> bool {
    separation
        .and_then(|text| text.parse::<Date>().ok())
        .is_none_or(|date| date > today)
}

/// Seats freed by going from one state to another; a state is `None` when there is no such person.
pub(crate) fn freed(before: Option<Option<&str>>, after: Option<Option<&str>>, today: Date) -> i32 {
    let seats = |state: Option<Option<&str>>| {
        state.map_or(0, |separation| i32::from(uses_seat(separation, today)))
    };
    seats(before) - seats(after)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_a_separation_that_has_come_frees_a_seat() {
        let today = date(2026, 11, 23);
        assert!(uses_seat(None, today), "no date, no leaver");
        assert!(uses_seat(Some("2026-11-24"), today), "still to come");
        assert!(
            !uses_seat(Some("2026-11-23"), today),
            "the last day is today"
        );
        assert!(
            uses_seat(Some("soon"), today),
            "an unreadable date promises nothing"
        );
    }

    #[test]
    fn freed_seats_have_a_sign() {
        let today = date(2026, 11, 23);
        assert_eq!(
            freed(Some(None), Some(Some("2026-11-23")), today),
            1,
            "leaving frees one"
        );
        assert_eq!(
            freed(Some(Some("2026-01-01")), Some(None), today),
            -1,
            "coming back takes one"
        );
        assert_eq!(freed(Some(None), None, today), 1, "deleting frees one");
        assert_eq!(
            freed(Some(Some("2026-01-01")), None, today),
            0,
            "that one was free already"
        );
        assert_eq!(freed(None, Some(None), today), -1, "a new person takes one");
    }
}
