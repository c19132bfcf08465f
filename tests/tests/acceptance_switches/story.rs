//! What each row goes through: connect, sync, change, deactivate and take in people, and read the service's own records.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use engine::{
    changes::{
        draft::Edit,
        plan::{Plan, Verdict},
        run::{ItemState, RunStatus},
    },
    connection::{
        Colour, NewConnection, ServiceKind, StepVerdict, SyncOutcome, TestReport, TokenPlace,
    },
    ids::{AttributeId, ConnectionId, RowId},
    people::{Selection, ViewQuery},
};
use futures::future::join_all;
use sandbox::{Profile, Settings};
use serde_json::{Value, json};
use tests::{
    company::{Company, token},
    crowd::{agreed, finish, records},
    plan_file::signed,
};

use crate::rows::{Comer, Row, Synced, Told};

pub const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const FIRST_NAME: &str = "name.givenName";
const LEFT_ON: &str = "2026-11-23T00:00:00Z";
const NEW_NAME: &str = "Zoë";
const NEW_UNIT: &str = "A unit of its own";
const NEW_MAIL: &str = "another.address@haldenvale.example";
/// With the others enough to go together in one request where the service offers that.
const MOVERS: usize = 8;

/// What is done to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Eight people get a value that nobody had.
    Move,
    /// Somebody gets another manager.
    Lead,
    Name,
    /// Only where a row asks for it.
    Mail,
    /// A value is taken away whose name is one word.
    Clear,
    /// A value is taken away whose name has a space.
    ClearSpaced,
    Leave,
    /// Somebody new.
    Come,
}

impl Part {
    pub const USUAL: [Part; 7] = [
        Part::Move,
        Part::Lead,
        Part::Name,
        Part::Clear,
        Part::ClearSpaced,
        Part::Leave,
        Part::Come,
    ];
}

/// How one part ended for one person.
#[derive(Debug)]
pub struct Ended {
    pub part: Part,
    pub state: ItemState,
    pub why: String,
}

/// Everything there is to look at afterwards.
pub struct After {
    pub test: TestReport,
    pub ends: Vec<Ended>,
    /// Requests since the sync.
    pub log: Vec<Value>,
    /// The sample company's own count of what happened.
    pub state: Value,
    /// Whoever came, as the service has them.
    pub comers: Vec<Value>,
}

/// What attributes are called on the wire.
struct Keys {
    unit: String,
    manager: String,
    clear: [String; 2],
    separation: Option<String>,
}

impl Keys {
    fn of(row: &Row) -> Self {
        let peakon = |name: &str| format!("{PEAKON}:{name}");
        let enterprise = |name: &str| format!("{ENTERPRISE}:{name}");
        match row.profile {
            Profile::Peakon => Self {
                unit: peakon("Business Unit"),
                manager: peakon(row.led_by),
                clear: [peakon("Team"), peakon("Work Arrangement")],
                separation: Some(peakon("Separation date")),
            },
            Profile::Rfc => Self {
                unit: enterprise("division"),
                manager: enterprise("manager"),
                clear: ["title".to_owned(), enterprise("costCenter")],
                separation: None,
            },
        }
    }
}

/// By id.
type People = BTreeMap<String, Value>;

/// Where a key's value is in a record.
fn member<'a>(record: &'a mut Value, key: &str) -> (&'a mut Value, String) {
    for urn in [PEAKON, ENTERPRISE] {
        if let Some(name) = key.strip_prefix(urn) {
            return (&mut record[urn], name[1..].to_owned());
        }
    }
    match key.split_once('.') {
        Some((outer, inner)) => (&mut record[outer], inner.to_owned()),
        None => (record, key.to_owned()),
    }
}

fn put(record: &mut Value, key: &str, value: Value) {
    let (holder, name) = member(record, key);
    holder[name] = value;
}

fn take(record: &mut Value, key: &str) {
    let (holder, name) = member(record, key);
    if let Some(members) = holder.as_object_mut() {
        members.remove(&name);
    }
}

fn value(record: &Value, key: &str) -> Value {
    let mut record = record.clone();
    let (holder, name) = member(&mut record, key);
    holder.get(&name).cloned().unwrap_or(Value::Null)
}

