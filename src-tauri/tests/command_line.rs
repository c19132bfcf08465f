//! The command line against a real sample company in a process of its own: exit codes, the shapes of
//! `--json`, brakes, and the token, which may be nowhere.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

const TOKEN: &str = "tok-9f2c-never-to-be-seen";
const MUSTER: &str = env!("CARGO_BIN_EXE_muster");

/// A served company of 200, a data folder connected to it, and everything that was printed.
struct Office {
    data: TempDir,
    service: Child,
    url: String,
    printed: String,
}

impl Office {
    fn open() -> Self {
        let mut service = Command::new(MUSTER)
            .args(["sandbox", "--people", "200", "--seed", "1", "--port", "0"])
            .env("MUSTER_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the executable under test starts");
        let mut ready = String::new();
        BufReader::new(service.stdout.take().expect("stdout is piped"))
            .read_line(&mut ready)
            .expect("the service says that it is ready");
        let url = ready
            .trim()
            .strip_prefix("READY ")
            .expect("READY and the address is the whole line")
            .to_owned();
        Self {
            data: TempDir::new().expect("a folder for the data"),
            service,
            url,
            printed: String::new(),
        }
    }

    /// Connected and synced.
    fn synced() -> Self {
        let mut office = Self::open();
        let url = office.url.clone();
        office.ok(&["connections", "add", "Acme", "--url", &url, "--no-keychain"]);
        office.ok(&["sync", "--connection", "Acme"]);
        office
    }

    fn run<S: AsRef<OsStr>>(&mut self, arguments: &[S], stdin: &str) -> Output {
        let mut command = Command::new(MUSTER);
        command.args(arguments).env("MUSTER_TOKEN", TOKEN);
        self.end(command, stdin)
    }

    /// Without `MUSTER_TOKEN`, and where no keychain answers.
    fn run_bare(&mut self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(MUSTER);
        command
            .args(arguments)
            .env_remove("MUSTER_TOKEN")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        self.end(command, stdin)
    }

    fn end(&mut self, mut command: Command, stdin: &str) -> Output {
        let mut child = command
            .env("MUSTER_DATA_DIR", self.data.path())
            .env("MUSTER_LOG", "debug")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the executable under test starts");
        // A command that doesn't read has closed its end, which is its right.
        let _ = child
            .stdin
            .take()
            .expect("stdin is piped")
            .write_all(stdin.as_bytes());
        let output = child.wait_with_output().expect("it ends by itself");
        self.printed
            .push_str(&String::from_utf8_lossy(&output.stdout));
        self.printed
            .push_str(&String::from_utf8_lossy(&output.stderr));
        output
    }

    fn code(&mut self, arguments: &[&str], stdin: &str) -> i32 {
        let output = self.run(arguments, stdin);
        output.status.code().expect("it was not killed")
    }

    fn ok(&mut self, arguments: &[&str]) -> String {
        let output = self.run(arguments, "");
        assert!(
            output.status.success(),
            "{arguments:?} is expected to work: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("answers are text")
    }

    fn json(&mut self, arguments: &[&str]) -> Value {
        let text = self.ok(arguments);
        serde_json::from_str(&text).expect("--json answers one JSON value and nothing else")
    }

    /// E-mails of active people, as WHO takes them.
    fn somebody(&mut self, number: usize) -> Vec<String> {
        let people = self.json(&[
            "people",
            "--filter",
            "Status=active",
            "--columns",
            "E-mail,Department",
            "--json",
        ]);
        people["people"]
            .as_array()
            .expect("people are a list")
            .iter()
            .filter_map(|person| person["values"]["E-mail"].as_str())
            .take(number)
            .map(str::to_owned)
            .collect()
    }

    /// A request to the service by hand, past Muster: its answer. HTTP/1.0, so that it ends where the connection does.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let (host, _) = self
            .url
            .trim_start_matches("http://")
            .split_once('/')
            .expect("an address has a path");
        let body = body.to_string();
        let mut stream = TcpStream::connect(host).expect("the service is there");
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nhost: {host}\r\nauthorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the request is sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("an answer");
        let (head, body) = reply.split_once("\r\n\r\n").expect("a whole answer");
        assert!(
            head.lines()
                .next()
                .is_some_and(|line| line.contains(" 200")),
            "{method} {path}: {head}"
        );
        serde_json::from_str(body).expect("answers are JSON")
    }

    /// Requests to the service so far that could change something.
    fn writes(&self) -> Vec<String> {
        let log = self.ask("GET", "/_control/log", &Value::Null);
        let entries = log["entries"].as_array().expect("the log is a list");
        assert!(!entries.is_empty(), "what was read is in the log");
        entries
            .iter()
            .filter(|entry| entry["method"] != "GET")
            .map(|entry| format!("{} {}", entry["method"], entry["path"]))
            .collect()
    }

