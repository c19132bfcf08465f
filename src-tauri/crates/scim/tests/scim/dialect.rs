//! Attributes as a company has them, and values in the forms its service wants.

use proptest::prelude::*;
use scim::dialect::{
    Borrowed, Change, Clearing, DateForm, ENTERPRISE_SCHEMA, Forms, Leaves, PEAKON_SCHEMA, Reader,
    Reading, ReferenceBy, Shape, Slots, apply, build, discover, observe, patch, read, to_wire,
};
use scim::{AttributeKey, Dialect, Discovered, Kind, Resource, Role, Schema};
use serde_json::{Value, json};

fn peakon(name: &str) -> AttributeKey {
    AttributeKey::extension(PEAKON_SCHEMA, name)
}

fn resource(value: Value) -> Resource {
    Resource::parse(&value.to_string()).unwrap()
}

fn schema(value: Value) -> Schema {
    serde_json::from_value(value).unwrap()
}

fn by_role(found: &[Discovered], role: Role) -> Option<&Discovered> {
    let mut with: Vec<&Discovered> = found
        .iter()
        .filter(|attribute| attribute.role == Some(role))
        .collect();
    assert!(
        with.len() <= 1,
        "at most one attribute has the role {role:?}"
    );
    with.pop()
}

fn sample() -> Vec<Resource> {
    (0..12)
        .map(|n| {
            resource(json!({
                "id": n.to_string(),
                "userName": format!("p{n}@example.com"),
                "name": {"givenName": "P", "familyName": n.to_string()},
                "emails": [{"value": format!("p{n}@example.com"), "type": "work"}],
                "active": true,
                ENTERPRISE_SCHEMA: {"employeeNumber": format!("{:05}", n), "department": "Ignored"},
                PEAKON_SCHEMA: {
                    "Department": if n % 2 == 0 { "Sales" } else { "Finance" },
                    "Business Unit": "North",
                    "Manager": "p0@example.com",
                    "Tenure": "2019-04-01T00:00:00.000Z",
                    "Separation date": null,
                    "Separation reason": "Resignation",
                    "Level": n,
                    "Remote": "True",
                    "Badge": format!("badge-{n}"),
                },
            }))
        })
        .collect()
}

#[test]
fn without_schemas_attributes_are_learned_from_people() {
    let found = discover(&[], &sample());
    let kind = |name: &str| found.iter().find(|a| a.key == peakon(name)).map(|a| a.kind);
    assert_eq!(kind("Department"), Some(Kind::Option), "values repeat");
    assert_eq!(kind("Tenure"), Some(Kind::Date));
    assert_eq!(kind("Level"), Some(Kind::Number));
    assert_eq!(kind("Remote"), Some(Kind::Boolean));
    assert_eq!(kind("Manager"), Some(Kind::Employee));
    assert_eq!(kind("Badge"), Some(Kind::Text), "everybody has another");
    assert_eq!(
        kind("Separation date"),
        None,
        "nobody has one and nothing declares it"
    );
    assert!(found.iter().all(|attribute| !attribute.label.is_empty()));
}

#[test]
fn roles_follow_names_and_prefer_the_companys_own_attribute() {
    let found = discover(&[], &sample());
    let key = |role| by_role(&found, role).map(|attribute| attribute.key.clone());
    assert_eq!(
        key(Role::Department),
        Some(peakon("Department")),
        "Peakon keeps it there, whatever the enterprise schema says"
    );
    assert_eq!(key(Role::StartDate), Some(peakon("Tenure")));
    assert_eq!(key(Role::Manager), Some(peakon("Manager")));
    assert_eq!(
        key(Role::SeparationReason),
        Some(peakon("Separation reason"))
    );
    assert_eq!(
        key(Role::EmployeeNumber),
        Some(AttributeKey::extension(ENTERPRISE_SCHEMA, "employeeNumber"))
    );
    assert_eq!(key(Role::Email), Some("emails.work".into()));
    assert_eq!(key(Role::Active), Some("active".into()));
    assert_eq!(key(Role::GivenName), Some("name.givenName".into()));
}

