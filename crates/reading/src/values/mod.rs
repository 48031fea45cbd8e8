//! Cells to values: amounts, dates, and the numbers that must not be kept. Integers only, no floats.

pub mod birthday;
pub mod decimal;
pub mod money;
pub mod when;
