//! Who is in which pile.

use std::collections::BTreeMap;

use engine::{
    dormancy::{Pile, PileFilter},
    ids::RowId,
    people::Status,
};
use jiff::{ToSpan, civil::Date};
use tests::company::TODAY;

use super::acme::{Acme, Outcome, Person, Said, ago, people_in, pile};

#[tokio::test(flavor = "multi_thread")]
async fn every_pile_holds_exactly_whom_its_sentence_names() -> Outcome {
    let mut acme = Acme::of(600).await?;
    let [second, stranger] = acme.doubles()?;
    // Every way somebody can be seen, spread over the company by their place in it.
    let mut entra: BTreeMap<RowId, Said> = BTreeMap::new();
    let mut okta: BTreeMap<RowId, Said> = BTreeMap::new();
    let mut hris: BTreeMap<RowId, Said> = BTreeMap::new();
    let seen = |day: Date| Said {
        seen: Some(day),
        ..Said::default()
    };
    let employed = |state, since| Said {
        state: Some(state),
        since,
        ..Said::default()
    };
    for (number, person) in acme.people.iter().enumerate() {
        // Neither of the two is in a file, so the record known longest is the one that stays.
        if acme.twin_of(person).is_some() {
            continue;
        }
        match number % 12 {
            0 => drop(entra.insert(person.row, seen(ago(179)))),
            1 => drop(entra.insert(person.row, seen(ago(180)))),
            2 => drop(entra.insert(person.row, seen(ago(0)))),
            3 => drop(entra.insert(person.row, seen(jiff::civil::date(2024, 2, 29)))),
            4 => drop(entra.insert(person.row, Said::default())),
            // Still to come, by a clock on the other side of the world or by mistake.
            5 => drop(entra.insert(person.row, seen(TODAY.saturating_add(3.days())))),
            6 => {
                // Long ago in one file and lately in another: the newest counts.
                entra.insert(person.row, seen(ago(900)));
                okta.insert(person.row, seen(ago(5)));
            }
            7 => {
                entra.insert(person.row, seen(ago(2)));
                hris.insert(person.row, employed("left", Some(ago(1))));
            }
            8 => {
                entra.insert(person.row, seen(ago(300)));
                hris.insert(person.row, employed("left", Some(TODAY)));
            }
            9 => {
                entra.insert(person.row, seen(ago(300)));
                hris.insert(person.row, employed("leave", Some(ago(30))));
            }
            10 => drop(okta.insert(person.row, Said::default())),
            _ => {}
        }
    }
    let list = |said: &BTreeMap<RowId, Said>| -> Vec<(RowId, Said)> {
        said.iter().map(|(row, said)| (*row, *said)).collect()
    };
    acme.evidence("Entra sign-ins", "entra_sign_ins", ago(3), &list(&entra))?;
    acme.evidence("Okta", "okta_sign_ins", ago(2), &list(&okta))?;
    let engine = acme.evidence("HRIS", "hris", ago(1), &list(&hris))?;

    let mut expected: BTreeMap<Pile, Vec<RowId>> = BTreeMap::new();
    for person in &acme.people {
        let newest = [entra.get(&person.row), okta.get(&person.row)]
            .into_iter()
            .flatten()
            .filter_map(|said| said.seen)
            .max();
        let listed = entra.contains_key(&person.row) || okta.contains_key(&person.row);
        let state = hris.get(&person.row).and_then(|said| said.state);
        let since = hris.get(&person.row).and_then(|said| said.since);
        let left = state == Some("left")
            && since
                .is_some_and(|last| last < TODAY && person.start.is_none_or(|start| start <= last));
        // Of two records the one seen last stays, then an active one, then the one known longest.
        let second = acme.twin_of(person).is_some_and(|other| {
            let rank = |person: &Person| {
                let newest = [entra.get(&person.row), okta.get(&person.row)]
                    .into_iter()
                    .flatten()
                    .filter_map(|said| said.seen)
                    .max();
                (
                    person.reports == 0,
                    std::cmp::Reverse(newest),
                    person.status != Status::Active,
                    person.row,
                )
            };
            rank(other) < rank(person)
        });
        let pile = if person.status == Status::Left || person.reports > 0 {
            None
        } else if left {
            Some(Pile::LeftStillActive)
        } else if second {
            Some(Pile::Duplicates)
        } else if state == Some("leave") || person.start.is_some_and(|start| start > ago(60)) {
            None
        } else if let Some(newest) =
            newest.filter(|newest| person.start.is_none_or(|start| start <= *newest))
        {
            (newest <= ago(180)).then_some(Pile::SeenLongAgo)
        } else if listed {
            Some(Pile::NeverSeen)
        } else {
            Some(Pile::NoEvidence)
        };
        if let Some(pile) = pile {
            expected.entry(pile).or_default().push(person.row);
        }
    }
    let board = engine.board(acme.id)?;
    assert_eq!(
        (
            board.sources.len(),
            board.newest.clone(),
            board.note.clone()
        ),
        (3, Some(ago(1).to_string()), None),
        "the board names every source that counts, and has nothing to warn of"
    );
    for wanted in Pile::ALL {
        let mut expected = expected.remove(&wanted).unwrap_or_default();
        expected.sort();
        assert!(
            !expected.is_empty(),
            "the company has somebody for {wanted:?}, or nothing is proved"
        );
        let found = pile(&engine, acme.id, wanted, None)?;
        assert_eq!(
            found, expected,
            "{wanted:?}: nobody too many, nobody missed"
        );
        assert_eq!(
            people_in(&board, wanted),
            expected.len() as u32,
            "the board counts {wanted:?} as the list shows it"
        );
    }
    let doubles = pile(&engine, acme.id, Pile::Duplicates, None)?;
    assert!(
        doubles.contains(&second) && !doubles.contains(&stranger),
        "a shared number makes a second record only of somebody born on the same day"
    );
    let grace = acme
        .people
        .iter()
        .filter(|person| person.start.is_some_and(|start| start > ago(60)))
        .count();
    assert!(
        grace > 0 && board.grace > 0,
        "people hired lately are set aside, and the company has some"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_threshold_moves_the_list_as_the_histogram_says() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let said: Vec<(RowId, Said)> = acme
        .people
        .iter()
        .zip(1..)
        .map(|(person, days)| {
            let seen = Some(ago(days * 3));
            (
                person.row,
                Said {
                    seen,
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Entra sign-ins", "entra_sign_ins", ago(1), &said)?;
    let board = engine.board(acme.id)?;
    assert!(
        board
            .histogram
            .is_sorted_by(|left, right| left.days < right.days),
        "one bar per day, ascending"
    );
    for days in [1, 30, 180, 181, 400, 5_000] {
        let bars: u32 = board
            .histogram
            .iter()
            .filter(|bar| bar.days >= days)
            .map(|bar| bar.people)
            .sum();
        let listed = pile(&engine, acme.id, Pile::SeenLongAgo, Some(days))?;
        assert_eq!(
            listed.len() as u32,
            bars,
            "at {days} days the list is what the bars say"
        );
        let mut departments: BTreeMap<Option<String>, u32> = BTreeMap::new();
        for person in acme.people.iter().filter(|one| listed.contains(&one.row)) {
            *departments.entry(person.department.clone()).or_default() += 1;
        }
        let beyond = PileFilter {
            pile: Pile::SeenLongAgo,
            days: Some(days),
        };
        let groups = engine.board_groups(acme.id, beyond)?;
        let counted: BTreeMap<Option<String>, u32> = groups[0]
            .values
            .iter()
            .filter(|value| value.found > 0)
            .map(|value| (value.value.clone(), value.found))
            .collect();
        assert_eq!(
            (groups[0].label.as_str(), counted),
            ("Department", departments),
            "and so are the groups, which follow the threshold"
        );
    }
    assert_eq!(
        board
            .brakes
            .iter()
            .map(|line| line.people)
            .collect::<Vec<_>>(),
        [4, 11, 41],
        "in a company of 200 a plan is warned of at 2%, stopped above 5%, and asked a reason above 20%"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_evidence_nobody_is_called_dormant() -> Outcome {
    let acme = Acme::of(100).await?;
    let engine = &acme.company.engine;
    let board = engine.board(acme.id)?;
    assert_eq!(
        people_in(&board, Pile::SeenLongAgo) + people_in(&board, Pile::NeverSeen),
        0,
        "no file says that anybody was or was not there"
    );
    assert!(
        board
            .note
            .is_some_and(|note| note.contains("No evidence yet")),
        "and the board says so"
    );
    assert!(
        people_in(&engine.board(acme.id)?, Pile::NoEvidence) > 0,
        "everybody else is in the pile that proves nothing"
    );
    let planned = engine.plan_reclaim(
        acme.id,
        &Pile::ALL
            .into_iter()
            .filter(|pile| pile.is_usual())
            .collect::<Vec<_>>(),
        None,
        None,
        None,
    );
    assert!(planned.is_err(), "and none of them is planned for");
    Ok(())
}
