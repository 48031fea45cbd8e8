//! Lifetime value (고객생애가치): the models, the scores of each person, and what they say of the company.
//!
//! Invariants:
//! - Everything here is derived; [`jobs::Refit`] makes it anew after an import and every night.
//! - A model without enough data gives no score, never a guess; scores of an earlier run are removed then.
//! - BG/NBD is reported, MBG/NBD scores people, because BG/NBD calls every one-time buyer alive.
//! - Value is in the company's currency; who buys in another one gets no value.

mod api;
mod findings;
mod fit;
pub mod jobs;
mod run;
pub mod store;
#[cfg(test)]
mod tests;

pub use api::register;
pub use fit::{
    Attrition, Fitted, Missing, Models, PersonScore, Spending, Terms, VALUE_YEARS, currency_of, score,
};
pub use run::{
    BackTest, Basis, Decile, Relationship, RelationshipMonth, RunResult, back_test, share, summarise,
};
