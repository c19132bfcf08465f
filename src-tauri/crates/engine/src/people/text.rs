//! The search text: folded, contiguous, scanned with memmem.
//!
//! Attributes with few different values (a department) are searched in their dictionary, once per value.
//! Those where nearly everybody has their own (a name, an e-mail) are one folded run of text per person,
//! in blocks of people, so that a scan uses every core and a change costs one block.

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::{
    bits::Bits,
    column::UNSET,
    fold::fold_into,
    table::{NAME_PLACE, STATUS_PLACE, Table},
};
use crate::{
    attribute::{Kind, Role},
    dormancy::is_laid,
};

/// People in a block; a multiple of the bits in a word.
const BLOCK: usize = 16 * 1024;
/// An attribute with more values than this, and more than one to every eight people, goes into the text.
const FEW: usize = 4096;

#[derive(Debug, Clone)]
struct Block {
    /// The values of each person, each ended by a line break; no needle holds one.
    text: String,
    /// Where each person's text ends.
    ends: Vec<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct TextIndex {
    /// Places of the attributes in the blocks, and of those searched by dictionary.
    wide: Vec<usize>,
    narrow: Vec<usize>,
    blocks: Vec<Block>,
}

impl TextIndex {
    pub(crate) fn build(table: &Table) -> Self {
        Self::with_few(table, FEW)
    }

    /// `few` as [`FEW`].
    pub(crate) fn with_few(table: &Table, few: usize) -> Self {
        let mut wide = vec![NAME_PLACE];
        let mut narrow = Vec::new();
        for (place, (attribute, column)) in table.attributes.iter().zip(&table.columns).enumerate()
        {
            let codes = column.dictionary().codes();
            // A word such as "true" or "active" would find everybody; `is:` narrows by these.
            // What sources of evidence say stands beside people's values and is none of them.
            if place == NAME_PLACE
                || place == STATUS_PLACE
                || attribute.kind == Kind::Boolean
                || is_laid(attribute.id)
            {
                continue;
            }
            let many = codes > few && codes * 8 > table.len();
            if many && attribute.role != Some(Role::Manager) {
                wide.push(place);
            } else {
                narrow.push(place);
            }
        }
        let blocks = (0..table.len().div_ceil(BLOCK))
            .into_par_iter()
            .map(|number| Block::build(table, &wide, number))
            .collect();
        Self {
            wide,
            narrow,
            blocks,
        }
    }

    /// Makes the blocks of these positions anew.
    pub(crate) fn renew(&mut self, table: &Table, changed: &[u32]) {
        let mut numbers: Vec<usize> = changed
            .iter()
            .map(|position| *position as usize / BLOCK)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            let block = Block::build(table, &self.wide, number);
            if number < self.blocks.len() {
                self.blocks[number] = block;
            } else {
                self.blocks.push(block);
            }
        }
    }

    /// Everybody with a value that holds the folded needle.
    pub(crate) fn search(&self, table: &Table, needle: &str) -> Bits {
        let mut found = self.search_text(table, needle);
        for &place in &self.narrow {
            search_column(table, place, needle, &mut found);
        }
        found
    }

    fn search_text(&self, table: &Table, needle: &str) -> Bits {
        let mut found = Bits::none(table.len());
        let finder = Finder::new(needle);
        found
            .words_mut()
            .par_chunks_mut(BLOCK / 64)
            .zip(&self.blocks)
            .for_each(|(words, block)| block.search(&finder, words));
        found
    }
}

/// Adds everybody whose value of one attribute, as kept or as shown, holds the folded needle.
pub(crate) fn search_column(table: &Table, place: usize, needle: &str, found: &mut Bits) {
    let column = &table.columns[place];
    let finder = Finder::new(needle);
    let mut hit = vec![false; column.dictionary().codes()];
    let mut any = mark_hits(&finder, column.folded(), &mut hit);
    if table.attributes[place].role == Some(Role::Manager) {
        any |= mark_hits(&finder, table.manager_names(), &mut hit);
    }
    hit[UNSET as usize] = false;
    if any {
        add_codes(column.codes(), &hit, found);
    }
}

/// Marks the codes whose text holds the needle; true when there is one.
fn mark_hits(finder: &Finder<'_>, (text, starts): (&str, &[u32]), hit: &mut [bool]) -> bool {
    let mut any = false;
    let mut at = 0;
    let mut code = 0;
    while let Some(place) = finder.find(&text.as_bytes()[at..]) {
        let place = (at + place) as u32;
        code += starts[code + 1..].partition_point(|&start| start <= place);
        hit[code] = true;
        any = true;
        at = starts[code + 1] as usize;
    }
    any
}

/// Adds everybody whose code is marked.
pub(crate) fn add_codes(codes: &[u32], marked: &[bool], found: &mut Bits) {
    found
        .words_mut()
        .par_chunks_mut(BLOCK / 64)
        .zip(codes.par_chunks(BLOCK))
        .for_each(|(words, codes)| {
            // What nearly everybody has by another attribute is not looked for again.
            let rest = words.iter_mut().zip(codes.chunks(64));
            for (word, codes) in rest.filter(|(word, _)| **word != u64::MAX) {
                for (bit, &code) in codes.iter().enumerate() {
                    *word |= u64::from(marked[code as usize]) << bit;
                }
            }
        });
}

/// "given family, given": holds the name both ways round.
pub(crate) fn name_forms(table: &Table, position: u32, text: &mut String) {
    let given = table.value_of(Role::GivenName, position);
    let family = table.value_of(Role::FamilyName, position);
    match (given, family) {
        (Some(given), Some(family)) => {
            fold_into(given, text);
            text.push(' ');
            fold_into(family, text);
            text.push_str(", ");
            fold_into(given, text);
        }
        _ => fold_into(table.name(position), text),
    }
    text.push('\n');
}

impl Block {
    fn build(table: &Table, wide: &[usize], number: usize) -> Self {
        let first = number * BLOCK;
        let last = table.len().min(first + BLOCK);
        let mut text = String::with_capacity((last - first) * 64);
        let mut ends = Vec::with_capacity(last - first);
        let mut value = String::new();
        for position in first as u32..last as u32 {
            let start = text.len();
            if !table.gone.has(position) {
                name_forms(table, position, &mut text);
                for &place in &wide[1..] {
                    if let Some(found) = table.columns[place].value(position) {
                        value.clear();
                        fold_into(found, &mut value);
                        // The e-mail is most people's user name as well: once is enough.
                        if !text[start..].contains(value.as_str()) {
                            text.push_str(&value);
                            text.push('\n');
                        }
                    }
                }
            }
            ends.push(text.len() as u32);
        }
        text.shrink_to_fit();
        Self { text, ends }
    }

    fn search(&self, finder: &Finder<'_>, words: &mut [u64]) {
        let text = self.text.as_bytes();
        let mut at = 0;
        let mut person = 0;
        while let Some(place) = finder.find(&text[at..]) {
            let place = (at + place) as u32;
            // Hits come in order: look near first, where the needle is common.
            let mut step = 1;
            while person + step < self.ends.len() && self.ends[person + step] <= place {
                person += step;
                step *= 2;
            }
            let until = (person + step).min(self.ends.len());
            person += self.ends[person..until].partition_point(|&end| end <= place);
            words[person / 64] |= 1 << (person % 64);
            at = self.ends[person] as usize;
        }
    }
}
