//! What standings are worked out from, read from the store once and kept: the policy, the sources that count, what
//! they say, and who is exempt.

use jiff::civil::Date;
use store::{Reader, Store};

use super::{
    DormancyPolicy, ExemptionOrigin,
    kept::policy_of,
    rules::{Employed, Employment, SourceIndex, Told, day_of},
};
use crate::{
    error::Result,
    evidence::SourceKind,
    ids::{ConnectionId, RowId},
    people::ViewQuery,
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
    Ok(reader
        .live_sources(connection.0)?
        .into_iter()
        .map(|stored| {
            // A kind of a later version: it is said to be there and proves nothing here.
            let kind = serde_json::from_value(stored.kind.as_str().into());
            let known = kind.as_ref().copied().unwrap_or(SourceKind::Other);
            Counting {
                id: stored.id,
                proves: kind.is_ok() && counts(known, &stored.name, policy),
                name: stored.name,
                kind: known,
                as_of: stored.as_of,
            }
        })
        .collect())
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
        reader.each_said(source.id, |said| {
            let mut told = Told::default();
            if source.proves {
                told.listed = 1;
                told.seen = said.seen.and_then(day_of).map(|seen| (seen, index));
            }
            if source.kind == SourceKind::Hris {
                let state = match said.state {
                    Some("left") => Some(Employment::Left),
                    Some("leave") => Some(Employment::Leave),
                    Some("active") => Some(Employment::Active),
                    _ => None,
                };
                told.employed = state.map(|state| Employed {
                    state,
                    since: said.since.and_then(day_of),
                    source: index,
                });
            }
            one.push((said.person, told));
        })?;
        all = merged(all, &one, sources);
    }
    Ok(all)
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
    Ok(reader
        .exemptions(connection.0, &today.to_string())?
        .into_iter()
        .filter_map(|stored| {
            let whom = match (stored.person, &stored.filter) {
                (Some(person), _) => Whom::Person(RowId(person)),
                (None, Some(filter)) => Whom::Matching(serde_json::from_str(filter).ok()?),
                (None, None) => return None,
            };
            Some(Exempting {
                id: stored.id,
                whom,
                reason: stored.reason,
                until: stored.until,
                origin: match stored.origin.as_str() {
                    "answer" => ExemptionOrigin::Answer,
                    _ => ExemptionOrigin::Admin,
                },
                made_at: stored.made_at,
            })
        })
        .collect())
}
