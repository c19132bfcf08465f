//! Folding: what a search compares, so that "muller" finds "Müller" and "MÜLLER". Here, because the
//! history's index is made of folded words.

use std::iter;

use unicode_normalization::{
    UnicodeNormalization,
    char::{compose, is_combining_mark},
};

/// Appends the folded form: compatibility decomposition without accents, lower case, `ß` as `ss`, dotless
/// `ı` as `i`, and letters with a stroke as their plain ones; what marks are left, such as the vowels of
/// Hindi and Thai and the voicing of kana, stay with their letters. Line breaks become spaces, because the
/// search text separates values with them.
pub fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.extend(text.bytes().map(|byte| match byte {
            b'\n' | b'\r' => ' ',
            byte => byte.to_ascii_lowercase() as char,
        }));
        return;
    }
    folded.extend(
        text.nfkd()
            .filter(|letter| !is_accent(*letter))
            .flat_map(char::to_lowercase)
            // Lower-casing İ leaves a combining dot behind.
            .filter(|letter| !is_accent(*letter))
            .flat_map(spelled)
            // は is not found in ば, nor 기 in 김.
            .nfc(),
    );
}

/// [`fold_into`] a new text.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// The pieces of a text that fold each by itself: a letter with the marks on it, or a whole syllable.
pub fn letters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    iter::from_fn(move || {
        let mut letters = rest.char_indices();
        let (_, first) = letters.next()?;
        let mut base = once_composed(first);
        let end = letters
            .find(|(_, letter)| {
                let next = iter::once(*letter).nfkd().next().unwrap_or(*letter);
                match compose(base, next) {
                    Some(composed) => base = composed,
                    None if is_combining_mark(next) => {}
                    None => return true,
                }
                false
            })
            .map_or(rest.len(), |(place, _)| place);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

fn once_composed(letter: char) -> char {
    iter::once(letter).nfkd().nfc().last().unwrap_or(letter)
}

fn spelled(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ß' => ('s', Some('s')),
        'ı' => ('i', None),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ς' => ('σ', None),
        '\n' | '\r' => (' ', None),
        letter => (letter, None),
    };
    iter::once(first).chain(second)
}

/// Marks that people leave out and still mean the same word. In other scripts marks are letters: the vowels
/// of Devanagari and Thai, the voicing of kana.
fn is_accent(letter: char) -> bool {
    matches!(letter,
        // Of Latin, Greek and Cyrillic.
        '\u{0300}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20f0}' | '\u{2de0}'..='\u{2dff}' | '\u{a66f}'..='\u{a672}' | '\u{a674}'..='\u{a67d}'
        | '\u{a69e}'..='\u{a69f}' | '\u{fe20}'..='\u{fe2f}'
        // The points of Hebrew and the short vowels of Arabic, which help a reader and are rarely written.
        | '\u{0591}'..='\u{05bd}' | '\u{05bf}' | '\u{05c1}'..='\u{05c2}' | '\u{05c4}'..='\u{05c5}' | '\u{05c7}'
        | '\u{0610}'..='\u{061a}' | '\u{064b}'..='\u{065f}' | '\u{0670}' | '\u{06d6}'..='\u{06dc}'
        | '\u{06df}'..='\u{06e4}' | '\u{06e7}'..='\u{06e8}' | '\u{06ea}'..='\u{06ed}'
        // Which of its shapes a letter has.
        | '\u{180b}'..='\u{180d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_go_and_letters_stay() {
        for (script, written, searched, found) in [
            ("Latin", "Müller", "muller", true),
            ("Latin, decomposed", "Mu\u{308}ller", "müller", true),
            ("Vietnamese", "Nguyễn", "nguyen", true),
            ("Polish", "Łódź", "lodz", true),
            ("Greek", "Παπαδόπουλος", "παπαδοπουλοσ", true),
            ("Cyrillic", "Йорк Ёлкин", "елкин", true),
            ("Hebrew with points", "שָׁלוֹם", "שלום", true),
            ("Arabic with vowels", "مُحَمَّد", "محمد", true),
            ("Arabic with a hamza", "أحمد", "احمد", true),
            ("Devanagari", "कुमार", "कुमार", true),
            ("Devanagari, another vowel", "कुमार", "किमार", false),
            ("Devanagari, no vowel", "कि", "कु", false),
            ("Thai", "สมชาย ใจดี", "ใจดี", true),
            ("Thai, another vowel", "ดี", "ดู", false),
            ("Thai, another tone", "ไม้", "ไม่", false),
            ("Kana", "がとう", "がとう", true),
            ("Kana, decomposed", "か\u{3099}とう", "がとう", true),
            ("Kana without voicing", "がとう", "かとう", false),
            ("Kana, half of a letter", "ば", "は", false),
            ("Katakana of half width", "ｶﾞｽ", "ガス", true),
            ("Hangul", "김민수", "김민", true),
            ("Hangul, half of a syllable", "김민수", "기", false),
            (
                "Hangul, decomposed",
                "\u{1100}\u{1175}\u{11b7}민수",
                "김",
                true,
            ),
            ("Han with a shape of its own", "葛\u{e0100}城", "葛城", true),
        ] {
            assert_eq!(
                fold(written).contains(&fold(searched)),
                found,
                "{script}: {searched} in {written}, which are {:?} and {:?}",
                fold(searched),
                fold(written)
            );
        }
    }

    #[test]
    fn a_letter_and_its_marks_are_one_piece() {
        for (text, pieces) in [
            ("Mu\u{308}l", vec!["M", "u\u{308}", "l"]),
            ("か\u{3099}と", vec!["か\u{3099}", "と"]),
            ("ｶﾞｽ", vec!["ｶﾞ", "ｽ"]),
            ("कुमा", vec!["कु", "मा"]),
            (
                "\u{1100}\u{1175}\u{11b7}민",
                vec!["\u{1100}\u{1175}\u{11b7}", "민"],
            ),
            ("", vec![]),
        ] {
            assert_eq!(
                letters(text).collect::<Vec<_>>(),
                pieces,
                "the pieces of {text}"
            );
        }
    }

    proptest! {
        #[test]
        fn pieces_make_the_text_and_fold_alone(text in "\\PC{0,12}") {
            prop_assert_eq!(letters(&text).collect::<String>(), text.clone(), "nothing is lost between pieces");
            let apart: String = letters(&text).map(fold).collect();
            prop_assert_eq!(apart, fold(&text), "no piece changes how another one folds");
        }
    }
}
