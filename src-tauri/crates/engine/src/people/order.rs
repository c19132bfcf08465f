//! The order of people: names by folded letters, numbers by size, dates by day, what is not set last.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::{
    Sort,
    column::{Column, Dictionary, UNSET},
    fold::fold_into,
    table::{NAME_PLACE, Table},
};
use crate::{
    attribute::{Kind, Role},
    ids::AttributeId,
};

/// All positions by name; people of the same name in row order.
pub(crate) fn by_name(table: &Table) -> Vec<u32> {
    let column = &table.columns[NAME_PLACE];
    let ranks = column.ranks(text_ranks);
    spread((0..table.len() as u32).collect(), column, ranks, false)
}

/// A few positions by name.
pub(crate) fn few_by_name(table: &Table, positions: Vec<u32>) -> Vec<u32> {
    let column = &table.columns[NAME_PLACE];
    spread(positions, column, column.ranks(text_ranks), false)
}

/// Puts positions, which are in the weakest order already, into the order asked for. The first key is the
/// strongest.
pub(crate) fn sort(table: &Table, mut positions: Vec<u32>, keys: &[Sort]) -> Vec<u32> {
    for key in keys.iter().rev() {
        let Some(place) = table.place(key.attribute) else {
            continue;
        };
        if place == NAME_PLACE && !key.descending && keys.len() == 1 {
            continue;
        }
        let column = &table.columns[place];
        let ranks = ranks(table, place);
        positions = spread(positions, column, ranks, key.descending);
    }
    positions
}

/// The place of each code of a column in ascending order.
pub(crate) fn ranks(table: &Table, place: usize) -> &[u32] {
    let attribute = &table.attributes[place];
    let column = &table.columns[place];
    if attribute.role == Some(Role::Manager) {
        // By the name on screen, so that the order is the one people see.
        return column.ranks(|dictionary| {
            ranked(dictionary, |code, key| {
                let text = table.manager_of_code(code).map_or_else(
                    || dictionary.get(code).unwrap_or_default(),
                    |manager| table.name(manager),
                );
                fold_into(text, key);
            })
        });
    }
    if attribute.id == AttributeId::STATUS {
        return column.ranks(|dictionary| {
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
    match attribute.kind {
        Kind::Number => column.ranks(number_ranks),
        // Canonical dates sort as text; what is no date comes after them, as text.
        Kind::Date => column.ranks(plain_ranks),
        Kind::Text | Kind::Option | Kind::Boolean | Kind::Employee => column.ranks(text_ranks),
    }
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

/// Ranks by a key text made for each code; the value itself decides between equal keys.
fn ranked(dictionary: &Dictionary, key: impl Fn(u32, &mut String) + Sync) -> Vec<u32> {
    let codes = dictionary.codes() as u32;
    // Long runs of keys in a few strings: a million small ones would cost more than the sort.
    let chunks: Vec<(String, Vec<u32>)> = (0..codes)
        .collect::<Vec<_>>()
        .par_chunks(8192)
        .map(|codes| {
            let mut text = String::new();
            let mut ends = Vec::with_capacity(codes.len());
            for &code in codes {
                key(code, &mut text);
                ends.push(text.len() as u32);
            }
            (text, ends)
        })
        .collect();
    let key_of = |code: u32| {
        let (text, ends) = &chunks[code as usize / 8192];
        let place = code as usize % 8192;
        let start = if place == 0 {
            0
        } else {
            ends[place - 1] as usize
        };
        &text[start..ends[place] as usize]
    };
    // The first eight bytes decide most comparisons without leaving the array.
    let mut order: Vec<(u64, u32)> = (1..codes).map(|code| (head(key_of(code)), code)).collect();
    order.par_sort_unstable_by(|(left_head, left), (right_head, right)| {
        left_head
            .cmp(right_head)
            .then_with(|| key_of(*left).cmp(key_of(*right)))
            .then_with(|| dictionary.get(*left).cmp(&dictionary.get(*right)))
    });
    to_ranks(codes, order.into_iter().map(|(_, code)| code))
}

fn head(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}

fn to_ranks(codes: u32, order: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut ranks = vec![u32::MAX; codes as usize];
    for (rank, code) in order.enumerate() {
        ranks[code as usize] = rank as u32;
    }
    ranks
}

fn text_ranks(dictionary: &Dictionary) -> Vec<u32> {
    ranked(dictionary, |code, key| {
        fold_into(dictionary.get(code).unwrap_or_default(), key);
    })
}

fn plain_ranks(dictionary: &Dictionary) -> Vec<u32> {
    ranked(dictionary, |code, key| {
        key.push_str(dictionary.get(code).unwrap_or_default())
    })
}

fn number_ranks(dictionary: &Dictionary) -> Vec<u32> {
    let codes = dictionary.codes() as u32;
    let mut order: Vec<u32> = (1..codes).collect();
    order.par_sort_unstable_by(|&left, &right| {
        compare_numbers(
            dictionary.get(left).unwrap_or_default(),
            dictionary.get(right).unwrap_or_default(),
        )
    });
    debug_assert!(
        !order.contains(&UNSET),
        "not set has no place among the values"
    );
    to_ranks(codes, order.into_iter())
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
