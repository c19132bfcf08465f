//! Muster's data at rest: one SQLite file with the mirror, drafts, plans, runs and history.
//!
//! One writer thread owns the only connection that can write; readers come from a small pool and
//! are opened read-only, so a [`Reader`] cannot write by type and by file mode. A write closure is one
//! transaction: what must agree (run item, mirror row, history event) is written in one closure.

mod attributes;
mod connections;
mod database;
mod dormancy;
mod drafts;
mod error;
mod evidence;
mod first_rows;
mod fold;
mod history;
mod migrations;
mod mirror;
mod pack;
mod plans;
mod protected;
mod quota;
mod runs;
mod views;
mod word;

pub use attributes::StoredAttribute;
pub use connections::{NewConnection, StoredConnection};
pub use database::{Elsewhere, Pending, Reader, Store, Writer};
pub use dormancy::{DormancyDay, LiveSource, Said, StoredExemption};
pub use drafts::{ChangeAct, ChangeBody, ChangeKey, KeyState, StoredChange, StoredDraft};
pub use error::{Error, Result};
pub use evidence::{StoredEvidence, StoredEvidenceRow, StoredSource};
pub use fold::{fold, fold_into, letters};
pub use history::{
    Anchor, Break, ChainCheck, Day, Event, EventAct, EventOrigin, EventQuery, Found, Hash,
    MOST_COUNTED, NewEvent, Purge, Retention, Seal, Term, Visit, Within, canonical,
};
pub use mirror::{
    CellBlob, Cells, Digest, Known, PersonRecord, StoredCell, StoredPerson, StoredRow,
};
pub use pack::{Pack, ScannedPerson};
pub use plans::{FinishedRun, StoredPlan, StoredPlanItem};
pub use protected::StoredProtection;
pub use runs::{
    RunCounts, RunItemState, RunMarks, RunState, RunStep, Settled, StoredRun, StoredRunItem,
};
pub use views::StoredView;
