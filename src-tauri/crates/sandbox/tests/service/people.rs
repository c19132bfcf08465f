//! The invented people: the same for the same seed, believable, and as dirty as a real directory (items 3, 9 and 19).

use std::collections::{HashMap, HashSet};

use sandbox::Settings;
use serde_json::{Value, json};

use super::client::{CORE, ENTERPRISE, PEAKON, company, email, id, serve, settings};

#[tokio::test]
async fn a_person_is_an_employee() {
    let service = company(50).await;
    let person = service.somebody().await;
    assert_eq!(
        person["schemas"],
        json!([CORE, ENTERPRISE, PEAKON]),
        "three schemas"
    );
    assert_eq!(
        person["userName"],
        email(&person),
        "the user name is the work e-mail"
    );
    assert!(
        person["name"]["givenName"].is_string() && person["name"]["familyName"].is_string(),
        "first and last name"
    );
    assert_eq!(
        person["externalId"], person[ENTERPRISE]["employeeNumber"],
        "one number for the HR system"
    );
    for name in [
        "Business Unit",
        "Cost Center",
        "Employment Status",
        "Date of Birth",
        "Tenure",
        "Weekly Hours",
    ] {
        assert!(!person[PEAKON][name].is_null(), "{name} is set");
    }
    assert!(
        person.get("roles").is_none(),
        "who is an administrator is not told over SCIM"
    );
}

#[tokio::test]
async fn who_administers_and_who_leads_is_told_by_the_control_address_alone() {
    let service = company(400).await;
    let (mut admins, mut managers) = (0, 0);
    for person in service.everybody().await {
        let wire = person.to_string().to_lowercase();
        assert!(
            !wire.contains("\"admin\":") && !wire.contains("\"roles\":"),
            "SCIM has no word for it: {wire}"
        );
        let path = format!("/people/{}", id(&person));
        let (status, kept) = service.control("GET", &path, None).await;
        assert_eq!(status, 200, "everybody is there: {kept}");
        let flag = |name: &str| kept[name].as_bool().expect("a flag, true or false");
        admins += u32::from(flag("admin"));
        managers += u32::from(flag("manager"));
        if person[PEAKON]["Title"] == "Chief Executive Officer" {
            assert!(flag("admin"), "somebody administers in any company");
            assert!(flag("manager"), "and the head of the company leads");
        }
    }
    assert!((2..40).contains(&admins), "a few do: {admins}");
    assert!((40..200).contains(&managers), "many lead: {managers}");
}

#[tokio::test]
async fn the_same_seed_is_the_same_company() {
    let (one, two) = (company(50).await, company(50).await);
    assert_eq!(
        one.everybody().await,
        two.everybody().await,
        "two services, one company"
    );
    let other = serve(Settings {
        seed: 8,
        ..settings(50)
    })
    .await;
    assert_ne!(
        one.everybody().await,
        other.everybody().await,
        "another seed, another company"
    );
}

#[tokio::test]
async fn ids_look_like_numbers_and_can_be_numbers() {
    let service = company(50).await;
    let person = service.somebody().await;
    let number: u64 = id(&person).parse().expect("digits");
    service.switch(json!({ "numericIds": true })).await;
    let listed = service.get("/Users").await;
    assert!(
        listed["Resources"][0]["id"].is_u64(),
        "a JSON number in lists"
    );
    assert_eq!(
        service.get(&format!("/Users/{number}")).await["id"],
        number,
        "and alone"
    );
}

#[tokio::test]
async fn the_directory_has_the_dirt_of_a_real_one() {
    for people in [50, 5_000] {
        let service = company(people).await;
        let everybody = service.everybody().await;
        assert_eq!(everybody.len(), people as usize, "everybody is listed");
        let ids: HashSet<&str> = everybody.iter().map(id).collect();
        assert_eq!(ids.len(), everybody.len(), "ids are unique");

        let addresses: Vec<String> = everybody
            .iter()
            .filter(|person| person["emails"].is_array())
            .map(|person| email(person).to_owned())
            .collect();
        let exact: HashSet<&String> = addresses.iter().collect();
        let folded: HashSet<String> = addresses
            .iter()
            .map(|address| address.to_lowercase())
            .collect();
        assert_eq!(exact.len(), addresses.len(), "no address is given twice");
        assert!(folded.len() < exact.len(), "two differ only in capitals");
        assert!(addresses.len() < everybody.len(), "somebody has no address");
        assert!(
            addresses.iter().any(|address| address.contains('+')),
            "somebody has a plus address"
        );

        let attribute =
            |name: &'static str| everybody.iter().map(move |person| &person[PEAKON][name]);
        let texts = |name| attribute(name).filter_map(Value::as_str);
        assert!(
            texts("Separation date").any(|date| date < "2026-06-01"),
            "somebody left"
        );
        assert!(
            texts("Separation date").any(|date| date > "2026-06-02"),
            "somebody is leaving"
        );
        assert!(
            texts("Tenure").any(|date| date > "2026-06-02"),
            "somebody has not started"
        );
        assert!(
            texts("Team").any(|team| team.chars().count() == 256),
            "an option is as long as it may be"
        );
        assert!(
            attribute("Department").any(Value::is_null),
            "somebody has no department"
        );
        let odd = texts("Tenure")
            .chain(texts("Date of Birth"))
            .any(|date| !date.ends_with("T00:00:00Z") || date.starts_with("1900"));
        assert!(odd, "a date is odd");
        assert!(
            texts("Location").any(|place| place == "london " || place == "Remote - EMEA"),
            "a value looks almost like another"
        );
        assert!(
            everybody
                .iter()
                .any(|person| person["externalId"].is_null()),
            "somebody has no number"
        );
        assert!(
            everybody
                .iter()
                .any(|person| person["active"] == false
                    && person[PEAKON]["Separation date"].is_null()),
            "somebody is only switched off"
        );

        let managers: HashMap<String, String> = everybody
            .iter()
            .filter_map(|person| {
                Some((
                    person["userName"].as_str()?.to_lowercase(),
                    person[PEAKON]["Manager"].as_str()?.to_lowercase(),
                ))
            })
            .collect();
        assert!(
            everybody.len() - managers.len() >= 2,
            "besides the head, somebody has no manager"
        );
        assert!(
            managers.values().any(|manager| !folded.contains(manager)),
            "a manager is nobody"
        );
        let in_cycle = managers.keys().filter(|start| {
            let mut at = managers.get(*start);
            (0..30).any(|_| {
                let back = at == Some(*start);
                at = at.and_then(|manager| managers.get(manager));
                back
            })
        });
        assert_eq!(
            in_cycle.count(),
            2,
            "two managers report to each other, and nobody else does"
        );
        let left: HashSet<String> = everybody
            .iter()
            .filter(|person| {
                person[PEAKON]["Separation date"]
                    .as_str()
                    .is_some_and(|date| date < "2026-06-01")
            })
            .filter_map(|person| Some(person["userName"].as_str()?.to_lowercase()))
            .collect();
        assert!(
            managers.values().any(|manager| left.contains(manager)),
            "a manager left, and people still report there"
        );
    }
}

