//! The same person twice, by exact rules and nothing near them.
//!
//! Two records are one person when they have the same employee number together with the same name or the same birth
//! date, or the same e-mail (letter case and a part after a plus sign apart) together with the same name and the same
//! birth date. A number alone is not enough: companies have placeholders, and subsidiaries their own numbers. Of such
//! records one stays: one that is exempt before others, then the one seen last, then an active one, then the one
//! known longest.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hasher},
};

use hashbrown::DefaultHashBuilder;
use rayon::prelude::*;

use super::rules::{Same, Told};
use crate::{
    attribute::Role,
    people::{Status, bits::Bits, fold::fold, table::Table},
};

/// For each record that need not stay, by position: why, and which one stays instead.
pub(crate) fn twins(
    table: &Table,
    seated: &Bits,
    exempt: impl Fn(u32) -> bool,
    told: impl Fn(u32) -> Told,
) -> HashMap<u32, (Same, u32)> {
    let mut links: Vec<(Same, Vec<u32>)> = same_number(table, seated)
        .into_iter()
        .map(|group| (Same::Number, group))
        .collect();
    links.extend(
        same_email(table, seated)
            .into_iter()
            .map(|group| (Same::Email, group)),
    );
    let mut found = HashMap::new();
    for group in joined(&links) {
        let stays = group
            .keys()
            .copied()
            .min_by_key(|&position| {
                (
                    !exempt(position),
                    std::cmp::Reverse(told(position).seen.map(|(seen, _)| seen)),
                    table.status(position) != Status::Active,
                    position,
                )
            })
            .expect("BUG: nobody is the same as nobody");
        for (position, same) in group {
            if position != stays {
                found.insert(position, (same, stays));
            }
        }
    }
    found
}

