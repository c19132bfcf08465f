//! JSON: one record a line, or records in an array, at the top or one level down.

use std::{
    cell::Cell,
    collections::HashMap,
    io::{BufRead, BufReader, Read},
    ops::ControlFlow,
    rc::Rc,
};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::{Error, Limits, Result, Row, Taker};

/// Records are wrapped in no more objects than this.
const DEEPEST: usize = 2;
/// Longest name of a column, in bytes; one is made of the names of all objects around its value.
const LONGEST: usize = 1 << 10;
/// A record of JSON may be this many times the size of a row of text: every value carries its name.
const WORDY: usize = 8;

/// What the columns of the records are called: the path of each value, `a.b[0].c`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) list: Vec<String>,
    places: HashMap<String, usize>,
    most: usize,
}

impl Names {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    fn learn(&mut self, name: &str) {
        let fits = self.list.len() < self.most && name.len() <= LONGEST;
        if fits && !self.places.contains_key(name) {
            self.places.insert(name.to_owned(), self.list.len());
            self.list.push(name.to_owned());
        }
    }
}

/// What to do with each value of a record.
type Tell<'a> = &'a mut dyn FnMut(&str, &str);

/// Names from a record.
pub(crate) fn learn(names: &mut Names, record: &Value) {
    flatten(record, &mut String::new(), &mut |name, _| names.learn(name));
}

/// The cells of a record.
fn lay(names: &Names, record: &Value, row: &mut Row) {
    let mut cells: Vec<(usize, String)> = Vec::new();
    flatten(record, &mut String::new(), &mut |name, value| {
        if let Some(&place) = names.places.get(name) {
            cells.push((place, value.to_owned()));
        }
    });
    cells.sort_by_key(|(place, _)| *place);
    cells.dedup_by_key(|(place, _)| *place);
    for (place, value) in cells {
        row.skip_to(place);
        row.push(&value);
    }
}

fn flatten(value: &Value, path: &mut String, tell: Tell<'_>) {
    let length = path.len();
    match value {
        Value::Null => tell(path, ""),
        Value::Bool(truth) => tell(path, if *truth { "true" } else { "false" }),
        Value::Number(number) => tell(path, &number.to_string()),
        Value::String(text) => tell(path, text),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                path.push_str(&format!("[{index}]"));
                flatten(item, path, tell);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            let words: Vec<String> = items
                .iter()
                .map(|item| {
                    item.as_str()
                        .map_or_else(|| item.to_string(), str::to_owned)
                })
                .collect();
            tell(path, &words.join(", "));
        }
        Value::Object(members) => {
            for (name, member) in members {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                flatten(member, path, tell);
                path.truncate(length);
            }
        }
    }
}

/// A record, or why there is none.
type Each<'a> = &'a mut dyn FnMut(u64, Result<Value, String>) -> ControlFlow<()>;

