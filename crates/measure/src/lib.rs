//! Measure (재기): value, the leaky bucket, what keeping and winning customers costs.
//!
//! One folder a noun: [`leak`], [`models`], [`report`], [`costs`], [`kotler`]; [`population`] is what the first three
//! are computed from.

pub mod costs;
mod holdings;
pub mod kotler;
pub mod leak;
pub mod models;
pub mod population;
pub mod report;
mod today;

pub use leak::job::LEAK;
pub use models::jobs::REFIT;
pub use report::{Report, report};

/// Plugs measure into the program.
pub fn register(registry: &mut web::Registry) {
    leak::register(registry);
    models::register(registry);
    costs::register(registry);
    kotler::register(registry);
    today::register(registry);
}

/// Runs arithmetic over everyone beside the requests, which must not wait for it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}
