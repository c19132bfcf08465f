//! axe-core in the page: what a person with a screen reader, a keyboard or weak eyes would stumble over.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Window;

/// One rule that the page breaks.
#[derive(Debug)]
pub struct Finding {
    /// "minor", "moderate", "serious" or "critical".
    pub impact: String,
    pub rule: String,
    pub help: String,
    /// The elements, as CSS selectors with axe's reason.
    pub places: Vec<String>,
}

impl Finding {
    pub fn is_grave(&self) -> bool {
        matches!(self.impact.as_str(), "serious" | "critical")
    }
}

/// Runs axe-core's WCAG 2.2 A and AA rules over the page as it is.
pub async fn check(window: &Window) -> Result<Vec<Finding>> {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let source = std::fs::read_to_string(&source).with_context(|| {
        format!(
            "{} could not be read; `cargo xtask test` installs it",
            source.display()
        )
    })?;
    // Defined in this script's own scope: the page's policy allows no script from elsewhere.
    let script = format!(
        "const module = undefined, exports = undefined, define = undefined;
        if (!window.axe) {{ {source} }}
        const done = arguments[arguments.length - 1];
        window.axe
          .run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] }})
          .then((result) => done({{ violations: result.violations }}), (error) => done({{ error: String(error) }}));"
    );
    let result = window.run_until_called(&script, &[]).await?;
    anyhow::ensure!(
        result["error"].is_null(),
        "axe-core failed: {}",
        result["error"]
    );
    let violations = result["violations"].as_array().cloned().unwrap_or_default();
    Ok(violations.iter().map(finding).collect())
}

fn finding(violation: &Value) -> Finding {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let places = violation["nodes"].as_array().cloned().unwrap_or_default();
    Finding {
        impact: text(&violation["impact"]),
        rule: text(&violation["id"]),
        help: text(&violation["help"]),
        places: places
            .iter()
            .map(|node| {
                format!(
                    "{}: {}",
                    node.get("target").unwrap_or(&json!("?")),
                    text(&node["failureSummary"])
                )
            })
            .collect(),
    }
}
