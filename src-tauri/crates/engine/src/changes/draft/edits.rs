//! The draft, for hosts.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, OnceLock, PoisonError},
};

use store::{ChangeAct, ChangeKey, KeyState, StoredChange, StoredDraft, Writer};

use super::{
    ChosenEdit, DateOrder, DraftChange, DraftPage, DraftSummary, Edit, ParkedDraft, PastedCell,
    Staged, StagedCell,
    mirror::Mirror,
    stage::{self, Outcome, Stage},
};
use crate::{
    attribute::{Kind, Role},
    changes::{ground::Ground, words},
    connection::Policy,
    dormancy::Reclaim,
    engine::{Engine, Workspace},
    error::{Code, Error, Result},
    ids::{AttributeId, ChangeId, ConnectionId, DraftId, RowId},
    people::Selection,
    ports::News,
    values::{Reading, Unusable, read_value},
};

/// Whether the admin said "Create segment".
pub(crate) fn allows_new_option(edit: &Edit) -> bool {
    match edit {
        Edit::Set { new_option, .. } | Edit::Replace { new_option, .. } => *new_option,
        Edit::Clear { .. }
        | Edit::Copy { .. }
        | Edit::Activate
        | Edit::Deactivate
        | Edit::Delete => false,
    }
}

impl Engine {
    /// Stages an edit for everyone chosen, as one step that can be undone. With `dry` it says what it would
    /// do and stages nothing.
    ///
    /// # Errors
    /// [`Code::Stale`] for a view that is no longer open.
    pub fn stage(
        &self,
        id: ConnectionId,
        selection: Selection,
        edit: Edit,
        dry: bool,
    ) -> Result<Staged> {
        self.stage_all(id, vec![ChosenEdit { selection, edit }], dry)
    }

    /// Stages several edits as one step that can be undone, all of them or, where people can't be told any more, none.
    /// No value may be in two of them. With `dry` as [`Engine::stage`].
    ///
    /// # Errors
    /// [`Code::Stale`] for a view that is no longer open, and for positions in a list that is another by now.
    pub fn stage_all(&self, id: ConnectionId, edits: Vec<ChosenEdit>, dry: bool) -> Result<Staged> {
        let workspace = self.workspace(id)?;
        let edits: Vec<(Vec<RowId>, Edit)> = edits
            .into_iter()
            .map(|ChosenEdit { selection, edit }| Ok((workspace.directory.rows(&selection)?, edit)))
            .collect::<Result<_>>()?;
        let people: Vec<RowId> = match edits.as_slice() {
            [(rows, _)] => rows.clone(),
            several => {
                let rows = several.iter().flat_map(|(rows, _)| rows);
                rows.collect::<HashSet<_>>().into_iter().copied().collect()
            }
        };
        let mirror = self.mirror(&workspace)?;
        let policy = self.policy(id)?;
        let overlay = workspace.directory.overlay();
        let mut stage = self.at(&mirror, &overlay, &policy, people.len(), "grid");
        let mut outcome = Outcome::default();
        for (rows, edit) in &edits {
            stage.reading.new_option = allows_new_option(edit);
            outcome.add(stage.edit(rows, edit));
        }
        let label = stage::label(&mirror, edits.iter().map(|(_, edit)| edit), &people);
        self.keep(&workspace, people.len() as u32, outcome, label, dry)
    }

    /// With why seats are reclaimed, by person.
    pub(crate) fn stage_rows(
        &self,
        workspace: &Workspace,
        rows: &[RowId],
        edit: &Edit,
        reclaims: HashMap<RowId, Reclaim>,
        dry: bool,
    ) -> Result<Staged> {
        let mirror = self.mirror(workspace)?;
        let policy = self.policy(workspace.connection)?;
        let origin = if reclaims.is_empty() {
            "grid"
        } else {
            "reclaim"
        };
        let outcome = {
            let overlay = workspace.directory.overlay();
            let mut stage = self.at(&mirror, &overlay, &policy, rows.len(), origin);
            stage.reading.new_option = allows_new_option(edit);
            stage.reclaims = reclaims;
            stage.edit(rows, edit)
        };
        let label = stage::label(&mirror, std::iter::once(edit), rows);
        self.keep(workspace, rows.len() as u32, outcome, label, dry)
    }

