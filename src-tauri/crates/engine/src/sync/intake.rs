//! The receiving end of a scan: pages are compared with the mirror and what is new or changed is written, a
//! few hundred people at a time. Runs on a thread of its own, so that pages keep coming meanwhile.

use std::{
    collections::BTreeSet,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use hashbrown::HashMap;
use rayon::prelude::*;
use scim::{
    Discovered, Document, Resource,
    dialect::{self, Forms, Leaves, ReferenceBy, ReferenceForm, Slots},
};
use store::{
    CellBlob, Digest, EventAct, EventOrigin, NewEvent, Pack, Pending, ScannedPerson, Store,
    StoredCell,
};

use super::{
    discover::{Declared, Reconciled, reconcile},
    record::{Recorder, moved, name},
};
use crate::{
    attribute::Attribute,
    connection::{
        Capabilities,
        kept::{capabilities_of, dialect_of},
    },
    engine::timestamp,
    error::{Error, Result},
    ids::{AttributeId, ConnectionId, RowId},
    ports::Ports,
};

/// People taken apart side by side and written in one transaction, while the next are.
const BATCH: usize = 1_000;
/// Most people who are read and wait to be written. The slower the disk, the more go into one transaction.
const UNWRITTEN: usize = 8_000;
/// People looked at before the attributes are settled.
const SAMPLE: usize = 300;
/// People who show something beyond the settled attributes and are looked at when all have come: so many,
/// and the first of each form of record beyond that.
const LATE_SAMPLE: usize = 1_000;

#[derive(Clone, Copy)]
struct Before {
    row: u32,
    digest: Digest,
    gone: bool,
    seen: bool,
}

/// What a scan wrote.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) added: u32,
    pub(crate) changed: u32,
    /// Rows whose values in memory are out of date.
    pub(crate) rows: Vec<RowId>,
    /// Attributes are other than before: everything in memory is.
    pub(crate) attributes_changed: bool,
    pub(crate) warnings: Vec<String>,
}

pub(crate) struct Intake {
    store: Store,
    ports: Ports,
    connection: ConnectionId,
    generation: u32,
    /// No sync has come to the listing's end yet: whoever comes is no arrival.
    first: bool,
    declared: Declared,
    capabilities: Capabilities,
    known: HashMap<String, Before>,
    /// People who wait for the attributes to be settled, or for a batch to be full.
    waiting: Vec<Resource>,
    /// Whom the attributes were settled by, and later those who show more.
    sample: Vec<Resource>,
    /// Forms of records met. Whoever meets one first enters it at once, for those who read beside.
    forms: RwLock<Forms<Form>>,
    /// Somebody shows something beyond the settled attributes.
    more_is_shown: AtomicBool,
    largest_page: u32,
    attributes: Reconciled,
    recorder: Option<Recorder>,
    /// Those who are read and wait for what is being written.
    unwritten: Vec<Pack>,
    /// What was known of them.
    unwritten_before: Vec<Option<Before>>,
    /// What is being written.
    writing: Option<Pending<Written, Error>>,
    pub(crate) taken: Taken,
}

impl Intake {
    pub(crate) fn begin(
        store: Store,
        ports: Ports,
        connection: ConnectionId,
        declared: Declared,
    ) -> Result<Self> {
        let generation = store
            .write_behind(move |writer| writer.begin_sync(connection.0))?
            .wait()?;
        let (known, stored) = store.read(|reader| {
            Ok::<_, Error>((
                reader.known_people(connection.0)?,
                reader.connection(connection.0)?,
            ))
        })?;
        let stored =
            stored.ok_or_else(|| Error::precondition("There is no such connection any more."))?;
        Ok(Self {
            first: stored.synced_at.is_none(),
            capabilities: capabilities_of(&stored)?,
            known: known
                .into_iter()
                .map(|known| {
                    let before = Before {
                        row: known.row,
                        digest: known.digest,
                        gone: known.gone,
                        seen: false,
                    };
                    (known.scim_id, before)
                })
                .collect(),
            store,
            ports,
            connection,
            generation,
            declared,
            waiting: Vec::new(),
            sample: Vec::new(),
            forms: RwLock::default(),
            more_is_shown: AtomicBool::new(false),
            largest_page: 0,
            attributes: Reconciled::default(),
            recorder: None,
            unwritten: Vec::new(),
            unwritten_before: Vec::new(),
            writing: None,
            taken: Taken::default(),
        })
    }

