//! The policy as kept.

use anyhow::Context;
use engine::{
    Code,
    attribute::Role,
    dormancy::{DormancyPolicy, LeaveRule, Pile, PileFilter},
    evidence::SourceKind,
    ids::RowId,
    people::Selection,
};
use store::Store;

use super::acme::{Acme, Outcome, Person, Said, ago, derived, people_in, pile, says};

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
        says(&engine, id, "dormant after days 90 instead of 180")?,
        "and the history says what a version changed"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_that_is_old_is_said_to_be_and_chooses_nobody_once_it_is_older_than_the_policy()
-> Outcome {
    for (age, noted, outdated) in [(30, false, false), (40, true, false), (180, true, true)] {
        let mut acme = Acme::of(60).await?;
        let said: Vec<(RowId, Said)> = acme
            .staff()
            .into_iter()
            .map(|person| {
                let said = Said {
                    seen: Some(ago(age)),
                    ..Said::default()
                };
                (person.row, said)
            })
            .collect();
        let engine = acme.evidence("Entra", "entra_sign_ins", ago(age), &said)?;
        // What HR says of yesterday shows nobody's presence, so it makes no log younger.
        let hired = [(
            said[0].0,
            Said {
                state: Some("active"),
                ..Said::default()
            },
        )];
        drop(engine);
        let engine = acme.evidence("HR", "hris", ago(1), &hired)?;
        let board = engine.board(acme.id)?;
        let note = board.note.unwrap_or_default();
        assert_eq!(
            note.contains(&format!("{age} days ago")),
            noted,
            "an export a month is fresh enough: {note}"
        );
        assert_eq!(
            (board.outdated, note.contains("nobody is selected")),
            (outdated, outdated),
            "by a log of {age} days ago everybody is dormant after 180 days: {note}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sources_of_one_kind_one_can_be_left_out() -> Outcome {
    let mut acme = Acme::of(100).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(5).cloned().collect();
    let said = |days: i64| -> Vec<(RowId, Said)> {
        staff
            .iter()
            .map(|person| {
                let said = Said {
                    seen: Some(ago(days)),
                    ..Said::default()
                };
                (person.row, said)
            })
            .collect()
    };
    acme.evidence("Badges", "other", ago(1), &said(250))?;
    let engine = acme.evidence("VPN", "other", ago(1), &said(1))?;
    let id = acme.id;
    let board = engine.board(id)?;
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo),
        0,
        "all were in the VPN yesterday"
    );
    let board = engine.keep_dormancy_policy(
        id,
        DormancyPolicy {
            except: vec!["VPN".into()],
            ..board.policy
        },
    )?;
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo),
        5,
        "without the VPN only the badges show presence"
    );
    assert!(
        derived(&engine, id, staff[0].row)?
            .1
            .is_some_and(|words| words.contains("Badges")),
        "and the words name them"
    );
    assert!(
        says(&engine, id, "sources all that prove presence except VPN")?,
        "the history says which source no longer counts"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn protected_people_are_in_no_pile_unless_the_policy_says_so() -> Outcome {
    let mut acme = Acme::of(100).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(3).cloned().collect();
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .map(|person| {
            let said = Said {
                seen: Some(ago(300)),
                ..Said::default()
            };
            (person.row, said)
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let (id, chief) = (acme.id, staff[0].row);
    let dormant = || pile(&engine, id, Pile::SeenLongAgo, None);
    assert!(dormant()?.contains(&chief), "dormant like the others");
    engine.protect(
        id,
        &Selection::Rows { rows: vec![chief] },
        "Runs the company",
        None,
    )?;
    assert!(
        !dormant()?.contains(&chief),
        "on the list, and in no pile at once"
    );
    assert!(
        derived(&engine, id, chief)?
            .1
            .is_some_and(|words| words.starts_with("Exempt: protected, Runs the company")),
        "and it says why"
    );
    let policy = engine.board(id)?.policy;
    engine.keep_dormancy_policy(
        id,
        DormancyPolicy {
            exempt_protected: false,
            ..policy
        },
    )?;
    assert!(
        dormant()?.contains(&chief),
        "unless the policy looks at protected people as well"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_groups_of_the_board_add_up_however_many_there_are() -> Outcome {
    let mut acme = Acme::of(300).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(70).cloned().collect();
    assert_eq!(
        staff.len(),
        70,
        "enough for more groups than are told one by one"
    );
    let department = acme
        .company
        .engine
        .directory_of(acme.id)?
        .attributes
        .into_iter()
        .find(|attribute| attribute.role == Some(Role::Department))
        .context("departments")?
        .id;
    for (person, number) in staff.iter().zip(0..) {
        acme.rewrite(person.row, &[(department, Some(format!("Unit {number}")))])?;
    }
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .map(|person| {
            let said = Said {
                seen: Some(ago(300)),
                ..Said::default()
            };
            (person.row, said)
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let policy = engine.board(id)?.policy;
    let board = engine.keep_dormancy_policy(
        id,
        DormancyPolicy {
            seat_price: Some(10.0),
            ..policy
        },
    )?;
    let filter = PileFilter {
        pile: Pile::SeenLongAgo,
        days: None,
    };
    let groups = engine.board_groups(id, filter)?;
    let group = groups
        .iter()
        .find(|group| group.attribute == department)
        .context("by department")?;
    let others = group.others.context("the rest is told together")?;
    let told: u32 = group.values.iter().map(|value| value.found).sum();
    assert_eq!(
        told + others.found,
        people_in(&board, Pile::SeenLongAgo),
        "everybody of the pile is in a row"
    );
    let money: f64 = group.values.iter().filter_map(|value| value.money).sum();
    assert_eq!(
        money + others.money.unwrap_or_default(),
        700.0,
        "and so is the money"
    );
    Ok(())
}
