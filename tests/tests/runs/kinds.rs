//! People who come, who go and whose reports move first, with what goes wrong on the way: compared by whole records,
//! and nobody twice.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use engine::{
    Engine,
    attribute::{Attribute, Role},
    changes::{
        draft::Edit,
        plan::Plan,
        run::{ItemState, Run, RunStatus},
    },
    connection::{ConnectionChange, Policy},
    ids::{ConnectionId, RowId},
    people::{Status, ViewQuery},
    ports::News,
};
use sandbox::Settings;
use serde_json::{Value, json};
use tests::{
    company::Company,
    crowd::{agreed, arrived, finish, records},
    plan_file::signed,
};

use super::{
    Outcome,
    killed::{Dice, brought_to_its_end, hand, kill, until_it_struck},
};

const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";

/// Whole records, by what a person is called for as long as they are there.
type People = BTreeMap<String, Value>;

struct Office {
    company: Company,
    id: ConnectionId,
    before: People,
    since: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Thirty pairs who refer to each other, so that one of each pair takes a second item.
    Come,
    Go,
    /// A leader whose reports get another manager first.
    HandOver,
}

impl Office {
    async fn new() -> anyhow::Result<Self> {
        Self::with(Settings {
            people: 400,
            ..Settings::default()
        })
        .await
    }

    async fn with(settings: Settings) -> anyhow::Result<Self> {
        let company = Company::with(settings).await?;
        company.set(json!({ "bulk": false })).await?;
        company
            .control(
                "POST",
                "/attributes",
                Some(json!({ "add": { "name": "Mentor", "kind": "employee" } })),
            )
            .await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        let before = by_name(&company).await?;
        let since = arrived(&company).await?;
        Ok(Self {
            company,
            id,
            before,
            since,
        })
    }

    fn engine(&self) -> &Arc<Engine> {
        &self.company.engine
    }

    fn attribute(&self, is: impl Fn(&Attribute) -> bool) -> anyhow::Result<Attribute> {
        let directory = self.engine().directory_of(self.id)?;
        let found = directory.attributes.iter().find(|found| is(found));
        found.cloned().context("the directory has this attribute")
    }

    fn key(&self, role: Role) -> anyhow::Result<String> {
        Ok(self
            .attribute(|attribute| attribute.role == Some(role))?
            .key)
    }

    /// Active people by whether they have reports, with their user names.
    fn active(&self, leads: bool) -> anyhow::Result<Vec<(RowId, String)>> {
        let view = self.engine().open_view(self.id, ViewQuery::default())?;
        let window = self.engine().window(view.id, 0, view.total, &[])?;
        let mut found = Vec::new();
        for row in &window.rows {
            let person = self.engine().person(self.id, row.id)?;
            if row.status == Status::Active && (person.reports_total > 0) == leads {
                found.extend(person.email.map(|email| (row.id, email)));
            }
        }
        Ok(found)
    }

