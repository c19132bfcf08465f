//! The policy as kept.

use anyhow::Context;
use engine::{
    Code,
    attribute::Role,
    dormancy::{DormancyPolicy, LeaveRule, Pile},
    evidence::SourceKind,
    ids::RowId,
};
use store::Store;

use super::acme::{Acme, Outcome, Person, Said, ago, people_in, says};

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_kept_by_version_and_each_use_is_recorded() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().cloned().collect();
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .map(|person| {
            (
                person.row,
                Said {
                    seen: Some(ago(100)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let board = engine.board(id)?;
    assert_eq!(board.policy.version, 0, "nobody kept one");
    assert_eq!(people_in(&board, Pile::SeenLongAgo), 0, "180 days is usual");
    let policy = DormancyPolicy {
        days: 90,
        seat_price: Some(48.5),
        currency: Some("eur".into()),
        seats_paid: Some(250),
        contract_end: Some("2027-03-31".into()),
        ..board.policy.clone()
    };
    let board = engine.keep_dormancy_policy(id, policy.clone())?;
    assert_eq!(board.policy.version, 1, "the first that was kept");
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo) as usize,
        staff.len(),
        "by the new number of days"
    );
    assert_eq!(
        board.money,
        Some(48.5 * f64::from(board.reclaimable)),
        "a seat's price times the seats that could be freed"
    );
    assert_eq!(
        board.policy.currency.as_deref(),
        Some("EUR"),
        "currencies are written large"
    );
    let again = engine.keep_dormancy_policy(id, board.policy.clone())?;
    assert_eq!(again.policy.version, 1, "the same policy is no new version");
    let none = DormancyPolicy {
        sources: Some(vec![SourceKind::EntraSignIns]),
        ..policy.clone()
    };
    let board = engine.keep_dormancy_policy(id, none)?;
    assert_eq!(
        (people_in(&board, Pile::SeenLongAgo), board.policy.version),
        (0, 2),
        "a source that the policy does not count proves nothing"
    );
    let department = staff[0].department.clone().context("a department")?;
    let attribute = engine
        .directory_of(id)?
        .attributes
        .into_iter()
        .find(|attribute| attribute.role == Some(Role::Department))
        .context("departments")?
        .id;
    let leave = DormancyPolicy {
        leave: vec![LeaveRule {
            attribute,
            values: vec![department.clone()],
        }],
        ..policy
    };
    let board = engine.keep_dormancy_policy(id, leave)?;
    let inside = staff
        .iter()
        .filter(|person| person.department.as_ref() == Some(&department))
        .count();
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo) as usize,
        staff.len() - inside,
        "whoever has a value that means leave is set aside"
    );
    for wrong in [
        DormancyPolicy {
            days: 0,
            ..DormancyPolicy::default()
        },
        DormancyPolicy {
            seat_price: Some(-1.0),
            ..DormancyPolicy::default()
        },
        DormancyPolicy {
            currency: Some("euros".into()),
            ..DormancyPolicy::default()
        },
        DormancyPolicy {
            contract_end: Some("31/03/2027".into()),
            ..DormancyPolicy::default()
        },
    ] {
        let refused = engine.keep_dormancy_policy(id, wrong.clone());
        assert_eq!(
            refused.err().map(|error| error.code),
            Some(Code::Precondition),
            "{wrong:?} can't be a policy"
        );
    }
    let days = Store::open(&acme.company.folder.path().join("muster.db"))?
        .read(|reader| reader.dormancy_days(id.0))?;
    assert_eq!(
        days.iter()
            .map(|day| (day.day.as_str(), day.policy))
            .collect::<Vec<_>>(),
        [("2026-11-23", 3)],
        "the day's last count says by which version it was made"
    );
    assert!(
        says(&engine, id, "inactive for days 90 instead of 180")?,
        "and the history says what a version changed"
    );
    Ok(())
}
