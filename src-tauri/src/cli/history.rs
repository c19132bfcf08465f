//! `muster history`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use engine::history::{HistoryFormat, HistoryQuery};

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
        /// Words, person:, attribute:, value:, from:, to:, on:, is:made, is:seen, run:
        #[arg(long, value_name = "TEXT", default_value = "")]
        search: String,
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Check that nothing in the history was altered, left out or put in
    Verify {
        /// An anchor kept elsewhere, to compare with
        #[arg(long, value_name = "ANCHOR")]
        against: Option<String>,
    },
    /// Print the anchor of each day that is over, to be kept outside this machine
    Anchors,
    /// Write events to a file, oldest first
    Export {
        /// Where to
        file: PathBuf,
        /// The connection; without it, those of all connections
        #[arg(long, value_name = "NAME")]
        connection: Option<String>,
        /// As for list
        #[arg(long, value_name = "TEXT", default_value = "")]
        search: String,
        #[arg(long, value_enum)]
        format: FileFormat,
    },
    /// Make a standing rule of how long events are kept, in all connections; the history says so
    Keep {
        /// What is older is removed, now and whenever Muster starts
        #[arg(
            long,
            value_name = "N",
            conflicts_with = "everything",
            required_unless_present = "everything"
        )]
        days: Option<u32>,
        /// End the rule
        #[arg(long)]
        everything: bool,
        /// Why; it stays in the history
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Remove what happened before a day, in all connections, for good; the history says so
    Purge {
        /// UTC, like 2025-01-01
        #[arg(long, value_name = "DAY")]
        before: String,
        /// Why; it stays in the history
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FileFormat {
    Csv,
    Xlsx,
    /// JSON Lines
    Json,
    /// Open Cybersecurity Schema Framework, JSON Lines
    Ocsf,
    /// Common Event Format
    Cef,
}

impl From<FileFormat> for HistoryFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Csv => Self::Csv,
            FileFormat::Xlsx => Self::Xlsx,
            FileFormat::Json => Self::Json,
            FileFormat::Ocsf => Self::Ocsf,
            FileFormat::Cef => Self::Cef,
        }
    }
}

pub async fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::List {
            connection,
            search,
            limit,
        } => list(session, connection.as_deref(), search, limit).await,
        Command::Verify { against } => verify(session, against).await,
        Command::Anchors => anchors(session).await,
        Command::Export {
            file,
            connection,
            search,
            format,
        } => export(session, file, connection.as_deref(), search, format).await,
        // Without days it was said outright that everything is kept.
        Command::Keep { days, reason, .. } => keep(session, days, reason).await,
        Command::Purge { before, reason } => purge(session, before, reason).await,
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
    if let Some(note) = &page.note {
        eprintln!("{note}");
    }
    if page.total as usize > rows.len() {
        eprintln!(
            "{} of {}{}; --limit shows more.",
            rows.len(),
            if page.more { "more than " } else { "" },
            count(page.total)
        );
    }
    Ok(End::Done)
}

async fn anchors(session: &Session) -> Outcome {
    let anchors = session.off(|engine| engine.anchors()).await?;
    if session.json {
        output::json(&anchors);
        return Ok(End::Done);
    }
    let rows: Vec<Vec<String>> = anchors
        .into_iter()
        .map(|anchor| vec![anchor.day, anchor.anchor])
        .collect();
    output::table(&["Day", "Anchor"], &rows);
    Ok(End::Done)
}

async fn export(
    session: &Session,
    file: PathBuf,
    connection: Option<&str>,
    text: String,
    format: FileFormat,
) -> Outcome {
    let id = match connection {
        Some(name) => Some(session.connection(Some(name)).await?.id),
        None => None,
    };
    let query = HistoryQuery {
        text,
        ..HistoryQuery::default()
    };
    let written = session
        .off(move |engine| engine.export_history(id, query, format.into(), &file))
        .await?;
    if session.json {
        output::json(&serde_json::json!({ "events": written }));
    } else {
        output::line(&format!("{} events written", count(written)));
    }
    Ok(End::Done)
}

async fn purge(session: &Session, before: String, reason: String) -> Outcome {
    let removed = session
        .off(move |engine| engine.remove_history_before(&before, &reason))
        .await?;
    if session.json {
        output::json(&removed);
    } else {
        output::line(&removed.message);
    }
    Ok(End::Done)
}

async fn keep(session: &Session, days: Option<u32>, reason: String) -> Outcome {
    let removed = session
        .off(move |engine| engine.keep_history_for(days, &reason))
        .await?;
    if session.json {
        output::json(&removed);
    } else {
        output::line(&removed.message);
    }
    Ok(End::Done)
}

async fn verify(session: &Session, against: Option<String>) -> Outcome {
    let verification = session
        .off(move |engine| match against {
            Some(anchor) => engine.verify_history_against(&anchor),
            None => engine.verify_history(),
        })
        .await?;
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
