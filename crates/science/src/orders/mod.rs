//! An order log as columns, and what each customer's orders add up to.
//!
//! Invariants: days are whole days (any epoch), amounts whole minor units of one currency, so every sum is exact and
//! neither the order of the log nor the number of threads can change a bit of a result. Results are in ascending order
//! of customer.
//!
//! Rules: orders of one customer on one day are one order day. An amount below zero is a refund: it lowers the spend of
//! its day but makes no order day; whoever has refunds only is left out. What lies after the end of observation is not
//! looked at.

mod columns;
mod group;

pub use columns::{CustomerColumns, summarise};
pub(crate) use group::fold_customers;

use std::fmt;

/// An order log by columns, one row an order, in any order.
///
/// ```
/// use science::orders::{OrderLog, summarise};
///
/// let log = OrderLog::new(&[7, 3, 7, 7], &[10, 12, 24, 10], &[500, 900, 700, 100])?;
/// let customers = summarise(&log, 30)?;
/// assert_eq!(customers.customer, [3, 7]);
/// // Customer 7 came on two days: x = 1, t_x = 14, T = 20.
/// assert_eq!(customers.history(1), (1, 14, 20));
/// assert_eq!(customers.spend, [900, 1_300]);
/// # Ok::<(), science::orders::OrderLogError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OrderLog<'a> {
    customers: &'a [u64],
    days: &'a [i32],
    amounts: &'a [i64],
}

impl<'a> OrderLog<'a> {
    /// Takes the columns: whose order, its day, its amount in minor units.
    ///
    /// # Errors
    /// [`OrderLogError::Lengths`] when the columns differ in length.
    pub fn new(customers: &'a [u64], days: &'a [i32], amounts: &'a [i64]) -> Result<Self, OrderLogError> {
        if customers.len() == days.len() && customers.len() == amounts.len() {
            Ok(Self { customers, days, amounts })
        } else {
            let (customers, days, amounts) = (customers.len(), days.len(), amounts.len());
            Err(OrderLogError::Lengths { customers, days, amounts })
        }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }
}

/// All orders of one customer on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderDay {
    /// The day.
    pub day: i32,
    /// Whether there is an order, not refunds alone.
    pub ordered: bool,
    /// Orders less refunds, in minor units.
    pub amount: i64,
}

/// Why an order log cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderLogError {
    /// The columns differ in length.
    Lengths {
        /// Rows of the customer column.
        customers: usize,
        /// Rows of the day column.
        days: usize,
        /// Rows of the amount column.
        amounts: usize,
    },
    /// The amounts of a customer add up to more than 64 bits hold.
    AmountTooLarge {
        /// The customer.
        customer: u64,
    },
}

impl fmt::Display for OrderLogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lengths { customers, days, amounts } => write!(
                f,
                "The order log has {customers} customers, {days} days and {amounts} amounts; give every row all three."
            ),
            Self::AmountTooLarge { customer } => {
                write!(f, "The amounts of customer {customer} are too large to add up; check their unit.")
            }
        }
    }
}

impl std::error::Error for OrderLogError {}
