//! Why somebody stands where they stand, in words.

use hashbrown::HashMap;
use jiff::civil::Date;

use super::{
    basis::Basis,
    rules::{Day, Employed, Exempted, OnLeave, Place, Same, SourceIndex, Told, date_of, day},
};
use crate::{
    attribute::Role,
    changes::words::people,
    engine::Protected,
    evidence::SourceKind,
    people::{
        column::{Column, UNSET},
        table::Table,
    },
};

/// Makes each sentence once: many people share a day, a source and a reason.
pub(crate) struct Words<'a> {
    table: &'a Table,
    basis: &'a Basis,
    protected: &'a Protected,
    /// Its code in the column.
    made: HashMap<(Place, Told), u32>,
}

impl<'a> Words<'a> {
    pub(crate) fn new(table: &'a Table, basis: &'a Basis, protected: &'a Protected) -> Self {
        Self {
            table,
            basis,
            protected,
            made: HashMap::new(),
        }
    }

    /// Appends "Last sign-in 14 Mar 2026, Entra export of 20 Nov", or nothing where no source says anything.
    pub(crate) fn push(&mut self, column: &mut Column, position: u32, place: Place, told: &Told) {
        // What depends on the person beside place and evidence is not shared.
        let personal = matches!(
            place,
            Place::Exempt(Exempted::Protected) | Place::NeverSeen | Place::Duplicate(..)
        );
        if personal {
            column.push(self.say(position, place, told).as_deref(), None);
            return;
        }
        let code = match self.made.get(&(place, *told)) {
            Some(code) => *code,
            None => {
                let said = self.say(position, place, told);
                let code = said.map_or(UNSET, |said| column.code_for(&said));
                self.made.insert((place, *told), code);
                code
            }
        };
        column.push_code(code);
    }

    fn say(&self, position: u32, place: Place, told: &Told) -> Option<String> {
        let seen = told.seen.map(|(seen, source)| self.seen(seen, source));
        let reason = match place {
            Place::Apart => None,
            Place::Seen => return seen,
            Place::NeverSeen => return Some(self.never(position, told)),
            Place::NoEvidence => return Some(self.nowhere()),
            Place::Exempt(exempted) => Some(self.exempt(position, exempted)),
            Place::Left(employed) => Some(self.left(employed)),
            Place::Duplicate(same, stays) => Some(self.same(same, stays)),
            Place::Leave(leave) => Some(self.leave(leave)),
            Place::Grace(hired) => Some(self.grace(hired)),
        };
        match (reason, seen) {
            (Some(reason), Some(seen)) => Some(format!("{reason}; {}", lowered(&seen))),
            (reason, seen) => reason.or(seen),
        }
    }

    fn seen(&self, seen: Day, source: SourceIndex) -> String {
        let kind = self.basis.sources[usize::from(source)].kind;
        let export = self.export(source);
        let when = spoken(date_of(seen));
        if seen > day(self.table.today) {
            format!(
                "{} dated {when}, which is still to come, {export}",
                capital(activity(kind))
            )
        } else {
            format!("Last {} {when}, {export}", activity(kind))
        }
    }

    fn never(&self, position: u32, told: &Told) -> String {
        let hired = self
            .table
            .value_of(Role::StartDate, position)
            .and_then(super::rules::day_of);
        let what = self.what_counts();
        match (told.seen, hired) {
            (Some((seen, source)), Some(hired)) => format!(
                "Hired {}, last {} before that: {}, {}",
                spoken(date_of(hired)),
                activity(self.basis.sources[usize::from(source)].kind),
                spoken(date_of(seen)),
                self.export(source)
            ),
            (_, Some(hired)) => format!(
                "Hired {}, no {what} in {}",
                self.since(date_of(hired)),
                in_sources(told.listed.into())
            ),
            (_, None) => format!(
                "{} in {}",
                capital(&format!("no {what}")),
                in_sources(told.listed.into())
            ),
        }
    }

    fn nowhere(&self) -> String {
        let mut counting = (0..).zip(&self.basis.sources).filter(|(_, one)| one.proves);
        match (counting.next(), self.basis.proving()) {
            (None, _) => "No source that could show presence".to_owned(),
            (Some((only, _)), 1) => format!("Not in the {}", self.export(only)),
            (Some(_), several) => format!("In none of {several} sources"),
        }
    }

