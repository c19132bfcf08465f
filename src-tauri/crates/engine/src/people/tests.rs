//! What a view shows, against models that are too simple to be wrong.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use store::{Digest, NewConnection, PersonRecord, Store, StoredAttribute, StoredCell};

use super::{
    Filter, Sort, Test, ViewQuery,
    fold::fold,
    load,
    order::compare_numbers,
    query::{self, Marks},
    table::{NOBODY, Table},
    text::TextIndex,
};
use crate::{
    attribute::{self, Kind},
    ids::{AttributeId, ConnectionId, RowId},
};

const TODAY: Date = date(2026, 11, 23);
const FAMILY: u32 = 2;
const GIVEN: u32 = 3;
const EMAIL: u32 = 4;
const DEPARTMENT: u32 = 5;
const MANAGER: u32 = 6;
const START: u32 = 7;
const LEVEL: u32 = 8;
const ACTIVE: u32 = 9;

const ATTRIBUTES: [(u32, &str, &str, &str, Option<&str>); 8] = [
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
type Values = Vec<Option<String>>;

fn value(person: &Values, attribute: u32) -> Option<&str> {
    person[attribute as usize - 2].as_deref()
}

/// A mirror on disk, as a directory is read from one.
struct Mirror {
    store: Store,
    _folder: tempfile::TempDir,
}

const CONNECTION: ConnectionId = ConnectionId(1);

impl Mirror {
    fn of(people: &[Values]) -> Self {
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

    /// Writes people from a number on.
    fn put(&self, first: usize, people: &[Values]) -> Vec<u32> {
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
            .write(move |writer| writer.put_people(1, 1, "now", &records))
            .expect("writes")
    }

    fn table(&self) -> Table {
        let attributes = attribute::of_connection(&self.store, CONNECTION).expect("reads");
        load::load(&self.store, CONNECTION, attributes, TODAY).expect("loads")
    }
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        1 => Just(None),
        6 => prop::sample::select(words).prop_map(|word| Some(word.to_owned())),
    ]
}

fn person() -> impl Strategy<Value = Values> {
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

fn people() -> impl Strategy<Value = Vec<Values>> {
    prop::collection::vec(person(), 0..24)
}

fn positions(table: &Table, query: &ViewQuery) -> Vec<u32> {
    query::run(table, query, &Marks::default()).positions
}

fn name(person: &Values, number: usize) -> String {
    match (value(person, FAMILY), value(person, GIVEN)) {
        (Some(family), Some(given)) => format!("{family}, {given}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => value(person, EMAIL).map_or_else(|| format!("id-{number}"), str::to_owned),
    }
}

/// The person a manager's address belongs to: the first with it, in any letter case.
fn manager(people: &[Values], person: &Values) -> Option<usize> {
    let address = value(person, MANAGER)?.to_lowercase();
    people
        .iter()
        .position(|other| value(other, EMAIL).is_some_and(|email| email.to_lowercase() == address))
}

/// Everything of a person that words are looked for in.
fn texts(people: &[Values], number: usize) -> Vec<String> {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn words_are_found_where_a_naive_search_finds_them(
        people in people(),
        words in prop::collection::vec(
            prop::sample::select(vec![
                "muller", "MÜLLER", "a", "li", "strasse", "李", "明", "ipek", "ana", "\"ana m\"",
                "a.example", "sales", "2020-0", "ιωαννησ", "\"bo li\"", "7", "luk", "o'b", "-sales", "-li",
            ]),
            0..4,
        ),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let query = ViewQuery { search: words.join(" "), ..ViewQuery::default() };
        let expected: BTreeSet<u32> = (0..people.len())
            .filter(|&number| {
                let texts = texts(&people, number);
                words.iter().all(|word| {
                    let (not, word) = word.strip_prefix('-').map_or((false, *word), |word| (true, word));
                    let needle = fold(word.trim_matches('"'));
                    texts.iter().any(|text| text.contains(&needle)) != not
                })
            })
            .map(|number| number as u32)
            .collect();
        let found: BTreeSet<u32> = positions(&table, &query).into_iter().collect();
        prop_assert_eq!(&found, &expected, "{:?}: a search must neither miss nor invent", words);
    }

    #[test]
    fn text_and_dictionaries_answer_alike(
        people in people(),
        needle in prop::sample::select(vec!["a", "li", "muller", "2020", "example", "ana maria", "x", "李"]),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let text = TextIndex::with_few(&table, 0).search(&table, needle);
        let dictionaries = TextIndex::with_few(&table, usize::MAX).search(&table, needle);
        prop_assert_eq!(
            text.positions().collect::<Vec<_>>(),
            dictionaries.positions().collect::<Vec<_>>(),
            "where values are kept must not decide what is found"
        );
    }

    #[test]
    fn filters_keep_whom_a_naive_filter_keeps(
        people in people(),
        attribute in prop::sample::select(vec![DEPARTMENT, START, LEVEL, FAMILY]),
        which in 0..6u8,
        from in word(&["2020-01-01", "0", "Sales"]),
        to in word(&["2024-12-31", "10", "Support"]),
        picked in prop::collection::vec(word(&["Sales", "7", "2020-01-01", "Li", "nowhere"]), 0..3),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let test = match which {
            0 => Test::AnyOf { values: picked.clone() },
            1 => Test::NoneOf { values: picked.clone() },
            2 => Test::Empty,
            3 => Test::Filled,
            4 => Test::Between { from: from.clone(), to: to.clone() },
            _ => Test::Contains { text: "a".to_owned() },
        };
        let kind = table.attributes[table.place(AttributeId(attribute)).expect("it is there")].kind;
        let passes = |value: Option<&str>| match &test {
            Test::AnyOf { values } => values.iter().any(|wanted| wanted.as_deref() == value),
            Test::NoneOf { values } => !values.iter().any(|wanted| wanted.as_deref() == value),
            Test::Empty => value.is_none(),
            Test::Filled => value.is_some(),
            Test::Contains { text } => value.is_some_and(|value| fold(value).contains(text.as_str())),
            Test::Between { from, to } => value.is_some_and(|value| {
                let within = |less: fn(&str, &str) -> bool| {
                    from.as_deref().is_none_or(|from| less(from, value)) && to.as_deref().is_none_or(|to| less(value, to))
                };
                match kind {
                    Kind::Number => value.parse::<i64>().is_ok() && within(|left, right| compare_numbers(left, right).is_le()),
                    Kind::Date => value.parse::<Date>().is_ok() && within(|left, right| left <= right),
                    _ => within(|left, right| fold(left) <= fold(right)),
                }
            }),
            Test::Under { .. } | Test::Staged => unreachable!("not made here"),
        };
        let expected: BTreeSet<u32> = people
            .iter()
            .enumerate()
            .filter(|(_, person)| passes(value(person, attribute)))
            .map(|(number, _)| number as u32)
            .collect();
        let query = ViewQuery {
            filters: vec![Filter { attribute: AttributeId(attribute), test: test.clone() }],
            ..ViewQuery::default()
        };
        let found: BTreeSet<u32> = positions(&table, &query).into_iter().collect();
        prop_assert_eq!(found, expected, "{:?}", test);
    }

    #[test]
    fn sorting_is_that_of_a_naive_sort(
        people in people(),
        keys in prop::collection::vec(
            (prop::sample::select(vec![0, DEPARTMENT, START, LEVEL, FAMILY]), any::<bool>()),
            0..3,
        ),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let query = ViewQuery {
            sort: keys
                .iter()
                .map(|(attribute, descending)| Sort { attribute: AttributeId(*attribute), descending: *descending })
                .collect(),
            ..ViewQuery::default()
        };
        let text = |attribute: u32, number: usize| {
            if attribute == 0 { Some(name(&people[number], number)) } else { value(&people[number], attribute).map(str::to_owned) }
        };
        let mut expected: Vec<usize> = (0..people.len()).collect();
        let by_name = |left: &String, right: &String| fold(left).cmp(&fold(right)).then_with(|| left.cmp(right));
        expected.sort_by(|&left, &right| by_name(&name(&people[left], left), &name(&people[right], right)));
        for (attribute, descending) in keys.iter().rev() {
            expected.sort_by(|&left, &right| {
                let (left, right) = (text(*attribute, left), text(*attribute, right));
                let order = match (&left, &right) {
                    (Some(left), Some(right)) => match *attribute {
                        LEVEL => compare_numbers(left, right),
                        START => left.cmp(right),
                        _ => by_name(left, right),
                    },
                    // Not set comes last, whichever way round.
                    (Some(_), None) => return std::cmp::Ordering::Less,
                    (None, Some(_)) => return std::cmp::Ordering::Greater,
                    (None, None) => return std::cmp::Ordering::Equal,
                };
                if *descending { order.reverse() } else { order }
            });
        }
        let expected: Vec<u32> = expected.into_iter().map(|number| number as u32).collect();
        prop_assert_eq!(positions(&table, &query), expected, "{:?}", keys);
    }

    #[test]
    fn a_directory_brought_up_to_date_is_the_one_read_afresh(
        people in people(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), person()), 0..6),
        new in prop::collection::vec(person(), 0..4),
        gone in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        prop_assume!(!people.is_empty());
        let mirror = Mirror::of(&people);
        let mut table = mirror.table();
        // Everything that is worked out lazily is there, and must be forgotten where it is out of date.
        let search = |text: &str| ViewQuery { search: text.to_owned(), ..ViewQuery::default() };
        for text in ["a", "manager:li", "hired:>2019"] {
            positions(&table, &search(text));
        }
        table.reports(0);
        let mut rows = Vec::new();
        for (index, person) in &changes {
            rows.extend(mirror.put(index.index(people.len()), std::slice::from_ref(person)));
        }
        rows.extend(mirror.put(people.len(), &new));
        for index in &gone {
            let row = table.rows[index.index(people.len())];
            mirror.store.write(move |writer| writer.mark_gone(row, "now")).expect("writes");
            rows.push(row);
        }
        let kept = load::reload(&mut table, &mirror.store, &rows).expect("reads");
        prop_assert!(kept.is_some(), "new rows come after the old ones");
        let fresh = mirror.table();
        for text in ["", "a", "li", "muller", "manager:li", "manager:a", "hired:>2019", "department:sales", "is:manager", "is:active", "is:not-started", "no:manager"] {
            prop_assert_eq!(
                positions(&table, &search(text)),
                positions(&fresh, &search(text)),
                "“{}” must find the same people in the same order",
                text
            );
        }
        prop_assert_eq!(&table.attributes, &fresh.attributes, "counts are kept up");
        for position in 0..fresh.len() as u32 {
            prop_assert_eq!(table.manager(position), fresh.manager(position), "managers are found again");
            prop_assert_eq!(table.reports(position), fresh.reports(position), "and so are reports");
            prop_assert_eq!(table.gone.has(position), fresh.gone.has(position), "who is gone is gone");
        }
    }

    #[test]
    fn a_tree_ends_whatever_circles_it_has(people in people()) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        for position in 0..table.len() as u32 {
            let tree = table.whole_tree(position);
            let distinct: BTreeSet<u32> = tree.iter().copied().collect();
            prop_assert_eq!(distinct.len(), tree.len(), "nobody is under somebody twice");
            prop_assert!(!distinct.contains(&position) && !distinct.contains(&NOBODY), "nor under themselves");
            for report in table.reports(position) {
                prop_assert!(*report == position || distinct.contains(report), "direct reports are part of it");
            }
            let under = |whole: bool| ViewQuery {
                filters: vec![Filter {
                    attribute: AttributeId(MANAGER),
                    test: Test::Under { manager: RowId(table.rows[position as usize]), whole },
                }],
                ..ViewQuery::default()
            };
            prop_assert_eq!(positions(&table, &under(true)).len(), tree.len(), "the filter shows the tree");
            prop_assert_eq!(positions(&table, &under(false)).len(), table.reports(position).len(), "or the reports");
        }
    }

    #[test]
    fn any_text_is_a_search(people in people(), text in "\\PC{0,30}|[-\":<>=. a-z0-9]{0,30}") {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let found = positions(&table, &ViewQuery { search: text, ..ViewQuery::default() });
        let distinct: BTreeSet<u32> = found.iter().copied().collect();
        prop_assert_eq!(distinct.len(), found.len(), "nobody is shown twice");
    }
}

