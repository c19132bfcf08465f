//! What a report says, after those it tells of have gone.

use std::{ops::ControlFlow, path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use engine::{
    Engine,
    changes::plan::{Confirmation, Plan},
    changes::run::Run,
    dormancy::{DormancyPolicy, Pile, PileFilter, ReportFormat},
    ids::{ConnectionId, RowId},
    people::Selection,
};
use sheets::{Book, Limits, Row, Taker};

use super::acme::{Acme, Outcome, Person, Said, ago, derived, pile, says};

/// Takes a plan past its brakes and runs it.
async fn run(engine: &Arc<Engine>, plan: Plan) -> anyhow::Result<Run> {
    let confirmation = Confirmation {
        hash: plan.hash.clone(),
        number: plan.confirm.type_number,
        reason: Some("Renewal".into()),
        name: plan.confirm.type_name.clone(),
        ..Confirmation::default()
    };
    let run = engine.start_run(plan.id, confirmation)?.id;
    Ok(engine.finish_run(run).await?)
}

fn seen(rows: &[Person], days: impl IntoIterator<Item = i64>) -> Vec<(RowId, Said)> {
    rows.iter()
        .zip(days)
        .map(|(person, days)| {
            let said = Said {
                seen: Some(ago(days)),
                ..Said::default()
            };
            (person.row, said)
        })
        .collect()
}

fn stage(engine: &Engine, id: ConnectionId, of: Pile, days: Option<u32>) -> anyhow::Result<u32> {
    let rows = pile(engine, id, of, days)?;
    let staged =
        engine.stage_reclaim(id, &Selection::Rows { rows }, PileFilter { pile: of, days })?;
    Ok(staged.changed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_the_policy_of_its_hour_and_the_threshold_that_was_used() -> Outcome {
    let mut acme = Acme::of(300).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(8).cloned().collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &seen(&staff, 200..))?;
    let id = acme.id;
    let policy = engine.board(id)?.policy;
    let price = |seat_price| DormancyPolicy {
        seat_price: Some(seat_price),
        currency: Some("EUR".into()),
        ..policy.clone()
    };
    engine.keep_dormancy_policy(id, price(100.0))?;

    assert_eq!(
        stage(&engine, id, Pile::SeenLongAgo, Some(205))?,
        3,
        "three were seen 205, 206 and 207 days ago"
    );
    assert!(
        says(
            &engine,
            id,
            "Added to the draft to reclaim the seats of 3 people by dormancy policy version 1 (seen long ago, dormant after 205 days)"
        )?,
        "the history says which policy was used, and with which threshold"
    );
    let plan = engine.make_plan(id)?;
    assert_eq!(
        plan.reclaims, 3,
        "the review knows that they go because they are dormant"
    );
    let run = run(&engine, plan).await?;
    assert_eq!(
        run.seats_freed,
        Some(3),
        "all three went: {:?}",
        run.sentence
    );

    acme.company.clock.go_on(Duration::from_secs(3600));
    engine.keep_dormancy_policy(
        id,
        DormancyPolicy {
            days: 90,
            ..price(999.0)
        },
    )?;
    let worth = engine.freed_worth(run.id)?.context("a price was known")?;
    assert_eq!(
        (worth.money, worth.currency.as_deref()),
        (300.0, Some("EUR")),
        "the run says what its three seats cost when it began"
    );
    let page = acme.company.folder.path().join("report.html");
    engine.write_reclaim_report(run.id, ReportFormat::Html, false, &page)?;
    let text = std::fs::read_to_string(&page)?;
    assert!(
        text.contains(
            "Version 1: dormant after 205 days (the threshold was moved, the policy says 180)"
        ),
        "version 2 came an hour later, and 180 days were not what was asked: {text}"
    );
    assert!(
        text.contains("300 EUR") && !text.contains("999"),
        "and by the price of that hour"
    );
    assert!(
        text.contains("3 seen long ago"),
        "without names it says why, and how many"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_tells_of_everybody_why_they_went() -> Outcome {
    let mut acme = Acme::of(300).await?;
    let [second, _] = acme.doubles()?;
    let staff: Vec<Person> = acme
        .staff()
        .into_iter()
        .filter(|person| person.row != second)
        .cloned()
        .collect();
    let mut said = seen(&staff[..2], [250, 251]);
    // Everybody else is seen, listed or known to have left, so that each pile is small.
    for person in &staff[2..4] {
        said.push((person.row, Said::default()));
    }
    let known: Vec<RowId> = said.iter().map(|(row, _)| *row).collect();
    for person in &acme.people {
        let unknown = staff[4..6].iter().any(|one| one.row == person.row);
        if !known.contains(&person.row) && !unknown {
            let lately = Said {
                seen: Some(ago(2)),
                ..Said::default()
            };
            said.push((person.row, lately));
        }
    }
    acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let left: Vec<(RowId, Said)> = staff[6..8]
        .iter()
        .map(|person| {
            let said = Said {
                state: Some("left"),
                since: Some(ago(30)),
                ..Said::default()
            };
            (person.row, said)
        })
        .collect();
    let engine = acme.evidence("HR", "hris", ago(1), &left)?;
    let id = acme.id;

    let mut expected: Vec<(String, String, String)> = Vec::new();
    for (of, words) in [
        (Pile::LeftStillActive, "left still active"),
        (Pile::Duplicates, "duplicates"),
        (Pile::SeenLongAgo, "seen long ago"),
        (Pile::NeverSeen, "never seen"),
        (Pile::NoEvidence, "no evidence"),
    ] {
        let rows = pile(&engine, id, of, None)?;
        assert!(!rows.is_empty(), "somebody is in {of:?}");
        for row in &rows {
            let person = engine.person(id, *row)?;
            let evidence = derived(&engine, id, *row)?.1.context("evidence in words")?;
            expected.push((person.name, words.to_owned(), evidence));
        }
        assert_eq!(
            stage(&engine, id, of, None)? as usize,
            rows.len(),
            "everybody of {of:?} is staged"
        );
    }
    let plan = engine.make_plan(id)?;
    let run = run(&engine, plan).await?;
    assert_eq!(
        run.done as usize,
        expected.len(),
        "all went: {:?}",
        run.sentence
    );

    let path = acme.company.folder.path().join("report.xlsx");
    engine.write_reclaim_report(run.id, ReportFormat::Xlsx, true, &path)?;
    let people = rows_of(&path, "People")?;
    let heading = people.first().context("a heading")?;
    let place = |name: &str| heading.iter().position(|one| one == name);
    let (name, reason, evidence) = (
        place("Name").context("names")?,
        place("Reason").context("reasons")?,
        place("Evidence").context("evidence")?,
    );
    for (who, why, words) in &expected {
        let row = people
            .iter()
            .find(|row| row[name] == *who)
            .with_context(|| format!("{who} is in the workbook"))?;
        assert_eq!(
            (&row[reason], &row[evidence]),
            (why, words),
            "{who}: as it was said before they went"
        );
    }

    engine.write_reclaim_report(run.id, ReportFormat::Xlsx, false, &path)?;
    let book = Book::open(&path, Limits::default(), &mut |_| true)?;
    assert!(
        !book.sheets().contains(&"People".to_owned()),
        "without names nobody is listed"
    );
    for sheet in book.sheets() {
        for cell in rows_of(&path, sheet)?.concat() {
            assert!(
                expected.iter().all(|(who, ..)| !cell.contains(who)),
                "{sheet} names somebody: {cell}"
            );
        }
    }
    let summary = rows_of(&path, "Summary")?.concat();
    assert!(
        summary
            .iter()
            .any(|cell| cell.contains("2 left still active") && cell.contains("never seen")),
        "and yet it says for which reasons people went: {summary:?}"
    );
    Ok(())
}

/// The cells of a sheet that hold something, row by row.
fn rows_of(path: &Path, sheet: &str) -> anyhow::Result<Vec<Vec<String>>> {
    struct Rows(Vec<Vec<String>>);
    impl Taker for Rows {
        fn row(&mut self, row: &Row) -> ControlFlow<()> {
            if !row.is_blank() {
                self.0.push(row.cells().map(str::to_owned).collect());
            }
            ControlFlow::Continue(())
        }
    }
    let mut rows = Rows(Vec::new());
    Book::open(path, Limits::default(), &mut |_| true)?.read(Some(sheet), &mut rows)?;
    Ok(rows.0)
}
