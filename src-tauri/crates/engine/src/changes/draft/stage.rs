//! What an edit makes of each chosen person's part of the draft.

use std::collections::{BTreeMap, HashMap};

use store::{ChangeAct, ChangeBody, ChangeKey, KeyState};

use super::{Edit, NewSegment, Overlay, Refusal, RefusalCode, StagedPerson, replace::replace};
use crate::{
    attribute::{Attribute, Kind, Role},
    changes::{ground::Ground, words},
    connection::Policy,
    dormancy::Reclaim,
    ids::{AttributeId, RowId},
    people::StagedAct,
    seats,
    values::{Reading, Unusable, read_value, spoken_value},
};

/// At most this many refusals are listed; all are counted.
const LISTED: usize = 100;

/// What an edit comes to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub states: Vec<KeyState>,
    pub changed: u32,
    /// Of those changed.
    pub cleared: u32,
    pub same: u32,
    pub nothing: u32,
    pub refused: Vec<Refusal>,
    pub refused_total: u32,
    pub new_segments: Vec<NewSegment>,
}

impl Outcome {
    /// What comes of another edit, made together with this one.
    pub(crate) fn add(&mut self, other: Self) {
        self.states.extend(other.states);
        self.changed += other.changed;
        self.cleared += other.cleared;
        self.same += other.same;
        self.nothing += other.nothing;
        let room = LISTED.saturating_sub(self.refused.len());
        self.refused.extend(other.refused.into_iter().take(room));
        self.refused_total += other.refused_total;
        for new in other.new_segments {
            self.new_segment(new);
        }
    }

    fn new_segment(&mut self, new: NewSegment) {
        let listed = self
            .new_segments
            .iter_mut()
            .find(|listed| listed.attribute == new.attribute && listed.value == new.value);
        match listed {
            Some(listed) => listed.people += new.people,
            None => self.new_segments.push(new),
        }
    }
}

/// What an edit makes of one person's value.
enum Wanted {
    Value(Option<String>),
    /// A value to come from elsewhere is not there: a blank leaves alone.
    Nothing,
}

/// Where an edit is made.
pub(crate) struct Stage<'a> {
    pub ground: &'a dyn Ground,
    pub overlay: &'a Overlay,
    pub policy: &'a Policy,
    pub reading: Reading,
    pub now: String,
    pub origin: &'static str,
    /// SHA-256 of the file the values come from, hex.
    pub source: Option<String>,
    /// Why seats are reclaimed, by person; empty for every other edit.
    pub reclaims: HashMap<RowId, Reclaim>,
    /// More than one person at once: protected people stay out.
    pub bulk: bool,
}

