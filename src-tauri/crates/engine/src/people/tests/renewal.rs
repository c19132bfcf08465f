//! A directory brought up to date in place, and who is found in it.

use proptest::prelude::*;

use super::{
    super::{Sort, ViewQuery, load},
    sample::{
        DEPARTMENT, EMAIL, FAMILY, LEVEL, MANAGER, Mirror, START, example, people, person,
        positions,
    },
};
use crate::ids::AttributeId;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_directory_brought_up_to_date_is_the_one_read_afresh(
        people in people(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), person()), 0..6),
        new in prop::collection::vec(person(), 0..4),
        gone in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        prop_assume!(!people.is_empty());
        let mirror = Mirror::of(&people);
        let mut table = mirror.table();
        // Everything that is worked out lazily is there, and must be forgotten where it is out of date.
        let search = |text: &str| ViewQuery { search: text.to_owned(), ..ViewQuery::default() };
        for text in ["a", "manager:li", "hired:>2019"] {
            positions(&table, &search(text));
        }
        let sorted = |attribute: u32| ViewQuery {
            sort: vec![Sort { attribute: AttributeId(attribute), descending: false }],
            ..ViewQuery::default()
        };
        let sorts = [0, 1, FAMILY, EMAIL, DEPARTMENT, MANAGER, START, LEVEL];
        for attribute in sorts {
            positions(&table, &sorted(attribute));
        }
        table.reports(0);
        let mut rows = Vec::new();
        for (index, person) in &changes {
            rows.extend(mirror.put(index.index(people.len()), std::slice::from_ref(person)));
        }
        rows.extend(mirror.put(people.len(), &new));
        for index in &gone {
            let row = table.rows[index.index(people.len())];
            mirror.store.write(move |writer| writer.mark_gone(row, "now")).expect("writes");
            rows.push(row);
        }
        let kept = load::reload(&mut table, &mirror.store, &rows).expect("reads");
        prop_assert!(kept.is_some(), "new rows come after the old ones");
        let fresh = mirror.table();
        for text in ["", "a", "li", "muller", "manager:li", "manager:a", "hired:>2019", "department:sales", "is:manager", "is:active", "is:not-started", "no:manager"] {
            prop_assert_eq!(
                positions(&table, &search(text)),
                positions(&fresh, &search(text)),
                "“{}” must find the same people in the same order",
                text
            );
        }
        for attribute in sorts {
            prop_assert_eq!(
                positions(&table, &sorted(attribute)),
                positions(&fresh, &sorted(attribute)),
                "new values take their places among the old ones of attribute {}",
                attribute
            );
        }
        prop_assert_eq!(&table.attributes, &fresh.attributes, "counts are kept up");
        for position in 0..fresh.len() as u32 {
            prop_assert_eq!(table.manager(position), fresh.manager(position), "managers are found again");
            prop_assert_eq!(table.reports(position), fresh.reports(position), "and so are reports");
            prop_assert_eq!(table.gone.has(position), fresh.gone.has(position), "who is gone is gone");
        }
    }
}

#[test]
fn people_are_found_by_what_identifies_them() {
    let (_mirror, table) = example();
    assert_eq!(
        table.find("ANA@A.EXAMPLE"),
        vec![1],
        "an e-mail in any letter case"
    );
    assert_eq!(table.find("id-3"), vec![3], "an id as it is");
    assert_eq!(table.find("ID-3"), Vec::<u32>::new(), "and only as it is");
    assert_eq!(table.find(""), Vec::<u32>::new(), "nothing is nobody's");
}
