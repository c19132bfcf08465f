//! Where everybody of a directory stands, laid beside the values: piles narrow views, and two derived columns say the
//! days and the evidence.

use rayon::prelude::*;

use super::{
    Pile, PileFilter,
    basis::{Basis, Whom},
    rules::{self, Day, Exempted, Facts, Place, Terms, Told},
    twins::twins,
    words::Words,
};
use crate::{
    attribute::{self, Attribute, Role},
    engine::Protected,
    ids::AttributeId,
    people::{
        bits::Bits,
        column::{Column, UNSET},
        query::{self, Marks},
        table::Table,
    },
    seats,
};

/// Never seen.
const NEVER: u32 = u32::MAX;

/// By position.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    places: Vec<Place>,
    days: Vec<u32>,
    /// Of the policy in force when it was worked out.
    threshold: u32,
}

impl Standing {
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn place(&self, position: u32) -> Place {
        self.places[position as usize]
    }

    /// Since the newest date in a source that counts.
    pub(crate) fn days(&self, position: u32) -> Option<u32> {
        Some(self.days[position as usize]).filter(|days| *days != NEVER)
    }

    /// By the policy.
    pub(crate) fn pile(&self, position: u32) -> Option<Pile> {
        self.pile_at(position, self.threshold)
    }

    pub(crate) fn pile_at(&self, position: u32, threshold: u32) -> Option<Pile> {
        rules::pile(self.place(position), self.days(position), threshold)
    }

    /// Everybody in a pile.
    pub(crate) fn of(&self, filter: &PileFilter) -> Bits {
        let threshold = filter.days.unwrap_or(self.threshold);
        let mut found = Bits::none(self.places.len());
        for position in 0..self.places.len() as u32 {
            if self.pile_at(position, threshold) == Some(filter.pile) {
                found.set(position, true);
            }
        }
        found
    }
}

/// Where everybody stands, worked out and not laid yet.
pub(crate) struct Worked {
    standing: Standing,
    columns: Vec<(Attribute, Column)>,
}

impl Worked {
    /// Lays it beside the values of the table it was worked out from.
    pub(crate) fn lay(self, table: &mut Table) {
        table.lay_beside(self.columns);
        table.standing = Some(self.standing);
    }
}

/// Works out where everybody stands; the columns only once there is a source.
pub(crate) fn work_out(
    table: &Table,
    basis: &Basis,
    protected: &Protected,
    marks: &Marks,
) -> Worked {
    let told = told(table, basis);
    let standing = stand(table, basis, &told, protected, marks);
    let columns = if basis.sources.is_empty() {
        Vec::new()
    } else {
        columns(table, &standing, basis, &told, protected)
    };
    Worked { standing, columns }
}

fn stand(
    table: &Table,
    basis: &Basis,
    told: &[Told],
    protected: &Protected,
    marks: &Marks,
) -> Standing {
    let today = rules::day(table.today);
    let terms = Terms {
        today,
        grace: basis.policy.grace_days,
    };
    let exempted = exempted(table, basis, protected, marks);
    let seated = seated(table);
    let twins = twins(
        table,
        &seated,
        |position| exempted[position as usize].is_some(),
        |position| told[position as usize],
    );
    let hired = by_code(table.column_of(Role::StartDate), rules::day_of);
    let leave = leave(table, basis);
    let places = (0..table.len() as u32)
        .into_par_iter()
        .map(|position| {
            let facts = Facts {
                seated: seated.has(position),
                exempted: exempted[position as usize],
                told: told[position as usize],
                duplicate: twins.get(&position).copied(),
                leave: leave.iter().find_map(|(place, marked)| {
                    let code = table.columns[*place].code(position);
                    marked[code as usize].then_some((*place as u32, code))
                }),
                hired: hired.of(position),
            };
            rules::place(&facts, terms)
        })
        .collect();
    let days = told
        .par_iter()
        .map(|told| rules::days_since(told, today).unwrap_or(NEVER))
        .collect();
    Standing {
        places,
        days,
        threshold: basis.policy.days,
    }
}

/// What the sources say, by position.
fn told(table: &Table, basis: &Basis) -> Vec<Told> {
    let mut all = vec![Told::default(); table.len()];
    let mut said = basis.told().iter().peekable();
    for (position, row) in table.rows.iter().enumerate() {
        while said.next_if(|(other, _)| other < row).is_some() {}
        if let Some((_, told)) = said.next_if(|(other, _)| other == row) {
            all[position] = *told;
        }
    }
    all
}

