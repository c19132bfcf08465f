//! Plans as files, and what a review says and lets go: the engine in front of the sample company.

use std::{fs, path::PathBuf, sync::Arc};

use anyhow::Context;
use engine::{
    Code, Engine,
    attribute::Role,
    changes::{
        draft::Edit,
        plan::{Confirmation, Group, Plan, PlanOrigin},
    },
    history::HistoryQuery,
    ids::{AttributeId, ConnectionId, RowId},
    people::{Selection, Status, ViewQuery},
};
use serde_json::{Value, json};
use tests::{
    company::Company,
    plan_file::{sha256, signed},
};

type Outcome = anyhow::Result<()>;

struct Acme {
    company: Company,
    id: ConnectionId,
    /// Where files are written.
    folder: tempfile::TempDir,
}

impl Acme {
    async fn new() -> anyhow::Result<Self> {
        let company = Company::of(200).await?;
        let id = company.connect()?.id;
        company.engine.sync(id).await?;
        Ok(Self {
            company,
            id,
            folder: tempfile::tempdir()?,
        })
    }

    fn engine(&self) -> &Arc<Engine> {
        &self.company.engine
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn staff(&self, count: usize) -> anyhow::Result<Vec<RowId>> {
        let view = self.engine().open_view(self.id, ViewQuery::default())?;
        let window = self.engine().window(view.id, 0, view.total, &[])?;
        let mut staff = Vec::new();
        for row in window
            .rows
            .iter()
            .filter(|row| row.status == Status::Active)
        {
            let person = self.engine().person(self.id, row.id)?;
            if person.reports_total == 0 && person.email.is_some() {
                staff.push(row.id);
            }
        }
        staff.truncate(count);
        anyhow::ensure!(
            staff.len() == count,
            "there are {count} people without reports"
        );
        Ok(staff)
    }

    fn department(&self) -> anyhow::Result<AttributeId> {
        self.role(Role::Department)
    }

    fn role(&self, role: Role) -> anyhow::Result<AttributeId> {
        self.engine()
            .directory_of(self.id)?
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(role))
            .map(|attribute| attribute.id)
            .with_context(|| format!("an attribute is the {role:?}"))
    }

    fn to(&self, department: &str) -> anyhow::Result<Edit> {
        Ok(Edit::Set {
            attribute: self.department()?,
            value: department.to_owned(),
            new_option: true,
        })
    }

    /// A department that somebody has.
    fn known_department(&self) -> anyhow::Result<String> {
        let view = self.engine().open_view(self.id, ViewQuery::default())?;
        let found = self
            .engine()
            .window(view.id, 0, view.total, &[self.department()?])?
            .rows
            .into_iter()
            .find_map(|row| row.cells[0].value.clone());
        found.context("somebody has a department")
    }

    fn written(&self, plan: &Plan, name: &str) -> anyhow::Result<Value> {
        let path = self.file(name);
        self.engine().write_plan(plan.id, &path)?;
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }

    async fn carried_out(&self, plan: &Plan) -> anyhow::Result<engine::changes::run::Run> {
        let run = self.engine().start_run(
            plan.id,
            Confirmation {
                hash: plan.hash.clone(),
                number: plan.confirm.type_number,
                reason: None,
                name: plan.confirm.type_name.clone(),
                ..Confirmation::default()
            },
        )?;
        Ok(self.engine().finish_run(run.id).await?)
    }

