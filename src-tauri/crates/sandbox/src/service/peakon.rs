//! The Peakon profile: what a person looks like on the wire, and what a write may say.

mod absorb;
mod render;

use serde_json::Value;

use super::filter::{Attribute, Filter, Operator};
use super::patch::Rules;
use super::reply::ScimError;
use crate::company::person::{ENTERPRISE, PEAKON};
use crate::switches::Switches;

pub use absorb::absorb;
pub use render::{etag, render};

/// Members of RFC 7643 users that Peakon's pages do not mention: taken without a word and not kept.
const NOT_KEPT: [&str; 17] = [
    "id",
    "meta",
    "schemas",
    "groups",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "password",
    "ims",
    "photos",
    "addresses",
    "entitlements",
    "roles",
    "x509Certificates",
];

pub const EXTENSIONS: [&str; 2] = [ENTERPRISE, PEAKON];

fn knows(attribute: &Attribute) -> bool {
    let name = attribute.name.as_str();
    let one_of = |names: &[&str]| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    match attribute.extension.as_deref() {
        None => {
            one_of(&[
                "userName",
                "externalId",
                "name",
                "active",
                "emails",
                "phoneNumbers",
                "locale",
                "timezone",
            ]) || one_of(&NOT_KEPT)
        }
        Some(ENTERPRISE) => one_of(&[
            "employeeNumber",
            "department",
            "manager",
            "costCenter",
            "organization",
            "division",
        ]),
        Some(_) => true,
    }
}

pub fn rules(switches: &Switches) -> Rules<'static> {
    Rules {
        extensions: &EXTENSIONS,
        free_names: Some(PEAKON),
        spaces_in_paths: switches.spaces_in_paths,
        multi_valued: &[
            "emails",
            "phoneNumbers",
            "addresses",
            "photos",
            "ims",
            "roles",
            "entitlements",
            "x509Certificates",
        ],
        read_only: &["groups"],
        known: &knows,
    }
}

/// A filter of the one form the service has: an attribute `eq` a text.
pub fn simple_filter(text: &str, switches: &Switches) -> Result<(String, String), ScimError> {
    let filter = Filter::parse(text, &EXTENSIONS)?;
    let refused = || {
        let known = switches.filters.join(", ");
        ScimError::invalid_filter(format!(
            "Only “attribute eq \"value\"” is supported, for these attributes: {known}."
        ))
    };
    let Filter::Compare(attribute, Operator::Equal, Value::String(wanted)) = filter else {
        return Err(refused());
    };
    let plain = attribute.sub.is_none()
        || (attribute.name.eq_ignore_ascii_case("emails")
            && attribute.sub.as_deref() == Some("value"));
    let name = switches
        .filters
        .iter()
        .find(|name| name.eq_ignore_ascii_case(&attribute.name));
    match name {
        Some(name) if plain && attribute.extension.is_none() => Ok((name.clone(), wanted)),
        _ => Err(refused()),
    }
}
