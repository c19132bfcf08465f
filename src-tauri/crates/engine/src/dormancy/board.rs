//! The board: what is paid, what is used, what could be freed, and since when.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::DormancyDay;

use super::{
    Board, BoardGroup, BoardOthers, BoardValue, BrakeLine, HistogramDay, Pile, PileCount,
    PileFilter, TrendMonth,
    basis::Basis,
    rules::{Place, day},
    standing::{Standing, seated},
    words::spoken,
};
use crate::{
    attribute::Role,
    changes::{plan::brakes, words::number},
    engine::{Engine, Workspace},
    error::{Error, Result},
    ids::ConnectionId,
    people::{bits::Bits, table::Table},
    text::{stored_json, word},
};

/// A group is told by its largest values; a location of one person says nothing about seats.
const VALUES: usize = 50;
/// A source that is older is pointed out: an export a month is what people manage.
pub(crate) const FRESH_DAYS: i32 = 30;

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
            outdated: is_outdated(&table, basis),
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
        let mut counts = Vec::with_capacity(days.len());
        for day in days {
            let what = format!("count of dormant people on {}", day.day);
            let counted: Counted = stored_json(what, &day.counts)?;
            let month = day.day.get(..7).unwrap_or_default().to_owned();
            counts.push((month, counted.dormant));
        }
        Ok(months(counts, seats))
    }
}

/// From what each day counted and each month freed, oldest first.
fn months(
    counts: impl IntoIterator<Item = (String, u32)>,
    freed: impl IntoIterator<Item = (String, i64)>,
) -> Vec<TrendMonth> {
    let mut months: BTreeMap<String, (Option<u32>, i64)> = BTreeMap::new();
    for (month, dormant) in counts {
        months.entry(month).or_default().0 = Some(dormant);
    }
    for (month, seats) in freed {
        months.entry(month).or_default().1 += seats;
    }
    // A month without a count goes on with the one before.
    let mut dormant = 0;
    let mut trend: Vec<(TrendMonth, i64)> = months
        .into_iter()
        .map(|(month, (counted, seats))| {
            dormant = counted.unwrap_or(dormant);
            let month = TrendMonth {
                month,
                dormant,
                reclaimed: 0,
            };
            (month, seats)
        })
        .collect();
    // What was taken back in a later month comes off the months before.
    let mut taken_back = 0;
    for (month, seats) in trend.iter_mut().rev() {
        let left = *seats + taken_back;
        taken_back = left.min(0);
        month.reclaimed = u32::try_from(left).unwrap_or(0);
    }
    trend.into_iter().map(|(month, _)| month).collect()
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

/// The fewest people of whom a plan to deactivate is warned of and stopped, in a directory of so many people.
fn brake_lines(directory: u32) -> Vec<BrakeLine> {
    let line = |people: u32, label: &str| BrakeLine {
        people,
        label: label.to_owned(),
    };
    let mut lines = vec![
        line(directory.div_ceil(50).max(1), "warning"),
        line(brakes::limit(directory) + 1, "brake"),
        line(
            (directory / 5 + 1).max(brakes::limit(directory) + 1),
            "brake, with a reason",
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
            let rest = values.split_off(VALUES.min(values.len()));
            let sum = |of: fn(&BoardValue) -> u32| rest.iter().map(of).sum::<u32>();
            BoardGroup {
                others: (!rest.is_empty()).then(|| BoardOthers {
                    values: rest.len() as u32,
                    people: sum(|value| value.people),
                    found: sum(|value| value.found),
                    seats: sum(|value| value.seats),
                    money: price.map(|price| price * f64::from(sum(|value| value.seats))),
                }),
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
    let mut notes = Vec::new();
    notes.extend(age_note(table, basis));
    let dated = table
        .place_of(Role::SeparationDate)
        .is_some_and(|place| table.attributes[place].writable);
    if !dated || !separates {
        notes.push(
            "Deactivating alone probably frees no seat: without a separation date people go on being counted."
                .to_owned(),
        );
    }
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// The day the newest source that shows presence speaks of, and how many days ago that was.
fn newest_proof(table: &Table, basis: &Basis) -> Option<(Date, i32)> {
    let newest = basis
        .sources
        .iter()
        .filter(|source| source.proves)
        .filter_map(|source| source.as_of.parse::<Date>().ok())
        .max()?;
    Some((newest, day(table.today) - day(newest)))
}

/// Whether even those who were there on the newest day that a source speaks of were not seen for as long as the
/// policy says.
fn is_outdated(table: &Table, basis: &Basis) -> bool {
    newest_proof(table, basis).is_some_and(|(_, age)| i64::from(age) >= basis.policy.days.into())
}

fn age_note(table: &Table, basis: &Basis) -> Option<String> {
    let (newest, age) = newest_proof(table, basis)?;
    if age <= FRESH_DAYS {
        return None;
    }
    let what = format!(
        "The newest evidence of anybody being here is of {}, {} days ago.",
        spoken(newest),
        number(age.unsigned_abs())
    );
    Some(if is_outdated(table, basis) {
        format!(
            "{what} After {} days everybody counts as dormant by it, so nobody is selected. Add a newer export.",
            number(basis.policy.days)
        )
    } else {
        format!("{what} Who was here since then does not show. Add a newer export.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(trend: Vec<TrendMonth>) -> Vec<(String, u32, u32)> {
        trend
            .into_iter()
            .map(|month| (month.month, month.dormant, month.reclaimed))
            .collect()
    }

    #[test]
    fn a_month_that_counted_nobody_shows_nobody() {
        let counts = [("2026-10".to_owned(), 25), ("2026-11".to_owned(), 0)];
        let freed = [("2026-11".to_owned(), 25), ("2026-12".to_owned(), 1)];
        assert_eq!(
            told(months(counts, freed)),
            [
                ("2026-10".to_owned(), 25, 0),
                ("2026-11".to_owned(), 0, 25),
                ("2026-12".to_owned(), 0, 1),
            ],
            "none is a count; a month without one goes on with the month before"
        );
    }

    #[test]
    fn what_was_taken_back_is_not_reclaimed() {
        let freed = [
            ("2026-09".to_owned(), 10),
            ("2026-10".to_owned(), 25),
            ("2026-11".to_owned(), -30),
        ];
        assert_eq!(
            told(months([], freed)),
            [
                ("2026-09".to_owned(), 0, 5),
                ("2026-10".to_owned(), 0, 0),
                ("2026-11".to_owned(), 0, 0),
            ],
            "a run taken back in November frees nothing in October, and the rest comes off September"
        );
    }

    #[test]
    fn a_brake_stands_at_the_fewest_people_it_brakes() {
        for directory in [10, 99, 100, 101, 250, 1_000, 4_999, 300_000] {
            let people = |label: &str| {
                brake_lines(directory)
                    .into_iter()
                    .find(|line| line.label == label)
                    .map(|line| line.people)
            };
            let limit = brakes::limit(directory);
            assert_eq!(
                people("brake"),
                Some(limit + 1),
                "{limit} people pass in a directory of {directory}, one more does not"
            );
            if let Some(warned) = people("warning") {
                assert!(
                    warned * 50 >= directory && (warned - 1) * 50 < directory,
                    "{warned} are 2% of {directory}, one fewer are not"
                );
            }
            if let Some(reason) = people("brake, with a reason") {
                assert!(
                    reason * 5 > directory && reason > limit,
                    "{reason} are over 20% of {directory}"
                );
            }
        }
    }
}
