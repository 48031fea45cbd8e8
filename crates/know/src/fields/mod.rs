//! Fields that a company added to its parties (추가 항목): text, numbers, days, yes or no, choices.
//!
//! Invariants:
//! - A value is a typed row `(party, field, num | text | day)`, never text of another type: it can be compared and sorted.
//! - The type of a field stays; a choice that is taken out of the list goes from whoever has it.
//! - A party made of several records has its own value, else the one of who was merged into it first.

mod api;
mod model;
mod store;
mod values;

pub use model::{CustomField, Kind, of_cell};
pub use store::{all, since};
pub use values::Values;
pub(crate) use values::{Written, learn, of, unlearn};

use web::{Permission, Registry};

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(api::list, api::create))
        .routes(routes!(api::change, api::remove))
        .routes(routes!(values::set));
    registry.routes(routes);
    registry.allow("GET", "/custom-fields", Permission::SignedIn);
    registry.allow("POST", "/custom-fields", Permission::SettingsWrite);
    registry.allow("PUT", "/custom-fields/{id}", Permission::SettingsWrite);
    registry.allow("DELETE", "/custom-fields/{id}", Permission::SettingsWrite);
    registry.allow("PUT", "/parties/{id}/fields", Permission::PartiesWrite);
}
