//! `cargo xtask bindings`: the page's types and calls, generated from the Rust side and committed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::shell::{cargo, command, root, run, target};
use crate::{page, setup};

/// Generates them anew.
pub fn write() -> Result<()> {
    setup::system(&[setup::BUILD])?;
    page::build()?;
    run(cargo()
        .args(["run", "--package", "muster", "--example", "bindings", "--"])
        .arg(committed()))
}

/// An error where the committed ones differ from what the built generator writes now.
pub fn check() -> Result<()> {
    let generator = target()
        .join("debug/examples")
        .join(format!("bindings{}", std::env::consts::EXE_SUFFIX));
    let fresh = target().join("bindings.ts");
    run(command(generator).arg(&fresh))?;
    let difference = first_difference(
        &fs::read_to_string(committed())?,
        &fs::read_to_string(&fresh)?,
    );
    match difference {
        None => Ok(()),
        Some(line) => bail!(
            "{} differs from the Rust side at line {line}. `cargo xtask bindings` generates it anew.",
            committed()
                .strip_prefix(root())
                .unwrap_or(Path::new("the bindings"))
                .display()
        ),
    }
}

fn committed() -> PathBuf {
    root().join("ui/src/host/bindings.ts")
}

fn first_difference(one: &str, other: &str) -> Option<usize> {
    let (mut one, mut other) = (one.lines(), other.lines());
    for number in 1.. {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            _ => return Some(number),
        }
    }
    None
}
