//! What standings are worked out from, read from the store once and kept: the policy, the sources that count, what
//! they say, and who is exempt.

use jiff::civil::Date;
use store::{Reader, Said, Store, StoredExemption};

use super::{
    DormancyPolicy, ExemptionOrigin,
    kept::policy_of,
    rules::{Day, Employed, SourceIndex, Told, day_of},
};
use crate::{
    error::Result,
    evidence::SourceKind,
    ids::{ConnectionId, RowId},
    people::ViewQuery,
    text::{stored_json, stored_word},
};

/// A source as standings need it.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) kind: SourceKind,
    /// `YYYY-MM-DD`.
    pub(crate) as_of: String,
    /// Whether being seen in it, or listed, counts by the policy.
    pub(crate) proves: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Whom {
    Person(RowId),
    Matching(Box<ViewQuery>),
}

#[derive(Debug, Clone)]
pub(crate) struct Exempting {
    pub(crate) id: u32,
    pub(crate) whom: Whom,
    pub(crate) reason: String,
    pub(crate) until: Option<String>,
    pub(crate) origin: ExemptionOrigin,
    pub(crate) made_at: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Basis {
    pub(crate) policy: DormancyPolicy,
    pub(crate) sources: Vec<Counting>,
    pub(crate) exemptions: Vec<Exempting>,
    /// By row id, ascending; people no source names are not in it.
    told: Vec<(u32, Told)>,
}

impl Basis {
    /// Reads it as of `today`.
    pub(crate) fn read(store: &Store, connection: ConnectionId, today: Date) -> Result<Self> {
        store.read(|reader| {
            let policy = policy_of(reader, connection)?;
            let sources = sources(reader, connection, &policy)?;
            let told = told(reader, &sources)?;
            Ok(Self {
                exemptions: exemptions(reader, connection, today)?,
                policy,
                sources,
                told,
            })
        })
    }

    /// Row by row, ascending.
    pub(crate) fn told(&self) -> &[(u32, Told)] {
        &self.told
    }

    /// Whether somebody is exempt by name until this day or longer; `None` is no end.
    pub(crate) fn keeps(&self, person: RowId, until: Option<&str>) -> bool {
        self.exemptions.iter().any(|exempting| {
            let holds = match (exempting.until.as_deref(), until) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(known), Some(until)) => known >= until,
            };
            matches!(exempting.whom, Whom::Person(row) if row == person) && holds
        })
    }

    /// How many sources count by the policy.
    pub(crate) fn proving(&self) -> usize {
        self.sources.iter().filter(|source| source.proves).count()
    }
}

fn sources(
    reader: &Reader<'_>,
    connection: ConnectionId,
    policy: &DormancyPolicy,
) -> Result<Vec<Counting>> {
    reader
        .live_sources(connection.0)?
        .into_iter()
        .map(|stored| {
            let kind = SourceKind::of_text(&stored.kind, &stored.name)?;
            Ok(Counting {
                id: stored.id,
                proves: counts(kind, &stored.name, policy),
                name: stored.name,
                kind,
                as_of: stored.as_of,
            })
        })
        .collect()
}

fn counts(kind: SourceKind, name: &str, policy: &DormancyPolicy) -> bool {
    proves_presence(kind)
        && !policy.except.iter().any(|except| except == name)
        && policy
            .sources
            .as_ref()
            .is_none_or(|chosen| chosen.contains(&kind))
}

/// Whether a date in such a source shows that the person was there. HRIS knows who is employed, and
/// participation is by team.
pub(crate) fn proves_presence(kind: SourceKind) -> bool {
    match kind {
        SourceKind::EntraSignIns
        | SourceKind::OktaSignIns
        | SourceKind::GoogleSignIns
        | SourceKind::PeakonAudit
        | SourceKind::PeakonUsage
        | SourceKind::Other => true,
        SourceKind::Hris | SourceKind::SurveyParticipation => false,
    }
}

