//! Counting equal histories.
//!
//! Ten million customers come down to some two hundred thousand rows, and sorting all of them first would take longer
//! than a fit. So they are counted in hash tables: blocks of histories are read one after the other, and of each block
//! every table takes its own share by the hash, all tables at once. Counts are whole numbers and the rows are sorted at
//! the end, so nothing depends on the number of threads.

use super::{InvalidHistory, Row};
use rayon::prelude::*;

type History = (u32, u32, u32);

/// Tables that fill side by side.
const TABLES: usize = 4;
/// Histories read before the tables take their shares.
const BLOCK: usize = 1 << 17;

/// The distinct histories in order, and how many customers there are.
pub(super) fn merge(mut histories: impl Iterator<Item = History>) -> Result<(Vec<Row>, u64), InvalidHistory> {
    let mut tables: Vec<Table> = (0..TABLES).map(|_| Table::default()).collect();
    let mut block = Vec::new();
    let mut customers = 0;
    loop {
        block.clear();
        block.extend(histories.by_ref().take(BLOCK));
        if block.is_empty() {
            break;
        }
        check(&block, customers)?;
        tables.par_iter_mut().enumerate().for_each(|(share, table)| table.take(share, &block));
        customers += block.len();
    }
    let mut rows: Vec<Row> = tables.into_iter().flat_map(Table::rows).collect();
    rows.par_sort_unstable();
    Ok((rows, customers as u64))
}

fn check(block: &[History], before: usize) -> Result<(), InvalidHistory> {
    let contradicts = |&(x, t_x, t): &History| t_x > t || (x == 0 && t_x > 0);
    match block.iter().position(contradicts) {
        Some(at) => Err(InvalidHistory { index: before + at, history: block[at] }),
        None => Ok(()),
    }
}

/// Multiplicative hashing (Knuth 6.4) by odd constants; the high bits are the mixed ones.
fn hash((x, t_x, t): History) -> u64 {
    let times = (u64::from(t) << 32) | u64::from(t_x);
    let mixed =
        (times ^ u64::from(x).wrapping_mul(0xC2B2_AE3D_27D4_EB4F)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB)
}

/// Which table a history belongs to, and where in it to look first; of different bits.
fn share(hash: u64) -> usize {
    (hash >> 62) as usize
}

/// A hash table with open addressing; its length is a power of two.
struct Table {
    slots: Vec<Row>,
    used: usize,
}

const EMPTY: Row = Row { x: 0, t: 0, t_x: 0, weight: 0 };

impl Default for Table {
    fn default() -> Self {
        Self { slots: vec![EMPTY; 1 << 10], used: 0 }
    }
}

impl Table {
    /// Counts those of the block whose hash gives them to this share.
    fn take(&mut self, own: usize, block: &[History]) {
        for history in block {
            let hash = hash(*history);
            if share(hash) == own {
                self.count(*history, hash);
            }
        }
    }

    fn count(&mut self, history: History, hash: u64) {
        let at = self.find(history, hash);
        self.slots[at].weight += 1;
        if self.slots[at].weight == 1 {
            let (x, t_x, t) = history;
            self.slots[at] = Row { x, t, t_x, weight: 1 };
            self.used += 1;
            if 3 * self.used > 2 * self.slots.len() {
                self.grow();
            }
        }
    }

    /// The slot that holds this history, or the free one where it belongs.
    fn find(&self, (x, t_x, t): History, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 31) as usize & mask;
        while self.slots[at].weight > 0
            && (self.slots[at].x, self.slots[at].t, self.slots[at].t_x) != (x, t, t_x)
        {
            at = (at + 1) & mask;
        }
        at
    }

    fn grow(&mut self) {
        let larger = vec![EMPTY; 2 * self.slots.len()];
        let smaller = std::mem::replace(&mut self.slots, larger);
        for row in smaller.into_iter().filter(|row| row.weight > 0) {
            let history = (row.x, row.t_x, row.t);
            let at = self.find(history, hash(history));
            self.slots[at] = row;
        }
    }

    fn rows(self) -> impl Iterator<Item = Row> {
        self.slots.into_iter().filter(|row| row.weight > 0)
    }
}
