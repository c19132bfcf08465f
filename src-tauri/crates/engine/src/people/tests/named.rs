//! People by whole name, and the best of many.

use super::{
    super::{names::Names, panel::best},
    sample::{Mirror, Values, example},
};
use crate::ids::RowId;

fn called(family: &str, given: &str) -> Values {
    let mut person = vec![None; 8];
    person[0] = Some(family.to_owned());
    person[1] = Some(given.to_owned());
    person
}

#[test]
fn a_whole_name_is_found_either_way_round_and_however_it_is_written() {
    let (_mirror, table) = example();
    let names = Names::of(&table);
    for text in ["Müller, Zoë", "zoë müller", "ZOE  MULLER", "muller,  zoe"] {
        assert_eq!(names.find(&table, text), [table.row(2)], "{text}");
    }
    for text in ["Zoë", "Müller", "Zoë Müllers", ""] {
        assert_eq!(
            names.find(&table, text),
            Vec::<RowId>::new(),
            "“{text}” is not a whole name"
        );
    }
}

#[test]
fn everybody_of_one_name_is_found() {
    let mirror = Mirror::of(&[
        called("Chen", "Li"),
        called("Chen", "Lí"),
        called("Li", "Chen"),
    ]);
    let table = mirror.table();
    let names = Names::of(&table);
    assert_eq!(
        names.find(&table, "Chen, Li"),
        [table.row(0), table.row(1)],
        "accents tell nobody apart"
    );
    assert_eq!(
        names.find(&table, "Chen Li"),
        [table.row(2)],
        "given name first, family name first with a comma"
    );
}

#[test]
fn a_whole_name_goes_before_what_begins_so_and_the_rest_by_name() {
    let mut people: Vec<Values> = (0..100)
        .map(|number| called(&format!("Chenault {:02}", 99 - number), "Lisa"))
        .collect();
    people.push(called("Chen", "Li"));
    let mirror = Mirror::of(&people);
    let table = mirror.table();
    let names: Vec<&str> = best(&table, "chen, li", 3)
        .into_iter()
        .map(|position| table.name(position))
        .collect();
    assert_eq!(names, ["Chen, Li"], "a comma and all");
    let names: Vec<&str> = best(&table, "li chen", 3)
        .into_iter()
        .map(|position| table.name(position))
        .collect();
    assert_eq!(
        names,
        ["Chen, Li", "Chenault 00, Lisa", "Chenault 01, Lisa"],
        "cut by name and not by when somebody came into the mirror"
    );
}
