//! From a resource as received to a person as kept, and what moved between two of them.

use scim::dialect::Reader;
use scim::{AttributeKey, Resource};
use store::{Digest, PersonRecord, StoredCell};

use crate::{
    attribute::{Attribute, Role},
    ids::AttributeId,
    people::table::derive_name,
};

/// Reads many people by the same attributes.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    ids: Vec<AttributeId>,
    reader: Reader,
}

impl Recorder {
    pub(crate) fn new(attributes: &[Attribute]) -> Self {
        let stored = attributes
            .iter()
            .filter(|attribute| !attribute.key.is_empty());
        Self {
            ids: stored.clone().map(|attribute| attribute.id).collect(),
            reader: Reader::new(
                stored
                    .map(|attribute| (AttributeKey::new(&attribute.key), attribute.kind.wire()))
                    .collect(),
            ),
        }
    }

    /// A resource without an id has an empty one, and is not to be kept.
    pub(crate) fn record(&self, resource: &Resource) -> PersonRecord {
        self.record_with(resource, Digest::of(resource.raw().as_bytes()))
    }

    /// As [`Recorder::record`], where the digest is known already.
    pub(crate) fn record_with(&self, resource: &Resource, digest: Digest) -> PersonRecord {
        let cells = self
            .ids
            .iter()
            .zip(self.reader.read(resource))
            .filter(|(_, reading)| reading.value.is_some() || reading.odd.is_some())
            .map(|(id, reading)| StoredCell {
                attribute: id.0,
                value: reading.value,
                odd: reading.odd,
            })
            .collect();
        PersonRecord {
            scim_id: resource.id().unwrap_or_default().to_owned(),
            cells,
            raw: resource.raw().to_owned(),
            digest,
            etag: resource.etag(),
        }
    }
}

/// One value that is other than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) attribute: AttributeId,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// What moved, in attribute order. An attribute that only one of the two knows counts as not set in the
/// other.
pub(crate) fn differences(before: &PersonRecord, after: &PersonRecord) -> Vec<Difference> {
    let mut ids: Vec<u32> = before
        .cells
        .iter()
        .chain(&after.cells)
        .map(|cell| cell.attribute)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| Difference {
            attribute: AttributeId(id),
            before: before.value(id).map(str::to_owned),
            after: after.value(id).map(str::to_owned),
        })
        .filter(|difference| difference.before != difference.after)
        .collect()
}

/// "Family, Given" of a person as kept.
pub(crate) fn name(record: &PersonRecord, attributes: &[Attribute]) -> String {
    derive_name(
        |role: Role| {
            attributes
                .iter()
                .find(|attribute| attribute.role == Some(role))
                .and_then(|attribute| record.value(attribute.id.0))
        },
        &record.scim_id,
    )
}