    fn groups(&self, plan: &Plan) -> Vec<(Group, u32)> {
        plan.groups
            .iter()
            .map(|group| (group.group, group.items))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_from_a_file_holds_only_what_moved_meanwhile() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(3)?;
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people.clone(), acme.to("Atelier")?)])?;
    assert_eq!(
        acme.engine().draft(acme.id)?.changes,
        0,
        "a plan from edits leaves the draft alone"
    );
    let file = acme.file("plan.json");
    acme.engine().write_plan(plan.id, &file)?;

    let moved = acme.engine().person(acme.id, people[1])?;
    let elsewhere = json!({ "person": moved.scim_id, "set": { "Department": "Skunk works" } });
    acme.company.write(elsewhere).await?;
    acme.engine().sync(acme.id).await?;

    let read = acme.engine().read_plan(&file, None)?;
    assert_eq!(
        read.origin,
        PlanOrigin::File,
        "the page says where it is from"
    );
    assert_eq!(
        acme.groups(&read),
        [(Group::Held, 1), (Group::OtherChanges, 2)],
        "the one that moved is held, the rest goes"
    );
    let held = acme.engine().plan_page(read.id, Group::Held, 0, 10)?;
    let why = held.items[0].reason.clone().unwrap_or_default();
    assert!(
        why.contains("Skunk works") && why.contains("Atelier"),
        "both values are named: {why}"
    );
    let run = acme.carried_out(&read).await?;
    assert_eq!((run.done, run.total), (2, 2), "what goes is sent: {run:?}");

    let events = HistoryQuery {
        run: Some(run.id),
        ..HistoryQuery::default()
    };
    let events = acme.engine().history(acme.id, events, 0, 10)?.events;
    let hash = sha256(&fs::read(&file)?);
    assert!(
        events.len() == 2
            && events
                .iter()
                .all(|event| event.source.as_deref() == Some(hash.as_str())),
        "each event names the file by its hash: {events:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_can_create_people_in_the_order_that_works() -> Outcome {
    let acme = Acme::new().await?;
    let row = acme.staff(1)?[0];
    let before = acme.engine().person(acme.id, row)?;
    let reports_to = acme.role(Role::Manager)?;
    let manager = before
        .fields
        .iter()
        .find(|field| field.attribute == reports_to)
        .and_then(|field| field.cell.value.clone())
        .context("somebody has a manager")?;
    let key = |role: Role| {
        let directory = acme.engine().directory_of(acme.id)?;
        let found = directory
            .attributes
            .iter()
            .find(|attribute| attribute.role == Some(role))
            .map(|attribute| attribute.key.clone());
        found.with_context(|| format!("an attribute is the {role:?}"))
    };
    let new = |name: &str, email: &str, manager: &str| -> anyhow::Result<Value> {
        let (given, family) = name.split_once(' ').context("two names")?;
        Ok(json!({
            "do": "create",
            "name": name,
            "values": {
                key(Role::GivenName)?: given,
                key(Role::FamilyName)?: family,
                key(Role::Email)?: email,
                key(Role::UserName)?: email,
                key(Role::Manager)?: manager,
                key(Role::Department)?: "Atelier",
            }
        }))
    };
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(vec![row], acme.to("Atelier")?)])?;
    let mut file = acme.written(&plan, "plan.json")?;
    // The report stands before the manager on purpose.
    file["changes"] = json!([
        new("Ida Novak", "ida.novak@new.example", "max.frey@new.example")?,
        new("Max Frey", "max.frey@new.example", &manager)?,
    ]);
    let path = acme.file("creations.json");
    fs::write(&path, signed(file)?)?;

    let read = acme.engine().read_plan(&path, None)?;
    assert_eq!(acme.groups(&read), [(Group::Creations, 2)], "both go");
    let page = acme.engine().plan_page(read.id, Group::Creations, 0, 10)?;
    let names: Vec<&str> = page.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["Max Frey", "Ida Novak"], "the manager first");
    let run = acme.carried_out(&read).await?;
    assert_eq!((run.done, run.total), (2, 2), "{run:?}");
    let found = acme
        .engine()
        .choose_person(acme.id, "ida.novak@new.example", 5)?;
    let ida = acme
        .engine()
        .person(acme.id, found.first().context("Ida is there")?.row)?;
    let manager = ida
        .fields
        .iter()
        .find(|field| field.attribute == reports_to)
        .and_then(|field| field.cell.value.clone());
    assert_eq!(
        manager.as_deref(),
        Some("max.frey@new.example"),
        "and reports to the manager who was created with her"
    );

    // What was created and written down can be written down again.
    let again = acme.written(&read, "again.json")?;
    assert_eq!(
        again["changes"].as_array().map(Vec::len),
        Some(2),
        "a plan that creates people is kept in a file too"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_nobody_has_is_marked_as_a_new_segment() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(2)?;
    let known = acme.known_department()?;
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people.clone(), acme.to("Atelier")?)])?;
    let mut file = acme.written(&plan, "plan.json")?;
    // Somebody mistypes a segment that exists.
    file["changes"][0]["after"] = json!(known.to_uppercase());
    let path = acme.file("edited.json");
    fs::write(&path, signed(file)?)?;
    let read = acme.engine().read_plan(&path, None)?;
    let mut segments = read.new_segments.clone();
    segments.sort_by_key(|segment| segment.similar.is_none());
    let told: Vec<_> = segments
        .iter()
        .map(|segment| {
            (
                segment.value.as_str(),
                segment.people,
                segment.similar.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (known.to_uppercase().as_str(), 1, Some(known.as_str())),
            ("Atelier", 1, None),
        ],
        "the review names each, and the one it looks like"
    );
    let page = acme
        .engine()
        .plan_page(read.id, Group::OtherChanges, 0, 10)?;
    assert!(
        page.items.iter().all(|item| item.fields[0].new_segment),
        "and each line is marked"
    );

    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to(&known)?)])?;
    assert!(
        plan.new_segments.is_empty(),
        "a value in use is none: {:?}",
        plan.new_segments
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_directory_never_had_is_held_and_the_others_go() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(3)?;
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to("Atelier")?)])?;
    let mut file = acme.written(&plan, "plan.json")?;
    file["changes"][0]["id"] = json!("nobody-1");
    let changes = file["changes"].as_array_mut().context("changes")?;
    changes.push(json!({ "id": "nobody-2", "name": "Not Here", "do": "delete" }));
    changes.push(json!({ "id": "nobody-2", "name": "Not Here", "do": "deactivate" }));
    let name = changes[0]["name"].as_str().context("a name")?.to_owned();
    let path = acme.file("strangers.json");
    fs::write(&path, signed(file)?)?;

    let read = acme.engine().read_plan(&path, None)?;
    assert_eq!(
        acme.groups(&read),
        [(Group::Held, 2), (Group::OtherChanges, 2)],
        "whoever is known goes"
    );
    let held = acme.engine().plan_page(read.id, Group::Held, 0, 10)?;
    let mut why: Vec<_> = held
        .items
        .iter()
        .map(|item| item.reason.clone().unwrap_or_default())
        .collect();
    why.sort();
    let mut said = [
        format!("{name} (nobody-1)"),
        "Not Here (nobody-2)".to_owned(),
    ]
    .map(|who| {
        format!("{who} is not in the directory. Sync and open the plan again, or leave this out")
    });
    said.sort();
    assert_eq!(why, said, "with the reason");
    let run = acme.carried_out(&read).await?;
    assert_eq!(
        (run.done, run.total),
        (2, 2),
        "nothing is sent of them: {run:?}"
    );
    let again = acme.written(&read, "again.json")?;
    let ids: Vec<_> = again["changes"]
        .as_array()
        .context("changes")?
        .iter()
        .filter_map(|change| change["id"].as_str())
        .collect();
    assert!(
        ids.contains(&"nobody-1") && ids.contains(&"nobody-2"),
        "and nobody is lost from a file written again: {ids:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_edited_since_it_was_signed_is_refused() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(2)?;
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to("Atelier")?)])?;
    let good = acme.written(&plan, "plan.json")?;
    let report = acme.file("plan.html");
    acme.engine().write_report(plan.id, &report, None)?;
    assert!(
        fs::read_to_string(&report)?.contains(good["hash"].as_str().context("a hash")?),
        "what is signed and what is sent are known by one hash"
    );
    let edits: [&dyn Fn(&mut Value); 3] = [
        &|file| file["changes"][0]["after"] = json!("Marketing"),
        &|file| file["changes"][0]["id"] = file["changes"][1]["id"].clone(),
        &|file| file["changes"] = json!([file["changes"][0]]),
    ];
    for edit in edits {
        let mut file = good.clone();
        edit(&mut file);
        let path = acme.file("edited.json");
        fs::write(&path, serde_json::to_vec(&file)?)?;
        let error = acme
            .engine()
            .read_plan(&path, None)
            .err()
            .context("is refused")?;
        assert_eq!(error.code, Code::Precondition, "{error}");
        assert!(
            error.message.contains("was edited since it was written"),
            "{error}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_fit_says_what_to_do() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(1)?;
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to("Atelier")?)])?;
    let good = acme.written(&plan, "plan.json")?;
    let path = acme.file("bad.json");
    let refused = |change: &dyn Fn(&mut Value)| -> anyhow::Result<String> {
        let mut file = good.clone();
        change(&mut file);
        fs::write(&path, signed(file)?)?;
        let error = acme
            .engine()
            .read_plan(&path, None)
            .err()
            .context("is refused")?;
        assert_eq!(error.code, Code::Precondition, "{error}");
        Ok(error.message)
    };
    let message = refused(&|file| {
        file["connection"]["service"] = json!("https://other.example/api/scim/v2");
        file["connection"]["name"] = json!("Other");
    })?;
    assert_eq!(
        message,
        "This plan is for Other at https://other.example/api/scim/v2, and no connection here goes there. \
         Connect to it, sync, and open the plan again.",
        "another company's plan never runs here"
    );
    let message = refused(&|file| file["changes"][0]["attribute"] = json!("urn:x:Shoe size"))?;
    assert!(
        message.contains("no attribute urn:x:Shoe size"),
        "{message}"
    );
    let message = refused(&|file| file["format"] = json!("muster-plan-9"))?;
    assert!(message.contains("muster-plan-9"), "{message}");
    let message = refused(&|file| *file = json!([1, 2]))?;
    assert!(message.contains("is no plan of Muster's"), "{message}");

    // The same service by its other address is the same service.
    let mut file = good.clone();
    let url = file["connection"]["service"]
        .as_str()
        .context("an address")?
        .to_owned();
    file["connection"]["service"] = json!(format!("{url}/"));
    file["connection"]["name"] = json!("What a colleague calls it");
    file["connection"]["id"] = json!(99);
    fs::write(&path, signed(file)?)?;
    assert_eq!(
        acme.engine().read_plan(&path, None)?.connection,
        acme.id,
        "a connection is found by where it goes"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_names_everybody_and_has_room_for_a_signature() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(2)?;
    let (plan, _) = acme.engine().plan_edits(
        acme.id,
        vec![
            (vec![people[0]], acme.to("R&D <north>")?),
            (vec![people[1]], Edit::Deactivate),
        ],
    )?;
    let path = acme.file("plan.html");
    acme.engine()
        .write_report(plan.id, &path, Some("Site closes"))?;
    let page = fs::read_to_string(&path)?;
    for row in &people {
        let name = acme.engine().person(acme.id, *row)?.name;
        assert!(
            page.contains(&name.replace('\'', "&#39;")),
            "{name} is named"
        );
    }
    assert!(
        page.contains("R&amp;D &lt;north&gt;") && !page.contains("<north>"),
        "what people write stays text"
    );
    assert!(
        page.contains("Site closes") && page.contains("Signature"),
        "why, and room to sign"
    );
    assert!(
        page.find("Deactivations") < page.find("Other changes"),
        "the gravest first"
    );
    assert!(
        !page.contains("<script") && !page.contains("http-equiv") && !page.contains("src="),
        "it needs nothing but itself"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_can_leave_the_draft_from_its_line() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(3)?;
    acme.engine().stage(
        acme.id,
        Selection::Rows {
            rows: people.clone(),
        },
        acme.to("Atelier")?,
        false,
    )?;
    let moved = acme.engine().person(acme.id, people[1])?;
    let elsewhere = json!({ "person": moved.scim_id, "set": { "Department": "Skunk works" } });
    acme.company.write(elsewhere).await?;
    acme.engine().sync(acme.id).await?;

    let plan = acme.engine().make_plan(acme.id)?;
    let out = acme
        .engine()
        .plan_page(plan.id, Group::OtherChanges, 0, 10)?;
    let plan = acme
        .engine()
        .leave_out(plan.id, vec![out.items[0].position], true)?;
    let held = acme.engine().plan_page(plan.id, Group::Held, 0, 10)?;
    let plan = acme
        .engine()
        .remove_from_draft(plan.id, held.items[0].position)?;
    assert_eq!(
        acme.groups(&plan),
        [(Group::OtherChanges, 2)],
        "its line is gone and the others stand"
    );
    assert_eq!(
        plan.groups[0].left_out, 1,
        "what was left out stays left out"
    );
    let draft = acme.engine().draft(acme.id)?;
    assert_eq!(draft.changes, 2, "it is gone from the draft");
    acme.engine().undo(acme.id)?;
    assert_eq!(
        acme.engine().draft(acme.id)?.changes,
        3,
        "and comes back like any edit"
    );

    let (other, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to("Atelier")?)])?;
    let refused = acme
        .engine()
        .remove_from_draft(other.id, 0)
        .err()
        .context("is refused")?;
    assert_eq!(
        refused.code,
        Code::Precondition,
        "a plan that is not the draft's has nothing in it: {refused}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_put_aside_taken_up_and_thrown_away() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(2)?;
    let stage = |row: RowId| -> anyhow::Result<()> {
        acme.engine().stage(
            acme.id,
            Selection::Rows { rows: vec![row] },
            acme.to("Atelier")?,
            false,
        )?;
        Ok(())
    };
    stage(people[0])?;
    assert_eq!(
        acme.engine().park_draft(acme.id, "Friday")?.changes,
        0,
        "the desk is clear"
    );
    stage(people[1])?;
    acme.engine().park_draft(acme.id, "Monday")?;
    let parked = acme.engine().parked_drafts(acme.id)?;
    let names: Vec<&str> = parked.iter().map(|draft| draft.name.as_str()).collect();
    assert_eq!(names, ["Monday", "Friday"], "both are kept, newest first");
    acme.engine().forget_draft(acme.id, parked[0].id)?;
    acme.engine().forget_draft(acme.id, parked[0].id)?;
    assert_eq!(
        acme.engine().resume_draft(acme.id, parked[1].id)?.changes,
        1,
        "the other is as it was put aside"
    );
    let refused = acme.engine().resume_draft(acme.id, parked[0].id).err();
    assert!(refused.is_some(), "what was thrown away stays away");
    assert!(
        acme.engine().parked_drafts(acme.id)?.is_empty(),
        "nothing is left aside"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_says_what_does_not_come_back() -> Outcome {
    let acme = Acme::new().await?;
    let row = acme.staff(1)?[0];
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(vec![row], Edit::Delete)])?;
    let run = acme.carried_out(&plan).await?;
    let back = acme.engine().take_back(run.id, Some(vec![0]))?;
    assert_eq!(
        back.origin,
        PlanOrigin::TakeBack,
        "the page says what it is"
    );
    assert!(
        back.irreversible
            .iter()
            .any(|sentence| sentence.contains("another id")),
        "the id is lost, and that is said before it is sent: {:?}",
        back.irreversible
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_timed_by_how_fast_the_last_run_went() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(40)?;
    let (first, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people.clone(), acme.to("Atelier")?)])?;
    let by_quota = f64::from(first.operations) * 3600.0 / 25_000.0;
    assert!(
        (first.seconds - by_quota).abs() < 0.01,
        "before any run the quota's pace is all that is known: {}",
        first.seconds
    );
    acme.carried_out(&first).await?;
    let (next, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to("Studio")?)])?;
    assert_ne!(
        next.seconds,
        f64::from(next.operations) * 3600.0 / 25_000.0,
        "after one, what it took"
    );
    Ok(())
}
