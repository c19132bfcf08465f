//! What a person says before anything is sent: yes, a number, a name, a reason.

use std::io::{self, BufRead, IsTerminal, Write};

use engine::changes::plan::{Confirmation, Plan};

use super::{Outcome, Trouble};

#[derive(Debug, Default, clap::Args)]
pub struct Consent {
    /// Don't ask before sending
    #[arg(long)]
    yes: bool,
    /// Pass a brake: the number of people it names
    #[arg(long, value_name = "N")]
    number: Option<u32>,
    /// Pass the brake on a protected person: the name it asks for
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Why, for the history; a brake over 20% of the directory asks for it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Do so many first and wait for a look at them.
    #[arg(skip)]
    pub pilot: Option<u32>,
}

/// `None` when a brake stops it. Says so itself.
pub fn confirmation(plan: &Plan, consent: Consent) -> Outcome<Option<Confirmation>> {
    let asking = terminal();
    let mut confirmation = Confirmation {
        hash: plan.hash.clone(),
        number: consent.number,
        reason: consent.reason.filter(|reason| !reason.trim().is_empty()),
        name: consent.name,
        pilot: consent.pilot,
    };
    let confirm = &plan.confirm;
    if let Some(number) = confirm.type_number {
        if confirmation.number.is_none() && asking {
            let typed = answer(&format!("Type {number} to go on: "))?;
            confirmation.number = typed.replace([',', ' '], "").parse().ok();
        }
        if confirmation.number != Some(number) {
            return Ok(stopped(&format!("--number {number}")));
        }
    }
    if let Some(name) = &confirm.type_name {
        if confirmation.name.is_none() && asking {
            confirmation.name = Some(answer(&format!("Type {name} to go on: "))?);
        }
        if confirmation.name.as_deref().map(str::trim) != Some(name.trim()) {
            return Ok(stopped(&format!("--name '{name}'")));
        }
    }
    if confirm.reason && confirmation.reason.is_none() {
        if asking {
            let reason = answer("Why? It is kept in the history: ")?;
            confirmation.reason = Some(reason).filter(|reason| !reason.is_empty());
        }
        if confirmation.reason.is_none() {
            return Ok(stopped("--reason TEXT"));
        }
    }
    if consent.yes {
        return Ok(Some(confirmation));
    }
    if !asking {
        return Err(Trouble::Usage(
            "Nothing was sent: there is no terminal to ask. Add --yes to send, or --dry-run to look.".to_owned(),
        ));
    }
    // What was typed is a yes.
    let typed = confirm.type_number.is_some() || confirm.type_name.is_some();
    if typed || agreed(&format!("{}?", confirm.label))? {
        return Ok(Some(confirmation));
    }
    Err(Trouble::Engine(engine::Error::new(
        engine::Code::Cancelled,
        "Nothing was sent.",
    )))
}

fn stopped(way_on: &str) -> Option<Confirmation> {
    eprintln!("Stopped by a brake, so nothing was sent. To go on, add: {way_on}");
    None
}

/// Whether there is somebody to ask.
pub fn terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

pub fn agreed(question: &str) -> Outcome<bool> {
    let answer = answer(&format!("{question} [y/N] "))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

fn answer(question: &str) -> Outcome<String> {
    let mut line = String::new();
    eprint!("{question}");
    io::stderr()
        .flush()
        .and_then(|()| io::stdin().lock().read_line(&mut line))
        .map_err(|error| Trouble::failed(format!("The answer could not be read: {error}.")))?;
    Ok(line.trim().to_owned())
}