    /// Takes one page in.
    pub(crate) fn page(&mut self, people: Vec<Resource>) -> Result<()> {
        self.largest_page = self.largest_page.max(people.len() as u32);
        self.waiting.extend(people);
        if self.recorder.is_none() && self.waiting.len() >= SAMPLE {
            self.settle()?;
        }
        if self.recorder.is_some() && self.waiting.len() >= BATCH {
            self.take_waiting()?;
        }
        Ok(())
    }

    /// Settles which attributes there are, from the schemas and the people who wait.
    fn settle(&mut self) -> Result<()> {
        self.sample = self.waiting.iter().map(Resource::alone).collect();
        self.rediscover()
    }

    fn rediscover(&mut self) -> Result<()> {
        let sample = self.sample.as_slice();
        let found = dialect::discover(&self.declared.schemas, sample);
        let connection = self.connection.0;
        let stored = self.store.read(|reader| reader.attributes(connection))?;
        let attributes = reconcile(stored, &found, &self.declared)?;
        let capabilities = self.learn(&found)?;
        let write = attributes.write.clone();
        let notes: Vec<NewEvent> = attributes
            .notes
            .iter()
            .map(|note| self.note(note))
            .collect();
        let keeping = self.store.write_behind(move |writer| {
            for attribute in &write {
                writer.put_attribute(connection, attribute)?;
            }
            writer.keep_capabilities(connection, &capabilities)?;
            for note in &notes {
                writer.append_history(note)?;
            }
            Ok::<_, Error>(())
        })?;
        keeping.wait()?;
        self.taken.attributes_changed |= !attributes.write.is_empty();
        self.taken.warnings.extend(attributes.notes.iter().cloned());
        self.recorder = Some(Recorder::new(&attributes.present));
        // What was found of them was by the attributes of before.
        self.forms = RwLock::default();
        self.more_is_shown = AtomicBool::new(false);
        self.attributes = attributes;
        Ok(())
    }

    /// What the service can do and how it writes things, by the people in the sample; as text to be kept.
    fn learn(&mut self, found: &[Discovered]) -> Result<String> {
        self.capabilities = self.declared.capabilities(
            &self.capabilities,
            found,
            &self.sample,
            self.largest_page,
            |id| self.known.contains_key(id),
        )?;
        Ok(serde_json::to_string(&self.capabilities).expect("BUG: capabilities are plain values"))
    }

    /// Compares those who wait with the mirror, reads the new and the changed, and has them written.
    fn take_waiting(&mut self) -> Result<()> {
        let looks: Vec<Look> = std::mem::take(&mut self.waiting)
            .into_par_iter()
            .filter_map(|resource| self.look(resource))
            .collect();
        let mut packs: Vec<Vec<_>> = Vec::new();
        let mut befores = Vec::with_capacity(looks.len());
        for look in looks {
            match look {
                Look::Same(id) => {
                    if let Some(before) = self.known.get_mut(&id) {
                        before.seen = true;
                    }
                }
                Look::Read(read) => {
                    let Read {
                        person,
                        resource,
                        shows,
                    } = *read;
                    self.note_more(shows, &resource);
                    let before = self.known.get_mut(&person.scim_id).map(|before| {
                        let now = Before {
                            digest: person.digest,
                            gone: false,
                            seen: true,
                            ..*before
                        };
                        std::mem::replace(before, now)
                    });
                    befores.push(before);
                    match packs.last_mut().filter(|pack| pack.len() < Pack::BEST) {
                        Some(pack) => pack.push((person, resource)),
                        None => packs.push(vec![(person, resource)]),
                    }
                }
            }
        }
        self.unwritten
            .par_extend(packs.into_par_iter().map(Pack::of));
        self.unwritten_before.append(&mut befores);
        self.write()
    }

    /// `None` for a resource without an id.
    fn look(&self, resource: Resource) -> Option<Look> {
        let recorder = self
            .recorder
            .as_ref()
            .expect("BUG: attributes are settled before people are read");
        let id = resource.id()?;
        let digest = Digest::of(resource.raw().as_bytes());
        let before = self.known.get(id);
        let same = before.is_some_and(|before| before.digest == digest && !before.gone);
        if same && !self.attributes.read_again {
            return Some(Look::Same(id.to_owned()));
        }
        let read = self
            .read_by_form(&resource, recorder)
            .unwrap_or_else(|| self.read_and_learn(&resource, recorder));
        if read.shows != Shows::Settled {
            self.more_is_shown.store(true, Ordering::Relaxed);
        }
        let ReadValues { cells, etag, shows } = read;
        Some(Look::Read(Box::new(Read {
            shows,
            person: ScannedPerson {
                row: before.map(|before| before.row),
                scim_id: id.to_owned(),
                cells,
                digest,
                etag,
            },
            resource,
        })))
    }

