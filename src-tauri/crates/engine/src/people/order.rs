//! The order of people: texts by the admin's language, numbers by size, dates by day, what is not set last.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::{
    Sort,
    bits::Bits,
    column::{Column, Dictionary, UNSET},
    table::{NAME_PLACE, Table},
};
use crate::{
    attribute::{Kind, Role},
    ids::AttributeId,
};

/// Values taken into keys at a time.
const CHUNK: usize = 8192;
/// Fewer than one in so many people are put in order by themselves.
const FEW: usize = 16;
/// Positions looked at in one go.
const PICKED: usize = 64 * 1024;

/// All positions by name; people of the same name in row order.
pub(crate) fn by_name(table: &Table) -> Vec<u32> {
    few_by_name(table, (0..table.len() as u32).collect())
}

/// A few positions by name.
pub(crate) fn few_by_name(table: &Table, positions: Vec<u32>) -> Vec<u32> {
    let ranks = ranks(table, NAME_PLACE);
    spread(positions, &table.columns[NAME_PLACE], ranks, false)
}

/// Everybody by one column, from the least value up, those with equal values by name and those with none at the end.
#[derive(Debug)]
pub(crate) struct Order {
    positions: Vec<u32>,
    /// Where each value begins.
    starts: Vec<u32>,
    /// Where those without a value begin.
    unset: u32,
}

impl Order {
    pub(crate) fn of(table: &Table, place: usize) -> Self {
        let (column, ranks) = (&table.columns[place], ranks(table, place));
        let positions = spread(table.by_name().to_vec(), column, ranks, false);
        let mut starts = Vec::new();
        let mut before = None;
        let mut unset = positions.len() as u32;
        for (at, &position) in positions.iter().enumerate() {
            let code = column.code(position);
            if ranks[code as usize] == u32::MAX {
                unset = at as u32;
                break;
            }
            if before.replace(code) != Some(code) {
                starts.push(at as u32);
            }
        }
        Self {
            positions,
            starts,
            unset,
        }
    }

    /// Those who are among these, upwards or downwards.
    fn pick(&self, bits: &Bits, descending: bool) -> Vec<u32> {
        if !descending {
            return picked(&self.positions, bits);
        }
        let (set, unset) = self.positions.split_at(self.unset as usize);
        // Values from the last to the first; of each, people as they stand.
        let parts: Vec<Vec<u32>> = self
            .starts
            .par_chunks(PICKED)
            .enumerate()
            .map(|(chunk, starts)| {
                let after = self.starts.get((chunk + 1) * PICKED).copied();
                let mut end = after.unwrap_or(self.unset) as usize;
                let mut part = Vec::with_capacity(end - starts[0] as usize);
                for &start in starts.iter().rev() {
                    let value = &set[start as usize..end];
                    part.extend(value.iter().filter(|&&position| bits.has(position)));
                    end = start as usize;
                }
                part
            })
            .collect();
        let mut all: Vec<u32> = parts.into_iter().rev().flatten().collect();
        all.extend(unset.iter().filter(|&&position| bits.has(position)));
        all
    }
}

/// These people in the order asked for, and by name where that says nothing. The first key is the strongest.
pub(crate) fn arranged(table: &Table, bits: &Bits, keys: &[Sort]) -> Vec<u32> {
    let mut places: Vec<(usize, bool)> = keys
        .iter()
        .filter_map(|key| Some((table.place(key.attribute)?, key.descending)))
        .collect();
    // That is the order they come in.
    places.pop_if(|last| *last == (NAME_PLACE, false));
    let mut positions = match places.pop() {
        None => in_name_order(table, bits),
        Some((place, descending)) => by_column(table, bits, place, descending),
    };
    for (place, descending) in places.into_iter().rev() {
        positions = spread(
            positions,
            &table.columns[place],
            ranks(table, place),
            descending,
        );
    }
    positions
}

/// These people by name.
pub(crate) fn in_name_order(table: &Table, bits: &Bits) -> Vec<u32> {
    if bits.count() * FEW < table.len() {
        return few_by_name(table, bits.positions().collect());
    }
    picked(table.by_name(), bits)
}

