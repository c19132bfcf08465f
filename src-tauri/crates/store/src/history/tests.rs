//! A history that is honest, one that was tampered with, and one that is searched.

use proptest::prelude::*;

use super::*;
use crate::{Error, Store};

fn event(origin: EventOrigin) -> NewEvent {
    NewEvent::new(
        "2026-11-23T09:00:00.000Z".into(),
        "ana@laptop".into(),
        1,
        origin,
        EventAct::Set,
    )
}

fn origin(made: bool) -> EventOrigin {
    if made {
        EventOrigin::Made
    } else {
        EventOrigin::Seen
    }
}

fn store_with(events: u32) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("muster.db")).expect("opens");
    store
        .write(move |writer| {
            for number in 0..events {
                // Three events a day.
                writer.append_history(&NewEvent {
                    at: format!("2026-11-{:02}T09:00:00.000Z", 1 + number / 3),
                    person: Some(number),
                    person_name: Some(format!("Person {number}")),
                    label: Some("Department".into()),
                    before: Some("Sales".into()),
                    after: Some("100%_Marketing".into()),
                    ..event(origin(number % 2 == 0))
                })?;
            }
            Ok::<_, Error>(())
        })
        .expect("appends");
    (folder, store)
}

fn tamper(store: &Store, sql: &'static str) {
    store
        .write(move |writer| Ok::<_, Error>(writer.raw().execute_batch(sql)?))
        .expect("tampers");
}

fn check(store: &Store) -> Option<Break> {
    store
        .read(|reader| reader.check_history(&[]))
        .expect("walks")
        .broken
}

#[test]
fn an_untouched_history_is_sound_and_names_its_end() {
    let (_folder, store) = store_with(10);
    let found = store
        .read(|reader| reader.check_history(&[]))
        .expect("walks");
    assert_eq!(found.broken, None, "nothing was touched");
    assert_eq!(found.events, 10, "every event is looked at");
    assert_eq!(
        found.end.map(|(id, _)| id),
        Some(10),
        "the end is the last event"
    );
    let anchors = store.read(|reader| reader.anchors()).expect("reads");
    assert_eq!(
        anchors
            .iter()
            .map(|anchor| anchor.event)
            .collect::<Vec<_>>(),
        [3, 6, 9],
        "each day that is over has its last event anchored"
    );
}

#[test]
fn a_deleted_event_is_found_at_the_one_that_followed_it() {
    let (_folder, store) = store_with(10);
    tamper(&store, "DELETE FROM history WHERE id = 5");
    assert_eq!(
        check(&store),
        Some(Break::OutOfOrder(6)),
        "six no longer follows four"
    );
}

#[test]
fn an_edited_event_is_found() {
    let (_folder, store) = store_with(10);
    tamper(&store, "UPDATE history SET after = 'Finance' WHERE id = 4");
    assert_eq!(
        check(&store),
        Some(Break::Edited(4)),
        "the value is part of the hash"
    );
}

#[test]
fn a_word_that_muster_does_not_write_is_found_and_never_shown_as_another() {
    for sql in [
        "UPDATE history SET origin = 'granted' WHERE id = 4",
        "UPDATE history SET act = 'forgive' WHERE id = 4",
    ] {
        let (_folder, store) = store_with(10);
        tamper(&store, sql);
        assert_eq!(
            check(&store),
            Some(Break::Edited(4)),
            "{sql}: the walk names it"
        );
        let refused = store
            .read(|reader| reader.event(4))
            .expect_err("it is not an event that was written");
        assert!(
            matches!(refused, Error::Damaged { .. }),
            "{sql}: it is not taken for another: {refused}"
        );
    }
}

#[test]
fn clearing_a_value_is_not_the_same_as_emptying_it() {
    let (_folder, store) = store_with(3);
    tamper(&store, "UPDATE history SET reason = '' WHERE id = 2");
    assert_eq!(
        check(&store),
        Some(Break::Edited(2)),
        "absent and empty differ"
    );
}

#[test]
fn two_swapped_events_are_found() {
    let (_folder, store) = store_with(10);
    tamper(
        &store,
        "UPDATE history SET id = 100 WHERE id = 4; UPDATE history SET id = 4 WHERE id = 5; \
         UPDATE history SET id = 5 WHERE id = 100;",
    );
    assert_eq!(
        check(&store),
        Some(Break::OutOfOrder(4)),
        "the first of the two is named"
    );
}

