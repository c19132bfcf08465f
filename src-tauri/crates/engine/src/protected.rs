//! People no plan may deactivate or delete together with others: the admin's own list. People with reports
//! are protected besides, without being listed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::{NewEvent, Store, StoredProtection};

use crate::{
    engine::{Engine, Protected},
    error::{Error, Result},
    ids::{ConnectionId, RowId},
    people::Selection,
    ports::News,
    values::day_to_come,
};

/// Somebody on the admin's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Protection {
    pub row: RowId,
    pub name: String,
    /// "Administrator".
    pub reason: String,
    /// The last day it holds, `YYYY-MM-DD`; `None` for no end.
    pub until: Option<String>,
}

/// Who is on the list on a day, and why.
pub(crate) fn listed(store: &Store, connection: ConnectionId, today: Date) -> Result<Protected> {
    let listed = store.read(|reader| reader.protections(connection.0, &today.to_string()))?;
    Ok(listed
        .into_iter()
        .map(|listed| (RowId(listed.person), listed.reason))
        .collect())
}

impl Engine {
    /// Those that hold today, by name.
    pub fn protected_people(&self, id: ConnectionId) -> Result<Vec<Protection>> {
        let workspace = self.workspace(id)?;
        let today = self.ports.clock.today().to_string();
        let listed = self.store.read(|reader| reader.protections(id.0, &today))?;
        let mut people: Vec<Protection> = listed
            .into_iter()
            .map(|listed| Protection {
                row: RowId(listed.person),
                name: workspace.directory.name(RowId(listed.person)),
                reason: listed.reason,
                until: listed.until,
            })
            .collect();
        people.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(people)
    }

    /// Puts the chosen people on the list until the end of a day or without an end. What was said of them
    /// before is replaced.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] without a reason, with an end that is no date or is over, or for nobody.
    pub fn protect(
        &self,
        id: ConnectionId,
        selection: &Selection,
        reason: &str,
        until: Option<&str>,
    ) -> Result<()> {
        let workspace = self.workspace(id)?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Error::precondition(
                "A protected person needs a reason, for whoever meets the protection later.",
            ));
        }
        if let Some(until) = until {
            day_to_come(until, self.ports.clock.today())?;
        }
        let rows = workspace.directory.rows(selection)?;
        if rows.is_empty() {
            return Err(Error::precondition(
                "Nobody is chosen, so nobody was protected. Choose people and try again.",
            ));
        }
        let end = until.map_or_else(String::new, |until| format!(" until {until}"));
        let kept: Vec<(StoredProtection, NewEvent)> = rows
            .into_iter()
            .map(|row| {
                let protection = StoredProtection {
                    person: row.0,
                    reason: reason.to_owned(),
                    until: until.map(str::to_owned),
                };
                let event = self.note_about(id, row, &format!("Protected{end}: {reason}"))?;
                Ok((protection, event))
            })
            .collect::<Result<_>>()?;
        self.store.write(move |writer| {
            for (protection, event) in &kept {
                writer.protect(id.0, protection)?;
                writer.append_history(event)?;
            }
            Ok::<_, Error>(())
        })?;
        self.protection_changed(id)
    }

    /// Not an error when the person was not on the list.
    pub fn unprotect(&self, id: ConnectionId, row: RowId) -> Result<()> {
        let event = self.note_about(id, row, "No longer protected")?;
        self.store.write(move |writer| {
            if writer.unprotect(id.0, row.0)? {
                writer.append_history(&event)?;
            }
            Ok::<_, Error>(())
        })?;
        self.protection_changed(id)
    }

    fn protection_changed(&self, id: ConnectionId) -> Result<()> {
        let workspace = self.workspace(id)?;
        workspace.directory.turn_to(self.ports.clock.today())?;
        self.tell(News::DirectoryChanged(id));
        Ok(())
    }
}
