//! The tests of the models from outside: published numbers, recovery on simulated worlds, the edges.

mod attribution;
mod baskets;
mod bootstrap;
mod cdnow;
mod contractual;
mod covariates;
mod donations;
mod economics;
mod edges;
mod experiment;
mod iso_value;
mod orders;
mod pls;
mod price;
mod real;
#[cfg(feature = "matrix")]
mod recommend;
mod recovery;
mod sem;
mod sentiment;
mod seven_factor;
mod simulate;
mod simulated;
mod survey;
mod survival;
mod uplift;
mod value;
mod worlds;
