//! What the benches share: the program as a child process of its own, what it took in time and memory, and where the
//! figures were measured.

use anyhow::{Context, Result, bail};
use clap::Parser;
use dangol::cli::Cli;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Set in the process that is the program and not the bench.
const PROGRAM: &str = "DANGOL_BENCH_PROGRAM";

/// Where this process is to be the program, with the same code and the words of its command line: runs it, and at its
/// end tells its peak of memory on standard error.
pub fn program() -> Option<ExitCode> {
    std::env::var_os(PROGRAM)?;
    let cli = Cli::parse();
    dangol::terminal::start(&cli);
    let ended = dangol::command::run(cli);
    eprintln!("peak_kib={}", status_kib(std::process::id(), "VmHWM").unwrap_or_default());
    eprintln!("cpu_s={}", cpu_seconds());
    Some(ended.unwrap_or_else(|error| {
        eprintln!("dangol: {}", dangol::terminal::one_line(&error));
        ExitCode::FAILURE
    }))
}

/// The program on the data in `folder`, to be started.
pub fn dangol(folder: &Path, words: &[&str]) -> Result<Command> {
    dangol_at(&["--data", folder.to_str().context("the path is text")?], words)
}

/// The program on the data that `place` names.
pub fn dangol_at(place: &[&str], words: &[&str]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env(PROGRAM, "yes").env("DANGOL_LOG", "error").args(place).args(words).stdin(Stdio::null());
    Ok(command)
}

/// What a process took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// From its start to its end.
    pub time: Duration,
    /// Seconds of processor time, of all its threads.
    pub cpu: f64,
    /// Its peak of resident memory, in MiB.
    pub peak_mib: f64,
}

/// Waits for a program started at `start` with its standard error piped.
pub fn ended(child: Child, start: Instant) -> Result<Took> {
    let output = child.wait_with_output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("the program failed: {told}");
    }
    let figure = |name| told.lines().find_map(|line| line.strip_prefix(name)).map(str::parse::<f64>);
    let peak = figure("peak_kib=").context("the program tells its peak")??;
    let cpu = figure("cpu_s=").context("the program tells its time")??;
    Ok(Took { time: start.elapsed(), cpu, peak_mib: peak / 1024.0 })
}

/// Ticks of the clock by which Linux tells the times of a process: a hundred in a second on every machine it runs on.
const TICKS: f64 = 100.0;

/// Seconds of processor time that this process has taken so far, in the program and in the kernel: a figure that a busy
/// machine does not spoil as much as the time on the wall.
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in brackets, may hold anything; what follows is counted from behind it.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

/// A line of `/proc/PID/status`, in KiB.
pub fn status_kib(pid: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The argument at `place`, or what is usual.
pub fn argument<T: std::str::FromStr>(place: usize, usual: T) -> Result<T> {
    match std::env::args().nth(place) {
        None => Ok(usual),
        Some(text) => text.parse().ok().with_context(|| format!("\"{text}\" is no number: write how many")),
    }
}

/// Prints on what is measured.
pub fn machine() {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    println!("machine: {}, {cores} cores", model.map_or("unknown", |(_, model)| model));
}
