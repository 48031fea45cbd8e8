//! Why customers are satisfied: structural equation models of latent satisfaction.
//!
//! - [`pls`]: partial least squares path models, consistent PLS, bootstrap intervals. Few assumptions, always an answer.
//! - [`sem`]: covariance structure models by maximum likelihood, with a test of fit. Says when the model is wrong.
//! - [`SevenFactor`] is the ready model of Spreng, MacKenzie & Olshavsky (1996) for both.
//!
//! Every model reads [`Answers`]; what is wrong with a model or its data is a [`ModelError`] that names the place.

mod answers;
mod error;
pub mod pls;
pub(crate) mod scores;
pub mod sem;
mod seven_factor;

pub use answers::Answers;
pub use error::ModelError;
pub use seven_factor::{CONSTRUCTS as SEVEN_FACTOR_CONSTRUCTS, SevenFactor, Truth};
