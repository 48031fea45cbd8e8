//! The `dangol` program: reads the command line, does what it says, and ends with 0 (done), 1 (failed) or 2 (wrong
//! use).

use dangol::{command, config};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match config::parse(std::env::args_os()) {
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
