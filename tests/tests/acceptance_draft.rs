//! What staging says before anything is sent: values nobody has, people with nothing to copy, and what would be emptied.

use anyhow::Context;
use engine::{
    attribute::Role,
    changes::draft::{
        ChosenEdit, DraftSummary, Edit, NewSegment, PastedCell, RefusalCode, StagedCell,
    },
    connection::{Colour, NewConnection, ServiceKind, TokenPlace},
    ids::{AttributeId, ConnectionId, RowId},
    people::{Selection, ViewQuery},
};
use tests::company::{Company, token};

type Outcome = anyhow::Result<()>;

async fn synced(people: u32) -> anyhow::Result<(Company, ConnectionId)> {
    let company = Company::of(people).await?;
    let id = company.connect()?.id;
    company.engine.sync(id).await?;
    Ok((company, id))
}

fn attribute(
    company: &Company,
    id: ConnectionId,
    role: Role,
) -> anyhow::Result<engine::attribute::Attribute> {
    company
        .engine
        .directory_of(id)?
        .attributes
        .into_iter()
        .find(|attribute| attribute.role == Some(role))
        .with_context(|| format!("an attribute is the {role:?}"))
}

/// The first rows, and what each has for an attribute.
fn rows(
    company: &Company,
    id: ConnectionId,
    attribute: AttributeId,
    count: u32,
) -> anyhow::Result<Vec<(RowId, Option<String>)>> {
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let window = company.engine.window(view.id, 0, count, &[attribute])?;
    Ok(window
        .rows
        .into_iter()
        .map(|mut row| (row.id, row.cells.remove(0).value))
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_segment_nobody_is_in_is_created_on_purpose_only() -> Outcome {
    let (company, id) = synced(300).await?;
    let department = attribute(&company, id, Role::Department)?.id;
    let people = rows(&company, id, department, 240)?;
    let known = people
        .iter()
        .find_map(|(_, value)| value.clone())
        .context("somebody has a department")?;
    let shouted = known.to_uppercase();
    let mut cells: Vec<PastedCell> = people
        .iter()
        .map(|(row, _)| PastedCell {
            row: *row,
            attribute: department,
            text: " Deep sea ".to_owned(),
            new_option: false,
        })
        .collect();
    cells[0].text = shouted.clone();
    let dry = company.engine.stage_pasted(id, cells.clone(), None, true)?;
    assert_eq!(
        (dry.changed, dry.refused_total, dry.refused.len()),
        (0, 240, 100),
        "a typing mistake makes no segment, and a long list is cut"
    );
    let refused = &dry.refused[1];
    assert_eq!(
        (refused.code, refused.attribute, refused.value.as_deref()),
        (
            RefusalCode::UnknownOption,
            Some(department),
            Some("Deep sea")
        ),
        "the page can offer to create what was pasted"
    );
    assert_eq!(
        dry.new_segments,
        [
            NewSegment {
                attribute: department,
                value: shouted,
                similar: Some(known),
                people: 1,
            },
            NewSegment {
                attribute: department,
                value: "Deep sea".to_owned(),
                similar: None,
                people: 239,
            },
        ],
        "each value once, everybody counted, and the one that is likely meant is named"
    );

    for cell in &mut cells[1..] {
        cell.new_option = true;
    }
    let staged = company.engine.stage_pasted(id, cells, None, false)?;
    assert_eq!(
        (staged.changed, staged.refused_total, staged.draft.changes),
        (239, 1, 239),
        "created where it was said, refused where it was not"
    );
    let undone = company.engine.undo(id)?;
    assert_eq!(undone.changes, 0, "the whole block is one step");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn copying_from_an_empty_attribute_leaves_the_value_alone() -> Outcome {
    let (company, id) = synced(300).await?;
    let left = attribute(&company, id, Role::SeparationDate)?;
    let born = attribute(&company, id, Role::BirthDate)?;
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let everybody = Selection::View {
        view: view.id,
        except: Vec::new(),
    };
    assert!(
        left.filled > 0 && left.filled < 300,
        "some have left: {}",
        left.filled
    );
    let copied = company.engine.stage(
        id,
        everybody.clone(),
        Edit::Copy {
            attribute: born.id,
            from: left.id,
        },
        true,
    )?;
    assert_eq!(
        (copied.nothing, copied.changed + copied.same, copied.cleared),
        (300 - left.filled, left.filled, 0),
        "a blank leaves alone, as it does in a file, and it is said for how many"
    );
    let cleared = company
        .engine
        .stage(id, everybody, Edit::Clear { attribute: born.id }, true)?;
    assert_eq!(
        (cleared.changed, cleared.cleared, cleared.same),
        (born.filled, born.filled, 300 - born.filled),
        "what is emptied is counted before it is"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_several_columns_is_one_step() -> Outcome {
    let (company, id) = synced(60).await?;
    let department = attribute(&company, id, Role::Department)?.id;
    let born = attribute(&company, id, Role::BirthDate)?.id;
    let people: Vec<RowId> = rows(&company, id, department, 20)?
        .into_iter()
        .map(|(row, _)| row)
        .collect();
    let edit = |attribute| ChosenEdit {
        selection: Selection::Rows {
            rows: people.clone(),
        },
        edit: Edit::Clear { attribute },
    };
    let block = vec![edit(department), edit(born)];
    let dry = company.engine.stage_all(id, block.clone(), true)?;
    assert_eq!(dry.draft.changes, 0, "a look stages nothing");
    let staged = company.engine.stage_all(id, block, false)?;
    assert_eq!(
        (staged.people, staged.changed),
        (20, dry.changed),
        "what was said is what is done, and each person counts once"
    );
    assert!(staged.changed > 20, "both columns: {}", staged.changed);
    assert_eq!(
        staged.draft.undo.as_deref(),
        Some("Change values of 20 people"),
        "one step, called by what it does"
    );

    let back: Vec<StagedCell> = people
        .iter()
        .map(|row| StagedCell {
            row: *row,
            attribute: born,
        })
        .collect();
    let left = company.engine.unstage_cells(id, back)?;
    assert!(
        left.changes > 0 && left.changes < staged.draft.changes,
        "birth dates are back, departments still wait"
    );
    let again = company.engine.undo(id)?;
    assert_eq!(
        again.changes, staged.draft.changes,
        "taking many back is one step as well"
    );
    assert_eq!(company.engine.undo(id)?.changes, 0, "and so was the block");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_changed_stages_nothing_of_a_block() -> Outcome {
    let (company, id) = synced(60).await?;
    let department = attribute(&company, id, Role::Department)?.id;
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let edit = |version| ChosenEdit {
        selection: Selection::Range {
            view: view.id,
            version,
            start: 0,
            end: 5,
        },
        edit: Edit::Clear {
            attribute: department,
        },
    };
    let both = vec![edit(view.version), edit(view.version + 1)];
    let error = company
        .engine
        .stage_all(id, both, false)
        .expect_err("one of them is of another list");
    assert_eq!(error.code, engine::Code::Stale, "{}", error.message);
    assert_eq!(
        company.engine.draft(id)?.changes,
        0,
        "nor is the other one staged"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_cell_of_an_attribute_that_went_is_refused_aloud() -> Outcome {
    let (company, id) = synced(20).await?;
    let department = attribute(&company, id, Role::Department)?.id;
    let (row, _) = rows(&company, id, department, 1)?[0].clone();
    let cell = PastedCell {
        row,
        attribute: AttributeId(9999),
        text: "Sales".to_owned(),
        new_option: false,
    };
    let staged = company.engine.stage_pasted(id, vec![cell], None, false)?;
    assert_eq!(
        (staged.changed, staged.refused_total),
        (0, 1),
        "whoever pasted it must learn that it went nowhere"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_connection_has_a_draft_whose_changes_go_one_by_one_and_come_back() -> Outcome {
    let (company, id) = synced(60).await?;
    let engine = &company.engine;
    let other = engine
        .add_connection(
            NewConnection {
                name: "Acme again".to_owned(),
                url: company.service.url(),
                colour: Colour::Green,
                service: ServiceKind::Sample,
                keep: TokenPlace::Keychain,
            },
            &token(),
        )?
        .id;
    engine.sync(other).await?;
    let department = attribute(&company, id, Role::Department)?.id;
    let people: Vec<(RowId, String)> = rows(&company, id, department, 60)?
        .into_iter()
        .filter_map(|(row, value)| Some((row, value?)))
        .collect();
    let [(first, was), (second, _), (third, _), ..] = people.as_slice() else {
        anyhow::bail!("three have a department");
    };
    let set = |row: RowId, value: &str| {
        engine.stage(
            id,
            Selection::Rows { rows: vec![row] },
            Edit::Set {
                attribute: department,
                value: value.to_owned(),
                new_option: true,
            },
            false,
        )
    };
    for row in [*first, *second, *third] {
        set(row, "Deep sea")?;
    }
    assert_eq!(
        (engine.draft(id)?.changes, engine.draft(other)?.changes),
        (3, 0),
        "a draft is one connection's"
    );

    assert_eq!(
        set(*first, was)?.draft.changes,
        2,
        "back to what it was is no change"
    );
    assert_eq!(
        engine.unstage_cell(id, *second, department)?.changes,
        1,
        "a cell is taken out on its own"
    );
    let left = engine.draft_page(id, 0, 10)?.changes;
    assert_eq!(left[0].row, *third, "the third is left");
    let empty = engine.unstage(id, vec![left[0].id])?;
    assert_eq!((empty.changes, empty.redo), (0, None), "by its id as well");

    let counts = |step: &dyn Fn() -> engine::Result<DraftSummary>| -> anyhow::Result<Vec<u32>> {
        Ok((0..3)
            .map(|_| step().map(|draft| draft.changes))
            .collect::<engine::Result<_>>()?)
    };
    assert_eq!(
        counts(&|| engine.undo(id))?,
        [1, 2, 3],
        "each step comes back, the last first"
    );
    assert_eq!(
        counts(&|| engine.redo(id))?,
        [2, 1, 0],
        "and goes again in order"
    );
    engine.undo(id)?;
    set(*first, "Deep sea")?;
    assert_eq!(
        engine.draft(id)?.redo,
        None,
        "after another change there is nothing to do again"
    );
    assert_eq!(
        engine.draft(other)?.undo,
        None,
        "none of it is the other connection's"
    );
    Ok(())
}
