//! From changes to items with verdicts: a pure function of the changes, the mirror and the terms.

mod judge;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use store::ChangeAct;

pub(super) use judge::block;
use judge::hold;
pub(in crate::changes) use judge::renames;

use super::{
    Fix, Verdict,
    item::{Field, Item, NewPerson, Stranger, Wish},
    order,
};
use crate::{
    attribute::{Attribute, Kind, Role},
    changes::{ground::Ground, words},
    connection::Policy,
    ids::{AttributeId, RowId},
    seats,
    values::spoken_date,
};

/// What holds for every plan of a connection on a day.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub policy: Policy,
    pub today: Date,
}

/// The plan's items, in the order of sending.
pub(crate) fn build(ground: &dyn Ground, wishes: &[Wish], terms: &Terms) -> Vec<Item> {
    let builder = Builder::new(ground, wishes, terms);
    let mut items: Vec<Item> = builder
        .wishes
        .iter()
        .map(|(row, wishes)| builder.item(*row, wishes))
        .collect();
    builder.follow_renames(&mut items);
    builder.judge_references(&mut items);
    builder.judge_identifiers(&mut items);
    builder.judge_circles(&mut items);
    // Last, as it goes by who is re-homed: what the others block re-homes nobody.
    builder.judge_leavers(&mut items);
    for item in &mut items {
        for field in &mut item.fields {
            builder.name_people(field);
            builder.mark_new_segment(field);
        }
        item.sentence = sentence(item);
        item.verdict = item.own;
        item.reason = item.own_reason.clone();
    }
    let mut items = order::order(ground, items);
    exclude_dependents(&mut items);
    items
}

/// What waits for something that does not go is held as well; what it waited for may have come back in, so
/// every verdict is worked out anew.
pub(crate) fn exclude_dependents(items: &mut [Item]) {
    let mut goes = vec![true; items.len()];
    for at in 0..items.len() {
        let waits_for = items[at]
            .after
            .iter()
            .find(|position| !goes.get(**position as usize).copied().unwrap_or(true))
            .map(|position| items[*position as usize].spoken.clone());
        let item = &mut items[at];
        item.verdict = item.own;
        item.reason = item.own_reason.clone();
        if item.own == Verdict::Change
            && let Some(other) = waits_for
        {
            item.verdict = Verdict::Held;
            item.reason = Some(format!(
                "It waits for the change to {other}, which does not go with this plan"
            ));
        }
        goes[at] = item.goes() || item.own == Verdict::Same;
    }
}

struct Builder<'a> {
    ground: &'a dyn Ground,
    terms: &'a Terms,
    wishes: BTreeMap<RowId, Vec<&'a Wish>>,
    attributes: HashMap<AttributeId, Attribute>,
    by_role: HashMap<Role, Attribute>,
}

impl<'a> Builder<'a> {
    fn new(ground: &'a dyn Ground, wishes: &'a [Wish], terms: &'a Terms) -> Self {
        let mut by_row: BTreeMap<RowId, Vec<&Wish>> = BTreeMap::new();
        for wish in wishes {
            by_row.entry(wish.row).or_default().push(wish);
        }
        let all = ground.attributes();
        Self {
            ground,
            terms,
            wishes: by_row,
            by_role: all
                .iter()
                .filter_map(|attribute| Some((attribute.role?, attribute.clone())))
                .collect(),
            attributes: all
                .iter()
                .map(|attribute| (attribute.id, attribute.clone()))
                .collect(),
        }
    }

    /// A reviewer knows people by name; the service wants their addresses.
    fn name_people(&self, field: &mut Field) {
        if field.kind == Kind::Employee {
            field.before_name = self.ground.called(field.before.as_deref());
            field.after_name = self.ground.called(field.after.as_deref());
            field.now_name = self.ground.called(field.now.as_deref());
        }
    }

    /// An option value that nobody has becomes a segment by being written, whether meant or mistyped.
    fn mark_new_segment(&self, field: &mut Field) {
        let Some(after) = field
            .after
            .as_deref()
            .filter(|_| field.kind == Kind::Option)
        else {
            return;
        };
        field.new_segment = !self.ground.has_option(field.attribute, after);
        if field.new_segment {
            field.similar = self.ground.similar_option(field.attribute, after);
        }
    }

