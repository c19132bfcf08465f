//! `cargo xtask run`: install, build, open.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::shell::{cargo, command, run as run_command, target};
use crate::{page, setup};

#[derive(clap::Args)]
pub struct Arguments {
    /// Build with optimisation: a longer build, and what people would install
    #[arg(long)]
    release: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let display = setup::has_display();
    if !display {
        println!(
            "There is no display here, so no window can open at the end. Building all the same."
        );
    }
    let executable = build(arguments.release)?;
    open(&executable, display)
}

/// Opens the app and waits for its end; without a display, says what can be had here instead.
fn open(executable: &Path, display: bool) -> Result<()> {
    if !display {
        bail!(
            "Muster is built, and there is no display to open it on: neither DISPLAY nor WAYLAND_DISPLAY is set.\n\
             `cargo xtask screens` draws every screen of the real window into target/screens; `{} --help` works from here.",
            executable.display()
        );
    }
    run_command(&mut command(executable))
}

/// Installs what a build needs and builds the app.
fn build(release: bool) -> Result<PathBuf> {
    setup::system(&[setup::BUILD])?;
    page::build()?;
    let mut build = cargo();
    build.args(["build", "--package", "muster", "--bin", "muster"]);
    if release {
        build.arg("--release");
    }
    run_command(&mut build)?;
    let profile = if release { "release" } else { "debug" };
    Ok(target()
        .join(profile)
        .join(format!("muster{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_display_the_screens_are_offered() {
        let nothing = Path::new("target/debug/muster");
        let said = open(nothing, false).expect_err("no window can open");
        let said = said.to_string();
        assert!(
            said.contains("no display") && said.contains("DISPLAY"),
            "it is said what is missing: {said}"
        );
        assert!(
            said.contains("cargo xtask screens") && said.contains("target/debug/muster --help"),
            "and what works without: {said}"
        );
    }
}
