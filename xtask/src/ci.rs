//! `cargo xtask ci`: what has to hold before a change goes in.

use anyhow::Result;

use crate::{
    cargo::{cargo, target},
    openapi, packages, policy,
    report::Report,
    room,
    shell::{is_installed, run},
    test, ui,
};

/// What a run from nothing writes, with room to spare: 5 GiB are built, 1 GiB is tests and packages.
const NEEDED_GIB: f64 = 8.0;

/// Tries everything and sums up.
pub fn run_all() -> Result<()> {
    room::ensure(&target(), NEEDED_GIB)?;
    packages::ensure()?;
    let mut report = Report::new("ci");
    report.part("format", || run(&mut cargo(&["fmt", "--all", "--check"])));
    report.part("dependencies: bans, floors, licences, sources", dependencies);
    // The binary embeds the interface, so it is built before anything that compiles the binary.
    report.part("interface", ui::build);
    report.part("lints", || {
        run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
    });
    // The library that others use by its documentation alone.
    report.part("documentation of the models", || {
        let mut doc = cargo(&["doc", "-p", "dangol-science", "--all-features", "--no-deps", "--locked"]);
        run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    });
    report.part("API description and client types", openapi::check);
    test::all(&mut report)?;
    report.finish()
}

/// Our own reading of deny.toml, which needs no other program, and cargo-deny's where it is installed.
fn dependencies() -> Result<()> {
    policy::check()?;
    if is_installed("cargo-deny") {
        run(&mut cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"]))?;
    }
    Ok(())
}
