//! The storm: connections that send at their times, and what came of it.

use super::shop::Shop;
use crate::http::Client;
use crate::shared::status_kib;
use anyhow::Result;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Connections, each with a thread of its own: so many deliveries may be under way.
const CONNECTIONS: usize = 64;
/// One in so many deliveries is new.
const NEW: u64 = 10;
/// Events back from which one is told again.
const BACK: u64 = 2_000;

/// What came of it.
#[derive(Default)]
pub struct Storm {
    /// Events that were answered with 2xx.
    pub heard: Vec<u64>,
    took: Vec<Duration>,
    kept: u64,
    repeats: u64,
    busy: u64,
    other: u64,
    lasted: Duration,
    memory: Vec<u64>,
}

impl Storm {
    /// Sends it.
    pub fn send(address: &str, shop: &Shop, server: u32, rate: u64, seconds: u64) -> Result<Self> {
        let (start, over) = (Instant::now() + Duration::from_millis(500), AtomicBool::new(false));
        let mut all = Self::default();
        std::thread::scope(|scope| -> Result<()> {
            let senders: Vec<_> = (0..CONNECTIONS)
                .map(|mine| scope.spawn(move || sender(address, shop, start, mine, rate, rate * seconds)))
                .collect();
            let watched = scope.spawn(|| watch(server, &over));
            let sent: Vec<Result<Self>> = senders.into_iter().map(joined).collect();
            over.store(true, Ordering::Relaxed);
            all.memory = watched.join().unwrap_or_default();
            sent.into_iter().try_for_each(|part| part.map(|part| all.add(part)))
        })?;
        all.lasted = start.elapsed();
        all.took.sort_unstable();
        let heard: BTreeSet<u64> = all.heard.drain(..).collect();
        all.heard = heard.into_iter().collect();
        Ok(all)
    }

    fn add(&mut self, part: Self) {
        self.heard.extend(part.heard);
        self.took.extend(part.took);
        self.kept += part.kept;
        self.repeats += part.repeats;
        self.busy += part.busy;
        self.other += part.other;
    }

    fn count(&mut self, event: u64, status: u16, took: Duration) {
        self.took.push(took);
        match status {
            202 => self.kept += 1,
            200 => self.repeats += 1,
            429 => self.busy += 1,
            _ => self.other += 1,
        }
        if (200..300).contains(&status) {
            self.heard.push(event);
        }
    }

    /// Prints the figures.
    pub fn print(&self, rate: u64, seconds: u64) {
        let at = |share: f64| {
            let place = (self.took.len().saturating_sub(1)) as f64 * share;
            self.took.get(place.round() as usize).copied().unwrap_or_default().as_secs_f64() * 1_000.0
        };
        println!(
            "{rate} a second for {seconds} s: {} deliveries in {:.1} s; {} kept (202), {} repeats (200), {} asked to come \
             again (429), {} others",
            self.took.len(),
            self.lasted.as_secs_f64(),
            self.kept,
            self.repeats,
            self.busy,
            self.other
        );
        println!(
            "answers, from their time on: p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, max {:.1} ms",
            at(0.5),
            at(0.9),
            at(0.99),
            at(1.0)
        );
        let mib = |kib: Option<&u64>| kib.copied().unwrap_or_default() as f64 / 1024.0;
        let memory = &self.memory;
        println!(
            "resident memory of the server: {:.0} MiB at the start, {:.0} MiB half-way, {:.0} MiB at the end, {:.0} MiB at most",
            mib(memory.first()),
            mib(memory.get(memory.len() / 2)),
            mib(memory.last()),
            mib(memory.iter().max())
        );
    }
}

fn joined(sender: std::thread::ScopedJoinHandle<'_, Result<Storm>>) -> Result<Storm> {
    sender.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a connection broke")))
}

/// One connection: every `CONNECTIONS`-th delivery, each at its time.
fn sender(address: &str, shop: &Shop, start: Instant, mine: usize, rate: u64, count: u64) -> Result<Storm> {
    let mut client = Client::connect(address)?;
    let mut storm = Storm::default();
    for number in (0..count).skip(mine).step_by(CONNECTIONS) {
        let due = start + Duration::from_nanos(number * 1_000_000_000 / rate);
        if let Some(wait) = due.checked_duration_since(Instant::now()) {
            std::thread::sleep(wait);
        }
        let event = event(number);
        let status = shop.tell(&mut client, event)?;
        storm.count(event, status, due.elapsed());
    }
    Ok(storm)
}

/// One in ten tells something new; the others tell one of the last thousands again.
fn event(number: u64) -> u64 {
    let newest = number / NEW;
    if number.is_multiple_of(NEW) {
        return newest;
    }
    // A fixed mix of the number: chance without a source of it.
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
    newest - mixed % BACK.min(newest + 1)
}

/// The resident memory of the server, in KiB, each second.
fn watch(server: u32, over: &AtomicBool) -> Vec<u64> {
    let mut seen = Vec::new();
    while !over.load(Ordering::Relaxed) {
        seen.extend(status_kib(server, "VmRSS"));
        std::thread::sleep(Duration::from_secs(1));
    }
    seen
}
