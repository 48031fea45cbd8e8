//! What can be wrong with a model or its data.

use crate::quantile::TooFewDraws;
use std::fmt;

/// Why a model cannot be estimated. Rows and columns are named as the caller gave them; rows count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelError {
    /// A column is shorter or longer than the first.
    UnequalLength {
        /// The item.
        item: String,
        /// Its answers.
        have: usize,
        /// Answers of the first item.
        need: usize,
    },
    /// An answer is missing, infinite or not a number.
    NotANumber {
        /// The item.
        item: String,
        /// The respondent.
        row: usize,
    },
    /// An item stands twice, in the data or in a PLS model.
    ItemTwice {
        /// The item.
        item: String,
    },
    /// The model names an item the data do not have.
    UnknownItem {
        /// The item.
        item: String,
    },
    /// All respondents gave the same answer.
    ZeroVariance {
        /// The item.
        item: String,
    },
    /// Too few respondents.
    NotEnoughAnswers {
        /// Respondents given.
        have: usize,
        /// Respondents needed.
        need: usize,
    },
    /// A construct without items.
    NoItems {
        /// The construct.
        construct: String,
    },
    /// A construct is defined twice.
    ConstructTwice {
        /// The construct.
        construct: String,
    },
    /// A path, covariance or constraint names something the model does not have.
    Unknown {
        /// What it names.
        name: String,
    },
    /// A PLS construct no path leads to or from.
    Unconnected {
        /// The construct.
        construct: String,
    },
    /// Paths run in a circle.
    Circle {
        /// A construct on the circle.
        construct: String,
    },
    /// The causes of a construct, or its formative items, determine each other.
    Collinear {
        /// The construct.
        construct: String,
    },
    /// The items' covariance matrix is singular: some item is a sum of others, or respondents are too few.
    SingularData,
    /// No free parameter can make the fixed ones possible.
    ImpossibleValues,
    /// More free parameters than variances and covariances.
    TooManyParameters {
        /// Free parameters.
        have: usize,
        /// Variances and covariances of the items.
        most: usize,
    },
    /// Too few resamples that could be used.
    TooFewDraws(TooFewDraws),
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnequalLength { item, have, need } => {
                write!(f, "Item {item} has {have} answers, the first item {need}; give one answer a respondent.")
            }
            Self::NotANumber { item, row } => write!(
                f,
                "The answer of respondent {row} to item {item} is not a number; leave such respondents out."
            ),
            Self::ItemTwice { item } => write!(f, "Item {item} stands there twice; name it once."),
            Self::UnknownItem { item } => {
                write!(f, "The answers have no item {item}; correct its name or add its column.")
            }
            Self::ZeroVariance { item } => {
                write!(f, "All answers to item {item} are equal; leave the item out.")
            }
            Self::NotEnoughAnswers { have, need } => {
                write!(f, "There are {have} respondents, the model needs {need}; ask more of them.")
            }
            Self::NoItems { construct } => write!(f, "{construct} has no items; name at least one."),
            Self::ConstructTwice { construct } => write!(f, "{construct} is defined twice; define it once."),
            Self::Unknown { name } => write!(f, "The model does not know {name}; define it first."),
            Self::Unconnected { construct } => {
                write!(f, "No path leads to or from {construct}; add one or leave it out.")
            }
            Self::Circle { construct } => {
                write!(f, "The paths lead from {construct} back to itself; leave one of them out.")
            }
            Self::Collinear { construct } => write!(
                f,
                "What {construct} is explained by determines itself exactly; leave one cause or item out."
            ),
            Self::TooFewDraws(few) => few.fmt(f),
            Self::SingularData => f.write_str(
                "Some item is an exact sum of others or there are fewer respondents than items; leave items out.",
            ),
            Self::ImpossibleValues => {
                f.write_str("With the fixed values no covariances are possible; fix fewer or other values.")
            }
            Self::TooManyParameters { have, most } => {
                write!(f, "The model has {have} free parameters, the data allow {most}; fix some of them.")
            }
        }
    }
}

impl std::error::Error for ModelError {}
