//! The people: the seed's, computed on demand, under those that have been written, which are kept.

pub mod attribute;
pub mod calendar;
mod census;
pub mod dice;
mod events;
mod index;
mod journal;
mod names;
pub mod person;
pub mod seeded;
mod shape;
mod vocabulary;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};

pub use attribute::{AttributeChange, Kind};
use attribute::{Attributes, DEPARTMENT, MANAGER, SEPARATION_DATE};
pub use events::RoundChange;
use events::{Deletion, Events, NewSegment, Reinstatement};
use index::Index;
use journal::{Entry, Header, Journal};
use person::Person;
use seeded::Seed;

pub struct Company {
    seed: Seed,
    header: Header,
    pub attributes: Attributes,
    /// What was written since the seed; `None` is a deleted person.
    written: BTreeMap<u64, Option<Person>>,
    /// Indices of deleted people of the seed, ascending.
    gone: Vec<u32>,
    /// Ids of people who were created and not deleted, ascending.
    created: Vec<u64>,
    /// How many were ever created: ids are never used twice.
    ever_created: u64,
    /// Hashes of the seed's lower-case addresses, ascending; built when first asked for.
    addresses: OnceLock<Vec<(u64, u32)>>,
    /// Of written people only.
    index: Index,
    journal: Option<Journal>,
    /// Counts changes of any kind.
    pub revision: u64,
    pub events: Events,
}

impl Company {
    /// Sets the company up, or opens one kept in `state`.
    ///
    /// # Errors
    /// The file cannot be read or written, is damaged before its last line, or belongs to another company.
    pub fn open(people: u32, seed: u64, today: i32, state: Option<&Path>) -> io::Result<Company> {
        let (journal, entries) = match state {
            Some(path) => {
                let (journal, entries) = Journal::open(path)?;
                (Some(journal), entries)
            }
            None => (None, Vec::new()),
        };
        let mut entries = entries.into_iter();
        let fresh = Header {
            people,
            seed,
            anchor: today,
        };
        let (header, kept) = match entries.next() {
            None => (fresh, false),
            Some(Entry::Company(header)) if (header.people, header.seed) == (people, seed) => {
                (header, true)
            }
            Some(Entry::Company(header)) => {
                return Err(invalid(format!(
                    "the state file belongs to a company of {} people with seed {}, not of {people} with seed {seed}: name another file or the same company",
                    header.people, header.seed
                )));
            }
            Some(_) => {
                return Err(invalid(
                    "the state file does not start with the company it belongs to".to_owned(),
                ));
            }
        };
        let mut company = Company::seeded(header);
        for entry in entries {
            match entry {
                Entry::Company(_) => {
                    return Err(invalid("the state file names its company twice".to_owned()));
                }
                Entry::Person(person) => company.keep(*person),
                Entry::Deleted(id) => company.drop_person(id),
                Entry::Attribute(change) => company.attributes.change(&change).map_err(invalid)?,
            }
        }
        company.journal = journal;
        company.events = Events::default();
        if let (Some(journal), false) = (&mut company.journal, kept) {
            journal.append(&Entry::Company(header))?;
        }
        Ok(company)
    }

    fn seeded(header: Header) -> Company {
        let seed = Seed::new(header.people, header.seed, header.anchor);
        Company {
            attributes: Attributes::seeded(&seed.shape),
            seed,
            header,
            written: BTreeMap::new(),
            gone: Vec::new(),
            created: Vec::new(),
            ever_created: 0,
            addresses: OnceLock::new(),
            index: Index::default(),
            journal: None,
            revision: 0,
            events: Events::default(),
        }
    }

    /// Forgets everything that was written, here and in the state file.
    pub fn reset(&mut self) -> io::Result<()> {
        let mut journal = self.journal.take();
        if let Some(journal) = &mut journal {
            journal.clear(self.header)?;
        }
        let revision = self.revision + 1;
        *self = Company::seeded(self.header);
        self.journal = journal;
        self.revision = revision;
        Ok(())
    }

    pub fn state_file(&self) -> Option<&Path> {
        self.journal.as_ref().map(Journal::path)
    }

    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    pub fn count(&self) -> usize {
        self.seed.shape.people as usize - self.gone.len() + self.created.len()
    }

