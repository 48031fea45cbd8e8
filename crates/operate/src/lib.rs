//! Keeping the house: what whoever runs Dangol needs, and no verb does.
//!
//! Invariants:
//! - A file that is called a backup is whole: it is written under another name, is on the disk, and then gets its name.
//! - A passphrase is never printed, logged or written.

#![forbid(unsafe_code)]

pub mod backup;
pub mod checks;
mod holdings;
mod retention;

/// Plugs it into the program.
pub fn register(registry: &mut web::Registry) {
    backup::register(registry);
    retention::register(registry);
}
