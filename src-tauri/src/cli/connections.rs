//! `muster connections`.

use clap::Subcommand;
use engine::connection::{Colour, NewConnection, StepVerdict, SyncOutcome, TestStep, TokenPlace};
use serde_json::json;

use super::{
    End, Outcome, Trouble, consent,
    output::{self, count, people},
    session::{Session, ask_token},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Test an address with a token and keep both; the token is read from MUSTER_TOKEN or stdin
    Add {
        name: String,
        /// The SCIM 2.0 URL, as Peakon shows it
        #[arg(long)]
        url: String,
    },
    /// What is connected
    List,
    /// Try a connection step by step
    Test { name: String },
    /// Remove a connection, its local copy and its token; the history stays
    Forget {
        name: String,
        /// Don't ask first
        #[arg(long)]
        yes: bool,
    },
}

pub async fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::Add { name, url } => add(session, name, &url).await,
        Command::List => list(session).await,
        Command::Test { name } => test(session, &name).await,
        Command::Forget { name, yes } => forget(session, &name, yes).await,
    }
}

async fn add(session: &Session, name: String, url: &str) -> Outcome {
    let token = ask_token()?;
    let json = session.json;
    let report = session
        .engine
        .test_connection(url, token.clone(), move |step| tell(json, &step))
        .await;
    if !report.passed {
        if json {
            output::json(&json!({ "connection": null, "report": report }));
        }
        eprintln!("Nothing was kept.");
        return Ok(End::Failed);
    }
    let keep = if session.keychain {
        TokenPlace::Keychain
    } else {
        TokenPlace::Environment
    };
    let new = NewConnection {
        name,
        colour: Colour::Blue,
        service: report.service,
        url: report.url.clone(),
        keep,
    };
    let connection = session
        .off(move |engine| engine.add_connection(new, &token))
        .await
        .map_err(without_keychain)?;
    if json {
        output::json(&json!({ "connection": connection, "report": report }));
    } else {
        output::line(&match keep {
            TokenPlace::Keychain => {
                format!("Added {}. Its token is in the keychain.", connection.name)
            }
            TokenPlace::Session | TokenPlace::Environment => format!(
                "Added {}. Its token is not kept: give it in MUSTER_TOKEN each time.",
                connection.name
            ),
        });
    }
    Ok(End::Done)
}

/// Where the window offers "this session only", a terminal has a switch.
fn without_keychain(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Engine(mut error) if error.code == engine::Code::NoKeychain => {
            error.message = "There is no keychain that answers, so the token can't be kept and nothing was added. Start one, or add the connection with --no-keychain and give the token in MUSTER_TOKEN each time".to_owned();
            Trouble::Engine(error)
        }
        trouble => trouble,
    }
}

async fn list(session: &Session) -> Outcome {
    let connections = session.off(|engine| engine.connections()).await?;
    if session.json {
        output::json(&json!({ "connections": connections }));
        return Ok(End::Done);
    }
    if connections.is_empty() {
        output::line(
            "There is no connection yet. muster connections add NAME --url URL makes one.",
        );
        return Ok(End::Done);
    }
    let rows: Vec<Vec<String>> = connections
        .into_iter()
        .map(|connection| {
            let token = match (connection.token, connection.token_ready) {
                (TokenPlace::Environment, _) => "in MUSTER_TOKEN",
                (TokenPlace::Keychain, true) => "in the keychain",
                (TokenPlace::Session, true) => "in memory",
                (_, false) => "to be given again",
            };
            vec![
                connection.name,
                connection.url,
                count(connection.people),
                synced(connection.synced_at, connection.last_sync.as_ref()),
                token.to_owned(),
            ]
        })
        .collect();
    output::table(&["Name", "Address", "People", "Synced", "Token"], &rows);
    Ok(End::Done)
}

fn synced(at: Option<String>, last: Option<&SyncOutcome>) -> String {
    match (at, last) {
        (Some(at), Some(last)) if !last.complete => format!("{at}, not whole"),
        (Some(at), _) => at,
        (None, Some(_)) => "not to its end".to_owned(),
        (None, None) => "never".to_owned(),
    }
}

async fn test(session: &Session, name: &str) -> Outcome {
    let connection = session.reachable(Some(name)).await?;
    let json = session.json;
    let report = session
        .engine
        .test_saved(connection.id, move |step| tell(json, &step))
        .await?;
    if json {
        output::json(&report);
    }
    Ok(if report.passed {
        End::Done
    } else {
        End::Failed
    })
}

fn tell(json: bool, step: &TestStep) {
    if json {
        return;
    }
    let mark = match step.verdict {
        StepVerdict::Good => "ok  ",
        StepVerdict::Note => "note",
        StepVerdict::Bad => "bad ",
    };
    let detail = step
        .detail
        .as_ref()
        .map_or_else(String::new, |detail| format!("  ({detail})"));
    output::line(&format!("{mark}  {}{detail}", step.sentence));
    if let Some(next) = &step.next {
        output::line(&format!("      {next}"));
    }
}

async fn forget(session: &Session, name: &str, yes: bool) -> Outcome {
    let connection = session.connection(Some(name)).await?;
    let question = format!(
        "Forget {} with the local copy of {}, its draft and its token?",
        connection.name,
        people(connection.people)
    );
    // Nothing remote changes, so a script need not say yes.
    if !yes && consent::terminal() && !consent::agreed(&question)? {
        output::line("Nothing was changed.");
        return Ok(End::Done);
    }
    let id = connection.id;
    session
        .off(move |engine| engine.forget_connection(id))
        .await?;
    if session.json {
        output::json(&json!({ "forgotten": connection.name }));
    } else {
        output::line(&format!("Forgot {}.", connection.name));
    }
    Ok(End::Done)
}
