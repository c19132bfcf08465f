//! Every switch of the sample company in every position, the engine in front: what was meant is what the service has
//! afterwards, or Muster has said plainly what could not be had.

mod rows;
mod story;

use std::{collections::BTreeSet, time::Instant};

use serde_json::{Value, json};
use tests::company::Company;

use rows::Row;

type Outcome = anyhow::Result<()>;

/// Plays each row and fails with all that went wrong, each under its row's name.
async fn hold(rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for row in &rows {
        let began = Instant::now();
        if let Err(error) = story::play(row).await {
            wrong.push(format!("{}\n    {error:#}", row.name()));
        }
        println!("{:>5} ms  {}", began.elapsed().as_millis(), row.name());
    }
    assert!(
        wrong.is_empty(),
        "{} of {} rows:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn however_people_are_listed() {
    hold(rows::listings()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_people_are_written_on_the_wire() {
    hold(rows::people()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_writes_are_taken() {
    hold(rows::writes()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_values_are_cleared() {
    hold(rows::clearing()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_is_allowed_and_however_it_is_refused() {
    hold(rows::limits()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_the_service_describes_itself() {
    hold(rows::discovery()).await;
}

/// Positions that the sample company itself names when it is given one that does not exist; for switches that take a
/// number, a date or a list, whatever they are set to now.
async fn positions(company: &Company, switch: &str, now: &Value) -> Vec<Value> {
    if now.is_boolean() {
        return vec![json!(true), json!(false)];
    }
    let refused = company.set(json!({ switch: "no such position" })).await;
    let told = match refused {
        Err(error) => error.to_string(),
        Ok(_) => String::new(),
    };
    let named = told.split("expected").nth(1).unwrap_or_default();
    let words: Vec<Value> = named
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|word| json!(word))
        .collect();
    match told.contains("unknown variant") && !now.is_array() {
        true => words,
        false => vec![now.clone()],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_names_every_switch_in_every_position() -> Outcome {
    let company = Company::of(1).await?;
    let settings = company.control("GET", "/settings", None).await?;
    let table = rows::all();
    let names: BTreeSet<&str> = table.iter().map(|row| row.switch).collect();
    let mut missing = Vec::new();
    for (switch, now) in settings.as_object().expect("settings are an object") {
        let positions = positions(&company, switch, now).await;
        let has = |position: &Value| {
            let mut rows = table.iter();
            rows.any(|row| row.switch == switch && row.position == *position)
        };
        let lacking = positions.iter().filter(|position| !has(position));
        missing.extend(lacking.map(|position| format!("{switch} = {position}")));
        let rows = table.iter().filter(|row| row.switch == switch);
        let different: BTreeSet<String> = rows.map(|row| row.position.to_string()).collect();
        if different.len() < 2 {
            missing.push(format!("{switch} in a second position"));
        }
    }
    assert!(
        missing.is_empty(),
        "these need a row each: {}",
        missing.join(", ")
    );
    let unknown: Vec<_> = names
        .iter()
        .filter(|name| settings.get(**name).is_none() && **name != rows::PROFILE)
        .collect();
    assert!(unknown.is_empty(), "the sample company has no {unknown:?}");
    Ok(())
}
