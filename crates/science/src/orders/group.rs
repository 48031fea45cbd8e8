//! Brings the orders of each customer together: a sample sort over packed rows.
//!
//! The log is cut into fixed chunks; each is spread over [`PARTS`] ranges of customers whose bounds a sample sets; then
//! each range is gathered, sorted and folded on its own. A row takes 16 bytes on the way (24 where customer numbers are
//! so far apart that customer and day do not fit into 64 bits), beside one range a thread.

use super::{OrderDay, OrderLog, OrderLogError};
use rayon::prelude::*;

/// Rows of a chunk: what fits into a core's own cache together with its copy.
const CHUNK: usize = 1 << 16;
/// Ranges of customers: about 40,000 rows each of ten million.
const PARTS: usize = 256;
/// Customers looked at to set the bounds of the ranges.
const SAMPLE: usize = 1 << 13;

/// A row's customer and day in one value that sorts by customer, then day.
trait Key: Copy + Default + Ord + Send + Sync {
    fn pack(frame: &Frame, customer: u64, day: i32) -> Self;
    fn customer(self, frame: &Frame) -> u64;
    fn day(self, frame: &Frame) -> i32;
}

/// Customer and day as offsets from the lowest, in 64 bits together.
impl Key for u64 {
    fn pack(frame: &Frame, customer: u64, day: i32) -> Self {
        (customer - frame.first_customer) << frame.day_bits | u64::from(day.abs_diff(frame.first_day))
    }

    fn customer(self, frame: &Frame) -> u64 {
        (self >> frame.day_bits) + frame.first_customer
    }

    fn day(self, frame: &Frame) -> i32 {
        let offset = self & ((1 << frame.day_bits) - 1);
        frame
            .first_day
            .wrapping_add_unsigned(u32::try_from(offset).expect("a day offset has at most 32 bits"))
    }
}

impl Key for (u64, i32) {
    fn pack(_: &Frame, customer: u64, day: i32) -> Self {
        (customer, day)
    }

    fn customer(self, _: &Frame) -> u64 {
        self.0
    }

    fn day(self, _: &Frame) -> i32 {
        self.1
    }
}

/// The customers and the first day of the rows looked at.
struct Frame {
    first_customer: u64,
    last_customer: u64,
    first_day: i32,
    day_bits: u32,
    /// Whether customer and day fit into 64 bits.
    narrow: bool,
}

impl Frame {
    fn of(log: &OrderLog<'_>, end: i32) -> Option<Self> {
        let bounds = |(customers, days): (&[u64], &[i32])| {
            let seen = customers.iter().zip(days).filter(|(_, day)| **day <= end);
            let none = (u64::MAX, 0, i32::MAX, i32::MIN);
            seen.fold(none, |(a, b, c, d), (id, day)| (a.min(*id), b.max(*id), c.min(*day), d.max(*day)))
        };
        let merge = |x: (u64, u64, i32, i32), y: (u64, u64, i32, i32)| {
            (x.0.min(y.0), x.1.max(y.1), x.2.min(y.2), x.3.max(y.3))
        };
        let chunks = log.customers.par_chunks(CHUNK).zip(log.days.par_chunks(CHUNK));
        let (low, high, first_day, last_day) = chunks.map(bounds).reduce_with(merge)?;
        let day_bits = u32::BITS - last_day.abs_diff(first_day).leading_zeros();
        let customer_bits = u64::BITS - high.checked_sub(low)?.leading_zeros();
        Some(Self {
            first_customer: low,
            last_customer: high,
            first_day,
            day_bits,
            narrow: day_bits + customer_bits <= u64::BITS,
        })
    }
}

/// All rows, each chunk's in its own place, range after range.
struct Spread<K> {
    keys: Vec<K>,
    amounts: Vec<i64>,
    /// Where in a chunk each range begins, and the end.
    starts: Vec<Vec<u32>>,
}

/// Folds the order days of every customer up to `end`: within fixed ranges of customers, one state each, which come
/// back in ascending order of customer. `start` is told how many customers its state will see, `step` sees each customer once, days ascending.
///
/// # Errors
/// [`OrderLogError::AmountTooLarge`] names the first customer of whom a day's amounts do not add up.
pub fn fold_customers<S: Send>(
    log: &OrderLog<'_>,
    end: i32,
    start: impl Fn(usize) -> S + Sync,
    step: impl Fn(&mut S, u64, &[OrderDay]) -> Result<(), OrderLogError> + Sync,
) -> Result<Vec<S>, OrderLogError> {
    match Frame::of(log, end) {
        None => Ok(Vec::new()),
        Some(frame) if frame.narrow => fold::<u64, S>(log, end, &frame, start, step),
        Some(frame) => fold::<(u64, i32), S>(log, end, &frame, start, step),
    }
}

