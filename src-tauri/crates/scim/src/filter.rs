//! The filters Peakon documents: one attribute, `eq`, nothing more (RFC 7644 section 3.4.2.2).

use crate::endpoint::encode;
use crate::resource::Resource;

/// What may be searched for on the service. Everything else is searched in the local mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FilterAttribute {
    Id,
    UserName,
    ExternalId,
    /// `emails eq`, as Peakon documents it.
    Emails,
    /// `emails.value eq`, as other services want it.
    EmailsValue,
}

/// `attribute eq "value"`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    attribute: FilterAttribute,
    value: String,
}

impl Filter {
    /// `attribute eq "value"` (RFC 7644 section 3.4.2.2), the only comparison every service has.
    pub fn eq(attribute: FilterAttribute, value: impl Into<String>) -> Filter {
        Filter {
            attribute,
            value: value.into(),
        }
    }

    /// The filter as it stands in an address.
    pub fn query(&self) -> String {
        format!("filter={}", encode(&self.text()))
    }

    /// The filter as text, the value quoted as JSON wants it, not yet encoded for an address.
    pub fn text(&self) -> String {
        let name = match self.attribute {
            FilterAttribute::Id => "id",
            FilterAttribute::UserName => "userName",
            FilterAttribute::ExternalId => "externalId",
            FilterAttribute::Emails => "emails",
            FilterAttribute::EmailsValue => "emails.value",
        };
        format!("{name} eq {}", serde_json::Value::from(self.value.as_str()))
    }

    /// Whether a person really is what was asked for: some services ignore filters and answer with everybody.
    pub fn matches(&self, resource: &Resource) -> bool {
        let same = |found: &str| found.to_lowercase() == self.value.to_lowercase();
        match self.attribute {
            FilterAttribute::Id => resource.id() == Some(self.value.as_str()),
            FilterAttribute::UserName => resource.user_name().as_deref().is_some_and(same),
            FilterAttribute::ExternalId => resource
                .text("externalId")
                .is_some_and(|found| found == self.value),
            FilterAttribute::Emails | FilterAttribute::EmailsValue => {
                resource.emails().iter().any(|found| same(found))
            }
        }
    }
}
