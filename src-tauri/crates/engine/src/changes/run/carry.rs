//! One item: compare, write, read back.

use std::{sync::Arc, time::Duration};

use scim::{Client, Dialect, Filter, FilterAttribute, Resource, Written};
use store::{ChangeAct, RunItemState};

use super::settle::{Judged, Settler};
use crate::{
    attribute::Role,
    changes::plan::{
        item::{Field, Item},
        requests::{self, Write},
    },
    error::{Code, Result},
};

/// Tries of one item at what looks passing before it is given up as failed.
const TRIES: u32 = 4;
/// A service that stores with a delay gets this long before it is taken at its word.
const SECOND_LOOK: Duration = Duration::from_millis(400);

/// Why the whole run can't go on just now. The item it came from is back in line.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// The hour's budget is spent.
    Quota(Option<jiff::Timestamp>),
    /// The service asks for fewer requests, or the network is away.
    Later { why: String, after: Duration },
    /// The service failed again and again over this one item, which may be the item's fault or its own.
    Troubled { why: String, after: Duration },
    /// Only a person can help: the token, the disk.
    Person(String),
}

/// What an item came to.
pub(crate) type Carried = std::result::Result<RunItemState, Stop>;

/// Everything a run's items have in common.
pub(crate) struct Carrier {
    pub client: Client,
    pub dialect: Dialect,
    /// Whether versions are sent along (RFC 7644 section 3.14).
    pub etag: bool,
    pub settler: Arc<Settler>,
}

/// Where an item stands as it is taken up.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// Its request may have arrived already.
    pub unknown: bool,
    /// The person as a listing showed it at the start of the run; `None` reads the person first.
    pub seen: Option<Resource>,
    /// Leave the reading back to a listing at the end.
    pub read_back_later: bool,
    /// False once the run is cancelled: what turns out not to have happened is not sent again.
    pub send: bool,
}

/// What the service has, against what the plan wants.
enum Compared {
    /// All fields as wanted.
    There,
    /// These are still to be written.
    Open(Vec<Field>),
    /// Somebody else's value, in words.
    Moved(String),
}

impl Carrier {
    pub(crate) async fn carry(&self, item: &Item, start: Start) -> Carried {
        match item.act {
            ChangeAct::Create => self.create(item, start).await,
            ChangeAct::Delete => self.delete(item, start).await,
            ChangeAct::Set | ChangeAct::Activate | ChangeAct::Deactivate => {
                self.change(item, start).await
            }
        }
    }