    /// What is to be done, and what the service must show afterwards.
    fn plan(&self, kind: Kind) -> anyhow::Result<(Plan, People)> {
        let mut wanted = self.before.clone();
        let staff = self.active(false)?;
        ensure!(staff.len() > 61, "{} people", staff.len());
        let plan = match kind {
            Kind::Come => return self.comers(&staff[0].1),
            Kind::Go => {
                let leavers = &staff[..60];
                for (_, name) in leavers {
                    wanted.remove(name);
                }
                let rows = leavers.iter().map(|(row, _)| *row).collect();
                self.engine()
                    .plan_edits(self.id, vec![(rows, Edit::Delete)])?
            }
            Kind::HandOver => {
                let manager = self.attribute(|found| found.role == Some(Role::Manager))?;
                let leaders = self.active(true)?;
                let known: BTreeMap<&String, RowId> =
                    staff.iter().map(|(row, name)| (name, *row)).collect();
                let reports = |leader: &String| -> Vec<&String> {
                    let under = |record: &Value| {
                        let manager = record[PEAKON]["Manager"].as_str().unwrap_or_default();
                        manager.eq_ignore_ascii_case(leader)
                    };
                    let all = self.before.iter().filter(|(_, record)| under(record));
                    all.map(|(name, _)| name).collect()
                };
                // Above everybody, so that nobody ends in a circle.
                let (_, heir) = leaders
                    .iter()
                    .find(|(_, name)| self.before[name][PEAKON]["Manager"].is_null())
                    .context("somebody leads them all")?;
                let lowest = leaders.iter().filter(|(_, name)| {
                    let all = reports(name);
                    name != heir && all.iter().all(|report| known.contains_key(report))
                });
                let mut edits = Vec::new();
                // Whoever leads is protected, and goes alone.
                let most = lowest.max_by_key(|(_, name)| reports(name).len());
                if let Some((leader, name)) = most {
                    let mut moving = Vec::new();
                    for report in reports(name) {
                        moving.push(known[report]);
                        let record = wanted.get_mut(report).context("a record")?;
                        record[PEAKON]["Manager"] = json!(heir);
                    }
                    let leaver = wanted.get_mut(name).context("a record")?;
                    leaver["active"] = json!(false);
                    leaver[PEAKON]["Separation date"] = json!("2026-11-23");
                    edits.push((
                        moving,
                        Edit::Set {
                            attribute: manager.id,
                            value: heir.clone(),
                            new_option: false,
                        },
                    ));
                    edits.push((vec![*leader], Edit::Deactivate));
                }
                self.engine().plan_edits(self.id, edits)?
            }
        };
        Ok((plan.0, wanted))
    }

    fn comers(&self, boss: &str) -> anyhow::Result<(Plan, People)> {
        let mentor = self.attribute(|attribute| attribute.label == "Mentor")?.key;
        let mut wanted = self.before.clone();
        let mut changes = Vec::new();
        for number in 0..30 {
            let email = |who: &str| format!("{who}.{number}@new.example");
            for (who, manager, mentor_of) in [
                ("ida", boss.to_owned(), Some(email("max"))),
                ("max", email("ida"), None),
            ] {
                let mut values = json!({
                    self.key(Role::GivenName)?: who,
                    self.key(Role::FamilyName)?: format!("Number {number}"),
                    self.key(Role::Email)?: email(who),
                    self.key(Role::UserName)?: email(who),
                    self.key(Role::Manager)?: manager,
                    self.key(Role::Department)?: "Atelier",
                });
                let mut record = json!({ "Manager": manager, "Department": "Atelier" });
                if let Some(mentor_of) = mentor_of {
                    values[&mentor] = json!(mentor_of);
                    record["Mentor"] = json!(mentor_of);
                }
                changes.push(json!({ "do": "create", "name": format!("{who} Number {number}"), "values": values }));
                wanted.insert(email(who), json!({ PEAKON: record }));
            }
        }
        let rows = vec![self.active(false)?[1].0];
        let department = self.attribute(|found| found.role == Some(Role::Department))?;
        let edit = Edit::Set {
            attribute: department.id,
            value: "Atelier".to_owned(),
            new_option: true,
        };
        let (any, _) = self.engine().plan_edits(self.id, vec![(rows, edit)])?;
        let path = self.company.folder.path().join("plan.json");
        self.engine().write_plan(any.id, &path)?;
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        file["changes"] = Value::Array(changes);
        std::fs::write(&path, signed(file)?)?;
        let plan = self.engine().read_plan(&path, None)?;
        ensure!(plan.items > 60, "some take a second item: {}", plan.items);
        Ok((plan, wanted))
    }

    fn be_impatient(&self) -> anyhow::Result<()> {
        self.company
            .clock
            .wait_no_longer_than(Duration::from_millis(700));
        // The client is made anew, with this patience.
        let change = ConnectionChange {
            policy: Some(Policy::default()),
            ..ConnectionChange::default()
        };
        self.engine().change_connection(self.id, change)?;
        Ok(())
    }

    fn start(&self, plan: &Plan) -> anyhow::Result<Run> {
        Ok(self.engine().start_run(plan.id, agreed(plan))?)
    }

