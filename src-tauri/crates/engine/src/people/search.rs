//! The grammar of the search box.
//!
//! Words must all occur, in any attribute; `"two words"` is one; `-` turns the next one round.
//! `department:sales` looks in one attribute, with `<`, `<=`, `>`, `>=` and `a..b` for dates and numbers
//! (`hired:<2020`, `hired:2020..2023`). `is:` takes active, inactive, left, not-started, staged, protected,
//! manager; `has:manager`, `has:no-manager` and `no:manager` ask whether there is a value.

use jiff::civil::Date;

use super::{fold::fold, table::Table};
use crate::{
    attribute::{Kind, Role},
    grammar::{Token, tokens},
};

/// One thing that must hold, or with `not` must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) not: bool,
    pub(crate) ask: Ask,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    /// A folded needle, in any attribute.
    Anywhere(String),
    /// A folded needle, in the attribute at this place.
    Within(usize, String),
    /// Inclusive canonical bounds.
    Between(usize, Option<String>, Option<String>),
    /// Nobody fits: the bounds exclude everything.
    Nobody,
    Filled(usize),
    Empty(usize),
    Status(&'static str),
    Staged,
    Protected,
    /// Somebody reports to them.
    Manager,
}

/// What a search asks, and what of it made no sense.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Search {
    pub(crate) terms: Vec<Term>,
    pub(crate) note: Option<String>,
}

/// A time of day or an address is no field.
fn is_field(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic) && !text.contains(['/', '@', '.'])
}

/// Reads a search against the attributes of a directory.
pub(crate) fn parse(text: &str, table: &Table) -> Search {
    let mut search = Search::default();
    let mut unclear = Vec::new();
    for token in tokens(text, is_field) {
        match read(&token, table) {
            Ok(Some(ask)) => search.terms.push(Term {
                not: token.not,
                ask,
            }),
            Ok(None) => {}
            Err(why) => unclear.push(why),
        }
    }
    if !unclear.is_empty() {
        search.note = Some(unclear.join(" "));
    }
    search
}

fn read(token: &Token, table: &Table) -> Result<Option<Ask>, String> {
    let Some(field) = &token.field else {
        let needle = fold(&token.text);
        return Ok((!needle.trim().is_empty()).then_some(Ask::Anywhere(needle)));
    };
    let word = plain(&token.text);
    if token.text.is_empty() {
        // Still being typed.
        return Ok(None);
    }
    match plain(field).as_str() {
        "is" => match word.as_str() {
            "active" => Ok(Some(Ask::Status("Active"))),
            "inactive" => Ok(Some(Ask::Status("Inactive"))),
            "left" | "leaver" => Ok(Some(Ask::Status("Left"))),
            "notstarted" | "starter" | "future" => Ok(Some(Ask::Status("Not started"))),
            "staged" | "changed" => Ok(Some(Ask::Staged)),
            "protected" => Ok(Some(Ask::Protected)),
            "manager" => Ok(Some(Ask::Manager)),
            _ => Err(format!(
                "“is:{}” is not known; is: takes active, inactive, left, not-started, staged, protected or manager.",
                token.text
            )),
        },
        "has" => {
            if let Some(place) = place(table, &word) {
                return Ok(Some(Ask::Filled(place)));
            }
            if let Some(place) = word.strip_prefix("no").and_then(|word| place(table, word)) {
                return Ok(Some(Ask::Empty(place)));
            }
            Err(unknown(&token.text))
        }
        "no" => place(table, &word)
            .map(|place| Some(Ask::Empty(place)))
            .ok_or_else(|| unknown(&token.text)),
        name => {
            let place = place(table, name).ok_or_else(|| unknown(field))?;
            within(table, place, token)
        }
    }
}

fn unknown(field: &str) -> String {
    format!("No attribute is called “{field}”, so that part was left out.")
}

