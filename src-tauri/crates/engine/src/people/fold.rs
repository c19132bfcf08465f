//! Folding: what a search compares, so that "muller" finds "Müller" and "MÜLLER".

use store::letters;
pub(crate) use store::{fold, fold_into};

/// Where in `text` the folded `needle` occurs: start and length in UTF-16 units, whole letters with
/// their marks at both ends.
pub(crate) fn find_folded(text: &str, needle: &str) -> Option<(u32, u32)> {
    if needle.is_empty() {
        return None;
    }
    let mut folded = String::with_capacity(text.len());
    // For each byte of the folded text, which piece of the text it came from.
    let mut origin: Vec<u32> = Vec::with_capacity(text.len());
    let mut units: Vec<u32> = Vec::with_capacity(text.len() + 1);
    let mut unit = 0;
    for (place, piece) in letters(text).enumerate() {
        units.push(unit);
        unit += piece.encode_utf16().count() as u32;
        fold_into(piece, &mut folded);
        origin.resize(folded.len(), place as u32);
    }
    units.push(unit);
    let at = memchr::memmem::find(folded.as_bytes(), needle.as_bytes())?;
    let first = origin[at] as usize;
    let after = origin[at + needle.len() - 1] as usize + 1;
    Some((units[first], units[after] - units[first]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_are_found_however_they_are_written() {
        for (written, searched) in [
            ("Müller", "muller"),
            ("MÜLLER", "müller"),
            ("Mu\u{308}ller", "muller"),
            ("Straße", "strasse"),
            ("STRASSE", "straße"),
            ("İstanbul", "istanbul"),
            ("Işık", "isik"),
            ("ISIK", "ışık"),
            ("Øster", "oster"),
            ("Łódź", "lodz"),
            ("Ｔｏｋｙｏ", "tokyo"),
            ("田中 太郎", "田中"),
            ("Ольга Йорк", "йорк"),
            ("Παπαδόπουλος", "παπαδοπουλοσ"),
        ] {
            assert!(
                fold(written).contains(&fold(searched)),
                "{searched} must find {written}: {} in {}",
                fold(searched),
                fold(written)
            );
        }
    }

    #[test]
    fn a_hit_is_marked_in_what_is_shown() {
        assert_eq!(
            find_folded("Mu\u{308}ller, Ana", "muller"),
            Some((0, 7)),
            "the mark is marked too"
        );
        assert_eq!(
            find_folded("𝒜na Ruiz", "ruiz"),
            Some((5, 4)),
            "positions are UTF-16 units"
        );
        assert_eq!(
            find_folded("Straße 5", "strasse"),
            Some((0, 6)),
            "one letter may fold to two"
        );
        assert_eq!(
            find_folded("Ana", "bo"),
            None,
            "what is not there is not marked"
        );
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone(), "a folded needle must compare with folded text");
        }

        #[test]
        fn every_part_is_found_in_its_whole(before in "\\PC{0,8}", part in "\\PC{1,8}", after in "\\PC{0,8}") {
            let needle = fold(&part);
            // Apart, or a mark at the end of one would make another letter of the next one's first.
            let whole = format!("{before} {part} {after}");
            if !needle.is_empty() {
                prop_assert!(find_folded(&whole, &needle).is_some(), "a part of what is shown is marked");
            }
        }
    }
}
