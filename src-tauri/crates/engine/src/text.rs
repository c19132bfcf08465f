//! Plain values as text: numbers as people read them, enums as their words, bytes as hex.

use serde::{Serialize, de::DeserializeOwned};

/// "12,345".
pub fn number(number: u32) -> String {
    large_number(number.into())
}

pub(crate) fn large_number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 person", "214 people".
pub fn people(count: u32) -> String {
    match count {
        1 => "1 person".to_owned(),
        _ => format!("{} people", number(count)),
    }
}

pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("BUG: plain values make JSON")
}

/// A value of an enum as one word, the way the page reads it.
pub(crate) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("BUG: a plain enum is a word in JSON"),
    }
}

/// `None` for a word of none of its values.
pub(crate) fn of_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.into()).ok()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn thousands_are_separated() {
        for (plain, separated) in [
            (7, "7"),
            (999, "999"),
            (1_000, "1,000"),
            (4_294_967_295, "4,294,967,295"),
        ] {
            assert_eq!(number(plain), separated, "as people read numbers");
        }
    }
}