/// One record a line. `behind` is told the bytes read since it was last told, and says whether to go on.
pub(crate) fn lines(
    stream: impl Read,
    limits: Limits,
    each: Each<'_>,
    behind: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<()> {
    let most = limits.row * WORDY;
    let mut stream = BufReader::with_capacity(256 << 10, stream);
    let mut line = Vec::new();
    let (mut number, mut long) = (0_u64, false);
    loop {
        let chunk = stream.fill_buf()?;
        if chunk.is_empty() && line.is_empty() && !long {
            return Ok(());
        }
        let end = memchr::memchr(b'\n', chunk);
        let ended = end.is_some() || chunk.is_empty();
        let take = end.map_or(chunk.len(), |end| end + 1);
        if line.len() + take > most {
            long = true;
            line.clear();
        } else if !long {
            line.extend_from_slice(&chunk[..take]);
        }
        stream.consume(take);
        if behind(take as u64).is_break() {
            return Err(Error::Stopped);
        }
        if !ended {
            continue;
        }
        number += 1;
        let found = if long {
            Some(Err(format!(
                "The line is longer than {} MB and was skipped.",
                most >> 20
            )))
        } else if line.trim_ascii().is_empty() {
            None
        } else {
            Some(
                serde_json::from_slice(&line)
                    .map_err(|error| format!("The line is not JSON: {error}.")),
            )
        };
        long = false;
        line.clear();
        if found.is_some_and(|found| each(number, found).is_break()) {
            return Ok(());
        }
    }
}

/// Records in an array, at the top or inside objects.
pub(crate) fn array(
    stream: impl Read,
    limits: Limits,
    each: Each<'_>,
    behind: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<()> {
    let meter = Rc::new(Meter::default());
    let metered = Metered {
        inner: stream,
        meter: Rc::clone(&meter),
        most: (limits.row * WORDY) as u64,
        behind,
    };
    let mut parser =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(64 << 10, metered));
    let mut number = 0;
    let records = Records {
        each,
        meter: &meter,
        number: &mut number,
        deep: 0,
    };
    match records.deserialize(&mut parser) {
        Ok(()) => Ok(()),
        Err(_) if meter.enough.get() => Ok(()),
        Err(_) if meter.stopped.get() => Err(Error::Stopped),
        Err(_) if meter.long.get() => Err(Error::Damaged(format!(
            "record {} is longer than {} MB",
            number + 1,
            (limits.row * WORDY) >> 20
        ))),
        Err(error) => Err(Error::Damaged(format!(
            "after {number} records it is not JSON any more ({error})"
        ))),
    }
}

/// What parser and reader tell each other.
#[derive(Default)]
struct Meter {
    /// Bytes since the last record.
    since: Cell<u64>,
    stopped: Cell<bool>,
    long: Cell<bool>,
    enough: Cell<bool>,
}

struct Metered<'a, R> {
    inner: R,
    meter: Rc<Meter>,
    most: u64,
    behind: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(out)?;
        self.meter.since.set(self.meter.since.get() + read as u64);
        if self.meter.since.get() > self.most {
            self.meter.long.set(true);
            return Err(std::io::Error::other("a record is too long"));
        }
        if (self.behind)(read as u64).is_break() {
            self.meter.stopped.set(true);
            return Err(std::io::Error::other("stopped"));
        }
        Ok(read)
    }
}

struct Records<'a, 'b> {
    each: &'a mut (dyn FnMut(u64, Result<Value, String>) -> ControlFlow<()> + 'b),
    meter: &'a Meter,
    number: &'a mut u64,
    deep: usize,
}

impl<'de> DeserializeSeed<'de> for Records<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("records in an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element::<Value>()? {
            self.meter.since.set(0);
            *self.number += 1;
            if (self.each)(*self.number, Ok(item)).is_break() {
                self.meter.enough.set(true);
                return Err(serde::de::Error::custom("enough"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while members.next_key::<IgnoredAny>()?.is_some() {
            if self.deep == DEEPEST {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            members.next_value_seed(Records {
                each: &mut *self.each,
                meter: self.meter,
                number: &mut *self.number,
                deep: self.deep + 1,
            })?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The records as rows.
pub(crate) struct Rows<'a> {
    pub(crate) names: &'a Names,
    pub(crate) row: Row,
}

impl Rows<'_> {
    pub(crate) fn take(
        &mut self,
        number: u64,
        record: Result<Value, String>,
        taker: &mut dyn Taker,
    ) -> ControlFlow<()> {
        self.row.clear(number);
        match record {
            Ok(record) if record.is_object() => lay(self.names, &record, &mut self.row),
            Ok(Value::Array(cells)) => {
                for cell in &cells {
                    let text = cell
                        .as_str()
                        .map_or_else(|| cell.to_string(), str::to_owned);
                    self.row.push(&text);
                }
            }
            Ok(other) => self.row.spoil(format!("The record is no object: {other}.")),
            Err(why) => self.row.spoil(why),
        }
        taker.row(&self.row)
    }
}