impl Stage<'_> {
    pub(crate) fn edit(&self, rows: &[RowId], edit: &Edit) -> Outcome {
        match edit {
            Edit::Set {
                attribute, value, ..
            } if value.trim().is_empty() => {
                self.on(*attribute, rows, |_, _| Ok(Wanted::Value(None)))
            }
            Edit::Set {
                attribute, value, ..
            } => {
                let read = self
                    .ground
                    .attribute(*attribute)
                    .map(|attribute| read_value(self.ground, &attribute, value, self.reading));
                self.on(*attribute, rows, |_, _| match &read {
                    Some(Ok(value)) => Ok(Wanted::Value(Some(value.clone()))),
                    Some(Err(unusable)) => Err(unusable.clone()),
                    None => Err(gone_attribute()),
                })
            }
            Edit::Clear { attribute } => self.on(*attribute, rows, |_, _| Ok(Wanted::Value(None))),
            Edit::Replace {
                attribute,
                find,
                with,
                whole,
                any_case,
                ..
            } => {
                // Many people share a value, so each is worked out once.
                let mut known: HashMap<String, Result<Option<String>, Unusable>> = HashMap::new();
                self.on(*attribute, rows, |row, attribute| {
                    let Some(value) = self.standing(row, attribute.id) else {
                        return Ok(Wanted::Value(None));
                    };
                    known
                        .entry(value.clone())
                        .or_insert_with(|| {
                            let replaced = replace(&value, find, with, *whole, *any_case);
                            if replaced == value {
                                Ok(Some(value))
                            } else if replaced.trim().is_empty() {
                                Ok(None)
                            } else {
                                read_value(self.ground, attribute, &replaced, self.reading)
                                    .map(Some)
                            }
                        })
                        .clone()
                        .map(Wanted::Value)
                })
            }
            Edit::Copy { attribute, from } => {
                let source = self.ground.attribute(*from);
                self.on(*attribute, rows, |row, attribute| {
                    let Some(value) = self.standing(row, *from) else {
                        return Ok(Wanted::Nothing);
                    };
                    // What is canonical for both needs no reading, and an e-mail is already a reference.
                    if source
                        .as_ref()
                        .is_some_and(|source| source.kind == attribute.kind)
                        && attribute.kind != Kind::Option
                    {
                        return Ok(Wanted::Value(Some(value)));
                    }
                    read_value(self.ground, attribute, &value, self.reading)
                        .map(|value| Wanted::Value(Some(value)))
                })
            }
            Edit::Activate => self.act(rows, StagedAct::Activate),
            Edit::Deactivate => self.act(rows, StagedAct::Deactivate),
            Edit::Delete => self.act(rows, StagedAct::Delete),
        }
    }

    /// What is staged, else what the mirror has.
    fn standing(&self, row: RowId, attribute: AttributeId) -> Option<String> {
        match self
            .overlay
            .get(&row)
            .and_then(|staged| staged.values.get(&attribute))
        {
            Some(staged) => staged.clone(),
            None => self.ground.value(row, attribute),
        }
    }

    fn on(
        &self,
        attribute: AttributeId,
        rows: &[RowId],
        mut value: impl FnMut(RowId, &Attribute) -> Result<Wanted, Unusable>,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let Some(attribute) = self.ground.attribute(attribute) else {
            for row in rows {
                self.refuse(&mut outcome, *row, gone_attribute());
            }
            return outcome;
        };
        for row in rows {
            match value(*row, &attribute) {
                Ok(Wanted::Value(value)) => self.set(&mut outcome, *row, &attribute, value),
                Ok(Wanted::Nothing) => outcome.nothing += 1,
                Err(unusable) => {
                    self.refuse_value(&mut outcome, *row, &attribute, unusable);
                }
            }
        }
        outcome
    }

    /// Stages one value of one person.
    pub(crate) fn set(
        &self,
        outcome: &mut Outcome,
        row: RowId,
        attribute: &Attribute,
        value: Option<String>,
    ) {
        if !attribute.writable {
            let message = format!("{} can't be changed here", attribute.label);
            return self.refuse_value(outcome, row, attribute, Unusable::invalid(message));
        }
        if attribute.role == Some(Role::Active) {
            // Through the acts, so that the leaver policy, protection and brakes see it.
            return match value.as_deref() {
                Some("true") => self.act_on(outcome, row, StagedAct::Activate),
                Some("false") => self.act_on(outcome, row, StagedAct::Deactivate),
                _ => self.refuse_value(
                    outcome,
                    row,
                    attribute,
                    Unusable::invalid(format!(
                        "{} is yes or no and can't be cleared",
                        attribute.label
                    )),
                ),
            };
        }
        if value.is_none() && attribute.required {
            let message = format!("{} is required and can't be cleared", attribute.label);
            return self.refuse_value(outcome, row, attribute, Unusable::invalid(message));
        }
        if attribute.kind == Kind::Employee
            && let Some(value) = &value
            && self.ground.referred(value) == Some(row)
        {
            let message = format!(
                "Nobody can be their own {}. Choose somebody else",
                attribute.label
            );
            return self.refuse_value(outcome, row, attribute, Unusable::invalid(message));
        }
        let key = ChangeKey {
            person: row.0,
            act: ChangeAct::Set,
            attribute: Some(attribute.id.0),
        };
        let staged = self
            .overlay
            .get(&row)
            .and_then(|staged| staged.values.get(&attribute.id));
        let before = self.ground.value(row, attribute.id);
        if before == value {
            // Back to what it was: no change is left.
            match staged {
                Some(_) => {
                    outcome.changed += 1;
                    outcome.cleared += u32::from(value.is_none());
                    outcome.states.push((key, None));
                }
                None => outcome.same += 1,
            }
            return;
        }
        if staged == Some(&value)
            && self
                .overlay
                .get(&row)
                .and_then(|staged| staged.before.get(&attribute.id))
                == Some(&before)
        {
            outcome.same += 1;
            return;
        }
        outcome.changed += 1;
        outcome.cleared += u32::from(value.is_none());
        let body = self.body(before, value);
        outcome.states.push((key, Some(body)));
    }

    fn act(&self, rows: &[RowId], act: StagedAct) -> Outcome {
        let mut outcome = Outcome::default();
        for row in rows {
            self.act_on(&mut outcome, *row, act);
        }
        outcome
    }

    fn act_on(&self, outcome: &mut Outcome, row: RowId, act: StagedAct) {
        let staged = self.overlay.get(&row);
        let standing = staged.and_then(|staged| staged.act);
        if standing == Some(act) {
            outcome.same += 1;
            return;
        }
        let leaves = matches!(act, StagedAct::Deactivate | StagedAct::Delete);
        if leaves
            && self.bulk
            && let Some(why) = self.ground.protected(row)
        {
            let unusable = Unusable::new(
                RefusalCode::Protected,
                format!("{why}. Protected people go one at a time, from their own panel"),
            );
            return self.refuse(outcome, row, unusable);
        }
        let key = |act| ChangeKey {
            person: row.0,
            act: change_act(act),
            attribute: None,
        };
        // Two acts on one person would contradict each other.
        let mut states: Vec<KeyState> = standing
            .into_iter()
            .filter(|other| *other != StagedAct::Create)
            .map(|other| (key(other), None))
            .collect();
        if act == StagedAct::Delete {
            states.extend(
                staged
                    .into_iter()
                    .flat_map(|staged| staged.values.keys())
                    .map(|attribute| {
                        let key = ChangeKey {
                            person: row.0,
                            act: ChangeAct::Set,
                            attribute: Some(attribute.0),
                        };
                        (key, None)
                    }),
            );
        }
        let so_already = match act {
            StagedAct::Activate => self.is_active(row),
            StagedAct::Deactivate => self.is_out(row),
            StagedAct::Create | StagedAct::Delete => false,
        };
        if !so_already {
            let active = self.ground.of_role(row, Role::Active);
            let body = ChangeBody {
                reclaim: self.reclaims.get(&row).map(Reclaim::written),
                ..self.body(active, None)
            };
            states.push((key(act), Some(body)));
        } else if states.is_empty() {
            outcome.same += 1;
            return;
        }
        outcome.changed += 1;
        outcome.states.extend(states);
    }

    fn is_active(&self, row: RowId) -> bool {
        let active = self.ground.of_role(row, Role::Active).as_deref() == Some("true");
        active && (!self.policy.set_separation_date || self.uses_seat(row))
    }

    /// Inactive, and as far out as the leaver policy takes people.
    fn is_out(&self, row: RowId) -> bool {
        let inactive = self.ground.of_role(row, Role::Active).as_deref() == Some("false");
        let dated = !self.policy.set_separation_date
            || self.ground.by_role(Role::SeparationDate).is_none()
            || !self.uses_seat(row);
        inactive && dated
    }

    fn uses_seat(&self, row: RowId) -> bool {
        let separation = self.ground.of_role(row, Role::SeparationDate);
        seats::uses_seat(separation.as_deref(), self.reading.today)
    }

    fn body(&self, before: Option<String>, after: Option<String>) -> ChangeBody {
        ChangeBody {
            before,
            after,
            new_option: self.reading.new_option,
            origin: Some(self.origin.to_owned()),
            source: self.source.clone(),
            reclaim: None,
            staged_at: self.now.clone(),
        }
    }

    pub(crate) fn refuse_value(
        &self,
        outcome: &mut Outcome,
        row: RowId,
        attribute: &Attribute,
        unusable: Unusable,
    ) {
        if unusable.code == RefusalCode::UnknownOption
            && let Some(value) = &unusable.text
        {
            let listed = outcome
                .new_segments
                .iter_mut()
                .find(|new| new.attribute == attribute.id && new.value == *value);
            match listed {
                Some(new) => new.people += 1,
                None => outcome.new_segments.push(NewSegment {
                    attribute: attribute.id,
                    value: value.clone(),
                    similar: self.ground.similar_option(attribute.id, value),
                    people: 1,
                }),
            }
        }
        self.refuse_about(outcome, row, Some(attribute.id), unusable);
    }

    pub(crate) fn refuse(&self, outcome: &mut Outcome, row: RowId, unusable: Unusable) {
        self.refuse_about(outcome, row, None, unusable);
    }

    fn refuse_about(
        &self,
        outcome: &mut Outcome,
        row: RowId,
        attribute: Option<AttributeId>,
        unusable: Unusable,
    ) {
        outcome.refused_total += 1;
        if outcome.refused.len() < LISTED {
            outcome.refused.push(Refusal {
                row,
                name: self.ground.name(row),
                code: unusable.code,
                message: unusable.message,
                attribute,
                value: unusable.text,
            });
        }
    }
}

