//! What goes wrong is said in sentences, since others may follow them on the same line; what is public in the store
//! says what it is.

use std::path::{Path, PathBuf};

/// Where messages for a person begin.
const BEGINNINGS: [&str; 4] = [
    "precondition(",
    "Error::new(",
    "Trouble::failed(",
    "#[error(",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("reads").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "tests" && name != "target" && name != "sandbox" {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The text that a call is given first, when it is written there.
fn literal(after: &str) -> Option<String> {
    let after = after.trim_start();
    // The code comes first, if any.
    let after = match after.strip_prefix("Code::") {
        Some(code) => code.split_once(',')?.1.trim_start(),
        None => after,
    };
    let after = after.strip_prefix("format!(").unwrap_or(after).trim_start();
    let mut letters = after.strip_prefix('"')?.chars();
    let mut text = String::new();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => text.push(letters.next()?),
            letter => text.push(letter),
        }
    }
}

/// Begins like one, and is not the beginning of what is inserted at its end.
fn unfinished(text: &str) -> bool {
    let sentence = text.starts_with(|letter: char| letter.is_uppercase() || letter == '{');
    sentence && !text.ends_with(['.', '?', '}'])
}

#[test]
fn whatever_is_said_of_an_error_ends_with_a_stop() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut found = 0;
    let mut open = Vec::new();
    for file in files {
        let source = std::fs::read_to_string(&file).expect("reads");
        for beginning in BEGINNINGS {
            for (at, _) in source.match_indices(beginning) {
                let Some(text) = literal(&source[at + beginning.len()..]) else {
                    continue;
                };
                found += 1;
                if unfinished(&text) {
                    open.push(format!("{}: {text}", file.display()));
                }
            }
        }
    }
    assert!(found > 150, "the messages are where they were: {found}");
    assert!(
        open.is_empty(),
        "the next sentence would run into these:\n{}",
        open.join("\n")
    );
}

/// Fields and variants are left to their names; `missing_docs` would have each of them paraphrased.
fn undescribed(source: &str) -> Vec<&str> {
    let kinds = [
        "fn ",
        "async fn ",
        "struct ",
        "enum ",
        "trait ",
        "const ",
        "type ",
    ];
    let lines: Vec<&str> = source
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(source)
        .lines()
        .collect();
    (0..lines.len())
        .filter(|&at| {
            let item = lines[at].trim_start().strip_prefix("pub ");
            item.is_some_and(|item| kinds.iter().any(|kind| item.starts_with(kind)))
        })
        .filter(|&at| {
            let above = lines[..at]
                .iter()
                .rev()
                .map(|line| line.trim())
                // Attributes, also those of several lines.
                .find(|line| {
                    !line.starts_with("#[") && !line.starts_with("Debug, ") && *line != ")]"
                });
            !above.is_some_and(|line| line.starts_with("///"))
        })
        .map(|at| lines[at].trim())
        .collect()
}

#[test]
fn whatever_the_store_offers_says_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates");
    let mut files = Vec::new();
    sources(&root.join("store/src"), &mut files);
    for file in files {
        let source = std::fs::read_to_string(&file).expect("reads");
        assert_eq!(
            undescribed(&source),
            Vec::<&str>::new(),
            "units, ranges and errors are not in a name: {}",
            file.display()
        );
    }
}
