//! The mirror, as the ground the rules stand on.

use std::sync::{Arc, OnceLock};

use scim::{AttributeKey, Dialect, dialect::ReferenceBy};

use crate::{
    attribute::{Attribute, Role},
    changes::ground::Ground,
    engine::Workspace,
    ids::{AttributeId, RowId},
    people::{Status, names::Names},
};

/// One connection's directory, with the way it refers to people.
pub(crate) struct Mirror<'a> {
    pub workspace: &'a Workspace,
    pub dialect: Dialect,
    /// Gathered when the first name is looked up.
    pub names: OnceLock<Names>,
}

impl Ground for Mirror<'_> {
    fn attributes(&self) -> Arc<[Attribute]> {
        self.workspace.directory.attributes()
    }

    fn people(&self) -> u32 {
        self.workspace.directory.len() as u32
    }

    fn exists(&self, row: RowId) -> bool {
        !self.workspace.directory.is_gone(row)
    }

    fn scim_id(&self, row: RowId) -> Option<String> {
        Some(self.workspace.directory.scim_id(row)).filter(|id| !id.is_empty())
    }

    fn name(&self, row: RowId) -> String {
        self.workspace.directory.name(row)
    }

    fn value(&self, row: RowId, attribute: AttributeId) -> Option<String> {
        self.workspace.directory.value(row, attribute)
    }

    fn reports(&self, row: RowId) -> Vec<RowId> {
        let directory = &self.workspace.directory;
        directory
            .reports(row)
            .into_iter()
            .filter(|report| {
                !directory.is_gone(*report) && directory.status(*report) != Some(Status::Left)
            })
            .collect()
    }

    fn find(&self, text: &str) -> Vec<RowId> {
        self.workspace.directory.find(text)
    }

    fn named(&self, text: &str) -> Vec<RowId> {
        let directory = &self.workspace.directory;
        let names = self.names.get_or_init(|| directory.names());
        directory.named(names, text)
    }

    fn reference(&self, row: RowId, attribute: &Attribute) -> Option<String> {
        let key = AttributeKey::new(&attribute.key);
        match self.dialect.reference_form(&key).by {
            ReferenceBy::Id => self.scim_id(row),
            ReferenceBy::Email | ReferenceBy::Unknown => self
                .of_role(row, Role::Email)
                .or_else(|| self.of_role(row, Role::UserName)),
        }
    }

    fn has_option(&self, attribute: AttributeId, value: &str) -> bool {
        self.workspace.directory.has_option(attribute, value)
    }

    fn similar_option(&self, attribute: AttributeId, value: &str) -> Option<String> {
        self.workspace.directory.similar_option(attribute, value)
    }

    fn listed_as_protected(&self, row: RowId) -> Option<String> {
        self.workspace.directory.protected().get(&row).cloned()
    }
}