/// Everybody who is there and uses a seat.
pub(crate) fn seated(table: &Table) -> Bits {
    let mut bits = Bits::all(table.len());
    bits.remove(&table.gone);
    if let Some(column) = table.column_of(Role::SeparationDate) {
        let free: Vec<bool> = (0..column.dictionary().codes() as u32)
            .map(|code| !seats::uses_seat(column.dictionary().get(code), table.today))
            .collect();
        for (position, code) in (0..).zip(column.codes()) {
            if free[*code as usize] {
                bits.set(position, false);
            }
        }
    }
    bits
}

/// By position.
fn exempted(
    table: &Table,
    basis: &Basis,
    protected: &Protected,
    marks: &Marks,
) -> Vec<Option<Exempted>> {
    // The gravest word last, as it is the one that stays.
    let mut found: Vec<Option<Exempted>> = (0..table.len() as u32)
        .into_par_iter()
        .map(|position| {
            let reports = if basis.policy.exempt_reports {
                table.reports(position).len() as u32
            } else {
                0
            };
            (reports > 0).then_some(Exempted::Reports(reports))
        })
        .collect();
    let mut exempt = |position: u32, exempted| found[position as usize] = Some(exempted);
    if basis.policy.exempt_protected {
        for row in protected.keys() {
            if let Some(position) = table.position(*row) {
                exempt(position, Exempted::Protected);
            }
        }
    }
    for (number, exempting) in basis.exemptions.iter().enumerate().rev() {
        let number = number as u32;
        match &exempting.whom {
            Whom::Person(row) => {
                if let Some(position) = table.position(*row) {
                    exempt(position, Exempted::ByAdmin(number));
                }
            }
            Whom::Matching(query) => {
                for position in query::matching(table, query, marks).positions() {
                    exempt(position, Exempted::ByAdmin(number));
                }
            }
        }
    }
    found
}

/// The places of the attributes that may mean leave, and for each code whether it does.
fn leave(table: &Table, basis: &Basis) -> Vec<(usize, Vec<bool>)> {
    basis
        .policy
        .leave
        .iter()
        .filter_map(|rule| {
            let place = table.place(rule.attribute)?;
            let dictionary = table.columns[place].dictionary();
            let mut marked = vec![false; dictionary.codes()];
            for value in &rule.values {
                if let Some(code) = dictionary.code(value) {
                    marked[code as usize] = true;
                }
            }
            Some((place, marked))
        })
        .collect()
}

/// A column's values read once per code.
struct ByCode<'a> {
    column: Option<&'a Column>,
    days: Vec<Option<Day>>,
}

impl ByCode<'_> {
    fn of(&self, position: u32) -> Option<Day> {
        self.days[self.column?.code(position) as usize]
    }
}

fn by_code(column: Option<&Column>, read: impl Fn(&str) -> Option<Day>) -> ByCode<'_> {
    let days = column.map_or_else(Vec::new, |column| {
        (0..column.dictionary().codes() as u32)
            .map(|code| column.dictionary().get(code).and_then(&read))
            .collect()
    });
    ByCode { column, days }
}

fn columns(
    table: &Table,
    standing: &Standing,
    basis: &Basis,
    told: &[Told],
    protected: &Protected,
) -> Vec<(Attribute, Column)> {
    let there = |position: u32| !table.gone.has(position);
    let days = || {
        let mut column = Column::with_capacity(table.len());
        // A few thousand different days, whatever the number of people.
        let mut codes: hashbrown::HashMap<u32, u32> = hashbrown::HashMap::new();
        for position in 0..table.len() as u32 {
            let since = standing.days(position).filter(|_| there(position));
            let code = since.map_or(UNSET, |days| {
                *codes
                    .entry(days)
                    .or_insert_with(|| column.code_for(&days.to_string()))
            });
            column.push_code(code);
        }
        column
    };
    let evidence = || {
        let mut column = Column::with_capacity(table.len());
        let mut words = Words::new(table, basis, protected);
        for position in 0..table.len() as u32 {
            if there(position) {
                let place = standing.place(position);
                words.push(&mut column, position, place, &told[position as usize]);
            } else {
                column.push_code(UNSET);
            }
        }
        column
    };
    let (days, evidence) = rayon::join(days, evidence);
    [
        (attribute::days_seen(), days),
        (attribute::evidence(), evidence),
    ]
    .into_iter()
    .map(|(attribute, column)| {
        (
            Attribute {
                filled: column.filled(),
                distinct: column.distinct(),
                ..attribute
            },
            column,
        )
    })
    .collect()
}

/// Whether an attribute is one of those laid beside the values.
pub(crate) fn is_laid(attribute: AttributeId) -> bool {
    attribute == AttributeId::DAYS_SEEN || attribute == AttributeId::EVIDENCE
}
