//! A plan that deactivates the dormant, for hosts without a grid to choose in.

use super::{Pile, board::pile_word};
use crate::{
    changes::{
        draft::{Edit, Refusal},
        plan::Plan,
        words::people,
    },
    engine::Engine,
    error::{Error, Result},
    ids::{ConnectionId, RowId},
};

impl Engine {
    /// Freezes the deactivation of everybody in these piles for review, the strongest case first and among those
    /// seen long ago the longest first, at most `limit` people. `days` is another threshold than the policy's.
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
    ) -> Result<(Plan, Vec<Refusal>)> {
        let policy = self.board(connection)?.policy;
        let rows = self.dormant_rows(connection, piles, days, limit)?;
        if rows.is_empty() {
            return Err(Error::precondition(
                "Nobody is in these piles, so there is nothing to plan. muster dormant lists who is in which.",
            ));
        }
        let names: Vec<String> = piles.iter().map(|pile| pile_word(*pile)).collect();
        let event = self.note(
            connection,
            format!(
                "Planned to reclaim the seats of {} by dormancy policy version {} ({}, {} days)",
                people(rows.len() as u32),
                policy.version,
                names.join(", ").replace('_', " "),
                days.unwrap_or(policy.days)
            ),
        );
        let planned = self.plan_edits(connection, vec![(rows, Edit::Deactivate)])?;
        self.store.write(move |writer| {
            writer.append_history(&event)?;
            Ok::<_, Error>(())
        })?;
        Ok(planned)
    }

    fn dormant_rows(
        &self,
        connection: ConnectionId,
        piles: &[Pile],
        days: Option<u32>,
        limit: Option<u32>,
    ) -> Result<Vec<RowId>> {
        let workspace = self.workspace(connection)?;
        let basis = workspace.directory.basis()?;
        let threshold = days.unwrap_or(basis.policy.days);
        let table = workspace.directory.table();
        let Some(standing) = &table.standing else {
            return Ok(Vec::new());
        };
        let strength = |pile: Pile| Pile::ALL.iter().position(|known| *known == pile);
        let mut found: Vec<_> = (0..table.len() as u32)
            .filter_map(|position| {
                let pile = standing.pile_at(position, threshold)?;
                piles.contains(&pile).then(|| {
                    let longest = std::cmp::Reverse(standing.days(position));
                    (strength(pile), longest, position)
                })
            })
            .collect();
        found.sort_unstable();
        found.truncate(limit.map_or(usize::MAX, |limit| limit as usize));
        Ok(found
            .into_iter()
            .map(|(_, _, position)| table.row(position))
            .collect())
    }
}
