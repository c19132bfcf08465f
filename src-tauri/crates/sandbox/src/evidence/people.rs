//! Who was seen when, and where that puts them.

use std::collections::{BTreeSet, HashMap};

use super::{Alias, Case, DAYS, GRACE, Known, Place};
use crate::company::attribute::{DATE_OF_BIRTH, MANAGER, SEPARATION_DATE, TENURE};
use crate::company::calendar;
use crate::company::dice::{Choice, roll};
use crate::company::seeded::{Cell, Dirt, Seed};

/// What the identity provider knows of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// Nothing: not listed.
    None,
    /// Listed, never signed in.
    Never,
    /// Last signed in on this day.
    Seen(i32),
}

/// What the HR system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Employment {
    Active,
    Leave,
    /// With the last day worked.
    Left(i32),
}

pub(super) struct Member {
    pub index: u32,
    pub id: u64,
    pub given: String,
    pub family: String,
    pub email: Option<String>,
    pub number: Option<String>,
    pub user_name: String,
    pub trace: Trace,
    pub employment: Employment,
    pub case: Option<Case>,
    /// How they are written in the identity provider, when that is not their e-mail or user name.
    pub written: Option<String>,
    /// Someone else's record has this e-mail but for capitals.
    pub shared: bool,
    started: Option<i32>,
    born: Option<i32>,
    active: bool,
    gone: bool,
    reports: bool,
    /// Another record of the same person stays.
    twin: bool,
}

pub(super) struct Cast {
    pub today: i32,
    pub members: Vec<Member>,
}

pub(super) fn iso(day: i32) -> String {
    calendar::date_time(day)[..10].to_owned()
}

