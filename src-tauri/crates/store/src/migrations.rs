//! The format of the file, one numbered step after the other.

use std::path::Path;

use rusqlite::Connection;

use crate::{Error, Result};

/// Each entry is applied once, in order, in a transaction of its own. A shipped one is never edited.
const STEPS: &[&str] = &[
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
    include_str!("migrations/004.sql"),
    include_str!("migrations/005.sql"),
];

/// The format this version writes.
pub(crate) const KNOWN: u32 = STEPS.len() as u32;

/// Brings the file up to [`KNOWN`], after copying it beside itself when it already held data.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > KNOWN {
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known: KNOWN,
        });
    }
    if found == KNOWN {
        return Ok(());
    }
    if found > 0 {
        let copy = path.with_extension(format!("before-{KNOWN}.backup"));
        connection.backup("main", &copy, None::<fn(rusqlite::backup::Progress)>)?;
    }
    for (number, step) in (1..).zip(STEPS).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
