//! The grammar of the search box, beside what each term means in a line.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{
    super::{Status, ViewQuery, fold::fold, table::derive_status},
    sample::{
        ACTIVE, DEPARTMENT, FAMILY, GIVEN, LEVEL, MANAGER, Mirror, START, TODAY, Values, manager,
        people, positions, texts, value,
    },
};

/// What is asked and whom it fits.
type Term = (&'static str, fn(&[Values], usize) -> bool);

fn holds(people: &[Values], number: usize, attribute: u32, needle: &str) -> bool {
    value(&people[number], attribute).is_some_and(|value| fold(value).contains(needle))
}

fn anywhere(people: &[Values], number: usize, needle: &str) -> bool {
    texts(people, number)
        .iter()
        .any(|text| text.contains(needle))
}

fn hired(people: &[Values], number: usize) -> Option<Date> {
    value(&people[number], START)?.parse().ok()
}

fn level(people: &[Values], number: usize) -> Option<i64> {
    value(&people[number], LEVEL)?.parse().ok()
}

fn status(people: &[Values], number: usize) -> Status {
    let person = &people[number];
    derive_status(value(person, ACTIVE), value(person, START), None, TODAY)
}

fn manages(people: &[Values], number: usize) -> bool {
    people
        .iter()
        .any(|person| manager(people, person) == Some(number))
}

const TERMS: [Term; 24] = [
    ("department:sales", |people, number| {
        holds(people, number, DEPARTMENT, "sales")
    }),
    ("Department:\"ÁREA 5\"", |people, number| {
        holds(people, number, DEPARTMENT, "area 5")
    }),
    ("dept:\"sales support\"", |_, _| false),
    ("last:li", |people, number| {
        holds(people, number, FAMILY, "li")
    }),
    ("hired:<2020", |people, number| {
        hired(people, number).is_some_and(|day| day < date(2020, 1, 1))
    }),
    ("hired:<=2020", |people, number| {
        hired(people, number).is_some_and(|day| day <= date(2020, 12, 31))
    }),
    ("tenure:>2020-06", |people, number| {
        hired(people, number).is_some_and(|day| day > date(2020, 6, 30))
    }),
    ("start:>=2020-06-15", |people, number| {
        hired(people, number).is_some_and(|day| day >= date(2020, 6, 15))
    }),
    ("hired:2019..2020-01", |people, number| {
        hired(people, number).is_some_and(|day| day >= date(2019, 1, 1) && day <= date(2020, 1, 31))
    }),
    ("hired:2024-02-29", |people, number| {
        hired(people, number) == Some(date(2024, 2, 29))
    }),
    ("hired:>today", |people, number| {
        hired(people, number).is_some_and(|day| day > TODAY)
    }),
    ("hired:\"soon\"", |people, number| {
        holds(people, number, START, "soon")
    }),
    ("pay-level:>7", |people, number| {
        level(people, number).is_some_and(|level| level > 7)
    }),
    ("\"Pay level\":-3..10", |people, number| {
        level(people, number).is_some_and(|level| (-3..=10).contains(&level))
    }),
    ("paylevel:<0", |people, number| {
        level(people, number).is_some_and(|level| level < 0)
    }),
    ("has:manager", |people, number| {
        value(&people[number], MANAGER).is_some()
    }),
    ("has:no-manager", |people, number| {
        value(&people[number], MANAGER).is_none()
    }),
    ("no:hired", |people, number| {
        value(&people[number], START).is_none()
    }),
    ("is:inactive", |people, number| {
        status(people, number) == Status::Inactive
    }),
    ("is:not-started", |people, number| {
        status(people, number) == Status::NotStarted
    }),
    ("is:manager", manages),
    ("manager:\"bo li\"", |people, number| {
        manager(people, &people[number]).is_some_and(|above| {
            let above = &people[above];
            (value(above, GIVEN), value(above, FAMILY)) == (Some("Bo"), Some("Li"))
        })
    }),
    ("ana", |people, number| anywhere(people, number, "ana")),
    ("\"li, b\"", |people, number| {
        anywhere(people, number, "li, b")
    }),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn terms_together_find_whom_each_of_them_fits(
        people in people(),
        asked in prop::collection::vec((0..TERMS.len(), any::<bool>(), any::<bool>()), 1..4),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let mut search = String::new();
        for (term, not, wide) in &asked {
            search.push_str(if *wide { " \u{3000} " } else { " " });
            search.push_str(if *not { "-" } else { "" });
            search.push_str(TERMS[*term].0);
        }
        let expected: BTreeSet<u32> = (0..people.len())
            .filter(|&number| asked.iter().all(|(term, not, _)| TERMS[*term].1(&people, number) != *not))
            .map(|number| number as u32)
            .collect();
        let query = ViewQuery { search: search.clone(), ..ViewQuery::default() };
        let found: BTreeSet<u32> = positions(&table, &query).into_iter().collect();
        prop_assert_eq!(found, expected, "{:?}", search);
    }
}
