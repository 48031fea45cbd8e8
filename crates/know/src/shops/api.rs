//! `/shops`: adding and removing shops, their secrets, the log of what they told, and applying it again.

use super::fetch::model::{ShopFetch, Way};
use super::gate::{Refusals, Shared};
use super::model::{DeliveryId, DeliveryState, Heard, Shop, ShopId, ShopKind};
use super::{fetch, store, turn};
use ::store::{Lane, Tx, setting};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::FutureExt;
use kernel::{Instant, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::mail::MailSettings;
use web::{Actor, Answer, App, Page, PageQuery, Problem, ProblemBody, audit, cursor};

/// Shops at most.
const SHOPS: usize = 50;
/// Bytes of the secret part of a path, and of a secret that is made here.
const TOKEN_BYTES: usize = 24;
/// Characters of a secret.
const SECRET_CHARS: usize = 200;
/// Characters of an account.
const ACCOUNT_CHARS: usize = 60;
/// For how long the former secret is taken as well: time to change it at the shop.
const ROTATION: i64 = 7 * Instant::DAY;

/// A shop that tells by itself, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Shop)]
pub struct ShopView {
    /// Its id.
    #[schema(value_type = String)]
    id: ShopId,
    /// Who made it.
    kind: ShopKind,
    /// What the company calls it.
    name: String,
    /// Which of several of one kind, as in the account of files.
    account: String,
    /// The source that its orders have.
    source: String,
    /// Where it delivers, below the public address.
    path: String,
    /// The whole address, where the public address of the company is set.
    url: Option<String>,
    /// Whether it has a secret: without one nothing is taken.
    has_secret: bool,
    /// Until when the former secret is taken as well.
    #[schema(value_type = Option<String>)]
    former_until: Option<Instant>,
    /// When it was added.
    #[schema(value_type = String)]
    created_at: Instant,
    /// When it told something last.
    #[schema(value_type = Option<String>)]
    last_at: Option<Instant>,
    /// Deliveries that wait to be applied.
    waiting: i64,
    /// Deliveries that could not be applied.
    failed: i64,
    /// Deliveries whose signature was wrong, since the program started.
    refused: u64,
    /// When the last one of these came.
    #[schema(value_type = Option<String>)]
    refused_at: Option<Instant>,
    /// Whether it delivers anything by itself; SmartStore does not.
    delivers: bool,
    /// How it is asked, for kinds that are.
    fetch: Option<ShopFetch>,
}

impl ShopView {
    async fn of(tx: &mut Tx, shop: Shop, public: &str, refusals: Refusals) -> Answer<Self> {
        let standing = store::standing(tx, shop.id).await?;
        let now = tx.now();
        let path = shop.path();
        let asked = fetch::store::find(tx, shop.id).await?.map(ShopFetch::from);
        Ok(Self {
            fetch: asked.or_else(|| Way::of(shop.kind).map(ShopFetch::from)),
            delivers: shop.kind.delivers(),
            id: shop.id,
            kind: shop.kind,
            source: shop.source(),
            url: (!public.is_empty()).then(|| format!("{public}{path}")),
            path,
            has_secret: shop.secret.is_some(),
            former_until: shop.former_until.filter(|until| shop.former_secret.is_some() && *until > now),
            name: shop.name,
            account: shop.account,
            created_at: shop.created_at,
            last_at: standing.last_at,
            waiting: standing.waiting,
            failed: standing.failed,
            refused: refusals.count,
            refused_at: refusals.last_at,
        })
    }
}

async fn public_address(tx: &mut Tx) -> Answer<String> {
    let settings: MailSettings = setting::get(tx, "mail").await?.value;
    Ok(settings.public_address.trim_end_matches('/').to_owned())
}

/// A shop as owners see it.
pub(super) async fn view(tx: &mut Tx, gate: &Shared, id: ShopId) -> Answer<ShopView> {
    let shop = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let public = public_address(tx).await?;
    ShopView::of(tx, shop, &public, gate.refusals(id)).await
}

/// The shops that tell by themselves, the newest first.
#[utoipa::path(get, path = "/shops", tag = "know", responses((status = 200, body = Vec<ShopView>)))]
pub(super) async fn list(
    State(app): State<App>,
    Extension(gate): Extension<Shared>,
) -> Answer<Json<Vec<ShopView>>> {
    let mut tx = app.db().read().await?;
    let public = public_address(&mut tx).await?;
    let mut views = Vec::new();
    for shop in store::all(&mut tx).await? {
        let refusals = gate.refusals(shop.id);
        views.push(ShopView::of(&mut tx, shop, &public, refusals).await?);
    }
    Ok(Json(views))
}

/// A shop to add.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewShop {
    /// Who made it.
    kind: ShopKind,
    /// What to call it.
    name: String,
    /// Which of several of one kind, as in the account of its files; usually empty.
    #[serde(default)]
    account: String,
}

