//! Why no recommendation model was made.

use std::fmt;

/// Why no model was made; every message says what to do.
#[derive(Debug, Clone, PartialEq)]
pub enum RecommendError {
    /// A number of a customer or an item beyond what tables are kept for.
    NumberTooLarge {
        /// Position in the input, from 0.
        row: usize,
        /// The customer and the item as given.
        pair: (u32, u32),
    },
    /// A weight that is not above 0 and finite.
    Value {
        /// Position in the input, from 0.
        row: usize,
        /// As given.
        value: f32,
    },
    /// Fewer items than a model can relate.
    TooFewItems {
        /// Items given.
        have: usize,
        /// Items needed.
        need: usize,
    },
    /// An option outside its range.
    Option {
        /// Its name.
        name: &'static str,
        /// As given.
        value: f64,
    },
    /// The model would not fit into the memory allowed.
    Memory {
        /// Items given.
        items: usize,
        /// Bytes it would take at its peak.
        needs: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The matrix could not be inverted: the ridge is too small for these weights.
    Singular,
}

impl fmt::Display for RecommendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumberTooLarge { row, pair } => write!(
                f,
                "Row {row} has customer {} and item {}, beyond what is kept; number both from 0 without gaps.",
                pair.0, pair.1
            ),
            Self::Value { row, value } => {
                write!(f, "Row {row} has the weight {value}; give a positive, finite number.")
            }
            Self::TooFewItems { have, need } => {
                write!(f, "Not enough data: {have} items, the model needs {need}; import more orders.")
            }
            Self::Option { name, value } => {
                write!(f, "The option {name} cannot be {value}; take a positive number.")
            }
            Self::Memory { items, needs, limit } => write!(
                f,
                "EASE over {items} items would take {}, more than the {} allowed; leave out the rarest items, allow \
                 more, or use item-item or ALS.",
                gibibytes(*needs),
                gibibytes(*limit)
            ),
            Self::Singular => f.write_str("The items cannot be told apart at this ridge; raise lambda."),
        }
    }
}

impl std::error::Error for RecommendError {}

fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / (1_u64 << 30) as f64)
}
