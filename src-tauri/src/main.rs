//! One executable: without arguments the window, with arguments the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    muster::main()
}
