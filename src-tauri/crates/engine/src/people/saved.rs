//! The directory as the page first sees it, and the views an admin keeps.

use store::StoredView;

use super::{Directory, SavedView, ViewDefinition, ViewQuery, query};
use crate::{
    attribute::{Attribute, Role},
    engine::{Engine, Workspace},
    error::{Error, Result},
    ids::{AttributeId, ConnectionId, SavedViewId},
};

/// Columns to begin with, as far as the company has them.
const COLUMNS: [Role; 9] = [
    Role::Name,
    Role::Status,
    Role::Department,
    Role::Title,
    Role::Manager,
    Role::Location,
    Role::StartDate,
    Role::Email,
    Role::EmployeeNumber,
];

impl Engine {
    /// Attributes, saved views with their counts and the columns to begin with. From the mirror; no network. While a
    /// launch reads it, as far as it is known.
    pub fn directory_of(&self, connection: ConnectionId) -> Result<Directory> {
        if let Some(first) = self.first_directory(connection) {
            return Ok(first);
        }
        let workspace = self.workspace(connection)?;
        workspace.directory.turn_to(self.ports.clock.today())?;
        let attributes = workspace.directory.attributes();
        Ok(Directory {
            columns: first_columns(&attributes),
            attributes: attributes.to_vec(),
            people: workspace.directory.len() as u32,
            views: self.saved_views(connection)?,
        })
    }

    /// The saved views of a connection, in the admin's order.
    pub fn saved_views(&self, connection: ConnectionId) -> Result<Vec<SavedView>> {
        let workspace = self.workspace(connection)?;
        let stored = self.store.read(|reader| reader.views(connection.0))?;
        Ok(stored
            .into_iter()
            .map(|view| page_view(&workspace, view))
            .collect())
    }

    /// Keeps a view under a name of its own.
    pub fn save_view(
        &self,
        connection: ConnectionId,
        name: &str,
        definition: &ViewDefinition,
    ) -> Result<SavedView> {
        let workspace = self.workspace(connection)?;
        let name = self.free_view_name(connection, name, None)?;
        let text = text(definition);
        let id = self
            .store
            .write(move |writer| writer.add_view(connection.0, &name, &text))?;
        Ok(page_view(&workspace, self.stored_view(SavedViewId(id))?))
    }

    /// Gives a saved view another name, another definition, or both.
    pub fn change_saved_view(
        &self,
        view: SavedViewId,
        name: Option<&str>,
        definition: Option<&ViewDefinition>,
    ) -> Result<SavedView> {
        let stored = self.stored_view(view)?;
        let connection = ConnectionId(stored.connection);
        let workspace = self.workspace(connection)?;
        let name = match name {
            Some(name) => self.free_view_name(connection, name, Some(view))?,
            None => stored.name,
        };
        let definition = definition.map_or(stored.definition, text);
        self.store
            .write(move |writer| writer.change_view(view.0, &name, &definition))?;
        Ok(page_view(&workspace, self.stored_view(view)?))
    }

    /// Not an error when it was forgotten already.
    pub fn forget_view(&self, view: SavedViewId) -> Result<()> {
        Ok(self.store.write(move |writer| writer.forget_view(view.0))?)
    }

    fn stored_view(&self, view: SavedViewId) -> Result<StoredView> {
        self.store
            .read(|reader| reader.view(view.0))?
            .ok_or_else(|| {
                Error::precondition(
                    "This saved view is not there any more. Save it again under its name.",
                )
            })
    }

    fn free_view_name(
        &self,
        connection: ConnectionId,
        name: &str,
        own: Option<SavedViewId>,
    ) -> Result<String> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::precondition(
                "A view needs a name, such as “Leavers”.",
            ));
        }
        let taken = self
            .store
            .read(|reader| reader.views(connection.0))?
            .iter()
            .any(|view| {
                view.name.to_lowercase() == name.to_lowercase() && Some(SavedViewId(view.id)) != own
            });
        if taken {
            return Err(Error::precondition(format!(
                "There is a view called “{name}” already. Choose another name."
            )));
        }
        Ok(name.to_owned())
    }
}

fn text(definition: &ViewDefinition) -> String {
    serde_json::to_string(definition).expect("BUG: a definition is plain values")
}

fn page_view(workspace: &Workspace, stored: StoredView) -> SavedView {
    let marks = workspace.directory.marks();
    let table = workspace.directory.table();
    saved_view(stored, |query| {
        let people = query::count(&table, query, &marks);
        (Some(people), query::follows_draft(&table, query))
    })
}

/// With how many people its query finds, and whether it follows the draft.
pub(super) fn saved_view(
    stored: StoredView,
    of_query: impl FnOnce(&ViewQuery) -> (Option<u32>, bool),
) -> SavedView {
    let definition: ViewDefinition = serde_json::from_str(&stored.definition).unwrap_or_default();
    let (people, follows_draft) = of_query(&definition.query);
    SavedView {
        id: SavedViewId(stored.id),
        name: stored.name,
        people,
        follows_draft,
        definition,
    }
}

pub(super) fn first_columns(attributes: &[Attribute]) -> Vec<AttributeId> {
    let mut columns: Vec<AttributeId> = COLUMNS
        .into_iter()
        .filter_map(|role| {
            attributes
                .iter()
                .find(|attribute| attribute.role == Some(role))
        })
        .map(|attribute| attribute.id)
        .collect();
    // The company's own attributes that many people have.
    let own = attributes
        .iter()
        .filter(|attribute| attribute.key.starts_with("urn:") && attribute.filled > 0)
        .map(|attribute| attribute.id);
    for id in own {
        if columns.len() >= 12 {
            break;
        }
        if !columns.contains(&id) {
            columns.push(id);
        }
    }
    columns
}
