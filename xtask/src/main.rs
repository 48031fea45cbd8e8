#![forbid(unsafe_code)]
//! The tasks of this repository. A newcomer needs two: `cargo xtask demo` and `cargo xtask test`.
//!
//! Each task is a file. A task says what it does before it does it and how long it took, leaves nothing running, and
//! never leaves a part out without saying so. Beyond the standard library there is only clap and anyhow, so that the
//! first `cargo xtask` is ready in seconds.

mod bench;
mod browser;
mod cargo;
mod ci;
mod demo;
mod deny;
mod licence;
mod machine;
mod node;
mod openapi;
mod packages;
mod policy;
mod postgres;
mod report;
mod room;
mod screenshots;
mod shell;
mod soak;
mod stamp;
mod test;
mod ui;

use std::process::ExitCode;

use clap::Parser;

/// The tasks of this repository.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version)]
enum Task {
    /// Build everything and open a made-up coffee shop in the browser
    Demo(demo::Demo),
    /// Run every test, on both database engines and in the browser
    Test(test::Test),
    /// Check format, lints, dependencies and drift, then run every test
    Ci,
    /// Check the dependencies against deny.toml
    Deny,
    /// Build the staff interface if its inputs changed
    Ui(ui::Ui),
    /// Write the API description and the client types made from it
    Openapi(openapi::Openapi),
    /// Measure speed and memory against the figures promised
    Bench(bench::Bench),
    /// Run the tests with their large figures: hours, by hand
    Soak,
    /// Take the pictures shown in the documents
    Screenshots,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Demo(demo) => demo.run(),
        Task::Test(test) => test.run(),
        Task::Ci => ci::run_all(),
        Task::Deny => policy::check(),
        Task::Ui(ui) => ui.run(),
        Task::Openapi(openapi) => openapi.run(),
        Task::Bench(bench) => bench.run(),
        Task::Soak => soak::run_all(),
        Task::Screenshots => screenshots::run_all(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
