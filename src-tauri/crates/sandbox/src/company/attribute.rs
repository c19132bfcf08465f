//! The company's own attributes: their names, kinds and the option values that exist.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::shape::{HEAD_OF_COMPANY, Shape};
use super::vocabulary::{ARRANGEMENTS, DEPARTMENTS, EMPLOYMENT, REASONS, UNITS};

/// What an attribute holds, as Peakon documents it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Text of at most 256 characters; each value is a segment.
    Option,
    /// An ISO 8601 date-time.
    Date,
    /// A whole number.
    Number,
    /// The e-mail address of a person who exists.
    Employee,
}

/// Where an attribute's values are kept. Renaming an attribute keeps its slot.
pub type Slot = usize;

pub const DEPARTMENT: Slot = 0;
pub const BUSINESS_UNIT: Slot = 1;
pub const TEAM: Slot = 2;
pub const TITLE: Slot = 3;
pub const JOB_LEVEL: Slot = 4;
pub const MANAGER: Slot = 5;
pub const LOCATION: Slot = 6;
pub const COUNTRY: Slot = 7;
pub const COST_CENTER: Slot = 8;
pub const EMPLOYMENT_STATUS: Slot = 9;
pub const WORK_ARRANGEMENT: Slot = 10;
pub const GENDER: Slot = 11;
pub const DATE_OF_BIRTH: Slot = 12;
pub const TENURE: Slot = 13;
pub const WEEKLY_HOURS: Slot = 14;
pub const SEPARATION_DATE: Slot = 15;
pub const SEPARATION_REASON: Slot = 16;

/// How many attributes the sample company starts with.
pub const SEEDED: usize = 17;

const FIRST: [(&str, Kind); SEEDED] = [
    ("Department", Kind::Option),
    ("Business Unit", Kind::Option),
    ("Team", Kind::Option),
    ("Title", Kind::Option),
    ("Job Level", Kind::Option),
    ("Manager", Kind::Employee),
    ("Location", Kind::Option),
    ("Country", Kind::Option),
    ("Cost Center", Kind::Option),
    ("Employment Status", Kind::Option),
    ("Work Arrangement", Kind::Option),
    ("Gender", Kind::Option),
    ("Date of Birth", Kind::Date),
    ("Tenure", Kind::Date),
    ("Weekly Hours", Kind::Number),
    ("Separation date", Kind::Date),
    ("Separation reason", Kind::Option),
];

pub const LEVELS: [&str; 9] = ["IC1", "IC2", "IC3", "IC4", "M1", "M2", "M3", "E1", "E2"];
pub const GENDERS: [&str; 4] = ["Female", "Male", "Non-binary", "Prefer not to say"];

#[derive(Clone, Debug)]
pub struct Attribute {
    pub slot: Slot,
    pub name: String,
    pub kind: Kind,
    /// A deactivated attribute vanishes from the schema and from people, and can return with its values.
    pub active: bool,
    /// The name as a JSON member: quoted, with the colon.
    pub member: Vec<u8>,
    /// Option values in use or once used.
    pub segments: BTreeSet<String>,
}

/// What a test or an administrator does to the attributes while the service runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum AttributeChange {
    Rename { from: String, to: String },
    Add { name: String, kind: Kind },
    Deactivate { name: String },
    Activate { name: String },
}

#[derive(Clone, Debug)]
pub struct Attributes {
    list: Vec<Attribute>,
}

impl Attributes {
    pub fn seeded(shape: &Shape) -> Attributes {
        let list = FIRST
            .iter()
            .enumerate()
            .map(|(slot, (name, kind))| Attribute {
                slot,
                name: (*name).to_owned(),
                kind: *kind,
                active: true,
                member: member(name),
                segments: seeded_segments(shape, slot),
            })
            .collect();
        Attributes { list }
    }

    pub fn all(&self) -> &[Attribute] {
        &self.list
    }

    pub fn active(&self) -> impl Iterator<Item = &Attribute> {
        self.list.iter().filter(|attribute| attribute.active)
    }

    pub fn at(&self, slot: Slot) -> &Attribute {
        &self.list[slot]
    }

    /// Names are matched as they are written: capitals count.
    pub fn named(&self, name: &str) -> Option<&Attribute> {
        self.active().find(|attribute| attribute.name == name)
    }

