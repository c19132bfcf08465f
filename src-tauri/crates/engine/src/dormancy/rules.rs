//! Where one person stands, as a pure function of what is known of them.
//!
//! In words, the first that fits:
//! 1. whoever uses no seat is not looked at;
//! 2. exempt: by word of the admin, by the protected list, or because people report to them;
//! 3. left: the newest HRIS row says so, the last day is over, and they did not start again after it;
//! 4. duplicate: another record of the same person stays instead (`twins`);
//! 5. on leave: the newest HRIS row says so, or a value that the policy names;
//! 6. in grace: hired fewer than so many days ago, or still to start;
//! 7. seen: in a source that counts, not before they were hired;
//! 8. never seen: listed in a source that counts without a date, or seen only before they were hired;
//! 9. no evidence: in no source that counts.

use jiff::civil::{Date, date};

use super::Pile;
use crate::evidence::Employment;

/// Days since 1970-01-01: half the size of a date, and subtracted without a calendar.
pub(crate) type Day = i32;

const EPOCH: Date = date(1970, 1, 1);

pub(crate) fn day(date: Date) -> Day {
    (date.duration_since(EPOCH).as_hours() / 24) as Day
}

pub(crate) fn date_of(day: Day) -> Date {
    EPOCH
        .checked_add(jiff::Span::new().days(day))
        .expect("BUG: a day that came from a date is one")
}

/// A canonical date; what is none counts for nothing.
pub(crate) fn day_of(text: &str) -> Option<Day> {
    (text.len() == 10).then(|| text.parse().ok().map(day))?
}

/// Which of the sources that count, by its place among them.
pub(crate) type SourceIndex = u16;

/// What HRIS says of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Employed {
    pub(crate) state: Employment,
    /// The last day worked, or the first of the leave.
    pub(crate) since: Option<Day>,
    pub(crate) source: SourceIndex,
}

/// What all sources say of one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Told {
    /// Sources that count and name them, with or without a date.
    pub(crate) listed: u16,
    /// The newest date of a source that counts.
    pub(crate) seen: Option<(Day, SourceIndex)>,
    pub(crate) employed: Option<Employed>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Exempted {
    /// The place of the exemption in [`super::Basis`].
    ByAdmin(u32),
    /// On the protected list.
    Protected,
    /// So many people report to them.
    Reports(u32),
}

/// What makes two records the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Same {
    /// With the same name or birth date.
    Number,
    /// With the same name and birth date.
    Email,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OnLeave {
    ByHris(Employed),
    /// The value of the attribute at this place, by its code.
    ByValue(u32, u32),
}

/// Where somebody stands. Positions are those of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// Uses no seat.
    Apart,
    Exempt(Exempted),
    Left(Employed),
    /// The record that stays is at this position.
    Duplicate(Same, u32),
    Leave(OnLeave),
    /// Hired on this day.
    Grace(Day),
    Seen,
    NeverSeen,
    NoEvidence,
}

/// What is known of one person.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Facts {
    pub(crate) seated: bool,
    pub(crate) exempted: Option<Exempted>,
    pub(crate) told: Told,
    pub(crate) duplicate: Option<(Same, u32)>,
    /// Attribute place and code of a value that means leave.
    pub(crate) leave: Option<(u32, u32)>,
    pub(crate) hired: Option<Day>,
}

/// What the policy and the calendar say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) today: Day,
    pub(crate) grace: u32,
}

pub(crate) fn place(facts: &Facts, terms: Terms) -> Place {
    if !facts.seated {
        return Place::Apart;
    }
    if let Some(exempted) = facts.exempted {
        return Place::Exempt(exempted);
    }
    let employed = facts.told.employed;
    if let Some(employed) = employed.filter(|employed| {
        employed.state == Employment::Left && is_over(employed.since, facts.hired, terms.today)
    }) {
        return Place::Left(employed);
    }
    if let Some((same, stays)) = facts.duplicate {
        return Place::Duplicate(same, stays);
    }
    if let Some(employed) = employed.filter(|employed| {
        employed.state == Employment::Leave
            && employed.since.is_none_or(|since| since <= terms.today)
    }) {
        return Place::Leave(OnLeave::ByHris(employed));
    }
    if let Some((attribute, code)) = facts.leave {
        return Place::Leave(OnLeave::ByValue(attribute, code));
    }
    if let Some(hired) = facts
        .hired
        .filter(|hired| i64::from(terms.today) - i64::from(*hired) < i64::from(terms.grace))
    {
        return Place::Grace(hired);
    }
    match facts.told {
        Told {
            seen: Some((seen, _)),
            ..
        } if facts.hired.is_none_or(|hired| seen >= hired) => Place::Seen,
        Told { listed: 0, .. } => Place::NoEvidence,
        Told { .. } => Place::NeverSeen,
    }
}

/// The last day is behind them, and they were not hired again after it.
fn is_over(last: Option<Day>, hired: Option<Day>, today: Day) -> bool {
    match last {
        None => true,
        Some(last) => last < today && hired.is_none_or(|hired| hired <= last),
    }
}

/// Days since the newest date; one that is still to come was today.
pub(crate) fn days_since(told: &Told, today: Day) -> Option<u32> {
    told.seen
        .map(|(seen, _)| u32::try_from(today.saturating_sub(seen)).unwrap_or(0))
}

