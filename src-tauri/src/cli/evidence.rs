//! `muster evidence`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use engine::{
    changes::draft::DateOrder,
    evidence::{Alias, ColumnGuess, Import, MappedColumn, Mapping, Meaning, Source},
    ids::ConnectionId,
};
use serde_json::{Value, json};

use super::{
    End, Outcome, Trouble,
    output::{self, count},
    session::{Session, read_already},
};

/// Rows that found nobody, shown on a terminal; the whole list is in the answer with --json.
const SHOWN: u32 = 20;
/// Rows asked of the engine at a time.
const PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take an activity file in: CSV, TSV, XLSX, ODS or JSON
    Import {
        file: PathBuf,
        /// The connection; not needed when there is only one
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
        /// What a column is, where Muster is not sure: person=COLUMN, date=COLUMN, email=, number=, user=, id=, status=,
        /// last-day=, outcome=, segment=, count=
        #[arg(long, value_name = "MEANING=COLUMN")]
        map: Vec<String>,
        /// What the source is called; a file of the same name is replaced
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// The sheet of a workbook; the first one otherwise
        #[arg(long, value_name = "SHEET")]
        sheet: Option<String>,
        /// Which number of a date comes first, where it can be read both ways
        #[arg(long, value_enum, value_name = "day|month")]
        first: Option<First>,
        /// Say what would be taken in, and keep nothing
        #[arg(long)]
        dry_run: bool,
        /// Take it in although it is unlike the file it replaces
        #[arg(long)]
        yes: bool,
    },
    /// The files that count, and how old each is
    List {
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
    },
    /// The rows of a source that count for nobody
    Rows {
        /// The source's name
        source: String,
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
    },
    /// Let a file count no more
    Forget {
        /// The source's name
        source: String,
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
    },
    /// The names in files that stand for somebody because you said so
    Aliases {
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
    },
    /// Let a name in files stand for nobody again
    ForgetAlias {
        /// The name, as the list has it
        alias: String,
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum First {
    Day,
    Month,
}

pub async fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Import {
            file,
            connection,
            map,
            name,
            sheet,
            first,
            dry_run,
            yes,
        } => {
            let connection = session.connection(connection.as_deref()).await?;
            let id = read_already(connection)?.id;
            let keep = match (dry_run, yes) {
                (true, _) => Keep::Nothing,
                (false, true) => Keep::Always,
                (false, false) => Keep::UnlessGuarded,
            };
            let wish = Wish {
                map: map.iter().map(|text| said(text)).collect::<Outcome<_>>()?,
                name,
                sheet,
                order: first.map(|first| match first {
                    First::Day => DateOrder::DayFirst,
                    First::Month => DateOrder::MonthFirst,
                }),
            };
            import(session, id, &file, wish, keep).await
        }
        Command::List { connection } => {
            let id = session.connection(connection.as_deref()).await?.id;
            let sources = session
                .off(move |engine| engine.evidence_sources(id))
                .await?;
            if session.json {
                output::json(&sources);
            } else {
                list(&sources);
            }
            Ok(End::Done)
        }
        Command::Rows { source, connection } => {
            let id = session.connection(connection.as_deref()).await?.id;
            rows(session, id, &source).await
        }
        Command::Forget { source, connection } => {
            let id = session.connection(connection.as_deref()).await?.id;
            forget(session, id, &source).await
        }
        Command::Aliases { connection } => {
            let id = session.connection(connection.as_deref()).await?.id;
            let aliases = session.off(move |engine| engine.aliases(id)).await?;
            if session.json {
                output::json(&aliases);
            } else {
                list_aliases(&aliases);
            }
            Ok(End::Done)
        }
        Command::ForgetAlias { alias, connection } => {
            let id = session.connection(connection.as_deref()).await?.id;
            forget_alias(session, id, alias).await
        }
    }
}

/// What becomes of a file that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Always,
    UnlessGuarded,
    Nothing,
}

/// What was said about the file on the command line.
struct Wish {
    map: Vec<(Meaning, String)>,
    name: Option<String>,
    sheet: Option<String>,
    order: Option<DateOrder>,
}

fn said(text: &str) -> Outcome<(Meaning, String)> {
    let (meaning, column) = text.split_once('=').ok_or_else(|| {
        Trouble::Usage(format!(
            "“{text}” maps nothing. Write it like --map person=\"Work email\"."
        ))
    })?;
    let meaning = match meaning.trim().to_lowercase().as_str() {
        "person" | "who" => Meaning::AnyPerson,
        "email" => Meaning::Email,
        "number" => Meaning::EmployeeNumber,
        "user" => Meaning::UserName,
        "id" => Meaning::ScimId,
        "date" | "seen" => Meaning::DateSeen,
        "status" => Meaning::HrisStatus,
        "last-day" => Meaning::LastDay,
        "outcome" => Meaning::Outcome,
        "segment" => Meaning::Segment,
        "count" => Meaning::Count,
        other => {
            return Err(Trouble::Usage(format!(
                "“{other}” is nothing a column can be. There is: person, email, number, user, id, date, status, last-day, outcome, segment, count."
            )));
        }
    };
    Ok((meaning, column.trim().to_owned()))
}