fn same_number(table: &Table, seated: &Bits) -> Vec<Vec<u32>> {
    let Some(column) = table.column_of(Role::EmployeeNumber) else {
        return Vec::new();
    };
    let births = table.column_of(Role::BirthDate);
    let twice: Vec<u32> = (1..column.dictionary().codes() as u32)
        .filter(|&code| column.people(code) > 1)
        .collect();
    let mut groups = Vec::new();
    for code in twice {
        let mut names: HashMap<String, Vec<u32>> = HashMap::new();
        let mut born: HashMap<&str, Vec<u32>> = HashMap::new();
        for position in several(column.owners().of(code), seated) {
            names
                .entry(fold(table.name(position)))
                .or_default()
                .push(position);
            if let Some(birth) = births.and_then(|births| births.value(position)) {
                born.entry(birth).or_default().push(position);
            }
        }
        groups.extend(names.into_values().chain(born.into_values()));
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn several(positions: &[u32], seated: &Bits) -> Vec<u32> {
    positions
        .iter()
        .copied()
        .filter(|&position| seated.has(position))
        .collect()
}

fn same_email(table: &Table, seated: &Bits) -> Vec<Vec<u32>> {
    let (Some(emails), Some(births)) = (
        table.column_of(Role::Email),
        table.column_of(Role::BirthDate),
    ) else {
        return Vec::new();
    };
    let hasher = DefaultHashBuilder::default();
    let mut hashed: Vec<(u64, u32)> = (0..table.len() as u32)
        .into_par_iter()
        .filter(|&position| seated.has(position) && births.value(position).is_some())
        .filter_map(|position| {
            let email = emails.value(position)?;
            Some((mailbox(&hasher, email, births.code(position)), position))
        })
        .collect();
    hashed.par_sort_unstable();
    hashed
        .chunk_by(|left, right| left.0 == right.0)
        .filter(|chunk| chunk.len() > 1)
        .flat_map(|chunk| {
            // Two different addresses may share a hash, and two people an address.
            let mut groups: BTreeMap<(String, String, &str), Vec<u32>> = BTreeMap::new();
            for &(_, position) in chunk {
                let key = (
                    plain(emails.value(position).unwrap_or_default()),
                    fold(table.name(position)),
                    births.value(position).unwrap_or_default(),
                );
                groups.entry(key).or_default().push(position);
            }
            groups.into_values().filter(|group| group.len() > 1)
        })
        .collect()
}

/// A hash that addresses of one mailbox share. Most are written without a part after a plus and in ASCII, and cost no
/// text of their own.
fn mailbox(hasher: &DefaultHashBuilder, email: &str, born: u32) -> u64 {
    let mut hash = hasher.build_hasher();
    hash.write_u32(born);
    let mut lower = [0; 64];
    let bytes = email.as_bytes();
    if bytes.len() <= lower.len()
        && email.is_ascii()
        && email.trim() == email
        && !bytes.contains(&b'+')
    {
        let lower = &mut lower[..bytes.len()];
        lower.copy_from_slice(bytes);
        lower.make_ascii_lowercase();
        hash.write(lower);
    } else {
        hash.write(plain(email).as_bytes());
    }
    hash.finish()
}

/// An address without letter case and without what follows a plus sign.
pub(crate) fn plain(email: &str) -> String {
    let lower = email.trim().to_lowercase();
    match lower.rsplit_once('@') {
        Some((local, domain)) => {
            let local = local.split('+').next().unwrap_or_default();
            format!("{local}@{domain}")
        }
        None => lower,
    }
}

/// Groups that share somebody become one; each member with what first linked it.
fn joined(links: &[(Same, Vec<u32>)]) -> Vec<BTreeMap<u32, Same>> {
    let mut of: HashMap<u32, usize> = HashMap::new();
    let mut groups: Vec<BTreeMap<u32, Same>> = Vec::new();
    for (same, members) in links {
        let mut mine: BTreeMap<u32, Same> =
            members.iter().map(|&position| (position, *same)).collect();
        for position in members {
            if let Some(other) = of.get(position) {
                for (position, same) in std::mem::take(&mut groups[*other]) {
                    mine.insert(position, same);
                }
            }
        }
        for position in mine.keys() {
            of.insert(*position, groups.len());
        }
        groups.push(mine);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use hashbrown::DefaultHashBuilder;
    use proptest::prelude::*;

    use super::{Same, joined, mailbox, plain};

    #[test]
    fn an_address_is_compared_without_case_and_plus_part() {
        for (one, other) in [
            ("Ana.Ruiz@Acme.com", "ana.ruiz@acme.com"),
            ("ana.ruiz+survey@acme.com", "ana.ruiz@acme.com"),
        ] {
            assert_eq!(plain(one), plain(other), "both reach one mailbox");
        }
        assert_ne!(
            plain("anaruiz@acme.com"),
            plain("ana.ruiz@acme.com"),
            "dots make another address, except at one provider"
        );
        assert_ne!(
            plain("ana@acme.com"),
            plain("ana@acme.org"),
            "another company"
        );
    }

    proptest! {
        /// Whatever is linked to whatever: two are together exactly when a chain of links leads from one to the other.
        #[test]
        fn groups_are_whatever_hangs_together(links in prop::collection::vec(prop::collection::btree_set(0u32..24, 2..4), 0..16)) {
            let links: Vec<(Same, Vec<u32>)> = links
                .into_iter()
                .map(|members| (Same::Number, members.into_iter().collect()))
                .collect();
            let groups = joined(&links);
            // The slow way: spread each one's mark until nothing changes.
            let mut mark: Vec<u32> = (0..24).collect();
            for _ in 0..24 {
                for (_, members) in &links {
                    let least = members.iter().map(|one| mark[*one as usize]).min();
                    for one in members {
                        mark[*one as usize] = least.unwrap_or_default();
                    }
                }
            }
            let linked = |one: u32| links.iter().any(|(_, members)| members.contains(&one));
            for one in 0..24 {
                let mine: Vec<_> = groups.iter().filter(|group| group.contains_key(&one)).collect();
                prop_assert_eq!(mine.len(), usize::from(linked(one)), "{} is in one group, or linked to nobody", one);
                for other in mine.iter().flat_map(|group| group.keys()) {
                    prop_assert_eq!(mark[one as usize], mark[*other as usize], "a chain leads from {} to {}", one, other);
                }
                let size = mine.first().map_or(0, |group| group.len());
                let reached = (0..24).filter(|other| mark[*other as usize] == mark[one as usize]).count();
                prop_assert!(size == 0 || size == reached, "whoever a chain leads to is in it");
            }
        }

        #[test]
        fn one_mailbox_has_one_hash(name in "[a-zA-ZéÖ.]{1,70}", tag in "[a-z+]{0,5}", born: u32) {
            let hasher = DefaultHashBuilder::default();
            let one = mailbox(&hasher, &format!("{name}@acme.example"), born);
            for other in [
                format!("{name}+{tag}@acme.example"),
                format!("{}@ACME.example", name.to_lowercase()),
            ] {
                prop_assert_eq!(one, mailbox(&hasher, &other, born), "{} reaches the same mailbox", other);
            }
        }
    }

    #[test]
    fn what_is_linked_through_a_third_is_one_group() {
        let groups = joined(&[
            (Same::Number, vec![1, 2]),
            (Same::Number, vec![5, 6]),
            (Same::Email, vec![2, 3]),
        ]);
        let members: Vec<Vec<u32>> = groups
            .iter()
            .map(|group| group.keys().copied().collect())
            .collect();
        assert_eq!(
            members,
            [vec![5, 6], vec![1, 2, 3]],
            "three records of one person are one group, not two"
        );
    }
}
