//! The client against SCIM services that nobody here wrote: scim2-server (Python) and SCIMMY behind Express (Node). And the sandbox
//! against a tester that nobody here wrote.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use engine::changes::{draft::Edit, run::ItemState};
use futures::StreamExt;
use scim::dialect::{self, Change, ENTERPRISE_SCHEMA};
use scim::{
    AttributeKey, BulkOperation, Client, Dialect, Discovered, Endpoint, Error, Filter,
    FilterAttribute, Kind, Listing, Options, Outcome, Paging, Resource, SecretString,
    ServiceConfig,
};
use tests::desk::Desk;

const TOKEN: &str = "peer-token-5c1d";
const PEOPLE: usize = 45;

/// A peer in a process of its own. It is stopped by its own process id when the test ends, however it ends; should the test be killed,
/// the peer's input closes and it stops by itself.
struct Peer {
    process: Child,
    url: String,
    _output: BufReader<ChildStdout>,
}

impl Peer {
    fn start(command: &mut Command) -> Peer {
        let shown = format!("{command:?}");
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{shown} could not be started: {error}"));
        let mut output = BufReader::new(process.stdout.take().expect("BUG: the output is piped"));
        let mut line = String::new();
        while output.read_line(&mut line).unwrap() > 0 {
            if let Some(url) = line.trim().strip_prefix("READY ") {
                return Peer {
                    url: url.to_owned(),
                    process,
                    _output: output,
                };
            }
            line.clear();
        }
        let _ = process.kill();
        let status = process.wait();
        panic!("{shown} ended before it was ready: {status:?}");
    }

    fn client(&self, token: &str) -> Client {
        Client::new(
            Endpoint::parse(&self.url).unwrap(),
            SecretString::from(token),
            Options::default(),
        )
        .unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn launcher(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("peers")
        .join(name)
}

/// Where `cargo xtask test` puts the peers, unless the variable says otherwise.
fn installed(variable: &str, folder: &str, proof: &str) -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/peers")
        .join(folder);
    let folder = std::env::var_os(variable).map_or(default, PathBuf::from);
    assert!(
        folder.join(proof).exists(),
        "The peers are not installed in {}. Run `cargo xtask test`, which installs them, or set {variable} to the folder they are in.",
        folder.display()
    );
    folder
}

fn python() -> PathBuf {
    let inside = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    installed("MUSTER_PEERS_VENV", "venv", inside).join(inside)
}

fn scim2_server(config: Option<serde_json::Value>) -> Peer {
    let mut command = Command::new(python());
    command
        .arg(launcher("serve_scim2_server.py"))
        .args(["--bearer-token", TOKEN]);
    let folder = tempfile::tempdir().unwrap();
    if let Some(config) = config {
        let file = folder.path().join("config.json");
        std::fs::write(&file, config.to_string()).unwrap();
        command.arg("--service-provider-config").arg(file);
    }
    Peer::start(&mut command)
}

fn config(features: bool, pagination: Option<serde_json::Value>) -> serde_json::Value {
    let mut config = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": features},
        "bulk": {"supported": features, "maxOperations": 20, "maxPayloadSize": 1_048_576},
        "filter": {"supported": features, "maxResults": 1000},
        "changePassword": {"supported": features},
        "sort": {"supported": features},
        "etag": {"supported": features},
    });
    if let Some(pagination) = pagination {
        config["pagination"] = pagination;
    }
    config
}

fn scimmy() -> Peer {
    let modules = installed(
        "MUSTER_PEERS_NODE",
        "node",
        "node_modules/scimmy-routers/package.json",
    );
    Peer::start(
        Command::new("node")
            .arg(launcher("serve_scimmy.cjs"))
            .arg(modules)
            .arg(TOKEN),
    )
}

fn enterprise(name: &str) -> AttributeKey {
    AttributeKey::extension(ENTERPRISE_SCHEMA, name)
}