impl Wish {
    fn is_empty(&self) -> bool {
        self.map.is_empty() && self.name.is_none() && self.sheet.is_none() && self.order.is_none()
    }

    /// What Muster guessed, with what was said laid over it.
    fn mapping(&self, import: &Import) -> Outcome<Mapping> {
        let said = self
            .map
            .iter()
            .map(|(meaning, name)| {
                Ok(MappedColumn {
                    index: column(import, name)?.index,
                    meaning: *meaning,
                    date_order: self.order,
                })
            })
            .collect::<Outcome<Vec<_>>>()?;
        let mut mapping = import.mapping_with(&said);
        for column in &mut mapping.columns {
            column.date_order = self.order.or(column.date_order);
        }
        if let Some(name) = &self.name {
            mapping.name.clone_from(name);
        }
        if self.sheet.is_some() {
            mapping.sheet.clone_from(&self.sheet);
        }
        Ok(mapping)
    }
}

fn column<'a>(import: &'a Import, name: &str) -> Outcome<&'a ColumnGuess> {
    import
        .columns
        .iter()
        .find(|column| column.name.to_lowercase() == name.to_lowercase())
        .ok_or_else(|| {
            let names: Vec<&str> = import
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            Trouble::Usage(format!(
                "There is no column “{name}” in {}. There is: {}.",
                import.file_name,
                names.join(", ")
            ))
        })
}

async fn import(
    session: &Session,
    connection: ConnectionId,
    file: &Path,
    wish: Wish,
    keep: Keep,
) -> Outcome {
    let path = file.to_owned();
    let mut read = session
        .off(move |engine| engine.read_evidence(connection, &path))
        .await;
    if let Ok(import) = &read
        && !wish.is_empty()
    {
        // Another sheet has other columns, so what is said of them is laid over it in a second step.
        if let Some(sheet) = wish
            .sheet
            .clone()
            .filter(|sheet| import.sheet.as_ref() != Some(sheet))
        {
            let id = import.id;
            let mut mapping = Wish {
                map: Vec::new(),
                name: None,
                sheet: Some(sheet),
                order: None,
            }
            .mapping(import)?;
            mapping.columns.clear();
            read = session
                .off(move |engine| engine.map_import(id, &mapping))
                .await;
        }
        if let Ok(import) = &read {
            let (id, mapping) = (import.id, wish.mapping(import)?);
            read = session
                .off(move |engine| engine.map_import(id, &mapping))
                .await;
        }
    }
    session.progress.clear();
    let import = read?;
    if let Some(question) = &import.question {
        return unsure(session, &import, question);
    }
    let rows = not_counted(session, &import).await?;
    let (id, clean) = (import.id, import.counts.matched == import.counts.rows);
    let held = import.guarded && keep == Keep::UnlessGuarded;
    let source = if held || keep == Keep::Nothing {
        None
    } else {
        Some(session.off(move |engine| engine.accept_import(id)).await?)
    };
    if session.json {
        output::json(&json!({ "import": import, "rows": rows, "source": source }));
    } else {
        tell(&import, &rows);
    }
    if held {
        eprintln!(
            "{} is unlike the file it would replace, so nothing was kept. If it is right all the same, say so with --yes.",
            import.file_name
        );
        return Ok(End::Failed);
    }
    if keep == Keep::Nothing {
        eprintln!("Nothing was kept.");
    }
    Ok(if clean { End::Done } else { End::Partly })
}

async fn not_counted(session: &Session, import: &Import) -> Outcome<Vec<Value>> {
    let id = import.id;
    let most = if session.json { u32::MAX } else { SHOWN };
    session
        .off(move |engine| {
            let mut rows = Vec::new();
            loop {
                let start = rows.len() as u32;
                let page = engine.import_rows(id, None, start, PAGE.min(most))?;
                let found = page.rows.len();
                rows.extend(page.rows.into_iter().map(|row| json!(row)));
                if found == 0 || rows.len() as u32 >= most.min(page.total) {
                    return Ok(rows);
                }
            }
        })
        .await
}

