//! What a view shows: filters and search narrow, then the order is laid over.

use std::collections::HashSet;

use super::{
    Filter, Test, ViewQuery,
    bits::Bits,
    column::UNSET,
    order,
    search::{self, Ask, Search, Term},
    table::{STATUS_PLACE, Table},
    text::{add_codes, search_column},
};
use crate::{attribute::Kind, ids::RowId};

/// What is known of people beside their values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// People with a staged change.
    pub(crate) staged: HashSet<RowId>,
    /// People on the admin's list; those with reports are protected as well.
    pub(crate) protected: HashSet<RowId>,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// In order.
    pub(crate) positions: Vec<u32>,
    pub(crate) note: Option<String>,
    /// What to mark in the rows.
    pub(crate) needles: Vec<Needle>,
}

/// A folded text that was searched.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    pub(crate) text: String,
    /// In one attribute only.
    pub(crate) place: Option<usize>,
}

/// Everybody a query finds, in no order.
pub(crate) fn matching(table: &Table, query: &ViewQuery, marks: &Marks) -> Bits {
    narrowed(table, query, &search::parse(&query.search, table), marks)
}

fn narrowed(table: &Table, query: &ViewQuery, search: &Search, marks: &Marks) -> Bits {
    let mut bits = Bits::all(table.len());
    bits.remove(&table.gone);
    for filter in &query.filters {
        bits.keep(&test(table, filter, marks));
    }
    // Long needles are rarest, and what is found by then need not be searched again.
    let mut terms: Vec<&Term> = search.terms.iter().collect();
    terms.sort_by_key(|term| match &term.ask {
        Ask::Anywhere(needle) => usize::MAX - needle.len(),
        _ => 0,
    });
    for term in terms {
        let found = ask(table, &term.ask, marks);
        if term.not {
            bits.remove(&found);
        } else {
            bits.keep(&found);
        }
    }
    if let Some(pile) = &query.pile {
        match &table.standing {
            Some(standing) => bits.keep(&standing.of(pile)),
            None => bits = Bits::none(table.len()),
        }
    }
    bits
}

/// Answers a query from the table.
pub(crate) fn run(table: &Table, query: &ViewQuery, marks: &Marks) -> Found {
    let search = search::parse(&query.search, table);
    let bits = narrowed(table, query, &search, marks);
    let needles = search
        .terms
        .iter()
        .filter(|term| !term.not)
        .filter_map(|term| match &term.ask {
            Ask::Anywhere(text) => Some(Needle {
                text: text.clone(),
                place: None,
            }),
            Ask::Within(place, text) => Some(Needle {
                text: text.clone(),
                place: Some(*place),
            }),
            _ => None,
        })
        .chain(
            query
                .filters
                .iter()
                .filter_map(|filter| match &filter.test {
                    Test::Contains { text } => Some(Needle {
                        text: super::fold::fold(text),
                        place: Some(table.place(filter.attribute)?),
                    }),
                    _ => None,
                }),
        )
        .filter(|needle| !needle.text.is_empty())
        .collect();
    Found {
        positions: order::arranged(table, &bits, &query.sort),
        note: search.note,
        needles,
    }
}

/// How many people a query finds.
pub(crate) fn count(table: &Table, query: &ViewQuery, marks: &Marks) -> u32 {
    matching(table, query, marks).count() as u32
}

/// Whether a query asks for staged people.
pub(crate) fn follows_draft(table: &Table, query: &ViewQuery) -> bool {
    let search = search::parse(&query.search, table);
    query
        .filters
        .iter()
        .any(|filter| filter.test == Test::Staged)
        || search
            .terms
            .iter()
            .any(|term| matches!(term.ask, Ask::Staged))
}

fn ask(table: &Table, ask: &Ask, marks: &Marks) -> Bits {
    match ask {
        Ask::Anywhere(needle) => table.text().search(table, needle),
        Ask::Within(place, needle) => {
            let mut found = Bits::none(table.len());
            search_column(table, *place, needle, &mut found);
            found
        }
        Ask::Between(place, from, to) => between(table, *place, from.as_deref(), to.as_deref()),
        Ask::Nobody => Bits::none(table.len()),
        Ask::Filled(place) => coded(table, *place, |code| code != UNSET),
        Ask::Empty(place) => coded(table, *place, |code| code == UNSET),
        Ask::Status(status) => {
            let dictionary = table.columns[STATUS_PLACE].dictionary();
            let wanted = dictionary.code(status);
            coded(table, STATUS_PLACE, |code| Some(code) == wanted)
        }
        Ask::Staged => rows(table, marks.staged.iter()),
        Ask::Protected => {
            let mut found = rows(table, marks.protected.iter());
            with_reports(table, &mut found);
            found
        }
        Ask::Manager => {
            let mut found = Bits::none(table.len());
            with_reports(table, &mut found);
            found
        }
    }
}