struct Office<'a> {
    row: &'a Row,
    company: Company,
    id: ConnectionId,
    keys: Keys,
    /// Whom the sync showed.
    rows: BTreeMap<String, RowId>,
    before: People,
}

/// Who does what.
struct Cast {
    boss: String,
    parts: BTreeMap<String, Part>,
}

/// # Errors
/// What is other than the row says.
pub async fn play(row: &Row) -> Result<()> {
    let company = Company::with(Settings {
        people: 50,
        profile: row.profile,
        ..Settings::default()
    })
    .await?;
    let ids: Vec<String> = records(&company).await?.into_keys().collect();
    company.set(row.switches()).await?;
    for (path, body) in &row.first {
        company.control("POST", path, Some(body.clone())).await?;
    }
    let engine = company.engine.clone();
    let test = engine
        .test_connection(&company.service.url(), token(), |_| {})
        .await;
    let new = NewConnection {
        name: "Acme".to_owned(),
        url: test.url.clone(),
        colour: Colour::Blue,
        service: ServiceKind::Sample,
        keep: TokenPlace::Keychain,
    };
    let id = engine.add_connection(new, &token())?.id;
    if !synced(row, &test, engine.sync(id).await)? {
        return Ok(());
    }
    let mut office = Office {
        before: kept(&company, row.profile, &ids).await?,
        keys: Keys::of(row),
        rows: BTreeMap::new(),
        row,
        company,
        id,
    };
    office.rows = office.mirror()?;
    let (after, wanted) = office.work(test).await?;
    let found = kept(&office.company, row.profile, &ids).await?;
    office.compare(&wanted, &found)?;
    office.look_at_the_comer(&after)?;
    ensure!(
        engine.verify_history()?.sound,
        "the history is whole, whatever the service did"
    );
    match row.check {
        Some(check) => check(&after),
        None => Ok(()),
    }
}

/// Whether there is anything to go on with.
fn synced(row: &Row, test: &TestReport, outcome: engine::Result<SyncOutcome>) -> Result<bool> {
    if let Synced::Refused(words) = row.synced {
        let said = test
            .steps
            .iter()
            .find(|step| step.verdict == StepVerdict::Bad)
            .with_context(|| format!("the test must say it: {:?}", test.steps))?;
        ensure!(
            said.sentence.contains(words) && said.next.is_some(),
            "the test says it, and what to do next: {said:?}"
        );
        let Err(error) = outcome else {
            bail!("nothing can be synced here: {outcome:?}");
        };
        ensure!(
            error.message.contains(words),
            "the sync says it: {}",
            error.message
        );
        return Ok(false);
    }
    ensure!(
        test.passed,
        "the connection is tried well: {:?}",
        test.steps
    );
    let outcome = outcome?;
    let warnings = outcome.warnings.join(" ");
    match row.synced {
        Synced::Whole => {
            ensure!(outcome.complete, "everybody is listed: {outcome:?}");
        }
        Synced::WholeSaying(words) => ensure!(
            outcome.complete && warnings.contains(words),
            "everybody is listed, with a word on it: {outcome:?}"
        ),
        Synced::NotWhole(words) => ensure!(
            !outcome.complete && warnings.contains(words),
            "it is said that somebody is missing: {outcome:?}"
        ),
        Synced::WholeOrSaid => ensure!(
            if outcome.complete {
                outcome.people == 50
            } else {
                !outcome.warnings.is_empty()
            },
            "whole, or said not to be: {outcome:?}"
        ),
        Synced::Refused(_) => {}
    }
    Ok(true)
}

/// The service's own records of these, whatever the switches make of them.
async fn kept(company: &Company, profile: Profile, ids: &[String]) -> Result<People> {
    if profile == Profile::Rfc {
        // The control address speaks of Peakon's attributes, which this profile does not have.
        let mut people = records(company).await?;
        for record in people.values_mut() {
            let manager = record[ENTERPRISE]["manager"]["value"].take();
            if !manager.is_null() {
                record[ENTERPRISE]["manager"] = manager;
            }
        }
        people.retain(|id, _| ids.contains(id));
        return Ok(people);
    }
    let one = |id: &String| {
        let id = id.clone();
        async move {
            let path = format!("/people/{id}");
            let person = company.control("GET", &path, None).await;
            // Whoever is deleted is simply not there.
            person
                .ok()
                .map(|mut person| (id, person["resource"].take()))
        }
    };
    let found = join_all(ids.iter().map(one)).await;
    Ok(found.into_iter().flatten().collect())
}