    fn exempt(&self, position: u32, exempted: Exempted) -> String {
        match exempted {
            Exempted::Reports(1) => "Exempt: 1 person reports to them".to_owned(),
            Exempted::Reports(reports) => {
                format!("Exempt: {} report to them", people(reports))
            }
            Exempted::Protected => {
                let reason = self.protected.get(&self.table.row(position));
                match reason {
                    Some(reason) => format!("Exempt: protected, {reason}"),
                    None => "Exempt: protected".to_owned(),
                }
            }
            Exempted::ByAdmin(number) => {
                let exempting = &self.basis.exemptions[number as usize];
                match exempting.until.as_deref().and_then(super::rules::day_of) {
                    Some(until) => format!(
                        "Exempt until {}: {}",
                        spoken(date_of(until)),
                        exempting.reason
                    ),
                    None => format!("Exempt: {}", exempting.reason),
                }
            }
        }
    }

    fn left(&self, employed: Employed) -> String {
        let export = self.export(employed.source);
        match employed.since {
            Some(last) => format!("Left {}, {export}", spoken(date_of(last))),
            None => format!("Left, {export}"),
        }
    }

    fn same(&self, same: Same, stays: u32) -> String {
        let name = self.table.name(stays);
        let mail = self.table.value_of(Role::Email, stays);
        let who = mail.map_or_else(|| name.to_owned(), |mail| format!("{name} ({mail})"));
        match same {
            Same::Number => format!("Same employee number, and name or birth date, as {who}"),
            Same::Email => format!("Same mailbox, name and birth date as {who}"),
        }
    }

    fn leave(&self, leave: OnLeave) -> String {
        match leave {
            OnLeave::ByHris(employed) => {
                let export = self.export(employed.source);
                match employed.since {
                    Some(since) => format!("On leave since {}, {export}", spoken(date_of(since))),
                    None => format!("On leave, {export}"),
                }
            }
            OnLeave::ByValue(place, code) => {
                let place = place as usize;
                let value = self.table.columns[place].dictionary().get(code);
                format!(
                    "On leave: {} is {}",
                    self.table.attributes[place].label,
                    value.unwrap_or("not set")
                )
            }
        }
    }

    fn grace(&self, hired: Day) -> String {
        let when = spoken(date_of(hired));
        if hired > day(self.table.today) {
            format!("Starts {when}")
        } else {
            format!(
                "Hired {when}, within the {} days of grace",
                self.basis.policy.grace_days
            )
        }
    }

    /// The year is enough of what is long ago.
    fn since(&self, hired: Date) -> String {
        if hired.year() + 1 < self.table.today.year() {
            hired.year().to_string()
        } else {
            spoken(hired)
        }
    }

    fn what_counts(&self) -> &'static str {
        let mut proving = self.basis.sources.iter().filter(|source| source.proves);
        if proving.all(|source| activity(source.kind) == "sign-in") {
            "sign-in"
        } else {
            "activity"
        }
    }

    fn export(&self, source: SourceIndex) -> String {
        export(self.basis, usize::from(source), self.table.today)
    }
}

/// "Entra export of 20 Nov"; by the admin's name for it where the kind does not say which.
pub(crate) fn export(basis: &Basis, source: usize, today: Date) -> String {
    let source = &basis.sources[source];
    let alone = basis
        .sources
        .iter()
        .filter(|other| other.kind == source.kind)
        .count()
        == 1;
    let name = match source.kind {
        SourceKind::EntraSignIns if alone => "Entra export",
        SourceKind::OktaSignIns if alone => "Okta export",
        SourceKind::GoogleSignIns if alone => "Google export",
        SourceKind::PeakonAudit if alone => "Peakon audit export",
        SourceKind::PeakonUsage if alone => "Peakon usage export",
        SourceKind::Hris if alone => "HRIS export",
        _ => &source.name,
    };
    match source.as_of.parse::<Date>() {
        Ok(day) if day.year() == today.year() => format!("{name} of {}", day.strftime("%-d %b")),
        Ok(day) => format!("{name} of {}", spoken(day)),
        Err(_) => name.to_owned(),
    }
}

/// "14 Mar 2026".
pub(crate) fn spoken(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

fn activity(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::EntraSignIns | SourceKind::OktaSignIns | SourceKind::GoogleSignIns => "sign-in",
        SourceKind::PeakonAudit
        | SourceKind::PeakonUsage
        | SourceKind::SurveyParticipation
        | SourceKind::Hris
        | SourceKind::Other => "activity",
    }
}

fn in_sources(sources: u32) -> String {
    match sources {
        1 => "1 source".to_owned(),
        _ => format!("{sources} sources"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}
