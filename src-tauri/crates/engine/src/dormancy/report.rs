//! What a run freed, as a file for finance and the works council: measured, and without names when they are to be
//! left out.

mod groups;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use store::{ChangeAct, Reader, RunItemState, StoredRunItem, StoredSource};

use self::{
    groups::grouped,
    write::{Cell, Document, Grid},
};
use super::{
    DormancyPolicy, Pile, ReportFormat, Worth,
    ask::evidence,
    basis::Basis,
    kept::{policy_at, policy_of_version, policy_words},
    reclaim::pile_words,
};
use crate::{
    attribute::Role,
    changes::{
        plan::item::Item,
        words::{large_number, number, people},
    },
    engine::Engine,
    error::{Error, Result},
    files::whole,
    ids::{ConnectionId, PlanId, RunId},
    page::moment,
    people::table::Table,
};

impl Engine {
    /// What the seats a run freed cost a year, by the price that was known when it began; `None` where none was, or no
    /// seat was freed.
    pub fn freed_worth(&self, id: RunId) -> Result<Option<Worth>> {
        let run = self.run(id)?;
        let policy = self
            .store
            .read(|reader| policy_at(reader, run.connection, &run.started_at))?;
        let freed = run.seats_freed.filter(|freed| *freed > 0);
        Ok(policy.seat_price.zip(freed).map(|(price, freed)| Worth {
            money: price * f64::from(freed),
            currency: policy.currency,
        }))
    }

    /// Writes what a run did with seats, whole or not at all. Seats are those measured by reading back. Without
    /// names nobody is listed, and departments in which few people went are told as one.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] for a run that took nobody out, [`crate::Code::Failed`] when the file can't
    /// be written.
    pub fn write_reclaim_report(
        &self,
        run: RunId,
        format: ReportFormat,
        with_names: bool,
        path: &Path,
    ) -> Result<()> {
        let document = self.reclaim_document(run, with_names)?;
        whole(path, "The report", |unfinished| match format {
            ReportFormat::Html => Ok(std::fs::write(unfinished, write::html(&document))?),
            ReportFormat::Xlsx => Ok(write::xlsx(&document, unfinished)?),
        })
    }

    fn reclaim_document(&self, id: RunId, with_names: bool) -> Result<Document> {
        let run = self.run(id)?;
        let connection = self.connection(run.connection)?;
        let workspace = self.workspace(run.connection)?;
        let basis = workspace.directory.basis()?;
        let frozen = self.frozen(PlanId(run.plan.0))?;
        let (settled, sources, policies, policy) = self.store.read(|reader| {
            let policy = policy_at(reader, run.connection, &run.started_at)?;
            Ok::<_, Error>((
                reader.run_items(id.0, None, 0, u32::MAX)?,
                reader.evidence_sources(run.connection.0)?,
                policies(reader, run.connection, &frozen.items, &policy)?,
                policy,
            ))
        })?;
        let settled: HashMap<u32, StoredRunItem> = settled
            .into_iter()
            .map(|item| (item.position, item))
            .collect();
        let gone: Vec<Gone<'_>> = frozen
            .items
            .iter()
            .filter(|item| item.act == ChangeAct::Delete || item.leaves())
            .filter_map(|item| {
                Some(Gone {
                    item,
                    settled: settled.get(&item.position)?,
                })
            })
            .collect();
        if gone.is_empty() {
            return Err(Error::precondition(
                "This run took nobody out, so there are no seats to report.",
            ));
        }
        let table = workspace.directory.table();
        let seats: i32 = gone.iter().map(|gone| gone.settled.seats).sum();
        let mut document = Document {
            title: format!("Seats reclaimed in {}", connection.name),
            lead: lead(&gone, seats, &policy),
            facts: facts(
                &gone,
                seats,
                &policy,
                &run.started_at,
                self.ports.actor.as_str(),
            ),
            grids: vec![departments(&table, &gone, with_names)],
        };
        document.facts.extend(why(&gone));
        document
            .facts
            .push(("Policy".to_owned(), Cell::Text(policies)));
        document.grids.push(used(&sources, &run.started_at));
        document.grids.push(exempted(&basis, with_names, |row| {
            table
                .position(row)
                .map(|position| table.name(position).to_owned())
                .unwrap_or_default()
        }));
        if with_names {
            document.grids.push(everybody(&table, &gone));
        }
        Ok(document)
    }
}

/// Somebody the run was to take out, and what came of it.
struct Gone<'a> {
    item: &'a Item,
    settled: &'a StoredRunItem,
}

impl Gone<'_> {
    /// As it stood when it was staged; of whoever was not found by evidence, what it says now.
    fn evidence(&self, table: &Table) -> String {
        match &self.item.reclaim {
            Some(reclaim) => reclaim.evidence.clone(),
            None => table
                .position(self.item.row)
                .map_or_else(String::new, |position| evidence(table, position)),
        }
    }

    fn is_out(&self) -> bool {
        matches!(self.settled.state, RunItemState::Done | RunItemState::Same)
    }
}

