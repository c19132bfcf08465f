//! People by what they are called outside, and people for elsewhere.

use super::{PersonChoice, Row, Selection, panel::choice, window};
use crate::{
    engine::Engine,
    error::{Error, Result},
    ids::{AttributeId, ConnectionId, RowId},
};

/// As many as a block copied from the table may have rows.
const MOST_COPIED: usize = 50_000;

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

    /// How many people are chosen. Of a view's all-but-some, those excepted may have left it by now.
    ///
    /// # Errors
    /// [`crate::Code::Stale`] for a view that is no longer open.
    pub fn chosen_count(&self, connection: ConnectionId, selection: &Selection) -> Result<u32> {
        let workspace = self.workspace(connection)?;
        Ok(workspace.directory.rows(selection)?.len() as u32)
    }

    /// The chosen people as rows of the table, staged values laid over, for a copy.
    ///
    /// # Errors
    /// [`crate::Code::Stale`] for a view that is no longer open; a precondition for more than a clipboard should hold.
    pub fn chosen_rows(
        &self,
        connection: ConnectionId,
        selection: &Selection,
        columns: &[AttributeId],
    ) -> Result<Vec<Row>> {
        let workspace = self.workspace(connection)?;
        let directory = &workspace.directory;
        let rows = directory.rows(selection)?;
        if rows.len() > MOST_COPIED {
            return Err(Error::precondition(
                "More than 50,000 people are too many for the clipboard, so nothing was copied. Export them instead, or select fewer.",
            ));
        }
        let table = directory.table();
        let overlay = directory.overlay();
        let protected = directory.protected();
        let places: Vec<Option<usize>> =
            columns.iter().map(|column| table.place(*column)).collect();
        Ok(rows
            .into_iter()
            .filter_map(|row| table.position(row))
            .map(|position| window::row(&table, &overlay, &protected, position, &places, &[]))
            .collect())
    }
}
