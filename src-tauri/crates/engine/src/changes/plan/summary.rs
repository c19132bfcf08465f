//! What a plan says of itself: sentence, groups, brakes, what to confirm, and the hash over all of it.

use std::collections::{BTreeMap, BTreeSet};

use scim::dialect::Writing;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::ChangeAct;

use super::{
    Brake, BrakeLevel, Confirm, Group, GroupSummary, Plan, PlanOrigin, PlannedSegment, Verdict,
    brakes::brakes, item::Item, pace::Pace,
};
use crate::{
    attribute::Role,
    changes::words,
    ids::{ConnectionId, PlanId, RowId},
    text::hex,
    values::spoken_date,
};

/// What a summary needs besides the items.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub connection: ConnectionId,
    /// "Acme".
    pub name: String,
    /// People in the directory.
    pub directory: u32,
    /// Most people on a page of a listing.
    pub page_size: u32,
    pub writing: Writing,
    pub pace: Pace,
    pub origin: PlanOrigin,
    pub created_at: String,
}

/// How a run compares and reads back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checking {
    /// One read of the person before and one after.
    Singly,
    /// One listing of everybody before and one after.
    ByListing,
}

/// More in one bulk request would make one lost answer leave too many people to ask about.
const MOST_TOGETHER: u32 = 100;
/// A bulk request of fewer bytes has no room for two operations.
const LEAST_ROOM: u32 = 1_000;
/// Fewer people than these save nothing by going together.
pub(crate) const FEWEST_TOGETHER: u32 = 10;

/// How many changes one bulk request may take, by what the service declares and what an hour has room for: each counts
/// as an operation, and comparing and reading back count besides. `None` where none is worth sending.
pub(crate) fn most_together(operations: u32, bytes: u32, quota: u32) -> Option<u32> {
    let most = operations.min(MOST_TOGETHER).min(quota / 2);
    (most > 1 && bytes >= LEAST_ROOM).then_some(most)
}

/// Whether a listing can stand for reading this person: who is created is looked up by name, and who is deleted
/// is asked for by id.
pub(crate) fn read_by_listing(item: &Item) -> bool {
    item.scim_id.is_some() && !matches!(item.act, ChangeAct::Create | ChangeAct::Delete)
}

/// Operations of one listing. Its end is only known from an empty page.
pub(super) fn pages(directory: u32, page_size: u32) -> u32 {
    directory.div_ceil(page_size.max(1)) + 1
}

/// Whatever costs fewer operations for reading this many people; reading singly wins a tie, since it notices a
/// concurrent writer soonest and verifies each at once.
pub(crate) fn checking(people: u32, directory: u32, page_size: u32) -> Checking {
    if pages(directory, page_size) < people {
        Checking::ByListing
    } else {
        Checking::Singly
    }
}

/// Of a run that nothing stops: each wave compared as costs fewest, or singly where whole records are sent, and what a
/// listing was good enough for read back by one, at the end or before what depends on it.
fn operations(going: &[&Item], frame: &Frame) -> u32 {
    let listing = pages(frame.directory, frame.page_size);
    let mut waves: BTreeMap<u32, Vec<&Item>> = BTreeMap::new();
    for item in going {
        waves.entry(item.wave).or_default().push(item);
    }
    let mut unread: BTreeSet<u32> = BTreeSet::new();
    let mut operations = 0;
    for wave in waves.into_values() {
        let before = unread.len();
        for needed in wave.iter().flat_map(|item| &item.after) {
            unread.remove(needed);
        }
        operations += ((before - unread.len()) as u32).min(listing);
        let listable: Vec<u32> = wave
            .iter()
            .filter(|item| read_by_listing(item))
            .map(|item| item.position)
            .collect();
        let (items, people) = (wave.len() as u32, listable.len() as u32);
        operations += items + 2 * (items - people);
        let checking = checking(people, frame.directory, frame.page_size);
        operations += match (checking, frame.writing) {
            (Checking::Singly, _) => 2 * people,
            (Checking::ByListing, Writing::Replace) => {
                unread.extend(listable);
                people
            }
            (Checking::ByListing, Writing::Patch) => {
                unread.extend(listable);
                listing
            }
        };
    }
    operations + (unread.len() as u32).min(listing)
}

/// Everything the hash is made of, in one fixed order.
#[derive(Serialize)]
struct Hashed<'a> {
    position: u32,
    wave: u32,
    row: RowId,
    scim_id: Option<&'a str>,
    act: ChangeAct,
    verdict: Verdict,
    left_out: bool,
    after: &'a [u32],
    fields: Vec<(&'a str, Option<&'a str>, Option<&'a str>)>,
}

