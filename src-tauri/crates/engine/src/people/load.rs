//! From the mirror into memory: one thread reads, the others take the values into columns.

use std::{
    ops::Range,
    sync::{Arc, mpsc},
    thread,
};

use jiff::civil::Date;
use rayon::prelude::*;
use store::{Cells, Store, StoredRow};

use super::{
    Status,
    collation::Collation,
    table::{NAME_PLACE, STATUS_PLACE, Table, derive_name, derive_status, status_text},
};
use crate::{
    attribute::{Attribute, Role},
    dormancy::is_laid,
    error::Result,
    ids::ConnectionId,
};

/// People handed over at a time.
const BATCH: usize = 8192;
/// Batches read ahead.
const AHEAD: usize = 4;

#[derive(Default)]
struct Batch {
    people: Vec<Person>,
    bytes: Vec<u8>,
}

struct Person {
    row: u32,
    gone: bool,
    scim_id: Range<usize>,
    cells: Range<usize>,
}

impl Batch {
    fn add(&mut self, person: &StoredRow<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(person.scim_id.as_bytes());
        let middle = self.bytes.len();
        self.bytes.extend_from_slice(person.cells);
        self.people.push(Person {
            row: person.row,
            gone: person.gone,
            scim_id: start..middle,
            cells: middle..self.bytes.len(),
        });
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
    let people = store.read(|reader| reader.people_count(connection.0))? as usize;
    let mut table = Table::new(attributes, today, collation, people);
    let (sender, batches) = mpsc::sync_channel::<Batch>(AHEAD);
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            store.read(|reader| {
                let mut batch = Batch::default();
                reader.each_person::<store::Error>(connection.0, |person| {
                    batch.add(&person);
                    if batch.people.len() == BATCH {
                        // Nobody receives any more only when taking them in has panicked.
                        let _ = sender.send(std::mem::take(&mut batch));
                    }
                    Ok(())
                })?;
                let _ = sender.send(batch);
                Ok::<_, store::Error>(())
            })
        });
        for batch in batches {
            take_in(&mut table, &batch);
        }
        reading.join().expect("BUG: reading the mirror panicked")
    })?;
    table.count_attributes();
    Ok(table)
}

fn take_in(table: &mut Table, batch: &Batch) {
    let width = table.columns.len();
    let attributes = table.attributes.clone();
    let place_of_id = places(&attributes);
    let roles = Roles::of(table);
    let mut values: Vec<Option<&str>> = vec![None; batch.people.len() * width];
    let mut odd: Vec<(usize, usize, &str)> = Vec::new();
    let mut names: Vec<String> = Vec::with_capacity(batch.people.len());
    let mut statuses: Vec<Status> = Vec::with_capacity(batch.people.len());
    for (number, person) in batch.people.iter().enumerate() {
        let row = &mut values[number * width..(number + 1) * width];
        let scim_id = std::str::from_utf8(&batch.bytes[person.scim_id.clone()]).unwrap_or_default();
        for (attribute, value, remark) in Cells::new(&batch.bytes[person.cells.clone()]) {
            let Some(place) = place_of_id.get(attribute as usize).copied().flatten() else {
                continue;
            };
            row[place] = value;
            if let Some(remark) = remark {
                odd.push((number, place, remark));
            }
        }
        names.push(derive_name(
            |role| roles.place(role).and_then(|place| row[place]),
            scim_id,
        ));
        let text = |role| roles.place(role).and_then(|place| row[place]);
        statuses.push(derive_status(
            text(Role::Active),
            text(Role::StartDate),
            text(Role::SeparationDate),
            table.today,
        ));
        if person.gone {
            row.fill(None);
        }
        let code = table.scim_ids.intern(scim_id);
        debug_assert_eq!(
            code as usize,
            table.rows.len() + 1,
            "an id stands once in the mirror"
        );
        table.rows.push(person.row);
    }
    let first = table.rows.len() - batch.people.len();
    table.gone.resize(table.rows.len());
    for (number, person) in batch.people.iter().enumerate() {
        if person.gone {
            table.gone.set((first + number) as u32, true);
        }
    }
    table
        .columns
        .par_iter_mut()
        .enumerate()
        .for_each(|(place, column)| {
            for (number, person) in batch.people.iter().enumerate() {
                let value = match place {
                    NAME_PLACE => Some(names[number].as_str()),
                    STATUS_PLACE if person.gone => None,
                    STATUS_PLACE => Some(status_text(statuses[number])),
                    place => values[number * width + place],
                };
                column.push(value, None);
            }
        });
    for (number, place, remark) in odd {
        let position = (first + number) as u32;
        if !table.gone.has(position) {
            let column = &mut table.columns[place];
            let value = column.value(position).map(str::to_owned);
            column.set(position, value.as_deref(), Some(remark));
        }
    }
}

/// Reads some people again, and new ones, into a table. `None` when a new row does not come after all
/// others, so that everything has to be read again.
pub(crate) fn reload(table: &mut Table, store: &Store, rows: &[u32]) -> Result<Option<Vec<u32>>> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    let mut batch = Batch::default();
    store.read(|reader| {
        reader.some_people::<store::Error>(&rows, |person| {
            batch.add(&person);
            Ok(())
        })
    })?;
    let mut positions = Vec::with_capacity(batch.people.len());
    let mut new = Batch::default();
    let mut changed = vec![false; table.columns.len()];
    let mut came_or_went = false;
    for person in batch.people {
        let scim_id = std::str::from_utf8(&batch.bytes[person.scim_id.clone()]).unwrap_or_default();
        let cells = &batch.bytes[person.cells.clone()];
        if let Ok(position) = table.rows.binary_search(&person.row) {
            came_or_went |= table.gone.has(position as u32) != person.gone;
            set_person(table, position as u32, cells, person.gone, &mut changed);
            positions.push(position as u32);
        } else if table.rows.last().is_some_and(|last| person.row < *last) {
            return Ok(None);
        } else {
            positions.push((table.rows.len() + new.people.len()) as u32);
            new.add(&StoredRow {
                row: person.row,
                scim_id,
                cells,
                gone: person.gone,
            });
        }
    }
    if !new.people.is_empty() {
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