/// What to call a shop.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ShopEdit {
    /// The name.
    name: String,
}

fn name_fault(name: &str) -> Option<&'static str> {
    match name.trim() {
        "" => Some("required"),
        long if long.chars().count() > limits::NAME_CHARS => Some("too_long"),
        _ => None,
    }
}

impl NewShop {
    fn check(&self) -> Answer<()> {
        let mut problem = Problem::invalid("invalid");
        if let Some(fault) = name_fault(&self.name) {
            problem = problem.field("name", fault);
        }
        if self.account.trim().chars().count() > ACCOUNT_CHARS {
            problem = problem.field("account", "too_long");
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }
}

/// Adds a shop: gives the address at which it delivers. Nothing is taken before it has a secret.
#[utoipa::path(post, path = "/shops", tag = "know", request_body = NewShop, responses((status = 201, body = ShopView),
    (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    actor: Actor,
    Extension(gate): Extension<Shared>,
    Json(new): Json<NewShop>,
) -> Answer<(StatusCode, Json<ShopView>)> {
    new.check()?;
    let id = app
        .db()
        .write(Lane::Interactive, move |tx| async move { add(tx, &actor, new).await }.boxed())
        .await?;
    let mut tx = app.db().read().await?;
    Ok((StatusCode::CREATED, Json(view(&mut tx, &gate, id).await?)))
}

async fn add(tx: &mut Tx, actor: &Actor, new: NewShop) -> Answer<ShopId> {
    let (account, shops) = (new.account.trim().to_owned(), store::all(tx).await?);
    if shops.len() >= SHOPS {
        return Err(Problem::conflict("shops_full").with("max", SHOPS));
    }
    if shops.iter().any(|shop| shop.kind == new.kind && shop.account == account) {
        return Err(Problem::conflict("shop_taken"));
    }
    let (id, created_at, token) = (tx.id(), tx.now(), random(tx));
    let (kind, name) = (new.kind, new.name.trim().to_owned());
    let shop = Shop {
        id,
        kind,
        name,
        account,
        token,
        secret: None,
        former_secret: None,
        former_until: None,
        created_at,
    };
    store::insert(tx, &shop).await?;
    audit::write(tx, Some(actor), "shop.created", Some(id.number()), json!({ "kind": kind })).await?;
    Ok(id)
}

fn random(tx: &Tx) -> String {
    let mut bytes = [0; TOKEN_BYTES];
    tx.environment().chance.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Calls a shop something else.
#[utoipa::path(put, path = "/shops/{id}", tag = "know", request_body = ShopEdit,
    params(("id" = String, Path, description = "The shop")), responses((status = 200, body = ShopView),
    (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    Extension(gate): Extension<Shared>,
    Path(id): Path<ShopId>,
    Json(edit): Json<ShopEdit>,
) -> Answer<Json<ShopView>> {
    if let Some(fault) = name_fault(&edit.name) {
        return Err(Problem::invalid("invalid").field("name", fault));
    }
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                store::rename(tx, id, edit.name.trim()).await?;
                audit::write(tx, Some(&actor), "shop.changed", Some(id.number()), json!({})).await?;
                Ok::<_, Problem>(())
            }
            .boxed()
        })
        .await?;
    let mut tx = app.db().read().await?;
    Ok(Json(view(&mut tx, &gate, id).await?))
}

