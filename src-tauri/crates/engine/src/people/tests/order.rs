//! Who comes before whom.

use proptest::prelude::*;

use super::{
    super::{Filter, Sort, Test, ViewQuery, collation::Collation, order::compare_numbers},
    sample::{DEPARTMENT, FAMILY, LEVEL, LOCALE, Mirror, START, name, people, positions, value},
};
use crate::ids::AttributeId;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sorting_is_that_of_a_naive_sort(
        people in people(),
        keys in prop::collection::vec(
            (prop::sample::select(vec![0, DEPARTMENT, START, LEVEL, FAMILY]), any::<bool>()),
            0..3,
        ),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let query = ViewQuery {
            sort: keys
                .iter()
                .map(|(attribute, descending)| Sort { attribute: AttributeId(*attribute), descending: *descending })
                .collect(),
            ..ViewQuery::default()
        };
        let text = |attribute: u32, number: usize| {
            if attribute == 0 { Some(name(&people[number], number)) } else { value(&people[number], attribute).map(str::to_owned) }
        };
        let mut expected: Vec<usize> = (0..people.len()).collect();
        let collation = Collation::of(LOCALE);
        let by_name = |left: &String, right: &String| collation.compare(left, right);
        expected.sort_by(|&left, &right| by_name(&name(&people[left], left), &name(&people[right], right)));
        for (attribute, descending) in keys.iter().rev() {
            expected.sort_by(|&left, &right| {
                let (left, right) = (text(*attribute, left), text(*attribute, right));
                let order = match (&left, &right) {
                    (Some(left), Some(right)) => match *attribute {
                        LEVEL => compare_numbers(left, right),
                        START => left.cmp(right),
                        _ => by_name(left, right),
                    },
                    // Not set comes last, whichever way round.
                    (Some(_), None) => return std::cmp::Ordering::Less,
                    (None, Some(_)) => return std::cmp::Ordering::Greater,
                    (None, None) => return std::cmp::Ordering::Equal,
                };
                if *descending { order.reverse() } else { order }
            });
        }
        let expected: Vec<u32> = expected.into_iter().map(|number| number as u32).collect();
        prop_assert_eq!(&positions(&table, &query), &expected, "{:?}", keys);
        // Of everybody's order, which is known by now, only some.
        let test = Test::Empty;
        let some = ViewQuery {
            filters: vec![Filter { attribute: AttributeId(DEPARTMENT), test }],
            ..query
        };
        let expected: Vec<u32> = expected
            .into_iter()
            .filter(|&number| value(&people[number as usize], DEPARTMENT).is_none())
            .collect();
        prop_assert_eq!(positions(&table, &some), expected, "{:?}", keys);
    }
}
