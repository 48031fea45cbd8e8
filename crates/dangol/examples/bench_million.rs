//! A company of a million customers and ten million orders while an import runs: `cargo xtask bench million`. Other
//! numbers of customers, orders and lines of the import may be given, for a try.
//!
//! Filling takes far longer than measuring. Where `DANGOL_BENCH_KEEP` names a folder the company is kept there as it was
//! filled, and the next run measures a copy of it.

#![forbid(unsafe_code)]

#[path = "shared/http.rs"]
mod http;
#[path = "shared/owner.rs"]
mod owner;
mod shared;
mod million {
    //! The parts of the bench.
    pub mod asking;
    pub mod filling;
    pub mod lines;
    pub mod moving;
    pub mod searching;
}

use anyhow::{Context, Result};
use million::asking::{Asked, Client};
use million::{filling, searching};
use shared::{argument, dangol, ended, machine, status_kib};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Customers, orders, and lines of the import that runs beside the questions.
const CUSTOMERS: u32 = 1_000_000;
const ORDERS: u64 = 10_000_000;
const IMPORTED: u64 = 200_000;
/// Pages that look at everyone.
const BOARDS: [&str; 2] = ["/measure/leak", "/choose/visits"];
/// How long the server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(5);

fn main() -> Result<ExitCode> {
    if let Some(code) = shared::program() {
        return Ok(code);
    }
    machine();
    let (customers, orders) = (argument(1, CUSTOMERS)?, argument(2, ORDERS)?);
    let folder = tempfile::TempDir::new()?;
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let filled = runtime.block_on(filling::ready(&data, customers, orders))?;
    println!("{customers} customers, {} lines; {}", filled.lines, filled.told);
    runtime.block_on(filling::judge_and_score(&data, &["for the first time", "again"]))?;
    drop(runtime);
    serve(folder.path(), &data, &filled)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(searching::search(folder.path(), &data, &filled.cookie, customers))?;
    Ok(ExitCode::SUCCESS)
}

fn serve(folder: &Path, data: &Path, filled: &filling::Filled) -> Result<()> {
    let start = Instant::now();
    let mut server = dangol(data, &["serve", "--listen", "127.0.0.1:0"])?.stdout(Stdio::piped()).spawn()?;
    let measured = asked(folder, data, filled, &mut server, start);
    server.kill()?;
    server.wait()?;
    measured
}

fn asked(
    folder: &Path,
    data: &Path,
    filled: &filling::Filled,
    server: &mut Child,
    start: Instant,
) -> Result<()> {
    let mut line = String::new();
    BufReader::new(server.stdout.take().context("its output is piped")?).read_line(&mut line)?;
    let address = line
        .split("http://")
        .nth(1)
        .and_then(|rest| rest.split('/').next())
        .context("it says where it is")?;
    let mut client = Client::connect(address, &filled.cookie)?;
    client.get("/session")?;
    println!("start-up to the first answer: {:.2} s", start.elapsed().as_secs_f64());
    std::thread::sleep(REST);
    println!("resident at rest: {:.0} MiB", mib(server, "VmRSS"));
    let mut quiet = Asked::default();
    quiet.round(&mut client, filled)?;
    quiet.print("alone");
    for board in BOARDS {
        let start = Instant::now();
        client.get(board)?;
        println!("{board}: {:.2} s", start.elapsed().as_secs_f64());
    }
    let importing = import(folder, data)?;
    let (mut child, begun) = importing;
    let mut busy = Asked::default();
    while child.try_wait()?.is_none() {
        busy.round(&mut client, filled)?;
    }
    let took = ended(child, begun)?;
    busy.print("while an import runs");
    println!(
        "the import: {:.1} s, {:.1} s of processor time, peak {:.0} MiB; server's peak {:.0} MiB",
        took.time.as_secs_f64(),
        took.cpu,
        took.peak_mib,
        mib(server, "VmHWM")
    );
    Ok(())
}

fn mib(process: &Child, name: &str) -> f64 {
    status_kib(process.id(), name).unwrap_or_default() as f64 / 1024.0
}

/// An import of another shop's orders beside the server.
fn import(folder: &Path, data: &Path) -> Result<(Child, Instant)> {
    let (path, lines) = (folder.join("more.csv"), argument(3, IMPORTED)?);
    let mut out = BufWriter::new(std::fs::File::create(&path)?);
    simulate::large::write_csv(&mut out, 2, u32::try_from(lines / 10)?, lines)?;
    out.flush()?;
    let words = ["import", path.to_str().context("the path is text")?, "--source", "other"];
    let start = Instant::now();
    Ok((dangol(data, &words)?.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?, start))
}
