//! The order of texts in the admin's own language.
//!
//! Å comes after Z in Swedish and with A in German; runs of digits count as numbers, so that "Area 10"
//! follows "Area 9". Keys are compared byte by byte, and hold for as long as the process runs.

use std::cmp::Ordering;

use icu_collator::{
    Collator, CollatorBorrowed, CollatorPreferences, options::CollatorOptions,
    preferences::CollationNumericOrdering,
};
use icu_locale_core::Locale;

/// The Unicode Collation Algorithm with one language's tailoring.
#[derive(Debug)]
pub(crate) struct Collation(CollatorBorrowed<'static>);

impl Collation {
    /// The order of a locale: a BCP 47 tag, or as POSIX writes one (`sv_SE.UTF-8`). What is no locale, and
    /// a language without an order of its own, gets the one that all of Unicode begins with.
    pub(crate) fn of(locale: &str) -> Self {
        let tag = locale
            .split(['.', '@'])
            .next()
            .unwrap_or_default()
            .replace('_', "-");
        let locale: Locale = tag.parse().unwrap_or(Locale::UNKNOWN);
        let order = |mut preferences: CollatorPreferences| {
            preferences.numeric_ordering = Some(CollationNumericOrdering::True);
            Collator::try_new(preferences, CollatorOptions::default())
        };
        Self(
            order(locale.into())
                .or_else(|_| order(CollatorPreferences::default()))
                .expect("BUG: the order all of Unicode begins with is compiled in"),
        )
    }

    /// Appends what stands for the text when it is compared. Different texts may have the same key.
    pub(crate) fn key(&self, text: &str, key: &mut Vec<u8>) {
        let Ok(()) = self.0.write_sort_key_to(text, key);
    }

    /// By the language, and where that sees no difference by the letters' numbers: a total order.
    pub(crate) fn compare(&self, left: &str, right: &str) -> Ordering {
        self.0.compare(left, right).then_with(|| left.cmp(right))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(locale: &str, texts: &[&'static str]) -> Vec<&'static str> {
        let collation = Collation::of(locale);
        let mut texts = texts.to_vec();
        texts.sort_by(|left, right| collation.compare(left, right));
        texts
    }

    #[test]
    fn each_language_has_its_own_order() {
        for (locale, expected) in [
            // The three Swedish letters end the alphabet, and V and W are two letters.
            (
                "sv-SE",
                vec!["Adam", "Vik", "Wik", "Zorn", "Åberg", "Ärlig", "Öberg"],
            ),
            (
                "de-DE",
                vec!["Adam", "Ärlig", "Azur", "Oberg", "Öberg", "Zorn"],
            ),
            // Danish: Æ, Ø, Å, and "Aa" is an old way to write Å.
            (
                "da-DK",
                vec!["Adam", "Zorn", "Ærø", "Øberg", "Åberg", "Aagaard"],
            ),
            ("nb-NO", vec!["Adam", "Zorn", "Ærø", "Øberg", "Åberg"]),
            // Ñ follows all of N.
            ("es-ES", vec!["Nuevo", "Núñez", "Nzeki", "Ñandú", "Oca"]),
            ("en-GB", vec!["Ñandú", "Nuevo", "Núñez", "Nzeki", "Oca"]),
            // Ch follows H in Czech.
            (
                "cs-CZ",
                vec!["Cibulka", "Čapek", "Dvořák", "Hora", "Chalupa", "Jelen"],
            ),
            // Dotless ı before dotted i.
            ("tr-TR", vec!["Hakan", "Irmak", "Işık", "İpek", "Jale"]),
            ("pl-PL", vec!["Lis", "Luty", "Łuk", "Mazur"]),
            ("ru-RU", vec!["Андреев", "Ежов", "Ёлкин", "Ершов", "Яшин"]),
            // Ukrainian Ґ follows Г.
            ("uk-UA", vec!["Гай", "Гук", "Ґудзь", "Дяк"]),
            // Pinyin: Chén, Lǐ, Wáng, Zhāng.
            ("zh-CN", vec!["陈伟", "李娜", "王芳", "张敏"]),
            // Taiwan counts strokes: 4, 7, 11, 11.
            ("zh-TW", vec!["王芳", "李娜", "張敏", "陳偉"]),
            (
                "ja-JP",
                vec!["あべ", "いとう", "かとう", "がとう", "さとう"],
            ),
            ("ko-KR", vec!["김민수", "박지영", "이서준", "최유진"]),
        ] {
            let mut given = expected.clone();
            given.reverse();
            assert_eq!(sorted(locale, &given), expected, "in {locale}");
        }
    }

    #[test]
    fn letters_decide_before_accents_and_accents_before_case() {
        assert_eq!(
            sorted("en", &["Zoe", "zoë, B", "Zoë", "zoe", "zoë"]),
            ["zoe", "Zoe", "zoë", "Zoë", "zoë, B"],
            "the same letters stand together"
        );
        assert_eq!(
            sorted("en", &["Lia, Ana", "Li, Bo", "Li, Ana"]),
            ["Li, Ana", "Li, Bo", "Lia, Ana"],
            "a short family name comes before a longer one that begins with it"
        );
    }

    #[test]
    fn digits_count_as_numbers() {
        assert_eq!(
            sorted("en", &["Area 10", "Area 9", "Area 51"]),
            ["Area 9", "Area 10", "Area 51"],
            "nine comes before ten"
        );
    }

    #[test]
    fn scripts_are_kept_apart_where_no_language_is_given() {
        for locale in [
            "und",
            "C",
            "C.UTF-8",
            "POSIX",
            "",
            "no such language",
            "xx-XX",
        ] {
            assert_eq!(
                sorted(
                    locale,
                    &["李娜", "Яшин", "Zorn", "Öberg", "Åberg", "Παππάς", "김민수"]
                ),
                ["Åberg", "Öberg", "Zorn", "Παππάς", "Яшин", "김민수", "李娜"],
                "“{locale}” is no language, so the order is everybody's"
            );
        }
    }

    #[test]
    fn a_locale_is_read_as_systems_write_it() {
        for locale in [
            "sv",
            "sv-SE",
            "sv_SE",
            "sv_SE.UTF-8",
            "sv_SE@euro",
            "sv-Latn-FI",
        ] {
            assert_eq!(
                sorted(locale, &["Åberg", "Zorn"]),
                ["Zorn", "Åberg"],
                "{locale} is Swedish"
            );
        }
    }

    proptest! {
        #[test]
        fn keys_compare_as_texts_do(
            locale in prop::sample::select(vec!["und", "sv", "de", "es", "da", "tr", "zh", "zh-TW", "ja", "th"]),
            left in "\\PC{0,12}",
            right in "\\PC{0,12}",
        ) {
            let collation = Collation::of(locale);
            let key = |text: &str| {
                let mut key = Vec::new();
                collation.key(text, &mut key);
                key
            };
            let by_key = key(&left).cmp(&key(&right)).then_with(|| left.cmp(&right));
            prop_assert_eq!(by_key, collation.compare(&left, &right), "a key stands for its text");
        }

        #[test]
        fn the_order_is_total(
            locale in prop::sample::select(vec!["und", "sv", "de", "es", "da", "tr", "zh", "zh-TW", "ja", "th"]),
            texts in prop::collection::vec("\\PC{0,6}", 3),
        ) {
            let collation = Collation::of(locale);
            let (first, second, third) = (&texts[0], &texts[1], &texts[2]);
            let order = |left: &str, right: &str| collation.compare(left, right);
            prop_assert_eq!(order(first, second), order(second, first).reverse(), "one way round or the other");
            prop_assert_eq!(order(first, second).is_eq(), first == second, "no two texts share a place");
            if order(first, second).is_le() && order(second, third).is_le() {
                prop_assert!(order(first, third).is_le(), "what follows a follower follows");
            }
        }
    }
}