/// These people by one column. To pick many of them from everybody's order takes a tenth of sorting them; but
/// that order takes longer to make than a few are sorted in.
fn by_column(table: &Table, bits: &Bits, place: usize, descending: bool) -> Vec<u32> {
    let count = bits.count();
    let order = if count * 2 >= table.len() {
        Some(table.order(place))
    } else if count * FEW >= table.len() {
        table.known_order(place)
    } else {
        None
    };
    match order {
        Some(order) => order.pick(bits, descending),
        None => {
            let positions = in_name_order(table, bits);
            spread(
                positions,
                &table.columns[place],
                ranks(table, place),
                descending,
            )
        }
    }
}

/// Those of an order who are among these.
fn picked(order: &[u32], bits: &Bits) -> Vec<u32> {
    let parts: Vec<Vec<u32>> = order
        .par_chunks(PICKED)
        .map(|positions| {
            positions
                .iter()
                .copied()
                .filter(|&position| bits.has(position))
                .collect()
        })
        .collect();
    parts.concat()
}

/// The place of each code of a column in ascending order.
pub(crate) fn ranks(table: &Table, place: usize) -> &[u32] {
    let attribute = &table.attributes[place];
    let column = &table.columns[place];
    let collation = &table.collation;
    if attribute.role == Some(Role::Manager) {
        // By the name on screen, so that the order is the one people see.
        return column.ranks(|dictionary, _| {
            let order = ordered(dictionary, 1, |code, key| {
                let text = table.manager_of_code(code).map_or_else(
                    || dictionary.get(code).unwrap_or_default(),
                    |manager| table.name(manager),
                );
                collation.key(text, key);
            });
            to_ranks(dictionary.codes(), order)
        });
    }
    if attribute.id == AttributeId::STATUS {
        return column.ranks(|dictionary, _| {
            let order = ["Active", "Inactive", "Not started", "Left"];
            (0..dictionary.codes() as u32)
                .map(|code| {
                    let text = dictionary.get(code).unwrap_or_default();
                    order
                        .iter()
                        .position(|known| *known == text)
                        .unwrap_or(order.len()) as u32
                })
                .collect()
        });
    }
    column.ranks(|dictionary, known| {
        let text = |code: u32| dictionary.get(code).unwrap_or_default();
        let first = known.len().max(UNSET as usize + 1) as u32;
        match attribute.kind {
            Kind::Number => {
                let compare = |left: u32, right: u32| {
                    compare_numbers(text(left), text(right))
                        .then_with(|| text(left).cmp(text(right)))
                };
                let mut new: Vec<u32> = (first..dictionary.codes() as u32).collect();
                new.par_sort_unstable_by(|&left, &right| compare(left, right));
                merged(known, new, compare)
            }
            // Canonical dates sort as text; what is no date comes after them, as text.
            Kind::Date => {
                let new = ordered(dictionary, first, |code, key| {
                    key.extend_from_slice(text(code).as_bytes());
                });
                merged(known, new, |left, right| text(left).cmp(text(right)))
            }
            Kind::Text | Kind::Option | Kind::Boolean | Kind::Employee => {
                let new = ordered(dictionary, first, |code, key| {
                    collation.key(text(code), key);
                });
                merged(known, new, |left, right| {
                    collation.compare(text(left), text(right))
                })
            }
        }
    })
}

/// A stable sort by rank: counting where many people share the few ranks, by comparison otherwise. What is
/// not set comes last, whichever way round.
fn spread(positions: Vec<u32>, column: &Column, ranks: &[u32], descending: bool) -> Vec<u32> {
    let codes = column.codes();
    let key = |position: u32| {
        let rank = ranks[codes[position as usize] as usize];
        if descending && rank != u32::MAX {
            !rank - 1
        } else {
            rank
        }
    };
    if positions.len() < 4096 || positions.len() * 4 < ranks.len() {
        let mut keyed: Vec<(u32, u32)> = positions
            .into_iter()
            .map(|position| (key(position), position))
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        return keyed.into_iter().map(|(_, position)| position).collect();
    }
    let bucket = |position: u32| {
        let rank = ranks[codes[position as usize] as usize];
        if rank == u32::MAX {
            ranks.len()
        } else if descending {
            ranks.len() - 1 - rank as usize
        } else {
            rank as usize
        }
    };
    let mut next = vec![0u32; ranks.len() + 2];
    for &position in &positions {
        next[bucket(position) + 1] += 1;
    }
    for place in 1..next.len() {
        next[place] += next[place - 1];
    }
    let mut sorted = vec![0; positions.len()];
    for position in positions {
        let place = &mut next[bucket(position)];
        sorted[*place as usize] = position;
        *place += 1;
    }
    sorted
}

