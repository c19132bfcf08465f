//! Columns, understood and remembered.

use anyhow::Context;
use engine::{
    Code,
    changes::draft::DateOrder,
    evidence::{Import, MappedColumn, Mapping, Meaning, SourceKind},
    history::HistoryQuery,
};

use super::acme::{Acme, Outcome};

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_of_ones_own_is_mapped_by_what_is_in_it_and_remembered() -> Outcome {
    let acme = Acme::of(300).await?;
    let truth = acme.truth(300)?;
    let emails = acme.emails(&truth, 40);
    let mut text = "Who;Boss' manager e-mail;Last used;Remark\n".to_owned();
    for (place, email) in emails.iter().enumerate() {
        text.push_str(&format!(
            "{};{};{:02}.11.2026;x\n",
            email.to_uppercase(),
            emails[0],
            1 + place % 20
        ));
    }
    let import = acme.read(&acme.file("team logins 2026-11-20.csv", &text)?)?;
    let who = &import.columns[0];
    assert_eq!(
        (who.meaning, who.confidence),
        (Meaning::Email, 100),
        "{who:?}"
    );
    assert_eq!(
        who.why, "100% of these are e-mails of people here.",
        "the page can say why"
    );
    assert_eq!(
        import.columns[1].meaning,
        Meaning::Ignored,
        "somebody's manager is not the person"
    );
    assert_eq!(
        import.columns[2].meaning,
        Meaning::DateSeen,
        "its name and its dates say so"
    );
    assert_eq!(
        (import.counts.matched, import.people),
        (40, 40),
        "capitals do not matter"
    );
    assert_eq!(
        import.as_of, "2026-11-20",
        "the file's name says which day it speaks of"
    );
    assert_eq!(
        import.name, "team logins",
        "and what it is called without the day"
    );
    assert_eq!(import.kind, SourceKind::Other);

    let mapping = Mapping {
        name: "Team tool".to_owned(),
        kind: SourceKind::Other,
        sheet: None,
        columns: vec![
            MappedColumn {
                index: 0,
                meaning: Meaning::AnyPerson,
                date_order: None,
            },
            MappedColumn {
                index: 2,
                meaning: Meaning::DateSeen,
                date_order: None,
            },
        ],
    };
    let import = acme.engine.map_import(import.id, &mapping)?;
    let source = acme.engine.accept_import(import.id)?;
    assert_eq!(
        (source.name.as_str(), source.people, source.age_days),
        ("Team tool", 40, 3),
        "as the admin said"
    );

    // The next file of these columns: half of the rows, a column gone, older.
    let short: String = text
        .lines()
        .take(11)
        .map(|line| format!("{line}\n"))
        .collect();
    let next = acme.read(&acme.file("team logins 2026-11-01.csv", &short)?)?;
    assert_eq!(
        next.name, "Team tool",
        "its columns tell which source it is"
    );
    assert_eq!(
        next.columns[0].meaning,
        Meaning::AnyPerson,
        "and it is read as the last one was"
    );
    assert_eq!(
        next.columns[0].why, "As in Team tool of 20 Nov 2026.",
        "which is said"
    );
    assert_eq!(next.replaces, Some(source.id), "it would take its place");
    for said in ["It is older than", "10 rows where", "30 of the 40 people"] {
        assert!(
            next.warnings.iter().any(|warning| warning.contains(said)),
            "{said}: {:?}",
            next.warnings
        );
    }
    let renamed = short.replace("Remark", "Note");
    let other = acme.read(&acme.file("other.csv", &renamed)?)?;
    let mapping = Mapping {
        name: "team TOOL".to_owned(),
        kind: SourceKind::Other,
        sheet: None,
        columns: mapping.columns,
    };
    let other = acme.engine.map_import(other.id, &mapping)?;
    assert!(
        other.warnings.iter().any(|warning| warning.contains("missing: “Remark”") && warning.contains("new: “Note”")),
        "columns that changed are named: {:?}",
        other.warnings
    );

    acme.engine.accept_import(next.id)?;
    let sources = acme.engine.evidence_sources(acme.id)?;
    assert_eq!(
        sources.len(),
        1,
        "a refreshed file takes its predecessor's place"
    );
    assert_eq!(sources[0].people, 10, "with what it says");
    acme.engine.forget_source(sources[0].id)?;
    assert!(
        acme.engine.evidence_sources(acme.id)?.is_empty(),
        "forgotten is forgotten"
    );
    let said: Vec<String> = acme
        .engine
        .history(acme.id, HistoryQuery::default(), 0, 50)?
        .events
        .into_iter()
        .map(|event| event.sentence)
        .filter(|sentence| sentence.contains("Evidence"))
        .collect();
    assert_eq!(said.len(), 3, "each step is in the history: {said:?}");
    assert!(
        said[1].contains("it replaces team logins 2026-11-20.csv"),
        "{said:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_reads_two_ways_is_asked_about_once() -> Outcome {
    let acme = Acme::of(120).await?;
    let truth = acme.truth(120)?;
    let emails = acme.emails(&truth, 4);
    let text = format!(
        "Email,Last login\n{},03/04/2026\n{},04/04/2026\n{},05/06/2026\n",
        emails[0], emails[1], emails[2]
    );
    let import = acme.read(&acme.file("a.csv", &text)?)?;
    assert!(import.columns[1].asks_date_order, "nobody can tell");
    assert!(
        import
            .question
            .as_deref()
            .is_some_and(|question| question.contains("Last login")),
        "{:?}",
        import.question
    );
    let refused = acme
        .engine
        .accept_import(import.id)
        .expect_err("it can't count before it is answered");
    assert_eq!(refused.code, Code::Precondition, "{refused}");
    let mut mapping = Mapping {
        name: import.name.clone(),
        kind: import.kind,
        sheet: None,
        columns: vec![
            MappedColumn {
                index: 0,
                meaning: Meaning::Email,
                date_order: None,
            },
            MappedColumn {
                index: 1,
                meaning: Meaning::DateSeen,
                date_order: Some(DateOrder::MonthFirst),
            },
        ],
    };
    let answered = acme.engine.map_import(import.id, &mapping)?;
    assert_eq!(answered.question, None, "one answer settles the column");
    assert_eq!(
        answered.oldest.as_deref(),
        Some("2026-03-04"),
        "the month came first"
    );
    mapping.columns[1].date_order = Some(DateOrder::DayFirst);
    let answered = acme.engine.map_import(import.id, &mapping)?;
    assert_eq!(
        answered.newest.as_deref(),
        Some("2026-06-05"),
        "and it can be corrected"
    );

    let text = format!("{text}{},20/04/2026\n", emails[3]);
    let import = acme.read(&acme.file("b.csv", &text)?)?;
    assert_eq!(
        import.question, None,
        "one date that reads one way settles the others"
    );
    assert_eq!(
        import.columns[1].date_order,
        Some(DateOrder::DayFirst),
        "there is no month 20"
    );
    assert_eq!(import.counts.matched, 4, "so all are read");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_of_one_export_are_two_sources_unless_the_admin_says_so() -> Outcome {
    let acme = Acme::of(200).await?;
    let emails = acme.emails(&acme.truth(200)?, 12);
    let log = |emails: &[String]| {
        let mut text = "Date (UTC),Username,Application,Correlation ID,Status\n".to_owned();
        for email in emails {
            text.push_str(&format!("2026-11-20T09:00:00Z,{email},Portal,1,Success\n"));
        }
        text
    };
    let interactive = acme.file("InteractiveSignIns.csv", &log(&emails[..6]))?;
    let other = acme.file("NonInteractiveSignIns.csv", &log(&emails[6..]))?;
    let first = acme.read(&interactive)?;
    let second = acme.read(&other)?;
    assert_eq!(
        (first.name.as_str(), second.name.as_str()),
        ("Entra sign-in log", "Entra sign-in log 2"),
        "the second is offered a name of its own while the first waits"
    );
    let mut same = second.mapping();
    same.name.clone_from(&first.name);
    let second = acme.engine.map_import(second.id, &same)?;
    assert_eq!(second.replaces, None, "nothing counts under that name yet");
    let source = acme.engine.accept_import(first.id)?;
    let refused = acme
        .engine
        .accept_import(second.id)
        .expect_err("it was not compared with what it would replace");
    assert_eq!(refused.code, Code::Stale, "{refused}");
    assert_eq!(
        acme.engine.evidence_sources(acme.id)?,
        std::slice::from_ref(&source),
        "the first file still counts"
    );
    let again = acme.engine.map_import(second.id, &same)?;
    assert_eq!(again.replaces, Some(source.id), "now it is compared");
    assert!(
        again.guarded
            && again
                .warnings
                .iter()
                .any(|said| said.contains("6 of the 6 people")),
        "and the guard speaks: {:?}",
        again.warnings
    );
    same.name = "Entra sign-in log 2".to_owned();
    let second = acme.engine.map_import(second.id, &same)?;
    let second = acme.engine.accept_import(second.id)?;
    assert_eq!(
        acme.engine.evidence_sources(acme.id)?.len(),
        2,
        "both count"
    );

    // The next month's files find their own predecessors, whichever is read first.
    let next = acme.file("NonInteractiveSignIns_2026-11-21.csv", &log(&emails[6..]))?;
    let next = acme.read(&next)?;
    assert_eq!(next.replaces, Some(second.id), "by what the file is called");
    let next = acme.file("InteractiveSignIns_2026-11-21.csv", &log(&emails[..6]))?;
    assert_eq!(acme.read(&next)?.replaces, Some(source.id));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_exports_of_one_provider_never_take_each_others_place() -> Outcome {
    let acme = Acme::of(200).await?;
    let emails = acme.emails(&acme.truth(200)?, 4);
    let mut log = "Date (UTC),Username,Application,Correlation ID,Status\n".to_owned();
    let mut activity = "userPrincipalName,lastSignInDateTime\n".to_owned();
    let mut visits = "Email,Last dashboard visit,Team\n".to_owned();
    let mut own = "Email,Last login,Team\n".to_owned();
    for email in &emails {
        log.push_str(&format!("2026-11-20T09:00:00Z,{email},Portal,1,Success\n"));
        activity.push_str(&format!("{email},2026-11-19T09:00:00Z\n"));
        visits.push_str(&format!("{email},2026-11-18,Red\n"));
        own.push_str(&format!("{email},2026-11-18,Red\n"));
    }
    let log = acme.read(&acme.file("log.csv", &log)?)?;
    let log = acme.engine.accept_import(log.id)?;
    let activity = acme.read(&acme.file("activity.csv", &activity)?)?;
    assert_eq!(
        (log.name.as_str(), activity.name.as_str(), activity.replaces),
        ("Entra sign-in log", "Entra user activity", None),
        "each is called as its export is, so none replaces the other unasked"
    );
    let mut same = activity.mapping();
    same.name.clone_from(&log.name);
    let asked = acme.engine.map_import(activity.id, &same)?;
    let question = asked.question.context("the name is asked about")?;
    assert!(
        asked.asks_name
            && question.contains("another export")
            && question.contains("Entra user activity"),
        "both exports are named: {question}"
    );
    let refused = acme
        .engine
        .accept_import(activity.id)
        .expect_err("the question is open");
    assert_eq!(refused.code, Code::Precondition, "{refused}");
    same.name = "Accounts".to_owned();
    let renamed = acme.engine.map_import(activity.id, &same)?;
    assert_eq!(renamed.question, None, "a name of its own answers it");
    acme.engine.accept_import(renamed.id)?;

    // A list of one's own with most of its columns is no Peakon usage either.
    let own = acme.read(&acme.file("own.csv", &own)?)?;
    acme.engine.accept_import(own.id)?;
    let visits = acme.read(&acme.file("visits.csv", &visits)?)?;
    assert_eq!(
        (visits.name.as_str(), visits.kind, visits.replaces),
        ("Peakon usage", SourceKind::PeakonUsage, None),
        "a known export is read as what it is"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_columns_under_another_kind_are_put_right_and_not_refused() -> Outcome {
    let acme = Acme::of(100).await?;
    let emails = acme.emails(&acme.truth(100)?, 2);
    let text = format!("Email,Last login\n{},2026-11-18\n", emails[0]);
    let path = acme.file("tool.csv", &text)?;
    let first = acme.read(&path)?;
    let first = acme.engine.accept_import(first.id)?;
    let next = acme.read(&path)?;
    let mut mapping = next.mapping();
    mapping.kind = SourceKind::OktaSignIns;
    let next = acme.engine.map_import(next.id, &mapping)?;
    assert_eq!(
        (next.question.as_deref(), next.replaces),
        (None, Some(first.id)),
        "it is the same export, and only what it is taken for was wrong"
    );
    let next = acme.engine.accept_import(next.id)?;
    assert_eq!(next.kind, SourceKind::OktaSignIns);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_known_though_a_column_was_added_or_renamed() -> Outcome {
    let acme = Acme::of(200).await?;
    let emails = acme.emails(&acme.truth(200)?, 20);
    let sheet = |head: &str, tail: &str| {
        let mut text = format!("{head}\n");
        for email in &emails {
            text.push_str(&format!("{email},Berlin,2026-11-20,x{tail}\n"));
        }
        text
    };
    let import = acme.read(&acme.file("a.csv", &sheet("Who,Site,Last badge,Remark", ""))?)?;
    let mut mapping = import.mapping();
    mapping.name = "Badges".to_owned();
    for column in &mut mapping.columns {
        if column.meaning == Meaning::Email {
            column.meaning = Meaning::AnyPerson;
        }
    }
    let import = acme.engine.map_import(import.id, &mapping)?;
    let source = acme.engine.accept_import(import.id)?;

    let next = acme.read(&acme.file("b.csv", &sheet("Who,Site,Last badge,Note,Door", ",1"))?)?;
    assert_eq!(
        (next.name.as_str(), next.replaces),
        ("Badges", Some(source.id)),
        "three of five columns are its own"
    );
    let meanings: Vec<Meaning> = next.columns.iter().map(|column| column.meaning).collect();
    assert_eq!(
        meanings,
        [
            Meaning::AnyPerson,
            Meaning::Ignored,
            Meaning::DateSeen,
            Meaning::Ignored,
            Meaning::Ignored
        ],
        "what was said of them holds"
    );
    assert!(
        next.guarded
            && next
                .warnings
                .iter()
                .any(|said| said.contains("missing: “Remark”; new: “Note”, “Door”")),
        "and what is other is said: {:?}",
        next.warnings
    );
    acme.engine.drop_import(next.id);
    let renamed = acme.read(&acme.file("c.csv", &sheet("Who,Site,Last visit,Remark", ""))?)?;
    assert_eq!(
        (renamed.name.as_str(), renamed.columns[2].meaning),
        ("Badges", Meaning::DateSeen),
        "a date under a new name is found anew"
    );
    let far = acme.read(&acme.file("d.csv", &sheet("Who,Place,Last visit,Note", ""))?)?;
    assert_eq!(far.name, "d", "one column in common makes no source");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hr_list_is_no_activity_and_a_date_by_itself_is_asked_about() -> Outcome {
    let acme = Acme::of(200).await?;
    let truth = acme.truth(200)?;
    let emails = acme.emails(&truth, 8);
    let sheet = |head: &str, row: &dyn Fn(&str) -> String| {
        let mut text = format!("{head}\n");
        for email in &emails {
            text.push_str(&row(email));
            text.push('\n');
        }
        text
    };
    let hris = acme.read(&acme.file(
        "workers.csv",
        &sheet("Email,Worker Status,Original Service Date", &|email| {
            format!("{email},Active,2012-03-01")
        }),
    )?)?;
    assert_eq!(hris.kind, SourceKind::Hris, "a status is an HR system's");
    assert_eq!(hris.question, None);
    assert_eq!(
        (hris.columns[1].meaning, hris.columns[2].meaning),
        (Meaning::HrisStatus, Meaning::Ignored),
        "the day somebody was hired is no day they were seen"
    );
    for head in ["Email,Effective date", "Email,Eintrittsdatum"] {
        let import = acme.read(&acme.file(
            "list.csv",
            &sheet(head, &|email| format!("{email},2012-03-01")),
        )?)?;
        assert!(
            import
                .question
                .as_deref()
                .is_some_and(|asked| asked.contains("Which column has the date")),
            "{head}: {:?}",
            import.question
        );
    }
    let import = acme.read(&acme.file(
        "days.csv",
        &sheet("Email,Day", &|email| format!("{email},2026-11-01")),
    )?)?;
    assert!(
        import
            .question
            .as_deref()
            .is_some_and(|asked| asked.starts_with("Is “Day” the date on which")),
        "a date without a name that says so is asked about: {:?}",
        import.question
    );
    assert_eq!(import.doubts, Some(1), "and a yes answers it");
    let answered = acme.engine.map_import(import.id, &import.mapping())?;
    assert_eq!((answered.question, answered.seen), (None, 8));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_failed_is_none_in_any_log() -> Outcome {
    let acme = Acme::of(200).await?;
    let emails = acme.emails(&acme.truth(200)?, 5);
    let mut text = "Event,User,Login time,IP address\n".to_owned();
    for (place, email) in emails.iter().enumerate() {
        let event = ["Login success", "Login failure", "Logout"][place % 3];
        text.push_str(&format!("{event},{email},2026-11-2{place},192.0.2.1\n"));
    }
    let import = acme.read(&acme.file("google-login-log.csv", &text)?)?;
    assert_eq!(
        import.columns[0].meaning,
        Meaning::Outcome,
        "its words are those of success and failure: {:?}",
        import.columns[0]
    );
    assert_eq!(
        (import.counts.matched, import.seen),
        (5, 3),
        "the two that failed are in the file and were not seen"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_speaks_of_the_last_day_in_its_name_and_of_none_before_its_newest() -> Outcome {
    let acme = Acme::of(100).await?;
    let emails = acme.emails(&acme.truth(100)?, 1);
    let text = format!("Email,Last login\n{},2026-11-10\n", emails[0]);
    for (name, day) in [
        ("SignIns_2026-11-01_2026-11-20.csv", "2026-11-20"),
        ("SignIns_20261101-20261105.csv", "2026-11-10"),
        ("SignIns_2026-11-12_2027-01-01.csv", "2026-11-12"),
        ("SignIns.csv", "2026-11-10"),
    ] {
        let import = acme.read(&acme.file(name, &text)?)?;
        assert_eq!(import.as_of, day, "{name}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_speaks_of_a_day_long_past_is_warned_of_before_it_counts() -> Outcome {
    let acme = Acme::of(100).await?;
    let emails = acme.emails(&acme.truth(100)?, 1);
    let old = |import: &Import| {
        let mut warnings = import.warnings.iter();
        warnings.any(|said| said.contains("days ago. Whoever was here since then looks"))
    };
    for (day, is_old) in [("2026-10-24", false), ("2026-10-23", true)] {
        let text = format!("Login,Status,Last Login\n{},ACTIVE,{day}\n", emails[0]);
        let import = acme.read(&acme.file(&format!("okta {day}.csv"), &text)?)?;
        assert_eq!(
            old(&import),
            is_old,
            "of {day}, more than 30 days ago or not: {:?}",
            import.warnings
        );
        assert_eq!(import.question, None, "a warning, and nothing to answer");
    }
    let text = format!("Email,Worker Status\n{},Active\n", emails[0]);
    let import = acme.read(&acme.file("workers 2026-01-31.csv", &text)?)?;
    assert!(
        !old(&import),
        "an HR list shows no presence, so nobody looks absent by it: {:?}",
        import.warnings
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_surveys_are_not_read() -> Outcome {
    let acme = Acme::of(100).await?;
    let emails = acme.emails(&acme.truth(100)?, 1);
    let csv = format!(
        "accountEmail,responseAnsweredAt,responseId\n{},2026-11-20T10:00:00Z,7\n",
        emails[0]
    );
    let json =
        r#"{"data":[{"attributes":{"employeeId":4,"responseAnsweredAt":"2026-11-20T10:00:00Z"}}]}"#;
    for (name, text) in [("answers.csv", csv.as_str()), ("answers.json", json)] {
        let path = acme.file(name, text)?;
        let refused = acme
            .engine
            .read_evidence(acme.id, &path)
            .expect_err("nobody's answers are evidence");
        assert_eq!(refused.code, Code::Precondition);
        assert!(
            refused.message.contains("Answers are confidential"),
            "it says why: {refused}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_come_late_in_a_file_of_records_are_read() -> Outcome {
    let acme = Acme::of(200).await?;
    let emails = acme.emails(&acme.truth(200)?, 3);
    let mut records: Vec<String> = (0..2_500)
        .map(|place| format!(r#"{{"userPrincipalName":"guest{place}@x.example"}}"#))
        .collect();
    records.extend(emails.iter().map(|email| {
        format!(
            r#"{{"userPrincipalName":"{email}","signInActivity":{{"lastSignInDateTime":"2026-11-20T09:00:00Z"}}}}"#
        )
    }));
    let import = acme.read(&acme.file("users.json", &format!("[{}]", records.join(",")))?)?;
    assert_eq!(
        import.kind,
        SourceKind::EntraSignIns,
        "known by a column that 2,500 records do not have"
    );
    assert_eq!(import.seen, 3, "and read");
    Ok(())
}
