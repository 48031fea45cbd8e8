//! `/shops/{id}/fetch`: how a shop is asked, and asking it now.

use super::super::api::{self, ShopView};
use super::super::gate::Shared;
use super::super::model::{ShopId, ShopKind};
use super::super::store as shops;
use super::bcrypt::Salt;
use super::model::{Fetching, Way};
use super::{store, work};
use ::store::{Lane, Tx};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use futures::FutureExt;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use web::webhooks::Reach;
use web::{Actor, Answer, App, Problem, ProblemBody, audit};

/// Characters of an address, an id, a secret, a token.
const CHARS: usize = 500;
/// Orders of one answer, at most.
const PAGE: std::ops::RangeInclusive<i64> = 1..=300;
/// Minutes between two turns.
const MINUTES: std::ops::RangeInclusive<i64> = 5..=1_440;
/// Days that are looked back.
const BACK: std::ops::RangeInclusive<i64> = 1..=90;

/// How a shop is to be asked. What is left out is as the shop's own documentation says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopFetchEdit {
    /// Whether it is asked.
    on: bool,
    /// How the shop knows this program.
    client_id: String,
    /// A new secret; the one that is kept stays when left out, as long as the address is the same.
    client_secret: Option<String>,
    /// A new token for the next token (Cafe24); likewise.
    refresh_token: Option<String>,
    /// The address of the shop's interface, such as `https://mymall.cafe24api.com`.
    base: Option<String>,
    /// Where a token is had.
    token_path: Option<String>,
    /// Where it says what changed, or which orders there are.
    list_path: Option<String>,
    /// Where it says more of what changed.
    detail_path: Option<String>,
    /// Orders of one answer at most.
    page_limit: Option<i64>,
    /// Minutes between two turns; for shops that are asked each night without meaning.
    every_minutes: Option<i64>,
    /// Days that are looked back.
    back_days: Option<i64>,
}

impl ShopFetchEdit {
    /// The way that is meant, over the shop's usual one.
    fn way(&self, usual: &Way) -> Way {
        let text = |typed: &Option<String>, usual: &str| {
            let typed = typed.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
            typed.unwrap_or(usual).to_owned()
        };
        let nightly = usual.every_minutes == 0;
        Way {
            base: text(&self.base, &usual.base).trim_end_matches('/').to_owned(),
            token_path: text(&self.token_path, &usual.token_path),
            list_path: text(&self.list_path, &usual.list_path),
            detail_path: text(&self.detail_path, &usual.detail_path),
            page_limit: self.page_limit.unwrap_or(usual.page_limit),
            every_minutes: self.every_minutes.filter(|_| !nightly).unwrap_or(usual.every_minutes),
            back_days: self.back_days.unwrap_or(usual.back_days),
        }
    }
}

/// Says how a shop is asked that tells nothing by itself (SmartStore) or loses what it tells (Cafe24). Switched on, it is
/// asked at once.
#[utoipa::path(put, path = "/shops/{id}/fetch", tag = "know", request_body = ShopFetchEdit,
    params(("id" = String, Path, description = "The shop")), responses((status = 200, body = ShopView),
    (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(
    State(app): State<App>,
    actor: Actor,
    Extension(gate): Extension<Shared>,
    Path(id): Path<ShopId>,
    Json(edit): Json<ShopFetchEdit>,
) -> Answer<Json<ShopView>> {
    let reach = app.registry().reach();
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let shop = shops::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                store::hold(tx, id).await?;
                let before = store::find(tx, id).await?;
                let row = settled(shop.kind, id, edit, before, reach)?;
                store::write(tx, &row).await?;
                if row.is_on() {
                    work::ask(tx, id).await?;
                } else {
                    work::forget(tx, id).await?;
                }
                let detail = json!({ "on": row.is_on() });
                audit::write(tx, Some(&actor), "shop.fetch_changed", Some(id.number()), detail).await?;
                Ok::<_, Problem>(())
            }
            .boxed()
        })
        .await?;
    let mut tx = app.db().read().await?;
    Ok(Json(api::view(&mut tx, &gate, id).await?))
}

