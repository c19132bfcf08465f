//! What an attribute means to Muster.

use serde::{Deserialize, Serialize};

use super::Kind;
use super::key::AttributeKey;

/// The meaning of an attribute, where its name gives it away. At most one attribute of a connection has each role; the person
/// using Muster may give it to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    GivenName,
    FamilyName,
    FormattedName,
    DisplayName,
    UserName,
    Email,
    ExternalId,
    EmployeeNumber,
    Active,
    Manager,
    /// First day at work; Peakon calls it Tenure.
    StartDate,
    /// Last day at work. A past one frees the seat.
    SeparationDate,
    SeparationReason,
    Department,
    Title,
    Location,
    Country,
    Gender,
    BirthDate,
    Phone,
    Locale,
    Timezone,
}

impl Role {
    /// Role of an attribute by its name, with how good the match is (lower is better).
    pub(crate) fn guess(key: &AttributeKey, kind: Kind) -> Option<(Role, u8)> {
        match key.urn() {
            None => Role::of_core(key.as_str()).map(|role| (role, 1)),
            Some(_) => {
                let (role, rank) = Role::of_name(key.name())?;
                // A date called "Manager" is not a manager.
                let fits = match role {
                    Role::Manager => matches!(kind, Kind::Employee | Kind::Text | Kind::Option),
                    Role::StartDate | Role::SeparationDate | Role::BirthDate => {
                        matches!(kind, Kind::Date | Kind::Text | Kind::Option)
                    }
                    Role::EmployeeNumber => {
                        matches!(kind, Kind::Text | Kind::Number | Kind::Option)
                    }
                    Role::SeparationReason
                    | Role::Department
                    | Role::Title
                    | Role::Location
                    | Role::Country
                    | Role::Gender => {
                        matches!(kind, Kind::Option | Kind::Text)
                    }
                    _ => true,
                };
                fits.then_some((role, rank))
            }
        }
    }

    fn of_core(path: &str) -> Option<Role> {
        let role = match path.to_ascii_lowercase().as_str() {
            "name.givenname" => Role::GivenName,
            "name.familyname" => Role::FamilyName,
            "name.formatted" => Role::FormattedName,
            "displayname" => Role::DisplayName,
            "username" => Role::UserName,
            "emails.work" => Role::Email,
            "externalid" => Role::ExternalId,
            "active" => Role::Active,
            "title" => Role::Title,
            "locale" => Role::Locale,
            "timezone" => Role::Timezone,
            "phonenumbers.mobile" | "phonenumbers.work" => Role::Phone,
            "addresses.work.country" => Role::Country,
            "addresses.work.locality" => Role::Location,
            _ => return None,
        };
        Some(role)
    }

    /// 0: the name Peakon itself uses; 2 and more: what companies and connectors call it.
    fn of_name(name: &str) -> Option<(Role, u8)> {
        let plain: String = name
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        let found = match plain.as_str() {
            "manager" => (Role::Manager, 0),
            "linemanager" | "reportsto" | "supervisor" => (Role::Manager, 2),
            "tenure" => (Role::StartDate, 0),
            "startdate" | "hiredate" | "employmentstartdate" | "employmentstart" => {
                (Role::StartDate, 2)
            }
            "dateofhire" | "joiningdate" | "datejoined" | "originalhiredate" => {
                (Role::StartDate, 3)
            }
            "separationdate" => (Role::SeparationDate, 0),
            "terminationdate" | "leavingdate" | "enddate" | "lastday" | "lastdayofwork" => {
                (Role::SeparationDate, 2)
            }
            "separationreason" => (Role::SeparationReason, 0),
            "terminationreason" | "terminationtype" | "leavingreason" | "reasonforleaving" => {
                (Role::SeparationReason, 2)
            }
            "employeenumber" | "employeeid" => (Role::EmployeeNumber, 0),
            "personnelnumber" | "workerid" | "staffid" | "staffnumber" | "employeeno" => {
                (Role::EmployeeNumber, 2)
            }
            "department" => (Role::Department, 0),
            "jobtitle" => (Role::Title, 0),
            "title" => (Role::Title, 0),
            "location" => (Role::Location, 0),
            "office" | "site" | "worklocation" => (Role::Location, 2),
            "country" => (Role::Country, 0),
            "gender" => (Role::Gender, 0),
            "sex" => (Role::Gender, 2),
            "dateofbirth" | "birthdate" => (Role::BirthDate, 0),
            "age" | "birthday" => (Role::BirthDate, 2),
            "phone" | "mobile" | "mobilephone" => (Role::Phone, 2),
            "language" => (Role::Locale, 2),
            _ => return None,
        };
        Some(found)
    }
}
