//! From the mirror into memory: some threads read and take people apart, the others put their values into
//! columns.

use std::{
    collections::BTreeMap,
    num::NonZero,
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};

use jiff::civil::Date;
use rayon::prelude::*;
use store::{Cells, Store, StoredRow};

use super::{
    Status,
    collation::Collation,
    column::Lookups,
    table::{NAME_PLACE, STATUS_PLACE, Table, derive_name, derive_status, status_text},
};
use crate::{
    attribute::{Attribute, Role},
    dormancy::is_laid,
    error::Result,
    ids::ConnectionId,
};

/// Rows read at a time: their texts stay in a core's own cache while each column picks its values from them.
const PART: u32 = 1024;
/// Parts read ahead.
const AHEAD: usize = 32;
/// Threads that read: more of them than there are cores for would only wait for the columns.
const READERS: usize = 4;

/// Where a text is in its part.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    /// [`Span::NONE`] stands for no text.
    length: u32,
}

impl Span {
    const NONE: Self = Self {
        start: 0,
        length: u32::MAX,
    };
}

/// Some people taken apart.
#[derive(Default)]
struct Part {
    rows: Vec<u32>,
    gone: Vec<bool>,
    statuses: Vec<Status>,
    scim_ids: Vec<Span>,
    names: Vec<Span>,
    /// One per attribute for each person.
    values: Vec<Span>,
    /// Person in this part, place of the attribute, remark.
    odd: Vec<(usize, usize, Box<str>)>,
    text: String,
}

impl Part {
    fn keep(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span {
            start,
            length: text.len() as u32,
        }
    }

    fn get(&self, span: Span) -> Option<&str> {
        let start = span.start as usize;
        (span.length != u32::MAX).then(|| &self.text[start..start + span.length as usize])
    }

    fn add(&mut self, person: &StoredRow<'_>, reading: &Reading) {
        let number = self.rows.len();
        let first = self.values.len();
        self.values.resize(first + reading.width, Span::NONE);
        for (attribute, value, remark) in Cells::new(person.cells) {
            let place = reading.places.get(attribute as usize).copied().flatten();
            let Some(place) = place else {
                continue;
            };
            if let Some(value) = value {
                self.values[first + place] = self.keep(value);
            }
            if let Some(remark) = remark.filter(|_| !person.gone) {
                self.odd.push((number, place, remark.into()));
            }
        }
        let text = |role| {
            let place = reading.roles.place(role)?;
            self.get(self.values[first + place])
        };
        let name = derive_name(text, person.scim_id);
        let status = derive_status(
            text(Role::Active),
            text(Role::StartDate),
            text(Role::SeparationDate),
            reading.today,
        );
        if person.gone {
            self.values[first..].fill(Span::NONE);
        }
        let name = self.keep(&name);
        let scim_id = self.keep(person.scim_id);
        self.names.push(name);
        self.scim_ids.push(scim_id);
        self.statuses.push(status);
        self.gone.push(person.gone);
        self.rows.push(person.row);
    }
}

/// What taking people apart asks of a table.
struct Reading {
    places: Vec<Option<usize>>,
    roles: Roles,
    width: usize,
    today: Date,
}

impl Reading {
    fn of(table: &Table) -> Self {
        Self {
            places: places(&table.attributes),
            roles: Roles::of(table),
            width: table.columns.len(),
            today: table.today,
        }
    }
}

/// Reads a whole directory.
pub(crate) fn load(
    store: &Store,
    connection: ConnectionId,
    attributes: Vec<Attribute>,
    today: Date,
    collation: Arc<Collation>,
) -> Result<Table> {
    let (people, rows) = store.read(|reader| {
        let people = reader.people_count(connection.0)?;
        Ok::<_, store::Error>((people, reader.people_rows(connection.0)?))
    })?;
    let mut table = Table::new(attributes, today, collation, people as usize);
    if let Some(rows) = rows {
        read_parts(&mut table, store, connection, rows)?;
    }
    table.count_attributes();
    Ok(table)
}