fn new_person(n: usize) -> Resource {
    let email = format!("person{n}@example.com");
    let given = ["Ana", "Søren", "Юлия", "美咲", "Zoë"][n % 5];
    dialect::build(
        &[
            Change::new("userName", Kind::Text, Some(&email)),
            Change::new("name.givenName", Kind::Text, Some(given)),
            Change::new("name.familyName", Kind::Text, Some(&format!("Family {n}"))),
            Change::new("emails.work", Kind::Text, Some(&email)),
            Change {
                key: enterprise("employeeNumber"),
                kind: Kind::Text,
                value: Some(format!("{n:05}")),
            },
            Change {
                key: enterprise("department"),
                kind: Kind::Option,
                value: Some("Sales".to_owned()),
            },
        ],
        &Dialect::default(),
    )
}

async fn list(
    client: &Client,
    config: &ServiceConfig,
    page_size: u32,
) -> (BTreeSet<String>, Outcome) {
    let mut pages = client.list(Listing {
        page_size,
        declared: config.pagination,
        ..Listing::default()
    });
    let mut ids = BTreeSet::new();
    while let Some(page) = pages.next().await {
        for person in page.unwrap().resources {
            assert!(
                ids.insert(person.id().unwrap().to_owned()),
                "nobody is handed on twice"
            );
        }
    }
    (ids, pages.outcome())
}

/// Changes a person in the way the service supports and gives back what is stored afterwards, read anew.
async fn change(client: &Client, config: &ServiceConfig, id: &str, changes: &[Change]) -> Resource {
    let dialect = Dialect::default();
    let mut person = client.get(id).await.unwrap().unwrap();
    let etag = config.etag.then(|| {
        person
            .etag()
            .expect("a service with ETags gives each person a version")
    });
    if config.patch == Some(true) {
        client
            .patch(
                id,
                &dialect::patch(Some(&person), changes, &dialect),
                etag.as_deref(),
            )
            .await
            .unwrap();
    } else {
        dialect::apply(&mut person, changes, &dialect);
        client
            .replace(id, &person.without_read_only(), etag.as_deref())
            .await
            .unwrap();
    }
    client.get(id).await.unwrap().unwrap()
}

fn value(person: &Resource, key: &AttributeKey, kind: Kind) -> Option<String> {
    dialect::read(person, key, kind).value
}