#[test]
fn declared_attributes_are_there_before_anybody_has_a_value() {
    let declared = schema(json!({
        "id": PEAKON_SCHEMA,
        "attributes": [
            {"name": "Separation date", "kind": "dateTime"},
            {"name": "Gender", "kind": "string", "canonicalValues": ["Female", "Male"]},
            {"name": "Grade", "kind": "integer"},
            {"name": "Line manager", "kind": "reference", "referenceTypes": ["User"]},
            {"name": "Computed", "kind": "string", "mutability": "readOnly"},
            {"name": "Tags", "kind": "string", "multiValued": true},
        ],
    }));
    let found = discover(&[declared], &sample());
    let of = |name: &str| found.iter().find(|a| a.key == peakon(name));
    assert_eq!(
        by_role(&found, Role::SeparationDate).map(|a| a.kind),
        Some(Kind::Date)
    );
    assert_eq!(of("Gender").unwrap().options, ["Female", "Male"]);
    assert_eq!(of("Grade").unwrap().kind, Kind::Number);
    assert_eq!(of("Line manager").unwrap().kind, Kind::Employee);
    assert!(
        !of("Computed").unwrap().writable,
        "what the service computes can't be edited"
    );
    assert!(
        of("Tags").is_none(),
        "a list does not fit a cell; the raw record has it"
    );
    assert!(
        of("Department").is_some_and(|a| !a.declared),
        "what people have is offered even if no schema mentions it"
    );
    assert_eq!(
        by_role(&found, Role::Manager).unwrap().key,
        peakon("Manager"),
        "the plain name wins over a variation"
    );
}

#[test]
fn what_people_show_wins_where_everything_is_declared_as_text() {
    let declared = schema(json!({
        "id": PEAKON_SCHEMA,
        "attributes": [
            {"name": "Tenure", "kind": "string"},
            {"name": "Separation date", "kind": "string"},
            {"name": "Contract end", "kind": "string"},
            {"name": "Weekly Hours", "kind": "string"},
            {"name": "Badge", "kind": "string"},
            {"name": "Level", "kind": "string", "canonicalValues": ["2020-01-01"]},
        ],
    }));
    let people: Vec<Resource> = ["2020-01-01T00:00:00Z", "2021-05-05T00:00:00Z", "soon"]
        .iter()
        .map(|tenure| {
            resource(json!({"id": "1", PEAKON_SCHEMA: {
                "Tenure": tenure, "Contract end": "2027-01-31", "Weekly Hours": 40, "Badge": "40", "Level": "2020-01-01",
            }}))
        })
        .collect();
    let found = discover(&[declared], &people);
    let kind = |name: &str| {
        let mut found = found.iter();
        found.find(|a| a.key == peakon(name)).unwrap().kind
    };
    assert_eq!(
        kind("Tenure"),
        Kind::Date,
        "one odd value does not make a date text"
    );
    assert_eq!(
        kind("Separation date"),
        Kind::Date,
        "Peakon's own name says it before anybody has left"
    );
    assert_eq!(kind("Contract end"), Kind::Date, "every value is one");
    assert_eq!(kind("Weekly Hours"), Kind::Number, "they come as numbers");
    assert_eq!(kind("Badge"), Kind::Option, "digits in a text stay text");
    assert_eq!(kind("Level"), Kind::Option, "a list of values is no date");
}

#[test]
fn names_with_spaces_are_written_without_a_path() {
    let changes = [
        Change::new(peakon("Business Unit"), Kind::Option, Some("South")),
        Change::new(peakon("Department"), Kind::Option, Some("Sales")),
        Change::new(peakon("Cost: centre"), Kind::Option, Some("17")),
        Change::new("active", Kind::Boolean, Some("false")),
    ];
    let sent: Value =
        serde_json::from_str(&patch(None, &changes, &Dialect::default()).to_json()).unwrap();
    assert_eq!(
        sent["Operations"],
        json!([
            {"op": "replace", "path": format!("{PEAKON_SCHEMA}:Department"), "value": "Sales"},
            {"op": "replace", "path": "active", "value": false},
            {"op": "replace", "value": {PEAKON_SCHEMA: {"Business Unit": "South", "Cost: centre": "17"}}},
        ]),
        "a space is not legal in a path (RFC 7644 section 3.5.2)"
    );
}

