//! Views: opened, asked something else, closed, and the rows of them on screen.

use super::{ShownView, View, ViewQuery, Window, directory::OpenView, window};
use crate::{
    engine::{Engine, Workspace},
    error::Result,
    ids::{AttributeId, ConnectionId, RowId, ViewId},
};

impl Engine {
    /// Opens a view on a directory; close it with [`Engine::close_view`].
    pub fn open_view(&self, connection: ConnectionId, query: ViewQuery) -> Result<View> {
        let workspace = self.workspace(connection)?;
        workspace.directory.turn_to(self.ports.clock.today())?;
        if query.pile.is_some() {
            workspace.directory.basis()?;
        }
        let id = self.next_view();
        let view = workspace.directory.put_view(id, query);
        Ok(page_view(id, &workspace, &view))
    }

    /// Asks an open view something else.
    pub fn change_view(&self, view: ViewId, query: ViewQuery) -> Result<View> {
        let workspace = self.workspace_of_view(view)?;
        if query.pile.is_some() {
            workspace.directory.basis()?;
        }
        let open = workspace.directory.put_view(view, query);
        Ok(page_view(view, &workspace, &open))
    }

    /// Opens a view, or asks an open one something else, and gives its first rows with it: whoever types would wait
    /// for another way to the page and back.
    pub fn show_view(
        &self,
        connection: ConnectionId,
        view: Option<ViewId>,
        query: ViewQuery,
        len: u32,
        columns: &[AttributeId],
    ) -> Result<ShownView> {
        let view = match view {
            Some(view) => self.change_view(view, query)?,
            None => {
                if let Some(first) = self.first_view(connection, &query, len, columns) {
                    return Ok(first);
                }
                self.open_view(connection, query)?
            }
        };
        let window = self.window(view.id, 0, len, columns)?;
        Ok(ShownView { view, window })
    }

    /// An open view as it is now.
    pub fn view(&self, view: ViewId) -> Result<View> {
        let workspace = self.workspace_of_view(view)?;
        let open = workspace.directory.view(view)?;
        Ok(page_view(view, &workspace, &open))
    }

    /// Not an error when it is closed already.
    pub fn close_view(&self, view: ViewId) {
        self.forget_first_view(view);
        if let Ok(workspace) = self.workspace_of_view(view) {
            workspace.directory.close_view(view);
        }
    }

    /// Rows of a view from a position on, with these attributes as cells. Fewer rows than asked for at the
    /// end.
    pub fn window(
        &self,
        view: ViewId,
        start: u32,
        len: u32,
        columns: &[AttributeId],
    ) -> Result<Window> {
        if let Some(first) = self.first_window(view, start, len, columns) {
            return Ok(first);
        }
        let workspace = self.workspace_of_view(view)?;
        let window = window::window(&workspace, view, start, len, columns)?;
        workspace.warm();
        Ok(window)
    }

    /// Where somebody stands in a view; `None` when not in it.
    pub fn locate(&self, view: ViewId, row: RowId) -> Result<Option<u32>> {
        let workspace = self.workspace_of_view(view)?;
        let table = workspace.directory.table();
        let open = workspace.directory.view(view)?;
        Ok(table.position(row).and_then(|wanted| {
            open.found
                .positions
                .iter()
                .position(|&position| position == wanted)
                .map(|index| index as u32)
        }))
    }
}

fn page_view(id: ViewId, workspace: &Workspace, view: &OpenView) -> View {
    View {
        id,
        version: view.version,
        total: view.found.positions.len() as u32,
        of: workspace.directory.len() as u32,
        note: view.found.note.clone(),
    }
}
