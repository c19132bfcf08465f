//! Services that want things in ways of their own, the engine in front of them.

use std::collections::BTreeMap;

use engine::{
    changes::{draft::Edit, plan::Group, run::ItemState},
    connection::{ConnectionChange, Policy, TestStepName},
    ids::RowId,
};
use sandbox::{Profile, Settings};
use secrecy::SecretString;
use serde_json::{Value, json};
use tests::{
    company::{Company, TODAY, TOKEN, control, token},
    crowd::{arrived, records},
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
        .map(|mut person| person["resource"].take())
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
        let rows = desk.staff(3)?;
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
async fn whole_records_are_read_one_by_one_before_and_by_listing_after() -> Outcome {
    let company = Company::of(60).await?;
    company.set(json!({ "patch": false })).await?;
    let desk = Desk::at(&company.service.url(), TOKEN)?;
    desk.sync().await?;
    let rows = desk.staff(20)?;
    for row in &rows {
        desk.set(*row, "Business Unit", "A unit of its own")?;
    }
    let plan = desk.engine.make_plan(desk.id)?;
    let shown: Vec<_> = desk
        .engine
        .plan_requests(plan.id, 0)?
        .into_iter()
        .map(|request| (request.method, request.url.contains("startIndex")))
        .collect();
    assert_eq!(
        shown,
        [
            ("GET".to_owned(), false),
            ("PUT".to_owned(), false),
            ("GET".to_owned(), true)
        ],
        "IT is shown what will be sent"
    );
    let since = arrived(&company).await?;
    let items = desk.send().await?;
    assert!(
        items.iter().all(|item| item.state == ItemState::Done),
        "each is done and read back: {items:?}"
    );
    let log = company.log_since(since).await?;
    let listed = log
        .iter()
        .filter(|entry| {
            let query = entry["query"].as_str().unwrap_or_default();
            query.contains("startIndex")
        })
        .count();
    assert_eq!(
        log.len() - listed,
        40,
        "each person is read once and written once, not listed before"
    );
    assert_eq!(
        plan.operations, 42,
        "and the plan says so, with two pages at most"
    );
    assert!(listed <= 2, "no more is listed: {listed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn how_values_are_taken_away_is_learned_once_and_remembered() -> Outcome {
    for bulk in [true, false] {
        let company = Company::of(60).await?;
        company
            .set(json!({ "clear": ["null"], "bulk": bulk }))
            .await?;
        let desk = Desk::at(&company.service.url(), TOKEN)?;
        desk.sync().await?;
        let refused = async |rows: &[RowId]| -> anyhow::Result<usize> {
            for row in rows {
                desk.clear(*row, "Team")?;
            }
            let since = arrived(&company).await?;
            let items = desk.send().await?;
            assert!(
                items.iter().all(|item| item.state == ItemState::Done),
                "null takes them away: {items:?}"
            );
            let log = company.log_since(since).await?;
            let refused = log.iter().filter(|entry| entry["status"] == 400);
            Ok(refused.count())
        };
        let rows = desk.staff(14)?;
        assert!(refused(&rows[..1]).await? >= 1, "removing is tried first");
        assert_eq!(refused(&rows[1..2]).await?, 0, "and never again");
        desk.sync().await?;
        assert_eq!(refused(&rows[2..]).await?, 0, "nor after another sync");
        for row in rows {
            assert_eq!(desk.value(row, "Team")?, None, "nobody has one now");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_values_are_taken_away_together_where_removing_is_refused() -> Outcome {
    let company = Company::of(60).await?;
    company.set(json!({ "clear": ["null"] })).await?;
    let desk = Desk::at(&company.service.url(), TOKEN)?;
    desk.sync().await?;
    let rows = desk.staff(14)?;
    for row in &rows {
        desk.clear(*row, "Team")?;
    }
    let items = desk.send().await?;
    assert!(
        items.iter().all(|item| item.state == ItemState::Done),
        "those refused together are cleared by null one by one: {items:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_manager_can_be_given_where_nobody_has_one() -> Outcome {
    for profile in [Profile::Peakon, Profile::Rfc] {
        let company = Company::with(Settings {
            people: 30,
            profile,
            ..Settings::default()
        })
        .await?;
        for id in records(&company).await?.into_keys() {
            company
                .write(json!({ "person": id, "set": { "Manager": null } }))
                .await?;
        }
        let desk = Desk::at(&company.service.url(), TOKEN)?;
        desk.sync().await?;
        let rows = desk.staff(2)?;
        let boss = desk.engine.person(desk.id, rows[0])?;
        let email = boss.email.clone().unwrap_or_default();
        desk.set(rows[1], "Manager", &email)?;
        let items = desk.send().await?;
        assert_eq!(items[0].state, ItemState::Done, "{profile:?}: {items:?}");
        let person = desk.engine.person(desk.id, rows[1])?;
        let found = records(&company).await?.remove(&person.scim_id);
        let found = found.unwrap_or_default();
        let (manager, expected) = match profile {
            Profile::Peakon => (
                &found["urn:ietf:params:scim:schemas:extension:peakon:2.0:User"]["Manager"],
                json!(email),
            ),
            Profile::Rfc => (
                &found["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"]["value"],
                json!(boss.scim_id),
            ),
        };
        assert_eq!(
            *manager, expected,
            "{profile:?}: in the form that is documented, since there is none to copy"
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
            "id" => format!(":Manager\",\"value\":\"{}\"", boss.scim_id),
            _ => format!(":Manager\",\"value\":{{\"value\":\"{email}\"}}"),
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
