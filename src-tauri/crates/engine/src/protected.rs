//! People no plan may deactivate or delete together with others: the admin's own list. People with reports
//! are protected besides, without being listed.

use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};
use specta::Type;
use store::StoredProtection;

use crate::{
    engine::{Engine, Protected},
    error::{Error, Result},
    ids::{ConnectionId, RowId},
    ports::News,
};

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

impl Engine {
    /// Those that hold today.
    pub fn protected_people(&self, id: ConnectionId) -> Result<Vec<Protection>> {
        let workspace = self.workspace(id)?;
        let today = self.ports.clock.today().to_string();
        let listed = self.store.read(|reader| reader.protections(id.0, &today))?;
        Ok(listed
            .into_iter()
            .map(|listed| Protection {
                row: RowId(listed.person),
                name: workspace.directory.name(RowId(listed.person)),
                reason: listed.reason,
                until: listed.until,
            })
            .collect())
    }

    /// Puts somebody on the list, or changes why and until when.
    ///
    /// # Errors
    /// Without a reason, or with an end that is no date.
    pub fn protect(
        &self,
        id: ConnectionId,
        row: RowId,
        reason: &str,
        until: Option<String>,
    ) -> Result<()> {
        let reason = reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Error::precondition(
                "A protected person needs a reason, for whoever meets the protection later.",
            ));
        }
        if let Some(until) = &until
            && until.parse::<jiff::civil::Date>().is_err()
        {
            return Err(Error::precondition(format!(
                "“{until}” is not a date. Write it like 2027-03-07, or give none."
            )));
        }
        let event = self.note_about(id, row, &format!("Protected: {reason}"))?;
        let protection = StoredProtection {
            person: row.0,
            reason,
            until,
        };
        self.store.write(move |writer| {
            writer.protect(id.0, &protection)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        self.protection_changed(id)
    }

    pub fn unprotect(&self, id: ConnectionId, row: RowId) -> Result<()> {
        let event = self.note_about(id, row, "No longer protected")?;
        self.store.write(move |writer| {
            writer.unprotect(id.0, row.0)?;
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        self.protection_changed(id)
    }

    fn protection_changed(&self, id: ConnectionId) -> Result<()> {
        let workspace = self.workspace(id)?;
        let listed: Protected = self
            .protected_people(id)?
            .into_iter()
            .map(|listed| (listed.row, listed.reason))
            .collect();
        *workspace
            .protected
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(listed);
        workspace.directory.stand_again();
        self.tell(News::DirectoryChanged(id));
        Ok(())
    }
}
