//! Plans as files: written, signed, read again, refused.

use std::fs;

use anyhow::Context;
use engine::{
    Code,
    attribute::Role,
    changes::plan::{Group, PlanOrigin},
    history::HistoryQuery,
};
use serde_json::{Value, json};
use tests::plan_file::{sha256, signed};

use super::acme::{Acme, Outcome};

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
