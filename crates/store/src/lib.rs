//! The database: one portable SQL on two engines, the log and its reactions, timers, jobs, outbox.
