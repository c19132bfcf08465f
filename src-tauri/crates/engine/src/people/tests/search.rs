//! What words and the grammar of the search box find.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    super::{
        ViewQuery,
        fold::fold,
        query::{self, Marks},
        text::TextIndex,
    },
    sample::{Mirror, example, people, positions, texts},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn words_are_found_where_a_naive_search_finds_them(
        people in people(),
        words in prop::collection::vec(
            prop::sample::select(vec![
                "muller", "MÜLLER", "a", "li", "strasse", "李", "明", "ipek", "ana", "\"ana m\"",
                "a.example", "sales", "2020-0", "ιωαννησ", "\"bo li\"", "7", "luk", "o'b", "-sales", "-li",
            ]),
            0..4,
        ),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let query = ViewQuery { search: words.join(" "), ..ViewQuery::default() };
        let expected: BTreeSet<u32> = (0..people.len())
            .filter(|&number| {
                let texts = texts(&people, number);
                words.iter().all(|word| {
                    let (not, word) = word.strip_prefix('-').map_or((false, *word), |word| (true, word));
                    let needle = fold(word.trim_matches('"'));
                    texts.iter().any(|text| text.contains(&needle)) != not
                })
            })
            .map(|number| number as u32)
            .collect();
        let found: BTreeSet<u32> = positions(&table, &query).into_iter().collect();
        prop_assert_eq!(&found, &expected, "{:?}: a search must neither miss nor invent", words);
    }

    #[test]
    fn text_and_dictionaries_answer_alike(
        people in people(),
        needle in prop::sample::select(vec!["a", "li", "muller", "2020", "example", "ana maria", "x", "李"]),
    ) {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let text = TextIndex::with_few(&table, 0).search(&table, needle);
        let dictionaries = TextIndex::with_few(&table, usize::MAX).search(&table, needle);
        prop_assert_eq!(
            text.positions().collect::<Vec<_>>(),
            dictionaries.positions().collect::<Vec<_>>(),
            "where values are kept must not decide what is found"
        );
    }

    #[test]
    fn any_text_is_a_search(people in people(), text in "\\PC{0,30}|[-\":<>=. a-z0-9]{0,30}") {
        let mirror = Mirror::of(&people);
        let table = mirror.table();
        let found = positions(&table, &ViewQuery { search: text, ..ViewQuery::default() });
        let distinct: BTreeSet<u32> = found.iter().copied().collect();
        prop_assert_eq!(distinct.len(), found.len(), "nobody is shown twice");
    }
}

#[test]
fn the_grammar_narrows_as_it_is_written() {
    let (_mirror, table) = example();
    for (text, names) in [
        (
            "",
            vec![
                "Kaya, İpek",
                "Li, Bo",
                "Müller, Zoë",
                "Ruiz, Ana",
                "Straßer, Uwe",
            ],
        ),
        ("muller", vec!["Müller, Zoë"]),
        ("ana ruiz", vec!["Kaya, İpek", "Ruiz, Ana"]),
        ("\"ruiz, ana\"", vec!["Kaya, İpek", "Ruiz, Ana"]),
        ("STRASSER", vec!["Straßer, Uwe"]),
        (
            "department:sales",
            vec!["Kaya, İpek", "Müller, Zoë", "Ruiz, Ana"],
        ),
        ("department:\"field sales\"", vec!["Kaya, İpek"]),
        (
            "department:sales -department:field",
            vec!["Müller, Zoë", "Ruiz, Ana"],
        ),
        ("manager:\"bo li\"", vec!["Müller, Zoë", "Ruiz, Ana"]),
        ("manager:bo@a", vec!["Müller, Zoë", "Ruiz, Ana"]),
        ("is:inactive", vec!["Müller, Zoë"]),
        ("is:active", vec!["Li, Bo", "Ruiz, Ana", "Straßer, Uwe"]),
        ("is:not-started", vec!["Kaya, İpek"]),
        ("is:manager", vec!["Li, Bo", "Ruiz, Ana"]),
        ("is:protected", vec!["Li, Bo", "Ruiz, Ana"]),
        ("has:no-manager", vec!["Li, Bo"]),
        ("no:manager", vec!["Li, Bo"]),
        ("has:department no:hired", vec![]),
        ("-has:department", vec!["Straßer, Uwe"]),
        ("hired:<2020", vec!["Li, Bo", "Müller, Zoë"]),
        ("hired:<=2020", vec!["Li, Bo", "Müller, Zoë", "Ruiz, Ana"]),
        ("hired:>2020", vec!["Kaya, İpek"]),
        ("hired:2020..2023", vec!["Ruiz, Ana"]),
        ("hired:2020-03", vec!["Ruiz, Ana"]),
        ("hired:..2010", vec!["Li, Bo"]),
        ("tenure:2019-12-31", vec!["Müller, Zoë"]),
        ("pay-level:>7", vec!["Kaya, İpek", "Li, Bo"]),
        ("\"pay level\":-3", vec!["Müller, Zoë"]),
        (
            "department:",
            vec![
                "Kaya, İpek",
                "Li, Bo",
                "Müller, Zoë",
                "Ruiz, Ana",
                "Straßer, Uwe",
            ],
        ),
        ("\"Ana R", vec!["Kaya, İpek", "Ruiz, Ana"]),
    ] {
        let found = positions(
            &table,
            &ViewQuery {
                search: text.into(),
                ..ViewQuery::default()
            },
        );
        let found: Vec<&str> = found.iter().map(|&position| table.name(position)).collect();
        assert_eq!(found, names, "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_said_and_the_rest_holds() {
    let (_mirror, table) = example();
    for (text, said) in [
        ("favourite:blue ana", "favourite"),
        ("is:blue ana", "is:blue"),
        ("hired:<soon ana", "soon"),
    ] {
        let found = query::run(
            &table,
            &ViewQuery {
                search: text.into(),
                ..ViewQuery::default()
            },
            &Marks::default(),
        );
        assert!(
            found.note.is_some_and(|note| note.contains(said)),
            "{text} is explained"
        );
        assert!(
            !found.positions.is_empty(),
            "{text}: the rest of it still finds somebody"
        );
    }
}
