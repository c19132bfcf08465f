//! The receiving end of a scan: pages are compared with the mirror and what is new or changed is written, a
//! few hundred people at a time. Runs on a thread of its own, so that pages keep coming meanwhile.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use scim::{Resource, dialect};
use store::{Digest, NewEvent, PersonRecord, Store};

use super::{
    discover::{Declared, Reconciled, reconcile},
    record::{Recorder, differences, name},
};
use crate::{
    attribute::Attribute,
    connection::Capabilities,
    engine::timestamp,
    error::{Error, Result},
    ids::{AttributeId, ConnectionId, RowId},
    ports::Ports,
};

/// People in one transaction: each waits for the disk once.
const BATCH: usize = 2_000;
/// People looked at before the attributes are settled.
const SAMPLE: usize = 300;
/// Further people who are looked at for attributes no schema declares, spread over the pages.
const LATE_SAMPLE: usize = 700;

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
    /// No complete sync yet: whoever comes is no arrival.
    first: bool,
    declared: Declared,
    capabilities: Capabilities,
    known: HashMap<String, Before>,
    /// Pages that wait for the attributes to be settled.
    waiting: Vec<Resource>,
    late_sample: Vec<Resource>,
    pages: usize,
    largest_page: u32,
    attributes: Reconciled,
    recorder: Option<Recorder>,
    batch: Vec<(Resource, Digest, Option<Before>)>,
    pub(crate) taken: Taken,
}

