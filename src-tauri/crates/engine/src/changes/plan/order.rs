//! The order of sending: nothing refers to what comes later.
//!
//! People come before those who report to them, reports are re-homed before their manager leaves, an
//! identifier is released before somebody else takes it, and managers change from the top down so that no
//! moment has a circle in it. Where creations refer to each other, the reference waits for a second item.

use std::collections::{BTreeSet, HashMap};

use store::ChangeAct;

use super::{
    Fix, Verdict,
    build::{block, sentence},
    item::{Item, is_identifier},
};
use crate::{
    attribute::{Kind, Role},
    changes::ground::Ground,
    ids::RowId,
};

/// By which values people will be found once the plan is carried out, lower case.
pub(super) fn new_identifiers(items: &[Item]) -> HashMap<String, RowId> {
    items
        .iter()
        .filter(|item| item.act != ChangeAct::Delete)
        .flat_map(|item| {
            item.fields
                .iter()
                .filter(|field| is_identifier(field.role))
                .filter_map(|field| Some((field.after.as_ref()?.to_lowercase(), item.row)))
        })
        .collect()
}

/// Who must be sent before whom. `hard` edges can't be broken; `soft` ones only make it smoother.
#[derive(Default)]
struct Edges {
    hard: Vec<BTreeSet<usize>>,
    soft: Vec<BTreeSet<usize>>,
}

fn edges(ground: &dyn Ground, items: &[Item]) -> Edges {
    let by_row: HashMap<RowId, usize> = items
        .iter()
        .enumerate()
        // The first item of somebody is the one others wait for.
        .rev()
        .filter(|(_, item)| item.own != Verdict::Same)
        .map(|(at, item)| (item.row, at))
        .collect();
    let to_come = new_identifiers(items);
    // With the item that changes it, which is somebody's second one where a circle was split.
    let manager_after: HashMap<RowId, (usize, Option<RowId>)> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.own != Verdict::Blocked)
        .filter_map(|(at, item)| {
            let field = item
                .fields
                .iter()
                .find(|field| field.role == Some(Role::Manager))?;
            let target = field.after.as_deref().and_then(|value| {
                ground
                    .referred(value)
                    .or_else(|| to_come.get(&value.to_lowercase()).copied())
            });
            Some((item.row, (at, target)))
        })
        .collect();
    let releases: HashMap<String, usize> = items
        .iter()
        .enumerate()
        .flat_map(|(at, item)| {
            let deleted = (item.act == ChangeAct::Delete)
                .then(|| ground.of_role(item.row, Role::Email))
                .flatten();
            item.fields
                .iter()
                .filter(|field| is_identifier(field.role))
                .filter_map(|field| field.before.clone())
                .chain(deleted)
                .map(|value| (value.to_lowercase(), at))
                .collect::<Vec<_>>()
        })
        .collect();

    let mut edges = Edges {
        hard: vec![BTreeSet::new(); items.len()],
        soft: vec![BTreeSet::new(); items.len()],
    };
    for (at, item) in items.iter().enumerate() {
        if item.own == Verdict::Blocked || item.own == Verdict::Same {
            continue;
        }
        if let Some(first) = by_row.get(&item.row) {
            edges.hard[at].insert(*first);
        }
        for field in &item.fields {
            let Some(after) = field.after.as_deref() else {
                continue;
            };
            if field.kind == Kind::Employee {
                let known = ground.referred(after);
                let target = known.or_else(|| to_come.get(&after.to_lowercase()).copied());
                if let Some(other) = target.and_then(|row| by_row.get(&row)).copied()
                    && (known.is_none() || items[other].act == ChangeAct::Create)
                {
                    edges.hard[at].insert(other);
                }
            }
            if is_identifier(field.role)
                && let Some(other) = releases.get(&after.to_lowercase())
                && *other != at
            {
                edges.hard[at].insert(*other);
            }
        }
        if let Some((_, Some(new_manager))) = manager_after.get(&item.row)
            && item.changes_role(Role::Manager)
        {
            // Up the line as it will be. Whoever still stands below this person must have moved away before.
            let mut above = Some(*new_manager);
            for _ in 0..items.len() + LONGEST_LINE {
                let Some(row) = above else {
                    break;
                };
                above = match manager_after.get(&row) {
                    Some((other, next)) => {
                        if items[*other].own != Verdict::Same && *other != at {
                            if stands_below(ground, row, item.row) {
                                edges.hard[at].insert(*other);
                            } else {
                                edges.soft[at].insert(*other);
                            }
                        }
                        *next
                    }
                    None => ground.manager(row),
                };
            }
        }
        if item.leaves_now() {
            for report in ground.reports(item.row) {
                if let Some((other, _)) = manager_after.get(&report)
                    && items[*other].own != Verdict::Same
                {
                    edges.hard[at].insert(*other);
                }
            }
        }
    }
    for at in 0..items.len() {
        edges.hard[at].remove(&at);
        edges.soft[at].remove(&at);
    }
    edges
}

/// The most people one above the other that are followed; what is longer is a circle in the directory.
const LONGEST_LINE: usize = 64;

