//! A directory read by several threads at once.

use super::{
    super::table::{NAME_PLACE, STATUS_PLACE},
    sample::{CONNECTION, DEPARTMENT, Mirror, START, Values},
};
use crate::ids::AttributeId;

const PEOPLE: usize = 5_000;

/// Everybody with a department of their own.
fn people(first: usize, count: usize) -> Vec<Values> {
    (first..first + count)
        .map(|number| {
            vec![
                Some(format!("Family {}", number % 7)),
                Some(format!("Given {number}")),
                Some(format!("p{number}@a.example")),
                Some(format!("Department {number}")),
                None,
                (number % 2 == 0).then(|| "2030-01-01".to_owned()),
                None,
                Some("true".to_owned()),
            ]
        })
        .collect()
}

#[test]
fn people_stand_in_row_order_whichever_thread_is_ahead() {
    let mirror = Mirror::of(&people(0, PEOPLE / 2));
    // Rows of another connection lie between.
    let strangers = mirror.strangers(300);
    let late = mirror.put(PEOPLE / 2, &people(PEOPLE / 2, PEOPLE / 2));
    assert!(
        strangers.iter().max() < late.iter().min(),
        "they are in the midst"
    );
    let gone = late[10];
    mirror
        .store
        .write(move |writer| writer.mark_gone(gone, "now"))
        .expect("writes");

    let table = mirror.table();
    assert_eq!(
        table.len(),
        PEOPLE,
        "everybody ever listed, and nobody else's"
    );
    assert!(table.rows.is_sorted(), "positions are places in row order");
    for number in 0..PEOPLE {
        let position = number as u32;
        assert_eq!(
            table.scim_id(position),
            format!("id-{number}"),
            "nobody has another's id"
        );
        assert_eq!(
            table.columns[NAME_PLACE].value(position),
            Some(format!("Family {}, Given {number}", number % 7).as_str()),
            "the name stays, gone or not"
        );
        let there = table.row(position).0 != gone;
        let value = |attribute| {
            table
                .column(AttributeId(attribute))
                .and_then(|column| column.value(position))
        };
        assert_eq!(
            value(DEPARTMENT),
            there.then(|| format!("Department {number}")).as_deref(),
            "nobody has another's value, and who is gone has none"
        );
        assert_eq!(
            value(START).is_some(),
            there && number % 2 == 0,
            "what is not set stays so"
        );
        assert_eq!(
            table.columns[STATUS_PLACE].value(position),
            there.then_some(if number % 2 == 0 {
                "Not started"
            } else {
                "Active"
            }),
            "a status is one's own"
        );
    }
    let counted = mirror
        .store
        .read(|reader| reader.people_count(CONNECTION.0))
        .expect("reads");
    assert_eq!(counted as usize, PEOPLE - 1, "who is gone does not count");
    assert_eq!(table.people(), PEOPLE - 1, "nor in memory");
}