#[test]
fn a_tail_cut_after_an_anchor_is_found() {
    let (_folder, store) = store_with(10);
    tamper(
        &store,
        "DELETE FROM history WHERE id > 7; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'history'",
    );
    assert_eq!(
        check(&store),
        Some(Break::Anchor(9)),
        "an anchor names event 9, which is gone"
    );
}

#[test]
fn a_tail_cut_before_the_day_is_over_is_found() {
    let (_folder, store) = store_with(11);
    tamper(&store, "DELETE FROM history WHERE id > 10");
    assert_eq!(check(&store), Some(Break::Cut(10)), "more was written once");
}

#[test]
fn an_anchor_kept_elsewhere_finds_a_history_that_was_made_anew() {
    let (_first, honest) = store_with(4);
    let (end, hash, _) = honest
        .read(|reader| reader.last_event())
        .expect("reads")
        .expect("has events");
    let (_second, forged) = store_with(0);
    forged
        .write(|writer| {
            for _ in 0..6 {
                writer.append_history(&event(EventOrigin::Made))?;
            }
            Ok::<_, Error>(())
        })
        .expect("appends");
    let found = forged
        .read(|reader| reader.check_history(&[(end, hash)]))
        .expect("walks");
    assert_eq!(
        found.broken,
        Some(Break::Anchor(4)),
        "a sound chain, but not the one that was printed"
    );
}

fn find(store: &Store, query: &EventQuery) -> Found {
    store
        .read(|reader| reader.find_events(query, 0, u32::MAX))
        .expect("reads")
}

fn words(texts: &[(&str, Within, bool)]) -> EventQuery {
    EventQuery {
        connection: Some(1),
        terms: texts
            .iter()
            .map(|(text, within, not)| Term {
                within: *within,
                text: (*text).to_owned(),
                not: *not,
            })
            .collect(),
        ..EventQuery::default()
    }
}

#[test]
fn words_are_found_at_their_beginning_and_in_their_place() {
    let (_folder, store) = store_with(0);
    store
        .write(|writer| {
            for (name, after, origin) in [
                ("Zoë Müller", "Vertrieb Süd", EventOrigin::Made),
                ("田中 太郎", "東京都", EventOrigin::Seen),
                ("Ana Ruiz", "100%_Marketing", EventOrigin::Seen),
                ("Mul Sud", "Sales", EventOrigin::Made),
            ] {
                writer.append_history(&NewEvent {
                    person_name: Some(name.into()),
                    scim_id: Some("8d5f-77".into()),
                    label: Some("Department".into()),
                    after: Some(after.into()),
                    ..event(origin)
                })?;
            }
            Ok::<_, Error>(())
        })
        .expect("appends");
    let any = Within::Anywhere;
    for (asked, ids, why) in [
        (
            vec![("muller", any, false)],
            vec![1],
            "marks and case don't matter",
        ),
        (
            vec![("mul", any, false)],
            vec![4, 1],
            "a beginning is enough, newest first",
        ),
        (vec![("uller", any, false)], vec![], "a middle is not"),
        (
            vec![("zo", any, false), ("ver", any, false)],
            vec![1],
            "all words must occur",
        ),
        (
            vec![("zoe sud", any, false)],
            vec![],
            "words of one phrase stand together",
        ),
        (
            vec![("vertrieb s", any, false)],
            vec![1],
            "a phrase may be begun",
        ),
        (
            vec![("muller vertrieb", any, false)],
            vec![],
            "a phrase ends with its field",
        ),
        (
            vec![("郎", any, false)],
            vec![2],
            "a script without spaces is found at any letter",
        ),
        (
            vec![("京都", any, false)],
            vec![2],
            "and several letters must stand together",
        ),
        (
            vec![("sud", Within::Person, false)],
            vec![4],
            "a person is not a value",
        ),
        (
            vec![("sud", Within::Value, false)],
            vec![1],
            "a value is not a person",
        ),
        (
            vec![("depart", Within::Attribute, false)],
            vec![4, 3, 2, 1],
            "the attribute's label",
        ),
        (
            vec![("mul", any, false), ("sales", any, true)],
            vec![1],
            "what must not occur",
        ),
        (
            vec![("sales", any, true)],
            vec![3, 2, 1],
            "nothing but what must not occur",
        ),
        (
            vec![("100%_m", any, false)],
            vec![3],
            "signs only part words",
        ),
        (
            vec![("%", any, false)],
            vec![4, 3, 2, 1],
            "a sign alone asks for nothing",
        ),
        (
            vec![("8d5f-77", any, false)],
            vec![4, 3, 2, 1],
            "the service's id is found",
        ),
        (
            vec![("a\" OR \"zoe", any, false)],
            vec![],
            "a quote is no way into the index's own language",
        ),
    ] {
        let found = find(&store, &words(&asked));
        let found_ids: Vec<u32> = found.events.iter().map(|event| event.id).collect();
        assert_eq!(found_ids, ids, "{asked:?}: {why}");
        assert_eq!(
            found.total as usize,
            ids.len(),
            "{asked:?}: all are counted"
        );
        let made = ids.iter().filter(|id| [1, 4].contains(*id)).count() as u32;
        assert_eq!(
            found.days.iter().map(|day| day.made).sum::<u32>(),
            made,
            "{asked:?}: the index knows which were made"
        );
    }
    let elsewhere = EventQuery {
        connection: Some(2),
        ..words(&[("mul", any, false)])
    };
    assert_eq!(
        find(&store, &elsewhere).total,
        0,
        "another connection's people stay there"
    );
}