impl Intake {
    pub(crate) fn begin(
        store: Store,
        ports: Ports,
        connection: ConnectionId,
        declared: Declared,
    ) -> Result<Self> {
        let generation = store.write(move |writer| writer.begin_sync(connection.0))?;
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
            capabilities: crate::connection::kept::capabilities_of(&stored),
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
            late_sample: Vec::new(),
            pages: 0,
            largest_page: 0,
            attributes: Reconciled::default(),
            recorder: None,
            batch: Vec::with_capacity(BATCH),
            taken: Taken::default(),
        })
    }

    /// Takes one page in.
    pub(crate) fn page(&mut self, people: Vec<Resource>) -> Result<()> {
        self.pages += 1;
        self.largest_page = self.largest_page.max(people.len() as u32);
        if self.recorder.is_none() {
            self.waiting.extend(people);
            if self.waiting.len() >= SAMPLE {
                self.settle()?;
            }
            return Ok(());
        }
        // Early pages are looked at closely, later ones now and then, so that the sample spans everybody.
        if self.late_sample.len() < LATE_SAMPLE
            && self.pages.is_multiple_of(1 + self.late_sample.len() / 50)
        {
            self.late_sample.extend(people.first().cloned());
        }
        for person in &people {
            self.person(person)?;
        }
        Ok(())
    }

    /// Settles which attributes there are, from the schemas and the people who waited.
    fn settle(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        self.rediscover(&waiting)?;
        for person in &waiting {
            self.person(person)?;
        }
        self.late_sample = waiting.into_iter().take(50).collect();
        Ok(())
    }

    fn rediscover(&mut self, sample: &[Resource]) -> Result<()> {
        let found = dialect::discover(&self.declared.schemas, sample);
        let connection = self.connection.0;
        let stored = self.store.read(|reader| reader.attributes(connection))?;
        let attributes = reconcile(stored, &found, &self.declared);
        self.capabilities =
            self.declared
                .capabilities(&self.capabilities, &found, sample, self.largest_page);
        let capabilities =
            serde_json::to_string(&self.capabilities).expect("BUG: capabilities are plain values");
        let write = attributes.write.clone();
        let notes: Vec<NewEvent> = attributes
            .notes
            .iter()
            .map(|note| self.note(note))
            .collect();
        self.store.write(move |writer| {
            for attribute in &write {
                writer.put_attribute(connection, attribute)?;
            }
            writer.keep_capabilities(connection, &capabilities)?;
            for note in &notes {
                writer.append_history(note)?;
            }
            Ok::<_, Error>(())
        })?;
        self.taken.attributes_changed |= !attributes.write.is_empty();
        self.taken.warnings.extend(attributes.notes.iter().cloned());
        self.recorder = Some(Recorder::new(&attributes.present));
        self.attributes = attributes;
        Ok(())
    }

    fn person(&mut self, resource: &Resource) -> Result<()> {
        let Some(id) = resource.id() else {
            return Ok(());
        };
        let digest = Digest::of(resource.raw().as_bytes());
        let before = match self.known.get_mut(id) {
            Some(before) => {
                before.seen = true;
                if before.digest == digest && !before.gone && !self.attributes.read_again {
                    return Ok(());
                }
                Some(Before {
                    digest: std::mem::replace(&mut before.digest, digest),
                    gone: std::mem::replace(&mut before.gone, false),
                    ..*before
                })
            }
            None => None,
        };
        self.batch.push((resource.clone(), digest, before));
        if self.batch.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what has been gathered: people and what was seen to change, together.
    fn flush(&mut self) -> Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let recorder = self
            .recorder
            .as_ref()
            .expect("BUG: attributes are settled before people are read");
        let batch: Vec<(PersonRecord, Option<Before>)> = std::mem::take(&mut self.batch)
            .into_par_iter()
            .map(|(resource, digest, before)| (recorder.record_with(&resource, digest), before))
            .collect();
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
        let written = self.store.write(move |writer| {
            let mut written = Written::default();
            let mut events = Vec::new();
            for (record, before) in &batch {
                let event = |act: &str| seen(&now, &actor, connection, act, record, &attributes);
                match before {
                    None => {
                        written.added += 1;
                        if !first {
                            events.push((written.rows.len(), event("arrive")));
                        }
                    }
                    Some(before) if before.gone => {
                        written.added += 1;
                        events.push((written.rows.len(), event("arrive")));
                    }
                    Some(before) => {
                        let stored = writer.person_record(before.row)?;
                        let moved = stored
                            .map(|stored| differences(&stored.record, record))
                            .unwrap_or_default();
                        // An attribute that came or went did so for everybody: that is noted once.
                        let moved: Vec<_> = moved
                            .into_iter()
                            .filter(|moved| !unsettled.contains(&moved.attribute))
                            .collect();
                        // The same record read by other rules is no change.
                        if before.digest != record.digest && !moved.is_empty() {
                            written.changed += 1;
                            for moved in moved {
                                let attribute = attributes
                                    .iter()
                                    .find(|attribute| attribute.id == moved.attribute);
                                events.push((
                                    written.rows.len(),
                                    NewEvent {
                                        attribute: attribute.map(|attribute| attribute.key.clone()),
                                        label: attribute.map(|attribute| attribute.label.clone()),
                                        before: moved.before,
                                        after: moved.after,
                                        ..event("set")
                                    },
                                ));
                            }
                        }
                    }
                }
                written.rows.push(0);
            }
            let records: Vec<PersonRecord> = batch.into_iter().map(|(record, _)| record).collect();
            written.rows = writer.put_people(connection, generation, &now, &records)?;
            for (place, mut event) in events {
                event.person = Some(written.rows[place]);
                writer.append_history(&event)?;
            }
            written.ids = records
                .into_iter()
                .map(|record| (record.scim_id, record.digest))
                .collect();
            Ok::<_, Error>(written)
        })?;
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
        Ok(())
    }

    /// Call once after the last page. Attributes that only later people show are added, and everybody's
    /// values read again from the records.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if self.recorder.is_none() {
            self.settle()?;
        } else if !self.late_sample.is_empty() {
            let sample = std::mem::take(&mut self.late_sample);
            let known: BTreeSet<String> = self
                .attributes
                .present
                .iter()
                .map(|attribute| attribute.key.clone())
                .collect();
            let late = dialect::discover(&self.declared.schemas, &sample)
                .iter()
                .any(|found| !known.contains(found.key.as_str()));
            if late {
                self.flush()?;
                self.rediscover(&sample)?;
                self.read_again()?;
            }
        }
        self.flush()
    }

    /// Reads everybody's values from the records as kept, by the attributes of now.
    fn read_again(&mut self) -> Result<()> {
        let recorder = self.recorder.clone().expect("BUG: attributes are settled");
        let rows: Vec<u32> = self.known.values().map(|before| before.row).collect();
        for rows in rows.chunks(BATCH) {
            let (connection, generation) = (self.connection.0, self.generation);
            let (rows, recorder) = (rows.to_vec(), recorder.clone());
            self.store.write(move |writer| {
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

    /// Writes that people are gone.
    pub(crate) fn mark_gone(&mut self, gone: &[Missing]) -> Result<()> {
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
                        ..seen(
                            &now,
                            &actor,
                            connection,
                            "vanish",
                            &stored.record,
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
        self.person(resource)?;
        self.flush()
    }

    pub(crate) fn note(&self, text: &str) -> NewEvent {
        NewEvent {
            at: timestamp(self.ports.clock.now()),
            actor: self.ports.actor.clone(),
            connection: self.connection.0,
            origin: "seen".to_owned(),
            act: "note".to_owned(),
            reason: Some(text.to_owned()),
            ..NewEvent::default()
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
    act: &str,
    record: &PersonRecord,
    attributes: &[Attribute],
) -> NewEvent {
    NewEvent {
        at: at.to_owned(),
        actor: actor.to_owned(),
        connection,
        origin: "seen".to_owned(),
        act: act.to_owned(),
        scim_id: Some(record.scim_id.clone()),
        person_name: Some(name(record, attributes)),
        ..NewEvent::default()
    }
}