pub(crate) fn gone_attribute() -> Unusable {
    Unusable::invalid("This attribute is no longer there. Sync, and look again")
}

pub(crate) fn change_act(act: StagedAct) -> ChangeAct {
    match act {
        StagedAct::Create => ChangeAct::Create,
        StagedAct::Activate => ChangeAct::Activate,
        StagedAct::Deactivate => ChangeAct::Deactivate,
        StagedAct::Delete => ChangeAct::Delete,
    }
}

fn staged_act(act: ChangeAct) -> Option<StagedAct> {
    match act {
        ChangeAct::Set => None,
        ChangeAct::Create => Some(StagedAct::Create),
        ChangeAct::Activate => Some(StagedAct::Activate),
        ChangeAct::Deactivate => Some(StagedAct::Deactivate),
        ChangeAct::Delete => Some(StagedAct::Delete),
    }
}

/// The draft as kept, laid out for looking things up.
pub(crate) fn overlay(changes: impl IntoIterator<Item = (ChangeKey, ChangeBody)>) -> Overlay {
    let mut overlay = Overlay::default();
    for (key, body) in changes {
        let person: &mut StagedPerson = overlay.entry(RowId(key.person)).or_default();
        match (staged_act(key.act), key.attribute) {
            (Some(act), _) => person.act = Some(act),
            (None, Some(attribute)) => {
                person.values.insert(AttributeId(attribute), body.after);
                person.before.insert(AttributeId(attribute), body.before);
            }
            (None, None) => {}
        }
    }
    overlay
}