/// The versions and thresholds people were found by, each once; the policy in force where nobody was found so.
fn policies(
    reader: &Reader<'_>,
    connection: ConnectionId,
    items: &[Item],
    in_force: &DormancyPolicy,
) -> Result<String> {
    let used: BTreeSet<(u32, u32)> = items
        .iter()
        .filter_map(|item| item.reclaim.as_ref())
        .map(|reclaim| (reclaim.policy, reclaim.days))
        .collect();
    if used.is_empty() {
        return Ok(policy_words(in_force, in_force.days));
    }
    let words: Vec<String> = used
        .into_iter()
        .map(|(version, days)| {
            Ok(policy_words(
                &policy_of_version(reader, connection, version)?,
                days,
            ))
        })
        .collect::<Result<_>>()?;
    Ok(words.join(" "))
}

/// "25 seen long ago, 3 never seen".
fn why(gone: &[Gone<'_>]) -> Option<(String, Cell)> {
    let mut piles: BTreeMap<Pile, u32> = BTreeMap::new();
    for reclaim in gone.iter().filter_map(|gone| gone.item.reclaim.as_ref()) {
        *piles.entry(reclaim.pile).or_default() += 1;
    }
    let words: Vec<String> = piles
        .into_iter()
        .map(|(pile, people)| format!("{} {}", number(people), pile_words(pile)))
        .collect();
    (!words.is_empty()).then(|| ("Reasons".to_owned(), Cell::Text(words.join(", "))))
}

fn lead(gone: &[Gone<'_>], seats: i32, policy: &DormancyPolicy) -> String {
    let out = gone.iter().filter(|gone| gone.is_out()).count() as u32;
    let freed = u32::try_from(seats).unwrap_or(0);
    let money = policy.seat_price.map(|price| {
        format!(
            ", which is {} a year",
            money(price * f64::from(freed), policy)
        )
    });
    format!(
        "{} deactivated and {} freed, as measured by reading each record back{}.",
        people(out),
        if freed == 1 {
            "1 seat".to_owned()
        } else {
            format!("{} seats", number(freed))
        },
        money.unwrap_or_default()
    )
}

fn facts(
    gone: &[Gone<'_>],
    seats: i32,
    policy: &DormancyPolicy,
    started_at: &str,
    actor: &str,
) -> Vec<(String, Cell)> {
    let state = |wanted: &[RunItemState]| {
        Cell::Number(
            gone.iter()
                .filter(|gone| wanted.contains(&gone.settled.state))
                .count() as f64,
        )
    };
    let mut facts = vec![
        ("Carried out".to_owned(), Cell::text(moment(started_at))),
        ("Report written by".to_owned(), Cell::text(actor)),
        ("People planned".to_owned(), Cell::Number(gone.len() as f64)),
        ("Done".to_owned(), state(&[RunItemState::Done])),
        ("Was so already".to_owned(), state(&[RunItemState::Same])),
        (
            "Not done".to_owned(),
            state(&[
                RunItemState::Held,
                RunItemState::Failed,
                RunItemState::Cancelled,
            ]),
        ),
        (
            "Not settled yet".to_owned(),
            state(&[
                RunItemState::Waiting,
                RunItemState::Sending,
                RunItemState::Sent,
                RunItemState::Unknown,
            ]),
        ),
        (
            "Seats freed, measured".to_owned(),
            Cell::Number(f64::from(seats)),
        ),
    ];
    if let Some(price) = policy.seat_price {
        facts.push((
            "Price of a seat, a year".to_owned(),
            Cell::text(money(price, policy)),
        ));
        facts.push((
            "Freed a year".to_owned(),
            Cell::text(money(price * f64::from(seats.max(0)), policy)),
        ));
    }
    if let Some(paid) = policy.seats_paid {
        facts.push(("Seats paid".to_owned(), Cell::Number(f64::from(paid))));
    }
    if let Some(end) = &policy.contract_end {
        facts.push(("Contract ends".to_owned(), Cell::text(end)));
    }
    facts
}

fn departments(table: &Table, gone: &[Gone<'_>], with_names: bool) -> Grid {
    let mut counts: HashMap<String, (u32, i32)> = HashMap::new();
    for gone in gone.iter().filter(|gone| gone.is_out()) {
        let department = table
            .position(gone.item.row)
            .and_then(|position| table.value_of(Role::Department, position))
            .unwrap_or("No department");
        let count = counts.entry(department.to_owned()).or_default();
        count.0 += 1;
        count.1 += gone.settled.seats;
    }
    let rows = grouped(counts, with_names);
    let note = (!with_names).then(|| {
        format!(
            "Departments in which fewer than {} people went are told as one, so that nobody can be recognised.",
            groups::FEWEST
        )
    });
    Grid {
        title: "By department".to_owned(),
        note,
        heading: ["Department", "People", "Seats freed"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows
            .into_iter()
            .map(|row| {
                vec![
                    Cell::Text(row.name),
                    Cell::Number(f64::from(row.people)),
                    Cell::Number(f64::from(row.seats)),
                ]
            })
            .collect(),
    }
}

/// The sources that counted when the run began.
fn used(sources: &[StoredSource], started_at: &str) -> Grid {
    Grid {
        title: "Evidence used".to_owned(),
        note: Some(
            "No sign-in does not prove absence: people answer surveys by mailed link.".to_owned(),
        ),
        heading: ["Source", "File", "Speaks of", "Taken in", "SHA-256"]
            .map(str::to_owned)
            .to_vec(),
        rows: sources
            .iter()
            .filter(|source| {
                source.imported_at.as_str() <= started_at
                    && source
                        .replaced_at
                        .as_deref()
                        .is_none_or(|replaced| replaced > started_at)
            })
            .map(|source| {
                vec![
                    Cell::text(&source.name),
                    Cell::text(&source.file_name),
                    Cell::text(&source.as_of),
                    Cell::text(moment(&source.imported_at)),
                    Cell::text(&source.file_hash),
                ]
            })
            .collect(),
    }
}

/// Reasons may name people, and so may filters: without names only how many there are.
fn exempted(basis: &Basis, with_names: bool, name: impl Fn(crate::ids::RowId) -> String) -> Grid {
    let mut grid = Grid {
        title: "Exemptions in force".to_owned(),
        note: None,
        heading: Vec::new(),
        rows: Vec::new(),
    };
    let count = basis.exemptions.len() as u32;
    if !with_names || count == 0 {
        grid.note = Some(match count {
            0 => "None beside the policy's own rules.".to_owned(),
            1 => "1 exemption by the admin or by an answer.".to_owned(),
            _ => format!("{} exemptions by the admin or by answers.", number(count)),
        });
        return grid;
    }
    grid.heading = ["Who", "Reason", "Until"].map(str::to_owned).to_vec();
    grid.rows = basis
        .exemptions
        .iter()
        .map(|exempting| {
            let who = match &exempting.whom {
                super::basis::Whom::Person(row) => name(*row),
                super::basis::Whom::Matching(_) => "Everybody who matches a filter".to_owned(),
            };
            vec![
                Cell::Text(who),
                Cell::text(&exempting.reason),
                Cell::text(exempting.until.as_deref().unwrap_or("no end")),
            ]
        })
        .collect();
    grid
}

fn everybody(table: &Table, gone: &[Gone<'_>]) -> Grid {
    Grid {
        title: "People".to_owned(),
        note: None,
        heading: [
            "Name",
            "E-mail",
            "Department",
            "Result",
            "Seats freed",
            "Reason",
            "Evidence",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: gone
            .iter()
            .map(|gone| {
                let position = table.position(gone.item.row);
                let value = |role| {
                    position
                        .and_then(|position| table.value_of(role, position))
                        .unwrap_or_default()
                        .to_owned()
                };
                vec![
                    Cell::text(&gone.item.name),
                    Cell::Text(value(Role::Email)),
                    Cell::Text(value(Role::Department)),
                    Cell::Text(result(gone.settled)),
                    Cell::Number(f64::from(gone.settled.seats)),
                    Cell::Text(
                        (gone.item.reclaim.as_ref())
                            .map_or_else(String::new, |reclaim| pile_words(reclaim.pile)),
                    ),
                    Cell::Text(gone.evidence(table)),
                ]
            })
            .collect(),
    }
}

fn result(settled: &StoredRunItem) -> String {
    let word = match settled.state {
        RunItemState::Done => "Done",
        RunItemState::Same => "Was so already",
        RunItemState::Held => "Held",
        RunItemState::Failed => "Failed",
        RunItemState::Cancelled => "Cancelled",
        RunItemState::Waiting
        | RunItemState::Sending
        | RunItemState::Sent
        | RunItemState::Unknown => "Not settled yet",
    };
    match &settled.why {
        Some(why) => format!("{word}: {why}"),
        None => word.to_owned(),
    }
}

/// "1,234 EUR", with cents where there are some.
fn money(amount: f64, policy: &DormancyPolicy) -> String {
    let cents = (amount * 100.0).round();
    // Beyond what a float counts exactly no cent is right any more.
    let cents = cents.clamp(0.0, 9e15) as u64;
    let whole = large_number(cents / 100);
    let rest = cents % 100;
    let sum = if rest == 0 {
        whole
    } else {
        format!("{whole}.{rest:02}")
    };
    match &policy.currency {
        Some(currency) => format!("{sum} {currency}"),
        None => sum,
    }
}

#[cfg(test)]
mod tests {
    use super::{DormancyPolicy, money};

    #[test]
    fn money_is_written_as_people_read_it() {
        let policy = DormancyPolicy {
            currency: Some("EUR".into()),
            ..DormancyPolicy::default()
        };
        assert_eq!(money(1234.0, &policy), "1,234 EUR", "thousands parted");
        assert_eq!(money(12.5, &policy), "12.50 EUR", "cents are two digits");
        assert_eq!(
            money(12_000_000_000.5, &policy),
            "12,000,000,000.50 EUR",
            "what a whole yen company pays fits as well"
        );
        assert_eq!(
            money(0.1 + 0.2, &policy),
            "0.30 EUR",
            "what floats add up to is rounded to cents"
        );
    }
}