#[test]
fn a_value_is_cleared_as_the_standard_has_it() {
    let changes = [
        Change::new(peakon("Separation date"), Kind::Date, None),
        Change::new("title", Kind::Text, None),
    ];
    let sent: Value =
        serde_json::from_str(&patch(None, &changes, &Dialect::default()).to_json()).unwrap();
    assert_eq!(
        sent["Operations"],
        json!([
            {"op": "remove", "path": "title"},
            {"op": "replace", "value": {PEAKON_SCHEMA: {"Separation date": null}}},
        ]),
        "removed where the name can be a path, and null where it can't"
    );
}

#[test]
fn a_value_is_cleared_by_null_where_removing_is_refused() {
    let current = resource(json!({"id": "1", "emails": [{"value": "w@x", "type": "work"}]}));
    let changes = [
        Change::new("title", Kind::Text, None),
        Change::new(peakon("Team"), Kind::Option, None),
        Change::new("emails.work", Kind::Text, None),
        Change::new("locale", Kind::Text, Some("cs")),
    ];
    let dialect = Dialect {
        clearing: Clearing::Null,
        ..Dialect::default()
    };
    let patch = patch(Some(&current), &changes, &dialect);
    assert!(!patch.removes(), "{patch:?}");
    let sent: Value = serde_json::from_str(&patch.to_json()).unwrap();
    assert_eq!(
        sent["Operations"],
        json!([
            {"op": "replace", "path": "title", "value": null},
            {"op": "replace", "path": "locale", "value": "cs"},
            {"op": "replace", "path": "emails", "value": []},
            {"op": "replace", "value": {PEAKON_SCHEMA: {"Team": null}}},
        ]),
        "null and an empty list are unassigned (RFC 7643 section 2.5)"
    );
}

#[test]
fn a_changed_address_keeps_the_other_addresses() {
    let current = resource(json!({"id": "1", "emails": [
        {"value": "h@x", "type": "home"},
        {"value": "w@x", "type": "work", "primary": true, "odd": 1},
    ]}));
    let change = [Change::new("emails.work", Kind::Text, Some("new@x"))];
    let sent: Value =
        serde_json::from_str(&patch(Some(&current), &change, &Dialect::default()).to_json())
            .unwrap();
    assert_eq!(
        sent["Operations"],
        json!([{"op": "replace", "path": "emails", "value": [
            {"value": "h@x", "type": "home"},
            {"value": "new@x", "type": "work", "primary": true, "odd": 1},
        ]}])
    );
}

#[test]
fn dates_are_written_in_the_form_the_service_uses() {
    let people: Vec<Resource> = [
        "2020-01-01T00:00:00.000Z",
        "2021-05-05T00:00:00.000Z",
        "2022-01-01",
    ]
    .iter()
    .enumerate()
    .map(|(n, date)| resource(json!({"id": n.to_string(), PEAKON_SCHEMA: {"Tenure": date}})))
    .collect();
    let dialect = observe(&discover(&[], &people), &people, |_| false);
    assert_eq!(
        to_wire(&peakon("Tenure"), Kind::Date, "2026-03-01", &dialect),
        json!("2026-03-01T00:00:00.000Z"),
        "as most are"
    );
    assert_eq!(
        to_wire(
            &peakon("Separation date"),
            Kind::Date,
            "2026-03-01",
            &dialect
        ),
        json!("2026-03-01T00:00:00.000Z"),
        "one that nobody has yet is written like its neighbours"
    );
    assert_eq!(
        to_wire(
            &peakon("Tenure"),
            Kind::Date,
            "2026-03-01",
            &Dialect::default()
        ),
        json!("2026-03-01T00:00:00Z"),
        "and without any example as Peakon documents it"
    );
    let stored: Dialect = serde_json::from_str(&serde_json::to_string(&dialect).unwrap()).unwrap();
    assert_eq!(stored, dialect, "what was learned is kept");
}

#[test]
fn managers_are_written_in_the_form_they_were_read_in() {
    let enterprise = AttributeKey::extension(ENTERPRISE_SCHEMA, "manager");
    let people = vec![
        resource(
            json!({"id": "1", ENTERPRISE_SCHEMA: {"manager": {"value": "2", "displayName": "Bo"}}, PEAKON_SCHEMA: {"Manager": "b@x"}}),
        ),
        resource(json!({"id": "2", PEAKON_SCHEMA: {"Manager": "b@x"}})),
    ];
    let dialect = observe(&discover(&[], &people), &people, |_| false);
    let form = dialect.reference_form(&enterprise);
    assert_eq!((form.shape, form.by), (Shape::Object, ReferenceBy::Id));
    assert_eq!(
        to_wire(&enterprise, Kind::Employee, "1", &dialect),
        json!({"value": "1"})
    );
    let form = dialect.reference_form(&peakon("Manager"));
    assert_eq!((form.shape, form.by), (Shape::Text, ReferenceBy::Email));
    assert_eq!(
        to_wire(&peakon("Manager"), Kind::Employee, "a@x", &dialect),
        json!("a@x")
    );
    assert_eq!(
        read(&people[0], &enterprise, Kind::Employee)
            .value
            .as_deref(),
        Some("2")
    );
}

