//! A reviewed plan becomes a run: what was reviewed must still be so, and the journal is written first.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use store::{ChangeAct, ChangeKey};

use super::{Run, drive::Command};
use crate::{
    attribute::{Kind, Role},
    changes::{
        ground::Ground,
        plan::{
            BrakeLevel, Confirmation, Plan, Verdict,
            build::renames,
            review::{Frozen, draft_keys},
            summary::hash,
        },
    },
    engine::Engine,
    error::{Code, Error, Result},
    ids::{PlanId, RowId, RunId},
    text::json,
};

impl Engine {
    /// Carries a plan out. The journal is written first; nothing is sent before this returns.
    ///
    /// # Errors
    /// [`Code::Stale`] when the plan is another than the one that was on screen, [`Code::Brake`] when a brake
    /// was not passed, [`Code::Busy`] while another run or a sync has the connection.
    pub fn start_run(self: &Arc<Self>, id: PlanId, confirmation: Confirmation) -> Result<Run> {
        let frozen = self.frozen(id)?;
        let plan = self.page_plan(&frozen.stored)?;
        check(&plan, &confirmation)?;
        let connection = frozen.connection();
        if self.is_syncing(connection) {
            return Err(Error::new(
                Code::Busy,
                "This connection is being synced. Wait for the sync to end, or cancel it, then send the changes.",
            ));
        }
        // Before looking whether it was sent already: nobody can send it between the look and the journal.
        let hold = self.hold(connection)?;
        let runs = self.store.read(|reader| reader.runs(connection.0))?;
        if runs.iter().any(|run| run.plan == id.0) {
            return Err(Error::precondition(
                "This plan has been sent already. Review the draft again for what is left.",
            ));
        }
        if runs.iter().any(|run| !run.state.has_ended()) {
            return Err(Error::new(
                Code::Busy,
                "Another run on this connection is not finished. Let it go on, or cancel it, then send this one.",
            ));
        }
        self.check_unmoved(&frozen)?;
        let run = self.journal_run(&frozen, &confirmation)?;
        self.draft_changed(connection)?;
        self.drive(run, hold, Command::Go);
        self.run(run)
    }

    /// What was reviewed must still be so: the items themselves, the draft behind them, who is protected, and
    /// the day on which people leave.
    fn check_unmoved(&self, frozen: &Frozen) -> Result<()> {
        let moved = |what: String| {
            Err(Error::new(
                Code::Stale,
                format!("Nothing has been sent. {what} Review the changes again, then confirm."),
            ))
        };
        let connection = frozen.connection();
        if hash(connection, &frozen.items) != frozen.stored.hash {
            return moved("The plan was changed since it was shown.".into());
        }
        let workspace = self.workspace(connection)?;
        let mirror = self.mirror(&workspace)?;
        let today = self.ports.clock.today().to_string();
        let staged: Option<HashMap<ChangeKey, Option<String>>> = match frozen.stored.origin.as_str()
        {
            "draft" => Some(
                self.staged_changes(connection)?
                    .into_iter()
                    .map(|change| (change.key, change.body.after))
                    .collect(),
            ),
            _ => None,
        };
        // A new person's values are staged with the person.
        let created: HashSet<RowId> = frozen
            .items
            .iter()
            .filter(|item| item.act == ChangeAct::Create)
            .map(|item| item.row)
            .collect();
        let renames = renames(&frozen.items);
        for item in frozen.items.iter().filter(|item| item.goes()) {
            if item.leaves()
                && !item.protected
                && let Some(why) = mirror.protected(item.row)
            {
                return moved(format!("{why}, which was not so in review."));
            }
            let dated = item.fields.iter().find(|field| {
                field.added && field.role == Some(Role::SeparationDate) && field.after.is_some()
            });
            if let Some(field) = dated
                && field.after.as_deref() != Some(today.as_str())
            {
                return moved(format!(
                    "{} of {} would be {}, the day of the review, and today is {today}.",
                    field.label,
                    item.spoken,
                    field.after.as_deref().unwrap_or_default()
                ));
            }
            let Some(staged) = &staged else { continue };
            let stands = draft_keys(item).iter().all(|key| {
                let field = item
                    .fields
                    .iter()
                    .find(|field| key.attribute == Some(field.attribute.0));
                match (field, staged.get(key)) {
                    (Some(field), _) if field.added || created.contains(&item.row) => true,
                    (_, None) => false,
                    // Who is renamed in the plan is pointed at by the new name.
                    (Some(field), Some(after)) => {
                        let renamed = || renames.get(&after.as_deref()?.to_lowercase());
                        *after == field.after
                            || field.kind == Kind::Employee && renamed() == field.after.as_ref()
                    }
                    (None, Some(_)) => true,
                }
            });
            if !stands {
                return moved(format!(
                    "What is staged for {} is another change than in review.",
                    item.spoken
                ));
            }
        }
        Ok(())
    }

    /// Writes the run and all its items down, and takes their changes out of the draft, in one transaction.
    fn journal_run(&self, frozen: &Frozen, confirmation: &Confirmation) -> Result<RunId> {
        let rows: Vec<(u32, u32, u32)> = frozen
            .items
            .iter()
            .filter(|item| item.goes())
            .map(|item| (item.position, item.wave, item.row.0))
            .collect();
        let keys: Vec<ChangeKey> = frozen
            .items
            .iter()
            .filter(|item| item.goes() || item.own == Verdict::Same)
            .flat_map(draft_keys)
            .collect();
        let draft = frozen
            .stored
            .draft
            .filter(|_| frozen.stored.origin == "draft");
        let (connection, plan) = (frozen.stored.connection, frozen.stored.id);
        let (confirmation, now) = (json(confirmation), self.now());
        self.store.write(move |writer| {
            let run = writer.add_run(connection, plan, &confirmation, &now, &rows)?;
            if let Some(draft) = draft {
                writer.hand_over_changes(draft, &keys)?;
            }
            Ok::<_, Error>(RunId(run))
        })
    }
}
/// Whether what was typed passes what the plan asks for.
fn check(plan: &Plan, confirmation: &Confirmation) -> Result<()> {
    if confirmation.hash != plan.hash {
        return Err(Error::new(
            Code::Stale,
            "This plan is another than the one that was shown. Look at it again, then confirm.",
        ));
    }
    if plan.confirm.empty {
        return Err(Error::precondition(
            "There is nothing to send in this plan.",
        ));
    }
    if let Some(number) = plan.confirm.type_number
        && confirmation.number != Some(number)
    {
        let said = plan
            .brakes
            .iter()
            .filter(|brake| brake.level >= BrakeLevel::Stop)
            .map(|brake| brake.message.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        return Err(Error::new(Code::Brake, said));
    }
    let reason = confirmation.reason.as_deref().unwrap_or_default().trim();
    if plan.confirm.reason && reason.is_empty() {
        return Err(Error::new(
            Code::Brake,
            "Nothing has been sent. This touches more than 20% of the directory, so a reason is needed as well.",
        ));
    }
    if let Some(name) = &plan.confirm.type_name {
        let typed = confirmation.name.as_deref().unwrap_or_default().trim();
        if typed.to_lowercase() != name.to_lowercase() {
            return Err(Error::new(
                Code::Brake,
                format!("Nothing has been sent. {name} is protected: type the name to go on."),
            ));
        }
    }
    Ok(())
}
