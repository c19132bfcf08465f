//! What of a row is marked for a search: what is seen and was searched, and nothing else.

use super::{
    super::{
        Row, ViewQuery,
        query::{self, Marks},
        table::{STATUS_PLACE, Table},
        window,
    },
    sample::{ACTIVE, DEPARTMENT, EMAIL, LEVEL, MANAGER, Mirror, START, Values, example},
};
use crate::{changes::draft::Overlay, engine::Protected, ids::AttributeId};

/// Everybody found, with these attributes as cells.
fn rows(table: &Table, search: &str, columns: &[u32]) -> Vec<Row> {
    let query = ViewQuery {
        search: search.to_owned(),
        ..ViewQuery::default()
    };
    let found = query::run(table, &query, &Marks::default());
    let places: Vec<Option<usize>> = columns
        .iter()
        .map(|column| table.place(AttributeId(*column)))
        .collect();
    let (overlay, protected) = (Overlay::default(), Protected::default());
    found
        .positions
        .iter()
        .map(|&position| {
            window::row(
                table,
                &overlay,
                &protected,
                position,
                &places,
                &found.needles,
            )
        })
        .collect()
}

#[test]
fn a_date_is_marked_whole_as_it_is_written_otherwise() {
    let (_mirror, table) = example();
    let found = rows(&table, "2019", &[0, START]);
    assert_eq!(found.len(), 1, "Zoë came in 2019");
    assert_eq!(
        (found[0].cells[0].hit, found[0].cells[1].hit),
        (None, Some((0, u32::MAX))),
        "where in “31 Dec 2019” only the page knows"
    );
}

#[test]
fn a_word_that_is_looked_for_anywhere_marks_no_status_and_no_truth() {
    let person: Values = ["Acton", "Tru", "", "", "", "", "", "true"]
        .map(|value| (!value.is_empty()).then(|| value.to_owned()))
        .to_vec();
    let mirror = Mirror::of(&[person]);
    let table = mirror.table();
    let status = table.attributes[STATUS_PLACE].id.0;
    for word in ["act", "tru"] {
        let found = rows(&table, word, &[0, status, ACTIVE]);
        let hits: Vec<bool> = found[0]
            .cells
            .iter()
            .map(|cell| cell.hit.is_some())
            .collect();
        assert_eq!(
            hits,
            [true, false, false],
            "“{word}” was found in the name alone"
        );
        assert_eq!(found[0].matched, None, "which is seen");
    }
    let found = rows(&table, "active:tru", &[0, ACTIVE]);
    assert!(
        found[0].cells[1].hit.is_some(),
        "where it was asked for it is marked"
    );
}

#[test]
fn what_no_cell_shows_is_said_beside_the_name() {
    let (_mirror, table) = example();
    let matched = |search: &str, columns: &[u32]| -> Vec<Option<(String, String)>> {
        rows(&table, search, columns)
            .into_iter()
            .map(|row| row.matched.map(|matched| (matched.label, matched.text)))
            .collect()
    };
    let said = |label: &str, text: &str| Some((label.to_owned(), text.to_owned()));
    assert_eq!(
        matched("bo@a", &[0, DEPARTMENT]),
        [
            said("E-mail", "bo@a.example"),
            said("Manager", "bo@a.example"),
            said("Manager", "BO@a.example"),
        ],
        "of Li, Müller and Ruiz, each by where it was found"
    );
    assert_eq!(
        matched("bo@a", &[0, EMAIL, MANAGER])[0],
        None,
        "an e-mail that is on screen is marked there"
    );
    assert_eq!(
        matched("ana zoe sales", &[0, LEVEL]),
        Vec::<Option<(String, String)>>::new(),
        "nobody has all of them"
    );
    assert_eq!(
        matched("zoe \"bo li\"", &[0]),
        [said("Manager", "Li, Bo")],
        "of two words the one that is out of sight; a manager by their name"
    );
}
