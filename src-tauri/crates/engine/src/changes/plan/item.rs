//! What a plan is made of, as kept and as shown.

use scim::{Filter, FilterAttribute};
use serde::{Deserialize, Serialize};
use store::{ChangeAct, ChangeBody, ChangeKey};

use super::{FieldChange, Fix, Group, PlanItem, Verdict};
use crate::{
    attribute::{Kind, Role},
    changes::words::Step,
    dormancy::Reclaim,
    ids::{AttributeId, RowId},
    values::spoken_value,
};

/// A change as a plan reads it, whatever it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    pub row: RowId,
    pub act: ChangeAct,
    /// For [`ChangeAct::Set`] only.
    pub attribute: Option<AttributeId>,
    /// What it was staged against.
    pub before: Option<String>,
    /// For [`ChangeAct::Create`] the new person, a [`NewPerson`] as JSON.
    pub after: Option<String>,
    /// SHA-256 of the file it came from, hex.
    pub source: Option<String>,
    /// Why a seat is reclaimed.
    pub reclaim: Option<Reclaim>,
    /// Of somebody whom a file names and the directory does not know; the row is nobody's then.
    pub stranger: Option<Stranger>,
}

impl Wish {
    /// Of a staged change.
    ///
    /// # Errors
    /// [`store::Error::Damaged`] where the reason kept with it can't be read.
    pub(crate) fn of(key: ChangeKey, body: ChangeBody) -> store::Result<Self> {
        Ok(Self {
            row: RowId(key.person),
            act: key.act,
            attribute: key.attribute.map(AttributeId),
            before: body.before,
            after: body.after,
            source: body.source,
            reclaim: Reclaim::read(body.reclaim.as_deref())?,
            stranger: None,
        })
    }
}

/// Somebody as a file names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stranger {
    pub name: String,
    /// The service's, as the file says.
    pub id: Option<String>,
}

/// Somebody to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NewPerson {
    pub name: String,
    pub values: Vec<(AttributeId, String)>,
}

/// One attribute of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Field {
    pub attribute: AttributeId,
    pub key: String,
    pub label: String,
    pub kind: Kind,
    pub role: Option<Role>,
    pub before: Option<String>,
    pub after: Option<String>,
    /// The names of the people that the values point at, where the attribute points at people.
    #[serde(default)]
    pub before_name: Option<String>,
    #[serde(default)]
    pub after_name: Option<String>,
    #[serde(default)]
    pub now_name: Option<String>,
    /// Whether the mirror says neither of the two, but `now`. Told apart, as JSON can't tell an empty value
    /// from none.
    #[serde(default)]
    pub moved: bool,
    pub now: Option<String>,
    /// Added by a rule, not by the admin: the leaver policy, a user name that follows the e-mail.
    pub added: bool,
    /// Nobody has this value yet: writing it makes a new segment.
    #[serde(default)]
    pub new_segment: bool,
    /// The value in use that a new one differs from in letter case or accents alone.
    #[serde(default)]
    pub similar: Option<String>,
}

/// One request to be, with everything the run needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub position: u32,
    pub wave: u32,
    pub row: RowId,
    pub scim_id: Option<String>,
    /// "Ruiz, Ana".
    pub name: String,
    /// "Ana Ruiz".
    pub spoken: String,
    pub act: ChangeAct,
    pub fields: Vec<Field>,
    /// Attributes that are staged and so already: nothing is sent of them.
    #[serde(default)]
    pub so_already: Vec<AttributeId>,
    /// Positions of the items that must be done before.
    pub after: Vec<u32>,
    pub sentence: String,
    /// What the plan says of it, and what it says once items it waits for are left out.
    pub own: Verdict,
    pub verdict: Verdict,
    pub reason: Option<String>,
    pub own_reason: Option<String>,
    pub fix: Option<Fix>,
    pub note: Option<String>,
    pub left_out: bool,
    /// Freed, an estimate.
    pub seats: i32,
    /// Its name is to be typed.
    pub protected: bool,
    /// SHA-256 of the file it came from, hex.
    #[serde(default)]
    pub source: Option<String>,
    /// Why the seat is reclaimed, as it stood when it was staged: afterwards the person uses none, and nothing
    /// tells any more.
    #[serde(default)]
    pub reclaim: Option<Reclaim>,
}

