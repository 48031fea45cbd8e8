//! The tests of the models from outside: published numbers, recovery on simulated worlds, the edges.

mod cdnow;
mod edges;
mod orders;
mod real;
mod simulate;
mod simulated;
mod survival;
