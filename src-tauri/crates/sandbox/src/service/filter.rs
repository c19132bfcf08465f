//! Filters (RFC 7644 section 3.4.2.2): read, and applied to a resource.

use serde_json::{Map, Value};

use super::reply::ScimError;

/// Filters nested deeper than this are refused.
const DEEPEST: usize = 40;

#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    Present(Attribute),
    Compare(Attribute, Operator, Value),
    /// `emails[type eq "work"]`
    Element(Attribute, Box<Filter>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// An attribute as it is named in filters and paths: `urn:…:User:name.givenName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The extension it belongs to, as the schema is called; `None` for the core schema.
    pub extension: Option<String>,
    pub name: String,
    pub sub: Option<String>,
}

impl Attribute {
    /// Reads an attribute name; `extensions` are the schemas besides the core one.
    pub fn parse(text: &str, extensions: &[&str]) -> Result<Attribute, ScimError> {
        let mut rest = text;
        let mut extension = None;
        if text
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
        {
            let known = |urn: &&&str| {
                text.get(..urn.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(urn))
                    && matches!(text.as_bytes().get(urn.len()), Some(b':'))
            };
            if let Some(urn) = extensions.iter().find(known) {
                extension = Some((*urn).to_owned());
                rest = &text[urn.len() + 1..];
            } else if let Some(end) = text.rfind(':') {
                let urn = &text[..end];
                if !urn.eq_ignore_ascii_case(crate::company::person::CORE) {
                    return Err(ScimError::invalid_filter(format!(
                        "“{urn}” is not a schema of this service."
                    )));
                }
                rest = &text[end + 1..];
            }
        }
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (rest, None),
        };
        let legal = |name: &str| {
            let mut characters = name.chars();
            characters
                .next()
                .is_some_and(|first| first.is_ascii_alphabetic() || first == '$')
                && characters.all(|character| {
                    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '$')
                })
        };
        if !legal(name) || sub.is_some_and(|sub| !legal(sub)) {
            return Err(ScimError::invalid_filter(format!(
                "“{rest}” is not an attribute name."
            )));
        }
        Ok(Attribute {
            extension,
            name: name.to_owned(),
            sub: sub.map(str::to_owned),
        })
    }
}

/// A member by name, whatever its capitals.
pub fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

impl Filter {
    /// # Errors
    /// 400 `invalidFilter` with a sentence that names the part that could not be read.
    pub fn parse(text: &str, extensions: &[&str]) -> Result<Filter, ScimError> {
        let mut reader = Reader {
            rest: text.trim_start(),
            extensions,
            depth: 0,
        };
        let filter = reader.either()?;
        match reader.rest.is_empty() {
            true => Ok(filter),
            false => Err(ScimError::invalid_filter(format!(
                "The filter cannot be read from “{}” on.",
                reader.rest
            ))),
        }
    }

    pub fn matches(&self, resource: &Map<String, Value>) -> bool {
        match self {
            Filter::And(left, right) => left.matches(resource) && right.matches(resource),
            Filter::Or(left, right) => left.matches(resource) || right.matches(resource),
            Filter::Not(inner) => !inner.matches(resource),
            Filter::Present(attribute) => values(resource, attribute).into_iter().any(present),
            Filter::Compare(attribute, operator, wanted) => {
                let found = values(resource, attribute);
                if wanted.is_null() {
                    let set = found.into_iter().any(present);
                    return if *operator == Operator::NotEqual {
                        set
                    } else {
                        !set
                    };
                }
                if *operator == Operator::NotEqual {
                    return !found
                        .into_iter()
                        .any(|value| compare(attribute, value, Operator::Equal, wanted));
                }
                found
                    .into_iter()
                    .any(|value| compare(attribute, value, *operator, wanted))
            }
            Filter::Element(attribute, inner) => elements(resource, attribute)
                .into_iter()
                .filter_map(Value::as_object)
                .any(|element| inner.matches(element)),
        }
    }

    /// Members an element must have to match: what `[type eq "work"]` says of a new element.
    pub fn implied(&self) -> Vec<(String, Value)> {
        match self {
            Filter::And(left, right) => left.implied().into_iter().chain(right.implied()).collect(),
            Filter::Compare(attribute, Operator::Equal, value) if attribute.sub.is_none() => {
                vec![(attribute.name.clone(), value.clone())]
            }
            _ => Vec::new(),
        }
    }
}

