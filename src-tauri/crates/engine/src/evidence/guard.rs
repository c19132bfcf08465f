//! Is this file like the last one of its name? Said before it counts.

use std::collections::BTreeSet;

use super::{
    Import,
    read::{Outcome, rows},
    sources::{KeptMapping, KeptOutcome, day, fingerprint},
};
use crate::{
    changes::words::{number, people},
    engine::Engine,
    error::Result,
    ids::SourceId,
};

/// Columns named in a warning.
const NAMED: usize = 3;

impl Engine {
    /// Says what the file replaces, and in what it is unlike that.
    pub(super) fn guard(&self, import: &mut Import, outcome: &Outcome, hash: &str) -> Result<()> {
        let stored = self
            .store
            .read(|reader| reader.evidence_sources(import.connection.0))?;
        if let Some(same) = stored
            .iter()
            .find(|source| source.file_hash == hash && source.replaced_at.is_none())
        {
            import.warnings.push(format!(
                "This very file counts already, as {} of {}.",
                same.name,
                day(&same.as_of)
            ));
        }
        let Some(before) = self.same_name(import.connection, &import.name)? else {
            return Ok(());
        };
        import.replaces = Some(SourceId(before.id));
        let called = format!("the last file of {} ({})", before.name, day(&before.as_of));
        let mut say = |sentence: String| {
            import.warnings.push(sentence);
            import.guarded = true;
        };
        if import.as_of < before.as_of {
            say(format!(
                "It is older than {called}: it speaks of {}.",
                day(&import.as_of)
            ));
        }
        let kept = KeptOutcome::of(&before)?;
        if u64::from(import.counts.rows) * 2 < u64::from(kept.counts.rows) {
            say(format!(
                "It has {} where {called} had {}. Check that it was exported whole.",
                rows(import.counts.rows),
                number(kept.counts.rows)
            ));
        }
        let kept = KeptMapping::of(&before)?;
        let columns = import.columns.iter();
        let names: Vec<String> = columns.map(|column| column.name.clone()).collect();
        if fingerprint(&names) != fingerprint(&kept.names) {
            say(format!(
                "Its columns are others than those of {called}{}{}.",
                listed("; missing", &without(&kept.names, &names)),
                listed("; new", &without(&names, &kept.names))
            ));
        }
        let then = self
            .store
            .read(|reader| reader.evidence_people(before.id))?;
        let now: BTreeSet<u32> = outcome.people.keys().map(|row| row.0).collect();
        let lost = then.iter().filter(|person| !now.contains(person)).count();
        if lost * 2 > then.len() {
            say(format!(
                "{} of the {} in {called} are not in this one. Check that it is of the same people.",
                number(lost as u32),
                people(then.len() as u32)
            ));
        }
        Ok(())
    }
}

/// Those of the names that are not among the others.
fn without<'a>(names: &'a [String], others: &[String]) -> Vec<&'a String> {
    let names = names.iter();
    names.filter(|name| !others.contains(name)).collect()
}

fn listed(what: &str, names: &[&String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("“{name}”"))
        .collect();
    let more = names.len().saturating_sub(NAMED);
    format!(
        "{what}: {}{}",
        shown.join(", "),
        if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        }
    )
}