/// The codes from `first` on, in the order of a key made for each; the value itself decides between equal
/// keys.
fn ordered(
    dictionary: &Dictionary,
    first: u32,
    key: impl Fn(u32, &mut Vec<u8>) + Sync,
) -> Vec<u32> {
    let codes: Vec<u32> = (first..dictionary.codes() as u32).collect();
    // Long runs of keys in a few vectors: a million small ones would cost more than the sort.
    let chunks: Vec<(Vec<u8>, Vec<u32>)> = codes
        .par_chunks(CHUNK)
        .map(|codes| {
            let mut keys = Vec::new();
            let mut ends = Vec::with_capacity(codes.len());
            for &code in codes {
                key(code, &mut keys);
                ends.push(keys.len() as u32);
            }
            (keys, ends)
        })
        .collect();
    let key_of = |code: u32| {
        let number = (code - first) as usize;
        let (keys, ends) = &chunks[number / CHUNK];
        let place = number % CHUNK;
        let start = if place == 0 {
            0
        } else {
            ends[place - 1] as usize
        };
        &keys[start..ends[place] as usize]
    };
    // The first eight bytes decide most comparisons without leaving the array.
    let mut order: Vec<(u64, u32)> = codes
        .par_iter()
        .map(|&code| (head(key_of(code)), code))
        .collect();
    order.par_sort_unstable_by(|(left_head, left), (right_head, right)| {
        left_head
            .cmp(right_head)
            .then_with(|| key_of(*left).cmp(key_of(*right)))
            .then_with(|| dictionary.get(*left).cmp(&dictionary.get(*right)))
    });
    order.into_iter().map(|(_, code)| code).collect()
}

fn head(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = key.len().min(8);
    bytes[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(bytes)
}

fn to_ranks(codes: usize, order: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut ranks = vec![u32::MAX; codes];
    for (rank, code) in order.into_iter().enumerate() {
        ranks[code as usize] = rank as u32;
    }
    ranks
}

/// Ranks of the codes ranked before and of new ones, which come in order.
fn merged(known: Vec<u32>, new: Vec<u32>, compare: impl Fn(u32, u32) -> Ordering) -> Vec<u32> {
    let codes = known.len().max(UNSET as usize + 1) + new.len();
    if known.is_empty() {
        return to_ranks(codes, new);
    }
    let mut old = vec![UNSET; known.len() - 1];
    for (code, rank) in known.iter().enumerate().skip(UNSET as usize + 1) {
        old[*rank as usize] = code as u32;
    }
    drop(known);
    let mut order = Vec::with_capacity(codes);
    let mut rest = &old[..];
    for code in new {
        let before = rest.partition_point(|&old| compare(old, code).is_lt());
        order.extend_from_slice(&rest[..before]);
        order.push(code);
        rest = &rest[before..];
    }
    order.extend_from_slice(rest);
    to_ranks(codes, order)
}

/// Integers of any size by their value; what is no number comes after all of them, as text.
pub(crate) fn compare_numbers(left: &str, right: &str) -> Ordering {
    fn parts(text: &str) -> Option<(bool, &str)> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        sound.then_some((negative, digits.trim_start_matches('0')))
    }
    match (parts(left), parts(right)) {
        (Some((true, _)), Some((false, _))) => Ordering::Less,
        (Some((false, _)), Some((true, _))) => Ordering::Greater,
        (Some((negative, left)), Some((_, right))) => {
            let size = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if negative { size.reverse() } else { size }
        }
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}
