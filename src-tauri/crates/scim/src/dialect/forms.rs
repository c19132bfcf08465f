//! Records that are written alike. A service writes the same members in the same order for nearly everybody, so two records of
//! one form differ in their values alone. Whoever has learned a form from one record finds the values of the next by comparing
//! what stands between them, without taking the JSON apart again. What fits no form is read the long way, and learned from.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;
use serde_json::Number;
use serde_json::value::RawValue;

use crate::json::{Json, Members, Object};
use crate::resource::Resource;

/// Parts of forms that are kept. A directory of some hundred forms has some ten thousand.
const MOST: usize = 100_000;
/// Parts that one may be followed by. Where a service has more, records are of too many forms for this to be of use.
const MOST_FOLLOWING: usize = 256;
/// Values that people usually have at most; with more, room is made twice.
const USUAL: usize = 40;
/// Levels of a record that are gone into; standard ones have four.
const DEEPEST: usize = 16;

/// The values of a record as text, in the order they stand in it. Booleans and numbers are read as [`crate::Reading`] has them.
pub type Values<'r> = Vec<Cow<'r, str>>;

/// The forms that were learned, each with what is known of it.
#[derive(Clone, Debug)]
pub struct Forms<T> {
    parts: Vec<Part<T>>,
    /// Those that a record may begin with.
    first: Vec<usize>,
    is_full: bool,
}

#[derive(Clone, Debug)]
struct Part<T> {
    /// Up to the value, or to the record's end.
    fixed: Box<[u8]>,
    then: Then<T>,
}

/// What stands behind the fixed part, and what may follow.
#[derive(Clone, Debug)]
enum Then<T> {
    /// A text, up to the quotation mark that the next part begins with.
    Text(Vec<usize>),
    /// A boolean or a number.
    Plain(Vec<usize>),
    End(T),
}

impl<T> Default for Forms<T> {
    fn default() -> Forms<T> {
        Forms {
            parts: Vec::new(),
            first: Vec::new(),
            is_full: false,
        }
    }
}

impl<T> Forms<T> {
    /// What is known of a record's form, and its values. `None` for a form that was not learned.
    pub fn read<'r>(&self, record: &'r Resource) -> Option<(&T, Values<'r>)> {
        let text = record.raw();
        let mut values = Vec::with_capacity(USUAL);
        let mut at = 0;
        let mut next = &self.first;
        loop {
            let (part, value, end) = next.iter().find_map(|part| {
                let part = &self.parts[*part];
                let (value, end) = part.fits(text, at)?;
                Some((part, value, end))
            })?;
            match &part.then {
                Then::End(known) => return Some((known, values)),
                Then::Text(following) | Then::Plain(following) => {
                    values.push(value);
                    next = following;
                    at = end;
                }
            }
        }
    }

    /// Whether there are too many, so that no more are learned.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// Learns a record's form, whose leaves are given. `false` where it is known, or where there are too many.
    pub fn learn(&mut self, record: &Resource, leaves: &Leaves, known: T) -> bool {
        self.is_full |= self.parts.len() + leaves.0.len() > MOST;
        if self.is_full {
            return false;
        }
        let text = record.raw().as_bytes();
        let mut start = 0;
        let mut before = None;
        for leaf in leaves.0.iter().filter(|leaf| leaf.kind != LeafKind::Fixed) {
            let then = match leaf.kind {
                LeafKind::Text => Then::Text(Vec::new()),
                _ => Then::Plain(Vec::new()),
            };
            before = Some(self.part(before, &text[start..leaf.place.start], then).0);
            start = leaf.place.end;
        }
        self.part(before, &text[start..], Then::End(known)).1
    }

    /// The part that follows another in this way, and whether it is new.
    fn part(&mut self, before: Option<usize>, fixed: &[u8], then: Then<T>) -> (usize, bool) {
        let following = match before.map(|part| &self.parts[part].then) {
            None => &self.first,
            Some(Then::Text(following) | Then::Plain(following)) => following,
            Some(Then::End(_)) => unreachable!("BUG: nothing follows the end of a record"),
        };
        let known = following.iter().copied().find(|part| {
            let part = &self.parts[*part];
            *part.fixed == *fixed
                && std::mem::discriminant(&part.then) == std::mem::discriminant(&then)
        });
        if let Some(known) = known {
            return (known, false);
        }
        let part = self.parts.len();
        self.parts.push(Part {
            fixed: fixed.into(),
            then,
        });
        let following = match before.map(|part| &mut self.parts[part].then) {
            Some(Then::Text(following) | Then::Plain(following)) => following,
            _ => &mut self.first,
        };
        following.push(part);
        self.is_full |= following.len() >= MOST_FOLLOWING;
        (part, true)
    }
}

impl<T> Part<T> {
    /// The value behind this part, where the part stands at this place of a record, and where the value ends.
    fn fits<'r>(&self, record: &'r str, at: usize) -> Option<(Cow<'r, str>, usize)> {
        let rest = record.as_bytes()[at..].strip_prefix(&*self.fixed)?;
        let start = record.len() - rest.len();
        match self.then {
            Then::End(_) => rest.is_empty().then_some((Cow::Borrowed(""), start)),
            Then::Text(_) => {
                let (length, as_written) = text_length(rest)?;
                let text = &record[start..start + length];
                let value = if as_written {
                    Cow::Borrowed(text)
                } else {
                    unescaped(text)?
                };
                Some((value, start + length))
            }
            Then::Plain(_) => {
                let length = plain_length(rest)?;
                Some((plain(&record[start..start + length])?, start + length))
            }
        }
    }
}

