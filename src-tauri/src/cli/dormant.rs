//! `muster dormant` and `muster reclaim`: who is dormant and why, and a plan to free their seats.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
};

use clap::ValueEnum;
use engine::{
    attribute::{Kind as Text, Role},
    changes::{draft::Refusal, plan::Plan},
    dormancy::{Board, Pile as Kind, PileFilter},
    ids::{AttributeId, ConnectionId},
    people::{Row, ViewQuery},
};
use serde::Serialize;
use serde_json::json;

use super::{
    End, Outcome,
    change::Leaving,
    output::{self, count, people},
    session::{Session, read_already},
};

/// People asked of the engine at a time.
const PAGE: u32 = 1_000;
/// What a terminal is shown unless it asks for more.
const SCREEN: u32 = 50;

#[derive(Debug, clap::Args)]
pub struct Dormant {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Not seen for at least so many days, instead of the policy's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Only these piles; repeat it, or separate them by commas
    #[arg(long, value_enum, value_delimiter = ',')]
    pile: Vec<Pile>,
    /// At most so many people; a terminal is shown 50 unless told
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Debug, clap::Args)]
pub struct Reclaim {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Not seen for at least so many days, instead of the policy's number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,
    /// Only these piles; repeat it, or separate them by commas. People never seen, duplicates, and people without any
    /// evidence are planned only when their pile is named
    #[arg(long, value_enum, value_delimiter = ',')]
    pile: Vec<Pile>,
    /// At most so many people, the strongest cases first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    #[command(flatten)]
    leaving: Leaving,
    /// For muster apply, or to be opened in the window
    #[arg(long, value_name = "FILE.json")]
    plan_out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Pile {
    /// Left according to HRIS, and still using a seat
    LeftStillActive,
    /// A second record of somebody
    Duplicates,
    /// Last seen long ago
    SeenLongAgo,
    /// In a source, and never seen since hired
    NeverSeen,
    /// In no source at all, which proves nothing
    NoEvidence,
}

impl Pile {
    fn kind(self) -> Kind {
        match self {
            Self::LeftStillActive => Kind::LeftStillActive,
            Self::Duplicates => Kind::Duplicates,
            Self::SeenLongAgo => Kind::SeenLongAgo,
            Self::NeverSeen => Kind::NeverSeen,
            Self::NoEvidence => Kind::NoEvidence,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

/// One person of a pile.
#[derive(Debug, Serialize)]
struct Person {
    id: String,
    name: String,
    email: Option<String>,
    pile: Kind,
    days: Option<u32>,
    evidence: Option<String>,
}

impl Person {
    fn texts(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.email.clone().unwrap_or_default(),
            words(self.pile).to_owned(),
            self.days.map(|days| days.to_string()).unwrap_or_default(),
            self.evidence.clone().unwrap_or_default(),
            self.id.clone(),
        ]
    }
}

const HEADINGS: [&str; 6] = ["Name", "E-mail", "Pile", "Days", "Evidence", "Id"];

pub async fn dormant(session: &Session, arguments: Dormant) -> Outcome {
    let connection = session.connection(arguments.connection.as_deref()).await?;
    let id = read_already(connection)?.id;
    let board = session.off(move |engine| engine.board(id)).await?;
    if let Some(note) = &board.note {
        eprintln!("{note}");
    }
    let piles = chosen(&arguments.pile, &Kind::ALL);
    let format = match arguments.format {
        Some(format) => format,
        None if session.json => Format::Json,
        None => Format::Table,
    };
    let screen = format == Format::Table && io::stdout().is_terminal();
    let limit = arguments
        .limit
        .unwrap_or(if screen { SCREEN } else { u32::MAX });
    let (found, total) = find(session, id, &piles, arguments.days, limit).await?;
    match format {
        Format::Table => {
            let rows: Vec<Vec<String>> = found.iter().map(Person::texts).collect();
            // The id is for programs.
            let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row[..5].to_vec()).collect();
            output::table(&HEADINGS[..5], &rows);
            if (found.len() as u32) < total {
                eprintln!(
                    "{} of {}; --limit shows more.",
                    count(found.len() as u32),
                    count(total)
                );
            }
        }
        Format::Csv => csv(&found),
        Format::Json => output::json(&report(&board, &arguments, &found, total)),
    }
    Ok(End::Done)
}

fn chosen(named: &[Pile], usual: &[Kind]) -> Vec<Kind> {
    if named.is_empty() {
        usual.to_vec()
    } else {
        // In the order of strength, each once.
        Kind::ALL
            .into_iter()
            .filter(|kind| named.iter().any(|pile| pile.kind() == *kind))
            .collect()
    }
}

/// At most `limit` people of the piles, and how many there are.
async fn find(
    session: &Session,
    id: ConnectionId,
    piles: &[Kind],
    days: Option<u32>,
    limit: u32,
) -> Outcome<(Vec<Person>, u32)> {
    let attributes = session
        .off(move |engine| Ok(engine.directory_of(id)?.attributes))
        .await?;
    let email = attributes
        .iter()
        .find(|attribute| attribute.role == Some(Role::Email))
        .map_or(AttributeId::NAME, |attribute| attribute.id);
    let columns = [email, AttributeId::DAYS_SEEN, AttributeId::EVIDENCE];
    let mut found = Vec::new();
    let mut total = 0;
    for &pile in piles {
        let query = ViewQuery {
            pile: Some(PileFilter { pile, days }),
            ..ViewQuery::default()
        };
        let view = session
            .off(move |engine| engine.open_view(id, query))
            .await?;
        total += view.total;
        let mut start = 0;
        while start < view.total && (found.len() as u32) < limit {
            let length = PAGE.min(limit - found.len() as u32);
            let view = view.id;
            let rows = session
                .off(move |engine| Ok(engine.window(view, start, length, &columns)?.rows))
                .await?;
            if rows.is_empty() {
                break;
            }
            start += rows.len() as u32;
            let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
            let scim_ids = session.off(move |engine| engine.scim_ids(id, &ids)).await?;
            found.extend(
                rows.into_iter()
                    .zip(scim_ids)
                    .map(|(row, scim_id)| person(row, scim_id, pile)),
            );
        }
        session
            .off(move |engine| {
                engine.close_view(view.id);
                Ok(())
            })
            .await?;
    }
    Ok((found, total))
}

fn person(row: Row, id: String, pile: Kind) -> Person {
    let mut values = row.cells.into_iter().map(|cell| cell.value);
    let email = values.next().flatten();
    let days = values.next().flatten().and_then(|days| days.parse().ok());
    Person {
        id,
        name: row.name,
        email,
        pile,
        days,
        evidence: values.next().flatten(),
    }
}

fn words(pile: Kind) -> &'static str {
    match pile {
        Kind::SeenLongAgo => "seen long ago",
        Kind::NeverSeen => "never seen",
        Kind::NoEvidence => "no evidence",
        Kind::LeftStillActive => "left, still active",
        Kind::Duplicates => "duplicate",
    }
}

fn csv(found: &[Person]) {
    let headings = HEADINGS.map(str::to_owned).to_vec();
    output::csv(
        std::iter::once(headings)
            .chain(found.iter().map(Person::texts))
            .map(|row| {
                row.into_iter()
                    .map(|text| (Text::Text, text.into()))
                    .collect()
            }),
    );
}

fn report(board: &Board, arguments: &Dormant, found: &[Person], total: u32) -> serde_json::Value {
    json!({
        "days": arguments.days.unwrap_or(board.policy.days),
        "policy": board.policy,
        "piles": board.piles,
        "seatsInUse": board.seats_in_use,
        "reclaimable": board.reclaimable,
        "money": board.money,
        "total": total,
        "people": found,
    })
}

pub async fn reclaim(session: &Session, arguments: Reclaim) -> Outcome {
    let connection = session.connection(arguments.connection.as_deref()).await?;
    let id = read_already(connection)?.id;
    let board = session.off(move |engine| engine.board(id)).await?;
    if let Some(note) = &board.note {
        eprintln!("{note}");
    }
    // By evidence that is too old everybody looks dormant; whoever means it names the pile.
    let usual: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|pile| pile.is_usual() && !(board.outdated && *pile == Kind::SeenLongAgo))
        .collect();
    let piles = chosen(&arguments.pile, &usual);
    let Reclaim {
        days,
        limit,
        leaving,
        plan_out,
        ..
    } = arguments;
    let reason = leaving.edit(session, id).await?;
    let path = plan_out.clone();
    let (plan, refused) = session
        .off(move |engine| {
            let planned = engine.plan_reclaim(id, &piles, days, limit, reason)?;
            engine.write_plan(planned.0.id, &path)?;
            Ok(planned)
        })
        .await?;
    let whole = refused.is_empty() && plan.people > 0;
    if session.json {
        output::json(&json!({
            "plan": plan,
            "refused": refused,
            "file": plan_out,
        }));
    } else {
        tell(&plan, &refused, &plan_out.display().to_string());
    }
    Ok(match (whole, plan.people) {
        (true, _) => End::Done,
        (false, 0) => End::Failed,
        (false, _) => End::Partly,
    })
}

fn tell(plan: &Plan, refused: &[Refusal], file: &str) {
    output::line(&plan.sentence);
    for brake in &plan.brakes {
        output::line(&brake.message);
    }
    for refusal in refused {
        eprintln!("{}: {}", refusal.name, refusal.message);
    }
    output::line(&format!(
        "The plan for {} is in {file}. Nothing was sent; muster apply carries it out.",
        people(plan.people)
    ));
}
