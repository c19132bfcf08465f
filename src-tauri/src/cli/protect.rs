//! `muster protect`: who may not be deactivated or deleted together with others.

use clap::Subcommand;
use engine::{
    ids::{ConnectionId, RowId},
    people::Selection,
    protected::Protection,
};
use serde::Serialize;
use serde_json::json;

use super::{
    End, Outcome, Trouble,
    output::{self, people},
    session::{Session, read_already},
    who::{self, Named},
};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    protect: Protect,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Who is on the list today, why and until when
    List(List),
    /// Take people off the list
    Remove(Remove),
}

#[derive(Debug, clap::Args)]
struct Protect {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Why, for whoever meets the protection later
    #[arg(long, value_name = "TEXT", required = true)]
    reason: Option<String>,
    /// The last day it holds, YYYY-MM-DD; without it there is no end
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// E-mails, employee numbers or ids; - reads them from stdin
    #[arg(required = true)]
    who: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct List {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Remove {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// E-mails, employee numbers or ids; - reads them from stdin
    #[arg(required = true)]
    who: Vec<String>,
}

pub async fn run(session: &Session, arguments: Arguments) -> Outcome {
    match arguments.command {
        None => protect(session, arguments.protect).await,
        Some(Command::List(which)) => list(session, which).await,
        Some(Command::Remove(remove)) => end(session, remove).await,
    }
}

async fn protect(session: &Session, arguments: Protect) -> Outcome {
    let connection = session.connection(arguments.connection.as_deref()).await?;
    let id = read_already(connection)?.id;
    let reason = arguments.reason.unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(Trouble::Usage(
            "A protected person needs a reason. Write it like: --reason 'Administrator'".to_owned(),
        ));
    }
    let until = arguments.until;
    let named = who::find(session, id, arguments.who).await?;
    if !named.rows.is_empty() {
        let selection = Selection::Rows {
            rows: named.rows.clone(),
        };
        session
            .off(move |engine| engine.protect(id, &selection, &reason, until.as_deref()))
            .await?;
    }
    answer(session, id, named, "protected").await
}

async fn end(session: &Session, arguments: Remove) -> Outcome {
    let connection = session.connection(arguments.connection.as_deref()).await?;
    let id = read_already(connection)?.id;
    let named = who::find(session, id, arguments.who).await?;
    let rows = named.rows.clone();
    session
        .off(move |engine| {
            rows.into_iter()
                .try_for_each(|row| engine.unprotect(id, row))
        })
        .await?;
    answer(session, id, named, "no longer protected").await
}

/// What `--json` answers: the list as it is now, and who was not found.
#[derive(Debug, Serialize)]
struct Report {
    protected: Vec<Listed>,
    #[serde(flatten)]
    named: Named,
}

#[derive(Debug, Serialize)]
struct Listed {
    id: String,
    name: String,
    reason: String,
    until: Option<String>,
}

async fn answer(session: &Session, id: ConnectionId, named: Named, state: &str) -> Outcome {
    let end = match (named.rows.len() as u32, named.all_found()) {
        (0, _) => End::Failed,
        (_, true) => End::Done,
        (_, false) => End::Partly,
    };
    if session.json {
        let protected = listed(session, id).await?;
        output::json(&Report { protected, named });
        return Ok(end);
    }
    named.tell();
    let verb = if named.rows.len() == 1 { "is" } else { "are" };
    output::line(&format!(
        "{} {verb} {state}.",
        people(named.rows.len() as u32)
    ));
    Ok(end)
}

async fn list(session: &Session, which: List) -> Outcome {
    let id = session.connection(which.connection.as_deref()).await?.id;
    let listed = listed(session, id).await?;
    if session.json {
        output::json(&json!({ "protected": listed }));
        return Ok(End::Done);
    }
    let rows: Vec<Vec<String>> = listed
        .into_iter()
        .map(|one| vec![one.name, one.until.unwrap_or_default(), one.reason])
        .collect();
    output::table(&["Name", "Until", "Reason"], &rows);
    Ok(End::Done)
}

async fn listed(session: &Session, id: ConnectionId) -> Outcome<Vec<Listed>> {
    session
        .off(move |engine| {
            let people = engine.protected_people(id)?;
            let rows: Vec<RowId> = people.iter().map(|one| one.row).collect();
            let ids = engine.scim_ids(id, &rows)?;
            let listed = people.into_iter().zip(ids);
            Ok(listed
                .map(|(one, id)| {
                    let Protection {
                        name,
                        reason,
                        until,
                        ..
                    } = one;
                    Listed {
                        id,
                        name,
                        reason,
                        until,
                    }
                })
                .collect())
        })
        .await
}
