//! Where everybody of a directory stands, laid beside the values: piles narrow views, and two derived columns say the
//! days and the evidence.

use std::collections::HashMap;

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
        column::Column,
        query::{self, Marks},
        table::Table,
    },
    seats,
};

/// Never seen.
const NEVER: u32 = u32::MAX;

/// By position.
#[derive(Debug)]
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

/// Works out where everybody stands and lays it beside the values; the columns only once there is a source.
pub(crate) fn lay(table: &mut Table, basis: &Basis, protected: &Protected, marks: &Marks) {
    let told = told(table, basis);
    let standing = stand(table, basis, &told, protected, marks);
    if basis.sources.is_empty() {
        table.lay_beside(Vec::new());
    } else {
        let columns = columns(table, &standing, basis, &told, protected);
        table.lay_beside(columns);
    }
    table.standing = Some(standing);
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
        |position| exempted.contains_key(&position),
        |position| told[position as usize],
    );
    let hired = by_code(table.column_of(Role::StartDate), rules::day_of);
    let leave = leave(table, basis);
    let places = (0..table.len() as u32)
        .map(|position| {
            let facts = Facts {
                seated: seated.has(position),
                exempted: exempted.get(&position).copied(),
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
        .iter()
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

fn exempted(
    table: &Table,
    basis: &Basis,
    protected: &Protected,
    marks: &Marks,
) -> HashMap<u32, Exempted> {
    let mut found = HashMap::new();
    // The gravest word last, as it is the one that stays.
    if basis.policy.exempt_reports {
        for position in 0..table.len() as u32 {
            let reports = table.reports(position).len() as u32;
            if reports > 0 {
                found.insert(position, Exempted::Reports(reports));
            }
        }
    }
    if basis.policy.exempt_protected {
        for row in protected.keys() {
            if let Some(position) = table.position(*row) {
                found.insert(position, Exempted::Protected);
            }
        }
    }
    for (number, exempting) in basis.exemptions.iter().enumerate().rev() {
        let number = number as u32;
        match &exempting.whom {
            Whom::Person(row) => {
                if let Some(position) = table.position(*row) {
                    found.insert(position, Exempted::ByAdmin(number));
                }
            }
            Whom::Matching(query) => {
                for position in query::matching(table, query, marks).positions() {
                    found.insert(position, Exempted::ByAdmin(number));
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
    let mut words = Words::new(table, basis, protected);
    let mut days = Column::with_capacity(table.len());
    let mut evidence = Column::with_capacity(table.len());
    // A few thousand different days and sentences, whatever the number of people.
    let mut numbers: HashMap<u32, String> = HashMap::new();
    for position in 0..table.len() as u32 {
        let since = standing
            .days(position)
            .filter(|_| !table.gone.has(position))
            .map(|days| &*numbers.entry(days).or_insert_with(|| days.to_string()));
        days.push(since.map(String::as_str), None);
        let said = if table.gone.has(position) {
            None
        } else {
            words.of(position, standing.place(position), &told[position as usize])
        };
        evidence.push(said, None);
    }
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
