//! What items mean for each other: references, identifiers, circles, and who would be left behind.

use std::collections::{HashMap, HashSet};

use super::Builder;
use crate::{
    attribute::{Kind, Role},
    changes::{
        plan::{
            Fix, Verdict,
            item::{Item, is_identifier},
            order::{Coming, given_up},
        },
        words,
    },
    ids::{AttributeId, RowId},
};

impl Builder<'_> {
    /// Who is pointed at by an e-mail that changes in this plan is pointed at by the new one, afterwards:
    /// the old one would find nobody.
    pub(super) fn follow_renames(&self, items: &mut [Item]) {
        let renames = renames(items);
        for field in items
            .iter_mut()
            .flat_map(|item| &mut item.fields)
            .filter(|field| field.kind == Kind::Employee)
        {
            let new = field
                .after
                .as_deref()
                .filter(|after| self.ground.referred(after).is_some())
                .and_then(|after| renames.get(&after.to_lowercase()));
            if let Some(new) = new {
                field.after = Some(new.clone());
            }
        }
    }

    /// Values that point at people: the person must exist, be somebody else, and stay.
    pub(super) fn judge_references(&self, items: &mut [Item]) {
        let leaving: HashSet<RowId> = items
            .iter()
            .filter(|item| item.leaves_now())
            .map(|item| item.row)
            .collect();
        let coming = Coming::of(self.ground, items);
        for item in items.iter_mut() {
            let problem = item
                .fields
                .iter()
                .filter(|field| field.kind == Kind::Employee)
                .find_map(|field| {
                    let value = field.after.as_deref()?;
                    match coming.who(value) {
                        None => Some(format!(
                            "{} would be {value}, and there is nobody by that e-mail. Choose somebody who exists",
                            field.label
                        )),
                        Some(row) if row == item.row => Some(format!(
                            "{} can't be their own {}. Choose somebody else",
                            item.spoken, field.label
                        )),
                        Some(row) if leaving.contains(&row) => Some(format!(
                            "{} would be {}, who leaves in this plan. Choose somebody else",
                            field.label,
                            self.ground.spoken(row)
                        )),
                        Some(_) => None,
                    }
                });
            if let Some(reason) = problem {
                block(item, Some(Fix::EditValue), reason);
            }
        }
    }

    /// Two people can't be known by the same e-mail or number.
    pub(super) fn judge_identifiers(&self, items: &mut [Item]) {
        let mut taken: HashMap<(AttributeId, String), RowId> = HashMap::new();
        let released: HashSet<(AttributeId, String)> = items
            .iter()
            .flat_map(|item| given_up(self.ground, item))
            .collect();
        for item in items.iter_mut() {
            let mut problem = None;
            for field in item.fields.iter().filter(|field| is_identifier(field.role)) {
                let Some(after) = &field.after else { continue };
                let key = (field.attribute, after.to_lowercase());
                let owner = self
                    .ground
                    .find(after)
                    .into_iter()
                    .filter(|row| *row != item.row)
                    .find(|row| {
                        self.ground
                            .value(*row, field.attribute)
                            .is_some_and(|value| value.to_lowercase() == key.1)
                    });
                let other = taken.get(&key).copied().filter(|row| *row != item.row);
                let owner = owner.filter(|_| !released.contains(&key)).or(other);
                if let Some(owner) = owner {
                    problem = Some(format!(
                        "{} already has the {} {after}. Give another one",
                        self.ground.spoken(owner),
                        field.label
                    ));
                } else {
                    taken.insert(key, item.row);
                }
            }
            if let Some(reason) = problem {
                block(item, Some(Fix::EditValue), reason);
            }
        }
    }

    /// Nobody who leaves may leave others without a manager, and protected people go one at a time.
    pub(super) fn judge_leavers(&self, items: &mut [Item]) {
        // What is held for a decision may go once it is decided, so it is judged as well.
        let may_go = |item: &Item| matches!(item.own, Verdict::Change | Verdict::Held);
        let leaving: HashSet<RowId> = items
            .iter()
            .filter(|item| item.leaves_now() && may_go(item))
            .map(|item| item.row)
            .collect();
        let rehomed: HashSet<RowId> = items
            .iter()
            .filter(|item| item.own == Verdict::Change && item.changes_role(Role::Manager))
            .map(|item| item.row)
            .collect();
        let may_leave = |item: &Item| item.leaves() && may_go(item);
        let leavers = items.iter().filter(|item| may_leave(item)).count() as u32;
        for item in items.iter_mut().filter(|item| may_leave(item)) {
            let left_behind = if leaving.contains(&item.row) {
                self.ground
                    .reports(item.row)
                    .into_iter()
                    .filter(|report| !rehomed.contains(report) && !leaving.contains(report))
                    .count() as u32
            } else {
                0
            };
            if left_behind > 0 {
                let reason = format!(
                    "{} would be left without {} as manager. Choose who takes over",
                    words::people(left_behind),
                    item.spoken
                );
                hold_all_the_same(item, Some(Fix::ChooseSuccessor), reason);
                continue;
            }
            if let Some(why) = self.ground.protected(item.row) {
                if leavers == 1 {
                    item.protected = true;
                    item.note = Some(why);
                } else {
                    let reason = format!(
                        "{why}. Protected people go one at a time, and {} first",
                        match leavers - 1 {
                            1 => "somebody else leaves in this plan: send that one".to_owned(),
                            others => format!(
                                "{} others leave in this plan: send those",
                                words::number(others)
                            ),
                        }
                    );
                    hold_all_the_same(item, Some(Fix::OpenPerson), reason);
                }
            }
        }
    }

    /// A staged manager may not make people report to each other in a circle.
    pub(super) fn judge_circles(&self, items: &mut [Item]) {
        let coming = Coming::of(self.ground, items);
        let staged: HashMap<RowId, Option<RowId>> = items
            .iter()
            .filter(|item| matches!(item.own, Verdict::Change | Verdict::Held))
            .filter_map(|item| {
                let field = item
                    .fields
                    .iter()
                    .find(|field| field.role == Some(Role::Manager))?;
                let after = field.after.as_deref().and_then(|value| coming.who(value));
                Some((item.row, after))
            })
            .collect();
        for item in items
            .iter_mut()
            .filter(|item| staged.contains_key(&item.row))
        {
            let mut circle = vec![item.row];
            let mut seen = HashSet::from([item.row]);
            let mut at = item.row;
            let closed = loop {
                let next = match staged.get(&at) {
                    Some(manager) => *manager,
                    None => self.ground.manager(at),
                };
                match next {
                    None => break false,
                    Some(next) if next == item.row => break true,
                    Some(next) if !seen.insert(next) => break false,
                    Some(next) => {
                        circle.push(next);
                        at = next;
                    }
                }
            };
            if closed && circle.len() > 1 {
                let names: Vec<String> = circle
                    .iter()
                    .chain([&item.row])
                    .take(5)
                    .map(|row| self.ground.spoken(*row))
                    .collect();
                let reason = format!(
                    "This would make people report to each other in a circle: {}. Choose another manager",
                    names.join(" → ")
                );
                block(item, Some(Fix::EditValue), reason);
            }
        }
    }
}

/// What people are known by now, lower case, and what they will be known by.
pub(in crate::changes) fn renames(items: &[Item]) -> HashMap<String, String> {
    items
        .iter()
        .filter(|item| item.own == Verdict::Change)
        .flat_map(|item| item.fields.iter().filter(|field| is_identifier(field.role)))
        .filter_map(|field| Some((field.before.as_ref()?.to_lowercase(), field.after.clone()?)))
        .collect()
}

/// What is blocked stays blocked; the first reason stands.
pub(in crate::changes::plan) fn block(item: &mut Item, fix: Option<Fix>, reason: String) {
    if item.own != Verdict::Blocked {
        item.own = Verdict::Blocked;
        item.own_reason = Some(reason);
        item.fix = fix;
    }
}

pub(super) fn hold(item: &mut Item, fix: Option<Fix>, reason: String) {
    if item.own == Verdict::Change {
        item.own = Verdict::Held;
        item.own_reason = Some(reason);
        item.fix = fix;
    }
}

/// Also where a question about a value is open already: answering that one must not let the item go.
fn hold_all_the_same(item: &mut Item, fix: Option<Fix>, reason: String) {
    if item.own == Verdict::Held {
        item.own = Verdict::Change;
    }
    hold(item, fix, reason);
}
