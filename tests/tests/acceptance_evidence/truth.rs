//! The generator knows who belongs where.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use engine::{
    dormancy::Pile,
    evidence::RowState,
    ids::{AttributeId, RowId},
};
use sandbox::evidence::{Case, Place};

use super::acme::{Acme, Outcome, spoilt};

const PILES: [(Pile, Place); 5] = [
    (Pile::SeenLongAgo, Place::SeenLongAgo),
    (Pile::NeverSeen, Place::NeverSeen),
    (Pile::NoEvidence, Place::NoEvidence),
    (Pile::LeftStillActive, Place::LeftStillActive),
    (Pile::Duplicates, Place::Duplicates),
];

/// What the generator makes of each special case, and where such people stand.
const CASES: [(Case, &[Place]); 11] = [
    (Case::PlusAddress, &[Place::Grace, Place::SeenLongAgo]),
    (Case::ChangedEmail, &[Place::SeenLately]),
    (Case::JustBeforeMidnight, &[Place::SeenLongAgo]),
    (Case::JustAfterMidnight, &[Place::SeenLately]),
    (Case::FutureDate, &[Place::NeverSeen]),
    (Case::LeapDay, &[Place::SeenLongAgo]),
    (Case::OnlyFailures, &[Place::NeverSeen]),
    (Case::LeftAndSeen, &[Place::LeftStillActive]),
    (Case::SharedEmail, &[Place::Duplicates, Place::NoEvidence]),
    (Case::TwoRecords, &[Place::Duplicates, Place::SeenLately]),
    (Case::HiredYesterday, &[Place::Grace]),
];

/// The column “Days since seen”, by the service's id.
fn days_seen(
    acme: &Acme,
    rows: &BTreeMap<String, RowId>,
) -> Outcome<BTreeMap<String, Option<String>>> {
    let mut found = BTreeMap::new();
    for (scim_id, row) in rows {
        let person = acme.engine.person(acme.id, *row)?;
        let field = person
            .fields
            .iter()
            .find(|field| field.attribute == AttributeId::DAYS_SEEN);
        found.insert(
            scim_id.clone(),
            field.and_then(|field| field.cell.value.clone()),
        );
    }
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_on_the_pile_where_the_truth_has_them() -> Outcome {
    const PEOPLE: u32 = 1_500;
    let acme = Acme::of(PEOPLE).await?;
    let truth = acme.truth(PEOPLE)?;
    for file in &truth.files {
        let import = acme.read(&acme.folder().join(&file.name))?;
        let kind = serde_json::to_value(import.kind)?;
        assert_eq!(kind, file.kind, "{} is known for what it is", file.name);
        let counts = import.counts;
        assert_eq!(
            (
                counts.rows,
                counts.matched,
                counts.unmatched,
                counts.ambiguous,
                counts.unreadable
            ),
            (
                file.rows,
                file.matched,
                file.unmatched,
                file.ambiguous,
                file.unreadable
            ),
            "{}: each row comes out as it was made; {:?}",
            file.name,
            spoilt(&acme.engine, &import, None)?
                .iter()
                .take(8)
                .collect::<Vec<_>>()
        );
        assert_eq!(import.question, None, "{} needs no mapping", file.name);
        acme.engine.accept_import(import.id)?;
    }
    for (pile, place) in PILES {
        let expected: BTreeSet<String> = truth
            .people
            .iter()
            .filter(|known| known.place_without_alias.unwrap_or(known.place) == place)
            .map(|known| known.scim_id.clone())
            .collect();
        assert_eq!(
            acme.pile(pile)?,
            expected,
            "{pile:?} before anybody said who the old addresses are"
        );
    }

    let rows = acme.rows()?;
    let mut import = acme.read(&acme.folder().join("okta-users.csv"))?;
    let people = import.people;
    for alias in &truth.aliases {
        let row = spoilt(&acme.engine, &import, Some(RowState::Unmatched))?
            .into_iter()
            .find(|row| {
                row.who
                    .as_deref()
                    .is_some_and(|who| who.eq_ignore_ascii_case(&alias.written))
            })
            .with_context(|| format!("{} is listed", alias.written))?;
        import = acme
            .engine
            .confirm_alias(import.id, row.row, rows[&alias.scim_id])?;
    }
    assert_eq!(
        import.people,
        people + truth.aliases.len() as u32,
        "each alias finds one person more"
    );
    acme.engine.accept_import(import.id)?;
    for (pile, place) in PILES {
        let expected: BTreeSet<String> = truth
            .people
            .iter()
            .filter(|known| known.place == place)
            .map(|known| known.scim_id.clone())
            .collect();
        ensure!(!expected.is_empty(), "the truth has people for {pile:?}");
        let found = acme.pile(pile)?;
        let right = found.intersection(&expected).count() as f64;
        assert_eq!(
            (right / found.len() as f64, right / expected.len() as f64),
            (1.0, 1.0),
            "precision and recall of {pile:?}: wrongly {:?}, missed {:?}",
            found.difference(&expected).collect::<Vec<_>>(),
            expected.difference(&found).collect::<Vec<_>>()
        );
    }
    for (case, places) in CASES {
        let mut found = BTreeSet::new();
        for known in truth.people.iter().filter(|known| known.case == Some(case)) {
            found.insert(known.place);
        }
        assert_eq!(
            found,
            BTreeSet::from_iter(places.iter().copied()),
            "the company has people of the case {case:?}, and this is where they are"
        );
    }
    let days = days_seen(&acme, &rows)?;
    for known in truth
        .people
        .iter()
        .filter(|known| known.place != Place::Left)
    {
        assert_eq!(
            days[&known.scim_id],
            known.days.map(|days| days.to_string()),
            "days since {:?} was last seen ({:?}, {:?})",
            known.email,
            known.last_seen,
            known.case
        );
    }

    // A file that is read after the aliases were confirmed knows them by itself.
    let again = acme.read(&acme.folder().join("okta-users.csv"))?;
    assert_eq!(
        again.counts, import.counts,
        "an alias is remembered for the connection"
    );
    assert!(
        again
            .warnings
            .iter()
            .any(|warning| warning.contains("counts already")),
        "the very same file is recognised: {:?}",
        again.warnings
    );
    Ok(())
}