#[test]
fn a_beginning_is_found_whether_few_words_begin_so_or_many() {
    let (_folder, store) = store_with(0);
    store
        .write(|writer| {
            for number in 0..200 {
                let made = number % 3 == 0;
                writer.append_history(&NewEvent {
                    person_name: Some(format!("Ana Ruiz{}", number % 50)),
                    after: Some(
                        if number % 150 == 0 {
                            "Salford"
                        } else {
                            "Sales"
                        }
                        .into(),
                    ),
                    ..event(origin(made))
                })?;
            }
            Ok::<_, Error>(())
        })
        .expect("appends");
    let counts = |found: &Found| {
        let made: u32 = found.days.iter().map(|day| day.made).sum();
        (found.total, made)
    };
    let any = Within::Anywhere;
    for (asked, count, why) in [
        (
            vec![("ruiz", any, false)],
            (200, 67),
            "more words than are asked for one by one",
        ),
        (
            vec![("ana ruiz1", any, false)],
            (44, 14),
            "a few, as the end of a phrase",
        ),
        (vec![("sal", any, false)], (200, 67), "two words"),
        (
            vec![("salf", any, false)],
            (2, 2),
            "one word, of events far apart",
        ),
        (
            vec![("sal", any, false), ("sale", any, true)],
            (2, 2),
            "a few that may not be there",
        ),
        (vec![("sala", any, false)], (0, 0), "none"),
    ] {
        let found = find(&store, &words(&asked));
        assert_eq!(counts(&found), count, "{why}: {asked:?}");
    }
}

fn purge(store: &Store, before: &str) -> Option<Seal> {
    let purge = Purge {
        before: format!("{before}T00:00:00.000Z"),
        at: "2026-12-01T09:00:00.000Z".into(),
        actor: "ana@laptop".into(),
        say: |events, day, why| format!("{events} before {day}: {why}"),
        why: "two years are enough".into(),
    };
    store
        .write(move |writer| writer.purge_history(&purge))
        .expect("purges")
}

#[test]
fn the_chain_stays_sound_across_a_purge_and_goes_on_after_it() {
    let (_folder, store) = store_with(10);
    let seal = purge(&store, "2026-11-02").expect("there was something to remove");
    assert_eq!(
        (seal.first, seal.last, seal.events, seal.event),
        (1, 3, 3, 11),
        "the first day's three events, and the event that says so"
    );
    let found = store
        .read(|reader| reader.check_history(&[]))
        .expect("walks");
    assert_eq!(
        (found.broken, found.removed, found.events),
        (None, 3, 8),
        "sound, and it says what is missing"
    );
    let left = find(&store, &EventQuery::default());
    assert_eq!(left.total, 8, "seven are left, and the purge");
    assert_eq!(
        left.days.iter().map(|day| day.made + day.seen).sum::<u32>(),
        8,
        "the days were counted down"
    );
    assert_eq!(
        find(&store, &words(&[("person 1", Within::Person, false)])).total,
        0,
        "the words are forgotten"
    );
    assert_eq!(
        find(&store, &words(&[("person 4", Within::Person, false)])).total,
        1,
        "those of others are not"
    );

    let again = purge(&store, "2026-11-03").expect("the second day");
    assert_eq!(
        (again.first, again.last),
        (4, 6),
        "it begins where the first one ended"
    );
    assert_eq!(check(&store), None, "the chain rests on the last seal");
    assert_eq!(
        purge(&store, "2026-11-03"),
        None,
        "nothing is left to remove, so nothing is said"
    );
}

