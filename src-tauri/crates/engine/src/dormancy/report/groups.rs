//! Groups that reveal nobody.

use std::collections::HashMap;

/// Fewer people than this can be recognised by those who know them.
pub(super) const FEWEST: u32 = 5;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) people: u32,
    pub(super) seats: i32,
}

/// Most people first. Without names small groups are one, and when they are few even together the next larger
/// joins them: what is left of the total must not give a small group away.
pub(super) fn grouped(counts: HashMap<String, (u32, i32)>, with_names: bool) -> Vec<Group> {
    let mut groups: Vec<Group> = counts
        .into_iter()
        .map(|(name, (people, seats))| Group {
            name,
            people,
            seats,
        })
        .collect();
    groups.sort_by(|left, right| {
        right
            .people
            .cmp(&left.people)
            .then_with(|| left.name.cmp(&right.name))
    });
    if with_names || groups.last().is_none_or(|group| group.people >= FEWEST) {
        return groups;
    }
    let mut rest = Group {
        name: "Other departments".to_owned(),
        people: 0,
        seats: 0,
    };
    let mut joined = 0;
    while let Some(last) = groups.last()
        && (last.people < FEWEST || rest.people < FEWEST || joined < 2)
    {
        rest.people += last.people;
        rest.seats += last.seats;
        joined += 1;
        groups.pop();
    }
    if groups.is_empty() {
        rest.name = "All departments".to_owned();
    }
    groups.push(rest);
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn without_names_no_small_group_is_told(sizes in prop::collection::vec(1..30u32, 1..12)) {
            let counts: HashMap<String, (u32, i32)> = sizes
                .iter()
                .enumerate()
                .map(|(number, people)| (format!("Department {number}"), (*people, *people as i32)))
                .collect();
            let told = grouped(counts.clone(), false);
            let total: u32 = sizes.iter().sum();
            prop_assert_eq!(told.iter().map(|group| group.people).sum::<u32>(), total, "nobody is lost");
            for group in &told {
                prop_assert!(
                    group.people >= FEWEST || told.len() == 1,
                    "{} people alone can be recognised", group.people
                );
                if let Some((own, _)) = counts.get(&group.name) {
                    prop_assert_eq!(*own, group.people, "a department told by name is told right");
                    prop_assert!(*own >= FEWEST, "and is large enough");
                }
            }
            prop_assert_eq!(grouped(counts, true).len(), sizes.len(), "with names every department is told");
        }
    }
}
