//! People found, filtered, sorted, shown and exported.

use engine::{
    Code,
    attribute::Role,
    people::{Filter, Format, Sort, Test, ViewQuery},
};
use serde_json::json;
use tests::company::TODAY;

use super::acme::{Outcome, search, synced, total};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_shown_with_who_is_above_and_below_and_as_received() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let engine = &company.engine;
    let view = engine.open_view(id, ViewQuery::default())?;
    let rows = engine.window(view.id, 0, view.total, &[])?.rows;
    let mut deep = None;
    for row in &rows {
        let person = engine.person(id, row.id)?;
        if person.line.len() >= 2 && person.reports_total >= 1 {
            deep = Some(person);
            break;
        }
    }
    let person = deep.expect("three levels in a company of 300");
    let manager = person.line.last().expect("there is a manager");
    let above = engine.person(id, manager.row)?;
    assert!(
        above.reports.iter().any(|report| report.row == person.row),
        "whoever is above has them among the reports"
    );
    assert_eq!(
        person.line[..person.line.len() - 1],
        above.line[..],
        "the line is that of the manager, and the manager"
    );
    let below = engine.person(id, person.reports[0].row)?;
    assert_eq!(
        below.line.last().map(|above| above.row),
        Some(person.row),
        "and whoever is below is led by them"
    );
    company
        .write(json!({ "person": person.scim_id, "set": { "Department": "Elsewhere" } }))
        .await?;
    engine.sync(id).await?;
    let now = engine.person(id, person.row)?;
    assert_eq!(
        now.history[0].after.as_deref(),
        Some("Elsewhere"),
        "what a sync found is the newest of their history: {:?}",
        now.history
    );
    let raw = engine.raw_record(id, person.row)?;
    assert!(
        raw.location
            .ends_with(&format!("/Users/{}", person.scim_id))
            && raw.json.contains("\"Department\": \"Elsewhere\""),
        "the record is shown as it came: {}",
        raw.json
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_filtered_sorted_and_exported() -> Outcome {
    let (company, id, _) = synced(2_000).await?;
    let engine = &company.engine;
    let department = company.role(id, Role::Department)?;
    let manager = company.role(id, Role::Manager)?;
    let start = company.role(id, Role::StartDate)?;

    let all = engine.open_view(id, ViewQuery::default())?;
    let facet = engine.facet(all.id, department, "", 100)?;
    let counted: u32 = facet.values.iter().map(|value| value.people).sum();
    assert_eq!(counted, 2_000, "everybody has a department or none");
    let biggest = &facet.values[0];
    let filter = Filter {
        attribute: department,
        test: Test::AnyOf {
            values: vec![biggest.value.clone()],
        },
    };
    let narrowed = engine.open_view(
        id,
        ViewQuery {
            filters: vec![filter],
            sort: vec![Sort {
                attribute: start,
                descending: true,
            }],
            ..ViewQuery::default()
        },
    )?;
    assert_eq!(
        narrowed.total, biggest.people,
        "a filter finds as many as its count said"
    );
    let window = engine.window(narrowed.id, 0, 1_000, &[start, department, manager])?;
    let dates: Vec<_> = window
        .rows
        .iter()
        .filter_map(|row| row.cells[0].value.clone())
        .collect();
    assert!(
        dates.windows(2).all(|pair| pair[0] >= pair[1]),
        "latest first"
    );
    assert!(
        window.rows.iter().any(|row| row.cells[2].shown.is_some()),
        "managers are shown by name"
    );

    let statuses = ["active", "inactive", "left", "not-started"]
        .map(|status| total(&company, id, search(&format!("is:{status}"))).unwrap_or_default());
    assert_eq!(
        statuses.iter().sum::<u32>(),
        2_000,
        "everybody is somewhere: {statuses:?}"
    );
    let census = company.control("GET", "/state", None).await?;
    assert_eq!(
        json!(2_000 - statuses[2]),
        census["seats"],
        "those who left free their seats, nobody else"
    );

    let no_manager = total(&company, id, search("has:no-manager"))?;
    assert!(
        (1..200).contains(&no_manager),
        "few have nobody above them: {no_manager}"
    );
    let before = total(&company, id, search("hired:<2020"))?;
    let after = total(&company, id, search("hired:>=2020"))?;
    let unset = total(&company, id, search("no:hired"))?;
    assert!(
        before > 0 && after > 0 && before + after + unset <= 2_000,
        "{before} {after} {unset}"
    );

    let odd = engine.open_view(id, search("favourite:blue is:active"))?;
    assert!(
        odd.note.is_some_and(|note| note.contains("favourite")),
        "an unknown field is said"
    );
    assert_eq!(odd.total, statuses[0], "and the rest of the search holds");

    let path = company.folder.path().join("people.csv");
    let columns: Vec<_> = engine
        .directory_of(id)?
        .attributes
        .iter()
        .map(|attribute| attribute.id)
        .collect();
    assert_eq!(
        engine.export_view(narrowed.id, &columns, Format::Csv, &path)?,
        narrowed.total
    );
    let csv = std::fs::read_to_string(&path)?;
    assert!(
        !csv.lines()
            .any(|line| line.split(',').any(|cell| cell.starts_with(['=', '@']))),
        "no cell is a formula"
    );
    let xlsx = company.folder.path().join("people.xlsx");
    assert_eq!(
        engine.export_view(all.id, &columns, Format::Xlsx, &xlsx)?,
        2_000
    );
    let json = company.folder.path().join("people.json");
    engine.export_view(narrowed.id, &columns, Format::Json, &json)?;
    let people: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(&json)?)?;
    assert_eq!(people.len() as u32, narrowed.total, "one object a person");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn names_in_other_scripts_are_found_however_they_are_typed() -> Outcome {
    let (company, id, _) = synced(5_000).await?;
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let mut checked = 0;
    for start in (0..view.total).step_by(1_000) {
        for row in company.engine.window(view.id, start, 1_000, &[])?.rows {
            if row.name.is_ascii() || checked > 60 {
                continue;
            }
            checked += 1;
            let found = company
                .engine
                .open_view(id, search(&format!("\"{}\"", row.name.to_uppercase())))?;
            assert!(
                company.engine.locate(found.id, row.id)?.is_some(),
                "{} is found in capitals",
                row.name
            );
            company.engine.close_view(found.id);
        }
    }
    assert!(checked > 20, "the company has people of many scripts");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_views_keep_their_question_and_count_who_is_in_them() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let definition = engine::people::ViewDefinition {
        query: search("is:left"),
        ..engine::people::ViewDefinition::default()
    };
    let saved = company.engine.save_view(id, "Leavers", &definition)?;
    let twice = company
        .engine
        .save_view(id, "leavers", &definition)
        .expect_err("the name is taken");
    assert_eq!(twice.code, Code::Precondition, "{twice}");
    assert_eq!(
        saved.people,
        Some(total(&company, id, search("is:left"))?),
        "its count is live"
    );
    let again = company.another_engine()?;
    assert_eq!(
        again.directory_of(id)?.views,
        vec![saved.clone()],
        "the next launch has it"
    );
    company.engine.forget_view(saved.id)?;
    assert!(
        company.engine.saved_views(id)?.is_empty(),
        "and it can be forgotten"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_follow_the_day() -> Outcome {
    let (company, id, _) = synced(2_000).await?;
    let waiting = total(&company, id, search("is:not-started"))?;
    assert!(waiting > 0, "some start in the future");
    company
        .clock
        .turn_to(TODAY.saturating_add(jiff::Span::new().years(3)));
    let later = total(&company, id, search("is:not-started"))?;
    assert!(later < waiting, "three years on they have started");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_typed_whole_is_offered_before_those_that_hold_it() -> Outcome {
    let (company, id, _) = synced(300).await?;
    let engine = &company.engine;
    let department = company.role(id, Role::Department)?;
    let all = engine.open_view(id, ViewQuery::default())?;
    let values = engine.facet(all.id, department, "", 1)?.values;
    let biggest = values[0].value.clone().unwrap_or_default();
    let short: String = biggest.chars().take(4).collect();
    let person = engine.person(id, company.staff(id, 1)?[0])?.scim_id;
    company
        .write(json!({ "person": person, "set": { "Department": short } }))
        .await?;
    engine.sync(id).await?;
    let all = engine.open_view(id, ViewQuery::default())?;
    let offered = engine.facet(all.id, department, &short.to_lowercase(), 1)?;
    assert_eq!(
        offered.values[0].value,
        Some(short),
        "one person has it, and {biggest} holds it as well"
    );
    Ok(())
}