#[test]
fn a_whole_history_can_be_removed_and_the_rule_remains() {
    let (_folder, store) = store_with(4);
    let seal = purge(&store, "2026-11-30").expect("all of it");
    assert_eq!(
        (seal.last, seal.event),
        (4, 5),
        "the event about it comes after what it removed"
    );
    assert_eq!(check(&store), None, "one event, on a seal");
    store
        .write(|writer| writer.append_history(&event(EventOrigin::Made)))
        .expect("appends");
    assert_eq!(check(&store), None, "what follows is chained to it");
}

#[test]
fn a_purge_that_nobody_ordered_is_found() {
    for (how, sql) in [
        ("only deleted", "DELETE FROM history WHERE id <= 3"),
        (
            "with a seal of its own making",
            "INSERT INTO seals SELECT 3, 1, 3, hash, 9 FROM history WHERE id = 3; DELETE FROM history WHERE id <= 3",
        ),
        (
            "with a seal that rests on nothing",
            "INSERT INTO seals SELECT 3, 1, 3, hash, 99 FROM history WHERE id = 3; DELETE FROM history WHERE id <= 3",
        ),
    ] {
        let (_folder, store) = store_with(10);
        tamper(&store, sql);
        assert_eq!(
            check(&store),
            Some(Break::Unsealed(4)),
            "{how}: no event says so"
        );
    }
    let (_folder, store) = store_with(10);
    purge(&store, "2026-11-02");
    tamper(&store, "UPDATE seals SET events = 2");
    assert_eq!(
        check(&store),
        Some(Break::Unsealed(4)),
        "the seal is not the one the event holds"
    );
}

#[test]
fn a_day_that_is_over_is_anchored_without_another_event() {
    let (_folder, store) = store_with(4);
    store
        .write(|writer| writer.anchor_before("2026-11-02", "2026-11-02T23:00:00.000Z"))
        .expect("looks");
    assert_eq!(
        store.read(|reader| reader.anchors()).expect("reads").len(),
        1,
        "the day is not over"
    );
    store
        .write(|writer| writer.anchor_before("2026-11-09", "2026-11-09T00:00:00.000Z"))
        .expect("anchors");
    let last = store
        .read(|reader| reader.anchors())
        .expect("reads")
        .pop()
        .expect("an anchor");
    assert_eq!(
        (last.day.as_str(), last.event),
        ("2026-11-02", 4),
        "its last event is written down"
    );
}

#[derive(Debug, Clone)]
struct Sample {
    event: NewEvent,
}

fn sample() -> impl Strategy<Value = Sample> {
    let name = prop::sample::select(vec!["Ana Ruiz", "Bo Li", "Zoë Mül", "李 明"]);
    let value = prop::option::of(prop::sample::select(vec!["Sales", "Sales North", "Süd"]));
    (
        0u32..4,
        0u32..72,
        1u32..3,
        any::<bool>(),
        name,
        value,
        prop::option::of(1u32..3),
    )
        .prop_map(
            |(person, hour, connection, made, name, after, run)| Sample {
                event: NewEvent {
                    // The clock goes back and forth.
                    at: format!("2026-11-{:02}T{:02}:30:00.000Z", 1 + hour / 24, hour % 24),
                    connection,
                    person: Some(person),
                    person_name: Some(name.into()),
                    label: Some("Department".into()),
                    after: after.map(Into::into),
                    run,
                    ..event(origin(made))
                },
            },
        )
}

fn query() -> impl Strategy<Value = EventQuery> {
    let text = prop::sample::select(vec![
        "ana", "sal", "sales n", "mul", "明", "dep", "xyz", "laptop",
    ]);
    let term = (text, any::<bool>()).prop_map(|(text, not)| Term {
        within: Within::Anywhere,
        text: text.into(),
        not,
    });
    let time = || {
        prop::option::of(
            (1u32..5, prop::sample::select(vec![0u32, 0, 7]))
                .prop_map(|(day, hour)| format!("2026-11-{day:02}T{hour:02}:00:00.000Z")),
        )
    };
    (
        prop::option::of(1u32..4),
        prop::collection::vec(term, 0..3),
        prop::option::of(prop::sample::select(EventOrigin::ALL.to_vec())),
        prop::option::of(0u32..4),
        prop::option::of(1u32..3),
        time(),
        time(),
    )
        .prop_map(
            |(connection, terms, origin, person, run, from, to)| EventQuery {
                connection,
                terms,
                origin,
                person,
                run,
                from,
                to,
            },
        )
}

