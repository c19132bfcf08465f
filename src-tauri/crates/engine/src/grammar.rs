//! What the search boxes have in common: words, quotes, a dash that turns the next one round, and fields.

/// A word with its quotes taken off, and where a colon parts field from value, both.
pub(crate) struct Token {
    pub(crate) not: bool,
    pub(crate) field: Option<String>,
    pub(crate) text: String,
    /// Whether any of the text stood between quotes.
    pub(crate) quoted: bool,
}

/// The words of a search. `is_field` says whether what stands before a colon is a field, or part of the text.
pub(crate) fn tokens(text: &str, is_field: fn(&str) -> bool) -> Vec<Token> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    loop {
        while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
        if letters.peek().is_none() {
            return found;
        }
        let not = letters.next_if_eq(&'-').is_some();
        let mut token = Token {
            not,
            field: None,
            text: String::new(),
            quoted: false,
        };
        while let Some(letter) = letters.next_if(|letter| !letter.is_whitespace()) {
            match letter {
                '"' | '“' | '”' => {
                    token.quoted = true;
                    // A quote without an end holds the rest, so that typing one does not empty the list.
                    for letter in letters.by_ref() {
                        if matches!(letter, '"' | '“' | '”') {
                            break;
                        }
                        token.text.push(letter);
                    }
                }
                ':' if token.field.is_none() && is_field(&token.text) => {
                    token.field = Some(std::mem::take(&mut token.text));
                    token.quoted = false;
                }
                letter => token.text.push(letter),
            }
        }
        if not && token.text.is_empty() && token.field.is_none() && !token.quoted {
            // A dash alone is a dash.
            token.not = false;
            token.text.push('-');
        }
        found.push(token);
    }
}