impl Cast {
    pub(super) fn new(seed: &Seed, today: i32) -> Cast {
        let count = seed.shape.people;
        let mut members: Vec<Member> = Vec::with_capacity(count as usize);
        let mut managers = BTreeSet::new();
        for index in 0..count {
            let person = seed.person(index);
            let day = |slot: usize| match &person.cells[slot] {
                Cell::Day(day) => Some(*day),
                Cell::Text(text) => calendar::parse_day(text),
                Cell::Unset | Cell::Number(_) => None,
            };
            if let Cell::Text(manager) = &person.cells[MANAGER] {
                managers.insert(manager.to_lowercase());
            }
            members.push(Member {
                index,
                id: person.id,
                given: person.given.to_owned(),
                family: person.family.to_owned(),
                user_name: person.user_name(),
                trace: Trace::None,
                employment: Employment::Active,
                case: None,
                written: None,
                shared: false,
                started: day(TENURE),
                born: day(DATE_OF_BIRTH),
                active: person.active,
                gone: day(SEPARATION_DATE).is_some_and(|day| day <= today),
                reports: false,
                twin: false,
                email: person.email,
                number: person.number,
            });
        }
        let mut owners: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, member) in members.iter().enumerate() {
            if let Some(email) = &member.email {
                owners.entry(email.to_lowercase()).or_default().push(place);
            }
        }
        for (email, places) in &owners {
            // Who is meant by a shared address is the first of those who have it.
            if managers.contains(email) {
                members[places[0]].reports = true;
            }
            for &place in places.iter().filter(|_| places.len() > 1) {
                members[place].shared = true;
            }
        }
        let mut cast = Cast { today, members };
        cast.deal(seed);
        cast.cases(seed);
        cast.twins();
        cast
    }

    /// Two records of one person: the same name, birth and address, whatever the letter case and whatever follows a
    /// plus sign. The one seen last stays, then an active one, then the first.
    fn twins(&mut self) {
        let mut people: HashMap<(String, i32, &str, &str), Vec<usize>> = HashMap::new();
        for (place, member) in self.members.iter().enumerate() {
            if let (Some(email), Some(born), false) = (&member.email, member.born, member.gone) {
                let key = (mailbox(email), born, &*member.given, &*member.family);
                people.entry(key).or_default().push(place);
            }
        }
        let seen = |member: &Member| match self.seen(member, true) {
            Trace::Seen(day) => day,
            Trace::Never | Trace::None => i32::MIN,
        };
        let mut others = Vec::new();
        for mut records in people.into_values().filter(|records| records.len() > 1) {
            records.sort_by_key(|&place| {
                let member = &self.members[place];
                (
                    !member.reports,
                    std::cmp::Reverse(seen(member)),
                    !member.active,
                    place,
                )
            });
            others.extend_from_slice(&records[1..]);
        }
        for place in others {
            self.members[place].twin = true;
        }
    }

    /// What everybody gets who is no special case.
    fn deal(&mut self, seed: &Seed) {
        let today = self.today;
        for member in &mut self.members {
            let draw = |choice| roll(seed.shape.seed, u64::from(member.index), choice);
            let days = draw(Choice::EvidenceDays);
            let tenure = member.started.map_or(2_000, |started| today - started);
            let lately = ((days & 0xFF) * ((days >> 8) & 0xFF) / 0xFF * 170 / 0xFF) as i32;
            member.trace = match draw(Choice::Evidence) % 1_000 {
                _ if member.gone => Trace::None,
                0..40 => Trace::None,
                40..95 => Trace::Never,
                95..190 if tenure > DAYS + 20 => {
                    let most = (tenure - DAYS).min(700);
                    Trace::Seen(today - DAYS - (days % most as u64) as i32)
                }
                _ if tenure < 1 => Trace::None,
                _ => Trace::Seen(today - lately.min(tenure)),
            };
            member.employment = match draw(Choice::EvidenceForm) % 1_000 {
                _ if member.gone => Employment::Left(today - 30),
                0..12 if tenure > 200 => Employment::Left(today - 4 - (days % 90) as i32),
                12..30 => Employment::Leave,
                _ => Employment::Active,
            };
            if member.shared {
                member.case = Some(Case::SharedEmail);
            }
        }
    }

    /// Each case twice, where the company is large enough, on ordinary people.
    fn cases(&mut self, seed: &Seed) {
        let today = self.today;
        for member in &mut self.members {
            let plus = seed.dirt(member.index) == Some(Dirt::PlusAddress);
            if plus && !member.gone && !member.reports {
                let long_here = member
                    .started
                    .is_some_and(|started| started < today - DAYS - 60);
                member.case = Some(Case::PlusAddress);
                member.employment = Employment::Active;
                member.trace = Trace::Seen(today - if long_here { DAYS + 33 } else { 1 });
            }
        }
        self.new_hires(seed);
        self.doubles(seed);
        let mut wanted = [
            Case::ChangedEmail,
            Case::JustBeforeMidnight,
            Case::JustAfterMidnight,
            Case::FutureDate,
            Case::LeapDay,
            Case::OnlyFailures,
            Case::LeftAndSeen,
        ]
        .into_iter()
        .cycle()
        .take(14);
        let leap = leap_day(today - DAYS);
        let ordinary: Vec<usize> = (0..self.members.len())
            .filter(|&place| {
                let member = &self.members[place];
                seed.dirt(member.index).is_none()
                    && member.case.is_none()
                    && !member.gone
                    && !member.reports
                    && !member.shared
                    && member.email.is_some()
                    && member.started.is_some_and(|started| started < leap)
            })
            .collect();
        let stride = (ordinary.len() / 15).max(1);
        for &place in ordinary.iter().step_by(stride) {
            let Some(case) = wanted.next() else { break };
            let member = &mut self.members[place];
            member.case = Some(case);
            member.employment = Employment::Active;
            member.trace = match case {
                Case::ChangedEmail => Trace::Seen(today - 3),
                Case::JustBeforeMidnight => Trace::Seen(today - DAYS),
                Case::JustAfterMidnight => Trace::Seen(today - DAYS + 1),
                Case::LeapDay => Trace::Seen(leap),
                Case::LeftAndSeen => {
                    member.employment = Employment::Left(today - 20);
                    Trace::Seen(today - 2)
                }
                _ => Trace::Never,
            };
            if case == Case::ChangedEmail {
                member.written = member.email.as_ref().map(|email| format!("former.{email}"));
            }
        }
    }

    /// One is listed without a sign-in and the next in no file: neither says anything on the second day.
    fn new_hires(&mut self, seed: &Seed) {
        let mut listed = true;
        for member in &mut self.members {
            if seed.dirt(member.index) == Some(Dirt::NewHire) {
                member.case = Some(Case::HiredYesterday);
                member.employment = Employment::Active;
                member.trace = if listed { Trace::Never } else { Trace::None };
                listed = !listed;
            }
        }
    }

    /// In turn the second record is the one in use, and the first.
    fn doubles(&mut self, seed: &Seed) {
        let today = self.today;
        let mut second = true;
        for place in 1..self.members.len() {
            if seed.dirt(self.members[place].index) != Some(Dirt::PlusTwin) {
                continue;
            }
            let used = if second { place } else { place - 1 };
            for record in [place - 1, place] {
                let member = &mut self.members[record];
                member.case = Some(Case::TwoRecords);
                member.employment = Employment::Active;
                let lately = member.started.map_or(2, |started| (today - started).min(2));
                member.trace = if record == used {
                    Trace::Seen(today - lately)
                } else {
                    Trace::Never
                };
            }
            second = !second;
        }
    }

    fn place(&self, member: &Member, alias: bool) -> Place {
        let today = self.today;
        if member.gone {
            return Place::Left;
        }
        if member.reports {
            return Place::Exempt;
        }
        if let Employment::Left(last) = member.employment
            && last < today
            && member.started.is_none_or(|started| started <= last)
        {
            return Place::LeftStillActive;
        }
        if member.twin {
            return Place::Duplicates;
        }
        if member.employment == Employment::Leave {
            return Place::Leave;
        }
        if member
            .started
            .is_some_and(|started| started > today - GRACE)
        {
            return Place::Grace;
        }
        match self.seen(member, alias) {
            Trace::None => Place::NoEvidence,
            Trace::Seen(day) if member.started.is_none_or(|started| day >= started) => {
                if today - day >= DAYS {
                    Place::SeenLongAgo
                } else {
                    Place::SeenLately
                }
            }
            Trace::Seen(_) | Trace::Never => Place::NeverSeen,
        }
    }

    /// What can be told of somebody by exact matching.
    fn seen(&self, member: &Member, alias: bool) -> Trace {
        if member.shared || member.written.is_some() && !alias {
            Trace::None
        } else {
            member.trace
        }
    }

    pub(super) fn aliases(&self) -> Vec<Alias> {
        self.members
            .iter()
            .filter_map(|member| {
                Some(Alias {
                    file: super::files::OKTA.to_owned(),
                    written: member.written.clone()?,
                    scim_id: member.id.to_string(),
                })
            })
            .collect()
    }

    pub(super) fn known(&self) -> Vec<Known> {
        self.members
            .iter()
            .map(|member| {
                let place = self.place(member, true);
                let without = self.place(member, false);
                let day = match self.seen(member, true) {
                    Trace::Seen(day) if place != Place::Left => Some(day),
                    _ => None,
                };
                Known {
                    scim_id: member.id.to_string(),
                    email: member.email.clone(),
                    employee_number: member.number.clone(),
                    place,
                    place_without_alias: (without != place).then_some(without),
                    days: day.map(|day| self.today - day),
                    last_seen: day.map(iso),
                    case: member.case,
                }
            })
            .collect()
    }
}

/// An address as the post office of the company reads it.
fn mailbox(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let name = local.split_once('+').map_or(local, |(name, _)| name);
    format!("{name}@{domain}").to_lowercase()
}

/// The last 29 February up to a day.
fn leap_day(until: i32) -> i32 {
    (0..3_000)
        .map(|back| until - back)
        .find(|day| {
            let (_, month, day) = calendar::civil(*day);
            (month, day) == (2, 29)
        })
        .unwrap_or(until)
}
