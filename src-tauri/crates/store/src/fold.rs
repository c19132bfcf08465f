//! Folding: what a search compares, so that "muller" finds "Müller" and "MÜLLER". Here, because the
//! history's index is made of folded words.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Appends the folded form: compatibility decomposition without marks, lower case, `ß` as `ss`, dotless
/// `ı` as `i`, and letters with a stroke as their plain ones. Line breaks become spaces, because the search
/// text separates values with them.
pub fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.extend(text.bytes().map(|byte| match byte {
            b'\n' | b'\r' => ' ',
            byte => byte.to_ascii_lowercase() as char,
        }));
        return;
    }
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        for letter in letter.to_lowercase() {
            match letter {
                'ß' => folded.push_str("ss"),
                'ı' => folded.push('i'),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'ħ' => folded.push('h'),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'ς' => folded.push('σ'),
                '\n' | '\r' => folded.push(' '),
                // Lower-casing İ leaves a combining dot behind.
                letter if is_combining_mark(letter) => {}
                letter => folded.push(letter),
            }
        }
    }
}

/// [`fold_into`] a new text.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}
