//! The values of an attribute in a view, counted.

use super::{Facet, FacetValue, column::UNSET, fold::fold};
use crate::{
    engine::Engine,
    error::{Error, Result},
    ids::{AttributeId, ViewId},
};

impl Engine {
    /// The values of an attribute among the people of a view, most people first. `search` narrows the values,
    /// not the people, and a value that it is the whole of comes before all others.
    pub fn facet(
        &self,
        view: ViewId,
        attribute: AttributeId,
        search: &str,
        limit: u32,
    ) -> Result<Facet> {
        let workspace = self.workspace_of_view(view)?;
        let table = workspace.directory.table();
        let open = workspace.directory.view(view)?;
        let place = table.place(attribute).ok_or_else(no_attribute)?;
        let column = &table.columns[place];
        let mut people = vec![0u32; column.dictionary().codes()];
        for &position in &open.found.positions {
            people[column.code(position) as usize] += 1;
        }
        let needle = fold(search.trim());
        let shown = |code: u32| {
            if table.attributes[place].role != Some(crate::attribute::Role::Manager) {
                return None;
            }
            table
                .manager_of_code(code)
                .map(|manager| table.name(manager))
        };
        let distinct = people.iter().skip(1).filter(|&&people| people > 0).count() as u32;
        let mut codes: Vec<u32> = (0..people.len() as u32)
            .filter(|&code| people[code as usize] > 0)
            .filter(|&code| {
                needle.is_empty()
                    || code != UNSET
                        && [shown(code), column.dictionary().get(code)]
                            .into_iter()
                            .flatten()
                            .any(|text| fold(text).contains(&needle))
            })
            .collect();
        // Whoever types a whole value means that one, however many people have others that hold it.
        let whole = |value: Option<&str>| {
            !needle.is_empty() && value.is_some_and(|value| fold(value) == needle)
        };
        let key = |code: &u32| {
            let value = column.dictionary().get(*code);
            (
                !whole(value),
                std::cmp::Reverse(people[*code as usize]),
                value,
            )
        };
        if codes.len() > limit as usize {
            codes.select_nth_unstable_by(limit as usize, |left, right| key(left).cmp(&key(right)));
            codes.truncate(limit as usize);
        }
        codes.sort_unstable_by(|left, right| key(left).cmp(&key(right)));
        Ok(Facet {
            attribute,
            values: codes
                .into_iter()
                .map(|code| FacetValue {
                    value: column.dictionary().get(code).map(str::to_owned),
                    shown: shown(code).map(str::to_owned),
                    people: people[code as usize],
                })
                .collect(),
            distinct,
            people: open.found.positions.len() as u32,
        })
    }
}

pub(crate) fn no_attribute() -> Error {
    Error::new(
        crate::Code::Stale,
        "This attribute is not there any more. Choose another one.",
    )
}
