//! What is said of each person.

use std::sync::Arc;

use anyhow::Context;
use engine::{
    Engine,
    attribute::Role,
    ids::{AttributeId, ConnectionId, RowId},
    people::{Format, Sort, Status, ViewDefinition, ViewQuery},
};

use super::acme::{Acme, Outcome, Person, Said, ago, derived};

/// The first rows that a launch keeps know nothing of evidence: with some, everybody is read before any are shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_launch_shows_the_columns_of_evidence_from_the_start() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let id = acme.id;
    let somebody = acme.staff()[0].row;
    acme.company
        .engine
        .save_view(id, "Everybody", &ViewDefinition::default())?;
    acme.company.engine.keep_first_rows();
    let counted = |engine: &Arc<Engine>| -> anyhow::Result<bool> {
        engine.read_ahead(Some(id));
        Ok(engine.directory_of(id)?.views[0].people.is_some())
    };
    let without = acme.company.another_engine()?;
    assert!(
        !counted(&without)?,
        "without evidence the first rows come first"
    );
    let with = acme.evidence(
        "Okta",
        "okta_sign_ins",
        ago(1),
        &[(somebody, Said::default())],
    )?;
    assert!(counted(&with)?);
    let attributes = with.directory_of(id)?.attributes;
    assert!(
        attributes
            .iter()
            .any(|attribute| attribute.role == Some(Role::DaysSeen)),
        "nothing of the page's columns is missing"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_person_says_in_words_why_and_the_columns_sort_and_export() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(5).cloned().collect();
    let boss = acme
        .people
        .iter()
        .find(|person| person.reports > 1 && person.status == Status::Active)
        .context("somebody has reports")?
        .clone();
    let day = jiff::civil::date(2026, 3, 14);
    let before = engine_columns(&acme.company.engine, acme.id)?;
    let entra = [
        (
            staff[0].row,
            Said {
                seen: Some(day),
                ..Said::default()
            },
        ),
        (staff[1].row, Said::default()),
        (
            staff[3].row,
            Said {
                seen: Some(ago(3)),
                ..Said::default()
            },
        ),
        (
            boss.row,
            Said {
                seen: Some(ago(500)),
                ..Said::default()
            },
        ),
    ];
    acme.evidence(
        "Entra sign-ins",
        "entra_sign_ins",
        jiff::civil::date(2026, 11, 20),
        &entra,
    )?;
    let hris = [(
        staff[3].row,
        Said {
            state: Some("left"),
            since: Some(jiff::civil::date(2026, 9, 30)),
            ..Said::default()
        },
    )];
    let engine = acme.evidence("Workday", "hris", jiff::civil::date(2026, 11, 19), &hris)?;
    let after = engine_columns(&engine, acme.id)?;
    assert!(
        !before.contains(&"Days since seen".to_owned())
            && after.ends_with(&["Days since seen".to_owned(), "Evidence".to_owned()]),
        "the two columns are there once there is a source, and not before"
    );
    let (days, words) = derived(&engine, acme.id, staff[0].row)?;
    assert_eq!(days.as_deref(), Some("254"), "14 March to 23 November");
    assert_eq!(
        words.as_deref(),
        Some("Last sign-in 14 Mar 2026, Entra export of 20 Nov"),
        "when, and by which file"
    );
    let hired = staff[1].start.context("staff were hired")?.year();
    assert_eq!(
        derived(&engine, acme.id, staff[1].row)?,
        (None, Some(format!("Hired {hired}, no sign-in in 1 source"))),
        "listed and never seen"
    );
    assert_eq!(
        derived(&engine, acme.id, staff[2].row)?.1.as_deref(),
        Some("Not in the Entra export of 20 Nov"),
        "in no source that counts; HRIS is none of them"
    );
    assert_eq!(
        derived(&engine, acme.id, staff[3].row)?.1.as_deref(),
        Some(
            "Left 30 Sep 2026, HRIS export of 19 Nov; last sign-in 20 Nov 2026, Entra export of 20 Nov"
        ),
        "the strongest case shows both sides"
    );
    let said = derived(&engine, acme.id, boss.row)?.1.unwrap_or_default();
    assert!(
        said.starts_with(&format!(
            "Exempt: {} people report to them; last sign-in",
            boss.reports
        )),
        "people with reports say why they are in no pile: {said}"
    );

    let query = ViewQuery {
        sort: vec![Sort {
            attribute: AttributeId::DAYS_SEEN,
            descending: true,
        }],
        ..ViewQuery::default()
    };
    let view = engine.open_view(acme.id, query)?;
    let first: Vec<RowId> = engine
        .window(view.id, 0, 3, &[])?
        .rows
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(
        first,
        [boss.row, staff[0].row, staff[3].row],
        "days sort as numbers, and who was never seen comes last"
    );
    let file = acme.company.folder.path().join("people.csv");
    engine.export_view(
        view.id,
        &[
            AttributeId::NAME,
            AttributeId::DAYS_SEEN,
            AttributeId::EVIDENCE,
        ],
        Format::Csv,
        &file,
    )?;
    let text = std::fs::read_to_string(&file)?;
    assert!(
        text.contains("254,\"Last sign-in 14 Mar 2026, Entra export of 20 Nov\""),
        "the columns go into files like any other"
    );
    Ok(())
}

fn engine_columns(engine: &Engine, id: ConnectionId) -> anyhow::Result<Vec<String>> {
    Ok(engine
        .directory_of(id)?
        .attributes
        .into_iter()
        .map(|attribute| attribute.label)
        .collect())
}