impl Office<'_> {
    fn mirror(&self) -> Result<BTreeMap<String, RowId>> {
        let engine = &self.company.engine;
        let view = engine.open_view(self.id, ViewQuery::default())?;
        let rows: Vec<RowId> = engine
            .window(view.id, 0, view.total, &[])?
            .rows
            .iter()
            .map(|row| row.id)
            .collect();
        let ids = engine.scim_ids(self.id, &rows)?;
        Ok(ids.into_iter().zip(rows).collect())
    }

    fn attribute(&self, key: &str) -> Result<AttributeId> {
        let attributes = self.company.engine.directory_of(self.id)?.attributes;
        let found = attributes.iter().find(|attribute| attribute.key == key);
        Ok(found
            .with_context(|| format!("{key} is among the attributes"))?
            .id)
    }

    /// Ordinary people whom nobody reports to, of whom anything may be asked.
    fn ordinary(&self) -> Result<Vec<String>> {
        let mut ordinary = Vec::new();
        for (id, record) in &self.before {
            let Some(row) = self.rows.get(id) else {
                continue;
            };
            let name = record["userName"].as_str().unwrap_or_default();
            let own = |key: &String| value(record, key).is_string();
            let started = record[PEAKON]["Tenure"].as_str().unwrap_or_default() < "2026-11-20";
            let usual = record["active"] == true
                && record["emails"][0]["value"] == name
                && name
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || "@.".contains(letter))
                && own(&self.keys.unit)
                && self.keys.clear.iter().all(own)
                && started
                && record[PEAKON]["Separation date"].is_null();
            if usual && self.company.engine.person(self.id, *row)?.reports_total == 0 {
                ordinary.push(id.clone());
            }
        }
        Ok(ordinary)
    }

    fn cast(&self) -> Result<Cast> {
        let mut people = self.ordinary()?.into_iter();
        let mut parts = BTreeMap::new();
        let mut wanted: Vec<Part> = vec![Part::Lead, Part::Name, Part::Clear, Part::ClearSpaced];
        wanted.push(Part::Leave);
        wanted.extend(self.row.mails.then_some(Part::Mail));
        wanted.extend([Part::Move; MOVERS]);
        let boss = people.next().context("somebody to lead")?;
        for part in wanted {
            let person = people.next().context("enough ordinary people")?;
            parts.insert(person, part);
        }
        Ok(Cast { boss, parts })
    }

    fn edit(&self, part: Part, boss: &str) -> Result<Edit> {
        let set = |key: &str, value: &str| -> Result<Edit> {
            Ok(Edit::Set {
                attribute: self.attribute(key)?,
                value: value.to_owned(),
                new_option: true,
            })
        };
        let clear = |key: &str| -> Result<Edit> {
            Ok(Edit::Clear {
                attribute: self.attribute(key)?,
            })
        };
        match part {
            Part::Move => set(&self.keys.unit, NEW_UNIT),
            Part::Lead => {
                let boss = self.before[boss]["userName"].as_str().unwrap_or_default();
                set(&self.keys.manager, boss)
            }
            Part::Name => set(FIRST_NAME, NEW_NAME),
            Part::Mail => set("emails.work", NEW_MAIL),
            Part::Clear => clear(&self.keys.clear[0]),
            Part::ClearSpaced => clear(&self.keys.clear[1]),
            Part::Leave => Ok(Edit::Deactivate),
            Part::Come => bail!("whoever is new comes by a plan file"),
        }
    }

    /// What the record is to be once it is done.
    fn meant(&self, part: Part, boss: &str, record: &mut Value) {
        match part {
            Part::Move => put(record, &self.keys.unit, json!(NEW_UNIT)),
            Part::Lead => {
                let boss = match self.row.profile {
                    Profile::Peakon => self.before[boss]["userName"].clone(),
                    Profile::Rfc => json!(boss),
                };
                put(record, &self.keys.manager, boss);
            }
            Part::Name => put(record, FIRST_NAME, json!(NEW_NAME)),
            // The user name goes with the address it was equal to.
            Part::Mail => {
                record["emails"][0]["value"] = json!(NEW_MAIL);
                record["userName"] = json!(NEW_MAIL);
            }
            Part::Clear => take(record, &self.keys.clear[0]),
            Part::ClearSpaced => take(record, &self.keys.clear[1]),
            Part::Leave => {
                put(record, "active", json!(false));
                if let Some(separation) = &self.keys.separation {
                    put(record, separation, json!(LEFT_ON));
                }
            }
            Part::Come => {}
        }
    }

    /// Everything staged, sent and read back; what the service must have afterwards.
    async fn work(&self, test: TestReport) -> Result<(After, People)> {
        let engine = &self.company.engine;
        let cast = self.cast()?;
        for (person, part) in &cast.parts {
            let rows = vec![self.rows[person]];
            let edit = self.edit(*part, &cast.boss)?;
            let staged = engine.stage(self.id, Selection::Rows { rows }, edit, false)?;
            ensure!(staged.changed == 1, "{part:?} is staged: {staged:?}");
        }
        let since = self.arrived().await?;
        let plan = engine.make_plan(self.id)?;
        let comer = self.comer()?;
        for (path, body) in &self.row.meanwhile {
            let mut body = body.clone();
            if body["person"] == "boss" {
                body["person"] = json!(cast.boss);
            }
            self.company.control("POST", path, Some(body)).await?;
        }
        let part = |row: RowId| {
            let person = self.rows.iter().find(|(_, known)| **known == row);
            let part = person.and_then(|(id, _)| cast.parts.get(id));
            part.copied().unwrap_or(Part::Come)
        };
        let mut ends = self.carry_out(&plan, part).await?;
        ends.extend(self.carry_out(&comer, part).await?);
        ensure!(
            ends.len() == cast.parts.len() + 1,
            "everything has an end: {ends:?}"
        );
        let mut wanted = self.before.clone();
        for end in &ends {
            self.judge(end)?;
        }
        for (person, part) in &cast.parts {
            let told = self.told(*part);
            if told.is_none_or(|told| told.stored)
                && let Some(record) = wanted.get_mut(person)
            {
                self.meant(*part, &cast.boss, record);
            }
        }
        let state = self.company.control("GET", "/state", None).await?;
        let created: Vec<String> = state["created"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|id| id.to_string())
            .collect();
        let after = After {
            test,
            ends,
            log: self.company.log_since(since).await?,
            comers: kept(&self.company, self.row.profile, &created)
                .await?
                .into_values()
                .collect(),
            state,
        };
        if self
            .row
            .meanwhile
            .iter()
            .any(|(_, body)| body["delete"] == true)
        {
            wanted.remove(&cast.boss);
        }
        Ok((after, wanted))
    }

    async fn arrived(&self) -> Result<u64> {
        tests::crowd::arrived(&self.company).await
    }

    /// A plan file with one who is new, since nothing else creates people.
    fn comer(&self) -> Result<Plan> {
        let engine = &self.company.engine;
        let someone = *self.rows.values().next().context("somebody")?;
        let edit = Edit::Set {
            attribute: self.attribute(FIRST_NAME)?,
            value: "Anybody".to_owned(),
            new_option: false,
        };
        let (any, _) = engine.plan_edits(self.id, vec![(vec![someone], edit)])?;
        let path = self.company.folder.path().join("comer.json");
        engine.write_plan(any.id, &path)?;
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        let mail = match self.row.comer {
            Comer::New => "ida.new@haldenvale.example".to_owned(),
            Comer::HiddenLeaver => {
                let gone = self.before.iter().find(|(id, record)| {
                    !self.rows.contains_key(*id)
                        && record["emails"][0]["value"] == record["userName"]
                });
                let (_, gone) = gone.context("somebody left and is not listed")?;
                gone["userName"].as_str().unwrap_or_default().to_owned()
            }
        };
        let values = json!({
            FIRST_NAME: "Ida",
            "name.familyName": "New",
            "emails.work": mail,
            "userName": mail,
            self.keys.unit.as_str(): NEW_UNIT,
        });
        file["changes"] = json!([{ "do": "create", "name": "Ida New", "values": values }]);
        std::fs::write(&path, signed(file)?)?;
        Ok(engine.read_plan(&path, None)?)
    }

    /// How each item ended, those the plan itself kept back among them.
    async fn carry_out(&self, plan: &Plan, part: impl Fn(RowId) -> Part) -> Result<Vec<Ended>> {
        let engine = &self.company.engine;
        let mut ends = Vec::new();
        for group in &plan.groups {
            let page = engine.plan_page(plan.id, group.group, 0, group.items)?;
            for item in page.items {
                if matches!(item.verdict, Verdict::Held | Verdict::Blocked) {
                    ends.push(Ended {
                        part: part(item.row),
                        state: ItemState::Held,
                        why: item.reason.unwrap_or_default(),
                    });
                }
            }
        }
        if plan.confirm.empty {
            return Ok(ends);
        }
        let run = engine.start_run(plan.id, agreed(plan))?;
        let run = finish(&self.company, &run).await?;
        ensure!(
            run.status == RunStatus::Done,
            "it comes to its end: {run:?}"
        );
        let page = engine.run_page(run.id, None, 0, u32::MAX)?;
        ends.extend(page.items.into_iter().map(|item| Ended {
            part: part(item.row),
            state: item.state,
            why: item.why.unwrap_or_default(),
        }));
        Ok(ends)
    }

    fn told(&self, part: Part) -> Option<&Told> {
        self.row.told.iter().find(|told| told.part == part)
    }

    fn judge(&self, end: &Ended) -> Result<()> {
        let well = matches!(end.state, ItemState::Done | ItemState::Same);
        match self.told(end.part) {
            None => ensure!(well, "it is done: {end:?}"),
            Some(told) => {
                ensure!(
                    matches!(end.state, ItemState::Held | ItemState::Failed),
                    "it can't be had: {end:?}"
                );
                ensure!(
                    end.why.contains(told.words),
                    "it is said with the words “{}”: {end:?}",
                    told.words
                );
            }
        }
        Ok(())
    }

    /// Everybody's record, those of people nobody touched too.
    fn compare(&self, wanted: &People, found: &People) -> Result<()> {
        let shown = |people: &People| {
            let mut people = people.clone();
            for record in people.values_mut() {
                for aside in self.row.aside {
                    take(record, &format!("{PEAKON}:{aside}"));
                }
            }
            people
        };
        let (wanted, found) = (shown(wanted), shown(found));
        for (id, wanted) in &wanted {
            let found = found.get(id).unwrap_or(&Value::Null);
            ensure!(
                found == wanted || self.is_overwritten(wanted),
                "the service has for {id}\n      {found}\n    and should have\n      {wanted}"
            );
        }
        ensure!(found.len() == wanted.len(), "nobody else is gone");
        Ok(())
    }

    /// Where creating somebody twice writes over the first.
    fn is_overwritten(&self, record: &Value) -> bool {
        let hidden = record[PEAKON]["Separation date"].as_str();
        self.row.comer == Comer::HiddenLeaver
            && self.row.position == "update"
            && hidden.is_some_and(|day| day < LEFT_ON)
    }

    fn look_at_the_comer(&self, after: &After) -> Result<()> {
        let wanted = usize::from(self.told(Part::Come).is_none_or(|told| told.stored));
        if self.row.comer == Comer::HiddenLeaver && self.row.position == "update" {
            return Ok(());
        }
        ensure!(
            after.comers.len() == wanted,
            "as many came as were meant to: {:?}",
            after.comers
        );
        for comer in &after.comers {
            ensure!(
                comer["active"] == true
                    && value(comer, FIRST_NAME) == "Ida"
                    && value(comer, &self.keys.unit) == NEW_UNIT,
                "whoever came has what they were given: {comer}"
            );
        }
        Ok(())
    }
}
