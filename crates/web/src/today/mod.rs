//! Today: at most seven cards of what is to be done, each with one button.
//!
//! The verbs bring cards ([`Cards`]), the steps of setting up ([`SetUp`]) and the share of spending that comes from
//! regulars ([`Share`]). A card that somebody put to rest comes back on its day.

mod api;
mod parked;

pub use api::{rest_until_tomorrow, steps};

use crate::{Company, Permission, Registry, Sight};
use async_trait::async_trait;
use kernel::{Day, Id, Money, Month, kinds};
use serde::Serialize;
use store::{Result, Tx};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Brings cards.
#[async_trait]
pub trait Cards: Send + Sync {
    /// The cards as they stand, for someone with this sight: names as it shows them, figures of the whole company only
    /// where it [counts everyone](Sight::counts_everyone), and nothing that opens a page they may not see.
    async fn cards(&self, tx: &mut Tx, company: &Company, today: Day, sight: Sight) -> Result<Vec<Card>>;
}

/// A card: one thing to do.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Card {
    /// What it is: one card of a kind at a time.
    pub id: &'static str,
    /// What its sentence is made of.
    #[schema(value_type = Object)]
    pub params: serde_json::Value,
    /// How many people or things it is about.
    pub count: i64,
    /// A few of the people.
    pub people: Vec<Person>,
    /// Where its button leads, inside the app.
    pub href: String,
    /// What is at stake, if that can be said.
    pub value: Option<Money>,
    /// The day by which it should be done.
    #[schema(value_type = Option<String>)]
    pub due: Option<Day>,
    /// Lower comes first: broken promise or deadline 0-99, people who wait 100-199, about to leave 200-299,
    /// occasions 300-399, growth from 400.
    #[serde(skip)]
    pub rank: i64,
}

/// Someone on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Person {
    /// The party.
    #[schema(value_type = String)]
    pub id: Id<kinds::Party>,
    /// The name, or what stands for it.
    pub name: String,
}

/// Brings steps of setting up.
#[async_trait]
pub trait SetUp: Send + Sync {
    /// The steps and whether they are done.
    async fn steps(&self, tx: &mut Tx, company: &Company) -> Result<Vec<Step>>;
}

/// A step of setting up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Step {
    /// `company`, `import`, `costs`, `refit`.
    pub step: &'static str,
    /// Whether it is done.
    pub done: bool,
}

/// Tells which share of the spending comes from people who came back.
#[async_trait]
pub trait Share: Send + Sync {
    /// The share of the last whole month, when it can be said.
    async fn share(&self, tx: &mut Tx, company: &Company, today: Day) -> Result<Option<SharePoint>>;
}

/// The share of spending that comes from people who came back.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SharePoint {
    /// The share in `month`, 0 to 1.
    pub share: Option<f64>,
    /// The share in the month before.
    pub previous: Option<f64>,
    /// The month.
    #[schema(value_type = String)]
    pub month: Month,
}

pub(crate) fn register(registry: &mut Registry) {
    registry.routes(
        OpenApiRouter::new()
            .routes(routes!(api::read))
            .routes(routes!(api::later))
            .routes(routes!(api::done)),
    );
    registry.allow("GET", "/today", Permission::PartiesRead);
    registry.allow("POST", "/today/{id}/later", Permission::PartiesWrite);
    registry.allow("POST", "/today/{id}/done", Permission::PartiesWrite);
    registry.cards(parked::ParkedCard);
}
