//! Some people in a mirror on disk, and what is true of them by definition.

use std::sync::Arc;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use store::{Digest, NewConnection, PersonRecord, Store, StoredAttribute, StoredCell};

use super::super::{
    ViewQuery,
    collation::Collation,
    fold::fold,
    load,
    query::{self, Marks},
    table::Table,
};
use crate::{attribute, ids::ConnectionId};

pub(super) const TODAY: Date = date(2026, 11, 23);
/// Turkish letters have places of their own there.
pub(super) const LOCALE: &str = "tr";
pub(super) const FAMILY: u32 = 2;
pub(super) const GIVEN: u32 = 3;
pub(super) const EMAIL: u32 = 4;
pub(super) const DEPARTMENT: u32 = 5;
pub(super) const MANAGER: u32 = 6;
pub(super) const START: u32 = 7;
pub(super) const LEVEL: u32 = 8;
pub(super) const ACTIVE: u32 = 9;

pub(super) const ATTRIBUTES: [(u32, &str, &str, &str, Option<&str>); 8] = [
    (
        FAMILY,
        "name.familyName",
        "Last name",
        "text",
        Some("family_name"),
    ),
    (
        GIVEN,
        "name.givenName",
        "First name",
        "text",
        Some("given_name"),
    ),
    (EMAIL, "emails.work", "E-mail", "text", Some("email")),
    (
        DEPARTMENT,
        "urn:x:1.0:User:Department",
        "Department",
        "option",
        Some("department"),
    ),
    (
        MANAGER,
        "urn:x:1.0:User:Manager",
        "Manager",
        "employee",
        Some("manager"),
    ),
    (
        START,
        "urn:x:1.0:User:Tenure",
        "Tenure",
        "date",
        Some("start_date"),
    ),
    (
        LEVEL,
        "urn:x:1.0:User:Pay Level",
        "Pay Level",
        "number",
        None,
    ),
    (ACTIVE, "active", "Active", "boolean", Some("active")),
];

/// A person by attribute id, from 2 on.
pub(super) type Values = Vec<Option<String>>;

pub(super) fn value(person: &Values, attribute: u32) -> Option<&str> {
    person[attribute as usize - 2].as_deref()
}

/// A mirror on disk, as a directory is read from one.
pub(super) struct Mirror {
    pub(super) store: Store,
    _folder: tempfile::TempDir,
}

pub(super) const CONNECTION: ConnectionId = ConnectionId(1);

impl Mirror {
    pub(super) fn of(people: &[Values]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&folder.path().join("muster.db")).expect("opens");
        store
            .write(|writer| {
                writer.add_connection(&NewConnection {
                    name: "Acme".into(),
                    url: "https://acme.example".into(),
                    colour: "blue".into(),
                    origin: "other".into(),
                    token_place: "session".into(),
                    capabilities: "{}".into(),
                    policy: "{}".into(),
                    created_at: "now".into(),
                })?;
                for (id, key, label, kind, role) in ATTRIBUTES {
                    writer.put_attribute(
                        1,
                        &StoredAttribute {
                            id,
                            key: key.into(),
                            label: label.into(),
                            kind: kind.into(),
                            role: role.map(Into::into),
                            writable: true,
                            required: false,
                            present: true,
                        },
                    )?;
                }
                Ok::<_, store::Error>(())
            })
            .expect("writes");
        let mirror = Self {
            store,
            _folder: folder,
        };
        mirror.put(0, people);
        mirror
    }

    /// People of another connection in the same file.
    pub(super) fn strangers(&self, count: usize) -> Vec<u32> {
        let other = self
            .store
            .write(|writer| {
                writer.add_connection(&NewConnection {
                    name: "Other".into(),
                    url: "https://other.example".into(),
                    colour: "grey".into(),
                    origin: "other".into(),
                    token_place: "session".into(),
                    capabilities: "{}".into(),
                    policy: "{}".into(),
                    created_at: "now".into(),
                })
            })
            .expect("writes");
        self.put_in(other, 0, &vec![vec![]; count])
    }

    /// Writes people from a number on.
    pub(super) fn put(&self, first: usize, people: &[Values]) -> Vec<u32> {
        self.put_in(CONNECTION.0, first, people)
    }

    fn put_in(&self, connection: u32, first: usize, people: &[Values]) -> Vec<u32> {
        let records: Vec<PersonRecord> = people
            .iter()
            .enumerate()
            .map(|(number, values)| PersonRecord {
                scim_id: format!("id-{}", first + number),
                cells: (2..)
                    .zip(values)
                    .filter(|(_, value)| value.is_some())
                    .map(|(attribute, value)| StoredCell {
                        attribute,
                        value: value.clone(),
                        odd: None,
                    })
                    .collect(),
                raw: "{}".into(),
                digest: Digest::of(b"{}"),
                etag: None,
            })
            .collect();
        self.store
            .write(move |writer| writer.put_people(connection, 1, "now", &records))
            .expect("writes")
    }

    pub(super) fn table(&self) -> Table {
        let attributes = attribute::of_connection(&self.store, CONNECTION).expect("reads");
        let collation = Arc::new(Collation::of(LOCALE));
        load::load(&self.store, CONNECTION, attributes, TODAY, collation).expect("loads")
    }
}

