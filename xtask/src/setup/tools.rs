//! Programs from crates.io, built once into `target/tools` at pinned versions.

use std::fs;

use anyhow::Result;

use crate::shell::{ask, cargo, run, tools};

/// Drives a Tauri window over WebDriver.
pub fn tauri_driver() -> Result<()> {
    install("tauri-driver", "2.1.0", &[])
}

/// Runs the Rust tests. One that is on the machine already will do, whatever its version.
pub fn nextest() -> Result<()> {
    if ask(cargo().args(["nextest", "--version"])).is_some() {
        return Ok(());
    }
    // Without optimisation and without its self-update it builds in a third of the time, and starts tests as fast.
    install(
        "cargo-nextest",
        "0.9.143",
        &[
            "--debug",
            "--no-default-features",
            "--features",
            "default-no-update",
        ],
    )
}

fn install(name: &str, version: &str, how: &[&str]) -> Result<()> {
    let program = tools()
        .join("bin")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    // cargo's own note of what it installed here.
    let note = fs::read_to_string(tools().join(".crates.toml")).unwrap_or_default();
    if program.exists() && note.contains(&format!("\"{name} {version} ")) {
        return Ok(());
    }
    println!("Installing {name} {version} into target/tools");
    run(cargo()
        .args(["install", name, "--version", version, "--locked", "--root"])
        .arg(tools())
        .args(how))
}
