//! The end of an item: journal, mirror and history in one transaction, so that they can't disagree.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering},
    },
};

use jiff::civil::Date;
use scim::Resource;
use store::{
    ChangeAct, ChangeBody, Digest, EventAct, EventOrigin, NewEvent, PersonRecord, RunItemState,
    RunMarks, Settled, Writer,
};

use super::{carry::same, journal::Journal, wire::Heard};
use crate::{
    attribute::{Attribute, Role},
    changes::plan::{item::Item, review::draft_keys},
    dormancy::Reclaim,
    engine::{lock, timestamp},
    error::Result,
    ids::{ConnectionId, PlanId, RowId, RunId},
    ports::Clock,
    seats,
    sync::{Recorder, differences, record::name},
};

/// What was found out about an item.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judged {
    /// The person as read now; `None` where nobody was read.
    now: Option<PersonRecord>,
    /// The person as read before the write, where that is known.
    before: Option<PersonRecord>,
    gone: bool,
    /// The run's request may have done what was found.
    ours: bool,
    why: Option<String>,
    /// The answer to the write, where it is known here.
    heard: Option<Heard>,
}

impl Judged {
    pub(crate) fn read(now: PersonRecord, why: Option<String>) -> Self {
        Self {
            now: Some(now),
            why,
            ..Self::default()
        }
    }

    pub(crate) fn gone(before: Option<PersonRecord>) -> Self {
        Self {
            before,
            gone: true,
            ..Self::default()
        }
    }

    pub(crate) fn nothing(why: String) -> Self {
        Self {
            why: Some(why),
            ..Self::default()
        }
    }

    pub(crate) fn before(self, before: Option<PersonRecord>) -> Self {
        Self { before, ..self }
    }

    pub(crate) fn ours(self, ours: bool) -> Self {
        Self { ours, ..self }
    }

    pub(crate) fn heard(self, heard: Option<Heard>) -> Self {
        Self { heard, ..self }
    }
}

/// Writes down what becomes of a run's items.
pub(crate) struct Settler {
    pub run: RunId,
    pub plan: PlanId,
    pub connection: ConnectionId,
    /// The draft that held and cancelled changes go back to, where the plan came from one.
    pub from_draft: bool,
    pub reason: Option<String>,
    pub actor: String,
    pub clock: Arc<dyn Clock>,
    pub today: Date,
    pub attributes: Arc<[Attribute]>,
    pub recorder: Recorder,
    pub journal: Journal,
    /// Ids of people this run created, by the row their items carry.
    pub created: Mutex<HashMap<RowId, String>>,
    /// Rows whose values are other than before, to be shown.
    pub touched: Mutex<Vec<RowId>>,
    pub gave_back: AtomicBool,
    pub trouble: AtomicBool,
    /// Items that fail if the service fails over them once more.
    pub last_chance: Mutex<HashSet<u32>>,
    /// Freed so far, as measured.
    pub seats: Arc<AtomicI32>,
    /// Items that are not done and had part of their effect.
    pub partly: Arc<AtomicU32>,
}

impl Settler {
    pub(crate) fn record(&self, resource: &Resource) -> PersonRecord {
        self.recorder.record(resource)
    }

    pub(crate) fn scim_id(&self, item: &Item) -> Option<String> {
        lock(&self.created)
            .get(&item.row)
            .cloned()
            .or_else(|| item.scim_id.clone())
    }

    /// Why an item is held, with what to do about it.
    pub(crate) fn held(&self, why: &str) -> String {
        let next = match self.from_draft {
            true => "It is back in the draft: keep yours or take theirs",
            false => "It was not changed: sync, and plan it again",
        };
        format!("{why}. {next}")
    }