    /// Stages a pasted block, already laid against rows and columns. A blank cell leaves the value alone.
    pub fn stage_pasted(
        &self,
        id: ConnectionId,
        cells: Vec<PastedCell>,
        order: Option<DateOrder>,
        dry: bool,
    ) -> Result<Staged> {
        let workspace = self.workspace(id)?;
        let mirror = self.mirror(&workspace)?;
        let policy = self.policy(id)?;
        let people: BTreeSet<RowId> = cells.iter().map(|cell| cell.row).collect();
        let outcome = {
            let overlay = workspace.directory.overlay();
            let attributes = stage::attributes(&mirror);
            let mut stage = self.at(&mirror, &overlay, &policy, people.len(), "paste");
            stage.reading.order = order;
            let mut outcome = Outcome::default();
            // A block repeats few texts many times, and each is read once.
            let mut known: HashMap<(AttributeId, bool, &str), Result<String, Unusable>> =
                HashMap::new();
            for cell in cells.iter().filter(|cell| !cell.text.trim().is_empty()) {
                let Some(attribute) = attributes.get(&cell.attribute) else {
                    stage.refuse(&mut outcome, cell.row, stage::gone_attribute());
                    continue;
                };
                stage.reading.new_option = cell.new_option;
                let read = known
                    .entry((attribute.id, cell.new_option, cell.text.trim()))
                    .or_insert_with(|| read_value(&mirror, attribute, &cell.text, stage.reading));
                match read.clone() {
                    Ok(value) => stage.set(&mut outcome, cell.row, attribute, Some(value)),
                    Err(unusable) => stage.refuse_value(
                        &mut outcome,
                        cell.row,
                        attribute,
                        Unusable {
                            message: format!("{}: {}", attribute.label, unusable.message),
                            ..unusable
                        },
                    ),
                }
            }
            outcome
        };
        let label = format!("Paste for {}", words::people(people.len() as u32));
        self.keep(&workspace, people.len() as u32, outcome, label, dry)
    }

    /// Gives everyone who reports to `leaver` another manager: what a held leaver waits for.
    pub fn stage_successor(
        &self,
        id: ConnectionId,
        leaver: RowId,
        successor: RowId,
    ) -> Result<Staged> {
        let workspace = self.workspace(id)?;
        let mirror = self.mirror(&workspace)?;
        let policy = self.policy(id)?;
        let manager = mirror.by_role(Role::Manager).ok_or_else(|| {
            Error::precondition("This directory has no manager attribute, so nobody can take over.")
        })?;
        let reference = mirror.reference(successor, &manager).ok_or_else(|| {
            Error::precondition(format!(
                "{} has no e-mail address, so nobody can report to them. Choose somebody else.",
                mirror.spoken(successor)
            ))
        })?;
        let reports = mirror.reports(leaver);
        let outcome = {
            let overlay = workspace.directory.overlay();
            let stage = self.at(&mirror, &overlay, &policy, reports.len(), "successor");
            let mut outcome = Outcome::default();
            for report in reports.iter().filter(|report| **report != successor) {
                stage.set(&mut outcome, *report, &manager, Some(reference.clone()));
            }
            // Whoever takes over reports to the leaver's own manager.
            if reports.contains(&successor) {
                let above = mirror.value(leaver, manager.id);
                stage.set(&mut outcome, successor, &manager, above);
            }
            outcome
        };
        let label = format!(
            "Move {} from {} to {}",
            words::people(reports.len() as u32),
            mirror.spoken(leaver),
            mirror.spoken(successor)
        );
        self.keep(&workspace, reports.len() as u32, outcome, label, false)
    }

    /// The draft in use; empty numbers where nothing is staged.
    pub fn draft(&self, id: ConnectionId) -> Result<DraftSummary> {
        let workspace = self.workspace(id)?;
        self.summary(&workspace)
    }

