//! A record keeps what it does not understand.

use proptest::prelude::*;
use scim::dialect::{Change, patch};
use scim::{AttributeKey, Dialect, Kind, Resource};
use serde_json::{Value, json};

/// Any JSON, with the numbers and escapes that a careless reader would rewrite.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("1.50".to_owned()),
        Just("1E+2".to_owned()),
        Just("123456789012345678901234567890".to_owned()),
        Just("-0.0".to_owned()),
        Just(r#""\u00e9\/\u0041""#.to_owned()),
        Just(r#""\ud83d\ude00""#.to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        "[ -~éø日本]{0,12}".prop_map(|text| Value::from(text).to_string()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|list| format!("[ {} ]", list.join(" , "))),
            prop::collection::vec(("[a-z]{1,6}", inner), 0..4).prop_map(|members| format!(
                "{{ {} }}",
                members
                    .iter()
                    .map(|(k, v)| format!("\"{k}\" : {v}"))
                    .collect::<Vec<_>>()
                    .join(",\n")
            )),
        ]
    })
}

const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";

proptest! {
    /// Whatever stands beside the attribute that is changed stays as it was, byte for byte.
    #[test]
    fn unknown_members_survive_a_change_byte_for_byte(
        unknown in prop::collection::vec(any_json(), 1..6),
        inside in any_json(),
        value in "\\PC{0,20}",
        id in "[a-z0-9]{1,8}",
    ) {
        let members: Vec<String> = unknown.iter().enumerate().map(|(n, json)| format!("\"x{n}\":{json}")).collect();
        let text = format!(
            "{{\"id\":\"{id}\",{},\"userName\":\"a\",\"{PEAKON}\":{{\"Odd one\":{inside},\"Business Unit\":\"old\"}},\"emails\":[{{\"value\":\"a@b\",\"display\":{inside}}}]}}",
            members.join(",")
        );
        let mut resource = Resource::parse(&text).unwrap();
        prop_assert_eq!(resource.raw(), text.as_str(), "unchanged is the same text");
        for key in ["title", "userName", "name.givenName", "emails.work", "urn:ietf:params:scim:schemas:extension:peakon:2.0:User:Business Unit"] {
            let key = AttributeKey::new(key);
            resource.set(&key, Some(json!(value)));
            prop_assert_eq!(resource.get(&key), Some(json!(value)), "what was set is there: {}", key);
        }
        for (n, json) in unknown.iter().enumerate() {
            let member = format!("\"x{n}\":{json}");
            prop_assert!(resource.raw().contains(&member), "{member} in {}", resource.raw());
        }
        let odd = format!("\"Odd one\":{inside}");
        prop_assert!(resource.raw().contains(&odd), "inside the extension too");
        let display = format!("\"display\":{inside}");
        prop_assert!(resource.raw().contains(&display), "and inside a list");
        prop_assert_eq!(resource.id(), Some(id.as_str()));
        let stored: Resource = serde_json::from_str(&serde_json::to_string(&resource).unwrap()).unwrap();
        prop_assert_eq!(stored, resource, "and it is stored as it is");
    }

    /// A list is sent back whole, and what stands in it beside the change goes back as it came.
    #[test]
    fn a_list_is_sent_back_byte_for_byte(first in any_json(), second in any_json(), value in "\\PC{1,20}") {
        let text = format!(
            "{{\"id\":\"1\",\"emails\":[{{\"value\":\"a@b\",\"type\":\"work\",\"odd\":{first}}},{{\"value\":\"c@d\",\"type\":\"home\",\"odd\":{second}}}]}}"
        );
        let person = Resource::parse(&text).unwrap();
        for value in [Some(value.as_str()), None] {
            let change = Change::new("emails.work", Kind::Text, value);
            let sent = patch(Some(&person), &[change], &Dialect::default()).to_json();
            let home = format!("{{\"value\":\"c@d\",\"type\":\"home\",\"odd\":{second}}}");
            prop_assert!(sent.contains(&home), "{} in {}", home, sent);
            let work = format!("\"odd\":{first}");
            prop_assert!(value.is_none() || sent.contains(&work), "{} in {}", work, sent);
        }
    }

    #[test]
    fn setting_and_clearing_is_as_if_nothing_had_been(value in "\\PC{1,20}") {
        for key in ["title", "emails.work", "phoneNumbers.mobile"] {
            let mut resource = Resource::parse(r#"{"id":"1","keep":1.0}"#).unwrap();
            resource.set(&key.into(), Some(json!(value)));
            resource.set(&key.into(), None);
            prop_assert_eq!(resource.raw(), r#"{"id":"1","keep":1.0}"#);
        }
    }
}

#[test]
fn a_list_that_is_not_readable_is_never_taken_away() {
    let person = Resource::parse(
        r#"{"id":"1","emails":[{"value":"\ud800@b","type":"home"},{"value":"a@b","type":"work"}]}"#,
    )
    .unwrap();
    for value in [Some("new@b"), None] {
        let change = Change::new("emails.work", Kind::Text, value);
        let sent = patch(Some(&person), &[change], &Dialect::default()).to_json();
        assert!(
            sent.contains(r#"{"value":"\ud800@b","type":"home"}"#) && !sent.contains("remove"),
            "half a character in one entry takes nothing from the others: {sent}"
        );
        assert_eq!(
            sent.contains("new@b"),
            value.is_some(),
            "and the entry that is meant is the one that changes: {sent}"
        );
    }
}

#[test]
fn a_new_extension_is_declared() {
    let mut resource = Resource::user();
    resource.set(
        &AttributeKey::extension(PEAKON, "Business Unit"),
        Some(json!("North")),
    );
    let value: Value = serde_json::from_str(resource.raw()).unwrap();
    assert_eq!(
        value["schemas"],
        json!(["urn:ietf:params:scim:schemas:core:2.0:User", PEAKON]),
        "RFC 7643 section 3.3"
    );
}

#[test]
fn a_companys_own_names_are_told_apart_by_case_and_standard_ones_are_not() {
    let person =
        Resource::parse(&json!({"ID": "1", "Title": "Chef", PEAKON: {"Team": "A"}}).to_string())
            .unwrap();
    assert_eq!(person.id(), Some("1"));
    assert_eq!(person.get(&"title".into()), Some(json!("Chef")));
    assert_eq!(
        person.get(&AttributeKey::extension(PEAKON, "team")),
        None,
        "“team” and “Team” are two attributes"
    );
}

#[test]
fn the_work_address_changes_and_the_others_stay() {
    let mut person = Resource::parse(
        r#"{"id":"1","emails":[{"value":"h@x","type":"home","k":1.0},{"value":"w@x","type":"work","primary":true,"k":2.0}]}"#,
    )
    .unwrap();
    person.set(&"emails.work".into(), Some(json!("new@x")));
    assert_eq!(
        person.raw(),
        r#"{"id":"1","emails":[{"value":"h@x","type":"home","k":1.0},{"value":"new@x","type":"work","primary":true,"k":2.0}]}"#
    );
}

#[test]
fn a_version_is_found_in_meta() {
    let person = Resource::parse(r#"{"id":"1","meta":{"version":"W/\"7\""}}"#).unwrap();
    assert_eq!(person.etag().as_deref(), Some("W/\"7\""));
}

#[test]
fn a_debug_view_shows_no_personal_data() {
    let person = Resource::parse(r#"{"id":"1","userName":"ana@example.com"}"#).unwrap();
    assert!(!format!("{person:?}").contains("ana"));
}

#[test]
fn names_with_colons_and_dots_are_one_name() {
    for name in [
        "Cost: centre",
        "St. Location",
        "a:b:c",
        "Größe (cm)",
        "1.0:x",
    ] {
        let key = AttributeKey::extension(PEAKON, name);
        let read_back = AttributeKey::new(key.as_str());
        assert_eq!(
            (read_back.urn(), read_back.name()),
            (Some(PEAKON), name),
            "{name}"
        );
        assert!(!key.is_legal_path(), "{name}");
    }
    assert!(AttributeKey::extension(PEAKON, "Department").is_legal_path());
    assert!(!AttributeKey::extension(PEAKON, "Business Unit").is_legal_path());
}