/// Connect, fill, list, search, edit, deactivate, read back, delete.
async fn main_job(peer: &Peer, paging: Paging) -> ServiceConfig {
    let client = peer.client(TOKEN);

    let refused = peer
        .client("wrong-token-5c1d")
        .list(Listing::default())
        .next()
        .await;
    assert!(
        matches!(refused, Some(Err(Error::Unauthorized { .. }))),
        "a wrong token is told apart: {refused:?}"
    );
    let config = client.config().await.unwrap();
    let schemas = client.schemas().await.unwrap();
    let attributes: Vec<Discovered> = dialect::discover(&schemas, &[]);
    let department = enterprise("department");
    assert!(
        attributes
            .iter()
            .any(|attribute| attribute.key == department
                && attribute.declared
                && attribute.writable),
        "the enterprise attributes are found in the schemas: {attributes:?}"
    );

    let (nobody, outcome) = list(&client, &config, 10).await;
    assert!(nobody.is_empty() && outcome.complete, "{outcome:?}");

    fill(&client, &config).await;
    let doubled = client.create(&new_person(1)).await;
    assert!(
        matches!(doubled, Err(Error::Conflict { .. })),
        "the same user name again is refused as such: {doubled:?}"
    );

    let mut all = BTreeSet::new();
    for page_size in [1000, PEOPLE as u32, 20, 7] {
        let (ids, outcome) = list(&client, &config, page_size).await;
        assert_eq!(ids.len(), PEOPLE, "pages of {page_size}: {outcome:?}");
        assert!(outcome.complete, "pages of {page_size}: {outcome:?}");
        assert_eq!(outcome.paging, Some(paging), "{outcome:?}");
        all = ids;
    }

    let id = search(&client, &config, &all).await;

    let person = change(
        &client,
        &config,
        &id,
        &[Change {
            key: department.clone(),
            kind: Kind::Option,
            value: Some("Logistics & Supply".to_owned()),
        }],
    )
    .await;
    assert_eq!(
        value(&person, &department, Kind::Option).as_deref(),
        Some("Logistics & Supply")
    );
    assert_eq!(
        value(&person, &enterprise("employeeNumber"), Kind::Text).as_deref(),
        Some("00007"),
        "its neighbour in the same schema is left alone"
    );

    let person = change(
        &client,
        &config,
        &id,
        &[Change::new("active", Kind::Boolean, Some("false"))],
    )
    .await;
    assert_eq!(
        value(&person, &"active".into(), Kind::Boolean).as_deref(),
        Some("false"),
        "deactivated, and read back as such"
    );

    let person = change(
        &client,
        &config,
        &id,
        &[Change::new(
            "emails.work",
            Kind::Text,
            Some("new7@example.com"),
        )],
    )
    .await;
    assert_eq!(
        value(&person, &"emails.work".into(), Kind::Text).as_deref(),
        Some("new7@example.com")
    );

    let person = change(
        &client,
        &config,
        &id,
        &[Change {
            key: department.clone(),
            kind: Kind::Option,
            value: None,
        }],
    )
    .await;
    assert_eq!(value(&person, &department, Kind::Option), None, "cleared");
    assert_eq!(
        value(&person, &"name.familyName".into(), Kind::Text).as_deref(),
        Some("Family 7"),
        "after all this the rest is as it was"
    );

    let etag = config.etag.then(|| person.etag().unwrap());
    client.delete(&id, etag.as_deref()).await.unwrap();
    assert!(client.get(&id).await.unwrap().is_none(), "gone");
    let again = client.delete(&id, None).await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
    let (ids, outcome) = list(&client, &config, 10).await;
    assert!(
        !ids.contains(&id) && ids.len() == PEOPLE - 1 && outcome.complete,
        "{outcome:?}"
    );
    config
}

/// Half by single creations, half by Bulk where the service has it.
async fn fill(client: &Client, config: &ServiceConfig) {
    let single = if config.bulk.is_some() {
        PEOPLE / 2
    } else {
        PEOPLE
    };
    for n in 0..single {
        let written = client.create(&new_person(n)).await.unwrap();
        assert!(written.id().is_some(), "a creation gives the id");
    }
    if let Some(limits) = config.bulk {
        let rest: Vec<BulkOperation> = (single..PEOPLE)
            .map(|n| BulkOperation::Create(new_person(n)))
            .collect();
        for outcome in client.bulk(&rest, limits).await {
            let written = outcome
                .result
                .unwrap_or_else(|error| panic!("bulk creation {}: {error}", outcome.at));
            assert_eq!(written.status, 201);
            assert!(written.id().is_some(), "the bulk answer gives the id too");
        }
    }
}

/// The id of person 7, by search where the service has filters.
async fn search(client: &Client, config: &ServiceConfig, all: &BTreeSet<String>) -> String {
    let filter = Filter::eq(FilterAttribute::UserName, "person7@example.com");
    if config.filter {
        let found = client.find(&filter).await.unwrap();
        assert_eq!(found.len(), 1, "one person has this user name");
        let nobody = client
            .find(&Filter::eq(
                FilterAttribute::UserName,
                "o'hara+x@example.com",
            ))
            .await
            .unwrap();
        assert!(
            nobody.is_empty(),
            "apostrophes and plus signs arrive as they are"
        );
        return found[0].id().unwrap().to_owned();
    }
    let refused = client.find(&filter).await;
    assert!(
        refused.is_err(),
        "a service without filters refuses one: {refused:?}"
    );
    for id in all {
        let person = client.get(id).await.unwrap().unwrap();
        if filter.matches(&person) {
            return id.clone();
        }
    }
    panic!("person 7 was created and is not there");
}

