//! The `dangol` program: reads the command line, does what it says, and ends with 0 (done), 1 (failed) or 2 (wrong
//! use).

use clap::Parser;
use dangol::{cli::Cli, command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse().and_then(Cli::consistent) {
        Ok(cli) => cli,
        Err(wrong) => return dangol::terminal::wrong_use(&wrong),
    };
    dangol::terminal::start(&cli);
    match command::run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("dangol: {}", dangol::terminal::one_line(&error));
            ExitCode::FAILURE
        }
    }
}