#[test]
fn a_value_that_does_not_fit_its_kind_is_shown_as_it_is_and_flagged() {
    let person = resource(json!({"id": "1", PEAKON_SCHEMA: {
        "Level": "senior", "Tenure": "2019-04-01T13:30:00Z", "Born": "01/04/1990", "Remote": "maybe", "Tags": ["a", "b"],
    }}));
    for (name, kind, text) in [
        ("Level", Kind::Number, "senior"),
        ("Tenure", Kind::Date, "2019-04-01T13:30:00Z"),
        ("Born", Kind::Date, "01/04/1990"),
        ("Remote", Kind::Boolean, "maybe"),
        ("Tags", Kind::Option, r#"["a","b"]"#),
    ] {
        let reading = read(&person, &peakon(name), kind);
        assert_eq!(reading.value.as_deref(), Some(text), "{name}");
        assert!(reading.odd.is_some(), "{name} is odd, and that is said");
    }
}

#[test]
fn midnight_in_any_zone_is_the_day_it_names() {
    for wire in [
        "2019-04-01",
        "2019-04-01T00:00:00Z",
        "2019-04-01T00:00:00.000+02:00",
        "2019-04-01 00:00",
        "2019-04-01T00:00:00-0800",
    ] {
        let person = resource(json!({"id": "1", PEAKON_SCHEMA: {"Tenure": wire}}));
        let reading = read(&person, &peakon("Tenure"), Kind::Date);
        assert_eq!(
            (reading.value.as_deref(), reading.odd),
            (Some("2019-04-01"), None),
            "{wire}"
        );
    }
    for wire in [
        "2019-02-30",
        "2019-04-01T00:00:01Z",
        "2019-04-01T00:00:00.",
        "2019-4-1",
        "2019-04-01x",
    ] {
        let person = resource(json!({"id": "1", PEAKON_SCHEMA: {"Tenure": wire}}));
        assert!(
            read(&person, &peakon("Tenure"), Kind::Date).odd.is_some(),
            "{wire}"
        );
    }
}

#[test]
fn a_reader_reads_what_single_reads_read() {
    let people = sample();
    let attributes: Vec<(AttributeKey, Kind)> = discover(&[], &people)
        .into_iter()
        .map(|a| (a.key, a.kind))
        .collect();
    let reader = Reader::new(attributes.clone());
    for person in &people {
        let one_by_one: Vec<_> = attributes
            .iter()
            .map(|(key, kind)| read(person, key, *kind))
            .enumerate()
            .filter(|(_, found)| *found != Reading::default())
            .collect();
        let together = readings(reader.read(&person.document()));
        assert_eq!(together, one_by_one, "what is set or odd, and nothing else");
    }
}

fn readings<'r>(found: impl Iterator<Item = (usize, Borrowed<'r>)>) -> Vec<(usize, Reading)> {
    let found = found.map(|(at, found)| {
        let found = Reading {
            value: found.value.map(|value| value.into_owned()),
            odd: found.odd.map(str::to_owned),
        };
        (at, found)
    });
    found.collect()
}