fn told(reader: &Reader<'_>, sources: &[Counting]) -> Result<Vec<(u32, Told)>> {
    let mut all: Vec<(u32, Told)> = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let Ok(index) = SourceIndex::try_from(index) else {
            break;
        };
        let mut one: Vec<(u32, Told)> = Vec::new();
        let mut damaged = None;
        reader.each_said(source.id, |said| match told_by(source, index, said) {
            Ok(told) => one.push((said.person, told)),
            Err(error) => damaged = Some(error),
        })?;
        if let Some(error) = damaged {
            return Err(error.into());
        }
        all = merged(all, &one, sources);
    }
    Ok(all)
}

fn told_by(source: &Counting, index: SourceIndex, said: Said<'_>) -> store::Result<Told> {
    let mut told = Told::default();
    if source.proves {
        told.listed = 1;
        told.seen = stored_day(source, said.seen)?.map(|seen| (seen, index));
    }
    if source.kind == SourceKind::Hris
        && let Some(state) = said.state
    {
        let what = || format!("status of somebody in the source {}", source.name);
        told.employed = Some(Employed {
            state: stored_word(what(), state)?,
            since: stored_day(source, said.since)?,
            source: index,
        });
    }
    Ok(told)
}

/// A day that can't be read is not a day on which nobody was seen.
fn stored_day(source: &Counting, text: Option<&str>) -> store::Result<Option<Day>> {
    let read = |text: &str| {
        day_of(text).ok_or_else(|| {
            store::Error::damaged(
                format!("day of somebody in the source {}", source.name),
                format!("“{text}” is not a date"),
            )
        })
    };
    text.map(read).transpose()
}

/// Two lists by row as one.
fn merged(old: Vec<(u32, Told)>, new: &[(u32, Told)], sources: &[Counting]) -> Vec<(u32, Told)> {
    if old.is_empty() {
        return new.to_vec();
    }
    let mut all = Vec::with_capacity(old.len().max(new.len()));
    let mut new = new.iter().copied().peekable();
    for (row, known) in old {
        while let Some(before) = new.next_if(|(other, _)| *other < row) {
            all.push(before);
        }
        let told = match new.next_if(|(other, _)| *other == row) {
            Some((_, more)) => both(known, more, sources),
            None => known,
        };
        all.push((row, told));
    }
    all.extend(new);
    all
}

/// What two sources say together. The newest date counts, and of HRIS the newest file; of equals the one taken
/// in later, which is `more`.
fn both(known: Told, more: Told, sources: &[Counting]) -> Told {
    let newer = |one: Employed, other: Employed| {
        let as_of = |employed: Employed| &sources[usize::from(employed.source)].as_of;
        if as_of(other) >= as_of(one) {
            other
        } else {
            one
        }
    };
    Told {
        listed: known.listed + more.listed,
        seen: match (known.seen, more.seen) {
            (Some(one), Some(other)) => Some(if other.0 >= one.0 { other } else { one }),
            (one, other) => one.or(other),
        },
        employed: match (known.employed, more.employed) {
            (Some(one), Some(other)) => Some(newer(one, other)),
            (one, other) => one.or(other),
        },
    }
}

fn exemptions(
    reader: &Reader<'_>,
    connection: ConnectionId,
    today: Date,
) -> Result<Vec<Exempting>> {
    let stored = reader.exemptions(connection.0, &today.to_string())?;
    Ok(stored
        .into_iter()
        .map(exempting)
        .collect::<store::Result<_>>()?)
}

/// One that is passed over would put whom it keeps among the dormant.
fn exempting(stored: StoredExemption) -> store::Result<Exempting> {
    let of_it = |what: &str| format!("{what} of the exemption “{}”", stored.reason);
    let whom = match (stored.person, &stored.filter) {
        (Some(person), _) => Whom::Person(RowId(person)),
        (None, Some(filter)) => Whom::Matching(stored_json(of_it("filter"), filter)?),
        (None, None) => {
            let detail = "it names neither a person nor a filter";
            return Err(store::Error::damaged(of_it("filter"), detail));
        }
    };
    Ok(Exempting {
        id: stored.id,
        whom,
        origin: stored_word::<ExemptionOrigin>(of_it("origin"), &stored.origin)?,
        reason: stored.reason,
        until: stored.until,
        made_at: stored.made_at,
    })
}
