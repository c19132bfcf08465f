//! Rows on screen: values from the columns, the draft laid over them, and where the search matched.

use super::{
    Cell, Row, StagedValue, Window,
    fold::find_folded,
    query::Needle,
    table::{NAME_PLACE, Table},
};
use crate::{
    attribute::Role,
    engine::{Overlay, Protected, Workspace},
    error::Result,
    ids::{AttributeId, ViewId},
};

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
    let open = directory.view(view)?;
    let table = directory.table();
    let overlay = directory.overlay();
    let protected = directory.protected();
    let positions = &open.found.positions;
    let from = (start as usize).min(positions.len());
    let until = (from + len.min(MOST) as usize).min(positions.len());
    let places: Vec<Option<usize>> = columns.iter().map(|column| table.place(*column)).collect();
    let rows = positions[from..until]
        .iter()
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

fn row(
    table: &Table,
    overlay: &Overlay,
    protected: &Protected,
    position: u32,
    places: &[Option<usize>],
    needles: &[Needle],
) -> Row {
    let id = table.row(position);
    Row {
        id,
        name: table.name(position).to_owned(),
        status: table.status(position),
        cells: places
            .iter()
            .map(|place| {
                place.map_or_else(Cell::default, |place| {
                    cell(table, overlay, position, place, needles)
                })
            })
            .collect(),
        act: overlay.get(&id).and_then(|staged| staged.act),
        protected: protected.contains_key(&id) || !table.reports(position).is_empty(),
    }
}

/// One value on screen.
pub(crate) fn cell(
    table: &Table,
    overlay: &Overlay,
    position: u32,
    place: usize,
    needles: &[Needle],
) -> Cell {
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
    let on_screen = shown.or(value);
    let hit = on_screen.and_then(|text| {
        needles
            .iter()
            .filter(|needle| needle.place.is_none_or(|wanted| wanted == place))
            .find_map(|needle| {
                find_folded(text, &needle.text)
                    // "ana ruiz" was found in "Ruiz, Ana".
                    .or_else(|| {
                        if place == NAME_PLACE && needle.text.contains(' ') {
                            needle
                                .text
                                .split(' ')
                                .next_back()
                                .and_then(|word| find_folded(text, word))
                        } else {
                            None
                        }
                    })
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
        hit,
    }
}
