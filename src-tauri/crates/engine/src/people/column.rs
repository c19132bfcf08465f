//! One attribute of everybody: a code per person into a dictionary of the values in use.

use std::{
    collections::HashMap,
    hash::BuildHasher,
    sync::{Mutex, OnceLock, PoisonError},
};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::fold::fold_into;

/// The code of "not set".
pub(crate) const UNSET: u32 = 0;

/// Texts kept once each, one after the other; codes count from 1.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    text: String,
    ends: Vec<u32>,
    index: HashTable<Indexed>,
    hasher: DefaultHashBuilder,
}

/// A code under the hash of its text, so that the index grows without reading the texts again.
#[derive(Debug, Clone, Copy)]
struct Indexed {
    hash: u32,
    code: u32,
}

impl Indexed {
    /// All bits of a table's hash count, the first seven most.
    fn place(hash: u32) -> u64 {
        u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

impl Dictionary {
    /// Codes given so far, [`UNSET`] included.
    pub(crate) fn codes(&self) -> usize {
        self.ends.len() + 1
    }

    /// `None` for [`UNSET`].
    pub(crate) fn get(&self, code: u32) -> Option<&str> {
        let place = (code as usize).checked_sub(1)?;
        Some(slice(&self.text, &self.ends, place))
    }

    pub(crate) fn code(&self, text: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(text) as u32;
        self.index
            .find(Indexed::place(hash), |known| {
                known.hash == hash && slice(&self.text, &self.ends, known.code as usize - 1) == text
            })
            .map(|known| known.code)
    }

    /// The codes of many texts, [`UNSET`] for none, in `lookups`. In a large index nearly every look waits for memory:
    /// looking for many at once, with nothing between, those waits are one.
    ///
    /// # Panics
    /// As [`Dictionary::intern`].
    pub(crate) fn intern_all<'a>(
        &mut self,
        texts: impl Iterator<Item = Option<&'a str>> + Clone,
        lookups: &mut Lookups,
    ) {
        let Lookups { hashes, codes } = lookups;
        hashes.clear();
        hashes.extend(
            texts
                .clone()
                .map(|text| text.map_or(0, |text| self.hasher.hash_one(text) as u32)),
        );
        codes.clear();
        codes.extend(hashes.iter().map(|&hash| {
            self.index
                .find(Indexed::place(hash), |known| known.hash == hash)
                .map_or(UNSET, |known| known.code)
        }));
        for ((text, &hash), code) in texts.zip(hashes.iter()).zip(codes) {
            *code = match text {
                None => UNSET,
                Some(text) if self.get(*code) == Some(text) => *code,
                Some(text) => self.intern_hashed(text, hash),
            };
        }
    }

    /// # Panics
    /// When the texts of one attribute come to more than 4 GB.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text) as u32;
        self.intern_hashed(text, hash)
    }

    fn intern_hashed(&mut self, text: &str, hash: u32) -> u32 {
        let Self {
            text: texts,
            ends,
            index,
            ..
        } = self;
        let entry = index.entry(
            Indexed::place(hash),
            |known| known.hash == hash && slice(texts, ends, known.code as usize - 1) == text,
            |known| Indexed::place(known.hash),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(found) => found.get().code,
            hashbrown::hash_table::Entry::Vacant(free) => {
                let code = ends.len() as u32 + 1;
                free.insert(Indexed { hash, code });
                texts.push_str(text);
                ends.push(
                    u32::try_from(texts.len())
                        .expect("BUG: the values of one attribute exceed 4 GB"),
                );
                code
            }
        }
    }
}

/// What taking in many texts at once needs, to be used again.
#[derive(Default)]
pub(crate) struct Lookups {
    hashes: Vec<u32>,
    codes: Vec<u32>,
}

#[inline]
fn slice<'a>(text: &'a str, ends: &[u32], place: usize) -> &'a str {
    let start = if place == 0 {
        0
    } else {
        ends[place - 1] as usize
    };
    &text[start..ends[place] as usize]
}

/// The people of each code, without a vector per code.
#[derive(Debug, Clone)]
pub(crate) struct Owners {
    starts: Vec<u32>,
    positions: Vec<u32>,
}

