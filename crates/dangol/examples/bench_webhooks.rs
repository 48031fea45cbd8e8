//! A storm of deliveries by a shop: `cargo xtask bench webhooks`. 5,000 a second for 60 s, nine in ten told again, over
//! loopback, against the program as a process of its own. Another rate, other seconds may be given, for a try.
//!
//! Each delivery has its time, whether those before it were answered or not; how long it took is counted from that time,
//! so that a slow answer is not hidden by waiting (coordinated omission). At the end every event that was answered with
//! 2xx is looked for among the orders.

#![forbid(unsafe_code)]

#[path = "shared/http.rs"]
mod http;
#[path = "shared/owner.rs"]
mod owner;
#[expect(dead_code, reason = "the other benches need the rest of it")]
mod shared;
mod webhooks {
    //! The parts of the bench.
    pub mod shop;
    pub mod storm;
}

use anyhow::{Context, Result, ensure};
use http::Client;
use shared::{argument, dangol, machine};
use std::io::{BufRead, BufReader};
use std::process::{Child, ExitCode, Stdio};
use std::time::{Duration, Instant};
use webhooks::shop::{self, Shop};
use webhooks::storm::Storm;

/// Deliveries a second, and for how many seconds.
const RATE: u64 = 5_000;
const SECONDS: u64 = 60;
/// How long the orders may take after the storm.
const PATIENCE: Duration = Duration::from_secs(1_200);

fn main() -> Result<ExitCode> {
    if let Some(code) = shared::program() {
        return Ok(code);
    }
    machine();
    let (rate, seconds) = (argument(1, RATE)?, argument(2, SECONDS)?);
    let folder = tempfile::TempDir::new()?;
    let data = folder.path().join("data");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let cookie = runtime.block_on(shop::owner(&data))?;
    let mut server = dangol(&data, &["serve", "--listen", "127.0.0.1:0"])?.stdout(Stdio::piped()).spawn()?;
    let measured = measure(&mut server, &cookie, rate, seconds);
    server.kill()?;
    server.wait()?;
    let heard = measured?;
    let found = runtime.block_on(shop::orders(&data, &heard))?;
    println!("{found} orders of {} events that were answered with 2xx", heard.len());
    ensure!(found == heard.len(), "{} events were lost", heard.len() - found);
    Ok(ExitCode::SUCCESS)
}

/// Sends the storm and waits until all of it is applied; gives the events that were answered with 2xx.
fn measure(server: &mut Child, cookie: &str, rate: u64, seconds: u64) -> Result<Vec<u64>> {
    let mut line = String::new();
    BufReader::new(server.stdout.take().context("its output is piped")?).read_line(&mut line)?;
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    let address = address.context("it says where it is")?.to_owned();
    let mut owner = Client::connect(&address)?;
    let shop = Shop::connect(&mut owner, cookie)?;
    let storm = Storm::send(&address, &shop, server.id(), rate, seconds)?;
    storm.print(rate, seconds);
    let start = Instant::now();
    while shop.waiting(&mut owner, cookie)? > 0 {
        ensure!(start.elapsed() < PATIENCE, "the orders are not applied in time");
        std::thread::sleep(Duration::from_millis(500));
    }
    println!("all applied {:.1} s after the last delivery", start.elapsed().as_secs_f64());
    Ok(storm.heard)
}