    /// `None` for a record of a form that nobody has met, or that can't be read by its form.
    fn read_by_form(&self, resource: &Resource, recorder: &Recorder) -> Option<ReadValues> {
        let forms = self.forms.read().unwrap_or_else(PoisonError::into_inner);
        let (form, values) = forms.read(resource)?;
        let shows = match form.shows_more {
            false => Shows::Settled,
            true => Shows::MoreAgain,
        };
        Some(match &form.slots {
            Some(slots) => ReadValues {
                cells: recorder.cells_of(&values, slots),
                etag: slots.etag(&values),
                shows,
            },
            None => ReadValues::of(&resource.document(), recorder, shows),
        })
    }

    /// The long way, and what is found out for the next record of this form.
    fn read_and_learn(&self, resource: &Resource, recorder: &Recorder) -> ReadValues {
        let document = resource.document();
        let shows_more = self.attributes.shows_more(dialect::discover(
            &self.declared.schemas,
            std::slice::from_ref(resource),
        ));
        let first = self.learn_form(resource, &document, recorder, shows_more);
        let shows = match (shows_more, first) {
            (false, _) => Shows::Settled,
            (true, true) => Shows::MoreFirst,
            (true, false) => Shows::MoreAgain,
        };
        ReadValues::of(&document, recorder, shows)
    }

    /// Whether this record is the first of a form that the next are told by.
    fn learn_form(
        &self,
        resource: &Resource,
        document: &Document<'_>,
        recorder: &Recorder,
        shows_more: bool,
    ) -> bool {
        let forms = self.forms.read().unwrap_or_else(PoisonError::into_inner);
        let is_full = forms.is_full();
        drop(forms);
        if is_full {
            return false;
        }
        let Some(leaves) = Leaves::of(resource) else {
            return false;
        };
        let form = Form {
            shows_more,
            slots: recorder.slots(document, &leaves),
        };
        let mut forms = self.forms.write().unwrap_or_else(PoisonError::into_inner);
        forms.learn(resource, &leaves, form)
    }

    /// Keeps people who show more, to be looked at when all have come.
    fn note_more(&mut self, shows: Shows, resource: &Resource) {
        let keep = match shows {
            Shows::Settled => false,
            Shows::MoreFirst => true,
            Shows::MoreAgain => self.sample.len() < LATE_SAMPLE,
        };
        if keep {
            self.sample.push(resource.alone());
        }
    }

