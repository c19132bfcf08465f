//! `cargo xtask bench sync|grid|window|history|evidence|run|reclaim`: measured in a release build, as JSON lines on standard output.

use anyhow::Result;

use crate::shell::{cargo, command, run, target};
use crate::{page, setup};

#[derive(clap::Args)]
pub struct Arguments {
    /// What to measure, and its own options
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "sync|grid|window|history|evidence|run|reclaim"
    )]
    what: Vec<String>,
}

pub fn bench(arguments: &Arguments) -> Result<()> {
    setup::system(&[setup::BUILD])?;
    setup::peers()?;
    if arguments
        .what
        .iter()
        .any(|word| word == "grid" || word == "window")
    {
        setup::system(&[setup::DRIVE])?;
        setup::tauri_driver()?;
    }
    page::build()?;
    // Both in one build, so that what they share is built once.
    run(cargo()
        .args([
            "build",
            "--release",
            "--package",
            "muster",
            "--package",
            "tests",
        ])
        .args(["--bin", "muster", "--bin", "bench"]))?;
    run(command(
        target()
            .join("release")
            .join(format!("bench{}", std::env::consts::EXE_SUFFIX)),
    )
    .args(&arguments.what))
}
