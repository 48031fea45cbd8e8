//! Survivors of cohorts, as counts of who left at which renewal.

use crate::fit::Size;
use std::fmt;

/// How many left at each renewal, and how many were still there at the last one their cohort saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cohorts {
    /// By renewal, from the first.
    left: Vec<u64>,
    /// By renewals survived when observation ended, from 0.
    stayed: Vec<u64>,
}

/// A cohort that grows, or that never began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidCohort {
    /// Position of the cohort in the input, from 0.
    pub cohort: usize,
    /// The period at fault, from 0.
    pub period: usize,
}

impl fmt::Display for InvalidCohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Cohort {} is not a list of survivors at period {}: it must begin with the number of customers acquired and \
             never grow.",
            self.cohort, self.period
        )
    }
}

impl std::error::Error for InvalidCohort {}

impl Cohorts {
    /// Adds up cohorts of survivors: customers acquired, then those left after each renewal. They may have different
    /// lengths.
    ///
    /// # Errors
    /// [`InvalidCohort`] names the first cohort that is empty or grows.
    pub fn from_survivors<C: AsRef<[u64]>>(cohorts: &[C]) -> Result<Self, InvalidCohort> {
        let mut all = Self::default();
        for (cohort, survivors) in cohorts.iter().enumerate() {
            let survivors = survivors.as_ref();
            let Some(last) = survivors.last() else { return Err(InvalidCohort { cohort, period: 0 }) };
            if let Some(period) = survivors.windows(2).position(|pair| pair[1] > pair[0]) {
                return Err(InvalidCohort { cohort, period: period + 1 });
            }
            let renewals = survivors.len() - 1;
            all.left.resize(all.left.len().max(renewals), 0);
            all.stayed.resize(all.stayed.len().max(renewals + 1), 0);
            for (left, pair) in all.left.iter_mut().zip(survivors.windows(2)) {
                *left += pair[0] - pair[1];
            }
            all.stayed[renewals] += last;
        }
        Ok(all)
    }

    /// (renewal from 1, customers who left then), where there are any.
    pub fn left(&self) -> impl Iterator<Item = (u32, u64)> {
        (1..).zip(&self.left).filter(|(_, n)| **n > 0).map(|(t, n)| (t, *n))
    }

    /// (renewals survived, customers still there when observation ended), where there are any and they saw a renewal.
    pub fn stayed(&self) -> impl Iterator<Item = (u32, u64)> {
        (0..).zip(&self.stayed).filter(|(t, n)| *t > 0 && **n > 0).map(|(t, n)| (t, *n))
    }

    /// Customers who saw at least one renewal.
    pub fn customers(&self) -> u64 {
        self.lost() + self.stayed().map(|(_, n)| n).sum::<u64>()
    }

    /// Customers who left.
    pub fn lost(&self) -> u64 {
        self.left.iter().sum()
    }

    /// Customers and distinct outcomes.
    pub(super) fn size(&self) -> Size {
        let distinct_rows = (self.left().count() + self.stayed().count()) as u64;
        Size { customers: self.customers(), distinct_rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cohorts_of_different_lengths_add_up() {
        let all = Cohorts::from_survivors(&[vec![100, 60, 50], vec![80, 50], vec![40]]).unwrap();
        assert_eq!(all.left().collect::<Vec<_>>(), [(1, 70), (2, 10)]);
        assert_eq!(all.stayed().collect::<Vec<_>>(), [(1, 50), (2, 50)]);
        assert_eq!((all.customers(), all.lost()), (180, 80));
    }

    #[test]
    fn a_growing_cohort_is_named() {
        let grows = Cohorts::from_survivors(&[vec![9, 8], vec![9, 7, 8]]).unwrap_err();
        assert_eq!(grows, InvalidCohort { cohort: 1, period: 2 });
        assert!(grows.to_string().contains("Cohort 1"));
        assert!(Cohorts::from_survivors(&[Vec::new()]).is_err());
    }
}
