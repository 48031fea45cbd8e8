//! Models of relationship marketing as pure functions: no I/O, no async, no clock, no chance.
//!
//! - [`summary`] compresses purchase histories, [`btyd`] fits Pareto/NBD, BG/NBD, MBG/NBD, NBD and BG/BB on them, [`spend`]
//!   fits what an order is worth, [`clv`] puts both together into a value per customer with an interval, [`validation`]
//!   checks the fit;
//! - [`contractual`] does the same for subscribers, who say when they leave;
//! - [`orders`] sums an order log up to one row a customer, [`rfm`] scores recency, frequency and monetary value;
//! - [`cohort`] follows cohorts, [`interval`] finds how often a customer usually comes and whether they come back,
//!   [`survival`] how long they stay and why they leave, with those who have not left yet counted rightly;
//! - [`value`] judges what a relationship gives and is worth: delivered value, quality, key accounts, bonds;
//! - [`baskets`] finds what is bought together, `recommend` (feature `matrix`) what a customer may want next;
//! - [`satisfaction`] finds why customers are satisfied (PLS and covariance models), [`survey`] what their answers say
//!   (NPS, CSAT, CES, drivers, change between waves);
//! - [`economics`] holds the arithmetic of keeping and losing customers;
//! - [`experiment`] tells what a campaign caused, [`uplift`] whom it moves, [`attribution`] which channel gets the credit,
//!   [`price`] what customers would pay, [`sentiment`] whether a review praises.
//!
//! Results are the same to the last bit for any order of the input and any number of threads.
//!
//! ```
//! use science::btyd::{BgNbd, LatentAttrition};
//!
//! // The published fit of the CDNOW sample (Fader, Hardie & Lee 2005); times in weeks.
//! let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
//! let orders = model.expected_transactions(39.0, 2, 30.43, 38.86);
//! assert!((orders - 1.226).abs() < 0.001);
//! ```
#![forbid(unsafe_code)]

pub mod attribution;
pub mod baskets;
pub mod btyd;
pub mod clv;
pub mod cohort;
pub mod contractual;
mod dense;
pub mod economics;
pub mod experiment;
pub mod fit;
pub mod interval;
mod least_squares;
mod linear;
mod optimise;
pub mod orders;
mod predict;
pub mod price;
mod quantile;
pub mod random;
#[cfg(feature = "matrix")]
pub mod recommend;
pub mod rfm;
pub mod satisfaction;
pub mod sentiment;
pub mod share;
mod special;
pub mod spend;
pub mod summary;
pub mod survey;
pub mod survival;
pub mod uplift;
pub mod validation;
pub mod value;

pub use fit::{Fit, NotEnoughData, Status};
pub use predict::Estimate;
pub use quantile::{MIN_DRAWS, TooFewDraws};
pub use summary::{Customer, Summary};
