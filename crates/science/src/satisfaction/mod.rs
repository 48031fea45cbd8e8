//! Why customers are satisfied: structural equation models of latent satisfaction.
//!
//! - [`pls`]: partial least squares path models, consistent PLS, bootstrap intervals. Few assumptions, always an answer.
//!
//! Every model reads [`Answers`]; what is wrong with a model or its data is a [`ModelError`] that names the place.

mod answers;
mod error;
pub mod pls;
pub(crate) mod scores;

pub use answers::Answers;
pub use error::ModelError;