fn read_parts(
    table: &mut Table,
    store: &Store,
    connection: ConnectionId,
    rows: RangeInclusive<u32>,
) -> Result<()> {
    let reading = Reading::of(table);
    let parts = (rows.end() - rows.start()) / PART + 1;
    let next = AtomicU32::new(0);
    let readers = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(READERS)
        .min(parts as usize);
    let (sender, received) = mpsc::sync_channel::<(u32, Part)>(AHEAD);
    thread::scope(|scope| {
        let reading = &reading;
        let next = &next;
        let threads: Vec<_> = (0..readers)
            .map(|_| {
                let sender = sender.clone();
                let rows = rows.clone();
                scope.spawn(move || {
                    store.read_through(|reader| {
                        loop {
                            let number = next.fetch_add(1, Ordering::Relaxed);
                            if number >= parts {
                                return Ok::<_, store::Error>(());
                            }
                            let first = rows.start() + number * PART;
                            let last = first.saturating_add(PART - 1).min(*rows.end());
                            let mut part = Part::default();
                            reader.each_person::<store::Error>(
                                connection.0,
                                first..=last,
                                |person| {
                                    part.add(&person, reading);
                                    Ok(())
                                },
                            )?;
                            // Nobody receives any more only when taking them in has panicked.
                            let _ = sender.send((number, part));
                        }
                    })
                })
            })
            .collect();
        drop(sender);
        // Whichever thread is ahead, people go in by row.
        let mut early = BTreeMap::new();
        let mut turn = 0;
        for (number, part) in received {
            early.insert(number, part);
            while let Some(part) = early.remove(&turn) {
                take_in(table, &part);
                turn += 1;
            }
        }
        for thread in threads {
            thread.join().expect("BUG: reading the mirror panicked")?;
        }
        Ok(())
    })
}

fn take_in(table: &mut Table, part: &Part) {
    let width = table.columns.len();
    let first = table.rows.len();
    table.rows.extend_from_slice(&part.rows);
    table.gone.resize(table.rows.len());
    for (number, _) in part.gone.iter().enumerate().filter(|(_, gone)| **gone) {
        table.gone.set((first + number) as u32, true);
    }
    let Table {
        columns, scim_ids, ..
    } = table;
    rayon::join(
        || {
            let ids = part.scim_ids.iter().map(|&scim_id| part.get(scim_id));
            scim_ids.intern_all(ids, &mut Lookups::default());
        },
        || {
            columns
                .par_iter_mut()
                .enumerate()
                .with_max_len(1)
                .for_each_init(Lookups::default, |lookups, (place, column)| {
                    let values = (0..part.rows.len()).map(|number| match place {
                        NAME_PLACE => part.get(part.names[number]),
                        STATUS_PLACE if part.gone[number] => None,
                        STATUS_PLACE => Some(status_text(part.statuses[number])),
                        place => part.get(part.values[number * width + place]),
                    });
                    column.push_all(values, lookups);
                });
        },
    );
    debug_assert_eq!(
        table.scim_ids.codes(),
        table.rows.len() + 1,
        "an id stands once in the mirror"
    );
    for (number, place, remark) in &part.odd {
        let position = (first + number) as u32;
        let column = &mut table.columns[*place];
        let value = column.value(position).map(str::to_owned);
        column.set(position, value.as_deref(), Some(remark));
    }
}

/// Somebody as kept, to be compared with the table.
struct Again {
    row: u32,
    gone: bool,
    scim_id: String,
    cells: Vec<u8>,
}

