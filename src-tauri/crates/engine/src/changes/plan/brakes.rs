//! Limits on how many people one plan may touch in one way: warned at 2% of the directory, stopped above the
//! smaller of 5% or 50 people but never below 5, and a reason asked above 20%.

use std::collections::BTreeSet;

use store::ChangeAct;

use super::{Brake, BrakeKind, BrakeLevel, item::Item};
use crate::{attribute::Role, changes::words, ids::RowId};

const KINDS: [BrakeKind; 5] = [
    BrakeKind::Delete,
    BrakeKind::Deactivate,
    BrakeKind::ChangeManager,
    BrakeKind::ClearValue,
    BrakeKind::Create,
];

fn counts(kind: BrakeKind, item: &Item) -> bool {
    match kind {
        BrakeKind::Delete => item.act == ChangeAct::Delete,
        // A separation date takes people out of surveys just as well.
        BrakeKind::Deactivate => item.act != ChangeAct::Delete && item.leaves(),
        BrakeKind::Create => item.act == ChangeAct::Create,
        BrakeKind::ChangeManager => {
            item.act != ChangeAct::Create && item.changes_role(Role::Manager)
        }
        BrakeKind::ClearValue => item.clears(),
    }
}

/// How many people one plan may touch in one way without being stopped.
pub(crate) fn limit(directory: u32) -> u32 {
    (directory / 20).clamp(5, 50)
}

pub(crate) fn brakes(items: &[Item], directory: u32) -> Vec<Brake> {
    KINDS
        .into_iter()
        .filter_map(|kind| {
            let touched: BTreeSet<RowId> = items
                .iter()
                .filter(|item| item.goes() && counts(kind, item))
                .map(|item| item.row)
                .collect();
            brake(kind, touched.len() as u32, directory)
        })
        .collect()
}

fn brake(kind: BrakeKind, people: u32, directory: u32) -> Option<Brake> {
    let limit = limit(directory);
    let percent = f64::from(people) * 100.0 / f64::from(directory.max(1));
    let level = if people > limit && percent > 20.0 {
        BrakeLevel::StopWithReason
    } else if people > limit {
        BrakeLevel::Stop
    } else if people > 0 && percent >= 2.0 {
        BrakeLevel::Warn
    } else {
        return None;
    };
    let act = match kind {
        BrakeKind::Deactivate => "deactivates",
        BrakeKind::Delete => "deletes",
        BrakeKind::ChangeManager => "changes the manager of",
        BrakeKind::ClearValue => "clears values of",
        BrakeKind::Create => "creates",
    };
    let share = format!("{percent:.1}% of the directory");
    let said = match kind {
        BrakeKind::Create => format!("This {act} {}, which is {share}", words::people(people)),
        _ => format!("This {act} {share}"),
    };
    let message = match level {
        BrakeLevel::Warn => format!("{said}."),
        BrakeLevel::Stop => format!(
            "Nothing has been sent. {said}, more than the {limit} people one plan may touch. \
             Type the number to go on, or leave some out."
        ),
        BrakeLevel::StopWithReason => format!(
            "Nothing has been sent. {said}, far more than the {limit} people one plan may touch. \
             Type the number and a reason to go on, or leave some out."
        ),
    };
    Some(Brake {
        kind,
        level,
        people,
        percent,
        limit,
        message,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_five_percent_between_five_and_fifty() {
        for (directory, expected) in [
            (0, 5),
            (50, 5),
            (100, 5),
            (200, 10),
            (999, 49),
            (5_000, 50),
            (300_000, 50),
        ] {
            assert_eq!(limit(directory), expected, "in a directory of {directory}");
        }
    }

    #[test]
    fn levels_follow_the_share() {
        let level = |people, directory| {
            brake(BrakeKind::Deactivate, people, directory).map(|brake| brake.level)
        };
        assert_eq!(level(0, 10), None, "nothing to brake");
        assert_eq!(level(1, 100), None, "under 2%");
        assert_eq!(level(2, 100), Some(BrakeLevel::Warn), "2%");
        assert_eq!(
            level(5, 10),
            Some(BrakeLevel::Warn),
            "never stopped below 6 people, however small the company"
        );
        assert_eq!(level(6, 100), Some(BrakeLevel::Stop), "6%");
        assert_eq!(
            level(51, 300_000),
            Some(BrakeLevel::Stop),
            "more than 50 people"
        );
        assert_eq!(level(21, 100), Some(BrakeLevel::StopWithReason), "over 20%");
        assert_eq!(
            level(20, 100),
            Some(BrakeLevel::Stop),
            "20% is not over 20%"
        );
    }
}
