//! Plans, for hosts: made, looked at, decided on.

use std::collections::BTreeSet;

use store::{ChangeAct, ChangeKey, StoredPlan, StoredPlanItem};

use super::{
    Fix, Group, Plan, PlanOrigin, PlanPage, Settlement, Verdict, WireRequest,
    build::{self, Terms, exclude_dependents},
    item::{Item, Wish},
    requests::{self, Way},
    summary::{Checking, FEWEST_TOGETHER, Frame, checking, most_together, pages, summarise},
};
use crate::{
    attribute::Role,
    changes::ground::Ground,
    engine::Engine,
    error::{Code, Error, Result},
    ids::{AttributeId, ConnectionId, PlanId, RowId},
    text::{json, stored_json, word},
};

/// A plan as kept, with its items.
pub(crate) struct Frozen {
    pub stored: StoredPlan,
    pub items: Vec<Item>,
}

impl Frozen {
    pub(crate) fn connection(&self) -> ConnectionId {
        ConnectionId(self.stored.connection)
    }
}

impl Engine {
    /// Freezes the draft for review. Nothing is sent.
    pub fn make_plan(&self, id: ConnectionId) -> Result<Plan> {
        let changes = self.staged_changes(id)?;
        let wishes = changes
            .into_iter()
            .map(|change| Wish::of(change.key, change.body))
            .collect::<store::Result<Vec<_>>>()?;
        let terms = Terms {
            policy: self.policy(id)?,
            today: self.ports.clock.today(),
        };
        self.plan_wishes(id, &wishes, &terms, PlanOrigin::Draft)
    }

    pub(crate) fn plan_wishes(
        &self,
        id: ConnectionId,
        wishes: &[Wish],
        terms: &Terms,
        origin: PlanOrigin,
    ) -> Result<Plan> {
        let workspace = self.workspace(id)?;
        let mirror = self.mirror(&workspace)?;
        let items = build::build(&mirror, wishes, terms);
        let frame = self.frame(id, mirror.people(), self.now(), origin)?;
        self.keep_plan(&frame, &items)
    }

    fn keep_plan(&self, frame: &Frame, items: &[Item]) -> Result<Plan> {
        let mut plan = summarise(frame, items);
        let draft = self
            .store
            .read(|reader| reader.draft_in_use(frame.connection.0))?
            .map(|draft| draft.id);
        let stored = StoredPlan {
            id: 0,
            connection: frame.connection.0,
            draft,
            hash: plan.hash.clone(),
            summary: json(&plan),
            reason: None,
            origin: frame.origin.as_str().to_owned(),
            created_at: plan.created_at.clone(),
        };
        let rows: Vec<StoredPlanItem> = items.iter().map(stored_item).collect();
        plan.id = PlanId(
            self.store
                .write(move |writer| writer.add_plan(&stored, &rows))?,
        );
        Ok(plan)
    }

    /// The plan as it was frozen, with what is left of the hour's budget now.
    ///
    /// # Errors
    /// When it was thrown away, or is damaged on disk.
    pub fn plan(&self, id: PlanId) -> Result<Plan> {
        let stored = self.stored_plan(id)?;
        self.page_plan(&stored)
    }

    /// The items under one heading, in the order of sending.
    pub fn plan_page(&self, id: PlanId, group: Group, start: u32, len: u32) -> Result<PlanPage> {
        let word = word(group);
        let (total, items) = self.store.read(|reader| {
            Ok::<_, Error>((
                reader.plan_items_count(id.0, &word)?,
                reader.plan_items_page(id.0, &word, start, len)?,
            ))
        })?;
        Ok(PlanPage {
            group,
            total,
            start,
            items: items
                .iter()
                .map(|stored| Ok(item(stored)?.page()))
                .collect::<Result<_>>()?,
        })
    }

    /// Leaves items out, or takes them in again. The hash is another afterwards.
    pub fn leave_out(&self, id: PlanId, positions: Vec<u32>, out: bool) -> Result<Plan> {
        let mut frozen = self.undecided(id)?;
        let positions: BTreeSet<u32> = positions.into_iter().collect();
        for item in &mut frozen.items {
            if positions.contains(&item.position) {
                item.left_out = out;
            }
        }
        self.decide(id, frozen)
    }