/// What the search promises, said naively.
fn fits(event: &NewEvent, query: &EventQuery) -> bool {
    let fields = [
        event.person_name.clone(),
        event.label.clone(),
        event.after.clone(),
        (event.origin == EventOrigin::Made).then(|| event.actor.clone()),
    ];
    let begins = |needle: &str| {
        fields.iter().flatten().any(|field| {
            let field = format!(" {}", crate::fold(field).replace('@', " "));
            field.contains(&format!(" {needle}"))
        })
    };
    query
        .connection
        .is_none_or(|wanted| wanted == event.connection)
        && query.origin.is_none_or(|wanted| wanted == event.origin)
        && query
            .person
            .is_none_or(|wanted| Some(wanted) == event.person)
        && query.run.is_none_or(|wanted| Some(wanted) == event.run)
        && query.from.as_ref().is_none_or(|from| event.at >= *from)
        && query.to.as_ref().is_none_or(|to| event.at < *to)
        && query
            .terms
            .iter()
            .all(|term| begins(&term.text) != term.not)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_answer_is_that_of_reading_everything(
        samples in prop::collection::vec(sample(), 0..40),
        queries in prop::collection::vec((query(), 0u32..30, 0u32..12), 1..12),
        cut in prop::option::of(1u32..4),
    ) {
        let (_folder, store) = store_with(0);
        let events: Vec<NewEvent> = samples.into_iter().map(|sample| sample.event).collect();
        let appended = events.clone();
        store
            .write(move |writer| {
                for event in &appended {
                    writer.append_history(event)?;
                }
                Ok::<_, Error>(())
            })
            .expect("appends");
        if let Some(cut) = cut {
            purge(&store, &format!("2026-11-{cut:02}"));
        }
        prop_assert_eq!(check(&store), None, "whatever is appended and purged in order is sound");
        let kept: Vec<Event> = store
            .read(|reader| {
                let mut kept = Vec::new();
                reader.each_event(&EventQuery::default(), |event| { kept.push(event); Ok::<_, Error>(()) })?;
                Ok::<_, Error>(kept)
            })
            .expect("reads");
        for (query, start, len) in queries {
            // The rule's own words are no sample.
            let query = EventQuery { to: query.to.or(Some("2026-11-30T00:00:00.000Z".into())), ..query };
            let wanted: Vec<&Event> = kept.iter().rev().filter(|event| fits(&event.event, &query)).collect();
            let found = store.read(|reader| reader.find_events(&query, start, len)).expect("reads");
            let page: Vec<u32> = found.events.iter().map(|event| event.id).collect();
            let expected: Vec<u32> =
                wanted.iter().skip(start as usize).take(len as usize).map(|event| event.id).collect();
            prop_assert_eq!(page, expected, "the events on screen: {:?} from {} on", query, start);
            prop_assert_eq!(found.total as usize, wanted.len(), "how many: {:?}", query);
            let mut days = std::collections::BTreeMap::<String, (u32, u32)>::new();
            for event in &wanted {
                let (made, seen) = days.entry(event.event.at[..10].to_owned()).or_default();
                if event.event.origin == EventOrigin::Made { *made += 1 } else { *seen += 1 }
            }
            let strip: Vec<(String, (u32, u32))> =
                found.days.into_iter().map(|day| (day.day, (day.made, day.seen))).collect();
            prop_assert_eq!(strip, days.into_iter().collect::<Vec<_>>(), "the days: {:?}", query);
            let mut exported = Vec::new();
            store
                .read(|reader| reader.each_event(&query, |event| { exported.push(event.id); Ok::<_, Error>(()) }))
                .expect("reads");
            let all: Vec<u32> = wanted.iter().rev().map(|event| event.id).collect();
            prop_assert_eq!(exported, all, "an export holds what the screen counts: {:?}", query);
        }
    }

    #[test]
    fn different_events_never_have_the_same_bytes(
        left in proptest::collection::vec(proptest::option::of("[a-z]{0,3}"), 4),
        right in proptest::collection::vec(proptest::option::of("[a-z]{0,3}"), 4),
    ) {
        let filled = |texts: &[Option<String>]| NewEvent {
            before: texts[0].clone(),
            after: texts[1].clone(),
            reason: texts[2].clone(),
            detail: texts[3].clone(),
            ..event(EventOrigin::Made)
        };
        prop_assert_eq!(
            canonical(1, &filled(&left)) == canonical(1, &filled(&right)),
            left == right,
            "moving a letter from one field to the next must change the bytes"
        );
    }
}