fn present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn elements<'a>(resource: &'a Map<String, Value>, attribute: &Attribute) -> Vec<&'a Value> {
    let container = match &attribute.extension {
        Some(urn) => match member(resource, urn).and_then(Value::as_object) {
            Some(extension) => extension,
            None => return Vec::new(),
        },
        None => resource,
    };
    match member(container, &attribute.name) {
        Some(Value::Array(list)) => list.iter().collect(),
        Some(value) => vec![value],
        None => Vec::new(),
    }
}

fn values<'a>(resource: &'a Map<String, Value>, attribute: &Attribute) -> Vec<&'a Value> {
    let inner = |value: &'a Value| match (value, &attribute.sub) {
        (Value::Object(members), Some(sub)) => member(members, sub),
        (Value::Object(members), None) => Some(member(members, "value").unwrap_or(value)),
        (_, Some(_)) => None,
        (_, None) => Some(value),
    };
    elements(resource, attribute)
        .into_iter()
        .filter_map(inner)
        .collect()
}

fn compare(attribute: &Attribute, value: &Value, operator: Operator, wanted: &Value) -> bool {
    use std::cmp::Ordering;
    let ordered = |ordering: Ordering| match operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Contains | Operator::StartsWith | Operator::EndsWith => false,
    };
    match (value, wanted) {
        (Value::String(value), Value::String(wanted)) => {
            let exact = |name: &str| {
                ["id", "externalId", "$ref", "location", "version", "schemas"]
                    .iter()
                    .any(|other| other.eq_ignore_ascii_case(name))
            };
            let name = attribute.sub.as_deref().unwrap_or(&attribute.name);
            if let (Ok(value), Ok(wanted)) = (
                value.parse::<jiff::Timestamp>(),
                wanted.parse::<jiff::Timestamp>(),
            ) {
                return ordered(value.cmp(&wanted));
            }
            let (value, wanted) = match exact(name) {
                true => (value.clone(), wanted.clone()),
                false => (value.to_lowercase(), wanted.to_lowercase()),
            };
            match operator {
                Operator::Contains => value.contains(&wanted),
                Operator::StartsWith => value.starts_with(&wanted),
                Operator::EndsWith => value.ends_with(&wanted),
                _ => ordered(value.cmp(&wanted)),
            }
        }
        (Value::Bool(value), Value::Bool(wanted)) => operator == Operator::Equal && value == wanted,
        (Value::Number(value), Value::Number(wanted)) => value
            .as_f64()
            .partial_cmp(&wanted.as_f64())
            .is_some_and(ordered),
        _ => false,
    }
}

struct Reader<'a> {
    rest: &'a str,
    extensions: &'a [&'a str],
    depth: usize,
}

