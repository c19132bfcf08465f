//! The end of an item: journal, mirror and history in one transaction, so that they can't disagree.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering},
    },
};

use jiff::civil::Date;
use scim::{Resource, Said, Written};
use store::{
    ChangeAct, ChangeBody, Digest, EventAct, EventOrigin, NewEvent, PersonRecord, RunItemState,
    Settled, Writer,
};

use super::journal::Journal;
use crate::{
    attribute::{Attribute, Role},
    changes::plan::{item::Item, review::draft_keys},
    engine::{lock, timestamp},
    error::Result,
    ids::{ConnectionId, PlanId, RowId, RunId},
    ports::Clock,
    seats,
    sync::{Recorder, differences},
};

/// Longest reply that is kept, in bytes.
const REPLY: usize = 4096;

/// What was found out about an item.
#[derive(Debug, Clone, Default)]
pub(crate) struct Judged {
    /// The person as read now; `None` where nobody was read.
    now: Option<PersonRecord>,
    /// The person as read before the write, where that is known.
    before: Option<PersonRecord>,
    gone: bool,
    why: Option<String>,
    reply: Option<String>,
    request_id: Option<String>,
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

    /// With what the service said about a refusal.
    pub(crate) fn heard(self, said: Option<&Said>) -> Self {
        let Some(said) = said else { return self };
        let parts = [&said.scim_type, &said.detail];
        let mut reply = said.status.to_string();
        for part in parts.into_iter().flatten() {
            reply.push('\n');
            reply.push_str(part);
        }
        Self {
            reply: Some(reply),
            request_id: said.request_id.clone(),
            ..self
        }
    }

    pub(crate) fn with(self, written: &Written) -> Self {
        Self {
            reply: Some(reply(written)),
            request_id: written.request_id.clone(),
            ..self
        }
    }
}

fn reply(written: &Written) -> String {
    let body = written.resource.as_ref().map_or("", Resource::raw);
    let mut text = format!("{}\n{body}", written.status);
    if text.len() > REPLY {
        let end = (0..=REPLY)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
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

    /// The service is in trouble: fewer side by side.
    pub(crate) fn noted_trouble(&self) {
        self.trouble.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_last_chance(&self, position: u32) -> bool {
        lock(&self.last_chance).contains(&position)
    }

    pub(crate) async fn mark_sending(&self, position: u32, request: String) -> Result<()> {
        let run = self.run.0;
        self.journal
            .keep(move |writer| writer.mark_sending(run, position, &request))
            .await
    }

    pub(crate) async fn back(
        &self,
        position: u32,
        state: RunItemState,
        why: Option<String>,
    ) -> Result<()> {
        let run = self.run.0;
        self.journal
            .keep(move |writer| writer.mark_item(run, position, state, why.as_deref(), None))
            .await
    }

    pub(crate) async fn mark_sent(&self, item: &Item, written: &Written) -> Result<()> {
        let (run, position, reply) = (self.run.0, item.position, reply(written));
        self.journal
            .keep(move |writer| {
                writer.mark_item(run, position, RunItemState::Sent, None, Some(&reply))
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
            .filter(|_| item.act == ChangeAct::Create)
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
            why: judged.why,
            reply: judged.reply,
            request_id: judged.request_id,
            now,
            made_row: made_row.clone(),
            freed: self.seats.clone(),
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
    why: Option<String>,
    reply: Option<String>,
    request_id: Option<String>,
    now: String,
    made_row: Arc<AtomicU32>,
    freed: Arc<AtomicI32>,
}

impl Entry {
    fn write(self, writer: &Writer<'_>) -> store::Result<()> {
        let connection = self.connection.0;
        let kept = self.known(writer)?;
        let creation = self.item.act == ChangeAct::Create;
        let mut row = self.item.row.0;
        if let Some(record) = &self.record
            && !record.scim_id.is_empty()
        {
            let generation = writer
                .connection(connection)?
                .map_or(0, |connection| connection.generation);
            let rows = writer.put_people(
                connection,
                generation,
                &self.now,
                std::slice::from_ref(record),
            )?;
            row = rows.first().copied().unwrap_or(row);
            self.made_row.store(row, Ordering::Relaxed);
        } else if self.gone {
            writer.mark_gone(row, &self.now)?;
        }

        let done = self.state == RunItemState::Done;
        // What the mirror had is what others may have changed; what was read before the write is surer.
        let before = self.before.as_ref().or(kept.as_ref());
        if done {
            for event in self.made(row, before) {
                writer.append_history(&event)?;
            }
        }
        if let (Some(kept), Some(record), false) = (&kept, &self.record, creation) {
            for event in self.seen(row, kept, record, done) {
                writer.append_history(&event)?;
            }
        }
        if self.from_draft && goes_back(self.state) {
            give_back(writer, connection, &self.item, &self.now)?;
        }
        let seats = if done { self.seats(before) } else { 0 };
        self.freed.fetch_add(seats, Ordering::Relaxed);
        writer.settle_item(
            self.run.0,
            self.item.position,
            self.state,
            &Settled {
                why: self.why,
                seats,
                reply: self.reply,
                request_id: self.request_id,
                person: (creation && done).then_some(row),
            },
            &self.now,
        )
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

    /// What this run did, one event for the act and one for each value.
    fn made(&self, row: u32, before: Option<&PersonRecord>) -> Vec<NewEvent> {
        let event = |act: EventAct| NewEvent {
            run: Some(self.run.0),
            plan: Some(self.plan.0),
            reason: self.reason.clone(),
            request_id: self.request_id.clone(),
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
            ChangeAct::Activate => events.push(event(EventAct::Activate)),
            ChangeAct::Deactivate => events.push(event(EventAct::Deactivate)),
            ChangeAct::Set => {}
        }
        for field in &self.item.fields {
            if self.item.act != ChangeAct::Set && field.role == Some(Role::Active) {
                // The act itself says it.
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
        done: bool,
    ) -> Vec<NewEvent> {
        differences(kept, record)
            .into_iter()
            .filter(|moved| {
                let ours = self
                    .item
                    .fields
                    .iter()
                    .find(|field| field.attribute == moved.attribute);
                !(done && ours.is_some_and(|field| field.after == moved.after))
            })
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
        // What a rule added comes again by itself.
        if field.is_some_and(|field| field.added) {
            continue;
        }
        let body = ChangeBody {
            before: field.and_then(|field| field.before.clone()),
            after: field.and_then(|field| field.after.clone()),
            new_option: true,
            origin: Some("run".to_owned()),
            source: item.source.clone(),
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
