//! A plan in a file: to be looked at by others, and carried out on another day or machine. It names people
//! and attributes as the service does, as row and attribute ids are this machine's own.

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};
use store::ChangeAct;

use super::{Plan, build::Terms, item::Wish, review::draft_keys};
use crate::{
    engine::Engine,
    error::{Error, Result},
    ids::{AttributeId, PlanId, RowId},
};

const FORMAT: &str = "muster-plan-1";
const ORIGIN: &str = "file";

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    /// The service's address.
    service: String,
    /// For the eye only; it is worked out anew when read.
    sentence: String,
    created_at: String,
    changes: Vec<Change>,
}

#[derive(Serialize, Deserialize)]
struct Change {
    /// The service's id of the person.
    id: String,
    /// For the eye only.
    name: String,
    #[serde(rename = "do")]
    act: Act,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    Set,
    Activate,
    Deactivate,
    Delete,
}

impl Engine {
    /// Writes what the plan would send, without what was left out and what the leaver policy adds.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write_plan(&self, id: PlanId, path: &Path) -> Result<()> {
        let frozen = self.frozen(id)?;
        let plan = self.plan(id)?;
        let mut changes = Vec::new();
        for item in frozen.items.iter().filter(|item| !item.left_out) {
            let Some(scim_id) = &item.scim_id else {
                return Err(Error::precondition(
                    "This plan creates people, and such a plan can't be kept in a file. Leave the creations out and try again.",
                ));
            };
            for key in draft_keys(item) {
                let field = key.attribute.and_then(|attribute| {
                    item.fields
                        .iter()
                        .find(|field| field.attribute.0 == attribute)
                });
                if field.is_some_and(|field| field.added) {
                    continue;
                }
                changes.push(Change {
                    id: scim_id.clone(),
                    name: item.spoken.clone(),
                    act: act(key.act)?,
                    attribute: field.map(|field| field.key.clone()),
                    before: field.and_then(|field| field.before.clone()),
                    after: field.and_then(|field| field.after.clone()),
                });
            }
        }
        let file = File {
            format: FORMAT.to_owned(),
            service: self.connection(frozen.connection())?.url,
            sentence: plan.sentence,
            created_at: plan.created_at,
            changes,
        };
        let text = serde_json::to_string_pretty(&file).expect("BUG: plain values make JSON");
        fs::write(path, text).map_err(|error| {
            Error::precondition(format!(
                "The plan could not be written to {}: {error}. Choose another place.",
                path.display()
            ))
        })
    }

    /// Plans what the file says against the directory as it is now: somebody else's changes since then are held
    /// for a decision.
    ///
    /// # Errors
    /// When the file is no plan, or is for a service, people or attributes that are not here.
    pub fn read_plan(&self, path: &Path) -> Result<Plan> {
        let text = fs::read_to_string(path).map_err(|error| {
            Error::precondition(format!(
                "The plan could not be read from {}: {error}.",
                path.display()
            ))
        })?;
        let file: File = serde_json::from_str(&text).map_err(|error| {
            Error::precondition(format!("{} is no plan of Muster's.", path.display()))
                .with_detail(error)
        })?;
        if file.format != FORMAT {
            return Err(Error::precondition(format!(
                "{} was written by another version of Muster ({}, not {FORMAT}). Write the plan again with this one.",
                path.display(),
                file.format
            )));
        }
        let id = self
            .connections()?
            .into_iter()
            .find(|connection| connection.url == file.service)
            .ok_or_else(|| {
                Error::precondition(format!(
                    "This plan is for {}, and there is no connection to it. Add one and try again.",
                    file.service
                ))
            })?
            .id;
        let workspace = self.workspace(id)?;
        let attributes = workspace.directory.attributes();
        let wishes: Vec<Wish> = file
            .changes
            .into_iter()
            .map(|change| {
                let row = workspace
                    .directory
                    .row_of_scim_id(&change.id)
                    .ok_or_else(|| nobody(&change))?;
                let attribute = match &change.attribute {
                    Some(key) => Some(
                        attributes
                            .iter()
                            .find(|attribute| attribute.key == *key)
                            .ok_or_else(|| no_attribute(key))?
                            .id,
                    ),
                    None => None,
                };
                Ok(wish(row, attribute, change))
            })
            .collect::<Result<_>>()?;
        let terms = Terms {
            policy: self.policy(id)?,
            today: self.ports.clock.today(),
        };
        self.plan_wishes(id, &wishes, &terms, ORIGIN)
    }
}

fn wish(row: RowId, attribute: Option<AttributeId>, change: Change) -> Wish {
    Wish {
        row,
        act: match change.act {
            Act::Set => ChangeAct::Set,
            Act::Activate => ChangeAct::Activate,
            Act::Deactivate => ChangeAct::Deactivate,
            Act::Delete => ChangeAct::Delete,
        },
        attribute,
        before: change.before,
        after: change.after,
        source: None,
    }
}

fn act(act: ChangeAct) -> Result<Act> {
    match act {
        ChangeAct::Set => Ok(Act::Set),
        ChangeAct::Activate => Ok(Act::Activate),
        ChangeAct::Deactivate => Ok(Act::Deactivate),
        ChangeAct::Delete => Ok(Act::Delete),
        ChangeAct::Create => Err(Error::precondition(
            "This plan creates people, and such a plan can't be kept in a file. Leave the creations out and try again.",
        )),
    }
}

fn nobody(change: &Change) -> Error {
    Error::precondition(format!(
        "{} ({}) is not in the directory. Sync and try again, or take the line out of the file.",
        change.name, change.id
    ))
}

fn no_attribute(key: &str) -> Error {
    Error::precondition(format!(
        "The directory has no attribute {key}. Sync and try again, or take its lines out of the file."
    ))
}