    fn item(&self, row: RowId, wishes: &[&Wish]) -> Item {
        // Switching somebody off is an act however it is written down (a plan file may say it as a value), so
        // that policy, protection and brakes see it.
        let switched = |act| {
            let to = match act {
                ChangeAct::Deactivate => "false",
                ChangeAct::Activate => "true",
                ChangeAct::Set | ChangeAct::Create | ChangeAct::Delete => return false,
            };
            self.by_role.get(&Role::Active).is_some_and(|active| {
                wishes.iter().any(|wish| {
                    wish.act == ChangeAct::Set
                        && wish.attribute == Some(active.id)
                        && wish.after.as_deref() == Some(to)
                })
            })
        };
        let has = |act| switched(act) || wishes.iter().any(|wish| wish.act == act);
        let act = [
            ChangeAct::Delete,
            ChangeAct::Create,
            ChangeAct::Deactivate,
            ChangeAct::Activate,
        ]
        .into_iter()
        .find(|act| has(*act))
        .unwrap_or(ChangeAct::Set);

        let mut item = Item {
            position: 0,
            wave: 0,
            row,
            scim_id: self.ground.scim_id(row),
            name: self.ground.name(row),
            spoken: self.ground.spoken(row),
            act,
            fields: Vec::new(),
            so_already: Vec::new(),
            after: Vec::new(),
            sentence: String::new(),
            own: Verdict::Change,
            verdict: Verdict::Change,
            reason: None,
            own_reason: None,
            fix: None,
            note: None,
            left_out: false,
            seats: 0,
            protected: false,
            source: wishes.iter().find_map(|wish| wish.source.clone()),
            reclaim: wishes.iter().find_map(|wish| wish.reclaim.clone()),
        };
        if act == ChangeAct::Create {
            self.fill_creation(&mut item, wishes);
        } else if let Some(stranger) = wishes.iter().find_map(|wish| wish.stranger.as_ref()) {
            self.fill_stranger(&mut item, wishes, stranger);
        } else if !self.ground.exists(row) {
            if act == ChangeAct::Delete {
                same(&mut item);
            } else {
                block(
                    &mut item,
                    None,
                    "This person is no longer in the directory. Leave the change out".into(),
                );
            }
        } else if act == ChangeAct::Delete {
            item.seats = self.seats(row, &item, true);
        } else {
            self.fill_change(&mut item, wishes);
        }
        item
    }

    fn fill_creation(&self, item: &mut Item, wishes: &[&Wish]) {
        let new = wishes
            .iter()
            .filter(|wish| wish.act == ChangeAct::Create)
            .find_map(|wish| serde_json::from_str::<NewPerson>(wish.after.as_deref()?).ok());
        let Some(new) = new else {
            block(
                item,
                None,
                "What this person is to be could not be read. Stage the creation again".into(),
            );
            return;
        };
        item.spoken.clone_from(&new.name);
        item.name = new.name;
        item.scim_id = None;
        let mut values: BTreeMap<AttributeId, String> = new.values.into_iter().collect();
        for wish in wishes.iter().filter(|wish| wish.act == ChangeAct::Set) {
            match (wish.attribute, &wish.after) {
                (Some(attribute), Some(after)) => {
                    values.insert(attribute, after.clone());
                }
                (Some(attribute), None) => {
                    values.remove(&attribute);
                }
                (None, _) => {}
            }
        }
        for (id, value) in values {
            match self.attributes.get(&id) {
                Some(attribute) if attribute.writable => {
                    item.fields.push(field(attribute, None, Some(value), false));
                }
                _ => {}
            }
        }
        let missing = self
            .attributes
            .values()
            .filter(|attribute| attribute.required && attribute.writable)
            .find(|attribute| {
                !item
                    .fields
                    .iter()
                    .any(|field| field.attribute == attribute.id)
            });
        if let Some(missing) = missing {
            let reason = format!(
                "{} is required, and there is no value for it. Give one",
                missing.label
            );
            block(item, Some(Fix::EditValue), reason);
        }
        let separation = item
            .fields
            .iter()
            .find(|field| field.role == Some(Role::SeparationDate))
            .and_then(|field| field.after.as_deref());
        item.seats = seats::freed(None, Some(separation), self.terms.today);
    }

