//! A plan in a file: to be looked at by others, and carried out on another day or machine. It names people
//! and attributes as the service does, as row and attribute ids are this machine's own.

mod read;

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::Path,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::ChangeAct;

use super::{
    item::Item,
    report,
    review::{Frozen, draft_keys},
};
use crate::{
    dormancy::Reclaim,
    engine::Engine,
    error::Result,
    files::whole,
    ids::{ConnectionId, PlanId, RowId},
};

const FORMAT: &str = "muster-plan-2";

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    connection: Whose,
    /// For the eye only; it is worked out anew when read.
    sentence: String,
    /// Over the service and the changes, as [`hash`] makes it: a file that says anything else than what was
    /// written is refused. The report has it too.
    hash: String,
    created_at: String,
    changes: Vec<Change>,
}

/// The service a plan is for.
#[derive(Serialize, Deserialize)]
struct Whose {
    name: String,
    /// Its address.
    service: String,
    /// On the machine that wrote it.
    id: ConnectionId,
}

#[derive(Serialize, Deserialize)]
struct Change {
    /// The service's id of the person; somebody new has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// For the eye only, except of somebody new.
    name: String,
    #[serde(rename = "do")]
    act: ChangeAct,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    /// Why a seat is reclaimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reclaim: Option<Reclaim>,
    /// Of somebody new, by attribute.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, String>,
}

/// SHA-256 over the compact JSON of service and changes, hex. It names nothing that is one machine's own.
fn hash(service: &str, changes: &[Change]) -> String {
    let text = serde_json::to_vec(&(service, changes)).expect("BUG: plain values make JSON");
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Engine {
    /// Writes what the plan was made of, what is held and blocked too, without what was left out and what rules add.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write_plan(&self, id: PlanId, path: &Path) -> Result<()> {
        let Frozen { items, .. } = self.frozen(id)?;
        let plan = self.plan(id)?;
        let connection = self.connection(plan.connection)?;
        let changes = changes(&items);
        let file = File {
            format: FORMAT.to_owned(),
            hash: hash(&connection.url, &changes),
            connection: Whose {
                name: connection.name,
                service: connection.url,
                id: connection.id,
            },
            sentence: plan.sentence,
            created_at: plan.created_at,
            changes,
        };
        let text = serde_json::to_string_pretty(&file).expect("BUG: plain values make JSON");
        whole(path, "The plan", |unfinished| {
            Ok(fs::write(unfinished, text)?)
        })
    }

    /// Writes the plan as a page to be read, printed and signed. `reason` stands on it where there is one.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write_report(&self, id: PlanId, path: &Path, reason: Option<&str>) -> Result<()> {
        let Frozen { items, .. } = self.frozen(id)?;
        let plan = self.plan(id)?;
        let connection = self.connection(plan.connection)?;
        let page = report::page(&report::Report {
            plan: &plan,
            hash: &hash(&connection.url, &changes(&items)),
            items: &items,
            connection: &connection.name,
            service: &connection.url,
            actor: &self.ports.actor,
            reason: reason.map(str::trim).filter(|reason| !reason.is_empty()),
        });
        whole(path, "The report", |unfinished| {
            Ok(fs::write(unfinished, page)?)
        })
    }
}

/// What goes into the file: all that was not left out.
fn changes(items: &[Item]) -> Vec<Change> {
    let created: HashSet<RowId> = items
        .iter()
        .filter(|item| item.act == ChangeAct::Create)
        .map(|item| item.row)
        .collect();
    items
        .iter()
        .filter(|item| !item.left_out)
        // What somebody new gets in a second step is told with them: planning splits it again.
        .filter(|item| item.act == ChangeAct::Create || !created.contains(&item.row))
        .flat_map(|item| changes_of(item, items))
        .collect()
}

fn changes_of(item: &Item, items: &[Item]) -> Vec<Change> {
    let one = |act: ChangeAct| Change {
        id: item.scim_id.clone(),
        name: item.spoken.clone(),
        act,
        attribute: None,
        before: None,
        after: None,
        reclaim: None,
        values: BTreeMap::new(),
    };
    if item.act == ChangeAct::Create {
        let values = items
            .iter()
            .filter(|other| other.row == item.row && !other.left_out)
            .flat_map(|other| &other.fields)
            .filter_map(|field| Some((field.key.clone(), field.after.clone()?)));
        return vec![Change {
            values: values.collect(),
            ..one(ChangeAct::Create)
        }];
    }
    draft_keys(item)
        .into_iter()
        .filter_map(|key| {
            let field = key.attribute.and_then(|attribute| {
                item.fields
                    .iter()
                    .find(|field| field.attribute.0 == attribute)
            });
            // What a rule added comes again by itself, and what is so already is done with.
            if field.map_or(key.attribute.is_some(), |field| field.added) {
                return None;
            }
            Some(Change {
                attribute: field.map(|field| field.key.clone()),
                before: field.and_then(|field| field.before.clone()),
                after: field.and_then(|field| field.after.clone()),
                reclaim: item.reclaim.clone().filter(|_| key.act == item.act),
                ..one(key.act)
            })
        })
        .collect()
}
