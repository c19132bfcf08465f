//! One person: the panel, the raw record, and choosing somebody by name.

use super::{
    Field, Person, PersonChoice, RawRecord,
    fold::fold,
    table::{NAME_PLACE, Table},
    window::cell,
};
use crate::{
    attribute::Role,
    connection::kept::dialect_of,
    engine::{Engine, Workspace},
    error::{Error, Result},
    history::HistoryQuery,
    ids::{ConnectionId, RowId},
};

/// Reports shown in the panel; the rest is a view.
const REPORTS: usize = 50;
/// Events shown in the panel; the rest is the History screen.
const EVENTS: u32 = 50;
/// No line of managers is longer; a circle would be.
const LEVELS: usize = 64;

impl Engine {
    /// Everything the panel shows. Of somebody who is gone, the last values known.
    pub fn person(&self, connection: ConnectionId, row: RowId) -> Result<Person> {
        let workspace = self.workspace(connection)?;
        let stored = self
            .store
            .read(|reader| reader.person_record(row.0))?
            .ok_or_else(nobody)?;
        let history = self
            .history(
                connection,
                HistoryQuery {
                    row: Some(row),
                    ..HistoryQuery::default()
                },
                0,
                EVENTS,
            )?
            .events;
        let by_id = self.refers_by_id(connection, &workspace)?;
        let table = workspace.directory.table();
        let overlay = workspace.directory.overlay();
        let position = table.position(row).ok_or_else(nobody)?;
        let fields = (2..table.attributes.len())
            .map(|place| {
                let attribute = &table.attributes[place];
                let mut cell = cell(&table, &overlay, position, place, &[]);
                if table.gone.has(position) {
                    cell.value = stored.record.value(attribute.id.0).map(str::to_owned);
                }
                Field {
                    attribute: attribute.id,
                    label: attribute.label.clone(),
                    kind: attribute.kind,
                    writable: attribute.writable,
                    cell,
                }
            })
            .collect();
        let value = |role: Role| {
            let place = table.place_of(role)?;
            stored
                .record
                .value(table.attributes[place].id.0)
                .map(str::to_owned)
        };
        let mut reports = table.reports(position).to_vec();
        let reports_total = reports.len() as u32;
        reports = super::order::few_by_name(&table, reports);
        reports.truncate(REPORTS);
        let listed = workspace.directory.protected().get(&row).cloned();
        let protected = listed.or_else(|| {
            (reports_total > 0).then(|| format!("{} to them.", reporting(reports_total)))
        });
        Ok(Person {
            row,
            scim_id: stored.record.scim_id.clone(),
            name: table.name(position).to_owned(),
            status: table.status(position),
            title: value(Role::Title),
            employee_number: value(Role::EmployeeNumber),
            email: value(Role::Email),
            fields,
            line: line(&table, position)
                .into_iter()
                .map(|position| choice(&table, position, by_id))
                .collect(),
            reports: reports
                .into_iter()
                .map(|position| choice(&table, position, by_id))
                .collect(),
            reports_total,
            act: overlay.get(&row).and_then(|staged| staged.act),
            protected,
            history,
            seen_at: Some(stored.seen_at.clone()),
            gone_at: stored.gone_at.clone(),
        })
    }

    /// The resource as it was received, indented.
    pub fn raw_record(&self, connection: ConnectionId, row: RowId) -> Result<RawRecord> {
        let connection = self.stored_connection(connection)?;
        let stored = self
            .store
            .read(|reader| reader.person_record(row.0))?
            .ok_or_else(nobody)?;
        let json = serde_json::from_str::<serde_json::Value>(&stored.record.raw)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or(stored.record.raw);
        Ok(RawRecord {
            json,
            location: format!("{}/Users/{}", connection.url, stored.record.scim_id),
        })
    }

