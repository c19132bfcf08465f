//! `muster history`.

use clap::Subcommand;
use engine::history::HistoryQuery;

use super::{
    End, Outcome,
    output::{self, count},
    session::Session,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The latest events, newest first
    List {
        /// The connection; not needed when there is only one
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
        /// People, attributes or values
        #[arg(long, value_name = "TEXT", default_value = "")]
        search: String,
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Check that nothing in the history was altered, left out or put in
    Verify,
}

pub async fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::List {
            connection,
            search,
            limit,
        } => list(session, connection.as_deref(), search, limit).await,
        Command::Verify => verify(session).await,
    }
}

async fn list(session: &Session, connection: Option<&str>, text: String, limit: u32) -> Outcome {
    let id = session.connection(connection).await?.id;
    let query = HistoryQuery {
        text,
        ..HistoryQuery::default()
    };
    let page = session
        .off(move |engine| engine.history(id, query, 0, limit))
        .await?;
    if session.json {
        output::json(&page);
        return Ok(End::Done);
    }
    let rows: Vec<Vec<String>> = page
        .events
        .into_iter()
        .map(|event| vec![event.at, event.actor, event.sentence])
        .collect();
    output::table(&["When", "Who", "What"], &rows);
    if page.total as usize > rows.len() {
        eprintln!(
            "{} of {}; --limit shows more.",
            rows.len(),
            count(page.total)
        );
    }
    Ok(End::Done)
}

async fn verify(session: &Session) -> Outcome {
    let verification = session.off(|engine| engine.verify_history()).await?;
    if session.json {
        output::json(&verification);
    } else {
        output::line(&verification.message);
        if let Some(anchor) = &verification.anchor {
            output::line(&format!("Hash at the end: {anchor}"));
        }
    }
    Ok(if verification.sound {
        End::Done
    } else {
        End::Failed
    })
}
