//! Order log to summary and scores: `cargo bench -p dangol-science --bench orders -- [orders …]`.
//!
//! One JSON line a size: the least and the median time of several runs, and the memory they took at the most beyond the
//! columns given (Linux only, else null). Give sizes in ascending order: the peak is that of the whole process.

use science::orders::{OrderLog, summarise};
use std::time::Instant;

const RUNS: usize = 7;
const ORDERS_PER_CUSTOMER: u64 = 10;
const DAYS: u64 = 730;
const WARM_UP: usize = 100_000;

/// A number without pattern from another (splitmix64).
fn scramble(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

struct Columns {
    customers: Vec<u64>,
    days: Vec<i32>,
    amounts: Vec<i64>,
}

/// Orders as a shop logs them: by day, customers mixed.
fn simulate(orders: usize) -> Columns {
    let people = (orders as u64 / ORDERS_PER_CUSTOMER).max(1);
    let number = |i: usize| scramble(i as u64 + 1);
    let day = |i: usize| i32::try_from(i as u64 * DAYS / orders as u64).expect("days are few");
    Columns {
        customers: (0..orders).map(|i| 1_000_000 + number(i) % people).collect(),
        days: (0..orders).map(day).collect(),
        amounts: (0..orders)
            .map(|i| i64::try_from(1_000 + number(i ^ 0x5555) % 90_000).expect("small"))
            .collect(),
    }
}

/// A field of the process's own status, in bytes.
fn memory(field: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kib: u64 = line.trim_start_matches(':').trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1_024)
}

fn measure(orders: usize) {
    let columns = simulate(orders);
    let before = memory("VmRSS");
    let log = OrderLog::new(&columns.customers, &columns.days, &columns.amounts).expect("equal columns");
    let run = || {
        let start = Instant::now();
        let customers = summarise(&log, 730).expect("sums fit");
        let summarised = start.elapsed().as_secs_f64();
        let scores = customers.scores(&customers.quantile_cuts(5));
        assert_eq!(scores.len(), customers.len());
        (start.elapsed().as_secs_f64(), summarised, customers.len())
    };
    let mut runs: Vec<(f64, f64, usize)> = (0..RUNS).map(|_| run()).collect();
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let taken = memory("VmHWM").zip(before).map(|(peak, before)| peak.saturating_sub(before));
    let bytes = taken.map_or("null".into(), |taken| format!("{:.1}", taken as f64 / orders as f64));
    println!(
        "{{\"bench\":\"orders_to_rfm\",\"n\":{orders},\"value\":\"{} customers\",\"seconds\":{:.4},\"median\":{:.4},\
         \"summary_seconds\":{:.4},\"bytes_an_order\":{bytes}}}",
        runs[0].2,
        runs[0].0,
        runs[RUNS / 2].0,
        runs[0].1
    );
}

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![100_000, 1_000_000, 10_000_000] } else { asked };
    summarise(&OrderLog::new(&[1; WARM_UP], &[0; WARM_UP], &[1; WARM_UP]).expect("equal columns"), 0)
        .expect("sums fit");
    sizes.into_iter().for_each(measure);
}
