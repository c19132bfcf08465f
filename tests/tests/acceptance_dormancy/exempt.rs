//! Who is left out, and who was asked first.

use anyhow::Context;
use engine::{
    Code, Engine,
    attribute::Role,
    dormancy::{AskFirst, Pile},
    ids::RowId,
    people::{Filter, Selection, Test, ViewQuery},
};
use tests::company::TODAY;

use super::acme::{Acme, Outcome, Person, Said, ago, derived, pile, says};

#[tokio::test(flavor = "multi_thread")]
async fn exemptions_hold_until_their_day_and_are_in_the_history() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().cloned().collect();
    let department = staff[0].department.clone().context("a department")?;
    let said: Vec<(RowId, Said)> = acme
        .people
        .iter()
        .map(|person| {
            (
                person.row,
                Said {
                    seen: Some(ago(250)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let listed = |engine: &Engine| pile(engine, id, Pile::SeenLongAgo, None);
    let all = listed(&engine)?;
    let one = staff[0].row;
    assert!(all.contains(&one), "not exempt yet");

    let chosen = Selection::Rows { rows: vec![one] };
    let refused = engine
        .exempt(id, &chosen, " ", None)
        .expect_err("no reason is given");
    assert_eq!(refused.code, Code::Precondition, "a reason is asked for");
    let yesterday = ago(1).to_string();
    let refused = engine
        .exempt(id, &chosen, "Parental leave", Some(&yesterday))
        .expect_err("the end is over");
    assert_eq!(refused.code, Code::Precondition, "an end that is over");
    let until = TODAY.to_string();
    engine.exempt(id, &chosen, "Parental leave", Some(&until))?;
    assert!(
        !listed(&engine)?.contains(&one),
        "out of every pile at once"
    );
    assert!(
        derived(&engine, id, one)?
            .1
            .is_some_and(|words| words.starts_with("Exempt until 23 Nov 2026: Parental leave; ")),
        "and it says why"
    );
    acme.company.clock.turn_to(TODAY.tomorrow()?);
    assert!(listed(&engine)?.contains(&one), "the day after, it is over");
    acme.company.clock.turn_to(TODAY);

    let attribute = engine
        .directory_of(id)?
        .attributes
        .into_iter()
        .find(|attribute| attribute.role == Some(Role::Department))
        .context("departments")?
        .id;
    let query = ViewQuery {
        filters: vec![Filter {
            attribute,
            test: Test::AnyOf {
                values: vec![Some(department.clone())],
            },
        }],
        ..ViewQuery::default()
    };
    engine.exempt_by_filter(id, &query, "Works on the floor", None)?;
    let left = listed(&engine)?;
    assert!(
        left.len() < all.len()
            && acme
                .people
                .iter()
                .filter(|person| left.contains(&person.row))
                .all(|person| person.department.as_ref() != Some(&department)),
        "nobody of {department} is in a pile"
    );
    let exemptions = engine.exemptions(id)?;
    assert_eq!(
        exemptions[0].who,
        format!("Department is {department}"),
        "a filter is said in words"
    );
    assert!(exemptions[0].people > 1, "and how many it matches");
    assert!(
        engine
            .exempt_by_filter(id, &ViewQuery::default(), "Everybody", None)
            .is_err(),
        "a filter that asks nothing would exempt everybody"
    );
    engine.end_exemption(exemptions[0].id)?;
    assert_eq!(
        listed(&engine)?.len() + 1,
        all.len(),
        "ended, and the person stays exempt"
    );
    assert!(
        says(&engine, id, "Left out when looking for dormant people")?
            && says(&engine, id, "No longer left out")?,
        "the history tells who was left out and who no longer is"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_asked_and_their_answers_read_back() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(6).cloned().collect();
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .map(|person| {
            (
                person.row,
                Said {
                    seen: Some(ago(250)),
                    ..Said::default()
                },
            )
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let rows: Vec<RowId> = staff.iter().map(|person| person.row).collect();
    let chosen = Selection::Rows { rows };
    let list = acme.company.folder.path().join("ask.csv");
    assert_eq!(
        engine.ask_first(id, &chosen, AskFirst::Managers, &list)?,
        6,
        "everybody chosen is in the list"
    );
    let text = std::fs::read_to_string(&list)?;
    for person in &staff {
        let email = person.email.as_deref().unwrap_or_default();
        assert!(text.contains(email), "{email} is asked about");
    }
    assert!(
        text.contains("Last sign-in") && text.contains("Keep (yes or no)"),
        "with the evidence, and where to answer"
    );
    let merge = acme.company.folder.path().join("merge.csv");
    engine.ask_first(id, &chosen, AskFirst::MailMerge, &merge)?;
    let merged = std::fs::read_to_string(&merge)?;
    assert!(
        staff.iter().all(|person| merged.contains(&person.name)),
        "the mail merge names everybody under their manager"
    );

    // Answered as people answer, with what goes wrong.
    let mut answered = String::from("Person;E-mail;Keep (yes or no);Keep until\n");
    let answers = [
        ("Yes", ""),
        ("ja", "2027-02-01"),
        ("no", ""),
        ("", ""),
        ("maybe", ""),
        ("yes", "2020-01-01"),
    ];
    for (person, (keep, until)) in staff.iter().zip(answers) {
        let email = person.email.as_deref().unwrap_or_default();
        answered.push_str(&format!("x;{email};{keep};{until}\n"));
    }
    answered.push_str("Nobody;nobody@nowhere.example;yes;\n");
    let back = acme.company.folder.path().join("answers.csv");
    std::fs::write(&back, answered)?;
    let read = engine.read_answers(id, &back)?;
    assert_eq!(
        (
            read.kept,
            read.agreed,
            read.open,
            read.unmatched,
            read.unreadable
        ),
        (2, 1, 1, 1, 2),
        "every row is one of these: {:?}",
        read.sentences
    );
    assert_eq!(
        read.sentences.len(),
        3,
        "what could not be done is told row by row"
    );
    let until: Vec<Option<String>> = engine
        .exemptions(id)?
        .into_iter()
        .map(|exemption| exemption.until)
        .collect();
    assert!(
        until.contains(&Some("2027-02-01".into())) && until.contains(&Some("2027-02-21".into())),
        "kept until the date given, else for 90 days: {until:?}"
    );
    let left = pile(&engine, id, Pile::SeenLongAgo, None)?;
    assert!(
        !left.contains(&staff[0].row)
            && !left.contains(&staff[1].row)
            && left.contains(&staff[2].row),
        "kept people are out of the pile, the others are not"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_yes_keeps_whatever_its_day_looks_like() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let [_, stranger] = acme.doubles()?;
    let staff: Vec<Person> = acme.staff().into_iter().take(5).cloned().collect();
    let shared = acme
        .people
        .iter()
        .find(|person| person.row == stranger)
        .and_then(|person| person.number.clone())
        .context("a number that two people have")?;
    let said: Vec<(RowId, Said)> = staff
        .iter()
        .map(|person| {
            let said = Said {
                seen: Some(ago(250)),
                ..Said::default()
            };
            (person.row, said)
        })
        .collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &said)?;
    let id = acme.id;
    let back = acme.company.folder.path().join("answers.csv");
    let answers = |rows: &[(&Person, &str)]| {
        let mut text = String::from("E-mail,Keep (yes or no),Keep until\n");
        for (person, until) in rows {
            let email = person.email.as_deref().unwrap_or_default();
            text.push_str(&format!("{email},yes,{until}\n"));
        }
        text
    };
    let until = |engine: &Engine, name: &str| -> anyhow::Result<Option<String>> {
        let exemptions = engine.exemptions(id)?;
        let found = exemptions.into_iter().find(|one| one.who == name);
        Ok(found.with_context(|| format!("{name} is exempt"))?.until)
    };

    // As Excel saves dates in Europe: one of them can only be read with the day first.
    std::fs::write(
        &back,
        answers(&[(&staff[0], "03/04/2027"), (&staff[1], "25/04/2027")]),
    )?;
    let read = engine.read_answers(id, &back)?;
    assert_eq!((read.kept, read.unreadable), (2, 0), "{:?}", read.sentences);
    assert_eq!(
        until(&engine, &staff[0].name)?.as_deref(),
        Some("2027-04-03"),
        "the other date of the column shows which way round this one is"
    );

    std::fs::write(
        &back,
        format!(
            "{}{shared},yes,\n",
            answers(&[(&staff[2], "03/04/2027"), (&staff[3], "after Easter")])
        ),
    )?;
    let read = engine.read_answers(id, &back)?;
    assert_eq!(
        (read.kept, read.ambiguous, read.unreadable),
        (2, 1, 0),
        "nobody who is to be kept is lost for a date: {:?}",
        read.sentences
    );
    assert_eq!(
        until(&engine, &staff[2].name)?.as_deref(),
        Some("2027-02-21"),
        "90 days where the day is not known"
    );
    assert!(
        read.sentences.len() == 3
            && read.sentences[0].contains("“03/04/2027”")
            && read.sentences[0].contains("kept for 90 days")
            && read.sentences[2].contains("several people"),
        "and it is said: {:?}",
        read.sentences
    );

    let chosen = Selection::Rows {
        rows: vec![staff[4].row],
    };
    engine.exempt(id, &chosen, "Works on the floor", None)?;
    std::fs::write(&back, answers(&[(&staff[4], "")]))?;
    engine.read_answers(id, &back)?;
    assert_eq!(
        until(&engine, &staff[4].name)?,
        None,
        "an answer for 90 days does not end what the admin said for good"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_manager_gets_a_file_with_their_own_people() -> Outcome {
    let mut acme = Acme::of(200).await?;
    let staff: Vec<Person> = acme.staff().into_iter().take(12).cloned().collect();
    let engine = acme.evidence("Okta", "okta_sign_ins", ago(1), &[])?;
    let folder = acme.company.folder.path().join("ask");
    std::fs::create_dir(&folder)?;
    let rows = staff.iter().map(|person| person.row).collect();
    let asked = engine.ask_first(
        acme.id,
        &Selection::Rows { rows },
        AskFirst::EachManager,
        &folder,
    )?;
    assert_eq!(asked, 12, "everybody chosen is asked about");
    let mut found = 0;
    let mut files = 0;
    for entry in std::fs::read_dir(&folder)? {
        let text = std::fs::read_to_string(entry?.path())?;
        files += 1;
        found += staff
            .iter()
            .filter(|person| {
                let email = person.email.as_deref().unwrap_or_default();
                text.contains(&format!(",{email},"))
            })
            .count();
    }
    assert!(files > 1, "several managers, several files");
    assert_eq!(found, 12, "everybody is in one of them, once");
    Ok(())
}
