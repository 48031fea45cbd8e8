//! The `dangol` program.

fn main() {}
