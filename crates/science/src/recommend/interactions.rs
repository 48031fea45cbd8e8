//! Who took what and how often: a sparse table, kept by customer and by item.
//!
//! Invariants: rows and columns are numbered from 0; within a row columns ascend and are distinct; values are positive
//! and finite.

use super::RecommendError;

/// Customers and items are numbered below this.
const MAX_NUMBER: u32 = 1 << 27;

/// Some rows of columns and values, compressed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Csr {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Csr {
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// A row; empty beyond the last.
    pub fn row(&self, index: usize) -> History<'_> {
        if index >= self.rows() {
            return History { items: &[], values: &[] };
        }
        let range = self.starts[index]..self.starts[index + 1];
        History { items: &self.columns[range.clone()], values: &self.values[range] }
    }

    /// From (row, column, value) sorted by row, then column.
    fn from_sorted(rows: usize, triples: &[(u32, u32, f32)]) -> Self {
        let mut starts = vec![0; rows + 1];
        for (row, ..) in triples {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let (columns, values) = triples.iter().map(|(_, column, value)| (column, value)).unzip();
        Self { starts, columns, values }
    }

    /// Rows become columns: a counting sort, which leaves them ascending.
    fn transposed(&self, columns: usize) -> Self {
        let mut starts = vec![0; columns + 1];
        for column in &self.columns {
            starts[*column as usize + 1] += 1;
        }
        for column in 0..columns {
            starts[column + 1] += starts[column];
        }
        let mut next = starts.clone();
        let mut turned =
            Self { starts, columns: vec![0; self.columns.len()], values: vec![0.0; self.values.len()] };
        for row in 0..self.rows() {
            for (column, value) in self.row(row).iter() {
                let at = &mut next[column as usize];
                (turned.columns[*at], turned.values[*at]) = (row as u32, value);
                *at += 1;
            }
        }
        turned
    }
}

/// What one customer took: items in ascending order with their weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History<'a> {
    /// Ascending and distinct.
    pub items: &'a [u32],
    /// As many, positive.
    pub values: &'a [f32],
}

impl<'a> History<'a> {
    /// Whether the item is in it.
    pub fn has(&self, item: u32) -> bool {
        self.items.binary_search(&item).is_ok()
    }

    /// Items with their weights.
    pub fn iter(self) -> impl Iterator<Item = (u32, f32)> + 'a {
        self.items.iter().copied().zip(self.values.iter().copied())
    }
}

/// Who took what.
#[derive(Debug, Clone, PartialEq)]
pub struct Interactions {
    by_user: Csr,
    by_item: Csr,
}

impl Interactions {
    /// From (customer, item, weight) in any order; weights of the same pair are added.
    ///
    /// # Errors
    /// [`RecommendError::NumberTooLarge`] and [`RecommendError::Value`] name the first row at fault.
    pub fn new(rows: impl IntoIterator<Item = (u32, u32, f32)>) -> Result<Self, RecommendError> {
        let mut triples: Vec<(u32, u32, f32)> = rows.into_iter().collect();
        for (row, &(user, item, value)) in triples.iter().enumerate() {
            if user.max(item) >= MAX_NUMBER {
                return Err(RecommendError::NumberTooLarge { row, pair: (user, item) });
            }
            if !(value > 0.0 && value.is_finite()) {
                return Err(RecommendError::Value { row, value });
            }
        }
        triples.sort_unstable_by_key(|&(user, item, value)| (user, item, value.to_bits()));
        triples.dedup_by(|later, kept| {
            let same = (later.0, later.1) == (kept.0, kept.1);
            if same {
                kept.2 = (kept.2 + later.2).min(f32::MAX);
            }
            same
        });
        let users = triples.last().map_or(0, |last| last.0 as usize + 1);
        let items = triples.iter().map(|triple| triple.1 as usize + 1).max().unwrap_or_default();
        Ok(Self::from_sorted(users, items, &triples))
    }

    /// From triples sorted by customer and item, within known sizes.
    pub(super) fn from_sorted(users: usize, items: usize, triples: &[(u32, u32, f32)]) -> Self {
        let by_user = Csr::from_sorted(users, triples);
        let by_item = by_user.transposed(items);
        Self { by_user, by_item }
    }

    /// The same pairs, all with the weight 1.
    pub fn binary(mut self) -> Self {
        self.by_user.values.fill(1.0);
        self.by_item.values.fill(1.0);
        self
    }

    /// Customers.
    pub fn users(&self) -> usize {
        self.by_user.rows()
    }

    /// Items.
    pub fn items(&self) -> usize {
        self.by_item.rows()
    }

    /// Distinct pairs.
    pub fn len(&self) -> usize {
        self.by_user.columns.len()
    }

    /// Whether nobody took anything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a customer took; nothing for an unknown one.
    pub fn user(&self, user: u32) -> History<'_> {
        self.by_user.row(user as usize)
    }

    pub(super) fn by_user(&self) -> &Csr {
        &self.by_user
    }

    pub(super) fn by_item(&self) -> &Csr {
        &self.by_item
    }

    /// Refuses fewer items than can be related.
    pub(super) fn require_items(&self, need: usize) -> Result<(), RecommendError> {
        let have = self.items();
        if have < need { Err(RecommendError::TooFewItems { have, need }) } else { Ok(()) }
    }

    /// Row `item` of X'X up to the length of `row`: Σ over customers of weight × weight.
    pub(super) fn co_occurrence(&self, item: usize, row: &mut [f32]) {
        row.fill(0.0);
        for (user, weight) in self.by_item.row(item).iter() {
            let taken = self.by_user.row(user as usize);
            let within = taken.items.partition_point(|other| (*other as usize) < row.len());
            for (other, value) in taken.items[..within].iter().zip(taken.values) {
                row[*other as usize] += weight * value;
            }
        }
    }
}