/// What undo and redo say of edits made together.
pub(crate) fn label<'a>(
    ground: &dyn Ground,
    mut edits: impl Iterator<Item = &'a Edit>,
    rows: &[RowId],
) -> String {
    let whom = match rows {
        [one] => ground.spoken(*one),
        several => words::people(several.len() as u32),
    };
    let attribute = |id: &AttributeId| {
        ground
            .attribute(*id)
            .map_or_else(|| "an attribute".to_owned(), |attribute| attribute.label)
    };
    let Some(edit) = edits.next() else {
        return format!("Change nothing of {whom}");
    };
    if edits.any(|other| other != edit) {
        return format!("Change values of {whom}");
    }
    match edit {
        Edit::Set {
            attribute: id,
            value,
            ..
        } => {
            let kind = ground
                .attribute(*id)
                .map_or(Kind::Text, |attribute| attribute.kind);
            format!(
                "Set {} to {} for {whom}",
                attribute(id),
                spoken_value(kind, value)
            )
        }
        Edit::Clear { attribute: id } => format!("Clear {} of {whom}", attribute(id)),
        Edit::Replace {
            attribute: id,
            find,
            with,
            ..
        } => format!("Replace {find} by {with} in {} of {whom}", attribute(id)),
        Edit::Copy {
            attribute: id,
            from,
        } => format!("Copy {} into {} of {whom}", attribute(from), attribute(id)),
        Edit::Activate => format!("Activate {whom}"),
        Edit::Deactivate => format!("Deactivate {whom}"),
        Edit::Delete => format!("Delete {whom}"),
    }
}

/// Attributes by id, for pasted blocks that touch many.
pub(crate) fn attributes(ground: &dyn Ground) -> BTreeMap<AttributeId, Attribute> {
    ground
        .attributes()
        .iter()
        .map(|attribute| (attribute.id, attribute.clone()))
        .collect()
}
