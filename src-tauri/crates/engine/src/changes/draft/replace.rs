//! Find and replace in one value.

/// Every occurrence of `find`, or the whole value.
pub(crate) fn replace(value: &str, find: &str, with: &str, whole: bool, any_case: bool) -> String {
    if find.is_empty() {
        return value.to_owned();
    }
    if whole {
        let fits = if any_case {
            value.to_lowercase() == find.to_lowercase()
        } else {
            value == find
        };
        return if fits {
            with.to_owned()
        } else {
            value.to_owned()
        };
    }
    if !any_case {
        return value.replace(find, with);
    }
    let wanted: Vec<char> = find.chars().flat_map(char::to_lowercase).collect();
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while !rest.is_empty() {
        match prefix(rest, &wanted) {
            Some(length) => {
                text.push_str(with);
                rest = &rest[length..];
            }
            None => {
                let length = rest.chars().next().map_or(rest.len(), char::len_utf8);
                text.push_str(&rest[..length]);
                rest = &rest[length..];
            }
        }
    }
    text
}

/// The bytes at the start of `text` that fold to `wanted`.
fn prefix(text: &str, wanted: &[char]) -> Option<usize> {
    let mut folded = 0;
    for (at, letter) in text.char_indices() {
        if folded == wanted.len() {
            return Some(at);
        }
        for letter in letter.to_lowercase() {
            if wanted.get(folded) != Some(&letter) {
                return None;
            }
            folded += 1;
        }
    }
    (folded == wanted.len()).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_keeps_what_is_around() {
        assert_eq!(
            replace("Sales EMEA", "EMEA", "Europe", false, false),
            "Sales Europe",
            "a part"
        );
        assert_eq!(
            replace("Sales emea", "EMEA", "Europe", false, false),
            "Sales emea",
            "letter case matters"
        );
        assert_eq!(
            replace("Sales emea", "EMEA", "Europe", false, true),
            "Sales Europe",
            "unless told otherwise"
        );
        assert_eq!(
            replace("Sales EMEA", "Sales", "Support", true, false),
            "Sales EMEA",
            "not the whole value"
        );
        assert_eq!(
            replace("İstanbul", "istanbul", "x", false, true),
            "İstanbul",
            "folding may change lengths"
        );
        assert_eq!(replace("a", "", "b", false, false), "a", "nothing to find");
    }
}
