//! Rules of the seed that hold for every seed and size.

use std::collections::HashSet;

use proptest::prelude::*;

use super::attribute::Attributes;
use super::seeded::Seed;
use super::*;

const DAY: i32 = 20_600;

fn written(seed: &Seed, attributes: &Attributes, index: u32) -> Vec<u8> {
    let mut out = Vec::new();
    seed.person(index).write(attributes, false, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_seed_is_one_company(people in 0_u32..400, number: u64) {
        let (one, two) = (Seed::new(people, number, DAY), Seed::new(people, number, DAY));
        let attributes = Attributes::seeded(&one.shape);
        for index in 0..people {
            prop_assert_eq!(written(&one, &attributes, index), written(&two, &attributes, index), "person {} is always the same", index);
        }
    }

    #[test]
    fn ids_numbers_and_addresses_lead_back_to_their_person(people in 1_u32..2_000, number: u64) {
        let company = Company::open(people, number, DAY, None).expect("nothing is read or written");
        let (mut ids, mut addresses) = (HashSet::new(), HashSet::new());
        for index in 0..people {
            let id = Seed::id(index);
            prop_assert!(ids.insert(id), "an id is used once");
            prop_assert_eq!(company.seed().index_of(id), Some(index), "an id leads back");
            prop_assert_eq!(company.id_at(index as usize), Some(id), "the order is by id");
            if let Some(email) = company.seed().email(index) {
                prop_assert!(addresses.insert(email.clone()), "{} is given once", email);
                let found = company.by_email(&email.to_uppercase());
                prop_assert!(found.contains(&id) && found.len() <= 2, "{} leads back, at most with a twin", email);
            }
            if let Some(employee) = company.seed().number(index) {
                prop_assert_eq!(company.by_number(&employee), vec![id], "a number leads back");
            }
        }
    }

    #[test]
    fn the_quick_and_the_general_rendering_agree(people in 1_u32..600, number: u64) {
        let seed = Seed::new(people, number, DAY);
        let attributes = Attributes::seeded(&seed.shape);
        for index in 0..people {
            let quick: Value = serde_json::from_slice(&written(&seed, &attributes, index)).expect("JSON");
            let person = seed.person(index).to_person();
            prop_assert_eq!(&quick["userName"], &json!(person.user_name()), "one user name");
            prop_assert_eq!(&quick["active"], &json!(person.active()), "one status");
            for attribute in attributes.active() {
                let own = &quick[person::PEAKON][&attribute.name];
                prop_assert_eq!(own, person.custom.get(&attribute.slot).unwrap_or(&Value::Null), "one {}", attribute.name);
            }
        }
    }

    #[test]
    fn seeded_options_are_known_segments(people in 1_u32..800, number: u64) {
        let seed = Seed::new(people, number, DAY);
        let attributes = Attributes::seeded(&seed.shape);
        for index in 0..people {
            let person = seed.person(index).to_person();
            for attribute in attributes.active().filter(|attribute| attribute.kind == Kind::Option) {
                if let Some(value) = person.custom.get(&attribute.slot).and_then(Value::as_str) {
                    prop_assert!(attribute.segments.contains(value), "“{}” is an option of {}", value, attribute.name);
                }
            }
        }
    }

    #[test]
    fn people_are_listed_once_whatever_is_deleted_and_created(deleted in prop::collection::vec(0_u32..60, 0..80), created in 0_usize..6) {
        let mut company = Company::open(60, 5, DAY, None).expect("nothing is read or written");
        let mut expected: HashSet<u64> = (0..60).map(Seed::id).collect();
        for index in deleted {
            company.delete(Seed::id(index)).expect("nothing is written");
            expected.remove(&Seed::id(index));
        }
        for _ in 0..created {
            let mut person = company.seed().person(0).to_person();
            person.id = company.next_id();
            expected.insert(company.write(person, "2026-01-01T00:00:00Z").expect("nothing is written").id);
        }
        let listed: Vec<u64> = (0..company.count()).filter_map(|position| company.id_at(position)).collect();
        prop_assert!(listed.is_sorted(), "by id");
        prop_assert_eq!(listed.len(), expected.len(), "nobody twice");
        prop_assert_eq!(listed.into_iter().collect::<HashSet<u64>>(), expected, "everybody who is there");
        prop_assert_eq!(company.id_at(company.count()), None, "and nobody past the end");
    }
}

#[test]
fn a_million_people_have_addresses_of_their_own() {
    let seed = Seed::new(1_000_000, 1, DAY);
    let mut hashes: Vec<u64> = (0..1_000_000)
        .filter_map(|index| seed.email(index))
        .map(|email| hash(&email))
        .collect();
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count, "no address is given twice");
}
