//! A synced company, and what a test asks of it.

use engine::{
    connection::{StepVerdict, SyncOutcome, TestReport, TestStepName},
    ids::{AttributeId, ConnectionId, RowId},
    people::ViewQuery,
};
use tests::company::Company;

pub type Outcome = anyhow::Result<()>;

pub fn search(text: &str) -> ViewQuery {
    ViewQuery {
        search: text.to_owned(),
        ..ViewQuery::default()
    }
}

pub fn total(company: &Company, id: ConnectionId, query: ViewQuery) -> anyhow::Result<u32> {
    let view = company.engine.open_view(id, query)?;
    company.engine.close_view(view.id);
    Ok(view.total)
}

pub fn step(report: &TestReport, name: TestStepName) -> Option<StepVerdict> {
    report
        .steps
        .iter()
        .find(|step| step.step == name)
        .map(|step| step.verdict)
}

pub async fn synced(people: u32) -> anyhow::Result<(Company, ConnectionId, SyncOutcome)> {
    let company = Company::of(people).await?;
    let id = company.connect()?.id;
    let outcome = company.engine.sync(id).await?;
    Ok((company, id, outcome))
}

/// Ids of people in the listing's order.
pub fn ids(
    company: &Company,
    id: ConnectionId,
    count: u32,
) -> anyhow::Result<Vec<(RowId, String)>> {
    let view = company.engine.open_view(id, ViewQuery::default())?;
    let window = company.engine.window(view.id, 0, count, &[])?;
    window
        .rows
        .iter()
        .map(|row| Ok((row.id, company.engine.person(id, row.id)?.scim_id)))
        .collect()
}

pub fn attribute(company: &Company, id: ConnectionId, label: &str) -> anyhow::Result<AttributeId> {
    let directory = company.engine.directory_of(id)?;
    let found = directory
        .attributes
        .iter()
        .find(|attribute| attribute.label == label);
    found
        .map(|attribute| attribute.id)
        .ok_or_else(|| anyhow::anyhow!("no attribute is called {label}"))
}