    /// The service is in trouble: fewer side by side.
    pub(crate) fn noted_trouble(&self) {
        self.trouble.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_last_chance(&self, position: u32) -> bool {
        lock(&self.last_chance).contains(&position)
    }

    pub(crate) async fn mark_sending(
        &self,
        position: u32,
        request: String,
        attributes: Vec<u32>,
        again: bool,
    ) -> Result<()> {
        let run = self.run.0;
        self.journal
            .keep(move |writer| writer.mark_sending(run, position, &request, &attributes, again))
            .await
    }

    /// Not the item's end: back in line, or answered and still to be read back.
    pub(crate) async fn back(
        &self,
        position: u32,
        state: RunItemState,
        why: Option<String>,
        heard: Option<Heard>,
    ) -> Result<()> {
        let run = self.run.0;
        self.journal
            .keep(move |writer| {
                let (reply, request_id) = match &heard {
                    Some(heard) => (Some(heard.reply.as_str()), heard.request_id.as_deref()),
                    None => (None, None),
                };
                writer.mark_item(run, position, state, why.as_deref(), reply, request_id)
            })
            .await
    }

    /// Ends an item: its state, what the mirror shows now, and what the history says of it.
    pub(crate) async fn settle(
        &self,
        item: &Item,
        state: RunItemState,
        judged: Judged,
    ) -> Result<()> {
        let now = timestamp(self.clock.now());
        let read = judged.now.is_some() || judged.gone;
        let made = judged
            .now
            .as_ref()
            .filter(|_| item.act == ChangeAct::Create && (judged.ours || came_well(state)))
            .map(|record| record.scim_id.clone())
            .filter(|id| !id.is_empty());
        let made_row = Arc::new(AtomicU32::new(0));
        let entry = Entry {
            run: self.run,
            plan: self.plan,
            connection: self.connection,
            from_draft: self.from_draft,
            reason: self.reason.clone(),
            actor: self.actor.clone(),
            today: self.today,
            attributes: self.attributes.clone(),
            item: item.clone(),
            state,
            before: judged.before,
            record: judged.now,
            gone: judged.gone,
            ours: judged.ours,
            why: judged.why,
            heard: judged.heard,
            now,
            made_row: made_row.clone(),
            freed: self.seats.clone(),
            partly: self.partly.clone(),
        };
        self.journal.keep(move |writer| entry.write(writer)).await?;
        let row = match made_row.load(Ordering::Relaxed) {
            0 => item.row,
            made => RowId(made),
        };
        if let Some(id) = made {
            lock(&self.created).insert(item.row, id);
        }
        if read {
            lock(&self.touched).push(row);
        }
        if goes_back(state) && self.from_draft {
            self.gave_back.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// One settled item, on its way to disk.
struct Entry {
    run: RunId,
    plan: PlanId,
    connection: ConnectionId,
    from_draft: bool,
    reason: Option<String>,
    actor: String,
    today: Date,
    attributes: Arc<[Attribute]>,
    item: Item,
    state: RunItemState,
    before: Option<PersonRecord>,
    record: Option<PersonRecord>,
    gone: bool,
    ours: bool,
    why: Option<String>,
    heard: Option<Heard>,
    now: String,
    made_row: Arc<AtomicU32>,
    freed: Arc<AtomicI32>,
    partly: Arc<AtomicU32>,
}

impl Entry {
    fn write(mut self, writer: &Writer<'_>) -> store::Result<()> {
        let connection = self.connection.0;
        let kept = self.known(writer)?;
        let marks = writer.run_marks(self.run.0, self.item.position)?;
        if let Some(heard) = &mut self.heard {
            heard.request_id = heard.request_id.take().or(marks.request_id.clone());
        }
        let request_id = match &self.heard {
            Some(heard) => heard.request_id.clone(),
            None => marks.request_id.clone(),
        };
        let creation = self.item.act == ChangeAct::Create;
        // Whoever is deleted is kept as they were last read: they may have to be created again.
        let last = match self.gone {
            true => &self.before,
            false => &self.record,
        };
        let found = last.as_ref().filter(|last| !last.scim_id.is_empty());
        let id = found
            .map(|last| &last.scim_id)
            .or(self.item.scim_id.as_ref());
        let was_there = match id {
            Some(id) => writer.is_there(connection, id)?,
            None => false,
        };
        let mut row = self.item.row.0;
        if let Some(last) = found {
            let generation = writer
                .connection(connection)?
                .map_or(0, |connection| connection.generation);
            let rows = writer.put_people(
                connection,
                generation,
                &self.now,
                std::slice::from_ref(last),
            )?;
            row = rows.first().copied().unwrap_or(row);
            self.made_row.store(row, Ordering::Relaxed);
        }
        if self.gone {
            writer.mark_gone(row, &self.now)?;
        }

        let new = self.newly_made(&marks);
        // What the mirror had is what others may have changed; what was read before the write is surer.
        let before = self.before.as_ref().or(kept.as_ref());
        for event in self.made(row, before, request_id.as_deref(), &new) {
            writer.append_history(&event)?;
        }
        // Who came or went by others' doing: the next sync finds the mirror right, and would say nothing.
        if !self.ours && self.gone && was_there {
            writer.append_history(&self.event(row, EventOrigin::Seen, EventAct::Vanish))?;
        }
        if let Some(found) = found.filter(|_| !self.ours && !self.gone && !was_there) {
            writer.append_history(&NewEvent {
                person_name: Some(name(&found.scim_id, &found.cells, &self.attributes)),
                ..self.event(row, EventOrigin::Seen, EventAct::Arrive)
            })?;
        }
        if let (Some(kept), Some(last), false) = (&kept, last, creation) {
            for event in self.seen(row, kept, last, &new) {
                writer.append_history(&event)?;
            }
        }
        if self.from_draft && goes_back(self.state) {
            give_back(writer, connection, &self.item, &self.now)?;
        }
        let seats = match self.has_effect(&new) {
            true => self.seats(before),
            false => 0,
        };
        self.freed.fetch_add(seats, Ordering::Relaxed);
        let mut made = marks.made;
        made.extend(new);
        if self.state != RunItemState::Done && !made.is_empty() {
            self.partly.fetch_add(1, Ordering::Relaxed);
        }
        writer.settle_item(
            self.run.0,
            self.item.position,
            self.state,
            &Settled {
                why: self.why,
                seats,
                reply: self.heard.map(|heard| heard.reply),
                request_id,
                person: (row != self.item.row.0 && (self.ours || came_well(self.state)))
                    .then_some(row),
                made,
            },
            &self.now,
        )
    }

    /// Attributes that are now as this run's requests wanted them and were not found so before. What was so already
    /// when it was compared was not sent.
    fn newly_made(&self, marks: &RunMarks) -> Vec<u32> {
        let Some(record) = self.record.as_ref().filter(|_| self.ours) else {
            return Vec::new();
        };
        self.item
            .fields
            .iter()
            .filter(|field| {
                let attribute = field.attribute.0;
                let there =
                    self.item.act == ChangeAct::Create || same(field, record.value(attribute));
                // What an earlier version sent was not written down apart.
                let sent = marks
                    .sent
                    .as_ref()
                    .is_none_or(|sent| sent.contains(&attribute));
                there && sent && !marks.made.contains(&attribute)
            })
            .map(|field| field.attribute.0)
            .collect()
    }

    fn has_effect(&self, new: &[u32]) -> bool {
        !new.is_empty() || (self.item.act == ChangeAct::Delete && self.gone && self.ours)
    }

    /// The person as the mirror has them. Their record itself lies among many others, packed, and only a deletion
    /// needs it.
    fn known(&self, writer: &Writer<'_>) -> store::Result<Option<PersonRecord>> {
        if self.item.act == ChangeAct::Delete && self.before.is_none() {
            let known = writer.person_record(self.item.row.0)?;
            return Ok(known.map(|person| person.record));
        }
        let cells = writer.person_values(self.item.row.0)?;
        Ok(cells.map(|cells| PersonRecord {
            scim_id: self.item.scim_id.clone().unwrap_or_default(),
            cells,
            raw: String::new(),
            digest: Digest::default(),
            etag: None,
        }))
    }

    fn seats(&self, before: Option<&PersonRecord>) -> i32 {
        let date = self
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(Role::SeparationDate));
        let separation = |record: &PersonRecord| -> Option<String> {
            date.and_then(|date| record.value(date.id.0))
                .map(str::to_owned)
        };
        let before = match self.item.act {
            ChangeAct::Create => None,
            _ => before.map(&separation),
        };
        let after = self.record.as_ref().map(separation);
        if before.is_none() && self.item.act != ChangeAct::Create {
            return 0;
        }
        seats::freed(
            before.as_ref().map(Option::as_deref),
            after.as_ref().map(Option::as_deref),
            self.today,
        )
    }

    fn event(&self, row: u32, origin: EventOrigin, act: EventAct) -> NewEvent {
        let record = self.record.as_ref();
        NewEvent {
            person: Some(row),
            scim_id: record
                .map(|record| record.scim_id.clone())
                .or_else(|| self.item.scim_id.clone()),
            person_name: Some(self.item.spoken.clone()),
            ..NewEvent::new(
                self.now.clone(),
                self.actor.clone(),
                self.connection.0,
                origin,
                act,
            )
        }
    }

    /// What this run did, one event for the act and one for each of these values.
    fn made(
        &self,
        row: u32,
        before: Option<&PersonRecord>,
        request_id: Option<&str>,
        new: &[u32],
    ) -> Vec<NewEvent> {
        if !self.has_effect(new) {
            return Vec::new();
        }
        let event = |act: EventAct| NewEvent {
            run: Some(self.run.0),
            plan: Some(self.plan.0),
            reason: self.reason.clone(),
            request_id: request_id.map(str::to_owned),
            source: self.item.source.clone(),
            ..self.event(row, EventOrigin::Made, act)
        };
        let whole = |record: Option<&PersonRecord>| record.map(|record| record.raw.clone());
        let mut events = Vec::new();
        match self.item.act {
            ChangeAct::Delete => {
                return vec![NewEvent {
                    detail: whole(before),
                    ..event(EventAct::Delete)
                }];
            }
            ChangeAct::Create => {
                return vec![NewEvent {
                    detail: whole(self.record.as_ref()),
                    ..event(EventAct::Create)
                }];
            }
            ChangeAct::Activate | ChangeAct::Deactivate | ChangeAct::Set => {}
        }
        let fields = self.item.fields.iter();
        for field in fields.filter(|field| new.contains(&field.attribute.0)) {
            let act = match self.item.act {
                ChangeAct::Activate => Some(EventAct::Activate),
                ChangeAct::Deactivate => Some(EventAct::Deactivate),
                ChangeAct::Set | ChangeAct::Create | ChangeAct::Delete => None,
            };
            if let Some(act) = act
                && field.role == Some(Role::Active)
            {
                // The act itself says it.
                events.insert(0, event(act));
                continue;
            }
            events.push(NewEvent {
                attribute: Some(field.key.clone()),
                label: Some(field.label.clone()),
                before: field.before.clone(),
                after: field.after.clone(),
                ..event(EventAct::Set)
            });
        }
        events
    }

    /// What others changed since the mirror last saw this person.
    fn seen(
        &self,
        row: u32,
        kept: &PersonRecord,
        record: &PersonRecord,
        new: &[u32],
    ) -> Vec<NewEvent> {
        differences(kept, record)
            .into_iter()
            .filter(|moved| !new.contains(&moved.attribute.0))
            .map(|moved| {
                let attribute = self
                    .attributes
                    .iter()
                    .find(|attribute| attribute.id == moved.attribute);
                NewEvent {
                    attribute: attribute.map(|attribute| attribute.key.clone()),
                    label: attribute.map(|attribute| attribute.label.clone()),
                    before: moved.before,
                    after: moved.after,
                    ..self.event(row, EventOrigin::Seen, EventAct::Set)
                }
            })
            .collect()
    }
}

/// Whether what an item was about is so now.
fn came_well(state: RunItemState) -> bool {
    matches!(state, RunItemState::Done | RunItemState::Same)
}

/// Whether an item that ends so is still to be done.
fn goes_back(state: RunItemState) -> bool {
    matches!(state, RunItemState::Held | RunItemState::Cancelled)
}

/// Puts an item's changes back into the draft, as they were staged.
pub(crate) fn give_back(
    writer: &Writer<'_>,
    connection: u32,
    item: &Item,
    now: &str,
) -> store::Result<()> {
    let draft = writer.draft_to_use(connection, now)?;
    for key in draft_keys(item) {
        let field = item
            .fields
            .iter()
            .find(|field| key.attribute == Some(field.attribute.0));
        // What a rule added comes again by itself, and what is so already is done with.
        if field.map_or(key.attribute.is_some(), |field| field.added) {
            continue;
        }
        let body = ChangeBody {
            before: field.and_then(|field| field.before.clone()),
            after: field.and_then(|field| field.after.clone()),
            new_option: true,
            origin: Some("run".to_owned()),
            source: item.source.clone(),
            reclaim: item.reclaim.as_ref().map(Reclaim::written),
            staged_at: now.to_owned(),
        };
        if key.act != ChangeAct::Create {
            writer.give_back_change(draft.id, &key, &body)?;
        }
    }
    Ok(())
}

/// The values of one person as a new person's, for taking a deletion back.
pub(crate) fn values_of(record: &PersonRecord) -> Vec<(crate::ids::AttributeId, String)> {
    record
        .cells
        .iter()
        .filter_map(|cell| Some((crate::ids::AttributeId(cell.attribute), cell.value.clone()?)))
        .collect()
}