    /// Newest first.
    pub fn draft_page(&self, id: ConnectionId, start: u32, len: u32) -> Result<DraftPage> {
        let workspace = self.workspace(id)?;
        let mirror = self.mirror(&workspace)?;
        let (total, changes) = self.store.read(|reader| {
            let Some(draft) = reader.draft_in_use(id.0)? else {
                return Ok((0, Vec::new()));
            };
            Ok::<_, Error>((draft.changes, reader.changes_page(draft.id, start, len)?))
        })?;
        Ok(DraftPage {
            total,
            start,
            changes: changes
                .into_iter()
                .map(|change| page_change(&mirror, change))
                .collect(),
        })
    }

    /// Takes single changes out, as one step that can be undone.
    pub fn unstage(&self, id: ConnectionId, changes: Vec<ChangeId>) -> Result<DraftSummary> {
        let wanted: BTreeSet<u32> = changes.iter().map(|change| change.0).collect();
        self.take_out(id, "Remove changes", move |change| {
            wanted.contains(&change.id)
        })
    }

    /// Takes the change of one value out, as one step that can be undone. Not an error where none is staged.
    pub fn unstage_cell(
        &self,
        id: ConnectionId,
        row: RowId,
        attribute: AttributeId,
    ) -> Result<DraftSummary> {
        self.take_out(id, "Remove a change", move |change| {
            change.key.person == row.0 && change.key.attribute == Some(attribute.0)
        })
    }

    /// Takes the changes of single values out, as one step that can be undone.
    pub fn unstage_cells(&self, id: ConnectionId, cells: Vec<StagedCell>) -> Result<DraftSummary> {
        let wanted: HashSet<(u32, u32)> = cells
            .iter()
            .map(|cell| (cell.row.0, cell.attribute.0))
            .collect();
        self.take_out(id, "Remove changes", move |change| {
            change
                .key
                .attribute
                .is_some_and(|attribute| wanted.contains(&(change.key.person, attribute)))
        })
    }

    /// Takes out what is staged on a whole person: activation, deactivation, deletion.
    pub fn unstage_act(&self, id: ConnectionId, row: RowId) -> Result<DraftSummary> {
        self.take_out(id, "Remove a change", move |change| {
            change.key.person == row.0 && change.key.act != ChangeAct::Set
        })
    }

    /// Takes every change out; undo brings them back.
    pub fn discard_draft(&self, id: ConnectionId) -> Result<DraftSummary> {
        self.take_out(id, "Discard the draft", |_| true)
    }

    /// Takes the last step back. Not an error where there is none.
    pub fn undo(&self, id: ConnectionId) -> Result<DraftSummary> {
        self.turn_step(id, |writer, draft| writer.undo(draft))
    }

    /// Brings back the step that was taken back last. Not an error where there is none.
    pub fn redo(&self, id: ConnectionId) -> Result<DraftSummary> {
        self.turn_step(id, |writer, draft| writer.redo(draft))
    }