impl Owners {
    /// Groups positions by a key below `keys`; positions without a key are left out.
    pub(crate) fn group(keys: usize, of: impl Iterator<Item = Option<u32>> + Clone) -> Self {
        let mut starts = vec![0u32; keys + 1];
        for key in of.clone().flatten() {
            starts[key as usize + 1] += 1;
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        let mut next = starts.clone();
        let mut positions = vec![0; starts[keys] as usize];
        for (position, key) in of.enumerate() {
            if let Some(key) = key {
                let place = &mut next[key as usize];
                positions[*place as usize] = position as u32;
                *place += 1;
            }
        }
        Self { starts, positions }
    }

    pub(crate) fn of(&self, key: u32) -> &[u32] {
        match self.starts.get(key as usize..key as usize + 2) {
            Some(&[start, end]) => &self.positions[start as usize..end as usize],
            _ => &[],
        }
    }
}

/// What can be worked out from the codes again, and is when somebody asks.
#[derive(Debug, Clone, Default)]
struct Derived {
    owners: OnceLock<Owners>,
    any_case: OnceLock<HashTable<u32>>,
    /// Folded values, each ended by a line break, and where each starts.
    folded: OnceLock<(String, Vec<u32>)>,
    ranks: OnceLock<Vec<u32>>,
}

/// One attribute of everybody.
#[derive(Debug, Default)]
pub(crate) struct Column {
    codes: Vec<u32>,
    dictionary: Dictionary,
    /// People per code.
    people: Vec<u32>,
    odd: HashMap<u32, Box<str>>,
    derived: Derived,
    /// The ranks of the codes there were before the last changes: new values take their places among them.
    ranked: Mutex<Vec<u32>>,
}

impl Clone for Column {
    fn clone(&self) -> Self {
        let ranked = self.ranked.lock().unwrap_or_else(PoisonError::into_inner);
        Self {
            codes: self.codes.clone(),
            dictionary: self.dictionary.clone(),
            people: self.people.clone(),
            odd: self.odd.clone(),
            derived: self.derived.clone(),
            ranked: Mutex::new(ranked.clone()),
        }
    }
}

impl Column {
    pub(crate) fn with_capacity(people: usize) -> Self {
        Self {
            codes: Vec::with_capacity(people),
            people: vec![0],
            ..Self::default()
        }
    }

    pub(crate) fn codes(&self) -> &[u32] {
        &self.codes
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    pub(crate) fn code(&self, position: u32) -> u32 {
        self.codes[position as usize]
    }

    pub(crate) fn value(&self, position: u32) -> Option<&str> {
        self.dictionary.get(self.codes[position as usize])
    }

    pub(crate) fn odd(&self, position: u32) -> Option<&str> {
        self.odd.get(&position).map(Box::as_ref)
    }

    /// People with this code, gone ones included.
    pub(crate) fn people(&self, code: u32) -> u32 {
        self.people.get(code as usize).copied().unwrap_or(0)
    }

    pub(crate) fn filled(&self) -> u32 {
        self.codes.len() as u32 - self.people[0]
    }

    pub(crate) fn distinct(&self) -> u32 {
        self.people[1..]
            .iter()
            .filter(|&&people| people > 0)
            .count() as u32
    }

    fn intern(&mut self, value: Option<&str>) -> u32 {
        let code = value.map_or(UNSET, |value| self.dictionary.intern(value));
        if self.people.len() <= code as usize {
            self.people.resize(code as usize + 1, 0);
        }
        code
    }

    /// Appends one person's value. Only while a directory is being read; see [`Column::set`].
    pub(crate) fn push(&mut self, value: Option<&str>, odd: Option<&str>) {
        let code = self.intern(value);
        self.people[code as usize] += 1;
        if let Some(odd) = odd {
            self.odd.insert(self.codes.len() as u32, odd.into());
        }
        self.codes.push(code);
    }

    /// The code of a value, for [`Column::push_code`].
    pub(crate) fn code_for(&mut self, value: &str) -> u32 {
        self.intern(Some(value))
    }

    /// [`Column::push`] of a value whose code is known.
    pub(crate) fn push_code(&mut self, code: u32) {
        self.people[code as usize] += 1;
        self.codes.push(code);
    }

    /// Appends the values of many people. Only while a directory is being read; see [`Column::set`].
    pub(crate) fn push_all<'a>(
        &mut self,
        values: impl Iterator<Item = Option<&'a str>> + Clone,
        lookups: &mut Lookups,
    ) {
        self.dictionary.intern_all(values, lookups);
        self.people.resize(self.dictionary.codes(), 0);
        for &code in &lookups.codes {
            self.people[code as usize] += 1;
        }
        self.codes.extend_from_slice(&lookups.codes);
    }

