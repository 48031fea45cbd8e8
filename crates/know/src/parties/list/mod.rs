//! The customer list: one predicate gives the page, the count, the sums and the export.

mod adorn;
mod filter;
mod find;
mod page;
mod row;
mod summary;
pub(crate) mod tiers;

pub use filter::{Filter, seen};
pub use find::found;
pub use page::{After, Sort, page};
pub use row::{PartyRow, Rfm};
pub use summary::{Summary, count, summary};
pub use tiers::RowTier;

use ::store::{Query, Value};
use kernel::{Currency, Day};
use web::Sight;

/// What a page is made for.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The company's day.
    pub today: Day,
    /// The currency of values.
    pub currency: Currency,
    /// What whoever asks sees of the customers.
    pub sight: Sight,
}

/// Everyone, with the aliases that predicates use.
const FROM: &str = " from facts f join parties p on p.id = f.party";

fn query(text: String, values: Vec<Value>) -> Query {
    values.into_iter().fold(Query::built(text), Query::bind)
}
