//! The board: what is paid, what is used, what could be freed, and since when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::DormancyDay;

use super::{
    Board, BoardGroup, BoardValue, BrakeLine, HistogramDay, Pile, PileCount, PileFilter,
    TrendMonth,
    basis::Basis,
    rules::Place,
    standing::{Standing, seated},
};
use crate::{
    attribute::Role,
    changes::plan::brakes,
    engine::{Engine, Workspace},
    error::{Error, Result},
    ids::ConnectionId,
    people::{bits::Bits, table::Table},
    text::word,
};

/// A group is told by its largest values; a location of one person says nothing about seats.
const VALUES: usize = 50;

/// What a day's use of the policy counted.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Counted {
    seats: u32,
    dormant: u32,
    piles: BTreeMap<String, u32>,
}

impl Engine {
    /// Everything the board shows, from memory; no network. The use of the policy is recorded: the day's last
    /// count stays, with the version it was made by.
    pub fn board(&self, connection: ConnectionId) -> Result<Board> {
        let workspace = self.workspace(connection)?;
        workspace.directory.turn_to(self.ports.clock.today())?;
        let basis = workspace.directory.basis()?;
        let counted = self.counted(&workspace, &basis)?;
        self.record_use(connection, &counted)?;
        Ok(Board {
            sources: self.evidence_sources(connection)?,
            trend: self.trend(connection)?,
            ..counted
        })
    }

    /// Where the people of a pile are: by department, location and country, as far as the company has them. With a
    /// threshold of its own, so that it can follow one that is dragged.
    pub fn board_groups(
        &self,
        connection: ConnectionId,
        pile: PileFilter,
    ) -> Result<Vec<BoardGroup>> {
        let workspace = self.workspace(connection)?;
        let price = workspace.directory.basis()?.policy.seat_price;
        let table = workspace.directory.table();
        let standing = table.standing.as_ref().ok_or_else(unsettled)?;
        Ok(groups(&table, &standing.of(&pile), &seated(&table), price))
    }

    /// The board without what is read from the store.
    fn counted(&self, workspace: &Workspace, basis: &Basis) -> Result<Board> {
        let table = workspace.directory.table();
        let standing = table.standing.as_ref().ok_or_else(unsettled)?;
        let policy = basis.policy.clone();
        let seats = seated(&table);
        let piles = piles(standing, &seats);
        let dormant = piles
            .iter()
            .find(|count| count.pile == Pile::SeenLongAgo)
            .map_or(0, |count| count.people);
        let reclaimable: u32 = piles
            .iter()
            .filter(|count| count.pile.speaks())
            .map(|count| count.seats)
            .sum();
        let aside = |which: fn(Place) -> bool| {
            (0..table.len() as u32)
                .filter(|&position| which(standing.place(position)))
                .count() as u32
        };
        let price = policy.seat_price;
        Ok(Board {
            connection: workspace.connection,
            exempt: aside(|place| matches!(place, Place::Exempt(_))),
            grace: aside(|place| matches!(place, Place::Grace(_))),
            leave: aside(|place| matches!(place, Place::Leave(_))),
            seats_in_use: seats.count() as u32,
            seats_paid: policy.seats_paid,
            dormant,
            reclaimable,
            money: price.map(|price| price * f64::from(reclaimable)),
            histogram: histogram(standing),
            brakes: brake_lines(table.people() as u32),
            newest: basis
                .sources
                .iter()
                .map(|source| source.as_of.clone())
                .max(),
            note: note(
                &table,
                basis,
                self.policy(workspace.connection)?.set_separation_date,
            ),
            piles,
            policy,
            sources: Vec::new(),
            trend: Vec::new(),
        })
    }

    fn record_use(&self, connection: ConnectionId, board: &Board) -> Result<()> {
        let counted = Counted {
            seats: board.seats_in_use,
            dormant: board.dormant,
            piles: board
                .piles
                .iter()
                .map(|count| (pile_word(count.pile), count.people))
                .collect(),
        };
        let day = DormancyDay {
            day: self.ports.clock.today().to_string(),
            policy: board.policy.version,
            counts: serde_json::to_string(&counted).expect("BUG: plain values make JSON"),
        };
        let known = self
            .store
            .read(|reader| reader.dormancy_days(connection.0))?
            .contains(&day);
        // Without a source nothing was used, and the trend would begin with a number that means nothing.
        if known || board.newest.is_none() {
            return Ok(());
        }
        self.store.write(move |writer| {
            writer
                .put_dormancy_day(connection.0, &day)
                .map_err(Error::from)
        })
    }

