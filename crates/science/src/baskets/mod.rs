//! What is bought together: frequent item sets and the rules between them.
//!
//! [`fp_growth`] finds every set of items that enough baskets share (Han, Pei & Yin 2000), [`rules`] turns the sets into
//! "who buys these also buys that" with the usual measures of interest and says which of them chance would explain once
//! it is counted how many were looked at. Items are numbers from 0 without large gaps; a basket holds an item or not,
//! however often.
//!
//! Invariants: the result is the same to the last bit for any number of threads; the order of the items within a basket
//! does not matter.
//!
//! ```
//! use science::baskets::{Baskets, GrowthOptions, RuleOptions, fp_growth, rules};
//!
//! let (bread, butter, beer) = (0, 1, 2);
//! let mut lists = vec![vec![bread, butter]; 40];
//! lists.extend(vec![vec![beer]; 50]);
//! lists.extend([vec![bread, butter, beer], vec![bread]]);
//! let baskets = Baskets::new(&lists).unwrap();
//! let sets = fp_growth(&baskets, &GrowthOptions { min_support: 0.1, ..Default::default() }).unwrap();
//! let found = rules(&sets, &RuleOptions { min_confidence: 0.99, ..Default::default() }).unwrap();
//! let rule = &found.rules[0];
//! assert_eq!((rule.antecedent.as_slice(), rule.consequent), (&[butter][..], bread));
//! assert!(rule.confidence == 1.0 && rule.q_value < 0.001);
//! ```

mod growth;
mod rules;
mod significance;
mod tree;

pub use growth::{GrowthOptions, ItemSet, ItemSets, fp_growth};
pub use rules::{Rule, RuleOptions, Rules, rules};
pub use significance::{benjamini_hochberg, bonferroni, fisher_exact_greater};

use std::fmt;

/// The largest item number plus one: tables as long as the largest number are kept.
pub const MAX_ITEMS: u32 = 1 << 24;

/// Baskets as a compressed table: which items each one holds, once each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baskets {
    /// Where each basket begins in `items`; one more than there are baskets.
    starts: Vec<u32>,
    items: Vec<u32>,
    /// The largest item number plus one.
    width: u32,
}

impl Baskets {
    /// Takes one list of item numbers a basket; an item named twice counts once, an empty basket counts as a basket.
    ///
    /// # Errors
    /// [`BasketError::ItemTooLarge`] names the first basket with an item of [`MAX_ITEMS`] or more;
    /// [`BasketError::TooManyLines`] when there are more than 2³² − 1 lines.
    pub fn new<B: AsRef<[u32]>>(baskets: impl IntoIterator<Item = B>) -> Result<Self, BasketError> {
        let mut all = Self { starts: vec![0], items: Vec::new(), width: 0 };
        let mut one = Vec::new();
        for (basket, items) in baskets.into_iter().enumerate() {
            one.clear();
            one.extend_from_slice(items.as_ref());
            one.sort_unstable();
            one.dedup();
            if let Some(&largest) = one.last() {
                if largest >= MAX_ITEMS {
                    return Err(BasketError::ItemTooLarge { basket, item: largest });
                }
                all.width = all.width.max(largest + 1);
            }
            all.items.extend_from_slice(&one);
            all.starts.push(u32::try_from(all.items.len()).map_err(|_| BasketError::TooManyLines)?);
        }
        Ok(all)
    }

    /// Baskets in all, empty ones too.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no basket.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items over all baskets.
    pub fn lines(&self) -> usize {
        self.items.len()
    }

    /// The items of a basket in ascending order.
    fn basket(&self, index: usize) -> &[u32] {
        &self.items[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

/// Why no item sets or rules were made.
#[derive(Debug, Clone, PartialEq)]
pub enum BasketError {
    /// An item number beyond [`MAX_ITEMS`].
    ItemTooLarge {
        /// Position of the basket, from 0.
        basket: usize,
        /// The item as given.
        item: u32,
    },
    /// More lines than can be numbered.
    TooManyLines,
    /// A share that is not above 0 and at most 1 (support), or not within 0 and 1 (confidence).
    Share {
        /// Which option.
        option: &'static str,
        /// As given.
        value: f64,
    },
    /// More item sets than allowed: the support is too low for these baskets.
    TooManySets {
        /// [`GrowthOptions::max_sets`].
        limit: usize,
    },
}

impl fmt::Display for BasketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ItemTooLarge { basket, item } => write!(
                f,
                "Basket {basket} holds item {item}, but items are numbered below {MAX_ITEMS}; number them from 0 \
                 without gaps."
            ),
            Self::TooManyLines => f.write_str("The baskets have more lines than fit; take a shorter period."),
            Self::Share { option, value } => {
                write!(f, "The {option} is {value}, which is not a share; give a number above 0, at most 1.")
            }
            Self::TooManySets { limit } => write!(
                f,
                "More than {limit} item sets are frequent; raise the support or limit how many items a set has."
            ),
        }
    }
}

impl std::error::Error for BasketError {}