fn example() -> (Mirror, Table) {
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

#[test]
fn the_grammar_narrows_as_it_is_written() {
    let (_mirror, table) = example();
    for (text, names) in [
        (
            "",
            vec![
                "Kaya, İpek",
                "Li, Bo",
                "Müller, Zoë",
                "Ruiz, Ana",
                "Straßer, Uwe",
            ],
        ),
        ("muller", vec!["Müller, Zoë"]),
        ("ana ruiz", vec!["Kaya, İpek", "Ruiz, Ana"]),
        ("\"ruiz, ana\"", vec!["Kaya, İpek", "Ruiz, Ana"]),
        ("STRASSER", vec!["Straßer, Uwe"]),
        (
            "department:sales",
            vec!["Kaya, İpek", "Müller, Zoë", "Ruiz, Ana"],
        ),
        ("department:\"field sales\"", vec!["Kaya, İpek"]),
        (
            "department:sales -department:field",
            vec!["Müller, Zoë", "Ruiz, Ana"],
        ),
        ("manager:\"bo li\"", vec!["Müller, Zoë", "Ruiz, Ana"]),
        ("manager:bo@a", vec!["Müller, Zoë", "Ruiz, Ana"]),
        ("is:inactive", vec!["Müller, Zoë"]),
        ("is:active", vec!["Li, Bo", "Ruiz, Ana", "Straßer, Uwe"]),
        ("is:not-started", vec!["Kaya, İpek"]),
        ("is:manager", vec!["Li, Bo", "Ruiz, Ana"]),
        ("is:protected", vec!["Li, Bo", "Ruiz, Ana"]),
        ("has:no-manager", vec!["Li, Bo"]),
        ("no:manager", vec!["Li, Bo"]),
        ("has:department no:hired", vec![]),
        ("-has:department", vec!["Straßer, Uwe"]),
        ("hired:<2020", vec!["Li, Bo", "Müller, Zoë"]),
        ("hired:<=2020", vec!["Li, Bo", "Müller, Zoë", "Ruiz, Ana"]),
        ("hired:>2020", vec!["Kaya, İpek"]),
        ("hired:2020..2023", vec!["Ruiz, Ana"]),
        ("hired:2020-03", vec!["Ruiz, Ana"]),
        ("hired:..2010", vec!["Li, Bo"]),
        ("tenure:2019-12-31", vec!["Müller, Zoë"]),
        ("pay-level:>7", vec!["Kaya, İpek", "Li, Bo"]),
        ("\"pay level\":-3", vec!["Müller, Zoë"]),
        (
            "department:",
            vec![
                "Kaya, İpek",
                "Li, Bo",
                "Müller, Zoë",
                "Ruiz, Ana",
                "Straßer, Uwe",
            ],
        ),
        ("\"Ana R", vec!["Kaya, İpek", "Ruiz, Ana"]),
    ] {
        let found = positions(
            &table,
            &ViewQuery {
                search: text.into(),
                ..ViewQuery::default()
            },
        );
        let found: Vec<&str> = found.iter().map(|&position| table.name(position)).collect();
        assert_eq!(found, names, "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_said_and_the_rest_holds() {
    let (_mirror, table) = example();
    for (text, said) in [
        ("favourite:blue ana", "favourite"),
        ("is:blue ana", "is:blue"),
        ("hired:<soon ana", "soon"),
    ] {
        let found = query::run(
            &table,
            &ViewQuery {
                search: text.into(),
                ..ViewQuery::default()
            },
            &Marks::default(),
        );
        assert!(
            found.note.is_some_and(|note| note.contains(said)),
            "{text} is explained"
        );
        assert!(
            !found.positions.is_empty(),
            "{text}: the rest of it still finds somebody"
        );
    }
}

#[test]
fn people_are_found_by_what_identifies_them() {
    let (_mirror, table) = example();
    assert_eq!(
        table.find("ANA@A.EXAMPLE"),
        vec![1],
        "an e-mail in any letter case"
    );
    assert_eq!(table.find("id-3"), vec![3], "an id as it is");
    assert_eq!(table.find("ID-3"), Vec::<u32>::new(), "and only as it is");
    assert_eq!(table.find(""), Vec::<u32>::new(), "nothing is nobody's");
}