    /// Somebody a file names and the directory does not know. What is wished for is shown, and does not go.
    fn fill_stranger(&self, item: &mut Item, wishes: &[&Wish], stranger: &Stranger) {
        item.name.clone_from(&stranger.name);
        item.spoken.clone_from(&stranger.name);
        item.scim_id.clone_from(&stranger.id);
        for wish in wishes {
            if let Some(attribute) = wish.attribute.and_then(|id| self.attributes.get(&id)) {
                let (before, after) = (wish.before.clone(), wish.after.clone());
                item.fields.push(field(attribute, before, after, false));
            }
        }
        let who = match &stranger.id {
            Some(id) => format!("{} ({id})", stranger.name),
            None => format!("{} (without an id)", stranger.name),
        };
        let reason = format!(
            "{who} is not in the directory. Sync and open the plan again, or leave this out"
        );
        hold(item, None, reason);
    }

    fn fill_change(&self, item: &mut Item, wishes: &[&Wish]) {
        let row = item.row;
        for wish in wishes.iter().filter(|wish| wish.act == ChangeAct::Set) {
            let Some(id) = wish.attribute else { continue };
            let Some(attribute) = self.attributes.get(&id) else {
                block(
                    item,
                    None,
                    "An attribute of this change is no longer there. Leave the change out, or sync and stage it again".into(),
                );
                continue;
            };
            if !attribute.writable {
                let reason = format!(
                    "{} can't be written here. Leave the change out",
                    attribute.label
                );
                block(item, None, reason);
            }
            let now = self.ground.value(row, id);
            if now == wish.after {
                item.so_already.push(id);
                continue;
            }
            let moved = now != wish.before;
            let (before, after) = (wish.before.clone(), wish.after.clone());
            item.fields.push(Field {
                moved,
                now: now.filter(|_| moved),
                ..field(attribute, before, after, false)
            });
        }
        match item.act {
            ChangeAct::Deactivate => self.add_leaving(item),
            ChangeAct::Activate => self.add_return(item),
            ChangeAct::Set | ChangeAct::Create | ChangeAct::Delete => {}
        }
        self.keep_user_name_with_email(item);
        item.fields
            .sort_by_key(|field| (field.added, field.attribute));
        item.so_already.sort_unstable();

        if item.own == Verdict::Blocked {
            return;
        }
        if item.fields.is_empty() {
            same(item);
            return;
        }
        if let Some(moved) = item.fields.iter().find(|field| field.moved) {
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
            let reason = format!(
                "{} was {} when this was staged and is {} now; this would make it {}. Keep yours or take theirs",
                moved.label,
                shown(&moved.before),
                shown(&moved.now),
                shown(&moved.after)
            );
            hold(item, Some(Fix::KeepOrTake), reason);
        }
        item.seats = self.seats(row, item, false);
    }

    /// Deactivating is `active: false`; the leaver policy adds the separation date, which is what frees the
    /// seat. A date that has passed already is left alone: moving it would rewrite when somebody left.
    fn add_leaving(&self, item: &mut Item) {
        self.add(item, Role::Active, Some("false".into()));
        if !self.terms.policy.set_separation_date {
            return;
        }
        let Some(date) = self.by_role.get(&Role::SeparationDate) else {
            return;
        };
        let now = self.ground.value(item.row, date.id);
        if !seats::uses_seat(now.as_deref(), self.terms.today) {
            return;
        }
        self.add(
            item,
            Role::SeparationDate,
            Some(self.terms.today.to_string()),
        );
        if let (Some(reason), Some(attribute)) = (
            &self.terms.policy.separation_reason,
            self.by_role.get(&Role::SeparationReason),
        ) {
            if attribute.kind != Kind::Option || self.ground.has_option(attribute.id, reason) {
                self.add(item, Role::SeparationReason, Some(reason.clone()));
            } else {
                item.note = Some(format!(
                    "{} is left alone: nobody has “{reason}” yet, and a new segment is only made on purpose",
                    attribute.label
                ));
            }
        }
    }

    /// Somebody whose separation date has passed stays out however active they are, so it goes as well.
    fn add_return(&self, item: &mut Item) {
        self.add(item, Role::Active, Some("true".into()));
        let Some(date) = self.by_role.get(&Role::SeparationDate) else {
            return;
        };
        let now = self.ground.value(item.row, date.id);
        if self.terms.policy.set_separation_date
            && !seats::uses_seat(now.as_deref(), self.terms.today)
        {
            self.add(item, Role::SeparationDate, None);
            self.add(item, Role::SeparationReason, None);
        }
    }

