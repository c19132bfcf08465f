//! What a service can do and which attributes it has, learned anew with every sync.

use std::collections::BTreeSet;

use scim::{
    Client, Dialect, Discovered, Resource, Schema, ServiceConfig,
    dialect::{self, Writing},
};
use store::StoredAttribute;

use crate::{
    attribute::{Attribute, Kind, Role, from_stored},
    connection::{Capabilities, kept::dialect_of},
    error::Result,
    ids::AttributeId,
};

/// What a service says of itself.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) config: ServiceConfig,
    pub(crate) schemas: Vec<Schema>,
    /// False when the Schemas could not be read: then nothing is concluded from what they don't list.
    pub(crate) schemas_read: bool,
    pub(crate) requests: u32,
    pub(crate) warnings: Vec<String>,
}

/// Reads both declarations.
///
/// # Errors
/// Only what makes everything else pointless: no connection, no token, no permission. A service without
/// these pages is used without them.
pub(crate) async fn declared(client: &Client) -> std::result::Result<Declared, scim::Error> {
    let mut declared = Declared {
        requests: 2,
        ..Declared::default()
    };
    match client.config().await {
        Ok(config) => declared.config = config,
        Err(error) if is_fatal(&error) => return Err(error),
        Err(error) => declared.warnings.push(format!(
            "The service does not say what it can do, so only what every service has is used. {error}"
        )),
    }
    match client.schemas().await {
        Ok(schemas) => {
            declared.schemas_read = !schemas.is_empty();
            declared.schemas = schemas;
        }
        Err(error) if is_fatal(&error) => return Err(error),
        Err(error) => declared.warnings.push(format!(
            "The service does not list its attributes, so they are taken from the people it shows. {error}"
        )),
    }
    Ok(declared)
}

/// Whether anything after this would fail the same way.
pub(crate) fn is_fatal(error: &scim::Error) -> bool {
    matches!(
        error,
        scim::Error::Unreachable { .. }
            | scim::Error::Tls { .. }
            | scim::Error::TimedOut { .. }
            | scim::Error::Dropped { .. }
            | scim::Error::Unauthorized { .. }
            | scim::Error::TooMany { .. }
            | scim::Error::Quota { .. }
            | scim::Error::Redirected { .. }
            | scim::Error::UnusableToken
    )
}

impl Declared {
    /// Capabilities by what is declared and was seen, now or before.
    pub(crate) fn capabilities(
        &self,
        before: &Capabilities,
        found: &[Discovered],
        sample: &[Resource],
        page_size: u32,
        known: impl Fn(&str) -> bool,
    ) -> Result<Capabilities> {
        let learned = dialect_of(before)?;
        let mut observed = dialect::observe(found, sample, known);
        // What nobody shows today was perhaps shown before.
        for (key, form) in learned.dates {
            observed.dates.entry(key).or_insert(form);
        }
        for (key, form) in learned.references {
            observed.references.entry(key).or_insert(form);
        }
        observed.clearing = learned.clearing;
        let config = &self.config;
        observed.writing = if config.patch == Some(false) {
            Writing::Replace
        } else {
            Writing::Patch
        };
        Ok(Capabilities {
            patch: config.patch,
            bulk_operations: config.bulk.map_or(0, |bulk| bulk.max_operations),
            bulk_bytes: config.bulk.map_or(0, |bulk| bulk.max_payload),
            etag: config.etag,
            sort: config.sort,
            filter: config.filter,
            cursor_paging: config
                .pagination
                .is_some_and(|pagination| pagination.cursor),
            index_paging: config.pagination.is_none_or(|pagination| pagination.index),
            page_size: page_size.max(before.page_size),
            pagination: config.pagination,
            dialect: dialect_text(&observed),
        })
    }
}

fn dialect_text(dialect: &Dialect) -> String {
    serde_json::to_string(dialect).expect("BUG: a dialect is plain values")
}

