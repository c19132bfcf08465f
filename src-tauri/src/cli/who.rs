//! WHO: people named by e-mail, employee number or id.

use std::io::{self, BufRead};

use engine::{
    ids::{ConnectionId, RowId},
    people::PersonChoice,
};
use serde::Serialize;

use super::{Outcome, Trouble, output, session::Session};

/// What was asked for, sorted into people and questions.
#[derive(Debug, Default, Serialize)]
pub struct Named {
    #[serde(skip)]
    pub rows: Vec<RowId>,
    /// Nobody has this e-mail, number or id.
    pub unmatched: Vec<String>,
    pub ambiguous: Vec<Ambiguous>,
}

#[derive(Debug, Serialize)]
pub struct Ambiguous {
    pub who: String,
    pub people: Vec<PersonChoice>,
}

impl Named {
    pub fn all_found(&self) -> bool {
        self.unmatched.is_empty() && self.ambiguous.is_empty()
    }

    /// On stderr, one line each.
    pub fn tell(&self) {
        for who in &self.unmatched {
            eprintln!("{who}: nobody has this e-mail, employee number or id. Left alone.");
        }
        for Ambiguous { who, people } in &self.ambiguous {
            let names: Vec<String> = people
                .iter()
                .map(|person| match &person.reference {
                    Some(reference) => format!("{} ({reference})", person.name),
                    None => person.name.clone(),
                })
                .collect();
            eprintln!(
                "{who}: fits {}: {}. Left alone; name one of them.",
                output::people(people.len() as u32),
                names.join("; ")
            );
        }
    }
}

/// With `-` they are read from stdin, one a line; each person counts once.
pub async fn find(session: &Session, id: ConnectionId, who: Vec<String>) -> Outcome<Named> {
    let asked = spread(who)?;
    session
        .off(move |engine| {
            let mut named = Named::default();
            let mut seen = std::collections::HashSet::new();
            for who in asked {
                let mut people = engine.find_people(id, &who)?;
                match people.len() {
                    0 => named.unmatched.push(who),
                    1 => {
                        let row = people.remove(0).row;
                        if seen.insert(row) {
                            named.rows.push(row);
                        }
                    }
                    _ => named.ambiguous.push(Ambiguous { who, people }),
                }
            }
            Ok(named)
        })
        .await
}

fn spread(who: Vec<String>) -> Outcome<Vec<String>> {
    let mut asked = Vec::new();
    for who in who {
        if who == "-" {
            for line in io::stdin().lock().lines() {
                let line = line.map_err(|error| {
                    Trouble::failed(format!("The people could not be read from stdin: {error}."))
                })?;
                asked.push(line);
            }
        } else {
            asked.push(who);
        }
    }
    // A list saved by a spreadsheet begins with a byte-order mark and has blank lines.
    let asked: Vec<String> = asked
        .iter()
        .map(|who| who.trim_start_matches('\u{feff}').trim().to_owned())
        .filter(|who| !who.is_empty())
        .collect();
    if asked.is_empty() {
        return Err(Trouble::Usage(
            "Nobody is named. Give e-mails, employee numbers or ids, or - to read them from stdin."
                .to_owned(),
        ));
    }
    Ok(asked)
}