    /// Per month: the last count, and the seats that were freed.
    fn trend(&self, connection: ConnectionId) -> Result<Vec<TrendMonth>> {
        let (days, seats) = self.store.read(|reader| {
            Ok::<_, Error>((
                reader.dormancy_days(connection.0)?,
                reader.seats_by_month(connection.0)?,
            ))
        })?;
        let mut months: BTreeMap<String, TrendMonth> = BTreeMap::new();
        for day in days {
            let counted: Counted = serde_json::from_str(&day.counts).unwrap_or_default();
            entry(&mut months, day.day.get(..7).unwrap_or_default()).dormant = counted.dormant;
        }
        for (name, freed) in seats {
            entry(&mut months, &name).reclaimed += freed;
        }
        // A month without a count goes on with the one before.
        let mut dormant = 0;
        Ok(months
            .into_values()
            .map(|month| {
                if month.dormant > 0 {
                    dormant = month.dormant;
                }
                TrendMonth { dormant, ..month }
            })
            .collect())
    }
}

fn entry<'a>(months: &'a mut BTreeMap<String, TrendMonth>, name: &str) -> &'a mut TrendMonth {
    months.entry(name.to_owned()).or_insert_with(|| TrendMonth {
        month: name.to_owned(),
        dormant: 0,
        reclaimed: 0,
    })
}

/// The name of a pile as the page and the store write it.
pub(crate) fn pile_word(pile: Pile) -> String {
    word(pile)
}

fn unsettled() -> Error {
    Error::new(
        crate::Code::Stale,
        "The directory was read again while it was counted. Try again.",
    )
}

fn piles(standing: &Standing, seats: &Bits) -> Vec<PileCount> {
    let mut counts = Pile::ALL.map(|pile| PileCount {
        pile,
        people: 0,
        seats: 0,
    });
    for position in 0..standing.len() as u32 {
        if let Some(pile) = standing.pile(position)
            && let Some(count) = counts.iter_mut().find(|count| count.pile == pile)
        {
            count.people += 1;
            count.seats += u32::from(seats.has(position));
        }
    }
    counts.to_vec()
}

fn histogram(standing: &Standing) -> Vec<HistogramDay> {
    let mut days: BTreeMap<u32, u32> = BTreeMap::new();
    for position in 0..standing.len() as u32 {
        if standing.place(position) == Place::Seen
            && let Some(since) = standing.days(position)
        {
            *days.entry(since).or_default() += 1;
        }
    }
    days.into_iter()
        .map(|(days, people)| HistogramDay {
            days,
            people,
            // Whoever is looked at uses a seat.
            seats: people,
        })
        .collect()
}

/// Where a plan to deactivate is warned of and stopped, in a directory of so many people.
fn brake_lines(directory: u32) -> Vec<BrakeLine> {
    let line = |people: u32, label: &str| BrakeLine {
        people,
        label: label.to_owned(),
    };
    let mut lines = vec![
        line(directory.div_ceil(50).max(1), "Warned from here (2%)"),
        line(
            brakes::limit(directory) + 1,
            "The number is to be typed from here",
        ),
        line(
            (directory / 5 + 1).max(brakes::limit(directory) + 1),
            "A reason is asked from here (over 20%)",
        ),
    ];
    lines.sort_by_key(|line| line.people);
    lines.dedup_by_key(|line| line.people);
    lines
}

fn groups(table: &Table, pile: &Bits, seats: &Bits, price: Option<f64>) -> Vec<BoardGroup> {
    [Role::Department, Role::Location, Role::Country]
        .into_iter()
        .filter_map(|role| table.place_of(role))
        .map(|place| {
            let column = &table.columns[place];
            let codes = column.codes();
            let mut people = vec![(0u32, 0u32); column.dictionary().codes()];
            for position in seats.positions() {
                people[codes[position as usize] as usize].0 += 1;
            }
            for position in pile.positions() {
                people[codes[position as usize] as usize].1 += 1;
            }
            let mut values: Vec<BoardValue> = (0..)
                .zip(people)
                .filter(|(_, (people, _))| *people > 0)
                .map(|(code, (people, found))| BoardValue {
                    value: column.dictionary().get(code).map(str::to_owned),
                    people,
                    found,
                    // Whoever is in a pile uses a seat.
                    seats: found,
                    money: price.map(|price| price * f64::from(found)),
                })
                .collect();
            values.sort_by(|left, right| {
                (right.found, right.people)
                    .cmp(&(left.found, left.people))
                    .then_with(|| left.value.cmp(&right.value))
            });
            values.truncate(VALUES);
            BoardGroup {
                attribute: table.attributes[place].id,
                label: table.attributes[place].label.clone(),
                values,
            }
        })
        .collect()
}

fn note(table: &Table, basis: &Basis, separates: bool) -> Option<String> {
    if basis.sources.is_empty() {
        return Some(
            "No evidence yet. Add a sign-in export or another sheet with a person and a date; without one nobody can be called dormant."
                .to_owned(),
        );
    }
    if basis.proving() == 0 {
        return Some(
            "None of these sources can show that somebody was there. Add a sign-in export, or let the policy count other sources."
                .to_owned(),
        );
    }
    let dated = table
        .place_of(Role::SeparationDate)
        .is_some_and(|place| table.attributes[place].writable);
    if !dated || !separates {
        return Some(
            "Deactivating alone probably frees no seat: without a separation date people go on being counted."
                .to_owned(),
        );
    }
    None
}