    async fn change(&self, item: &Item, start: Start) -> Carried {
        let Some(id) = self.settler.scim_id(item) else {
            return self
                .fail(
                    item,
                    None,
                    "The person this is about was not created, so there is nobody to change",
                )
                .await;
        };
        let mut unknown = start.unknown;
        let mut seen = start.seen;
        for attempt in 1.. {
            let current = match seen.take() {
                Some(resource) => Some(resource),
                None => match self.client.get(&id).await {
                    Ok(found) => found,
                    Err(error) => {
                        if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                            return carried;
                        }
                        continue;
                    }
                },
            };
            let Some(current) = current else {
                return self
                    .fail(
                        item,
                        None,
                        "This person is no longer there. Sync, and look at the directory again",
                    )
                    .await;
            };
            let open = match self.compare(item, &current) {
                Compared::There if unknown => {
                    return self
                        .settle(item, RunItemState::Done, Judged::read(&current, None))
                        .await;
                }
                Compared::There => {
                    return self
                        .settle(item, RunItemState::Same, Judged::read(&current, None))
                        .await;
                }
                Compared::Moved(why) => {
                    return self
                        .settle(item, RunItemState::Held, Judged::read(&current, Some(why)))
                        .await;
                }
                Compared::Open(fields) => fields,
            };
            if !start.send {
                return self
                    .settle(item, RunItemState::Cancelled, Judged::read(&current, None))
                    .await;
            }
            let write = requests::write(item.act, &open, Some(&current), &self.dialect);
            let Write::Patch(patch) = &write else {
                unreachable!("BUG: a change is a patch")
            };
            self.mark_sending(item, &write, Some(&id)).await?;
            let etag = current.etag().filter(|_| self.etag);
            match self.client.patch(&id, patch, etag.as_deref()).await {
                Ok(written) => {
                    if start.read_back_later {
                        return self.mark_sent(item, &written).await;
                    }
                    return self.read_back(item, &id, current, written).await;
                }
                // Somebody changed the record since it was read: read it again and look at the difference.
                Err(scim::Error::Precondition { .. }) if attempt < TRIES => unknown = false,
                Err(error) => {
                    unknown = matches!(error, scim::Error::Ambiguous(_));
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                }
            }
        }
        unreachable!("BUG: every round ends or goes on")
    }

    async fn delete(&self, item: &Item, start: Start) -> Carried {
        let Some(id) = self.settler.scim_id(item) else {
            return self.fail(item, None, "There is nobody to delete").await;
        };
        let mut unknown = start.unknown;
        let mut before: Option<Resource> = None;
        for attempt in 1.. {
            let current = match self.client.get(&id).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            let Some(current) = current else {
                let state = if unknown {
                    RunItemState::Done
                } else {
                    RunItemState::Same
                };
                return self.settle(item, state, Judged::gone(before)).await;
            };
            if !start.send {
                return self
                    .settle(item, RunItemState::Cancelled, Judged::read(&current, None))
                    .await;
            }
            let write = Write::Delete;
            self.mark_sending(item, &write, Some(&id)).await?;
            let etag = current.etag().filter(|_| self.etag);
            let outcome = self.client.delete(&id, etag.as_deref()).await;
            before = Some(current);
            match outcome {
                Ok(written) => match self.client.get(&id).await {
                    Ok(None) => {
                        let judged = Judged::gone(before).with(&written);
                        return self.settle(item, RunItemState::Done, judged).await;
                    }
                    Ok(Some(still)) => {
                        let why = format!(
                            "The service answered {} and the person is still there. Ask the service's support, with the request id",
                            written.status
                        );
                        let judged = Judged::read(&still, Some(why)).with(&written);
                        return self.settle(item, RunItemState::Failed, judged).await;
                    }
                    Err(error) => {
                        unknown = true;
                        if let Some(carried) = self.trouble(item, attempt, true, error).await {
                            return carried;
                        }
                    }
                },
                Err(scim::Error::Precondition { .. }) if attempt < TRIES => {}
                // Gone meanwhile, which the next read confirms, unless the service contradicts itself.
                Err(scim::Error::NotFound { .. }) if attempt < TRIES => unknown = true,
                Err(error) => {
                    unknown = matches!(error, scim::Error::Ambiguous(_));
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                }
            }
        }
        unreachable!("BUG: every round ends or goes on")
    }

    async fn create(&self, item: &Item, start: Start) -> Carried {
        let mut unknown = start.unknown;
        let mut answered: Option<Written> = None;
        for attempt in 1.. {
            if unknown && looked_up_by(item).is_none() {
                return self
                    .fail(
                        item,
                        answered.as_ref(),
                        "This was sent, and whether it happened can't be looked up: there is neither a user name nor an e-mail. Sync, and look for the person before creating them again",
                    )
                    .await;
            }
            // Two records of one person are what must never happen, so they are looked for by name first.
            let found = match self.find(item).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            if let Some(found) = found {
                return match self.compare(item, &found) {
                    Compared::There if unknown => {
                        self.settle(item, RunItemState::Done, Judged::read(&found, None))
                            .await
                    }
                    Compared::There => {
                        self.settle(item, RunItemState::Same, Judged::read(&found, None))
                            .await
                    }
                    Compared::Open(_) | Compared::Moved(_) => {
                        let why = format!(
                            "Somebody with this user name is there already. Sync, then change {} instead of creating them",
                            item.spoken
                        );
                        self.settle(item, RunItemState::Held, Judged::read(&found, Some(why)))
                            .await
                    }
                };
            }
            if answered.is_some() {
                if attempt < TRIES {
                    tokio::time::sleep(SECOND_LOOK).await;
                    continue;
                }
                return self
                    .fail(
                        item,
                        answered.as_ref(),
                        "The service says that it created the person, but shows nobody by this user name. Sync, and look for them before creating them again",
                    )
                    .await;
            }
            if !start.send {
                return self
                    .settle(item, RunItemState::Cancelled, Judged::default())
                    .await;
            }
            let write = requests::write(item.act, &item.fields, None, &self.dialect);
            let Write::Create(resource) = &write else {
                unreachable!("BUG: a creation is a creation")
            };
            self.mark_sending(item, &write, None).await?;
            match self.client.create(resource).await {
                Ok(written) => {
                    let Some(id) = written.id().map(str::to_owned) else {
                        // Created, by its own word, under an id it keeps to itself: find it by name.
                        unknown = true;
                        answered = Some(written);
                        continue;
                    };
                    return self
                        .read_back(item, &id, Resource::default(), written)
                        .await;
                }
                // The first of two tries arrived after all.
                Err(scim::Error::Conflict { .. }) if unknown && attempt < TRIES => {}
                Err(error) => {
                    unknown = matches!(error, scim::Error::Ambiguous(_));
                    if let Some(carried) = self.trouble(item, attempt, unknown, error).await {
                        return carried;
                    }
                }
            }
        }
        unreachable!("BUG: every round ends or goes on")
    }

    async fn find(&self, item: &Item) -> std::result::Result<Option<Resource>, scim::Error> {
        let Some(user_name) = looked_up_by(item) else {
            return Ok(None);
        };
        let found = self
            .client
            .find(&Filter::eq(FilterAttribute::UserName, user_name))
            .await?;
        Ok(found.into_iter().next())
    }

    /// The read that decides: an answer to a write is a hint, not a proof.
    async fn read_back(
        &self,
        item: &Item,
        id: &str,
        before: Resource,
        written: Written,
    ) -> Carried {
        for look in 1.. {
            let found = match self.client.get(id).await {
                Ok(found) => found,
                Err(error) => {
                    if let Some(carried) = self.trouble(item, look, true, error).await {
                        return carried;
                    }
                    continue;
                }
            };
            let Some(found) = found else {
                if look == 1 {
                    tokio::time::sleep(SECOND_LOOK).await;
                    continue;
                }
                return self
                    .fail(
                        item,
                        Some(&written),
                        "The service took the change and then had nobody under this id",
                    )
                    .await;
            };
            if matches!(self.compare(item, &found), Compared::There) {
                let judged = Judged::read(&found, None).before(before).with(&written);
                return self.settle(item, RunItemState::Done, judged).await;
            }
            if look == 1 {
                tokio::time::sleep(SECOND_LOOK).await;
                continue;
            }
            let why = self.not_stored(item, &found, written.status);
            let judged = Judged::read(&found, Some(why))
                .before(before)
                .with(&written);
            return self.settle(item, RunItemState::Failed, judged).await;
        }
        unreachable!("BUG: every look ends or goes on")
    }

    /// Settles an item that was sent, by what a listing shows afterwards.
    pub(crate) async fn settle_sent(
        &self,
        item: &Item,
        found: Option<Resource>,
        send: bool,
    ) -> Carried {
        let Some(found) = found else {
            let start = Start {
                unknown: true,
                seen: None,
                read_back_later: false,
                send,
            };
            return self.change(item, start).await;
        };
        if matches!(self.compare(item, &found), Compared::There) {
            return self
                .settle(item, RunItemState::Done, Judged::read(&found, None))
                .await;
        }
        let why = self.not_stored(item, &found, 200);
        self.settle(item, RunItemState::Failed, Judged::read(&found, Some(why)))
            .await
    }

    fn not_stored(&self, item: &Item, found: &Resource, status: u16) -> String {
        let record = self.settler.record(found);
        let wrong: Vec<String> = item
            .fields
            .iter()
            .filter(|field| record.value(field.attribute.0) != field.after.as_deref())
            .map(|field| {
                let now = record.value(field.attribute.0).unwrap_or("empty");
                format!("{} is {now}", field.label)
            })
            .collect();
        format!(
            "The service answered {status}, but reading back shows that {}. Check whether this attribute may be changed here",
            wrong.join(", ")
        )
    }

    fn compare(&self, item: &Item, found: &Resource) -> Compared {
        let record = self.settler.record(found);
        let open: Vec<Field> = item
            .fields
            .iter()
            .filter(|field| !same(field, record.value(field.attribute.0)))
            .cloned()
            .collect();
        if open.is_empty() {
            return Compared::There;
        }
        let moved = open
            .iter()
            .find(|field| record.value(field.attribute.0) != field.before.as_deref());
        match moved {
            Some(field) => {
                let shown = |value: Option<&str>| value.unwrap_or("empty").to_owned();
                Compared::Moved(format!(
                    "{} was {} in review, is {} now and would become {}. It is back in the draft: keep yours or take theirs",
                    field.label,
                    shown(field.before.as_deref()),
                    shown(record.value(field.attribute.0)),
                    shown(field.after.as_deref())
                ))
            }
            None => Compared::Open(open),
        }
    }

    /// What to do about an error: `None` tries again now, after waiting where that is asked for.
    async fn trouble(
        &self,
        item: &Item,
        attempt: u32,
        unknown: bool,
        error: scim::Error,
    ) -> Option<Carried> {
        let said = format!("{error} {}", error.next_step());
        let back = if unknown {
            RunItemState::Unknown
        } else {
            RunItemState::Waiting
        };
        let (stop, tries) = match root(&error) {
            scim::Error::Quota { resumes } => (Stop::Quota(*resumes), 0),
            scim::Error::Unauthorized { .. } | scim::Error::UnusableToken => {
                (Stop::Person(said.clone()), 0)
            }
            scim::Error::TooMany { retry_after, .. } => {
                let after = retry_after.unwrap_or(Duration::from_secs(60));
                (
                    Stop::Later {
                        why: said.clone(),
                        after,
                    },
                    0,
                )
            }
            scim::Error::Unreachable { .. } => {
                let after = Duration::from_secs(15);
                (
                    Stop::Later {
                        why: said.clone(),
                        after,
                    },
                    TRIES,
                )
            }
            scim::Error::TimedOut { .. } | scim::Error::Dropped { .. } => {
                let after = Duration::from_secs(15);
                (
                    Stop::Troubled {
                        why: said.clone(),
                        after,
                    },
                    TRIES,
                )
            }
            scim::Error::Server { retry_after, .. } => {
                let after = retry_after.unwrap_or(Duration::from_secs(15));
                (
                    Stop::Troubled {
                        why: said.clone(),
                        after,
                    },
                    TRIES,
                )
            }
            scim::Error::Malformed { .. } | scim::Error::NotScim { .. }
                if unknown && attempt < TRIES =>
            {
                return None;
            }
            _ if unknown => return Some(self.fail(item, None, &lost(&said)).await),
            _ => return Some(self.fail(item, None, &said).await),
        };
        if attempt < tries {
            self.settler.noted_trouble();
            if unknown && let Err(stop) = self.back(item, back, &said).await {
                return Some(Err(stop));
            }
            tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
            return None;
        }
        if matches!(stop, Stop::Troubled { .. }) && self.settler.is_last_chance(item.position) {
            let why = if unknown { lost(&said) } else { said };
            return Some(self.fail(item, None, &why).await);
        }
        if let Err(other) = self.back(item, back, &said).await {
            return Some(Err(other));
        }
        Some(Err(stop))
    }

    async fn mark_sending(
        &self,
        item: &Item,
        write: &Write,
        id: Option<&str>,
    ) -> std::result::Result<(), Stop> {
        self.settler
            .mark_sending(item.position, write.text(id))
            .await
            .map_err(disk)
    }

    async fn mark_sent(&self, item: &Item, written: &Written) -> Carried {
        self.settler.mark_sent(item, written).await.map_err(disk)?;
        Ok(RunItemState::Sent)
    }

    async fn back(
        &self,
        item: &Item,
        state: RunItemState,
        why: &str,
    ) -> std::result::Result<(), Stop> {
        self.settler
            .back(item.position, state, why)
            .await
            .map_err(disk)
    }

    async fn fail(&self, item: &Item, written: Option<&Written>, why: &str) -> Carried {
        let mut judged = Judged::nothing(why.to_owned());
        if let Some(written) = written {
            judged = judged.with(written);
        }
        self.settle(item, RunItemState::Failed, judged).await
    }

    pub(crate) async fn settle(&self, item: &Item, state: RunItemState, judged: Judged) -> Carried {
        let kept: Result<()> = self.settler.settle(item, state, judged).await;
        kept.map_err(disk)?;
        Ok(state)
    }
}

