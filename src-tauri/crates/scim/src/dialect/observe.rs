//! The forms a service uses, learned from the people it shows.

use std::collections::{BTreeMap, HashSet};

use super::key::{AttributeKey, PEAKON_SCHEMA};
use super::read::date;
use super::{DateForm, Dialect, Discovered, Kind, ReferenceBy, ReferenceForm, Shape};
use crate::json::Json;
use crate::resource::Resource;

/// Looks at how dates and references to people are written. More people give a surer answer; none at all give the defaults.
/// `known` tells ids of people beyond the sample: managers are often not in it.
pub fn observe(
    attributes: &[Discovered],
    sample: &[Resource],
    known: impl Fn(&str) -> bool,
) -> Dialect {
    let documents: Vec<_> = sample.iter().map(Resource::document).collect();
    let ids: HashSet<&str> = sample.iter().filter_map(Resource::id).collect();
    let is_id = |text: &str| ids.contains(text) || known(text);
    let mut dialect = Dialect::default();
    for attribute in attributes {
        let values = || {
            documents
                .iter()
                .filter_map(|document| document.lookup(&attribute.key))
        };
        match attribute.kind {
            Kind::Date => {
                let suffixes =
                    values().filter_map(|value| Some(date(value.as_str()?)?.1.to_owned()));
                if let Some(suffix) = most_common(suffixes) {
                    dialect
                        .dates
                        .insert(attribute.key.clone(), DateForm { suffix });
                }
            }
            Kind::Employee => {
                if let Some(form) =
                    most_common(values().filter_map(|value| reference(value, &is_id)))
                {
                    dialect.references.insert(attribute.key.clone(), form);
                }
            }
            Kind::Option | Kind::Text | Kind::Number | Kind::Boolean => {}
        }
    }
    dialect
}

impl Dialect {
    /// How to write a date here: as seen, else as other dates of this schema are, else a date-time.
    pub fn date_form(&self, key: &AttributeKey) -> DateForm {
        if let Some(form) = self.dates.get(key) {
            return form.clone();
        }
        let neighbours = self
            .dates
            .iter()
            .filter(|(other, _)| other.urn() == key.urn())
            .map(|(_, form)| form.suffix.clone());
        most_common(neighbours).map_or_else(DateForm::default, |suffix| DateForm { suffix })
    }

    /// How to write a reference here: as seen, else an e-mail as text for Peakon and an id as an object for everybody else
    /// (RFC 7643 section 4.3).
    pub fn reference_form(&self, key: &AttributeKey) -> ReferenceForm {
        if let Some(form) = self.references.get(key) {
            return *form;
        }
        if key
            .urn()
            .is_some_and(|urn| urn.eq_ignore_ascii_case(PEAKON_SCHEMA))
        {
            ReferenceForm {
                shape: Shape::Text,
                by: ReferenceBy::Email,
            }
        } else {
            ReferenceForm {
                shape: Shape::Object,
                by: ReferenceBy::Id,
            }
        }
    }
}

fn reference(value: &Json<'_>, is_id: &impl Fn(&str) -> bool) -> Option<ReferenceForm> {
    let (shape, text) = match value {
        Json::Object(object) => (Shape::Object, object.find("value", true)?.as_text()?),
        other => (Shape::Text, other.as_text()?),
    };
    let by = if text.contains('@') {
        ReferenceBy::Email
    } else if is_id(&text) {
        ReferenceBy::Id
    } else {
        ReferenceBy::Unknown
    };
    Some(ReferenceForm { shape, by })
}

impl PartialOrd for ReferenceForm {
    fn partial_cmp(&self, other: &ReferenceForm) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ReferenceForm {
    fn cmp(&self, other: &ReferenceForm) -> std::cmp::Ordering {
        (self.shape as u8, self.by as u8).cmp(&(other.shape as u8, other.by as u8))
    }
}

/// Ties go to the smallest, so that the answer does not depend on the order of people.
pub(crate) fn most_common<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(value, _)| value)
}
