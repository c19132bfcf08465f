//! Whom a row means: exactly, or nobody.

use std::collections::HashMap;

use super::Meaning;
use crate::{attribute::Role, ids::RowId, people::table::Table};

/// What the admin said names in files stand for, case-folded.
#[derive(Debug, Default)]
pub(super) struct Aliases(HashMap<String, RowId>);

/// As aliases are kept.
pub(super) fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

impl Aliases {
    pub(super) fn new(stored: Vec<(String, u32)>) -> Self {
        Self(
            stored
                .into_iter()
                .map(|(alias, person)| (alias, RowId(person)))
                .collect(),
        )
    }

    fn find(&self, text: &str) -> Option<RowId> {
        (!self.0.is_empty())
            .then(|| self.0.get(&folded(text)).copied())
            .flatten()
    }
}

/// Whom the cells of a row mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whom {
    One(RowId),
    Nobody,
    /// They were in the directory and are not any more.
    Gone,
    Several(Vec<RowId>),
    /// No cell says anything.
    Blank,
}

/// Everybody who has this e-mail or user name in any letter case, or exactly this number or id, the gone ones included.
fn found(table: &Table, meaning: Meaning, text: &str) -> Vec<u32> {
    let mut positions = Vec::new();
    let mut any_case = |role: Role| {
        if let Some(column) = table.column_of(role) {
            for code in column.codes_any_case(text) {
                positions.extend_from_slice(column.owners().of(code));
            }
        }
    };
    match meaning {
        Meaning::Email | Meaning::UserName => {
            any_case(Role::Email);
            any_case(Role::UserName);
        }
        Meaning::EmployeeNumber => exact(
            table,
            &[Role::EmployeeNumber, Role::ExternalId],
            text,
            &mut positions,
        ),
        Meaning::ScimId => {
            if let Some(code) = table.scim_ids.code(text) {
                positions.push(code - 1);
            }
            exact(table, &[Role::ExternalId], text, &mut positions);
        }
        Meaning::AnyPerson => {
            any_case(Role::Email);
            any_case(Role::UserName);
            exact(
                table,
                &[Role::EmployeeNumber, Role::ExternalId],
                text,
                &mut positions,
            );
            if let Some(code) = table.scim_ids.code(text) {
                positions.push(code - 1);
            }
        }
        _ => {}
    }
    positions.sort_unstable();
    positions.dedup();
    positions
}

fn exact(table: &Table, roles: &[Role], text: &str, positions: &mut Vec<u32>) {
    for role in roles {
        if let Some(column) = table.column_of(*role)
            && let Some(code) = column.dictionary().code(text)
        {
            positions.extend_from_slice(column.owners().of(code));
        }
    }
}

/// Whether a cell names somebody who is there; for telling what a column is.
pub(super) fn names_somebody(table: &Table, meaning: Meaning, text: &str) -> bool {
    found(table, meaning, text.trim())
        .iter()
        .any(|&position| !table.gone.has(position))
}

/// Several cells must agree: whoever fits all that find somebody.
pub(super) fn whom<'a>(
    table: &Table,
    aliases: &Aliases,
    cells: impl Iterator<Item = (Meaning, &'a str)> + Clone,
) -> Whom {
    let said = || {
        cells
            .clone()
            .map(|(meaning, text)| (meaning, text.trim()))
            .filter(|(_, text)| !text.is_empty())
    };
    if said().next().is_none() {
        return Whom::Blank;
    }
    let mut fit: Option<Vec<u32>> = None;
    let mut any: Vec<u32> = Vec::new();
    let mut gone = false;
    for (meaning, text) in said() {
        let mut positions = found(table, meaning, text);
        let all = positions.len();
        positions.retain(|&position| !table.gone.has(position));
        gone |= all > positions.len();
        if positions.is_empty() {
            continue;
        }
        any.extend_from_slice(&positions);
        fit = Some(match fit {
            None => positions,
            Some(fit) => fit
                .into_iter()
                .filter(|position| positions.contains(position))
                .collect(),
        });
    }
    if let Some([one]) = fit.as_deref() {
        return Whom::One(table.row(*one));
    }
    // An alias is for a name that means nobody, or several. Who has the name by now is meant before an old word.
    let alias = said().find_map(|(_, text)| aliases.find(text));
    if let Some(row) = alias
        && table
            .position(row)
            .is_some_and(|position| !table.gone.has(position))
    {
        return Whom::One(row);
    }
    match fit {
        None if gone => Whom::Gone,
        None => Whom::Nobody,
        Some(_) => {
            any.sort_unstable();
            any.dedup();
            Whom::Several(
                any.into_iter()
                    .map(|position| table.row(position))
                    .collect(),
            )
        }
    }
}
