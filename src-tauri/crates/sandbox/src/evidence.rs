//! Activity files that go with a sample company, and the truth they were made from: who was seen when, and which pile each
//! person belongs on by Muster's default policy.
//!
//! The same people, seed and day give the same files, byte for byte but for the workbook's own time stamp.

mod files;
mod people;

use std::io;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use crate::company::calendar;
use crate::company::seeded::Seed;

/// Inactive for so many days is dormant.
pub const DAYS: i32 = 180;
/// Hired within so many days is too early to tell.
pub const GRACE: i32 = 60;

/// What the files were made from.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Truth {
    pub today: String,
    pub days: i32,
    pub grace_days: i32,
    pub files: Vec<File>,
    /// Names in the files that stand for somebody whose e-mail was changed since.
    pub aliases: Vec<Alias>,
    /// Everybody in the company, in its order.
    pub people: Vec<Known>,
}

/// One file, with how its rows are to come out before any alias is confirmed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    pub name: String,
    /// As Muster names the kinds of sources.
    pub kind: &'static str,
    pub rows: u32,
    pub matched: u32,
    pub unmatched: u32,
    pub ambiguous: u32,
    pub unreadable: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    pub file: String,
    pub written: String,
    pub scim_id: String,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Known {
    pub scim_id: String,
    pub email: Option<String>,
    pub employee_number: Option<String>,
    pub place: Place,
    /// Where they are as long as no alias is confirmed, when that is elsewhere.
    pub place_without_alias: Option<Place>,
    /// Days since they were last seen.
    pub days: Option<i32>,
    pub last_seen: Option<String>,
    /// What is special about them.
    pub case: Option<Case>,
}

/// Where the default policy puts somebody: the first that fits, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Needs no seat.
    Left,
    /// People report to them.
    Exempt,
    LeftStillActive,
    Duplicates,
    Leave,
    Grace,
    SeenLately,
    SeenLongAgo,
    NeverSeen,
    NoEvidence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// The file also has the address without the plus, which is somebody else's.
    PlusAddress,
    /// The file knows them by an address they no longer have.
    ChangedEmail,
    /// Just long enough ago by UTC, and not yet by the zone it is written in.
    JustBeforeMidnight,
    /// Just not long enough ago by UTC, though by the zone it is written in.
    JustAfterMidnight,
    /// Their only date is still to come.
    FutureDate,
    /// Last seen on 29 February.
    LeapDay,
    /// Every sign-in of theirs failed.
    OnlyFailures,
    /// Signs in although the HR system says they left.
    LeftAndSeen,
    /// Shares an e-mail with another record but for capitals.
    SharedEmail,
    /// Has another record under the same e-mail, one of the two with a part after a plus sign.
    TwoRecords,
    /// Started yesterday, so no file can know them.
    HiredYesterday,
}

/// Makes the files in `folder`, which is made when missing, with the truth as `truth.json` beside them.
///
/// # Errors
/// The folder or a file cannot be written.
pub fn write(folder: &Path, people: u32, seed: u64, today: Date) -> io::Result<Truth> {
    std::fs::create_dir_all(folder)?;
    let day = calendar::day_number(today);
    let seed = Seed::new(people, seed, day);
    let cast = people::Cast::new(&seed, day);
    let files = files::write(folder, &seed, &cast)?;
    let truth = Truth {
        today: people::iso(day),
        days: DAYS,
        grace_days: GRACE,
        files,
        aliases: cast.aliases(),
        people: cast.known(),
    };
    let file = std::fs::File::create(folder.join("truth.json"))?;
    serde_json::to_writer_pretty(io::BufWriter::new(file), &truth)?;
    Ok(truth)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_truth_has_every_place_and_every_case_and_is_the_same_each_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let today = jiff::civil::date(2026, 11, 23);
        let truth = write(&folder.path().join("one"), 2_000, 3, today).expect("writes");
        let again = write(&folder.path().join("two"), 2_000, 3, today).expect("writes");
        assert_eq!(
            truth.people, again.people,
            "a seed is a company and its evidence"
        );
        for file in truth
            .files
            .iter()
            .filter(|file| file.name.ends_with(".csv"))
        {
            let read = |which: &str| {
                std::fs::read(folder.path().join(which).join(&file.name)).expect("is there")
            };
            assert!(
                read("one") == read("two"),
                "{} is the same bytes",
                file.name
            );
        }
        let places: BTreeSet<Place> = truth.people.iter().map(|known| known.place).collect();
        for place in [
            Place::Left,
            Place::Exempt,
            Place::LeftStillActive,
            Place::Duplicates,
            Place::Leave,
            Place::Grace,
            Place::SeenLately,
            Place::SeenLongAgo,
            Place::NeverSeen,
            Place::NoEvidence,
        ] {
            assert!(places.contains(&place), "somebody is at {place:?}");
        }
        for case in [
            Case::PlusAddress,
            Case::ChangedEmail,
            Case::JustBeforeMidnight,
            Case::JustAfterMidnight,
            Case::FutureDate,
            Case::LeapDay,
            Case::OnlyFailures,
            Case::LeftAndSeen,
            Case::SharedEmail,
            Case::TwoRecords,
            Case::HiredYesterday,
        ] {
            assert!(
                truth.people.iter().any(|known| known.case == Some(case)),
                "somebody is a case of {case:?}"
            );
        }
        for file in &truth.files {
            assert_eq!(
                file.rows,
                file.matched + file.unmatched + file.ambiguous + file.unreadable,
                "every row of {} is accounted for",
                file.name
            );
        }
    }
}
