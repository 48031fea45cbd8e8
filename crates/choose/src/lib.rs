//! Choose (고르기): who the regulars are, who is late, who has left, and who is worth most.
//!
//! One folder a noun: [`lifecycle`] (states).

pub mod lifecycle;
