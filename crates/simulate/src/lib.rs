#![forbid(unsafe_code)]
//! A made-up coffee shop, "온기커피 Ongi Coffee", and everyone who ever bought there.
//!
//! The demo, the fixtures and the benchmarks need customers that behave like customers: some come every few days for
//! years, most drift away, a renovation drives people off, croissants go with americanos. This crate makes them up.
//!
//! Invariants:
//! - **Pure**: no clock, no files, no environment. What comes out depends on [`Settings`] alone, bit for bit, on every
//!   machine: random numbers come from ChaCha8 and logarithms from `libm`, never from the platform.
//! - **Nobody real**: names are drawn syllable by syllable, phone numbers lie in `010-0…`, which is not given out to
//!   subscribers, and e-mail addresses use the domains RFC 2606 reserves for examples.
//! - **Nothing from the future**: every instant lies before the local midnight that begins [`Settings::today`].
//!
//! [`Shop::simulate`] builds the demo company in memory; [`large`] streams as many orders as a benchmark asks for.

mod basket;
mod calendar;
mod costs;
mod draw;
pub mod large;
mod life;
mod model;
mod notes;
mod order;
mod people;
mod shop;

pub use basket::{PRODUCTS, Product};
pub use model::{
    Channel, CostKind, CostSeed, CustomerKey, CustomerSeed, LineSeed, NoteSeed, OrderSeed, Settings, Store,
    VisitSeed,
};
pub use shop::Shop;

/// The name of the made-up company.
pub const COMPANY: &str = "온기커피 Ongi Coffee";
/// The only currency it sells in; amounts are whole won.
pub const CURRENCY: &str = "KRW";
/// Its time zone. Korea keeps one offset (+09:00) the whole year.
pub const ZONE: &str = "Asia/Seoul";
