//! `muster plan`: a plan written down and not sent. The window's draft is not touched.

use std::path::PathBuf;

use clap::Subcommand;
use engine::ids::ConnectionId;

use super::{
    End, Outcome, Trouble,
    change::{self, Assignment, Leaving, Planned},
    consent::Consent,
    session::{Session, read_already},
    who::Named,
};

#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    files: Files,
    #[command(subcommand)]
    what: What,
}

/// Where a plan is written to.
#[derive(Debug, clap::Args)]
pub struct Files {
    /// The connection; not needed when there is only one
    #[arg(long, global = true, value_name = "NAME")]
    connection: Option<String>,
    /// For muster apply, or to be opened in the window
    #[arg(long, global = true, value_name = "FILE.json")]
    out: Option<PathBuf>,
    /// A page to be read, printed and signed
    #[arg(long, global = true, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Stands on the report
    #[arg(long, global = true, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Give people a value of one attribute
    Set {
        #[command(flatten)]
        assignment: Assignment,
        /// E-mails, employee numbers or ids; - reads them from stdin
        #[arg(required = true)]
        who: Vec<String>,
    },
    /// Deactivate people, by the connection's leaver policy
    Deactivate {
        #[command(flatten)]
        leaving: Leaving,
        /// E-mails, employee numbers or ids; - reads them from stdin
        #[arg(required = true)]
        who: Vec<String>,
    },
    /// What is staged in the window
    Draft,
}

pub async fn run(session: &Session, arguments: Arguments) -> Outcome {
    let Arguments { files, what } = arguments;
    if files.out.is_none() && files.report.is_none() {
        return Err(Trouble::Usage(
            "The plan has nowhere to go. Add --out FILE.json, --report FILE.html, or both."
                .to_owned(),
        ));
    }
    let connection = session.connection(files.connection.as_deref()).await?;
    let connection = read_already(connection)?.id;
    let planned = match what {
        What::Set { assignment, who } => {
            let edit = assignment.edit(session, connection).await?;
            change::planned(session, connection, vec![edit], who).await?
        }
        What::Deactivate { leaving, who } => {
            let edits = leaving.edits(session, connection).await?;
            change::planned(session, connection, edits, who).await?
        }
        What::Draft => Some(draft(session, connection).await?),
    };
    let Some(Planned {
        plan,
        refused,
        named,
    }) = planned
    else {
        return Ok(End::Failed);
    };
    let id = plan.id;
    session
        .off(move |engine| {
            if let Some(path) = files.out {
                engine.write_plan(id, &path)?;
            }
            if let Some(path) = files.report {
                engine.write_report(id, &path, files.reason.as_deref())?;
            }
            Ok(())
        })
        .await?;
    change::carry_out(session, plan, refused, named, true, Consent::default()).await
}

async fn draft(session: &Session, connection: ConnectionId) -> Outcome<Planned> {
    let plan = session
        .off(move |engine| engine.make_plan(connection))
        .await?;
    Ok(Planned {
        plan,
        refused: Vec::new(),
        named: Named::default(),
    })
}