/// Removes a shop with what it told. Orders and customers that came by it stay.
#[utoipa::path(delete, path = "/shops/{id}", tag = "know", params(("id" = String, Path, description = "The shop")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    actor: Actor,
    Extension(gate): Extension<Shared>,
    Path(id): Path<ShopId>,
) -> Answer<StatusCode> {
    let gone = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if !store::delete(tx, id).await? {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "shop.deleted", Some(id.number()), json!({})).await?;
                Ok::<_, Problem>(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await?;
    gate.forget(id);
    Ok(gone)
}

/// A secret to take.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewShopSecret {
    /// The secret that the shop shows; left out for one that is made here, where the shop takes one (WooCommerce).
    secret: Option<String>,
}

/// The secret that was made here: shown now and never again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopSecret {
    /// To be entered at the shop; nothing where the shop gave it.
    secret: Option<String>,
    /// Until when the former secret is taken as well.
    #[schema(value_type = Option<String>)]
    former_until: Option<Instant>,
}

/// Gives a shop its secret. The one before is taken for seven days more, so that nothing is lost while it is changed.
#[utoipa::path(put, path = "/shops/{id}/secret", tag = "know", request_body = NewShopSecret,
    params(("id" = String, Path, description = "The shop")), responses((status = 200, body = ShopSecret),
    (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn set_secret(
    State(app): State<App>,
    actor: Actor,
    Extension(gate): Extension<Shared>,
    Path(id): Path<ShopId>,
    Json(new): Json<NewShopSecret>,
) -> Answer<Json<ShopSecret>> {
    let answer = app
        .db()
        .write(Lane::Interactive, move |tx| async move { take_secret(tx, &actor, id, new).await }.boxed())
        .await?;
    gate.forget(id);
    Ok(Json(answer))
}

async fn take_secret(tx: &mut Tx, actor: &Actor, id: ShopId, new: NewShopSecret) -> Answer<ShopSecret> {
    let shop = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    if !shop.kind.delivers() {
        return Err(Problem::conflict("shop_delivers_nothing"));
    }
    let given = new.secret.as_deref().map(str::trim).filter(|secret| !secret.is_empty()).map(str::to_owned);
    let made = (given.is_none() && shop.kind.takes_our_secret()).then(|| random(tx));
    let Some(secret) = given.or_else(|| made.clone()) else {
        return Err(Problem::invalid("invalid").field("secret", "required"));
    };
    if secret.chars().count() > SECRET_CHARS {
        return Err(Problem::invalid("invalid").field("secret", "too_long"));
    }
    let until = tx.now().plus(ROTATION);
    store::write_secret(tx, id, secret.as_bytes(), until).await?;
    audit::write(tx, Some(actor), "shop.secret_changed", Some(id.number()), json!({})).await?;
    Ok(ShopSecret { secret: made, former_until: shop.secret.map(|_| until) })
}

/// Stops taking the former secret now.
#[utoipa::path(delete, path = "/shops/{id}/former-secret", tag = "know",
    params(("id" = String, Path, description = "The shop")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub(super) async fn drop_former(
    State(app): State<App>,
    actor: Actor,
    Extension(gate): Extension<Shared>,
    Path(id): Path<ShopId>,
) -> Answer<StatusCode> {
    let gone = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                store::drop_former(tx, id).await?;
                audit::write(tx, Some(&actor), "shop.secret_dropped", Some(id.number()), json!({})).await?;
                Ok::<_, Problem>(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await?;
    gate.forget(id);
    Ok(gone)
}

/// A delivery of a shop. What it told is shown nowhere: it may name people.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopDelivery {
    /// Its id.
    #[schema(value_type = String)]
    id: DeliveryId,
    /// What it is about, in the shop's own word.
    topic: String,
    /// The shop's name of the event.
    event: String,
    /// Where it stands.
    state: DeliveryState,
    /// What happened, as a code.
    outcome: Option<String>,
    /// How often it was tried.
    tries: i64,
    /// When it came.
    #[schema(value_type = String)]
    received_at: Instant,
    /// When it was settled.
    #[schema(value_type = Option<String>)]
    settled_at: Option<Instant>,
    /// Whether it can be applied again.
    kept: bool,
    /// How it was heard: `missed` is what the shop should have delivered and was found by asking it.
    heard: Heard,
}

impl From<store::Shown> for ShopDelivery {
    fn from(row: store::Shown) -> Self {
        Self {
            id: row.id,
            topic: row.topic,
            event: row.event,
            state: row.state,
            outcome: row.outcome,
            tries: row.tries,
            received_at: row.received_at,
            settled_at: row.settled_at,
            kept: row.kept,
            heard: row.heard,
        }
    }
}

/// Which deliveries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryQuery {
    /// `true` for those alone that could not be applied.
    failed: Option<bool>,
}

/// What a shop told, the newest first.
#[utoipa::path(get, path = "/shops/{id}/deliveries", tag = "know", params(DeliveryQuery, PageQuery,
    ("id" = String, Path, description = "The shop")),
    responses((status = 200, body = Page<ShopDelivery>), (status = 404, body = ProblemBody)))]
