//! From a file to a plan against the directory as it is now.

use std::{collections::HashMap, fs, path::Path};

use sha2::{Digest, Sha256};
use store::ChangeAct;

use super::{Change, FORMAT, File, Whose, hash};
use crate::{
    attribute::{Attribute, Kind},
    changes::plan::{
        Plan, PlanOrigin,
        build::Terms,
        item::{NewPerson, Stranger, Wish},
    },
    connection::{Connection, ServiceKind, kept::parse_endpoint},
    engine::{Engine, Workspace},
    error::{Error, Result},
    ids::{AttributeId, ConnectionId, RowId},
    text::{hex, json},
};

impl Engine {
    /// Plans what the file says against the directory as it is now: what somebody else changed since then is
    /// held for a decision, whoever is not in the directory is held with the reason, and the rest goes. Where several connections go to the plan's service, `wanted`
    /// says which one is meant.
    ///
    /// # Errors
    /// When the file is no plan, or is for a service or attributes that are not here.
    pub fn read_plan(&self, path: &Path, wanted: Option<ConnectionId>) -> Result<Plan> {
        let bytes = fs::read(path).map_err(|error| {
            Error::precondition(format!(
                "The plan could not be read from {}: {error}.",
                path.display()
            ))
        })?;
        let file: File = serde_json::from_slice(&bytes).map_err(|error| {
            Error::precondition(format!(
                "{} is no plan of Muster's. Choose a file that was written by a review or by muster plan.",
                path.display()
            ))
            .with_detail(error)
        })?;
        if file.format != FORMAT {
            return Err(Error::precondition(format!(
                "{} was written by another version of Muster ({}, not {FORMAT}). Write the plan again with this one.",
                path.display(),
                file.format
            )));
        }
        let id = whose(&self.connections()?, &file.connection, wanted)?;
        if hash(&file.connection.service, &file.changes) != file.hash {
            return Err(Error::precondition(format!(
                "{} was edited since it was written: its hash is that of another plan. Open it as it was written, or review the changes again and write a new one.",
                path.display()
            )));
        }
        let workspace = self.workspace(id)?;
        let source = hex(&Sha256::digest(&bytes));
        let wishes = Reading {
            workspace: &workspace,
            attributes: &workspace.directory.attributes(),
            source,
        }
        .wishes(&file.changes)?;
        let terms = Terms {
            policy: self.policy(id)?,
            today: self.ports.clock.today(),
        };
        self.plan_wishes(id, &wishes, &terms, PlanOrigin::File)
    }
}

/// The connection that goes to the plan's service.
fn whose(
    connections: &[Connection],
    plan: &Whose,
    wanted: Option<ConnectionId>,
) -> Result<ConnectionId> {
    let found: Vec<&Connection> = connections
        .iter()
        .filter(|connection| {
            same_service(&connection.url, &plan.service)
                // The sample company has another address each time it is started.
                || connection.service == ServiceKind::Sample
                    && connection.id == plan.id
                    && connection.name == plan.name
        })
        .collect();
    let by = |test: &dyn Fn(&Connection) -> bool| found.iter().find(|one| test(one));
    match found.as_slice() {
        [] => Err(Error::precondition(format!(
            "This plan is for {} at {}, and no connection here goes there. Connect to it, sync, and open the plan again.",
            plan.name, plan.service
        ))),
        [one] => Ok(one.id),
        several => by(&|one| Some(one.id) == wanted)
            .or_else(|| by(&|one| one.name == plan.name))
            .map(|one| one.id)
            .ok_or_else(|| {
                let names: Vec<&str> = several.iter().map(|one| one.name.as_str()).collect();
                Error::precondition(format!(
                    "This plan is for {}, and several connections go there: {}. Change to the one that is meant and open the plan again.",
                    plan.service,
                    names.join(", ")
                ))
            }),
    }
}

/// Whether two addresses are the same service's, in either of the forms Peakon shows.
fn same_service(one: &str, other: &str) -> bool {
    match (parse_endpoint(one), parse_endpoint(other)) {
        (Ok(one), Ok(other)) => {
            one.url() == other.url()
                || one
                    .alternatives()
                    .iter()
                    .any(|twin| twin.url() == other.url())
        }
        _ => one == other,
    }
}

