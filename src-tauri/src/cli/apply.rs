//! `muster apply`: a plan that was reviewed elsewhere.

use std::path::PathBuf;

use super::{Outcome, change, consent::Consent, session::Session, who::Named};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Written by muster plan --out, or in the window's review
    file: PathBuf,
    /// The connection; needed when several go to the plan's service
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// Say what would be done, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Also write a page to be read, printed and signed
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Do so many first, read them back, and wait: muster runs goes on with the rest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pilot: Option<u32>,
    #[command(flatten)]
    consent: Consent,
}

pub async fn run(session: &Session, arguments: Arguments) -> Outcome {
    let mut consent = arguments.consent;
    consent.pilot = arguments.pilot;
    let file = arguments.file;
    let wanted = match arguments.connection.as_deref() {
        Some(name) => Some(session.connection(Some(name)).await?.id),
        None => None,
    };
    let plan = session
        .off(move |engine| engine.read_plan(&file, wanted))
        .await?;
    if let Some(path) = arguments.report {
        let (id, reason) = (plan.id, consent.reason.clone());
        session
            .off(move |engine| engine.write_report(id, &path, reason.as_deref()))
            .await?;
    }
    let id = plan.connection;
    let name = session.off(move |engine| engine.connection(id)).await?.name;
    if !arguments.dry_run {
        session.reachable(Some(&name)).await?;
    }
    change::carry_out(
        session,
        plan,
        Vec::new(),
        Named::default(),
        arguments.dry_run,
        consent,
    )
    .await
}
