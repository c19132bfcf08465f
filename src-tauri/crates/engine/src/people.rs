//! Finding people: views, windows, facets and one person's panel.
//!
//! A view is an array of row ids kept here; the page holds its id and the rows on screen.

pub(crate) mod bits;
mod collation;
pub(crate) mod column;
pub(crate) mod directory;
pub(crate) mod export;
mod facet;
pub(crate) mod first;
pub(crate) mod fold;
mod load;
mod lookup;
pub(crate) mod names;
mod order;
pub(crate) mod panel;
pub(crate) mod query;
mod saved;
mod search;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod text;
mod view;
mod window;

pub use export::harmless;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    attribute::{Attribute, Kind},
    dormancy::PileFilter,
    history::HistoryEvent,
    ids::{AttributeId, RowId, SavedViewId, ViewId},
};

/// Where a person stands, derived from `active`, the start date and the separation date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Active,
    Inactive,
    /// The separation date has passed.
    Left,
    /// The start date is still to come.
    NotStarted,
}

/// What to show and in which order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ViewQuery {
    /// The search box, in its grammar (`search` module).
    pub search: String,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// First is strongest; empty means by name.
    pub sort: Vec<Sort>,
    /// Only who is in this pile of dormant people.
    pub pile: Option<PileFilter>,
}

/// One attribute to sort by. Those without a value come last either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Sort {
    pub attribute: AttributeId,
    pub descending: bool,
}

/// One chip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    pub attribute: AttributeId,
    pub test: Test,
}

/// What a chip asks of one attribute. Values are canonical text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Test {
    /// `None` among the values stands for "not set".
    AnyOf {
        values: Vec<Option<String>>,
    },
    NoneOf {
        values: Vec<Option<String>>,
    },
    Empty,
    Filled,
    /// Inclusive; dates as `YYYY-MM-DD`, numbers as decimal text. An absent end is open.
    Between {
        from: Option<String>,
        to: Option<String>,
    },
    Contains {
        text: String,
    },
    /// People under this manager: direct reports, or the whole tree.
    Under {
        manager: RowId,
        whole: bool,
    },
    /// People with a staged change.
    Staged,
}

/// An open view. It is brought up to date in place; `version` grows when its rows or their values do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct View {
    pub id: ViewId,
    pub version: u32,
    /// People in the view.
    pub total: u32,
    /// People in the directory.
    pub of: u32,
    /// What the search could not make sense of, as a sentence, while the rest of it still holds.
    pub note: Option<String>,
}

/// A view with its first rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ShownView {
    pub view: View,
    pub window: Window,
}

/// Rows on screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    pub view: ViewId,
    pub version: u32,
    pub start: u32,
    pub total: u32,
    pub rows: Vec<Row>,
}

/// One person on screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub id: RowId,
    pub name: String,
    pub status: Status,
    /// One per column asked for, in that order.
    pub cells: Vec<Cell>,
    /// A staged act on the whole person.
    pub act: Option<StagedAct>,
    pub protected: bool,
    /// What the search found that no cell of the row shows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub matched: Option<Matched>,
}

/// A value that a search found somebody by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Matched {
    pub label: String,
    pub kind: Kind,
    /// As it is shown or, where that was found, as it is kept.
    pub text: String,
}

/// What is staged for a whole person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StagedAct {
    Create,
    Activate,
    Deactivate,
    Delete,
}

/// One value on screen. Short names: there are thousands of these in a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// The value in the mirror.
    pub value: Option<String>,
    /// What to show instead of the value: a manager's name, say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shown: Option<String>,
    /// A staged new value.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub staged: Option<StagedValue>,
    /// Why the value looks odd ("not a date", "no such person").
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub odd: Option<String>,
    /// Where the search matched in the mirror's value, as it is shown: start and length in UTF-16 units. Past its end
    /// where that is written in some other way on screen, a date say: then all of it matched.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hit: Option<(u32, u32)>,
}

/// A value that is staged for one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StagedValue {
    /// `None` clears.
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shown: Option<String>,
}

/// People chosen: by row, or everyone in a view but some. Ids never cross in bulk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Selection {
    Rows {
        rows: Vec<RowId>,
    },
    View {
        view: ViewId,
        except: Vec<RowId>,
    },
    /// The rows of a view from one position up to, not including, another, as they were at a version of it: in a later
    /// one other people stand there.
    Range {
        view: ViewId,
        version: u32,
        start: u32,
        end: u32,
    },
}

/// What a file of people is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Csv,
    Xlsx,
    Json,
}

/// One value of an attribute and how many people of the view have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FacetValue {
    pub value: Option<String>,
    pub shown: Option<String>,
    pub people: u32,
}

/// The values an attribute has within a view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Facet {
    pub attribute: AttributeId,
    /// Most people first, at most as many as asked for.
    pub values: Vec<FacetValue>,
    /// Different values in the view, shown or not.
    pub distinct: u32,
    pub people: u32,
}

/// A choice for the employee editor and the palette.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PersonChoice {
    pub row: RowId,
    pub name: String,
    /// What to write to point at this person (Peakon: the e-mail).
    pub reference: Option<String>,
    pub title: Option<String>,
    pub department: Option<String>,
    pub status: Status,
}

/// Everything the panel shows of one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    pub row: RowId,
    pub scim_id: String,
    pub name: String,
    pub status: Status,
    pub title: Option<String>,
    pub employee_number: Option<String>,
    pub email: Option<String>,
    pub fields: Vec<Field>,
    /// From the top of the company down to this person's manager.
    pub line: Vec<PersonChoice>,
    /// The first of the direct reports, by name.
    pub reports: Vec<PersonChoice>,
    pub reports_total: u32,
    pub act: Option<StagedAct>,
    /// Why no plan may deactivate or delete this person in bulk.
    pub protected: Option<String>,
    /// Newest first.
    pub history: Vec<HistoryEvent>,
    pub seen_at: Option<String>,
    /// Gone from the service since.
    pub gone_at: Option<String>,
}

/// One attribute of a person, with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    pub attribute: AttributeId,
    pub label: String,
    pub kind: Kind,
    pub writable: bool,
    pub cell: Cell,
}

/// The raw resource, for IT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RawRecord {
    /// Indented JSON with the members in the order they came.
    pub json: String,
    /// The address it stands under.
    pub location: String,
}

/// A directory as the page first sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    pub attributes: Vec<Attribute>,
    pub people: u32,
    pub views: Vec<SavedView>,
    /// The columns to begin with, when nobody chose any.
    pub columns: Vec<AttributeId>,
}

/// A question kept under a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    pub id: SavedViewId,
    pub name: String,
    pub definition: ViewDefinition,
    /// People in it now; `None` while the directory is being read.
    pub people: Option<u32>,
    /// Whether it asks for staged people, so that the draft changes who is in it.
    pub follows_draft: bool,
}

/// What a saved view keeps: the question and how its answer is laid out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ViewDefinition {
    pub query: ViewQuery,
    pub columns: Vec<ColumnLayout>,
    pub compact: bool,
}

/// One column as the admin arranged it, from left to right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ColumnLayout {
    pub attribute: AttributeId,
    /// CSS pixels.
    pub width: u32,
    pub pinned: bool,
}
