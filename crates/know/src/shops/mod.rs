//! Shops that tell Dangol by themselves (가게 연결): their webhooks in, kept first and applied after; and those that are
//! asked (`fetch`).
//!
//! Invariants:
//! - Nothing is looked into before the signature of the raw bytes was found right, by the shop's own rule (`verify`).
//! - A 2xx is a promise: what is answered so lies in the database. The same event again is answered with 200 and changes
//!   nothing; more at once than can be kept is answered with 429.
//! - What a shop tells becomes rows of that shop's own file and is read by the rules of files (`tell`), so that a file of
//!   the same shop, before or after, gives the same lines.
//! - What is older than what was applied changes nothing (`shop_objects`): deliveries may come in any order, and again.
//! - A shop that tells only the sum of an order is given a *stand-in* line (`orders::stand_in`), which gives way when the
//!   lines come by a file.
//! - The log of deliveries holds codes; what was told lies in `body`, for [`KEPT_DAYS`] days, and goes when somebody in it
//!   is erased.

mod api;
mod apply;
mod cards;
mod fetch;
mod gate;
mod model;
mod receive;
mod store;
mod tell;
mod turn;
mod verify;

use web::{Permission, Registry};

/// Days for which what a shop told can be applied again.
const KEPT_DAYS: i64 = 30;

/// Plugs it into the program.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let gate = gate::shared();
    registry.pages(receive::pages(gate.clone()));
    registry.routes(
        utoipa_axum::router::OpenApiRouter::new()
            .routes(routes!(api::list, api::create))
            .routes(routes!(api::change, api::delete))
            .routes(routes!(api::set_secret))
            .routes(routes!(api::drop_former))
            .routes(routes!(api::deliveries))
            .routes(routes!(api::replay))
            .routes(routes!(api::replay_failed))
            .routes(routes!(fetch::api::change))
            .routes(routes!(fetch::api::run))
            .layer(axum::Extension(gate)),
    );
    registry.cards(cards::ShopCards);
    registry.allow("GET", "/shops", Permission::KeysManage);
    registry.allow("POST", "/shops", Permission::KeysManage);
    registry.allow("PUT", "/shops/{id}", Permission::KeysManage);
    registry.allow("DELETE", "/shops/{id}", Permission::KeysManage);
    registry.allow("PUT", "/shops/{id}/secret", Permission::KeysManage);
    registry.allow("DELETE", "/shops/{id}/former-secret", Permission::KeysManage);
    registry.allow("GET", "/shops/{id}/deliveries", Permission::KeysManage);
    registry.allow("POST", "/shops/{id}/deliveries/{delivery}/replay", Permission::KeysManage);
    registry.allow("POST", "/shops/{id}/replay-failed", Permission::KeysManage);
    registry.allow("PUT", "/shops/{id}/fetch", Permission::KeysManage);
    registry.allow("POST", "/shops/{id}/fetch/run", Permission::KeysManage);
    fetch::register(registry);
    registry.timer(turn::Turn);
    registry.timer(turn::Sweep);
    registry.starter(turn::Sweep);
}
