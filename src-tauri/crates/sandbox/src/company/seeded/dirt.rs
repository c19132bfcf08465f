//! What is wrong with the records of a real directory, at rates as one finds them.

use super::{Cell, DOMAIN, Seed, Seeded};
use crate::company::attribute::{
    COST_CENTER, DATE_OF_BIRTH, DEPARTMENT, LOCATION, MANAGER, SEEDED, SEPARATION_DATE,
    SEPARATION_REASON, TEAM, TENURE,
};
use crate::company::calendar;
use crate::company::dice::Choice;
use crate::company::vocabulary::{REASONS, longest_option, pick};

/// What is wrong or special about somebody's record, as in every real directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dirt {
    /// Works on the floor and has no e-mail address.
    Kiosk,
    Leaver,
    LeavingSoon,
    FutureStarter,
    /// Engagement is switched off; the person has not left.
    OnLeave,
    PlusAddress,
    /// A second record of the person before, whose address differs only in capitals.
    Twin,
    /// A second record of the person before, under the same address with a part after a plus sign.
    PlusTwin,
    /// Started yesterday.
    NewHire,
    NoManager,
    /// The manager's address belongs to nobody.
    UnknownManager,
    LongOption,
    OddDate,
    NoDepartment,
    NoNumber,
    /// A location spelled almost like another.
    LookAlike,
}

/// Each of these is found at least once, however small the company, as long as it has 50 people.
const GUARANTEED: [Dirt; 18] = [
    Dirt::Leaver,
    Dirt::Kiosk,
    Dirt::FutureStarter,
    Dirt::Twin,
    Dirt::OnLeave,
    Dirt::PlusAddress,
    Dirt::NoManager,
    Dirt::UnknownManager,
    Dirt::LongOption,
    Dirt::OddDate,
    Dirt::LeavingSoon,
    Dirt::NoDepartment,
    Dirt::NoNumber,
    Dirt::LookAlike,
    Dirt::PlusTwin,
    Dirt::PlusTwin,
    Dirt::NewHire,
    Dirt::NewHire,
];

impl Dirt {
    /// Whether it is a second record of the person before.
    pub fn is_double(self) -> bool {
        matches!(self, Dirt::Twin | Dirt::PlusTwin)
    }
}

impl Seed {
    pub(super) fn place_guaranteed(&self) -> Vec<(u32, Option<Dirt>)> {
        let people = self.shape.people;
        let leaf = |index: u32| self.shape.reports(self.shape.rank(index)) == 0;
        let mut placed: Vec<(u32, Option<Dirt>)> = Vec::new();
        let stride = (people / 20).clamp(2, 97);
        let mut index = 3 % people;
        for dirt in GUARANTEED {
            let fits = |index: u32, placed: &[(u32, Option<Dirt>)]| {
                let free =
                    |index: u32| leaf(index) && placed.iter().all(|(taken, _)| *taken != index);
                let floor = || {
                    self.shape
                        .department(self.shape.rank(index))
                        .is_some_and(|(department, _)| department.on_the_floor)
                };
                match dirt {
                    Dirt::Twin | Dirt::PlusTwin => index > 0 && free(index) && free(index - 1),
                    Dirt::Kiosk => free(index) && floor(),
                    _ => free(index),
                }
            };
            let tries = (0..people)
                .map(|step| (index + step) % people)
                .find(|index| fits(*index, &placed));
            if let Some(found) = tries {
                placed.push((found, Some(dirt)));
                if dirt.is_double() {
                    // The person who is doubled stays ordinary, or there would be nothing to compare.
                    placed.push((found - 1, None));
                }
                index = (found + stride) % people;
            }
        }
        placed.sort_by_key(|(index, _)| *index);
        placed
    }

    pub(super) fn place_cycle(&self) -> Option<(u32, u32)> {
        let shape = &self.shape;
        let busy = |rank: u32| shape.reports(rank) > 0;
        let deep = (2..shape.people).find(|rank| {
            shape.depth(*rank) >= 3 && busy(*rank) && shape.depth(shape.manager_rank(*rank)) >= 2
        });
        let rank = deep.or_else(|| (2..shape.people).find(|rank| shape.depth(*rank) == 2))?;
        Some((shape.index(shape.manager_rank(rank)), shape.index(rank)))
    }

    fn dirt_of(&self, index: u32) -> Option<Dirt> {
        if let Ok(place) = self
            .guaranteed
            .binary_search_by_key(&index, |(index, _)| *index)
        {
            return self.guaranteed[place].1;
        }
        let rank = self.shape.rank(index);
        if self.shape.reports(rank) > 0 {
            return None;
        }
        let dirt = match self.roll(index, Choice::Dirt) % 10_000 {
            0..400 => Dirt::Leaver,
            400..470 => Dirt::LeavingSoon,
            470..570 => Dirt::FutureStarter,
            570..720 => Dirt::OnLeave,
            720..750 => Dirt::PlusAddress,
            750..760 => Dirt::Twin,
            760..810 => Dirt::NoManager,
            810..820 => Dirt::UnknownManager,
            820..822 => Dirt::LongOption,
            822..850 => Dirt::OddDate,
            850..900 => Dirt::NoDepartment,
            900..930 => Dirt::NoNumber,
            930..950 => Dirt::LookAlike,
            _ => {
                let (department, _) = self.shape.department(rank)?;
                let kiosk =
                    department.on_the_floor && self.roll(index, Choice::DirtVariant) % 100 < 14;
                return kiosk.then_some(Dirt::Kiosk);
            }
        };
        Some(dirt)
    }