/// Reads some people again, and new ones, into a table. `None` when a new row does not come after all
/// others, so that everything has to be read again.
pub(crate) fn reload(table: &mut Table, store: &Store, rows: &[u32]) -> Result<Option<Vec<u32>>> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    let mut people = Vec::with_capacity(rows.len());
    store.read(|reader| {
        reader.some_people::<store::Error>(&rows, |person| {
            people.push(Again {
                row: person.row,
                gone: person.gone,
                scim_id: person.scim_id.to_owned(),
                cells: person.cells.to_vec(),
            });
            Ok(())
        })
    })?;
    let mut positions = Vec::with_capacity(people.len());
    let mut new = Part::default();
    let reading = Reading::of(table);
    let mut changed = vec![false; table.columns.len()];
    let mut came_or_went = false;
    for person in people {
        if let Ok(position) = table.rows.binary_search(&person.row) {
            came_or_went |= table.gone.has(position as u32) != person.gone;
            set_person(
                table,
                position as u32,
                &person.cells,
                person.gone,
                &mut changed,
            );
            positions.push(position as u32);
        } else if table.rows.last().is_some_and(|last| person.row < *last) {
            return Ok(None);
        } else {
            positions.push((table.rows.len() + new.rows.len()) as u32);
            let person = StoredRow {
                row: person.row,
                scim_id: &person.scim_id,
                cells: &person.cells,
                gone: person.gone,
            };
            new.add(&person, &reading);
        }
    }
    if !new.rows.is_empty() {
        take_in(table, &new);
        changed.fill(true);
        came_or_went = true;
    }
    for (column, changed) in table.columns.iter_mut().zip(&changed) {
        if *changed {
            column.forget_derived();
        }
    }
    let names = changed[NAME_PLACE];
    // Managers are ordered by the names of those whom their addresses and numbers belong to.
    let called = [
        Role::Email,
        Role::UserName,
        Role::EmployeeNumber,
        Role::ExternalId,
    ];
    let others = came_or_went
        || names
        || called
            .iter()
            .filter_map(|role| table.place_of(*role))
            .any(|place| changed[place]);
    if let Some(manager) = table.place_of(Role::Manager)
        && (others || changed[manager])
    {
        table.columns[manager].forget_order();
    }
    table.forget_derived(Some(&positions), names);
    table.count_attributes();
    Ok(Some(positions))
}

fn set_person(table: &mut Table, position: u32, cells: &[u8], gone: bool, changed: &mut [bool]) {
    let place_of_id = places(&table.attributes);
    let mut values: Vec<(Option<&str>, Option<&str>)> = vec![(None, None); table.columns.len()];
    for (attribute, value, odd) in Cells::new(cells) {
        if let Some(place) = place_of_id.get(attribute as usize).copied().flatten() {
            values[place] = (value, odd);
        }
    }
    let roles = Roles::of(table);
    let value = |role: Role| roles.place(role).and_then(|place| values[place].0);
    let name = derive_name(value, table.scim_id(position));
    let status = derive_status(
        value(Role::Active),
        value(Role::StartDate),
        value(Role::SeparationDate),
        table.today,
    );
    for (place, column) in table.columns.iter_mut().enumerate() {
        let (value, odd) = match place {
            NAME_PLACE => (Some(name.as_str()), None),
            _ if gone => (None, None),
            STATUS_PLACE => (Some(status_text(status)), None),
            place => values[place],
        };
        changed[place] |= column.set(position, value, odd);
    }
    table.gone.set(position, gone);
}

/// The place of each attribute id.
fn places(attributes: &[Attribute]) -> Vec<Option<usize>> {
    // What is laid beside the values is in no record.
    let most = attributes
        .iter()
        .filter(|attribute| !is_laid(attribute.id))
        .map(|attribute| attribute.id.0)
        .max()
        .unwrap_or(0);
    let mut places = vec![None; most as usize + 1];
    for (place, attribute) in attributes.iter().enumerate() {
        if is_laid(attribute.id) {
            continue;
        }
        places[attribute.id.0 as usize] = Some(place);
    }
    places
}

/// The places of the roles that names and statuses are made of.
struct Roles(Vec<(Role, usize)>);

impl Roles {
    fn of(table: &Table) -> Self {
        let needed = [
            Role::FamilyName,
            Role::GivenName,
            Role::DisplayName,
            Role::Email,
            Role::UserName,
            Role::Active,
            Role::StartDate,
            Role::SeparationDate,
        ];
        Self(
            needed
                .into_iter()
                .filter_map(|role| Some((role, table.place_of(role)?)))
                .collect(),
        )
    }

    fn place(&self, role: Role) -> Option<usize> {
        self.0
            .iter()
            .find(|(known, _)| *known == role)
            .map(|(_, place)| *place)
    }
}
