//! Is this file like the last one of its name? Said before it counts.

use std::collections::BTreeSet;

use store::StoredSource;

use super::{
    Import, SourceKind,
    read::{Outcome, rows},
    recognise,
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
        if let Some(question) = another_export(import, &before)? {
            import.asks_name = import.question.is_none();
            import.question.get_or_insert(question);
            return Ok(());
        }
        let unlike = self.unlike(import, outcome, &before)?;
        import.guarded = !unlike.is_empty();
        import.warnings.extend(unlike);
        Ok(())
    }

    /// In what a file is unlike the one it would replace, a sentence each.
    fn unlike(
        &self,
        import: &Import,
        outcome: &Outcome,
        before: &StoredSource,
    ) -> Result<Vec<String>> {
        let called = format!("the last file of {} ({})", before.name, day(&before.as_of));
        let mut unlike = Vec::new();
        if import.as_of < before.as_of {
            unlike.push(format!(
                "It is older than {called}: it speaks of {}.",
                day(&import.as_of)
            ));
        }
        let kept = KeptOutcome::of(before)?;
        if u64::from(import.counts.rows) * 2 < u64::from(kept.counts.rows) {
            unlike.push(format!(
                "It has {} where {called} had {}. Check that it was exported whole.",
                rows(import.counts.rows),
                number(kept.counts.rows)
            ));
        }
        let (names, kept) = (import.column_names(), KeptMapping::of(before)?);
        if fingerprint(&names) != fingerprint(&kept.names) {
            unlike.push(format!(
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
            unlike.push(format!(
                "{} of the {} in {called} are not in this one. Check that it is of the same people.",
                number(lost as u32),
                people(then.len() as u32)
            ));
        }
        Ok(unlike)
    }
}

/// Why a file can't take the place of the one of its name: what one export says makes nothing out of date that another
/// of the same provider said. With the very same columns it is the same export, and only what it is taken for changed.
fn another_export(import: &Import, before: &StoredSource) -> Result<Option<String>> {
    let (new, old) = (import.column_names(), KeptMapping::of(before)?.names);
    if fingerprint(&new) == fingerprint(&old) {
        return Ok(None);
    }
    let kind = SourceKind::of_text(&before.kind, &before.name)?;
    let (new, old) = (recognise::called(&new), recognise::called(&old));
    let other = kind != import.kind || new.zip(old).is_some_and(|(new, old)| new != old);
    Ok(other.then(|| {
        format!(
            "Under {} another export counts already: {}, and this is {}. Neither takes the place of the other; how is this source to be called?",
            before.name,
            old.unwrap_or(kind.label()),
            new.unwrap_or(import.kind.label())
        )
    }))
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
