//! What the rules need to know of a directory. The engine's ground is the mirror; a test's is a table.

use std::sync::Arc;

use crate::{
    attribute::{Attribute, Role},
    ids::{AttributeId, RowId},
};

pub(crate) trait Ground {
    fn attributes(&self) -> Arc<[Attribute]>;
    /// People in the directory.
    fn people(&self) -> u32;
    /// False once somebody is gone.
    fn exists(&self, row: RowId) -> bool;
    fn scim_id(&self, row: RowId) -> Option<String>;
    /// "Ruiz, Ana".
    fn name(&self, row: RowId) -> String;
    fn value(&self, row: RowId, attribute: AttributeId) -> Option<String>;
    /// Direct reports who have not left.
    fn reports(&self, row: RowId) -> Vec<RowId>;
    /// By e-mail in any letter case, employee number, user name or id, exactly.
    fn find(&self, text: &str) -> Vec<RowId>;
    /// By whole name, either way round.
    fn named(&self, text: &str) -> Vec<RowId>;
    /// What to write to point at this person.
    fn reference(&self, row: RowId, attribute: &Attribute) -> Option<String>;
    fn has_option(&self, attribute: AttributeId, value: &str) -> bool;
    /// A value in use that differs from this one in letter case or accents alone.
    fn similar_option(&self, _attribute: AttributeId, _value: &str) -> Option<String> {
        None
    }
    /// Why the admin protects this person.
    fn listed_as_protected(&self, row: RowId) -> Option<String>;

    fn attribute(&self, id: AttributeId) -> Option<Attribute> {
        self.attributes()
            .iter()
            .find(|found| found.id == id)
            .cloned()
    }

    fn by_role(&self, role: Role) -> Option<Attribute> {
        self.attributes()
            .iter()
            .find(|found| found.role == Some(role))
            .cloned()
    }

    fn of_role(&self, row: RowId, role: Role) -> Option<String> {
        self.by_role(role)
            .and_then(|attribute| self.value(row, attribute.id))
    }

    /// "Ana Ruiz".
    fn spoken(&self, row: RowId) -> String {
        let parts: Vec<String> = [Role::GivenName, Role::FamilyName]
            .into_iter()
            .filter_map(|role| self.of_role(row, role))
            .collect();
        if parts.is_empty() {
            self.name(row)
        } else {
            parts.join(" ")
        }
    }

    /// Whoever a value of kind employee points at.
    fn referred(&self, value: &str) -> Option<RowId> {
        match self.find(value).as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The name of whoever a value of kind employee points at.
    fn called(&self, value: Option<&str>) -> Option<String> {
        self.referred(value?).map(|row| self.spoken(row))
    }

    fn manager(&self, row: RowId) -> Option<RowId> {
        self.of_role(row, Role::Manager)
            .and_then(|value| self.referred(&value))
    }

    /// Why this person may not be deactivated or deleted together with others.
    fn protected(&self, row: RowId) -> Option<String> {
        if let Some(reason) = self.listed_as_protected(row) {
            return Some(format!(
                "{} is on the protected list: {reason}",
                self.spoken(row)
            ));
        }
        match self.reports(row).len() {
            0 => None,
            1 => Some(format!("{} has 1 report", self.spoken(row))),
            reports => Some(format!("{} has {reports} reports", self.spoken(row))),
        }
    }
}