/// SHA-256 over the canonical plan, hex.
pub(crate) fn hash(connection: ConnectionId, items: &[Item]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("muster plan 1\n{connection}\n"));
    for item in items {
        let hashed = Hashed {
            position: item.position,
            wave: item.wave,
            row: item.row,
            scim_id: item.scim_id.as_deref(),
            act: item.act,
            verdict: item.verdict,
            left_out: item.left_out,
            after: &item.after,
            fields: item
                .fields
                .iter()
                .map(|field| {
                    (
                        field.key.as_str(),
                        field.before.as_deref(),
                        field.after.as_deref(),
                    )
                })
                .collect(),
        };
        digest.update(serde_json::to_vec(&hashed).expect("BUG: an item is plain data"));
        digest.update(b"\n");
    }
    hex(&digest.finalize())
}

/// The plan as shown. Its id is given once it is kept.
pub(crate) fn summarise(frame: &Frame, items: &[Item]) -> Plan {
    let going: Vec<&Item> = items.iter().filter(|item| item.goes()).collect();
    let people: BTreeSet<RowId> = going.iter().map(|item| item.row).collect();
    let people = people.len() as u32;
    let operations = operations(&going, frame);
    let seats_freed = going.iter().map(|item| item.seats).sum();
    let brakes = brakes(items, frame.directory);
    Plan {
        id: PlanId(0),
        connection: frame.connection,
        hash: hash(frame.connection, items),
        sentence: sentence(&going, people, seats_freed),
        people,
        items: going.len() as u32,
        operations,
        seconds: frame.pace.seconds(operations),
        operations_left: frame.pace.left,
        seats_freed,
        groups: groups(items),
        confirm: confirm(frame, &going, people, &brakes),
        brakes,
        new_segments: new_segments(&going),
        irreversible: irreversible(&going, frame.origin),
        created_at: frame.created_at.clone(),
        origin: frame.origin,
        reclaims: going.iter().filter(|item| item.reclaim.is_some()).count() as u32,
    }
}

fn groups(items: &[Item]) -> Vec<GroupSummary> {
    let mut found: BTreeMap<Group, Vec<&Item>> = BTreeMap::new();
    for item in items {
        found.entry(item.group()).or_default().push(item);
    }
    found
        .into_iter()
        .map(|(group, items)| {
            let people: BTreeSet<RowId> = items.iter().map(|item| item.row).collect();
            let seats: i32 = items
                .iter()
                .filter(|item| item.goes())
                .map(|item| item.seats)
                .sum();
            GroupSummary {
                group,
                items: items.len() as u32,
                people: people.len() as u32,
                seats: seats.max(0) as u32,
                left_out: items.iter().filter(|item| item.left_out).count() as u32,
            }
        })
        .collect()
}

fn new_segments(going: &[&Item]) -> Vec<PlannedSegment> {
    let mut found: BTreeMap<(&str, &str), PlannedSegment> = BTreeMap::new();
    for field in going
        .iter()
        .flat_map(|item| &item.fields)
        .filter(|field| field.new_segment)
    {
        let value = field.after.as_deref().unwrap_or_default();
        found
            .entry((&field.label, value))
            .or_insert_with(|| PlannedSegment {
                label: field.label.clone(),
                value: value.to_owned(),
                people: 0,
                similar: field.similar.clone(),
            })
            .people += 1;
    }
    found.into_values().collect()
}

/// One clause per kind of act, gravest first.
fn sentence(going: &[&Item], people: u32, seats: i32) -> String {
    if going.is_empty() {
        return "Nothing to send.".into();
    }
    let mut clauses = Vec::new();
    let of = |act: ChangeAct| going.iter().filter(|item| item.act == act).count() as u32;
    let count = |verb: &str, act: ChangeAct| {
        let count = of(act);
        (count > 0).then(|| format!("{verb} {}", words::people(count)))
    };
    clauses.extend(count("delete", ChangeAct::Delete));
    if let Some(clause) = count("deactivate", ChangeAct::Deactivate) {
        let dates: BTreeSet<&str> = going
            .iter()
            .filter(|item| item.act == ChangeAct::Deactivate)
            .flat_map(|item| &item.fields)
            .filter(|field| field.role == Some(Role::SeparationDate))
            .filter_map(|field| field.after.as_deref())
            .collect();
        let label = going
            .iter()
            .flat_map(|item| &item.fields)
            .find(|field| field.role == Some(Role::SeparationDate))
            .map(|field| field.label.clone());
        let mut dates = dates.into_iter();
        let set = match (
            dates.next().and_then(|date| date.parse().ok()),
            dates.next(),
            label,
        ) {
            (Some(date), None, Some(label)) => {
                format!(" and set their {label} to {}", spoken_date(date))
            }
            (Some(_), Some(_), Some(label)) => format!(" and set their {label}"),
            _ => String::new(),
        };
        clauses.push(clause + &set);
    }
    clauses.extend(count("create", ChangeAct::Create));
    clauses.extend(count("activate", ChangeAct::Activate));
    let set: Vec<&&Item> = going
        .iter()
        .filter(|item| item.act == ChangeAct::Set)
        .collect();
    if !set.is_empty() {
        let rows: BTreeSet<RowId> = set.iter().map(|item| item.row).collect();
        let labels: BTreeSet<&str> = set
            .iter()
            .flat_map(|item| &item.fields)
            .filter(|field| !field.added)
            .map(|field| field.label.as_str())
            .collect();
        let what = match labels.into_iter().collect::<Vec<_>>().as_slice() {
            [one] => (*one).to_owned(),
            [one, two] => format!("{one} and {two}"),
            several => format!("{} attributes", several.len()),
        };
        clauses.push(format!(
            "change {what} of {}",
            words::people(rows.len() as u32)
        ));
    }
    let mut text = match clauses.as_slice() {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => format!("change {}", words::people(people)),
    };
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let seats = match seats {
        0 if going.iter().any(|item| item.act == ChangeAct::Deactivate) => {
            " Frees no seats.".to_owned()
        }
        0 => String::new(),
        1 => " Frees about 1 seat.".to_owned(),
        freed @ 2.. => format!(
            " Frees about {} seats.",
            words::number(freed.unsigned_abs())
        ),
        -1 => " Takes about 1 seat.".to_owned(),
        taken => format!(
            " Takes about {} seats.",
            words::number(taken.unsigned_abs())
        ),
    };
    format!("{text}.{seats}")
}