/// The pile of a place, seen at least `threshold` days ago where that is what decides.
pub(crate) fn pile(place: Place, days: Option<u32>, threshold: u32) -> Option<Pile> {
    match place {
        Place::Apart | Place::Exempt(_) | Place::Leave(_) | Place::Grace(_) => None,
        Place::Left(_) => Some(Pile::LeftStillActive),
        Place::Duplicate(..) => Some(Pile::Duplicates),
        Place::Seen => days
            .is_some_and(|days| days >= threshold)
            .then_some(Pile::SeenLongAgo),
        Place::NeverSeen => Some(Pile::NeverSeen),
        Place::NoEvidence => Some(Pile::NoEvidence),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Day = 20_780;

    fn employed() -> impl Strategy<Value = Option<Employed>> {
        prop::option::of(
            (0..3u8, prop::option::of(TODAY - 900..TODAY + 60)).prop_map(|(state, since)| {
                Employed {
                    state: [Employment::Active, Employment::Leave, Employment::Left]
                        [state as usize],
                    since,
                    source: 0,
                }
            }),
        )
    }

    fn facts() -> impl Strategy<Value = Facts> {
        (
            prop::bool::weighted(0.9),
            prop::option::weighted(0.1, Just(Exempted::Protected)),
            0..4u16,
            prop::option::of(TODAY - 900..TODAY + 5),
            employed(),
            prop::option::weighted(0.1, Just((Same::Number, 7))),
            prop::option::weighted(0.1, Just((3, 4))),
            prop::option::of(TODAY - 900..TODAY + 60),
        )
            .prop_map(
                |(seated, exempted, listed, seen, employed, duplicate, leave, hired)| Facts {
                    seated,
                    exempted,
                    told: Told {
                        listed: listed.max(u16::from(seen.is_some())),
                        seen: seen.map(|seen| (seen, 0)),
                        employed,
                    },
                    duplicate,
                    leave,
                    hired,
                },
            )
    }

    proptest! {
        /// Each pile's own sentence, said without the order of the others.
        #[test]
        fn everybody_is_in_the_pile_whose_sentence_holds(facts in facts(), days in 1..400u32, grace in 0..90u32) {
            let place = place(&facts, Terms { today: TODAY, grace });
            let since = days_since(&facts.told, TODAY);
            let found = pile(place, since, days);
            let in_grace = facts.hired.is_some_and(|hired| TODAY - hired < grace as i32);
            let left = facts.told.employed.is_some_and(|employed| {
                employed.state == Employment::Left
                    && employed.since.is_none_or(|last| {
                        last < TODAY && facts.hired.is_none_or(|hired| hired <= last)
                    })
            });
            let on_leave = facts.leave.is_some() || facts.told.employed.is_some_and(|employed| {
                employed.state == Employment::Leave && employed.since.is_none_or(|since| since <= TODAY)
            });
            let counted = facts.seated && facts.exempted.is_none();
            let plain = counted && !left && facts.duplicate.is_none() && !on_leave && !in_grace;
            let seen_since_hired = facts.told.seen
                .is_some_and(|(seen, _)| facts.hired.is_none_or(|hired| hired <= seen));
            for (wanted, holds) in [
                (Pile::LeftStillActive, counted && left),
                (Pile::Duplicates, counted && !left && facts.duplicate.is_some()),
                (Pile::SeenLongAgo, plain && seen_since_hired && since.is_some_and(|since| since >= days)),
                (Pile::NeverSeen, plain && !seen_since_hired && facts.told.listed > 0),
                (Pile::NoEvidence, plain && facts.told.listed == 0),
            ] {
                prop_assert_eq!(found == Some(wanted), holds, "{:?} of {:?}", wanted, place);
            }
        }

        #[test]
        fn a_higher_threshold_never_finds_more(facts in facts(), days in 1..400u32, more in 0..400u32) {
            let place = place(&facts, Terms { today: TODAY, grace: 60 });
            let since = days_since(&facts.told, TODAY);
            let (low, high) = (pile(place, since, days), pile(place, since, days + more));
            prop_assert!(high.is_none() || low == high, "whoever is dormant for longer is dormant");
            if place != Place::Seen {
                prop_assert_eq!(low, high, "only days since seen are in the threshold's reach");
            }
        }

        #[test]
        fn days_are_what_the_calendar_says(number in -30_000..60_000i32) {
            prop_assert_eq!(day(date_of(number)), number, "there and back");
        }
    }

    #[test]
    fn a_leap_day_is_a_day() {
        let seen = day(date(2024, 2, 29));
        let told = Told {
            listed: 1,
            seen: Some((seen, 0)),
            employed: None,
        };
        assert_eq!(
            days_since(&told, day(date(2025, 3, 1))),
            Some(366),
            "29 February to 1 March of the next year is 366 days"
        );
        assert_eq!(
            day_of("2023-02-29"),
            None,
            "a day that there was not counts for nothing"
        );
    }

    #[test]
    fn a_date_still_to_come_hurts_nobody() {
        let told = Told {
            listed: 1,
            seen: Some((TODAY + 40, 0)),
            employed: None,
        };
        assert_eq!(
            days_since(&told, TODAY),
            Some(0),
            "somebody dated into the future is not dormant"
        );
    }

    #[test]
    fn the_last_day_at_work_is_a_day_at_work() {
        let at = |since, hired| {
            place(
                &Facts {
                    seated: true,
                    told: Told {
                        employed: Some(Employed {
                            state: Employment::Left,
                            since: Some(since),
                            source: 0,
                        }),
                        ..Told::default()
                    },
                    hired,
                    ..Facts::default()
                },
                Terms {
                    today: TODAY,
                    grace: 60,
                },
            )
        };
        assert!(
            !matches!(at(TODAY, None), Place::Left(_)),
            "whoever leaves today is still here today"
        );
        assert!(matches!(at(TODAY - 1, None), Place::Left(_)), "yesterday");
        assert!(
            !matches!(at(TODAY - 400, Some(TODAY - 200)), Place::Left(_)),
            "hired again after having left"
        );
    }
}
