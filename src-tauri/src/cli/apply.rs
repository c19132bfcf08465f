//! `muster apply`: a plan that was reviewed elsewhere.

use std::path::PathBuf;

use super::{
    Outcome,
    change::{self, Consent},
    session::Session,
    who::Named,
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Written by --write-plan, or in the window's review
    file: PathBuf,
    /// Say what would be done, and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: Consent,
}

pub async fn run(session: &Session, arguments: Arguments) -> Outcome {
    let file = arguments.file;
    let plan = session.off(move |engine| engine.read_plan(&file)).await?;
    let id = plan.connection;
    let name = session.off(move |engine| engine.connection(id)).await?.name;
    session.reachable(Some(&name)).await?;
    change::carry_out(
        session,
        plan,
        Vec::new(),
        Named::default(),
        arguments.dry_run,
        arguments.consent,
    )
    .await
}
