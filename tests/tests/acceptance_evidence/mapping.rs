//! Columns, understood and remembered.

use engine::{
    Code,
    changes::draft::DateOrder,
    evidence::{MappedColumn, Mapping, Meaning, SourceKind},
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
