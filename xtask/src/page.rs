//! The page in `ui/`: built before the executable that carries it.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::setup;
use crate::shell::{npm, root, run};

/// What the built page is made from, in `ui/`.
const SOURCES: [&str; 7] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
];

/// Builds the page into `ui/dist` where a source is newer. An unchanged page spares the executable a build.
pub fn build() -> Result<()> {
    setup::node_modules()?;
    let folder = root().join("ui");
    let built = modified(&folder.join("dist/index.html"));
    let newest = SOURCES
        .iter()
        .filter_map(|source| newest(&folder.join(source)))
        .max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    script("build")
}

/// Runs one of the page's npm scripts.
pub fn script(name: &str) -> Result<()> {
    run(npm(&root().join("ui")).args(["run", "--silent", name]))
}

/// The last change to a file, or to anything in a folder.
fn newest(path: &Path) -> Option<SystemTime> {
    let inside = fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| newest(&entry.path()))
        .max();
    inside.max(modified(path))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}