/// The candidates, and how to choose one.
fn unsure(session: &Session, import: &Import, question: &str) -> Outcome {
    let candidates: Vec<&ColumnGuess> = import.columns.iter().collect();
    if session.json {
        output::json(&json!({
            "error": { "code": "precondition", "message": question, "detail": null },
            "import": import,
        }));
    } else {
        let rows: Vec<Vec<String>> = candidates
            .iter()
            .map(|column| {
                vec![
                    column.name.clone(),
                    column.samples.join(", "),
                    word(&column.meaning),
                    format!("{}%", column.confidence),
                    column.why.clone(),
                ]
            })
            .collect();
        output::table(&["Column", "Such as", "Taken as", "Sure", "Why"], &rows);
    }
    eprintln!("{question}");
    if import.asks_name {
        eprintln!("Say so with --name NAME. Nothing was kept.");
    } else if import.columns.iter().any(|column| column.asks_date_order) {
        eprintln!("Say so with --first day or --first month. Nothing was kept.");
    } else {
        eprintln!("Say so with --map person=COLUMN --map date=COLUMN. Nothing was kept.");
    }
    Ok(End::Failed)
}

/// A word of the engine's as people write it.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text.replace('_', " "),
        _ => String::new(),
    }
}

fn tell(import: &Import, rows: &[Value]) {
    let counts = &import.counts;
    output::line(&format!(
        "{}: {} of {} rows matched {}; {} unmatched, {} ambiguous, {} unreadable.",
        import.name,
        count(counts.matched),
        count(counts.rows),
        output::people(import.people),
        count(counts.unmatched),
        count(counts.ambiguous),
        count(counts.unreadable)
    ));
    if let (Some(oldest), Some(newest)) = (&import.oldest, &import.newest) {
        output::line(&format!("Activity from {oldest} to {newest}."));
    }
    output::line(&format!("{} {}", import.proves, import.proves_not));
    for warning in &import.warnings {
        eprintln!("{warning}");
    }
    for row in rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        eprintln!("row {}: {}: {}", row["row"], text("state"), text("why"));
    }
    let spoilt = counts.rows - counts.matched;
    if spoilt > rows.len() as u32 {
        eprintln!(
            "{} of {}; --json lists them all.",
            rows.len(),
            count(spoilt)
        );
    }
}

fn list(sources: &[Source]) {
    let rows: Vec<Vec<String>> = sources
        .iter()
        .map(|source| {
            vec![
                source.name.clone(),
                source.file_name.clone(),
                source.as_of.clone(),
                format!("{} days", source.age_days),
                count(source.people),
            ]
        })
        .collect();
    output::table(&["Source", "File", "As of", "Age", "People"], &rows);
}

async fn rows(session: &Session, connection: ConnectionId, name: &str) -> Outcome {
    let id = source(session, connection, name).await?.id;
    let found = session
        .off(move |engine| engine.source_rows(id, None, 0, u32::MAX))
        .await?;
    if session.json {
        output::json(&found);
        return Ok(End::Done);
    }
    let rows: Vec<Vec<String>> = found
        .rows
        .iter()
        .map(|row| {
            vec![
                row.row.to_string(),
                word(&row.state),
                row.who.clone().unwrap_or_default(),
                row.why.clone(),
            ]
        })
        .collect();
    output::table(&["Row", "State", "Who", "Why"], &rows);
    Ok(End::Done)
}

fn list_aliases(aliases: &[Alias]) {
    let rows: Vec<Vec<String>> = aliases
        .iter()
        .map(|alias| {
            let (name, reference) = match &alias.person {
                Some(person) => (
                    person.name.clone(),
                    person.reference.clone().unwrap_or_default(),
                ),
                None => (
                    "somebody who is not here any more".to_owned(),
                    String::new(),
                ),
            };
            vec![alias.written.clone(), name, reference]
        })
        .collect();
    output::table(&["In files", "Stands for", "Known as"], &rows);
}

async fn forget_alias(session: &Session, connection: ConnectionId, alias: String) -> Outcome {
    let said = alias.trim().to_lowercase();
    session
        .off(move |engine| engine.forget_alias(connection, &alias))
        .await?;
    if session.json {
        output::json(&json!({ "forgotten": said }));
    } else {
        output::line(&format!(
            "“{said}” stands for nobody in files that are taken in from now on."
        ));
    }
    Ok(End::Done)
}

async fn source(session: &Session, connection: ConnectionId, name: &str) -> Outcome<Source> {
    let sources = session
        .off(move |engine| engine.evidence_sources(connection))
        .await?;
    let wanted = name.trim().to_lowercase();
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    sources
        .into_iter()
        .find(|source| source.name.to_lowercase() == wanted)
        .ok_or_else(|| {
            Trouble::failed(if names.is_empty() {
                "There is no evidence yet. Take a file in with: muster evidence import FILE"
                    .to_owned()
            } else {
                format!(
                    "There is no source named {name}. There is: {}.",
                    names.join(", ")
                )
            })
        })
}

async fn forget(session: &Session, connection: ConnectionId, name: &str) -> Outcome {
    let found = source(session, connection, name).await?;
    let id = found.id;
    session.off(move |engine| engine.forget_source(id)).await?;
    if session.json {
        output::json(&json!({ "forgotten": found }));
    } else {
        output::line(&format!("{} counts no more.", found.name));
    }
    Ok(End::Done)
}
