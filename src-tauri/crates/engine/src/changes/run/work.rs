//! The work of a run between two stops: wave after wave, each after what it needs, then reading back.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use scim::{List, Listing, dialect::Writing};
use store::{RunItemState, RunStep};

use super::{
    drive::{Command, Driver, End},
    trouble::others_first,
    wave::{Line, planned},
};
use crate::{
    changes::plan::summary::{Checking, checking, read_by_listing},
    error::Result,
};

/// Where each item stands.
pub(super) type States = HashMap<u32, RunItemState>;

impl Driver {
    /// Sends what waits and settles what is unknown; where the run is not to go on only the latter.
    pub(super) async fn work(&mut self, wanted: Command) -> Result<End> {
        let mut steps = self.steps().await?;
        let mut states: States = steps
            .iter()
            .map(|step| (step.position, step.state))
            .collect();
        let pilot = self.pilot.filter(|_| wanted == Command::Go);
        let rest = pilot.map_or_else(Vec::new, |first| {
            steps.split_off(steps.len().min(first as usize))
        });
        let end = self.waves(&steps, &mut states, wanted).await?;
        if matches!(end, End::Ordered(_) | End::Stopped(_)) {
            let steps = self.steps().await?;
            self.meter.recount(&steps);
        }
        let more = rest.iter().any(|step| !step.state.is_settled());
        Ok(match end {
            End::Finished if more => End::Piloted(of_the_pilot(&steps, &states)),
            other => other,
        })
    }

    pub(super) async fn steps(&self) -> Result<Vec<RunStep>> {
        let run = self.run.0;
        self.engine
            .blocking(move |engine| Ok(engine.store.read(|reader| reader.run_steps(run))?))
            .await
    }

    async fn waves(
        &mut self,
        steps: &[RunStep],
        states: &mut States,
        wanted: Command,
    ) -> Result<End> {
        let mut waves: BTreeMap<u32, VecDeque<RunStep>> = BTreeMap::new();
        for step in steps {
            match step.state {
                RunItemState::Waiting if wanted != Command::Go => {}
                RunItemState::Waiting | RunItemState::Sending | RunItemState::Unknown => {
                    waves.entry(step.wave).or_default().push_back(*step);
                }
                RunItemState::Sent
                | RunItemState::Done
                | RunItemState::Same
                | RunItemState::Held
                | RunItemState::Failed
                | RunItemState::Cancelled => {}
            }
        }
        self.carrier.slots.open();
        self.carrier.slots.resize(self.width.now());
        for (_, queue) in waves {
            // A yes that is not read back is no ground for what depends on it.
            let needed = self.needed(&queue)?;
            if let Some(end) = self.settle_sent(states, Some(&needed), wanted).await? {
                return Ok(end);
            }
            let line = self.line(queue).await?;
            if let Some(end) = self.wave(line, states, wanted).await? {
                return Ok(end);
            }
        }
        let end = self.settle_sent(states, None, wanted).await?;
        Ok(end.unwrap_or(End::Finished))
    }

    /// What has to be done before these.
    fn needed(&self, queue: &VecDeque<RunStep>) -> Result<HashSet<u32>> {
        let mut needed = HashSet::new();
        for step in queue {
            needed.extend(&planned(&self.items, step.position)?.after);
        }
        Ok(needed)
    }

    /// Whom to read one by one, and whom to find in a listing of everybody where that costs fewer operations. A
    /// person found is taken up at once: the listing lasts as long as the wave does, and never grows old.
    async fn line(&self, queue: VecDeque<RunStep>) -> Result<Line> {
        let troubled = |position: u32| self.troubled.contains_key(&position);
        let listable = |step: &RunStep| {
            let item = self.items.get(step.position as usize)?;
            let waits = step.state == RunItemState::Waiting && read_by_listing(item);
            item.scim_id.clone().filter(|_| waits)
        };
        let people = queue.iter().filter_map(listable).count() as u32;
        let (directory, page_size) = self.pages().await?;
        let checking = checking(people, directory, page_size);
        Ok(match (checking, self.carrier.writing()) {
            (Checking::Singly, _) => Line::singly(others_first(queue, troubled)),
            // A whole record is sent as it was read a moment ago, so a listing would show people for nothing.
            (Checking::ByListing, Writing::Replace) => {
                Line::singly(others_first(queue, troubled)).read_back_later()
            }
            (Checking::ByListing, Writing::Patch) => {
                Line::by_listing(queue, self.list(), listable, troubled)
            }
        })
    }

    /// Everybody. Whom it misses is read singly, which costs less than going through once more.
    pub(super) fn list(&self) -> List {
        self.carrier.client.list(Listing {
            rescan: false,
            ..self.carrier.listing.clone()
        })
    }

    /// People in the directory, and on a page of a listing.
    pub(super) async fn pages(&self) -> Result<(u32, u32)> {
        let connection = self.connection;
        self.engine
            .blocking(move |engine| {
                let directory = engine.workspace(connection)?.directory.len() as u32;
                let page_size = engine.capabilities(connection)?.page_size.max(1);
                Ok((directory, page_size))
            })
            .await
    }
}

/// What the admin is told to look at.
fn of_the_pilot(steps: &[RunStep], states: &States) -> String {
    let well = steps
        .iter()
        .filter(|step| {
            let state = states.get(&step.position);
            matches!(state, Some(RunItemState::Done | RunItemState::Same))
        })
        .count();
    let first = steps.len();
    match (first, first - well) {
        (1, 0) => "The first one is done and read back. Look at it, then go on.".to_owned(),
        (_, 0) => format!("The first {first} are done and read back. Look at them, then go on."),
        (_, not) => {
            let be = |count: usize| if count == 1 { "is" } else { "are" };
            format!(
                "Of the first {first}, {well} {} done and read back and {not} {} not. Look at them before going on.",
                be(well),
                be(not)
            )
        }
    }
}
