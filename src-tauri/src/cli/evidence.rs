//! `muster evidence`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use engine::{
    changes::draft::DateOrder,
    evidence::{ColumnGuess, Import, MappedColumn, Mapping, Meaning, Source, SourceKind},
    ids::ConnectionId,
};
use serde_json::{Value, json};

use super::{
    End, Outcome, Trouble,
    output::{self, count},
    session::Session,
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
    },
    /// The files that count, and how old each is
    List {
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
        } => {
            let id = session.connection(connection.as_deref()).await?.id;
            let wish = Wish {
                map: map.iter().map(|text| said(text)).collect::<Outcome<_>>()?,
                name,
                sheet,
                order: first.map(|first| match first {
                    First::Day => DateOrder::DayFirst,
                    First::Month => DateOrder::MonthFirst,
                }),
            };
            import(session, id, &file, wish, dry_run).await
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
        Command::Forget { source, connection } => {
            let id = session.connection(connection.as_deref()).await?.id;
            forget(session, id, &source).await
        }
    }
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
        let mut columns: Vec<MappedColumn> = import
            .columns
            .iter()
            .filter(|column| column.meaning != Meaning::Ignored)
            .map(|column| MappedColumn {
                index: column.index,
                meaning: column.meaning,
                date_order: self.order.or(column.date_order),
            })
            .collect();
        for (meaning, name) in &self.map {
            let found = import
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
                })?;
            // What is said replaces what was guessed of its kind: one column says who, one when.
            columns.retain(|column| {
                column.index != found.index
                    && !(names_people(*meaning) && names_people(column.meaning))
                    && !(*meaning == Meaning::DateSeen && column.meaning == Meaning::DateSeen)
            });
            columns.push(MappedColumn {
                index: found.index,
                meaning: *meaning,
                date_order: self.order,
            });
        }
        let said = |wanted: Meaning| self.map.iter().any(|(meaning, _)| *meaning == wanted);
        let kind = if said(Meaning::HrisStatus) || said(Meaning::LastDay) {
            SourceKind::Hris
        } else if said(Meaning::Segment) {
            SourceKind::SurveyParticipation
        } else if said(Meaning::DateSeen) && !is_of_dates(import.kind) {
            SourceKind::Other
        } else {
            import.kind
        };
        Ok(Mapping {
            name: self.name.clone().unwrap_or_else(|| import.name.clone()),
            kind,
            sheet: self.sheet.clone().or_else(|| import.sheet.clone()),
            columns,
        })
    }
}

fn names_people(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Email
            | Meaning::EmployeeNumber
            | Meaning::UserName
            | Meaning::ScimId
            | Meaning::AnyPerson
    )
}

fn is_of_dates(kind: SourceKind) -> bool {
    !matches!(kind, SourceKind::Hris | SourceKind::SurveyParticipation)
}

async fn import(
    session: &Session,
    connection: ConnectionId,
    file: &Path,
    wish: Wish,
    dry_run: bool,
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
    let source = if dry_run {
        None
    } else {
        Some(session.off(move |engine| engine.accept_import(id)).await?)
    };
    if session.json {
        output::json(&json!({ "import": import, "rows": rows, "source": source }));
    } else {
        tell(&import, &rows, dry_run);
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
                    word(column.meaning),
                    format!("{}%", column.confidence),
                    column.why.clone(),
                ]
            })
            .collect();
        output::table(&["Column", "Such as", "Taken as", "Sure", "Why"], &rows);
    }
    eprintln!("{question}");
    if import.columns.iter().any(|column| column.asks_date_order) {
        eprintln!("Say so with --first day or --first month. Nothing was kept.");
    } else {
        eprintln!("Say so with --map person=COLUMN --map date=COLUMN. Nothing was kept.");
    }
    Ok(End::Failed)
}

fn word(meaning: Meaning) -> String {
    match serde_json::to_value(meaning) {
        Ok(Value::String(text)) => text.replace('_', " "),
        _ => String::new(),
    }
}

fn tell(import: &Import, rows: &[Value], dry_run: bool) {
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
    if dry_run {
        eprintln!("Nothing was kept.");
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

async fn forget(session: &Session, connection: ConnectionId, name: &str) -> Outcome {
    let sources = session
        .off(move |engine| engine.evidence_sources(connection))
        .await?;
    let found = sources
        .iter()
        .find(|source| source.name.to_lowercase() == name.trim().to_lowercase());
    let Some(found) = found else {
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        return Err(Trouble::failed(if names.is_empty() {
            "There is no evidence yet. Take a file in with: muster evidence import FILE".to_owned()
        } else {
            format!(
                "There is no source named {name}. There is: {}.",
                names.join(", ")
            )
        }));
    };
    let id = found.id;
    session.off(move |engine| engine.forget_source(id)).await?;
    if session.json {
        output::json(&json!({ "forgotten": found }));
    } else {
        output::line(&format!("{} counts no more.", found.name));
    }
    Ok(End::Done)
}