    async fn check(&self, run: &Run, wanted: &People) -> Outcome {
        self.check_people(run, wanted).await?;
        let mut effects: BTreeMap<(String, String), u32> = BTreeMap::new();
        for effect in self
            .company
            .log_since(self.since)
            .await?
            .iter()
            .filter_map(|entry| entry["effects"].as_array())
            .flatten()
            .filter(|effect| effect["kind"] != "same")
        {
            let text = |name: &str| effect[name].as_str().unwrap_or_default().to_owned();
            *effects.entry((text("person"), text("kind"))).or_default() += 1;
        }
        let twice: Vec<_> = effects.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "nothing has its effect twice: {twice:?}");
        assert_eq!(
            effects.len(),
            run.total as usize,
            "one effect for each item"
        );
        Ok(())
    }

    async fn check_people(&self, run: &Run, wanted: &People) -> Outcome {
        assert_eq!(
            (run.status, run.done),
            (RunStatus::Done, run.total),
            "everything is done: {run:?}"
        );
        let engine = self.company.another_engine()?;
        for item in engine.run_page(run.id, None, 0, u32::MAX)?.items {
            assert_eq!(item.state, ItemState::Done, "{item:?}");
        }
        let now = by_name(&self.company).await?;
        let names: Vec<&String> = now.keys().collect();
        assert_eq!(
            names,
            wanted.keys().collect::<Vec<_>>(),
            "exactly these people are there"
        );
        for (name, wanted) in wanted {
            let mut wanted = wanted.clone();
            // A day, in whatever form the service writes days.
            let day = now[name][PEAKON]["Separation date"].clone();
            let written = day.as_str().unwrap_or_default();
            let meant = wanted[PEAKON]["Separation date"].as_str();
            if meant.is_some_and(|meant| written.starts_with(meant)) {
                wanted[PEAKON]["Separation date"] = day;
            }
            let same = match self.before.contains_key(name) {
                true => now[name] == wanted,
                // A new person has what the service adds besides.
                false => {
                    let mut wanted = wanted[PEAKON].as_object().into_iter().flatten();
                    wanted.all(|(key, value)| now[name][PEAKON][key] == *value)
                }
            };
            assert!(same, "{name} is {} and not {wanted}", now[name]);
        }
        let verification = engine.verify_history()?;
        assert!(verification.sound, "{}", verification.message);
        Ok(())
    }
}

async fn by_name(company: &Company) -> anyhow::Result<People> {
    let mut people = People::new();
    for (_, mut record) in records(company).await? {
        let name = record["userName"].as_str().context("a name")?.to_owned();
        if let Some(members) = record.as_object_mut() {
            members.remove("id");
        }
        ensure!(
            people.insert(name.clone(), record).is_none(),
            "{name} is there twice"
        );
    }
    Ok(people)
}

