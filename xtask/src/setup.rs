//! What a machine needs before Muster can be built, opened or tested. Each part looks first and installs only what is missing.

mod peers;
mod system;
mod tools;

pub use peers::peers;
pub use system::{BUILD, DRIVE, has_display, system};
pub use tools::{nextest, tauri_driver};

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::shell::{ask, command, npm, root, run};

const NODE: u32 = 20;

/// Node, and the page's dependencies as `ui/package-lock.json` names them.
pub fn node_modules() -> Result<()> {
    node()?;
    let folder = root().join("ui");
    npm_ci(&folder, "the page's dependencies")
}

/// An error that says what to do where Node is missing or too old.
pub fn node() -> Result<()> {
    let said = ask(command("node").arg("--version"));
    let major = said.as_deref().and_then(|version| {
        version
            .trim_start_matches('v')
            .split('.')
            .next()?
            .parse::<u32>()
            .ok()
    });
    ensure!(
        major.is_some_and(|major| major >= NODE),
        "Node {NODE} or newer is needed to build the page; {}. Install it from nodejs.org or with a version tool, then run this again.",
        said.map_or("none was found".to_owned(), |version| format!(
            "found {version}"
        ))
    );
    Ok(())
}

/// Runs `npm ci` where the lock file differs from the one last installed from.
fn npm_ci(folder: &Path, what: &str) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.installed-from.json");
    if same(&lock, &installed) {
        return Ok(());
    }
    println!("Installing {what}");
    run(npm(folder).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::copy(lock, installed)?;
    Ok(())
}

/// Whether both files are there with the same content.
fn same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}
