//! What a review says and lets go.

use std::fs;

use anyhow::Context;
use engine::{
    Code,
    changes::{
        draft::Edit,
        plan::{Group, PlanOrigin},
    },
    ids::RowId,
    people::Selection,
};
use serde_json::json;
use tests::plan_file::signed;

use super::acme::{Acme, Outcome};

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_nobody_has_is_marked_as_a_new_segment() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(2)?;
    let known = acme.known_department()?;
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people.clone(), acme.to("Atelier")?)])?;
    let mut file = acme.written(&plan, "plan.json")?;
    // Somebody mistypes a segment that exists.
    file["changes"][0]["after"] = json!(known.to_uppercase());
    let path = acme.file("edited.json");
    fs::write(&path, signed(file)?)?;
    let read = acme.engine().read_plan(&path, None)?;
    let mut segments = read.new_segments.clone();
    segments.sort_by_key(|segment| segment.similar.is_none());
    let told: Vec<_> = segments
        .iter()
        .map(|segment| {
            (
                segment.value.as_str(),
                segment.people,
                segment.similar.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (known.to_uppercase().as_str(), 1, Some(known.as_str())),
            ("Atelier", 1, None),
        ],
        "the review names each, and the one it looks like"
    );
    let page = acme
        .engine()
        .plan_page(read.id, Group::OtherChanges, 0, 10)?;
    assert!(
        page.items.iter().all(|item| item.fields[0].new_segment),
        "and each line is marked"
    );

    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to(&known)?)])?;
    assert!(
        plan.new_segments.is_empty(),
        "a value in use is none: {:?}",
        plan.new_segments
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_names_everybody_and_has_room_for_a_signature() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(2)?;
    let (plan, _) = acme.engine().plan_edits(
        acme.id,
        vec![
            (vec![people[0]], acme.to("R&D <north>")?),
            (vec![people[1]], Edit::Deactivate),
        ],
    )?;
    let path = acme.file("plan.html");
    acme.engine()
        .write_report(plan.id, &path, Some("Site closes"))?;
    let page = fs::read_to_string(&path)?;
    for row in &people {
        let name = acme.engine().person(acme.id, *row)?.name;
        assert!(
            page.contains(&name.replace('\'', "&#39;")),
            "{name} is named"
        );
    }
    assert!(
        page.contains("R&amp;D &lt;north&gt;") && !page.contains("<north>"),
        "what people write stays text"
    );
    assert!(
        page.contains("Site closes") && page.contains("Signature"),
        "why, and room to sign"
    );
    assert!(
        page.find("Deactivations") < page.find("Other changes"),
        "the gravest first"
    );
    assert!(
        !page.contains("<script") && !page.contains("http-equiv") && !page.contains("src="),
        "it needs nothing but itself"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_can_leave_the_draft_from_its_line() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(3)?;
    acme.engine().stage(
        acme.id,
        Selection::Rows {
            rows: people.clone(),
        },
        acme.to("Atelier")?,
        false,
    )?;
    let moved = acme.engine().person(acme.id, people[1])?;
    let elsewhere = json!({ "person": moved.scim_id, "set": { "Department": "Skunk works" } });
    acme.company.write(elsewhere).await?;
    acme.engine().sync(acme.id).await?;

    let plan = acme.engine().make_plan(acme.id)?;
    let out = acme
        .engine()
        .plan_page(plan.id, Group::OtherChanges, 0, 10)?;
    let plan = acme
        .engine()
        .leave_out(plan.id, vec![out.items[0].position], true)?;
    let held = acme.engine().plan_page(plan.id, Group::Held, 0, 10)?;
    let plan = acme
        .engine()
        .remove_from_draft(plan.id, held.items[0].position)?;
    assert_eq!(
        acme.groups(&plan),
        [(Group::OtherChanges, 2)],
        "its line is gone and the others stand"
    );
    assert_eq!(
        plan.groups[0].left_out, 1,
        "what was left out stays left out"
    );
    let draft = acme.engine().draft(acme.id)?;
    assert_eq!(draft.changes, 2, "it is gone from the draft");
    acme.engine().undo(acme.id)?;
    assert_eq!(
        acme.engine().draft(acme.id)?.changes,
        3,
        "and comes back like any edit"
    );

    let (other, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to("Atelier")?)])?;
    let refused = acme
        .engine()
        .remove_from_draft(other.id, 0)
        .err()
        .context("is refused")?;
    assert_eq!(
        refused.code,
        Code::Precondition,
        "a plan that is not the draft's has nothing in it: {refused}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_put_aside_taken_up_and_thrown_away() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(2)?;
    let stage = |row: RowId| -> anyhow::Result<()> {
        acme.engine().stage(
            acme.id,
            Selection::Rows { rows: vec![row] },
            acme.to("Atelier")?,
            false,
        )?;
        Ok(())
    };
    stage(people[0])?;
    assert_eq!(
        acme.engine().park_draft(acme.id, "Friday")?.changes,
        0,
        "the desk is clear"
    );
    stage(people[1])?;
    acme.engine().park_draft(acme.id, "Monday")?;
    let parked = acme.engine().parked_drafts(acme.id)?;
    let names: Vec<&str> = parked.iter().map(|draft| draft.name.as_str()).collect();
    assert_eq!(names, ["Monday", "Friday"], "both are kept, newest first");
    acme.engine().forget_draft(acme.id, parked[0].id)?;
    acme.engine().forget_draft(acme.id, parked[0].id)?;
    assert_eq!(
        acme.engine().resume_draft(acme.id, parked[1].id)?.changes,
        1,
        "the other is as it was put aside"
    );
    let refused = acme.engine().resume_draft(acme.id, parked[0].id).err();
    assert!(refused.is_some(), "what was thrown away stays away");
    assert!(
        acme.engine().parked_drafts(acme.id)?.is_empty(),
        "nothing is left aside"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_back_says_what_does_not_come_back() -> Outcome {
    let acme = Acme::new().await?;
    let row = acme.staff(1)?[0];
    let (plan, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(vec![row], Edit::Delete)])?;
    let run = acme.carried_out(&plan).await?;
    let back = acme.engine().take_back(run.id, Some(vec![0]))?;
    assert_eq!(
        back.origin,
        PlanOrigin::TakeBack,
        "the page says what it is"
    );
    assert!(
        back.irreversible
            .iter()
            .any(|sentence| sentence.contains("another id")),
        "the id is lost, and that is said before it is sent: {:?}",
        back.irreversible
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_timed_by_how_fast_the_last_run_went() -> Outcome {
    let acme = Acme::new().await?;
    let people = acme.staff(40)?;
    let (first, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people.clone(), acme.to("Atelier")?)])?;
    let by_quota = f64::from(first.operations) * 3600.0 / 25_000.0;
    assert!(
        (first.seconds - by_quota).abs() < 0.01,
        "before any run the quota's pace is all that is known: {}",
        first.seconds
    );
    acme.carried_out(&first).await?;
    let (next, _) = acme
        .engine()
        .plan_edits(acme.id, vec![(people, acme.to("Studio")?)])?;
    assert_ne!(
        next.seconds,
        f64::from(next.operations) * 3600.0 / 25_000.0,
        "after one, what it took"
    );
    Ok(())
}