    pub fn dirt(&self, index: u32) -> Option<Dirt> {
        match self.dirt_of(index) {
            Some(double)
                if double.is_double()
                    && (index == 0
                        || self.dirt_of(index - 1).is_some()
                        || self.shape.reports(self.shape.rank(index - 1)) > 0) =>
            {
                None
            }
            dirt => dirt,
        }
    }

    pub(super) fn soil<'a>(&'a self, index: u32, dirt: Option<Dirt>, person: &mut Seeded<'a>) {
        let variant = self.roll(index, Choice::DirtVariant);
        let started = match person.cells[TENURE] {
            Cell::Day(day) => day,
            _ => self.anchor,
        };
        let born = match person.cells[DATE_OF_BIRTH] {
            Cell::Day(day) => day,
            _ => started,
        };
        let manager_left = self.shape.reports(self.shape.rank(index)) > 0
            && self.shape.depth(self.shape.rank(index)) >= 3
            && self.roll(index, Choice::ManagerLeft).is_multiple_of(400);
        if manager_left || self.left_manager == Some(index) {
            self.leave(index, started, person);
            return;
        }
        let cells = &mut person.cells;
        match dirt {
            Some(Dirt::Leaver) => self.leave(index, started, person),
            Some(Dirt::LeavingSoon) => {
                cells[SEPARATION_DATE] = Cell::Day(self.anchor + 12 + (variant % 160) as i32);
                cells[SEPARATION_REASON] = pick(REASONS, self.roll(index, Choice::Reason)).into();
            }
            Some(Dirt::FutureStarter) => {
                cells[TENURE] = Cell::Day(self.anchor + 9 + (variant % 140) as i32);
                person.active = !variant.is_multiple_of(3);
            }
            Some(Dirt::NewHire) => cells[TENURE] = Cell::Day(self.anchor - 1),
            Some(Dirt::OnLeave) => person.active = false,
            Some(Dirt::NoManager) => cells[MANAGER] = Cell::Unset,
            Some(Dirt::UnknownManager) => {
                cells[MANAGER] = format!("former.manager{}@{DOMAIN}", 1 + variant % 40).into()
            }
            Some(Dirt::LongOption) => cells[TEAM] = longest_option().into(),
            Some(Dirt::OddDate) => odd_date(variant, started, born, cells),
            Some(Dirt::NoDepartment) => {
                cells[DEPARTMENT] = Cell::Unset;
                cells[COST_CENTER] = Cell::Unset;
            }
            Some(Dirt::LookAlike) => {
                cells[LOCATION] = if variant.is_multiple_of(2) {
                    "london "
                } else {
                    "Remote - EMEA"
                }
                .into()
            }
            Some(dirt) if dirt.is_double() => {
                cells[DATE_OF_BIRTH] = self.person(index - 1).cells[DATE_OF_BIRTH].clone();
            }
            Some(
                Dirt::Kiosk | Dirt::PlusAddress | Dirt::Twin | Dirt::PlusTwin | Dirt::NoNumber,
            )
            | None => {}
        }
    }

    fn leave(&self, index: u32, started: i32, person: &mut Seeded<'_>) {
        let draw = self.roll(index, Choice::Separation);
        let left = (self.anchor - 3 - (draw % 640) as i32)
            .max(started + 5)
            .min(self.anchor - 1);
        person.cells[SEPARATION_DATE] = Cell::Day(left);
        person.cells[SEPARATION_REASON] = pick(REASONS, self.roll(index, Choice::Reason)).into();
        // One leaver in nine was never switched off: they no longer count, but look as if they did.
        person.active = self.roll(index, Choice::Engagement).is_multiple_of(9);
    }
}

fn odd_date(variant: u64, started: i32, born: i32, cells: &mut [Cell<'_>; SEEDED]) {
    let day = calendar::date_time(started);
    let date = &day[..10];
    let born = calendar::date_time(born);
    match variant % 5 {
        0 => cells[TENURE] = format!("{date}T00:00:00+02:00").into(),
        1 => cells[TENURE] = date.to_owned().into(),
        2 => cells[TENURE] = format!("{date}T13:45:00Z").into(),
        3 => cells[DATE_OF_BIRTH] = "1900-01-01T00:00:00Z".into(),
        _ => cells[DATE_OF_BIRTH] = format!("{}T00:00:00.000Z", &born[..10]).into(),
    }
}
