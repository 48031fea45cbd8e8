//! The dangol program as a library, so that its tests use what the program uses.

pub mod cli;
pub mod command;
pub mod config;
pub mod demo;
pub mod open;
mod registry;
pub mod terminal;

pub use registry::registry;
