//! `cargo xtask icons`: an example of this package, so that a renderer is built only when a drawing changed.

use anyhow::Result;

use crate::shell::{cargo, run};

pub fn draw() -> Result<()> {
    run(cargo().args(["run", "--quiet", "--package", "xtask", "--example", "icons"]))
}
