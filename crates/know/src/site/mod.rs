//! The company's own website (홈페이지): a small script tells of visits once the visitor agrees, and here they are taken.
//!
//! Invariants:
//! - Nothing is stored or told before the visitor agrees, nor where the browser says no for its owner (Global Privacy
//!   Control, Do Not Track): the script (`visit.js`) keeps to it, and what comes all the same is dropped here.
//! - A visit of nobody known is a count and nothing else: no id, no address, no time of day. So nothing can be tied to
//!   somebody afterwards.
//! - Whose a visit is, a token says that was signed here for the website's server (`token`), never the page.
//! - Pages of origins that the company does not list are refused before anything of theirs is read. A program may claim
//!   any origin: what it can spoil are counts, and these within bounds (`gate`, [`store::DIFFERENT`]).
//! - A path that may say who somebody is, is kept without that part (`model::path`).

mod figures;
mod gate;
mod model;
mod script;
mod settings;
mod store;
mod sweep;
mod tell;
mod token;

pub(crate) use store::{VisitShown, of_party};

use web::{Permission, Registry};

/// Plugs it into the program.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry.pages(tell::pages(gate::shared()));
    registry.routes(
        utoipa_axum::router::OpenApiRouter::new()
            .routes(routes!(settings::read, settings::change))
            .routes(routes!(figures::read))
            .routes(routes!(token::make)),
    );
    registry.allow("GET", "/settings/site", Permission::SettingsRead);
    registry.allow("PUT", "/settings/site", Permission::SettingsWrite);
    registry.allow("GET", "/site/figures", Permission::SettingsRead);
    registry.allow("POST", "/site/tokens", Permission::EventsWrite);
    registry.timer(sweep::Sweep);
    registry.starter(sweep::Sweep);
}