fn fold<K: Key, S: Send>(
    log: &OrderLog<'_>,
    end: i32,
    frame: &Frame,
    start: impl Fn(usize) -> S + Sync,
    step: impl Fn(&mut S, u64, &[OrderDay]) -> Result<(), OrderLogError> + Sync,
) -> Result<Vec<S>, OrderLogError> {
    let bounds: Vec<K> = bounds(log.customers, frame.first_customer, frame.last_customer)
        .into_iter()
        .map(|customer| K::pack(frame, customer, frame.first_day))
        .collect();
    let rows = spread_all(log, end, frame, &bounds);
    let fold_part = |part: usize| {
        let mut rows = gather(&rows, part);
        rows.sort_unstable_by_key(|row| row.0);
        let customers = || rows.chunk_by(|a, b| a.0.customer(frame) == b.0.customer(frame));
        let (mut state, mut days) = (start(customers().count()), Vec::new());
        for orders in customers() {
            let customer = orders[0].0.customer(frame);
            merge_days(frame, customer, orders, &mut days)?;
            step(&mut state, customer, &days)?;
        }
        Ok(state)
    };
    let states: Vec<Result<S, OrderLogError>> = (0..=bounds.len()).into_par_iter().map(fold_part).collect();
    states.into_iter().collect()
}

/// The lowest customer of each range but the first, by a sample at fixed places, all within those looked at.
fn bounds(customers: &[u64], first: u64, last: u64) -> Vec<u64> {
    if customers.len() < CHUNK {
        return Vec::new();
    }
    let stride = customers.len() / SAMPLE;
    let mut sample: Vec<u64> = customers.iter().step_by(stride).map(|id| (*id).clamp(first, last)).collect();
    sample.sort_unstable();
    let mut bounds: Vec<u64> = (1..PARTS).map(|part| sample[part * sample.len() / PARTS]).collect();
    bounds.dedup();
    bounds
}

/// Spreads every chunk over the ranges, within one buffer a column: many small ones would leave holes in memory.
fn spread_all<K: Key>(log: &OrderLog<'_>, end: i32, frame: &Frame, bounds: &[K]) -> Spread<K> {
    let (mut keys, mut amounts) = (vec![K::default(); log.len()], vec![0; log.len()]);
    let given = log.customers.par_chunks(CHUNK).zip(log.days.par_chunks(CHUNK));
    let given = given.zip(log.amounts.par_chunks(CHUNK));
    let taken = keys.par_chunks_mut(CHUNK).zip(amounts.par_chunks_mut(CHUNK));
    let starts = given
        .zip(taken)
        .map(|(((customers, days), given), taken)| {
            spread(frame, bounds, end, (customers, days, given), taken)
        })
        .collect();
    Spread { keys, amounts, starts }
}

/// Sorts the rows of a chunk by range, by counting; returns where each range begins.
fn spread<K: Key>(
    frame: &Frame,
    bounds: &[K],
    end: i32,
    (customers, days, given): (&[u64], &[i32], &[i64]),
    (keys, amounts): (&mut [K], &mut [i64]),
) -> Vec<u32> {
    let seen = || customers.iter().zip(days).zip(given).filter(|((_, day), _)| **day <= end);
    let mut starts = vec![0_u32; bounds.len() + 2];
    let mut parts: Vec<u8> = Vec::with_capacity(customers.len());
    for ((customer, day), _) in seen() {
        let key = K::pack(frame, *customer, *day);
        let part = bounds.partition_point(|bound| *bound <= key);
        starts[part + 1] += 1;
        parts.push(u8::try_from(part).expect("at most 256 ranges"));
    }
    for part in 1..starts.len() {
        starts[part] += starts[part - 1];
    }
    let mut next = starts.clone();
    for (((customer, day), amount), part) in seen().zip(&parts) {
        let slot = &mut next[usize::from(*part)];
        let at = *slot as usize;
        *slot += 1;
        (keys[at], amounts[at]) = (K::pack(frame, *customer, *day), *amount);
    }
    starts
}

/// The rows of one range from all chunks.
fn gather<K: Key>(spread: &Spread<K>, part: usize) -> Vec<(K, i64)> {
    let ranges = || {
        let chunks = spread.starts.iter().enumerate();
        chunks.map(|(chunk, starts)| {
            let base = chunk * CHUNK;
            base + starts[part] as usize..base + starts[part + 1] as usize
        })
    };
    let mut rows = Vec::with_capacity(ranges().map(|range| range.len()).sum());
    for range in ranges() {
        let (keys, amounts) = (&spread.keys[range.clone()], &spread.amounts[range]);
        rows.extend(keys.iter().copied().zip(amounts.iter().copied()));
    }
    rows
}

/// One entry a day; `orders` are of one customer, days ascending.
fn merge_days<K: Key>(
    frame: &Frame,
    customer: u64,
    orders: &[(K, i64)],
    days: &mut Vec<OrderDay>,
) -> Result<(), OrderLogError> {
    days.clear();
    for same_day in orders.chunk_by(|a, b| a.0 == b.0) {
        let total: i128 = same_day.iter().map(|(_, amount)| i128::from(*amount)).sum();
        let amount = i64::try_from(total).map_err(|_| OrderLogError::AmountTooLarge { customer })?;
        let ordered = same_day.iter().any(|(_, amount)| *amount >= 0);
        days.push(OrderDay { day: same_day[0].0.day(frame), ordered, amount });
    }
    Ok(())
}
