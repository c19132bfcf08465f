//! Names in files that the admin said stand for somebody: listed, and taken back.

use super::{Alias, who::folded};
use crate::{
    engine::Engine,
    error::{Code, Error, Result},
    ids::{ConnectionId, RowId},
    people::panel::choice,
};

impl Engine {
    /// In the order of the alphabet.
    pub fn aliases(&self, connection: ConnectionId) -> Result<Vec<Alias>> {
        let workspace = self.workspace(connection)?;
        let by_id = self.refers_by_id(connection, &workspace)?;
        let mut stored = self.store.read(|reader| reader.aliases(connection.0))?;
        stored.sort();
        let table = workspace.directory.table();
        Ok(stored
            .into_iter()
            .map(|(written, person)| Alias {
                written,
                person: table
                    .position(RowId(person))
                    .filter(|position| !table.gone.has(*position))
                    .map(|position| choice(&table, position, by_id)),
            })
            .collect())
    }

    /// The name stands for nobody in files that are read from now on. What counts already stays.
    ///
    /// # Errors
    /// [`Code::Stale`] when it was forgotten already.
    pub fn forget_alias(&self, connection: ConnectionId, written: &str) -> Result<()> {
        let alias = folded(written);
        let event = self.evidence_event(
            connection,
            format!("Evidence: “{alias}” stands for nobody from now on"),
            None,
        );
        self.store.write(move |writer| {
            if !writer.remove_alias(connection.0, &alias)? {
                return Err(Error::new(
                    Code::Stale,
                    format!("“{alias}” stands for nobody. Look at the list again."),
                ));
            }
            writer.append_history(&event)?;
            Ok(())
        })
    }
}
