//! On what a figure was measured: a figure without its machine says nothing.

use std::fs;

use crate::shell::{command, output};

/// One line: processor, cores, memory, commit.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| gibibytes(&text));
    let memory = memory.map_or_else(|| "memory unknown".to_owned(), |size| format!("{size:.1} GiB"));
    let commit = output(&mut command("", "git", &["describe", "--always", "--dirty"])).unwrap_or_default();
    format!("{model}, {cores} cores, {memory}, commit {}", commit.trim())
}

/// The value of the first line `name : value`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let (_, value) = text.lines().find(|line| line.starts_with(name))?.split_once(':')?;
    Some(value.trim().to_owned())
}

/// `24680128 kB` in GiB.
fn gibibytes(text: &str) -> Option<f64> {
    let kibibytes: f64 = text.strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes / 1024.0 / 1024.0)
}