pub(super) async fn deliveries(
    State(app): State<App>,
    Path(id): Path<ShopId>,
    Query(which): Query<DeliveryQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<ShopDelivery>>> {
    let before = page.cursor.as_deref().map(cursor::decode::<i64>).transpose()?.unwrap_or(i64::MAX);
    let state = (which.failed == Some(true)).then_some(DeliveryState::Failed.text());
    let limit = page.limit();
    let mut tx = app.db().read().await?;
    store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let mut rows = store::page(&mut tx, id, state, before, limit + 1).await?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|last| cursor::encode(&last.id.number()));
    Ok(Json(Page { items: rows.into_iter().map(ShopDelivery::from).collect(), next }))
}

/// Applies a delivery again: after a fault was mended. What is older than what is known still changes nothing.
#[utoipa::path(post, path = "/shops/{id}/deliveries/{delivery}/replay", tag = "know",
    params(("id" = String, Path, description = "The shop"), ("delivery" = String, Path, description = "The delivery")),
    responses((status = 202), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(super) async fn replay(
    State(app): State<App>,
    actor: Actor,
    Path((id, delivery)): Path<(ShopId, DeliveryId)>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let found = store::shown(tx, id, delivery).await?.ok_or_else(Problem::not_found)?;
                if !found.kept {
                    return Err(Problem::conflict("shop_body_gone"));
                }
                store::replay(tx, delivery).await?;
                turn::ask(tx, id).await?;
                audit::write(
                    tx,
                    Some(&actor),
                    "shop.replayed",
                    Some(id.number()),
                    json!({ "deliveries": 1 }),
                )
                .await?;
                Ok(StatusCode::ACCEPTED)
            }
            .boxed()
        })
        .await
}

/// How many deliveries are applied again.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayedDeliveries {
    /// How many.
    deliveries: u64,
}

/// Applies every delivery again that could not be applied and is still kept.
#[utoipa::path(post, path = "/shops/{id}/replay-failed", tag = "know",
    params(("id" = String, Path, description = "The shop")),
    responses((status = 202, body = ReplayedDeliveries), (status = 404, body = ProblemBody)))]
pub(super) async fn replay_failed(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<ShopId>,
) -> Answer<(StatusCode, Json<ReplayedDeliveries>)> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                let deliveries = store::replay_failed(tx, id).await?;
                turn::ask(tx, id).await?;
                let detail = json!({ "deliveries": deliveries });
                audit::write(tx, Some(&actor), "shop.replayed", Some(id.number()), detail).await?;
                Ok((StatusCode::ACCEPTED, Json(ReplayedDeliveries { deliveries })))
            }
            .boxed()
        })
        .await
}
