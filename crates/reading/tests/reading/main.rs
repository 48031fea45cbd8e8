//! Reading whole files: every known source, every kind of damage, and the real data sets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod builders;
mod faults;
mod memory;
mod real;
mod sources;
mod workbooks;
