//! Two sides take turns; medians and their ratio.

use crate::Outcome;
use std::time::{Duration, Instant};

/// Turns of each side, after one that warms up.
const TURNS: i64 = 15;

/// The figures of one engine.
#[derive(Default)]
pub struct Table(Vec<Line>);

struct Line {
    name: String,
    ours: Duration,
    driver: Duration,
}

impl Table {
    /// Measures `ours` and `driver` in turns: A B A B …
    pub async fn add(
        &mut self,
        name: impl Into<String>,
        mut ours: impl AsyncFnMut(i64) -> Outcome,
        mut driver: impl AsyncFnMut(i64) -> Outcome,
    ) -> Outcome {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for turn in 0..=TURNS {
            // Numbers of their own, so that both sides insert and neither meets the other's rows.
            let first = timed(&mut ours, turn * 2).await?;
            let second = timed(&mut driver, turn * 2 + 1).await?;
            if turn > 0 {
                a.push(first);
                b.push(second);
            }
        }
        self.0.push(Line { name: name.into(), ours: median(a), driver: median(b) });
        Ok(())
    }

    /// Prints the figures.
    pub fn print(&self) {
        println!("{:<58} {:>12} {:>12} {:>7}", "", "store", "driver", "ratio");
        for Line { name, ours, driver } in &self.0 {
            let ratio = ours.as_secs_f64() / driver.as_secs_f64();
            let (ours, driver) = (millis(*ours), millis(*driver));
            println!("{name:<58} {ours:>9.3} ms {driver:>9.3} ms {ratio:>7.2}");
        }
    }
}

async fn timed(side: &mut impl AsyncFnMut(i64) -> Outcome, turn: i64) -> Outcome<Duration> {
    let start = Instant::now();
    side(turn).await?;
    Ok(start.elapsed())
}

fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations[durations.len() / 2]
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
