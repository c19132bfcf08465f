//! Lists to ask managers before anybody goes: no server of ours, only files.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use super::AskFirst;
use crate::{
    attribute::{Kind, Role},
    engine::Engine,
    error::{Error, Result},
    files::{csv_for_excel, whole},
    ids::{AttributeId, ConnectionId},
    people::{Selection, export::harmless, table::Table},
};

/// Letters of a name in a file's name; names may be longer than a file system allows.
const LONGEST_NAME: usize = 80;

/// The headings that answers are read back by.
pub(super) const KEEP: &str = "Keep (yes or no)";
pub(super) const UNTIL: &str = "Keep until";
pub(super) const ID: &str = "Id";
pub(super) const EMAIL: &str = "E-mail";

impl Engine {
    /// Writes a CSV of the chosen people for their managers, whole or not at all, and returns how many people it
    /// names. No cell is taken for a formula. With a file for each manager, `path` is the folder they go into.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] for nobody, [`crate::Code::Failed`] when a file can't be written.
    pub fn ask_first(
        &self,
        connection: ConnectionId,
        selection: &Selection,
        list: AskFirst,
        path: &Path,
    ) -> Result<u32> {
        let workspace = self.workspace(connection)?;
        workspace.directory.basis()?;
        let rows = workspace.directory.rows(selection)?;
        if rows.is_empty() {
            return Err(Error::precondition(
                "Nobody is chosen, so there is nobody to ask about. Choose people and try again.",
            ));
        }
        let table = workspace.directory.table();
        let mut by_manager = ByManager::new();
        for position in rows.iter().filter_map(|row| table.position(*row)) {
            let manager = table.manager(position);
            let name = manager.map_or_else(String::new, |manager| table.name(manager).to_owned());
            by_manager
                .entry((name, manager))
                .or_default()
                .push(position);
        }
        for people in by_manager.values_mut() {
            people.sort_by_key(|&position| (table.name(position).to_owned(), position));
        }
        match list {
            AskFirst::Managers => write_csv(path, &per_person(&table, &by_manager))?,
            AskFirst::MailMerge => write_csv(path, &per_manager(&table, &by_manager))?,
            AskFirst::EachManager => {
                let mut taken = HashSet::new();
                for (manager, people) in by_manager {
                    let name = file_name(&manager.0, &mut taken);
                    let alone = ByManager::from([(manager, people)]);
                    write_csv(&path.join(name), &per_person(&table, &alone))?;
                }
            }
        }
        Ok(rows.len() as u32)
    }
}

/// "Ask first, Ruiz, Ana.csv"; what a file system refuses is left out, and of two of one name the second has a number.
fn file_name(manager: &str, taken: &mut HashSet<String>) -> String {
    let plain: String = manager
        .chars()
        .filter(|letter| !letter.is_control() && !r#"<>:"/\|?*"#.contains(*letter))
        .take(LONGEST_NAME)
        .collect();
    let name = match plain.trim_matches([' ', '.']) {
        "" => "without a manager",
        name => name,
    };
    (1..)
        .map(|number| match number {
            1 => format!("Ask first, {name}.csv"),
            _ => format!("Ask first, {name} {number}.csv"),
        })
        // Two that differ in letter case alone are one file on Windows and macOS.
        .find(|file| taken.insert(file.to_lowercase()))
        .expect("BUG: numbers don't run out")
}

/// People by the name and position of their manager; those without one first.
type ByManager = BTreeMap<(String, Option<u32>), Vec<u32>>;

fn text(table: &Table, role: Role, position: u32) -> String {
    table
        .value_of(role, position)
        .unwrap_or_default()
        .to_owned()
}

pub(super) fn evidence(table: &Table, position: u32) -> String {
    table
        .column(AttributeId::EVIDENCE)
        .and_then(|column| column.value(position))
        .unwrap_or_default()
        .to_owned()
}

fn per_person(table: &Table, by_manager: &ByManager) -> Vec<Vec<String>> {
    let heading = [
        "Manager",
        "Manager's e-mail",
        "Person",
        EMAIL,
        "Employee number",
        "Department",
        "Evidence",
        KEEP,
        UNTIL,
        ID,
    ];
    let mut records = vec![heading.map(str::to_owned).to_vec()];
    for ((name, manager), people) in by_manager {
        for &position in people {
            records.push(vec![
                name.clone(),
                manager.map_or_else(String::new, |manager| text(table, Role::Email, manager)),
                table.name(position).to_owned(),
                text(table, Role::Email, position),
                text(table, Role::EmployeeNumber, position),
                text(table, Role::Department, position),
                evidence(table, position),
                String::new(),
                String::new(),
                table.scim_id(position).to_owned(),
            ]);
        }
    }
    records
}

fn per_manager(table: &Table, by_manager: &ByManager) -> Vec<Vec<String>> {
    let heading = [
        "Manager's e-mail",
        "Manager's first name",
        "Manager",
        "People",
        "List",
    ];
    let mut records = vec![heading.map(str::to_owned).to_vec()];
    for ((name, manager), people) in by_manager {
        let of = |role| manager.map_or_else(String::new, |manager| text(table, role, manager));
        let list: Vec<String> = people
            .iter()
            .map(|&position| {
                let said = evidence(table, position);
                if said.is_empty() {
                    table.name(position).to_owned()
                } else {
                    format!("{}: {said}", table.name(position))
                }
            })
            .collect();
        records.push(vec![
            of(Role::Email),
            of(Role::GivenName),
            name.clone(),
            people.len().to_string(),
            list.join("\n"),
        ]);
    }
    records
}

fn write_csv(path: &Path, records: &[Vec<String>]) -> Result<()> {
    whole(path, "The list", |unfinished| {
        let mut rows = csv_for_excel(unfinished)?;
        for record in records {
            rows.write_record(record.iter().map(|cell| harmless(cell, Kind::Text)))?;
        }
        Ok(rows.flush()?)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::file_name;

    #[test]
    fn each_manager_has_a_file_of_their_own() {
        let mut taken = HashSet::new();
        let mut name = |manager: &str| file_name(manager, &mut taken);
        assert_eq!(name("Ruiz, Ana"), "Ask first, Ruiz, Ana.csv", "by name");
        assert_eq!(
            name("ruiz, ana"),
            "Ask first, ruiz, ana 2.csv",
            "two of one name don't share a file, whatever the letter case"
        );
        assert_eq!(
            name("../../etc/passwd"),
            "Ask first, etcpasswd.csv",
            "a name leads out of no folder"
        );
        assert_eq!(
            name(" .. "),
            "Ask first, without a manager.csv",
            "people without a manager have a file as well"
        );
    }
}