fn confirm(frame: &Frame, going: &[&Item], people: u32, brakes: &[Brake]) -> Confirm {
    let gravest = going.iter().map(|item| item.group()).min();
    let all = |act: ChangeAct| going.iter().all(|item| item.act == act);
    let verb = if all(ChangeAct::Delete) {
        "Delete"
    } else if all(ChangeAct::Deactivate) {
        "Deactivate"
    } else if all(ChangeAct::Activate) {
        "Activate"
    } else if all(ChangeAct::Create) {
        "Create"
    } else {
        "Change"
    };
    let stop = brakes
        .iter()
        .filter(|brake| brake.level >= BrakeLevel::Stop)
        .map(|brake| brake.people)
        .max();
    Confirm {
        label: if going.is_empty() {
            String::new()
        } else {
            format!("{verb} {} in {}", words::number(people), frame.name)
        },
        destructive: matches!(gravest, Some(Group::Deletions | Group::Deactivations)),
        type_number: stop,
        reason: brakes
            .iter()
            .any(|brake| brake.level == BrakeLevel::StopWithReason),
        type_name: going
            .iter()
            .find(|item| item.protected)
            .map(|item| item.spoken.clone()),
        empty: going.is_empty(),
    }
}

fn irreversible(going: &[&Item], origin: PlanOrigin) -> Vec<String> {
    let mut said = Vec::new();
    let any = |test: &dyn Fn(&Item) -> bool| going.iter().any(|item| test(item));
    if origin == PlanOrigin::TakeBack {
        if any(&|item| item.act == ChangeAct::Create) {
            said.push(
                "Whoever was deleted is created again from the copy kept here: every value as it was, but with another \
                 id and without past answers."
                    .to_owned(),
            );
        }
        if any(&|item| item.act == ChangeAct::Activate || item.returns()) {
            said.push(
                "A manager who comes back finds neither earlier conversations nor extra access groups."
                    .to_owned(),
            );
        }
        if any(&|item| item.act == ChangeAct::Delete) {
            said.push(
                "Whoever was created is deleted for good, with what they answered since."
                    .to_owned(),
            );
        }
        return said;
    }
    if any(&|item| item.act == ChangeAct::Delete) {
        said.push(
            "A deleted person can be created again from the copy kept here, with another id and without \
             past answers."
                .to_owned(),
        );
    }
    if any(&|item| item.act != ChangeAct::Delete && item.leaves() && item.protected) {
        said.push(
            "A manager who comes back finds neither earlier conversations nor extra access groups."
                .to_owned(),
        );
    }
    if any(&|item| item.act == ChangeAct::Create) {
        said.push("Taking a creation back means deleting the person.".to_owned());
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bulk_request_always_fits_into_an_hour() {
        assert_eq!(most_together(1_000, 1_000_000, 25_000), Some(100));
        assert_eq!(most_together(20, 1_000_000, 25_000), Some(20));
        assert_eq!(
            most_together(1_000, 1_000_000, 50),
            Some(25),
            "with room for comparing in the same hour"
        );
        assert_eq!(
            most_together(1_000, 1_000_000, 3),
            None,
            "singly, where the hour has room for no two"
        );
        assert_eq!(most_together(1_000, 100, 25_000), None, "no room for two");
        assert_eq!(most_together(0, 0, 25_000), None, "not declared");
    }

    #[test]
    fn reads_cost_what_is_fewest() {
        assert_eq!(
            checking(1, 5_000, 100),
            Checking::Singly,
            "one person is one read"
        );
        assert_eq!(
            checking(214, 5_000, 100),
            Checking::ByListing,
            "51 pages against 214 reads"
        );
        assert_eq!(
            checking(51, 5_000, 100),
            Checking::Singly,
            "a tie is read singly"
        );
        assert_eq!(
            checking(6, 400, 100),
            Checking::ByListing,
            "5 pages against 6 reads"
        );
        assert_eq!(
            checking(50, 0, 0),
            Checking::ByListing,
            "an unknown page size does not divide by nothing"
        );
    }
}
