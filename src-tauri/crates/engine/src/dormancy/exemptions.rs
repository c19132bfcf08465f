//! Who is left out of every pile by word of the admin or of whoever was asked first.

use std::collections::BTreeSet;

use store::{NewEvent, StoredExemption};

use super::{Exemption, ExemptionOrigin, basis::Whom, standing::is_laid};
use crate::{
    attribute::Attribute,
    engine::{Engine, Workspace},
    error::{Error, Result},
    ids::{ConnectionId, ExemptionId, RowId},
    people::{Selection, Test, ViewQuery, query},
    text::word,
    values::day_to_come,
};

/// Values of a chip that are said one by one.
const SAID: usize = 3;

impl Engine {
    /// Leaves the chosen people out of every pile, until the end of a day or without an end. What was said of
    /// them before is replaced.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] without a reason, with an end that is no date or is over, or for nobody.
    pub fn exempt(
        &self,
        connection: ConnectionId,
        selection: &Selection,
        reason: &str,
        until: Option<&str>,
    ) -> Result<()> {
        let workspace = self.workspace(connection)?;
        let rows = workspace.directory.rows(selection)?;
        let until = until.map(str::to_owned);
        let people: Vec<(RowId, Option<String>)> =
            rows.into_iter().map(|row| (row, until.clone())).collect();
        self.exempt_people(connection, &people, reason, ExemptionOrigin::Admin)
    }

    /// Each with an end of their own.
    pub(crate) fn exempt_people(
        &self,
        connection: ConnectionId,
        people: &[(RowId, Option<String>)],
        reason: &str,
        origin: ExemptionOrigin,
    ) -> Result<()> {
        let reason = self.exemption_terms(reason, people.iter().map(|(_, until)| until))?;
        if people.is_empty() {
            return Err(Error::precondition(
                "Nobody is chosen, so nobody was exempted. Choose people and try again.",
            ));
        }
        let now = self.now();
        let kept: Vec<(StoredExemption, NewEvent)> = people
            .iter()
            .map(|(row, until)| {
                let end = until
                    .as_deref()
                    .map(|until| format!(" until {until}"))
                    .unwrap_or_default();
                let event = self.note_about(
                    connection,
                    *row,
                    &format!("Left out when looking for dormant people{end}: {reason}"),
                )?;
                let stored = StoredExemption {
                    id: 0,
                    person: Some(row.0),
                    filter: None,
                    reason: reason.clone(),
                    until: until.clone(),
                    origin: word(origin),
                    made_at: now.clone(),
                };
                Ok((stored, event))
            })
            .collect::<Result<_>>()?;
        self.store.write(move |writer| {
            for (exemption, event) in &kept {
                if let Some(person) = exemption.person {
                    writer.end_exemptions_of(connection.0, person)?;
                }
                writer.add_exemption(connection.0, exemption)?;
                writer.append_history(event)?;
            }
            Ok::<_, Error>(())
        })?;
        self.evidence_changed(connection)
    }

