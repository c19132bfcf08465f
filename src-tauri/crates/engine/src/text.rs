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

/// A stored word of an enum as its value. `what` says which: "colour of the connection Acme".
///
/// # Errors
/// [`store::Error::Damaged`] for a word of none of its values.
pub(crate) fn stored_word<T: DeserializeOwned>(
    what: impl Into<String>,
    word: &str,
) -> store::Result<T> {
    serde_json::from_value(word.into()).map_err(|_| {
        store::Error::damaged(what, format!("“{word}” is none of the words it may hold"))
    })
}

/// A stored JSON text as its value. `what` says which: "plan".
///
/// # Errors
/// [`store::Error::Damaged`] for a text that is not one.
pub(crate) fn stored_json<T: DeserializeOwned>(
    what: impl Into<String>,
    text: &str,
) -> store::Result<T> {
    serde_json::from_str(text).map_err(|error| store::Error::damaged(what, error))
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