async fn with(kind: Kind, faults: Value) -> Outcome {
    let office = Office::new().await?;
    office.be_impatient()?;
    let (plan, wanted) = office.plan(kind)?;
    office.company.fail(faults).await?;
    let run = office.start(&plan)?;
    let run = finish(&office.company, &run).await?;
    office.company.no_faults().await?;
    office.check(&run, &wanted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn comers_whose_answers_are_lost_come_once() -> Outcome {
    with(
        Kind::Come,
        json!([
            { "method": "POST", "nth": 5, "count": 8, "drop": "after" },
            { "method": "POST", "nth": 25, "count": 4, "delayAnswer": 3_000 },
            { "method": "POST", "nth": 40, "count": 4, "drop": "before" },
            { "method": "PATCH", "nth": 5, "count": 6, "drop": "after" },
        ]),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn leavers_whose_answers_are_lost_leave_once() -> Outcome {
    with(
        Kind::Go,
        json!([
            { "method": "DELETE", "nth": 5, "count": 8, "drop": "after" },
            { "method": "DELETE", "nth": 25, "count": 4, "delayAnswer": 3_000 },
            { "method": "DELETE", "nth": 40, "count": 4, "status": 503 },
        ]),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_whose_answers_are_lost_keeps_its_order() -> Outcome {
    with(
        Kind::HandOver,
        json!([
            { "method": "PATCH", "nth": 3, "count": 3, "drop": "after" },
            { "method": "PATCH", "nth": 8, "count": 2, "delayAnswer": 3_000 },
        ]),
    )
    .await
}

/// Three processes ended at a random request, and one that brings the run to its end.
async fn killed(kind: Kind, seed: u64) -> Outcome {
    let office = Office::new().await?;
    let (plan, wanted) = office.plan(kind)?;
    // Begun, and then it waits for somebody to see to the token.
    let refused = json!({ "count": 0, "status": 401 });
    office.company.fail(refused).await?;
    let run = office.start(&plan)?;
    let run = finish(&office.company, &run).await?;
    ensure!(run.status == RunStatus::Paused, "before it began: {run:?}");
    office.company.no_faults().await?;
    let mut dice = Dice(seed);
    let most = match kind {
        Kind::Come => 60,
        Kind::Go => 40,
        Kind::HandOver => 12,
    };
    for _ in 0..3 {
        let nth = 3 + dice.up_to(most);
        let silent = match dice.up_to(2) {
            0 => json!({ "nth": nth, "count": 0, "delay": 60_000, "drop": "before" }),
            _ => json!({ "nth": nth, "count": 0, "delayAnswer": 60_000 }),
        };
        office.company.fail(json!([silent])).await?;
        let mut child = hand(office.company.folder.path()).spawn()?;
        let struck = until_it_struck(&office.company, &mut child).await;
        kill(child)?;
        office.company.no_faults().await?;
        if struck.is_err() {
            // It got to its end first.
            break;
        }
    }
    let open = office.company.another_engine()?.open_run(office.id)?;
    let run = match open.context("the run is remembered")? {
        done if done.status == RunStatus::Done => done,
        _ => brought_to_its_end(&office.company, office.id).await?,
    };
    office.check(&run, &wanted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn comers_in_the_middle_of_whom_the_process_ends_come_once() -> Outcome {
    killed(Kind::Come, 3).await
}

#[tokio::test(flavor = "multi_thread")]
async fn leavers_in_the_middle_of_whom_the_process_ends_leave_once() -> Outcome {
    killed(Kind::Go, 4).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_in_the_middle_of_which_the_process_ends_keeps_its_order() -> Outcome {
    killed(Kind::HandOver, 5).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_goes_down_and_comes_back_is_waited_for() -> Outcome {
    let state = tempfile::tempdir()?;
    let settings = Settings {
        people: 400,
        state: Some(state.path().join("state")),
        ..Settings::default()
    };
    let mut office = Office::with(settings.clone()).await?;
    office.be_impatient()?;
    let (plan, wanted) = office.plan(Kind::Go)?;
    office
        .company
        .fail(json!([{ "method": "DELETE", "nth": 20, "count": 0, "delayAnswer": 5_000 }]))
        .await?;
    let run = office.start(&plan)?;
    loop {
        let armed = office.company.control("GET", "/faults", None).await?;
        if armed[0]["matched"].as_u64().unwrap_or(0) >= 20 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let port = office.company.service.port();
    let elsewhere = sandbox::start(Settings::default()).await?;
    std::mem::replace(&mut office.company.service, elsewhere)
        .stop()
        .await;
    let waiting = tokio::task::block_in_place(|| {
        office.company.ear.wait_for(|news| match news {
            News::Run(run) if run.status == RunStatus::Paused => Some(run.clone()),
            _ => None,
        })
    });
    let why = waiting.why.clone().unwrap_or_default();
    assert!(
        why.contains("could not be reached") && waiting.resume_at.is_some(),
        "it says what it waits for, and goes on by itself: {waiting:?}"
    );
    office.company.service = sandbox::start(Settings {
        port,
        token: tests::company::TOKEN.to_owned(),
        today: Some(tests::company::TODAY),
        ..settings
    })
    .await?;
    let run = finish(&office.company, &run).await?;
    office.check_people(&run, &wanted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn newcomers_who_refer_to_each_other_are_kept_in_a_file_whole() -> Outcome {
    let office = Office::new().await?;
    let (plan, _) = office.plan(Kind::Come)?;
    let path = office.company.folder.path().join("again.json");
    office.engine().write_plan(plan.id, &path)?;
    let again = office.engine().read_plan(&path, None)?;
    // Which of a pair takes the second step is as good either way.
    assert_eq!(
        (again.items, again.people),
        (plan.items, plan.people),
        "what the second step gives them is in the file as well, and all of it goes: {:?}",
        again.groups
    );
    Ok(())
}
