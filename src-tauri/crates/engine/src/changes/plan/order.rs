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
    ids::{AttributeId, RowId},
};

/// Whom values point at: people who are there, and those who are found by them once the plan is carried out.
pub(super) struct Coming<'a> {
    ground: &'a dyn Ground,
    /// Lower case.
    by_identifier: HashMap<String, RowId>,
}

impl<'a> Coming<'a> {
    pub(super) fn of(ground: &'a dyn Ground, items: &[Item]) -> Self {
        let by_identifier = items
            .iter()
            .filter(|item| item.act != ChangeAct::Delete)
            .flat_map(|item| {
                item.fields
                    .iter()
                    .filter(|field| is_identifier(field.role))
                    .filter_map(|field| Some((field.after.as_ref()?.to_lowercase(), item.row)))
            })
            .collect();
        Self {
            ground,
            by_identifier,
        }
    }

    pub(super) fn who(&self, value: &str) -> Option<RowId> {
        self.ground
            .referred(value)
            .or_else(|| self.by_identifier.get(&value.to_lowercase()).copied())
    }
}

/// The identifiers that somebody else may have once the item is done, lower case.
pub(super) fn given_up(ground: &dyn Ground, item: &Item) -> Vec<(AttributeId, String)> {
    let lower = |id: AttributeId, value: String| (id, value.to_lowercase());
    if item.act == ChangeAct::Delete {
        return ground
            .attributes()
            .iter()
            .filter(|attribute| is_identifier(attribute.role))
            .filter_map(|attribute| {
                Some(lower(attribute.id, ground.value(item.row, attribute.id)?))
            })
            .collect();
    }
    item.fields
        .iter()
        .filter(|field| is_identifier(field.role))
        .filter_map(|field| Some(lower(field.attribute, field.before.clone()?)))
        .collect()
}

/// Who must be sent before whom. `hard` edges can't be broken; `soft` ones only make it smoother.
#[derive(Default)]
struct Edges {
    hard: Vec<BTreeSet<usize>>,
    soft: Vec<BTreeSet<usize>>,
}

/// What the edges are found by.
struct Sight<'a> {
    ground: &'a dyn Ground,
    items: &'a [Item],
    coming: Coming<'a>,
    /// The first item of somebody is the one others wait for.
    first: HashMap<RowId, usize>,
    /// The manager somebody gets, with the item that says so: their second one where a circle was split.
    manager_after: HashMap<RowId, (usize, Option<RowId>)>,
    /// By identifier, who gives it up.
    releases: HashMap<String, usize>,
}

impl<'a> Sight<'a> {
    fn of(ground: &'a dyn Ground, items: &'a [Item]) -> Self {
        let coming = Coming::of(ground, items);
        let first = items
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, item)| item.own != Verdict::Same)
            .map(|(at, item)| (item.row, at))
            .collect();
        let manager_after = items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.own != Verdict::Blocked)
            .filter_map(|(at, item)| {
                let field = item
                    .fields
                    .iter()
                    .find(|field| field.role == Some(Role::Manager))?;
                let target = field.after.as_deref().and_then(|value| coming.who(value));
                Some((item.row, (at, target)))
            })
            .collect();
        let releases = items
            .iter()
            .enumerate()
            .flat_map(|(at, item)| {
                given_up(ground, item)
                    .into_iter()
                    .map(move |(_, value)| (value, at))
            })
            .collect();
        Self {
            ground,
            items,
            coming,
            first,
            manager_after,
            releases,
        }
    }

    /// Whoever is pointed at by a name that only the plan gives them gets it first.
    fn referred(&self, item: &Item) -> Vec<usize> {
        item.fields
            .iter()
            .filter(|field| field.kind == Kind::Employee)
            .filter_map(|field| {
                let after = field.after.as_deref()?;
                let other = *self.first.get(&self.coming.who(after)?)?;
                let there = self.ground.referred(after).is_some()
                    && self.items[other].act != ChangeAct::Create;
                (!there).then_some(other)
            })
            .collect()
    }

    /// An identifier is given up before somebody else takes it.
    fn released(&self, item: &Item) -> Vec<usize> {
        item.fields
            .iter()
            .filter(|field| is_identifier(field.role))
            .filter_map(|field| {
                let after = field.after.as_ref()?.to_lowercase();
                self.releases.get(&after).copied()
            })
            .collect()
    }

    /// Up the line as it will be, managers change from the top down. Whoever still stands below this person must
    /// have moved away before.
    fn line_above(&self, at: usize, edges: &mut Edges) {
        let item = &self.items[at];
        let mut above = match self.manager_after.get(&item.row) {
            Some((_, new_manager)) if item.changes_role(Role::Manager) => *new_manager,
            _ => None,
        };
        for _ in 0..self.items.len() + LONGEST_LINE {
            let Some(row) = above else {
                break;
            };
            above = match self.manager_after.get(&row) {
                Some((other, next)) => {
                    if self.items[*other].own != Verdict::Same {
                        if stands_below(self.ground, row, item.row) {
                            edges.hard[at].insert(*other);
                        } else {
                            edges.soft[at].insert(*other);
                        }
                    }
                    *next
                }
                None => self.ground.manager(row),
            };
        }
    }

    /// Reports are re-homed before their manager leaves.
    fn reports(&self, item: &Item) -> Vec<usize> {
        if !item.leaves_now() {
            return Vec::new();
        }
        self.ground
            .reports(item.row)
            .iter()
            .filter_map(|report| self.manager_after.get(report))
            .map(|(other, _)| *other)
            .filter(|other| self.items[*other].own != Verdict::Same)
            .collect()
    }
}

fn edges(ground: &dyn Ground, items: &[Item]) -> Edges {
    let sight = Sight::of(ground, items);
    let mut edges = Edges {
        hard: vec![BTreeSet::new(); items.len()],
        soft: vec![BTreeSet::new(); items.len()],
    };
    for (at, item) in items.iter().enumerate() {
        if matches!(item.own, Verdict::Blocked | Verdict::Same) {
            continue;
        }
        edges.hard[at].extend(sight.first.get(&item.row));
        edges.hard[at].extend(sight.referred(item));
        edges.hard[at].extend(sight.released(item));
        edges.hard[at].extend(sight.reports(item));
        sight.line_above(at, &mut edges);
        // Nothing waits for itself.
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
    let coming = Coming::of(ground, items);
    let waits_for_stuck = |at: usize, value: &str| {
        coming.who(value).is_some_and(|row| {
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
            second.so_already = Vec::new();
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