#[tokio::test]
async fn scim2_server_as_it_comes() {
    let peer = scim2_server(None);
    let config = main_job(&peer, Paging::Index).await;
    assert!(
        config.patch == Some(true)
            && config.bulk.is_some()
            && config.filter
            && config.etag
            && config.sort,
        "{config:?}"
    );
}

/// What a run sends where the service declares bulk: changes of many people in one request, each with an end of
/// its own.
#[tokio::test]
async fn scim2_server_changes_many_people_in_one_request() {
    let peer = scim2_server(None);
    let client = peer.client(TOKEN);
    let config = client.config().await.unwrap();
    let limits = config.bulk.expect("it declares bulk");
    fill(&client, &config).await;
    let (ids, _) = list(&client, &config, 100).await;
    let department = enterprise("department");
    let moved = [Change {
        key: department.clone(),
        kind: Kind::Option,
        value: Some("Moved together".to_owned()),
    }];
    let mut operations = Vec::new();
    for id in &ids {
        let person = client.get(id).await.unwrap().unwrap();
        operations.push(BulkOperation::Patch {
            id: id.clone(),
            patch: dialect::patch(Some(&person), &moved, &Dialect::default()),
            etag: person.etag(),
        });
    }
    let nobody = operations.len() / 2;
    if let BulkOperation::Patch { id, .. } = &mut operations[nobody] {
        *id = "nobody".to_owned();
    }
    let outcomes = client.bulk(&operations, limits).await;
    assert_eq!(outcomes.len(), operations.len(), "each has an answer");
    for (at, outcome) in outcomes.iter().enumerate() {
        match &outcome.result {
            Ok(written) => assert!(at != nobody && written.status < 300, "{at}: {written:?}"),
            Err(error) => assert!(
                at == nobody && matches!(error, Error::NotFound { .. }),
                "{at}: {error}"
            ),
        }
    }
    for (at, id) in ids.iter().enumerate() {
        let person = client.get(id).await.unwrap().unwrap();
        let now = value(&person, &department, Kind::Option);
        let expected = if at == nobody {
            "Sales"
        } else {
            "Moved together"
        };
        assert_eq!(now.as_deref(), Some(expected), "read back: {id}");
    }
}

#[tokio::test]
async fn scim2_server_with_cursors_only() {
    let peer = scim2_server(Some(config(
        true,
        Some(serde_json::json!({
            "cursor": true, "index": false, "defaultPaginationMethod": "cursor",
            "defaultPageSize": 10, "maxPageSize": 15, "cursorTimeout": 3600,
        })),
    )));
    let config = main_job(&peer, Paging::Cursor).await;
    assert!(
        config
            .pagination
            .is_some_and(|pagination| pagination.cursor && !pagination.index)
    );
}

#[tokio::test]
async fn scim2_server_with_its_features_switched_off() {
    let peer = scim2_server(Some(config(false, None)));
    let config = main_job(&peer, Paging::Index).await;
    assert!(
        config.patch == Some(false) && config.bulk.is_none() && !config.filter && !config.etag,
        "{config:?}"
    );
}

