//! The one place that knows every verb.

use web::Registry;
use web::webhooks::{self, Reach};

/// Jobs that follow an import: what is derived from the orders of everyone.
const AFTER_IMPORT: &[&str] = &[know::DUPLICATES, choose::REFRESH, measure::REFIT];

/// Everything the verbs bring, in their order.
pub fn registry() -> Registry {
    let mut registry = Registry::new();
    webhooks::register(&mut registry, Reach::Public);
    know::register(&mut registry, AFTER_IMPORT);
    choose::register(&mut registry);
    measure::register(&mut registry);
    operate::register(&mut registry);
    registry
}
