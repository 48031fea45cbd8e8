//! Where each history stands among the rows of a summary.

use super::Row;
use std::ops::Range;

/// An index of the rows by x and by observation time: ten million customers are looked up in it in a tenth of the time
/// that as many binary searches over all rows take. Made by [`Summary::places`](super::Summary::places).
#[derive(Debug, Clone)]
pub struct Places<'a> {
    rows: &'a [Row],
    counts: Vec<Count>,
    /// Where the rows of each bucket begin, those of one x after those of another, each with one more at its end.
    starts: Vec<usize>,
}

/// The rows of one x, in buckets of observation times.
#[derive(Debug, Clone)]
struct Count {
    x: u32,
    earliest: u32,
    /// A bucket holds 2^shift ticks: one, unless the rows are few in a long time.
    shift: u32,
    starts: Range<usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(rows: &'a [Row]) -> Self {
        let mut places = Self { rows, counts: Vec::new(), starts: Vec::new() };
        let mut before = 0;
        for same in rows.chunk_by(|a, b| a.x == b.x) {
            places.add(same, before);
            before += same.len();
        }
        places
    }

    /// Adds the rows of one x, of which the first stands at `before`.
    fn add(&mut self, rows: &[Row], before: usize) {
        let (earliest, latest) = (rows[0].t, rows[rows.len() - 1].t);
        let roomy = 4 * rows.len() as u64;
        let shift = (0..32).find(|shift| u64::from((latest - earliest) >> shift) <= roomy).unwrap_or(31);
        let first = self.starts.len();
        let mut at = 0;
        for bucket in 0..=(latest - earliest) >> shift {
            self.starts.push(before + at);
            at += rows[at..].iter().take_while(|row| (row.t - earliest) >> shift == bucket).count();
        }
        self.starts.push(before + at);
        self.counts.push(Count { x: rows[0].x, earliest, shift, starts: first..self.starts.len() });
    }

    /// The index in [`Summary::rows`](super::Summary::rows) of the history (x, t_x, t), in ticks.
    pub fn of(&self, x: u32, t_x: u32, t: u32) -> Option<usize> {
        let count = &self.counts[self.counts.binary_search_by_key(&x, |count| count.x).ok()?];
        let bucket = (t.checked_sub(count.earliest)? >> count.shift) as usize;
        let starts = &self.starts[count.starts.clone()];
        let (from, to) = (*starts.get(bucket)?, *starts.get(bucket + 1)?);
        let found = self.rows[from..to].binary_search_by_key(&(t, t_x), |row| (row.t, row.t_x));
        found.ok().map(|at| from + at)
    }
}

#[cfg(test)]
mod tests {
    use crate::Summary;
    use proptest::prelude::*;

    fn history(longest: u32) -> impl Strategy<Value = (u32, u32, u32)> {
        let x = prop_oneof![0..4_u32, 0..=u32::MAX];
        (x, 0..=longest).prop_flat_map(|(x, t)| (Just(x), 0..=if x == 0 { 0 } else { t }, Just(t)))
    }

    proptest! {
        /// Crowded, sparse and at the ends of what a tick can be.
        #[test]
        fn the_index_finds_what_a_search_finds(
            histories in prop_oneof![
                prop::collection::vec(history(9), 1..200),
                prop::collection::vec(history(u32::MAX), 1..40),
            ],
            others in prop::collection::vec(history(9), 20),
        ) {
            let summary = Summary::from_days(histories.iter().copied()).unwrap();
            let places = summary.places();
            for (x, t_x, t) in histories.into_iter().chain(others).chain([(0, 0, u32::MAX), (u32::MAX, 0, 0)]) {
                prop_assert_eq!(places.of(x, t_x, t), summary.position(x, t_x, t));
            }
        }
    }
}