    /// Has those written who are read, and what was seen to change with them. While others are being written
    /// they wait, unless they are too many.
    fn write(&mut self) -> Result<()> {
        if self.unwritten_before.len() < UNWRITTEN
            && let Some(writing) = self.writing.take()
        {
            match writing.try_wait() {
                Ok(written) => self.written(written?),
                Err(writing) => {
                    self.writing = Some(writing);
                    return Ok(());
                }
            }
        }
        self.wait_for_writing()?;
        if self.unwritten.is_empty() {
            return Ok(());
        }
        let packs = std::mem::take(&mut self.unwritten);
        let befores = std::mem::take(&mut self.unwritten_before);
        let (connection, generation, first) = (self.connection.0, self.generation, self.first);
        let now = timestamp(self.ports.clock.now());
        let actor = self.ports.actor.clone();
        let attributes = self.attributes.present.clone();
        let unsettled: BTreeSet<AttributeId> = self
            .attributes
            .appeared
            .union(&self.attributes.vanished)
            .copied()
            .collect();
        self.writing = Some(self.store.write_behind(move |writer| {
            let mut written = Written::default();
            let mut events = Vec::new();
            let people = packs.iter().flat_map(Pack::people);
            for (place, (person, before)) in people.zip(befores).enumerate() {
                let event = |act: EventAct, cells: &[StoredCell]| {
                    seen(
                        &now,
                        &actor,
                        connection,
                        act,
                        &person.scim_id,
                        cells,
                        &attributes,
                    )
                };
                match before {
                    None => {
                        written.added += 1;
                        if !first {
                            events.push((place, event(EventAct::Arrive, &person.cells.to_cells())));
                        }
                    }
                    Some(before) if before.gone => {
                        written.added += 1;
                        events.push((place, event(EventAct::Arrive, &person.cells.to_cells())));
                    }
                    // The same record read by other rules is no change.
                    Some(before) if before.digest == person.digest => {}
                    Some(before) => {
                        let cells = person.cells.to_cells();
                        let kept = writer.person_values(before.row)?.unwrap_or_default();
                        // An attribute that came or went did so for everybody: that is noted once.
                        let moved: Vec<_> = moved(&kept, &cells)
                            .into_iter()
                            .filter(|moved| !unsettled.contains(&moved.attribute))
                            .collect();
                        written.changed += u32::from(!moved.is_empty());
                        for moved in moved {
                            let attribute = attributes
                                .iter()
                                .find(|attribute| attribute.id == moved.attribute);
                            events.push((
                                place,
                                NewEvent {
                                    attribute: attribute.map(|attribute| attribute.key.clone()),
                                    label: attribute.map(|attribute| attribute.label.clone()),
                                    before: moved.before,
                                    after: moved.after,
                                    ..event(EventAct::Set, &cells)
                                },
                            ));
                        }
                    }
                }
            }
            for pack in &packs {
                let rows = writer.put_pack(connection, generation, &now, pack)?;
                written.rows.extend(rows);
            }
            for (place, mut event) in events {
                event.person = Some(written.rows[place]);
                writer.append_history(&event)?;
            }
            written.ids = packs
                .into_iter()
                .flat_map(Pack::into_people)
                .map(|person| (person.scim_id, person.digest))
                .collect();
            Ok::<_, Error>(written)
        })?);
        Ok(())
    }

    /// Waits until everybody who is read is written.
    fn write_all(&mut self) -> Result<()> {
        self.wait_for_writing()?;
        self.write()?;
        self.wait_for_writing()
    }

    fn wait_for_writing(&mut self) -> Result<()> {
        if let Some(writing) = self.writing.take() {
            self.written(writing.wait()?);
        }
        Ok(())
    }

    fn written(&mut self, written: Written) {
        self.taken.added += written.added;
        self.taken.changed += written.changed;
        self.taken
            .rows
            .extend(written.rows.iter().map(|row| RowId(*row)));
        for ((id, digest), row) in written.ids.into_iter().zip(written.rows) {
            self.known.entry(id).or_insert(Before {
                row,
                digest,
                gone: false,
                seen: true,
            });
        }
    }

