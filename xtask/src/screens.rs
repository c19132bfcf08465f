//! `cargo xtask screens`: the real window under Xvfb against the sample company, screen by screen.

use anyhow::{Result, ensure};

use crate::shell::{command, root, run, target};
use crate::{page, setup, test};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only screens whose name has this in it, such as "people" or "dark"
    only: Option<String>,
}

pub fn screens(arguments: &Arguments) -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "The window is driven through WebKitWebDriver and Xvfb, which are on Linux only."
    );
    setup::system(&[setup::BUILD, setup::DRIVE])?;
    setup::tauri_driver()?;
    page::build()?;
    test::build()?;
    let folder = root().join("target/screens");
    run(command(target().join("debug/screens"))
        .arg(&folder)
        .args(&arguments.only))
}