fn lost(said: &str) -> String {
    format!(
        "This was sent, and what became of it could not be read: {said} Sync to see what is there, then try this one again"
    )
}

/// What a new person is found by.
fn looked_up_by(item: &Item) -> Option<String> {
    let value = |role| {
        item.fields
            .iter()
            .find(|field| field.role == Some(role))
            .and_then(|field| field.after.clone())
    };
    value(Role::UserName).or_else(|| value(Role::Email))
}

/// E-mails that differ in letter case alone are the same person's.
fn same(field: &Field, now: Option<&str>) -> bool {
    match (now, field.after.as_deref()) {
        (Some(now), Some(after)) => {
            now == after
                || (field.kind == crate::attribute::Kind::Employee
                    && now.eq_ignore_ascii_case(after))
        }
        (None, None) => true,
        _ => false,
    }
}

fn root(error: &scim::Error) -> &scim::Error {
    match error {
        scim::Error::Ambiguous(source) => root(source),
        other => other,
    }
}

/// What can't be written down can't be sent: the run waits for somebody to make room.
fn disk(error: crate::error::Error) -> Stop {
    match error.code {
        Code::Busy => Stop::Later {
            why: error.message,
            after: Duration::from_secs(5),
        },
        _ => Stop::Person(error.message),
    }
}
