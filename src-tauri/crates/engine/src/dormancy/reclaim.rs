//! Seats reclaimed: dormant people deactivated in the draft or in a plan, with the policy it was done by and the evidence
//! as it stood then.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use store::NewEvent;

use super::{DormancyPolicy, Pile, PileFilter, ask::evidence};
use crate::{
    changes::{
        draft::{Edit, Refusal, Staged},
        plan::Plan,
        words::people,
    },
    engine::{Engine, Workspace},
    error::{Error, Result},
    ids::{ConnectionId, RowId},
    people::Selection,
    text::{json, stored_json, word},
};

/// Why somebody's seat is reclaimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reclaim {
    /// The version of the policy.
    pub(crate) policy: u32,
    /// The threshold that was used, the policy's or another.
    pub(crate) days: u32,
    pub(crate) pile: Pile,
    /// In words.
    pub(crate) evidence: String,
}

impl Reclaim {
    /// As it is kept.
    pub(crate) fn written(&self) -> String {
        json(self)
    }

    /// From what is kept with a change; most have none.
    pub(crate) fn read(kept: Option<&str>) -> store::Result<Option<Self>> {
        kept.map(|text| stored_json("reason for which a seat is reclaimed", text))
            .transpose()
    }
}

impl Engine {
    /// Deactivates the chosen people of a pile in the draft, as one step that can be undone. Each keeps why, and the
    /// history says by which policy.
    ///
    /// # Errors
    /// [`crate::Code::Stale`] for a view that is no longer open.
    pub fn stage_reclaim(
        &self,
        connection: ConnectionId,
        selection: &Selection,
        pile: PileFilter,
    ) -> Result<Staged> {
        let workspace = self.workspace(connection)?;
        let policy = &workspace.directory.basis()?.policy;
        let rows = workspace.directory.rows(selection)?;
        let days = pile.days.unwrap_or(policy.days);
        let reclaims = reclaims(&workspace, &rows, policy.version, days);
        let staged = self.stage_rows(&workspace, &rows, &Edit::Deactivate, reclaims, false)?;
        if staged.changed > 0 {
            let event = self.reclaim_note(
                connection,
                "Added to the draft to reclaim",
                staged.changed,
                policy,
                &[pile.pile],
                days,
            );
            self.store.write(move |writer| {
                writer.append_history(&event)?;
                Ok::<_, Error>(())
            })?;
        }
        Ok(staged)
    }

    /// Freezes the deactivation of everybody in these piles for review, the strongest case first and among those
    /// seen long ago the longest first, at most `limit` people. `days` is another threshold than the policy's;
    /// `beside` goes with each deactivation, such as why they left.
    /// Nothing is sent; the history says by which policy it was made.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] when nobody is in these piles.
    pub fn plan_reclaim(
        &self,
        connection: ConnectionId,
        piles: &[Pile],
        days: Option<u32>,
        limit: Option<u32>,
        beside: Option<Edit>,
    ) -> Result<(Plan, Vec<Refusal>)> {
        let policy = self.board(connection)?.policy;
        let days = days.unwrap_or(policy.days);
        let workspace = self.workspace(connection)?;
        let rows = dormant_rows(&workspace, piles, days, limit);
        if rows.is_empty() {
            return Err(Error::precondition(
                "Nobody is in these piles, so there is nothing to plan. muster dormant lists who is in which.",
            ));
        }
        let reclaims = reclaims(&workspace, &rows, policy.version, days);
        let event = self.reclaim_note(
            connection,
            "Planned to reclaim",
            rows.len() as u32,
            &policy,
            piles,
            days,
        );
        let edits = [Some(Edit::Deactivate), beside].into_iter().flatten();
        let edits = edits.map(|edit| (rows.clone(), edit)).collect();
        let planned = self.plan_reclaiming(connection, edits, &reclaims)?;
        self.store.write(move |writer| {
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        Ok(planned)
    }

    fn reclaim_note(
        &self,
        connection: ConnectionId,
        done: &str,
        count: u32,
        policy: &DormancyPolicy,
        piles: &[Pile],
        days: u32,
    ) -> NewEvent {
        let piles: Vec<String> = piles.iter().map(|pile| pile_words(*pile)).collect();
        self.note(
            connection,
            format!(
                "{done} the seats of {} by dormancy policy version {} ({}, dormant after {days} days)",
                people(count),
                policy.version,
                piles.join(", "),
            ),
        )
    }
}

/// "seen long ago"
pub(super) fn pile_words(pile: Pile) -> String {
    word(pile).replace('_', " ")
}

/// Why each of these people is dormant; whoever is in no pile is not in it.
fn reclaims(
    workspace: &Workspace,
    rows: &[RowId],
    policy: u32,
    days: u32,
) -> HashMap<RowId, Reclaim> {
    let table = workspace.directory.table();
    let Some(standing) = &table.standing else {
        return HashMap::new();
    };
    rows.iter()
        .filter_map(|row| {
            let position = table.position(*row)?;
            let reclaim = Reclaim {
                policy,
                days,
                pile: standing.pile_at(position, days)?,
                evidence: evidence(&table, position),
            };
            Some((*row, reclaim))
        })
        .collect()
}

fn dormant_rows(
    workspace: &Workspace,
    piles: &[Pile],
    days: u32,
    limit: Option<u32>,
) -> Vec<RowId> {
    let table = workspace.directory.table();
    let Some(standing) = &table.standing else {
        return Vec::new();
    };
    let strength = |pile: Pile| Pile::ALL.iter().position(|known| *known == pile);
    let mut found: Vec<_> = (0..table.len() as u32)
        .filter_map(|position| {
            let pile = standing.pile_at(position, days)?;
            piles.contains(&pile).then(|| {
                let longest = std::cmp::Reverse(standing.days(position));
                (strength(pile), longest, position)
            })
        })
        .collect();
    found.sort_unstable();
    found.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
    found
        .into_iter()
        .map(|(_, _, position)| table.row(position))
        .collect()
}
