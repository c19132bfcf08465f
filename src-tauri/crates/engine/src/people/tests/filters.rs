//! Whom chips keep.

use std::collections::BTreeSet;

use jiff::civil::Date;
use proptest::prelude::*;

use super::{
    super::{Filter, Test, ViewQuery, fold::fold, order::compare_numbers, table::NOBODY},
    sample::{DEPARTMENT, FAMILY, LEVEL, MANAGER, Mirror, START, people, positions, value, word},
};
use crate::{
    attribute::Kind,
    ids::{AttributeId, RowId},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn filters_keep_whom_a_naive_filter_keeps(
        people in people(),
        attribute in prop::sample::select(vec![DEPARTMENT, START, LEVEL, FAMILY]),
        which in 0..6u8,
        from in word(&["2020-01-01", "0", "Sales"]),
        to in word(&["2024-12-31", "10", "Support"]),
        picked in prop::collection::vec(word(&["Sales", "7", "2020-01-01", "Li", "nowhere"]), 0..3),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let test = match which {
            0 => Test::AnyOf { values: picked.clone() },
            1 => Test::NoneOf { values: picked.clone() },
            2 => Test::Empty,
            3 => Test::Filled,
            4 => Test::Between { from: from.clone(), to: to.clone() },
            _ => Test::Contains { text: "a".to_owned() },
        };
        let kind = table.attributes[table.place(AttributeId(attribute)).expect("it is there")].kind;
        let passes = |value: Option<&str>| match &test {
            Test::AnyOf { values } => values.iter().any(|wanted| wanted.as_deref() == value),
            Test::NoneOf { values } => !values.iter().any(|wanted| wanted.as_deref() == value),
            Test::Empty => value.is_none(),
            Test::Filled => value.is_some(),
            Test::Contains { text } => value.is_some_and(|value| fold(value).contains(text.as_str())),
            Test::Between { from, to } => value.is_some_and(|value| {
                let within = |less: fn(&str, &str) -> bool| {
                    from.as_deref().is_none_or(|from| less(from, value)) && to.as_deref().is_none_or(|to| less(value, to))
                };
                match kind {
                    Kind::Number => value.parse::<i64>().is_ok() && within(|left, right| compare_numbers(left, right).is_le()),
                    Kind::Date => value.parse::<Date>().is_ok() && within(|left, right| left <= right),
                    _ => within(|left, right| fold(left) <= fold(right)),
                }
            }),
            Test::Under { .. } | Test::Staged => unreachable!("not made here"),
        };
        let expected: BTreeSet<u32> = people
            .iter()
            .enumerate()
            .filter(|(_, person)| passes(value(person, attribute)))
            .map(|(number, _)| number as u32)
            .collect();
        let query = ViewQuery {
            filters: vec![Filter { attribute: AttributeId(attribute), test: test.clone() }],
            ..ViewQuery::default()
        };
        let found: BTreeSet<u32> = positions(&table, &query).into_iter().collect();
        prop_assert_eq!(found, expected, "{:?}", test);
    }

    #[test]
    fn a_tree_ends_whatever_circles_it_has(people in people()) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        for position in 0..table.len() as u32 {
            let tree = table.whole_tree(position);
            let distinct: BTreeSet<u32> = tree.iter().copied().collect();
            prop_assert_eq!(distinct.len(), tree.len(), "nobody is under somebody twice");
            prop_assert!(!distinct.contains(&position) && !distinct.contains(&NOBODY), "nor under themselves");
            for report in table.reports(position) {
                prop_assert!(*report == position || distinct.contains(report), "direct reports are part of it");
            }
            let under = |whole: bool| ViewQuery {
                filters: vec![Filter {
                    attribute: AttributeId(MANAGER),
                    test: Test::Under { manager: RowId(table.rows[position as usize]), whole },
                }],
                ..ViewQuery::default()
            };
            prop_assert_eq!(positions(&table, &under(true)).len(), tree.len(), "the filter shows the tree");
            prop_assert_eq!(positions(&table, &under(false)).len(), table.reports(position).len(), "or the reports");
        }
    }
}
