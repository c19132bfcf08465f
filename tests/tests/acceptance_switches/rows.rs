//! The table: one row for one switch in one position, with what comes of it where that is not simply what was meant.

use anyhow::{Result, ensure};
use sandbox::Profile;
use serde_json::{Value, json};

use crate::story::{After, Part};

/// Goes by the name of a switch, since it decides as much.
pub const PROFILE: &str = "profile";

/// What the sync says of the listing.
#[derive(Clone, Copy, Debug)]
pub enum Synced {
    Whole,
    /// Whole, with a warning that holds these words.
    WholeSaying(&'static str),
    /// With a warning that holds these words.
    NotWhole(&'static str),
    /// By chance; but never silently not whole.
    WholeOrSaid,
    /// Nothing is read at all, for a reason that holds these words.
    Refused(&'static str),
}

/// A part that can't be had, and how that is said.
#[derive(Debug)]
pub struct Told {
    pub part: Part,
    pub words: &'static str,
    /// The service has it all the same, and nothing shows it.
    pub stored: bool,
}

/// Who is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comer {
    New,
    /// Somebody by the address of a leaver whom the service neither lists nor finds.
    HiddenLeaver,
}

pub struct Row {
    pub switch: &'static str,
    pub position: Value,
    /// Other switches, where the one alone would change nothing.
    pub with: Value,
    pub profile: Profile,
    pub synced: Synced,
    pub told: Vec<Told>,
    /// Attributes that another system, or the service by itself, changes meanwhile.
    pub aside: &'static [&'static str],
    /// Sent to the control address before the sync, and between review and run.
    pub first: Vec<(&'static str, Value)>,
    pub meanwhile: Vec<(&'static str, Value)>,
    /// The attribute that says who leads somebody.
    pub led_by: &'static str,
    pub mails: bool,
    pub comer: Comer,
    pub check: Option<fn(&After) -> Result<()>>,
}

fn row(switch: &'static str, position: Value) -> Row {
    Row {
        switch,
        position,
        with: json!({}),
        profile: Profile::Peakon,
        synced: Synced::Whole,
        told: Vec::new(),
        aside: &[],
        first: Vec::new(),
        meanwhile: Vec::new(),
        led_by: "Manager",
        mails: false,
        comer: Comer::New,
        check: None,
    }
}

impl Row {
    pub fn name(&self) -> String {
        let with = self.with.as_object().into_iter().flatten();
        let with: String = with.map(|(name, to)| format!(", {name} = {to}")).collect();
        format!("{} = {}{with}", self.switch, self.position)
    }

    pub fn switches(&self) -> Value {
        let mut switches = self.with.clone();
        if self.switch != PROFILE {
            switches[self.switch] = self.position.clone();
        }
        switches
    }

    fn with(self, with: Value) -> Self {
        Self { with, ..self }
    }

    fn synced(self, synced: Synced) -> Self {
        Self { synced, ..self }
    }

    fn told(mut self, part: Part, words: &'static str) -> Self {
        self.told.push(Told {
            part,
            words,
            stored: false,
        });
        self
    }

    fn told_of(self, parts: &[Part], words: &'static str) -> Self {
        let tell = |row: Self, part: &Part| row.told(*part, words);
        parts.iter().fold(self, tell)
    }

    /// Told of the part before as well, though the service has it.
    fn though_stored(mut self) -> Self {
        if let Some(last) = self.told.last_mut() {
            last.stored = true;
        }
        self
    }

    fn aside(self, aside: &'static [&'static str]) -> Self {
        Self { aside, ..self }
    }

    fn check(self, check: fn(&After) -> Result<()>) -> Self {
        Self {
            check: Some(check),
            ..self
        }
    }

    fn mails(self) -> Self {
        Self {
            mails: true,
            ..self
        }
    }

    /// Leads by an attribute that is there at the sync and is not at the run.
    fn by_an_attribute_that_goes(mut self) -> Self {
        let add = json!({ "add": { "name": "Mentor", "kind": "employee" } });
        self.first.push(("/attributes", add));
        let go = json!({ "deactivate": { "name": "Mentor" } });
        self.meanwhile.push(("/attributes", go));
        Self {
            led_by: "Mentor",
            ..self
        }
    }

    /// The manager to be is deleted by somebody else before the run.
    fn the_boss_goes(mut self) -> Self {
        let go = json!({ "person": "boss", "delete": true });
        self.meanwhile.push(("/write", go));
        self
    }
}

fn requests(after: &After, method: &str, path: &str) -> usize {
    let mut count = 0;
    for entry in &after.log {
        let there = entry["path"].as_str().unwrap_or_default().contains(path);
        count += usize::from(entry["method"] == method && there);
    }
    count
}

fn says(after: &After, words: &str) -> bool {
    let mut steps = after.test.steps.iter();
    steps.any(|step| step.sentence.contains(words))
}

const NOT_STORED: &str = "reading back shows that";

pub fn all() -> Vec<Row> {
    [
        listings(),
        people(),
        writes(),
        clearing(),
        limits(),
        discovery(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub fn listings() -> Vec<Row> {
    let by_ten = || json!({ "pageCap": 10 });
    vec![
        row("latency", json!(0)),
        row("latency", json!(10)),
        row("pageSize", json!(50)),
        row("pageSize", json!(5)),
        row("pageCap", json!(100)),
        row("pageCap", json!(7)),
        row("pageCap", json!(1)),
        row("order", json!("stable")),
        row("order", json!("drifting"))
            .with(by_ten())
            .synced(Synced::WholeOrSaid),
        row("order", json!("shuffled"))
            .with(by_ten())
            .synced(Synced::WholeOrSaid),
        row("pages", json!("full")).with(by_ten()),
        row("pages", json!("short")).with(by_ten()),
        row("pages", json!("holed"))
            .with(by_ten())
            .synced(Synced::NotWhole("1 are missing")),
        row("totalResults", json!("right")),
        row("totalResults", json!("missing")).with(by_ten()),
        row("totalResults", json!("pageSize")).with(by_ten()),
        row("totalResults", json!("low"))
            .with(by_ten())
            .synced(Synced::WholeSaying("Its count is wrong; the list is whole")),
        row("totalResults", json!("high"))
            .with(by_ten())
            .synced(Synced::NotWhole("6 are missing")),
        row("itemsPerPage", json!("returned")).with(by_ten()),
        row("itemsPerPage", json!("requested")).with(by_ten()),
        row("itemsPerPage", json!("missing")).with(by_ten()),
        row("nobody", json!("emptyList")),
        row("nobody", json!("noContent")),
        row("nobody", json!("withoutResources")),
        row("startIndex", json!("oneBased")).with(by_ten()),
        row("startIndex", json!("zeroBased")).with(by_ten()),
        row("startIndex", json!("ignored"))
            .with(json!({ "pageCap": 40 }))
            .synced(Synced::NotWhole("10 are missing")),
        row("pastTheEnd", json!("empty")).with(by_ten()),
        row("pastTheEnd", json!("repeatLastPage")).with(by_ten()),
        row("pastTheEnd", json!("refused")).with(by_ten()),
        row("leaversListed", json!(true)),
        row("leaversListed", json!(false)),
        row("inactiveListed", json!(true)),
        row("inactiveListed", json!(false)),
        row("listing", json!("allowed")),
        row("listing", json!("forbidden")).synced(Synced::Refused("does not allow this")),
        row("cursor", json!("off")),
        row("cursor", json!("offered")).with(by_ten()),
        row("cursor", json!("forced")).with(by_ten()),
        row("cursorTimeout", json!(600)).with(json!({ "pageCap": 10, "cursor": "forced" })),
        row("cursorTimeout", json!(0))
            .with(json!({ "pageCap": 40, "cursor": "forced" }))
            .synced(Synced::NotWhole("The cursor is too old")),
        row("filters", json!(["userName", "emails", "externalId", "id"])),
        row("filters", json!(["userName"])),
        row("filters", json!([])).told(Part::Come, "refused the request"),
    ]
}

pub fn people() -> Vec<Row> {
    vec![
        row("numericIds", json!(false)),
        row("numericIds", json!(true)),
        row("activeForm", json!("boolean")),
        row("activeForm", json!("text")),
        row("activeForm", json!("absent"))
            .told(Part::Leave, NOT_STORED)
            .though_stored(),
        row("emailsForm", json!("list")).mails(),
        row("emailsForm", json!("object")).mails(),
        row("emailsForm", json!("withoutPrimary")).mails(),
        row("managerForm", json!("email")),
        row("managerForm", json!("id")),
        row("managerForm", json!("object")),
        row("nameForm", json!("standard")),
        row("nameForm", json!("firstLast")),
        row("nulls", json!(false)),
        row("nulls", json!(true)),
        row("resourceSchemas", json!(true)),
        row("resourceSchemas", json!(false)),
        row("enterpriseCopies", json!(false)),
        row("enterpriseCopies", json!(true)),
        row("meta", json!(false)),
        row("meta", json!(true)),
        row("etags", json!(false)),
        row("etags", json!(true)),
        row("mediaType", json!("scim")),
        row("mediaType", json!("json")),
    ]
}

pub fn writes() -> Vec<Row> {
    let whole = || json!({ "patch": false });
    vec![
        row("patch", json!(true)),
        row("patch", json!(false)).check(|after| {
            ensure!(
                says(after, "whole record") && requests(after, "PATCH", "/Users/") == 0,
                "it is said before, and nothing else is tried"
            );
            Ok(())
        }),
        row("patch", json!(false)).with(json!({ "serviceProviderConfig": false })),
        row("put", json!("replace")).with(whole()),
        row("put", json!("merge"))
            .with(whole())
            .told_of(&[Part::Clear, Part::ClearSpaced], NOT_STORED),
        row("putAnswer", json!("resource")).with(whole()),
        row("putAnswer", json!("noContent")).with(whole()),
        row("patchAnswer", json!("resource")),
        row("patchAnswer", json!("noContent")),
        row("createStatus", json!(201)),
        row("createStatus", json!(200)),
        row("activeDefault", json!(false)),
        row("activeDefault", json!(true)),
        row("spacesInPaths", json!(false)),
        row("spacesInPaths", json!(true)),
        row("writesIgnored", json!(false)),
        row("writesIgnored", json!(true))
            .told_of(&Part::USUAL[..6], NOT_STORED)
            .told(Part::Come, "nobody under this id"),
        row("unchangeable", json!([])),
        row("unchangeable", json!(["Business Unit"])).told(Part::Move, NOT_STORED),
        row("unchangeable", json!(["Separation date", "active"])).told(Part::Leave, NOT_STORED),
        row("unknownKeys", json!("reject"))
            .by_an_attribute_that_goes()
            .told(Part::Lead, "is not an attribute of this company"),
        row("unknownKeys", json!("ignore"))
            .by_an_attribute_that_goes()
            .told(Part::Lead, NOT_STORED),
        row("managerById", json!(false)),
        row("managerById", json!(true)).with(json!({ "managerForm": "id" })),
        row("unknownManager", json!("reject"))
            .the_boss_goes()
            .told(Part::Lead, "somebody who exists"),
        row("unknownManager", json!("drop"))
            .the_boss_goes()
            .told(Part::Lead, NOT_STORED)
            .aside(&["Manager"]),
        row("newOptions", json!("create")).check(|after| {
            let new = after.state["newSegments"].as_array().map_or(0, Vec::len);
            ensure!(
                new == 1,
                "one segment was made, on purpose: {}",
                after.state
            );
            Ok(())
        }),
        row("newOptions", json!("reject"))
            .told_of(&[Part::Move, Part::Come], "is not an option of"),
        hidden_leaver("conflict").told(Part::Come, "collides with another record"),
        hidden_leaver("update"),
        hidden_leaver("secondRecord"),
        row("userNameIsEmail", json!(true)).mails(),
        row("userNameIsEmail", json!(false)).mails(),
        row("meddleEvery", json!(0)),
        other_writer(json!({ "bulk": true })),
        other_writer(json!({ "bulk": false })),
        other_writer(json!({ "etags": true })),
        row("surveyRound", json!(null)),
        row("surveyRound", json!("2026-11-20")).check(|after| {
            let changes = after.state["roundChanges"].as_array();
            let changes: Vec<_> = changes.into_iter().flatten().collect();
            ensure!(
                !changes.is_empty()
                    && changes
                        .iter()
                        .all(|change| change["answersRemoved"] == false),
                "whoever leaves today keeps the answers given: {}",
                after.state
            );
            Ok(())
        }),
    ]
}

/// Somebody is created who is there and is not shown.
fn hidden_leaver(duplicates: &'static str) -> Row {
    let row = row("duplicates", json!(duplicates)).with(json!({ "leaversListed": false }));
    Row {
        comer: Comer::HiddenLeaver,
        ..row
    }
}

/// Another system moves each person to another department just before the write.
fn other_writer(with: Value) -> Row {
    row("meddleEvery", json!(1))
        .with(with)
        .aside(&["Department"])
}

pub fn clearing() -> Vec<Row> {
    let clears = |forms: Value| row("clear", forms);
    let ignoring = || json!({ "clearOtherwise": "ignore" });
    const REFUSED: &str = "cannot be cleared this way";
    vec![
        clears(json!(["null", "empty", "remove"])).check(|after| {
            ensure!(
                after.ends.iter().all(|end| end.why.is_empty()),
                "nothing is to be said: {:?}",
                after.ends
            );
            Ok(())
        }),
        clears(json!(["null", "empty"])),
        clears(json!(["null"])),
        clears(json!(["remove"])).told(Part::ClearSpaced, REFUSED),
        clears(json!(["empty"])).told_of(&[Part::Clear, Part::ClearSpaced], REFUSED),
        clears(json!([])).told_of(&[Part::Clear, Part::ClearSpaced], REFUSED),
        clears(json!(["null"]))
            .with(ignoring())
            .told(Part::Clear, NOT_STORED),
        clears(json!(["remove"]))
            .with(ignoring())
            .told(Part::ClearSpaced, NOT_STORED),
        clears(json!(["empty"]))
            .with(ignoring())
            .told_of(&[Part::Clear, Part::ClearSpaced], NOT_STORED),
        row("clearOtherwise", json!("reject"))
            .with(json!({ "clear": ["empty"] }))
            .told_of(&[Part::Clear, Part::ClearSpaced], REFUSED),
        row("clearOtherwise", json!("ignore"))
            .with(json!({ "clear": ["empty"] }))
            .told_of(&[Part::Clear, Part::ClearSpaced], NOT_STORED),
    ]
}

/// Operations for a second: fewer than everything takes, and enough for the one bulk request.
const FEW: u64 = 20;

pub fn limits() -> Vec<Row> {
    let spent = || json!({ "quota": FEW, "quotaWindow": 1 });
    let refusing = || json!({ "newOptions": "reject" });
    let refused = [Part::Move, Part::Come];
    let form = |form: &'static str, words: &'static str| {
        row("errorForm", json!(form))
            .with(refusing())
            .told_of(&refused, words)
    };
    const WORDS: &str = "is not an option of";
    const STATUS: &str = "refused the request (status 400)";
    vec![
        row("bulk", json!(true)).check(|after| {
            ensure!(
                requests(after, "POST", "/Bulk") == 1,
                "those who can go together do"
            );
            Ok(())
        }),
        row("bulk", json!(false)).check(|after| {
            ensure!(
                requests(after, "POST", "/Bulk") == 0,
                "what is not declared is not tried"
            );
            Ok(())
        }),
        row("bulkOperations", json!(1_000)),
        row("bulkOperations", json!(4)),
        row("bulkOperations", json!(1)),
        row("bulkPayload", json!(1_048_576)),
        row("bulkPayload", json!(2_000)),
        row("bulkPayload", json!(100)),
        row("quota", json!(25_000)),
        row("quota", json!(null)),
        row("quota", json!(FEW)).with(json!({ "quotaWindow": 1 })),
        row("quotaWindow", json!(3_600)),
        row("quotaWindow", json!(1)).with(json!({ "quota": FEW })),
        row("retryAfter", json!("seconds")).with(spent()),
        row("retryAfter", json!("date")).with(spent()),
        row("retryAfter", json!("none")).with(spent()),
        form("scim", WORDS),
        form("jsonApi", WORDS),
        form("plain", WORDS),
        form("html", STATUS),
        form("empty", STATUS),
        row("numericErrorStatus", json!(false))
            .with(refusing())
            .told_of(&refused, WORDS),
        row("numericErrorStatus", json!(true))
            .with(refusing())
            .told_of(&refused, WORDS),
    ]
}

pub fn discovery() -> Vec<Row> {
    let profile = |profile: Profile| {
        let position = json!(profile);
        Row {
            profile,
            ..row(PROFILE, position)
        }
    };
    vec![
        profile(Profile::Peakon),
        profile(Profile::Rfc),
        row("schemasForm", json!("list")),
        row("schemasForm", json!("array")),
        row("schemasForm", json!("single")),
        row("schemasForm", json!("withoutSchemas")),
        row("schemasForm", json!("missing"))
            .synced(Synced::WholeSaying("does not list its attributes")),
        row("types", json!("typed")),
        row("types", json!("withoutValues")),
        row("types", json!("strings")),
        row("serviceProviderConfig", json!(true)),
        row("serviceProviderConfig", json!(false))
            .synced(Synced::WholeSaying("does not say what it can do")),
        row("discoveryNeedsToken", json!(true)),
        row("discoveryNeedsToken", json!(false)),
        row("paths", json!("api")),
        row("paths", json!("old")).check(|after| {
            ensure!(
                says(after, "not at the address given"),
                "the twin that answers is named: {:?}",
                after.test.steps
            );
            Ok(())
        }),
        row("paths", json!("both")),
    ]
}