#[tokio::test]
async fn the_company_speaks_many_scripts() {
    let service = company(5_000).await;
    let names: String = service
        .everybody()
        .await
        .iter()
        .map(|person| {
            format!(
                "{}{}",
                person["name"]["givenName"], person["name"]["familyName"]
            )
        })
        .collect();
    for (script, range) in [
        ("Cyrillic", '\u{400}'..='\u{4FF}'),
        ("Arabic", '\u{600}'..='\u{6FF}'),
        ("Chinese", '\u{4E00}'..='\u{9FFF}'),
        ("Korean", '\u{AC00}'..='\u{D7A3}'),
        ("Latin with diacritics", '\u{C0}'..='\u{17F}'),
        ("combining marks", '\u{300}'..='\u{36F}'),
    ] {
        assert!(
            names.chars().any(|character| range.contains(&character)),
            "somebody's name is written in {script}"
        );
    }
    let emoji = |text: &str| {
        text.chars()
            .any(|character| ('\u{1F300}'..='\u{1FAFF}').contains(&character))
    };
    assert!(!emoji(&names), "nobody's name has an emoji");
    let schemas = service.get("/Schemas").await.to_string();
    assert!(emoji(&schemas), "a team's has one");
}

#[tokio::test]
async fn one_person_is_the_same_alone_and_in_a_list() {
    let service = company(50).await;
    for person in service.everybody().await {
        assert_eq!(
            service.get(&format!("/Users/{}", id(&person))).await,
            person,
            "one rendering, two ways to it"
        );
    }
}

#[tokio::test]
async fn a_large_company_is_listed_from_any_place() {
    let service = company(200_000).await;
    let first = service.get("/Users?startIndex=1&count=2").await;
    let last = service.get("/Users?startIndex=200000&count=2").await;
    assert_eq!(first["totalResults"], 200_000, "everybody is counted");
    assert_eq!(
        last["Resources"].as_array().map(Vec::len),
        Some(1),
        "the last page holds the last person"
    );
    let person = &first["Resources"][0];
    let found = service
        .get(&format!(
            "/Users?filter=externalId%20eq%20{}",
            person["externalId"]
        ))
        .await;
    assert_eq!(
        found["Resources"][0]["id"], person["id"],
        "and people are found"
    );
}

#[tokio::test]
async fn people_come_in_the_forms_of_other_services() {
    let service = company(50).await;
    let path = format!("/Users/{}", id(&service.somebody().await));
    let plain = service.get(&path).await;
    service
        .switch(json!({
            "activeForm": "text", "emailsForm": "object", "nameForm": "firstLast", "managerForm": "object",
            "nulls": true, "resourceSchemas": false, "enterpriseCopies": true, "meta": true,
        }))
        .await;
    let odd = service.get(&path).await;
    assert_eq!(odd["active"], "True", "a truth as text");
    assert_eq!(
        odd["emails"]["value"], plain["emails"][0]["value"],
        "one address without a list"
    );
    assert_eq!(
        odd["name"]["firstName"], plain["name"]["givenName"],
        "names as Peakon's sample has them"
    );
    assert_eq!(
        odd[PEAKON]["Manager"]["value"], plain[PEAKON]["Manager"],
        "a manager as an object"
    );
    assert!(
        odd[PEAKON]
            .get("Separation date")
            .is_some_and(Value::is_null),
        "null instead of nothing"
    );
    assert!(odd.get("schemas").is_none(), "no schemas");
    assert_eq!(
        odd[ENTERPRISE]["department"], plain[PEAKON]["Department"],
        "the department twice"
    );
    assert!(
        odd["meta"]["location"].is_string(),
        "meta, without a version"
    );
    service
        .switch(
            json!({ "activeForm": "absent", "emailsForm": "withoutPrimary", "managerForm": "id" }),
        )
        .await;
    let odd = service.get(&path).await;
    assert!(odd.get("active").is_none(), "no truth at all");
    assert!(
        odd["emails"][0].get("primary").is_none(),
        "no primary address"
    );
    let manager = odd[PEAKON]["Manager"].as_str().expect("an id");
    assert_eq!(
        email(&{
            service.switch(json!({ "emailsForm": "list" })).await;
            service.get(&format!("/Users/{manager}")).await
        }),
        plain[PEAKON]["Manager"],
        "the id is the manager's"
    );
}
