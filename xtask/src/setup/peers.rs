//! SCIM services that nobody here wrote, in `target/peers`: Python ones in a virtual environment, Node ones beside it.

use std::fs;

use anyhow::Result;

use super::system::{PEERS, python, system};
use super::{node, npm_ci, same};
use crate::shell::{command, root, run};

/// Installs the peers at the versions that `tests/peers` pins, where those differ from what is there.
pub fn peers() -> Result<()> {
    let wanted = root().join("tests/peers");
    let folder = root().join("target/peers");
    fs::create_dir_all(&folder)?;

    let requirements = wanted.join("requirements.txt");
    let installed = folder.join("installed-requirements.txt");
    if !same(&requirements, &installed) {
        println!("Installing the Python peers");
        system(&[PEERS])?;
        let environment = folder.join("venv");
        run(command(python())
            .args(["-m", "venv", "--clear"])
            .arg(&environment))?;
        let pip = environment.join(if cfg!(windows) {
            "Scripts/pip.exe"
        } else {
            "bin/pip"
        });
        run(command(pip)
            .args([
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(&requirements))?;
        fs::copy(&requirements, &installed)?;
    }

    node()?;
    let modules = folder.join("node");
    fs::create_dir_all(&modules)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(wanted.join(file), modules.join(file))?;
    }
    npm_ci(&modules, "the Node peers")
}
