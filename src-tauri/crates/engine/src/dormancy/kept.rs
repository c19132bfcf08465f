//! The policy as kept, and what makes standings out of date.

use jiff::civil::Date;
use store::Reader;

use super::{Board, DormancyPolicy};
use crate::{
    engine::Engine,
    error::{Error, Result},
    evidence::SourceKind,
    history::note,
    ids::ConnectionId,
    ports::News,
    text::{stored_json, word},
};

impl Engine {
    /// The policy in force; the usual one when nobody kept another.
    pub fn dormancy_policy(&self, connection: ConnectionId) -> Result<DormancyPolicy> {
        self.store.read(|reader| policy_of(reader, connection))
    }

    /// Keeps a policy as the next version. The version given is not looked at. One that is the same as the
    /// one in force is not kept again.
    ///
    /// # Errors
    /// [`crate::Code::Precondition`] for days, a price, a currency or a date that can't be.
    pub fn keep_dormancy_policy(
        &self,
        connection: ConnectionId,
        policy: DormancyPolicy,
    ) -> Result<Board> {
        let policy = checked(policy)?;
        let former = self.dormancy_policy(connection)?;
        let same = DormancyPolicy {
            version: former.version,
            ..policy.clone()
        } == former;
        if !same {
            let body = serde_json::to_string(&policy).expect("BUG: plain values make JSON");
            let (now, actor) = (self.now(), self.ports.actor.clone());
            let said = difference(&former, &policy);
            self.store.write(move |writer| {
                let version = writer.keep_dormancy_policy(connection.0, &body, &now)?;
                let event = note(
                    now,
                    actor,
                    connection.0,
                    format!("Dormancy policy version {version}: {said}"),
                );
                writer.append_history(&event)?;
                Ok::<_, Error>(())
            })?;
            self.evidence_changed(connection)?;
        }
        self.board(connection)
    }

    /// Works out anew where everybody stands, after evidence, policy or exemptions changed, and tells that the
    /// directory is another.
    pub(crate) fn evidence_changed(&self, connection: ConnectionId) -> Result<()> {
        if let Some(workspace) = self.open_workspace(connection) {
            workspace.directory.read_basis()?;
            self.tell(News::DirectoryChanged(connection));
        }
        Ok(())
    }
}

pub(crate) fn policy_of(reader: &Reader<'_>, connection: ConnectionId) -> Result<DormancyPolicy> {
    Ok(match reader.dormancy_policy(connection.0)? {
        None => DormancyPolicy::default(),
        Some((version, body)) => read(version, &body)?,
    })
}

fn checked(mut policy: DormancyPolicy) -> Result<DormancyPolicy> {
    let wrong = |message: String| Err(Error::precondition(message));
    if policy.days == 0 {
        return wrong(
            "Nobody can be dormant after 0 days. Give at least 1 day; 180 is usual.".to_owned(),
        );
    }
    if policy
        .seat_price
        .is_some_and(|price| !price.is_finite() || price < 0.0)
    {
        return wrong("The price of a seat must be a number of 0 or more.".to_owned());
    }
    if let Some(end) = &policy.contract_end
        && (end.len() != 10 || end.parse::<Date>().is_err())
    {
        return wrong(format!(
            "“{end}” is not a date. Write the contract's end like 2027-03-07, or give none."
        ));
    }
    policy.currency = policy
        .currency
        .map(|currency| currency.trim().to_uppercase())
        .filter(|currency| !currency.is_empty());
    if let Some(currency) = &policy.currency
        && !(currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        return wrong(format!(
            "“{currency}” is not a currency. Write three letters, such as EUR or USD."
        ));
    }
    // Nothing chosen means nothing left to prove presence with; the usual choice is meant.
    policy.sources = policy.sources.filter(|sources| !sources.is_empty());
    policy.except.sort();
    policy.except.dedup();
    policy.leave.retain(|rule| !rule.values.is_empty());
    Ok(policy)
}