    fn turn_step(
        &self,
        id: ConnectionId,
        step: fn(&Writer<'_>, &StoredDraft) -> store::Result<Option<String>>,
    ) -> Result<DraftSummary> {
        self.store.write(move |writer| {
            if let Some(draft) = writer.draft_in_use(id.0)? {
                step(writer, &draft)?;
            }
            Ok::<_, Error>(())
        })?;
        self.draft_changed(id)
    }

    /// Puts the draft aside under a name; the one in use is empty then.
    pub fn park_draft(&self, id: ConnectionId, name: &str) -> Result<DraftSummary> {
        let name = name.trim().to_owned();
        if name.is_empty() {
            return Err(Error::precondition(
                "A parked draft needs a name, to be found again.",
            ));
        }
        self.store
            .write(move |writer| match writer.draft_in_use(id.0)? {
                Some(draft) if draft.changes > 0 => Ok(writer.park_draft(draft.id, &name)?),
                _ => Err(Error::precondition(
                    "There is nothing in the draft to put aside.",
                )),
            })?;
        self.draft_changed(id)
    }

    /// Newest first.
    pub fn parked_drafts(&self, id: ConnectionId) -> Result<Vec<ParkedDraft>> {
        let parked = self.store.read(|reader| reader.parked_drafts(id.0))?;
        Ok(parked
            .into_iter()
            .map(|draft| ParkedDraft {
                id: DraftId(draft.id),
                name: draft.name.unwrap_or_default(),
                changes: draft.changes,
                people: draft.people,
                created_at: draft.created_at,
            })
            .collect())
    }

    /// Takes a parked draft up again.
    ///
    /// # Errors
    /// [`Code::Precondition`] while the draft in use holds changes: park or discard it first.
    pub fn resume_draft(&self, id: ConnectionId, draft: DraftId) -> Result<DraftSummary> {
        self.store.write(move |writer| {
            if let Some(current) = writer.draft_in_use(id.0)? {
                if current.changes > 0 {
                    return Err(Error::precondition(
                        "The draft in use holds changes. Park or discard it, then take this one up.",
                    ));
                }
                writer.drop_draft(current.id)?;
            }
            if writer.resume_draft(id.0, draft.0)? {
                Ok(())
            } else {
                Err(Error::new(
                    Code::Stale,
                    "This draft is no longer parked. Look at the list again.",
                ))
            }
        })?;
        self.draft_changed(id)
    }

    /// Throws a parked draft away.
    pub fn forget_draft(&self, id: ConnectionId, draft: DraftId) -> Result<()> {
        self.store.write(move |writer| {
            let parked = writer
                .parked_drafts(id.0)?
                .iter()
                .any(|one| one.id == draft.0);
            // Forgotten already is as good.
            if parked {
                writer.drop_draft(draft.0)?;
            }
            Ok::<_, Error>(())
        })
    }

    pub(crate) fn at<'a>(
        &self,
        ground: &'a dyn Ground,
        overlay: &'a super::Overlay,
        policy: &'a Policy,
        people: usize,
        origin: &'static str,
    ) -> Stage<'a> {
        Stage {
            ground,
            overlay,
            policy,
            reading: Reading {
                today: self.ports.clock.today(),
                order: None,
                new_option: false,
            },
            now: self.now(),
            origin,
            source: None,
            reclaims: HashMap::new(),
            bulk: people > 1,
        }
    }

    /// As of today, with whoever is protected now.
    pub(crate) fn mirror<'a>(&self, workspace: &'a Workspace) -> Result<Mirror<'a>> {
        workspace.directory.turn_to(self.ports.clock.today())?;
        Ok(Mirror {
            workspace,
            dialect: self.dialect(workspace.connection)?,
            names: OnceLock::new(),
        })
    }

    fn keep(
        &self,
        workspace: &Workspace,
        people: u32,
        outcome: Outcome,
        label: String,
        dry: bool,
    ) -> Result<Staged> {
        let id = workspace.connection;
        let Outcome {
            states,
            changed,
            cleared,
            same,
            nothing,
            refused,
            refused_total,
            new_segments,
        } = outcome;
        let draft = if dry || states.is_empty() {
            self.summary(workspace)?
        } else {
            self.step(id, label, states)?;
            self.draft_changed(id)?
        };
        Ok(Staged {
            people,
            changed,
            cleared,
            same,
            nothing,
            refused,
            refused_total,
            new_segments,
            draft,
        })
    }

    fn step(&self, id: ConnectionId, label: String, states: Vec<KeyState>) -> Result<()> {
        let now = self.now();
        self.store.write(move |writer| {
            let draft = writer.draft_to_use(id.0, &now)?;
            writer.stage(&draft, &label, &now, states)?;
            Ok::<_, Error>(())
        })
    }

    pub(crate) fn take_out(
        &self,
        id: ConnectionId,
        label: &str,
        which: impl Fn(&StoredChange) -> bool,
    ) -> Result<DraftSummary> {
        let changes = self.staged_changes(id)?;
        let states: Vec<KeyState> = changes
            .into_iter()
            .filter(|change| which(change))
            .map(|change| (change.key, None))
            .collect();
        if states.is_empty() {
            return self.draft(id);
        }
        self.step(id, label.to_owned(), states)?;
        self.draft_changed(id)
    }

    pub(crate) fn staged_changes(&self, id: ConnectionId) -> Result<Vec<StoredChange>> {
        self.store.read(|reader| match reader.draft_in_use(id.0)? {
            Some(draft) => Ok(reader.changes(draft.id)?),
            None => Ok(Vec::new()),
        })
    }

    /// Brings what is in memory and on screen up to the draft on disk.
    pub(crate) fn draft_changed(&self, id: ConnectionId) -> Result<DraftSummary> {
        let workspace = self.workspace(id)?;
        let overlay = load_overlay(&self.store, id)?;
        *workspace
            .overlay
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(overlay);
        workspace.directory.renew_views();
        let summary = self.summary(&workspace)?;
        self.tell(News::DraftChanged(id, summary.clone()));
        Ok(summary)
    }

    fn summary(&self, workspace: &Workspace) -> Result<DraftSummary> {
        let id = workspace.connection;
        let (changes, people, undo, redo) = self.store.read(|reader| {
            let Some(draft) = reader.draft_in_use(id.0)? else {
                return Ok((0, 0, None, None));
            };
            let (undo, redo) = reader.undo_labels(draft.id, draft.cursor)?;
            Ok::<_, Error>((draft.changes, draft.people, undo, redo))
        })?;
        let overlay = workspace.directory.overlay();
        let stale = overlay
            .iter()
            .flat_map(|(row, staged)| {
                staged.before.iter().map(move |(attribute, before)| {
                    (row, attribute, before, &staged.values[attribute])
                })
            })
            .filter(|(row, attribute, before, after)| {
                let now = workspace.directory.value(**row, **attribute);
                now != **before && now != **after
            })
            .count();
        Ok(DraftSummary {
            changes,
            people,
            undo,
            redo,
            stale: stale as u32,
        })
    }
}

