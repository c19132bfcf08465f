//! `cargo xtask test`: everything, the cheap first, one build at a time.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::shell::{cargo, exit_code, run};
use crate::{bindings, page, setup};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only these steps, with what they need
    #[arg(long, value_enum, value_name = "STEP")]
    only: Vec<Step>,
    /// Run the later steps too when one fails
    #[arg(long)]
    keep_going: bool,
}

/// In the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// rustfmt changes nothing
    Format,
    /// Biome finds nothing in the page
    Lint,
    /// TypeScript finds nothing in the page
    Types,
    /// The page's own tests
    Ui,
    /// Clippy finds nothing in any crate, tests included
    Clippy,
    /// The page's bindings are what the Rust side generates
    Bindings,
    /// The Rust tests
    Rust,
    /// Muster's client against SCIM services nobody here wrote
    Peers,
    /// The real window, driven
    Desktop,
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .expect("BUG: every step has a name")
    }

    fn run(self) -> Result<()> {
        match self {
            Step::Format => run(cargo().args(["fmt", "--all", "--check"])),
            Step::Lint => {
                setup::node_modules()?;
                page::script("lint")
            }
            Step::Types => {
                setup::node_modules()?;
                page::script("check")
            }
            Step::Ui => {
                setup::node_modules()?;
                page::script("test")
            }
            Step::Clippy => {
                page::build()?;
                run(cargo().args([
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--",
                    "-D",
                    "warnings",
                ]))
            }
            Step::Bindings => {
                page::build()?;
                build()?;
                bindings::check()
            }
            Step::Rust => {
                page::build()?;
                nextest("not (binary(peers) | binary(desktop))")
            }
            Step::Peers => {
                setup::peers()?;
                page::build()?;
                nextest("binary(peers)")
            }
            Step::Desktop => {
                if !cfg!(target_os = "linux") {
                    println!(
                        "The window is driven through WebKitWebDriver and Xvfb, which are on Linux only: not run here."
                    );
                    return Ok(());
                }
                setup::system(&[setup::DRIVE])?;
                setup::tauri_driver()?;
                page::build()?;
                build()?;
                nextest("binary(desktop)")
            }
        }
    }
}

pub fn test(arguments: &Arguments) -> ExitCode {
    let steps = if arguments.only.is_empty() {
        Step::value_variants()
    } else {
        &arguments.only
    };
    let begin = Instant::now();
    let mut report: Vec<(String, Outcome)> = Vec::new();
    let mut failure = None;

    let needs = (
        "setup".to_owned(),
        measure(|| setup::system(&[setup::BUILD])),
    );
    if let Outcome::Failed(_, error) = &needs.1 {
        failure = Some(exit_code(error));
    }
    report.push(needs);
    for step in steps {
        let outcome = if failure.is_some() && !arguments.keep_going {
            Outcome::NotRun
        } else {
            println!("\n── {} ──", step.name());
            measure(|| step.run())
        };
        if let Outcome::Failed(_, error) = &outcome {
            eprintln!("{}: {error:#}", step.name());
            failure.get_or_insert(exit_code(error));
        }
        report.push((step.name(), outcome));
    }

    summary(&report, begin.elapsed());
    failure.unwrap_or(ExitCode::SUCCESS)
}

/// Every crate with its tests and examples, in one build that all later steps share: another choice of packages
/// would give the dependencies other features, and build them again.
pub fn build() -> Result<()> {
    run(cargo().args(["build", "--workspace", "--all-targets"]))
}

/// Property tests begin from this seed, so that a change is judged by what it changed and not by luck. Give another in
/// `PROPTEST_RNG_SEED` to go looking.
const SEED: &str = "20261123";

fn nextest(which: &str) -> Result<()> {
    setup::nextest()?;
    let mut tests = cargo();
    tests.args([
        "nextest",
        "run",
        "--workspace",
        "--no-fail-fast",
        "--filterset",
        which,
    ]);
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        tests.env("PROPTEST_RNG_SEED", SEED);
    }
    run(&mut tests)
}

enum Outcome {
    Passed(Duration),
    Failed(Duration, anyhow::Error),
    NotRun,
}

fn measure(step: impl FnOnce() -> Result<()>) -> Outcome {
    let begin = Instant::now();
    match step() {
        Ok(()) => Outcome::Passed(begin.elapsed()),
        Err(error) => Outcome::Failed(begin.elapsed(), error),
    }
}

fn summary(report: &[(String, Outcome)], whole: Duration) {
    println!();
    for (name, outcome) in report {
        match outcome {
            Outcome::Passed(time) => println!("{name:10} passed   {}", clock(*time)),
            Outcome::Failed(time, error) => {
                println!("{name:10} FAILED   {}  {error:#}", clock(*time))
            }
            Outcome::NotRun => println!("{name:10} not run"),
        }
    }
    println!("{:10}          {}", "all", clock(whole));
    let passed = report
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Passed(_)))
        .count();
    let failed = report
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Outcome::Failed(..)))
        .count();
    println!("steps: {passed} passed, {failed} failed");
}

/// Minutes and seconds.
fn clock(time: Duration) -> String {
    format!("{:2}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