/// What a new version changes, for the history.
fn difference(former: &DormancyPolicy, new: &DormancyPolicy) -> String {
    let yes = |truth: bool| if truth { "yes" } else { "no" }.to_owned();
    let some = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    let rows: [(&str, String, String); 10] = [
        (
            "dormant after days",
            former.days.to_string(),
            new.days.to_string(),
        ),
        (
            "days of grace",
            former.grace_days.to_string(),
            new.grace_days.to_string(),
        ),
        ("sources", sources(former), sources(new)),
        ("values that mean leave", leave(former), leave(new)),
        (
            "people with reports exempt",
            yes(former.exempt_reports),
            yes(new.exempt_reports),
        ),
        (
            "protected people exempt",
            yes(former.exempt_protected),
            yes(new.exempt_protected),
        ),
        (
            "seats paid",
            some(former.seats_paid.map(|seats| seats.to_string())),
            some(new.seats_paid.map(|seats| seats.to_string())),
        ),
        (
            "price of a seat",
            some(former.seat_price.map(|price| price.to_string())),
            some(new.seat_price.map(|price| price.to_string())),
        ),
        (
            "currency",
            some(former.currency.clone()),
            some(new.currency.clone()),
        ),
        (
            "end of the contract",
            some(former.contract_end.clone()),
            some(new.contract_end.clone()),
        ),
    ];
    rows.into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(what, before, after)| format!("{what} {after} instead of {before}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn sources(policy: &DormancyPolicy) -> String {
    let mut text = match &policy.sources {
        None => "all that prove presence".to_owned(),
        Some(sources) => {
            let names: Vec<String> = sources.iter().map(|kind| kind_words(*kind)).collect();
            names.join(" and ")
        }
    };
    if !policy.except.is_empty() {
        text.push_str(" except ");
        text.push_str(&policy.except.join(" and "));
    }
    text
}

/// "entra sign ins".
fn kind_words(kind: SourceKind) -> String {
    word(kind).replace('_', " ")
}

fn leave(policy: &DormancyPolicy) -> String {
    if policy.leave.is_empty() {
        return "none".to_owned();
    }
    let values: Vec<&str> = policy
        .leave
        .iter()
        .flat_map(|rule| rule.values.iter().map(String::as_str))
        .collect();
    values.join(" or ")
}

/// The policy that was in force at a moment (RFC 3339); the usual one when nobody had kept another.
pub(super) fn policy_at(
    reader: &Reader<'_>,
    connection: ConnectionId,
    at: &str,
) -> Result<DormancyPolicy> {
    Ok(match reader.dormancy_policy_at(connection.0, at)? {
        None => DormancyPolicy::default(),
        Some((version, body)) => read(version, &body)?,
    })
}

/// One version of it; 0 is the usual one, which nobody kept.
pub(super) fn policy_of_version(
    reader: &Reader<'_>,
    connection: ConnectionId,
    version: u32,
) -> Result<DormancyPolicy> {
    Ok(
        match reader.dormancy_policy_version(connection.0, version)? {
            None => DormancyPolicy::default(),
            Some(body) => read(version, &body)?,
        },
    )
}

/// By the usual policy in the place of a damaged one, people who were let alone would look dormant.
fn read(version: u32, body: &str) -> Result<DormancyPolicy> {
    let kept = stored_json(format!("version {version} of the dormancy policy"), body)?;
    Ok(DormancyPolicy { version, ..kept })
}

/// "Version 3: dormant after 200 days (the threshold was moved, the policy says 180), …".
pub(super) fn policy_words(policy: &DormancyPolicy, days: u32) -> String {
    let mut text = match policy.version {
        0 => "The usual policy".to_owned(),
        version => format!("Version {version}"),
    };
    text.push_str(&format!(": dormant after {days} days"));
    if days != policy.days {
        text.push_str(&format!(
            " (the threshold was moved, the policy says {})",
            policy.days
        ));
    }
    text.push_str(&format!(
        ", {} days of grace for hires, sources: {}, values that mean leave: {}",
        policy.grace_days,
        sources(policy),
        leave(policy)
    ));
    if policy.exempt_reports {
        text.push_str(", people with reports exempt");
    }
    if policy.exempt_protected {
        text.push_str(", protected people exempt");
    }
    text.push('.');
    text
}
