//! Who is chosen when the list they were chosen in changes.

use std::sync::{Arc, RwLock};

use super::{
    super::{Selection, ViewQuery, directory::Directory},
    sample::{CONNECTION, LOCALE, Mirror, TODAY, Values, example},
};
use crate::{
    error::Code,
    ids::{RowId, ViewId},
};

const VIEW: ViewId = ViewId(1);

fn directory(mirror: &Mirror) -> Directory {
    let (overlay, protected) = (Arc::default(), Arc::default());
    Directory::open(
        &mirror.store,
        CONNECTION,
        TODAY,
        LOCALE,
        Arc::new(RwLock::new(overlay)),
        Arc::new(RwLock::new(protected)),
    )
    .expect("opens")
}

fn called(family: &str) -> Values {
    let mut person = vec![None; 8];
    person[0] = Some(family.to_owned());
    person
}

fn names(directory: &Directory, selection: &Selection) -> Vec<String> {
    let rows = directory.rows(selection).expect("the view is open");
    rows.into_iter().map(|row| directory.name(row)).collect()
}

#[test]
fn positions_choose_nobody_once_other_people_stand_there() {
    let (mirror, _) = example();
    let directory = directory(&mirror);
    let first = |version| Selection::Range {
        view: VIEW,
        version,
        start: 0,
        end: 1,
    };
    let seen = directory.put_view(VIEW, ViewQuery::default()).version;
    assert_eq!(names(&directory, &first(seen)), ["Kaya, İpek"], "by name");
    let rows: Vec<RowId> = mirror
        .put(5, &[called("Abel")])
        .into_iter()
        .map(RowId)
        .collect();
    directory.refresh(&rows).expect("reads");
    let late = directory
        .rows(&first(seen))
        .expect_err("Abel stands there now");
    assert_eq!(
        late.code,
        Code::Stale,
        "an act that was meant for Kaya must not become Abel's"
    );
    let now = directory.view(VIEW).expect("is open").version;
    assert_eq!(
        names(&directory, &first(now)),
        ["Abel"],
        "looked at again it is clear who is meant"
    );
    directory.reload().expect("reads");
    assert!(
        directory.rows(&first(now)).is_err(),
        "a directory that was read anew is another list as well"
    );
}

#[test]
fn everybody_but_some_stays_that_however_the_list_grows() {
    let (mirror, _) = example();
    let directory = directory(&mirror);
    directory.put_view(VIEW, ViewQuery::default());
    let first = |position| directory.table().row(position);
    let but = Selection::View {
        view: VIEW,
        except: vec![first(0), first(1)],
    };
    let chosen = names(&directory, &but);
    assert_eq!(
        chosen,
        ["Kaya, İpek", "Müller, Zoë", "Straßer, Uwe"],
        "in the view's order, without Li and Ruiz"
    );
    let rows: Vec<RowId> = mirror
        .put(5, &[called("Abel")])
        .into_iter()
        .map(RowId)
        .collect();
    directory.refresh(&rows).expect("reads");
    assert_eq!(
        names(&directory, &but)[0],
        "Abel",
        "who comes to match is among them; the exceptions stay out"
    );
}

#[test]
fn whoever_reads_for_long_keeps_nobody_from_writing() {
    let (mirror, _) = example();
    let directory = directory(&mirror);
    directory.put_view(VIEW, ViewQuery::default());
    let (table, _) = directory.view_at_rest(VIEW).expect("is open");
    let overlay = directory.overlay();
    // Where the table or the draft were locked, this would wait for ever.
    let rows: Vec<RowId> = mirror
        .put(0, &[called("Lee")])
        .into_iter()
        .map(RowId)
        .collect();
    directory.refresh(&rows).expect("reads");
    assert_eq!(directory.name(rows[0]), "Lee", "the change is there");
    let position = table.position(rows[0]).expect("was there before");
    assert_eq!(
        table.name(position),
        "Li, Bo",
        "who reads goes on with what was"
    );
    assert!(overlay.is_empty(), "and with the draft as it was");
}
