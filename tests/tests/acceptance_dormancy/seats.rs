//! Seats, from the plan to the report.

use anyhow::Context;
use engine::{
    changes::plan::Confirmation,
    dormancy::{DormancyPolicy, Pile, ReportFormat},
    ids::RowId,
};

use super::acme::{Acme, Outcome, Person, Said, ago, people_in, says};

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_reclaimed_measured_and_reported_without_names() -> Outcome {
    let mut acme = Acme::of(300).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(8).cloned().collect();
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .zip(200..)
        .map(|(person, days)| {
            (
                person.row,
                Said {
                    seen: Some(ago(days)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let board = engine.board(id)?;
    engine.keep_dormancy_policy(
        id,
        DormancyPolicy {
            seat_price: Some(100.0),
            currency: Some("EUR".into()),
            ..board.policy
        },
    )?;
    let nobody = engine.plan_reclaim(id, &[Pile::LeftStillActive], None, None, None);
    assert!(nobody.is_err(), "an empty pile makes no plan");
    let (plan, refused) = engine.plan_reclaim(id, &[Pile::SeenLongAgo], None, Some(6), None)?;
    assert!(refused.is_empty(), "all of them may go: {refused:?}");
    assert_eq!(plan.people, 6, "at most as many as asked for");
    let planned: Vec<RowId> = engine
        .plan_page(plan.id, plan.groups[0].group, 0, 10)?
        .items
        .iter()
        .map(|item| item.row)
        .collect();
    assert!(
        !planned.contains(&staff[0].row) && planned.contains(&staff[7].row),
        "those seen longest ago go first"
    );
    let before = engine.board(id)?;
    let confirmation = Confirmation {
        hash: plan.hash.clone(),
        number: plan.confirm.type_number,
        reason: Some("Renewal".into()),
        ..Confirmation::default()
    };
    let run = engine.start_run(plan.id, confirmation)?.id;
    let run = engine.finish_run(run).await?;
    assert_eq!(run.done, 6, "all done: {:?}", run.sentence);
    assert_eq!(run.seats_freed, Some(6), "measured by reading back");
    let after = engine.board(id)?;
    assert_eq!(
        (
            before.seats_in_use - after.seats_in_use,
            people_in(&after, Pile::SeenLongAgo)
        ),
        (6, 2),
        "the board follows at once"
    );
    let month = after.trend.last().context("a month")?;
    assert_eq!(
        (month.month.as_str(), month.reclaimed, month.dormant),
        ("2026-11", 6, 2),
        "the month's seats and what is left"
    );

    let page = acme.company.folder.path().join("report.html");
    engine.write_reclaim_report(run.id, ReportFormat::Html, false, &page)?;
    let text = std::fs::read_to_string(&page)?;
    assert!(
        text.contains("6 people deactivated and 6 seats freed") && text.contains("600 EUR"),
        "seats and money"
    );
    for person in &staff {
        let email = person.email.as_deref().unwrap_or_default();
        assert!(
            !text.contains(&person.name) && !text.contains(email),
            "{} is not to be found in a report without names",
            person.name
        );
    }
    let gone: Vec<&Person> = staff
        .iter()
        .filter(|one| planned.contains(&one.row))
        .collect();
    for person in &gone {
        let department = person.department.as_deref().unwrap_or_default();
        let colleagues = gone
            .iter()
            .filter(|other| other.department == person.department)
            .count();
        assert!(
            colleagues >= 5 || !text.contains(&format!("<td>{department}</td>")),
            "{department} is too small to be told by name"
        );
    }
    engine.write_reclaim_report(run.id, ReportFormat::Html, true, &page)?;
    let text = std::fs::read_to_string(&page)?;
    assert!(
        text.contains(&staff[7].name) && text.contains("Okta export of 22 Nov"),
        "with names, everybody and the evidence are listed"
    );
    let book = acme.company.folder.path().join("report.xlsx");
    engine.write_reclaim_report(run.id, ReportFormat::Xlsx, true, &book)?;
    assert!(
        std::fs::read(&book)?.starts_with(b"PK"),
        "a workbook is written"
    );
    assert!(
        says(&engine, id, "by dormancy policy version 1")?,
        "the history says which policy the plan was made by"
    );

    let back = engine.take_back(run.id, None)?;
    let confirmation = Confirmation {
        hash: back.hash.clone(),
        number: back.confirm.type_number,
        ..Confirmation::default()
    };
    let back = engine.start_run(back.id, confirmation)?.id;
    engine.finish_run(back).await?;
    let month = engine.board(id)?.trend.pop().context("a month")?;
    assert_eq!(
        (month.month.as_str(), month.reclaimed),
        ("2026-11", 0),
        "seats that were given back are not reclaimed"
    );
    Ok(())
}
