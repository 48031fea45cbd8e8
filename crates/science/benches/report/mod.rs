//! How a bench tells what it measured: one JSON line a measurement, which `peers/compare.py` reads.

use std::time::Instant;

/// The last result of several runs, and the least and the median of their seconds.
pub struct Timed<T> {
    pub result: T,
    pub least: f64,
    pub median: f64,
}

/// Runs `work` so many times.
pub fn timed<T>(runs: usize, work: impl Fn() -> T) -> Timed<T> {
    let mut seconds = Vec::with_capacity(runs);
    let mut last = None;
    for _ in 0..runs.max(1) {
        drop(last.take());
        let start = Instant::now();
        last = Some(std::hint::black_box(work()));
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    Timed { result: last.expect("at least one run"), least: seconds[0], median: seconds[seconds.len() / 2] }
}

impl<T> Timed<T> {
    /// Prints the line of `bench` on `n` things; `value` is what was found, in a few words.
    pub fn print(&self, bench: &str, n: usize, value: &str) {
        let Self { least, median, .. } = self;
        let line = serde_json::json!({
            "bench": bench, "n": n, "seconds": least, "median": median, "value": value,
        });
        println!("{line}");
    }
}

/// The arguments of the bench itself.
#[allow(dead_code, reason = "not every bench takes some")]
pub fn wanted(name: &str) -> bool {
    let mut given = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    given.peek().is_none() || given.any(|argument| argument == name)
}
