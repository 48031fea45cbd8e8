//! The tests of the models from outside: published numbers, recovery on simulated worlds, the edges.

mod baskets;
mod cdnow;
mod economics;
mod edges;
mod orders;
mod pls;
mod real;
#[cfg(feature = "matrix")]
mod recommend;
mod sem;
mod seven_factor;
mod simulate;
mod simulated;
mod survey;
mod survival;
mod value;
