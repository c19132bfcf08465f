//! What holds for every plan, tried on made-up companies.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use jiff::civil::date;
use proptest::prelude::*;
use store::ChangeAct;

use super::{
    Fix, Group, Verdict,
    build::{Terms, build, exclude_dependents},
    item::{Item, NewPerson, Wish},
    review::draft_keys,
    summary::hash,
};
use crate::{
    attribute::{Attribute, Kind, Role},
    changes::ground::Ground,
    connection::Policy,
    ids::{AttributeId, ConnectionId, RowId},
};

const EMAIL: AttributeId = AttributeId(2);
const MANAGER: AttributeId = AttributeId(3);
const DEPARTMENT: AttributeId = AttributeId(4);
const ACTIVE: AttributeId = AttributeId(5);
const SEPARATION: AttributeId = AttributeId(6);
const BUDDY: AttributeId = AttributeId(7);
const NUMBER: AttributeId = AttributeId(8);

/// A company as a table.
#[derive(Debug, Clone, Default)]
struct Company {
    people: BTreeMap<RowId, BTreeMap<AttributeId, String>>,
    protected: HashSet<RowId>,
}

fn attribute(id: AttributeId, label: &str, kind: Kind, role: Option<Role>) -> Attribute {
    Attribute {
        id,
        key: label.to_lowercase(),
        label: label.into(),
        kind,
        role,
        writable: true,
        required: false,
        filled: 0,
        distinct: 0,
    }
}

impl Ground for Company {
    fn attributes(&self) -> Arc<[Attribute]> {
        Arc::from([
            attribute(EMAIL, "Email", Kind::Text, Some(Role::Email)),
            attribute(MANAGER, "Manager", Kind::Employee, Some(Role::Manager)),
            attribute(
                DEPARTMENT,
                "Department",
                Kind::Option,
                Some(Role::Department),
            ),
            attribute(ACTIVE, "Active", Kind::Boolean, Some(Role::Active)),
            attribute(
                SEPARATION,
                "Separation date",
                Kind::Date,
                Some(Role::SeparationDate),
            ),
            attribute(BUDDY, "Buddy", Kind::Employee, None),
            attribute(NUMBER, "Number", Kind::Text, Some(Role::EmployeeNumber)),
        ])
    }
    fn people(&self) -> u32 {
        self.people.len() as u32
    }
    fn exists(&self, row: RowId) -> bool {
        self.people.contains_key(&row)
    }
    fn scim_id(&self, row: RowId) -> Option<String> {
        self.exists(row).then(|| row.to_string())
    }
    fn name(&self, row: RowId) -> String {
        format!("Person {row}")
    }
    fn value(&self, row: RowId, attribute: AttributeId) -> Option<String> {
        self.people.get(&row)?.get(&attribute).cloned()
    }
    fn reports(&self, row: RowId) -> Vec<RowId> {
        self.people
            .keys()
            .copied()
            .filter(|report| *report != row && self.manager(*report) == Some(row))
            .collect()
    }
    fn find(&self, text: &str) -> Vec<RowId> {
        self.people
            .iter()
            .filter(|(_, values)| {
                values
                    .get(&EMAIL)
                    .is_some_and(|email| email.eq_ignore_ascii_case(text))
                    || values.get(&NUMBER).is_some_and(|number| number == text)
            })
            .map(|(row, _)| *row)
            .collect()
    }
    fn named(&self, _: &str) -> Vec<RowId> {
        Vec::new()
    }
    fn reference(&self, row: RowId, _: &Attribute) -> Option<String> {
        self.value(row, EMAIL)
    }
    fn has_option(&self, attribute: AttributeId, value: &str) -> bool {
        self.people
            .values()
            .any(|values| values.get(&attribute).is_some_and(|found| found == value))
    }
    fn listed_as_protected(&self, row: RowId) -> Option<String> {
        self.protected
            .contains(&row)
            .then(|| "an administrator".into())
    }
}

fn terms() -> Terms {
    Terms {
        policy: Policy::default(),
        today: date(2026, 11, 23),
    }
}

fn email(number: u32) -> String {
    format!("p{number}@example.com")
}