pub(super) fn word(words: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        6 => prop::sample::select(words).prop_map(|word| Some(word.to_owned())),
    ]
}

pub(super) fn person() -> impl Strategy<Value = Values> {
    (
        word(&[
            "Müller", "MULLER", "Li", "Ruiz", "Straße", "李", "İpek", "O'Brien", "Łuk",
        ]),
        word(&["Ana", "Bo", "Zoë", "小明", "Ιωάννης", "Ana María"]),
        word(&[
            "ana@a.example",
            "BO@a.example",
            "zoe+x@a.example",
            "li@b.example",
        ]),
        word(&["Sales", "Support", "Área 51", "sales"]),
        word(&["ANA@a.example", "bo@a.example", "nobody@a.example"]),
        word(&[
            "2019-12-31",
            "2020-01-01",
            "2020-06-15",
            "2024-02-29",
            "2027-01-01",
            "soon",
        ]),
        word(&["-3", "0", "7", "10", "200", "ten"]),
        word(&["true", "false"]),
    )
        .prop_map(
            |(family, given, email, department, manager, start, level, active)| {
                vec![
                    family, given, email, department, manager, start, level, active,
                ]
            },
        )
}

pub(super) fn people() -> impl Strategy<Value = Vec<Values>> {
    prop::collection::vec(person(), 0..24)
}

pub(super) fn positions(table: &Table, query: &ViewQuery) -> Vec<u32> {
    query::run(table, query, &Marks::default()).positions
}

pub(super) fn name(person: &Values, number: usize) -> String {
    match (value(person, FAMILY), value(person, GIVEN)) {
        (Some(family), Some(given)) => format!("{family}, {given}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => value(person, EMAIL).map_or_else(|| format!("id-{number}"), str::to_owned),
    }
}

/// The person a manager's address belongs to: the first with it, in any letter case.
pub(super) fn manager(people: &[Values], person: &Values) -> Option<usize> {
    let address = value(person, MANAGER)?.to_lowercase();
    people
        .iter()
        .position(|other| value(other, EMAIL).is_some_and(|email| email.to_lowercase() == address))
}

/// Everything of a person that words are looked for in.
pub(super) fn texts(people: &[Values], number: usize) -> Vec<String> {
    let person = &people[number];
    let names = |person: &Values, number: usize| {
        let mut names = vec![fold(&name(person, number))];
        if let (Some(family), Some(given)) = (value(person, FAMILY), value(person, GIVEN)) {
            names.push(fold(&format!("{given} {family}")));
        }
        names
    };
    let mut texts = names(person, number);
    for attribute in FAMILY..ACTIVE {
        texts.extend(value(person, attribute).map(fold));
    }
    if let Some(manager) = manager(people, person) {
        texts.extend(names(&people[manager], manager));
    }
    texts
}

pub(super) fn example() -> (Mirror, Table) {
    let person = |values: [&str; 8]| -> Values {
        values
            .iter()
            .map(|value| (!value.is_empty()).then(|| (*value).to_owned()))
            .collect()
    };
    let people = [
        person([
            "Li",
            "Bo",
            "bo@a.example",
            "Board",
            "",
            "2010-05-01",
            "10",
            "true",
        ]),
        person([
            "Ruiz",
            "Ana",
            "ana@a.example",
            "Sales",
            "BO@a.example",
            "2020-03-07",
            "7",
            "true",
        ]),
        person([
            "Müller",
            "Zoë",
            "zoe@a.example",
            "Sales",
            "bo@a.example",
            "2019-12-31",
            "-3",
            "false",
        ]),
        person([
            "Kaya",
            "İpek",
            "ipek@a.example",
            "Field sales",
            "ana@a.example",
            "2027-01-01",
            "200",
            "true",
        ]),
        person([
            "Straßer",
            "Uwe",
            "uwe@a.example",
            "",
            "gone@a.example",
            "",
            "",
            "",
        ]),
    ];
    let mirror = Mirror::of(&people);
    let table = mirror.table();
    (mirror, table)
}