    /// Changes one person's value; true when it was another.
    pub(crate) fn set(&mut self, position: u32, value: Option<&str>, odd: Option<&str>) -> bool {
        match odd {
            Some(odd) => self.odd.insert(position, odd.into()),
            None => self.odd.remove(&position),
        };
        let before = self.codes[position as usize];
        if self.dictionary.get(before) == value {
            return false;
        }
        let code = self.intern(value);
        self.people[before as usize] -= 1;
        self.people[code as usize] += 1;
        self.codes[position as usize] = code;
        true
    }

    /// Call after any [`Column::set`] or a late [`Column::push`], before anybody reads.
    pub(crate) fn forget_derived(&mut self) {
        let ranks = std::mem::take(&mut self.derived).ranks.into_inner();
        if let Some(ranks) = ranks {
            self.ranked = Mutex::new(ranks);
        }
    }

    /// Call when the codes of a column stand in another order than before, though they are the same.
    pub(crate) fn forget_order(&mut self) {
        self.derived.ranks = OnceLock::new();
        self.ranked = Mutex::default();
    }

    pub(crate) fn owners(&self) -> &Owners {
        self.derived.owners.get_or_init(|| {
            Owners::group(
                self.dictionary.codes(),
                self.codes
                    .iter()
                    .map(|&code| (code != UNSET).then_some(code)),
            )
        })
    }

    /// The codes whose value is this one in any letter case.
    pub(crate) fn codes_any_case(&self, value: &str) -> Vec<u32> {
        let hash = |code: u32| {
            let value = self.dictionary.get(code).unwrap_or_default();
            self.dictionary.hasher.hash_one(value.to_lowercase())
        };
        // Most addresses are in lower case, and the dictionary itself finds those.
        let others = self.derived.any_case.get_or_init(|| {
            let mut table = HashTable::new();
            for code in 1..self.dictionary.codes() as u32 {
                if !is_lower(self.dictionary.get(code).unwrap_or_default()) {
                    table.insert_unique(hash(code), code, |&code| hash(code));
                }
            }
            table
        });
        let lower = value.to_lowercase();
        let exact = self.dictionary.code(&lower).filter(|_| is_lower(&lower));
        let mut codes: Vec<u32> = exact.into_iter().collect();
        codes.extend(
            others
                .iter_hash(self.dictionary.hasher.hash_one(&lower))
                .filter(|&&code| {
                    self.dictionary
                        .get(code)
                        .is_some_and(|found| found.to_lowercase() == lower)
                }),
        );
        codes
    }

    /// The folded values one after the other, each ended by a line break, and where each starts.
    pub(crate) fn folded(&self) -> (&str, &[u32]) {
        let (text, starts) = self.derived.folded.get_or_init(|| {
            let mut text =
                String::with_capacity(self.dictionary.text.len() + self.dictionary.codes());
            let mut starts = Vec::with_capacity(self.dictionary.codes() + 1);
            for code in 0..self.dictionary.codes() as u32 {
                starts.push(text.len() as u32);
                fold_into(self.dictionary.get(code).unwrap_or_default(), &mut text);
                text.push('\n');
            }
            starts.push(text.len() as u32);
            (text, starts)
        });
        (text, starts)
    }

    /// For each code its place in ascending order; not set comes last. `sort` is given the ranks of the first
    /// codes, where they were known before.
    pub(crate) fn ranks(&self, sort: impl FnOnce(&Dictionary, Vec<u32>) -> Vec<u32>) -> &[u32] {
        self.derived.ranks.get_or_init(|| {
            let known =
                std::mem::take(&mut *self.ranked.lock().unwrap_or_else(PoisonError::into_inner));
            let mut ranks = sort(&self.dictionary, known);
            ranks[UNSET as usize] = u32::MAX;
            ranks
        })
    }
}

/// Whether lower-casing surely changes nothing, as with nearly every address.
fn is_lower(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}
