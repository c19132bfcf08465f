//! The walls between the crates, as cargo sees them. They are what keeps every rule testable without a window, a network or a file.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// The crates that each crate of the product names, tests and build scripts left out.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, since it runs this test");
    let metadata: Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let text = |value: &Value| value.as_str().expect("a name is text").to_owned();
    metadata["packages"]
        .as_array()
        .expect("a workspace has packages")
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .expect("a package lists its dependencies");
            let normal = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].is_null());
            (
                text(&package["name"]),
                normal.map(|dependency| text(&dependency["name"])).collect(),
            )
        })
        .filter(|(name, _): &(String, _)| !["tests", "xtask"].contains(&name.as_str()))
        .collect()
}

/// A name stands for its family too: `tauri` for `tauri-plugin-dialog`.
fn crates_that_name(wanted: &str) -> Vec<String> {
    let family = format!("{wanted}-");
    named()
        .into_iter()
        .filter(|(_, names)| {
            names
                .iter()
                .any(|name| name == wanted || name.starts_with(&family))
        })
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn one_crate_speaks_http_one_writes_sql_and_one_knows_the_desktop() {
    for (dependency, owner) in [
        ("reqwest", "scim"),
        ("rusqlite", "store"),
        ("tauri", "muster"),
        ("keyring", "muster"),
        ("calamine", "sheets"),
        ("encoding_rs", "sheets"),
        ("chardetng", "sheets"),
    ] {
        assert_eq!(
            crates_that_name(dependency),
            [owner],
            "{dependency} stays behind `{owner}`, so that the rest can be tested without it"
        );
    }
}

#[test]
fn dependencies_point_one_way() {
    let ours = |name: &str| -> BTreeSet<String> {
        let all = named();
        let names = all
            .get(name)
            .unwrap_or_else(|| panic!("there is no crate `{name}`"));
        names
            .iter()
            .filter(|dependency| all.contains_key(*dependency))
            .cloned()
            .collect()
    };
    let none = BTreeSet::new();
    assert_eq!(
        ours("scim"),
        none,
        "the protocol knows nothing of what it is used for"
    );
    assert_eq!(
        ours("store"),
        none,
        "the data at rest knows nothing of the protocol"
    );
    assert_eq!(
        ours("sheets"),
        none,
        "a file is rows of text, whoever is in it"
    );
    assert_eq!(
        ours("sandbox"),
        none,
        "a service that shares the client's code would forgive the client's mistakes"
    );
    assert_eq!(
        ours("engine"),
        BTreeSet::from(["scim".to_owned(), "sheets".to_owned(), "store".to_owned()]),
        "the engine stands on the protocol, the files and the data, and on neither host"
    );
}

/// What the product itself is built from, dependencies of dependencies included.
#[test]
fn nothing_else_brings_them_in_by_a_back_door() {
    for (dependency, owner) in [
        ("reqwest", "scim"),
        ("rusqlite", "store"),
        ("keyring", "muster"),
    ] {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--package",
                "muster",
                "--edges",
                "normal",
                "--depth",
                "1",
            ])
            .args([
                "--prefix", "none", "--format", "{p}", "--invert", dependency,
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs, since it runs this test");
        let tree = String::from_utf8(output.stdout).expect("cargo prints text");
        let users: Vec<&str> = tree
            .lines()
            .skip(1)
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert_eq!(
            users,
            [owner],
            "only `{owner}` may use {dependency}, other people's crates included:\n{tree}"
        );
    }
}
