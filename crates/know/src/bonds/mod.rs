//! Bonds (유대): what ties a customer to the company, financial, social or structural, from one day on and maybe up to
//! another (Berry & Parasuraman, Marketing Services, 1991).
//!
//! Invariants:
//! - A bond has days, so that whoever asks about an earlier day is told what was present then. It ends; only a slip is
//!   taken back.
//! - Rows keep the party they were written for; readers ask for the members of a root ([`LEVEL_AT`] does).
//! - The log holds the level alone: names of bonds are free text and stay in the row, which is deletable.

mod api;
mod model;
pub(crate) mod store;

pub use model::{LEVELS, Level, NewBond};
pub use store::{Recorder, insert};

use web::{Permission, Registry};

/// The highest level present on a day, 0 for none, in SQL over the row `f` of facts; `{who}` stands for the records of
/// the person as `k`, `{today}` for the day.
pub const LEVEL_AT: &str = "(select coalesce(max(b.level), 0) from {who} join bonds b on b.party = k.party \
    where b.deleted_at is null and b.started <= {today} and (b.ended is null or b.ended > {today}))";

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(api::list, api::enter))
        .routes(routes!(api::enter_many))
        .routes(routes!(api::change, api::take_back));
    registry.routes(routes);
    registry.allow("GET", "/parties/{id}/bonds", Permission::PartiesRead);
    registry.allow("POST", "/parties/{id}/bonds", Permission::PartiesWrite);
    registry.allow("POST", "/bonds", Permission::PartiesWrite);
    registry.allow("PUT", "/bonds/{id}", Permission::PartiesWrite);
    registry.allow("DELETE", "/bonds/{id}", Permission::PartiesWrite);
}