    /// The service's id of somebody.
    fn scim_id(&self, email: &str) -> String {
        let path = format!("/api/scim/v2/Users?filter=userName%20eq%20%22{email}%22");
        let found = self.ask("GET", &path, &Value::Null);
        found["Resources"][0]["id"]
            .as_str()
            .expect("somebody has an id")
            .to_owned()
    }

    fn department(&mut self, email: &str) -> String {
        let people = self.json(&[
            "people",
            "--search",
            email,
            "--columns",
            "Department",
            "--json",
        ]);
        people["people"][0]["values"]["Department"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // It may have ended already; either way it is gone afterwards.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

#[test]
fn before_the_first_sync_it_is_said_that_nobody_has_been_read() {
    let mut office = Office::open();
    let url = office.url.clone();
    office.ok(&["connections", "add", "Acme", "--url", &url, "--no-keychain"]);
    for command in [
        &["people"][..],
        &["people", "--filter", "Department=Sales"],
        &["set", "Department=Sales", "anna@acme.example", "--yes"],
        &["deactivate", "anna@acme.example", "--yes"],
        &["protect", "anna@acme.example", "--reason", "Administrator"],
        &["dormant"],
        &["reclaim", "--plan-out", "reclaim.json"],
    ] {
        let output = office.run(command, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        assert!(
            said.contains("Acme has not been read yet")
                && said.contains("muster sync --connection 'Acme'"),
            "{command:?} says what to do first: {said}"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_list_that_could_not_be_written_whole_is_no_success() {
    let office = Office::synced();
    for arguments in [
        ["people", "--format", "csv"],
        ["people", "--format", "table"],
        ["people", "--format", "json"],
    ] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("a disk without room");
        let output = Command::new(MUSTER)
            .args(arguments)
            .env("MUSTER_DATA_DIR", office.data.path())
            .env("MUSTER_TOKEN", TOKEN)
            .stdout(full)
            .output()
            .expect("the executable under test starts");
        assert_eq!(
            output.status.code(),
            Some(1),
            "{arguments:?}: a script must not take a list cut short for a whole one"
        );
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("could not be written"),
            "{arguments:?}: it is said"
        );
        let mut gone = Command::new(MUSTER)
            .args(arguments)
            .env("MUSTER_DATA_DIR", office.data.path())
            .env("MUSTER_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the executable under test starts");
        drop(gone.stdout.take());
        let output = gone.wait_with_output().expect("it ends");
        assert_eq!(
            (output.status.code(), output.stderr.as_slice()),
            (Some(0), [].as_slice()),
            "{arguments:?}: a reader that has seen enough is no trouble"
        );
    }
}

#[test]
fn a_token_comes_in_on_stdin_too() {
    let mut office = Office::open();
    let url = office.url.clone();
    let add = ["connections", "add", "Acme", "--url", &url];
    let output = office.run_bare(
        &[&add[..], &["--no-keychain"]].concat(),
        &format!("{TOKEN}\n"),
    );
    assert!(
        output.status.success(),
        "the first line is the token: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let output = office.run_bare(&["sync", "--no-keychain"], "");
    assert_eq!(
        output.status.code(),
        Some(1),
        "it was not kept, and nothing else gives it"
    );
    let output = office.run_bare(&[&add[..], &["--no-keychain"]].concat(), "");
    assert_eq!(
        output.status.code(),
        Some(2),
        "without any token it is a mistake in the asking"
    );
    office.ok(&["sync"]);
}

#[test]
fn a_connection_that_keeps_no_token_is_forgotten_without_token_and_keychain() {
    let mut office = Office::synced();
    let forget = ["connections", "forget", "Acme", "--json"];
    let output = office.run_bare(&forget, "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "no keychain holds anything of it, so none is asked: {said}"
    );
    let answer: Value = serde_json::from_slice(&output.stdout).expect("--json answers JSON");
    assert_eq!(answer["forgotten"], "Acme", "it says what is gone");
    let kept = office.json(&["connections", "list", "--json"]);
    assert_eq!(
        kept["connections"],
        serde_json::json!([]),
        "and it is gone from the list"
    );
    assert_eq!(
        office.run_bare(&forget, "").status.code(),
        Some(1),
        "a second time there is nothing to forget"
    );
    let url = office.url.clone();
    let add = ["connections", "add", "Acme", "--url", &url, "--no-keychain"];
    office.ok(&add);
    office.ok(&["sync"]);
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_keychain_nothing_is_added_and_the_way_out_is_named() {
    let mut office = Office::open();
    let url = office.url.clone();
    let output = office.run_bare(&["connections", "add", "Acme", "--url", &url], TOKEN);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(1),
        "the token could not be kept: {said}"
    );
    assert!(
        said.contains("--no-keychain"),
        "what to do instead is said: {said}"
    );
    let kept = office.json(&["connections", "list", "--no-keychain", "--json"]);
    assert_eq!(
        kept["connections"],
        serde_json::json!([]),
        "and nothing is kept"
    );
}

#[test]
fn the_sample_company_takes_its_token_on_stdin() {
    let mut service = Command::new(MUSTER)
        .args(["sandbox", "--people", "20", "--today", "2026-11-23"])
        .env_remove("MUSTER_TOKEN")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the executable under test starts");
    writeln!(service.stdin.take().expect("stdin is piped"), "{TOKEN}").expect("it reads a line");
    let mut ready = String::new();
    BufReader::new(service.stdout.take().expect("stdout is piped"))
        .read_line(&mut ready)
        .expect("it says that it is ready");
    let url = ready
        .trim()
        .strip_prefix("READY ")
        .unwrap_or_default()
        .to_owned();
    let data = TempDir::new().expect("a folder for the data");
    let mut office = Office {
        data,
        service,
        url: url.clone(),
        printed: String::new(),
    };
    office.ok(&["connections", "add", "Acme", "--url", &url, "--no-keychain"]);
}

#[test]
#[cfg(target_os = "linux")]
fn progress_is_shown_on_a_terminal_and_not_in_a_pipe() {
    let office = Office::synced();
    let piped = Command::new(MUSTER)
        .arg("sync")
        .env("MUSTER_DATA_DIR", office.data.path())
        .env("MUSTER_TOKEN", TOKEN)
        .output()
        .expect("the executable under test starts");
    assert_eq!(
        String::from_utf8_lossy(&piped.stderr),
        "",
        "a pipe gets nothing but the answer"
    );
    let output = Command::new("script")
        .args([
            "-qec",
            &format!("stty cols 100 rows 30; {MUSTER} sync"),
            "/dev/null",
        ])
        .env("MUSTER_DATA_DIR", office.data.path())
        .env("MUSTER_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .output()
        .expect("script is part of every Linux");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && shown.contains("people, page"),
        "how far it is is seen while it goes on: {shown}"
    );
}

#[test]
fn a_sync_that_is_not_whole_is_partly_done() {
    let mut office = Office::synced();
    office.ask(
        "PUT",
        "/_control/settings",
        &serde_json::json!({ "totalResults": "high" }),
    );
    let output = office.run(&["sync", "--json"], "");
    let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    assert_eq!(
        (output.status.code(), &said["complete"]),
        (Some(3), &Value::from(false)),
        "people the service speaks of were never shown: {said}"
    );
}

#[test]
fn why_somebody_left_can_be_given_with_the_deactivation() {
    let mut office = Office::synced();
    let who = office.somebody(2).remove(1);
    let reason = office.json(&["people", "--columns", "Separation reason", "--json"]);
    let known = reason["people"]
        .as_array()
        .expect("people are a list")
        .iter()
        .find_map(|person| person["values"]["Separation reason"].as_str())
        .expect("somebody has left before")
        .to_owned();
    office.ok(&["deactivate", &who, "--separation-reason", &known, "--yes"]);
    let now = office.json(&[
        "people",
        "--search",
        &who,
        "--columns",
        "Separation reason",
        "--json",
    ]);
    assert_eq!(
        now["people"][0]["values"]["Separation reason"],
        known.as_str(),
        "it went with the deactivation"
    );
    assert_eq!(
        office.code(
            &[
                "deactivate",
                &who,
                "--separation-reason",
                "Because",
                "--dry-run"
            ],
            ""
        ),
        3,
        "a reason nobody has is no new segment by accident"
    );
}

#[test]
fn a_sync_answers_one_object() {
    let mut office = Office::open();
    let url = office.url.clone();
    let added = office.json(&[
        "connections",
        "add",
        "Acme",
        "--url",
        &url,
        "--no-keychain",
        "--json",
    ]);
    assert_eq!(
        added["connection"]["token"], "environment",
        "without a keychain the token is asked for each time"
    );
    let outcome = office.json(&["sync", "--connection", "acme", "--json"]);
    for member in [
        "people", "pages", "requests", "seconds", "added", "changed", "vanished", "complete",
        "warnings",
    ] {
        assert!(
            !outcome[member].is_null(),
            "scripts rely on {member}: {outcome}"
        );
    }
    assert_eq!(outcome["people"], 200, "everybody was listed");
    assert_eq!(outcome["complete"], true, "and nothing is left out");
}

#[test]
fn writing_asks_and_says_what_it_did() {
    let mut office = Office::synced();
    let who = office.somebody(3);
    let before = office.department(&who[0]);
    let other = if before == "Sales" {
        "Marketing"
    } else {
        "Sales"
    };
    let assignment = format!("Department={other}");

    let plan = office.json(&["set", &assignment, &who[0], "--dry-run", "--json"]);
    assert!(plan["run"].is_null(), "a dry run sends nothing");
    assert_eq!(
        plan["items"].as_array().map(Vec::len),
        Some(1),
        "it says what it would do"
    );

    assert_eq!(
        office.code(&["set", &assignment, &who[0]], ""),
        2,
        "in a pipe nobody can be asked, so --yes is needed"
    );
    office.ok(&["sync"]);
    assert_eq!(
        office.department(&who[0]),
        before,
        "neither the dry run nor the refusal may have changed the service"
    );

    assert_eq!(
        office.code(
            &["set", &assignment, "-", "--yes"],
            &format!("{}\r\n\n", who[0].to_uppercase())
        ),
        0,
        "people are read from stdin, in any letter case"
    );
    office.ok(&["sync"]);
    assert_eq!(office.department(&who[0]), other, "the service has it");

    let output = office.run(
        &[
            "set",
            &assignment,
            &who[1],
            "nobody@nowhere.example",
            "--yes",
        ],
        "",
    );
    assert_eq!(output.status.code(), Some(3), "somebody was not found");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("nobody@nowhere.example"),
        "whoever was not found is named"
    );
    assert_eq!(
        office.code(&["set", "Department=No such one", &who[2], "--yes"], ""),
        1,
        "a value nobody has makes no segment by accident"
    );
    assert_eq!(
        office.code(&["set", "Department=", &who[2], "--yes"], ""),
        2,
        "a blank never clears"
    );
}

#[test]
fn a_dry_run_sends_nothing_that_could_change_anything() {
    let mut office = Office::synced();
    let who = office.somebody(2);
    let before = office.department(&who[0]);
    let other = if before == "Sales" {
        "Department=Marketing"
    } else {
        "Department=Sales"
    };
    for dry in [
        vec!["set", other, &who[0], "--dry-run"],
        vec!["set", other, &who[0], "--dry-run", "--yes", "--json"],
        vec!["deactivate", &who[0], &who[1], "--dry-run"],
        vec!["deactivate", &who[0], "--dry-run", "--yes", "--json"],
    ] {
        office.ok(&dry);
        let mut more = dry.clone();
        more.push("nobody@nowhere.example");
        assert_eq!(
            office.code(&more, ""),
            3,
            "{more:?}: who is not there is missing from a rehearsal too"
        );
        assert_eq!(
            office.writes(),
            [""; 0],
            "{dry:?}: by the service's own log, nothing but reading took place"
        );
    }
    office.ok(&["set", other, &who[0], "--yes"]);
    assert_ne!(
        office.writes(),
        [""; 0],
        "and the log does show a write when there is one"
    );
}

#[test]
fn a_change_the_service_refuses_is_partly_done_beside_one_it_takes() {
    let mut office = Office::synced();
    // Each change is a request of its own, so that one of them can be refused.
    office.ask(
        "PUT",
        "/_control/settings",
        &serde_json::json!({ "bulk": false }),
    );
    office.ok(&["sync"]);
    let who = office.somebody(2);
    let refused = office.scim_id(&who[0]);
    office.ask(
        "POST",
        "/_control/faults",
        &serde_json::json!([
            { "method": "PATCH", "path": refused, "status": 409, "detail": "This record is locked.", "count": 0 },
            { "method": "PUT", "path": refused, "status": 409, "detail": "This record is locked.", "count": 0 },
        ]),
    );
    let output = office.run(&["deactivate", &who[0], &who[1], "--yes", "--json"], "");
    let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    assert_eq!(
        output.status.code(),
        Some(3),
        "one is done and one is not: {said}"
    );
    assert_eq!(said["run"]["done"], 1, "whoever the service takes is done");
    assert_eq!(said["run"]["failed"], 1, "whoever it refuses is not");

    let output = office.run(&["deactivate", &who[0], "--yes", "--json"], "");
    assert_eq!(
        output.status.code(),
        Some(1),
        "where nothing at all could be done, it failed"
    );
}

#[test]
fn a_brake_stops_before_the_first_request() {
    let mut office = Office::synced();
    let crowd = office.somebody(40).join("\n");
    let output = office.run(&["deactivate", "-", "--yes", "--json"], &crowd);
    assert_eq!(
        output.status.code(),
        Some(4),
        "40 of 200 is more than one plan may touch"
    );
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    assert!(report["run"].is_null(), "nothing was sent");
    assert_eq!(office.writes(), [""; 0], "the service's log agrees");
    let outcome = office.json(&["sync", "--json"]);
    assert_eq!(outcome["changed"], 0, "and nobody is other than before");
}

#[test]
fn people_are_protected_for_a_reason_and_until_a_day() {
    let mut office = Office::synced();
    let people = office.somebody(2);
    let (one, other) = (people[0].as_str(), people[1].as_str());
    assert_eq!(
        office.code(&["protect", one], ""),
        2,
        "without a reason nobody is protected"
    );
    let both = [
        "protect",
        "--connection",
        "Acme",
        one,
        other,
        "--reason",
        "Administrator",
        "--until",
        "2199-12-31",
        "--json",
    ];
    let answer = office.json(&both);
    assert_eq!(
        answer["protected"].as_array().map(Vec::len),
        Some(2),
        "the answer is the list as it is now: {answer}"
    );
    let table = office.ok(&["protect", "list"]);
    assert!(
        table.contains("2199-12-31") && table.contains("Administrator"),
        "who, until when and why: {table}"
    );
    let refused = office.run(&["deactivate", one, other, "--dry-run"], "");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("protected list: Administrator"),
        "they do not leave together: {}",
        String::from_utf8_lossy(&refused.stderr)
    );
    assert_eq!(
        office.code(&["protect", "remove", one, "nobody@example.com"], ""),
        3,
        "whoever is found is taken off, and the other is named"
    );
    let left = office.json(&["protect", "list", "--json"]);
    assert_eq!(
        left["protected"].as_array().map(Vec::len),
        Some(1),
        "the other stays: {left}"
    );
    assert_eq!(
        office.code(
            &["protect", one, "--reason", "x", "--until", "2020-01-01"],
            ""
        ),
        1,
        "a protection that is over already is a mistake"
    );
}

#[test]
fn a_plan_in_a_file_is_carried_out_later() {
    let mut office = Office::synced();
    let who = office.somebody(1);
    let file = office.data.path().join("plan.json");
    let path = file.to_str().expect("a plain path").to_owned();
    let page = office.data.path().join("plan.html");
    let report = page.to_str().expect("a plain path").to_owned();
    assert_eq!(
        office.code(&["plan", "deactivate", &who[0]], ""),
        2,
        "a plan that goes nowhere is a slip"
    );
    let planned = office.json(&[
        "plan",
        "--out",
        &path,
        "--report",
        &report,
        "--reason",
        "Left on Friday",
        "--json",
        "deactivate",
        &who[0],
    ]);
    assert!(planned["run"].is_null(), "nothing is sent: {planned}");
    let html = fs::read_to_string(&page).expect("the report is there");
    let written = fs::read(&file).expect("the plan is there");
    let written: Value = serde_json::from_slice(&written).expect("the plan is JSON");
    assert!(
        html.contains(written["hash"].as_str().expect("a hash")) && html.contains("Left on Friday"),
        "what is signed is this plan"
    );
    let report = office.json(&["apply", &path, "--yes", "--json"]);
    assert_eq!(
        report["run"]["done"], 1,
        "what was reviewed is what is done: {report}"
    );
    let verification = office.json(&["history", "verify", "--json"]);
    assert_eq!(verification["sound"], true, "the history hangs together");
}

#[test]
fn activity_files_map_themselves_or_name_their_candidates() {
    let mut office = Office::synced();
    let emails = office.somebody(6);
    let folder = TempDir::new().expect("a folder for the files");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("the file can be written");
        path.to_str().expect("a path in UTF-8").to_owned()
    };
    let known = file(
        "okta.csv",
        &format!(
            "Login,Status,Last Login\n{},ACTIVE,2024-01-20T10:00:00Z\n{},ACTIVE,Never\nroom@x.example,ACTIVE,\n",
            emails[0].to_uppercase(),
            emails[1]
        ),
    );
    let output = office.run(
        &[
            "evidence",
            "import",
            &known,
            "--connection",
            "Acme",
            "--json",
        ],
        "",
    );
    assert_eq!(
        output.status.code(),
        Some(3),
        "a row that finds nobody is told by the exit code"
    );
    let answer: Value =
        serde_json::from_slice(&output.stdout).expect("--json answers one JSON value");
    assert_eq!(
        answer["import"]["kind"], "okta_sign_ins",
        "a known export needs no word"
    );
    assert_eq!(answer["import"]["counts"]["matched"], 2, "{answer}");
    assert_eq!(
        answer["rows"][0]["row"], 4,
        "and who was not found stands where: {answer}"
    );

    let vague = file(
        "vague.csv",
        &format!(
            "A,B,C\n{0},2024-01-20,2024-02-03\n{1},2024-01-21,2024-02-04\n{2},never,2024-02-04\n",
            emails[0], emails[1], emails[2]
        ),
    );
    let unsure = office.run(&["evidence", "import", &vague], "");
    assert_eq!(
        unsure.status.code(),
        Some(1),
        "of two columns of dates none is taken on a guess"
    );
    let said = String::from_utf8_lossy(&unsure.stderr).into_owned();
    assert!(
        said.contains("Is “B” the date on which somebody was active?"),
        "it asks: {said}"
    );
    let mapped = office.json(&[
        "evidence", "import", &vague, "--map", "person=A", "--map", "date=C", "--name", "Tool",
        "--json",
    ]);
    assert_eq!(
        mapped["import"]["newest"], "2024-02-04",
        "the column that was named counts"
    );
    assert_eq!(
        mapped["source"]["name"], "Tool",
        "under the name that was given"
    );
    let wordless = file("wordless.csv", "A,B\nx,y\nz,w\n");
    let output = office.run(&["evidence", "import", &wordless], "");
    assert_eq!(
        output.status.code(),
        Some(1),
        "nothing is taken in on a guess"
    );
    let (table, said) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        table.contains("Column") && table.contains("x, z"),
        "the candidates are shown with samples: {table}"
    );
    assert!(
        said.contains("--map person=COLUMN"),
        "with the way on: {said}"
    );
    assert_eq!(
        office.code(&["evidence", "import", &wordless, "--map", "person=Q"], ""),
        2,
        "a column that is not there is a slip"
    );

    let sources = office.json(&["evidence", "list", "--json"]);
    assert_eq!(
        sources.as_array().map(Vec::len),
        Some(2),
        "two files count: {sources}"
    );
    // A nightly file that was cut off halfway does not take the place of a whole one.
    let whole: String = emails[..6]
        .iter()
        .map(|email| format!("{email},2024-01-21\n"))
        .collect();
    let nightly = file("nightly.csv", &format!("Email,Last login\n{whole}"));
    office.code(&["evidence", "import", &nightly], "");
    let half: String = whole
        .lines()
        .take(2)
        .map(|line| format!("{line}\n"))
        .collect();
    let nightly = file("nightly.csv", &format!("Email,Last login\n{half}"));
    let output = office.run(&["evidence", "import", &nightly], "");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(1),
        "half a file is refused: {said}"
    );
    assert!(
        said.contains("2 rows where") && said.contains("nothing was kept"),
        "with what is odd about it: {said}"
    );
    let people = |office: &mut Office| {
        let sources = office.json(&["evidence", "list", "--json"]);
        let nightly = sources
            .as_array()
            .and_then(|sources| sources.iter().find(|source| source["name"] == "nightly"));
        nightly.expect("it is listed")["counts"]["rows"].as_u64()
    };
    assert_eq!(people(&mut office), Some(6), "the whole one still counts");
    office.code(&["evidence", "import", &nightly, "--yes"], "");
    assert_eq!(
        people(&mut office),
        Some(2),
        "unless somebody says that it is right"
    );
    office.ok(&["evidence", "forget", "nightly"]);

    let rows = office.json(&["evidence", "rows", "Okta users report", "--json"]);
    assert_eq!(
        (&rows["total"], &rows["rows"][0]["who"]),
        (&1.into(), &"room@x.example".into()),
        "who was not found can be looked up afterwards: {rows}"
    );
    assert_eq!(
        office.json(&["evidence", "aliases", "--json"]),
        Value::Array(Vec::new()),
        "nobody said who is meant by anything"
    );
    assert_eq!(
        office.code(&["evidence", "forget-alias", "room@x.example"], ""),
        1,
        "so there is nothing to take back"
    );
    office.ok(&["evidence", "forget", "tool"]);
    let sources = office.json(&["evidence", "list", "--json"]);
    assert_eq!(
        sources[0]["name"], "Okta users report",
        "one of them no more: {sources}"
    );
}

#[test]
fn the_dormant_are_listed_with_their_evidence_and_planned_for() {
    let mut office = Office::synced();
    let emails = office.somebody(120);
    let folder = TempDir::new().expect("a folder for the files");
    let mut text = String::from("Login,Status,Last Login\n");
    for email in &emails {
        text.push_str(&format!("{email},ACTIVE,2025-03-14T10:00:00Z\n"));
    }
    let file = folder.path().join("okta.csv");
    fs::write(&file, &text).expect("the file can be written");
    let file = file.to_str().expect("a path in UTF-8").to_owned();
    office.code(&["evidence", "import", &file, "--connection", "Acme"], "");
    let plan = folder.path().join("plan.json");
    let path = plan.to_str().expect("a path in UTF-8").to_owned();
    assert_eq!(
        office.code(&["reclaim", "--plan-out", &path], ""),
        1,
        "by a log that is older than the policy's days everybody is dormant, so nobody is planned for unasked"
    );
    assert!(
        office
            .printed
            .contains("nobody is selected. Add a newer export"),
        "and it says so"
    );
    // The day before yesterday in every zone.
    let lately = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(48);
    text.push_str(&format!("{},ACTIVE,{lately:.0}\n", emails[0]));
    fs::write(&file, &text).expect("the file can be written");
    // An address that two records share counts for neither of them, which the exit code tells.
    let imported = office.code(&["evidence", "import", &file, "--connection", "Acme"], "");
    assert!([0, 3].contains(&imported), "the file counts: {imported}");

    let found = office.json(&["dormant", "--pile", "seen_long_ago", "--json"]);
    let people = found["people"].as_array().expect("people are a list");
    assert!(
        people.len() > 5 && found["total"] == people.len(),
        "everybody seen long ago is listed: {found}"
    );
    assert!(
        people.iter().all(|person| {
            person["pile"] == "seen_long_ago"
                && person["days"].as_u64().is_some_and(|days| days >= 180)
                && person["evidence"]
                    .as_str()
                    .is_some_and(|words| words.starts_with("Last sign-in 14 Mar 2025, Okta export"))
        }),
        "each with the pile, the days and the evidence: {found}"
    );
    let none = office.json(&[
        "dormant",
        "--pile",
        "seen_long_ago",
        "--days",
        "9000",
        "--json",
    ]);
    assert_eq!(none["total"], 0, "another threshold is another list");
    let csv = office.ok(&["dormant", "--format", "csv"]);
    assert!(
        csv.starts_with("Name,E-mail,Pile,Days,Evidence,Id\n") && csv.contains("no evidence"),
        "every pile is listed unless one is named"
    );
    assert_eq!(
        office.code(&["dormant", "--pile", "lazy"], ""),
        2,
        "there is no such pile"
    );

    let table = office.ok(&["dormant", "--pile", "seen_long_ago", "--format", "table"]);
    let heading = table.lines().next().unwrap_or_default();
    assert!(
        heading.contains("Name") && heading.contains("Evidence") && !heading.contains("Id"),
        "a table has headings, and no ids: {heading}"
    );
    assert_eq!(
        table.matches("Last sign-in 14 Mar 2025").count(),
        people.len(),
        "a line for each, all of them where nobody looks at a screen: {table}"
    );
    let formatted = office.ok(&["dormant", "--pile", "seen_long_ago", "--format", "json"]);
    let formatted: Value = serde_json::from_str(&formatted).expect("it is JSON");
    assert_eq!(formatted, found, "--format json is what --json is");

    let planned = office.json(&["reclaim", "--limit", "4", "--plan-out", &path, "--json"]);
    assert_eq!(
        planned["plan"]["people"], 4,
        "at most as many as asked for: {planned}"
    );
    let written = fs::read_to_string(&plan).expect("the plan is written");
    assert_eq!(
        written.matches("\"deactivate\"").count(),
        4,
        "each of them is deactivated"
    );
    let all = office.json(&["reclaim", "--plan-out", &path, "--json"]);
    let usual: u64 = found["piles"]
        .as_array()
        .expect("piles are a list")
        .iter()
        .filter(|count| {
            ["seen_long_ago", "left_still_active"]
                .iter()
                .any(|pile| count["pile"] == *pile)
        })
        .filter_map(|count| count["people"].as_u64())
        .sum();
    assert_eq!(
        all["plan"]["people"], usual,
        "who was never seen, or is in no file, is planned for only when their pile is named"
    );
    let applied = office.json(&["reclaim", "--limit", "4", "--plan-out", &path, "--json"]);
    assert!(!applied["plan"].is_null(), "planned again");
    let run = office.json(&["apply", &path, "--yes", "--json"]);
    assert_eq!(
        run["run"]["seatsFreed"], 4,
        "and the seats are freed: {run}"
    );
    let known = office.json(&["people", "--columns", "Separation reason", "--json"]);
    let reasons = known["people"].as_array().expect("people are a list");
    let reason = reasons
        .iter()
        .find_map(|person| person["values"]["Separation reason"].as_str())
        .expect("somebody has left before");
    let two = ["reclaim", "--limit", "2", "--plan-out", &path, "--json"];
    let with = |reason| [&two[..], &["--separation-reason", reason]].concat();
    let planned = office.json(&with(reason));
    assert_eq!(planned["plan"]["people"], 2, "no more people: {planned}");
    let written = fs::read_to_string(&plan).expect("the plan is written");
    assert_eq!(
        written.matches(reason).count(),
        2,
        "the reason goes with each deactivation: {written}"
    );
    assert_eq!(
        office.code(&with("Because"), ""),
        3,
        "a reason nobody has is no new segment by accident"
    );
    assert_eq!(
        office.code(
            &[
                "reclaim",
                "--pile",
                "left_still_active",
                "--plan-out",
                &path
            ],
            ""
        ),
        1,
        "an empty pile makes no plan"
    );
}

#[test]
fn seats_are_reclaimed_a_few_first_and_the_rest_after_a_look() {
    let mut office = Office::synced();
    let emails = office.somebody(60);
    let folder = TempDir::new().expect("a folder for the files");
    let path = |name: &str| {
        let path = folder.path().join(name);
        path.to_str().expect("a path in UTF-8").to_owned()
    };
    let lately = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(48);
    let mut text = format!(
        "Login,Status,Last Login\n{},ACTIVE,{lately:.0}\n",
        emails[0]
    );
    for email in &emails[1..] {
        text.push_str(&format!("{email},ACTIVE,2025-03-14T10:00:00Z\n"));
    }
    let (file, plan) = (path("okta.csv"), path("plan.json"));
    fs::write(&file, &text).expect("the file can be written");
    office.code(&["evidence", "import", &file], "");
    let planned = office.json(&["reclaim", "--limit", "5", "--plan-out", &plan, "--json"]);
    assert_eq!(
        planned["plan"]["reclaims"], 5,
        "they go for being dormant, so the window offers a pilot unasked: {planned}"
    );
    let none = office.code(&["apply", &plan, "--pilot", "0", "--yes"], "");
    assert_eq!(none, 2, "a pilot of nobody is a mistake");

    let output = office.run(&["apply", &plan, "--pilot", "2", "--yes", "--json"], "");
    assert_eq!(output.status.code(), Some(3), "the rest is not done yet");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("--json answers JSON");
    let run = &answer["run"];
    assert_eq!(
        (&run["status"], &run["done"], &run["total"]),
        (&"paused".into(), &2.into(), &5.into()),
        "two are done and the run waits: {run}"
    );
    assert!(
        run["why"]
            .as_str()
            .is_some_and(|why| why.starts_with("The first 2 are done and read back.")),
        "for a look at them: {run}"
    );
    let resumed = office.json(&["runs", "resume", "--json"]);
    assert_eq!(
        (&resumed["run"]["status"], &resumed["run"]["done"]),
        (&"done".into(), &5.into()),
        "after which the rest goes: {resumed}"
    );
    assert_eq!(resumed["run"]["seatsFreed"], 5, "{resumed}");
}

#[test]
fn the_token_is_nowhere() {
    let mut office = Office::synced();
    let who = office.somebody(2);
    office.run(&["connections", "test", "Acme"], "");
    office.run(&["deactivate", &who[0], "--yes", "--json"], "");
    office.run(&["sync", "--json"], "");
    assert!(
        !office.printed.contains(TOKEN),
        "neither stdout nor stderr nor the log shows it"
    );
    let mut seen = 0;
    look(office.data.path(), &mut seen);
    assert!(seen > 0, "there are files to look into");
}

fn look(folder: &Path, seen: &mut u32) {
    for entry in fs::read_dir(folder).expect("the data folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            look(&path, seen);
            continue;
        }
        let bytes = fs::read(&path).expect("the file can be read");
        let found = bytes
            .windows(TOKEN.len())
            .any(|window| window == TOKEN.as_bytes());
        assert!(!found, "the token stands in {}", path.display());
        *seen += 1;
    }
}

#[test]
fn mistakes_are_told_apart() {
    let mut office = Office::open();
    assert_eq!(office.code(&["nonsense"], ""), 2, "no such command");
    assert_eq!(office.code(&["sync"], ""), 1, "there is no connection yet");
    // Port 1 is reserved and never served.
    let url = "http://127.0.0.1:1/api/scim/v2";
    assert_eq!(
        office.code(
            &["connections", "add", "X", "--url", url, "--no-keychain"],
            ""
        ),
        1,
        "nothing answers there, and nothing is kept"
    );
    let list = office.json(&["connections", "list", "--json"]);
    assert_eq!(
        list["connections"].as_array().map(Vec::len),
        Some(0),
        "a failed test keeps nothing"
    );
}