impl Field {
    pub(crate) fn step(&self) -> Step<'_> {
        Step {
            label: &self.label,
            kind: self.kind,
            role: self.role,
            before: self.before_name.as_deref().or(self.before.as_deref()),
            after: self.after_name.as_deref().or(self.after.as_deref()),
        }
    }

    fn page(&self) -> FieldChange {
        let shown = |value: &Option<String>, name: &Option<String>| {
            name.clone().or_else(|| {
                value
                    .as_deref()
                    .map(|value| spoken_value(self.kind, value))
                    .filter(|shown| Some(shown) != value.as_ref())
            })
        };
        FieldChange {
            attribute: self.attribute,
            label: self.label.clone(),
            before: self.before.clone(),
            before_shown: shown(&self.before, &self.before_name),
            after: self.after.clone(),
            after_shown: shown(&self.after, &self.after_name),
            moved: self.moved,
            now: self.now.clone(),
            now_shown: shown(&self.now, &self.now_name),
            new_segment: self.new_segment,
        }
    }
}

impl Item {
    /// Whether the run sends it.
    pub(crate) fn goes(&self) -> bool {
        self.verdict == Verdict::Change && !self.left_out
    }

    pub(crate) fn changes_role(&self, role: Role) -> bool {
        self.fields.iter().any(|field| field.role == Some(role))
    }

    /// What a new person is found by.
    pub(crate) fn looked_up_by(&self) -> Option<Filter> {
        let by = |role, attribute| {
            let field = self.fields.iter().find(|field| field.role == Some(role))?;
            Some(Filter::eq(attribute, field.after.as_deref()?))
        };
        by(Role::UserName, FilterAttribute::UserName)
            .or_else(|| by(Role::Email, FilterAttribute::Emails))
    }

    /// Whether it takes somebody out, now or on a day to come: deleted, deactivated, or given the separation
    /// date that does the same.
    pub(crate) fn leaves(&self) -> bool {
        match self.act {
            ChangeAct::Delete | ChangeAct::Deactivate => true,
            ChangeAct::Create => false,
            ChangeAct::Set | ChangeAct::Activate => self.fields.iter().any(|field| {
                // A day that is put off keeps them longer; one that is brought forward, or is new, takes them out.
                field.role == Some(Role::SeparationDate)
                    && field.after.as_ref().is_some_and(|after| {
                        self.seats > 0 || field.before.as_ref().is_none_or(|before| after < before)
                    })
            }),
        }
    }

    /// Whether they are out as soon as it is done.
    pub(crate) fn leaves_now(&self) -> bool {
        matches!(self.act, ChangeAct::Delete | ChangeAct::Deactivate)
            || (self.leaves() && self.seats > 0)
    }

    /// Whether it takes a separation date away.
    pub(crate) fn returns(&self) -> bool {
        self.fields
            .iter()
            .any(|field| field.role == Some(Role::SeparationDate) && field.after.is_none())
    }

    /// The heading it is shown under: the gravest of what it does.
    pub(crate) fn group(&self) -> Group {
        match self.verdict {
            Verdict::Blocked => return Group::Blocked,
            Verdict::Held => return Group::Held,
            Verdict::Same => return Group::Same,
            Verdict::Change => {}
        }
        match self.act {
            ChangeAct::Delete => Group::Deletions,
            ChangeAct::Deactivate => Group::Deactivations,
            ChangeAct::Create => Group::Creations,
            ChangeAct::Set | ChangeAct::Activate => {
                if self.leaves() {
                    Group::Deactivations
                } else if self.changes_role(Role::Manager) {
                    Group::ManagerChanges
                } else if self.fields.iter().any(|field| is_identifier(field.role)) {
                    Group::IdentifierChanges
                } else if self.clears() {
                    Group::ClearedValues
                } else if self.act == ChangeAct::Activate {
                    Group::Activations
                } else {
                    Group::OtherChanges
                }
            }
        }
    }

    /// Whether the admin clears a value with it.
    pub(crate) fn clears(&self) -> bool {
        self.fields
            .iter()
            .any(|field| field.after.is_none() && field.before.is_some() && !field.added)
    }

    pub(crate) fn page(&self) -> PlanItem {
        PlanItem {
            position: self.position,
            wave: self.wave,
            row: self.row,
            name: self.name.clone(),
            group: self.group(),
            verdict: self.verdict,
            sentence: self.sentence.clone(),
            reason: self.reason.clone(),
            fix: self.fix,
            fields: self.fields.iter().map(Field::page).collect(),
            left_out: self.left_out,
            note: self.note.clone(),
        }
    }
}

/// What a person is known by.
pub(crate) fn is_identifier(role: Option<Role>) -> bool {
    matches!(
        role,
        Some(Role::Email | Role::UserName | Role::EmployeeNumber | Role::ExternalId)
    )
}
