//! What a task of several parts did: all parts are tried, and the last lines say how each went.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::shell::seconds;

enum Outcome {
    Passed(Duration),
    Failed(String),
    LeftOut(String),
}

/// The parts of a task so far.
pub struct Report {
    task: &'static str,
    started: Instant,
    parts: Vec<(String, Outcome)>,
}

impl Report {
    /// No part yet.
    pub fn new(task: &'static str) -> Report {
        Report { task, started: Instant::now(), parts: Vec::new() }
    }

    /// Tries a part; a failure is told at once and again at the end, and does not keep later parts from being tried.
    pub fn part(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        println!("\n==> {name}");
        let started = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed(started.elapsed()),
            Err(error) => {
                eprintln!("error: {name}: {error:#}");
                Outcome::Failed(format!("{error:#}"))
            }
        };
        self.parts.push((name.to_owned(), outcome));
    }

    /// Records that a part was not tried, and why.
    pub fn left_out(&mut self, name: &str, why: &str) {
        self.parts.push((name.to_owned(), Outcome::LeftOut(why.to_owned())));
    }

    /// Prints the table and the line that sums it up.
    ///
    /// # Errors
    /// When a part failed.
    pub fn finish(self) -> Result<()> {
        println!();
        for (name, outcome) in &self.parts {
            match outcome {
                Outcome::Passed(time) => println!("  passed    {name} ({})", seconds(*time)),
                Outcome::Failed(why) => {
                    println!("  FAILED    {name}: {}", why.lines().next().unwrap_or_default())
                }
                Outcome::LeftOut(why) => println!("  left out  {name}: {why}"),
            }
        }
        let (line, failed) = self.sum();
        if failed > 0 {
            bail!("{line}");
        }
        println!("{line}");
        Ok(())
    }

    fn sum(&self) -> (String, usize) {
        let count =
            |test: fn(&Outcome) -> bool| self.parts.iter().filter(|(_, outcome)| test(outcome)).count();
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let passed = count(|outcome| matches!(outcome, Outcome::Passed(_)));
        let left_out = count(|outcome| matches!(outcome, Outcome::LeftOut(_)));
        let time = seconds(self.started.elapsed());
        (
            format!("{}: {passed} parts passed, {failed} failed, {left_out} left out, in {time}", self.task),
            failed,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_tried_and_counted() {
        let mut report = Report::new("test");
        report.part("one", || bail!("broken"));
        report.part("two", || Ok(()));
        report.left_out("three", "no time");
        let error = report.finish().expect_err("one part failed");
        assert!(error.to_string().starts_with("test: 1 parts passed, 1 failed, 1 left out"), "{error}");
    }
}
