//! Reading whole files: every known source, every kind of damage, and the real data sets.

mod builders;
mod faults;
mod memory;
mod real;
mod sources;
mod workbooks;
