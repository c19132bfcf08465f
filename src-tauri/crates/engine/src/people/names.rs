//! Whole names, for looking many up: a pasted column of managers, say.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;
use rayon::prelude::*;

use super::{fold::fold, table::Table};
use crate::{attribute::Role, ids::RowId};

/// Everybody's name both ways round, by hash: at a million people the texts themselves would take long to gather.
#[derive(Debug)]
pub(crate) struct Names {
    hasher: DefaultHashBuilder,
    /// Sorted.
    rows: Vec<(u64, RowId)>,
}

impl Names {
    pub(crate) fn of(table: &Table) -> Self {
        let hasher = DefaultHashBuilder::default();
        let mut rows: Vec<(u64, RowId)> = (0..table.len() as u32)
            .into_par_iter()
            .filter(|&position| !table.gone.has(position))
            .flat_map_iter(|position| {
                whole_names(table, position)
                    .into_iter()
                    .map(|name| (hasher.hash_one(name.as_str()), table.row(position)))
                    .collect::<Vec<_>>()
            })
            .collect();
        rows.par_sort_unstable();
        rows.dedup();
        Self { hasher, rows }
    }

    /// Who has this name in the table, in row order.
    pub(crate) fn find(&self, table: &Table, text: &str) -> Vec<RowId> {
        let wanted = plain_name(text);
        let hash = self.hasher.hash_one(wanted.as_str());
        let first = self.rows.partition_point(|(known, _)| *known < hash);
        self.rows[first..]
            .iter()
            .take_while(|(known, _)| *known == hash)
            .map(|(_, row)| *row)
            .filter(|row| {
                table.position(*row).is_some_and(|position| {
                    !table.gone.has(position) && whole_names(table, position).contains(&wanted)
                })
            })
            .collect()
    }
}

/// A name as it is compared: without regard to letter case, accents and spacing.
pub(crate) fn plain_name(name: &str) -> String {
    fold(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "ruiz, ana" and "ana ruiz".
pub(crate) fn whole_names(table: &Table, position: u32) -> [String; 2] {
    let part = |role: Role| table.value_of(role, position).unwrap_or_default();
    let spoken = format!("{} {}", part(Role::GivenName), part(Role::FamilyName));
    [plain_name(table.name(position)), plain_name(&spoken)]
}
