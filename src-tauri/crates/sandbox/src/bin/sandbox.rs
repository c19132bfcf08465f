//! The sample company as a program of its own.

use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "sandbox", version, about)]
struct Program {
    #[command(flatten)]
    arguments: sandbox::cli::Arguments,
}

#[tokio::main]
async fn main() -> ExitCode {
    match sandbox::cli::run(Program::parse().arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The sample company cannot be served: {error}.");
            ExitCode::FAILURE
        }
    }
}
