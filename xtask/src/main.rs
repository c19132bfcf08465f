//! The project's own commands. `cargo xtask run` and `cargo xtask test` are the two in the README;
//! each installs what it needs first, so that a new machine needs nothing but Rust and Node.

mod bench;
mod bindings;
mod icons;
mod page;
mod run;
mod screens;
mod setup;
mod shell;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Muster's own commands",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build Muster and open it
    Run(run::Arguments),
    /// Install what the tests need, then run all of them
    Test(test::Arguments),
    /// Draw every screen of the real window into target/screens
    Screens(screens::Arguments),
    /// Measure: `sync`, `grid`, `window`, `run`, `history`, `evidence` or `reclaim`, in a release build
    Bench(bench::Arguments),
    /// Generate the page's types and calls from the Rust side
    Bindings,
    /// Draw the icon sets from icons/muster.svg
    Icons,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Test(arguments) => return test::test(&arguments),
        Command::Screens(arguments) => screens::screens(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Bindings => bindings::write(),
        Command::Icons => icons::draw(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            shell::exit_code(&error)
        }
    }
}
