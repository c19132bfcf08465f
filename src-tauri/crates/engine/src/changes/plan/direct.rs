//! A plan straight from edits, for hosts without a draft on screen: the draft is neither read nor changed.

use std::collections::HashMap;

use super::{Plan, PlanOrigin, build::Terms, item::Wish};
use crate::{
    changes::draft::{Edit, Overlay, Refusal, edits::allows_new_option},
    dormancy::Reclaim,
    engine::Engine,
    error::Result,
    ids::{ConnectionId, RowId},
};

impl Engine {
    /// Freezes the edits for review, and says for whom they can't be made. Nothing is sent.
    pub fn plan_edits(
        &self,
        id: ConnectionId,
        edits: Vec<(Vec<RowId>, Edit)>,
    ) -> Result<(Plan, Vec<Refusal>)> {
        self.plan_reclaiming(id, edits, &HashMap::new())
    }

    /// With why seats are reclaimed, by person.
    pub(crate) fn plan_reclaiming(
        &self,
        id: ConnectionId,
        edits: Vec<(Vec<RowId>, Edit)>,
        reclaims: &HashMap<RowId, Reclaim>,
    ) -> Result<(Plan, Vec<Refusal>)> {
        let workspace = self.workspace(id)?;
        let mirror = self.mirror(&workspace)?;
        let policy = self.policy(id)?;
        let nothing_staged = Overlay::default();
        let mut wishes = Vec::new();
        let mut refused = Vec::new();
        for (rows, edit) in edits {
            let mut stage = self.at(
                &mirror,
                &nothing_staged,
                &policy,
                rows.len(),
                PlanOrigin::CommandLine.as_str(),
            );
            stage.reading.new_option = allows_new_option(&edit);
            stage.reclaims = reclaims.clone();
            let outcome = stage.edit(&rows, &edit);
            refused.extend(outcome.refused);
            for (key, body) in outcome.states {
                // Without a body it stands as it is.
                if let Some(body) = body {
                    wishes.push(Wish::of(key, body)?);
                }
            }
        }
        let terms = Terms {
            policy,
            today: self.ports.clock.today(),
        };
        let plan = self.plan_wishes(id, &wishes, &terms, PlanOrigin::CommandLine)?;
        Ok((plan, refused))
    }
}