fn test(table: &Table, filter: &Filter, marks: &Marks) -> Bits {
    if filter.test == Test::Staged {
        return rows(table, marks.staged.iter());
    }
    if let Test::Under { manager, whole } = &filter.test {
        let mut found = Bits::none(table.len());
        if let Some(manager) = table.position(*manager) {
            if *whole {
                for position in table.whole_tree(manager) {
                    found.set(position, true);
                }
            } else {
                for &position in table.reports(manager) {
                    found.set(position, true);
                }
            }
        }
        return found;
    }
    let Some(place) = table.place(filter.attribute) else {
        // The attribute is no longer there, so nobody has a value.
        return match filter.test {
            Test::Empty | Test::NoneOf { .. } => Bits::all(table.len()),
            _ => Bits::none(table.len()),
        };
    };
    match &filter.test {
        Test::AnyOf { values } => any_of(table, place, values, true),
        Test::NoneOf { values } => any_of(table, place, values, false),
        Test::Empty => coded(table, place, |code| code == UNSET),
        Test::Filled => coded(table, place, |code| code != UNSET),
        Test::Between { from, to } => between(table, place, from.as_deref(), to.as_deref()),
        Test::Contains { text } => {
            let needle = super::fold::fold(text);
            let mut found = Bits::none(table.len());
            if needle.is_empty() {
                return coded(table, place, |code| code != UNSET);
            }
            search_column(table, place, &needle, &mut found);
            found
        }
        Test::Under { .. } | Test::Staged => unreachable!("BUG: answered above"),
    }
}

/// Everybody whose code passes; asked once per code.
fn coded(table: &Table, place: usize, pass: impl Fn(u32) -> bool) -> Bits {
    let column = &table.columns[place];
    let marked: Vec<bool> = (0..column.dictionary().codes() as u32).map(pass).collect();
    let mut found = Bits::none(table.len());
    add_codes(column.codes(), &marked, &mut found);
    found
}

fn any_of(table: &Table, place: usize, values: &[Option<String>], among: bool) -> Bits {
    let column = &table.columns[place];
    let mut marked = vec![!among; column.dictionary().codes()];
    for value in values {
        match value {
            None => marked[UNSET as usize] = among,
            Some(value) => {
                if let Some(code) = column.dictionary().code(value) {
                    marked[code as usize] = among;
                }
                // One manager is one person, however the address is written.
                if table.attributes[place].kind == Kind::Employee {
                    for code in column.codes_any_case(value) {
                        marked[code as usize] = among;
                    }
                }
            }
        }
    }
    let mut found = Bits::none(table.len());
    add_codes(column.codes(), &marked, &mut found);
    found
}

fn between(table: &Table, place: usize, from: Option<&str>, to: Option<&str>) -> Bits {
    let column = &table.columns[place];
    let kind = table.attributes[place].kind;
    coded(table, place, |code| {
        let Some(value) = column.dictionary().get(code) else {
            return false;
        };
        match kind {
            Kind::Number => {
                value.parse::<i128>().is_ok()
                    && from.is_none_or(|from| order::compare_numbers(from, value).is_le())
                    && to.is_none_or(|to| order::compare_numbers(value, to).is_le())
            }
            // Canonical dates compare as text; what is no date is not between dates.
            Kind::Date => {
                value.len() == 10
                    && value.parse::<jiff::civil::Date>().is_ok()
                    && from.is_none_or(|from| from <= value)
                    && to.is_none_or(|to| value <= to)
            }
            _ => {
                let value = super::fold::fold(value);
                from.is_none_or(|from| super::fold::fold(from) <= value)
                    && to.is_none_or(|to| value <= super::fold::fold(to))
            }
        }
    })
}

fn rows<'a>(table: &Table, rows: impl Iterator<Item = &'a RowId>) -> Bits {
    let mut found = Bits::none(table.len());
    for row in rows {
        if let Some(position) = table.position(*row) {
            found.set(position, true);
        }
    }
    found
}

fn with_reports(table: &Table, found: &mut Bits) {
    for position in 0..table.len() as u32 {
        if let Some(manager) = table.manager(position)
            && !table.gone.has(position)
        {
            found.set(manager, true);
        }
    }
}
