//! System packages, through apt where there is one.

use std::env;
use std::path::Path;

use anyhow::{Result, bail};

use crate::shell::{ask, command, run};

/// A Debian package and why it is wanted.
pub struct Package {
    name: &'static str,
    why: &'static str,
}

const fn package(name: &'static str, why: &'static str) -> Package {
    Package { name, why }
}

/// To build and open Muster.
pub const BUILD: &[Package] = &[
    package("build-essential", "a C compiler, for SQLite"),
    package("pkg-config", "finds the libraries"),
    package("libwebkit2gtk-4.1-dev", "the web view that shows the page"),
];

/// To drive the real window without a screen.
pub const DRIVE: &[Package] = &[
    package("webkit2gtk-driver", "drives the web view"),
    package("xvfb", "a display in memory"),
    package("dbus", "a session bus for the keyring"),
    package("gnome-keyring", "the keyring that the token goes to"),
    package("libsecret-tools", "reads the keyring from outside Muster"),
    package("xdotool", "answers the system's file dialogs"),
    package("fonts-noto-core", "people's names in most scripts"),
    package(
        "fonts-noto-cjk",
        "people's names in Chinese, Japanese and Korean",
    ),
];

/// To run the SCIM services that the peers suite talks to.
pub const PEERS: &[Package] = &[package(
    "python3-venv",
    "a place of their own for the Python services",
)];

/// Installs what is missing of these, with sudo where this is not root, saying what and why.
/// Elsewhere than on Linux there is nothing to install; on a Linux without apt it is said what is needed.
pub fn system(wanted: &[&[Package]]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted = wanted.iter().copied().flatten();
    if ask(command("dpkg-query").arg("--version")).is_none() {
        let needed: Vec<&str> = wanted.map(|package| package.name).collect();
        println!(
            "There is no apt here, so nothing is installed. Under their Debian names, these are needed: {}",
            needed.join(", ")
        );
        return Ok(());
    }
    let missing: Vec<&Package> = wanted
        .filter(|package| !is_installed(package.name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing system packages that are missing:");
    for package in &missing {
        println!("  {:24} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    let root = is_root();
    if !root && ask(command("sudo").arg("--version")).is_none() {
        bail!(
            "This is not root and there is no sudo. As root, run: apt-get install --no-install-recommends {}",
            names.join(" ")
        );
    }
    apt(root, &["update", "--quiet"])?;
    let mut arguments = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    arguments.extend(names);
    apt(root, &arguments)
}

fn apt(root: bool, arguments: &[&str]) -> Result<()> {
    let mut command = if root {
        command("env")
    } else {
        let mut sudo = command("sudo");
        // A password may have to be typed.
        sudo.stdin(std::process::Stdio::inherit()).arg("env");
        sudo
    };
    run(command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments))
}

fn is_installed(name: &str) -> bool {
    ask(command("dpkg-query").args(["--show", "--showformat=${db:Status-Status}", name])).as_deref()
        == Some("installed")
}

fn is_root() -> bool {
    ask(command("id").arg("-u")).as_deref() == Some("0")
}

/// Whether a window can be shown here.
pub fn has_display() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The machine's Python where it can make virtual environments, else the first that is there.
pub fn python() -> &'static str {
    let able = |name: &&str| ask(command(name).args(["-c", "import ensurepip, venv"])).is_some();
    let names = ["python3", "/usr/bin/python3", "python"];
    names
        .into_iter()
        .find(able)
        .unwrap_or(if Path::new("/usr/bin/python3").exists() {
            "/usr/bin/python3"
        } else {
            "python3"
        })
}
