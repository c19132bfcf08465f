//! The changes staged and not sent. On disk at each edit, one in use per connection.

pub(crate) mod edits;
pub(crate) mod mirror;
mod replace;
pub(crate) mod stage;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    ids::{AttributeId, ChangeId, DraftId, RowId},
    people::{Selection, StagedAct},
};

/// The draft in memory, to be laid over the mirror's values. Everybody in it has a change.
pub(crate) type Overlay = HashMap<RowId, StagedPerson>;

/// What is staged for one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StagedPerson {
    pub act: Option<StagedAct>,
    /// The new values; `None` clears.
    pub values: BTreeMap<AttributeId, Option<String>>,
    /// What each was staged against.
    pub before: BTreeMap<AttributeId, Option<String>>,
}

/// What an edit does to each chosen person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Edit {
    /// `new_option` is the explicit "Create segment": without it an unknown option value is refused.
    Set {
        attribute: AttributeId,
        value: String,
        #[serde(default)]
        new_option: bool,
    },
    Clear {
        attribute: AttributeId,
    },
    /// In text and option values; matches letter case unless told otherwise.
    Replace {
        attribute: AttributeId,
        find: String,
        with: String,
        whole: bool,
        any_case: bool,
        #[serde(default)]
        new_option: bool,
    },
    Copy {
        attribute: AttributeId,
        from: AttributeId,
    },
    Activate,
    /// By the connection's leaver policy.
    Deactivate,
    Delete,
}

/// An edit and whom it is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChosenEdit {
    pub selection: Selection,
    pub edit: Edit,
}

/// One value of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StagedCell {
    pub row: RowId,
    pub attribute: AttributeId,
}

/// One cell of a pasted block, already laid against rows and columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PastedCell {
    pub row: RowId,
    pub attribute: AttributeId,
    pub text: String,
    /// The explicit "Create segment" for an option value nobody has.
    #[serde(default)]
    pub new_option: bool,
}

/// How to read a date such as 03/04/2024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

/// What staging did, or with `dry` would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Staged {
    /// People chosen.
    pub people: u32,
    /// People whose value changes.
    pub changed: u32,
    /// Of those, people whose value becomes empty.
    pub cleared: u32,
    /// People for whom it is so already.
    pub same: u32,
    /// People left alone because there is nothing to copy.
    pub nothing: u32,
    /// The first hundred.
    pub refused: Vec<Refusal>,
    /// Refusals, listed or not.
    pub refused_total: u32,
    /// The option values behind all refusals of [`RefusalCode::UnknownOption`], each once.
    pub new_segments: Vec<NewSegment>,
    pub draft: DraftSummary,
}

/// An option value nobody has, which is refused until it is created on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewSegment {
    pub attribute: AttributeId,
    pub value: String,
    /// The value in use that differs in letter case or accents alone.
    pub similar: Option<String>,
    /// People it was refused for.
    pub people: u32,
}

/// Why an edit was not staged for somebody, and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    pub row: RowId,
    pub name: String,
    pub code: RefusalCode,
    pub message: String,
    /// What was to be changed, where it was a value.
    pub attribute: Option<AttributeId>,
    /// The text that is no value of it, trimmed.
    pub value: Option<String>,
}

/// What the page offers a way on for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// An option value nobody has; offer "Create segment".
    UnknownOption,
    /// More than one person fits; offer a choice.
    AmbiguousPerson,
    /// A date that reads two ways; ask which.
    AmbiguousDate,
    /// Protected; offer the person's panel.
    Protected,
    /// Not a value of this kind, or not writable.
    Invalid,
}

/// What a draft holds, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftSummary {
    pub changes: u32,
    pub people: u32,
    /// What the next undo would take back, and redo bring again.
    pub undo: Option<String>,
    pub redo: Option<String>,
    /// Changes whose mirror value moved since they were staged.
    pub stale: u32,
}

/// One staged change, as the review of a draft lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftChange {
    pub id: ChangeId,
    pub row: RowId,
    pub name: String,
    /// "Ana Ruiz moves from Sales to Marketing".
    pub sentence: String,
    pub attribute: Option<AttributeId>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub stale: bool,
    /// RFC 3339, UTC.
    pub staged_at: String,
}

/// Staged changes from `start` on, the newest first; `total` is all there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftPage {
    pub total: u32,
    pub start: u32,
    pub changes: Vec<DraftChange>,
}

/// A draft that was put aside under a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ParkedDraft {
    pub id: DraftId,
    pub name: String,
    pub changes: u32,
    pub people: u32,
    /// RFC 3339, UTC.
    pub created_at: String,
}
