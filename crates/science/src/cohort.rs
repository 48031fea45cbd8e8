//! Customers by the period of their first order, and how many of each cohort came back when.
//!
//! A cell counts the customers of a cohort with at least one order day in the period so many after their first. Cells
//! whose period was not over at the end of observation are not made: a month half watched would look like a fall. So
//! later cohorts have shorter rows, and the pooled curve counts at each age only the cohorts old enough.

use crate::orders::{OrderDay, OrderLog, OrderLogError, fold_customers};
use crate::share::Share;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// So many days, at least one, from day 0 on.
    Days(u32),
    /// A calendar month; days are counted from 1970-01-01.
    Month,
}

impl Period {
    /// The number of the period a day lies in; months are counted from January 1970.
    pub fn of(self, day: i32) -> i32 {
        match self {
            Self::Days(length) => {
                let number = i64::from(day).div_euclid(i64::from(length.max(1)));
                i32::try_from(number).expect("no further from 0 than the day itself")
            }
            Self::Month => month(day),
        }
    }
}

/// Months since January 1970 (Hinnant's algorithm for civil days).
fn month(day: i32) -> i32 {
    let shifted = i64::from(day) + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months from March of a year that begins in March.
    let months = (era * 400 + year_of_era) * 12 + (5 * day_of_year + 2) / 153 + 2;
    i32::try_from(months - 1_970 * 12).expect("a month is longer than a day")
}

/// The customers whose first order lies in one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// The period.
    pub period: i32,
    /// Customers.
    pub customers: u64,
    /// Customers with an order so many periods later, the period itself first (all of them).
    pub active: Vec<u64>,
    /// Their spend in that period, orders less refunds, in minor units; saturates at the largest number.
    pub spend: Vec<i64>,
}

/// Cohorts and what became of them.
///
/// ```
/// use science::cohort::{CohortTable, Period};
/// use science::orders::OrderLog;
///
/// // Customer 1 orders on days 0 and 8, customer 2 on day 3, customer 3 on days 9 and 15; watched for 21 days.
/// let log = OrderLog::new(&[1, 1, 2, 3, 3], &[0, 8, 3, 9, 15], &[10; 5])?;
/// let table = CohortTable::of(&log, Period::Days(7), 20)?;
/// assert_eq!(table.cohorts[0].active, [2, 1, 0]);
/// assert_eq!(table.cohorts[1].active, [1, 1]);
/// // After one period: one of two and one of one.
/// assert_eq!((table.retention[1].part, table.retention[1].whole), (2, 3));
/// # Ok::<(), science::orders::OrderLogError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CohortTable {
    /// Cohorts with a first period that is over, ascending.
    pub cohorts: Vec<Cohort>,
    /// The share of customers active so many periods after their first, over the cohorts old enough.
    pub retention: Vec<Share>,
    /// Customers whose first period was not over and who are left out.
    pub too_new: u64,
}

/// More periods than a table can show; what lies later is left out.
pub const MAX_AGE: usize = 1_200;

/// Counts and spend by age for each first period.
type Cells = BTreeMap<i32, (u64, BTreeMap<usize, (u64, i64)>)>;

impl CohortTable {
    /// The table of a log watched to the end of the day `end`.
    ///
    /// # Errors
    /// [`OrderLogError`] when amounts do not add up.
    pub fn of(log: &OrderLog<'_>, period: Period, end: i32) -> Result<Self, OrderLogError> {
        let parts = fold_customers(
            log,
            end,
            |_| Cells::new(),
            |cells, _, days| {
                add(cells, period, days);
                Ok(())
            },
        )?;
        let mut cells = Cells::new();
        parts.into_iter().for_each(|part| merge(&mut cells, part));
        // The last period that was watched to its end.
        let next = end.checked_add(1).map_or_else(|| period.of(end), |day| period.of(day));
        let complete = i64::from(next) - 1;
        let (old, new): (Vec<_>, Vec<_>) =
            cells.into_iter().partition(|(first, _)| i64::from(*first) <= complete);
        let cohorts: Vec<Cohort> =
            old.into_iter().map(|(first, cell)| cohort(first, cell, complete)).collect();
        let too_new = new.iter().map(|(_, (customers, _))| customers).sum();
        Ok(Self { retention: pooled(&cohorts), cohorts, too_new })
    }
}

fn add(cells: &mut Cells, period: Period, days: &[OrderDay]) {
    let Some(first) = days.iter().find(|day| day.ordered) else { return };
    let start = period.of(first.day);
    let (customers, ages) = cells.entry(start).or_default();
    *customers += 1;
    for same in days.chunk_by(|a, b| period.of(a.day) == period.of(b.day)) {
        let age = i64::from(period.of(same[0].day)) - i64::from(start);
        let Some(age) = usize::try_from(age).ok().filter(|age| *age < MAX_AGE) else { continue };
        let (active, spend) = ages.entry(age).or_default();
        *active += u64::from(same.iter().any(|day| day.ordered));
        *spend = same.iter().fold(*spend, |sum, day| sum.saturating_add(day.amount));
    }
}

fn merge(into: &mut Cells, from: Cells) {
    for (period, (customers, ages)) in from {
        let (all, cells) = into.entry(period).or_default();
        *all += customers;
        for (age, (active, spend)) in ages {
            let cell = cells.entry(age).or_default();
            *cell = (cell.0 + active, cell.1.saturating_add(spend));
        }
    }
}

fn cohort(period: i32, (customers, ages): (u64, BTreeMap<usize, (u64, i64)>), complete: i64) -> Cohort {
    let width = usize::try_from(complete - i64::from(period) + 1).unwrap_or_default().min(MAX_AGE);
    let cell = |age: usize| ages.get(&age).copied().unwrap_or_default();
    let (active, spend) = (0..width).map(cell).unzip();
    Cohort { period, customers, active, spend }
}

fn pooled(cohorts: &[Cohort]) -> Vec<Share> {
    let longest = cohorts.iter().map(|cohort| cohort.active.len()).max().unwrap_or_default();
    let at = |age: usize| {
        let old = || cohorts.iter().filter(|cohort| cohort.active.len() > age);
        let active = old().map(|cohort| cohort.active[age]).sum();
        Share::wilson(active, old().map(|cohort| cohort.customers).sum())
    };
    (0..longest).filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_known_days() {
        // 1970-01-01, 1970-01-31, 1970-02-01, 1969-12-31, 2000-02-29, 2000-03-01, 1997-09-30.
        let days = [0, 30, 31, -1, 11_016, 11_017, 10_134];
        assert_eq!(days.map(|day| Period::Month.of(day)), [0, 0, 1, -1, 361, 362, 332]);
        assert_eq!([-8, -7, -1, 0, 6, 7].map(|day| Period::Days(7).of(day)), [-2, -1, -1, 0, 0, 1]);
        for period in [Period::Month, Period::Days(0), Period::Days(1)] {
            assert!(period.of(i32::MIN) < period.of(i32::MAX));
        }
    }
}
