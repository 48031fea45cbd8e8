//! Backups as files: encrypted with a passphrase in the age format, or plain where somebody insists.

mod api;
mod file;
pub mod schedule;
mod seal;
mod shown;

pub use file::{Written, check, restore, write};
pub use seal::{PASSPHRASE, Passphrase, Sealing};
pub use shown::{Standing, standing};

pub(crate) fn register(registry: &mut web::Registry) {
    api::register(registry);
    registry.timer(schedule::Nightly);
    registry.starter(schedule::Nightly);
    registry.work(schedule::Write);
    registry.cards(shown::Shown);
    registry.gauge(shown::Shown);
}
