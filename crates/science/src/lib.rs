//! Models of relationship marketing as pure functions: no I/O, no async.