/// The attributes as they are to be kept, and what is other than before.
#[derive(Debug, Default)]
pub(crate) struct Reconciled {
    /// Those to write.
    pub(crate) write: Vec<StoredAttribute>,
    /// All that are there now, the derived ones left out.
    pub(crate) present: Vec<Attribute>,
    pub(crate) appeared: BTreeSet<AttributeId>,
    pub(crate) vanished: BTreeSet<AttributeId>,
    /// Values of people who did not change have to be read again.
    pub(crate) read_again: bool,
    /// What happened, one sentence each, for the history.
    pub(crate) notes: Vec<String>,
}

impl Reconciled {
    /// Whether something was found that is not among those present.
    pub(crate) fn shows_more(&self, found: Vec<Discovered>) -> bool {
        found.iter().any(|found| {
            !self
                .present
                .iter()
                .any(|attribute| attribute.key == found.key.as_str())
        })
    }
}

/// Lays what was discovered over what is kept: an id stays with its key for good.
///
/// # Errors
/// [`store::Error::Damaged`] for one that is kept, was not discovered, and can't be read.
pub(crate) fn reconcile(
    stored: Vec<StoredAttribute>,
    found: &[Discovered],
    declared: &Declared,
) -> store::Result<Reconciled> {
    let mut outcome = Reconciled::default();
    let first = stored.is_empty();
    let mut next = stored.iter().map(|stored| stored.id).max().unwrap_or(1) + 1;
    let mut kept = Vec::with_capacity(found.len());
    for discovered in found {
        let key = discovered.key.as_str();
        let before = stored.iter().find(|stored| stored.key == key);
        let id = before.map_or_else(
            || {
                next += 1;
                next - 1
            },
            |before| before.id,
        );
        let now = StoredAttribute {
            id,
            key: key.to_owned(),
            label: discovered.label.clone(),
            kind: Kind::of_wire(discovered.kind).text().to_owned(),
            role: discovered.role.map(|role| Role::of_wire(role).text()),
            writable: discovered.writable,
            required: discovered.required,
            present: true,
        };
        if before.is_none_or(|before| !before.present) {
            outcome.appeared.insert(AttributeId(id));
            outcome.read_again = !first;
            if !first {
                outcome
                    .notes
                    .push(format!("The attribute “{}” is new.", now.label));
            }
        }
        if before.is_some_and(|before| before.kind != now.kind) {
            outcome.read_again = true;
        }
        if before != Some(&now) {
            outcome.write.push(now.clone());
        }
        kept.push(now);
    }
    for before in stored {
        if kept.iter().any(|now| now.key == before.key) {
            continue;
        }
        if before.present && declared.leaves_out(&before.key) {
            outcome.vanished.insert(AttributeId(before.id));
            outcome.notes.push(format!(
                "The attribute “{}” is no longer there.",
                before.label
            ));
            outcome.write.push(StoredAttribute {
                present: false,
                ..before
            });
        } else if before.present {
            kept.push(before);
        }
    }
    // One attribute per role: the service's own view of today wins over what is kept from before.
    let mut roles = BTreeSet::new();
    outcome.present = kept
        .into_iter()
        .map(|mut stored| {
            if let Some(role) = stored.role.take() {
                stored.role = roles.insert(role.clone()).then_some(role);
            }
            from_stored(stored)
        })
        .collect::<store::Result<_>>()?;
    outcome.present.sort_by_key(|attribute| attribute.id);
    Ok(outcome)
}

impl Declared {
    /// Whether the schema of a key was read and does not list it. What no schema speaks of is not concluded
    /// to be gone.
    fn leaves_out(&self, key: &str) -> bool {
        let key = scim::AttributeKey::new(key);
        self.schemas_read
            && key.urn().is_some_and(|urn| {
                self.schemas
                    .iter()
                    .any(|schema| schema.id.eq_ignore_ascii_case(urn))
            })
    }
}
