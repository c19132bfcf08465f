//! From a resource as received to a person as kept, and what moved between two of them.

use scim::dialect::{Borrowed, Leaves, Reader, Slots, Values};
use scim::{AttributeKey, Document, Resource};
use store::{CellBlob, Digest, PersonRecord, StoredCell};

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
        let document = resource.document();
        PersonRecord {
            scim_id: resource.id().unwrap_or_default().to_owned(),
            cells: self.cells(&document).to_cells(),
            raw: resource.raw().to_owned(),
            digest: Digest::of(resource.raw().as_bytes()),
            etag: document.etag(),
        }
    }

    /// Where the values are in records of this one's form. `None` where each has to be read by itself.
    pub(crate) fn slots(&self, document: &Document<'_>, leaves: &Leaves) -> Option<Slots> {
        self.reader.slots(document, leaves)
    }

    /// The values in the form they are kept in.
    pub(crate) fn cells(&self, document: &Document<'_>) -> CellBlob {
        self.kept(self.reader.read(document))
    }

    /// The same of a record whose form is known.
    pub(crate) fn cells_of(&self, values: &Values<'_>, slots: &Slots) -> CellBlob {
        self.kept(self.reader.read_slots(values, slots))
    }

    fn kept<'v>(&self, readings: impl Iterator<Item = (usize, Borrowed<'v>)>) -> CellBlob {
        let mut cells = CellBlob::new();
        for (at, reading) in readings {
            cells.push(self.ids[at].0, reading.value.as_deref(), reading.odd);
        }
        cells
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
    moved(&before.cells, &after.cells)
}

/// As [`differences`], of values alone.
pub(crate) fn moved(before: &[StoredCell], after: &[StoredCell]) -> Vec<Difference> {
    let mut ids: Vec<u32> = before
        .iter()
        .chain(after)
        .map(|cell| cell.attribute)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
        .map(|id| Difference {
            attribute: AttributeId(id),
            before: value(before, id).map(str::to_owned),
            after: value(after, id).map(str::to_owned),
        })
        .filter(|difference| difference.before != difference.after)
        .collect()
}

fn value(cells: &[StoredCell], attribute: u32) -> Option<&str> {
    cells
        .iter()
        .find(|cell| cell.attribute == attribute)
        .and_then(|cell| cell.value.as_deref())
}

/// "Family, Given" of a person as kept.
pub(crate) fn name(scim_id: &str, cells: &[StoredCell], attributes: &[Attribute]) -> String {
    derive_name(
        |role: Role| {
            attributes
                .iter()
                .find(|attribute| attribute.role == Some(role))
                .and_then(|attribute| value(cells, attribute.id.0))
        },
        scim_id,
    )
}