/// People 1 to `count`; each reports to somebody with a smaller number, so there is no circle.
fn company(managers: &[Option<u32>]) -> Company {
    let mut company = Company::default();
    for (number, manager) in (1..).zip(managers) {
        let mut values = BTreeMap::from([
            (EMAIL, email(number)),
            (ACTIVE, "true".into()),
            (
                DEPARTMENT,
                if number % 2 == 0 { "Sales" } else { "Support" }.into(),
            ),
        ]);
        if let Some(manager) = manager.map(|manager| manager % number).filter(|m| *m > 0) {
            values.insert(MANAGER, email(manager));
        }
        company.people.insert(RowId(number), values);
    }
    company
}

fn set(row: u32, attribute: AttributeId, company: &Company, after: Option<&str>) -> Wish {
    Wish {
        row: RowId(row),
        act: ChangeAct::Set,
        attribute: Some(attribute),
        before: company.value(RowId(row), attribute),
        after: after.map(str::to_owned),
        source: None,
        reclaim: None,
        stranger: None,
    }
}

fn act(row: u32, act: ChangeAct) -> Wish {
    Wish {
        row: RowId(row),
        act,
        attribute: None,
        before: None,
        after: None,
        source: None,
        reclaim: None,
        stranger: None,
    }
}

fn create(row: u32, values: &[(AttributeId, String)]) -> Wish {
    let person = NewPerson {
        name: format!("New {row}"),
        values: values.to_vec(),
    };
    Wish {
        after: Some(serde_json::to_string(&person).expect("plain data")),
        ..act(row, ChangeAct::Create)
    }
}

