//! Plan files as another program writes them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// The file with the hash of what it says.
pub fn signed(mut file: Value) -> anyhow::Result<Vec<u8>> {
    let Some(changes) = file["changes"].as_array() else {
        return Ok(serde_json::to_vec(&file)?);
    };
    let mut canonical = Vec::new();
    for change in changes {
        let mut ordered = Map::new();
        for name in ["id", "name", "do", "attribute", "before", "after"] {
            if let Some(value) = change.get(name) {
                ordered.insert(name.to_owned(), value.clone());
            }
        }
        if let Some(values) = change.get("values").and_then(Value::as_object) {
            let sorted: BTreeMap<&String, &Value> = values.iter().collect();
            ordered.insert("values".to_owned(), serde_json::to_value(sorted)?);
        }
        canonical.push(Value::Object(ordered));
    }
    let said = json!([file["connection"]["service"], canonical]).to_string();
    file["hash"] = json!(sha256(said.as_bytes()));
    Ok(serde_json::to_vec(&file)?)
}

/// In hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
