//! `cargo xtask bench`: what was promised, measured. Each bench is an example of the crate it measures.

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    cargo::cargo,
    machine,
    postgres::{Postgres, VARIABLE},
    shell::{run, step},
};

struct Measure {
    name: &'static str,
    package: &'static str,
    example: &'static str,
    about: &'static str,
}

const fn measure(
    name: &'static str,
    package: &'static str,
    example: &'static str,
    about: &'static str,
) -> Measure {
    Measure { name, package, example, about }
}

const MEASURES: [Measure; 6] = [
    measure("database", "dangol-store", "database", "statements through `sql!` beside raw driver calls"),
    measure("import", "dangol", "bench_import", "Online Retail and a million lines, beside raw inserts"),
    measure("million", "dangol", "bench_million", "pages over a million customers while an import runs"),
    measure("segments", "dangol", "bench_segments", "live counts of rules, and keeping segments current"),
    measure(
        "webhooks",
        "dangol",
        "bench_webhooks",
        "a storm of deliveries by a shop, nine in ten told again",
    ),
    measure("models", "dangol-science", "million", "fitting and scoring a million customers"),
];

/// Measure speed and memory.
#[derive(Args)]
pub struct Bench {
    /// What to measure: database, import, million, segments, webhooks, models; all unless given
    name: Vec<String>,
    /// Numbers for the bench itself, after `--`: smaller ones for a try (see docs/guide/measuring.md)
    #[arg(last = true)]
    numbers: Vec<String>,
}

impl Bench {
    /// Measures, after saying on what.
    pub fn run(&self) -> Result<()> {
        let chosen = choose(&self.name)?;
        println!("machine: {}", machine::describe());
        let postgres = Postgres::start()?;
        for measure in chosen {
            step(&format!("{}: {}", measure.name, measure.about), || {
                let mut bench =
                    cargo(&["run", "--release", "-p", measure.package, "--example", measure.example, "--"]);
                bench.args(&self.numbers);
                run(bench.env(VARIABLE, postgres.url()))
            })?;
        }
        Ok(())
    }
}

fn choose(names: &[String]) -> Result<Vec<&'static Measure>> {
    let known = |name: &String| MEASURES.iter().any(|measure| measure.name == name);
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
        bail!("there is no bench {unknown:?}; there are {}", all.join(", "));
    }
    let wanted = |measure: &&Measure| names.is_empty() || names.iter().any(|name| name == measure.name);
    Ok(MEASURES.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_are_refused_and_none_means_all() -> Result<()> {
        assert_eq!(choose(&[])?.len(), MEASURES.len());
        assert_eq!(choose(&["models".to_owned()])?[0].package, "dangol-science");
        assert!(choose(&["modles".to_owned()]).is_err());
        Ok(())
    }
}