fn within(table: &Table, place: usize, token: &Token) -> Result<Option<Ask>, String> {
    let attribute = &table.attributes[place];
    let ordered = matches!(attribute.kind, Kind::Date | Kind::Number);
    if ordered && !token.quoted {
        let text = token.text.trim();
        let span = |text: &str| {
            span(attribute.kind, text, table.today).ok_or_else(|| {
                format!(
                    "“{text}” is not a {} to compare {} with.",
                    if attribute.kind == Kind::Date {
                        "date"
                    } else {
                        "number"
                    },
                    attribute.label
                )
            })
        };
        let operators = ["<=", ">=", "<", ">"];
        if let Some((operator, rest)) = operators
            .iter()
            .find_map(|operator| Some((*operator, text.strip_prefix(operator)?)))
        {
            if rest.is_empty() {
                return Ok(None);
            }
            let span = span(rest)?;
            let (from, to) = match operator {
                "<" => (None, span.before),
                "<=" => (None, Some(span.last)),
                ">" => (span.after, None),
                _ => (Some(span.first), None),
            };
            return Ok(Some(if from.is_none() && to.is_none() {
                Ask::Nobody
            } else {
                Ask::Between(place, from, to)
            }));
        }
        if let Some((from, to)) = text.split_once("..") {
            let from = if from.is_empty() {
                None
            } else {
                Some(span(from)?.first)
            };
            let to = if to.is_empty() {
                None
            } else {
                Some(span(to)?.last)
            };
            return Ok((from.is_some() || to.is_some()).then_some(Ask::Between(place, from, to)));
        }
        if let Ok(span) = span(text) {
            return Ok(Some(Ask::Between(place, Some(span.first), Some(span.last))));
        }
    }
    Ok(Some(Ask::Within(place, fold(&token.text))))
}

/// What a written date or number covers: `2020` is a whole year. `before` and `after` are the nearest
/// values outside, `None` where there is none.
struct Span {
    first: String,
    last: String,
    before: Option<String>,
    after: Option<String>,
}

fn span(kind: Kind, text: &str, today: Date) -> Option<Span> {
    if kind == Kind::Number {
        let number: i64 = text.parse().ok()?;
        return Some(Span {
            first: number.to_string(),
            last: number.to_string(),
            before: number.checked_sub(1).map(|number| number.to_string()),
            after: number.checked_add(1).map(|number| number.to_string()),
        });
    }
    let (first, last) = days(text, today)?;
    Some(Span {
        first: first.to_string(),
        last: last.to_string(),
        before: first.yesterday().ok().map(|day| day.to_string()),
        after: last.tomorrow().ok().map(|day| day.to_string()),
    })
}

fn days(text: &str, today: Date) -> Option<(Date, Date)> {
    if text == "today" {
        return Some((today, today));
    }
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = text.split('-').collect();
    match parts[..] {
        [year] if digits(year, 4) => {
            let year = year.parse().ok()?;
            Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?))
        }
        [year, month] if digits(year, 4) && (digits(month, 1) || digits(month, 2)) => {
            let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        _ => {
            let day: Date = text.parse().ok()?;
            Some((day, day))
        }
    }
}

/// A field as compared: folded letters and digits alone.
fn plain(text: &str) -> String {
    fold(text)
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// The attribute somebody means: by its name, by its key's last part, or by what it stands for.
fn place(table: &Table, plain_name: &str) -> Option<usize> {
    if plain_name.is_empty() {
        return None;
    }
    table
        .attributes
        .iter()
        .position(|attribute| plain(&attribute.label) == plain_name)
        .or_else(|| role(plain_name).and_then(|role| table.place_of(role)))
        .or_else(|| {
            table.attributes.iter().position(|attribute| {
                attribute
                    .key
                    .rsplit(':')
                    .next()
                    .is_some_and(|key| plain(key) == plain_name)
            })
        })
}

fn role(plain_name: &str) -> Option<Role> {
    Some(match plain_name {
        "name" => Role::Name,
        "status" => Role::Status,
        "first" | "firstname" | "given" | "givenname" => Role::GivenName,
        "last" | "lastname" | "family" | "familyname" | "surname" => Role::FamilyName,
        "user" | "username" | "login" => Role::UserName,
        "mail" | "email" => Role::Email,
        "number" | "employeenumber" | "employeeid" => Role::EmployeeNumber,
        "manager" | "boss" => Role::Manager,
        "hired" | "hire" | "start" | "started" | "startdate" | "tenure" => Role::StartDate,
        "separated" | "separation" | "leaves" | "leaving" | "end" | "enddate" => {
            Role::SeparationDate
        }
        "reason" => Role::SeparationReason,
        "born" | "birthday" | "birthdate" | "dateofbirth" => Role::BirthDate,
        "gender" => Role::Gender,
        "department" | "dept" => Role::Department,
        "location" | "office" | "site" => Role::Location,
        "country" => Role::Country,
        "title" | "job" | "jobtitle" => Role::Title,
        "phone" | "mobile" => Role::Phone,
        "language" | "locale" => Role::Locale,
        "timezone" => Role::TimeZone,
        "days" | "seen" | "lastseen" => Role::DaysSeen,
        _ => return None,
    })
}