impl Reader<'_> {
    fn either(&mut self) -> Result<Filter, ScimError> {
        let mut left = self.both()?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter, ScimError> {
        let mut left = self.one()?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, ScimError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(ScimError::invalid_filter(
                "The filter is nested too deeply.".to_owned(),
            ));
        }
        let negated = {
            let before = self.rest;
            let negated = self.word("not") && self.rest.starts_with('(');
            if !negated {
                self.rest = before;
            }
            negated
        };
        let filter = if self.symbol('(') {
            let inner = self.either()?;
            self.must(')')?;
            inner
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Ok(if negated {
            Filter::Not(Box::new(filter))
        } else {
            filter
        })
    }

    fn condition(&mut self) -> Result<Filter, ScimError> {
        let end = self
            .rest
            .find(|character: char| character.is_whitespace() || "()[]\"".contains(character))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() {
            return Err(ScimError::invalid_filter(match self.rest.is_empty() {
                true => "The filter ends where an attribute is expected.".to_owned(),
                false => format!("An attribute is expected at “{}”.", self.rest),
            }));
        }
        let attribute = Attribute::parse(name, self.extensions)?;
        self.rest = rest.trim_start();
        if self.symbol('[') {
            let inner = self.either()?;
            self.must(']')?;
            return Ok(Filter::Element(attribute, Box::new(inner)));
        }
        if self.word("pr") {
            return Ok(Filter::Present(attribute));
        }
        const OPERATORS: [(&str, Operator); 9] = [
            ("eq", Operator::Equal),
            ("ne", Operator::NotEqual),
            ("co", Operator::Contains),
            ("sw", Operator::StartsWith),
            ("ew", Operator::EndsWith),
            ("gt", Operator::Greater),
            ("ge", Operator::GreaterOrEqual),
            ("lt", Operator::Less),
            ("le", Operator::LessOrEqual),
        ];
        let operator = OPERATORS
            .iter()
            .find(|(word, _)| self.word(word))
            .map(|(_, operator)| *operator)
            .ok_or_else(|| {
                ScimError::invalid_filter(format!("An operator is expected at “{}”.", self.rest))
            })?;
        let value = self.value()?;
        Ok(Filter::Compare(attribute, operator, value))
    }

    /// Text in quotes, or a number, true, false or null up to whatever cannot belong to it.
    fn value(&mut self) -> Result<Value, ScimError> {
        let (value, read) = if self.rest.starts_with('"') {
            let mut stream = serde_json::Deserializer::from_str(self.rest).into_iter();
            (stream.next().and_then(Result::ok), stream.byte_offset())
        } else {
            let ends = |character: char| character.is_whitespace() || "()[]\"".contains(character);
            let end = self.rest.find(ends).unwrap_or(self.rest.len());
            (serde_json::from_str(&self.rest[..end]).ok(), end)
        };
        let value = value.filter(|value: &Value| !value.is_array() && !value.is_object());
        let value = value.ok_or_else(|| {
            ScimError::invalid_filter(format!(
                "A value (text in double quotes, a number, true, false or null) is expected at “{}”.",
                self.rest
            ))
        })?;
        self.rest = self.rest[read..].trim_start();
        Ok(value)
    }

    /// Takes a whole word, whatever its capitals.
    fn word(&mut self, word: &str) -> bool {
        let Some(start) = self.rest.get(..word.len()) else {
            return false;
        };
        let after = self.rest[word.len()..].chars().next();
        let whole = after.is_none_or(|next| next.is_whitespace() || "()[]\"".contains(next));
        let found = start.eq_ignore_ascii_case(word) && whole;
        if found {
            self.rest = self.rest[word.len()..].trim_start();
        }
        found
    }

    fn symbol(&mut self, symbol: char) -> bool {
        match self.rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn must(&mut self, symbol: char) -> Result<(), ScimError> {
        match self.symbol(symbol) {
            true => Ok(()),
            false => Err(ScimError::invalid_filter(format!(
                "“{symbol}” is missing at “{}”.",
                self.rest
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::company::person::ENTERPRISE;
    use proptest::prelude::*;
    use serde_json::json;

    fn matches(filter: &str) -> bool {
        let resource = json!({
            "userName": "Anna@example.com",
            "name": { "familyName": "O'Brien" },
            "active": true,
            "emails": [{ "value": "anna@example.com", "type": "work" }, { "value": "a@home.example", "type": "home" }],
            "meta": { "lastModified": "2024-05-01T10:00:00Z" },
            ENTERPRISE: { "employeeNumber": "0042" },
        });
        let filter = Filter::parse(filter, &[ENTERPRISE]).expect("a filter the standard allows");
        filter.matches(resource.as_object().expect("an object"))
    }

    #[test]
    fn filters_of_the_standard_are_understood() {
        for filter in [
            "userName eq \"anna@EXAMPLE.com\"",
            "USERNAME Eq \"anna@example.com\"",
            "name.familyName co \"brien\"",
            "userName sw \"an\" and active eq true",
            "userName eq \"x\" or (active eq true and not (active eq false))",
            "emails[type eq \"work\" and value co \"@example.com\"]",
            "emails.value ew \"home.example\"",
            "meta.lastModified gt \"2024-05-01T11:00:00+02:00\"",
            "title eq null",
            "name pr",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq \"0042\"",
            "urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"A\"",
        ] {
            assert!(matches(filter), "{filter} is true of Anna");
        }
        for filter in [
            "title pr",
            "emails[type eq \"work\" and value co \"home\"]",
            "userName ne \"anna@example.com\"",
            "not (active eq true)",
        ] {
            assert!(!matches(filter), "{filter} is not true of Anna");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,80}") {
            let _ = Filter::parse(&text, &[ENTERPRISE]);
        }

        #[test]
        fn nothing_like_a_filter_breaks_the_reader(words in proptest::collection::vec(
            prop_oneof![Just("userName"), Just("eq"), Just("("), Just(")"), Just("["), Just("]"), Just("not"), Just("and"), Just("\"é\""), Just("\""), Just("pr"), Just("urn:x:y")],
            0..60,
        )) {
            let _ = Filter::parse(&words.join(" "), &[ENTERPRISE]);
            let _ = Filter::parse(&words.concat(), &[ENTERPRISE]);
        }
    }
}