    /// Leaves out whoever matches, now and later. A pile and the order of the query mean nothing here.
    ///
    /// # Errors
    /// As [`Engine::exempt`]; for a query that asks nothing, or asks about evidence, which exemptions decide.
    pub fn exempt_by_filter(
        &self,
        connection: ConnectionId,
        query: &ViewQuery,
        reason: &str,
        until: Option<&str>,
    ) -> Result<()> {
        let workspace = self.workspace(connection)?;
        let until = until.map(str::to_owned);
        let reason = self.exemption_terms(reason, [&until].into_iter())?;
        let query = ViewQuery {
            search: query.search.trim().to_owned(),
            filters: query.filters.clone(),
            ..ViewQuery::default()
        };
        if query.search.is_empty() && query.filters.is_empty() {
            return Err(Error::precondition(
                "This would exempt everybody. Narrow the list with a filter first.",
            ));
        }
        if query.filters.iter().any(|filter| is_laid(filter.attribute)) {
            return Err(Error::precondition(
                "Whom to exempt can't depend on days since seen or on evidence, as these depend on who is exempt. Take that filter out and try again.",
            ));
        }
        let who = said(&workspace, &query);
        let event = self.note(
            connection,
            format!("{who}: Left out when looking for dormant people: {reason}"),
        );
        let stored = StoredExemption {
            id: 0,
            person: None,
            filter: Some(serde_json::to_string(&query).expect("BUG: plain values make JSON")),
            reason,
            until,
            origin: word(ExemptionOrigin::Admin),
            made_at: self.now(),
        };
        self.store.write(move |writer| {
            writer.add_exemption(connection.0, &stored)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        self.evidence_changed(connection)
    }

    /// Those in force today, newest first.
    pub fn exemptions(&self, connection: ConnectionId) -> Result<Vec<Exemption>> {
        let workspace = self.workspace(connection)?;
        let basis = workspace.directory.basis()?;
        let marks = workspace.directory.marks();
        Ok(basis
            .exemptions
            .iter()
            .rev()
            .map(|exempting| {
                let (who, people) = match &exempting.whom {
                    Whom::Person(row) => (
                        workspace.directory.name(*row),
                        u32::from(!workspace.directory.is_gone(*row)),
                    ),
                    Whom::Matching(query) => (
                        said(&workspace, query),
                        query::matching(&workspace.directory.table(), query, &marks).count() as u32,
                    ),
                };
                Exemption {
                    id: ExemptionId(exempting.id),
                    who,
                    people,
                    reason: exempting.reason.clone(),
                    until: exempting.until.clone(),
                    origin: exempting.origin,
                    made_at: exempting.made_at.clone(),
                }
            })
            .collect())
    }

    /// Not an error when it has ended already.
    pub fn end_exemption(&self, id: ExemptionId) -> Result<()> {
        let Some((connection, person, reason)) =
            self.store.read(|reader| reader.exemption_of(id.0))?
        else {
            return Ok(());
        };
        let connection = ConnectionId(connection);
        let said = format!("No longer left out when looking for dormant people ({reason})");
        let event = match person {
            Some(person) => self.note_about(connection, RowId(person), &said)?,
            None => self.note(connection, format!("An exemption by filter: {said}")),
        };
        self.store.write(move |writer| {
            writer.end_exemption(id.0)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        self.evidence_changed(connection)
    }

    fn exemption_terms<'a>(
        &self,
        reason: &str,
        ends: impl Iterator<Item = &'a Option<String>>,
    ) -> Result<String> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Error::precondition(
                "An exemption needs a reason, for whoever meets it later.",
            ));
        }
        let today = self.ports.clock.today();
        for until in ends.flatten() {
            day_to_come(until, today)?;
        }
        Ok(reason.to_owned())
    }
}

/// A query in words: "Department is Sales or Marketing, and found by “berlin”".
fn said(workspace: &Workspace, query: &ViewQuery) -> String {
    let attributes = workspace.directory.attributes();
    let mut parts: Vec<String> = query
        .filters
        .iter()
        .map(|filter| {
            let label = attributes
                .iter()
                .find(|attribute| attribute.id == filter.attribute)
                .map_or("An attribute that is gone", |attribute: &Attribute| {
                    attribute.label.as_str()
                });
            chip(workspace, label, &filter.test)
        })
        .collect();
    if !query.search.is_empty() {
        parts.push(format!("found by “{}”", query.search));
    }
    // The same thing said twice says nothing.
    let mut seen = BTreeSet::new();
    parts.retain(|part| seen.insert(part.clone()));
    parts.join(", and ")
}

fn chip(workspace: &Workspace, label: &str, test: &Test) -> String {
    let listed = |values: &[Option<String>]| {
        let mut said: Vec<&str> = values
            .iter()
            .take(SAID)
            .map(|value| value.as_deref().unwrap_or("not set"))
            .collect();
        let more = format!("{} more", values.len().saturating_sub(SAID));
        if values.len() > SAID {
            said.push(&more);
        }
        said.join(" or ")
    };
    let end = |value: &Option<String>| value.clone().unwrap_or_else(|| "…".to_owned());
    match test {
        Test::AnyOf { values } => format!("{label} is {}", listed(values)),
        Test::NoneOf { values } => format!("{label} is not {}", listed(values)),
        Test::Empty => format!("{label} is not set"),
        Test::Filled => format!("{label} is set"),
        Test::Between { from, to } => format!("{label} from {} to {}", end(from), end(to)),
        Test::Contains { text } => format!("{label} contains “{text}”"),
        Test::Under { manager, whole } => format!(
            "{} {}",
            if *whole {
                "Everybody under"
            } else {
                "Reports of"
            },
            workspace.directory.name(*manager)
        ),
        Test::Staged => "People with a staged change".to_owned(),
    }
}
