//! Markets: the eight kinds of stakeholder, who belongs to which, and how much each matters (Christopher, Payne and
//! Ballantyne, "Relationship Marketing", 1991, whose six markets became eight).
//!
//! Invariants:
//! - A party may belong to several markets. Recruitment is a part of the supplier market: whoever is in it is a supplier.
//! - Whoever ordered is a customer, and so is whoever belongs to no market at all: orders and imports make customers
//!   without saying so. Only who belongs to another market, never ordered and is not said to be a customer is *outside*
//!   of the customer market ([`outside!`](crate::outside)), and then in no state of a customer's life.
//! - A party made of several records belongs to the markets of all of them.
//! - The gap of a market is its importance minus its present emphasis, both 0 to 10, and unknown while one is.

mod api;
mod map;
mod model;
pub(crate) mod store;

pub use model::{Held, MARKETS, Market};
pub(crate) use model::{Rows, rows};
pub use store::of;

use web::{Permission, Registry};

/// Whether the party of a row `f` of facts is outside of the customer market, in SQL. Asked of many: no index of orders
/// shall lead to it, which the sign sees to.
#[macro_export]
macro_rules! outside {
    () => {
        concat!(
            "+f.orders = 0 and (exists (select 1 from party_markets k where k.party = f.party) ",
            "or exists (select 1 from party_root m join party_markets k on k.party = m.party where m.root = f.party)) ",
            "and not exists (select 1 from party_markets k where k.party = f.party and k.market = 'customer') ",
            "and not exists (select 1 from party_root m join party_markets k on k.party = m.party ",
            "where m.root = f.party and k.market = 'customer')"
        )
    };
}

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(api::set))
        .routes(routes!(api::change_many))
        .routes(routes!(map::read))
        .routes(routes!(map::change));
    registry.routes(routes);
    registry.allow("PUT", "/parties/{id}/markets", Permission::PartiesWrite);
    registry.allow("POST", "/parties/markets", Permission::PartiesWrite);
    registry.allow("GET", "/markets", Permission::FiguresRead);
    registry.allow("PUT", "/markets/{market}", Permission::SettingsWrite);
}
