//! The one search box: people by name part, e-mail, phone, last four digits; orders by number.

use crate::orders::shown_number;
use crate::parties::api::view;
use crate::parties::keepers;
use crate::parties::list::{self, Filter, PartyRow, Sort};
use ::store::{FromRow, Tx, sql};
use axum::Json;
use axum::extract::{Query, State};
use kernel::{Currency, Day, Id, Money, kinds};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Actor, Answer, App, Permission, ProblemBody, Registry, Sight, guess};

/// People shown.
const PEOPLE: i64 = 8;

/// Registers the route.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(search)));
    registry.allow("GET", "/search", Permission::PartiesRead);
}

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// A name part, an e-mail address, a phone number, its last four digits, or an order number.
    q: String,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// People.
    parties: Vec<PartyRow>,
    /// Orders.
    orders: Vec<FoundOrder>,
}

/// An order that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundOrder {
    /// Its number.
    order_no: String,
    /// Its source.
    source: String,
    /// Whose it is.
    party: Option<web::Person>,
    /// On which day.
    #[schema(value_type = String)]
    day: Day,
    /// For how much.
    amount: Money,
}

/// Finds people and orders.
#[utoipa::path(get, path = "/search", tag = "know", params(SearchQuery), responses((status = 200, body = Found),
    (status = 429, description = "Who sees contacts in part asked for too many that nobody has", body = ProblemBody)))]
async fn search(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<SearchQuery>,
) -> Answer<Json<Found>> {
    let guess = guess::asked(&app, &actor, Some(&asked.q)).await?;
    let mut tx = app.db().read().await?;
    let view = view(&app, &mut tx, &actor).await?;
    let filter = Filter { q: Some(asked.q.clone()), ..Filter::default() };
    let sort = Sort::parse(None).expect("the default order is known");
    let parties = match asked.q.trim() {
        "" => Vec::new(),
        _ => list::page(&mut tx, &filter, sort, None, PEOPLE, view).await?.0,
    };
    let orders = orders(&mut tx, asked.q.trim(), actor.sight).await?;
    drop(tx);
    guess.answered(&app, !parties.is_empty()).await?;
    Ok(Json(Found { parties, orders }))
}

#[derive(FromRow)]
struct OrderRow {
    order_no: String,
    source: String,
    party: Option<Id<kinds::Party>>,
    name: Option<String>,
    currency: Currency,
    day: Day,
    amount: i64,
}

async fn orders(tx: &mut Tx, number: &str, sight: Sight) -> Answer<Vec<FoundOrder>> {
    let rows: Vec<OrderRow> = sql!(
        "select l.order_no, l.source, p.id as party, p.name, l.currency, min(l.day) as day, \
         cast(sum(l.amount) as bigint) as amount from order_lines l left join party_root r on r.party = l.party \
         left join parties p on p.id = coalesce(r.root, l.party) and p.erased_at is null \
         where l.order_no = $1 and l.retracted_by is null \
         group by l.order_no, l.source, p.id, p.name, l.currency order by day desc limit 8"
    )
    .bind(number)
    .fetch_all(tx)
    .await?;
    let mut seen = Vec::new();
    for row in rows {
        let reached = match row.party {
            Some(party) => keepers::is_seen(tx, party, sight).await?,
            None => sight.within().is_none(),
        };
        if reached {
            seen.extend(shown(row, sight));
        }
    }
    Ok(seen)
}

fn shown(row: OrderRow, sight: Sight) -> Option<FoundOrder> {
    Some(FoundOrder {
        party: row.party.map(|id| web::Person { id, name: sight.text(row.name.unwrap_or_default()) }),
        order_no: shown_number(row.order_no)?,
        source: row.source,
        day: row.day,
        amount: Money::new(row.currency, row.amount),
    })
}
