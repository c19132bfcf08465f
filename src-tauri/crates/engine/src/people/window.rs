//! Rows on screen: values from the columns, the draft laid over them, and where the search matched.

use rayon::prelude::*;

use super::{
    Cell, Matched, Row, StagedValue, Window,
    fold::{find_folded, fold},
    query::Needle,
    table::{NAME_PLACE, STATUS_PLACE, Table},
};
use crate::{
    attribute::{Kind, Role},
    dormancy::is_laid,
    engine::{Overlay, Protected, Workspace},
    error::Result,
    ids::{AttributeId, ViewId},
};

/// A hit in what is written some other way on screen: all of it, however long.
const ALL_OF_IT: (u32, u32) = (0, u32::MAX);

/// Rows that are not worth waking another core for.
const TOGETHER: usize = 16;

/// Most rows in one window.
const MOST: u32 = 1000;

pub(crate) fn window(
    workspace: &Workspace,
    view: ViewId,
    start: u32,
    len: u32,
    columns: &[AttributeId],
) -> Result<Window> {
    let directory = &workspace.directory;
    let table = directory.table();
    let open = directory.view(view)?;
    let overlay = directory.overlay();
    let protected = directory.protected();
    let positions = &open.found.positions;
    let from = (start as usize).min(positions.len());
    let until = (from + len.min(MOST) as usize).min(positions.len());
    let places: Vec<Option<usize>> = columns.iter().map(|column| table.place(*column)).collect();
    // At a million people each value waits for memory, and two cores wait half as long.
    let rows = positions[from..until]
        .par_iter()
        .with_min_len(TOGETHER)
        .map(|&position| {
            row(
                &table,
                &overlay,
                &protected,
                position,
                &places,
                &open.found.needles,
            )
        })
        .collect();
    Ok(Window {
        view,
        version: open.version,
        start: from as u32,
        total: positions.len() as u32,
        rows,
    })
}

/// One row; cells for these places, and what a search found outside them.
pub(crate) fn row(
    table: &Table,
    overlay: &Overlay,
    protected: &Protected,
    position: u32,
    places: &[Option<usize>],
    needles: &[Needle],
) -> Row {
    let id = table.row(position);
    let mut seen = vec![false; needles.len()];
    let cells = places
        .iter()
        .map(|place| {
            let Some(place) = *place else {
                return Cell::default();
            };
            let mut hit = None;
            for (needle, seen) in needles.iter().zip(&mut seen) {
                if let Some(found) = find(table, position, place, needle) {
                    *seen = true;
                    hit.get_or_insert(found);
                }
            }
            Cell {
                hit,
                ..cell(table, overlay, position, place)
            }
        })
        .collect();
    Row {
        id,
        name: table.name(position).to_owned(),
        status: table.status(position),
        cells,
        act: overlay.get(&id).and_then(|staged| staged.act),
        protected: protected.contains_key(&id) || !table.reports(position).is_empty(),
        matched: needles
            .iter()
            .zip(&seen)
            .filter(|(_, seen)| !**seen)
            .find_map(|(needle, _)| out_of_sight(table, position, needle)),
    }
}

/// Where a needle is in what a cell shows.
fn find(table: &Table, position: u32, place: usize, needle: &Needle) -> Option<(u32, u32)> {
    if !is_searched(table, place, needle) {
        return None;
    }
    let shown = table.shown(place, position);
    let text = shown.or_else(|| table.columns[place].value(position))?;
    let is_name = place == NAME_PLACE || shown.is_some();
    let hit = find_folded(text, &needle.text).or_else(|| {
        // "ana ruiz" was found in "Ruiz, Ana".
        let (_, last) = needle.text.rsplit_once(' ').filter(|_| is_name)?;
        find_folded(text, last)
    });
    let written_otherwise =
        place == STATUS_PLACE || matches!(table.attributes[place].kind, Kind::Date | Kind::Boolean);
    hit.map(|hit| if written_otherwise { ALL_OF_IT } else { hit })
}

/// The first value that holds a needle which no cell shows.
fn out_of_sight(table: &Table, position: u32, needle: &Needle) -> Option<Matched> {
    (0..table.columns.len())
        .filter(|&place| is_searched(table, place, needle))
        .find_map(|place| {
            let value = table.columns[place].value(position)?;
            let text = if find(table, position, place, needle).is_some() {
                table.shown(place, position).unwrap_or(value)
            } else {
                Some(value).filter(|value| fold(value).contains(&needle.text))?
            };
            let attribute = &table.attributes[place];
            Some(Matched {
                label: attribute.label.clone(),
                kind: attribute.kind,
                text: text.to_owned(),
            })
        })
}

/// A word for any attribute is not looked for where it would find everybody; see `text`.
fn is_searched(table: &Table, place: usize, needle: &Needle) -> bool {
    match needle.place {
        Some(wanted) => wanted == place,
        None => {
            let attribute = &table.attributes[place];
            place != STATUS_PLACE && attribute.kind != Kind::Boolean && !is_laid(attribute.id)
        }
    }
}

/// One value on screen.
pub(crate) fn cell(table: &Table, overlay: &Overlay, position: u32, place: usize) -> Cell {
    let column = &table.columns[place];
    let attribute = &table.attributes[place];
    let value = column.value(position);
    let shown = table.shown(place, position);
    let nobody = attribute.role == Some(Role::Manager) && value.is_some() && shown.is_none();
    let staged = overlay.get(&table.row(position)).and_then(|staged| {
        staged.values.get(&attribute.id).map(|value| StagedValue {
            value: value.clone(),
            shown: value
                .as_deref()
                .filter(|_| attribute.role == Some(Role::Manager))
                .and_then(|value| table.find(value).first().copied())
                .map(|manager| table.name(manager).to_owned()),
        })
    });
    Cell {
        value: value.map(str::to_owned),
        shown: shown.map(str::to_owned),
        staged,
        odd: column
            .odd(position)
            .map(str::to_owned)
            .or_else(|| nobody.then(|| "Nobody here has this address or number.".to_owned())),
        hit: None,
    }
}
