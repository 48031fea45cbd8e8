//! One row a customer: the summary that RFM, buy-till-you-die and spend models start from.

use super::{OrderDay, OrderLog, OrderLogError, fold_customers};
use crate::rfm::{RfmCuts, RfmScore};
use crate::spend::Spend;
use crate::summary::Summary;
use rayon::prelude::*;

/// Customers by columns, ascending by number; all columns are as long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerColumns {
    /// The last day looked at.
    pub end: i32,
    /// Whose row.
    pub customer: Vec<u64>,
    /// Day of the first order.
    pub first_day: Vec<i32>,
    /// Day of the last order.
    pub last_day: Vec<i32>,
    /// Days with an order: x + 1.
    pub order_days: Vec<u32>,
    /// Orders less refunds, in minor units.
    pub spend: Vec<i64>,
    /// The part of `spend` up to and on the first order day.
    pub first_spend: Vec<i64>,
}

/// Sums up the orders of every customer up to the day `end`.
///
/// # Errors
/// [`OrderLogError::AmountTooLarge`] names a customer whose amounts do not add up.
pub fn summarise(log: &OrderLog<'_>, end: i32) -> Result<CustomerColumns, OrderLogError> {
    let parts = fold_customers(log, end, CustomerColumns::with_capacity, CustomerColumns::push)?;
    Ok(CustomerColumns {
        end,
        customer: joined(&parts, |part| &part.customer),
        first_day: joined(&parts, |part| &part.first_day),
        last_day: joined(&parts, |part| &part.last_day),
        order_days: joined(&parts, |part| &part.order_days),
        spend: joined(&parts, |part| &part.spend),
        first_spend: joined(&parts, |part| &part.first_spend),
    })
}

fn joined<T: Copy>(parts: &[CustomerColumns], column: impl Fn(&CustomerColumns) -> &Vec<T>) -> Vec<T> {
    let mut all = Vec::with_capacity(parts.iter().map(|part| column(part).len()).sum());
    parts.iter().for_each(|part| all.extend_from_slice(column(part)));
    all
}

impl CustomerColumns {
    fn with_capacity(customers: usize) -> Self {
        Self {
            end: 0,
            customer: Vec::with_capacity(customers),
            first_day: Vec::with_capacity(customers),
            last_day: Vec::with_capacity(customers),
            order_days: Vec::with_capacity(customers),
            spend: Vec::with_capacity(customers),
            first_spend: Vec::with_capacity(customers),
        }
    }

    fn push(&mut self, customer: u64, days: &[OrderDay]) -> Result<(), OrderLogError> {
        let ordered = || days.iter().filter(|day| day.ordered);
        let (Some(first), Some(last)) = (ordered().next(), ordered().next_back()) else { return Ok(()) };
        let sum = |days: &[OrderDay]| {
            let total: i128 = days.iter().map(|day| i128::from(day.amount)).sum();
            i64::try_from(total).map_err(|_| OrderLogError::AmountTooLarge { customer })
        };
        let until_first = days.partition_point(|day| day.day <= first.day);
        self.spend.push(sum(days)?);
        self.first_spend.push(sum(&days[..until_first])?);
        self.customer.push(customer);
        self.first_day.push(first.day);
        self.last_day.push(last.day);
        self.order_days.push(u32::try_from(ordered().count()).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Customers.
    pub fn len(&self) -> usize {
        self.customer.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.customer.is_empty()
    }

    /// (x, t_x, T) in days of the customer in row `i`.
    pub fn history(&self, i: usize) -> (u32, u32, u32) {
        let first = self.first_day[i];
        (self.order_days[i] - 1, self.last_day[i].abs_diff(first), self.end.abs_diff(first))
    }

    /// What the buy-till-you-die models are fitted on.
    pub fn summary(&self) -> Summary {
        let histories = (0..self.len()).map(|i| self.history(i));
        Summary::from_days(histories).expect("a last order lies between the first and the end")
    }

    /// What the spend model is fitted on: the mean of a repeat order day, in minor units, of those who came back and
    /// did not get all of it refunded.
    pub fn spends(&self) -> Vec<Spend> {
        let spend = |i: usize| {
            let x = self.order_days[i] - 1;
            let repeat = i128::from(self.spend[i]) - i128::from(self.first_spend[i]);
            (x > 0 && repeat > 0).then(|| Spend { x, mean: repeat as f64 / f64::from(x) })
        };
        (0..self.len()).filter_map(spend).collect()
    }

    /// Days from each customer's last order to the end.
    pub fn recency_days(&self) -> Vec<u32> {
        self.last_day.iter().map(|day| self.end.abs_diff(*day)).collect()
    }

    /// Quantile cut points of recency, order days and spend.
    pub fn quantile_cuts(&self, classes: u8) -> RfmCuts {
        let recency = || self.last_day.iter().map(|day| i64::from(self.end.abs_diff(*day))).collect();
        let frequency = || self.order_days.iter().map(|days| i64::from(*days)).collect();
        RfmCuts::of_columns(classes, recency, frequency, || self.spend.clone())
    }

    /// The scores of every customer by cut points, quantile or fixed.
    pub fn scores(&self, cuts: &RfmCuts) -> Vec<RfmScore> {
        let score = |i: usize| {
            let recency_days = self.end.abs_diff(self.last_day[i]);
            cuts.score(&crate::rfm::RfmInput {
                recency_days,
                frequency: self.order_days[i],
                monetary: self.spend[i],
            })
        };
        (0..self.len()).into_par_iter().map(score).collect()
    }
}
