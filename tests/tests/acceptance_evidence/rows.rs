//! Each row, accounted for.

use std::sync::Arc;

use anyhow::Context;
use engine::{
    Code,
    evidence::{MappedColumn, Mapping, Meaning, RowState, SourceKind},
    history::HistoryQuery,
    people::{Format, ViewQuery},
    ports::News,
};

use super::acme::{Acme, Outcome, spoilt};

#[tokio::test(flavor = "multi_thread")]
async fn only_exact_names_match_and_what_is_odd_is_named() -> Outcome {
    let acme = Acme::of(200).await?;
    let truth = acme.truth(200)?;
    let emails = acme.emails(&truth, 5);
    let number = truth
        .people
        .iter()
        .rev()
        .find_map(|known| known.employee_number.clone())
        .context("somebody has a number")?;
    let plus = emails[1].replace('@', "+survey@");
    let text = format!(
        "Person,Last seen\n{},2026-11-20\n{plus},2026-11-21\n{number},2026-11-19\n{},2026-11-18\n{},2027-01-02\n{},soon\n,2026-11-01\n",
        emails[0],
        number.trim_start_matches('0'),
        emails[2],
        emails[3]
    );
    let import = acme.read(&acme.file("mixed.csv", &text)?)?;
    let mapping = Mapping {
        name: import.name.clone(),
        kind: SourceKind::Other,
        sheet: None,
        columns: vec![
            MappedColumn {
                index: 0,
                meaning: Meaning::AnyPerson,
                date_order: None,
            },
            MappedColumn {
                index: 1,
                meaning: Meaning::DateSeen,
                date_order: None,
            },
        ],
    };
    let import = acme.engine.map_import(import.id, &mapping)?;
    let said: Vec<(u32, RowState, String)> = spoilt(&acme.engine, &import, None)?
        .into_iter()
        .map(|row| (row.row, row.state, row.why))
        .collect();
    assert_eq!(
        said,
        [
            (3, RowState::Unmatched, format!("Nobody here has “{plus}”.")),
            (
                5,
                RowState::Unmatched,
                format!("Nobody here has “{}”.", number.trim_start_matches('0'))
            ),
            (
                7,
                RowState::Unreadable,
                "Last seen: “soon” is not a date.".to_owned()
            ),
            (
                8,
                RowState::Unreadable,
                "Person is empty, so the row names nobody.".to_owned()
            ),
        ],
        "an address with a plus is another, a number without its zeros is another, and each row says where it stands"
    );
    assert_eq!(
        (import.counts.matched, import.seen),
        (3, 2),
        "a date to come is no sighting"
    );
    assert!(
        import
            .warnings
            .iter()
            .any(|warning| warning.contains("still to come (up to 2 Jan 2027)")),
        "{:?}",
        import.warnings
    );
    let written = acme.folder().join("mend.csv");
    assert_eq!(
        acme.engine
            .export_import_rows(import.id, Format::Csv, &written)?,
        4,
        "the list can be taken along"
    );
    let text = std::fs::read_to_string(&written)?;
    assert_eq!(text.lines().count(), 5, "with its heading: {text}");
    acme.engine.drop_import(import.id);
    let gone = acme
        .engine
        .accept_import(import.id)
        .expect_err("what was dropped is gone");
    assert_eq!(gone.code, Code::Stale, "{gone}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_in_a_file_its_rows_add_up() -> Outcome {
    let acme = Acme::of(100).await?;
    let truth = acme.truth(100)?;
    let shared = truth.people.iter().filter_map(|known| known.email.clone());
    let mut names: Vec<String> = shared.collect();
    names.extend(
        truth
            .people
            .iter()
            .filter_map(|known| known.employee_number.clone()),
    );
    names.extend(["", "nobody@x.example", "0", "\"quoted\"", "=1+1", "é"].map(str::to_owned));
    let dates = [
        "2026-11-20",
        "",
        "never",
        "soon",
        "31/02/2026",
        "03/04/2026",
        "1763681400000",
        "2030-01-01",
        "-",
    ];
    // A fixed sequence of numbers: the same files each time.
    let mut state = 20_261_123_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..12 {
        let lines = next(60);
        let mut text = "Work email,Employee ID,Last active,Status\n".to_owned();
        let mut expected = 0;
        for _ in 0..lines {
            let cells = [
                names[next(names.len())].clone(),
                names[next(names.len())].clone(),
                dates[next(dates.len())].to_owned(),
                ["", "Active", "x"][next(3)].to_owned(),
            ];
            expected += u32::from(cells.iter().any(|cell| !cell.is_empty()));
            let quoted: Vec<String> = cells
                .iter()
                .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
                .collect();
            text.push_str(&quoted.join(","));
            text.push('\n');
        }
        let import = acme.read(&acme.file(&format!("round {round}.csv"), &text)?)?;
        let mapping = Mapping {
            name: import.name.clone(),
            kind: SourceKind::Other,
            sheet: None,
            columns: vec![
                MappedColumn {
                    index: 0,
                    meaning: Meaning::Email,
                    date_order: None,
                },
                MappedColumn {
                    index: 1,
                    meaning: Meaning::EmployeeNumber,
                    date_order: None,
                },
                MappedColumn {
                    index: 2,
                    meaning: Meaning::DateSeen,
                    date_order: None,
                },
            ],
        };
        let counts = acme.engine.map_import(import.id, &mapping)?.counts;
        assert_eq!(
            counts.rows, expected,
            "each line that says anything is a row: {text}"
        );
        assert_eq!(
            counts.rows,
            counts.matched + counts.unmatched + counts.ambiguous + counts.unreadable,
            "counts in equal counts out"
        );
        let listed = spoilt(&acme.engine, &import, None)?.len() as u32;
        assert_eq!(
            listed,
            counts.rows - counts.matched,
            "and each that found nobody is listed"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_stops_at_a_word_and_what_can_not_be_read_is_a_sentence() -> Outcome {
    let acme = Acme::of(100).await?;
    let mut text = "Email,Last login\n".to_owned();
    for row in 0..400_000 {
        text.push_str(&format!("nobody{row}@x.example,2026-11-20\n"));
    }
    let path = acme.file("long.csv", &text)?;
    let (engine, id) = (Arc::clone(&acme.engine), acme.id);
    let reading = tokio::task::spawn_blocking(move || engine.read_evidence(id, &path));
    let ear = Arc::clone(&acme.company.ear);
    let told = tokio::task::spawn_blocking(move || {
        ear.wait_for(|news| match news {
            News::ImportProgress(progress) if progress.bytes > 0.0 => Some(progress.clone()),
            _ => None,
        })
    })
    .await?;
    assert_eq!(told.file_name, "long.csv", "the page is told how far it is");
    acme.engine.cancel_import(acme.id);
    let stopped = reading.await?.expect_err("it was cancelled on the way");
    assert_eq!(stopped.code, Code::Cancelled, "{stopped}");
    let empty = acme.file("empty.csv", "")?;
    let error = acme
        .engine
        .read_evidence(acme.id, &empty)
        .expect_err("there is nothing in it");
    assert_eq!(
        error.message, "empty.csv: The file is empty. Export it again.",
        "it says which and what to do"
    );
    assert_eq!(error.code, Code::Precondition);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_names_its_person_and_who_has_a_name_is_meant_before_an_alias() -> Outcome {
    let acme = Acme::of(200).await?;
    let truth = acme.truth(200)?;
    let rows = acme.rows()?;
    let known: Vec<_> = truth
        .people
        .iter()
        .filter(|known| known.case.is_none() && known.email.is_some())
        .take(2)
        .collect();
    let text = format!(
        "Id,Last login\n{},2026-11-20\n{},2026-11-19\nno-such-id,2026-11-18\n",
        known[0].scim_id, known[1].scim_id
    );
    let import = acme.read(&acme.file("ids.csv", &text)?)?;
    assert_eq!(
        import.columns[0].meaning,
        Meaning::ScimId,
        "by what is in it: {:?}",
        import.columns[0]
    );
    assert_eq!(
        (import.counts.matched, import.counts.unmatched),
        (2, 1),
        "an id is matched as it is written"
    );
    let listed = spoilt(&acme.engine, &import, None)?;
    assert_eq!(listed[0].why, "Nobody here has “no-such-id” as id.");

    // An alias for what is by now, or in another column, somebody's own name.
    let emails: Vec<&str> = known
        .iter()
        .filter_map(|known| known.email.as_deref())
        .collect();
    let text = format!(
        "Email,Last login\n{},2026-11-20\n{},2026-11-20\n",
        emails[0], emails[1]
    );
    let import = acme.read(&acme.file("log.csv", &text)?)?;
    let email = import.mapping();
    let mut number = email.clone();
    number.columns[0].meaning = Meaning::EmployeeNumber;
    let import = acme.engine.map_import(import.id, &number)?;
    let import = acme
        .engine
        .confirm_alias(import.id, 2, rows[&known[1].scim_id])?;
    assert_eq!(
        import.people, 1,
        "as a number it means nobody, so the alias holds"
    );
    let import = acme.engine.map_import(import.id, &email)?;
    assert_eq!(
        import.people, 2,
        "as an e-mail it means whose it is, whatever was said of it"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_counts_for_nobody_can_be_had_whole_before_and_after() -> Outcome {
    const ROWS: u32 = 100_020;
    let acme = Acme::of(100).await?;
    let mut text = "Email,Last login\n".to_owned();
    for row in 0..ROWS {
        text.push_str(&format!("nobody{row}@x.example,2026-11-20\n"));
    }
    let path = acme.file("many.csv", &text)?;
    let import = acme.read(&path)?;
    assert_eq!(import.counts.unmatched, ROWS);
    let written = acme.folder().join("mend.csv");
    assert_eq!(
        acme.engine
            .export_import_rows(import.id, Format::Csv, &written)?,
        ROWS,
        "those that are not listed are exported as well"
    );
    let mended = std::fs::read_to_string(&written)?;
    assert!(
        mended.lines().count() as u32 == ROWS + 1 && mended.contains("nobody100019@x.example"),
        "with a heading, to the last"
    );
    std::fs::write(&path, text.replace("nobody7@", "somebody@"))?;
    let refused = acme
        .engine
        .export_import_rows(import.id, Format::Csv, &written)
        .expect_err("these are other rows by now");
    assert!(refused.message.contains("changed"), "{refused}");

    let mapping = Mapping {
        kind: SourceKind::Other,
        ..import.mapping()
    };
    let import = acme.engine.map_import(import.id, &mapping)?;
    let source = acme.engine.accept_import(import.id)?;
    let kept = acme
        .engine
        .source_rows(source.id, Some(RowState::Unmatched), 99_998, 10)?;
    assert_eq!(
        (kept.total, kept.rows.len(), kept.rows[0].row),
        (100_000, 2, 100_000),
        "what was listed is kept with the source, in the order of the file"
    );
    let written = acme.folder().join("kept.json");
    assert_eq!(
        acme.engine
            .export_source_rows(source.id, Format::Json, &written)?,
        100_000,
        "and can be taken along"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_is_listed_and_taken_back() -> Outcome {
    let acme = Acme::of(100).await?;
    let emails = acme.emails(&acme.truth(100)?, 1);
    let person = acme
        .engine
        .open_view(acme.id, ViewQuery::default())
        .and_then(|view| acme.engine.window(view.id, 0, 1, &[]))?
        .rows[0]
        .id;
    let text = format!(
        "Email,Last login\nOld@x.example,2026-11-20\n{},2026-11-20\n",
        emails[0]
    );
    let path = acme.file("log.csv", &text)?;
    let import = acme.read(&path)?;
    let import = acme.engine.confirm_alias(import.id, 2, person)?;
    assert_eq!(import.counts.matched, 2);
    let aliases = acme.engine.aliases(acme.id)?;
    assert_eq!(
        (
            aliases[0].written.as_str(),
            aliases[0].person.as_ref().map(|person| person.row)
        ),
        ("old@x.example", Some(person)),
        "what was said is listed"
    );
    acme.engine.forget_alias(acme.id, " OLD@x.example")?;
    assert!(acme.engine.aliases(acme.id)?.is_empty(), "and taken back");
    assert_eq!(
        acme.read(&path)?.counts.unmatched,
        1,
        "the next file knows nothing of it"
    );
    let again = acme
        .engine
        .forget_alias(acme.id, "old@x.example")
        .expect_err("it stands for nobody");
    assert_eq!(again.code, Code::Stale, "{again}");
    let said = acme
        .engine
        .history(acme.id, HistoryQuery::default(), 0, 1)?;
    assert!(
        said.events[0]
            .sentence
            .contains("“old@x.example” stands for nobody"),
        "History says so: {:?}",
        said.events[0].sentence
    );
    Ok(())
}