    /// The id at a position of the stable order; `None` past the end.
    pub fn id_at(&self, position: usize) -> Option<u64> {
        let seeded = self.seed.shape.people as usize - self.gone.len();
        if position >= seeded {
            return self.created.get(position - seeded).copied();
        }
        // The n-th remaining person is n plus however many of those before are gone.
        let (mut low, mut high) = (0, self.gone.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.gone[middle] as usize - middle <= position {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Some(Seed::id((position + low) as u32))
    }

    /// The index of a person who is still as the seed has them.
    pub fn untouched(&self, id: u64) -> Option<u32> {
        let index = self.seed.index_of(id)?;
        (!self.written.contains_key(&id)).then_some(index)
    }

    pub fn exists(&self, id: u64) -> bool {
        match self.written.get(&id) {
            Some(person) => person.is_some(),
            None => self.seed.index_of(id).is_some(),
        }
    }

    pub fn person(&self, id: u64) -> Option<Person> {
        match self.written.get(&id) {
            Some(person) => person.clone(),
            None => Some(self.seed.person(self.seed.index_of(id)?).to_person()),
        }
    }

    /// Everybody with this address, whatever its capitals; several where the directory is dirty.
    pub fn by_email(&self, email: &str) -> Vec<u64> {
        let wanted = email.to_lowercase();
        let mut found = self.index.by_address(&wanted);
        found.extend(self.untouched_with_email(&wanted));
        found.sort_unstable();
        found
    }

    /// Everybody with this user name: an address, or the employee number of people without one.
    pub fn by_user_name(&self, user_name: &str) -> Vec<u64> {
        let wanted = user_name.to_lowercase();
        let mut found = self.index.by_user_name(&wanted);
        found.extend(self.untouched_with_email(&wanted));
        let numbered = self
            .seed
            .numbered(user_name)
            .filter(|index| self.seed.email(*index).is_none());
        found.extend(
            numbered
                .map(Seed::id)
                .filter(|id| !self.written.contains_key(id)),
        );
        found.sort_unstable();
        found
    }

    fn untouched_with_email(&self, lower_case: &str) -> Vec<u64> {
        let addresses = self.addresses.get_or_init(|| self.hash_addresses());
        let hash = hash(lower_case);
        let first = addresses.partition_point(|(other, _)| *other < hash);
        addresses[first..]
            .iter()
            .take_while(|(other, _)| *other == hash)
            .filter(|(_, index)| {
                self.seed
                    .email(*index)
                    .is_some_and(|email| email.eq_ignore_ascii_case(lower_case))
            })
            .map(|(_, index)| Seed::id(*index))
            .filter(|id| !self.written.contains_key(id))
            .collect()
    }

    pub fn by_number(&self, number: &str) -> Vec<u64> {
        let mut found = self.index.by_number(number);
        found.extend(
            self.seed
                .numbered(number)
                .map(Seed::id)
                .filter(|id| !self.written.contains_key(id)),
        );
        found
    }

    pub fn by_external_id(&self, external: &str) -> Vec<u64> {
        let mut found = self.index.by_external_id(external);
        found.extend(
            self.seed
                .numbered(external)
                .map(Seed::id)
                .filter(|id| !self.written.contains_key(id)),
        );
        found
    }

    fn hash_addresses(&self) -> Vec<(u64, u32)> {
        let mut hashes: Vec<(u64, u32)> = (0..self.seed.shape.people)
            .filter_map(|index| {
                let mut email = self.seed.email(index)?;
                email.make_ascii_lowercase();
                Some((hash(&email), index))
            })
            .collect();
        hashes.sort_unstable();
        hashes
    }

    /// The id the next created person gets.
    pub fn next_id(&self) -> u64 {
        Seed::id_after(u64::from(self.seed.shape.people) + self.ever_created)
    }

    /// Keeps a created or changed person: in the state file first, so that nothing is answered that would be lost.
    pub fn write(&mut self, mut person: Person, now: &str) -> io::Result<Person> {
        let before = self.person(person.id);
        person.version = before.as_ref().map_or(1, |before| before.version + 1);
        person.modified = Some(now.to_owned());
        if before.is_none() {
            person.created = Some(now.to_owned());
        }
        if let Some(journal) = &mut self.journal {
            journal.append(&Entry::Person(Box::new(person.clone())))?;
        }
        if before.is_none() {
            self.events.created.push(person.id);
        }
        if let Some(before) = &before
            && before.custom.contains_key(&SEPARATION_DATE)
            && !person.custom.contains_key(&SEPARATION_DATE)
        {
            let lost = match self.has_reports(&person) {
                true => vec![
                    "conversations, acknowledgements and actions of the old segment",
                    "access-control groups other than Manager",
                ],
                false => Vec::new(),
            };
            self.events.reinstatements.push(Reinstatement {
                person: person.id,
                lost,
            });
        }
        self.keep(person.clone());
        Ok(person)
    }

    /// Only people of the seed are: rights are given in Peakon itself, and whoever is created has none yet.
    pub fn administers(&self, person: &Person) -> bool {
        let index = self.seed.index_of(person.id);
        index.is_some_and(|index| self.seed.administers(index))
    }

    pub fn has_reports(&self, manager: &Person) -> bool {
        let Some(email) = manager.email() else {
            return false;
        };
        let is_report = |person: &Person| {
            person
                .custom
                .get(&MANAGER)
                .and_then(Value::as_str)
                .is_some_and(|named| named.eq_ignore_ascii_case(email))
        };
        let seeded = self
            .seed
            .index_of(manager.id)
            .is_some_and(|index| self.seed.shape.reports(self.seed.shape.rank(index)) > 0);
        seeded || self.written.values().flatten().any(is_report)
    }

    pub fn delete(&mut self, id: u64) -> io::Result<bool> {
        let Some(person) = self.person(id) else {
            return Ok(false);
        };
        if let Some(journal) = &mut self.journal {
            journal.append(&Entry::Deleted(id))?;
        }
        self.events.deletions.push(Deletion {
            person: id,
            user_name: person.user_name().map(str::to_owned),
            lost: "open survey responses, actions and priorities",
        });
        self.drop_person(id);
        Ok(true)
    }

    pub fn change_attribute(&mut self, change: &AttributeChange) -> Result<(), String> {
        self.attributes.change(change)?;
        self.revision += 1;
        match &mut self.journal {
            Some(journal) => journal
                .append(&Entry::Attribute(change.clone()))
                .map_err(|error| {
                    format!("The attribute was changed, but not kept in the state file: {error}.")
                }),
            None => Ok(()),
        }
    }

    fn keep(&mut self, person: Person) {
        let id = person.id;
        self.unindex(id);
        if self.seed.index_of(id).is_none() {
            if let Err(place) = self.created.binary_search(&id) {
                self.created.insert(place, id);
            }
            while self.next_id() <= id {
                self.ever_created += 1;
            }
        }
        self.index.add(&person);
        for (slot, value) in &person.custom {
            if let Some(value) = value.as_str()
                && self.attributes.add_segment(*slot, value)
            {
                let attribute = self.attributes.at(*slot).name.clone();
                self.events.new_segments.push(NewSegment {
                    attribute,
                    value: value.to_owned(),
                    person: id,
                });
            }
        }
        self.written.insert(id, Some(person));
        self.revision += 1;
    }

    fn drop_person(&mut self, id: u64) {
        self.unindex(id);
        if let Some(index) = self.seed.index_of(id) {
            if let Err(place) = self.gone.binary_search(&index) {
                self.gone.insert(place, index);
            }
        } else if let Ok(place) = self.created.binary_search(&id) {
            self.created.remove(place);
        }
        self.written.insert(id, None);
        self.revision += 1;
    }

    fn unindex(&mut self, id: u64) {
        if let Some(Some(person)) = self.written.get(&id) {
            self.index.remove(person);
        }
    }

    /// Moves somebody to another department, as another system would. Gives the person; `None` when there is no such.
    pub fn meddle(&mut self, id: u64, now: &str) -> io::Result<Option<Person>> {
        let Some(mut person) = self.person(id) else {
            return Ok(None);
        };
        let current = person
            .custom
            .get(&DEPARTMENT)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        person.custom.insert(
            DEPARTMENT,
            json!(Seed::other_department(&current, self.revision)),
        );
        self.write(person, now).map(Some)
    }
}

fn invalid(told: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, told)
}

/// FNV-1a: good enough to find an address, which is then compared whole.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// An order of its own for a listing, for services that have none.
pub struct Order(dice::Shuffle);

impl Order {
    pub fn of(rows: usize, number: u64) -> Order {
        Order(dice::Shuffle::new(
            rows as u64,
            dice::roll(number, rows as u64, dice::Choice::PageOrder),
        ))
    }

    pub fn place(&self, position: usize) -> usize {
        self.0.forward(position as u64) as usize
    }
}

#[cfg(test)]
mod tests;