    /// Answers a held item whose value moved since it was staged: keep the staged value, against what is
    /// there now, or take theirs and drop the change.
    pub fn settle(&self, id: PlanId, position: u32, settlement: Settlement) -> Result<Plan> {
        let mut frozen = self.undecided(id)?;
        let connection = frozen.connection();
        let in_draft = frozen.stored.origin == PlanOrigin::Draft.as_str();
        let workspace = self.workspace(connection)?;
        let mirror = self.mirror(&workspace)?;
        let item = frozen
            .items
            .iter_mut()
            .find(|item| item.position == position && item.fix == Some(Fix::KeepOrTake))
            .ok_or_else(|| {
                Error::new(
                    Code::Stale,
                    "This item is not held for a decision any more. Look at the plan again.",
                )
            })?;
        let moved: Vec<AttributeId> = item
            .fields
            .iter()
            .filter(|field| field.moved)
            .map(|field| field.attribute)
            .collect();
        let row = item.row;
        match settlement {
            Settlement::Keep => {
                for field in item.fields.iter_mut().filter(|field| field.moved) {
                    field.moved = false;
                    field.before = field.now.take();
                    field.before_name = field.now_name.take();
                }
            }
            Settlement::Take => item.fields.retain(|field| !field.moved),
        }
        item.own = if item.fields.is_empty() {
            Verdict::Same
        } else {
            Verdict::Change
        };
        item.own_reason = None;
        item.fix = None;
        item.seats = match mirror.by_role(Role::SeparationDate) {
            Some(date) => build::seats_of_change(
                item,
                mirror.value(row, date.id).as_deref(),
                self.ports.clock.today(),
            ),
            None => 0,
        };
        item.sentence = build::sentence(item);
        let plan = self.decide(id, frozen)?;
        if in_draft {
            self.settle_in_draft(connection, row, &moved, settlement)?;
        }
        Ok(plan)
    }

    /// Takes what is staged for an item's person out of the draft, and plans the rest again; what was left out
    /// stays left out.
    ///
    /// # Errors
    /// For a plan that is not the draft's: there is nothing to take it out of.
    pub fn remove_from_draft(&self, id: PlanId, position: u32) -> Result<Plan> {
        let frozen = self.undecided(id)?;
        if frozen.stored.origin != PlanOrigin::Draft.as_str() {
            return Err(Error::precondition(
                "This plan was not made from the draft. What is held or blocked in it is not sent.",
            ));
        }
        let item = frozen
            .items
            .iter()
            .find(|item| item.position == position)
            .ok_or_else(gone)?;
        let connection = frozen.connection();
        let keys: BTreeSet<ChangeKey> = draft_keys(item).into_iter().collect();
        let label = format!("Remove the changes to {}", item.spoken);
        self.take_out(connection, &label, |change| keys.contains(&change.key))?;
        let left_out: BTreeSet<(RowId, ChangeAct)> = frozen
            .items
            .iter()
            .filter(|item| item.left_out)
            .map(|item| (item.row, item.act))
            .collect();
        let plan = self.make_plan(connection)?;
        if left_out.is_empty() {
            return Ok(plan);
        }
        let again = self
            .frozen(plan.id)?
            .items
            .iter()
            .filter(|item| left_out.contains(&(item.row, item.act)))
            .map(|item| item.position)
            .collect();
        self.leave_out(plan.id, again, true)
    }

    /// So that the next plan does not ask again.
    fn settle_in_draft(
        &self,
        connection: ConnectionId,
        row: RowId,
        moved: &[AttributeId],
        settlement: Settlement,
    ) -> Result<()> {
        let workspace = self.workspace(connection)?;
        let now = self.now();
        let states: Vec<_> = self
            .staged_changes(connection)?
            .into_iter()
            .filter(|change| {
                change.key.person == row.0
                    && change
                        .key
                        .attribute
                        .is_some_and(|attribute| moved.contains(&AttributeId(attribute)))
            })
            .map(|change| {
                let body = match (settlement, change.key.attribute) {
                    (Settlement::Keep, Some(attribute)) => Some(store::ChangeBody {
                        before: workspace.directory.value(row, AttributeId(attribute)),
                        ..change.body
                    }),
                    _ => None,
                };
                (change.key, body)
            })
            .collect();
        let label = match settlement {
            Settlement::Keep => "Keep a staged value",
            Settlement::Take => "Take the value that is there",
        };
        self.store.write(move |writer| {
            let draft = writer.draft_to_use(connection.0, &now)?;
            writer.stage(&draft, label, &now, states)?;
            Ok::<_, Error>(())
        })?;
        self.draft_changed(connection)?;
        Ok(())
    }

    /// The exact requests behind one item, the token masked: reading it, the write, and reading it back, as a run
    /// of the whole plan does it.
    pub fn plan_requests(&self, id: PlanId, position: u32) -> Result<Vec<WireRequest>> {
        let stored = self.stored_plan(id)?;
        let found = self
            .store
            .read(|reader| reader.plan_item(id.0, position))?
            .ok_or_else(gone)?;
        let item = item(&found)?;
        let connection = ConnectionId(stored.connection);
        let raw = self
            .store
            .read(|reader| reader.person_record(item.row.0))?
            .map(|person| person.record.raw);
        let current = raw.and_then(|raw| scim::Resource::parse(&raw).ok());
        let base = self.stored_connection(connection)?.url;
        let dialect = self.dialect(connection)?;
        let way = self.way(connection, id, item.wave)?;
        Ok(requests::wire(
            &base,
            &item,
            current.as_ref(),
            &dialect,
            way,
        ))
    }

