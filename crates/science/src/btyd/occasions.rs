//! Histories of customers who can buy once a period: equal ones merged.

use std::fmt;

/// A history that can be: x purchases within `periods` periods, at most one in each, the last in period `t_x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OccasionHistory {
    x: u32,
    periods: u32,
    t_x: u32,
}

impl OccasionHistory {
    /// That of a new customer.
    pub const NEW: Self = Self { x: 0, periods: 0, t_x: 0 };

    /// x repeat purchases, the last in period `t_x` (from 1; 0 when x = 0) of `periods` observed.
    ///
    /// # Errors
    /// [`InvalidOccasions`] where not x <= t_x <= periods, only one of x and t_x is 0, or there are more than
    /// [`MAX_PERIODS`] periods.
    pub fn new(x: u32, t_x: u32, periods: u32) -> Result<Self, InvalidOccasions> {
        if x > t_x || t_x > periods || (x == 0) != (t_x == 0) || periods > MAX_PERIODS {
            return Err(InvalidOccasions { index: 0, history: (x, t_x, periods, 1) });
        }
        Ok(Self { x, periods, t_x })
    }

    /// Repeat purchases.
    pub fn x(self) -> u32 {
        self.x
    }

    /// The period of the last one, from 1; 0 when x = 0.
    pub fn t_x(self) -> u32 {
        self.t_x
    }

    /// Periods observed.
    pub fn periods(self) -> u32 {
        self.periods
    }
}

/// One distinct history, shared by `weight` customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OccasionRow {
    /// The history.
    pub history: OccasionHistory,
    /// Customers with exactly this history.
    pub weight: u64,
}

/// The distinct histories of a customer base; rows are sorted by x, then periods, then `t_x`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasions {
    rows: Vec<OccasionRow>,
}

/// The most periods a history or a forecast may have: both go through them one by one.
pub const MAX_PERIODS: u32 = 10_000;

/// A history that contradicts itself or is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidOccasions {
    /// Position in the input, from 0.
    pub index: usize,
    /// (x, t_x, periods, weight) as given.
    pub history: (u32, u32, u32, u64),
}

impl fmt::Display for InvalidOccasions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (x, t_x, periods, _) = self.history;
        write!(
            f,
            "History {} cannot be: {x} repeat purchases, the last in period {t_x} of {periods}; there is at most one a \
             period, and at most {MAX_PERIODS} periods.",
            self.index
        )
    }
}

impl std::error::Error for InvalidOccasions {}

impl Occasions {
    /// Merges histories (x, t_x, periods, customers).
    ///
    /// # Errors
    /// [`InvalidOccasions`] names the first row where not x <= t_x <= periods, only one of x and t_x is 0, or there are
    /// more than [`MAX_PERIODS`] periods.
    pub fn new(histories: impl IntoIterator<Item = (u32, u32, u32, u64)>) -> Result<Self, InvalidOccasions> {
        let mut rows = Vec::new();
        for (index, history @ (x, t_x, periods, weight)) in histories.into_iter().enumerate() {
            let checked = OccasionHistory::new(x, t_x, periods);
            rows.push(OccasionRow {
                history: checked.map_err(|_| InvalidOccasions { index, history })?,
                weight,
            });
        }
        rows.sort_unstable();
        rows.dedup_by(|later, kept| {
            let same = later.history == kept.history;
            kept.weight += if same { later.weight } else { 0 };
            same
        });
        Ok(Self { rows })
    }

    /// The distinct histories in order.
    pub fn rows(&self) -> &[OccasionRow] {
        &self.rows
    }

    /// Customers in all.
    pub fn customers(&self) -> u64 {
        self.rows.iter().map(|row| row.weight).sum()
    }

    /// Customers with at least one repeat purchase.
    pub fn repeat_buyers(&self) -> u64 {
        self.rows.iter().filter(|row| row.history.x > 0).map(|row| row.weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_histories_merge_and_contradictions_are_named() {
        let merged = Occasions::new([(1, 2, 6, 3), (0, 0, 6, 1), (1, 2, 6, 4)]).unwrap();
        assert_eq!((merged.rows().len(), merged.customers(), merged.repeat_buyers()), (2, 8, 7));
        for bad in [(2, 1, 6, 1), (1, 7, 6, 1), (0, 1, 6, 1), (1, 1, MAX_PERIODS + 1, 1)] {
            let error = Occasions::new([(0, 0, 6, 1), bad]).unwrap_err();
            assert_eq!(error, InvalidOccasions { index: 1, history: bad });
            assert!(error.to_string().starts_with("History 1 cannot be"));
            assert!(OccasionHistory::new(bad.0, bad.1, bad.2).is_err());
        }
    }
}
