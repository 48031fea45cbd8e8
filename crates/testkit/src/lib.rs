//! A running Dangol for tests.