/// The length of a text up to its quotation mark, and whether it is as written: nothing in it is escaped.
fn text_length(rest: &[u8]) -> Option<(usize, bool)> {
    let mut at = 0;
    let mut as_written = true;
    loop {
        at += memchr2(b'"', b'\\', rest.get(at..)?)?;
        if rest[at] == b'"' {
            return Some((at, as_written));
        }
        // Whatever is escaped, a quotation mark perhaps.
        at += 2;
        as_written = false;
    }
}

fn plain_length(rest: &[u8]) -> Option<usize> {
    matches!(rest.first()?, b't' | b'f' | b'-' | b'0'..=b'9').then_some(())?;
    rest.iter()
        .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'))
}

/// `None` for half a surrogate pair, which is no text.
fn unescaped(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    serde_json::from_str(&format!("\"{text}\""))
        .ok()
        .map(Cow::Owned)
}

/// As [`Json::as_text`] has it.
fn plain(token: &str) -> Option<Cow<'_, str>> {
    let digits = token.strip_prefix('-').unwrap_or(token);
    let as_written = matches!(token, "true" | "false")
        || token == "0"
        || digits.len() <= 18
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
    if as_written {
        return Some(Cow::Borrowed(token));
    }
    let number: Number = serde_json::from_str(token).ok()?;
    Some(Cow::Owned(number.to_string()))
}

/// Where the values of one record are, in the order they stand in it.
#[derive(Clone, Debug)]
pub struct Leaves(Vec<Leaf>);

#[derive(Clone, Debug)]
struct Leaf {
    /// Without quotation marks.
    place: Range<usize>,
    kind: LeafKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeafKind {
    Text,
    Plain,
    /// Part of the form: `null`, and in an element the type and whether it is the primary one, since these say which
    /// attribute it stands for.
    Fixed,
}

impl Leaves {
    /// `None` for a record that others are not told by: one that is nested very deeply, or not readable throughout.
    pub fn of(record: &Resource) -> Option<Leaves> {
        let text = record.raw();
        let mut leaves = Leaves(Vec::with_capacity(USUAL));
        leaves.add(
            text,
            text,
            Inside {
                typed: false,
                fixed: false,
            },
            0,
        )?;
        Some(leaves)
    }

    fn add(&mut self, whole: &str, text: &str, inside: Inside, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match text.as_bytes().first()? {
            b'{' => {
                let members: Members<'_> = serde_json::from_str(text).ok()?;
                for (name, value) in members.iter() {
                    let fixed = inside.typed
                        && (name.eq_ignore_ascii_case("type")
                            || name.eq_ignore_ascii_case("primary"));
                    // The members of an extension are the company's own, whatever they are called.
                    let typed = name
                        .get(..4)
                        .is_none_or(|start| !start.eq_ignore_ascii_case("urn:"));
                    self.add(whole, value, Inside { typed, fixed }, depth + 1)?;
                }
            }
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                let inside = Inside {
                    fixed: false,
                    ..inside
                };
                for element in elements {
                    self.add(whole, element.get(), inside, depth + 1)?;
                }
            }
            first => {
                let start = text.as_ptr() as usize - whole.as_ptr() as usize;
                let place = start..start + text.len();
                let (place, kind) = match first {
                    b'"' => (place.start + 1..place.end - 1, LeafKind::Text),
                    b'n' => (place, LeafKind::Fixed),
                    _ => (place, LeafKind::Plain),
                };
                let readable = match kind {
                    LeafKind::Text => unescaped(&whole[place.clone()]).is_some(),
                    _ => kind == LeafKind::Fixed || plain(text).is_some(),
                };
                if !readable {
                    return None;
                }
                let kind = if inside.fixed { LeafKind::Fixed } else { kind };
                self.0.push(Leaf { place, kind });
            }
        }
        Some(())
    }

    /// Which of the values of such records a value of this one is. `None` for what is no single value, or is part of the form.
    pub(super) fn slot(&self, record: &Object<'_>, value: &Json<'_>) -> Option<usize> {
        let mut leaves = Vec::with_capacity(self.0.len());
        record
            .iter()
            .for_each(|(_, member)| single_values(member, &mut leaves));
        // As they would be of another record.
        if leaves.len() != self.0.len() {
            return None;
        }
        let number = leaves.iter().position(|leaf| std::ptr::eq(*leaf, value))?;
        let free = |leaf: &&Leaf| leaf.kind != LeafKind::Fixed;
        free(&&self.0[number]).then(|| self.0[..number].iter().filter(free).count())
    }
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Inside {
    /// In what may be an element of a list, whose type says what it stands for.
    typed: bool,
    /// It is such a type.
    fixed: bool,
}

fn single_values<'j, 'a>(value: &'j Json<'a>, leaves: &mut Vec<&'j Json<'a>>) {
    match value {
        Json::Object(object) => object
            .iter()
            .for_each(|(_, member)| single_values(member, leaves)),
        Json::List(list) => list
            .iter()
            .for_each(|element| single_values(element, leaves)),
        leaf => leaves.push(leaf),
    }
}