    /// Call once after the last page. Attributes that only later people show are added, and everybody's
    /// values read again from the records.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if self.recorder.is_none() {
            self.settle()?;
        }
        self.take_waiting()?;
        self.write_all()?;
        if *self.more_is_shown.get_mut()
            && self
                .attributes
                .shows_more(dialect::discover(&self.declared.schemas, &self.sample))
        {
            self.rediscover()?;
            self.read_again()?;
        }
        self.tell_references()
    }

    /// The first people's managers may be listed last: now that all are known, their ids are told from other numbers.
    fn tell_references(&mut self) -> Result<()> {
        let dialect = dialect_of(&self.capabilities)?;
        let in_doubt = |form: &ReferenceForm| form.by == ReferenceBy::Unknown;
        if !dialect.references.values().any(in_doubt) {
            return Ok(());
        }
        let found = dialect::discover(&self.declared.schemas, &self.sample);
        let capabilities = self.learn(&found)?;
        let connection = self.connection.0;
        self.store
            .write(move |writer| writer.keep_capabilities(connection, &capabilities))?;
        Ok(())
    }

    /// Reads everybody's values from the records as kept, by the attributes of now.
    fn read_again(&mut self) -> Result<()> {
        let recorder = self.recorder.clone().expect("BUG: attributes are settled");
        let rows: Vec<u32> = self.known.values().map(|before| before.row).collect();
        for rows in rows.chunks(BATCH) {
            let (connection, generation) = (self.connection.0, self.generation);
            let (rows, recorder) = (rows.to_vec(), recorder.clone());
            let reading = self.store.write_behind(move |writer| {
                for row in rows {
                    let Some(stored) = writer.person_record(row)? else {
                        continue;
                    };
                    if stored.gone_at.is_some() {
                        continue;
                    }
                    if let Ok(resource) = Resource::parse(&stored.record.raw) {
                        let record = recorder.record(&resource);
                        if record.cells != stored.record.cells {
                            writer.put_people(
                                connection,
                                generation,
                                &stored.seen_at,
                                &[record],
                            )?;
                        }
                    }
                }
                Ok::<_, Error>(())
            })?;
            reading.wait()?;
        }
        Ok(())
    }

    /// Those who were there before and were not listed this time.
    pub(crate) fn missing(&self) -> Vec<Missing> {
        let mut missing: Vec<Missing> = self
            .known
            .iter()
            .filter(|(_, before)| !before.seen && !before.gone)
            .map(|(id, before)| Missing {
                row: RowId(before.row),
                scim_id: id.clone(),
            })
            .collect();
        missing.sort_by_key(|missing| missing.row);
        missing
    }

    /// People known to be there, listed or not.
    pub(crate) fn people(&self) -> u32 {
        self.known.values().filter(|before| !before.gone).count() as u32
    }

    /// Writes that people are gone, with the reason to think so where not everybody was asked for.
    pub(crate) fn mark_gone(&mut self, gone: &[Missing], reason: Option<String>) -> Result<()> {
        let now = timestamp(self.ports.clock.now());
        let (actor, connection) = (self.ports.actor.clone(), self.connection.0);
        let attributes = self.attributes.present.clone();
        let rows: Vec<u32> = gone.iter().map(|missing| missing.row.0).collect();
        self.taken
            .rows
            .extend(gone.iter().map(|missing| missing.row));
        for missing in gone {
            if let Some(before) = self.known.get_mut(&missing.scim_id) {
                before.gone = true;
            }
        }
        self.store.write(move |writer| {
            for row in rows {
                writer.mark_gone(row, &now)?;
                if let Some(stored) = writer.person_record(row)? {
                    writer.append_history(&NewEvent {
                        person: Some(row),
                        reason: reason.clone(),
                        ..seen(
                            &now,
                            &actor,
                            connection,
                            EventAct::Vanish,
                            &stored.record.scim_id,
                            &stored.record.cells,
                            &attributes,
                        )
                    })?;
                }
            }
            Ok::<_, Error>(())
        })
    }

    /// Takes in somebody whom the listing left out and a GET found.
    pub(crate) fn found_after_all(&mut self, resource: &Resource) -> Result<()> {
        self.waiting.push(resource.clone());
        self.take_waiting()?;
        self.write_all()
    }

    pub(crate) fn note(&self, text: &str) -> NewEvent {
        NewEvent {
            reason: Some(text.to_owned()),
            ..NewEvent::new(
                timestamp(self.ports.clock.now()),
                self.ports.actor.clone(),
                self.connection.0,
                EventOrigin::Seen,
                EventAct::Note,
            )
        }
    }

    pub(crate) fn is_first(&self) -> bool {
        self.first
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Missing {
    pub(crate) row: RowId,
    pub(crate) scim_id: String,
}

/// What a look at a listed person came to.
enum Look {
    /// As in the mirror; the service's id.
    Same(String),
    Read(Box<Read>),
}

struct Read {
    person: ScannedPerson,
    resource: Resource,
    shows: Shows,
}

/// What records of one form have in common.
struct Form {
    /// Whether they show something beyond the settled attributes.
    shows_more: bool,
    /// Where the settled attributes are in them. `None` where each has to be read by itself.
    slots: Option<Slots>,
}

/// What was read of a record.
struct ReadValues {
    cells: CellBlob,
    etag: Option<String>,
    shows: Shows,
}

impl ReadValues {
    fn of(document: &Document<'_>, recorder: &Recorder, shows: Shows) -> Self {
        Self {
            cells: recorder.cells(document),
            etag: document.etag(),
            shows,
        }
    }
}

/// What a record shows, beside the settled attributes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Settled,
    /// Something else, and it is the first of its form.
    MoreFirst,
    MoreAgain,
}

#[derive(Default)]
struct Written {
    added: u32,
    changed: u32,
    rows: Vec<u32>,
    ids: Vec<(String, Digest)>,
}

fn seen(
    at: &str,
    actor: &str,
    connection: u32,
    act: EventAct,
    scim_id: &str,
    cells: &[StoredCell],
    attributes: &[Attribute],
) -> NewEvent {
    NewEvent {
        scim_id: Some(scim_id.to_owned()),
        person_name: Some(name(scim_id, cells, attributes)),
        ..NewEvent::new(
            at.to_owned(),
            actor.to_owned(),
            connection,
            EventOrigin::Seen,
            act,
        )
    }
}
