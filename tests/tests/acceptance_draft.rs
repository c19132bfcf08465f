//! What staging says before anything is sent: values nobody has, people with nothing to copy, and what would be emptied.

use anyhow::Context;
use engine::{
    attribute::Role,
    changes::draft::{Edit, NewSegment, PastedCell, RefusalCode},
    ids::{AttributeId, ConnectionId, RowId},
    people::{Selection, ViewQuery},
};
use tests::company::Company;

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