/// What is written. A secret goes to nobody but the address it was entered for.
fn settled(
    kind: ShopKind,
    shop: ShopId,
    edit: ShopFetchEdit,
    before: Option<Fetching>,
    reach: Reach,
) -> Answer<Fetching> {
    let usual = Way::of(kind).ok_or_else(|| Problem::conflict("shop_not_asked"))?;
    let way = edit.way(&usual);
    let same = before.filter(|before| before.base == way.base && before.client_id == edit.client_id.trim());
    let given = |typed: &Option<String>, kept: Option<Vec<u8>>| {
        let typed = typed.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
        typed.map(|typed| typed.as_bytes().to_vec()).or(kept)
    };
    let row = Fetching {
        shop,
        state: if edit.on { "on" } else { "off" }.into(),
        client_id: edit.client_id.trim().to_owned(),
        client_secret: given(&edit.client_secret, same.as_ref().and_then(|row| row.client_secret.clone())),
        refresh_token: given(&edit.refresh_token, same.as_ref().and_then(|row| row.refresh_token.clone())),
        cursor: same.as_ref().and_then(|row| row.cursor),
        base: way.base,
        token_path: way.token_path,
        list_path: way.list_path,
        detail_path: way.detail_path,
        page_limit: way.page_limit,
        every_minutes: way.every_minutes,
        back_days: way.back_days,
        tried_at: None,
        fetched_at: None,
        fault: None,
        failures: 0,
        missed: 0,
        missed_last: 0,
    };
    check(kind, &row, reach)?;
    Ok(row)
}

fn check(kind: ShopKind, row: &Fetching, reach: Reach) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    if row.is_on() || !row.base.is_empty() {
        let fault = if row.base.is_empty() { Some("required") } else { reach.fault(&row.base) };
        if let Some(code) = fault.or((row.base.len() > CHARS).then_some("too_long")) {
            problem = problem.field("base", code);
        }
    }
    let paths =
        [("token_path", &row.token_path), ("list_path", &row.list_path), ("detail_path", &row.detail_path)];
    for (field, path) in paths {
        let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\".contains(&byte));
        if !path.is_empty() && (!path.starts_with('/') || !plain || path.len() > CHARS) {
            problem = problem.field(field, "shop_path");
        }
    }
    let nightly = kind == ShopKind::Cafe24;
    let numbers = [
        ("page_limit", PAGE.contains(&row.page_limit)),
        ("every_minutes", nightly || MINUTES.contains(&row.every_minutes)),
        ("back_days", BACK.contains(&row.back_days)),
    ];
    for (field, _) in numbers.into_iter().filter(|(_, right)| !right) {
        problem = problem.field(field, "shop_number_range");
    }
    for (field, code) in who(kind, row) {
        problem = problem.field(field, code);
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// What is wrong with how the shop knows this program.
fn who(kind: ShopKind, row: &Fetching) -> Vec<(&'static str, &'static str)> {
    let mut faults = Vec::new();
    let is_one_line = !row.client_id.chars().any(char::is_control);
    match row.client_id.chars().count() {
        0 if row.is_on() => faults.push(("client_id", "required")),
        0..=CHARS if is_one_line => {}
        _ => faults.push(("client_id", "too_long")),
    }
    let secret = row.secret();
    match kind {
        _ if secret.is_empty() && row.is_on() => faults.push(("client_secret", "required")),
        _ if secret.len() > CHARS => faults.push(("client_secret", "too_long")),
        ShopKind::SmartStore if !secret.is_empty() && Salt::read(&secret).is_none() => {
            faults.push(("client_secret", "shop_secret_form"));
        }
        _ => {}
    }
    if kind == ShopKind::Cafe24 {
        let token = row.refresh();
        match token.len() {
            0 if row.is_on() => faults.push(("refresh_token", "required")),
            0..=CHARS => {}
            _ => faults.push(("refresh_token", "too_long")),
        }
    }
    faults
}

/// Asks a shop now.
#[utoipa::path(post, path = "/shops/{id}/fetch/run", tag = "know",
    params(("id" = String, Path, description = "The shop")),
    responses((status = 202), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn run(State(app): State<App>, Path(id): Path<ShopId>) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx: &mut Tx| {
            async move {
                shops::find(tx, id).await?.ok_or_else(Problem::not_found)?;
                let row = store::find(tx, id).await?.filter(Fetching::is_on);
                row.ok_or_else(|| Problem::conflict("shop_not_asked"))?;
                work::ask(tx, id).await?;
                Ok(StatusCode::ACCEPTED)
            }
            .boxed()
        })
        .await
}