    /// Remembers an option value; true when it is a new segment.
    pub fn add_segment(&mut self, slot: Slot, value: &str) -> bool {
        let attribute = &mut self.list[slot];
        attribute.kind == Kind::Option
            && !attribute.segments.contains(value)
            && attribute.segments.insert(value.to_owned())
    }

    pub fn change(&mut self, change: &AttributeChange) -> Result<(), String> {
        match change {
            AttributeChange::Rename { from, to } => {
                self.must_be_free(to)?;
                let attribute = self.find(from)?;
                attribute.member = member(to);
                attribute.name = to.clone();
            }
            AttributeChange::Add { name, kind } => {
                self.must_be_free(name)?;
                self.list.push(Attribute {
                    slot: self.list.len(),
                    name: name.clone(),
                    kind: *kind,
                    active: true,
                    member: member(name),
                    segments: BTreeSet::new(),
                });
            }
            AttributeChange::Deactivate { name } => self.find(name)?.active = false,
            AttributeChange::Activate { name } => self.find(name)?.active = true,
        }
        Ok(())
    }

    fn find(&mut self, name: &str) -> Result<&mut Attribute, String> {
        self.list
            .iter_mut()
            .find(|attribute| attribute.name == name)
            .ok_or_else(|| {
                format!("There is no attribute called “{name}”. Capitals and spaces count.")
            })
    }

    fn must_be_free(&self, name: &str) -> Result<(), String> {
        if name.trim().is_empty() {
            return Err("An attribute needs a name.".to_owned());
        }
        match self.list.iter().any(|attribute| attribute.name == name) {
            true => Err(format!("There already is an attribute called “{name}”.")),
            false => Ok(()),
        }
    }
}

fn member(name: &str) -> Vec<u8> {
    let mut member = serde_json::to_vec(name).expect("BUG: text becomes JSON");
    member.push(b':');
    member
}

pub fn cost_center(code: u32, department: &str, region: &str) -> String {
    let place = match region {
        "Americas" => 1,
        "EMEA" => 2,
        _ => 3,
    };
    format!("{code}{place}0 {department} {region}")
}

pub const REGIONS: [&str; 3] = ["Americas", "EMEA", "APAC"];

fn seeded_segments(shape: &Shape, slot: Slot) -> BTreeSet<String> {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let weighted = |values: &[(&str, u32)]| {
        values
            .iter()
            .map(|(value, _)| (*value).to_owned())
            .collect()
    };
    match slot {
        DEPARTMENT => DEPARTMENTS
            .iter()
            .map(|department| department.name.to_owned())
            .chain(["Executive Office".to_owned()])
            .collect(),
        BUSINESS_UNIT => UNITS
            .iter()
            .chain(&["Corporate", "Supply Chain", "Retail"])
            .map(|unit| (*unit).to_owned())
            .collect(),
        TEAM => DEPARTMENTS
            .iter()
            .flat_map(|department| department.teams)
            .map(|team| (*team).to_owned())
            .chain(["Leadership".to_owned(), super::vocabulary::longest_option()])
            .collect(),
        TITLE => DEPARTMENTS
            .iter()
            .flat_map(|department| department.titles.iter().copied().chain([department.head]))
            .chain([HEAD_OF_COMPANY])
            .map(str::to_owned)
            .chain(shape.titles().iter().flat_map(|titles| {
                titles
                    .vice_president
                    .iter()
                    .chain(&titles.director)
                    .chain(&titles.manager)
                    .cloned()
            }))
            .collect(),
        JOB_LEVEL => owned(&LEVELS),
        LOCATION => shape
            .countries
            .iter()
            .flat_map(|country| country.offices)
            .map(|office| office.city.to_owned())
            .chain(["Remote - EMEA".to_owned(), "london ".to_owned()])
            .collect(),
        COUNTRY => shape
            .countries
            .iter()
            .map(|country| country.name.to_owned())
            .collect(),
        COST_CENTER => DEPARTMENTS
            .iter()
            .map(|department| (department.code, department.name))
            .chain([(10, "Executive Office")])
            .flat_map(|(code, name)| {
                REGIONS
                    .iter()
                    .map(move |region| cost_center(code, name, region))
            })
            .collect(),
        EMPLOYMENT_STATUS => weighted(EMPLOYMENT),
        WORK_ARRANGEMENT => weighted(ARRANGEMENTS),
        GENDER => owned(&GENDERS),
        SEPARATION_REASON => weighted(REASONS),
        _ => BTreeSet::new(),
    }
}
