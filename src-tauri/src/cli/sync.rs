//! `muster sync`.

use super::{
    End, Outcome,
    output::{self, count, people},
    session::Session,
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The connection; not needed when there is only one
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
}

pub async fn run(session: &Session, arguments: Arguments) -> Outcome {
    let connection = session.reachable(arguments.connection.as_deref()).await?;
    let interrupted = {
        let (engine, id) = (session.engine.clone(), connection.id);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                engine.cancel_sync(id);
            }
        })
    };
    let outcome = session.engine.sync(connection.id).await;
    interrupted.abort();
    session.progress.clear();
    let outcome = outcome?;
    if session.json {
        output::json(&outcome);
    } else {
        output::line(&format!(
            "{} in {:.1} s: {} added, {} changed, {} vanished.",
            people(outcome.people),
            outcome.seconds,
            count(outcome.added),
            count(outcome.changed),
            count(outcome.vanished),
        ));
        for warning in &outcome.warnings {
            output::line(&format!("note  {warning}"));
        }
    }
    Ok(if outcome.complete {
        End::Done
    } else {
        End::Partly
    })
}