/// The draft in use, as the directory lays it over its cells.
pub(crate) fn load_overlay(store: &store::Store, id: ConnectionId) -> Result<super::Overlay> {
    let changes = store.read(|reader| match reader.draft_in_use(id.0)? {
        Some(draft) => reader.changes(draft.id),
        None => Ok(Vec::new()),
    })?;
    Ok(stage::overlay(
        changes.into_iter().map(|change| (change.key, change.body)),
    ))
}

fn page_change(ground: &dyn Ground, change: StoredChange) -> DraftChange {
    let StoredChange { id, key, body } = change;
    let ChangeKey {
        person,
        act,
        attribute,
    } = key;
    let row = RowId(person);
    let attribute = attribute.map(AttributeId);
    let who = ground.spoken(row);
    let known = attribute.and_then(|attribute| ground.attribute(attribute));
    let sentence = match (act, &known) {
        (ChangeAct::Set, Some(attribute)) => {
            let name = |value: &Option<String>| {
                (attribute.kind == Kind::Employee)
                    .then(|| ground.called(value.as_deref()))
                    .flatten()
                    .or_else(|| value.clone())
            };
            let (before, after) = (name(&body.before), name(&body.after));
            words::set(
                &who,
                &[words::Step {
                    label: &attribute.label,
                    kind: attribute.kind,
                    role: attribute.role,
                    before: before.as_deref(),
                    after: after.as_deref(),
                }],
            )
        }
        (ChangeAct::Set, None) => format!("{who}: an attribute that is no longer there"),
        (ChangeAct::Create, _) => format!("{who} is created"),
        (ChangeAct::Activate, _) => format!("{who} is activated"),
        (ChangeAct::Deactivate, _) => format!("{who} is deactivated"),
        (ChangeAct::Delete, _) => format!("{who} is deleted for good"),
    };
    let stale = attribute.is_some_and(|attribute| {
        let now = ground.value(row, attribute);
        now != body.before && now != body.after
    });
    DraftChange {
        id: ChangeId(id),
        row,
        name: ground.name(row),
        sentence,
        attribute,
        before: body.before,
        after: body.after,
        stale,
        staged_at: body.staged_at,
    }
}
