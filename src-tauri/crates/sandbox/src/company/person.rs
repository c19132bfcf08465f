//! A person as the service keeps them once they have been written, and how people become JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::attribute::{Attributes, SEEDED, SEPARATION_DATE, Slot, TENURE};
use super::calendar;
use super::seeded::{Cell, Seeded};

pub const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";

/// A written person. Core and enterprise members have their RFC 7643 shape; `custom` holds the company's attributes by slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: u64,
    pub core: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub enterprise: Map<String, Value>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<Slot, Value>,
    /// Counts writes; 1 is the seeded record.
    pub version: u32,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
}

impl Person {
    pub fn email(&self) -> Option<&str> {
        self.core
            .get("emails")?
            .as_array()?
            .iter()
            .find_map(|email| email.get("value")?.as_str())
    }

    pub fn user_name(&self) -> Option<&str> {
        self.core.get("userName")?.as_str()
    }

    pub fn external_id(&self) -> Option<&str> {
        self.core.get("externalId")?.as_str()
    }

    pub fn number(&self) -> Option<&str> {
        self.enterprise.get("employeeNumber")?.as_str()
    }

    pub fn active(&self) -> bool {
        self.core
            .get("active")
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    pub fn day(&self, slot: Slot) -> Option<i32> {
        calendar::parse_day(self.custom.get(&slot)?.as_str()?)
    }

    /// Whether the last day lies before or on `today`: such a person needs no seat.
    pub fn separated(&self, today: i32) -> bool {
        self.day(SEPARATION_DATE).is_some_and(|day| day <= today)
    }

    pub fn started(&self, today: i32) -> bool {
        self.day(TENURE).is_none_or(|day| day <= today)
    }

    /// Whether two records say the same, apart from when and how often they were written.
    pub fn says_the_same(&self, other: &Person) -> bool {
        self.core == other.core
            && self.enterprise == other.enterprise
            && self.custom == other.custom
    }

    /// A short fingerprint of what the record says, for proofs of effect.
    pub fn digest(&self) -> String {
        let content = json!([self.core, self.enterprise, self.custom]);
        crate::log::digest(content.to_string().as_bytes())
    }
}

impl Seeded<'_> {
    pub fn user_name(&self) -> String {
        self.email
            .clone()
            .or_else(|| self.number.clone())
            .unwrap_or_else(|| self.id.to_string())
    }

    pub fn to_person(&self) -> Person {
        let mut core = Map::new();
        if let Some(number) = &self.number {
            core.insert("externalId".to_owned(), json!(number));
        }
        core.insert("userName".to_owned(), json!(self.user_name()));
        core.insert(
            "name".to_owned(),
            json!({ "givenName": self.given, "familyName": self.family }),
        );
        core.insert("active".to_owned(), json!(self.active));
        if let Some(email) = &self.email {
            core.insert(
                "emails".to_owned(),
                json!([{ "value": email, "type": "work", "primary": true }]),
            );
        }
        if let Some(phone) = &self.phone {
            core.insert(
                "phoneNumbers".to_owned(),
                json!([{ "value": phone, "type": "mobile", "primary": true }]),
            );
        }
        core.insert("locale".to_owned(), json!(self.locale));
        core.insert("timezone".to_owned(), json!(self.timezone));
        let mut enterprise = Map::new();
        if let Some(number) = &self.number {
            enterprise.insert("employeeNumber".to_owned(), json!(number));
        }
        let mut custom = BTreeMap::new();
        for (slot, cell) in self.cells.iter().enumerate() {
            let value = match cell {
                Cell::Unset => continue,
                Cell::Text(text) => json!(text),
                Cell::Number(number) => json!(number),
                Cell::Day(day) => json!(calendar::date_time(*day)),
            };
            custom.insert(slot, value);
        }
        Person {
            id: self.id,
            core,
            enterprise,
            custom,
            version: 1,
            created: None,
            modified: None,
        }
    }

    /// Writes the person as JSON, exactly as the general rendering of [`Seeded::to_person`] would with every form switch
    /// at its default. Listing a large company is this function and little else.
    pub fn write(&self, attributes: &Attributes, numeric_id: bool, out: &mut Vec<u8>) {
        out.extend_from_slice(
            b"{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\",\
              \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\",\
              \"urn:ietf:params:scim:schemas:extension:peakon:2.0:User\"],\"id\":",
        );
        if !numeric_id {
            out.push(b'"');
        }
        write_number(self.id as i64, out);
        if !numeric_id {
            out.push(b'"');
        }
        if let Some(number) = &self.number {
            out.extend_from_slice(b",\"externalId\":");
            write_text(number, out);
        }
        out.extend_from_slice(b",\"userName\":");
        match (&self.email, &self.number) {
            (Some(name), _) | (None, Some(name)) => write_text(name, out),
            (None, None) => write_text(&self.id.to_string(), out),
        }
        out.extend_from_slice(b",\"name\":{\"givenName\":");
        write_text(self.given, out);
        out.extend_from_slice(b",\"familyName\":");
        write_text(self.family, out);
        out.extend_from_slice(if self.active {
            b"},\"active\":true"
        } else {
            b"},\"active\":false"
        });
        if let Some(email) = &self.email {
            out.extend_from_slice(b",\"emails\":[{\"value\":");
            write_text(email, out);
            out.extend_from_slice(b",\"type\":\"work\",\"primary\":true}]");
        }
        if let Some(phone) = &self.phone {
            out.extend_from_slice(b",\"phoneNumbers\":[{\"value\":");
            write_text(phone, out);
            out.extend_from_slice(b",\"type\":\"mobile\",\"primary\":true}]");
        }
        out.extend_from_slice(b",\"locale\":");
        write_text(self.locale, out);
        out.extend_from_slice(b",\"timezone\":");
        write_text(self.timezone, out);
        out.extend_from_slice(b",\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{");
        if let Some(number) = &self.number {
            out.extend_from_slice(b"\"employeeNumber\":");
            write_text(number, out);
        }
        out.extend_from_slice(b"},\"urn:ietf:params:scim:schemas:extension:peakon:2.0:User\":{");
        let mut first = true;
        for attribute in attributes
            .all()
            .iter()
            .take(SEEDED)
            .filter(|attribute| attribute.active)
        {
            let cell = &self.cells[attribute.slot];
            if *cell == Cell::Unset {
                continue;
            }
            if !first {
                out.push(b',');
            }
            first = false;
            out.extend_from_slice(&attribute.member);
            match cell {
                Cell::Unset => {}
                Cell::Text(text) => write_text(text, out),
                Cell::Number(number) => write_number(*number, out),
                Cell::Day(day) => {
                    out.push(b'"');
                    calendar::write_date_time(*day, out);
                    out.push(b'"');
                }
            }
        }
        out.extend_from_slice(b"}}");
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    if text
        .bytes()
        .any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\')
    {
        serde_json::to_writer(&mut *out, text).expect("BUG: writing text into memory cannot fail");
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn write_number(number: i64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut left = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}