/// Records that are alike and not quite: elements by type, by being primary, by neither; members given twice, or in another case;
/// `null`; the company's own attributes, one of them called "Type"; texts with escapes, and what is no single value.
fn nearly_alike() -> impl Strategy<Value = Resource> {
    let scalar = || {
        prop_oneof![
            Just("null"),
            Just("true"),
            Just("false"),
            Just("7"),
            Just("\"x\""),
            Just("\"work\""),
            Just("\"home\""),
            Just("\"\""),
            Just(r#""O\"Brien""#),
            Just(r#"",\"title\":\"""#),
            Just(r#""a\\""#),
            Just(r#""\u00fc""#),
            // Half a pair, which is no text.
            Just(r#""\ud800""#),
            Just("-0"),
            Just("-12"),
            Just("1e3"),
            Just("40.0"),
            Just("12345678901234567890123"),
            Just("1e400"),
            Just("[]"),
            Just("{}"),
            Just("[1,2]"),
            Just("[\"x\"]"),
            Just(" 7 "),
            Just("\"2024-03-07\""),
            Just("\"2024-03-07T00:00:00Z\""),
            Just("\"12.0\""),
        ]
    };
    let element =
        (scalar(), scalar(), scalar(), any::<bool>()).prop_map(|(value, kind, primary, upper)| {
            let name = if upper { "Type" } else { "type" };
            format!(r#"{{"value":{value},"{name}":{kind},"primary":{primary}}}"#)
        });
    let emails = prop_oneof![
        prop::collection::vec(element, 0..3).prop_map(|list| format!("[{}]", list.join(","))),
        scalar().prop_map(str::to_owned),
        scalar().prop_map(|value| format!(r#"{{"value":{value}}}"#)),
    ];
    (emails, scalar(), scalar(), scalar(), prop_oneof![Just("title"), Just("Title"), Just("displayName")]).prop_map(
        |(emails, one, two, three, name)| {
            let text = format!(
                r#"{{"id":"1","{name}":{one},"title":{two},"emails":{emails},"name":{{"givenName":{three}}},"active":{two},"meta":{{"version":{three}}},"{PEAKON_SCHEMA}":{{"Type":{one},"Team":{two},"Level":{three},"Start":{one}}}}}"#
            );
            Resource::parse(&text).unwrap()
        },
    )
}

proptest! {
    /// What is found out about the first record of a form holds for all of them.
    #[test]
    fn records_of_one_form_are_read_alike(people in prop::collection::vec(nearly_alike(), 2..40)) {
        let keys = ["title", "displayName", "emails.work", "emails.home", "name.givenName"].map(AttributeKey::new);
        let keys = keys.into_iter().chain([peakon("Type"), peakon("Team"), peakon("Absent")]);
        let mut attributes: Vec<_> = keys.map(|key| (key, Kind::Text)).collect();
        attributes.push((AttributeKey::new("active"), Kind::Boolean));
        attributes.push((peakon("Level"), Kind::Number));
        attributes.push((peakon("Start"), Kind::Date));
        let reader = Reader::new(attributes);
        let mut forms: Forms<Option<Slots>> = Forms::default();
        for person in &people {
            let document = person.document();
            let single = readings(reader.read(&document));
            if let Some((slots, values)) = forms.read(person) {
                if let Some(slots) = slots {
                    prop_assert_eq!(readings(reader.read_slots(&values, slots)), single, "of {}", person.raw());
                    prop_assert_eq!(slots.etag(&values), document.etag(), "of {}", person.raw());
                }
                continue;
            }
            let Some(leaves) = Leaves::of(person) else {
                let whole = serde_json::from_str::<Value>(person.raw());
                prop_assert!(whole.is_err(), "only what is not readable is not learned from: {}", person.raw());
                continue;
            };
            let slots = reader.slots(&document, &leaves);
            prop_assert!(forms.learn(person, &leaves, slots), "it was not known");
            prop_assert!(forms.read(person).is_some(), "what was learned is known again: {}", person.raw());
        }
    }
}

#[test]
fn a_new_person_always_says_whether_they_are_active() {
    let values = [
        Change::new("userName", Kind::Text, Some("ana@example.com")),
        Change::new("name.givenName", Kind::Text, Some("Ana")),
        Change::new("emails.work", Kind::Text, Some("ana@example.com")),
        Change::new(peakon("Business Unit"), Kind::Option, Some("North")),
        Change::new("title", Kind::Text, None),
    ];
    let person: Value = serde_json::from_str(build(&values, &Dialect::default()).raw()).unwrap();
    assert_eq!(
        person,
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", PEAKON_SCHEMA],
            "active": true,
            "userName": "ana@example.com",
            "name": {"givenName": "Ana"},
            "emails": [{"value": "ana@example.com", "type": "work", "primary": true}],
            PEAKON_SCHEMA: {"Business Unit": "North"},
        })
    );
}

fn canonical() -> impl Strategy<Value = (Kind, String)> {
    prop_oneof![
        "\\PC{1,30}".prop_map(|text| (Kind::Text, text)),
        "\\PC{1,30}".prop_map(|text| (Kind::Option, text)),
        any::<i64>().prop_map(|number| (Kind::Number, number.to_string())),
        any::<bool>().prop_map(|truth| (Kind::Boolean, truth.to_string())),
        (1900i16..2100, 1i8..=12, 1i8..=28)
            .prop_map(|(y, m, d)| (Kind::Date, format!("{y:04}-{m:02}-{d:02}"))),
        "[a-z]{1,8}@[a-z]{1,8}\\.example".prop_map(|email| (Kind::Employee, email)),
    ]
}

proptest! {
    /// What is written is what is read back, whatever the form it takes on the wire.
    #[test]
    fn values_round_trip(
        (kind, value) in canonical(),
        key in prop_oneof![Just(peakon("Business Unit")), Just(peakon("Level")), Just(AttributeKey::new("title")), Just(AttributeKey::new("name.givenName"))],
        suffix in prop_oneof![Just(""), Just("T00:00:00Z"), Just("T00:00:00.000Z"), Just("T00:00:00+02:00"), Just(" 00:00")],
        shape in prop_oneof![Just(Shape::Text), Just(Shape::Object)],
    ) {
        let mut dialect = Dialect::default();
        dialect.dates.insert(key.clone(), DateForm { suffix: suffix.to_owned() });
        dialect.references.insert(key.clone(), scim::dialect::ReferenceForm { shape, by: ReferenceBy::Email });
        let mut person = Resource::parse(r#"{"id":"1"}"#).unwrap();
        let change = Change { key: key.clone(), kind, value: Some(value.clone()) };
        apply(&mut person, &[change], &dialect);
        let reading = read(&person, &key, kind);
        prop_assert_eq!(reading.value, Some(value));
        prop_assert_eq!(reading.odd, None);
    }
}

#[test]
fn what_is_learned_of_one_person_reads_the_next() {
    let person = |name: &str, level: u32, version: &str| {
        resource(json!({
            "id": "1", "name": { "givenName": name }, "active": true,
            "emails": [{ "type": "work", "value": format!("{name}@example.com") }],
            "meta": { "version": version }, PEAKON_SCHEMA: { "Level": level },
        }))
    };
    let reader = Reader::new(vec![
        (AttributeKey::new("name.givenName"), Kind::Text),
        (AttributeKey::new("emails.work"), Kind::Text),
        (AttributeKey::new("active"), Kind::Boolean),
        (peakon("Level"), Kind::Number),
    ]);
    let first = person("Ana", 3, "W/\"1\"");
    let leaves = Leaves::of(&first).expect("is readable");
    let slots = reader.slots(&first.document(), &leaves);
    let mut forms = Forms::default();
    assert!(forms.learn(&first, &leaves, slots.expect("single values")));
    let next = person("Zoë \"Z\"", 12, "W/\"2\"");
    let (slots, values) = forms.read(&next).expect("is of the same form");
    let found: Vec<_> = readings(reader.read_slots(&values, slots))
        .into_iter()
        .filter_map(|(at, reading)| Some((at, reading.value?)))
        .collect();
    let text = str::to_owned;
    assert_eq!(
        found,
        [
            (0, text("Zoë \"Z\"")),
            (1, text("Zoë \"Z\"@example.com")),
            (2, text("true")),
            (3, text("12"))
        ]
    );
    assert_eq!(slots.etag(&values), Some(text("W/\"2\"")));
    let other = resource(json!({ "id": "1", "name": { "givenName": "Bo" } }));
    assert!(
        forms.read(&other).is_none(),
        "another form is not taken for it"
    );
}

#[test]
fn forms_without_end_are_given_up() {
    let mut forms = Forms::default();
    let mut learned = 0;
    for number in 0..1_000 {
        let one = resource(json!({ "id": "1", format!("member {number}"): "x" }));
        let leaves = Leaves::of(&one).expect("is readable");
        learned += u32::from(forms.learn(&one, &leaves, number));
    }
    assert!(
        forms.is_full(),
        "a service that writes everybody otherwise is read the long way"
    );
    assert!((100..1_000).contains(&learned), "{learned}");
    let first = resource(json!({ "id": "1", "member 0": "x" }));
    assert!(forms.read(&first).is_some(), "what was learned stays");
}
