//! What an order is worth, apart from how often it comes.

mod gamma_gamma;

pub use gamma_gamma::{GammaGamma, GammaGammaFit, Spend, SpendError, SpendForecast};

pub(crate) use gamma_gamma::{refit_spend, sorted_spends};
