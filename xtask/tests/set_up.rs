//! What `cargo xtask run` installs and how, on a machine made up of stand-ins: nothing is installed.
#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder that is the whole PATH.
struct Machine(PathBuf);

impl Machine {
    /// Without root, without the libraries of the web view, and with a Node that is too old to go on with.
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // Left from an earlier run, or not there.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let machine = Self(folder);
        machine.program("id", "echo 1000");
        machine.program(
            "dpkg-query",
            "case \"$*\" in *webkit*|*pkg-config*) exit 1;; *) printf installed;; esac",
        );
        machine.program("node", "echo v18.0.0");
        machine
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.0.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
    }

    fn run(&self) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("run")
            .env("PATH", &self.0)
            .env("DISPLAY", ":7")
            .output()
            .expect("xtask starts")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_is_missing_is_named_with_its_reason_and_installed_with_sudo() {
    let machine = Machine::new("with-sudo");
    let log = machine.0.join("log");
    machine.program("sudo", &format!("echo \"$@\" >> '{}'", log.display()));
    let output = machine.run();
    let said = text(&output.stdout);
    assert!(
        said.contains("libwebkit2gtk-4.1-dev") && said.contains("the web view that shows the page"),
        "what is installed is said, and why: {said}"
    );
    assert!(
        !said.contains("build-essential"),
        "what is there already is left alone: {said}"
    );
    let asked = fs::read_to_string(log).expect("sudo was asked");
    let asked: Vec<&str> = asked.lines().filter(|line| *line != "--version").collect();
    assert_eq!(
        asked,
        [
            "env DEBIAN_FRONTEND=noninteractive apt-get update --quiet",
            "env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends pkg-config libwebkit2gtk-4.1-dev",
        ],
        "apt is asked for these alone, and asks nothing itself"
    );
    let said = text(&output.stderr);
    assert!(
        said.contains("Node 20 or newer is needed") && said.contains("v18.0.0"),
        "then Node is looked at, and what to do about it is said: {said}"
    );
    assert!(!output.status.success(), "nothing was built");
}

#[test]
fn without_sudo_the_command_for_root_is_said() {
    let output = Machine::new("without-sudo").run();
    let said = text(&output.stderr);
    assert!(
        said.contains(
            "As root, run: apt-get install --no-install-recommends pkg-config libwebkit2gtk-4.1-dev"
        ),
        "{said}"
    );
    assert!(!output.status.success(), "nothing was built");
}
