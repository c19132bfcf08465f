//! People by what they are called outside, and people as text for elsewhere.

use super::{PersonChoice, Selection, panel::choice};
use crate::{
    engine::Engine,
    error::Result,
    ids::{AttributeId, ConnectionId, RowId},
};

impl Engine {
    /// Everybody who has this e-mail or user name in any letter case, or exactly this employee number, external
    /// id or id.
    pub fn find_people(&self, connection: ConnectionId, who: &str) -> Result<Vec<PersonChoice>> {
        let workspace = self.workspace(connection)?;
        let by_id = self.refers_by_id(connection, &workspace)?;
        let table = workspace.directory.table();
        Ok(table
            .find(who)
            .into_iter()
            .filter(|&position| !table.gone.has(position))
            .map(|position| choice(&table, position, by_id))
            .collect())
    }

    /// The service's ids of these rows, in their order; empty where there is no such row.
    pub fn scim_ids(&self, connection: ConnectionId, rows: &[RowId]) -> Result<Vec<String>> {
        let workspace = self.workspace(connection)?;
        Ok(rows
            .iter()
            .map(|row| workspace.directory.scim_id(*row))
            .collect())
    }

    /// The chosen people as tab-separated text with a heading, as a spreadsheet takes it from the clipboard.
    ///
    /// # Errors
    /// [`crate::Code::Stale`] for a view that is no longer open.
    pub fn copy_rows(
        &self,
        connection: ConnectionId,
        selection: &Selection,
        columns: &[AttributeId],
    ) -> Result<String> {
        let workspace = self.workspace(connection)?;
        let rows = workspace.directory.rows(selection)?;
        let table = workspace.directory.table();
        let places: Vec<usize> = columns
            .iter()
            .filter_map(|column| table.place(*column))
            .collect();
        let mut text = String::new();
        line(
            &mut text,
            places
                .iter()
                .map(|&place| table.attributes[place].label.as_str()),
        );
        for position in rows.into_iter().filter_map(|row| table.position(row)) {
            line(
                &mut text,
                places.iter().map(|&place| {
                    table
                        .shown(place, position)
                        .or_else(|| table.columns[place].value(position))
                        .unwrap_or_default()
                }),
            );
        }
        Ok(text)
    }
}

fn line<'a>(text: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            text.push('\t');
        }
        if cell.contains(['\t', '\n', '\r', '"']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_cell_stays_one_cell() {
        let mut text = String::new();
        line(&mut text, ["Ana", "two\nlines", "a \"b\""]);
        assert_eq!(
            text, "Ana\t\"two\nlines\"\t\"a \"\"b\"\"\"\n",
            "a spreadsheet reads what is quoted as one cell"
        );
    }
}
