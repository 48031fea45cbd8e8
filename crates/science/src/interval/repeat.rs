//! Do they come back, and after how long? Repeat rates and the time between order days with open gaps counted.
//!
//! The median of finished gaps alone is too short: the gaps that are still open, from a customer's last order to the
//! end of observation, are the long ones. Both are given here; the curve takes open gaps as censored. Gaps of one
//! customer are not independent of each other and frequent customers give more of them, so its band is narrower than
//! it should be; the curve of the *first* return, one gap a customer, is free of both.

use crate::orders::{OrderDay, OrderLog, OrderLogError, fold_customers};
use crate::share::Share;
use crate::survival::KaplanMeier;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Customers who came so often, and those of them who came again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RepeatStep {
    /// Order days so far.
    pub orders: u32,
    /// Of the customers with so many, those seen to come again; the rest may still come.
    pub again: Share,
}

/// Repeat orders of a customer base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepeatStatistics {
    /// Customers.
    pub customers: u64,
    /// By order days so far, from 1 to [`MAX_STEPS`].
    pub steps: Vec<RepeatStep>,
    /// Share who have not come back, by days since the first order; customers not back yet are censored.
    pub first_return: KaplanMeier,
    /// The same over all gaps between order days.
    pub gaps: KaplanMeier,
    /// Gaps that ended with an order.
    pub closed_gaps: u64,
    /// Gaps that were open at the end: one a customer.
    pub open_gaps: u64,
    /// Median of the closed gaps alone, in days: too short, see above.
    pub median_closed: Option<f64>,
}

/// Order days after which customers are no longer told apart.
pub const MAX_STEPS: u32 = 20;

/// Days of a gap: how many ended so, how many were open.
type Counts = BTreeMap<u32, (u64, u64)>;

#[derive(Default)]
struct Tally {
    first: Counts,
    all: Counts,
    /// Customers with exactly so many order days.
    reached: BTreeMap<u32, u64>,
}

impl RepeatStatistics {
    /// The statistics of a log watched to the end of the day `end`; `None` without an order.
    ///
    /// ```
    /// use science::interval::RepeatStatistics;
    /// use science::orders::OrderLog;
    ///
    /// let log = OrderLog::new(&[1, 1, 2, 3, 3], &[0, 10, 0, 5, 35], &[10; 5])?;
    /// let repeat = RepeatStatistics::of(&log, 100)?.unwrap();
    /// // Two of three came back, after 10 and 30 days; the third is waited for since 100 days.
    /// assert_eq!((repeat.steps[0].again.part, repeat.steps[0].again.whole), (2, 3));
    /// assert_eq!(repeat.first_return.median().value, Some(30.0));
    /// assert_eq!(repeat.median_closed, Some(20.0));
    /// # Ok::<(), science::orders::OrderLogError>(())
    /// ```
    ///
    /// # Errors
    /// [`OrderLogError`] when amounts do not add up.
    pub fn of(log: &OrderLog<'_>, end: i32) -> Result<Option<Self>, OrderLogError> {
        let parts = fold_customers(
            log,
            end,
            |_| Tally::default(),
            |tally, _, days| {
                tally.add(days, end);
                Ok(())
            },
        )?;
        let mut all = Tally::default();
        parts.into_iter().for_each(|part| all.merge(part));
        Ok((!all.reached.is_empty()).then(|| all.statistics()))
    }
}

impl Tally {
    fn add(&mut self, days: &[OrderDay], end: i32) {
        let (mut before, mut orders) = (None, 0_u32);
        for day in days.iter().filter(|day| day.ordered).map(|day| day.day) {
            if let Some(last) = before {
                let gap = day.abs_diff(last);
                self.all.entry(gap).or_default().0 += 1;
                if orders == 1 {
                    self.first.entry(gap).or_default().0 += 1;
                }
            }
            (before, orders) = (Some(day), orders.saturating_add(1));
        }
        let Some(last) = before else { return };
        self.all.entry(end.abs_diff(last)).or_default().1 += 1;
        if orders == 1 {
            self.first.entry(end.abs_diff(last)).or_default().1 += 1;
        }
        *self.reached.entry(orders).or_default() += 1;
    }

    fn merge(&mut self, other: Self) {
        for (into, from) in [(&mut self.first, other.first), (&mut self.all, other.all)] {
            for (gap, (closed, open)) in from {
                let cell = into.entry(gap).or_default();
                *cell = (cell.0 + closed, cell.1 + open);
            }
        }
        for (orders, customers) in other.reached {
            *self.reached.entry(orders).or_default() += customers;
        }
    }

    fn statistics(&self) -> RepeatStatistics {
        let total = |part: fn(&(u64, u64)) -> u64| self.all.values().map(part).sum();
        let closed = super::GapHistogram::of_counts(self.all.iter().map(|(gap, count)| (*gap, count.0)));
        RepeatStatistics {
            customers: self.at_least(1),
            steps: (1..=MAX_STEPS).map_while(|orders| self.step(orders)).collect(),
            first_return: curve(&self.first),
            gaps: curve(&self.all),
            closed_gaps: total(|count| count.0),
            open_gaps: total(|count| count.1),
            median_closed: closed.median(),
        }
    }

    fn at_least(&self, orders: u32) -> u64 {
        self.reached.range(orders..).map(|(_, customers)| customers).sum()
    }

    fn step(&self, orders: u32) -> Option<RepeatStep> {
        let again = Share::wilson(self.at_least(orders + 1), self.at_least(orders))?;
        Some(RepeatStep { orders, again })
    }
}

fn curve(counts: &Counts) -> KaplanMeier {
    KaplanMeier::from_counts(counts.iter().map(|(gap, (closed, open))| (f64::from(*gap), *closed, *open)))
}
