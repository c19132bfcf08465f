//! One person at a time: get, create, replace, patch and delete.

use serde_json::{Map, Value};

use super::patch::{self, OperationKind, Target};
use super::peakon;
use super::reply::{Reply, ScimError};
use super::rfc;
use super::view::{self, Wanted};
use crate::company::attribute::SEPARATION_DATE;
use crate::company::person::{PEAKON, Person};
use crate::company::{Company, RoundChange, calendar};
use crate::log::{Effect, EffectKind};
use crate::switches::{Clear, Duplicate, Put, Switches, Unknown, WriteAnswer};
use crate::{Profile, state::Moment};

/// What every request knows.
pub struct Context<'a> {
    pub profile: Profile,
    pub switches: &'a Switches,
    /// The address people's own addresses start with.
    pub base: &'a str,
    pub now: &'a Moment,
    pub if_match: Option<&'a str>,
}

pub fn parse_id(id: &str) -> Result<u64, ScimError> {
    id.parse().map_err(|_| ScimError::not_found(id))
}

pub fn find(company: &Company, id: &str) -> Result<Person, ScimError> {
    company
        .person(parse_id(id)?)
        .ok_or_else(|| ScimError::not_found(id))
}

impl Context<'_> {
    pub fn render(&self, person: &Person, company: &Company) -> Map<String, Value> {
        match self.profile {
            Profile::Peakon => peakon::render(person, company, self.switches, self.base),
            Profile::Rfc => rfc::render(person, company, self.base),
        }
    }

    fn versions(&self) -> bool {
        self.switches.etags || self.profile == Profile::Rfc
    }

    fn location(&self, person: &Person) -> String {
        format!("{}/Users/{}", self.base, person.id)
    }

    fn answer(&self, status: u16, person: &Person, company: &Company, wanted: &Wanted) -> Reply {
        let mut body = self.render(person, company);
        if self.profile == Profile::Rfc {
            view::project(&mut body, wanted);
        }
        let reply = Reply {
            person: Some(person.id.to_string()),
            ..Reply::object(status, body)
        };
        match self.versions() {
            true => reply.header("etag", peakon::etag(person)),
            false => reply,
        }
    }

    pub fn get(&self, company: &Company, id: &str, wanted: &Wanted) -> Result<Reply, ScimError> {
        let person = find(company, id)?;
        Ok(self.answer(200, &person, company, wanted))
    }

    pub fn create(
        &self,
        company: &mut Company,
        input: &Map<String, Value>,
        wanted: &Wanted,
    ) -> Result<Reply, ScimError> {
        if self.profile == Profile::Peakon
            && super::filter::member(input, "schemas").is_none_or(|schemas| !schemas.is_array())
        {
            return Err(ScimError::invalid_syntax(
                "“schemas” is required, with the address of the User schema.",
            ));
        }
        let mut existing = None;
        if self.switches.duplicates == Duplicate::Update
            && let Some(name) = super::filter::member(input, "userName").and_then(Value::as_str)
        {
            existing = company
                .by_user_name(name)
                .first()
                .and_then(|id| company.person(*id));
        }
        if let Some(before) = existing {
            let person = self.absorb(input, Some(&before), company)?;
            return self.keep(
                company,
                Some(before),
                person,
                200,
                wanted,
                WriteAnswer::Resource,
            );
        }
        let person = self.absorb(input, None, company)?;
        let location = self.location(&person);
        let status = self.switches.create_status;
        Ok(self
            .keep(company, None, person, status, wanted, WriteAnswer::Resource)?
            .header("location", location))
    }

    pub fn replace(
        &self,
        company: &mut Company,
        id: &str,
        input: &Map<String, Value>,
        wanted: &Wanted,
    ) -> Result<Reply, ScimError> {
        let before = find(company, id)?;
        self.precondition(&before)?;
        let merged;
        let whole = match (self.profile, self.switches.put) {
            (Profile::Peakon, Put::Merge) => {
                let mut body = self.canonical(&before, company);
                merge(&mut body, input);
                merged = body;
                &merged
            }
            _ => input,
        };
        let person = self.absorb(whole, Some(&before), company)?;
        self.keep(
            company,
            Some(before),
            person,
            200,
            wanted,
            self.switches.put_answer,
        )
    }

    pub fn patch(
        &self,
        company: &mut Company,
        id: &str,
        input: &Map<String, Value>,
        wanted: &Wanted,
    ) -> Result<Reply, ScimError> {
        let before = find(company, id)?;
        self.precondition(&before)?;
        let rules = match self.profile {
            Profile::Peakon => peakon::rules(self.switches),
            Profile::Rfc => rfc::rules(),
        };
        let mut operations = patch::parse(input, &rules)?;
        if self.profile == Profile::Peakon {
            self.allow_removals(&mut operations)?;
        }
        let now = self.canonical(&before, company);
        let mut whole = now.clone();
        patch::apply(&mut whole, operations, &rules)?;
        for name in &self.switches.unchangeable {
            leave_as_it_was(name, &now, &mut whole);
        }
        let person = self.absorb(&whole, Some(&before), company)?;
        self.keep(
            company,
            Some(before),
            person,
            200,
            wanted,
            self.switches.patch_answer,
        )
    }

    /// Whether removing clears an attribute is one of the things nobody knows of Peakon.
    fn allow_removals(&self, operations: &mut Vec<patch::Operation>) -> Result<(), ScimError> {
        if self.switches.clear.contains(&Clear::Remove) {
            return Ok(());
        }
        let removes = |operation: &patch::Operation| {
            let Target::Attribute { attribute, .. } = &operation.target else {
                return false;
            };
            operation.kind == OperationKind::Remove
                && attribute.extension.as_deref() == Some(PEAKON)
        };
        if self.switches.clear_otherwise == Unknown::Reject && operations.iter().any(removes) {
            return Err(ScimError::invalid_value("Attributes cannot be removed."));
        }
        operations.retain(|operation| !removes(operation));
        Ok(())
    }

    pub fn delete(&self, company: &mut Company, id: &str) -> Result<Reply, ScimError> {
        let before = find(company, id)?;
        self.precondition(&before)?;
        let mut reply = Reply {
            person: Some(id.to_owned()),
            ..Reply::empty(204)
        };
        if self.switches.writes_ignored {
            return Ok(reply);
        }
        company.delete(before.id).map_err(ScimError::storage)?;
        reply.effects.push(Effect {
            person: id.to_owned(),
            kind: EffectKind::Deleted,
            before: Some(before.digest()),
            after: None,
        });
        Ok(reply)
    }

    /// The person with every form switch at its default: what writes are applied to.
    fn canonical(&self, person: &Person, company: &Company) -> Map<String, Value> {
        match self.profile {
            Profile::Peakon => peakon::render(person, company, &Switches::default(), self.base),
            Profile::Rfc => rfc::render(person, company, self.base),
        }
    }

    fn absorb(
        &self,
        input: &Map<String, Value>,
        before: Option<&Person>,
        company: &Company,
    ) -> Result<Person, ScimError> {
        match self.profile {
            Profile::Peakon => peakon::absorb(input, before, company, self.switches),
            Profile::Rfc => rfc::absorb(input, before, company),
        }
    }

    fn precondition(&self, person: &Person) -> Result<(), ScimError> {
        let Some(wanted) = self.if_match.filter(|_| self.versions()) else {
            return Ok(());
        };
        let current = peakon::etag(person);
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let fits = wanted
            .split(',')
            .any(|tag| tag.trim() == "*" || bare(tag) == bare(&current));
        match fits {
            true => Ok(()),
            false => Err(ScimError::new(
                412,
                format!("The person has changed: the version is {current}, not {wanted}."),
            )),
        }
    }

    fn keep(
        &self,
        company: &mut Company,
        before: Option<Person>,
        person: Person,
        status: u16,
        wanted: &Wanted,
        answer: WriteAnswer,
    ) -> Result<Reply, ScimError> {
        let old_digest = before.as_ref().map(Person::digest);
        let new_digest = person.digest();
        let same = before
            .as_ref()
            .is_some_and(|before| before.says_the_same(&person));
        let id = person.id.to_string();
        let (kept, kind) = match before {
            // The answer shows what was asked for where the service lies about a write to somebody who exists.
            _ if self.switches.writes_ignored => (person, EffectKind::Same),
            Some(before) if same => (before, EffectKind::Same),
            before => {
                let kind = if before.is_none() {
                    EffectKind::Created
                } else {
                    EffectKind::Changed
                };
                self.note_round(company, before.as_ref(), &person);
                (
                    company
                        .write(person, &self.now.text)
                        .map_err(ScimError::storage)?,
                    kind,
                )
            }
        };
        let mut reply = match answer {
            WriteAnswer::Resource => self.answer(status, &kept, company, wanted),
            WriteAnswer::NoContent => Reply {
                person: Some(id.clone()),
                ..Reply::empty(204)
            },
        };
        reply.effects.push(Effect {
            person: id,
            kind,
            before: old_digest,
            after: Some(new_digest),
        });
        Ok(reply)
    }

    /// While a round is open, changes of status touch what people have answered.
    fn note_round(&self, company: &mut Company, before: Option<&Person>, person: &Person) {
        let (Some(opened), Some(before)) = (self.switches.survey_round, before) else {
            return;
        };
        if before.active() && !person.active() {
            company.events.round_changes.push(RoundChange {
                person: person.id,
                change: "switched off",
                answers_removed: false,
            });
        }
        let separation = person.day(SEPARATION_DATE);
        if separation.is_some() && separation != before.day(SEPARATION_DATE) {
            let removed = separation.is_some_and(|day| day < calendar::day_number(opened));
            let change = if removed {
                "separated before the round opened"
            } else {
                "separated"
            };
            company.events.round_changes.push(RoundChange {
                person: person.id,
                change,
                answers_removed: removed,
            });
        }
    }
}

fn leave_as_it_was(name: &str, before: &Map<String, Value>, after: &mut Map<String, Value>) {
    let put = |members: &mut Map<String, Value>, known: Option<&Value>| match known {
        Some(value) => drop(members.insert(name.to_owned(), value.clone())),
        None => drop(members.remove(name)),
    };
    put(after, before.get(name));
    if let Some(Value::Object(extension)) = after.get_mut(PEAKON) {
        let known = before.get(PEAKON).and_then(|extension| extension.get(name));
        put(extension, known);
    }
}

/// Members of `changes` win; objects are merged.
fn merge(whole: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (key, value) in changes {
        let name = whole
            .keys()
            .find(|name| name.eq_ignore_ascii_case(key))
            .cloned()
            .unwrap_or_else(|| key.clone());
        match (whole.get_mut(&name), value) {
            (Some(Value::Object(inner)), Value::Object(changes)) => {
                for (key, value) in changes {
                    inner.insert(key.clone(), value.clone());
                }
            }
            _ => {
                whole.insert(name, value.clone());
            }
        }
    }
}