/// Whether somebody reports to another, directly or through others, as things are now.
fn stands_below(ground: &dyn Ground, who: RowId, other: RowId) -> bool {
    std::iter::successors(ground.manager(who), |row| ground.manager(*row))
        .take(LONGEST_LINE)
        .any(|row| row == other)
}

/// Puts items into waves and positions, and notes what each waits for.
pub(super) fn order(ground: &dyn Ground, mut items: Vec<Item>) -> Vec<Item> {
    let (waves, edges) = loop {
        let edges = edges(ground, &items);
        match waves(&edges) {
            Ok(waves) => break (waves, edges),
            Err(stuck) => loosen(ground, &mut items, &edges, &stuck),
        }
    };

    let mut sequence: Vec<usize> = (0..items.len()).collect();
    sequence.sort_by(|left, right| {
        let key = |at: usize| (waves[at], items[at].row);
        key(*left).cmp(&key(*right)).then_with(|| left.cmp(right))
    });
    let mut position_of = vec![0u32; items.len()];
    for (position, at) in sequence.iter().enumerate() {
        position_of[*at] = position as u32;
    }
    for (at, item) in items.iter_mut().enumerate() {
        item.position = position_of[at];
        item.wave = waves[at];
        item.after = edges.hard[at]
            .iter()
            .map(|other| position_of[*other])
            .collect();
        item.after.sort_unstable();
    }
    items.sort_by_key(|item| item.position);
    items
}

/// The longest chain before each item, or the items of a circle of hard edges. Soft edges that close a circle
/// are dropped.
fn waves(edges: &Edges) -> Result<Vec<u32>, Vec<usize>> {
    let count = edges.hard.len();
    let mut wave = vec![0u32; count];
    let mut settled = vec![false; count];
    let mut soft: Vec<BTreeSet<usize>> = edges.soft.clone();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, (hard, soft)) in edges.hard.iter().zip(&soft).enumerate() {
        for other in hard.union(soft) {
            followers[*other].push(at);
        }
    }
    let free = |at: usize, settled: &[bool], soft: &[BTreeSet<usize>]| {
        edges.hard[at].union(&soft[at]).all(|other| settled[*other])
    };
    let mut ready: Vec<usize> = (0..count).filter(|at| free(*at, &settled, &soft)).collect();
    let mut left = count;
    loop {
        while let Some(at) = ready.pop() {
            if settled[at] {
                continue;
            }
            settled[at] = true;
            left -= 1;
            wave[at] = edges.hard[at]
                .union(&soft[at])
                .map(|other| wave[*other] + 1)
                .max()
                .unwrap_or(0);
            for follower in &followers[at] {
                if !settled[*follower] && free(*follower, &settled, &soft) {
                    ready.push(*follower);
                }
            }
        }
        if left == 0 {
            return Ok(wave);
        }
        let loose = (0..count).find(|at| {
            !settled[*at]
                && soft[*at].iter().any(|other| !settled[*other])
                && edges.hard[*at].iter().all(|other| settled[*other])
        });
        match loose {
            Some(at) => {
                soft[at].retain(|other| settled[*other]);
                ready.push(at);
            }
            None => return Err((0..count).filter(|at| !settled[*at]).collect()),
        }
    }
}

/// Breaks a circle of hard edges: the first item in it that can send its references later does so in a second
/// item; where none can, the first one is blocked.
fn loosen(ground: &dyn Ground, items: &mut Vec<Item>, edges: &Edges, stuck: &[usize]) {
    let to_come = new_identifiers(items);
    let waits_for_stuck = |at: usize, value: &str| {
        ground
            .referred(value)
            .or_else(|| to_come.get(&value.to_lowercase()).copied())
            .is_some_and(|row| {
                stuck
                    .iter()
                    .any(|other| items[*other].row == row && edges.hard[at].contains(other))
            })
    };
    let found = stuck.iter().copied().find_map(|at| {
        let late: Vec<usize> = items[at]
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.kind == Kind::Employee)
            .filter(|(_, field)| {
                field
                    .after
                    .as_deref()
                    .is_some_and(|value| waits_for_stuck(at, value))
            })
            .map(|(index, _)| index)
            .collect();
        // An item that is nothing but those references gains nothing by being split.
        let splits = !late.is_empty() && (late.len() < items[at].fields.len());
        splits.then_some((at, late))
    });
    match found {
        Some((at, late)) => {
            let mut second = items[at].clone();
            let mut keep = Vec::new();
            let mut moved = Vec::new();
            for (index, field) in std::mem::take(&mut items[at].fields)
                .into_iter()
                .enumerate()
            {
                if late.contains(&index) {
                    moved.push(field);
                } else {
                    keep.push(field);
                }
            }
            items[at].fields = keep;
            second.act = ChangeAct::Set;
            second.fields = moved;
            second.seats = 0;
            second.protected = false;
            second.sentence = sentence(&second);
            second.note = Some("sent in a second step, once everybody it points at exists".into());
            items.push(second);
        }
        None => {
            let first = stuck[0];
            block(
                &mut items[first],
                Some(Fix::EditValue),
                "This waits for itself through other changes. Stage it on its own".into(),
            );
            let item = &mut items[first];
            item.verdict = item.own;
            item.reason = item.own_reason.clone();
        }
    }
}