    /// How the people of a wave are compared and written.
    fn way(&self, connection: ConnectionId, id: PlanId, wave: u32) -> Result<Way> {
        let listable = self.store.read(|reader| reader.plan_listable(id.0))?;
        let capabilities = self.capabilities(connection)?;
        let page_size = capabilities.page_size.max(1);
        let directory = self.workspace(connection)?.directory.len() as u32;
        let beside = listable
            .iter()
            .find(|(number, _)| *number == wave)
            .map_or(0, |(_, items)| *items);
        let checking = checking(beside, directory, page_size);
        let most = most_together(
            capabilities.bulk_operations,
            capabilities.bulk_bytes,
            self.policy(connection)?.quota,
        )
        .filter(|_| checking == Checking::ByListing && beside >= FEWEST_TOGETHER);
        Ok(Way {
            checking,
            pages: pages(directory, page_size),
            page_size,
            together: most.map(|most| beside.min(most)),
        })
    }

    pub(crate) fn stored_plan(&self, id: PlanId) -> Result<StoredPlan> {
        self.store
            .read(|reader| reader.plan(id.0))?
            .ok_or_else(gone)
    }

    pub(crate) fn frozen(&self, id: PlanId) -> Result<Frozen> {
        let stored = self.stored_plan(id)?;
        let items = self
            .store
            .read(|reader| reader.plan_items(id.0))?
            .iter()
            .map(item)
            .collect::<Result<_>>()?;
        Ok(Frozen { stored, items })
    }

    fn undecided(&self, id: PlanId) -> Result<Frozen> {
        let frozen = self.frozen(id)?;
        let ran = self
            .store
            .read(|reader| reader.runs(frozen.stored.connection))?
            .iter()
            .any(|run| run.plan == id.0);
        if ran {
            return Err(Error::precondition(
                "This plan has been sent, so nothing in it can be decided any more. Review the draft again.",
            ));
        }
        Ok(frozen)
    }

    fn decide(&self, id: PlanId, mut frozen: Frozen) -> Result<Plan> {
        let connection = frozen.connection();
        exclude_dependents(&mut frozen.items);
        let people = self.workspace(connection)?.directory.len() as u32;
        let origin = self.page_plan(&frozen.stored)?.origin;
        let frame = self.frame(connection, people, frozen.stored.created_at.clone(), origin)?;
        let plan = Plan {
            id,
            ..summarise(&frame, &frozen.items)
        };
        let (hash, summary) = (plan.hash.clone(), json(&plan));
        let rows: Vec<StoredPlanItem> = frozen.items.iter().map(stored_item).collect();
        self.store
            .write(move |writer| writer.change_plan(id.0, &hash, &summary, &rows))?;
        Ok(plan)
    }

    pub(crate) fn page_plan(&self, stored: &StoredPlan) -> Result<Plan> {
        let plan: Plan = stored_json("plan", &stored.summary)?;
        let connection = ConnectionId(stored.connection);
        Ok(Plan {
            id: PlanId(stored.id),
            operations_left: self.pace(connection)?.left,
            ..plan
        })
    }

    fn frame(
        &self,
        connection: ConnectionId,
        directory: u32,
        created_at: String,
        origin: PlanOrigin,
    ) -> Result<Frame> {
        Ok(Frame {
            connection,
            name: self.stored_connection(connection)?.name,
            directory,
            page_size: self.capabilities(connection)?.page_size.max(1),
            writing: self.dialect(connection)?.writing,
            pace: self.pace(connection)?,
            origin,
            created_at,
        })
    }
}

/// The draft's changes that an item carries out, or that are so already.
pub(crate) fn draft_keys(item: &Item) -> Vec<ChangeKey> {
    let key = |act, attribute| ChangeKey {
        person: item.row.0,
        act,
        attribute,
    };
    let mut keys: Vec<ChangeKey> = item
        .fields
        .iter()
        .map(|field| field.attribute)
        .chain(item.so_already.iter().copied())
        .map(|attribute| key(ChangeAct::Set, Some(attribute.0)))
        .collect();
    if item.act != ChangeAct::Set {
        keys.push(key(item.act, None));
    }
    keys
}

pub(crate) fn item(stored: &StoredPlanItem) -> Result<Item> {
    Ok(stored_json("plan item", &stored.body)?)
}

fn stored_item(item: &Item) -> StoredPlanItem {
    StoredPlanItem {
        position: item.position,
        wave: item.wave,
        person: item.row.0,
        act: item.act,
        verdict: word(item.verdict),
        consequence: word(item.group()),
        left_out: item.left_out,
        body: json(item),
    }
}

fn gone() -> Error {
    Error::new(
        Code::Stale,
        "This plan is not there any more. Review the draft again.",
    )
}