/// Muster itself, not a test's own code, where single attributes can't be changed.
#[tokio::test(flavor = "multi_thread")]
async fn scim2_server_without_patch_is_changed_by_whole_records() {
    let peer = scim2_server(Some(config(false, None)));
    let client = peer.client(TOKEN);
    let declared = client.config().await.unwrap();
    fill(&client, &declared).await;
    let desk = Desk::at(&peer.url, TOKEN).unwrap();
    let outcome = desk.sync().await.unwrap();
    assert!(
        outcome.complete && outcome.people == PEOPLE as u32,
        "{outcome:?}"
    );
    let person = desk.person("person7@example.com").unwrap();
    desk.set(person, "Department", "Logistics & Supply")
        .unwrap();
    let other = desk.person("person8@example.com").unwrap();
    desk.set(other, "E-mail", "new8@example.com").unwrap();
    let leaver = desk.person("person9@example.com").unwrap();
    desk.stage(&[leaver], Edit::Deactivate).unwrap();
    let items = desk.send().await.unwrap();
    assert!(
        items.len() == 3 && items.iter().all(|item| item.state == ItemState::Done),
        "each is sent whole and read back: {items:?}"
    );
    assert!(
        items.iter().all(|item| item
            .request
            .as_deref()
            .is_some_and(|request| request.starts_with("PUT "))),
        "{items:?}"
    );
    let found = client
        .get(&desk.engine.person(desk.id, person).unwrap().scim_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        value(&found, &enterprise("department"), Kind::Option).as_deref(),
        Some("Logistics & Supply")
    );
    assert_eq!(
        value(&found, &enterprise("employeeNumber"), Kind::Text).as_deref(),
        Some("00007"),
        "what was not changed is as it was"
    );
    desk.clear(person, "Department").unwrap();
    let items = desk.send().await.unwrap();
    assert_eq!(items[0].state, ItemState::Done, "cleared: {items:?}");
}

#[tokio::test]
async fn scim2_server_is_exact_about_versions_and_searches() {
    let peer = scim2_server(None);
    let client = peer.client(TOKEN);
    let id = client
        .create(&new_person(1))
        .await
        .unwrap()
        .id()
        .unwrap()
        .to_owned();
    let stale = client.get(&id).await.unwrap().unwrap().etag().unwrap();
    let rename = |name: &str| {
        dialect::patch(
            None,
            &[Change::new("title", Kind::Text, Some(name))],
            &Dialect::default(),
        )
    };
    client
        .patch(&id, &rename("Chef"), Some(&stale))
        .await
        .unwrap();
    let refused = client.patch(&id, &rename("Baker"), Some(&stale)).await;
    assert!(
        matches!(refused, Err(Error::Precondition { .. })),
        "somebody else's change is not overwritten: {refused:?}"
    );

    let searched = client
        .find(&Filter::eq(
            FilterAttribute::UserName,
            "PERSON1@example.com",
        ))
        .await
        .unwrap();
    assert_eq!(
        searched.len(),
        1,
        "user names are compared without regard to case"
    );
    let quoted = client
        .find(&Filter::eq(
            FilterAttribute::UserName,
            "o\"hara\\x@example.com",
        ))
        .await
        .unwrap();
    assert!(quoted.is_empty(), "a quote in a value does not end it");
}

/// The sandbox in its strict form, judged by a tester of the standard.
#[tokio::test]
async fn the_strict_sandbox_passes_scim2_tester() {
    let running = sandbox::start(sandbox::Settings {
        people: 50,
        profile: sandbox::Profile::Rfc,
        token: TOKEN.to_owned(),
        ..sandbox::Settings::default()
    })
    .await
    .unwrap();
    let mut tester = Command::new(python());
    tester
        .arg(launcher("run_scim2_tester.py"))
        .arg(running.url())
        .arg(TOKEN);
    let judged = tokio::task::spawn_blocking(move || tester.output())
        .await
        .unwrap()
        .unwrap();
    let report = format!(
        "{}{}",
        String::from_utf8_lossy(&judged.stdout),
        String::from_utf8_lossy(&judged.stderr)
    );
    running.stop().await;
    assert!(
        judged.status.success(),
        "the strict profile keeps the standard:\n{report}"
    );
}

#[tokio::test]
async fn scimmy_behind_express() {
    let peer = scimmy();
    let config = main_job(&peer, Paging::Index).await;
    assert!(
        config.patch == Some(true) && config.bulk.is_some() && config.filter,
        "{config:?}"
    );
}
