//! One person: the panel, the raw record, and choosing somebody by name.

use super::{
    Field, Person, PersonChoice, RawRecord,
    fold::fold,
    names::{plain_name, whole_names},
    order::in_name_order,
    table::{NAME_PLACE, Table},
    window::cell,
};
use crate::{
    attribute::Role,
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
        workspace.directory.turn_to(self.ports.clock.today())?;
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
                let mut cell = cell(&table, &overlay, position, place);
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
        Ok(RawRecord {
            json: indented(&stored.record.raw),
            location: format!(
                "{}{}",
                connection.url,
                scim::person_path(Some(&stored.record.scim_id))
            ),
        })
    }

    /// People whose name, e-mail or number begins with or holds the text, best first: who is meant exactly, then the
    /// whole name, then a word's beginning, then anywhere; by name among equals.
    pub fn choose_person(
        &self,
        connection: ConnectionId,
        text: &str,
        limit: u32,
    ) -> Result<Vec<PersonChoice>> {
        let workspace = self.workspace(connection)?;
        let by_id = self.refers_by_id(connection, &workspace)?;
        let table = workspace.directory.table();
        Ok(best(&table, text, limit as usize)
            .into_iter()
            .map(|position| choice(&table, position, by_id))
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
        let dialect = self.dialect(connection)?;
        let form = dialect.reference_form(&scim::AttributeKey::new(&manager.key));
        Ok(form.by == scim::dialect::ReferenceBy::Id)
    }
}

/// JSON on lines of its own, its values as they were written: digits that a number type would lose are what IT looks for.
fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let (mut depth, mut in_text, mut escaped, mut opened) = (0_usize, false, false, false);
    for letter in json.chars() {
        if in_text {
            out.push(letter);
            in_text = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        if letter.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(letter, '}' | ']');
        depth -= usize::from(closes).min(depth);
        // What is empty stays on one line.
        if opened != closes {
            line(&mut out, depth);
        }
        opened = matches!(letter, '{' | '[');
        out.push(letter);
        match letter {
            '{' | '[' => depth += 1,
            ',' => line(&mut out, depth),
            ':' => out.push(' '),
            '"' => in_text = true,
            _ => {}
        }
    }
    out
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
        format!("{} people report", crate::text::number(people))
    }
}

/// The people a text may mean, best first.
pub(crate) fn best(table: &Table, text: &str, limit: usize) -> Vec<u32> {
    let needle = fold(text.trim());
    let Some(first) = needle.split_whitespace().next() else {
        return table
            .by_name()
            .iter()
            .copied()
            .filter(|&position| !table.gone.has(position))
            .take(limit)
            .collect();
    };
    let words: Vec<&str> = needle.split_whitespace().collect();
    let mut found = table.text().search(table, first);
    found.remove(&table.gone);
    let exact = table.find(text);
    let whole = plain_name(text);
    let mut ranked: [Vec<u32>; RANKS] = Default::default();
    for position in in_name_order(table, &found) {
        if let Some(rank) = rank(table, position, &words, &whole, &exact) {
            ranked[rank].push(position);
        }
    }
    ranked.into_iter().flatten().take(limit).collect()
}

/// How well somebody may fit.
const RANKS: usize = 4;

/// 0 for the person meant exactly, 1 for the whole name, 2 where words begin so, 3 anywhere; `None` when somebody was
/// found by another attribute than name, e-mail or number.
fn rank(table: &Table, position: u32, words: &[&str], whole: &str, exact: &[u32]) -> Option<usize> {
    if exact.contains(&position) {
        return Some(0);
    }
    let mut text = fold(
        table.columns[NAME_PLACE]
            .value(position)
            .unwrap_or_default(),
    );
    // Only a name about as long is worth a closer look: a letter may fit a million people.
    if text.len().abs_diff(whole.len()) < 4
        && whole_names(table, position)
            .iter()
            .any(|name| name == whole)
    {
        return Some(1);
    }
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
    Some(if words.iter().all(begins) { 2 } else { 3 })
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

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn a_record_is_shown_as_it_was_written() {
        let raw = r#"{"id":123456789012345678901234,"rate":1.50,"a":[],"b":{ },"c":[1,{"d":"x, {\"y\": \\"}],"e":null}"#;
        assert_eq!(
            indented(raw),
            r#"{
  "id": 123456789012345678901234,
  "rate": 1.50,
  "a": [],
  "b": {},
  "c": [
    1,
    {
      "d": "x, {\"y\": \\"
    }
  ],
  "e": null
}"#,
            "numbers and texts keep every character, and what is in a text is no structure"
        );
    }
}
