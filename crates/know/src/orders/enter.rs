//! An order entered by hand, for a company that has no file.

use super::{Line, LineKey, write};
use crate::parties::api::{given, party_of};
use crate::parties::{Identity, store};
use ::store::log::Origin;
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Currency, Id, Instant, contact, kinds, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Problem, ProblemBody, Registry, audit};

/// The source of what is entered by hand.
const BY_HAND: &str = "dangol";
/// Lines of an order entered by hand.
const LINES: usize = 200;

/// Registers the route.
pub fn register(registry: &mut Registry) {
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(enter)));
    registry.allow("POST", "/orders", Permission::PartiesWrite);
}

/// An order to enter.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewOrder {
    /// Whose, if they are known already.
    #[schema(value_type = Option<String>)]
    party: Option<Id<kinds::Party>>,
    /// Their name, if they are new.
    name: Option<String>,
    /// Their phone, by which they are found.
    phone: Option<String>,
    /// When; now when left out.
    #[schema(value_type = Option<String>)]
    at: Option<Instant>,
    /// What was bought.
    lines: Vec<NewLine>,
    /// In which currency; the company's when left out.
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// Where.
    store: Option<String>,
}

/// A line of an order to enter.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewLine {
    /// What.
    product: Option<String>,
    /// How many.
    quantity: Option<i64>,
    /// For how much in all, in minor units; negative for a refund.
    amount_minor: i64,
}

/// An order that was entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entered {
    /// Its number.
    order_no: String,
    /// Whose it is.
    #[schema(value_type = Option<String>)]
    party: Option<Id<kinds::Party>>,
}

/// Enters an order by hand.
#[utoipa::path(post, path = "/orders", tag = "know", request_body = NewOrder,
    responses((status = 201, body = Entered), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn enter(
    State(app): State<App>,
    actor: Actor,
    Json(order): Json<NewOrder>,
) -> Answer<(StatusCode, Json<Entered>)> {
    check(&order)?;
    let entered = app
        .db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &actor, order).await }.boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(entered)))
}

fn check(order: &NewOrder) -> Answer<()> {
    let mut problem = Problem::invalid("order_invalid");
    if given(order.phone.as_deref()).is_some_and(|phone| contact::normal_phone(phone, "KR").is_none()) {
        problem = problem.field("phone", "not_a_phone");
    }
    if order.lines.is_empty() || order.lines.len() > LINES {
        problem = problem.field("lines", "line_count").with("max", LINES);
    }
    if is_too_large(order.lines.iter().map(|line| line.amount_minor)) {
        problem = problem.field("lines", "amount_too_large");
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// Whether amounts, or what they come to, are more than JSON carries exactly.
pub fn is_too_large(amounts: impl IntoIterator<Item = i64>) -> bool {
    let all: u128 = amounts.into_iter().map(|amount| u128::from(amount.unsigned_abs())).sum();
    all > u128::from(limits::AMOUNT_MAX.unsigned_abs())
}

async fn keep(tx: &mut Tx, actor: &Actor, order: NewOrder) -> Answer<Entered> {
    let company = Company::load(tx).await?;
    let party = match order.party {
        Some(party) => Some(store::standing(tx, party, actor.sight).await?.id),
        None => {
            let identity =
                Identity { phone: order.phone.clone(), name: order.name.clone(), ..Identity::default() };
            party_of(tx, actor, identity).await?
        }
    };
    let number: Id<kinds::OrderLine> = tx.id();
    let at = order.at.unwrap_or_else(|| tx.now());
    let order_no = number.to_string().to_uppercase().replace("LIN_", "D-");
    let lines: Vec<Line> = order
        .lines
        .iter()
        .enumerate()
        .map(|(position, line)| Line {
            key: LineKey { order_no: order_no.clone(), line_id: (position + 1).to_string() },
            party,
            at,
            day: at.day_in(&company.zone()),
            product: line.product.clone().filter(|product| !product.trim().is_empty()),
            category: None,
            quantity_milli: line.quantity.map(|quantity| quantity.saturating_mul(1000)),
            amount: line.amount_minor,
            currency: order.currency.unwrap_or(company.currency),
            store: order.store.clone(),
            staff: Some(actor.name.clone()),
            channel: Some("counter".into()),
        })
        .collect();
    write(tx, &super::From { source: BY_HAND, import: None, origin: Origin::Live }, &lines).await?;
    audit::write(
        tx,
        Some(actor),
        "order.entered",
        Some(number.number()),
        serde_json::json!({ "lines": lines.len() }),
    )
    .await?;
    Ok(Entered { order_no, party })
}