    /// Adds what a rule asks for, unless the admin staged something else for the same attribute.
    fn add(&self, item: &mut Item, role: Role, after: Option<String>) {
        let Some(attribute) = self
            .by_role
            .get(&role)
            .filter(|attribute| attribute.writable)
        else {
            return;
        };
        let staged = self.wishes[&item.row]
            .iter()
            .any(|wish| wish.attribute == Some(attribute.id));
        let now = self.ground.value(item.row, attribute.id);
        if !staged && now != after {
            item.fields.push(field(attribute, now, after, true));
        }
    }

    /// Peakon wants the user name to be the work e-mail: where they are the same, they stay the same.
    fn keep_user_name_with_email(&self, item: &mut Item) {
        let (Some(email), Some(user_name)) = (
            self.by_role.get(&Role::Email),
            self.by_role.get(&Role::UserName),
        ) else {
            return;
        };
        for (changed, other) in [(email, Role::UserName), (user_name, Role::Email)] {
            let Some(new) = item
                .fields
                .iter()
                .find(|field| field.attribute == changed.id && !field.added)
                .map(|field| field.after.clone())
            else {
                continue;
            };
            let together = self.by_role.get(&other).and_then(|other| {
                let theirs = self.ground.value(item.row, other.id)?;
                let mine = self.ground.value(item.row, changed.id)?;
                Some(theirs.eq_ignore_ascii_case(&mine))
            });
            if new.is_some() && together == Some(true) {
                self.add(item, other, new);
            }
        }
    }

    fn seats(&self, row: RowId, item: &Item, gone: bool) -> i32 {
        let Some(date) = self.by_role.get(&Role::SeparationDate) else {
            return i32::from(gone);
        };
        let before = self.ground.value(row, date.id);
        if gone {
            return seats::freed(Some(before.as_deref()), None, self.terms.today);
        }
        seats_of_change(item, before.as_deref(), self.terms.today)
    }
}

/// Freed by changing somebody who has this separation date now.
pub(super) fn seats_of_change(item: &Item, separation: Option<&str>, today: Date) -> i32 {
    let after = item
        .fields
        .iter()
        .find(|field| field.role == Some(Role::SeparationDate))
        .map_or(separation, |field| field.after.as_deref());
    seats::freed(Some(separation), Some(after), today)
}

fn field(
    attribute: &Attribute,
    before: Option<String>,
    after: Option<String>,
    added: bool,
) -> Field {
    Field {
        attribute: attribute.id,
        key: attribute.key.clone(),
        label: attribute.label.clone(),
        kind: attribute.kind,
        role: attribute.role,
        before,
        after,
        before_name: None,
        after_name: None,
        now_name: None,
        moved: false,
        now: None,
        added,
        new_segment: false,
        similar: None,
    }
}

fn same(item: &mut Item) {
    item.own = Verdict::Same;
    item.own_reason = Some("It is so already".into());
}

pub(super) fn sentence(item: &Item) -> String {
    let who = &item.spoken;
    let besides = |role: &[Role]| {
        let parts: Vec<String> = item
            .fields
            .iter()
            .filter(|field| !field.role.is_some_and(|found| role.contains(&found)))
            .map(|field| words::brief(&field.step()))
            .collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!("; {}", parts.join(", "))
        }
    };
    match item.act {
        ChangeAct::Delete => format!("{who} is deleted for good"),
        ChangeAct::Create => format!("{who} is created"),
        ChangeAct::Activate => format!("{who} is activated{}", besides(&[Role::Active])),
        ChangeAct::Deactivate => {
            let date = item
                .fields
                .iter()
                .find(|field| field.role == Some(Role::SeparationDate))
                .and_then(|field| field.after.as_deref()?.parse::<Date>().ok());
            let leaves = date.map_or_else(String::new, |date| {
                format!(" and leaves on {}", spoken_date(date))
            });
            format!(
                "{who} is deactivated{leaves}{}",
                besides(&[Role::Active, Role::SeparationDate])
            )
        }
        ChangeAct::Set => {
            // A rule's own additions follow from the admin's change and would drown it.
            let own: Vec<_> = item
                .fields
                .iter()
                .filter(|field| !field.added)
                .map(Field::step)
                .collect();
            words::set(who, &own)
        }
    }
}