    /// People whose name, e-mail or number begins with or holds the text, best first: the whole, then a word's
    /// beginning, then anywhere.
    pub fn choose_person(
        &self,
        connection: ConnectionId,
        text: &str,
        limit: u32,
    ) -> Result<Vec<PersonChoice>> {
        let workspace = self.workspace(connection)?;
        let by_id = self.refers_by_id(connection, &workspace)?;
        let table = workspace.directory.table();
        let needle = fold(text.trim());
        if needle.is_empty() {
            return Ok(table
                .by_name()
                .iter()
                .filter(|&&position| !table.gone.has(position))
                .take(limit as usize)
                .map(|&position| choice(&table, position, by_id))
                .collect());
        }
        let words: Vec<&str> = needle.split_whitespace().collect();
        let mut found = table.text().search(&table, words[0]);
        found.remove(&table.gone);
        let exact = table.find(text);
        let mut ranked: Vec<(u8, u32)> = found
            .positions()
            .filter_map(|position| {
                rank(&table, position, &words, &exact).map(|rank| (rank, position))
            })
            .collect();
        ranked.sort_unstable();
        // Only as many as are shown are put in order by name.
        ranked.truncate((limit as usize).saturating_mul(8).max(64));
        let mut chosen: Vec<(u8, String, u32)> = ranked
            .into_iter()
            .map(|(rank, position)| (rank, fold(table.name(position)), position))
            .collect();
        chosen.sort();
        chosen.truncate(limit as usize);
        Ok(chosen
            .into_iter()
            .map(|(_, _, position)| choice(&table, position, by_id))
            .collect())
    }

    /// Whether this service points at people by its own id rather than by e-mail.
    pub(crate) fn refers_by_id(
        &self,
        connection: ConnectionId,
        workspace: &Workspace,
    ) -> Result<bool> {
        let Some(manager) = workspace.directory.by_role(Role::Manager) else {
            return Ok(false);
        };
        let dialect = dialect_of(&self.capabilities(connection)?);
        let form = dialect.reference_form(&scim::AttributeKey::new(&manager.key));
        Ok(form.by == scim::dialect::ReferenceBy::Id)
    }
}

fn nobody() -> Error {
    Error::new(
        crate::Code::Stale,
        "This person is not in the directory any more. Search for them again.",
    )
}

fn reporting(people: u32) -> String {
    if people == 1 {
        "1 person reports".to_owned()
    } else {
        format!("{} people report", crate::sync::grouped(people))
    }
}

/// 0 for the person meant exactly, 1 where words begin so, 2 anywhere; `None` when somebody was found by
/// another attribute than name, e-mail or number.
fn rank(table: &Table, position: u32, words: &[&str], exact: &[u32]) -> Option<u8> {
    if exact.contains(&position) {
        return Some(0);
    }
    let mut text = fold(
        table.columns[NAME_PLACE]
            .value(position)
            .unwrap_or_default(),
    );
    for role in [Role::Email, Role::EmployeeNumber] {
        if let Some(value) = table.value_of(role, position) {
            text.push(' ');
            text.push_str(&fold(value));
        }
    }
    if !words.iter().all(|word| text.contains(word)) {
        return None;
    }
    let begins = |word: &&str| text.starts_with(*word) || text.contains(&format!(" {word}"));
    Some(if words.iter().all(begins) { 1 } else { 2 })
}

/// From the top of the company down to the manager.
fn line(table: &Table, position: u32) -> Vec<u32> {
    let mut line = Vec::new();
    let mut at = position;
    while let Some(manager) = table.manager(at) {
        if manager == position || line.contains(&manager) || line.len() == LEVELS {
            break;
        }
        line.push(manager);
        at = manager;
    }
    line.reverse();
    line
}

pub(crate) fn choice(table: &Table, position: u32, by_id: bool) -> PersonChoice {
    let value = |role: Role| table.value_of(role, position).map(str::to_owned);
    PersonChoice {
        row: table.row(position),
        name: table.name(position).to_owned(),
        reference: if by_id {
            Some(table.scim_id(position).to_owned())
        } else {
            value(Role::Email).or_else(|| value(Role::UserName))
        },
        title: value(Role::Title),
        department: value(Role::Department),
        status: table.status(position),
    }
}
