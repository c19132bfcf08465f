//! Services that want things in ways of their own, the engine in front of them.

use std::collections::BTreeMap;

use engine::{
    changes::{draft::Edit, plan::Group, run::ItemState},
    connection::{ConnectionChange, Policy, TestStepName},
};
use sandbox::Settings;
use secrecy::SecretString;
use serde_json::{Value, json};
use tests::{
    company::{Company, TODAY, TOKEN, control, token},
    crowd::arrived,
    desk::Desk,
};

type Outcome = anyhow::Result<()>;

/// Requests per method since request `since`.
async fn methods(company: &Company, since: u64) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut methods = BTreeMap::new();
    for entry in company.log_since(since).await? {
        let method = entry["method"].as_str().unwrap_or_default().to_owned();
        *methods.entry(method).or_default() += 1;
    }
    Ok(methods)
}

async fn person(company: &Company, scim_id: &str) -> anyhow::Result<Value> {
    company
        .control("GET", &format!("/people/{scim_id}"), None)
        .await
}

/// What the test of a connection says about writing.
async fn promise(company: &Company) -> anyhow::Result<String> {
    let report = company
        .engine
        .test_connection(&company.service.url(), token(), |_| {})
        .await;
    let writing = report
        .steps
        .iter()
        .find(|step| step.step == TestStepName::Writing);
    Ok(writing
        .map(|step| step.sentence.clone())
        .unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_single_attributes_cannot_be_changed_whole_records_are_sent() -> Outcome {
    for declared in [true, false] {
        let company = Company::of(60).await?;
        company
            .set(json!({ "patch": false, "serviceProviderConfig": declared }))
            .await?;
        let said = promise(&company).await?;
        assert!(
            said.contains("whole record"),
            "what will be sent is said before anything is kept: {said}"
        );
        let desk = Desk::at(&company.service.url(), TOKEN)?;
        desk.sync().await?;
        let rows: Vec<_> = desk.everybody()?.into_iter().take(3).collect();
        let scim_id = desk.engine.person(desk.id, rows[0])?.scim_id;
        let before = person(&company, &scim_id).await?;
        desk.set(rows[0], "Business Unit", "A unit of its own")?;
        desk.set(rows[1], "Business Unit", "A unit of its own")?;
        desk.set(rows[2], "First name", "Zoë")?;
        let plan = desk.engine.make_plan(desk.id)?;
        let shown = desk.engine.plan_requests(plan.id, 0)?;
        if declared {
            assert_eq!(
                shown[1].method, "PUT",
                "IT is shown what will be sent: {shown:?}"
            );
        }
        let since = arrived(&company).await?;
        let items = desk.send().await?;
        assert!(
            items.iter().all(|item| item.state == ItemState::Done),
            "each is done and read back: {items:?}"
        );
        let sent = methods(&company, since).await?;
        assert_eq!(sent.get("PUT"), Some(&3), "as whole records: {sent:?}");
        let tried = sent.get("PATCH").copied().unwrap_or_default();
        assert!(
            if declared {
                tried == 0
            } else {
                (1..=3).contains(&tried)
            },
            "single attributes are tried only where nothing is declared: {sent:?}"
        );
        let mut expected = before;
        let after = person(&company, &scim_id).await?;
        let unit = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";
        expected[unit]["Business Unit"] = json!("A unit of its own");
        assert_eq!(
            after[unit], expected[unit],
            "everything else is as it was before"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_cursors_only_is_synced_compared_and_read_back_by_cursor() -> Outcome {
    for declared in [true, false] {
        let company = Company::of(120).await?;
        company
            .set(json!({ "cursor": "forced", "bulk": false, "serviceProviderConfig": declared }))
            .await?;
        let desk = Desk::at(&company.service.url(), TOKEN)?;
        let outcome = desk.sync().await?;
        assert!(
            outcome.complete && outcome.people == 120,
            "everybody is listed: {outcome:?}"
        );
        let rows: Vec<_> = desk.everybody()?.into_iter().take(60).collect();
        let business = desk.attribute("Business Unit")?;
        desk.stage(
            &rows,
            Edit::Set {
                attribute: business,
                value: "A unit of its own".to_owned(),
                new_option: true,
            },
        )?;
        let since = arrived(&company).await?;
        let items = desk.send().await?;
        let done = items
            .iter()
            .filter(|item| item.state == ItemState::Done)
            .count();
        assert_eq!(done, 60, "nobody is left over: {items:?}");
        let log = company.log_since(since).await?;
        let listed = log
            .iter()
            .filter(|entry| {
                entry["status"] == 200
                    && entry["query"]
                        .as_str()
                        .is_some_and(|query| query.contains("cursor="))
            })
            .count();
        assert!(listed >= 2, "so many are compared and read back by listing");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_one_service_never_goes_to_another() -> Outcome {
    let acme = Company::of(20).await?;
    let own = "the-token-of-beta-7";
    let beta = sandbox::start(Settings {
        people: 20,
        token: own.to_owned(),
        today: Some(TODAY),
        ..Settings::default()
    })
    .await?;
    let first = acme.connect()?;
    let mut new = engine::connection::NewConnection {
        name: "Beta".to_owned(),
        url: beta.url(),
        colour: engine::connection::Colour::Red,
        service: engine::connection::ServiceKind::Other,
        keep: engine::connection::TokenPlace::Keychain,
    };
    let second = acme
        .engine
        .add_connection(new.clone(), &SecretString::from(own.to_owned()))?;
    acme.engine.lend_token(second.id, token())?;
    let outcome = acme.engine.sync(second.id).await?;
    assert_eq!(outcome.people, 20, "Beta is asked with its own token");
    let log = control(beta.port(), "GET", "/log?since=0", None).await?;
    let refused = log["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|entry| entry["status"] == 401);
    assert!(!refused, "another's token never arrived there");
    assert_eq!(
        acme.engine.sync(first.id).await?.people,
        20,
        "and Acme with its own"
    );
    new.name = "Gamma".to_owned();
    new.keep = engine::connection::TokenPlace::Environment;
    let next = acme.engine.add_connection(new, &token())?;
    let engine = acme.another_engine()?;
    engine.lend_token(next.id, SecretString::from(own.to_owned()))?;
    assert_eq!(
        engine.sync(next.id).await?.people,
        20,
        "a connection that keeps none is lent the one given"
    );
    Ok(())
}

/// What a service does in its own way, and what Muster can't have there, by the label of what was changed.
type Habit = (Value, &'static [(&'static str, &'static str)]);

fn habits() -> Vec<Habit> {
    vec![
        (json!({ "activeForm": "text" }), &[]),
        (json!({ "activeForm": "absent" }), &[]),
        (json!({ "emailsForm": "object" }), &[]),
        (json!({ "emailsForm": "withoutPrimary" }), &[]),
        (json!({ "managerForm": "id" }), &[]),
        (json!({ "managerForm": "object" }), &[]),
        (json!({ "managerById": true }), &[]),
        (json!({ "nameForm": "firstLast" }), &[]),
        (json!({ "nulls": true }), &[]),
        (json!({ "resourceSchemas": false }), &[]),
        (json!({ "enterpriseCopies": true }), &[]),
        (json!({ "mediaType": "json" }), &[]),
        (json!({ "patch": false }), &[]),
        (
            json!({ "patch": false, "put": "merge", "clear": ["null"] }),
            &[],
        ),
        (json!({ "patch": false, "putAnswer": "noContent" }), &[]),
        (json!({ "patchAnswer": "noContent" }), &[]),
        (json!({ "createStatus": 200 }), &[]),
        (json!({ "activeDefault": true }), &[]),
        (json!({ "spacesInPaths": true }), &[]),
        (json!({ "unknownKeys": "ignore" }), &[]),
        (json!({ "clear": ["null"] }), &[]),
        (json!({ "clear": ["empty"] }), &[]),
        (json!({ "clear": ["remove"] }), &[]),
        (
            json!({ "clear": ["empty"], "clearOtherwise": "ignore" }),
            &[],
        ),
        (json!({ "unknownManager": "drop" }), &[]),
        (json!({ "newOptions": "reject" }), &[]),
        (json!({ "duplicates": "update" }), &[]),
        (json!({ "duplicates": "secondRecord" }), &[]),
        (
            json!({ "errorForm": "jsonApi", "numericErrorStatus": true }),
            &[],
        ),
        (json!({ "errorForm": "html" }), &[]),
        (json!({ "types": "strings" }), &[]),
        (json!({ "types": "withoutValues" }), &[]),
        (json!({ "discoveryNeedsToken": false }), &[]),
        (json!({ "paths": "both" }), &[]),
        (json!({ "itemsPerPage": "missing" }), &[]),
        (json!({ "itemsPerPage": "requested" }), &[]),
        (json!({ "pageCap": 7, "pageSize": 5 }), &[]),
        (json!({ "surveyRound": "2026-11-20" }), &[]),
        (json!({ "etags": true, "meta": true }), &[]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_habit_a_change_is_done_or_the_refusal_is_said() -> Outcome {
    for (switches, refused) in habits() {
        let company = Company::of(60).await?;
        company.set(switches.clone()).await?;
        let desk = Desk::at(&company.service.url(), TOKEN)?;
        let outcome = desk.sync().await?;
        assert!(
            outcome.complete && outcome.people == 60,
            "{switches}: everybody is listed: {outcome:?}"
        );
        let rows = desk.staff(6)?;
        let email = |row| desk.engine.person(desk.id, row).map(|person| person.email);
        let boss = email(rows[0])?.unwrap_or_default();
        let unit = desk.other_value(rows[1], "Business Unit")?;
        desk.set(rows[1], "Business Unit", &unit)?;
        desk.set(rows[2], "Manager", &boss)?;
        desk.set(rows[3], "E-mail", "new.address@acme.example")?;
        desk.stage(&[rows[4]], Edit::Deactivate)?;
        desk.clear(rows[5], "Business Unit")?;
        let items = desk.send().await?;
        println!("{switches}");
        for item in &items {
            println!("   {:?} {} {:?}", item.state, item.sentence, item.why);
        }
        let missed: Vec<_> = items
            .iter()
            .filter(|item| item.state != ItemState::Done)
            .collect();
        for item in &missed {
            let expected = refused.iter().any(|(what, why)| {
                item.sentence.contains(what)
                    && item.why.as_deref().is_some_and(|said| said.contains(why))
            });
            assert!(expected, "{switches}: {item:?}");
        }
        assert_eq!(
            missed.len(),
            refused.len(),
            "{switches}: what can't be had is known: {missed:?}"
        );
        let before = items.len() - missed.len();
        assert!(before > 0, "{switches}: something could be done");
        let again = desk.sync().await?;
        assert_eq!(
            (again.complete, again.changed),
            (true, 0),
            "{switches}: what was read back is what a sync finds: {again:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_written_as_the_service_writes_them_however_late_they_are_listed() -> Outcome {
    for form in ["id", "object"] {
        let company = Company::of(2_000).await?;
        company
            .set(json!({ "managerForm": form, "bulk": false }))
            .await?;
        let desk = Desk::at(&company.service.url(), TOKEN)?;
        desk.sync().await?;
        let rows = desk.staff(2)?;
        let boss = desk.engine.person(desk.id, rows[0])?;
        let email = boss.email.clone().unwrap_or_default();
        desk.set(rows[1], "Manager", &email)?;
        let items = desk.send().await?;
        assert!(
            items.iter().all(|item| item.state == ItemState::Done),
            "{form}: the manager is read back as written: {items:?}"
        );
        let sent = items[0].request.clone().unwrap_or_default();
        let expected = match form {
            "id" => format!("\"Manager\":\"{}\"", boss.scim_id),
            _ => format!("\"Manager\":{{\"value\":\"{email}\"}}"),
        };
        assert!(sent.contains(&expected), "{form}: {expected} in {sent}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_gets_the_policys_reason_where_it_exists_and_loses_it_on_return() -> Outcome {
    let company = Company::of(300).await?;
    let desk = Desk::at(&company.service.url(), TOKEN)?;
    desk.sync().await?;
    let rows = desk.staff(2)?;
    let known = desk.other_value(rows[0], "Separation reason")?;
    let policy = |reason: &str| ConnectionChange {
        policy: Some(Policy {
            separation_reason: Some(reason.to_owned()),
            ..Policy::default()
        }),
        ..ConnectionChange::default()
    };
    desk.engine
        .change_connection(desk.id, policy("A reason nobody has"))?;
    desk.stage(&rows[..1], Edit::Deactivate)?;
    let plan = desk.engine.make_plan(desk.id)?;
    let page = desk
        .engine
        .plan_page(plan.id, Group::Deactivations, 0, 10)?;
    let labels: Vec<_> = page.items[0]
        .fields
        .iter()
        .map(|field| field.label.as_str())
        .collect();
    assert!(
        labels.contains(&"Separation date") && !labels.contains(&"Separation reason"),
        "a reason nobody has would be a new segment by accident: {labels:?}"
    );
    let note = page.items[0].note.clone().unwrap_or_default();
    assert!(note.contains("left alone"), "and that is said: {note}");

    desk.engine.change_connection(desk.id, policy(&known))?;
    let items = desk.send().await?;
    assert_eq!(items[0].state, ItemState::Done, "{items:?}");
    assert_eq!(
        desk.value(rows[0], "Separation reason")?.as_deref(),
        Some(known.as_str()),
        "the policy's reason goes with the date"
    );
    desk.stage(&rows[..1], Edit::Activate)?;
    let items = desk.send().await?;
    assert_eq!(items[0].state, ItemState::Done, "{items:?}");
    for label in ["Separation date", "Separation reason"] {
        assert_eq!(
            desk.value(rows[0], label)?,
            None,
            "{label}: whoever is back has not left"
        );
    }
    Ok(())
}
