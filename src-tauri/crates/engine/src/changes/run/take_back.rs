//! Taking a run back, whole or in part, as another plan with the same checks.

use std::collections::BTreeSet;

use store::ChangeAct;

use super::settle::values_of;
use crate::{
    attribute::Role,
    changes::plan::{
        Plan, PlanOrigin,
        build::Terms,
        item::{Item, NewPerson, Wish},
    },
    connection::Policy,
    engine::Engine,
    error::{Error, Result},
    ids::{ConnectionId, PlanId, RowId, RunId},
    text::json,
};

impl Engine {
    /// A plan that brings back what a run changed: all of it, or the items at these positions. What somebody
    /// changed since is held. Nothing is sent.
    pub fn take_back(&self, id: RunId, positions: Option<Vec<u32>>) -> Result<Plan> {
        let stored = self.stored_run(id)?;
        let frozen = self.frozen(PlanId(stored.plan))?;
        let done = self
            .store
            .read(|reader| reader.run_items_with_effect(id.0))?;
        let wanted: Option<BTreeSet<u32>> =
            positions.map(|positions| positions.into_iter().collect());
        let mut wishes = Vec::new();
        for item in done {
            if wanted
                .as_ref()
                .is_some_and(|wanted| !wanted.contains(&item.position))
            {
                continue;
            }
            if let Some(planned) = frozen.items.get(item.position as usize) {
                self.undo_item(
                    planned,
                    RowId(item.person),
                    item.made.as_deref(),
                    &mut wishes,
                )?;
            }
        }
        // Who is deleted again needs nothing else taken back.
        let deleted: BTreeSet<RowId> = wishes
            .iter()
            .filter(|wish| wish.act == ChangeAct::Delete)
            .map(|wish| wish.row)
            .collect();
        wishes.retain(|wish| wish.act == ChangeAct::Delete || !deleted.contains(&wish.row));
        if wishes.is_empty() {
            return Err(Error::precondition(
                "Nothing of this run was done, so there is nothing to take back.",
            ));
        }
        let connection = ConnectionId(stored.connection);
        let terms = Terms {
            // The values themselves come back; a rule on top would add others.
            policy: Policy {
                set_separation_date: false,
                ..self.policy(connection)?
            },
            today: self.ports.clock.today(),
        };
        self.plan_wishes(connection, &wishes, &terms, PlanOrigin::TakeBack)
    }

    /// `made` are the attributes it changed, all of them where that is not known apart.
    fn undo_item(
        &self,
        item: &Item,
        row: RowId,
        made: Option<&[u32]>,
        wishes: &mut Vec<Wish>,
    ) -> Result<()> {
        let act = |act, after| Wish {
            row,
            act,
            attribute: None,
            before: None,
            after,
            source: None,
            reclaim: None,
            stranger: None,
        };
        match item.act {
            ChangeAct::Create => wishes.push(act(ChangeAct::Delete, None)),
            ChangeAct::Delete => {
                let Some(person) = self.store.read(|reader| reader.person_record(row.0))? else {
                    return Err(Error::precondition(format!(
                        "The copy of {} is no longer kept, so they can't be created again.",
                        item.spoken
                    )));
                };
                let new = NewPerson {
                    name: item.spoken.clone(),
                    values: values_of(&person.record),
                };
                wishes.push(act(ChangeAct::Create, Some(json(&new))));
            }
            ChangeAct::Set | ChangeAct::Activate | ChangeAct::Deactivate => {
                let changed = item
                    .fields
                    .iter()
                    .filter(|field| made.is_none_or(|made| made.contains(&field.attribute.0)));
                for field in changed {
                    if field.role == Some(Role::Active) {
                        let back = match field.before.as_deref() {
                            Some("false") => ChangeAct::Deactivate,
                            // A service may leave out what holds for everybody.
                            _ => ChangeAct::Activate,
                        };
                        wishes.push(act(back, None));
                    } else {
                        wishes.push(Wish {
                            row,
                            act: ChangeAct::Set,
                            attribute: Some(field.attribute),
                            before: field.after.clone(),
                            after: field.before.clone(),
                            source: None,
                            reclaim: None,
                            stranger: None,
                        });
                    }
                }
            }
        }
        Ok(())
    }
}