struct Reading<'a> {
    workspace: &'a Workspace,
    attributes: &'a [Attribute],
    /// SHA-256 of the file, hex.
    source: String,
}

impl Reading<'_> {
    fn wishes(&self, changes: &[Change]) -> Result<Vec<Wish>> {
        let mut strangers: HashMap<&str, RowId> = HashMap::new();
        let mut wishes = Vec::new();
        // Somebody new has no row yet; these numbers are never given to anybody.
        let mut new_row = u32::MAX;
        let keys: HashMap<&str, &Attribute> = self
            .attributes
            .iter()
            .map(|attribute| (attribute.key.as_str(), attribute))
            .collect();
        for change in changes {
            if change.act == ChangeAct::Create {
                wishes.push(self.creation(RowId(new_row), &keys, change)?);
                new_row -= 1;
                continue;
            }
            let known = change
                .id
                .as_deref()
                .and_then(|id| self.workspace.directory.row_of_scim_id(id));
            // Whoever the directory does not know has no row either, and one for all that is said of them.
            let row = known.unwrap_or_else(|| {
                let called = change.id.as_deref().unwrap_or(&change.name);
                *strangers.entry(called).or_insert_with(|| {
                    new_row -= 1;
                    RowId(new_row + 1)
                })
            });
            let attribute = match (&change.attribute, change.act) {
                (Some(key), _) => Some(self.attribute(&keys, key)?),
                (None, ChangeAct::Set) => {
                    return Err(Error::precondition(format!(
                        "A change of {} in the file names no attribute. Write the plan again.",
                        change.name
                    )));
                }
                (None, _) => None,
            };
            if let (Some(attribute), Some(after)) = (attribute, &change.after) {
                self.check(attribute, after, &change.name)?;
            }
            wishes.push(Wish {
                row,
                act: change.act,
                attribute: attribute.map(|attribute| attribute.id),
                before: change.before.clone(),
                after: change.after.clone(),
                source: Some(self.source.clone()),
                reclaim: change.reclaim.clone(),
                stranger: known.is_none().then(|| Stranger {
                    name: change.name.clone(),
                    id: change.id.clone(),
                }),
            });
        }
        Ok(wishes)
    }

    fn creation(
        &self,
        row: RowId,
        keys: &HashMap<&str, &Attribute>,
        change: &Change,
    ) -> Result<Wish> {
        let values = change
            .values
            .iter()
            .map(|(key, value)| {
                let attribute = self.attribute(keys, key)?;
                self.check(attribute, value, &change.name)?;
                Ok((attribute.id, value.clone()))
            })
            .collect::<Result<Vec<(AttributeId, String)>>>()?;
        Ok(Wish {
            row,
            act: ChangeAct::Create,
            attribute: None,
            before: None,
            after: Some(json(&NewPerson {
                name: change.name.clone(),
                values,
            })),
            source: Some(self.source.clone()),
            reclaim: None,
            stranger: None,
        })
    }

    fn attribute<'k>(
        &self,
        keys: &HashMap<&str, &'k Attribute>,
        key: &str,
    ) -> Result<&'k Attribute> {
        keys.get(key).copied().ok_or_else(|| {
            Error::precondition(format!(
                "The directory has no attribute {key}. Sync and open the plan again, or write it again without that attribute."
            ))
        })
    }

    /// A file can be written by other programs. What somebody has already may be as odd as it is.
    fn check(&self, attribute: &Attribute, value: &str, who: &str) -> Result<()> {
        let (fits, form) = match attribute.kind {
            Kind::Date => (
                value.parse::<jiff::civil::Date>().is_ok(),
                "a date like 2026-11-23",
            ),
            Kind::Boolean => (matches!(value, "true" | "false"), "true or false"),
            Kind::Number => (value.parse::<i64>().is_ok(), "a whole number"),
            Kind::Text | Kind::Option | Kind::Employee => return Ok(()),
        };
        if fits || self.workspace.directory.has_option(attribute.id, value) {
            return Ok(());
        }
        Err(Error::precondition(format!(
            "The file gives {who} “{value}” as {}, and that takes {form}. Write the plan again with such a value.",
            attribute.label
        )))
    }
}