/// What the service looks like once `item` is done.
fn carry_out(company: &mut Company, item: &Item) {
    match item.act {
        ChangeAct::Delete => {
            company.people.remove(&item.row);
        }
        ChangeAct::Create | ChangeAct::Set | ChangeAct::Activate | ChangeAct::Deactivate => {
            let values = company.people.entry(item.row).or_default();
            for field in &item.fields {
                match &field.after {
                    Some(after) => values.insert(field.attribute, after.clone()),
                    None => values.remove(&field.attribute),
                };
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Edit {
    Department(u32, bool),
    Manager(u32, Option<u32>),
    Buddy(u32, u32),
    Email(u32, u32),
    Leave(u32),
    Return(u32),
    Delete(u32),
    Create { manager: u32, buddy: u32 },
}

fn wishes(company: &Company, edits: &[Edit]) -> Vec<Wish> {
    let count = company.people();
    let news: u32 = edits
        .iter()
        .filter(|edit| matches!(edit, Edit::Create { .. }))
        .count() as u32;
    // Anybody: somebody there, or one of those to come.
    let anybody = |number: u32| email(1 + number % (count + news).max(1));
    let somebody = |number: &u32| 1 + number % count;
    let mut wishes: BTreeMap<(RowId, Option<AttributeId>, bool), Wish> = BTreeMap::new();
    let mut next = count;
    for edit in edits {
        let wish = match edit {
            Edit::Department(who, sales) => {
                let department = if *sales { "Sales" } else { "Support" };
                set(somebody(who), DEPARTMENT, company, Some(department))
            }
            Edit::Manager(who, manager) => {
                let manager = manager.map(anybody);
                set(somebody(who), MANAGER, company, manager.as_deref())
            }
            Edit::Buddy(who, buddy) => set(somebody(who), BUDDY, company, Some(&anybody(*buddy))),
            Edit::Email(who, new) => {
                let new = format!("new{new}@example.com");
                set(somebody(who), EMAIL, company, Some(&new))
            }
            Edit::Leave(who) => act(somebody(who), ChangeAct::Deactivate),
            Edit::Return(who) => act(somebody(who), ChangeAct::Activate),
            Edit::Delete(who) => act(somebody(who), ChangeAct::Delete),
            Edit::Create { manager, buddy } => {
                next += 1;
                create(
                    next,
                    &[
                        (EMAIL, email(next)),
                        (MANAGER, anybody(*manager)),
                        (BUDDY, anybody(*buddy)),
                    ],
                )
            }
        };
        let key = (wish.row, wish.attribute, wish.act == ChangeAct::Set);
        wishes.insert(key, wish);
    }
    wishes.into_values().collect()
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let who = 0..1000u32;
    proptest::collection::vec(
        prop_oneof![
            2 => (who.clone(), any::<bool>()).prop_map(|(who, sales)| Edit::Department(who, sales)),
            3 => (who.clone(), proptest::option::of(who.clone())).prop_map(|(who, to)| Edit::Manager(who, to)),
            2 => (who.clone(), who.clone()).prop_map(|(who, to)| Edit::Buddy(who, to)),
            1 => (who.clone(), 0..4u32).prop_map(|(who, new)| Edit::Email(who, new)),
            2 => who.clone().prop_map(Edit::Leave),
            1 => who.clone().prop_map(Edit::Return),
            1 => who.clone().prop_map(Edit::Delete),
            3 => (who.clone(), who).prop_map(|(manager, buddy)| Edit::Create { manager, buddy }),
        ],
        0..14,
    )
}

fn companies() -> impl Strategy<Value = Company> {
    proptest::collection::vec(proptest::option::of(0..1000u32), 1..10)
        .prop_map(|managers| company(&managers))
}

fn circle(company: &Company) -> bool {
    company.people.keys().any(|start| {
        let mut seen = BTreeSet::new();
        let mut at = Some(*start);
        while let Some(row) = at {
            if !seen.insert(row) {
                return true;
            }
            at = company.manager(row);
        }
        false
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_moment_of_a_run_is_sound(company in companies(), edits in edits()) {
        let wishes = wishes(&company, &edits);
        let items = build(&company, &wishes, &terms());
        let mut now = company.clone();
        let mut done = BTreeSet::new();
        for item in items.iter().filter(|item| item.goes()) {
            for needed in &item.after {
                let other = &items[*needed as usize];
                prop_assert!(other.position < item.position, "what is needed comes first");
                prop_assert!(other.wave < item.wave, "what is needed is in an earlier wave");
                prop_assert!(
                    done.contains(needed) || other.verdict == Verdict::Same,
                    "nothing goes without what it needs"
                );
            }
            for field in item.fields.iter().filter(|field| field.kind == Kind::Employee) {
                if let Some(after) = &field.after {
                    prop_assert!(
                        now.referred(after).is_some(),
                        "{} is sent before {} exists: {:#?}", item.spoken, after, items
                    );
                }
            }
            if matches!(item.act, ChangeAct::Delete | ChangeAct::Deactivate) {
                let left: Vec<RowId> = now
                    .reports(item.row)
                    .into_iter()
                    .filter(|report| now.value(*report, ACTIVE).as_deref() == Some("true"))
                    .filter(|report| !wishes.iter().any(|wish| wish.row == *report
                        && matches!(wish.act, ChangeAct::Delete | ChangeAct::Deactivate)))
                    .collect();
                prop_assert!(left.is_empty(), "reports are re-homed before their manager leaves");
            }
            carry_out(&mut now, item);
            done.insert(item.position);
            prop_assert!(!circle(&now), "no moment has people reporting to each other in a circle");
        }
    }

    #[test]
    fn planning_twice_gives_the_same_plan(company in companies(), edits in edits()) {
        let mut wishes = wishes(&company, &edits);
        let first = build(&company, &wishes, &terms());
        wishes.reverse();
        let second = build(&company, &wishes, &terms());
        prop_assert_eq!(
            hash(ConnectionId(1), &first),
            hash(ConnectionId(1), &second),
            "the order of staging does not matter"
        );
        prop_assert_eq!(first, second, "nor does anything else");
    }

    #[test]
    fn what_is_done_is_not_planned_again(company in companies(), edits in edits()) {
        let wishes = wishes(&company, &edits);
        let items = build(&company, &wishes, &terms());
        let mut after = company.clone();
        let mut done = BTreeSet::new();
        for item in items.iter().filter(|item| item.goes()) {
            carry_out(&mut after, item);
            done.insert(item.row);
        }
        let undone: BTreeSet<RowId> = items
            .iter()
            .filter(|item| !item.goes() && item.verdict != Verdict::Same)
            .map(|item| item.row)
            .collect();
        let again: Vec<Wish> = wishes
            .into_iter()
            .filter(|wish| wish.act != ChangeAct::Create)
            .filter(|wish| !undone.contains(&wish.row))
            .collect();
        let items = build(&after, &again, &terms());
        prop_assert!(
            items.iter().all(|item| !item.goes()),
            "applying and planning again gives an empty plan: {:#?}", items
        );
    }

    #[test]
    fn leaving_an_item_out_and_bringing_it_back_changes_nothing(
        company in companies(),
        edits in edits(),
        which in any::<prop::sample::Index>(),
    ) {
        let wishes = wishes(&company, &edits);
        let items = build(&company, &wishes, &terms());
        prop_assume!(!items.is_empty());
        let at = which.index(items.len());
        let mut changed = items.clone();
        changed[at].left_out = true;
        exclude_dependents(&mut changed);
        for item in changed.iter().filter(|item| item.goes()) {
            prop_assert!(!item.after.contains(&(at as u32)) || items[at].verdict == Verdict::Same,
                "nothing goes without what it needs");
        }
        changed[at].left_out = false;
        exclude_dependents(&mut changed);
        prop_assert_eq!(changed, items, "a decision can be taken back");
    }
}

fn going(items: &[Item]) -> Vec<(u32, Group)> {
    items
        .iter()
        .filter(|item| item.goes())
        .map(|item| (item.row.0, item.group()))
        .collect()
}

#[test]
fn two_new_people_who_point_at_each_other_take_two_passes() {
    let company = company(&[None]);
    let wishes = [
        create(10, &[(EMAIL, email(10)), (BUDDY, email(11))]),
        create(11, &[(EMAIL, email(11)), (BUDDY, email(10))]),
    ];
    let items = build(&company, &wishes, &terms());
    assert_eq!(
        going(&items),
        [
            (10, Group::Creations),
            (11, Group::Creations),
            (10, Group::OtherChanges)
        ],
        "one is created without the other first, and gets it in a second step"
    );
}

#[test]
fn a_leaver_with_reports_is_held_until_somebody_takes_over() {
    let company = company(&[None, Some(1), Some(1)]);
    let manager = company.manager(RowId(3));
    assert_eq!(manager, Some(RowId(1)), "3 reports to 1");
    let items = build(&company, &[act(1, ChangeAct::Deactivate)], &terms());
    assert_eq!(
        items[0].fix,
        Some(Fix::ChooseSuccessor),
        "2 and 3 would have no manager"
    );
    let rehomed = [
        act(1, ChangeAct::Deactivate),
        set(2, MANAGER, &company, None),
        set(3, MANAGER, &company, Some(&email(2))),
    ];
    let items = build(&company, &rehomed, &terms());
    assert_eq!(
        going(&items).last(),
        Some(&(1, Group::Deactivations)),
        "the manager leaves last: {items:#?}"
    );
    assert!(
        items.last().is_some_and(|item| item.protected),
        "and the name is to be typed"
    );
}

#[test]
fn a_separation_date_by_hand_is_a_leaving_like_any_other() {
    let mut company = company(&[None; 120]);
    company.protected.insert(RowId(1));
    company.protected.insert(RowId(2));
    let leave = |row| set(row, SEPARATION, &company, Some("2026-11-23"));
    let items = build(&company, &(1..=20).map(leave).collect::<Vec<_>>(), &terms());
    assert_eq!(
        [items[0].fix, items[1].fix],
        [Some(Fix::OpenPerson); 2],
        "nobody protected goes with others: a date takes them out of surveys too"
    );
    let brakes = super::brakes::brakes(&items, 120);
    assert_eq!(
        brakes.first().map(|brake| (brake.kind, brake.level)),
        Some((super::BrakeKind::Deactivate, super::BrakeLevel::Stop)),
        "18 of 120 people are stopped"
    );
    assert_eq!(
        items[2].group(),
        Group::Deactivations,
        "and shown as what it is"
    );
}

#[test]
fn switching_off_as_a_value_is_a_deactivation() {
    let company = company(&[None, Some(1)]);
    let items = build(
        &company,
        &[set(1, ACTIVE, &company, Some("false"))],
        &terms(),
    );
    assert_eq!(
        (items[0].act, items[0].fix),
        (ChangeAct::Deactivate, Some(Fix::ChooseSuccessor)),
        "a plan file can't go round protection, brakes and policy"
    );
}

#[test]
fn deciding_about_a_value_lets_no_protected_person_go() {
    let mut company = company(&[None, None]);
    company.protected.insert(RowId(1));
    let mut stale = set(1, DEPARTMENT, &company, Some("Marketing"));
    stale.before = Some("Finance".into());
    let items = build(&company, &[act(1, ChangeAct::Deactivate), stale], &terms());
    assert_eq!(
        (items[0].own, items[0].fix),
        (Verdict::Held, Some(Fix::KeepOrTake)),
        "held for the department"
    );
    assert!(
        items[0].protected,
        "and once decided the name is to be typed"
    );
}

#[test]
fn a_report_whose_new_manager_is_blocked_is_left_behind() {
    // 2 and 3 report to 1; 2 is to report to 3 and 3 to 2.
    let company = company(&[None, Some(1), Some(1)]);
    let wishes = [
        act(1, ChangeAct::Deactivate),
        set(2, MANAGER, &company, Some(&email(3))),
        set(3, MANAGER, &company, Some(&email(2))),
    ];
    let items = build(&company, &wishes, &terms());
    assert_eq!(
        going(&items),
        [],
        "the circle is blocked, so the manager can't leave: {items:#?}"
    );
}

#[test]
fn a_report_who_is_blocked_does_not_leave_either() {
    // 2 reports to 1 and is to leave with an e-mail that 3 has.
    let company = company(&[None, Some(1), None]);
    let wishes = [
        act(1, ChangeAct::Deactivate),
        act(2, ChangeAct::Deactivate),
        set(2, EMAIL, &company, Some(&email(3))),
    ];
    let items = build(&company, &wishes, &terms());
    assert_eq!(
        going(&items),
        [],
        "2 stays, so their manager can't leave: {items:#?}"
    );
}

#[test]
fn nobody_is_given_a_manager_who_leaves_by_a_date() {
    let company = company(&[None, None, None]);
    let wishes = [
        set(1, SEPARATION, &company, Some("2026-11-23")),
        set(2, MANAGER, &company, Some(&email(1))),
    ];
    let items = build(&company, &wishes, &terms());
    assert_eq!(
        going(&items),
        [(1, Group::Deactivations)],
        "1 is out as soon as it is done: {items:#?}"
    );
}

#[test]
fn what_is_so_already_goes_from_the_draft_with_the_rest() {
    let company = company(&[None]);
    let wishes = [
        Wish {
            before: Some("Legal".into()),
            ..set(1, DEPARTMENT, &company, Some("Support"))
        },
        set(1, EMAIL, &company, Some(&email(9))),
    ];
    let items = build(&company, &wishes, &terms());
    let keys: Vec<_> = draft_keys(&items[0])
        .into_iter()
        .filter_map(|key| key.attribute)
        .collect();
    assert_eq!(
        (items[0].fields.len(), keys),
        (1, vec![EMAIL.0, DEPARTMENT.0]),
        "one value is sent, and both are done with"
    );
}

#[test]
fn a_stale_value_is_held_with_three_values() {
    let company = company(&[None]);
    let mut wish = set(1, DEPARTMENT, &company, Some("Marketing"));
    wish.before = Some("Sales".into());
    let items = build(&company, &[wish], &terms());
    assert_eq!(
        items[0].verdict,
        Verdict::Held,
        "somebody else changed it meanwhile"
    );
    assert_eq!(
        (items[0].fields[0].moved, items[0].fields[0].now.as_deref()),
        (true, Some("Support")),
        "the third value is shown"
    );
    assert_eq!(items[0].fix, Some(Fix::KeepOrTake), "with two ways on");
}

#[test]
fn a_separation_that_has_passed_is_left_alone() {
    let mut company = company(&[None, None]);
    for (row, date) in [(1, "2024-01-31"), (2, "2027-01-31")] {
        company
            .people
            .get_mut(&RowId(row))
            .expect("is there")
            .insert(SEPARATION, date.into());
    }
    let wishes = [act(1, ChangeAct::Deactivate), act(2, ChangeAct::Deactivate)];
    let items = build(&company, &wishes, &terms());
    let date = |at: usize| {
        items[at]
            .fields
            .iter()
            .find(|field| field.attribute == SEPARATION)
            .and_then(|field| field.after.clone())
    };
    assert_eq!(date(0), None, "the day somebody left is history");
    assert_eq!(items[0].seats, 0, "and their seat was free already");
    assert_eq!(
        date(1).as_deref(),
        Some("2026-11-23"),
        "a date to come is brought forward to today"
    );
    assert_eq!(items[1].seats, 1, "which frees the seat");
}

#[test]
fn protected_people_go_one_at_a_time() {
    let mut company = company(&[None, None, None]);
    company.protected.extend([RowId(1), RowId(2)]);
    let wishes = [1, 2, 3].map(|row| act(row, ChangeAct::Delete));
    let items = build(&company, &wishes, &terms());
    assert_eq!(
        items
            .iter()
            .map(|item| (item.verdict, item.fix))
            .collect::<Vec<_>>(),
        [
            (Verdict::Held, Some(Fix::OpenPerson)),
            (Verdict::Held, Some(Fix::OpenPerson)),
            (Verdict::Change, None)
        ],
        "both wait for a plan of their own"
    );
    let items = build(&company, &wishes[..1], &terms());
    assert!(
        items[0].goes() && items[0].protected,
        "alone they go, with the name typed"
    );
}

#[test]
fn a_separation_date_brought_forward_is_a_leaving_and_one_put_off_is_none() {
    let mut company = company(&[None, None]);
    company.protected.insert(RowId(1));
    for row in [1, 2] {
        company
            .people
            .get_mut(&RowId(row))
            .expect("is there")
            .insert(SEPARATION, "2027-06-30".into());
    }
    let dated = |row, date| {
        build(
            &company,
            &[set(row, SEPARATION, &company, Some(date))],
            &terms(),
        )
    };
    let forward = dated(1, "2026-11-24");
    assert_eq!(
        (forward[0].group(), forward[0].protected),
        (Group::Deactivations, true),
        "tomorrow in place of next year takes somebody out, though no seat is freed today"
    );
    let off = dated(2, "2027-12-31");
    assert_eq!(
        off[0].group(),
        Group::OtherChanges,
        "whoever stays longer does not leave"
    );
}

#[test]
fn every_identifier_of_somebody_deleted_is_free_for_another() {
    let mut company = company(&[None, None]);
    company
        .people
        .get_mut(&RowId(1))
        .expect("is there")
        .insert(NUMBER, "0042".into());
    let wishes = [
        act(1, ChangeAct::Delete),
        set(2, NUMBER, &company, Some("0042")),
    ];
    let items = build(&company, &wishes, &terms());
    assert_eq!(
        going(&items),
        [(1, Group::Deletions), (2, Group::IdentifierChanges)],
        "the number is given up first, then taken: {items:#?}"
    );
}

#[test]
fn a_circle_is_blocked_and_named() {
    let company = company(&[None, Some(1)]);
    let items = build(
        &company,
        &[set(1, MANAGER, &company, Some(&email(2)))],
        &terms(),
    );
    assert_eq!(
        items[0].verdict,
        Verdict::Blocked,
        "1 would report to 2, who reports to 1"
    );
    assert!(
        items[0]
            .reason
            .as_deref()
            .is_some_and(|reason| reason.contains("Person 1 → Person 2 → Person 1")),
        "the way round is shown: {:?}",
        items[0].reason
    );
}

#[test]
fn an_email_somebody_has_is_refused_and_one_that_is_given_up_is_not() {
    let company = company(&[None, None]);
    let taken = build(
        &company,
        &[set(1, EMAIL, &company, Some(&email(2)))],
        &terms(),
    );
    assert_eq!(taken[0].verdict, Verdict::Blocked, "2 has it");
    let passed_on = [
        set(1, EMAIL, &company, Some(&email(2))),
        set(2, EMAIL, &company, Some("other@example.com")),
    ];
    let items = build(&company, &passed_on, &terms());
    assert_eq!(
        going(&items),
        [(2, Group::IdentifierChanges), (1, Group::IdentifierChanges)],
        "2 gives it up first"
    );
}
